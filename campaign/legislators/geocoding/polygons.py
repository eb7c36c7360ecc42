"""Districts as polygons from a cartographic file of the Census on this machine. Takes a point and asks nobody.

Needs shapely and pyshp (requirements-polygons.txt); DISTRICT_POLYGONS is the zip, as the Census serves it.
"""

import math
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from campaign.legislators import fips
from campaign.legislators.fetching import Refused
from campaign.legislators.geocoding.answers import NOT_FOUND, OTHER_CONGRESS, Answer, Receiver, the_only_one
from campaign.lib import refusals
from campaign.lib.refusals import Refusal

if TYPE_CHECKING:
    from shapely import STRtree

# The file's borders are simplified for maps of 1:500,000: this near to one it can't tell on which side a house stands.
MARGIN_METRES = 100.0
_METRES_OF_A_DEGREE = 111_320.0
_LONGEST = 60
_POINT = re.compile(r"([-\u2212]?[0-9]{1,3}(?:\.[0-9]{1,15})?)[\s,;]+([-\u2212]?[0-9]{1,3}(?:\.[0-9]{1,15})?)")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Map:
    """The districts of one Congress. Read once, then only looked at: threads share it without a lock."""

    congress: int
    codes: tuple[str, ...]
    tree: "STRtree"


class Polygons:
    """The back end. The file is read when the first point comes, and again if the setting names another one."""

    receiver = Receiver(_("this site"), is_outside=False, takes_points=True)

    def __init__(self) -> None:
        self._maps: dict[str, _Map] = {}
        self._reading = threading.Lock()

    def speaks_of(self, congress: int) -> bool:
        """The file says it when it is read."""
        return True

    def read(self, typed: str) -> str:
        """`45.52, -122.68`: latitude and longitude in degrees. Raises lib.refusals.Refused."""
        found = _POINT.fullmatch(typed.strip()) if len(typed) <= _LONGEST else None
        if not found or abs(_number(found[1])) >= 90 or abs(_number(found[2])) > 180:
            sentence = _("Please give latitude and longitude in degrees, like 45.5200, -122.6800.")
            raise refusals.Refused((Refusal("address", "not_a_point", sentence),))
        return f"{_number(found[1])},{_number(found[2])}"

    def find(self, readable: str, congress: int) -> Answer:
        """The district all around the point. Raises Refused where the file can't be read."""
        latitude, longitude = map(float, readable.split(","))
        known = self._map()
        if known.congress != congress:
            return OTHER_CONGRESS
        import shapely

        up = MARGIN_METRES / _METRES_OF_A_DEGREE
        aside = up / math.cos(math.radians(latitude))
        around = shapely.box(longitude - aside, latitude - up, longitude + aside, latitude + up)
        near = the_only_one(known.codes[index] for index in known.tree.query(around, predicate="intersects"))
        here = known.tree.query(shapely.Point(longitude, latitude), predicate="intersects")
        return near if near.trouble or len(here) else NOT_FOUND

    def _map(self) -> _Map:
        path = settings.DISTRICT_POLYGONS
        with self._reading:
            if path not in self._maps:
                self._maps = {path: _read(path)}
            return self._maps[path]


def _number(text: str) -> float:
    return float(text.replace("\u2212", "-"))


def _read(path: str) -> _Map:
    import shapefile
    import shapely

    try:
        with shapefile.Reader(path) as reader:
            rows = list(_rows(reader))
        congresses = {congress for congress, _code, _shape in rows}
        if len(congresses) != 1:
            raise ValueError(f"it speaks of {len(congresses)} Congresses")
        shapes = [shapely.geometry.shape(shape) for _congress, _code, shape in rows]
    except Exception as error:  # a binary file that is broken breaks its reader in a dozen ways
        raise Refused(f"DISTRICT_POLYGONS can't be read: {error}.") from error
    shapely.prepare(shapes)
    log.info("district_polygons_read", districts=len(rows), congress=max(congresses))
    return _Map(congresses.pop(), tuple(code for _congress, code, _shape in rows), shapely.STRtree(shapes))


def _rows(reader: Any) -> Iterator[tuple[int, str, Any]]:
    """Congress, district and shape of each row; water that belongs to no district (ZZ) is left out."""
    for row in reader.iterShapeRecords():
        fields = row.record.as_dict()
        congress = int(fields["CDSESSN"])
        code = fips.district_from(fields["STATEFP"] + fields[f"CD{congress}FP"])
        if code:
            yield congress, code, row.shape.__geo_interface__


BACKEND = Polygons()
