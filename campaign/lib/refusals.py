"""Why a value was not taken: one shape for the page that shows it beside its field and the API that points at it."""

from dataclasses import dataclass, field

from django.utils.functional import Promise


@dataclass(frozen=True)
class Refusal:
    """One value that was not taken. The detail is a sentence that says how to mend it and never repeats the value."""

    field: str
    code: str
    detail: str | Promise
    suggestion: str = ""


@dataclass(eq=False)  # not frozen: Python itself sets an exception's __traceback__
class Refused(Exception):
    """What was handed in could not be taken; nothing was stored."""

    refusals: tuple[Refusal, ...] = field(default_factory=tuple)

    def by_field(self) -> dict[str, list[str | Promise]]:
        """The sentences for each field, as a form shows them."""
        found: dict[str, list[str | Promise]] = {}
        for refusal in self.refusals:
            found.setdefault(refusal.field, []).append(refusal.detail)
        return found
