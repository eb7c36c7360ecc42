"""Files in the form of the Census's relationship files, written by the tests themselves."""

from dataclasses import dataclass, field
from pathlib import Path

from campaign.legislators import fips

_ZIP_COLUMNS = "OID_ZCTA5_20|GEOID_ZCTA5_20|NAMELSAD_ZCTA5_20|AREALAND_ZCTA5_20|AREAWATER_ZCTA5_20|MTFCC_ZCTA5_20"
_ZIP_COLUMNS += "|CLASSFP_ZCTA5_20|FUNCSTAT_ZCTA5_20"
_AREA = "OID_{0}|GEOID_{0}|NAMELSAD_{0}|AREALAND_{0}|AREAWATER_{0}|MTFCC_{0}"
_PARTS = "AREALAND_PART|AREAWATER_PART"
_CODES = {state: code for code, state in fips.STATES.items()}
# The states of the Census's own books; the smaller islands are in no promise of ours.
STATES = sorted(set(_CODES) - {"AS", "GU", "MP", "VI"})
FACTS = """
00802 VI-0|00901 PR-0|02134 MA-7|05401 VT-0|19901 DE-0|20001 DC-0|33311 FL-20 FL-23|83414 WY-0|90210 CA-30 CA-32 CA-36
20135 VA-10 VA-6 WV-2|40965 KY-5 TN-2|42602 KY-1 KY-5 TN-6|57030 SD-0 MN-1|57430 SD-0 ND-0|57717 SD-0 WY-0 MT-2
63673 MO-8 IL-12|65761 MO-8 MO-7 AR-1|89019 NV-3 CA-23 NV-1 CA-3|89421 NV-2 OR-2|97910 OR-2 ID-1|82930 WY-0 UT-3
"""


def geoid(district: str) -> str:
    """As the Census writes it: 00 at large, 98 for a delegate."""
    state, _dash, number = district.partition("-")
    at_large = "98" if state in {"DC", "PR", "VI", "GU", "AS", "MP"} else "00"
    return _CODES[state] + (at_large if number == "0" else number.zfill(2))


@dataclass
class CensusFile:
    """ZIPs and their districts, those with most land first; or their counties."""

    path: Path
    congress: int = 119
    of_zip: dict[str, list[str]] = field(default_factory=dict)
    more: list[str] = field(default_factory=list)

    def with_facts(self) -> "CensusFile":
        """ZIPs whose districts were checked against two sources."""
        rows = FACTS.strip().replace("\n", "|").split("|")
        self.of_zip |= {zip_code: districts for zip_code, *districts in map(str.split, rows)}
        return self

    def with_filler(self, each: int = 600) -> "CensusFile":
        """So many further ZIPs of every state that the file looks whole. Their district is 1, or the only one."""
        free = (f"{number:05d}" for number in range(100_000) if f"{number:05d}" not in self.of_zip)
        for state in STATES:
            district = f"{state}-{0 if state in {'AK', 'DE', 'ND', 'SD', 'VT', 'WY', 'DC', 'PR'} else 1}"
            self.of_zip |= {next(free): [district] for _number in range(each)}
        return self

    def without(self, *zips: str) -> "CensusFile":
        self.of_zip = {zip_code: areas for zip_code, areas in self.of_zip.items() if zip_code not in zips}
        return self

    def text(self) -> str:
        """The file of districts: in the order of the districts, land without a ZIP and water among its rows."""
        header = f"{_AREA.format(f'CD{self.congress}_20')}|FUNCSTAT_CD{self.congress}_20|{_ZIP_COLUMNS}|{_PARTS}"
        rows = [
            (geoid(district), self._district_row(district, zip_code, land=1_000_000 // place))
            for zip_code, districts in self.of_zip.items()
            for place, district in enumerate(districts, start=1)
        ]
        without_a_zip = self._district_row("OR-1", "", land=5)
        only_water = self._district_row("WA-3", "97910", land=0)
        of_nobody = f"1|17ZZ|not defined|0|9|G5200|F|{self._zip('97910')}|7|0"
        lines = [header, without_a_zip, only_water, of_nobody, *(row for _key, row in sorted(rows)), *self.more]
        return "\ufeff" + "\r\n".join(lines) + "\r\n"

    def counties(self) -> str:
        """The file of counties: a ZIP's districts are taken for counties of their states."""
        header = f"{_ZIP_COLUMNS}|{_AREA.format('COUNTY_20')}|CLASSFP_COUNTY_20|FUNCSTAT_COUNTY_20|{_PARTS}"
        lines = [header, f"{self._zip('')}|2|01003|Baldwin County|9|9|G4020|H1|A|40|0"]
        for zip_code, districts in sorted(self.of_zip.items()):
            for place, district in enumerate(districts, start=1):
                county = f"{_CODES[district[:2]]}{place:03d}"
                area = f"2|{county}|Do\u00f1a Ana County|9|9|G4020|H1|A"
                lines.append(f"{self._zip(zip_code)}|{area}|{1_000_000 // place}|0")
        return "\n".join([*lines, *self.more]) + "\n"

    def write(self, *, counties: bool = False) -> Path:
        self.path.write_text(self.counties() if counties else self.text(), newline="")
        return self.path

    def _district_row(self, district: str, zip_code: str, land: int) -> str:
        number = geoid(district)
        name = f"Congressional District {number[2:]}"
        return f"27590|{number}|{name}|9999999|0|G5200|N|{self._zip(zip_code)}|{land}|0"

    @staticmethod
    def _zip(zip_code: str) -> str:
        return f"22170|{zip_code}|ZCTA5 {zip_code}|2000000|0|G6350|B5|S" if zip_code else "|||||||"
