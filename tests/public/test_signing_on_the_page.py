"""Ada signs with the form under the petition."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from campaign.delivery.models import Delivery
from campaign.lib import kept
from campaign.petitions import screening, signing
from campaign.petitions.models import Petition, Signature
from campaign.supporters.models import Supporter
from tests import factories
from tests.public.conftest import PAGE, Citizen, value_of, words

pytestmark = pytest.mark.django_db


def test_the_front_page_lists_open_petitions_and_no_others(citizen: Citizen, petition: Petition) -> None:
    factories.make_petition("a-draft", is_open=False, title="Not yet")
    closed = factories.make_petition("long-ago", title="Long ago")
    Petition.objects.filter(pk=closed.pk).update(closed_at=timezone.now())
    page = words(citizen.get("/"))
    assert "withhold consent to the Convention" in page
    assert "Not yet" not in page
    assert "Long ago" not in page


def test_the_page_shows_the_ask_the_count_and_the_form(citizen: Citizen, petition: Petition) -> None:
    Petition.objects.filter(pk=petition.pk).update(confirmed_total=340)
    response = citizen.get(PAGE)
    page = words(response)
    assert "To: The United States Senate" in page
    assert "340 people have signed. The goal is 1,000." in page
    assert '<a href="https://example.org/text" rel="noopener noreferrer">' in response.content.decode()
    for name in ("given_name", "family_name", "email", "state", "postal_code", "comment", "updates_consent"):
        assert f'name="{name}"' in response.content.decode()


def test_of_the_hundred_seats_as_many_are_filled_as_the_goal_is_reached(citizen: Citizen, petition: Petition) -> None:
    Petition.objects.filter(pk=petition.pk).update(confirmed_total=420)
    drawn = re.findall(r'class="on" d="([^"]*)"', citizen.get(PAGE).content.decode())
    assert [path.count("M") for path in drawn] == [34, 42], "the logo, then the progress"


def test_nothing_is_ticked_in_advance(citizen: Citizen, petition: Petition) -> None:
    assert " checked" not in citizen.get(PAGE).content.decode()


def test_ada_signs_and_is_told_what_to_look_for(citizen: Citizen, petition: Petition) -> None:
    answer = citizen.sign(comment="For my children.", updates_consent="yes")
    assert (answer.status_code, answer["Location"]) == (303, PAGE + "check-your-mail/")
    signature = Signature.objects.select_related("supporter").get()
    assert (signature.supporter.name, signature.state, signature.comment) == ("Ada Lopez", "OR", "For my children.")
    assert signature.updates_wording
    assert signature.confirmed_at is None
    page = words(citizen.get(answer["Location"]))
    assert "petitions@twothirds.example" in page
    assert "Confirm your signature: “Senators: withhold consent to the Convention”" in page


def test_without_a_tick_there_is_no_consent(citizen: Citizen, petition: Petition) -> None:
    citizen.sign(updates_consent="no")
    assert Signature.objects.get().updates_wording == ""


def test_new_known_and_confirmed_mailboxes_get_the_same_answer(citizen: Citizen, petition: Petition) -> None:
    new = citizen.sign()
    known = citizen.sign()
    signing_again = factories.sign_and_confirm(petition)
    confirmed = citizen.sign()
    answers = [(each.status_code, each.content, each["Location"]) for each in (new, known, confirmed)]
    assert len(set(answers)) == 1
    assert Signature.objects.count() == 1
    assert signing_again.confirmed_at


def test_source_and_referrer_travel_from_the_link_into_the_row(citizen: Citizen, petition: Petition) -> None:
    page = citizen.get(PAGE + "?source=share-copy&referrer=https://riverkeepers.example/rivers")
    assert value_of(page, "source") == "share-copy"
    citizen.sign(source=value_of(page, "source"), referrer=value_of(page, "referrer"))
    signature = Signature.objects.get()
    assert (signature.source, signature.referrer) == ("share-copy", "https://riverkeepers.example/rivers")


def test_a_link_with_nonsense_in_it_turns_nobody_away(citizen: Citizen, petition: Petition) -> None:
    page = citizen.get(PAGE, {"source": '"><script>alert(1)</script>', "referrer": "two words"})
    assert "<script>alert" not in page.content.decode()
    assert citizen.sign(source="\u202e", referrer="a b").status_code == 303
    assert (Signature.objects.get().source, Signature.objects.get().referrer) == ("", "")


def test_one_visitors_link_is_not_on_the_next_visitors_page(citizen: Citizen, petition: Petition) -> None:
    citizen.get(PAGE + "?source=newsletter")
    assert value_of(citizen.get(PAGE), "source") == ""


def test_fields_that_the_page_does_not_offer_are_ignored(citizen: Citizen, petition: Petition) -> None:
    assert citizen.sign(csrfmiddlewaretoken="x", confirmed_at="2026-01-01", partner="1").status_code == 303
    assert Signature.objects.get().confirmed_at is None


def test_a_sign_up_costs_one_statement(citizen: Citizen, petition: Petition, statements: list[str]) -> None:
    citizen.get(PAGE)
    citizen.sign()
    statements.clear()
    citizen.sign(email="bea@example.org")
    assert statements == [signing.STATEMENT]


def test_a_page_that_was_just_shown_costs_no_query(citizen: Citizen, petition: Petition, statements: list[str]) -> None:
    citizen.get(PAGE)
    citizen.get("/")
    statements.clear()
    for _ in range(3):
        citizen.get(PAGE + "?source=again")
        citizen.get("/")
    citizen.get("/petitions/there-is-none/")
    assert len(statements) == 1, "that there is none is remembered as well"
    citizen.get("/petitions/there-is-none/")
    assert len(statements) == 1


def test_bruno_signs_from_the_district(citizen: Citizen, petition: Petition) -> None:
    assert citizen.sign(factories.BRUNO).status_code == 303
    assert Signature.objects.get().state == "DC"


def test_chiyo_is_asked_where_she_votes_and_signs(citizen: Citizen, petition: Petition) -> None:
    asked = citizen.sign(factories.CHIYO)
    assert asked.status_code == 422
    assert "Please choose the state where you vote" in words(asked)
    assert citizen.sign(factories.CHIYO, state="WA").status_code == 303


def test_a_draft_is_shown_to_nobody_and_taken_from_nobody(citizen: Citizen) -> None:
    factories.make_petition("a-draft", is_open=False)
    assert citizen.get("/petitions/a-draft/").status_code == 404
    assert citizen.sign(page="/petitions/a-draft/").status_code == 404


def test_a_closed_petition_says_so_and_takes_no_more_names(citizen: Citizen, petition: Petition) -> None:
    Petition.objects.filter(pk=petition.pk).update(closed_at=timezone.now(), confirmed_total=12)
    page = citizen.get(PAGE)
    assert page.status_code == 200
    assert "This petition is closed" in words(page)
    assert "12 people have signed" in words(page)
    assert b"<form" not in page.content
    answer = citizen.sign()
    assert answer.status_code == 409
    assert "nothing was stored" in words(answer)
    assert not Supporter.objects.exists()


def test_a_petition_that_was_closed_a_second_ago_is_closed(citizen: Citizen, petition: Petition) -> None:
    citizen.get(PAGE)
    Petition.objects.filter(pk=petition.pk).update(closed_at=timezone.now())
    kept.forget_everything()  # what a second does
    assert citizen.sign().status_code == 409


def test_a_flood_from_one_network_is_held_and_looks_the_same(
    citizen: Citizen, petition: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "SIGN_UPS_OF_A_NETWORK", 2)
    answers = {citizen.sign(factories.signer(n)).status_code for n in range(4)}
    assert answers == {303}
    assert Signature.objects.filter(quarantined_at__isnull=False).count() == 2


def test_signing_in_spanish_is_remembered_for_the_mail(citizen: Citizen, petition: Petition) -> None:
    answer = citizen.sign(page="/es" + PAGE)
    assert answer["Location"] == "/es" + PAGE + "check-your-mail/"
    assert Signature.objects.get().language == "es"


def test_a_known_mailbox_gets_one_mail_a_day(citizen: Citizen, petition: Petition) -> None:
    for _ in range(3):
        citizen.sign()
    assert Delivery.objects.count() == 1


def test_reverse_names_are_those_that_mails_use(petition: Petition) -> None:
    assert reverse("public:petition", args=["x"]) == "/petitions/x/"
    for name, root in (("confirm", "confirm"), ("not_me", "not-me"), ("my_page", "my"), ("unsubscribe", "unsubscribe")):
        assert reverse(f"public:{name}", args=["t0k3n"]) == f"/{root}/t0k3n/"
