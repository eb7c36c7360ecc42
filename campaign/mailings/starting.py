"""Starting mailings whose time has come, and queueing their audience as it was at that moment.

The audience is queued in stretches by supporter id, one transaction each, which also notes how far it got. Killed in
the middle it goes on where it was; a delivery's key keeps anybody from being queued twice even so.
"""

import time
import uuid

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from campaign.delivery import posting
from campaign.delivery.models import Kind, Queue, Series
from campaign.lib.locks import Job, alone
from campaign.mailings import audience
from campaign.mailings.drafting import NOTHING_ASKED
from campaign.mailings.models import Mailing, MailingBatch, Part

log = structlog.get_logger(__name__)
RECIPE = "mailing"
STRETCH = 5_000
# Other errands stand in the same queue of the worker, and a stop is heard within seconds: a task gives way after a
# moment and calls for another.
LONGEST_SECONDS = 2.0
_BEFORE_ALL = uuid.UUID(int=0)

_QUEUE = """
WITH stretch AS MATERIALIZED (
  SELECT s.supporter_id FROM petitions_signature AS s WHERE {own} AND s.supporter_id > %(after)s
  ORDER BY s.supporter_id LIMIT %(stretch)s
), whom AS (
  SELECT s.supporter_id, {version} AS version, {is_sample} AS is_sample FROM stretch AS s WHERE {beside}
), posted AS (
  INSERT INTO delivery_delivery (id, key, kind, recipe, about, mailbox, series_id)
  SELECT gen_random_uuid(), %(key)s || supporter_id, %(kind)s, %(recipe)s,
    CASE version WHEN 'A' THEN '{{"version": "A"}}'::jsonb ELSE '{{"version": "B"}}'::jsonb END,
    supporter_id, %(mailing)s
  FROM whom WHERE is_sample = %(sample)s
  ON CONFLICT (key) DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM posted), (SELECT count(*) FROM stretch),
  (SELECT supporter_id FROM stretch ORDER BY supporter_id DESC LIMIT 1)
"""


def key_of(mailing_id: uuid.UUID, supporter_id: uuid.UUID | str = "") -> str:
    """A delivery's key: one mailing reaches one person once, for ever."""
    return f"mailing:{mailing_id}:{supporter_id}"


@transaction.atomic
def start_due() -> int:
    """Start what is approved as it stands, scheduled, and due; how many. Twice at once, and again: each starts once."""
    if not alone(Job.STARTING_MAILINGS):
        return 0
    due = Mailing.objects.to_start().select_for_update(of=("self",), skip_locked=True)
    return sum(_start(mailing) for mailing in due)


def _start(mailing: Mailing) -> bool:
    if mailing.digest != mailing.approved_digest:
        Mailing.objects.filter(pk=mailing.pk, started_at=None).update(**NOTHING_ASKED)
        log.error("a mailing is not what was approved and does not start", mailing=str(mailing.pk))
        return False
    if not settings.POSTAL_ADDRESS:
        log.error("a mailing waits: POSTAL_ADDRESS is not set", mailing=str(mailing.pk))
        return False
    Series.objects.get_or_create(pk=mailing.pk)
    rows = Mailing.objects.to_start().filter(pk=mailing.pk, approved_digest=mailing.approved_digest)
    is_started = bool(rows.update(started_at=Now(), series=mailing.pk))
    if is_started:
        log.info("mailing started", mailing=str(mailing.pk))
    return is_started


def queue_some(seconds: float = LONGEST_SECONDS) -> bool:
    """Queue stretches of what has started, for so long; whether there is more to do. Two at once take turns."""
    until = time.monotonic() + seconds
    open_ones = [mailing.pk for mailing in Mailing.objects.under_way().order_by("started_at") if part_to_queue(mailing)]
    while open_ones and time.monotonic() < until:
        open_ones = [pk for pk in open_ones if queue_stretch(pk)]
    return bool(open_ones)


def part_to_queue(mailing: Mailing) -> Part | None:
    """What of it is to be queued now: the sample first; the rest once a version is chosen; None when nothing is."""
    if mailing.is_compared and mailing.queued_at is None:
        return Part.SAMPLE
    if mailing.is_compared and not mailing.chosen:
        return None
    return None if mailing.batches.filter(part=Part.REST, last=None).exists() else Part.REST


@transaction.atomic
def queue_stretch(mailing_id: uuid.UUID) -> bool:
    """The next stretch of the audience, in one transaction; whether another one follows.

    Where somebody else is at it: False, and theirs is the next. Cancelled: nothing more is queued.
    """
    rows = Mailing.objects.under_way().filter(pk=mailing_id)
    mailing = rows.select_for_update(of=("self",), skip_locked=True).first()
    part = part_to_queue(mailing) if mailing else None
    if mailing is None or part is None:
        return False
    before = mailing.batches.filter(part=part).order_by("-number").first()
    queued, looked_at, last = _queue(mailing, part, before.last if before and before.last else _BEFORE_ALL)
    is_last = looked_at < STRETCH
    number = before.number + 1 if before else 1
    MailingBatch.objects.create(mailing=mailing, part=part, number=number, size=queued, last=None if is_last else last)
    if is_last:
        Mailing.objects.filter(pk=mailing.pk, queued_at=None).update(queued_at=Now())
        log.info("mailing queued", mailing=str(mailing.pk), part=part)
    if queued:
        transaction.on_commit(lambda: posting.nudge(Queue.MAILINGS))
    return not is_last


def _queue(mailing: Mailing, part: Part, after: uuid.UUID) -> tuple[int, int, uuid.UUID | None]:
    """How many were queued, how many were looked at, and the last of those."""
    whom = audience.audience_of(mailing)
    statement = _QUEUE.format(own=whom.own, beside=whom.beside, version=audience.VERSION, is_sample=audience.IS_SAMPLE)
    values = {
        **whom.values,
        "after": after,
        "stretch": STRETCH,
        "key": key_of(mailing.pk),
        "kind": int(Kind.MAILING),
        "recipe": RECIPE,
        "mailing": mailing.pk,
        "sample": part is Part.SAMPLE,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        queued, looked_at, last = cursor.fetchone()
    return queued, looked_at, last
