"""Treaties at a glance: how many it takes, the hundred seats and who stands where, the stages reached."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from campaign.dashboard.permissions import DeskRequest, for_viewers
from campaign.dashboard.treaty_forms import RollForm
from campaign.lib import usps
from campaign.treaties import counting
from campaign.treaties.counting import Standing
from campaign.treaties.models import Treaty


def find(slug: str) -> Treaty:
    """The treaty with its texts and stages; 404 for one that does not exist."""
    return get_object_or_404(Treaty.objects.with_story(), slug=slug)


def name_of(treaty: Treaty) -> str:
    """The name people use, in the reader's language."""
    return treaty.text_in().short_title


@require_safe
@for_viewers
def index(request: DeskRequest) -> HttpResponse:
    """All treaties: where each stands, and the count."""
    treaties = list(Treaty.objects.with_story())
    counts = map(counting.count, counting.roll_calls(treaties))
    return render(request, "dashboard/treaties.html", {"counted": list(zip(treaties, counts, strict=True))})


@require_safe
@for_viewers
def show(request: DeskRequest, slug: str) -> HttpResponse:
    """The count, the seats narrowed by `q`, `position` and `committee`, and the stages, retracted ones among them."""
    treaty = find(slug)
    standings = counting.roll_call(treaty)
    form = RollForm(request.GET)
    found = narrowed(standings, form.cleaned_data) if form.is_valid() else []
    changes = treaty.stage_changes.select_related("entered_by", "retracted_by")
    context = {
        "treaty": treaty,
        "name": name_of(treaty),
        "count": counting.count(standings),
        "form": form,
        "standings": found,
        "is_narrowed": len(found) < len(standings),
        "changes": sorted(changes, key=lambda change: change.place, reverse=True),
        "current": treaty.current_change,
    }
    return render(request, "dashboard/treaty.html", context)


def narrowed(standings: Sequence[Standing], wanted: dict[str, object]) -> list[Standing]:
    """The seats that fit all of it."""
    words, position = str(wanted["q"]).strip(), str(wanted["position"])
    return [
        standing
        for standing in standings
        if _is_called(standing, words)
        and (not position or _stands(standing, position))
        and (not wanted["committee"] or standing.committee)
    ]


def _is_called(standing: Standing, words: str) -> bool:
    if words.upper() in usps.STATES:  # "or" is Oregon and not everybody with these letters in their name
        return words.upper() == standing.seat.state
    names = [standing.seat.state_name, standing.holder.official_name if standing.holder else ""]
    return any(words.casefold() in name.casefold() for name in names)


def _stands(standing: Standing, position: str) -> bool:
    """Whose term ran out is counted as unknown, and found as such; a vacant seat stands nowhere."""
    if position == "nobody":
        return standing.holder is None
    return not standing.seat.is_vacant and standing.stance == position
