"""What a machine may send: JSON that can be read in one way only, and a clear 4xx for everything else."""

import json
from unittest.mock import ANY

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.petitions.checking import OPTIONAL, REQUIRED
from campaign.petitions.models import Signature
from tests import factories
from tests.api.conftest import is_problem

ADA = json.dumps(factories.ADA)


def with_comment(raw: str) -> str:
    """Ada's sign-up with this piece of JSON as its comment."""
    return ADA[:-1] + f', "comment": {raw}}}'


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (" ", "line 1, column 2"),
        ("{", "line 1, column 2"),
        ('{"given_name": "Ada",}', "line 1, column 22"),
        ("{'given_name': 'Ada'}", "line 1"),
        ("not json", "line 1, column 1"),
        (ADA + "{}", "line 1"),
        ("\ufeff" + ADA, "line 1"),
        (with_comment("NaN"), "NaN"),
        (with_comment("-Infinity"), "-Infinity"),
        (with_comment("1e999"), "too large"),
        (with_comment("9" * 5000), "too long"),
        (with_comment(r'"a\u0000b"'), "NUL"),
        (with_comment('"a\x00b"'), "line 1"),
        (with_comment(r'"\ud800"'), "surrogate"),
        (with_comment(r'["x", {"\udfff": 1}]'), "surrogate"),
        (with_comment("[" * 33 + "]" * 33), "32 levels"),
        (with_comment('{"a":' * 40 + "1" + "}" * 40), "32 levels"),
        ("[" * 30_000 + "]" * 30_000, "32 levels"),
        ('{"a":' * 12_000, "levels"),
        ("[" * 60_000, "levels"),
        (ADA[:-1] + ', "email": "mallory@example.org"}', "email occurs twice"),
        (ADA[:-1] + ', "mallory@example.org": 1, "mallory@example.org": 2}', "occurs twice"),
    ],
)
def test_what_is_no_clear_json_is_refused_with_its_reason(rivers, petition, raw, said):
    problem = is_problem(rivers.sign(petition, raw=raw.encode("utf-8", "surrogatepass")), 400)
    assert said in json.dumps(problem)
    assert "mallory" not in json.dumps(problem)
    assert not Signature.objects.exists()


def test_no_body_at_all_is_no_json(rivers, petition):
    is_problem(rivers.sign(petition, raw=""), 415)


def test_a_hundred_thousand_brackets_are_too_much_and_no_fault_of_ours(rivers, petition):
    is_problem(rivers.sign(petition, raw="[" * 100_000), 413)


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe{}", b'{"given_name": "\xe9"}', b'{"given_name": "\xed\xa0\x80"}', b"\x00{}"]
)
def test_what_is_not_utf_8_is_refused(rivers, petition, raw):
    is_problem(rivers.sign(petition, raw=raw), 400)


@pytest.mark.parametrize("raw", ["[]", '"Ada"', "null", "true", "1", f"[{ADA}]"])
def test_only_an_object_is_a_sign_up(rivers, petition, raw):
    problem = is_problem(rivers.sign(petition, raw=raw), 422)
    assert problem["errors"] == [{"pointer": "", "code": "not_an_object", "detail": ANY}]


def test_big_numbers_are_read_and_refused_where_text_is_wanted(rivers, petition):
    problem = is_problem(rivers.sign(petition, raw=with_comment("9" * 4000)), 422)
    assert problem["errors"][0]["pointer"] == "/comment"
    assert problem["errors"][0]["code"] == "not_text"


def test_thirty_two_levels_are_read(rivers, petition):
    is_problem(rivers.sign(petition, raw=with_comment("[" * 31 + "]" * 31)), 422)


def test_letters_beyond_ascii_are_read_escaped_or_not(rivers, petition):
    assert rivers.sign(petition, raw=with_comment(r'"R\u00edos \ud83c\udf0a"')).status_code == 202
    assert Signature.objects.get().comment == "Ríos 🌊"


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/json; charset=latin-1",
        "application/json; charset=utf-16",
        "nonsense",
    ],
)
def test_only_json_in_utf_8_is_taken(rivers, petition, kind):
    is_problem(rivers.sign(petition, raw=ADA, content_type=kind), 415)


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"']
)
def test_json_may_be_named_in_any_case(rivers, petition, kind):
    assert rivers.sign(petition, raw=ADA, content_type=kind).status_code == 202


def test_a_body_of_a_megabyte_is_too_large(rivers, petition):
    is_problem(rivers.sign(petition, raw=with_comment(json.dumps("x" * 1_000_000))), 413)


def test_null_is_the_same_as_leaving_a_field_out(rivers, petition):
    assert rivers.sign(petition, {**factories.ADA, **dict.fromkeys(OPTIONAL)}).status_code == 202
    problem = is_problem(rivers.sign(petition, dict.fromkeys(REQUIRED)), 422)
    assert {error["code"] for error in problem["errors"]} == {"required"}


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_sign_ups = st.fixed_dictionaries(
    {}, optional={name: _json | st.just(factories.ADA.get(name, "")) for name in (*REQUIRED, *OPTIONAL, "other")}
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=_sign_ups | _json)
def test_whatever_json_comes_is_received_or_refused_clearly(rivers, petition, body):
    response = rivers.sign(petition, body)
    if response.status_code == 202:
        assert response.json()["status"] == "received"
    else:
        assert response.status_code in {400, 422}
        is_problem(response, response.status_code)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raw=st.binary(min_size=1, max_size=200)
    | st.text('[]{}",:\\u019eE-+.ntf \x00', min_size=1, max_size=60).map(str.encode)
)
def test_whatever_bytes_come_are_refused_clearly(rivers, petition, raw):
    response = rivers.sign(petition, raw=raw)
    is_problem(response, response.status_code)
    assert response.status_code in {400, 422}
