"""The OpenAPI 3.1 document: what each operation takes and answers. Made once by each process, served as it is.

The statuses named here are all that ever occur; tests hold live answers against them.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Literal, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiRequest, OpenApiResponse, extend_schema

from campaign.api.errors import only_read
from campaign.api.v1 import examples
from campaign.api.v1.examples import Example
from campaign.api.v1.shapes import COMPONENTS, LANGUAGE, Shape, ref
from campaign.lib.problems import CONTENT_TYPE as PROBLEM

Handler = TypeVar("Handler", bound=Callable[..., Any])
JSON = "application/json"
_SENTENCES = {
    304: "You have it already: If-None-Match names what stands now.",
    400: "This can't be read; detail says why.",
    401: "No key, or one that is not known or no longer valid.",
    403: "The key does not have the scope.",
    404: "There is nothing at this address.",
    406: "We answer in application/json only.",
    409: "The petition is closed, or the first call with this Idempotency-Key is still under way.",
    411: "The body's length is not said (Content-Length).",
    413: "The body is over 64 KiB.",
    415: "The body is not application/json in UTF-8.",
    422: "Something has to be mended; errors says what.",
    429: "More than agreed. Retry-After says when to come back.",
    503: "Nothing can be stored just now. Retry-After says when to come back; nothing has happened.",
}
_EVERYWHERE = (400, 406, 411, 413, 503)
_RATE = ("RateLimit-Policy", "RateLimit")
_HEADERS = {
    "ETag": "Names this answer; send it as If-None-Match.",
    "Link": 'The next page, as <…>; rel="next" (RFC 8288). Absent on the last one.',
    "Idempotency-Replayed": "true where this is the kept answer to an earlier call.",
    "RateLimit-Policy": "How much was agreed: q calls in w seconds.",
    "RateLimit": "What is left: r calls, for t more seconds.",
    "Retry-After": "Seconds to wait.",
    "WWW-Authenticate": "Which key is asked for.",
}


class _KeyScheme(OpenApiAuthenticationExtension):
    """How a partner's key travels."""

    target_class = "campaign.api.authentication.KeyAuthentication"
    name = "partnerKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "A partner's key: tt_live_… or tt_test_…"}


def _examples(chosen: Iterable[tuple[Example, Any]]) -> list[OpenApiExample]:
    return [OpenApiExample(example.name, value=value) for example, value in chosen]


def parameter(
    name: str,
    description: str,
    shape: Shape,
    shown: Iterable[Example],
    place: Literal["path", "query", "header"] = "query",
) -> OpenApiParameter:
    """A parameter with the values it has in the examples."""
    kind = "headers" if place == "header" else place
    chosen = [(example, getattr(example, kind)[name]) for example in shown if name in getattr(example, kind)]
    return OpenApiParameter(
        name,
        type=shape,
        location=place,
        required=place == "path",
        description=description,
        examples=_examples(chosen),
    )


def responses(
    good: Mapping[int, tuple[str, Shape | None]], bad: Iterable[int], shown: Iterable[Example]
) -> dict[Any, OpenApiResponse]:
    """All answers of an operation: the good ones with their shape, the bad ones as problems, with their examples."""
    found: dict[Any, OpenApiResponse] = {}
    for status in (*good, *sorted({*bad, *_EVERYWHERE})):
        sentence, shape = good.get(status) or (_SENTENCES[status], ref("Problem"))
        chosen = [(example, example.answer) for example in shown if example.status == status]
        key = (status, JSON if status in good else PROBLEM) if shape else status
        found[key] = OpenApiResponse(shape, description=sentence, examples=_examples(chosen))
    return found


def told(*names: str, on: Iterable[int]) -> list[OpenApiParameter]:
    """Headers of answers."""
    statuses = [str(status) for status in on]
    return [
        OpenApiParameter(
            name, str, location=OpenApiParameter.HEADER, description=_HEADERS[name], response=statuses, required=False
        )
        for name in names
    ]


_SLUG: Shape = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "maxLength": 80}


def _language(shown: Iterable[Example]) -> OpenApiParameter:
    return parameter("language", "In which language, where there is a translation.", LANGUAGE, shown)


def lists_petitions(handler: Handler) -> Handler:
    """Describes GET /petitions."""
    shown = examples.LIST
    limit: Shape = {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    return extend_schema(
        operation_id="list_petitions",
        tags=["petitions"],
        summary="List the open petitions",
        description="The newest first. Follow the Link header to the next page; there is no total.",
        parameters=[
            parameter("limit", "How many on a page.", limit, shown),
            parameter("cursor", "From the Link header; opaque.", {"type": "string", "maxLength": 200}, shown),
            _language(shown),
            *told("Link", on=[200]),
        ],
        responses=responses({200: ("A page of petitions.", ref("PetitionPage"))}, [422], shown),
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
            parameter("slug", "The petition.", _SLUG, shown, "path"),
            _language(shown),
            parameter("If-None-Match", "The ETag you have.", {"type": "string"}, shown, "header"),
            *told("ETag", on=[200, 304]),
        ],
        responses=responses({200: ("The petition.", ref("Petition")), 304: (_SENTENCES[304], None)}, [404, 422], shown),
    )(handler)


def records_a_sign_up(handler: Handler) -> Handler:
    """Describes POST /petitions/{slug}/signatures."""
    shown = examples.SIGN
    bodies = [(example, example.body) for example in shown if example.body is not None]
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
        request=OpenApiRequest(request=ref("SignUp"), examples=_examples(bodies)),
        parameters=[
            parameter("slug", "The petition.", _SLUG, shown, "path"),
            parameter("Idempotency-Key", "Your name for this call.", once, shown, "header"),
            *told(*_RATE, on=[202, 400, 404, 409, 415, 422, 429]),
            *told("Idempotency-Replayed", on=[202]),
            *told("WWW-Authenticate", on=[401]),
            *told("Retry-After", on=[429, 503]),
        ],
        responses=responses({202: ("Received.", ref("Receipt"))}, [401, 403, 404, 409, 415, 422, 429], shown),
    )(handler)


def looks_up_legislators(handler: Handler) -> Handler:
    """Describes GET /legislators/lookup."""
    shown = examples.LOOK_UP
    return extend_schema(
        operation_id="look_up_legislators",
        tags=["legislators"],
        summary="Find who speaks for a person",
        description="Senators come from the state; the ZIP checks it. At least one of both is needed.",
        parameters=[
            parameter("state", "USPS letters or name.", {"type": "string"}, shown),
            parameter("postal_code", "ZIP or ZIP+4.", {"type": "string"}, shown),
            *told(*_RATE, on=[200, 422, 429]),
            *told("Retry-After", on=[429, 503]),
        ],
        responses=responses({200: ("The constituency.", ref("Constituency"))}, [422, 429], shown),
    )(handler)


@cache
def document() -> dict[str, Any]:
    """The whole document. In English, whoever asks first."""
    from campaign.api.v1.urls import documented  # the addresses name the views, and the views this module

    with translation.override("en"):
        generator = SchemaGenerator(patterns=[path("api/v1/", include(documented))])
        found: dict[str, Any] = generator.get_schema(request=None, public=True)
    found["components"].setdefault("schemas", {}).update(COMPONENTS)
    found["servers"] = [{"url": settings.SITE_URL}]
    return found


def pretty(value: Any) -> str:
    """JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False)


@cache
def _as_bytes() -> bytes:
    return json.dumps(document(), ensure_ascii=False, default=str).encode()


@only_read
def openapi(request: HttpRequest) -> HttpResponse:
    """The document as JSON, for every origin."""
    response = HttpResponse(_as_bytes(), content_type=JSON)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
