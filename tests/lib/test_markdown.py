"""Markdown of organizers."""

import pytest

from campaign.lib.markdown import as_html


def test_what_texts_need_is_there() -> None:
    html = as_html("# Why\n\nOne *two* [three](https://example.org).\n\n- a\n- b\n\n> said")
    assert "<h3>Why</h3>" in html
    assert "<em>two</em>" in html
    assert '<a href="https://example.org" rel="noopener noreferrer">three</a>' in html
    assert "<li>a</li>" in html
    assert "<blockquote>" in html


def test_headings_of_a_text_stand_below_those_of_the_page() -> None:
    assert "<h1" not in as_html("# a\n\n## b\n\n### c\n\n#### d")
    assert as_html("#### d") == "<h4>d</h4>\n"


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        '<a href="x" onclick="alert(1)">x</a>',
        "![x](https://tracker.example/pixel.gif)",
        "<iframe src=x></iframe>",
        "<p style='position:fixed'>x</p>",
    ],
)
def test_what_could_do_harm_is_not(evil: str) -> None:
    html = as_html(evil)
    for word in ("<script", "<iframe", "<img", 'href="javascript', 'href="data', "<p style", '<a href="x" on'):
        assert word not in html
