"""The addresses of /api/v1/. Each stands with and without a slash at its end; nothing redirects."""

from django.urls import path, re_path

from campaign.api.errors import nothing_here
from campaign.api.v1 import docs, schema
from campaign.api.v1.legislators import Lookup
from campaign.api.v1.petitions import OnePetition, Petitions
from campaign.api.v1.signatures import Signatures

app_name = "v1"
documented = [
    path("petitions", Petitions.as_view(), name="petitions"),
    path("petitions/<slug:slug>", OnePetition.as_view(), name="petition"),
    path("petitions/<slug:slug>/signatures", Signatures.as_view(), name="signatures"),
    path("legislators/lookup", Lookup.as_view(), name="lookup"),
]
about = [
    path("openapi.json", schema.openapi, name="openapi"),
    path("docs", docs.page, name="docs"),
]
urlpatterns = [
    *documented,
    *about,
    *(path(f"{address.pattern}/", address.callback) for address in (*documented, *about)),
    re_path("", nothing_here),
]
