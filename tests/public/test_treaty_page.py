"""What everybody reads about a treaty: its way, the count, the hundred seats, and what leads there."""

import math
import re
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from campaign.legislators.models import CommitteeMembership, DataImport, Legislator, Term
from campaign.lib import hemicycle, kept
from campaign.petitions.models import Petition
from campaign.supporters.models import AccessPurpose
from campaign.treaties.models import Stage, StageChange, Stance, Treaty
from tests import factories
from tests.public.conftest import PAGE, Citizen, value_of, words
from tests.public.senate import MERKLEY, TREATY, WYDEN, reach, seat_on_committee, stand, table_rows

pytestmark = pytest.mark.django_db


# --- the way ---------------------------------------------------------------------------------------------------------


def test_a_treaty_of_which_nothing_is_known_stands_at_the_first_stage(citizen: Citizen, treaty: Treaty) -> None:
    response = citizen.get(TREATY)
    page, source = words(response), response.content.decode()
    assert response.status_code == 200
    assert "It would bind states to hand over data." in page
    assert "Not signed (it stands here)" in page
    assert "Ratified (not reached)" in page
    assert source.count('aria-current="step"') == 1


def test_each_reached_stage_has_its_date_note_and_source(citizen: Citizen, treaty: Treaty) -> None:
    reach(treaty, Stage.SIGNED, "2026-02-03", "In Hanoi.")
    reach(treaty, Stage.IN_COMMITTEE, "2026-05-06")
    response = citizen.get(TREATY)
    page = words(response)
    assert "In committee (it stands here)" in page
    assert "Signed , Feb. 3, 2026 . In Hanoi. Source : Signed" in page
    assert 'href="https://example.org/signed"' in response.content.decode()
    assert "Sent to the Senate (not reached)" not in page, "it must have been, though nobody entered when"


def test_a_returned_treaty_has_left_its_way_and_may_come_back(citizen: Citizen, treaty: Treaty) -> None:
    reach(treaty, Stage.TRANSMITTED, "2026-02-03")
    reach(treaty, Stage.RETURNED, "2026-05-06")
    page = words(citizen.get(TREATY))
    assert "Returned to the President (it stands here)" in page
    assert "In committee (not reached)" in page
    assert "has left its way to ratification" in page
    reach(treaty, Stage.TRANSMITTED, "2026-07-08")
    kept.forget_everything()
    page = words(citizen.get(TREATY))
    assert "Sent to the Senate (it stands here)" in page
    assert "has left its way" not in page
    assert "with their sources Returned to the President , May 6, 2026 . Source" in page
    assert "Sent to the Senate , Feb. 3, 2026 . Source" in page


def test_a_retracted_change_is_as_if_it_had_never_been(citizen: Citizen, treaty: Treaty) -> None:
    change = reach(treaty, Stage.SIGNED)
    StageChange.objects.filter(pk=change.pk).update(retracted_at="2026-05-05T00:00:00Z")
    assert "Not signed (it stands here)" in words(citizen.get(TREATY))


def test_after_the_vote_nobody_is_missing_to_stop_it(citizen: Citizen, treaty: Treaty) -> None:
    stand(treaty, Stance.OPPOSES, WYDEN)
    assert "33 more are needed to stop it." in words(citizen.get(TREATY))
    reach(treaty, Stage.CONSENTED)
    kept.forget_everything()
    page = words(citizen.get(TREATY))
    assert "The Senate has voted and consented." in page
    assert "more are needed" not in page


# --- the count -------------------------------------------------------------------------------------------------------


def test_thirty_four_of_a_hundred_can_stop_it(citizen: Citizen, treaty: Treaty) -> None:
    page = words(citizen.get(TREATY))
    assert "34 of 100 can stop it." in page
    assert "When all are, that is 67." in page
    assert "Not known 100" in page
    assert "Vacant seat" not in page


def test_a_vacancy_is_counted_said_and_drawn(citizen: Citizen, treaty: Treaty) -> None:
    Term.objects.open().filter(legislator__bioguide_id=MERKLEY).update(closed_on="2026-08-01")
    response = citizen.get(TREATY)
    page = words(response)
    assert "34 of 99 can stop it." in page
    assert "that is 66" in page
    assert "1 of the 100 seats is vacant. So at most 99 can vote." in page
    assert "Vacant seat 1" in page
    assert response.content.decode().count('href="#m-vacant"') == 3, "in the drawing, the legend and the table"
    assert "Oregon, class 2 Vacant seat" in table_rows(response)


def test_a_senate_in_which_nobody_sits_breaks_nothing(citizen: Citizen, treaty: Treaty) -> None:
    Term.objects.open().update(closed_on="2026-08-01")
    for query in ({}, {"present": "60"}, {"state": "OR", "postal_code": "97201"}):
        answer = citizen.get(TREATY, query)
        assert answer.status_code in {200, 422}
        assert "100 of the 100 seats are vacant." in words(answer)


def test_those_who_oppose_it_are_counted_against_what_it_takes(citizen: Citizen, treaty: Treaty) -> None:
    senators = list(Legislator.objects.filter(terms__seat__chamber="senate", terms__closed_on=None)[:34])
    stand(treaty, Stance.OPPOSES, *(each.bioguide_id for each in senators[:33]))
    assert "So far we know of 33 who oppose it. 1 more is needed to stop it." in words(citizen.get(TREATY))
    stand(treaty, Stance.OPPOSES, senators[33].bioguide_id)
    kept.forget_everything()
    assert "That is enough, if they vote as they said." in words(citizen.get(TREATY))


def test_a_term_that_ran_out_is_no_vacancy(citizen: Citizen, treaty: Treaty) -> None:
    Term.objects.open().filter(legislator__bioguide_id=MERKLEY).update(ends_on="2026-01-03")
    page = words(citizen.get(TREATY))
    assert "Term over, successor not known to us 1" in page
    assert "Vacant seat" not in page


def test_where_they_stand_is_drawn_listed_and_counted(citizen: Citizen, treaty: Treaty) -> None:
    stand(treaty, Stance.OPPOSES, WYDEN)
    stand(treaty, Stance.LEANS_FOR, MERKLEY)
    response = citizen.get(TREATY)
    page, source = words(response), response.content.decode()
    assert "Opposes it 1" in page
    assert "Not known 98" in page
    assert 'aria-label="The hundred seats of the Senate. Opposes it 1, Not known 98, Leans for 1."' in source
    assert source.count("<title>") == 101, "a hundred seats and the page"
    rows = table_rows(response)
    assert len(rows) == 100
    assert "Ron Wyden Oregon, class 3 · Democrat Opposes it March 4, 2026 · source : Ron Wyden" in rows


def test_the_drawing_begins_with_those_against_and_ends_with_those_for(citizen: Citizen, treaty: Treaty) -> None:
    stand(treaty, Stance.SUPPORTS, "B001319")
    stand(treaty, Stance.LEANS_AGAINST, MERKLEY)
    stand(treaty, Stance.OPPOSES, WYDEN)
    drawn = re.findall(r'<use href="#m-(\w+)" x="([\d.]+)"[^>]*><title>([^<]+)', citizen.get(TREATY).content.decode())
    assert [name for _mark, _x, name in drawn[:2]] == ["Ron Wyden, OR: Opposes it", "Jeff Merkley, OR: Leans against"]
    assert drawn[-1][0] == "supports"
    assert float(drawn[0][1]) < 10
    assert float(drawn[-1][1]) > 66


@pytest.mark.parametrize(("vacant", "enough"), [(3, 33), (10, 31)])
def test_the_line_stands_after_as_many_as_can_stop_it(
    citizen: Citizen, treaty: Treaty, vacant: int, enough: int
) -> None:
    leaving = Term.objects.open().filter(seat__chamber="senate").values_list("pk", flat=True)[:vacant]
    Term.objects.filter(pk__in=list(leaving)).update(closed_on="2026-08-01")
    source = citizen.get(TREATY).content.decode()
    ends = re.search(r'class="enough" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"', source)
    assert ends is not None
    line = angle(ends[3], ends[4])
    seats = re.findall(r'<use href="#m-[\w-]+" x="([\d.]+)" y="([\d.]+)"><title>', source)
    assert sum(angle(*place) < line for place in seats) == enough
    assert f'<text class="big" x="38" y="33.2">{enough}</text>' in source


def angle(x: str, y: str) -> float:
    """Where a point stands on the half circle, from the far left on."""
    return math.atan2(hemicycle.FLOOR - float(y), hemicycle.CENTRE - float(x))


@pytest.mark.parametrize(
    ("present", "sentence"),
    [
        ("100", "With 100 there, 67 must consent, and 34 can stop it."),
        ("90", "With 90 there, 60 must consent, and 31 can stop it."),
        ("51", "With 51 there, 34 must consent, and 18 can stop it."),
    ],
)
def test_fewer_present_need_fewer(citizen: Citizen, treaty: Treaty, present: str, sentence: str) -> None:
    assert sentence in words(citizen.get(TREATY, {"present": present}))


@pytest.mark.parametrize("present", ["50", "101", "0", "-1", "ninety", "9" * 5000, "\u0669\u0660", "90.5", "9\ufffd"])
def test_a_senate_of_that_size_can_t_vote(citizen: Citizen, treaty: Treaty, present: str) -> None:
    answer = citizen.get(TREATY, {"present": present})
    assert answer.status_code == 422
    assert "Please type a number from 51 to 100." in words(answer)
    assert value_of(answer, "present") == present


def test_the_committee_is_named_with_its_chair(citizen: Citizen, treaty: Treaty) -> None:
    seat_on_committee(MERKLEY, "Ranking Member", rank=90)
    response = citizen.get(TREATY)
    assert "Jeff Merkley (Ranking member) Democrat, Oregon" in words(response)
    assert "Jeff Merkley Oregon, class 2 · Democrat · Foreign Relations (Ranking member) Not known" in table_rows(
        response
    )


def test_the_committee_begins_with_the_majority_each_side_by_rank(citizen: Citizen, treaty: Treaty) -> None:
    CommitteeMembership.objects.all().delete()
    seat_on_committee("T000278", rank=2)
    seat_on_committee("B001319", rank=1)
    seat_on_committee(MERKLEY, rank=2, side="majority")
    seat_on_committee(WYDEN, rank=1, side="majority")
    committee = citizen.get(TREATY).content.decode().split('class="members"')[1].split("</ul>")[0]
    names = ("Wyden", "Merkley", "Britt", "Tuberville")
    assert sorted(names, key=committee.index) == list(names)


def test_old_facts_say_how_old_they_are(citizen: Citizen, treaty: Treaty) -> None:
    DataImport.objects.update(as_of=date(2026, 1, 2), checked_at=None)
    page = words(citizen.get(TREATY))
    assert "as of Jan. 2, 2026" in page
    assert "Our facts are too old to be sure" in page


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_the_page_costs_few_queries_and_then_none(citizen: Citizen, treaty: Treaty, statements: list[str]) -> None:
    stand(treaty, Stance.OPPOSES, WYDEN)
    statements.clear()
    citizen.get(TREATY)
    assert len(statements) <= 10
    statements.clear()
    citizen.get(TREATY)
    citizen.get("/es" + TREATY)
    citizen.get(TREATY, {"present": "90"})
    citizen.get(TREATY, {"state": "OR"})
    assert statements == []


def test_with_every_position_known_it_still_weighs_little(citizen: Citizen, treaty: Treaty) -> None:
    for legislator in Legislator.objects.filter(terms__seat__chamber="senate", terms__closed_on=None):
        stand(treaty, Stance.LEANS_AGAINST, legislator.bioguide_id)
    assert len(citizen.get("/es" + TREATY).content) < 80_000


def test_it_may_be_kept_for_a_moment_and_is_there_in_spanish(citizen: Citizen, treaty: Treaty) -> None:
    english, spanish = citizen.get(TREATY), citizen.get("/es" + TREATY)
    assert english["Cache-Control"] == "max-age=10"
    assert '<html lang="es">' in spanish.content.decode()
    assert f'hreflang="es" href="http://testserver/es{TREATY}"' in english.content.decode()


# --- elsewhere -------------------------------------------------------------------------------------------------------


def test_the_petition_and_the_front_page_lead_to_its_treaty(
    citizen: Citizen, treaty: Treaty, petition: Petition
) -> None:
    Petition.objects.update(treaty=treaty)
    reach(treaty, Stage.SIGNED)
    for address in (PAGE, "/"):
        response = citizen.get(address)
        assert "The treaty: Signed , Feb. 3, 2026" in words(response)
        assert f'href="{TREATY}"' in response.content.decode()
    assert f'href="{PAGE}#sign"' in citizen.get(TREATY).content.decode()


@pytest.mark.parametrize("change", [{"opened_at": None}, {"closed_at": timezone.now()}])
def test_a_petition_that_nobody_can_sign_is_not_offered_there(
    citizen: Citizen, treaty: Treaty, petition: Petition, change: dict[str, Any]
) -> None:
    Petition.objects.update(treaty=treaty, **change)
    assert "Ask the Senate" not in words(citizen.get(TREATY))


def test_a_petition_about_no_treaty_says_nothing_of_one(citizen: Citizen, petition: Petition) -> None:
    assert "The treaty:" not in words(citizen.get(PAGE))
    assert "The treaty:" not in words(citizen.get("/"))


def test_the_cards_after_signing_say_where_the_senators_stand(
    citizen: Citizen, treaty: Treaty, petition: Petition
) -> None:
    Petition.objects.update(treaty=treaty)
    stand(treaty, Stance.OPPOSES, WYDEN)
    seat_on_committee(MERKLEY, "Chairman")
    mine = citizen.link(factories.sign_and_confirm(petition), AccessPurpose.MY_PAGE)
    response = citizen.get(mine + PAGE.lstrip("/"))
    page = words(response)
    assert "On the treaty Opposes it , March 4, 2026 , source" in page
    assert "On the treaty We don't know yet where they stand." in page
    assert "Committee Foreign Relations (Chair)" in page
    assert 'href="https://example.org/speech"' in response.content.decode()


def test_the_cards_of_a_petition_about_no_treaty_say_nothing_of_one(citizen: Citizen, petition: Petition) -> None:
    mine = citizen.link(factories.sign_and_confirm(petition), AccessPurpose.MY_PAGE)
    assert "On the treaty" not in words(citizen.get(mine + PAGE.lstrip("/")))
