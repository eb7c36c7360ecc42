"""Where a request comes from, past exactly as many proxies as we trust."""

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory

from campaign.lib.requests import Utf8Request, client_network


def network(settings, proxies: int, remote: str, forwarded: str = "") -> str:
    settings.TRUSTED_PROXIES = proxies
    extra = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return client_network(RequestFactory().get("/", REMOTE_ADDR=remote, **extra))


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "found"),
    [(0, "203.0.113.7", "", "203.0.113.7"),
     (0, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
     (1, "10.0.0.1", "198.51.100.1", "198.51.100.1"),
     (1, "10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),
     (2, "10.0.0.1", "192.0.2.66, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
     (1, "10.0.0.1", "", "10.0.0.1"),
     (1, "10.0.0.1", "nonsense", "unknown"),
     (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
     (0, "2001:db8:1:2::ffff", "", "2001:db8:1:2::/64"),
     (0, "::ffff:203.0.113.7", "", "203.0.113.7")],
)  # fmt: skip
def test_a_network_is_where_the_trusted_proxies_say(settings, proxies, remote, forwarded, found):
    assert network(settings, proxies, remote, forwarded) == found


@pytest.fixture
def stranger(monkeypatch) -> Client:
    """Sends what it is told, to the request class that campaign.wsgi uses."""
    monkeypatch.setattr(WSGIHandler, "request_class", Utf8Request)
    monkeypatch.setattr("django.test.client.WSGIRequest", Utf8Request)
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("path", ["/privacy/", "/dashboard/", "/api/v1/petitions"])
def test_a_content_type_in_an_encoding_that_does_not_exist_is_refused(db, stranger, path):
    assert stranger.get(path, headers={"content-type": "text/html; x*=bogus''y"}).status_code == 415


@pytest.mark.parametrize("path", ["/api/v1/petitions", "/api/v1/petitions/nothing"])
def test_an_accept_in_an_encoding_that_does_not_exist_is_not_acceptable(db, stranger, path):
    assert stranger.get(path, headers={"accept": "text/html; q*=bogus''1"}).status_code == 406


@pytest.mark.parametrize("path", ["/dashboard/", "/accounts/login/", "/admin/"])
def test_a_cookie_that_spells_nul_is_refused(db, stranger, path):
    assert stranger.get(path, headers={"cookie": r'session="\000\000\000\000\000\000\000\000abcd"'}).status_code == 400
