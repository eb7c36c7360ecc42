"""Ada's own page: what we know of her and what she can do about it."""

import re

import pytest

from campaign.delivery.models import Scope, Suppression, SuppressionReason
from campaign.letters.models import Letter
from campaign.petitions import counting, unsubscribing
from campaign.petitions.models import Petition, Signature
from campaign.supporters.models import Consent, Supporter
from tests import factories
from tests.public.conftest import PAGE, Citizen, words

pytestmark = pytest.mark.django_db


def test_it_shows_all_signatures_with_what_can_be_done(citizen: Citizen, mine: str) -> None:
    factories.sign(factories.make_petition("another", title="Another ask"))
    response = citizen.get(mine)
    page = words(response)
    assert "Ada Lopez, your page" in page
    assert "Another ask not confirmed yet" in page
    assert f'action="{mine}petitions/another/confirm/"' in response.content.decode()
    assert f'href="{mine}petitions/withhold-consent/withdraw/"' in response.content.decode()


def test_looking_changes_nothing(citizen: Citizen, mine: str) -> None:
    addresses = ["", "mail/", "data.json", "erase/", *(PAGE[1:] + end for end in ("", "confirm/", "withdraw/"))]
    for address in addresses:
        assert citizen.get(mine + address).status_code in {200, 303}
        assert citizen.head(mine + address).status_code in {200, 303}
    assert Signature.objects.get().status == "confirmed"
    assert not Suppression.objects.exists()


def test_letters_are_listed_with_their_events(citizen: Citizen, mine: str, petition: Petition) -> None:
    factories.make_letter_template(petition)
    desk = mine + PAGE[1:] + "letter/"
    names = re.findall(r'name="((?:subject|body)-\d+)"', citizen.get(desk).content.decode())
    citizen.post(desk, dict.fromkeys(names, "I ask you to withhold consent to this treaty, please.") | {"do": "send"})
    page = words(citizen.get(mine))
    assert "To Senator Ron Wyden" in page
    assert "Your text is ready for the office's own form." in page


def test_mail_is_stopped_and_comes_again(citizen: Citizen, mine: str) -> None:
    mailbox = Supporter.objects.get().pk
    Consent.objects.create(supporter_id=mailbox, purpose="updates", wording="updates-2026-11")
    assert "You asked for updates." in words(citizen.get(mine))
    answer = citizen.post(mine + "mail/", {"scope": "updates"})
    assert (answer.status_code, answer["Location"]) == (303, mine + "#mail")
    assert unsubscribing.stopped(mailbox) == Scope.UPDATES
    assert "You get no updates." in words(citizen.get(mine))
    citizen.post(mine + "mail/", {"scope": "all"})
    assert unsubscribing.stopped(mailbox) == Scope.ALL
    citizen.post(mine + "mail/", {"scope": "updates"})
    assert unsubscribing.stopped(mailbox) == Scope.UPDATES
    citizen.post(mine + "mail/", {"scope": "none"})
    assert unsubscribing.stopped(mailbox) is None
    assert not Consent.objects.standing().exists(), "a consent comes back only by asking for it"


def test_who_confirms_on_their_page_sees_that_updates_were_asked_for(citizen: Citizen, mine: str) -> None:
    """Somebody else may have ticked the box."""
    other = factories.make_petition("other")
    factories.sign(other)
    assert "Updates by e-mail" not in words(citizen.get(mine))
    factories.sign(other, updates_consent=True)
    for page in (mine, mine + "petitions/other/"):
        assert "Updates by e-mail yes, you asked for them" in words(citizen.get(page)).replace(":", "")


def test_what_is_no_choice_of_mail_is_refused(citizen: Citizen, mine: str) -> None:
    assert citizen.post(mine + "mail/", {"scope": "everything"}).status_code == 422
    assert citizen.post(mine + "mail/").status_code == 422
    assert not Suppression.objects.exists()


def test_a_bounce_is_not_lifted_by_asking_for_mail(citizen: Citizen, mine: str) -> None:
    mailbox = Supporter.objects.get().pk
    Suppression.objects.add(mailbox, Scope.ALL, SuppressionReason.BOUNCED)
    citizen.post(mine + "mail/", {"scope": "none"})
    assert unsubscribing.stopped(mailbox) == Scope.ALL


def test_ada_takes_her_data_with_her(citizen: Citizen, mine: str) -> None:
    answer = citizen.get(mine + "data.json")
    data = answer.json()
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert (data["given_name"], data["email"], data["postal_code"]) == ("Ada", "ada@example.org", "97201")
    assert [each["petition"] for each in data["signatures"]] == ["withhold-consent"]
    assert data["letters"] == []
    assert data["consents"] == []


def test_erasing_says_exactly_what_goes_and_takes_two_steps(citizen: Citizen, mine: str) -> None:
    page = words(citizen.get(mine + "erase/"))
    assert "your signature under “Senators: withhold consent to the Convention”, out of the count too" in page
    assert Supporter.objects.exists()
    answer = citizen.post(mine + "erase/")
    assert (answer.status_code, answer["Location"]) == (303, "/erased/")
    assert "Everything is erased" in words(citizen.get(answer["Location"]))
    assert not Supporter.objects.exists()
    assert not Signature.objects.exists()
    assert not Letter.objects.exists()


def test_after_erasing_every_link_leads_nowhere(citizen: Citizen, mine: str) -> None:
    citizen.post(mine + "erase/")
    for address in (mine, mine + "erase/", mine + PAGE[1:]):
        answer = citizen.get(address)
        assert answer.status_code == 404
        assert "everything about you is erased" in words(answer)
    assert citizen.post(mine + "erase/").status_code == 404


def test_erasing_takes_the_signature_out_of_the_count(citizen: Citizen, mine: str, petition: Petition) -> None:
    counting.count()
    petition.refresh_from_db()
    assert petition.confirmed_total == 1
    citizen.post(mine + "erase/")
    petition.refresh_from_db()
    assert petition.confirmed_total == 0


def test_the_links_of_one_person_show_nothing_of_another(citizen: Citizen, mine: str, petition: Petition) -> None:
    factories.sign_and_confirm(petition, factories.BRUNO)
    assert "Bruno" not in words(citizen.get(mine))
    assert "bruno@example.org" not in citizen.get(mine + "data.json").content.decode()
