"""Mail of all kinds, waiting: confirmations and receipts, letters, and a mailing in two versions."""

from django.utils import timezone

from campaign.delivery.models import Delivery, Kind
from campaign.letters import writing
from campaign.letters.writing import Manuscript
from campaign.lib import emails
from campaign.mailings import starting
from campaign.mailings.models import Mailing, MailingVersion
from campaign.organizers.models import Organizer
from campaign.petitions import confirming
from campaign.petitions.models import Petition, Signature
from tests import factories
from tests.chaos.crowd import Crowd
from tests.chaos.ground import Ground

SLUG = "un-cybercrime-convention"
BODY = "Please withhold consent to the Convention. I keep hospital computers running and must be able to test them."


def make_partner() -> str:
    """The Riverkeepers with a key for many sign-ups; its text."""
    return factories.make_partner(
        slug=f"rivers-{Mailing.objects.count()}-{timezone.now():%H%M%S%f}", sign_ups_a_minute=100_000
    )[2]


def crowd(ground: Ground, number: int, first: int = 0, threads: int = 4, key: str = "") -> Crowd:
    """So many people begin to sign."""
    return Crowd(ground.url, SLUG, key or make_partner(), first=first, number=number, threads=threads)


def fill(ground: Ground, *, signed: int, confirmed: int, mailings: int = 1) -> set[str]:
    """So many people sign; some confirm, write to both their senators and are in the audience of updates.

    Nothing leaves meanwhile. Answers who was told that they signed.
    """
    ground.start("web")
    signing = crowd(ground, signed)
    signing.wait()
    active = sorted(signing.acknowledged)[:confirmed]
    petition = Petition.objects.get(slug=SLUG)
    for email in active:
        signature = Signature.objects.get(petition=petition, supporter=emails.mailbox_id(email))
        confirming.confirm(signature.pk)
        write_to_both(signature)
    for number in range(mailings):
        start_mailing(petition, number)
    return signing.acknowledged


def write_to_both(signature: Signature) -> None:
    """A letter to each of the two senators of Oregon."""
    for seat in writing.seats_of(signature.supporter):
        writing.send(signature.pk, Manuscript(seat, "Please withhold consent", BODY))


def start_mailing(petition: Petition, number: int) -> None:
    """An update in two versions, half of the audience each, queued."""
    olive, vera = (
        Organizer.objects.get_or_create(email=f"{name}@example.org", defaults={"role": "organizer"})[0]
        for name in ("olive", "vera")
    )
    mailing = Mailing.objects.create(
        petition=petition, title=f"Update {number}", sample_percent=50, edited_by=olive, asked_by=olive
    )
    for version in ("A", "B"):
        MailingVersion.objects.create(
            mailing=mailing,
            name=version,
            subject=f"News, {version}",
            body="Dear {{given_name|friend}}, there is *news*.",
        )
    now = timezone.now()
    moments = {"asked_at": now, "approved_by": vera, "approved_at": now, "scheduled_at": now}
    approved = {"approved_digest": mailing.digest, "approved_title": mailing.petition_title}
    Mailing.objects.filter(pk=mailing.pk).update(**moments, **approved)
    assert starting.start_due() == 1
    assert not starting.queue_some(seconds=60)


def counted() -> dict[Kind, int]:
    """How many deliveries there are of each kind."""
    kinds = list(Delivery.objects.values_list("kind", flat=True))
    return {kind: kinds.count(kind) for kind in Kind}
