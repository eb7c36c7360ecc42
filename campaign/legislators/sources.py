"""The public files that we follow."""

from collections.abc import Callable

from campaign.legislators import comparing, convening, doubting, fetching, seating
from campaign.legislators.committees import Directory
from campaign.legislators.importing import Arrival, ImportRefused, Intake, Source, Wish
from campaign.legislators.models import Seat, Subject, Term
from campaign.legislators.official_lists import OfficialList
from campaign.legislators.rosters import Roster

_PUBLIC = "https://unitedstates.github.io/congress-legislators"
COMMITTEE_NAMES_URL = f"{_PUBLIC}/committees-current.json"


def _read_roster(arrival: Arrival) -> Roster:
    return Roster.from_public_json(arrival.body, as_of=arrival.as_of)


def _read_facts(arrival: Arrival) -> Roster:
    return Roster.from_facts(arrival.body.decode())


def _take_in_roster(roster: Roster, wish: Wish) -> Intake:
    seats = list(Seat.objects.all())
    sitting = list(Term.objects.open().select_related("seat", "legislator"))
    faults = doubting.faults(roster, wish, seats, sitting)
    if faults:
        raise ImportRefused(*faults)
    difference = seating.seat_everyone(roster, seats, sitting)
    counts = {
        "senators": len(roster.senators),
        "representatives": len(roster.representatives),
        "seats": Seat.objects.count(),
        "vacant": Seat.objects.vacant().count(),
    }
    return Intake(difference, counts)


LEGISLATORS: Source[Roster] = Source(
    subject=Subject.LEGISLATORS,
    url=f"{_PUBLIC}/legislators-current.json",
    read=_read_roster,
    take_in=_take_in_roster,
    never_back=True,
)
FACTS_OF_CONGRESS: Source[Roster] = Source(
    subject=Subject.LEGISLATORS, url="", read=_read_facts, take_in=_take_in_roster
)
SENATE_LIST: Source[OfficialList] = Source(
    subject=Subject.SENATE_LIST,
    url="https://www.senate.gov/general/contact_information/senators_cfm.xml",
    read=lambda arrival: OfficialList.of_the_senate(arrival.body),
    take_in=comparing.compare,
)
CLERKS_LIST: Source[OfficialList] = Source(
    subject=Subject.CLERKS_LIST,
    url="https://clerk.house.gov/xml/lists/MemberData.xml",
    read=lambda arrival: OfficialList.of_the_clerk(arrival.body),
    take_in=comparing.compare,
)


def committees(names: Callable[[], bytes]) -> Source[Directory]:
    """The memberships of committees. Their names come from a second file, asked for only when there is news."""

    def read(arrival: Arrival) -> Directory:
        return Directory.from_public_json(names(), arrival.body, as_of=arrival.as_of)

    return Source(
        subject=Subject.COMMITTEES,
        url=f"{_PUBLIC}/committee-membership-current.json",
        read=read,
        take_in=convening.convene,
        never_back=True,
    )


def names_from(url: str) -> Callable[[], bytes]:
    """Fetches the file of the committees' names. Raises fetching.TryLater and fetching.Refused."""

    def fetch() -> bytes:
        download = fetching.fetch(url)
        return download.body if download else b""

    return fetch


COMMITTEES = committees(names_from(COMMITTEE_NAMES_URL))
FACTS_OF_COMMITTEES: Source[Directory] = Source(
    subject=Subject.COMMITTEES,
    url="",
    read=lambda arrival: Directory.from_facts(arrival.body.decode()),
    take_in=convening.convene,
)
