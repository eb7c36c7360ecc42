"""What a sign-up may hold: the same rules for every way in."""

import pytest

from campaign.lib.refusals import Refused
from campaign.petitions import checking
from tests.factories import ADA, BRUNO, CHIYO

pytestmark = pytest.mark.django_db


def codes(**changes):
    with pytest.raises(Refused) as refused:
        checking.check({**ADA, **changes})
    return {(refusal.field, refusal.code) for refusal in refused.value.refusals}


def test_a_tidy_sign_up_is_taken_as_it_is():
    sign_up = checking.check({**ADA, "email": " Ada@EXAMPLE.org ", "state": "Oregon", "postal_code": "97201-1234"})
    assert (sign_up.email, sign_up.state, sign_up.postal_code) == ("Ada@example.org", "OR", "97201")


def test_bruno_of_dc_may_sign():
    assert checking.check(BRUNO).state == "DC"


def test_chiyo_is_asked_where_she_votes_and_then_may_sign():
    with pytest.raises(Refused) as refused:
        checking.check(CHIYO)
    assert [(each.field, each.code) for each in refused.value.refusals] == [("state", "military_ask_state")]
    assert checking.check({**CHIYO, "state": "HI"}).state == "HI"


def test_a_zip_of_two_states_fits_both_of_them():
    assert checking.check({**ADA, "state": "MA", "postal_code": "02861"}).state == "MA"
    assert checking.check({**ADA, "state": "RI", "postal_code": "02861"}).state == "RI"


def test_a_zip_of_another_state_asks():
    assert codes(postal_code="10001") == {("postal_code", "zip_state_mismatch")}


@pytest.mark.parametrize(
    "zip_code", ["00000", "11111", "99999", "9720", "97201a", "９７２０１", "٩٧٢٠١", "", "1" * 500]
)
def test_a_wrong_zip_is_refused(zip_code):
    assert {field for field, _ in codes(postal_code=zip_code)} == {"postal_code"}


@pytest.mark.parametrize(
    ("state", "code"), [("Atlantis", "unknown_state"), ("", "required"), ("PW", "not_represented")]
)
def test_a_state_that_is_none_of_ours_is_refused(state, code):
    assert ("state", code) in codes(state=state)


@pytest.mark.parametrize(
    "email",
    ["", "ada", "ada@", "@example.org", "ada@example", "a b@example.org", "ada@exa mple.org", "ada@example.org\nBcc: x",
     "ada,eve@example.org", "Ada <ada@example.org>", "ada@-example.org", "ada@example..org", "a" * 65 + "@example.org",
     "ada@" + "a" * 250 + ".org", "ad\x00a@example.org", "ada@[127.0.0.1]", '"ada"@example.org', "ada@localhost"],
)  # fmt: skip
def test_a_mailbox_we_cannot_write_to_is_refused(email):
    assert {field for field, _ in codes(email=email)} == {"email"}


@pytest.mark.parametrize(
    ("name", "code"),
    [("Ada\x00", "hidden_characters"), ("Ad\u202ea", "hidden_characters"), ("A\u200bda", "hidden_characters"),
     ("Ada\ue000", "hidden_characters"), ("Ada\ud800", "hidden_characters"), ("A\u2028da", "hidden_characters"),
     ("A\nda", "hidden_characters"), ("  \u3000 ", "required"), ("", "required"), ("A" * 81, "too_long"),
     ("http://spam.example", "not_a_name"), ("www.spam.example", "not_a_name"), ("Win at casino.com", "not_a_name"),
     ("<b>Ada</b>", "not_a_name"), ("{{ada}}", "not_a_name")],
)  # fmt: skip
def test_a_name_with_hidden_characters_or_links_is_refused(name, code):
    assert codes(given_name=name) == {("given_name", code)}


@pytest.mark.parametrize(
    "name", ["José", "O’Brien", "Anne-Marie", "St. John", "Nguyễn", "李", "J.R.", "Ada, Jr.", "عائشة"]
)
def test_real_names_are_taken(name):
    assert checking.check({**ADA, "given_name": name}).given_name == name


def test_a_comment_keeps_its_lines_and_no_links_or_overrides():
    assert checking.check({**ADA, "comment": "One.\r\nTwo."}).comment == "One.\nTwo."
    assert codes(comment="see https://spam.example/x") == {("comment", "has_link")}
    assert codes(comment="a\u2067b") == {("comment", "hidden_characters")}
    assert codes(comment="x" * 1001) == {("comment", "too_long")}


def test_what_is_missing_of_another_type_or_unknown_is_named():
    assert codes(given_name=7, updates_consent="yes", utm="x", source="a b", email=None) == {
        ("given_name", "not_text"), ("updates_consent", "not_a_boolean"), ("utm", "unknown_field"),
        ("source", "bad_source"), ("email", "required"),
    }  # fmt: skip


def test_a_refusal_never_repeats_what_was_typed():
    with pytest.raises(Refused) as refused:
        checking.check({**ADA, "email": "secret@@example.org", "given_name": "<secret>"})
    assert "secret" not in " ".join(str(each.detail) for each in refused.value.refusals)
