"""States and ZIPs as the Postal Service writes them, and as people do. A `state` is a two-letter USPS code."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from campaign.lib.text import unaccented


def _table(text: str) -> dict[str, str]:
    rows = (row.strip().partition(" ") for row in re.split(r"[|\n]", text) if row.strip())
    return {code: rest for code, _space, rest in rows}


_FIFTY = _table("""
AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|FL Florida|GA Georgia
HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland
MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire
NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania
RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington
WV West Virginia|WI Wisconsin|WY Wyoming
""")
_ISLANDS = _table("PR Puerto Rico|GU Guam|VI U.S. Virgin Islands|AS American Samoa|MP Northern Mariana Islands")
_ASSOCIATES = _table("PW Palau|FM Federated States of Micronesia|MH Marshall Islands")
_FORCES = _table("AA Armed Forces Americas|AE Armed Forces Europe|AP Armed Forces Pacific")

DISTRICT = "DC"
STATES = frozenset(_FIFTY)
TERRITORIES = frozenset(_ISLANDS)
ASSOCIATED = frozenset(_ASSOCIATES)
MILITARY = frozenset(_FORCES)
NAMES = _FIFTY | {DISTRICT: "District of Columbia"} | _ISLANDS | _ASSOCIATES | _FORCES
# Where citizens have a voting residence. The freely associated states have ZIPs and no citizens of ours; APO, FPO and
# DPO addresses say where mail goes and not where anybody votes.
RESIDENCES = STATES | TERRITORIES | {DISTRICT}
CHOICES = tuple(sorted(NAMES.items(), key=lambda choice: choice[1]))

# What people write besides codes and names: old abbreviations, other official names, Spanish. In the form of _plain().
_ALSO = _table("""
AL ala|AK alas|AZ ariz|AR ark|CA cal, calif, cali|CO colo|CT conn|DE del|FL fla|HI hawai|IL ill|IN ind|KS kan, kans
KY ken|LA luisiana|MA mass|MI mich|MN minn|MS miss, misisipi|MO misuri|MT mont|NE neb, nebr|NV nev|NH nueva hampshire
NJ n jersey, nueva jersey|NM n mex, n mexico, nuevo mexico|NY n york, nueva york, nyc, new york city
NC n carolina, carolina del norte|ND n dakota, n dak, dakota del norte|OK okla|OR ore, oreg|PA penn, penna, pensilvania
RI rhode island and providence plantations|SC s carolina, carolina del sur|SD s dakota, s dak, dakota del sur
TN tenn|TX tex, tejas|WA wash|WV w virginia, w va, west va, virginia occidental|WI wis, wisc|WY wyo
DC washington dc, wash dc, washington d c, wash d c, d c, washington district of columbia, distrito de columbia
PR porto rico|VI virgin islands, usvi, virgin islands of the united states, islas virgenes
AS samoa americana|MP cnmi, northern marianas, mariana islands, islas marianas del norte
PW republic of palau|FM micronesia, fsm|MH republic of the marshall islands, rmi
AA apo aa, fpo aa, dpo aa|AE apo ae, fpo ae, dpo ae, armed forces africa, armed forces canada, armed forces middle east
AP apo ap, fpo ap, dpo ap
""")
_BEFORE = re.compile(
    r"^(?:the )?(?:great )?(?:state|commonwealth|territory|estado libre asociado|estado) (?:of|de) (?:the )?|^the "
)
_AFTER = re.compile(r" (?:state|usa|us|united states|united states of america)$")
# Near a name, and yet another place or too little to tell.
_NO_MISSPELLING = frozenset({"india", "marine", "virgin"})
# The capital, however its first word is written: nobody in the District has senators of the state of Washington.
_CAPITAL = re.compile(r"(.*[^ ]) d(?: ?c)?|(w.*[^ ])dc")
_LONGEST_NAME = 60
_ALIKE, _AHEAD = 0.8, 0.05


def _plain(text: str) -> str:
    """Small letters without accents, dots and apostrophes; whatever else is no letter becomes one space."""
    letters = unaccented(text)
    return " ".join(re.sub(r"[^a-z]+", " ", re.sub(r"[.'`\u2018\u2019\u02bb]", "", letters)).split())


_FULL = {_plain(name): code for code, name in NAMES.items()}
_CODES = {code.lower(): code for code in NAMES}
_WRITTEN = _CODES | {word: code for code, row in _ALSO.items() for word in row.split(", ")} | _FULL


def state_from(text: str) -> str | None:
    """The code that a person means: a code in any case, a name, an abbreviation, a small misspelling. Else None."""
    return _understood(text) if len(text) <= _LONGEST_NAME else None


@lru_cache(maxsize=2048)
def _understood(text: str) -> str | None:
    # A dot joins the letters of D.C., and stands between the words of W.Va.
    spellings = dict.fromkeys((_plain(text), _plain(text.replace(".", ". "))))
    for words in spellings:
        if code := _written(words):
            return code
    for words in spellings:
        if capital := _CAPITAL.fullmatch(words):
            return DISTRICT if _named(capital[1] or capital[2]) in {"WA", DISTRICT} else None
    for words in spellings:
        if said := _said_with_a_code(words):
            return said.pop() if len(said) == 1 else None
    return _misspelled(_plain(text))


def _written(words: str) -> str | None:
    """What these words are known to mean, with or without "State of" and the like."""
    for each in (words, _BEFORE.sub("", words), _AFTER.sub("", words)):
        if each in _WRITTEN:
            return _WRITTEN[each]
    return None


def _named(words: str) -> str | None:
    return _written(words) or _misspelled(words)


def _said_with_a_code(words: str) -> set[str]:
    """Of "Ohio (OH)" or "OH - Ohio" what the name and the code mean, two states where they contradict each other.

    Empty where no code stands at either end, or nothing beside it is a state's name.
    """
    first, _space, after = words.partition(" ")
    before, _space, last = words.rpartition(" ")
    pairs = [(_CODES[code], _named(name)) for code, name in ((first, after), (last, before)) if code in _CODES]
    return {each for code, name in pairs if name for each in (code, name)}


def _misspelled(plain: str) -> str | None:
    """The one name that is nearly this; None where two are as near. Hardly anybody gets the first letter wrong."""
    plain = _BEFORE.sub("", plain)
    if len(plain) < 3 or plain in _NO_MISSPELLING:
        return None
    near = sorted(
        ((SequenceMatcher(a=plain, b=name).ratio(), code) for name, code in _FULL.items() if name[0] == plain[0]),
        reverse=True,
    )
    (best, code), (second, _other) = (*near, (0.0, ""), (0.0, ""))[:2]
    return code if best >= _ALIKE and best - second >= _AHEAD else None


class PostalCodeFault(Enum):
    """Why a text is no ZIP. The value is the code that machines read."""

    EMPTY = "required"
    FOREIGN_DIGITS = "foreign_digits"
    TOO_SHORT = "too_short"
    NOT_FIVE_DIGITS = "not_five_digits"


_SENTENCES: dict[PostalCodeFault, Promise] = {
    PostalCodeFault.EMPTY: _("Please fill in a ZIP code."),
    PostalCodeFault.FOREIGN_DIGITS: _("Please type the ZIP with the digits 0 to 9."),
    PostalCodeFault.TOO_SHORT: _("A ZIP code has five digits."),
    PostalCodeFault.NOT_FIVE_DIGITS: _("A ZIP code has five digits, like 97201 or 97201-1234."),
}


@dataclass(eq=False)
class BadPostalCode(ValueError):
    """The text is no ZIP. The suggestion is a ZIP that may have been meant, or empty."""

    fault: PostalCodeFault
    suggestion: str = ""

    @property
    def sentence(self) -> str | Promise:
        """What is wrong and how to mend it."""
        if not self.suggestion:
            return _SENTENCES[self.fault]
        asked = _("{sentence} Did you mean {suggestion}?")
        return format_lazy(asked, sentence=_SENTENCES[self.fault], suggestion=self.suggestion)


_ZIP = re.compile(r"([0-9]{5})(?:[-\u2010-\u2015\u2212 ]?[0-9]{4})?")


def postal_code_from(text: str) -> str:
    """The five digits of a ZIP or ZIP+4, white space around it taken off. Raises BadPostalCode.

    Only ASCII digits are taken. Which ZIPs exist is not known here.
    """
    stripped = text.strip()
    if found := _ZIP.fullmatch(stripped):
        return found[1]
    if not stripped:
        raise BadPostalCode(PostalCodeFault.EMPTY)
    if len(stripped) <= 10 and any(sign.isdigit() and not sign.isascii() for sign in stripped):
        digits = "".join(str(unicodedata.decimal(sign, sign)) for sign in stripped)
        raise BadPostalCode(PostalCodeFault.FOREIGN_DIGITS, digits if _ZIP.fullmatch(digits) else "")
    if re.fullmatch(r"[0-9]{3,4}", stripped):
        # Spreadsheets eat the zeros at the front.
        raise BadPostalCode(PostalCodeFault.TOO_SHORT, stripped.zfill(5))
    raise BadPostalCode(PostalCodeFault.NOT_FIVE_DIGITS)


class Tile(NamedTuple):
    """A state's place on a tile map, counted from the top left."""

    row: int
    column: int


_GRID = """
AK . . . . . . . . . . ME
. . . . . . . . . . VT NH
. WA ID MT ND MN IL WI MI NY RI MA
. OR NV WY SD IA IN OH PA NJ CT .
. CA UT CO NE MO KY WV VA MD DE .
. . AZ NM KS AR TN NC SC DC . .
. . . . OK LA MS AL GA . . .
HI . . . TX . . . . FL . .
AS GU MP . . . . . . . PR VI
"""
TILES = {
    code: Tile(row, column)
    for row, line in enumerate(_GRID.strip().splitlines())
    for column, code in enumerate(line.split())
    if code != "."
}
