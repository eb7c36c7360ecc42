"""Whoever checks has to find what is wrong: tested with books in which something is."""

from dataclasses import replace

import pytest

from campaign.delivery.models import Status
from tests.chaos.checking import Arrived, Books, faults

WELL = Books(
    fates={"<a@x>": Status.ACCEPTED, "<b@x>": Status.UNCERTAIN, "<c@x>": Status.SUPPRESSED, "<d@x>": Status.DEAD},
    arrived=[Arrived("<a@x>", "ada@example.org"), Arrived("<b@x>", "bruno@example.org")],
    most_uncertain=1,
    acknowledged={"ada@example.org"},
    signed={"ada@example.org", "bruno@example.org"},
    posted_to={"ada@example.org"},
)


def test_where_all_is_well_nothing_is_said():
    assert faults(WELL) == []
    assert faults(replace(WELL, arrived=WELL.arrived[:1])) == []  # of an uncertain one nobody knows


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"arrived": [*WELL.arrived, WELL.arrived[0]]}, "1 arrived twice: <a@x>"),
        ({"arrived": [*WELL.arrived, WELL.arrived[1]]}, "1 arrived twice: <b@x>"),
        ({"arrived": WELL.arrived[1:]}, "1 lost: accepted and never arrived: <a@x>"),
        ({"arrived": [*WELL.arrived, Arrived("<e@x>", "e@x")]}, "1 arrived without a delivery: <e@x>"),
        ({"arrived": [*WELL.arrived, Arrived("<c@x>", "c@x")]}, "1 arrived and not said to be: <c@x>"),
        ({"fates": {**WELL.fates, "<e@x>": Status.DEFERRED}}, "1 without an end: <e@x>"),
        ({"fates": {**WELL.fates, "<e@x>": Status.HANDING_OFF}}, "1 without an end: <e@x>"),
        ({"fates": {**WELL.fates, "<e@x>": Status.REFUSED}}, "1 without an end: <e@x>"),
        ({"fates": {**WELL.fates, "<e@x>": Status.UNCERTAIN}}, "2 uncertain, where 1 could be"),
        ({"signed": {"bruno@example.org"}}, "1 acknowledged and not there: ada@example.org"),
        ({"posted_to": set()}, "1 acknowledged and not to be mailed: ada@example.org"),
    ],
)
def test_what_is_wrong_is_found(changes, said):
    assert faults(replace(WELL, **changes)) == [said]


def test_one_mail_to_two_mailboxes_is_found():
    twice = [*WELL.arrived, Arrived("<a@x>", "mallory@example.org")]
    assert "1 went to two mailboxes: <a@x>" in faults(replace(WELL, arrived=twice))
