"""Whether anything changed since the database and the static files were prepared."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WATCHED = ("campaign", "static", "templates", "locale", "requirements.txt")
IGNORED = {"__pycache__"}


def of_project() -> str:
    """One number for all that migrations, shipped data and static files are made of: by content, not by date."""
    total = hashlib.sha256()
    for path in watched_files():
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def watched_files() -> list[Path]:
    """The files, in an order that is the same everywhere."""
    found: list[Path] = []
    for name in WATCHED:
        top = ROOT / name
        files = top.rglob("*") if top.is_dir() else [top]
        found += [path for path in files if path.is_file() and not IGNORED & set(path.parts)]
    return sorted(found)
