"""Where a ZIP lies, from memory: the sign-up path asks for each signature and has no query to spare."""

import threading
import time

from campaign.legislators.models import PostalCode

KEPT_FOR_SECONDS = 3600.0
_EMPTY_IS_KEPT_FOR_SECONDS = 1.0


class _Places:
    """All 42,000 ZIPs (about 6 MB), read once an hour."""

    def __init__(self) -> None:
        self._states: dict[str, tuple[str, ...]] = {}
        self._until = 0.0
        self._lock = threading.Lock()

    def states_of(self, postal_code: str) -> tuple[str, ...]:
        if time.monotonic() >= self._until:
            with self._lock:
                if time.monotonic() >= self._until:
                    self._read()
        return self._states.get(postal_code, ())

    def _read(self) -> None:
        shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._states = {
            zip_: shared.setdefault(tuple(states), tuple(states))
            for zip_, states in PostalCode.objects.values_list("zip", "states").iterator(chunk_size=5000)
        }
        self._until = time.monotonic() + (KEPT_FOR_SECONDS if self._states else _EMPTY_IS_KEPT_FOR_SECONDS)


_places = _Places()


def states_of(postal_code: str) -> tuple[str, ...]:
    """The states a ZIP lies in, the one of its post office first; empty for an unknown ZIP. At most an hour old."""
    return _places.states_of(postal_code)
