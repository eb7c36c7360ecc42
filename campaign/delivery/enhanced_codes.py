"""Enhanced status codes (RFC 3463): the three numbers with which mail servers say why."""

import re

# 5.2.2 (the mailbox is full) and 5.7.x (policy) say nothing against the address.
BAD_ADDRESS = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
# Not part of an address, of a longer number or of an IP address.
_CODE = re.compile(r"(?<![\w.@-])([245]\.\d{1,3}\.\d{1,3})(?![\w@-]|\.\d)", re.ASCII)
_FURTHEST = 4000


def found_in(text: str) -> str:
    """The first code in what a server said; empty where there is none."""
    found = _CODE.search(text[:_FURTHEST])
    return found[1] if found else ""


def is_bad_address(code: str) -> bool:
    """Whether a code says that there is no such mailbox."""
    return code in BAD_ADDRESS
