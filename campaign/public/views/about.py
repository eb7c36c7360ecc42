"""What we keep about people, and for how long."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaign.petitions.forgetting import SIGNERS_ARE_KEPT, UNCONFIRMED_ARE_KEPT
from campaign.petitions.screening import KEYS_ARE_KEPT_FOR


@require_safe
@cache_control(max_age=600)
def privacy(request: HttpRequest) -> HttpResponse:
    """The periods are those that the code forgets by."""
    context = {
        "unconfirmed_days": UNCONFIRMED_ARE_KEPT.days,
        "signer_days": SIGNERS_ARE_KEPT.days,
        "network_days": KEYS_ARE_KEPT_FOR.days,
    }
    return render(request, "public/privacy.html", context)
