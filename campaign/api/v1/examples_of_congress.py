"""Examples of what anybody may read of Congress and of treaties."""

from typing import Any

from campaign.api.v1.examples import MEND, NO_SUCH, PETITION, Example, problem

AS_OF = "2026-06-15"
TREATY_SLUG = PETITION
_MERKLEY = {
    "bioguide_id": "M001176",
    "contact_form": "https://www.merkley.senate.gov/contact/",
    "name": "Jeff Merkley",
    "party": "Democrat",
    "phone": "202-224-3753",
    "website": "https://www.merkley.senate.gov",
}
_WYDEN = {
    "bioguide_id": "W000779",
    "contact_form": "https://www.wyden.senate.gov/contact/email-ron",
    "name": "Ron Wyden",
    "party": "Democrat",
    "phone": "202-224-5244",
    "website": "https://www.wyden.senate.gov",
}
_BONAMICI = {
    "bioguide_id": "B001278",
    "contact_form": "https://bonamici.house.gov/contact",
    "name": "Suzanne Bonamici",
    "party": "Democrat",
    "phone": "202-225-0855",
    "website": "https://bonamici.house.gov",
}


def _place(state: str, senate_class: int | None = None, district: str | None = None) -> dict[str, Any]:
    chamber = "senate" if senate_class else "house"
    return {"chamber": chamber, "class": senate_class, "district": district, "state": state}


def _seat(place: dict[str, Any], legislator: dict[str, Any] | None) -> dict[str, Any]:
    return place | {"legislator": legislator, "status": "filled" if legislator else "vacant"}


_OREGON = [
    _seat(_place("OR", 2), _MERKLEY),
    _seat(_place("OR", 3), _WYDEN),
    _seat(_place("OR", district="OR-1"), _BONAMICI),
]
_MERKLEY_IN_FULL = _MERKLEY | {
    "address": "531 Hart Senate Office Building Washington DC 20510",
    "committees": [
        {"code": "SSFR", "name": "Senate Committee on Foreign Relations", "rank": 5, "side": "minority", "title": None}
    ],
    "family_name": "Merkley",
    "given_name": "Jeff",
    "seat": _place("OR", 2),
}
_PAGE = {"as_of": AS_OF, "legislators": [_MERKLEY_IN_FULL]}

LIST = (
    Example("Who sits for Oregon", 200, _PAGE, query={"state": "OR"}),
    Example("Foreign Relations", 200, _PAGE, query={"committee": "SSFR"}),
    Example("The House, five on a page", 200, _PAGE, query={"chamber": "house", "limit": 5}),
    Example(
        "No such committee",
        422,
        problem(
            422,
            MEND,
            "/legislators",
            (
                "/committee",
                "unknown_committee",
                "There is no committee with this code. Foreign Relations is SSFR.",
            ),
        ),
        query={"committee": "XXXX"},
    ),
)

_TERM = _place("OR", 2) | {
    "appointed": False,
    "closed_on": None,
    "ends_on": "2027-01-03",
    "starts_on": "2021-01-03",
}
READ = (
    Example(
        "One senator",
        200,
        _MERKLEY_IN_FULL | {"as_of": AS_OF, "terms": [_TERM]},
        path={"bioguide_id": "M001176"},
    ),
    Example(
        "Nobody of this id",
        404,
        problem(404, NO_SUCH, "/legislators/Z999999"),
        path={"bioguide_id": "Z999999"},
    ),
)


def _constituency(
    states: list[str], districts: list[str], seats: list[Any], *reasons: str, confidence: str = "exact"
) -> dict[str, Any]:
    return {
        "as_of": AS_OF,
        "confidence": confidence,
        "districts": districts,
        "reasons": list(reasons),
        "seats": seats,
        "states": states,
    }


_ADA = _constituency(["OR"], ["OR-1"], _OREGON)
_SPLIT = _constituency(
    ["OR"], ["OR-1", "OR-3"], _OREGON, "zip_split_district", "address_needed", confidence="candidates"
)

LOOK_UP = (
    Example("Who speaks for Ada", 200, _ADA, query={"state": "OR", "postal_code": "97201"}),
    Example("By ZIP alone", 200, _ADA, query={"postal_code": "97201"}),
    Example(
        "Bruno has no senators",
        200,
        _constituency(["DC"], ["DC-0"], [], "no_senators"),
        query={"state": "DC"},
    ),
    Example(
        "Chiyo gives an APO",
        200,
        _constituency([], [], [], "military_ask_state", confidence="none"),
        query={"postal_code": "09001"},
    ),
    Example(
        "Neither state nor ZIP",
        422,
        problem(422, MEND, "/legislators/lookup", ("/state", "required", "Please give a state or a ZIP code.")),
    ),
)
_HOME = {"state": "OR", "postal_code": "97201", "address": "1120 SW Fifth Avenue, Portland, OR"}
ADDRESS = (
    Example(
        "Where this house asks nobody",
        200,
        _SPLIT | {"address": "off"},
        body=_HOME | {"address_may_leave": True},
    ),
    Example(
        "No address",
        422,
        problem(422, MEND, "/legislators/lookup", ("/address", "required", "Please fill this in.")),
        body={"state": "OR", "postal_code": "97201"},
    ),
)

_TREATY = {
    "document": None,
    "language": "en",
    "short_title": "UN Convention against Cybercrime",
    "slug": TREATY_SLUG,
    "stage": "not_signed",
    "stage_name": "Not signed",
    "stage_since": "2025-10-25",
    "summary": "A treaty on crimes committed with computers.",
    "title": "United Nations Convention against Cybercrime",
    "url": f"https://petitions.example.org/treaties/{TREATY_SLUG}/",
}
_COUNT = {
    "needed_to_block": 34,
    "needed_to_consent": 67,
    "positions": {
        "leans_against": 1,
        "leans_for": 0,
        "opposes": 2,
        "supports": 0,
        "undecided": 3,
        "unknown": 94,
    },
    "seated": 100,
    "vacant": 0,
}
_STAGE = {
    "happened_on": "2025-10-25",
    "note": "Opened for signature in Hanoi; the United States did not sign.",
    "source_url": "https://treaties.un.org/",
    "stage": "not_signed",
    "stage_name": "Not signed",
}
TREATIES = (
    Example("The treaties", 200, {"treaties": [_TREATY]}),
    Example(
        "Too many on a page",
        422,
        problem(422, MEND, "/treaties", ("/limit", "bad_limit", "A page holds 1 to 100 entries.")),
        query={"limit": 1000},
    ),
)
TREATY = (
    Example(
        "Where it stands",
        200,
        _TREATY | {"committee": "SSFR", "count": _COUNT, "stages": [_STAGE]},
        path={"slug": TREATY_SLUG},
    ),
    Example("No such treaty", 404, problem(404, NO_SUCH, "/treaties/no-such"), path={"slug": "no-such"}),
)
_POSITION = _seat(_place("OR", 2), _MERKLEY) | {
    "on_committee": True,
    "position": "undecided",
    "source_url": "https://www.merkley.senate.gov",
    "stated_on": "2026-05-04",
}
POSITIONS = (
    Example(
        "How the senators of Oregon stand",
        200,
        {"positions": [_POSITION], "treaty": TREATY_SLUG},
        path={"slug": TREATY_SLUG},
        query={"state": "OR"},
    ),
    Example(
        "Who has not decided",
        200,
        {"positions": [_POSITION], "treaty": TREATY_SLUG},
        path={"slug": TREATY_SLUG},
        query={"position": "undecided"},
    ),
    Example(
        "No such position",
        422,
        problem(
            422,
            MEND,
            f"/treaties/{TREATY_SLUG}/positions",
            ("/position", "unknown_position", "There is no such position."),
        ),
        path={"slug": TREATY_SLUG},
        query={"position": "perhaps"},
    ),
)
