"""Placeholders: a fixed list, filled after parsing, and nothing that runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.letters import placeholders

VALUES = dict.fromkeys(placeholders.MEANINGS, "") | {"state": "Oregon", "given_name": "Ada"}


def test_values_go_in_and_an_empty_one_leaves_its_fallback():
    text = "Dear {{ salutation|Senator }}, I live in {{state}}."
    assert placeholders.fill(text, VALUES) == "Dear Senator, I live in Oregon."


@pytest.mark.parametrize(
    "text",
    ["{{sate}}", "{{state.upper}}", "{{state|safe|upper}}{", "{{", "}}", "{{ state }", "{% if x %}{{x}}", "{{}}",
     "{{petition.delete}}", "{{__class__}}", "{{state\n|{{x}}}}"],
)  # fmt: skip
def test_whatever_is_not_on_the_list_is_refused_with_its_line(text):
    found = placeholders.faults("body", "One line.\n" + text)
    assert found
    assert "2" in str(found[0].detail)
    with pytest.raises(ValueError, match="placeholder"):
        placeholders.fill(text, VALUES)


def test_a_value_is_never_read_as_a_template():
    assert placeholders.fill("{{given_name}}", {"given_name": "{{state}}", "state": "Oregon"}) == "{{state}}"


@given(st.text(alphabet="{}|ab _stae\n", max_size=40))
def test_a_text_without_faults_can_be_filled_and_one_with_faults_cannot(text):
    if placeholders.faults("body", text):
        with pytest.raises(ValueError, match="placeholder"):
            placeholders.fill(text, VALUES)
    else:
        assert "{{" not in placeholders.fill(text, VALUES)
