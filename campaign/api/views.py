"""What all operations share: who may call, in which form we answer, and the headers around the answer."""

import json
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from rest_framework.exceptions import MethodNotAllowed, NotAcceptable
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from campaign.api import throttling
from campaign.api.authentication import HasScope, KeyAuthentication
from campaign.partners.models import Scope

OUR_FORM = {"application/json", "application/*", "*/*"}
EXPOSED = "ETag, Link, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"


class ApiView(APIView):
    """In, deed, out. Errors leave as exceptions and become problems in errors.py."""

    methods: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls) -> None:
        """What Allow says is asked for at every call, so it is found out once."""
        super().__init_subclass__()
        known = [name for name in cls.http_method_names if hasattr(cls, "get" if name == "head" else name)]
        cls.methods = tuple(name.upper() for name in known)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Speak the caller's language: an address under /api/ has none of its own."""
        language = spoken(request)
        with translation.override(language):
            response = super().dispatch(request, *args, **kwargs)
        response.headers.setdefault("Content-Language", language)
        return response

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Every answer says which methods the address knows."""
        return {"Allow": ", ".join(self.methods)}

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        """JSON for everybody who takes it; nothing else, also not by `?format=`. Raises NotAcceptable."""
        if not force and not _takes_json(request):
            raise NotAcceptable
        return self.get_renderers()[0], "application/json"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Method, form, key, scope, limit: in this order. Asking for the options needs nothing."""
        method = request.method or ""
        if method not in self.methods:
            raise MethodNotAllowed(method)
        if method != "OPTIONS":
            super().initial(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """Who calls. Straight: `request.user` goes a detour over an AttributeError, a tenth of a sign-up's time."""
        request._authenticate()  # type: ignore[attr-defined]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The headers that say how much may still be called."""
        response = super().finalize_response(request, response, *args, **kwargs)
        throttling.tell(request, response)
        return response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """204 with Allow."""
        return Response(status=204)


class PublicRead(ApiView):
    """What anybody may read, from a page of any origin."""

    authentication_classes = []

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Open to every origin; never with credentials."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = ", ".join(self.methods)
            response.headers["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match"
            response.headers["Access-Control-Max-Age"] = "86400"
        else:
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
        return response


class PartnerCall(ApiView):
    """What a partner's server may do, with a key that has the scope."""

    authentication_classes = [KeyAuthentication]
    permission_classes = [HasScope]
    scope: ClassVar[Scope]


def _takes_json(request: Request) -> bool:
    accepted = request._request.META.get("HTTP_ACCEPT", "*/*")
    if accepted in OUR_FORM:
        return True
    types = request._request.accepted_types  # without those of q=0
    return any(f"{form.main_type}/{form.sub_type}".lower() in OUR_FORM for form in types)


def spoken(request: HttpRequest) -> str:
    """The language of Accept-Language, if we speak it; else our first one."""
    if "HTTP_ACCEPT_LANGUAGE" in request.META:
        return translation.get_language_from_request(request)
    return settings.LANGUAGE_CODE


_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def as_bytes(body: dict[str, Any]) -> bytes:
    """The body as JSON, its names in order: the same answer has the same bytes."""
    return _encoder.encode(body).encode()


def answer(body: dict[str, Any], status: int = 200, **headers: str) -> HttpResponse:
    """The body as JSON: the same bytes, also when it is replayed."""
    response = HttpResponse(as_bytes(body), status=status, content_type="application/json")
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response
