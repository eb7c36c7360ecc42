"""Mailing somebody the link to their own page, because they asked for it on the page that every mail leads to.

Whoever holds a forwarded mail may ask as well: the mail goes to the mailbox's owner and to nobody else.
"""

import uuid

from django.db import connection

from campaign.delivery import posting
from campaign.delivery.models import Delivery, Kind
from campaign.delivery.recipes import Mail, Withheld, written
from campaign.petitions.recipes import my_page_link
from campaign.petitions.unsubscribing import preferences_link
from campaign.supporters.models import Supporter

RECIPE = "my_page"


def mail_my_page(mailbox: uuid.UUID) -> None:
    """Post the mail, whether or not anybody is known under this mailbox: nobody can tell. Once a day; twice is once."""
    posting.post(
        posting.Envelope(
            key=f"{RECIPE}:{mailbox}:{_today()}",
            kind=Kind.RECEIPT,
            recipe=RECIPE,
            mailbox=mailbox,
        )
    )


def _today() -> str:
    """By the database's clock, so that all processes have the same day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (now() AT TIME ZONE 'UTC')::date::text")
        return str(cursor.fetchone()[0])


def mail_of(delivery: Delivery) -> Mail | Withheld:
    """The recipe. Who never confirmed anything has no page of their own, and gets nothing but confirmations."""
    supporter = Supporter.objects.filter(pk=delivery.mailbox).exclude(confirmed_at=None).first()
    if supporter is None:
        return Withheld("no page")
    language = supporter.language
    context = {
        "my_url": my_page_link(supporter, language),
        "preferences_url": preferences_link(supporter.pk, language),
    }
    return Mail(to=supporter.email, **written(RECIPE, language, context))
