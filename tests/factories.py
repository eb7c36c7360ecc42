"""Rows for stories, made through the same deeds that the faces use."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from campaign.letters.models import LetterTemplate
from campaign.lib import emails
from campaign.organizers.models import Organizer, Role
from campaign.partners import keys
from campaign.partners.models import ApiKey, Partner
from campaign.petitions import checking, confirming, signing
from campaign.petitions.models import Petition, PetitionText, Signature
from campaign.petitions.signing import Origin
from campaign.treaties.models import Treaty, TreatyText

ADA: Mapping[str, Any] = {
    "given_name": "Ada",
    "family_name": "Lopez",
    "email": "ada@example.org",
    "state": "OR",
    "postal_code": "97201",
}
BRUNO: Mapping[str, Any] = {
    "given_name": "Bruno",
    "family_name": "Diaz",
    "email": "bruno@example.org",
    "state": "DC",
    "postal_code": "20001",
}
CHIYO: Mapping[str, Any] = {
    "given_name": "Chiyo",
    "family_name": "Tanaka",
    "email": "chiyo@example.org",
    "state": "AE",
    "postal_code": "09001",
}
PASSWORD = "correct horse battery staple"


def make_petition(slug: str = "withhold-consent", *, is_open: bool = True, **text: Any) -> Petition:
    """A petition with an English text; open unless said otherwise."""
    petition = Petition.objects.create(slug=slug, goal=1000, opened_at=timezone.now() if is_open else None)
    content = {
        "title": "Senators: withhold consent to the Convention",
        "target": "The United States Senate",
        "summary": "It would let any state demand data from others.",
        "argument": "Read [the text](https://example.org/text).",
    }
    PetitionText.objects.create(petition=petition, language="en", **(content | text))
    return petition


def make_treaty(slug: str = "a-convention", **text: Any) -> Treaty:
    """A treaty with an English text; nothing is known of it yet."""
    treaty = Treaty.objects.create(slug=slug)
    content = {
        "title": "A Convention of the United Nations against Something",
        "short_title": "The Convention against Something",
        "summary": "It would bind **states** to hand over data.",
    }
    TreatyText.objects.create(treaty=treaty, language="en", **(content | text))
    return treaty


def make_letter_template(petition: Petition, tone: str = "Civil liberties", language: str = "en") -> LetterTemplate:
    """A letter template that uses placeholders."""
    return LetterTemplate.objects.create(
        petition=petition,
        language=language,
        tone=tone,
        subject="Please withhold consent, {{salutation}}",
        body="Dear {{salutation}},\n\nI live in {{state}} and ask you to withhold consent to the Convention.\n\n"
        "{{given_name}} {{family_name}}, {{postal_code}}",
    )


def sign(petition: Petition, typed: Mapping[str, Any] = ADA, **changes: Any) -> Signature:
    """Somebody signs; nothing is confirmed yet."""
    origin = changes.pop("origin", Origin())
    signature_id = signing.sign(petition, checking.check({**typed, **changes}), origin)
    return Signature.objects.get(pk=signature_id)


def sign_and_confirm(petition: Petition, typed: Mapping[str, Any] = ADA, **changes: Any) -> Signature:
    """Somebody signs and presses the button."""
    return confirming.confirm(sign(petition, typed, **changes).pk)


def signer(number: int, **changes: Any) -> dict[str, Any]:
    """One of many people from Oregon."""
    return {**ADA, "email": f"signer{number}@example.org", **changes}


def mailbox(typed: Mapping[str, Any]) -> Any:
    """The id of a person's mailbox."""
    return emails.mailbox_id(typed["email"])


def make_partner(name: str = "Riverkeepers", slug: str = "riverkeepers", **fields: Any) -> tuple[Partner, ApiKey, str]:
    """A partner, its key, and the key's text."""
    partner = Partner.objects.create(name=name, slug=slug, **fields)
    key, text = keys.issue(partner)
    return partner, key, text


def make_organizer(email: str = "olive@example.org", role: Role = Role.ORGANIZER, **fields: Any) -> Organizer:
    """Olive, or somebody else on our side of the desk."""
    return Organizer.objects.create(email=email, password=_hashed(PASSWORD), role=role, **fields)


@cache
def _hashed(password: str) -> str:
    """A million rounds once, not for every story."""
    return make_password(password)
