"""What a list may be narrowed to: each parameter read, and everything that is wrong with them said at once."""

from collections.abc import Container, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign.lib import usps
from campaign.lib.refusals import Refusal, Refused


class Filters:
    """Reads the parameters of an address."""

    def __init__(self, asked: Mapping[str, str]) -> None:
        self._asked = asked
        self._refusals: list[Refusal] = []

    def state(self) -> str | None:
        """The state, as people write it; None where it is not asked for."""
        found = usps.state_from(self._asked["state"]) if "state" in self._asked else None
        if "state" in self._asked and found is None:
            sentence = _("We don't know this state. Please give its name or its two letters, like Oregon or OR.")
            self._refusals.append(Refusal("state", "unknown_state", sentence))
        return found

    def one_of(self, name: str, known: Container[str], sentence: str | Promise) -> str | None:
        """The value, one of those known; None where it is not asked for."""
        value = self._asked.get(name)
        if value is not None and value not in known:
            self._refusals.append(Refusal(name, f"unknown_{name}", sentence))
        return value

    def check(self) -> None:
        """Raises Refused where a parameter could not be read."""
        if self._refusals:
            raise Refused(tuple(self._refusals))
