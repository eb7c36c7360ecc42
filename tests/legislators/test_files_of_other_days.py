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


def test_an_older_file_that_says_the_same_makes_what_we_know_no_older(public_file: PublicFile) -> None:
    importing.read_file(LEGISLATORS, public_file.write(), JULY)
    importing.read_file(LEGISLATORS, public_file.write(), date(2020, 1, 1))
    assert DataImport.objects.as_of(Subject.LEGISLATORS) == JULY


def test_a_file_of_a_day_to_come_would_never_look_old(public_file: PublicFile, sync: Sync) -> None:
    file = public_file.write()
    with pytest.raises(CommandError, match="9999-01-01 is yet to come"):
        sync("--file", str(file), "--as-of", "9999-01-01")
    os.utime(file, (4e9, 4e9))
    importing.read_file(LEGISLATORS, file)
    assert DataImport.objects.as_of(Subject.LEGISLATORS) == timezone.now().date()
