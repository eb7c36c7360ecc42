"""The OpenAPI 3.1 document: what each operation takes and answers. Made once by each process, served as it is."""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from campaign.api.errors import only_read
from campaign.api.v1 import shapes, shapes_of_congress
from campaign.api.v1.describing import JSON


class _KeyScheme(OpenApiAuthenticationExtension):
    """How a partner's key travels."""

    target_class = "campaign.api.authentication.KeyAuthentication"
    name = "partnerKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "A partner's key: tt_live_… or tt_test_…"}


@cache
def document() -> dict[str, Any]:
    """The whole document. In English, whoever asks first."""
    from campaign.api.v1.urls import documented  # the addresses name the views, and the views this module

    with translation.override("en"):
        generator = SchemaGenerator(patterns=[path("api/v1/", include(documented))])
        found: dict[str, Any] = generator.get_schema(request=None, public=True)
    found["components"].setdefault("schemas", {}).update(shapes.COMPONENTS | shapes_of_congress.COMPONENTS)
    found["servers"] = [{"url": settings.SITE_URL}]
    _tell_when_to_come_back(found)
    return found


def _tell_when_to_come_back(found: dict[str, Any]) -> None:
    """Whoever is turned away for now is told for how long, whatever they called."""
    told = {"Retry-After": {"schema": {"type": "string"}, "description": "Seconds to wait."}}
    answers = [operation["responses"] for methods in found["paths"].values() for operation in methods.values()]
    for answer in [responses[status] for responses in answers for status in ("429", "503") if status in responses]:
        answer["headers"] = answer.get("headers", {}) | told


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
