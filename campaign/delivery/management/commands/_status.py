"""The subcommand `mail status`: what waits, leaves and stops, for people and for scripts."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.management.base import OutputWrapper

from campaign.delivery import surveying
from campaign.delivery.models import Queue
from campaign.delivery.surveying import BreakerNow, Count, EpochNow, QueueNow, Trouble

STOPPED = 1


@dataclass(frozen=True)
class _Mailroom:
    """What is told."""

    epoch: EpochNow
    queues: list[QueueNow]
    breakers: list[BreakerNow]
    troubles: list[Trouble]

    @property
    def is_stopped(self) -> bool:
        """Whether a script should wake somebody."""
        return self.epoch.is_wrong or any(each.is_held for each in self.queues) or bool(self.breakers)


def add_arguments(parser: ArgumentParser) -> None:
    """Which queues, and for whom."""
    parser.add_argument("queues", nargs="*", choices=[*Queue.values, "all"], default="all", metavar="queue")
    parser.add_argument("--json", action="store_true", help="for scripts")


def run(options: dict[str, Any], out: OutputWrapper) -> None:
    """Tell how the queues stand. Ends with 1 where one is paused, a breaker is open or the epoch is wrong."""
    wanted = [options["queues"]] if isinstance(options["queues"], str) else options["queues"]
    queues = [each for each in surveying.queues() if "all" in wanted or each.queue.value in wanted]
    room = _Mailroom(surveying.epoch(), queues, surveying.breakers(), surveying.troubles())
    out.write(json.dumps(_as_data(room), indent=2) if options["json"] else "\n".join(_lines(room)))
    if room.is_stopped:
        sys.exit(STOPPED)


def epoch_line(epoch: EpochNow) -> str:
    """Both epochs in a sentence."""
    if not epoch.is_wrong:
        return f"Epoch: {epoch.database}, in the database and in MAIL_EPOCH."
    if epoch.is_moved:
        return (
            f"Epoch: {epoch.database}, but written in another database or an earlier life of this one."
            " NO MAIL LEAVES. Run `manage.py mail reconcile`."
        )
    return (
        f"Epoch: the database says {epoch.database}, MAIL_EPOCH says {epoch.operator}."
        " NO MAIL LEAVES. Run `manage.py mail reconcile`."
    )


def _lines(room: _Mailroom) -> list[str]:
    lines = [epoch_line(room.epoch)]
    lines += [_queue_line(each) for each in room.queues]
    for each in room.breakers:
        what = "Relay" if each.is_relay else "Domain"
        lines.append(f"{what} {each.name}: left alone until {_time(each.open_until)} ({each.reason or 'no reason'}).")
    for trouble in room.troubles:
        group = trouble.group
        lines.append(f"Needs a look: {trouble.count:,} {group.status.value} in {group.queue.value} ({group.reason}).")
    return lines


def _queue_line(now: QueueNow) -> str:
    line = f"{now.queue.value}: {_count(now.waiting)} waiting"
    if now.due_since:
        line += f", the first since {_time(now.due_since)}"
    line += f"; {_count(now.sent)} sent in the last hour."
    if now.is_held:
        line += f" PAUSED since {_time(now.held_at)} by {now.held_by}."
    return line


def _count(count: Count) -> str:
    return f"{'more than ' if count.is_more else ''}{count.number:,}"


def _time(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC") if moment else "-"


def _as_data(room: _Mailroom) -> dict[str, Any]:
    return {
        "is_stopped": room.is_stopped,
        "epoch": {
            "database": room.epoch.database,
            "operator": room.epoch.operator,
            "is_moved": room.epoch.is_moved,
            "is_wrong": room.epoch.is_wrong,
        },
        "queues": [
            {
                "queue": now.queue.value,
                "waiting": now.waiting.number,
                "waiting_is_more": now.waiting.is_more,
                "due_since": now.due_since.isoformat() if now.due_since else None,
                "sent_in_the_last_hour": now.sent.number,
                "sent_is_more": now.sent.is_more,
                "held_at": now.held_at.isoformat() if now.held_at else None,
                "held_by": now.held_by,
            }
            for now in room.queues
        ],
        "breakers": [
            {
                "subject": f"{'relay' if each.is_relay else 'domain'}:{each.name}",
                "failures": each.failures,
                "reason": each.reason,
                "open_until": each.open_until.isoformat() if each.open_until else None,
            }
            for each in room.breakers
        ],
        "needs_a_look": [
            {
                "status": trouble.group.status.value,
                "queue": trouble.group.queue.value,
                "reason": trouble.group.reason,
                "count": trouble.count,
            }
            for trouble in room.troubles
        ],
    }
