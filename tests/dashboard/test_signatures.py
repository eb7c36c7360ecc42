"""Who signed: filtered, paged by key, found by address, and decided about one by one."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from campaign.petitions import confirming, counting
from campaign.petitions.models import Petition
from tests import factories
from tests.dashboard.conftest import Story


def address(petition: Petition) -> str:
    return reverse("dashboard:signatures", args=[petition.slug])


def names(page: str) -> list[str]:
    return re.findall(r'<th role="rowheader" scope="row">([^<]+)<', page)


def test_olive_sees_who_signed_and_what_they_said(desk: Client, story: Story):
    page = desk.get(address(story.petition)).content.decode()
    assert set(names(page)) == {"Ada Lopez", "Bruno Diaz", "Mallory Lopez"}
    assert "ada@example.org" in page
    assert "Please, for my children." in page
    assert "by an organizer" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=confirmed", {"Ada Lopez"}),
        ("status=quarantined", {"Bruno Diaz"}),
        ("status=pending", {"Mallory Lopez"}),
        ("status=withdrawn", set()),
        ("state=DC", {"Bruno Diaz"}),
        ("source=newsletter", {"Ada Lopez"}),
        ("state=OR&status=confirmed&source=", {"Ada Lopez"}),
        ("state=OR&source=nowhere", set()),
        ("status=nonsense", set()),
        ("state=XX", set()),
        ("state=AE", set()),
    ],
)
def test_filters_narrow_and_nonsense_finds_nobody(desk: Client, story: Story, query: str, found: set[str]):
    answer = desk.get(f"{address(story.petition)}?{query}")
    assert answer.status_code == 200
    assert set(names(answer.content.decode())) == found


def test_pages_follow_each_other_without_a_gap_or_a_repetition(desk: Client, petition: Petition):
    for number in range(113):
        factories.sign(petition, factories.signer(number, given_name="N" + "x" * number if number < 70 else "Same"))
    url, seen, sizes = address(petition) + "?status=pending", [], []
    while url:
        page = desk.get(url).content.decode()
        found = re.findall(r"signer\d+@example.org", page)
        sizes.append(len(found))
        seen += found
        older = re.search(r'rel="next" href="([^"]+)"', page)
        url = address(petition) + older[1].replace("&amp;", "&") if older else ""
    assert sizes == [50, 50, 13]
    assert len(set(seen)) == 113


def test_a_page_takes_the_same_queries_for_fifty_as_for_one(
    desk: Client, petition: Petition, django_assert_num_queries
):
    for number in range(60):
        factories.sign(petition, factories.signer(number))
    with django_assert_num_queries(5):
        desk.get(address(petition))


@pytest.mark.parametrize(
    "place",
    [
        "x",
        "~",
        "2026-07-01~x",
        "2026-07-01T10:00:00~3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "0001-01-01T00:00:00+23:59~3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "9999-12-31T23:59:59-23:59~3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    ],
)
def test_a_page_that_can_t_be_is_not_found(desk: Client, story: Story, place: str):
    assert desk.get(address(story.petition), {"before": place}).status_code == 404


def test_a_place_may_be_told_in_any_time_zone(desk: Client, story: Story):
    place = "2026-07-01T10:00:00+23:59~3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    assert desk.get(address(story.petition), {"before": place}).status_code == 200


def test_olive_finds_ada_by_her_address_and_it_stands_in_no_log(desk: Client, story: Story):
    answer = desk.post(address(story.petition), {"email": "Ada@Example.org"})
    assert names(answer.content.decode()) == ["Ada Lopez"]
    nobody = desk.post(address(story.petition), {"email": "nobody@example.org"})
    assert "Nobody with this address signed" in nobody.content.decode()
    wrong = desk.post(address(story.petition), {"email": "nonsense"})
    assert wrong.status_code == 422
    assert "We can&#x27;t write to this address" in wrong.content.decode()
    other = factories.make_petition("other")
    assert names(desk.post(address(other), {"email": "ada@example.org"}).content.decode()) == []


def decide(client: Client, signature, decision: str, **body: str):
    return client.post(reverse("dashboard:decide", args=[signature.pk, decision]), body)


def test_olive_releases_a_held_signature_and_it_counts(desk: Client, story: Story):
    answer = decide(desk, story.bruno, "release", back=address(story.petition) + "?status=quarantined")
    assert answer["Location"] == address(story.petition) + "?status=quarantined"
    assert "Released" in desk.get(answer["Location"]).content.decode()
    counting.count()
    story.petition.refresh_from_db()
    assert story.petition.confirmed_total == 2


def test_what_olive_decides_she_can_take_back(desk: Client, story: Story):
    for decision, status in (
        ("hold", "quarantined"),
        ("release", "confirmed"),
        ("invalidate", "invalidated"),
        ("reinstate", "confirmed"),
    ):
        decide(desk, story.ada, decision)
        story.ada.refresh_from_db()
        assert story.ada.status == status
        page = desk.get(address(story.petition) + "?status=" + status).content.decode()
        assert "Ada Lopez" in page


def test_what_was_decided_before_is_said_and_not_done_twice(desk: Client, story: Story):
    answer = decide(desk, story.ada, "release")
    assert "somebody else decided before" in desk.get(answer["Location"]).content.decode()


def test_what_ada_withdrew_offers_no_decision(desk: Client, story: Story):
    confirming.withdraw(story.ada.pk)
    page = desk.get(address(story.petition) + "?status=withdrawn").content.decode()
    assert names(page) == ["Ada Lopez"]
    assert "/hold/" not in page
    assert "/invalidate/" not in page


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_after_a_decision_nobody_is_led_away(desk: Client, story: Story, back: str):
    assert decide(desk, story.ada, "hold", back=back)["Location"] == address(story.petition)


def test_what_strangers_typed_stays_text(desk: Client, petition: Petition):
    factories.sign(petition, comment="<img src=x onerror=alert(1)>")
    page = desk.get(address(petition)).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
