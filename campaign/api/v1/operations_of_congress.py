"""Describes what anybody may read of Congress and of treaties."""

from drf_spectacular.utils import extend_schema

from campaign.api.v1 import describing
from campaign.api.v1 import examples_of_congress as examples
from campaign.api.v1.describing import RATE, SLUG, Handler, parameter, responses, told
from campaign.api.v1.shapes import Shape, ref
from campaign.legislators.models import Chamber
from campaign.treaties.models import Stance

_TEXT: Shape = {"type": "string"}
_STATE = "USPS letters or name."


def lists_legislators(handler: Handler) -> Handler:
    """Describes GET /legislators."""
    shown = examples.LIST
    return extend_schema(
        operation_id="list_legislators",
        tags=["legislators"],
        summary="List who sits in Congress",
        description="Those who hold a seat, by state, senators first. Follow the Link header to the next page.",
        parameters=[
            parameter("state", _STATE, _TEXT, shown),
            parameter("chamber", "Only this chamber.", _TEXT | {"enum": list(Chamber.values)}, shown),
            parameter("committee", "Only those on this committee, like SSFR: Foreign Relations.", _TEXT, shown),
            *describing.paging(shown),
            *describing.known(shown),
        ],
        responses=describing.read("A page of legislators.", "MemberPage", [422], shown),
    )(handler)


def reads_a_legislator(handler: Handler) -> Handler:
    """Describes GET /legislators/{bioguide_id}."""
    shown = examples.READ
    return extend_schema(
        operation_id="read_legislator",
        tags=["legislators"],
        summary="Read a legislator and their terms",
        description="People who left Congress are kept: their seat is null then.",
        parameters=[
            parameter("bioguide_id", "The id that Congress gives.", _TEXT, shown, "path"),
            *describing.known(shown),
        ],
        responses=describing.read("The legislator.", "LegislatorInFull", [404, 422], shown),
    )(handler)


def looks_up_legislators(handler: Handler) -> Handler:
    """Describes GET /legislators/lookup."""
    shown = examples.LOOK_UP
    return extend_schema(
        operation_id="look_up_legislators",
        tags=["legislators"],
        summary="Find who speaks for a person",
        description=(
            "Senators come from the state; the ZIP checks it and names the district. At least one of both is needed. "
            "A ZIP that fits no state or several is no error: reasons say what to ask the person. For address_needed, "
            "POST the address."
        ),
        parameters=[
            parameter("state", _STATE, _TEXT, shown),
            parameter("postal_code", "ZIP or ZIP+4.", _TEXT, shown),
            *describing.known(shown),
            *told(*RATE, on=[200, 304, 422, 429]),
        ],
        responses=describing.read("The constituency.", "Constituency", [422, 429], shown),
    )(handler)


def looks_up_an_address(handler: Handler) -> Handler:
    """Describes POST /legislators/lookup."""
    shown = examples.ADDRESS
    return extend_schema(
        operation_id="look_up_address",
        tags=["legislators"],
        summary="Find who speaks for an address",
        description=(
            "For a ZIP that lies in several districts. The address stands in the body, never in a URL; it is kept "
            "nowhere. Where this house asks a service outside, the address leaves only with address_may_leave: true: "
            "ask the person first. Where it asks nobody, the answer is that of the GET, and address is off."
        ),
        request=describing.body("Address", shown),
        parameters=[
            *told(*RATE, on=[200, 400, 415, 422, 429]),
        ],
        responses=responses({200: ("The constituency.", ref("ConstituencyOfAnAddress"))}, [415, 422, 429], shown),
    )(handler)


def lists_treaties(handler: Handler) -> Handler:
    """Describes GET /treaties."""
    shown = examples.TREATIES
    return extend_schema(
        operation_id="list_treaties",
        tags=["treaties"],
        summary="List the treaties",
        description="Those that this house follows, and where they stand. Follow the Link header to the next page.",
        parameters=[*describing.paging(shown), describing.language(shown), *describing.known(shown)],
        responses=describing.read("A page of treaties.", "TreatyPage", [422], shown),
    )(handler)


def reads_a_treaty(handler: Handler) -> Handler:
    """Describes GET /treaties/{slug}."""
    shown = examples.TREATY
    return extend_schema(
        operation_id="read_treaty",
        tags=["treaties"],
        summary="Read where a treaty stands",
        description=(
            "Its stages with their sources, and how many it takes to consent and to block. Texts are in the language "
            "that `language` or Accept-Language asks for, else in English."
        ),
        parameters=[
            parameter("slug", "The treaty.", SLUG, shown, "path"),
            describing.language(shown),
            *describing.known(shown),
        ],
        responses=describing.read("The treaty.", "TreatyInFull", [404, 422], shown),
    )(handler)


def lists_positions(handler: Handler) -> Handler:
    """Describes GET /treaties/{slug}/positions."""
    shown = examples.POSITIONS
    return extend_schema(
        operation_id="list_positions",
        tags=["treaties"],
        summary="List where the senators stand",
        description="All hundred seats, or those of a state or with a position, each with its date and source.",
        parameters=[
            parameter("slug", "The treaty.", SLUG, shown, "path"),
            parameter("state", _STATE, _TEXT, shown),
            parameter("position", "Only those who stand so.", _TEXT | {"enum": list(Stance.values)}, shown),
            *describing.known(shown),
        ],
        responses=describing.read("The seats.", "Positions", [404, 422], shown),
    )(handler)
