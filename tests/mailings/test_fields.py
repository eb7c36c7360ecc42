"""Merge fields: what an organizer may write, and what a person's name can't become."""

import pytest

from campaign.lib.refusals import Refused
from campaign.mailings import fields, rendering
from campaign.mailings.fields import Cause, Person
from campaign.mailings.rendering import Source, Written

CAUSE = Cause("en", "withhold", "Senators: <withhold> it", "https://example.org/petitions/withhold/")


def written(body: str, subject: str = "News", **person: str) -> Written:
    values = {"given_name": "Ada", "family_name": "Lopez", "state": "OR"} | person
    return rendering.shown(
        Source(subject, body, CAUSE, "House", "1 River Street"), Person(fields.SOMEBODY.id, **values)
    )


def refused(body: str, subject: str = "News") -> list[tuple[str, str, str]]:
    with pytest.raises(Refused) as raised:
        written(body, subject)
    return [(each.field, each.code, str(each.detail)) for each in raised.value.refusals]


def test_values_stand_where_the_fields_were(db: None):
    mail = written("Dear {{given_name}} {{ family_name }} of {{state}}, read {{petition}}.", "To {{given_name}}")
    assert mail.subject == "To Ada"
    assert "Dear Ada Lopez of Oregon, read Senators: <withhold> it." in mail.text
    assert "Dear Ada Lopez of Oregon, read Senators: &lt;withhold&gt; it." in mail.html


def test_senators_are_named_and_where_there_are_none_the_fallback_stands(db: None):
    assert "Write to Jeff Merkley and Ron Wyden." in written("Write to {{senators|your senators}}.").text
    assert "Write to your senators." in written("Write to {{senators|your senators}}.", state="DC").text
    assert "Write to your senators." in written("Write to {{senators|your senators}}.", state="AE").text


def test_an_empty_value_leaves_its_fallback(db: None):
    assert "Dear there," in written("Dear {{given_name|there}},", given_name="").text


def test_a_value_never_becomes_html_markdown_or_another_field(db: None):
    name = "<b>*x*</b> [y](http://evil.example) {{state}} &amp; \ue0001\ue001"
    mail = written('Dear {{given_name}}.\n\n[link]({{petition_url}} "{{given_name}}")', given_name=name)
    assert f"Dear {name}." in mail.text
    assert "<b>" not in mail.html
    assert "&lt;b&gt;*x*&lt;/b&gt; [y](http://evil.example) {{state}} &amp;amp;" in mail.html
    assert 'href="http://evil' not in mail.html


def test_a_fallback_is_plain_text_too(db: None):
    assert "<i>you</i> *all*" in written("Dear {{given_name|<i>you</i> *all*}}", given_name="").text
    assert "&lt;i&gt;you&lt;/i&gt; *all*" in written("Dear {{given_name|<i>you</i> *all*}}", given_name="").html


def test_a_value_can_not_break_the_subjects_line(db: None):
    assert written("x", "To {{given_name}}", given_name="A\r\nBcc: all").subject == "To A Bcc: all"


def test_an_unknown_field_is_refused_with_its_place_and_what_may_be_meant(db: None):
    found = refused("Dear friend,\n\nyour {{givn_name}} is nice, {{shoe_size}}")
    assert found == [
        ("body", "unknown_field", "Line 3, column 6: we don't know this field. Did you mean {{given_name}}?"),
        (
            "body",
            "unknown_field",
            "Line 3, column 29: we don't know this field. Look at the list beside the form.",
        ),
    ]


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        ("Dear {{given_name", 1, 6),
        ("Dear given_name}}", 1, 16),
        ("Dear }} and {{given_name}}", 1, 6),
        ("a\nb {{}}", 2, 3),
        ("{{given_name|a{b}}}", 1, 1),
    ],
)
def test_braces_that_are_no_field_are_refused_with_their_place(db: None, body: str, line: int, column: int):
    (found,) = refused(body)[:1]
    assert found[0] == "body"
    assert found[2].startswith(f"Line {line}, column {column}: ")


def test_a_field_with_python_in_it_is_unknown(db: None):
    assert [each[1] for each in refused("{{given_name.__class__}} {{ GIVEN_NAME }} {{given_name|upper|x}}")] == [
        "unknown_field"
    ] * 3


def test_a_field_that_is_empty_for_some_people_needs_a_fallback(db: None):
    ((_field, code, detail),) = refused("Write to {{senators}}")
    assert code == "fallback_needed"
    assert detail == "Line 1, column 10: this field is empty for some people. Write {{senators|…}}."


def test_no_address_stands_in_a_subject(db: None):
    assert refused("x", "Go to {{petition_url}}")[0][:2] == ("subject", "address_in_subject")


def test_a_field_is_a_links_whole_address_or_no_part_of_it(db: None):
    mail = written("[Read it]({{petition_url}}) or {{petition_url}}")
    assert mail.html.count('href="https://example.org/petitions/withhold/"') == 3  # the third in the footer
    assert "Read it <https://example.org/petitions/withhold/>" in mail.text
    assert refused("[x](https://other.example/?who={{given_name}})")[0][1] == "field_in_address"
    assert refused("[x]({{given_name}})")[0][1] == "field_in_address"
    for forged in ("%EE%80%800%EE%80%81", "%EE%80%8099%EE%80%81", "https://example.org/%EE%80%801%EE%80%81"):
        assert refused(f"{{{{given_name}}}} [x]({forged})")[0][1] == "field_in_address"


def test_who_has_senators_is_led_to_the_letter_and_others_to_their_page(db: None):
    assert "/petitions/withhold/letter/" in written("{{letter_url}}").text
    assert "/my/…/\n" in written("{{letter_url}}", state="DC").text


def test_every_field_of_the_list_has_a_value(db: None):
    assert set(fields.values(fields.SOMEBODY, CAUSE, "https://example.org/my/x/")) == set(fields.MEANINGS)
