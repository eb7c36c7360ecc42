"""An organizer sends the mailing to themselves first."""

import pytest

from campaign.delivery import sending
from campaign.delivery.models import Delivery, Kind
from campaign.lib.refusals import Refused
from campaign.mailings import drafting, testing
from campaign.mailings.drafting import Draft, Whom, Words
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer
from campaign.supporters.models import AccessToken
from tests.delivery.conftest import arrived

A = Words("News, {{given_name}}", "Dear {{given_name}}, go to {{my_page}}.")


def mails_in(sink) -> list:
    return [each for each in arrived(sink) if each.subject.startswith("[Test]")]


def test_a_test_goes_to_the_organizers_own_address_with_an_invented_person(drafted, olive: Organizer, sink):
    delivery = testing.send_test(drafted(A).pk, "A", olive)
    assert delivery.kind == Kind.RECEIPT
    sending.send_due()
    (mail,) = mails_in(sink)
    assert (mail.to, mail.subject) == ("olive@example.org", "[Test] News, Ada")
    assert "Dear Ada, go to http://testserver/my/…/." in mail.text
    assert not AccessToken.objects.exists()


def test_a_test_shows_the_version_as_it_stands_when_it_leaves(drafted, olive: Organizer, sink):
    mailing = drafted(A, Words("B", "B"), sample_percent=10)
    testing.send_test(mailing.pk, "B", olive)
    drafting.edit(mailing.pk, Draft("News", Whom(sample_percent=10), A, Words("New B", "B")), olive)
    sending.send_due()
    assert [each.subject for each in mails_in(sink)] == ["[Test] New B"]


def test_each_call_is_another_mail_and_twenty_a_day_are_enough(drafted, olive: Organizer, omar: Organizer):
    mailing = drafted()
    for _ in range(20):
        testing.send_test(mailing.pk, "A", olive)
    with pytest.raises(Refused) as raised:
        testing.send_test(mailing.pk, "A", olive)
    assert raised.value.refusals[0].code == "too_many_tests"
    assert Delivery.objects.filter(recipe="mailing_test").count() == 20
    testing.send_test(mailing.pk, "A", omar)


def test_what_can_not_be_rendered_is_not_sent(drafted, olive: Organizer, sink):
    broken = drafted(Words("News", "{{oops}}"))
    with pytest.raises(Refused):
        testing.send_test(broken.pk, "A", olive)
    with pytest.raises(Refused):
        testing.send_test(broken.pk, "B", olive)
    fine = drafted(A)
    testing.send_test(fine.pk, "A", olive)
    fine.versions.update(body="{{oops}}")
    sending.send_due()
    assert mails_in(sink) == []
    testing.send_test(drafted(A).pk, "A", olive)
    Mailing.objects.all().delete()
    sending.send_due()
    assert mails_in(sink) == []
