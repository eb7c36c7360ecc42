"""Addresses: which of them are one mailbox, and which only look alike."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.lib import emails


@pytest.mark.parametrize(
    "same",
    ["ada@example.org", "ADA@EXAMPLE.ORG", " ada@example.org ", "ａｄａ@example.org", "Ada@Example.Org"],
)
def test_these_are_one_mailbox(same):
    assert emails.mailbox_id(same) == emails.mailbox_id("ada@example.org")


@pytest.mark.parametrize("other", ["ada+1@example.org", "a.da@example.org", "ada@example.com", "ida@example.org"])
def test_these_are_not(other):
    assert emails.mailbox_id(other) != emails.mailbox_id("ada@example.org")


def test_a_dotless_i_is_not_an_i():
    with pytest.raises(emails.BadMailbox):
        emails.mailbox_id("ıda@example.org")


def test_a_domain_is_written_in_idna():
    assert emails.tidy("ada@bücher.example") == "ada@xn--bcher-kva.example"
    assert emails.mailbox_id("ada@BÜCHER.example") == emails.mailbox_id("ada@xn--bcher-kva.example")


def test_the_key_matters(settings):
    emails.mailbox_id.cache_clear()
    first = emails.mailbox_id("key@example.org")
    emails.mailbox_id.cache_clear()
    settings.MAILBOX_KEY = b"x" * 32
    assert emails.mailbox_id("key@example.org") != first
    emails.mailbox_id.cache_clear()


@given(st.from_regex(r"\A[A-Za-z0-9._+-]{1,20}@[A-Za-z0-9.-]{1,20}\.(org|com|example)\Z"))
def test_the_short_way_to_a_mailbox_leads_where_the_long_one_does(address):
    try:
        tidied = emails.tidy(address)
    except emails.BadMailbox:
        return
    assert emails.canonical(address) == unicodedata.normalize("NFKC", tidied).casefold()
