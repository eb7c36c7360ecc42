from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from campaign.delivery import pausing, reconciling, surveying
from campaign.delivery.deciding import STEPS, Decision, Group, decide_all
from campaign.delivery.management.commands import _reports, _status
from campaign.delivery.models import Queue

OPERATOR = "operator"


class Command(BaseCommand):
    """What an operator does in the mailroom. Everything may be done twice."""

    help = "Pause, resume and look at the mail's queues; reconcile a restored database; read reports that came as mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True, metavar="deed")
        for name, what in (("pause", "nothing of these queues leaves any more"), ("resume", "they go on")):
            deed = deeds.add_parser(name, help=what)
            deed.add_argument(
                "queues",
                nargs="+",
                choices=[*Queue.values, "all"],
                metavar="queue",
                help="confirm letters mailings all",
            )
        _status.add_arguments(deeds.add_parser("status", help="what waits, leaves and stops; ends with 1 if stopped"))
        deeds.add_parser("epoch", help="which epoch the database holds and which the operator; ends with 1 if apart")
        deed = deeds.add_parser("reconcile", help="decide what becomes of mail that may have left since the backup")
        decision = deed.add_mutually_exclusive_group()
        decision.add_argument(
            "--as-uncertain", action="store_true", help="what waits becomes uncertain: people decide about it"
        )
        decision.add_argument(
            "--send", action="store_true", help="what waits is sent: you made sure that none of it left"
        )
        deed.add_argument(
            "--posted-before", type=_moment, help="with --as-uncertain: only what was posted before this moment (UTC)"
        )
        deed = deeds.add_parser("decide", help="decide about all mail of one reason that needs a look, however many")
        deed.add_argument("decision", choices=[each.value for each in Decision], help="%(choices)s")
        deed.add_argument("--queue", choices=Queue.values, required=True)
        deed.add_argument("--reason", required=True, help="as `mail status` tells it")
        deed.add_argument("--yes", action="store_true", help="do it; without it you are told how many it is about")
        _reports.add_arguments(deeds.add_parser("reports", help="read bounces and complaints that came as mail"))

    def handle(self, *args: Any, **options: Any) -> None:
        deeds: dict[str, Callable[[dict[str, Any]], None]] = {
            "pause": self.pause,
            "resume": self.resume,
            "status": lambda options: _status.run(options, self.stdout),
            "epoch": self.epoch,
            "reconcile": self.reconcile,
            "decide": self.decide,
            "reports": _reports.run,
        }
        deeds[options["deed"]](options)

    def pause(self, options: dict[str, Any]) -> None:
        """Pause the queues. One that is paused already stays so, and whoever paused it first stays named."""
        for queue in _queues(options):
            is_new = pausing.pause(queue, OPERATOR)
            self.stdout.write(f"{queue.value}: {'paused.' if is_new else 'was paused already.'}")

    def resume(self, options: dict[str, Any]) -> None:
        """Let the queues go on. For one that is not paused it changes nothing."""
        for queue in _queues(options):
            was_held = pausing.resume(queue, OPERATOR)
            self.stdout.write(f"{queue.value}: {'goes on.' if was_held else 'was not paused.'}")

    def epoch(self, options: dict[str, Any]) -> None:
        """Show both epochs. Ends with 1 where they differ."""
        found = surveying.epoch()
        self.stdout.write(_status.epoch_line(found))
        if found.is_wrong:
            raise SystemExit(_status.STOPPED)

    def reconcile(self, options: dict[str, Any]) -> None:
        """Show what may have left since the backup; with a decision, carry it out and write the epoch.

        Where both epochs agree there is nothing to do, also the second time. Killed on the way it can be run again.
        """
        doubts = reconciling.doubts()
        if not doubts.has_to_be_decided:
            self.stdout.write(f"Nothing to do: the epoch is {doubts.epoch}, in the database and in MAIL_EPOCH.")
            return
        self._tell(doubts)
        if not (options["as_uncertain"] or options["send"]):
            self.stdout.write(
                "Nothing was changed. Decide:\n"
                "  manage.py mail reconcile --as-uncertain   it may have left: people decide about each at the desk\n"
                "  manage.py mail reconcile --send           you made sure that none of it left"
            )
            raise SystemExit(_status.STOPPED)
        done = reconciling.reconcile(as_uncertain=options["as_uncertain"], posted_before=options["posted_before"])
        if done is None:
            self.stdout.write("Somebody else reconciled meanwhile.")
            return
        self.stdout.write(f"{done.uncertain:,} deliveries are uncertain now. {done.held:,} mailings are paused.")
        for name, number in done.upstairs.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {number:,}")
        self.stdout.write(f"The epoch is {doubts.held}. Mail leaves again.")

    def decide(self, options: dict[str, Any]) -> None:
        """Decide about a whole group. What is sent again may arrive twice. The second time finds nothing."""
        decision = Decision(options["decision"])
        group = Group(STEPS[decision].before, Queue(options["queue"]), options["reason"])
        found = group.deliveries().count()
        if not options["yes"]:
            self.stdout.write(f"{found:,} {group.status.value}. Nothing was changed; add --yes to do it.")
            return
        total = 0
        while moved := decide_all(group, decision, OPERATOR):
            total += moved
        self.stdout.write(f"{total:,} deliveries: {decision.value}.")

    def _tell(self, doubts: reconciling.Doubts) -> None:
        self.stdout.write(_status.epoch_line(surveying.epoch()))
        known = doubts.known_until.strftime("%Y-%m-%d %H:%M:%S UTC") if doubts.known_until else "nothing at all"
        self.stdout.write(f"The last this database knows of any mail: {known}. What follows may have left since then.")
        for queue, number in doubts.waiting.items():
            self.stdout.write(f"  {queue.value}: {number:,} waiting")
        self.stdout.write(f"  in the hands of a worker: {doubts.under_way:,}")


def _queues(options: dict[str, Any]) -> list[Queue]:
    return [queue for queue in Queue if "all" in options["queues"] or queue.value in options["queues"]]


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no moment; write 2026-11-24T02:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
