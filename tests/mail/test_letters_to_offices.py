"""What an office gets: the constituent's words, then who they are and what we know about it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from campaign.letters.models import Letter
from campaign.petitions.models import Signature
from campaign.supporters.models import Supporter
from tests.mail.reading import SITE, addresses_in

BODY = "Dear Senator Wyden,\n\nDon't & won't: <b>no</b> {{state}} \"consent\".\n  Two blanks before this.\n\nAda Lopez"


def letter(**changes: Any) -> str:
    """The mail to the office, from the same context as the e-mail channel's."""
    context = {
        "letter": Letter(body=BODY, subject="Please"),
        "supporter": Supporter(given_name="Ada", family_name="O'Lopez", email="ada@example.org", postal_code="97201"),
        "signature": Signature(confirmed_at=datetime(2026, 11, 23, 12, tzinfo=UTC)),
        "state_name": "Oregon",
        "organization": "Twothirds & friends",
        "petition_url": f"{SITE}/petitions/un-cybercrime-convention/",
        "petition_title": "Senators: withhold consent",
        "is_sandbox": False,
    }
    return render_to_string("mail/letter/body.txt", context | changes)


def test_the_letter_comes_first_and_exactly_as_it_was_written():
    assert letter().startswith(BODY + "\n\n---")


@pytest.mark.parametrize(
    "fact",
    [
        "Ada O'Lopez",
        "Oregon, ZIP 97201",
        "ada@example.org",
        "Twothirds & friends",
        "23 November 2026",
        "Senators: withhold consent",
        f"{SITE}/petitions/un-cybercrime-convention/",
    ],
)
def test_the_block_below_says_who_sent_it_and_what_was_confirmed(fact):
    assert fact in letter().removeprefix(BODY)


def test_the_block_claims_the_mailbox_and_no_more():
    below = letter().removeprefix(BODY)
    assert "confirmed it by a link" in below
    assert "as the constituent gave them" in below
    assert "verified" not in below


def test_in_the_demo_it_says_so_and_elsewhere_it_does_not():
    assert "reached no Senate office" in letter(is_sandbox=True).removeprefix(BODY)
    assert "demo" not in letter().casefold()


def test_the_block_is_in_english_whatever_language_is_active():
    with translation.override("es"):
        assert letter() == letter()
        assert "23 November 2026" in letter()


def test_no_address_but_our_own_is_in_it():
    assert addresses_in(letter()) == [f"{SITE}/petitions/un-cybercrime-convention/"]
