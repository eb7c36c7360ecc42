"""Olive's and Vera's desks, and a petition that some people signed."""

import threading
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import connection
from django.test import Client

from campaign.letters.models import LetterTemplate
from campaign.organizers.models import Organizer
from campaign.petitions import asking, counting, deciding
from campaign.petitions.models import Export, Petition, Signature
from campaign.treaties import staging
from campaign.treaties.models import Stage, StageChange, Treaty
from tests import factories


def at_desk(organizer: Organizer) -> Client:
    """A browser in which somebody is logged in. How they log in is told in test_logging_in.py."""
    client = Client()
    client.force_login(organizer)
    return client


def post_in_threads(*tries: tuple[Client, str, dict[str, str]]) -> list[int]:
    """All at the same moment; what they were answered."""
    statuses, start = [], threading.Barrier(len(tries))

    def go(client: Client, address: str, body: dict[str, str]) -> None:
        start.wait()
        statuses.append(client.post(address, body).status_code)
        connection.close()

    threads = [threading.Thread(target=go, args=each) for each in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


@pytest.fixture
def olga(db: None) -> Organizer:
    """Olga organizes, too."""
    return factories.make_organizer("olga@example.org")


@pytest.fixture
def desk(olive: Organizer) -> Client:
    """Olive's browser."""
    return at_desk(olive)


@pytest.fixture
def viewing(vera: Organizer) -> Client:
    """Vera's browser."""
    return at_desk(vera)


@dataclass(frozen=True)
class Story:
    """A petition with three signatures: Ada's stands, Bruno's is held, and Mallory's waits for a button."""

    petition: Petition
    ada: Signature
    bruno: Signature
    mallory: Signature
    template: LetterTemplate
    signed: StageChange


@pytest.fixture
def treaty(db: None) -> Treaty:
    """A treaty of which nothing is known yet."""
    return factories.make_treaty(short_title="The Convention")


@pytest.fixture
def signed(treaty: Treaty) -> StageChange:
    """The day it was signed, as it shipped with the house."""
    return staging.enter(treaty, staging.Change(Stage.SIGNED, date(2026, 3, 4), "https://example.org/signed"), None)


@pytest.fixture
def story(petition: Petition, olive: Organizer, signed: StageChange) -> Story:
    """What Olive finds in the morning."""
    ada = factories.sign_and_confirm(petition, comment="Please, for my children.", source="newsletter")
    bruno = factories.sign_and_confirm(petition, factories.BRUNO)
    mallory = factories.sign(petition, factories.signer(1, given_name="Mallory"))
    deciding.hold(bruno.pk, by=olive)
    counting.count()
    petition.refresh_from_db()
    return Story(petition, ada, bruno, mallory, factories.make_letter_template(petition), signed)


@pytest.fixture
def export(story: Story, olive: Organizer, django_capture_on_commit_callbacks) -> Export:
    """A file that Olive asked for, before any worker has seen it."""
    return asking.ask_for_export(story.petition, {"status": "confirmed"}, olive)
