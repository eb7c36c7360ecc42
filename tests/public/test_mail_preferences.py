"""The page that every mail leads to: what we send and keep, with nothing in it for a stranger."""

import re
from typing import Any

import pytest

from campaign.delivery import sending
from campaign.delivery.models import Delivery, Scope, Status, Suppression, SuppressionReason
from campaign.inbox.reading import ReceivedMail
from campaign.petitions import confirming, unsubscribing
from campaign.petitions.models import Petition, Signature
from campaign.supporters import erasing
from campaign.supporters.models import AccessToken, Supporter
from embedded.smtp_sink import SmtpSink
from tests import factories
from tests.delivery.conftest import arrived
from tests.public.conftest import Citizen, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(petition: Petition) -> Petition:
    return factories.make_petition("another", title="Senators: ask for a hearing")


@pytest.fixture
def ada(petition: Petition, other: Petition) -> Signature:
    """Ada signed two petitions and asked for updates about both."""
    factories.sign_and_confirm(other, updates_consent=True)
    return factories.sign_and_confirm(petition, updates_consent=True, comment="Because of my shop")


@pytest.fixture
def page(ada: Signature) -> str:
    """The address in an update about the first one."""
    return f"/u/{unsubscribing.word_of(ada.supporter_id, ada.petition_id)}/"


def scopes() -> set[tuple[str, Any]]:
    return set(Suppression.objects.values_list("scope", "mailing_list"))


def test_every_mail_to_a_supporter_leads_to_it(citizen: Citizen, petition: Petition, sink: SmtpSink) -> None:
    factories.sign(petition)
    sending.send_due()
    factories.sign_and_confirm(petition)
    factories.sign(petition)
    sending.send_due()
    mails = arrived(sink)
    assert len(mails) == 3
    for mail in mails:
        [address] = set(re.findall(r"http://testserver(/u/[a-z2-7]{48}/)", mail.text))
        assert address in mail.html
        assert citizen.get(address).status_code == 200


def test_it_says_what_is_kept_and_names_nobody(citizen: Citizen, page: str, ada: Signature) -> None:
    said = words(citizen.get(page))
    assert "2 signatures" in said
    assert "your name, e-mail address, state and ZIP code" in said
    assert "when you asked for updates" in said
    for secret in ("Ada", "Lopez", "ada@", "example.org", "97201", "Oregon", "my shop", "ask for a hearing"):
        assert secret not in citizen.get(page).content.decode(), secret


def test_it_names_only_the_petition_of_its_own_mail(citizen: Citizen, page: str, ada: Signature) -> None:
    assert "Updates about “Senators: withhold consent to the Convention” you get them" in words(citizen.get(page))
    assert "Updates about 1 other petition you get them" in words(citizen.get(page))
    without_list = f"/u/{unsubscribing.word_of(ada.supporter_id)}/"
    assert "withhold consent" not in words(citizen.get(without_list))
    assert "Updates about 2 other petitions" in words(citizen.get(without_list))


def test_one_list_is_stopped_and_comes_again(citizen: Citizen, page: str, ada: Signature) -> None:
    answer = citizen.post(page, {"scope": "list"})
    assert (answer.status_code, answer["Location"]) == (303, page)
    assert scopes() == {(Scope.LIST, ada.petition_id)}
    assert "You get no more updates about “Senators: withhold" in words(citizen.get(page))
    assert "Updates about 1 other petition you get them" in words(citizen.get(page))
    citizen.post(page, {"scope": "again"})
    assert not Suppression.objects.exists()


def test_people_choose_and_can_take_it_back(citizen: Citizen, page: str, ada: Signature) -> None:
    for scope, stopped, sentence in (
        ("updates", Scope.UPDATES, "You get no updates."),
        ("all", Scope.ALL, "You get no mail from us at all."),
        ("none", None, "You get no updates."),
    ):
        assert citizen.post(page, {"scope": scope}).status_code == 303
        assert unsubscribing.stopped(ada.supporter_id) == stopped
        assert sentence in words(citizen.get(page))


def test_no_button_promises_updates_that_do_not_come_again(citizen: Citizen, page: str, ada: Signature) -> None:
    """The consent was taken back: only asking for them anew brings updates, whatever is lifted here."""
    for scope in ("updates", "none"):
        citizen.post(page, {"scope": scope})
        said = words(citizen.get(page))
        assert "You get no updates. We still write about what you do yourself" in said
        assert "Updates about “Senators: withhold consent to the Convention” stopped" in said
        assert "tick the box the next time you sign" in said
        assert "Write to me again" not in said
        assert "Stop all updates" not in said
        assert "you did not ask for them" not in said
    citizen.post(page, {"scope": "all"})
    assert "Write to me again" in words(citizen.get(page))


def test_stopping_a_list_never_lifts_what_goes_further(citizen: Citizen, page: str, ada: Signature) -> None:
    for scope in ("all", "list", "again"):
        citizen.post(page, {"scope": scope})
    assert unsubscribing.stopped(ada.supporter_id) == Scope.ALL


def test_a_word_without_a_list_can_stop_none(citizen: Citizen, ada: Signature) -> None:
    page = f"/u/{unsubscribing.word_of(ada.supporter_id)}/"
    assert citizen.post(page, {"scope": "list"}).status_code == 422
    assert citizen.post(page, {"scope": "again"}).status_code == 422


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (SuppressionReason.BOUNCED, "Mail to you came back"),
        (SuppressionReason.COMPLAINED, "it was not wanted"),
        (SuppressionReason.NOT_ME, "not you who signed"),
    ],
)
def test_what_the_owner_cannot_lift_here_says_why(
    citizen: Citizen, page: str, ada: Signature, reason: SuppressionReason, sentence: str
) -> None:
    Suppression.objects.add(ada.supporter_id, Scope.ALL, reason)
    said = words(citizen.get(page))
    assert sentence in said
    assert "Write to me again" not in said
    citizen.post(page, {"scope": "none"})
    assert Suppression.objects.get().reason == reason


def test_the_unconfirmed_and_the_erased_are_answered_calmly(citizen: Citizen, petition: Petition) -> None:
    signature = factories.sign(petition)
    page = f"/u/{unsubscribing.word_of(signature.supporter_id, petition.pk)}/"
    said = words(citizen.get(page))
    assert "1 signature, 0 of them confirmed; what nobody confirms is erased after seven days" in said
    erasing.erase(signature.supporter_id)
    said = words(citizen.get(page))
    assert "nothing that names you" in said
    assert "your name" not in said.replace("neither your name", "")
    for choice in ("list", "all", "none"):
        assert citizen.post(page, {"scope": choice}).status_code == 303


# --- the link to the owner's own page --------------------------------------------------------------------------------


def mails(sink: SmtpSink) -> list[ReceivedMail]:
    Delivery.objects.exclude(recipe="my_page").delete()
    sending.send_due()
    return arrived(sink)


def test_the_owner_gets_the_link_to_their_own_page(citizen: Citizen, page: str, sink: SmtpSink) -> None:
    answer = citizen.post(page, {"link": "mail"})
    assert (answer.status_code, answer["Location"]) == (303, page + "?asked=link#own-page")
    assert "on its way" in words(citizen.get(page + "?asked=link"))
    [mail] = mails(sink)
    assert mail.to == "ada@example.org"
    assert "Ada" not in mail.text
    [mine] = set(re.findall(r"http://testserver(/my/\w+/)", mail.text))
    assert "Ada Lopez, your page" in words(citizen.get(mine))


def test_asking_often_brings_one_mail_a_day(citizen: Citizen, page: str, sink: SmtpSink) -> None:
    for _ in range(5):
        citizen.post(page, {"link": "mail"})
    assert len(mails(sink)) == 1
    assert Delivery.objects.count() == 1


def test_nobody_can_tell_whether_a_mailbox_is_known(citizen: Citizen, petition: Petition, sink: SmtpSink) -> None:
    """Confirmed, not confirmed, erased: the same answer, and mail for the first only."""
    ada, unconfirmed = factories.sign_and_confirm(petition), factories.sign(petition, factories.signer(1))
    bruno = factories.sign_and_confirm(petition, factories.BRUNO)
    erasing.erase(bruno.supporter_id)
    answers = []
    for signature in (ada, unconfirmed, bruno):
        word = unsubscribing.word_of(signature.supporter_id)
        answer = citizen.post(f"/u/{word}/", {"link": "mail"})
        told = citizen.get(answer["Location"]).content.decode()
        notice = re.search(r'role="status">.*?</div>', told, re.DOTALL)
        answers.append((answer.status_code, answer["Location"].replace(word, ""), answer.content, notice and notice[0]))
    assert len(set(answers)) == 1
    assert [mail.to for mail in mails(sink)] == ["ada@example.org"]
    fates = sorted(Delivery.objects.values_list("status", flat=True))
    assert fates == [Status.ACCEPTED, Status.SUPPRESSED, Status.SUPPRESSED]


def test_who_stopped_all_mail_gets_no_link_either(citizen: Citizen, page: str, ada: Signature, sink: SmtpSink) -> None:
    citizen.post(page, {"scope": "all"})
    assert "all mail to you is stopped" in words(citizen.get(page))
    assert citizen.post(page, {"link": "mail"}).status_code == 303
    assert mails(sink) == []


def test_looking_posts_nothing_and_mints_nothing(citizen: Citizen, page: str) -> None:
    Delivery.objects.all().delete()
    AccessToken.objects.all().delete()
    citizen.get(page + "?asked=link")
    citizen.get(page + "?link=mail&scope=all")
    assert not Delivery.objects.exists()
    assert not AccessToken.objects.exists()
    assert not Suppression.objects.exists()


def test_the_page_costs_few_queries(citizen: Citizen, page: str, statements: list[str]) -> None:
    citizen.get(page)
    statements.clear()
    citizen.get(page)
    assert len(statements) <= 13


# --- the supporter's own page ----------------------------------------------------------------------------------------


def test_on_their_own_page_people_stop_lists_by_name(citizen: Citizen, ada: Signature, other: Petition) -> None:
    mine = citizen.link(ada, "my_page")  # type: ignore[arg-type]
    assert "Updates about “Senators: ask for a hearing”: you get them" in words(citizen.get(mine))
    answer = citizen.post(mine + "mail/", {"scope": "list", "list": "another"})
    assert (answer.status_code, answer["Location"]) == (303, mine + "#mail")
    assert scopes() == {(Scope.LIST, other.pk)}
    assert "Updates about “Senators: ask for a hearing”: stopped" in words(citizen.get(mine))
    citizen.post(mine + "mail/", {"scope": "again", "list": "another"})
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("slug", ["", "nothing", "third", "\x00"])
def test_nobody_stops_a_list_of_a_petition_they_did_not_sign(citizen: Citizen, ada: Signature, slug: str) -> None:
    factories.make_petition("third")
    mine = citizen.link(ada, "my_page")  # type: ignore[arg-type]
    assert citizen.post(mine + "mail/", {"scope": "list", "list": slug}).status_code in {400, 422}
    assert not Suppression.objects.exists()


def test_who_ticks_the_box_again_gets_these_updates_and_no_others(ada: Signature, other: Petition) -> None:
    unsubscribing.choose(ada.supporter_id, "updates")
    third = factories.make_petition("third")
    confirming.confirm(factories.sign(third, updates_consent=True).pk)
    state = unsubscribing.state_of(Supporter.objects.get().pk)
    assert {each.petition.slug: each.is_stopped for each in state.lists} == {
        "withhold-consent": True,
        "another": True,
        "third": False,
    }


def test_what_the_page_counts_stands_in_her_own_data(citizen: Citizen, ada: Signature, other: Petition) -> None:
    unsubscribing.choose(ada.supporter_id, "list", other.pk)
    data = citizen.get(citizen.link(ada, "my_page") + "data.json").json()  # type: ignore[arg-type]
    assert len(data["mails"]) == Delivery.objects.count() > 0
    [stop] = data["stopped_mail"]
    assert (stop["scope"], stop["petition"], stop["reason"]) == ("list", "another", "unsubscribed")
