"""Text typed by strangers: names and comments, with what they may hold."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from campaign.lib.refusals import Refusal

LONGEST_SLUG = 80
_LINK = re.compile(
    r"(?:[a-z]{2,}://|www\.|\b[\w-]+\.(?:com|net|org|info|biz|io|co|me|ru|cn|xyz|top|site|online|shop|club|link|click"
    r"|app|dev|gov|edu|us|uk|de|fr|tk|ly|gg)\b(?:/|$|\s)|\b\w[\w-]*\.[a-z]{2,}/)",
    re.IGNORECASE,
)
_NOT_IN_NAMES = re.compile(r"[<>@{}\\^|]")
# Cc control, Cf format (bidi overrides, zero width), Co private use, Cs lone surrogates, Cn unassigned,
# Zl and Zp line and paragraph separators.
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
_PLAIN = re.compile(r"[ -~]*")
# What Django puts where bytes were no UTF-8.
_UNREADABLE = "\ufffd"


def is_hidden(text: str) -> bool:
    """Whether it holds signs that can't be seen: controls, marks of direction, private ones."""
    if _PLAIN.fullmatch(text):
        return False
    return _UNREADABLE in text or any(unicodedata.category(letter) in _HIDDEN for letter in text)


def name(field: str, value: str, longest: int = 80) -> str | Refusal:
    """One line, composed (NFC), single spaces; or why not."""
    if is_hidden(value.strip()):
        return Refusal(field, "hidden_characters", _("Please type this again: it holds characters that can't be seen."))
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if not text:
        return Refusal(field, "required", _("Please fill this in."))
    if len(text) > longest:
        return Refusal(field, "too_long", _("This is too long. Please shorten it."))
    if _LINK.search(text) or _NOT_IN_NAMES.search(text):
        return Refusal(field, "not_a_name", _("A name can't hold links or these signs: < > @ { } \\ ^ |"))
    return text


def speaks_of(text: str, somebody: str) -> bool:
    """Whether a name stands in a text as words of their own, with or without its accents and in any case."""
    return re.search(rf"\b{re.escape(unaccented(somebody))}\b", unaccented(text)) is not None


def unaccented(text: str) -> str:
    """The same in small letters and without marks above or below them."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))


def paragraphs(field: str, value: str, longest: int, *, links: bool = False) -> str | Refusal:
    """Several lines, composed (NFC), line ends as \\n; empty is fine; or why not."""
    text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
    if is_hidden(text.replace("\n", "")):
        return Refusal(field, "hidden_characters", _("Please type this again: it holds characters that can't be seen."))
    text = unicodedata.normalize("NFC", text)
    if len(text) > longest:
        return Refusal(field, "too_long", _("This is too long. Please shorten it."))
    if not links and _LINK.search(text):
        return Refusal(field, "has_link", _("Please leave out web addresses."))
    return text
