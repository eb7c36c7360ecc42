"""Sealed text: unreadable without the key, bound to its place, and never searched by accident."""

import pytest
from django.core.exceptions import FieldError

from campaign.lib import sealing
from campaign.lib.sealing import Unreadable
from campaign.supporters.models import Supporter
from tests.factories import ADA, sign

OLD, NEW = b"o" * 32, b"n" * 32


def test_what_was_sealed_opens_again_and_no_two_seals_are_alike():
    first, second = sealing.seal("Ada", "a.place"), sealing.seal("Ada", "a.place")
    assert first != second
    assert sealing.unseal(first, "a.place") == sealing.unseal(second, "a.place") == "Ada"


def test_a_value_moved_to_another_place_or_changed_does_not_open():
    sealed = sealing.seal("Ada", "a.place")
    with pytest.raises(Unreadable):
        sealing.unseal(sealed, "another.place")
    with pytest.raises(Unreadable):
        sealing.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), "a.place")


def test_after_a_rotation_the_old_key_still_reads_and_the_new_one_writes(settings):
    settings.SEALING_KEYS = [OLD]
    sealed = sealing.seal("Ada", "a.place")
    settings.SEALING_KEYS = [NEW, OLD]
    assert sealing.unseal(sealed, "a.place") == "Ada"
    assert sealing.seal("Ada", "a.place")[:4] != sealed[:4]
    settings.SEALING_KEYS = [NEW]
    with pytest.raises(Unreadable):
        sealing.unseal(sealed, "a.place")


def test_a_sealed_field_refuses_to_be_searched(petition):
    sign(petition)
    with pytest.raises(FieldError):
        Supporter.objects.filter(email=ADA["email"]).exists()
    assert Supporter.objects.filter(email__isnull=False).exists()
