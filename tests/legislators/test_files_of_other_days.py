"""What a file says of an earlier day undoes nothing; of a day to come nobody can say anything."""

import os
from collections.abc import Callable
from datetime import date

import pytest
from django.core.management.base import CommandError
from django.utils import timezone

from campaign.legislators import importing
from campaign.legislators.importing import ImportRefused, Wish
from campaign.legislators.models import DataImport, Subject, Term
from campaign.legislators.sources import LEGISLATORS
from tests.legislators.conftest import PublicFile

pytestmark = pytest.mark.usefixtures("furnished")

JULY = date(2026, 7, 15)
Sync = Callable[..., str]


def test_an_older_file_undoes_nothing_unless_forced(public_file: PublicFile) -> None:
    importing.read_file(LEGISLATORS, public_file.write(), JULY)
    before, file = list(Term.objects.open().values()), public_file.without("M001244").write()
    with pytest.raises(ImportRefused, match="It is of 2026-07-14; what we have is of 2026-07-15, which is newer"):
        importing.read_file(LEGISLATORS, file, date(2026, 7, 14))
    assert list(Term.objects.open().values()) == before
    assert importing.read_file(LEGISLATORS, file, date(2026, 7, 14), Wish(force=True)).difference.left


def test_of_two_files_of_one_day_the_second_is_taken(public_file: PublicFile) -> None:
    importing.read_file(LEGISLATORS, public_file.write(), JULY)
    outcome = importing.read_file(LEGISLATORS, public_file.without("M001244").write(), JULY)
    assert outcome.difference.left == ("FL class 3: Ashley Moody (M001244)",)
    assert Term.objects.get(legislator__bioguide_id="M001244").closed_on == JULY


def test_an_older_file_that_says_the_same_makes_what_we_know_no_older(public_file: PublicFile) -> None:
    importing.read_file(LEGISLATORS, public_file.write(), JULY)
    importing.read_file(LEGISLATORS, public_file.write(), date(2026, 7, 1))
    assert DataImport.objects.as_of(Subject.LEGISLATORS) == JULY


def test_a_file_of_a_day_to_come_would_never_look_old(public_file: PublicFile, sync: Sync) -> None:
    file = public_file.write()
    with pytest.raises(CommandError, match="9999-01-01 is yet to come"):
        sync("--file", str(file), "--as-of", "9999-01-01")
    os.utime(file, (4e9, 4e9))
    importing.read_file(LEGISLATORS, file)
    assert DataImport.objects.as_of(Subject.LEGISLATORS) == timezone.now().date()


@pytest.mark.parametrize(
    "term",
    [
        {"start": "9994-01-03", "end": "9999-12-31", "how": "appointment"},
        {"start": "2066-01-03", "end": "2072-01-03"},
        {"start": "2027-07-17", "end": "2033-01-03"},
        {"start": "1899-01-03", "end": "1905-01-03"},
        {"start": "0001-01-03", "end": "0006-01-03"},
    ],
)
def test_a_term_of_another_age_is_refused_even_when_forced(public_file: PublicFile, term: dict[str, str]) -> None:
    before, file = list(Term.objects.order_by("pk").values()), public_file.with_term("M001176", **term).write()
    sentence = f"M001176: a list of 2026-07-15 cannot name a term that starts on {term['start']}"
    for wish in (Wish(), Wish(force=True)):
        with pytest.raises(ImportRefused, match=sentence):
            importing.read_file(LEGISLATORS, file, JULY, wish)
    assert list(Term.objects.order_by("pk").values()) == before


def test_a_term_that_begins_next_january_is_taken_in(public_file: PublicFile) -> None:
    file = public_file.with_term("M001176", start="2027-01-03", end="2033-01-03").write()
    assert importing.read_file(LEGISLATORS, file, JULY).difference.renewed == ("OR class 2: Jeff Merkley (M001176)",)
