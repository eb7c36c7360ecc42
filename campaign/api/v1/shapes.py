"""The forms of what comes in and goes out, as JSON Schema (2020-12). Live answers are held against them in tests."""

from typing import Any

from django.conf import settings

from campaign.legislators.lookup import Reason
from campaign.legislators.models import Chamber
from campaign.petitions.checking import LONGEST_COMMENT, OPTIONAL, REQUIRED

Shape = dict[str, Any]


def ref(name: str) -> Shape:
    """A reference to one of COMPONENTS."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(description: str, **properties: Shape) -> Shape:
    """An object with exactly these members."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _text(description: str, **more: Any) -> Shape:
    return {"type": "string", "description": description} | more


def _optional(shape: Shape) -> Shape:
    """Leaving it out and sending null mean the same."""
    return shape | {"type": [shape["type"], "null"]}


def _moment(description: str) -> Shape:
    return _text(description, format="date-time")


# One entry for each field that campaign.petitions.checking knows; SIGN_UP below can't be made without any of them.
FIELDS: dict[str, Shape] = {
    "given_name": _text("Given name, in one line, without links.", minLength=1),
    "family_name": _text("Family name, in one line, without links.", minLength=1),
    "email": _text("The person's own mailbox. The signature counts once its owner has confirmed.", minLength=3),
    "state": _text("The state where the person votes: its two USPS letters, or its name.", minLength=2),
    "postal_code": _text("ZIP or ZIP+4 of the person's home. It checks the state.", minLength=5),
    "comment": _text("Why they sign. Text without links.", maxLength=LONGEST_COMMENT),
    "updates_consent": {
        "type": "boolean",
        "description": "True if the person ticked a box, empty before, that asks for updates. False if left out.",
    },
    "source": _text("The code of the link that brought the person to you.", maxLength=64),
    "referrer": _text("Who sent them: a code or an address.", maxLength=200),
}

SIGN_UP: Shape = {
    "type": "object",
    "description": "One person's sign-up. Fields that are not listed are refused.",
    "properties": {name: FIELDS[name] for name in REQUIRED} | {name: _optional(FIELDS[name]) for name in OPTIONAL},
    "required": list(REQUIRED),
    "additionalProperties": False,
}

RECEIPT = _object(
    "What every sign-up gets, whether the mailbox was known or not.",
    id=_text("The same for the same mailbox under the same petition. Other partners get another one.", format="uuid"),
    petition=_text("The petition's slug."),
    status=_text("We have it. The mailbox's owner now gets a mail to confirm it.", const="received"),
)

PETITION = _object(
    "What we ask for, and of whom.",
    slug=_text("Its name in addresses."),
    url=_text("Its page.", format="uri"),
    title=_text("The ask."),
    target=_text("Of whom we ask it."),
    summary=_text("Why, in one paragraph of plain text."),
    language=_text("The language of these texts: the one asked for, or English where there is no translation."),
    goal={"type": "integer", "minimum": 1, "description": "How many signatures we hope for."},
    confirmed={"type": "integer", "minimum": 0, "description": "Confirmed signatures, a few seconds behind."},
    status=_text("Only an open petition can be signed.", enum=["open", "closed"]),
    opened_at=_moment("When it was opened."),
    closed_at=_optional(_moment("When it was closed.")),
    updated_at=_moment("When an organizer last changed it."),
)

PETITION_PAGE = _object(
    "Some petitions; the Link header leads to the next ones.",
    petitions={"type": "array", "items": ref("Petition"), "maxItems": 100},
)

LEGISLATOR = _object(
    "Who holds a seat. Senators publish no e-mail address.",
    bioguide_id=_text("The id that Congress gives its members."),
    name=_text("Name, as Congress writes it."),
    party=_text("Party."),
    phone=_optional(_text("The office in Washington.")),
    contact_form=_optional(_text("The office's own form.", format="uri")),
)

SEAT = _object(
    "A place in Congress.",
    chamber=_text("Senate or House.", enum=list(Chamber.values)),
    state=_text("USPS code."),
    **{"class": {"type": ["integer", "null"], "description": "The Senate class: 1, 2 or 3."}},
    legislator={"oneOf": [ref("Legislator"), {"type": "null"}], "description": "The holder; null for a vacant seat."},
)

CONSTITUENCY = _object(
    "Who speaks for somebody.",
    states={
        "type": "array",
        "items": {"type": "string"},
        "description": "USPS codes. More than one: ask the person which is theirs. None: see reasons.",
    },
    districts={"type": "array", "items": {"type": "string"}, "description": "Not told yet: always empty."},
    seats={"type": "array", "items": ref("Seat"), "description": "The seats of these states."},
    reasons={
        "type": "array",
        "items": {"type": "string", "enum": list(Reason.values)},
        "description": "Why the answer is not simply two senators.",
    },
    as_of={"type": ["string", "null"], "format": "date", "description": "The date of these facts."},
)

PROBLEM = _object(
    "RFC 9457. Details are sentences for people, in the language of Accept-Language; codes are for machines.",
    type=_text("Always about:blank: status and codes say what it is.", format="uri-reference"),
    title=_text("What kind of problem this is."),
    status={"type": "integer", "description": "The HTTP status."},
    detail=_text("What is wrong, and how to mend it."),
    instance=_text("The path that was called."),
    request_id=_text("Name this when you ask us about it; X-Request-Id says it too."),
    errors={
        "type": "array",
        "description": "One entry for each field or parameter that has to be mended.",
        "items": _object(
            "What has to be mended.",
            pointer=_text("A JSON Pointer to the field, or the parameter after a slash; empty for the whole."),
            code=_text("For machines."),
            detail=_text("How to mend it."),
        ),
    },
)

COMPONENTS: dict[str, Shape] = {
    "SignUp": SIGN_UP,
    "Receipt": RECEIPT,
    "Petition": PETITION,
    "PetitionPage": PETITION_PAGE,
    "Legislator": LEGISLATOR,
    "Seat": SEAT,
    "Constituency": CONSTITUENCY,
    "Problem": PROBLEM,
}
LANGUAGE: Shape = {"type": "string", "enum": [code for code, _name in settings.LANGUAGES], "default": "en"}
