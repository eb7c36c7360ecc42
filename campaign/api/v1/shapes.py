"""The forms of what comes in and goes out, as JSON Schema (2020-12). Live answers are held against them in tests."""

from typing import Any

from django.conf import settings

from campaign.petitions.checking import LONGEST_COMMENT, OPTIONAL, REQUIRED

Shape = dict[str, Any]


def ref(name: str) -> Shape:
    """A reference to one of COMPONENTS."""
    return {"$ref": f"#/components/schemas/{name}"}


def exactly(description: str, **properties: Shape) -> Shape:
    """An object with exactly these members."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def text(description: str, **more: Any) -> Shape:
    return {"type": "string", "description": description} | more


def optional(shape: Shape) -> Shape:
    """Leaving it out and sending null mean the same."""
    return shape | {"type": [shape["type"], "null"]}


def moment(description: str) -> Shape:
    return text(description, format="date-time")


# One entry for each field that campaign.petitions.checking knows; SIGN_UP below can't be made without any of them.
FIELDS: dict[str, Shape] = {
    "given_name": text("Given name, in one line, without links.", minLength=1),
    "family_name": text("Family name, in one line, without links.", minLength=1),
    "email": text("The person's own mailbox. The signature counts once its owner has confirmed.", minLength=3),
    "state": text("The state where the person votes: its two USPS letters, or its name.", minLength=2),
    "postal_code": text("ZIP or ZIP+4 of the person's home. It checks the state.", minLength=5),
    "comment": text("Why they sign. Text without links.", maxLength=LONGEST_COMMENT),
    "updates_consent": {
        "type": "boolean",
        "description": "True if the person ticked a box, empty before, that asks for updates. False if left out.",
    },
    "source": text("The code of the link that brought the person to you.", maxLength=64),
    "referrer": text("Who sent them: a code or an address.", maxLength=200),
}

SIGN_UP: Shape = {
    "type": "object",
    "description": "One person's sign-up. Fields that are not listed are refused.",
    "properties": {name: FIELDS[name] for name in REQUIRED} | {name: optional(FIELDS[name]) for name in OPTIONAL},
    "required": list(REQUIRED),
    "additionalProperties": False,
}

RECEIPT = exactly(
    "What every sign-up gets, whether the mailbox was known or not.",
    id=text("The same for the same mailbox under the same petition. Other partners get another one.", format="uuid"),
    petition=text("The petition's slug."),
    status=text("We have it. The mailbox's owner now gets a mail to confirm it.", const="received"),
)

PETITION = exactly(
    "What we ask for, and of whom.",
    slug=text("Its name in addresses."),
    url=text("Its page.", format="uri"),
    title=text("The ask."),
    target=text("Of whom we ask it."),
    summary=text("Why, in one paragraph of plain text."),
    language=text("The language of these texts: the one asked for, or English where there is no translation."),
    goal={"type": "integer", "minimum": 1, "description": "How many signatures we hope for."},
    confirmed={"type": "integer", "minimum": 0, "description": "Confirmed signatures, a few seconds behind."},
    status=text("Only an open petition can be signed.", enum=["open", "closed"]),
    opened_at=moment("When it was opened."),
    closed_at=optional(moment("When it was closed.")),
    updated_at=moment("When an organizer last changed it."),
)

PETITION_PAGE = exactly(
    "Some petitions; the Link header leads to the next ones.",
    petitions={"type": "array", "items": ref("Petition"), "maxItems": 100},
)

PROBLEM = exactly(
    "RFC 9457. Details are sentences for people, in the language of Accept-Language; codes are for machines.",
    type=text("Always about:blank: status and codes say what it is.", format="uri-reference"),
    title=text("What kind of problem this is."),
    status={"type": "integer", "description": "The HTTP status."},
    detail=text("What is wrong, and how to mend it."),
    instance=text("The path that was called."),
    request_id=text("Name this when you ask us about it; X-Request-Id says it too."),
    errors={
        "type": "array",
        "description": "One entry for each field or parameter that has to be mended.",
        "items": exactly(
            "What has to be mended.",
            pointer=text("A JSON Pointer to the field, or the parameter after a slash; empty for the whole."),
            code=text("For machines."),
            detail=text("How to mend it."),
        ),
    },
)

COMPONENTS: dict[str, Shape] = {
    "SignUp": SIGN_UP,
    "Receipt": RECEIPT,
    "Petition": PETITION,
    "PetitionPage": PETITION_PAGE,
    "Problem": PROBLEM,
}
LANGUAGE: Shape = {"type": "string", "enum": [code for code, _name in settings.LANGUAGES], "default": "en"}
