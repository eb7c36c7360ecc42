"""What supporters get: the same words in both parts, our own links, and nothing that loads."""

import re

import pytest
from django.conf import settings

from campaign.delivery.recipes import written
from tests.mail.conftest import LINKS
from tests.mail.reading import SITE, addresses_in, words_of_html, words_of_text


def test_the_subject_is_one_line_that_says_the_petitions_name(mail, context):
    assert "\n" not in mail["subject"]
    assert context["title"] in mail["subject"]


def test_the_text_part_names_the_petition_and_holds_every_link(mail, name, context):
    assert context["title"] in mail["text"]
    assert context["petition_url"] in mail["text"]
    for link in LINKS[name]:
        assert any(f"/{link}/" in address for address in addresses_in(mail["text"])), link


def test_a_link_stands_alone_on_its_line(mail):
    for line in mail["text"].splitlines():
        if "http" in line:
            assert addresses_in(line) == [line]


def test_both_parts_say_the_same_words(mail):
    assert words_of_html(mail["html"]) == words_of_text(mail["text"])


def test_both_parts_lead_to_the_same_pages(mail):
    in_html = set(addresses_in(mail["html"]))
    in_text = set(addresses_in(mail["text"])) - {settings.SITE_URL}
    assert in_html == in_text


def test_no_address_but_our_own_is_in_it(mail):
    for address in addresses_in(mail["html"]) + addresses_in(mail["text"]):
        assert address.startswith(SITE), address


def test_nothing_in_it_loads_or_runs(mail):
    assert not re.search(
        r"<(img|script|link|iframe|form|object|svg)\b|\bsrc=|url\(|@import|background-image", mail["html"]
    )


def test_it_has_one_button_and_says_its_language(mail, language):
    assert mail["html"].count("background:#b3261e") == 1
    assert f'<html lang="{language}">' in mail["html"]


def test_it_does_not_shout_and_leaves_no_template_marks(mail):
    for part in mail.values():
        assert "!" not in part.replace("!important", "").replace("<!doctype", "")
        assert "{%" not in part
        assert "{{" not in part


def test_lines_of_the_text_part_have_no_html_in_them(name, language, context):
    text = written(name, language, context | {"title": 'Rock & roll <b>for</b> "all"'})
    assert 'Rock & roll <b>for</b> "all"' in text["text"]
    assert 'Rock & roll <b>for</b> "all"' in text["subject"]
    assert "Rock &amp; roll &lt;b&gt;for&lt;/b&gt; &quot;all&quot;" in text["html"]
    assert "<b>" not in text["html"]


def test_a_title_of_two_lines_stays_one_line_in_the_subject(name, context):
    subject = written(name, "en", context | {"title": "Senators:\r\nBcc: mallory@example.org"})["subject"]
    assert len(subject.splitlines()) == 1


def test_the_confirmation_holds_nothing_that_a_stranger_typed(language, context):
    mail = written("confirm_signature", language, context | {"given_name": "Mallory", "comment": "Buy my coins"})
    for part in mail.values():
        assert "Mallory" not in part
        assert "coins" not in part


def test_the_confirmation_says_how_long_its_link_works(context):
    text = written("confirm_signature", "en", context)["text"]
    assert "7 days" in text
    assert "This wasn’t me" in text


@pytest.mark.parametrize("name", ["signed", "already_signed"])
def test_who_has_no_senators_is_not_told_to_write_to_them(name, context):
    assert "senators, withdraw" in written(name, "en", context)["text"]
    told = written(name, "en", context | {"has_senators": False})
    assert "your senators" not in told["text"].replace(context["title"], "")
    assert words_of_html(told["html"]) == words_of_text(told["text"])


def test_the_receipt_thanks_by_name_and_offers_to_stop(context):
    mail = written("signed", "en", context)
    assert "Thank you, Ada." in mail["text"]
    assert context["preferences_url"] in mail["text"]
    assert context["preferences_url"] in addresses_in(mail["html"])


def test_a_signers_name_stays_text_in_the_html_part(context):
    assert "<i>" not in written("signed", "en", context | {"given_name": "<i>Ada</i>"})["html"]
