"""The cast, and the real servers they meet."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone, translation

from campaign.legislators import furnishing
from campaign.legislators.models import DataImport, Term
from campaign.lib import kept, limits
from campaign.organizers.models import Organizer, Role
from campaign.petitions.models import Petition
from embedded.smtp_sink import SmtpSink
from tests import factories, house


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Every test finds the places and the seats, as every real start does."""
    with django_db_blocker.unblock():
        furnishing.furnish_places()
        furnishing.furnish_seats()
        furnishing.furnish_committees()
        furnishing.furnish_districts()
        _congress_is_of_today()
        house.furnished_imports = frozenset(DataImport.objects.values_list("pk", flat=True))
    yield
    # A thread of a live server may still hold a connection when the last test is over, and the database must go.
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _congress_is_of_today() -> None:
    """The shipped facts grow old, the stories don't: to them the facts were asked for today and nobody's term ended.

    What old data do is told in stories of their own, with a clock or rows of their own.
    """
    today = timezone.now().date()
    DataImport.objects.update(checked_at=timezone.now())
    Term.objects.filter(ends_on__lte=today, appointed=False).update(ends_on=today + timedelta(days=365))


def _empty_all_but_furniture(self: TransactionTestCase) -> None:
    """After a test that commits: everything goes but what was furnished once, whose ten thousand rows are dear."""
    if house.keeps_rows:
        return
    kept = ("django_migrations", "django_content_type", "auth_permission", "legislators_")
    tables = [name for name in connection.introspection.table_names() if not name.startswith(kept)]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE " + ", ".join(f'"{name}"' for name in tables) + " RESTART IDENTITY CASCADE")
        cursor.execute(
            "UPDATE legislators_office SET email = NULL, email_entered_by = '', email_entered_at = NULL,"
            " sandboxed_at = NULL WHERE email IS NOT NULL"
        )
        cursor.execute("UPDATE legislators_term SET closed_on = NULL WHERE closed_on IS NOT NULL")
        cursor.execute(
            f"DELETE FROM {DataImport._meta.db_table} WHERE NOT id = ANY(%s)", [list(house.furnished_imports)]
        )


TransactionTestCase._fixture_teardown = _empty_all_but_furniture  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _fresh_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody starts a story over a limit, in another story's language, or with what is remembered of its rows.

    Every window of a limit begins with the story: a minute that ends meanwhile would allow everything once more.
    """
    since_the_hour = time.time() % 3600
    monkeypatch.setattr(limits, "_now", lambda: time.time() - since_the_hour)
    translation.activate(settings.LANGUAGE_CODE)
    kept.forget_everything()
    limits.counter()._shared.reset()
    limits.counter.cache_clear()


@pytest.fixture
def petition(db: None) -> Petition:
    """An open petition."""
    return factories.make_petition()


@pytest.fixture
def riverkeepers(db: None) -> str:
    """The text of the Riverkeepers' key."""
    return factories.make_partner()[2]


@pytest.fixture
def acme(db: None) -> str:
    """The text of Acme Civic's key."""
    return factories.make_partner("Acme Civic", "acme")[2]


@pytest.fixture
def olive(db: None) -> Organizer:
    """Olive organizes."""
    return factories.make_organizer()


@pytest.fixture
def vera(db: None) -> Organizer:
    """Vera may look at counts."""
    return factories.make_organizer("vera@example.org", Role.VIEWER)


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """A real SMTP server behind EMAIL_URL, which keeps what it gets in INBOX_DIR and can be told to misbehave."""
    server = SmtpSink(Path(settings.INBOX_DIR), port=settings.EMAIL_PORT)
    server.start()
    server.clear()
    yield server
    server.stop()
