"""What a mailing looks like, in HTML and in plain text."""

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from campaign.lib.refusals import Refused
from campaign.mailings import fields, rendering
from campaign.mailings.fields import Cause
from campaign.mailings.rendering import Source, Written

CAUSE = Cause("en", "withhold", "Withhold it", "https://example.org/petitions/withhold/")


def source(body: str, language: str = "en") -> Source:
    return Source(
        "News", body, Cause(language, CAUSE.slug, CAUSE.title, CAUSE.url), "The House", "1 River Street\nPortland"
    )


def written(body: str, language: str = "en") -> Written:
    return rendering.shown(source(body, language), fields.SOMEBODY)


def text(body: str) -> str:
    return written(body).text.partition("\n\n-- \n")[0]


def test_the_text_part_is_good_on_its_own(db: None):
    body = """# What happened

The Senate **held** a [hearing](https://example.org/hearing) about the Convention, and many people spoke there for us.
It was long.

- One
- Two, [with a link](https://example.org/two)
  1. deep
  2. deeper

> They said
> this.

After the quote.

***

    code stays
      as it is

## And now

Write to [us@example.org](mailto:us@example.org) or see <https://example.org/x>."""
    assert (
        text(body)
        == """What happened
=============

The Senate held a hearing <https://example.org/hearing> about the
Convention, and many people spoke there for us. It was long.

- One
- Two, with a link <https://example.org/two>
  1. deep
  2. deeper

> They said this.

After the quote.

* * *

    code stays
      as it is

And now
=======

Write to us@example.org or see https://example.org/x."""
    )


def test_no_address_is_broken_in_the_text_part(db: None):
    address = "https://example.org/" + "a-long-way/" * 20
    assert address in text(f"Some words before it, {address} and some after it.")


def test_lists_of_several_paragraphs_keep_their_indent(db: None):
    assert text("1. One\n\n   More of one\n\n2. Two") == "1. One\n\n   More of one\n\n2. Two"


def test_the_footer_says_why_from_whom_and_how_to_stop_it(db: None):
    mail = written("Words.")
    for part in (mail.text, mail.html):
        assert "You get this because you signed" in part
        assert CAUSE.url in part
        assert "/u/…/" in part
        assert "1 River Street\nPortland" in part
        assert "The House" in part


def test_styles_are_inlined_and_the_dark_ones_are_kept(db: None):
    html = written("Words.\n\n- one").html
    assert '<li style="margin: 0 0 6px;">one</li>' in html
    assert "@media (prefers-color-scheme: dark)" in html


def test_html_is_shown_and_never_obeyed(db: None):
    html = written("<script>alert(1)</script> <img src=https://x.example/p.gif> [x](javascript:alert(1))").html
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_addresses_that_simply_stand_there_are_links(db: None):
    html = written("See https://example.org/a?b=1&c=2. And `https://example.org/code`.").html
    assert 'href="https://example.org/a?b=1&amp;c=2"' in html
    assert 'href="https://example.org/code"' not in html


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Fine.\n\nSee\n[there](/petitions/)", "not_an_address"),
        ("Fine.\n\nSee\n[there](example.org)", "not_an_address"),
        ("Fine.\n\nSee\n[there](ftp://example.org/)", "not_an_address"),
        ("Fine.\n\nSee\n[there](#below)", "not_an_address"),
        ("Fine.\n\nSee\n![us](https://example.org/us.png)", "no_pictures"),
    ],
)
def test_what_leads_nowhere_and_pictures_are_refused_with_their_line(db: None, body: str, code: str):
    with pytest.raises(Refused) as raised:
        written(body)
    (found,) = raised.value.refusals
    assert (found.code, str(found.detail)[:8]) == (code, "Line 4: ")


def test_a_mail_is_in_its_mailings_language(db: None):
    html = written("Hola.", "es").html
    assert 'lang="es"' in html
    assert "/es/u/…/" in html


def test_a_mail_costs_less_than_a_tenth_of_a_millisecond(db: None):
    compiled = rendering.compiled(
        source("Dear {{given_name|there}} in {{state}}, {{senators|all}}.\n\n" + "Words. " * 250)
    )
    best = 1.0
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(200):
            compiled.write(fields.values(fields.SOMEBODY, CAUSE, "https://x/") | {"stop_url": "https://x/u/1/"})
        best = min(best, (time.perf_counter() - began) / 200)
    assert best < 100e-6


PIECES = [
    "{{given_name|you}}",
    "{{petition_url}}",
    "{{my_page}}",
    '[label {{given_name}}]({{letter_url}} "{{family_name}}")',
    "<https://example.org/{{given_name}}>",
    "[a](https://example.org/ '{{state}}')",
    "`{{given_name}}`",
    "```{{given_name}}\n{{family_name}}\n```",
    "**{{given_name}}**",
    "> {{given_name}}",
    "# {{given_name}}",
    "- {{given_name}}",
    "    {{given_name}}",
    "\\{{given_name}}",
    "<{{given_name}}>",
    "&{{given_name}};",
    "[{{given_name}}]",
    "[{{given_name}}]: https://example.org/",
    "\n\n",
    " ",
    "\n",
    "\\",
    "*",
    "](",
    "<",
    "&#",
    '"',
]
EVIL = "\"><evil x='1' onload=y>*[a](http://evil.example)`{{state}}</title></style>"


@pytest.mark.django_db
@given(strategies.lists(strategies.sampled_from(PIECES), min_size=1, max_size=8))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wherever_fields_stand_a_value_stays_a_value(pieces: list[str]):
    person = fields.Person(fields.SOMEBODY.id, EVIL, EVIL, "OR")
    try:
        mail = rendering.shown(source("{{given_name}} " + "".join(pieces)), person)
    except Refused:
        return
    assert "<evil" not in mail.html
    assert "http://evil.example" not in re.findall(r'href="([^"]*)"', mail.html)
    assert mail.html.count("</title>") == 1
    assert EVIL in mail.text
    assert not re.search("[\ue000\ue001]|%EE%80%8[01]", mail.html + mail.text + mail.subject)


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["0", "1", "999"])
@pytest.mark.parametrize("marks", ["&#xE000;{}&#xE001;", "&#57344;{}&#57345;", "&#xe&#xE000;000;{}&#xE001;"])
def test_who_writes_our_own_marks_in_code_of_html_gets_no_field(marks: str, number: str):
    """Nobody can type them, but Markdown reads `&#xE000;` as the same sign."""
    found = written(f"Before {marks.format(number)} after")
    assert "/u/" not in found.text.partition("-- ")[0]
    assert "Before " in found.text
    assert number in found.text


@pytest.mark.django_db
def test_signs_that_nobody_sees_are_not_written_in_code_of_html():
    found = written("Total: &#x202E;0001&#x202C; &#13; &#8203;&zwj;dollars&nbsp;&copy; &amp;")
    assert not {"\u202e", "\u202c", "\r", "\u200b", "\u200d"} & set(found.text + found.html)
    assert "dollars\xa0© &" in found.text
