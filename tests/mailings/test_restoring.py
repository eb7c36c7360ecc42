"""A mailing whose time came while the lost part of the database was written does not start by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaign.delivery import reconciling
from campaign.mailings.models import Mailing, Stage
from tests import factories
from tests.dashboard.mailings import make_mailing

pytestmark = pytest.mark.django_db


def scheduled(mailing: Mailing, hours: int) -> Mailing:
    """Approved by somebody else, and to start at this moment."""
    somebody = factories.make_organizer("olga@example.org")
    at = timezone.now() + timedelta(hours=hours)
    Mailing.objects.filter(pk=mailing.pk).update(
        approved_by=somebody, approved_at=timezone.now(), scheduled_at=at, scheduled_by=somebody
    )
    mailing.refresh_from_db()
    return mailing


def test_what_should_have_started_is_scheduled_no_longer(petition, olive, settings):
    mailing = scheduled(make_mailing(petition, olive), hours=-2)
    settings.MAIL_EPOCH = "2"
    done = reconciling.reconcile()
    assert done is not None
    assert done.upstairs == {"mailings_unscheduled": 1}
    mailing.refresh_from_db()
    assert mailing.status == Stage.APPROVED


def test_what_starts_later_starts_as_it_was_scheduled(petition, olive, settings):
    mailing = scheduled(make_mailing(petition, olive), hours=2)
    settings.MAIL_EPOCH = "2"
    reconciling.reconcile()
    mailing.refresh_from_db()
    assert mailing.status == Stage.SCHEDULED
