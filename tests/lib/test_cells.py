"""Cells that no spreadsheet runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.lib.cells import safe_cell, unguarded


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(sign):
    assert safe_cell(f"{sign}1+1") == f"'{sign}1+1"


def test_other_cells_stay_as_they_are():
    assert [safe_cell(value) for value in ("Ada", "O'Neil", "'quoted'", None, 7)] == [
        "Ada",
        "O'Neil",
        "'quoted'",
        "",
        "7",
    ]


@given(st.text(alphabet="'=+-@\t\r\n\uff1da1", max_size=8))
def test_a_guard_can_be_taken_off_again(text):
    assert unguarded(safe_cell(text)) == text
    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))
