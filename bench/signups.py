"""How many sign-ups a second? `.venv/bin/python bench/signups.py [--seconds 5] [--rounds 5] [--clients 24]`

Closed loop against the real granian with the production settings, on a PostgreSQL that waits for the disk. In every
round in turn: pgbench with the very statement of a sign-up, the page's form, the API with a partner's key and its limit
on, and an idiomatic DRF view. Each counted request has a new mailbox, got its 303 or 202, and left its committed row.
"""

import argparse
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path = [path for path in sys.path if path != str(ROOT / "bench")]

import psycopg  # noqa: E402

from bench import closed_loop, pgbench, servers  # noqa: E402

SLUG = "un-cybercrime-convention"
PERSON = {"given_name": "Ada", "family_name": "Lopez", "state": "OR", "postal_code": "97201"}
PLENTY = 2_000_000_000
WARM_UP_SECONDS = 2.0


@dataclass(frozen=True)
class Lane:
    """One way to sign: where, with which requests, and which status and table prove that it worked."""

    name: str
    port: int
    requests: Iterator[bytes]
    status: int
    database: str
    table: str


def mailboxes(domain: str) -> Iterator[str]:
    """Addresses that nobody used before, all of one length."""
    return (f"signer{number:08d}@{domain}" for number in itertools.count())


def requests(path: str, body: Callable[[str], str], addresses: Iterator[str], **headers: str) -> Iterator[bytes]:
    """POST after POST, each for another mailbox; only the address is put in anew."""
    whole = body("signer00000000@" + next(addresses).partition("@")[2])
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(whole)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    before, after = ("\r\n".join(lines) + "\r\n\r\n" + whole).split("signer00000000")
    return (f"{before}{address[:14]}{after}".encode() for address in addresses)


def as_json(address: str) -> str:
    """The body of the API's call."""
    return json.dumps(PERSON | {"email": address})


def as_form(address: str) -> str:
    """The body of the page's form."""
    return urlencode(PERSON | {"email": address, "source": "", "referrer": ""})


def prepare_house(env: dict[str, str], log: Path) -> tuple[str, str, int]:
    """Schema, shipped data and a partner with a key: the key's text, the petition's id, the partner's."""
    servers.manage(env, log, "migrate", "--verbosity=0")
    servers.manage(env, log, "furnish")
    os.environ.update(env)
    os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"

    import django

    django.setup()
    from campaign.partners import keys
    from campaign.partners.models import Partner
    from campaign.petitions.models import Petition

    partner = Partner.objects.create(name="Riverkeepers", slug="riverkeepers", sign_ups_a_minute=PLENTY)
    return keys.issue(partner)[1], str(Petition.objects.get(slug=SLUG).pk), partner.pk


def prepare_idiomatic(env: dict[str, str], log: Path) -> str:
    """Tables, the petition, and a partner's token."""
    servers.manage(env | {"DJANGO_SETTINGS_MODULE": "bench.idiomatic.settings"}, log, "migrate", "--run-syncdb")
    with psycopg.connect(env["IDIOMATIC_DATABASE_URL"]) as connection:
        connection.execute("INSERT INTO idiomatic_petition (slug) VALUES (%s)", [SLUG])
        connection.execute(
            "WITH partner AS (INSERT INTO auth_user (password, is_superuser, username, first_name, last_name, email,"
            " is_staff, is_active, date_joined) VALUES ('', false, 'riverkeepers', '', '', '', false, true, now())"
            " RETURNING id) INSERT INTO authtoken_token SELECT %s, now(), id FROM partner",
            ["0123456789abcdef" * 2],
        )
    return "0123456789abcdef" * 2


def rows(url: str, table: str) -> int:
    """How many rows are committed."""
    with psycopg.connect(url) as connection:
        found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert found is not None
    return int(found[0])


def measure(lane: Lane, url: str, clients: int, seconds: float) -> closed_loop.Measured:
    """One turn of a lane. Raises RuntimeError where an answer or a row is not what it must be."""
    before = rows(url, lane.table)
    measured = closed_loop.run(lane.port, clients, seconds, lambda: next(lane.requests))
    made = rows(url, lane.table) - before
    if set(measured.statuses) != {lane.status} or made != measured.statuses.total():
        raise RuntimeError(f"{lane.name}: answers {dict(measured.statuses)}, rows committed {made}")
    return measured


def lanes(stack: ExitStack, env: dict[str, str], var: Path, key: str, token: str) -> list[Lane]:
    """The web servers, and what is sent to them."""
    ours = stack.enter_context(servers.web(servers.OUR_APPLICATION, env, var / "web.log"))
    other = stack.enter_context(servers.web(servers.OTHER_APPLICATION, env, var / "idiomatic.log"))
    kind = "application/json"
    form = requests(
        f"/petitions/{SLUG}/",
        as_form,
        mailboxes("page.example.org"),
        Content_Type="application/x-www-form-urlencoded",
    )
    path = f"/api/v1/petitions/{SLUG}/signatures"
    call = requests(path, as_json, mailboxes("api.example.org"), Content_Type=kind, Authorization=f"Bearer {key}")
    path = f"/petitions/{SLUG}/signatures"
    plain = requests(path, as_json, mailboxes("drf.example.org"), Content_Type=kind, Authorization=f"Token {token}")
    return [
        Lane("page", ours, form, 303, "DATABASE_URL", "petitions_signature"),
        Lane("api", ours, call, 202, "DATABASE_URL", "petitions_signature"),
        Lane("idiomatic", other, plain, 202, "IDIOMATIC_DATABASE_URL", "idiomatic_signature"),
    ]


def checkpoint(url: str) -> None:
    """What one turn left to write is not the next one's burden."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def one_round(
    run: Callable[[], float], every: list[Lane], env: dict[str, str], options: argparse.Namespace
) -> dict[str, float]:
    """Every lane in turn, after a look at what the database alone does."""
    found = {"pgbench": run()}
    print(f"  pgbench    {found['pgbench']:7.0f}/s", flush=True)
    for lane in every:
        checkpoint(env["DATABASE_URL"])
        measured = measure(lane, env[lane.database], options.clients, options.seconds)
        found[lane.name] = measured.per_second
        waits = f"p50 {measured.wait(0.5):.0f} ms, p99 {measured.wait(0.99):.0f} ms"
        print(f"  {lane.name:10s} {measured.per_second:7.0f}/s   {waits}", flush=True)
    return found


def main() -> None:
    """Measure, print each turn, and end with the three ratios of the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=30, help="callers, and clients of pgbench")
    options = parser.parse_args()
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="twothirds-bench-")))
        backing = stack.enter_context(servers.backing(var))
        env, log = backing.env, var / "preparing.log"
        key, petition, partner = prepare_house(env, log)
        token = prepare_idiomatic(env, log)
        from campaign.petitions.signing import STATEMENT

        script = var / "sign-up.sql"
        script.write_text(pgbench.literal_statement(STATEMENT, petition, partner))
        every = lanes(stack, env, var, key, token)
        for lane in every:
            measure(lane, env[lane.database], options.clients, WARM_UP_SECONDS)

        def run() -> float:
            checkpoint(env["DATABASE_URL"])
            return pgbench.run(backing.postgres, script, options.clients, options.seconds)

        found = []
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}, {time.strftime('%H:%M:%S')}")
            found.append(one_round(run, every, env, options))
    figures = {name: median(each[name] for each in found) for name in found[0]}
    print("medians: " + ", ".join(f"{name} {figure:.0f}/s" for name, figure in figures.items()))
    print(f"page/pgbench {figures['page'] / figures['pgbench']:.2f}")
    print(f"api/pgbench {figures['api'] / figures['pgbench']:.2f}")
    print(f"api/idiomatic {figures['api'] / figures['idiomatic']:.1f}")


if __name__ == "__main__":
    main()
