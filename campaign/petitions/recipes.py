"""What the mail about signatures says. Asked just before it leaves, so it sees withdrawals, closings and erasures."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from campaign.delivery.models import Delivery
from campaign.delivery.recipes import Mail, Withheld, Words, written
from campaign.lib import emails, usps
from campaign.petitions.models import Signature
from campaign.petitions.unsubscribing import has_bounced, preferences_link
from campaign.supporters.models import AccessPurpose, AccessToken, Supporter


def link(name: str, language: str, *args: str) -> str:
    """The full address of a page in the reader's language."""
    with translation.override(language):
        return settings.SITE_URL + reverse(name, args=args)


def my_page_link(supporter: Supporter, language: str) -> str:
    """A fresh link to the supporter's own page."""
    token = AccessToken.objects.mint(AccessPurpose.MY_PAGE, supporter.pk)
    return link("public:my_page", language, token)


def _signature(delivery: Delivery) -> Signature | None:
    found = Signature.objects.select_related("petition", "supporter").filter(pk=delivery.about["signature"]).first()
    return None if found is None or found.invalidated_at else found


def _context(signature: Signature) -> dict[str, Any]:
    text = signature.petition.text_in(signature.language)
    return {
        "petition": signature.petition,
        "title": text.title,
        "petition_url": link("public:petition", signature.language, signature.petition.slug),
        "preferences_url": preferences_link(signature.supporter_id, signature.language, signature.petition_id),
    }


def confirm_signature(delivery: Delivery) -> Mail | Withheld:
    """The confirmation: no name, no comment, nothing that a stranger typed."""
    signature = _signature(delivery)
    if signature is None:
        return Withheld("erased")
    if signature.confirmed_at and not signature.withdrawn_at:
        return Withheld("already confirmed")
    if not signature.petition.is_open:
        return Withheld("petition closed")
    supporter, language = signature.supporter, signature.language
    mint = AccessToken.objects.mint
    context = _context(signature) | {
        "confirm_url": link(
            "public:confirm", language, mint(AccessPurpose.CONFIRM, supporter.pk, subject=signature.pk)
        ),
        "not_me_url": link("public:not_me", language, mint(AccessPurpose.NOT_ME, supporter.pk, subject=signature.pk)),
    }
    return _confirmation(supporter, written("confirm_signature", language, context))


def _confirmation(supporter: Supporter, words: Words) -> Mail:
    """It goes even where mail came back, so that its owner may lift that. It uses up the mailbox's cap."""
    return Mail(to=supporter.email, cap=emails.cap_id(supporter.email), is_past_bounces=True, **words)


def already_signed(delivery: Delivery) -> Mail | Withheld:
    """Somebody signed again with this mailbox: only its owner learns that it was known.

    Where mail came back, it asks the owner to confirm that mail arrives again; otherwise they would never hear of us.
    """
    signature = _signature(delivery)
    if signature is None or signature.withdrawn_at or not signature.confirmed_at:
        return Withheld("no longer signed")
    if has_bounced(signature.supporter_id):
        return _mail_came_back(signature)
    return _to_signer("already_signed", signature)


def signed(delivery: Delivery) -> Mail | Withheld:
    """The receipt after confirming, with the link to their own page."""
    signature = _signature(delivery)
    if signature is None or signature.withdrawn_at or not signature.confirmed_at:
        return Withheld("no longer signed")
    return _to_signer("signed", signature)


def _to_signer(name: str, signature: Signature) -> Mail:
    supporter, language = signature.supporter, signature.language
    context = _context(signature) | {
        "given_name": supporter.given_name,
        "has_senators": supporter.state in usps.STATES | usps.MILITARY,
        "my_url": my_page_link(supporter, language),
    }
    return Mail(to=supporter.email, **written(name, language, context))


def _mail_came_back(signature: Signature) -> Mail:
    supporter, language = signature.supporter, signature.language
    token = AccessToken.objects.mint(AccessPurpose.CONFIRM, supporter.pk, subject=signature.pk)
    context = _context(signature) | {"confirm_url": link("public:confirm", language, token)}
    return _confirmation(supporter, written("mail_came_back", language, context))
