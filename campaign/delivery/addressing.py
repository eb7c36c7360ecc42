"""Addressing: what stands in From, To and Reply-To is one mailbox, proven so before a server hears of it."""

import re
from email import policy
from functools import lru_cache
from typing import Any

LONGEST = 254
LONGEST_LOCAL = 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def address_of(recipient: str) -> str:
    """The bare address of the one recipient, for the envelope. `Ada <ada@example.org>` has one as well.

    Raises ValueError for everything else: two of them, a list's separators, line breaks, what no server takes.
    """
    if _is_address(recipient):
        return recipient
    phrase, address = phrase_and_address(recipient)
    if set(recipient + phrase) & {",", ";"}:
        raise ValueError("more than one recipient, or a separator between them")
    return address


@lru_cache(maxsize=256)
def phrase_and_address(mailbox: str) -> tuple[str, str]:
    """The name, if it has one, and the address of one mailbox. Raises ValueError where it is not exactly one."""
    if _BREAKS.search(mailbox):
        raise ValueError("an address holds a line break or a control character")
    if _is_address(mailbox):
        return "", mailbox
    if len(mailbox) > LONGEST + 1000:
        raise ValueError("an address is too long")
    try:
        header: Any = policy.default.header_factory("To", mailbox)
        found = [address for group in header.groups for address in group.addresses]
    except (IndexError, AttributeError, ValueError) as error:  # the parser of the standard library fails on some
        raise ValueError("not an address") from error
    if header.defects or len(found) != 1 or header.groups[0].display_name is not None:
        raise ValueError("not exactly one address")
    if not _is_address(found[0].addr_spec) or _BREAKS.search(found[0].display_name):
        raise ValueError("not an address that mail can be written to")
    return found[0].display_name.strip(), found[0].addr_spec


def domain_of(mailbox: str) -> str:
    """The domain of a mailbox, in lower case. Raises ValueError like `phrase_and_address`."""
    return phrase_and_address(mailbox)[1].rpartition("@")[2].lower()


def _is_address(text: str) -> bool:
    return (
        len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None and len(text.partition("@")[0]) <= LONGEST_LOCAL
    )
