"""Mailings for stories at the desk: a draft, an approved one, one that runs with numbers of a job that counted."""

from typing import Any

from django.utils import timezone

from campaign.delivery.models import Series
from campaign.mailings import approving, drafting
from campaign.mailings.drafting import Draft, Whom, Words
from campaign.mailings.models import Mailing, MailingBatch, Part
from campaign.organizers.models import Organizer
from campaign.petitions.models import Petition, Signature
from tests import factories

TITLE = "What the committee said"
A = Words("News for {{given_name|you}}", "Dear {{given_name|friend}},\n\nthe **committee** met. {{petition_url}}")
B = Words("The committee met", "Dear {{given_name|friend}},\n\nit met.")


def reader(petition: Petition, typed: Any = factories.ADA, **changes: Any) -> Signature:
    """Somebody who signed, confirmed and asked for updates."""
    return factories.sign_and_confirm(petition, typed, updates_consent=True, **changes)


def make_mailing(
    petition: Petition, by: Organizer, *, a: Words = A, b: Words | None = None, title: str = TITLE, **whom: Any
) -> Mailing:
    """A draft. With B a tenth each gets A and B first."""
    chosen = Whom(**({"sample_percent": 10} if b else {}) | whom)
    return drafting.begin(petition, Draft(title=title, a=a, b=b, whom=chosen), by)


def make_approved(petition: Petition, by: Organizer, other: Organizer, **more: Any) -> Mailing:
    """`by` wrote it and asked, `other` approved."""
    mailing = make_mailing(petition, by, **more)
    approving.ask(mailing.pk, by)
    approving.approve(mailing.pk, other, mailing.digest)
    mailing.refresh_from_db()
    return mailing


def make_running(petition: Petition, by: Organizer, other: Organizer, **more: Any) -> Mailing:
    """It started, its audience is queued, and 600 of 1,000 mails have left."""
    mailing = make_approved(petition, by, other, **more)
    now = timezone.now()
    tally = {"all": 1000, "queued": 400, "accepted": 590, "refused": 4, "suppressed": 6}
    tally |= {"reported:bounced": 7, "reported:complained": 1, "reported:unsubscribed": 3}
    Series.objects.create(pk=mailing.pk, tally=tally, tallied_at=now, rate=120)
    MailingBatch.objects.create(mailing=mailing, part=Part.REST, number=1, size=1000)
    Mailing.objects.filter(pk=mailing.pk).update(
        scheduled_at=now, scheduled_by=by, started_at=now, queued_at=now, series=mailing.pk
    )
    mailing.refresh_from_db()
    return mailing


def typed_into_the_form(about: Petition, **changes: Any) -> dict[str, Any]:
    """What Olive types."""
    whole = {
        "title": TITLE,
        "petition": str(about.pk),
        "language": "en",
        "wrote": "",
        "confirmed_since": "",
        "partner": "",
        "subject_a": A.subject,
        "body_a": A.body.replace("\n", "\r\n"),
        "subject_b": "",
        "body_b": "",
        "sample_percent": "10",
    }
    return whole | changes
