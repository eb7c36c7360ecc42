"""Two versions are compared by the letters that follow, and looking early costs nothing."""

import math
import random
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaign.delivery.models import Delivery, Kind, Scope, Series, Status
from campaign.mailings import approving, comparing, finishing, starting
from campaign.mailings.drafting import Words
from campaign.mailings.models import Mailing, Stage
from campaign.mailings.progress import arms_of, evidence_of
from campaign.organizers.models import Organizer
from campaign.petitions import unsubscribing
from campaign.petitions.models import Petition, Signature
from tests import factories
from tests.mailings.test_audience import write_letter

A, B = Words("A", "Words of A"), Words("B", "Words of B")


@pytest.fixture
def compared(petition: Petition, subscribed: Any, queued: Any) -> Mailing:
    """Of forty people about twenty are in the sample, and all of those have their mail."""
    for number in range(40):
        subscribed(factories.signer(number))
    mailing = queued(A, B, sample_percent=25)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    Delivery.objects.filter(series=mailing.pk).update(
        status=Status.ACCEPTED, handed_off_at=an_hour_ago, finished_at=an_hour_ago
    )
    return mailing


def recipients(mailing: Mailing, version: str) -> list[Signature]:
    mailboxes = Delivery.objects.filter(series=mailing.pk, about__version=version).values_list("mailbox", flat=True)
    return list(Signature.objects.filter(petition=mailing.petition, supporter__in=list(mailboxes)))


def reload(mailing: Mailing) -> Mailing:
    return Mailing.objects.select_related("series").get(pk=mailing.pk)


def rest_versions(mailing: Mailing) -> set[str]:
    return set(
        Delivery.objects.filter(series=mailing.pk, status=Status.QUEUED).values_list("about__version", flat=True)
    )


def test_the_evidence_is_the_likelihood_of_all_shares_against_one_half():
    assert comparing.evidence(0, 0) == pytest.approx(1)
    assert comparing.evidence(1, 0) == pytest.approx(1)
    assert comparing.evidence(3, 1) == pytest.approx(2**4 * math.factorial(3) * math.factorial(1) / math.factorial(5))
    assert comparing.evidence(5, 2) == comparing.evidence(2, 5)
    assert comparing.evidence(10_000, 0) > comparing.ENOUGH


def test_looking_after_every_letter_finds_a_winner_among_equals_in_at_most_5_percent_of_2000_tests():
    luck = random.Random(20261124)
    wrong = 0
    for _ in range(2000):
        wrote = [0, 0]
        evidence = 1.0
        for seen in range(400):
            arm = luck.random() < 0.5
            wrote[arm] += 1
            evidence *= 2 * wrote[arm] / (seen + 2)  # the same as comparing.evidence, a step at a time
            if evidence >= comparing.ENOUGH:
                wrong += 1
                assert comparing.winner(*wrote)
                break
        assert comparing.evidence(*wrote) == pytest.approx(evidence)
    assert 0 < wrong <= 100


def test_a_version_that_is_twice_as_good_is_found_most_of_the_time():
    luck = random.Random(1)
    found = 0
    for _ in range(200):
        wrote = [0, 0]
        for _ in range(200):
            wrote[luck.random() < 2 / 3] += 1
            if winner := comparing.winner(*wrote):
                found += winner == "B"
                break
    assert found >= 180


def test_until_enough_is_known_it_waits_for_the_choice(compared):
    for signature in recipients(compared, "A")[:3]:
        write_letter(signature)
    comparing.compare()
    mailing = reload(compared)
    assert mailing.status == Stage.DECIDING
    assert [arm.wrote for arm in arms_of(mailing)] == [3, 0]
    assert evidence_of(mailing) == pytest.approx(2.0)
    assert starting.queue_some() is False
    assert finishing.finish() == 0


def test_the_job_chooses_the_version_that_brought_the_letters_and_the_rest_gets_it(petition, subscribed, queued):
    for number in range(60):
        subscribed(factories.signer(number))
    mailing = queued(A, B, sample_percent=30)
    Delivery.objects.filter(series=mailing.pk).update(
        status=Status.ACCEPTED, handed_off_at=timezone.now() - timedelta(hours=1)
    )
    writers = recipients(mailing, "B")[:9]
    assert comparing.evidence(0, len(writers)) >= comparing.ENOUGH
    for signature in writers:
        write_letter(signature)
    comparing.compare()
    comparing.compare()
    mailing = reload(mailing)
    assert (mailing.chosen, mailing.chosen_by, mailing.status) == ("B", None, Stage.RUNNING)
    starting.queue_some()
    assert rest_versions(mailing) == {"B"}
    assert Delivery.objects.filter(kind=Kind.MAILING).count() == 60


def test_an_organizer_may_choose_once_the_sample_is_out(compared, olive: Organizer, omar: Organizer):
    assert not comparing.choose(compared.pk, "C", olive)
    assert comparing.choose(compared.pk, "A", olive)
    assert not comparing.choose(compared.pk, "B", omar)
    mailing = reload(compared)
    assert (mailing.chosen, mailing.chosen_by) == ("A", olive)
    starting.queue_some()
    assert rest_versions(mailing) == {"A"}
    assert Delivery.objects.filter(series=mailing.pk).values("mailbox").distinct().count() == 40


def test_before_the_sample_is_out_and_where_nothing_is_compared_nobody_chooses(
    three, started, olive: Organizer, queued
):
    mailing = started(A, B, sample_percent=10)
    assert not comparing.choose(mailing.pk, "A", olive)
    assert not comparing.choose(queued(A).pk, "A", olive)


def test_a_cancelled_test_chooses_nothing(compared, olive: Organizer):
    approving.cancel(compared.pk, olive)
    assert not comparing.choose(compared.pk, "A", olive)


def test_letters_from_before_the_mail_and_second_letters_do_not_count(compared):
    early, late = recipients(compared, "A")[:2]
    write_letter(early, written_at=timezone.now() - timedelta(hours=2))
    write_letter(late)
    comparing.compare()
    assert [arm.wrote for arm in arms_of(reload(compared))] == [1, 0]


def test_stops_complaints_and_bounces_stand_beside_the_letters(compared):
    first, second, third = recipients(compared, "B")[:3]
    unsubscribing.unsubscribe(first.supporter_id, Scope.LIST, compared.petition_id)
    Delivery.objects.filter(series=compared.pk, mailbox=second.supporter_id).update(reported="complained")
    Delivery.objects.filter(series=compared.pk, mailbox=third.supporter_id).update(reported="bounced")
    comparing.compare()
    arm = arms_of(reload(compared))[1]
    assert (arm.name, arm.unsubscribed, arm.complained, arm.bounced, arm.wrote) == ("B", 1, 1, 1, 0)
    assert arm.handed_over == len(recipients(compared, "B"))


def test_while_a_spike_holds_the_sample_the_job_chooses_nothing(petition, subscribed, queued):
    for number in range(40):
        subscribed(factories.signer(number))
    mailing = queued(A, B, sample_percent=40)
    Delivery.objects.filter(series=mailing.pk).update(
        status=Status.ACCEPTED, handed_off_at=timezone.now() - timedelta(hours=1)
    )
    for signature in recipients(mailing, "A")[:9]:
        write_letter(signature)
    Series.objects.hold(mailing.pk, "complaints")
    comparing.compare()
    assert reload(mailing).chosen == ""
    assert reload(mailing).status == Stage.PAUSED
    Series.objects.resume(mailing.pk)
    comparing.compare()
    assert reload(mailing).chosen == "A"


def test_the_rest_is_the_audience_of_the_start(compared, subscribed, olive: Organizer):
    late = subscribed(factories.signer(99))
    Signature.objects.filter(pk=late.pk).update(confirmed_at=timezone.now() + timedelta(seconds=5))
    comparing.choose(compared.pk, "A", olive)
    starting.queue_some()
    assert not Delivery.objects.filter(kind=Kind.MAILING, mailbox=late.supporter_id).exists()


def test_halves_leave_no_rest_to_choose_for(three, queued):
    mailing = queued(A, B, sample_percent=50)
    assert Delivery.objects.filter(series=mailing.pk).count() == 3
    assert reload(mailing).status == Stage.RUNNING
    Delivery.objects.filter(series=mailing.pk).update(status=Status.ACCEPTED)
    assert finishing.finish() == 1
    assert reload(mailing).status == Stage.FINISHED


def test_what_comes_in_the_days_after_is_counted_less_often(compared):
    Mailing.objects.filter(pk=compared.pk).update(finished_at=timezone.now(), figures_at=None)
    signatures = recipients(compared, "A") + recipients(compared, "B")
    write_letter(signatures[0])
    comparing.compare()
    write_letter(signatures[1])
    comparing.compare()
    assert sum(arm.wrote for arm in arms_of(reload(compared))) == 1
    Mailing.objects.filter(pk=compared.pk).update(figures_at=timezone.now() - timedelta(minutes=11))
    comparing.compare()
    assert sum(arm.wrote for arm in arms_of(reload(compared))) == 2
    a_week_ago = timezone.now() - timedelta(days=8)
    Mailing.objects.filter(pk=compared.pk).update(finished_at=a_week_ago, figures_at=a_week_ago)
    write_letter(signatures[2])
    comparing.compare()
    assert sum(arm.wrote for arm in arms_of(reload(compared))) == 2
