"""The addresses of /api/v1/. Each stands with and without a slash at its end; nothing redirects."""

from django.urls import path, re_path

from campaign.api.errors import nothing_here
from campaign.api.v1 import docs, schema
from campaign.api.v1.legislators import Legislators, OneLegislator
from campaign.api.v1.lookups import Lookup
from campaign.api.v1.petitions import OnePetition, Petitions
from campaign.api.v1.signatures import Signatures
from campaign.api.v1.treaties import OneTreaty, Positions, Treaties
from campaign.api.views import ApiView

app_name = "v1"
OPERATIONS: tuple[tuple[str, type[ApiView], str], ...] = (
    ("petitions", Petitions, "petitions"),
    ("petitions/<slug:slug>", OnePetition, "petition"),
    ("petitions/<slug:slug>/signatures", Signatures, "signatures"),
    ("legislators", Legislators, "legislators"),
    ("legislators/lookup", Lookup, "lookup"),
    ("legislators/<slug:bioguide_id>", OneLegislator, "legislator"),
    ("treaties", Treaties, "treaties"),
    ("treaties/<slug:slug>", OneTreaty, "treaty"),
    ("treaties/<slug:slug>/positions", Positions, "positions"),
)
documented = [path(address, view.as_view(), name=name) for address, view, name in OPERATIONS]
urlpatterns = [
    *documented,
    *(path(f"{address}/", view.as_view(schema=None)) for address, view, _name in OPERATIONS),
    path("openapi.json", schema.openapi, name="openapi"),
    path("openapi.json/", schema.openapi),
    path("docs", docs.page, name="docs"),
    path("docs/", docs.page),
    re_path("", nothing_here),
]
