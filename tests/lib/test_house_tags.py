"""The hundred seats, and numbers as they are written in the United States."""

import re

import pytest
from django.template import Context, Template

from campaign.lib.templatetags.house import grouped, hemicycle


@pytest.mark.parametrize(("asked", "filled"), [(0, 0), (34, 34), (100, 100), (-5, 0), (250, 100)])
def test_there_are_always_a_hundred_seats(asked: int, filled: int) -> None:
    off, on = re.findall(r' d="([^"]*)"', hemicycle(asked))
    assert (on.count("M"), off.count("M")) == (filled, 100 - filled)


def test_without_a_label_it_is_decoration_and_with_one_an_image() -> None:
    assert 'aria-hidden="true"' in hemicycle(34)
    assert 'role="img" aria-label="34 &lt;of&gt; 100"' in hemicycle(34, "34 <of> 100")


def test_it_is_small_enough_to_stand_in_every_page() -> None:
    assert len(hemicycle(34)) < 1500


@pytest.mark.parametrize(("number", "written"), [(0, "0"), (999, "999"), (4213, "4,213"), (1_000_000, "1,000,000")])
def test_numbers_are_grouped(number: int, written: str) -> None:
    assert grouped(number) == written


def test_templates_reach_both() -> None:
    template = Template("{% load house %}{% hemicycle 50 %}{{ 4213|grouped }}")
    assert template.render(Context()).endswith("</svg>4,213")
