"""How many it takes: two thirds of those present, and who can be present at all."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.legislators.models import Committee, CommitteeMembership, Legislator, Term
from campaign.treaties import counting
from campaign.treaties.counting import Count, needed_to_block, needed_to_consent
from campaign.treaties.models import Position, Stance, Treaty
from tests import factories

present = st.integers(min_value=0, max_value=100)


def stand(treaty: Treaty, stance: Stance, how_many: int) -> list[str]:
    """So many senators, from Alabama on, stand so."""
    taken = treaty.positions.values("legislator")
    found = Legislator.objects.filter(terms__closed_on=None, terms__seat__chamber="senate").exclude(pk__in=taken)
    chosen = list(found.order_by("bioguide_id")[:how_many])
    for legislator in chosen:
        source = "" if stance == Stance.UNKNOWN else "https://example.org/speech"
        Position.objects.create(
            treaty=treaty, legislator=legislator, stance=stance, stated_on="2026-05-06", source_url=source
        )
    return [legislator.bioguide_id for legislator in chosen]


@pytest.mark.parametrize(
    ("there", "consent", "block"),
    [(100, 67, 34), (99, 66, 34), (98, 66, 33), (97, 65, 33), (90, 60, 31), (51, 34, 18), (3, 2, 2), (1, 1, 1)],
)
def test_two_thirds_of_those_present_consent_and_the_rest_blocks(there, consent, block):
    assert (needed_to_consent(there), needed_to_block(there)) == (consent, block)


def test_with_nobody_present_nobody_is_needed_and_nothing_can_be_consented_to_by_less():
    assert (needed_to_consent(0), needed_to_block(0)) == (0, 1)


@given(present)
def test_consent_is_the_least_that_reaches_two_thirds(there):
    needed = needed_to_consent(there)
    assert Fraction(needed) >= Fraction(2 * there, 3)
    assert needed == 0 or Fraction(needed - 1) < Fraction(2 * there, 3)


@given(present)
def test_one_more_than_consent_leaves_over_blocks(there):
    consent, block = needed_to_consent(there), needed_to_block(there)
    assert consent + block == there + 1
    assert there - block < consent <= there - (block - 1)


@given(st.integers(min_value=0, max_value=99))
def test_nobody_who_comes_makes_it_need_fewer(there):
    assert needed_to_consent(there) <= needed_to_consent(there + 1)
    assert needed_to_block(there) <= needed_to_block(there + 1)


@pytest.mark.parametrize("there", [-1, 101, 1000])
@pytest.mark.parametrize("needed", [needed_to_consent, needed_to_block])
def test_a_number_that_cannot_be_present_is_refused(needed, there):
    with pytest.raises(ValueError, match="cannot be present"):
        needed(there)


def test_the_roll_call_is_a_hundred_seats_by_state_in_three_queries(treaty, django_assert_num_queries):
    stand(treaty, Stance.OPPOSES, 40)
    with django_assert_num_queries(3):
        called = counting.roll_call(treaty)
        assert {standing.holder.office.pk for standing in called if standing.holder}
        assert [str(standing.position) for standing in called if standing.position]
    assert len(called) == 100
    order = [(standing.seat.state_name, standing.seat.senate_class) for standing in called]
    assert order == sorted(order)
    assert [standing.seat.state for standing in called[::2]][:4] == ["AL", "AK", "AZ", "AR"]


def test_many_treaties_are_called_in_the_queries_of_one_and_each_has_its_own_count(treaty, django_assert_num_queries):
    others = [factories.make_treaty("another"), factories.make_treaty("a-third")]
    stand(treaty, Stance.OPPOSES, 5)
    stand(others[1], Stance.SUPPORTS, 7)
    with django_assert_num_queries(3):
        called = counting.roll_calls([others[1], treaty, others[0]])
    counts = [counting.count(standings) for standings in called]
    assert [(count.against, count.in_favor) for count in counts] == [(0, 7), (5, 0), (0, 0)]
    assert counting.roll_calls([]) == []


def test_without_a_position_a_senator_is_unknown(treaty):
    called = counting.roll_call(treaty)
    assert {standing.stance for standing in called} == {Stance.UNKNOWN}
    assert {standing.position for standing in called} == {None}
    assert counting.count(called).by_stance == dict.fromkeys(Stance, 0) | {Stance.UNKNOWN: 100}


def test_the_count_adds_up_to_those_seated(treaty):
    stand(treaty, Stance.OPPOSES, 12)
    stand(treaty, Stance.SUPPORTS, 7)
    stand(treaty, Stance.UNKNOWN, 3)
    count = counting.count(counting.roll_call(treaty))
    assert (count.seated, count.vacant, count.quorum) == (100, 0, 51)
    assert (count.by_stance[Stance.OPPOSES], count.by_stance[Stance.SUPPORTS]) == (12, 7)
    assert sum(count.by_stance.values()) == 100


def test_who_opposed_before_and_does_no_longer_is_not_counted(treaty):
    stand(treaty, Stance.OPPOSES, 5)
    treaty.positions.update(superseded_at="2026-05-07T00:00:00Z")
    assert counting.count(counting.roll_call(treaty)).by_stance[Stance.OPPOSES] == 0


def test_another_treaty_has_its_own_count(treaty):
    stand(treaty, Stance.OPPOSES, 5)
    other = factories.make_treaty("another")
    assert counting.count(counting.roll_call(other)).by_stance[Stance.OPPOSES] == 0


def test_vacant_seats_cannot_be_present_and_have_no_position(treaty):
    gone = stand(treaty, Stance.OPPOSES, 2)
    Term.objects.open().filter(legislator__bioguide_id__in=gone).update(closed_on="2026-06-01")
    count = counting.count(counting.roll_call(treaty))
    assert (count.seated, count.vacant) == (98, 2)
    assert (count.needed_to_consent(), count.needed_to_block(), count.quorum) == (66, 33, 50)
    assert count.by_stance[Stance.OPPOSES] == 0
    assert sum(count.by_stance.values()) == 98
    with pytest.raises(ValueError, match="Of 98 senators 99"):
        count.needed_to_consent(99)


def test_a_seat_whose_term_ran_out_is_somebodys_we_do_not_know_whose(treaty):
    gone = stand(treaty, Stance.OPPOSES, 2)
    terms = Term.objects.open().filter(legislator__bioguide_id__in=gone)
    terms.update(starts_on="2019-01-03", ends_on="2025-01-03", appointed=False)
    called = counting.roll_call(treaty)
    count = counting.count(called)
    unheld = [standing for standing in called if standing.holder is None]
    assert (count.seated, count.vacant, count.needed_to_block()) == (100, 0, 34)
    assert [(standing.position, standing.stance) for standing in unheld] == [(None, Stance.UNKNOWN)] * 2
    assert sum(count.by_stance.values()) == 100


def test_members_of_foreign_relations_carry_their_place(treaty):
    CommitteeMembership.objects.all().delete()
    committee, _made = Committee.objects.get_or_create(code="SSFR", defaults={"name": "x", "chamber": "senate"})
    other, _made = Committee.objects.get_or_create(code="SSJU", defaults={"name": "y", "chamber": "senate"})
    merkley, wyden = (Legislator.objects.get(bioguide_id=each) for each in ("M001176", "W000779"))
    fields = {"side": "minority", "rank": 5, "seen_on": "2026-06-15"}
    ours = CommitteeMembership.objects.create(committee=committee, legislator=merkley, **fields)
    CommitteeMembership.objects.create(committee=other, legislator=wyden, **fields)
    CommitteeMembership.objects.create(committee=committee, legislator=wyden, closed_on="2026-06-20", **fields)
    placed = [standing for standing in counting.roll_call(treaty) if standing.committee]
    assert [(standing.holder, standing.committee) for standing in placed] == [(merkley, ours)]


def count_of(opposing: int, leaning: int = 0, seated: int = 100) -> Count:
    numbers = {Stance.OPPOSES: opposing, Stance.LEANS_AGAINST: leaning, Stance.UNKNOWN: seated - opposing - leaning}
    return Count(seated=seated, vacant=100 - seated, by_stance=numbers)


def test_it_is_blocked_when_enough_oppose_it_and_not_when_some_only_lean():
    assert (count_of(33, 20).is_blocked, count_of(33, 20).still_needed_to_block) == (False, 1)
    assert (count_of(33, 20).against, count_of(33, 20).in_favor) == (53, 0)
    assert (count_of(34).is_blocked, count_of(34).still_needed_to_block) == (True, 0)
    assert (count_of(33, seated=98).is_blocked, count_of(50).still_needed_to_block) == (True, 0)


@given(st.integers(min_value=0, max_value=100), present)
def test_who_can_block_a_full_senate_can_block_any_smaller_one(opposing, there):
    if count_of(opposing).is_blocked:
        assert opposing >= needed_to_block(there)


def test_supporters_are_counted_against_the_two_thirds():
    count = Count(seated=100, vacant=0, by_stance={Stance.SUPPORTS: 60})
    assert count.still_needed_to_consent == 7
