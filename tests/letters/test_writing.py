"""Ada's letters: to the seats that speak for her, as she wrote them, once, and truthfully told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaign.delivery import sending
from campaign.delivery.models import Delivery, Status
from campaign.legislators.models import Office, Seat, Term
from campaign.letters import writing
from campaign.letters.models import Letter, LetterDispatch, Said, digest_of
from campaign.letters.writing import Manuscript, MayNotWrite
from campaign.lib.refusals import Refused
from campaign.petitions import confirming, forgetting
from campaign.petitions.models import Petition, Signature
from campaign.supporters import erasing
from tests.delivery.conftest import arrived, now_due
from tests.factories import ADA, BRUNO, mailbox, make_letter_template, make_petition, sign, sign_and_confirm

WORDS = "I fix computers in Portland, and this Convention would make my work a crime somewhere else."


@pytest.fixture
def ada(petition):
    """Ada's confirmed signature."""
    return sign_and_confirm(petition)


def seats(signature) -> tuple[Seat, ...]:
    return writing.seats_of(signature.supporter)


def give_address(seat: Seat, email: str = "senator@sandbox.example") -> None:
    seat.holder.office.enter_email(email, "olive@example.org")


def send(signature, seat: Seat, body: str = WORDS, subject: str = "Please withhold consent") -> LetterDispatch:
    return writing.send(signature.pk, Manuscript(seat, subject, body))


def test_adas_letters_go_to_the_two_seats_of_oregon(ada):
    assert [(seat.state, seat.holder.family_name) for seat in seats(ada)] == [("OR", "Merkley"), ("OR", "Wyden")]


def test_bruno_of_dc_has_nobody_to_write_to(petition):
    assert seats(sign_and_confirm(petition, BRUNO)) == ()


def test_a_draft_is_filled_for_each_senator(ada, petition):
    template = make_letter_template(petition)
    drafts = [writing.draft(template, seat, ada.supporter) for seat in seats(ada)]
    assert [draft.subject.split(", ")[1] for draft in drafts] == ["Senator Merkley", "Senator Wyden"]
    assert "I live in Oregon" in drafts[0].body
    assert drafts[0].body.endswith("Ada Lopez, 97201")


def test_without_an_address_the_letter_is_handed_to_her_and_only_she_says_that_it_is_sent(ada):
    dispatch = send(ada, seats(ada)[0])
    assert (dispatch.channel, dispatch.has_gone) == ("handoff", False)
    assert not Delivery.objects.filter(recipe="letter").exists()
    assert writing.say(dispatch, Said.NOT_NOW)
    assert writing.say(dispatch, Said.SENT)
    assert not writing.say(dispatch, Said.BROKEN)
    dispatch.refresh_from_db()
    assert dispatch.has_gone
    assert [str(event.sentence) for event in dispatch.events][-1] == "You said that you sent it with the office's form."


def test_with_an_address_it_leaves_from_us_with_ada_to_answer(ada, sink):
    seat = seats(ada)[0]
    give_address(seat)
    dispatch = send(ada, seats(ada)[0])
    Delivery.objects.exclude(recipe="letter").delete()
    sending.send_due()
    mail = arrived(sink)[0]
    assert mail.to == "senator@sandbox.example"
    assert "Ada Lopez via Twothirds" in mail.headers["From"]
    assert "letters@twothirds.example" in mail.headers["From"]
    assert mail.headers["Reply-To"] == "Ada Lopez <ada@example.org>"
    assert WORDS in " ".join(mail.text.split())
    assert not any(name.lower().startswith("list-") for name in mail.headers)
    dispatch = LetterDispatch.objects.get()
    assert str(dispatch.events[-1].sentence) == "The mail server took it for the office's address."


def test_the_exact_text_its_hash_and_what_she_agreed_to_are_kept(ada):
    send(ada, seats(ada)[0])
    letter = Letter.objects.get()
    assert (letter.body, letter.sha256) == (WORDS, digest_of("Please withhold consent", WORDS))
    assert letter.wording == "letters-2026-11"


def test_a_second_text_replaces_the_first_until_it_has_gone(ada):
    seat = seats(ada)[0]
    dispatch = send(ada, seat)
    send(ada, seat, body=WORDS + " And more.")
    assert Letter.objects.get().body.endswith("And more.")
    writing.say(dispatch, Said.SENT)
    send(ada, seat, body=WORDS + " Too late.")
    assert Letter.objects.get().body.endswith("And more.")
    assert LetterDispatch.objects.count() == 1


def test_sending_twice_by_mail_sends_once(ada, sink):
    give_address(seats(ada)[0])
    first, second = send(ada, seats(ada)[0]), send(ada, seats(ada)[0], body=WORDS + " Changed.")
    assert first.pk == second.pk
    sending.send_due()
    assert [mail.to for mail in arrived(sink)].count("senator@sandbox.example") == 1


@pytest.mark.parametrize("gone", ["unconfirmed", "withdrawn", "closed"])
def test_without_a_signature_that_stands_nobody_writes(petition, gone):
    signature = sign(petition) if gone == "unconfirmed" else sign_and_confirm(petition)
    if gone == "withdrawn":
        confirming.withdraw(signature.pk)
    if gone == "closed":
        petition.closed_at = timezone.now()
        petition.save()
    with pytest.raises(MayNotWrite):
        send(signature, seats(signature)[0])
    assert not Letter.objects.exists()


def test_a_letter_whose_signature_was_withdrawn_meanwhile_does_not_leave(ada, sink):
    give_address(seats(ada)[0])
    send(ada, seats(ada)[0])
    confirming.withdraw(ada.pk)
    sending.send_due()
    delivery = Delivery.objects.get(recipe="letter")
    assert (delivery.status, delivery.reason) == (Status.SUPPRESSED, "signature does not stand")


def test_a_letter_of_a_held_signature_waits_for_an_organizer(ada, sink):
    give_address(seats(ada)[0])
    send(ada, seats(ada)[0])
    Signature.objects.update(quarantined_at=timezone.now())
    sending.send_due()
    assert Delivery.objects.get(recipe="letter").status == Status.DEFERRED
    Signature.objects.update(quarantined_at=None)
    now_due()
    sending.send_due()
    assert Delivery.objects.get(recipe="letter").status == Status.ACCEPTED


def test_the_letter_reaches_whoever_holds_the_seat_when_it_leaves(ada, sink):
    seat = seats(ada)[0]
    give_address(seat, "old@sandbox.example")
    send(ada, seats(ada)[0])
    Office.objects.filter(legislator=seat.holder).update(email="new@sandbox.example")
    sending.send_due()
    assert "new@sandbox.example" in [mail.to for mail in arrived(sink)]


def test_to_a_vacant_seat_nobody_writes_and_a_letter_under_way_waits(ada, sink):
    seat = seats(ada)[0]
    give_address(seat)
    send(ada, seats(ada)[0])
    Term.objects.filter(seat=seat).update(closed_on=timezone.now().date())
    sending.send_due()
    assert Delivery.objects.get(recipe="letter").status == Status.DEFERRED
    with pytest.raises(MayNotWrite):
        send(ada, Seat.objects.with_holders().get(pk=seat.pk))


def test_when_ada_is_erased_the_text_goes_and_the_proof_stays(ada, sink):
    give_address(seats(ada)[0])
    send(ada, seats(ada)[0])
    erasing.erase(mailbox(ADA))
    letter = Letter.objects.get()
    assert (letter.supporter, letter.subject, letter.body) == (None, None, None)
    assert len(letter.sha256) == 64
    sending.send_due()
    assert Delivery.objects.get(recipe="letter").reason == "erased"


@pytest.mark.parametrize(
    ("subject", "body", "code"),
    [("", WORDS, "required"), ("S", "Too short.", "too_short"), ("S", WORDS + " {{state}}", "unfilled"),
     ("S", WORDS + "\u202e", "hidden_characters"), ("S" * 161, WORDS, "too_long"), ("S", "x" * 10_001, "too_long")],
)  # fmt: skip
def test_a_letter_that_cannot_be_sent_says_why(ada, subject, body, code):
    with pytest.raises(Refused) as refused:
        writing.check(seats(ada)[0], subject, body)
    assert code in {refusal.code for refusal in refused.value.refusals}


def test_ninety_days_after_the_petition_closed_the_letters_are_forgotten_too(ada, petition):
    send(ada, seats(ada)[0])
    sign_and_confirm(make_petition("another"))
    Petition.objects.filter(pk=petition.pk).update(closed_at=timezone.now() - timedelta(days=91))
    forgetting.forget()
    letter = Letter.objects.get()
    assert (letter.supporter, letter.body) == (None, None)
    assert letter.sha256
