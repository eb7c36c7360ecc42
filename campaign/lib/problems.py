"""Errors for machines: RFC 9457 problem+json, one shape for all of them."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, JsonResponse

from campaign.lib.refusals import Refusal

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    411: "Length required",
    413: "Too large",
    415: "Unsupported media type",
    422: "Not valid",
    429: "Too many requests",
    500: "Internal error",
    503: "Try again later",
}


def body(
    status: int, detail: str, request: HttpRequest | None, refusals: Iterable[Refusal] = (), code: str = "about:blank"
) -> dict[str, Any]:
    """The members of the problem. The instance is the path without its query, which may hold what people typed."""
    return {
        "type": code,
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "instance": request.path if request is not None else "",
        "request_id": getattr(request, "request_id", ""),
        "errors": [
            {
                "pointer": f"/{refusal.field}" if refusal.field else "",
                "code": refusal.code,
                "detail": str(refusal.detail),
            }
            for refusal in refusals
        ],
    }


def response(
    status: int, detail: str, request: HttpRequest | None = None, refusals: Iterable[Refusal] = ()
) -> JsonResponse:
    """The problem as an answer of plain Django."""
    return JsonResponse(body(status, detail, request, refusals), status=status, content_type=CONTENT_TYPE)
