"""Ada writes to her senators, sees what they will get, sends it, and reads what became of it."""

import re

import pytest
from django.utils import timezone

from campaign.delivery.models import Delivery, Status
from campaign.legislators.models import Office, Seat, Term
from campaign.letters.models import Letter, LetterDispatch, LetterTemplate, Said
from campaign.petitions.models import Petition
from campaign.supporters.models import AccessPurpose
from tests import factories
from tests.public.conftest import PAGE, Citizen, value_of, words
from tests.public.letters import BODY, the_seats, typed

pytestmark = pytest.mark.django_db


def give_addresses(*, sandbox: bool) -> None:
    now = timezone.now()
    for office in Office.objects.filter(legislator__terms__in=Term.objects.open().filter(seat__in=the_seats())):
        office.enter_email(f"office{office.pk}@senate.example", "olive@example.org")
    if sandbox:
        Office.objects.exclude(email=None).update(sandboxed_at=now)


def test_each_seat_has_a_draft_with_its_holders_name(citizen: Citizen, desk: str, seats: list[Seat]) -> None:
    response = citizen.get(desk)
    page = response.content.decode()
    assert value_of(response, f"subject-{seats[0].pk}") == "Please withhold consent, Senator Merkley"
    assert "Dear Senator Wyden,\n\nI live in Oregon" in page
    assert "Ada Lopez, 97201" in page
    assert "Send these letters to the offices of my senators in my name" in words(response)


def test_another_tone_begins_another_text(citizen: Citizen, desk: str, petition: Petition) -> None:
    short = factories.make_letter_template(petition, "Short")
    LetterTemplate.objects.filter(pk=short.pk).update(body="In one sentence, {{salutation}}: please do not consent.")
    assert f'href="?tone={short.pk}"' in citizen.get(desk).content.decode()
    assert "In one sentence, Senator Wyden" in words(citizen.get(f"{desk}?tone={short.pk}"))
    assert "I live in Oregon" in words(citizen.get(f"{desk}?tone=999999"))


def test_a_preview_shows_each_seat_what_it_gets_and_sends_nothing(
    citizen: Citizen, desk: str, seats: list[Seat]
) -> None:
    give_addresses(sandbox=False)
    answer = citizen.post(desk, typed(seats, do="preview"))
    page = words(answer)
    assert answer.status_code == 200
    assert page.count("How it will arrive") == 2
    assert "From Ada Lopez via Twothirds <letters@twothirds.example> Answers to Ada Lopez <ada@example.org>" in page
    assert "nothing was sent yet" in page
    assert not Letter.objects.exists()


def test_return_in_a_field_previews_rather_than_sends(citizen: Citizen, desk: str) -> None:
    buttons = re.findall(r'<button[^>]*name="do" value="(\w+)"', citizen.get(desk).content.decode())
    assert buttons == ["preview", "send"], "a browser presses the first one"


def test_what_has_to_be_mended_stands_beside_its_field_and_nothing_is_lost(
    citizen: Citizen, desk: str, seats: list[Seat]
) -> None:
    merkley, wyden = seats
    broken = {f"body-{merkley.pk}": "Too short.", f"subject-{wyden.pk}": "", f"body-{wyden.pk}": BODY + " {{gap}}"}
    answer = citizen.post(desk, typed(seats) | broken | {"do": "send"})
    page = answer.content.decode()
    assert answer.status_code == 422
    for name in (f"body-{merkley.pk}", f"subject-{wyden.pk}", f"body-{wyden.pk}"):
        assert f'id="{name}-error"' in page
        assert f'href="#{name}"' in page
    assert "Too short." in page
    assert BODY + " {{gap}}" in page
    assert not Letter.objects.exists()


def test_sending_leads_to_the_receipts(citizen: Citizen, desk: str, seats: list[Seat]) -> None:
    give_addresses(sandbox=False)
    answer = citizen.post(desk, typed(seats, do="send"))
    assert (answer.status_code, answer["Location"]) == (303, desk.replace("/letter/", "/letters/"))
    assert {letter.body for letter in Letter.objects.all()} == {BODY}
    page = words(citizen.get(answer["Location"]))
    assert "To Senator Jeff Merkley" in page
    assert "It waits to leave for the office's address." in page
    delivery = Delivery.objects.filter(recipe="letter").first()
    assert delivery is not None
    delivery.move(Status.ACCEPTED)
    assert "The mail server took it for the office's address." in words(citizen.get(answer["Location"]))


def test_a_letter_that_has_gone_is_shown_and_not_sent_again(citizen: Citizen, desk: str, seats: list[Seat]) -> None:
    give_addresses(sandbox=False)
    citizen.post(desk, typed(seats, do="send"))
    page = citizen.get(desk).content.decode()
    assert "<textarea" not in page
    assert BODY.split(";")[0] in page
    answer = citizen.post(desk, typed(seats, body=BODY + " Changed.", do="send"))
    assert answer.status_code == 303
    assert {letter.body for letter in Letter.objects.all()} == {BODY}
    assert Delivery.objects.filter(recipe="letter").count() == 2


def test_a_letter_can_be_left_out(citizen: Citizen, desk: str, seats: list[Seat]) -> None:
    answer = citizen.post(desk, typed(seats, do="send", **{f"leave-out-{seats[0].pk}": "yes"}))
    assert answer.status_code == 303
    assert [letter.seat for letter in Letter.objects.all()] == [seats[1]]


def test_leaving_out_every_letter_sends_nothing_and_says_so(citizen: Citizen, desk: str, seats: list[Seat]) -> None:
    answer = citizen.post(desk, typed(seats, do="send", **{f"leave-out-{seat.pk}": "yes" for seat in seats}))
    assert answer.status_code == 422
    assert "You left out every letter" in words(answer)


def test_in_the_demo_every_page_says_that_no_office_gets_it(citizen: Citizen, desk: str, seats: list[Seat]) -> None:
    give_addresses(sandbox=True)
    assert words(citizen.get(desk)).count("Demo: this goes to a sandbox address") == 2
    answer = citizen.post(desk, typed(seats, do="send"))
    page = words(citizen.get(answer["Location"]))
    assert page.count("Demo: a sandbox address, no Senate office") == 2
    assert "no Senate office gets it" in page


def test_a_vacant_seat_gets_no_letter_and_no_empty_form(citizen: Citizen, desk: str, seats: list[Seat]) -> None:
    Term.objects.open().filter(seat=seats[0]).update(closed_on="2026-08-01")
    page = citizen.get(desk)
    assert "Nobody can receive a letter there" in words(page)
    assert f"body-{seats[0].pk}" not in page.content.decode()
    assert citizen.post(desk, typed(seats, do="send")).status_code == 303
    assert Letter.objects.get().seat == seats[1]


def test_by_hand_ada_copies_opens_the_form_and_says_how_it_went(citizen: Citizen, desk: str, seats: list[Seat]) -> None:
    receipts = citizen.post(desk, typed(seats, do="send"))["Location"]
    page = citizen.get(receipts).content.decode()
    assert page.count(f'readonly rows="10" data-copy-text>\n{BODY.split(";")[0]}') == 2
    assert page.count('target="_blank" rel="noopener noreferrer"') == 2
    letter = Letter.objects.get(seat=seats[0])
    address = f"{receipts}{letter.pk}/"
    for said, sentence in ((Said.NOT_NOW, "You put it off."), (Said.BROKEN, "the office's form did not work")):
        answer = citizen.post(address, {"said": said})
        assert (answer.status_code, answer["Location"]) == (303, f"{receipts}#letter-{letter.pk}")
        assert sentence in words(citizen.get(receipts))
    citizen.post(address, {"said": "sent"})
    citizen.post(address, {"said": "broken"})
    assert LetterDispatch.objects.get(letter=letter).said == Said.SENT
    assert "You said that you sent it" in words(citizen.get(receipts))


def test_what_is_no_answer_is_refused(citizen: Citizen, desk: str, seats: list[Seat]) -> None:
    receipts = citizen.post(desk, typed(seats, do="send"))["Location"]
    letter = Letter.objects.get(seat=seats[0])
    assert citizen.post(f"{receipts}{letter.pk}/", {"said": "delivered"}).status_code == 422
    assert citizen.get(f"{receipts}{letter.pk}/").status_code == 303
    assert LetterDispatch.objects.get(letter=letter).said == ""


def test_nobody_speaks_about_anothers_letter(
    citizen: Citizen, desk: str, petition: Petition, seats: list[Seat]
) -> None:
    receipts = citizen.post(desk, typed(seats, do="send"))["Location"]
    letter = Letter.objects.get(seat=seats[0])
    mallory = citizen.link(
        factories.sign_and_confirm(petition, email="mallory@example.org"), AccessPurpose.MY_PAGE
    ) + PAGE.lstrip("/")
    assert citizen.post(f"{mallory}letters/{letter.pk}/", {"said": "sent"}).status_code == 404
    assert "You have not written yet" in words(citizen.get(f"{mallory}letters/"))
    assert citizen.get(receipts).status_code == 200


def test_until_it_has_gone_the_letter_can_be_written_anew(citizen: Citizen, desk: str, seats: list[Seat]) -> None:
    citizen.post(desk, typed(seats, do="send"))
    assert BODY.split(";")[0] in citizen.get(desk).content.decode()
    citizen.post(desk, typed(seats, body=BODY + " And please answer me.", do="send"))
    assert {letter.body for letter in Letter.objects.all()} == {BODY + " And please answer me."}


@pytest.mark.parametrize("fate", ["withdrawn_at", "closed"])
def test_without_a_signature_that_stands_there_is_nothing_to_write(
    citizen: Citizen, desk: str, petition: Petition, seats: list[Seat], fate: str
) -> None:
    if fate == "closed":
        Petition.objects.update(closed_at=timezone.now())
    else:
        petition.signatures.update(withdrawn_at=timezone.now())
    for answer in (citizen.get(desk), citizen.post(desk, typed(seats, do="send"))):
        assert (answer.status_code, answer["Location"]) == (303, desk.removesuffix("letter/"))
    assert not Letter.objects.exists()


def test_bruno_has_nobody_to_write_to(citizen: Citizen, petition: Petition, template: LetterTemplate) -> None:
    link = citizen.link(factories.sign_and_confirm(petition, factories.BRUNO), AccessPurpose.MY_PAGE)
    answer = citizen.get(link + PAGE.lstrip("/") + "letter/")
    assert "there is nobody to write to" in words(answer)
    assert b"<textarea" not in answer.content


def test_without_a_template_ada_writes_in_her_own_words(citizen: Citizen, mine: str, seats: list[Seat]) -> None:
    desk = mine + PAGE.lstrip("/") + "letter/"
    assert "Your letter" in words(citizen.get(desk))
    assert citizen.post(desk, typed(seats, do="send")).status_code == 303
    assert Letter.objects.count() == 2


def test_marks_in_a_letter_are_text_and_nothing_else(citizen: Citizen, desk: str, seats: list[Seat]) -> None:
    evil = "</textarea><script>alert(1)</script> {% now %} " + BODY
    for do in ("preview", "send"):
        answer = citizen.post(desk, typed(seats, body=evil, do=do))
        page = answer if do == "preview" else citizen.get(answer["Location"])
        assert "<script>alert" not in page.content.decode()
        assert "&lt;script&gt;alert(1)" in page.content.decode()


def test_a_letter_that_an_office_refused_shows_the_way_by_hand(citizen: Citizen, desk: str, seats: list[Seat]) -> None:
    give_addresses(sandbox=False)
    receipts = citizen.post(desk, typed(seats, do="send"))["Location"]
    assert "Send it with the office's own form" not in words(citizen.get(receipts))
    Delivery.objects.filter(recipe="letter").update(status=Status.REFUSED)
    assert words(citizen.get(receipts)).count("Send it with the office's own form") == 2


def test_the_pages_of_two_letters_cost_few_queries(
    citizen: Citizen, mine: str, desk: str, seats: list[Seat], statements: list[str]
) -> None:
    receipts = citizen.post(desk, typed(seats, do="send"))["Location"]
    for address, most in ((receipts, 8), (mine, 10), (desk, 10)):
        citizen.get(address)
        statements.clear()
        citizen.get(address)
        assert len(statements) <= most, address
