"""Describes what can be done with petitions: reading them, and handing over sign-ups."""

from drf_spectacular.utils import extend_schema

from campaign.api.v1 import describing, examples
from campaign.api.v1.describing import RATE, SLUG, Handler, parameter, responses, told
from campaign.api.v1.shapes import Shape, ref


def lists_petitions(handler: Handler) -> Handler:
    """Describes GET /petitions."""
    shown = examples.LIST
    return extend_schema(
        operation_id="list_petitions",
        tags=["petitions"],
        summary="List the open petitions",
        description="The newest first. Follow the Link header to the next page; there is no total.",
        parameters=[*describing.paging(shown), describing.language(shown), *describing.known(shown)],
        responses=describing.read("A page of petitions.", "PetitionPage", [422], shown),
    )(handler)


def reads_a_petition(handler: Handler) -> Handler:
    """Describes GET /petitions/{slug}."""
    shown = examples.READ
    return extend_schema(
        operation_id="read_petition",
        tags=["petitions"],
        summary="Read a petition and its count",
        description="Open to every origin: a page may show the count by itself. Cache it for five seconds.",
        parameters=[
            parameter("slug", "The petition.", SLUG, shown, "path"),
            describing.language(shown),
            *describing.known(shown),
        ],
        responses=describing.read("The petition.", "Petition", [404, 422], shown),
    )(handler)


def records_a_sign_up(handler: Handler) -> Handler:
    """Describes POST /petitions/{slug}/signatures."""
    shown = examples.SIGN
    once: Shape = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"}
    return extend_schema(
        operation_id="record_sign_up",
        tags=["signatures"],
        summary="Hand over a sign-up",
        description=(
            "We keep it and mail its confirmation; it counts once the mailbox's owner has confirmed. A mailbox that is "
            "new, known or held gets the same answer. Needs the scope signatures:write. The same call may be sent "
            "again: it finds the same signature. With an Idempotency-Key it gets the same answer for 24 hours."
        ),
        request=describing.body("SignUp", shown),
        parameters=[
            parameter("slug", "The petition.", SLUG, shown, "path"),
            parameter("Idempotency-Key", "Your name for this call.", once, shown, "header"),
            *told(*RATE, on=[202, 400, 404, 409, 415, 422, 429]),
            *told("Idempotency-Replayed", on=[202]),
            *told("WWW-Authenticate", on=[401]),
        ],
        responses=responses({202: ("Received.", ref("Receipt"))}, [401, 403, 404, 409, 415, 422, 429], shown),
    )(handler)
