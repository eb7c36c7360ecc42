"""The `celery` command without its interactive shell, whose import costs a third of a second at every start."""

import sys
from types import ModuleType


def leave_the_shell_out() -> None:
    """Put an empty module where celery's commands look for click_repl."""
    stub = ModuleType("click_repl")
    stub.register_repl = lambda _group: None  # type: ignore[attr-defined]
    sys.modules["click_repl"] = stub


if __name__ == "__main__":
    leave_the_shell_out()

    from celery.__main__ import main

    main()
