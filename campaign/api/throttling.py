"""How often somebody may call, over all processes, and told in every answer."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from campaign.api.authentication import key_of
from campaign.legislators import geocoding
from campaign.lib import limits
from campaign.lib.requests import client_network

MINUTE = 60


@dataclass(frozen=True)
class Policy:
    """At most `quota` calls in `seconds`, counted for `who`."""

    name: str
    who: str
    quota: int
    seconds: int = MINUTE


class Limit(BaseThrottle):
    """Counts a call against its policy and remembers what came of it, for the headers of the answer."""

    verdict: limits.Verdict | None = None

    def policy(self, request: Request) -> Policy:
        """Which policy holds for this call."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the call; a call over the limit is counted as well."""
        policy = self.policy(request)
        self.verdict = self.count(request, policy)
        request.told_limit = (policy, self.verdict)  # type: ignore[attr-defined]
        return self.verdict.allowed

    def count(self, request: Request, policy: Policy) -> limits.Verdict:
        """Exactly: each call is a question to Valkey."""
        return limits.hit(policy.name, policy.who, policy.quota, policy.seconds)

    def wait(self) -> float | None:
        """How long until the window ends."""
        return float(self.verdict.reset) if self.verdict else None


class SignUpLimit(Limit):
    """What was agreed with the partner, over all its keys."""

    def policy(self, request: Request) -> Policy:
        """So many sign-ups a minute."""
        partner = key_of(request).partner
        return Policy("sign-ups", str(partner.pk), partner.sign_ups_a_minute)


class LookupLimit(Limit):
    """Anybody may look up who speaks for them, but not for everybody."""

    def policy(self, request: Request) -> Policy:
        """So many look-ups a minute from one network."""
        return lookups_of(request._request)

    def count(self, request: Request, policy: Policy) -> limits.Verdict:
        """Never more than the limit, in bulk; once, where the short way has counted the call already."""
        counted: limits.Verdict | None = getattr(request._request, "counted", None)
        return counted or count_lookup(policy)


class AddressLimit(Limit):
    """Somebody else is asked where an address lies, so not as often."""

    def policy(self, request: Request) -> Policy:
        """So many addresses in ten minutes from one network, those of the page counted in."""
        return Policy("addresses", client_network(request._request), geocoding.MOST_OF_A_NETWORK, geocoding.IN_SECONDS)


def lookups_of(request: HttpRequest) -> Policy:
    """The policy for look-ups: settings.LOOKUPS_A_MINUTE for each network."""
    return Policy("look-ups", client_network(request), settings.LOOKUPS_A_MINUTE)


def count_lookup(policy: Policy) -> limits.Verdict:
    """Count one look-up."""
    return limits.spend(policy.name, policy.who, policy.quota, policy.seconds)


def tell(request: Request, response: HttpResponse) -> None:
    """The headers of the limit that was counted for this call; nothing where none holds."""
    told = getattr(request, "told_limit", None)
    if told is not None:
        tell_of(response, *told)


def tell_of(response: HttpResponse, policy: Policy, verdict: limits.Verdict) -> None:
    """RateLimit-Policy and RateLimit, as draft-ietf-httpapi-ratelimit-headers has them."""
    response.headers["RateLimit-Policy"] = f'"{policy.name}";q={policy.quota};w={policy.seconds}'
    response.headers["RateLimit"] = f'"{policy.name}";r={verdict.remaining};t={verdict.reset}'
