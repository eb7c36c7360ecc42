"""The `granian` command with the application loaded before it forks: its workers share what was read once.

Only the demo does this. It halves the work of a start; in production a start may take two seconds longer.
"""

import multiprocessing
import os
import sys


def load_the_house() -> None:
    """Import the application with all its addresses. It opens no connection and starts no thread by that."""
    os.environ.setdefault("PROCESS", "web")

    from django.urls import get_resolver

    import campaign.wsgi  # noqa: F401 - for what it loads

    _ = get_resolver().url_patterns


if __name__ == "__main__":
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")  # what granian does by default up to Python 3.13
        load_the_house()

    from granian.cli import entrypoint

    entrypoint()  # type: ignore[no-untyped-call,unused-ignore]
