"""How fast is a look-up? `.venv/bin/python bench/lookup.py [--seconds 5] [--rounds 5] [--clients 30]`

In process: microseconds of `lookup.find` for state and ZIP, one and the same and all in turn. Through granian: the
API's route against a Django view that returns a constant, in the same server and behind the same middleware; and
against a Django that has nothing but such a view. In every round each in turn, every other round the other way round.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path = [path for path in sys.path if path != str(ROOT / "bench")]

from bench import closed_loop, servers  # noqa: E402

PLENTY = "2000000000"
WARM_UP_SECONDS = 2.0
BATCH, BATCHES = 200, 250
WANTED_MICROSECONDS, WANTED_RATIO = 50, 0.60
ROUTE = "/api/v1/legislators/lookup?state=OR&postal_code=97201"


def request(path: str) -> bytes:
    """A GET as a program sends it."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n".encode()


def in_process(env: dict[str, str]) -> None:
    """The cost of the call itself, and of all that it leads to the first time."""
    os.environ.update(env)
    os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"

    import django

    django.setup()
    from campaign.legislators import lookup, snapshots

    begun = time.perf_counter()
    lookup.find("OR", "97201")
    print(f"in process, cold: {1000 * (time.perf_counter() - begun):.0f} ms")
    every = [(place.states[0], zip_code) for zip_code, place in snapshots.current().zips.items()]
    random.Random(119).shuffle(every)
    for name, questions in (("OR 97201", [("OR", "97201")]), ("every ZIP and its state", every)):
        taken = sorted(microseconds(lookup.find, questions))
        said = f"median {median(taken):.1f}, p95 {taken[int(0.95 * len(taken))]:.1f} microseconds"
        print(f"in process, {name}: {said} (wanted: median at most {WANTED_MICROSECONDS})")


def microseconds(find: object, questions: list[tuple[str, str]]) -> list[float]:
    """Of one call, for each of many batches."""
    assert callable(find)
    found = []
    for number in range(BATCHES):
        batch = [questions[(number * BATCH + place) % len(questions)] for place in range(BATCH)]
        begun = time.perf_counter()
        for state, zip_code in batch:
            find(state, zip_code)
        found.append(1_000_000 * (time.perf_counter() - begun) / BATCH)
    return found


def measure(port: int, path: str, clients: int, seconds: float) -> closed_loop.Measured:
    """One turn. Raises RuntimeError where an answer is not a 200."""
    whole = request(path)
    measured = closed_loop.run(port, clients, seconds, lambda: whole)
    if set(measured.statuses) != {200}:
        raise RuntimeError(f"{path}: answers {dict(measured.statuses)}")
    return measured


def one_round(lanes: dict[str, tuple[int, str]], options: argparse.Namespace, *, backwards: bool) -> dict[str, float]:
    """Every lane in turn."""
    found = {}
    for name in sorted(lanes, reverse=backwards):
        measured = measure(*lanes[name], options.clients, options.seconds)
        found[name] = measured.per_second
        waits = f"p50 {measured.wait(0.5):.1f} ms, p99 {measured.wait(0.99):.1f} ms"
        print(f"  {name:10s} {measured.per_second:7.0f}/s   {waits}", flush=True)
    return found


def main() -> None:
    """Measure, print each turn, and end with the ratios, round by round and of the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=30)
    options = parser.parse_args()
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="twothirds-bench-")))
        env = stack.enter_context(servers.backing(var)).env | {"LOOKUPS_A_MINUTE": PLENTY}
        servers.manage(env, var / "preparing.log", "migrate", "--verbosity=0")
        servers.manage(env, var / "preparing.log", "furnish")
        in_process(env)
        house = stack.enter_context(servers.web("bench.constant.wsgi:application", env, var / "web.log"))
        bare = stack.enter_context(servers.web("bench.constant.bare_wsgi:application", env, var / "bare.log"))
        lanes = {"lookup": (house, ROUTE), "constant": (house, "/constant"), "bare": (bare, "/constant")}
        for port, path in lanes.values():
            measure(port, path, options.clients, WARM_UP_SECONDS)
        found = []
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}, {time.strftime('%H:%M:%S')}")
            found.append(one_round(lanes, options, backwards=bool(number % 2)))
    figures = {name: median(each[name] for each in found) for name in lanes}
    print("medians: " + ", ".join(f"{name} {figure:.0f}/s" for name, figure in figures.items()))
    for name in ("constant", "bare"):
        each = ", ".join(f"{one['lookup'] / one[name]:.2f}" for one in found)
        print(f"lookup/{name} {figures['lookup'] / figures[name]:.2f} ({each}; wanted: {WANTED_RATIO:.2f})")


if __name__ == "__main__":
    main()
