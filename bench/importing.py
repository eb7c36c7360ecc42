"""How long does an import take? `.venv/bin/python bench/importing.py FILE` with a copy of legislators-current.json

Seconds and queries of the first import into empty tables, of the same file again, and of one in which every term of the
House and a third of the Senate's began anew, as in January of an odd year. Wanted: at most 5 s and 30 queries each.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path = [path for path in sys.path if path != str(ROOT / "bench")]

from bench import servers  # noqa: E402

WANTED_SECONDS, WANTED_QUERIES = 5, 30
A_NEW_TERM = {"start": "2027-01-03", "end": "2029-01-03"}


def renewed(body: bytes) -> bytes:
    """The file of the next January: who sat in a term that ran out sits in a new one."""
    people = json.loads(body)
    for person in people:
        if person["terms"][-1]["end"] == A_NEW_TERM["start"]:
            person["terms"][-1] |= A_NEW_TERM
    return json.dumps(people).encode()


def measure(name: str, body: bytes, as_of: date) -> None:
    """Import, and print what it cost."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from campaign.legislators import importing, sources

    with CaptureQueriesContext(connection) as queries:
        begun = time.perf_counter()
        outcome = importing.bring_in(sources.LEGISLATORS, importing.Arrival(body, as_of, "bench"))
        seconds = time.perf_counter() - begun
    changes = len(outcome.difference.lines())
    print(f"{name}: {seconds:.2f} s, {len(queries)} queries, {changes} lines of difference")


def main() -> None:
    """Measure the three imports in a database of their own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    body = parser.parse_args().file.read_bytes()
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="twothirds-bench-")))
        env = stack.enter_context(servers.backing(var)).env
        servers.manage(env, var / "preparing.log", "migrate", "--verbosity=0")
        os.environ.update(env, DJANGO_SETTINGS_MODULE="campaign.settings")

        import django

        django.setup()
        measure("first import", body, date(2026, 6, 15))
        measure("the same again", body, date(2026, 6, 15))
        measure("all terms anew", renewed(body), date(2027, 1, 5))
        print(f"wanted: at most {WANTED_SECONDS} s and {WANTED_QUERIES} queries each")
        django.db.connection.close()


if __name__ == "__main__":
    main()
