"""Names in what people write."""

import pytest

from campaign.lib import text


@pytest.mark.parametrize("words", ["Dear Senator Luján,", "dear senator lujan:", "LUJA\u0301N!", "I wrote to Luján"])
def test_a_name_is_found_with_and_without_its_accents(words: str) -> None:
    assert text.speaks_of(words, "Luján")


@pytest.mark.parametrize(("words", "name"), [("We sleep badly.", "Lee"), ("Looking forward", "King"), ("", "Lee")])
def test_a_part_of_another_word_is_no_name(words: str, name: str) -> None:
    assert not text.speaks_of(words, name)
