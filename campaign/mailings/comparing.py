"""Comparing two versions of a mailing by the letters that follow, with a rule that may be looked at at any time.

There is no open or click tracking in this house. A version does better when more of those who got it wrote a letter
under the petition afterwards. A and B go to equal shares, drawn by a keyed hash: if both do equally well, each new
writer got A or B with one half, whatever came before.

The evidence after a writers from A and b from B is the likelihood ratio of a mixture of all shares (Beta(1, 1), the
uniform one) against one half:

    E = 2^(a+b) * B(a+1, b+1) = 2^(a+b) * a! * b! / (a+b+1)!

Under "no difference" E is a non-negative martingale that begins at 1, so by Ville's inequality the chance that it ever
reaches 20 is at most 1/20, however often and whenever somebody looks. Sources: J. Ville, "Étude critique de la notion
de collectif" (1939); H. Robbins, "Statistical methods related to the law of the iterated logarithm" (1970); M. Lindon
and A. Malek, "Anytime-valid inference for multinomial count data" (2022).
"""

import math
import uuid
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaign.lib.locks import Job, alone
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer

log = structlog.get_logger(__name__)
ENOUGH = 20.0
COUNTED_FOR, BETWEEN_LATE_COUNTS = timedelta(days=7), timedelta(minutes=10)
RULE = _(
    "A version wins when its lead in letters is so large that two equally good versions would show one like it in at "
    "most 1 of 20 tests, however often anybody looks. Until then nothing is known, and you may choose yourself at any"
    " time."
)

# A letter counts for the version that was handed over before it was written; each writer once. Unsubscribing counts
# where the owner did it after the mail was handed over.
_FIGURES = """
WITH sent AS (
  SELECT mailbox, about->>'version' AS version, handed_off_at, status, reported
  FROM delivery_delivery WHERE series_id = %(mailing)s AND handed_off_at IS NOT NULL
), wrote AS (
  SELECT version, count(DISTINCT sent.mailbox) AS n FROM sent JOIN letters_letter AS l ON l.supporter_id = sent.mailbox
  WHERE l.petition_id = %(petition)s AND l.written_at > sent.handed_off_at GROUP BY 1
), stopped AS (
  SELECT version, count(DISTINCT sent.mailbox) AS n FROM sent JOIN delivery_suppression AS x ON x.mailbox = sent.mailbox
  WHERE x.reason = 'unsubscribed' AND x.created_at > sent.handed_off_at
    AND (x.scope IN ('all', 'updates') OR x.mailing_list = %(petition)s) GROUP BY 1
)
SELECT version, count(*), coalesce((SELECT n FROM wrote WHERE wrote.version = sent.version), 0),
  coalesce((SELECT n FROM stopped WHERE stopped.version = sent.version), 0),
  count(*) FILTER (WHERE reported = 'complained'),
  count(*) FILTER (WHERE status = 'refused' OR reported IN ('bounced', 'rejected', 'failed'))
FROM sent GROUP BY version
"""
_NAMES = ("handed_over", "wrote", "unsubscribed", "complained", "bounced")


def evidence(wrote_a: int, wrote_b: int) -> float:
    """How strongly these writers speak against "no difference": 1 is nothing, 20 is enough."""
    log_beta = math.lgamma(wrote_a + 1) + math.lgamma(wrote_b + 1) - math.lgamma(wrote_a + wrote_b + 2)
    return math.exp(min(700.0, (wrote_a + wrote_b) * math.log(2) + log_beta))


def winner(wrote_a: int, wrote_b: int) -> str:
    """The version that wins, or nothing yet."""
    if wrote_a == wrote_b or evidence(wrote_a, wrote_b) < ENOUGH:
        return ""
    return "A" if wrote_a > wrote_b else "B"


def compare() -> None:
    """Count what each mailing's versions brought; choose where the rule says so. Of two at once one works.

    Those that have finished are counted as well, less often: people write, and stop mail, in the days after.
    """
    with transaction.atomic():
        if not alone(Job.COMPARING):
            return
        for mailing in _to_count():
            _look_at(mailing)


def _to_count() -> "QuerySet[Mailing]":
    lately = Q(finished_at__gt=Now() - COUNTED_FOR, cancelled_at=None) & ~Q(figures_at__gt=Now() - BETWEEN_LATE_COUNTS)
    running = Q(finished_at=None, cancelled_at=None)
    return Mailing.objects.exclude(started_at=None).filter(running | lately).select_related("series")


def _look_at(mailing: Mailing) -> None:
    figures = count(mailing)
    Mailing.objects.filter(pk=mailing.pk).update(figures=figures, figures_at=Now())
    if not mailing.waits_for_choice or (mailing.series and mailing.series.held_at):
        return  # while a spike holds it, people look first
    found = winner(*[figures.get(name, {}).get("wrote", 0) for name in ("A", "B")])
    if found and _choose(mailing.pk, found, None):
        log.info("a version won", mailing=str(mailing.pk), version=found)


def count(mailing: Mailing) -> dict[str, dict[str, int]]:
    """What each version brought so far."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"mailing": mailing.pk, "petition": mailing.petition_id})
        return {version: dict(zip(_NAMES, counts, strict=True)) for version, *counts in cursor.fetchall()}


def choose(mailing_id: uuid.UUID, version: str, by: Organizer) -> bool:
    """The rest gets this version. The second time, before the sample is out, and where nothing waits for it: False."""
    is_chosen = version in {"A", "B"} and _choose(mailing_id, version, by)
    if is_chosen:
        log.info("a version was chosen", mailing=str(mailing_id), version=version, organizer=by.pk)
    return is_chosen


def _choose(mailing_id: uuid.UUID, version: str, by: Organizer | None) -> bool:
    waiting: Any = Mailing.objects.under_way().filter(pk=mailing_id, chosen="", sample_percent__gt=0)
    return bool(waiting.exclude(queued_at=None).update(chosen=version, chosen_at=Now(), chosen_by=by))
