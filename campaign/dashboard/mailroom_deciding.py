"""Mail that needs a look: the list of it, and deciding about one or about all of one reason."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from campaign.dashboard import counts
from campaign.dashboard.mailroom import by
from campaign.dashboard.permissions import DeskRequest, for_organizers, for_viewers
from campaign.delivery import deciding
from campaign.delivery.deciding import Decision, Group
from campaign.delivery.models import TO_LOOK_AT, Delivery, Queue, Status, queue_of

MOST_DELIVERIES = 200


@dataclass(frozen=True)
class Words:
    """What a decision is called on its button, and what is said after it."""

    button: str | Promise
    said: str | Promise


WORDS = {
    Decision.ARRIVED: Words(gettext_lazy("It arrived"), gettext_lazy("Counted as accepted. It is not sent again.")),
    Decision.SEND_AGAIN: Words(gettext_lazy("Send again"), gettext_lazy("It waits to be sent again.")),
    Decision.TRY_AGAIN: Words(gettext_lazy("Try again"), gettext_lazy("It waits to be tried again, by itself.")),
    Decision.LET_GO: Words(gettext_lazy("Let it go"), gettext_lazy("Let go: nobody gets it.")),
}


@dataclass(frozen=True)
class Row:
    """A delivery of the list, with what may be decided about it."""

    delivery: Delivery
    decisions: list[tuple[str, str | Promise]]


@require_safe
@for_viewers
def deliveries(request: DeskRequest) -> HttpResponse:
    """Deliveries that are uncertain or dead, the newest first: ids and reasons, no addresses.

    With a queue and a reason only those; then all of them can be decided about together.
    """
    chosen = request.GET.get("status", "")
    statuses = [chosen] if chosen in TO_LOOK_AT else list(TO_LOOK_AT)
    group = _group(request.GET, chosen)
    rows = group.deliveries() if group else Delivery.objects.filter(status__in=statuses)
    found = rows.order_by("-created_at", "-pk")[:MOST_DELIVERIES]
    context = {
        "rows": [Row(each, _decisions(each.status)) for each in found],
        "chosen": chosen,
        "group": group,
        "together": urlencode(_named(group)) if group else "",
        "group_decisions": _decisions(group.status) if group else [],
        "troubled": counts.troubled_deliveries(),
        "most": MOST_DELIVERIES,
    }
    return render(request, "dashboard/deliveries.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_organizers
def decide(request: DeskRequest, decision: str) -> HttpResponse:
    """Say what a decision about one delivery, or about all of one reason, means; the POST does it.

    The second time nothing changes, nor where a report settled it meanwhile, and the page says so.
    """
    if decision not in Decision.values:
        raise Http404
    chosen = Decision(decision)
    before = deciding.STEPS[chosen].before
    asked = request.POST if request.method == "POST" else request.GET
    group = _group(asked, before)
    if request.method == "POST":
        moved = _carry_out(chosen, group, asked, by(request))
        _say(request, chosen, group, moved)
        back = _named(group) if group else {"status": before.value}
        return redirect(reverse("dashboard:deliveries") + "?" + urlencode(back))
    delivery = None if group else get_object_or_404(Delivery, pk=_id(asked))
    queue = group.queue if group else queue_of(delivery.kind if delivery else 0)
    context = {
        "decision": chosen.value,
        "button": WORDS[chosen].button,
        "delivery": delivery,
        "is_over": delivery is not None and delivery.status != before,
        "group": group,
        "number": _number(group),
        "most": deciding.MOST_AT_ONCE,
        "back": urlencode(_named(group) if group else {"status": before.value}),
        "goes_to_offices": queue is Queue.LETTERS,
    }
    return render(request, "dashboard/mailroom_sure.html", context)


def _carry_out(decision: Decision, group: Group | None, asked: QueryDict, who: str) -> int:
    if group:
        return deciding.decide_all(group, decision, who)
    return int(deciding.decide(_id(asked), decision, who))


def _say(request: DeskRequest, decision: Decision, group: Group | None, moved: int) -> None:
    if not moved:
        messages.success(request, _("Nothing changed: somebody else decided before, or a report did."))
    elif group is None:
        messages.success(request, str(WORDS[decision].said))
    else:
        said = ngettext("{n} delivery: {what}", "{n} deliveries: {what}", moved)
        messages.success(request, said.format(n=f"{moved:,}", what=WORDS[decision].button))


def _group(asked: QueryDict, status: str) -> Group | None:
    """All of one status, queue and reason, where the address names them."""
    queue, reason = str(asked.get("queue", "")), asked.get("reason")
    if status not in TO_LOOK_AT or queue not in Queue.values or reason is None:
        return None
    return Group(Status(status), Queue(queue), str(reason)[:80])


def _named(group: Group) -> dict[str, str]:
    return {"status": group.status.value, "queue": group.queue.value, "reason": group.reason}


def _number(group: Group | None) -> int:
    """How many there are, up to one more than are decided about at once."""
    return group.deliveries()[: deciding.MOST_AT_ONCE + 1].count() if group else 1


def _decisions(status: str) -> list[tuple[str, str | Promise]]:
    return [(decision.value, WORDS[decision].button) for decision in deciding.possible(status)]


def _id(asked: QueryDict) -> UUID:
    try:
        return UUID(asked.get("delivery", ""))
    except ValueError as error:
        raise Http404 from error
