"""How many: read from tallies and partial indexes, never by counting signatures that stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from campaign.delivery.models import TO_LOOK_AT, Delivery, Status
from campaign.letters.models import LetterDispatch, Said
from campaign.petitions import exporting
from campaign.petitions.models import Petition, Signature, Tally

MOST_SOURCES = 50
LONGEST_DAILY = 92
SHORTEST = 14


@dataclass(frozen=True)
class Glance:
    """A petition at a glance."""

    petition: Petition
    title: str
    today: int
    pending: int
    held: int
    carried: int


@dataclass(frozen=True)
class Period:
    """A day, or the week that begins on it, and how many were confirmed in it."""

    begins: date
    confirmed: int


@dataclass(frozen=True)
class Series:
    """What came in over time, without gaps."""

    periods: tuple[Period, ...]
    is_weekly: bool


@dataclass(frozen=True)
class Share:
    """How many of a petition's signatures came from a state or through a source."""

    key: str
    confirmed: int


def today() -> date:
    """The day as tallies know it."""
    return timezone.now().date()


def glances() -> list[Glance]:
    """All petitions: the open ones first, then drafts, then closed ones; newest first in each."""
    petitions = list(Petition.objects.with_texts().order_by("-created_at"))
    petitions.sort(key=lambda petition: ("open", "draft", "closed").index(petition.status))
    tallies = Tally.objects.filter(day=today()).values("petition").annotate(n=Sum("confirmed"))
    confirmed_today = dict(tallies.values_list("petition", "n"))
    pending = _by_petition(Signature.objects.filter(exporting.STATUSES["pending"]))
    held = _by_petition(Signature.objects.filter(exporting.STATUSES["quarantined"]))
    carried = _letters_carried()
    return [
        Glance(
            petition=petition,
            title=petition.text_in().title,
            today=confirmed_today.get(petition.pk, 0),
            pending=pending.get(petition.pk, 0),
            held=held.get(petition.pk, 0),
            carried=carried.get(petition.pk, 0),
        )
        for petition in petitions
    ]


def _by_petition(signatures: QuerySet[Signature]) -> Mapping[UUID, int]:
    return dict(signatures.order_by().values("petition").annotate(n=Count("pk")).values_list("petition", "n"))


def _letters_carried() -> Mapping[UUID, int]:
    """Letters that a mail server took, or whose writer said that they sent it with the office's form."""
    went = Q(delivery__status=Status.ACCEPTED) | Q(said=Said.SENT)
    dispatches = LetterDispatch.objects.filter(went).order_by().values("letter__petition")
    return dict(dispatches.annotate(n=Count("letter", distinct=True)).values_list("letter__petition", "n"))


def troubled_deliveries() -> Mapping[str, int]:
    """How many deliveries somebody has to look at, by their status."""
    found = Delivery.objects.filter(status__in=TO_LOOK_AT).values("status").annotate(n=Count("pk"))
    return dict.fromkeys(TO_LOOK_AT, 0) | dict(found.values_list("status", "n"))


def by_day(petition: Petition) -> Series:
    """From the first day that has any to today, or to the day it closed; by weeks beyond a quarter of a year."""
    rows = petition.tallies.order_by("day").values_list("day").annotate(n=Sum("confirmed"))
    found = {day: max(0, count) for day, count in rows.values_list("day", "n")}
    last = max([petition.closed_at.date() if petition.closed_at else today(), *found])
    first = min([last - timedelta(days=SHORTEST - 1), *found])
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    daily = [Period(day, found.get(day, 0)) for day in days]
    if len(daily) <= LONGEST_DAILY:
        return Series(tuple(daily), is_weekly=False)
    weeks: dict[date, int] = {}
    for period in daily:
        monday = period.begins - timedelta(days=period.begins.weekday())
        weeks[monday] = weeks.get(monday, 0) + period.confirmed
    return Series(tuple(Period(monday, count) for monday, count in weeks.items()), is_weekly=True)


def by_state(petition: Petition) -> list[Share]:
    """States with any, the most first."""
    return _shares(petition, "state")


def by_source(petition: Petition) -> list[Share]:
    """The sources that brought the most; an empty one is no source at all."""
    return _shares(petition, "source")[:MOST_SOURCES]


def _shares(petition: Petition, field: str) -> list[Share]:
    rows = petition.tallies.values(field).annotate(n=Sum("confirmed")).filter(n__gt=0).order_by("-n", field)
    return [Share(key, count) for key, count in rows.values_list(field, "n")]
