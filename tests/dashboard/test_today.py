"""Today at a glance: how many, and what waits for a decision."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.delivery.models import Delivery, Kind, Series, Status
from campaign.legislators.models import DataImport, Subject
from campaign.letters import writing
from campaign.letters.models import Said
from campaign.letters.writing import Manuscript
from campaign.mailings import approving
from campaign.organizers.models import Organizer
from campaign.petitions import counting
from tests import factories
from tests.dashboard import mailings
from tests.dashboard.conftest import Story, at_desk

TODAY = "/dashboard/"


def numbers(page: str) -> list[str]:
    """The cells of the first petition's row, without its links."""
    row = page.split("<tbody")[1].split("</tr>")[0]
    return [" ".join(cell.split("</td>")[0].split(">", 1)[1].split()) for cell in row.split("<td ")[1:]]


def text_of(cell: str) -> str:
    return cell.split(">", 1)[1].split("<")[0] if cell.startswith("<a") else cell.split(" ")[0]


def make_delivery(status: Status, reason: str = "") -> Delivery:
    return Delivery.objects.create(
        key=f"test:{uuid.uuid4()}",
        kind=Kind.RECEIPT,
        recipe="signed",
        mailbox=uuid.uuid4(),
        status=status,
        reason=reason,
    )


def test_olive_sees_each_petition_s_numbers(desk: Client, story: Story):
    page = desk.get(TODAY).content.decode()
    assert [text_of(cell) for cell in numbers(page)] == ["1", "1,000", "1", "1", "1", "0"]
    assert "1 signature is held" in page
    assert f"/dashboard/petitions/{story.petition.slug}/signatures/?status=quarantined" in page


def test_vera_sees_the_same_numbers_and_no_way_to_the_people(viewing: Client, story: Story):
    page = viewing.get(TODAY).content.decode()
    assert [text_of(cell) for cell in numbers(page)] == ["1", "1,000", "1", "1", "1", "0"]
    assert "1 signature is held" in page
    assert "/signatures/" not in page
    assert "New petition" not in page


def test_a_letter_counts_when_it_was_taken_or_its_writer_says_so(desk: Client, story: Story):
    seats = writing.seats_of(story.ada.supporter)
    body = "Dear Senator, please withhold consent to the Convention. Thank you."
    dispatches = [writing.send(story.ada.pk, Manuscript(seat, "Please", body)) for seat in seats]
    assert text_of(numbers(desk.get(TODAY).content.decode())[-1]) == "0"
    for dispatch in dispatches:
        writing.say(dispatch, Said.SENT)
    assert text_of(numbers(desk.get(TODAY).content.decode())[-1]) == "2"


def test_deliveries_that_need_a_look_are_counted_and_listed_without_addresses(desk: Client, story: Story):
    uncertain = make_delivery(Status.UNCERTAIN, "connection lost")
    dead = make_delivery(Status.DEAD, "recipe failed")
    fine = make_delivery(Status.ACCEPTED)
    page = desk.get(TODAY).content.decode()
    assert "1 delivery may have arrived or not" in page
    assert "1 delivery was given up" in page
    everything = desk.get(reverse("dashboard:deliveries")).content.decode()
    assert str(uncertain.pk) in everything
    assert str(dead.pk) in everything
    assert str(fine.pk) not in everything
    assert "connection lost" in everything
    assert str(dead.mailbox) not in everything
    only = desk.get(reverse("dashboard:deliveries") + "?status=dead").content.decode()
    assert str(uncertain.pk) not in only
    assert str(fine.pk) not in desk.get(reverse("dashboard:deliveries") + "?status=accepted").content.decode()


def test_without_a_petition_there_is_nothing_to_decide_but_the_second_factor(desk: Client):
    page = desk.get(TODAY).content.decode()
    assert "There is no petition yet" in page
    assert "no second factor yet" in page
    assert "Senators and their offices as of" in page


def test_a_glance_takes_as_many_queries_for_ten_petitions_as_for_one(
    desk: Client, story: Story, django_assert_num_queries
):
    for number in range(9):
        petition = factories.make_petition(f"another-{number}")
        factories.sign_and_confirm(petition)
    counting.count()
    with django_assert_num_queries(13):
        desk.get(TODAY)


def make_import(what: Subject = Subject.LEGISLATORS, **fields: Any) -> DataImport:
    now = timezone.now()
    defaults = {"as_of": now.date(), "finished_at": now, "source": "a test", "sha256": ""}
    return DataImport.objects.create(what=what, **(defaults | fields))


def decisions(desk: Client) -> str:
    return desk.get(TODAY).content.decode().split('<ul class="todo">')[1].split("</ul>")[0]


@pytest.fixture
def in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    """In January even young data would be of before the third."""
    moment = datetime(2026, 11, 23, 12, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_young_data_need_no_decision(desk: Client, story: Story):
    assert "/dashboard/data/" not in decisions(desk)


@pytest.mark.parametrize(
    ("days", "sentence", "is_loud"),
    [(14, "", False), (15, "From 45 days on letters wait", False), (45, "From", False), (46, "Letters wait.", True)],
)
def test_aging_data_are_told_and_stale_ones_loudly(
    desk: Client, story: Story, in_november: None, days: int, sentence: str, is_loud: bool
):
    DataImport.objects.filter(what=Subject.LEGISLATORS).delete()
    make_import(as_of=timezone.now().date() - timedelta(days=days))
    page = decisions(desk)
    assert ('href="/dashboard/data/"' in page) is bool(sentence)
    assert sentence in page
    assert ('class="loud"' in page) is is_loud


def test_data_of_before_the_third_of_january_are_told_loudly(olive: Organizer, story: Story, monkeypatch):
    DataImport.objects.filter(what=Subject.LEGISLATORS).delete()
    make_import(as_of=date(2027, 1, 2))
    monkeypatch.setattr(timezone, "now", lambda: datetime(2027, 1, 4, 12, tzinfo=UTC))
    assert "Letters wait." in decisions(at_desk(olive))


def test_without_any_data_letters_wait(desk: Client, story: Story):
    DataImport.objects.all().delete()
    assert "Nobody told us yet who sits in Congress" in decisions(desk)


def test_what_was_refused_since_the_last_good_one_needs_a_decision(desk: Client, story: Story):
    make_import(Subject.COMMITTEES, refused_because="It lists 3 members; fewer than 15 is not believed.")
    assert "An import was refused: Committees" in decisions(desk)
    make_import(Subject.COMMITTEES)
    assert "refused" not in decisions(desk)


def test_a_source_that_took_its_mistake_back_needs_no_decision(desk: Client, story: Story):
    good = make_import(Subject.COMMITTEES)
    make_import(Subject.COMMITTEES, refused_because="It lists nobody.")
    DataImport.objects.filter(pk=good.pk).update(checked_at=timezone.now())
    assert "refused" not in decisions(desk)


def test_sources_that_contradict_each_other_need_a_decision(desk: Client, story: Story):
    make_import(Subject.SENATE_LIST, difference={"contradictions": ["OR: the Senate lists somebody else"]})
    assert "Sources contradict each other: The Senate" in decisions(desk)
    make_import(Subject.SENATE_LIST, difference={"contradictions": []})
    assert "contradict" not in decisions(desk)


def test_the_desk_speaks_the_language_of_the_browser(desk: Client, story: Story):
    answer = desk.get(TODAY, headers={"accept-language": "es"})
    assert '<html lang="es">' in answer.content.decode()
    assert answer["Content-Language"] == "es"
    assert '<html lang="en">' in desk.get(TODAY).content.decode()


def test_logging_in_says_when_failed_tries_can_t_be_counted(olive: Organizer, client: Client, settings, unused_port):
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": f"redis://127.0.0.1:{unused_port}/0"},
    }
    answer = client.post("/accounts/login/", {"login": "olive@example.org", "password": factories.PASSWORD})
    assert answer.status_code == 503
    assert answer["Retry-After"]


@pytest.fixture
def unused_port() -> int:
    """Nobody listens there."""
    from embedded.ports import free_port

    return free_port()


def test_mailings_that_wait_for_somebody_are_named(desk: Client, story: Story, olive: Organizer, olga: Organizer):
    mailings.reader(story.petition, factories.signer(9))
    asked = mailings.make_mailing(story.petition, olive)
    assert "A mailing" not in desk.get(TODAY).content.decode()
    approving.ask(asked.pk, olive)
    held = mailings.make_running(story.petition, olive, olga)
    mailings.make_running(story.petition, olive, olga, b=mailings.B)
    page = desk.get(TODAY).content.decode()
    assert "A mailing waits for approval: What the committee said" in page
    assert "A mailing waits for the choice between A and B" in page
    assert "stopped by itself" not in page
    Series.objects.hold(held.pk, "complaints")
    assert "A mailing stopped by itself" in desk.get(TODAY).content.decode()
