"""E-mail: only where an organizer entered an address. From us, with the constituent in Reply-To; no tracking."""

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from campaign.delivery import posting
from campaign.delivery.models import Delivery, Kind, Suppression
from campaign.delivery.recipes import Mail, Postponed, Withheld
from campaign.legislators import aging
from campaign.legislators.models import Legislator, Subject
from campaign.letters import holding, reminding
from campaign.letters.channels.handoff import HandoffChannel
from campaign.letters.models import ChannelName, Hold, Letter, LetterDispatch
from campaign.lib import emails
from campaign.petitions.models import Signature
from campaign.supporters.models import Supporter

RECIPE = "letter"


class EmailChannel:
    """The way to an office whose address we were given."""

    name = ChannelName.EMAIL

    def reaches(self, legislator: Legislator) -> bool:
        """Only with an address that somebody entered and that no mail server said does not exist."""
        email = legislator.office.email
        return bool(email) and not Suppression.objects.stopping(emails.office_id(email or "")).exists()

    @transaction.atomic
    def dispatch(self, letter: Letter, legislator: Legislator) -> LetterDispatch:
        """Post the letter, to leave when this transaction commits. The same letter is posted once."""
        delivery = posting.post(
            posting.Envelope(
                key=f"letter:{letter.pk}",
                kind=Kind.LETTER,
                recipe=RECIPE,
                mailbox=emails.office_id(legislator.office.email or ""),
                about={"letter": str(letter.pk)},
            )
        )
        found, _ = LetterDispatch.objects.update_or_create(
            letter=letter,
            channel=self.name,
            defaults={"legislator": legislator, "delivery": delivery, "is_sandbox": legislator.office.is_sandbox},
        )
        return found


def mail_of(delivery: Delivery) -> Mail | Withheld | Postponed:
    """The recipe: the letter as it was written, to whoever holds the seat today, unless there is reason to wait."""
    letters = Letter.objects.select_related("supporter", "petition").with_holders()
    letter = letters.filter(pk=delivery.about["letter"]).first()
    if letter is None or letter.supporter is None or letter.body is None:
        return Withheld("erased")
    signature = Signature.objects.filter(petition=letter.petition, supporter=letter.supporter).first()
    if signature is None or not signature.confirmed_at or signature.withdrawn_at or signature.invalidated_at:
        return Withheld("signature does not stand")
    if signature.quarantined_at:
        return Postponed("held for an organizer", minutes=60)
    dispatch = delivery.letter_dispatch
    if hold := holding.hold_of_letter(letter, dispatch.legislator, aging.age_of(Subject.LEGISLATORS)):
        if hold == Hold.SUCCEEDED:
            reminding.remind(letter)
        return Postponed(hold.value, minutes=holding.MINUTES_UNTIL_ASKED_AGAIN[hold])
    holder = letter.seat.holder
    if holder is None or not holder.office.email:
        return _without_address(letter, dispatch, holder)
    dispatch.now_to(holder)
    return _mail(letter, letter.supporter, holder, signature)


def _without_address(letter: Letter, dispatch: LetterDispatch, holder: Legislator | None) -> Withheld | Postponed:
    """An organizer may enter it again. Of a successor nobody may ever know one: the constituent has their form."""
    if holder is None or holder == dispatch.legislator:
        return Postponed("no office address", minutes=24 * 60)
    HandoffChannel().dispatch(letter, holder)
    reminding.remind(letter)
    return Withheld("no office address")


def _mail(letter: Letter, supporter: Supporter, holder: Legislator, signature: Signature) -> Mail:
    context = {
        "letter": letter,
        "supporter": supporter,
        "signature": signature,
        "state_name": letter.seat.state_name,
        "organization": settings.ORGANIZATION_NAME,
        "petition_url": settings.SITE_URL + letter.petition.get_absolute_url(),
        "petition_title": letter.petition.text_in("en").title,
        "is_sandbox": holder.office.is_sandbox,
        "today": timezone.now().date(),
    }
    return Mail(
        to=holder.office.email or "",
        sender=emails.named(f"{supporter.name} via {settings.ORGANIZATION_NAME}", settings.LETTERS_ADDRESS),
        reply_to=emails.named(supporter.name, supporter.email),
        subject=letter.subject or "",
        text=render_to_string("mail/letter/body.txt", context),
        headers={"Auto-Submitted": ""},
        mailbox=emails.office_id(holder.office.email or ""),
    )
