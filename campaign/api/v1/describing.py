"""How an operation is described: its parameters, its answers with their headers, and the examples of all of them.

The statuses named here are all that ever occur; tests hold live answers against them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiRequest, OpenApiResponse

from campaign.api.v1.examples import Example
from campaign.api.v1.shapes import LANGUAGE, Shape, ref
from campaign.lib.problems import CONTENT_TYPE as PROBLEM
from campaign.lib.text import LONGEST_SLUG

Handler = TypeVar("Handler", bound=Callable[..., Any])
JSON = "application/json"
SENTENCES = {
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
RATE = ("RateLimit-Policy", "RateLimit")
_HEADERS = {
    "ETag": "Names this answer; send it as If-None-Match.",
    "Link": 'The next page, as <…>; rel="next" (RFC 8288). Absent on the last one.',
    "Idempotency-Replayed": "true where this is the kept answer to an earlier call.",
    "RateLimit-Policy": "How much was agreed: q calls in w seconds.",
    "RateLimit": "What is left: r calls, for t more seconds.",
    "WWW-Authenticate": "Which key is asked for.",
}


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
        sentence, shape = good.get(status) or (SENTENCES[status], ref("Problem"))
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


SLUG: Shape = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "maxLength": LONGEST_SLUG}


def language(shown: Iterable[Example]) -> OpenApiParameter:
    """The parameter that asks for a language."""
    return parameter("language", "In which language, where there is a translation.", LANGUAGE, shown)


def paging(shown: Iterable[Example]) -> list[OpenApiParameter]:
    """The parameters of a list, and the header that leads to its next page."""
    limit: Shape = {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    return [
        parameter("limit", "How many on a page.", limit, shown),
        parameter("cursor", "From the Link header; opaque.", {"type": "string", "maxLength": 200}, shown),
        *told("Link", on=[200]),
    ]


def known(shown: Iterable[Example]) -> list[OpenApiParameter]:
    """What a read takes and tells so that nothing is sent twice."""
    return [
        parameter("If-None-Match", "The ETag you have.", {"type": "string"}, shown, "header"),
        *told("ETag", on=[200, 304]),
    ]


def read(sentence: str, shape: str, bad: Iterable[int], shown: Iterable[Example]) -> dict[Any, OpenApiResponse]:
    """The answers of a read: the shape, nothing new, or a problem."""
    return responses({200: (sentence, ref(shape)), 304: (SENTENCES[304], None)}, bad, shown)


def body(shape: str, shown: Iterable[Example]) -> OpenApiRequest:
    """The body of a call, with those of the examples."""
    bodies = [(example, example.body) for example in shown if example.body is not None]
    return OpenApiRequest(request=ref(shape), examples=_examples(bodies))
