"""Sending a test: one version of a mailing, to the organizer's own address, with the values of an invented person."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.delivery import posting
from campaign.delivery.models import Delivery, Kind
from campaign.delivery.recipes import Mail, Withheld
from campaign.lib import emails
from campaign.lib.refusals import Refusal, Refused
from campaign.mailings import rendering
from campaign.mailings.models import Mailing
from campaign.organizers.models import Organizer

RECIPE = "mailing_test"
MOST_A_DAY = 20


@transaction.atomic
def send_test(mailing_id: uuid.UUID, version: str, to: Organizer) -> Delivery:
    """Post a test, which leaves within seconds. Each call is another mail, at most twenty a day for one organizer.

    Raises Refused over that, for a version that does not exist, and for what can't be rendered. The links to people's
    own pages lead nowhere in it.
    """
    mailing = Mailing.objects.select_related("petition").get(pk=mailing_id)
    if not mailing.versions.filter(name=version).exists():
        raise Refused((Refusal("version", "unknown_version", _("There is no such version.")),))
    rendering.preview(mailing, version)
    Organizer.objects.select_for_update().get(pk=to.pk)  # two at once count one after the other
    today = timezone.now().date().isoformat()
    keys = [f"{RECIPE}:{to.pk}:{today}:{number}" for number in range(1, MOST_A_DAY + 1)]
    used = set(Delivery.objects.filter(key__in=keys).values_list("key", flat=True))
    free = next((key for key in keys if key not in used), None)
    if free is None:
        raise Refused(
            (Refusal("version", "too_many_tests", _("You have sent yourself 20 tests today. Go on tomorrow.")),)
        )
    return posting.post(
        posting.Envelope(
            key=free,
            kind=Kind.RECEIPT,
            recipe=RECIPE,
            mailbox=emails.mailbox_id(to.email),
            about={"mailing": str(mailing_id), "version": version, "organizer": str(to.pk)},
        )
    )


def mail_of(delivery: Delivery) -> Mail | Withheld:
    """The recipe: the version as it stands when the test leaves."""
    mailing = Mailing.objects.select_related("petition").filter(pk=delivery.about["mailing"]).first()
    organizer = Organizer.objects.filter(pk=delivery.about["organizer"], is_active=True).first()
    if mailing is None or organizer is None or not mailing.versions.filter(name=delivery.about["version"]).exists():
        return Withheld("gone")
    try:
        written = rendering.preview(mailing, delivery.about["version"])
    except Refused:
        return Withheld("can't be rendered")
    return Mail(
        to=organizer.email,
        subject=f"[Test] {written.subject}",
        text=written.text,
        html=written.html,
        sender=rendering.sender(),
    )
