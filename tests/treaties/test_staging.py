"""Where the treaty stands: the latest change that nobody retracted."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from campaign.lib.refusals import Refused
from campaign.treaties import staging
from campaign.treaties.models import Stage, StageChange, Treaty
from campaign.treaties.staging import Change
from campaign.treaties.taking_turns import ChangedMeanwhile, Seen
from tests.treaties.conftest import in_the_turn_of_another

SOURCE = "https://example.org/congress"


def stage_of(treaty: Treaty) -> Stage:
    return Treaty.objects.with_story().get(pk=treaty.pk).stage


def test_without_an_entry_it_is_not_signed(treaty):
    assert stage_of(treaty) == Stage.NOT_SIGNED


def test_the_stage_is_that_of_the_latest_change_in_whatever_order_they_are_entered(treaty, olive):
    staging.enter(treaty, Change(Stage.TRANSMITTED, date(2026, 5, 6), SOURCE, "By message."), olive)
    staging.enter(treaty, Change(Stage.SIGNED, date(2026, 2, 3), SOURCE), olive)
    assert stage_of(treaty) == Stage.TRANSMITTED
    change = treaty.stage_changes.get(stage=Stage.TRANSMITTED)
    assert (change.note, change.entered_by) == ("By message.", olive)


def test_of_two_changes_of_one_day_the_one_farther_on_the_way_counts_whichever_was_entered_first(treaty, olive):
    staging.enter(treaty, Change(Stage.IN_COMMITTEE, date(2026, 5, 6), SOURCE), olive)
    staging.enter(treaty, Change(Stage.TRANSMITTED, date(2026, 5, 6), SOURCE), olive)
    assert stage_of(treaty) == Stage.IN_COMMITTEE


def test_the_same_again_changes_nothing_and_another_source_is_told(treaty, olive, vera):
    change = Change(Stage.SIGNED, date(2026, 2, 3), SOURCE)
    first = staging.enter(treaty, change, olive)
    assert staging.enter(treaty, change, vera) == first
    with pytest.raises(Refused) as caught:
        staging.enter(treaty, Change(Stage.SIGNED, date(2026, 2, 3), "https://example.org/other"), olive)
    assert [refusal.code for refusal in caught.value.refusals] == ["already_entered"]
    assert treaty.stage_changes.get().entered_by == olive


def test_a_retracted_change_is_kept_and_does_not_count(treaty, olive, vera):
    change = staging.enter(treaty, Change(Stage.SIGNED, date(2026, 2, 3), SOURCE), olive)
    assert staging.retract(change, vera) is True
    assert staging.retract(change, olive) is False, "the second time nothing is left to retract"
    change.refresh_from_db()
    assert change.retracted_by == vera
    assert stage_of(treaty) == Stage.NOT_SIGNED
    again = staging.enter(treaty, Change(Stage.SIGNED, date(2026, 2, 3), SOURCE), olive)
    assert again.pk != change.pk
    assert stage_of(treaty) == Stage.SIGNED


def test_trying_a_stage_out_says_what_would_come_of_it_and_keeps_nothing(treaty, olive):
    signed = staging.enter(treaty, Change(Stage.SIGNED, date(2026, 2, 3), SOURCE), olive)
    sent = Change(Stage.TRANSMITTED, date(2026, 5, 6), SOURCE)
    tried = staging.try_out(treaty, sent, olive, Seen(signed.pk))
    assert (tried.change.stage, tried.is_new, tried.after) == (Stage.TRANSMITTED, True, Stage.TRANSMITTED)
    again = staging.try_out(treaty, Change(Stage.SIGNED, date(2026, 2, 3), SOURCE), olive, Seen(signed.pk))
    assert (again.change, again.is_new, again.after) == (signed, False, Stage.SIGNED)
    assert StageChange.objects.get() == signed


def test_who_saw_the_treaty_at_another_stage_is_told(treaty, olive):
    sent = Change(Stage.TRANSMITTED, date(2026, 5, 6), SOURCE)
    signed = staging.enter(treaty, Change(Stage.SIGNED, date(2026, 2, 3), SOURCE), olive, Seen(None))
    for deed in (staging.enter, staging.try_out):
        with pytest.raises(ChangedMeanwhile):
            deed(treaty, sent, olive, Seen(None))
    assert StageChange.objects.get() == signed
    assert staging.enter(treaty, sent, olive, Seen(signed.pk)).stage == Stage.TRANSMITTED


@pytest.mark.django_db(transaction=True)
def test_who_comes_while_another_enters_a_stage_waits_and_is_told(treaty, olive, vera):
    came = in_the_turn_of_another(
        treaty,
        lambda: staging.enter(treaty, Change(Stage.SIGNED, date(2026, 2, 3), SOURCE), olive),
        lambda: staging.enter(treaty, Change(Stage.TRANSMITTED, date(2026, 5, 6), SOURCE), vera, Seen(None)),
    )
    assert isinstance(came, ChangedMeanwhile)
    assert StageChange.objects.get().stage == Stage.SIGNED


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Change("sunk", date(2026, 2, 3), SOURCE), ("stage", "unknown_stage")),
        (Change(Stage.SIGNED, timezone.now().date() + timedelta(days=1), SOURCE), ("happened_on", "in_the_future")),
        (Change(Stage.SIGNED, date(1776, 7, 4), SOURCE), ("happened_on", "too_early")),
        (Change(Stage.SIGNED, date(2026, 2, 3), " "), ("source_url", "required")),
        (Change(Stage.SIGNED, date(2026, 2, 3), "file:///etc/passwd"), ("source_url", "not_a_web_address")),
        (Change(Stage.SIGNED, date(2026, 2, 3), SOURCE, "x" * 501), ("note", "too_long")),
    ],
)
def test_what_cannot_be_true_is_refused_and_changes_nothing(treaty, olive, change, why):
    with pytest.raises(Refused) as caught:
        staging.enter(treaty, change, olive)
    assert [(refusal.field, refusal.code) for refusal in caught.value.refusals] == [why]
    assert not StageChange.objects.exists()
