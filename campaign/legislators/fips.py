"""How the Census writes states and districts: FIPS codes of states, GEOIDs of districts ("4103" is OR-3)."""

import re

STATES: dict[str, str] = dict(
    row.split()
    for row in """
        01 AL|02 AK|04 AZ|05 AR|06 CA|08 CO|09 CT|10 DE|11 DC|12 FL|13 GA|15 HI|16 ID|17 IL|18 IN|19 IA|20 KS|21 KY|
        22 LA|23 ME|24 MD|25 MA|26 MI|27 MN|28 MS|29 MO|30 MT|31 NE|32 NV|33 NH|34 NJ|35 NM|36 NY|37 NC|38 ND|39 OH|
        40 OK|41 OR|42 PA|44 RI|45 SC|46 SD|47 TN|48 TX|49 UT|50 VT|51 VA|53 WA|54 WV|55 WI|56 WY|60 AS|66 GU|69 MP|
        72 PR|78 VI
    """.split("|")  # noqa: SIM905 a table reads better
)
# One district for the whole state, or a delegate: both are district 0 to the rest of the world.
_AT_LARGE = {"00", "98"}
_GEOID = re.compile(r"([0-9]{2})([0-9]{2})")


def district_from(geoid: str) -> str | None:
    """The district as the world writes it ("OR-3", at large "WY-0"); None for ZZ, water that belongs to none."""
    found = _GEOID.fullmatch(geoid)
    if not found or found[1] not in STATES:
        return None
    return f"{STATES[found[1]]}-{0 if found[2] in _AT_LARGE else int(found[2])}"
