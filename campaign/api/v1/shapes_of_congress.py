"""The forms of what is said about Congress and treaties, as JSON Schema (2020-12)."""

from campaign.api.v1.shapes import Shape, exactly, optional, ref, text
from campaign.legislators.geocoding import Trouble
from campaign.legislators.geocoding.answers import LONGEST_ADDRESS
from campaign.legislators.lookup import Reason
from campaign.legislators.models import Chamber, Side
from campaign.treaties.models import Stage, Stance


def _list(of: Shape, description: str) -> Shape:
    return {"type": "array", "items": of, "description": description}


def _number(description: str, **more: object) -> Shape:
    return {"type": "integer", "minimum": 0, "description": description} | more


def _either(name: str, description: str) -> Shape:
    return {"oneOf": [ref(name), {"type": "null"}], "description": description}


def _date(description: str) -> Shape:
    return text(description, format="date")


AS_OF = optional(_date("The day of which these facts are true; null before any were brought in."))

_WHO: dict[str, Shape] = {
    "bioguide_id": text("The id that Congress gives its members."),
    "name": text("Name, as Congress writes it."),
    "party": text("Party."),
    "phone": optional(text("The office in Washington.")),
    "website": optional(text("The office's website.", format="uri")),
    "contact_form": optional(text("The office's own form.", format="uri")),
}
LEGISLATOR = exactly("A senator or a member of the House. Senators publish no e-mail address.", **_WHO)

_WHERE: dict[str, Shape] = {
    "chamber": text("Senate or House.", enum=list(Chamber.values)),
    "state": text("USPS code."),
    "class": {"type": ["integer", "null"], "description": "The Senate class: 1, 2 or 3; null for a seat of the House."},
    "district": optional(text("The district as OR-3, at large as WY-0; null for a senator's seat.")),
}
PLACE = exactly("Which seat of Congress it is.", **_WHERE)
_HOLDER = {
    "status": text(
        "filled; vacant: nobody was elected or appointed; unknown: a term ended, and we don't know yet who came after.",
        enum=["filled", "vacant", "unknown"],
    ),
    "legislator": _either("Legislator", "The holder; null where there is none or we don't know."),
}
SEAT = exactly("A seat and who holds it.", **_WHERE, **_HOLDER)

MEMBERSHIP = exactly(
    "A place on a committee.",
    code=text("The committee's code: SSFR is Foreign Relations; a longer one is a part of it."),
    name=text("The committee's name."),
    side=text("On which side.", enum=list(Side.values)),
    rank=_number("How senior on that side; 1 is the first."),
    title=optional(text("Like Chairman.")),
)
_PERSON: dict[str, Shape] = _WHO | {
    "given_name": text("Given name."),
    "family_name": text("Family name."),
    "address": optional(text("The office in Washington, for paper mail.")),
    "committees": _list(ref("Membership"), "By code."),
}
MEMBER = exactly("Somebody who holds a seat.", **_PERSON, seat=ref("Place"))
TERM = exactly(
    "A time in a seat.",
    **_WHERE,
    starts_on=_date("When it began."),
    ends_on=_date("When it is expected to end."),
    appointed={"type": "boolean", "description": "Appointed, until a successor is elected."},
    closed_on=optional(_date("When it ended; null while it goes on, as far as we know.")),
)
LEGISLATOR_IN_FULL = exactly(
    "Somebody who sits or sat in Congress.",
    **_PERSON,
    seat=_either("Place", "The seat held now; null for somebody who left, and after a term ran out."),
    terms=_list(ref("Term"), "The terms that we know of, the oldest first."),
    as_of=AS_OF,
)
MEMBER_PAGE = exactly(
    "Some of those who hold a seat; the Link header leads to the next ones.",
    legislators=_list(ref("Member"), "By state, senators first."),
    as_of=AS_OF,
)

_CONSTITUENCY: dict[str, Shape] = {
    "states": _list(
        {"type": "string"},
        "USPS codes of the states with a constituent there, DC and the territories among them. More than one: ask the "
        "person which is theirs. None: see reasons.",
    ),
    "districts": _list({"type": "string"}, "The districts it may be, as OR-3 or WY-0. Empty where that is not known."),
    "seats": _list(ref("Seat"), "The seats of these states and districts, senators first."),
    "reasons": _list(
        {"type": "string", "enum": list(Reason.values)}, "Why the answer is not simply who speaks for the person."
    ),
    "confidence": text(
        "exact: these seats and no others. candidates: the person has to choose, or give more. none: there are none.",
        enum=["exact", "candidates", "none"],
    ),
    "as_of": AS_OF,
}
CONSTITUENCY = exactly("Who speaks for somebody.", **_CONSTITUENCY)
CONSTITUENCY_OF_AN_ADDRESS = exactly(
    "Who speaks for somebody, and what became of the address.",
    **_CONSTITUENCY,
    address=text(
        "found: it decided the district. not_needed: nobody was asked, there was nothing to decide. The others say why "
        "it decided nothing; off: this house asks nobody.",
        enum=["found", "not_needed", *Trouble.values],
    ),
)
ADDRESS: Shape = {
    "type": "object",
    "description": "Where somebody votes. Fields that are not listed are refused.",
    "properties": {
        "state": optional(text("USPS letters or name.")),
        "postal_code": optional(text("ZIP or ZIP+4.")),
        "address": text(
            "House number, street, city and state. It is asked once and kept nowhere.",
            minLength=1,
            maxLength=LONGEST_ADDRESS,
        ),
        "address_may_leave": {
            "type": ["boolean", "null"],
            "description": "True if the person agreed that the address goes to the service that the page names.",
        },
    },
    "required": ["address"],
    "additionalProperties": False,
}

_TREATY: dict[str, Shape] = {
    "slug": text("Its name in addresses."),
    "url": text("Its page.", format="uri"),
    "title": text("The full title."),
    "short_title": text("The name people use."),
    "summary": text("What it is, in one paragraph (Markdown)."),
    "language": text("The language of these texts: yours where there is a translation."),
    "document": optional(text("How the Senate calls it; null before it was sent there.")),
    "stage": text("Where it stands.", enum=list(Stage.values)),
    "stage_name": text("The same for people."),
    "stage_since": optional(_date("Since when; null where nobody has entered anything.")),
}
TREATY = exactly("What the Senate may consent to.", **_TREATY)
TREATY_PAGE = exactly(
    "Some treaties; the Link header leads to the next ones.", treaties=_list(ref("Treaty"), "By slug.")
)
STAGE = exactly(
    "A stage that the treaty reached.",
    stage=text("Which.", enum=list(Stage.values)),
    stage_name=text("The same for people."),
    happened_on=_date("When."),
    source_url=text("How we know.", format="uri"),
    note=optional(text("What happened, in a sentence.")),
)
COUNT = exactly(
    "How the Senate stands. Two thirds of the senators present consent.",
    seated=_number("Senators in office."),
    vacant=_number("Seats without a holder."),
    needed_to_consent=_number("How many it takes when all who are in office are present."),
    needed_to_block=_number("How many stop it then."),
    positions=exactly("Senators by position.", **{value: _number(str(Stance(value).name)) for value in Stance.values}),
)
TREATY_IN_FULL = exactly(
    "A treaty, its way and its count.",
    **_TREATY,
    stages=_list(ref("Stage"), "The stages it reached, the oldest first, each with its source."),
    count=ref("Count"),
    committee=text("The code of the committee that reports it; see /legislators?committee=.", const="SSFR"),
)
POSITION = exactly(
    "A seat of the Senate, and how its holder stands.",
    **_WHERE,
    **_HOLDER,
    position={
        "type": ["string", "null"],
        "enum": [*Stance.values, None],
        "description": "null for a vacant seat.",
    },
    stated_on=optional(_date("As of when.")),
    source_url=optional(text("How we know.", format="uri")),
    on_committee={"type": "boolean", "description": "Whether the holder sits on the committee that reports it."},
)
POSITIONS = exactly(
    "How the seats stand.",
    treaty=text("The treaty's slug."),
    positions=_list(ref("Position"), "By state and class."),
)

COMPONENTS: dict[str, Shape] = {
    "Legislator": LEGISLATOR,
    "Place": PLACE,
    "Seat": SEAT,
    "Membership": MEMBERSHIP,
    "Member": MEMBER,
    "Term": TERM,
    "LegislatorInFull": LEGISLATOR_IN_FULL,
    "MemberPage": MEMBER_PAGE,
    "Constituency": CONSTITUENCY,
    "ConstituencyOfAnAddress": CONSTITUENCY_OF_AN_ADDRESS,
    "Address": ADDRESS,
    "Treaty": TREATY,
    "TreatyPage": TREATY_PAGE,
    "Stage": STAGE,
    "Count": COUNT,
    "TreatyInFull": TREATY_IN_FULL,
    "Position": POSITION,
    "Positions": POSITIONS,
}
