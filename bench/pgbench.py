"""pgbench with the very statement of a sign-up: what this PostgreSQL does without a line of Python."""

import re
import subprocess
from pathlib import Path

from embedded import binaries
from embedded.postgres import ROLE, Postgres

SEALED_ADDRESS, SEALED_NAME = 32 + 23, 32 + 5


def literal_statement(statement: str, petition: str, partner: int) -> str:
    """The statement for one new person, its parameters as literals of the size they have in a sign-up."""

    def sealed(length: int) -> str:
        return f"ARRAY['\\x{'5e' * length}']"

    values = [
        "ARRAY[gen_random_uuid()]",
        sealed(SEALED_ADDRESS),
        sealed(SEALED_NAME),
        sealed(SEALED_NAME),
        "ARRAY['OR']",
        "ARRAY['97201']",
        "ARRAY['en']",
        "ARRAY[gen_random_uuid()]",
        f"ARRAY['{petition}']",
        "ARRAY[NULL]",
        "ARRAY['']",
        "ARRAY['']",
        f"ARRAY[{partner}]",
        "ARRAY['']",
        "ARRAY[NULL]",
        "ARRAY['']",
        "ARRAY[gen_random_uuid()]",
        "ARRAY['2026-01-01']",
    ]
    parts = statement.split("%s")
    if len(parts) != len(values) + 1:
        raise RuntimeError(
            "the statement of a sign-up has other parameters than this bench knows; mend bench/pgbench.py"
        )
    filled = parts[0] + "".join(value + part for value, part in zip(values, parts[1:], strict=True))
    return " ".join(filled.split()) + ";\n"


def run(postgres: Postgres, script: Path, clients: int, seconds: float) -> float:
    """Transactions a second, prepared, with so many clients."""
    program = Path(binaries.find().directory) / "pgbench"
    command = [program, "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(max(1, round(seconds)))]
    where = ["-h", str(postgres.sockets), "-U", ROLE, "-f", str(script), "house"]
    answer = subprocess.run([*command, *where], capture_output=True, text=True, check=True)
    found = re.search(r"^tps = ([0-9.]+)", answer.stdout, re.MULTILINE)
    if found is None or "number of failed transactions: 0" not in answer.stdout:
        raise RuntimeError(answer.stdout + answer.stderr)
    return float(found[1])
