"""What may stand in a log line: a link that is a key may not."""

import re
from collections.abc import MutableMapping
from typing import Any

_KEY = re.compile(r"/(confirm|not-me|my|unsubscribe|u)/[^/\s\"\\]+")


def without_tokens(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take the secrets out of mailed links, wherever they stand: Django names the path of a request that failed."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _KEY.sub(r"/\1/...", value)
    return event
