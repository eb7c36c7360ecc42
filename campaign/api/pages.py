"""What public reads share: bytes with an ETag; how many on a page, from where on, in which language."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _

from campaign.api.views import as_bytes
from campaign.lib import tokens
from campaign.lib.refusals import Refusal, Refused

MOST_ON_A_PAGE = 100
ON_A_PAGE = 20


@dataclass(frozen=True)
class Page:
    """An answer as it leaves: its bytes, and the headers that belong to them. The same bytes have the same ETag."""

    content: bytes
    headers: Mapping[str, str]

    @classmethod
    def of(cls, body: dict[str, Any], **headers: str) -> "Page":
        """The page that says this; with Cache_Control and the like."""
        content = as_bytes(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(content, named | {"ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"'})

    def is_known_to(self, request: HttpRequest) -> bool:
        """Whether If-None-Match names what stands here."""
        header = request.META.get("HTTP_IF_NONE_MATCH")
        if header is None:
            return False
        known = parse_etags(header)
        return "*" in known or self.headers["ETag"] in {tag.removeprefix("W/") for tag in known}

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The page; 304 without it where the caller has it already."""
        response: HttpResponse
        if self.is_known_to(request):
            response = HttpResponseNotModified()
        else:
            response = HttpResponse(self.content, content_type="application/json")
        for name, value in self.headers.items():
            response.headers[name] = value
        return response


def found(page: Page | None) -> Page:
    """The page. Raises Http404 where there is none."""
    if page is None:
        raise Http404
    return page


def limit_of(asked: Mapping[str, str]) -> int:
    """How many on a page. Raises Refused for what is not 1 to 100."""
    text = asked.get("limit", str(ON_A_PAGE))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST_ON_A_PAGE):
        raise Refused((Refusal("limit", "bad_limit", _("A page holds 1 to 100 entries.")),))
    return int(text)


def language_of(asked: Mapping[str, str], otherwise: str = settings.LANGUAGE_CODE) -> str:
    """The language that was asked for. Raises Refused for one that we don't speak."""
    language = asked.get("language", otherwise)
    if language not in dict(settings.LANGUAGES):
        raise Refused((Refusal("language", "unknown_language", _("We don't speak this language.")),))
    return language


def cursor(kind: str, place: bytes) -> str:
    """The place where a page ends, as an opaque text. It is signed: only what we gave out is taken back."""
    return tokens.signed(f"{kind}-cursor", base64.urlsafe_b64encode(place).decode())


def place_in(kind: str, text: str) -> bytes:
    """The place that a cursor of this kind names. Raises Refused for one that is not ours."""
    word = tokens.unsigned(f"{kind}-cursor", text)
    if word is not None:
        with suppress(binascii.Error, ValueError):
            return base64.urlsafe_b64decode(word)
    raise bad_cursor()


def bad_cursor() -> Refused:
    """What a cursor that is not ours gets."""
    return Refused((Refusal("cursor", "bad_cursor", _("This cursor is not one of ours; follow the Link header.")),))


def lead_on(response: HttpResponse, name: str, asked: Mapping[str, str]) -> None:
    """Say where the next page is: the operation of this name, with what was asked and the cursor."""
    address = settings.SITE_URL + reverse(f"v1:{name}")
    response.headers["Link"] = f'<{address}?{urlencode(asked)}>; rel="next"'
