"""What strangers put into addresses: a clear 4xx, never a fault of ours."""

from itertools import product

import pytest

from campaign.treaties import founding
from tests.api.conftest import is_problem

BASE = "/api/v1"
READS = [
    "/petitions",
    "/petitions/withhold-consent",
    "/legislators",
    "/legislators/M001176",
    "/legislators/lookup",
    "/treaties",
    "/treaties/un-cybercrime-convention",
    "/treaties/un-cybercrime-convention/positions",
]
NAMES = ["state", "postal_code", "committee", "chamber", "position", "language", "limit", "cursor", "x"]
VALUES = [
    "%00",
    "%ff",
    "%C3%28",
    "%ED%A0%80",
    "x" * 10_000,
    "%EF%BC%91%EF%BC%92",
    "%D9%A3",
    "'%22;--",
    "%E2%80%AE",
    "%0d%0aSet-Cookie:a=b",
    "-1",
    "1e9",
    "../../etc/passwd",
]


@pytest.fixture
def furniture(db, petition) -> None:
    """A petition and the treaty."""
    for folder in founding.shipped():
        founding.found_treaty(folder)


@pytest.mark.parametrize("path", READS)
def test_no_query_breaks_a_read(client, furniture, settings, path):
    settings.LOOKUPS_A_MINUTE = 100_000
    for name, value in product(NAMES, VALUES):
        response = client.get(f"{BASE}{path}?{name}={value}")
        assert 400 <= response.status_code < 500, (name, value)
        problem = is_problem(response, response.status_code)
        assert "passwd" not in str(problem)
        assert "Set-Cookie" not in response.headers
    for query in ("&&&", "=", "==", "%", "?", "a", "state", "limit", "%3D", "=1", "&".join(["limit=1"] * 999)):
        response = client.get(f"{BASE}{path}?{query}")
        assert response.status_code == 200 or is_problem(response, response.status_code)
        assert response.status_code < 500


@pytest.mark.parametrize("path", [path for path in READS if path != "/legislators/lookup"])
def test_every_read_has_its_forms(client, furniture, path):
    whole = client.get(f"{BASE}{path}")
    assert whole.status_code == 200
    assert whole.headers["ETag"].startswith('"')
    assert "max-age" in whole.headers["Cache-Control"]
    head = client.head(f"{BASE}{path}")
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", whole.headers["ETag"])
    assert client.get(f"{BASE}{path}/").content == whole.content
    again = client.get(f"{BASE}{path}", headers={"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for response in (whole, head, again):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
        assert "Set-Cookie" not in response.headers
    options = client.options(f"{BASE}{path}", headers={"Origin": "https://blog.example"})
    assert (options.status_code, options.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert options.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    for method in ("post", "put", "patch", "delete"):
        refused = getattr(client, method)(f"{BASE}{path}")
        is_problem(refused, 405)
        assert refused.headers["Allow"] == "GET, HEAD, OPTIONS"
    is_problem(client.get(f"{BASE}{path}", headers={"Accept": "text/html"}), 406)
    assert "Access-Control-Allow-Origin" in client.get(f"{BASE}{path}?x=1").headers


@pytest.mark.parametrize(
    "path",
    [
        "/legislators/M001176/terms",
        "/legislators/%00",
        "/legislators/%ff",
        "/legislators/lookup/x",
        "/treaties/%ff",
        "/treaties/a%2fb",
        "/treaties/x/positions/OR",
        "/legislators//",
        "/legislators/é",
    ],
)
def test_there_is_nothing_at_other_addresses(client, db, path):
    response = client.get(f"{BASE}{path}")
    is_problem(response, 400 if "%00" in path else 404)
