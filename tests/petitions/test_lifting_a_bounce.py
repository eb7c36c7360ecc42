"""Mail to Ada came back. When her mailbox works again she lifts that herself, by confirming again."""

import re

import pytest
from django.test import Client

from campaign.delivery import sending
from campaign.delivery.models import Delivery, Scope, Status, Suppression, SuppressionReason
from campaign.petitions import confirming, unsubscribing
from campaign.petitions.models import Petition, Signature
from embedded.smtp_sink import SmtpSink
from embedded.troubles import reject
from tests import factories
from tests.delivery.conftest import arrived, now_due

pytestmark = pytest.mark.django_db


def send() -> None:
    now_due()
    while sending.send_due():
        pass


@pytest.fixture
def ada(petition: Petition, sink: SmtpSink) -> Signature:
    """She has confirmed, and her receipt came back: 5.1.1."""
    signature = factories.sign_and_confirm(petition)
    Delivery.objects.exclude(recipe="signed").delete()
    sink.suffer(reject("ada@example.org"))
    send()
    sink.recover()
    assert Delivery.objects.get().status == Status.REFUSED
    assert unsubscribing.has_bounced(signature.supporter_id)
    return signature


def type_again(petition: Petition) -> None:
    assert Client().post(f"/petitions/{petition.slug}/", dict(factories.ADA)).status_code == 303


def press(sink: SmtpSink) -> str:
    """The button behind the link of the last mail."""
    [link] = set(re.findall(r"http://testserver(/confirm/\w+/)", arrived(sink)[-1].text))
    page = Client().get(link).content.decode()
    assert Suppression.objects.exists(), "looking lifts nothing"
    assert Client().post(link).status_code == 303
    return page


@pytest.mark.parametrize("anew", [True, False])
def test_she_signs_again_presses_the_button_and_mail_flows(ada: Signature, sink: SmtpSink, anew: bool) -> None:
    """Under another petition, or under the one that she has signed already."""
    petition = factories.make_petition("another") if anew else ada.petition
    type_again(petition)
    send()
    [mail] = arrived(sink)
    assert "Ada" not in mail.text
    page = press(sink)
    assert "mail reaches you now" in page
    assert ("Confirm my signature" if anew else "Write to me again") in page
    assert not Suppression.objects.exists()
    if not anew:
        type_again(factories.make_petition("another"))
    send()
    assert len(arrived(sink)) == 2


def test_until_she_presses_it_only_capped_confirmations_come(ada: Signature, sink: SmtpSink) -> None:
    """Receipts stay stopped, and whoever types her address brings her one mail a day at most."""
    for number in range(3):
        type_again(factories.make_petition(f"petition-{number}"))
        type_again(ada.petition)
    confirming.posting.post(
        confirming.posting.Envelope(
            key="again", kind=2, recipe="signed", mailbox=ada.supporter_id, about={"signature": str(ada.pk)}
        )
    )
    send()
    assert len(arrived(sink)) == 1
    assert Delivery.objects.get(key="again").reason == "bounced"
    assert unsubscribing.has_bounced(ada.supporter_id)


@pytest.mark.parametrize(
    "reason", [SuppressionReason.COMPLAINED, SuppressionReason.NOT_ME, SuppressionReason.UNSUBSCRIBED]
)
def test_nothing_but_a_bounce_lets_a_confirmation_through(
    ada: Signature, sink: SmtpSink, reason: SuppressionReason
) -> None:
    Suppression.objects.add(ada.supporter_id, Scope.ALL, reason)
    type_again(ada.petition)
    type_again(factories.make_petition("another"))
    send()
    assert arrived(sink) == []


def test_the_page_behind_every_mail_says_how(ada: Signature) -> None:
    page = Client().get(f"/u/{unsubscribing.word_of(ada.supporter_id)}/").content.decode()
    assert "sign a petition once more, also one that you have signed" in page


def test_a_mailbox_that_still_does_not_work_is_stopped_again(ada: Signature, sink: SmtpSink) -> None:
    type_again(ada.petition)
    send()
    press(sink)
    sink.suffer(reject("ada@example.org"))
    type_again(factories.make_petition("another"))
    send()
    assert unsubscribing.has_bounced(ada.supporter_id)
