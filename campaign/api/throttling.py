"""How often somebody may call, counted exactly across all processes, and told in every answer."""

from dataclasses import dataclass

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from campaign.api.authentication import key_of
from campaign.lib import limits
from campaign.lib.requests import client_network

MINUTE = 60
LOOKUPS_A_MINUTE = 120


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
        self.verdict = limits.hit(policy.name, policy.who, policy.quota, policy.seconds)
        request.told_limit = (policy, self.verdict)  # type: ignore[attr-defined]
        return self.verdict.allowed

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
        return Policy("look-ups", client_network(request._request), LOOKUPS_A_MINUTE)


def tell(request: Request, response: HttpResponse) -> None:
    """RateLimit-Policy and RateLimit, as draft-ietf-httpapi-ratelimit-headers has them; nothing where none holds."""
    told = getattr(request, "told_limit", None)
    if told is not None:
        policy, verdict = told
        response.headers["RateLimit-Policy"] = f'"{policy.name}";q={policy.quota};w={policy.seconds}'
        response.headers["RateLimit"] = f'"{policy.name}";r={verdict.remaining};t={verdict.reset}'
