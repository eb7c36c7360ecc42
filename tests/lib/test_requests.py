"""Where a request comes from, past exactly as many proxies as we trust."""

import pytest
from django.test import RequestFactory

from campaign.lib.requests import client_network


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
