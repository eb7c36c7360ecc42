"""Reading a sign-up that a stranger typed: one set of rules for the page, the API and every later way in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from campaign.legislators import places
from campaign.lib import emails, text, usps
from campaign.lib.refusals import Refusal, Refused

LONGEST_COMMENT = 1000
REQUIRED = ("given_name", "family_name", "email", "state", "postal_code")
OPTIONAL = ("comment", "updates_consent", "source", "referrer")
_SOURCE = re.compile(r"[A-Za-z0-9._~:+-]{0,64}")
_REFERRER = re.compile(r"[!-~]{0,200}")


@dataclass(frozen=True)
class SignUp:
    """What a person typed, checked and tidied. The state is where they vote."""

    given_name: str
    family_name: str
    email: str
    state: str
    postal_code: str
    comment: str = ""
    updates_consent: bool = False
    source: str = ""
    referrer: str = ""


def check(typed: Mapping[str, Any]) -> SignUp:
    """The sign-up that was typed. Raises Refused with a refusal for every field that has to be mended.

    Unknown fields are refused, not ignored: a partner learns of a misspelt one at once.
    """
    read: dict[str, Any] = {}
    refusals = [
        Refusal(name[:80], "unknown_field", _("There is no such field."))
        for name in typed
        if name not in REQUIRED and name not in OPTIONAL
    ]
    for name, reader in _READERS.items():
        value = typed.get(name)
        found = _missing(name) if value is None else reader(name, value)
        if isinstance(found, Refusal):
            refusals.append(found)
        else:
            read[name] = found
    if "state" in read and "postal_code" in read and (misplaced := _misplaced(read["state"], read["postal_code"])):
        refusals.append(misplaced)
    if refusals:
        raise Refused(tuple(refusals))
    return SignUp(**read)


def source_of(text: str) -> str:
    """The source that a link names, or nothing: a visitor is not turned away for what somebody else put into a link."""
    found = text.strip()
    return found if _SOURCE.fullmatch(found) else ""


def referrer_of(text: str) -> str:
    """The referrer that a link names, or nothing."""
    found = text.strip()
    return found if _REFERRER.fullmatch(found) else ""


def _missing(name: str) -> Any:
    if name in REQUIRED:
        return Refusal(name, "required", _("Please fill this in."))
    return False if name == "updates_consent" else ""


def _text(reader: Callable[[str, str], str | Refusal]) -> Callable[[str, Any], Any]:
    def read(name: str, value: Any) -> Any:
        return reader(name, value) if isinstance(value, str) else Refusal(name, "not_text", _("This must be text."))

    return read


def _email(name: str, value: str) -> str | Refusal:
    if not value.strip():
        return Refusal(name, "required", _("Please fill this in."))
    try:
        return emails.tidy(value)
    except emails.BadMailbox:
        return Refusal(name, "bad_mailbox", _("We can't write to this address. It should look like name@example.org."))


def _state(name: str, value: str) -> str | Refusal:
    if not value.strip():
        return Refusal(name, "required", _("Please choose the state where you vote."))
    found = usps.state_from(value)
    if found is None:
        return Refusal(name, "unknown_state", _("We don't know this state. Please choose one from the list."))
    if found in usps.MILITARY:
        sentence = _("A military address has no senators of its own. Please choose the state where you vote.")
        return Refusal(name, "military_ask_state", sentence)
    if found in usps.ASSOCIATED:
        sentence = _("This place is not represented in Congress. If you vote in a state, please choose that state.")
        return Refusal(name, "not_represented", sentence)
    return found


def _postal_code(name: str, value: str) -> str | Refusal:
    try:
        found = usps.postal_code_from(value)
    except usps.BadPostalCode as error:
        return Refusal(name, error.fault.value, error.sentence)
    if not places.states_of(found):
        return Refusal(name, "zip_unknown", _("We don't know this ZIP code. Please check it."))
    return found


def _misplaced(state: str, postal_code: str) -> Refusal | None:
    """The ZIP checks the state and never decides it. Military and associated ZIPs say nothing about where one votes."""
    states = places.states_of(postal_code)
    if state in states or set(states) & (usps.MILITARY | usps.ASSOCIATED):
        return None
    sentence = format_lazy(
        _("The ZIP {zip} is in {there}, not in {here}. Please give the state where you vote, and a ZIP of it."),
        zip=postal_code,
        there=" / ".join(usps.NAMES[state] for state in states),
        here=usps.NAMES[state],
    )
    return Refusal("postal_code", "zip_state_mismatch", sentence)


def _comment(name: str, value: str) -> str | Refusal:
    return text.paragraphs(name, value, LONGEST_COMMENT)


def _consent(name: str, value: Any) -> bool | Refusal:
    return value if isinstance(value, bool) else Refusal(name, "not_a_boolean", _("This must be true or false."))


def _source(name: str, value: str) -> str | Refusal:
    found = value.strip()
    return found if _SOURCE.fullmatch(found) else Refusal(name, "bad_source", _("A source is a short code."))


def _referrer(name: str, value: str) -> str | Refusal:
    found = value.strip()
    return found if _REFERRER.fullmatch(found) else Refusal(name, "bad_referrer", _("A referrer is a code or address."))


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "given_name": _text(text.name),
    "family_name": _text(text.name),
    "email": _text(_email),
    "state": _text(_state),
    "postal_code": _text(_postal_code),
    "comment": _text(_comment),
    "updates_consent": _consent,
    "source": _text(_source),
    "referrer": _text(_referrer),
}
