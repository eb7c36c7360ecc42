"""Examples of calls and their answers. They stand in the OpenAPI document, and tests send every one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from campaign.lib import problems

PETITION = "un-cybercrime-convention"
_ADA = {
    "given_name": "Ada",
    "family_name": "Lopez",
    "email": "ada@example.org",
    "state": "OR",
    "postal_code": "97201",
}


@dataclass(frozen=True)
class Example:
    """A call and what comes of it."""

    name: str
    status: int
    answer: Any = None
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


def problem(status: int, detail: str, instance: str, *errors: tuple[str, str, str]) -> dict[str, Any]:
    """A problem as it is answered at this address."""
    return problems.body(status, detail, None) | {
        "instance": f"/api/v1{instance}",
        "request_id": "0b5e7a3c9d1f4e6f8a2b4c6d8e0f1a3b",
        "errors": [{"pointer": pointer, "code": code, "detail": sentence} for pointer, code, sentence in errors],
    }


_READ = {
    "closed_at": None,
    "confirmed": 4213,
    "goal": 10000,
    "language": "en",
    "opened_at": "2026-01-12T14:00:00Z",
    "slug": PETITION,
    "status": "open",
    "summary": "Two thirds of the senators present must consent, so 34 can stop it.",
    "target": "The United States Senate",
    "title": "Senators: withhold consent to the UN Cybercrime Convention",
    "updated_at": "2026-02-03T09:30:00Z",
    "url": f"https://petitions.example.org/petitions/{PETITION}/",
}
NO_SUCH = "There is nothing at this address."
MEND = "Some of this can't be taken; errors says what and why."

LIST = (
    Example("The open petitions", 200, {"petitions": [_READ]}),
    Example("One on a page", 200, {"petitions": [_READ]}, query={"limit": 1}),
    Example(
        "Too many on a page",
        422,
        problem(422, MEND, "/petitions", ("/limit", "bad_limit", "A page holds 1 to 100 entries.")),
        query={"limit": 1000},
    ),
)

READ = (
    Example("One petition", 200, _READ, path={"slug": PETITION}),
    Example("In Spanish where it is translated", 200, _READ, path={"slug": PETITION}, query={"language": "es"}),
    Example("No such petition", 404, problem(404, NO_SUCH, "/petitions/no-such"), path={"slug": "no-such"}),
)

_WHERE = f"/petitions/{PETITION}/signatures"
_RECEIPT = {"id": "5f0c7c0e-6a53-8b3f-9d3c-0c8d0b6a7e21", "petition": PETITION, "status": "received"}

SIGN = (
    Example("Ada signs", 202, _RECEIPT, path={"slug": PETITION}, body=_ADA),
    Example(
        "Ada asks for updates and says why, sent safely twice",
        202,
        _RECEIPT,
        path={"slug": PETITION},
        headers={"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'},
        body=_ADA
        | {
            "comment": "My sources must stay safe.",
            "updates_consent": True,
            "source": "spring-newsletter",
            "referrer": "riverkeepers.example",
        },
    ),
    Example(
        "A ZIP of another state",
        422,
        problem(
            422,
            MEND,
            _WHERE,
            (
                "/postal_code",
                "zip_state_mismatch",
                "The ZIP 97201 is in Oregon, not in Maine. Please give the state where you vote, and a ZIP of it.",
            ),
        ),
        path={"slug": PETITION},
        body=_ADA | {"state": "ME"},
    ),
    Example(
        "A misspelt field",
        422,
        problem(422, MEND, _WHERE, ("/zip", "unknown_field", "There is no such field.")),
        path={"slug": PETITION},
        body=_ADA | {"zip": "97201"},
    ),
    Example(
        "No key",
        401,
        problem(401, "This call needs a key: Authorization: Bearer tt_live_…", _WHERE),
        path={"slug": PETITION},
        body=_ADA,
    ),
    Example(
        "Nothing to sign",
        404,
        problem(404, NO_SUCH, "/petitions/no-such/signatures"),
        path={"slug": "no-such"},
        body=_ADA,
    ),
)
