"""A letter goes to nobody of whom we are not sure, and its sender is told why it waits."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from campaign.dashboard import knowledge
from campaign.delivery import sending
from campaign.delivery.models import Delivery, Status
from campaign.legislators import aging, furnishing
from campaign.legislators.models import DataImport, Legislator, Office, Seat, Subject, Term
from campaign.letters import holding, writing
from campaign.letters.models import Hold, Letter, LetterDispatch
from tests.delivery.conftest import arrived, now_due
from tests.factories import sign_and_confirm
from tests.letters.test_writing import WORDS, give_address, seats, send

NAMING = "Dear Senator Merkley, " + WORDS


@pytest.fixture
def ada(petition):
    """Ada's confirmed signature; its own mail is out of the way."""
    signature = sign_and_confirm(petition)
    Delivery.objects.all().delete()
    return signature


def good_as_of(day: date) -> None:
    DataImport.objects.filter(what=Subject.LEGISLATORS).update(as_of=day, checked_at=None)


def renewed() -> None:
    good_as_of(timezone.now().date())
    now_due()


def succeed_merkley() -> Legislator:
    """Somebody else was sworn in, and our list knows."""
    seat = Seat.objects.senate().get(state="OR", senate_class=2)
    Term.objects.open().filter(seat=seat).update(closed_on=timezone.now().date())
    newcomer = Legislator.objects.create(
        bioguide_id="N000001", given_name="New", family_name="Comer", official_name="New Comer", party="Independent"
    )
    Office.objects.create(legislator=newcomer, email="newcomer@sandbox.example", email_entered_by="olive@example.org",
                          email_entered_at=timezone.now())  # fmt: skip
    today = timezone.now().date()
    Term.objects.create(seat=seat, legislator=newcomer, starts_on=today, ends_on=today + timedelta(days=2000))
    return newcomer


def letter_to_merkley(ada, body: str = NAMING) -> LetterDispatch:
    return send(ada, seats(ada)[0], body=body)


def hold_of(seat: Seat) -> Hold | None:
    return holding.hold_of_seat(seat, aging.age_of(Subject.LEGISLATORS))


def fate() -> tuple[str, str]:
    return Delivery.objects.values_list("status", "reason").get(recipe="letter")


@pytest.mark.parametrize(("days", "is_held"), [(0, False), (45, False), (46, True), (400, True)])
def test_after_forty_five_days_without_news_letters_wait(ada, sink, days, is_held):
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC), tick=True):
        good_as_of(date(2026, 11, 23) - timedelta(days=days))
        give_address(seats(ada)[0])
        letter_to_merkley(ada)
        sending.send_due()
        assert fate()[0] == (Status.DEFERRED if is_held else Status.ACCEPTED)
        assert bool(arrived(sink)) is not is_held


def test_a_held_letter_leaves_by_itself_when_the_list_is_new(ada, sink):
    good_as_of(timezone.now().date() - timedelta(days=60))
    give_address(seats(ada)[0])
    dispatch = letter_to_merkley(ada)
    for _ in range(3):
        now_due()
        sending.send_due()
    assert arrived(sink) == []
    dispatch.refresh_from_db()
    assert [str(event.sentence) for event in dispatch.events][1:] == [Hold.DATA_STALE.label]
    renewed()
    sending.send_due()
    assert [mail.to for mail in arrived(sink)] == ["senator@sandbox.example"]


def test_on_4_january_no_answer_of_the_source_makes_the_june_list_good_again(ada):
    DataImport.objects.filter(what=Subject.LEGISLATORS).update(
        as_of=date(2026, 6, 15), checked_at=datetime(2027, 1, 4, 6, tzinfo=UTC)
    )
    (moody,) = [seat for seat in Seat.objects.senate().of_state("FL") if seat.current_term.appointed]
    with time_machine.travel(datetime(2027, 1, 4, 8, tzinfo=UTC), tick=True):
        assert hold_of(moody) == Hold.DATA_STALE
        assert knowledge.warnings().legislators.is_stale


def test_across_a_third_of_january_letters_wait_though_the_list_is_of_yesterday(ada, sink):
    good_as_of(date(2027, 1, 2))
    give_address(seats(ada)[1])
    send(ada, seats(ada)[1])
    with time_machine.travel(datetime(2027, 1, 3, 8, tzinfo=UTC), tick=True):
        sending.send_due()
    assert arrived(sink) == []
    assert fate() == (Status.DEFERRED, "data_stale")


def test_on_4_january_with_the_june_list_nothing_goes_to_people_who_may_have_left(ada, sink):
    DataImport.objects.filter(what=Subject.LEGISLATORS).delete()
    Term.objects.filter(seat__chamber="senate").update(ends_on=date(2027, 1, 3))
    furnishing.furnish_seats()
    give_address(seats(ada)[0])
    give_address(seats(ada)[1], "wyden@sandbox.example")
    letter_to_merkley(ada)
    send(ada, seats(ada)[1])
    with time_machine.travel(datetime(2027, 1, 4, 15, tzinfo=UTC), tick=True):
        sending.send_due()
        assert arrived(sink) == []
        reasons = set(Delivery.objects.filter(recipe="letter").values_list("status", "reason"))
        assert reasons == {(Status.DEFERRED, "term_ended"), (Status.DEFERRED, "data_stale")}
        class_two, class_three = seats(ada)
        assert (class_two.holder, class_two.is_vacant) == (None, False)
        with pytest.raises(writing.MayNotWrite):
            send(ada, class_two)
        assert hold_of(class_three) == Hold.DATA_STALE


def test_the_demos_sandbox_offices_take_letters_whatever_the_list_but_not_after_a_term(ada, sink):
    good_as_of(timezone.now().date() - timedelta(days=200))
    Office.objects.give_sandbox_addresses("sandbox.example")
    letter_to_merkley(ada)
    sending.send_due()
    assert len(arrived(sink)) == 1
    Term.objects.open().filter(seat__state="OR").update(ends_on=timezone.now().date())
    assert [hold_of(seat) for seat in seats(ada)] == [Hold.TERM_ENDED, Hold.TERM_ENDED]


def test_what_names_the_one_who_left_is_not_sent_to_the_successor_and_ada_is_asked(ada, sink):
    give_address(seats(ada)[0])
    letter_to_merkley(ada)
    succeed_merkley()
    sending.send_due()
    assert fate() == (Status.DEFERRED, "succeeded")
    sending.send_due()
    (mail,) = arrived(sink)
    assert mail.to == "ada@example.org"
    assert "names Jeff Merkley, who no longer holds the seat. We have not sent it." in " ".join(mail.text.split())


def test_rewritten_to_the_successor_it_goes_once(ada, sink):
    give_address(seats(ada)[0])
    letter_to_merkley(ada)
    succeed_merkley()
    sending.send_due()
    again = letter_to_merkley(ada, "Dear Senator Comer, " + WORDS)
    assert again.legislator.family_name == "Comer"
    sending.send_due()
    sending.send_due()
    assert [mail.to for mail in arrived(sink)] == ["newcomer@sandbox.example"]
    assert "Dear Senator Comer" in arrived(sink)[0].text
    assert Letter.objects.count() == LetterDispatch.objects.count() == 1


def test_what_names_nobody_goes_to_whoever_holds_the_seat_and_the_receipt_says_to_whom(ada, sink):
    give_address(seats(ada)[0])
    letter_to_merkley(ada, WORDS)
    newcomer = succeed_merkley()
    sending.send_due()
    assert [mail.to for mail in arrived(sink)] == ["newcomer@sandbox.example"]
    assert LetterDispatch.objects.get().legislator == newcomer


def test_of_a_successor_without_an_address_ada_is_told_that_the_form_is_left(ada, sink):
    give_address(seats(ada)[0])
    letter_to_merkley(ada, WORDS)
    succeed_merkley().office.forget_email()
    sending.send_due()
    sending.send_due()
    assert fate() == (Status.SUPPRESSED, "no office address")
    (mail,) = arrived(sink)
    assert (mail.to, "Now it can go." in mail.text) == ("ada@example.org", True)
    by_hand = Letter.objects.get().dispatches.latest("created_at")
    assert (by_hand.channel, by_hand.legislator.family_name) == ("handoff", "Comer")


def test_a_reminder_that_overtakes_the_worker_with_the_letter_comes_again(ada, sink):
    give_address(seats(ada)[0])
    letter_to_merkley(ada)
    succeed_merkley()
    sending.send_due()
    Delivery.objects.filter(recipe="letter").update(status=Status.CLAIMED)
    sending.send_due()
    assert arrived(sink) == []
    Delivery.objects.filter(recipe="letter").update(status=Status.DEFERRED)
    Delivery.objects.filter(recipe="letter_waits_for_you").update(next_at=timezone.now())
    sending.send_due()
    assert [mail.to for mail in arrived(sink)] == ["ada@example.org"]


def test_while_a_worker_has_the_letter_its_text_stays(ada, sink):
    good_as_of(timezone.now().date() - timedelta(days=60))
    give_address(seats(ada)[0])
    letter_to_merkley(ada)
    sending.send_due()
    Delivery.objects.filter(recipe="letter").update(status=Status.CLAIMED)
    letter_to_merkley(ada, "Dear Senator Merkley, too late. " + WORDS)
    assert Letter.objects.get().body == NAMING


def test_a_worker_that_takes_the_letter_at_this_very_moment_has_it(ada, sink, monkeypatch):
    good_as_of(timezone.now().date() - timedelta(days=60))
    give_address(seats(ada)[0])
    letter_to_merkley(ada)
    sending.send_due()
    asked = Letter.has_gone.fget

    def asked_and_taken(letter):
        has_gone = asked(letter)
        Delivery.objects.filter(recipe="letter").update(status=Status.CLAIMED)
        return has_gone

    monkeypatch.setattr(Letter, "has_gone", property(asked_and_taken))
    letter_to_merkley(ada, "Dear Senator Merkley, too late. " + WORDS)
    assert Letter.objects.get().body == NAMING


def test_rewritten_for_the_form_of_the_successor_it_never_leaves_by_mail_as_well(ada, sink):
    give_address(seats(ada)[0])
    letter_to_merkley(ada)
    newcomer = succeed_merkley()
    newcomer.office.forget_email()
    sending.send_due()
    again = letter_to_merkley(ada, "Dear Senator Comer, " + WORDS)
    assert again.channel == "handoff"
    assert fate() == (Status.SUPPRESSED, "goes another way")
    newcomer.office.enter_email("newcomer@sandbox.example", by="olive@example.org")
    now_due()
    sending.send_due()
    assert arrived(sink) == []
    assert not Letter.objects.get().has_gone
