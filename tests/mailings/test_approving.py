"""Two organizers for everything that goes to many people."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from campaign.lib.refusals import Refused
from campaign.mailings import approving, drafting, starting
from campaign.mailings.drafting import Draft, NoLongerPossible, Whom, Words
from campaign.mailings.models import Mailing, Stage
from campaign.organizers.models import Organizer
from campaign.petitions.models import Petition
from tests import factories
from tests.mailings.conftest import HELLO


def reload(mailing: Mailing) -> Mailing:
    return Mailing.objects.get(pk=mailing.pk)


def codes(raised: Any) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in raised.value.refusals]


def test_a_mailing_goes_from_draft_to_scheduled_by_two_people(three, drafted, olive: Organizer, omar: Organizer):
    mailing = drafted()
    assert mailing.status == Stage.DRAFT
    assert approving.obstacles(mailing) == []
    assert approving.ask(mailing.pk, olive)
    assert not approving.ask(mailing.pk, olive)
    assert reload(mailing).status == Stage.ASKED
    assert approving.approve(mailing.pk, omar, mailing.digest)
    assert not approving.approve(mailing.pk, omar, mailing.digest)
    assert reload(mailing).status == Stage.APPROVED
    tomorrow = timezone.now() + timedelta(days=1)
    assert approving.schedule(mailing.pk, tomorrow, olive)
    assert not approving.schedule(mailing.pk, tomorrow, olive)
    assert reload(mailing).status == Stage.SCHEDULED
    assert starting.start_due() == 0
    assert approving.unschedule(mailing.pk)
    assert not approving.unschedule(mailing.pk)
    assert reload(mailing).status == Stage.APPROVED


def test_who_asked_can_not_approve(three, drafted, olive: Organizer, omar: Organizer):
    mailing = drafted()
    approving.ask(mailing.pk, omar)
    assert not approving.may_approve(reload(mailing), omar)
    for organizer in (omar, olive):  # Olive wrote it
        with pytest.raises(Refused) as raised:
            approving.approve(mailing.pk, organizer, mailing.digest)
        assert codes(raised) == [("approval", "same_person")]
    third = factories.make_organizer("oona@example.org")
    assert approving.may_approve(reload(mailing), third)
    assert approving.approve(mailing.pk, third, mailing.digest)


def test_the_database_keeps_that_promise_by_itself(three, approved, olive: Organizer):
    with pytest.raises(IntegrityError, match="a_mailing_is_approved_by_somebody_else"), transaction.atomic():
        Mailing.objects.filter(pk=approved().pk).update(approved_by=olive)


def test_a_viewer_approves_nothing(three, drafted, olive: Organizer, vera: Organizer):
    mailing = drafted()
    approving.ask(mailing.pk, olive)
    with pytest.raises(Refused):
        approving.approve(mailing.pk, vera, mailing.digest)


def test_what_changed_since_it_was_read_is_not_approved(three, drafted, olive: Organizer, omar: Organizer):
    mailing = drafted()
    read = mailing.digest
    drafting.edit(mailing.pk, Draft("News", Whom(), Words("Other", "Words")), olive)
    approving.ask(mailing.pk, olive)
    with pytest.raises(Refused) as raised:
        approving.approve(mailing.pk, omar, read)
    assert codes(raised) == [("approval", "changed")]


@pytest.mark.parametrize(
    "draft",
    [
        Draft("News", Whom(), Words("News, {{given_name|friend}}", "Dear all,\n\nother words.")),
        Draft("News", Whom(states=("OR",)), HELLO),
        Draft("News", Whom(sample_percent=10), HELLO, Words("B", "B")),
    ],
)
def test_a_change_takes_back_request_approval_and_schedule(
    three, approved, olive: Organizer, omar: Organizer, draft: Draft
):
    mailing = approved()
    approving.schedule(mailing.pk, timezone.now(), olive)
    assert drafting.edit(mailing.pk, draft, omar)
    mailing = reload(mailing)
    assert (mailing.status, mailing.scheduled_at, mailing.approved_digest) == (Stage.DRAFT, None, "")
    assert mailing.edited_by == omar
    assert starting.start_due() == 0
    with pytest.raises(Refused):
        approving.schedule(mailing.pk, timezone.now(), olive)


def test_saving_the_same_again_or_another_name_changes_nothing(three, approved, omar: Organizer):
    mailing = approved()
    assert not drafting.edit(mailing.pk, drafting.draft_of(mailing), omar)
    assert drafting.edit(mailing.pk, Draft("Another name", Whom(), HELLO), omar)
    assert reload(mailing).status == Stage.APPROVED


def test_a_mailing_whose_row_was_changed_behind_our_backs_does_not_start(three, approved, olive: Organizer):
    mailing = approved()
    approving.schedule(mailing.pk, timezone.now(), olive)
    mailing.versions.update(body="Something else")
    assert starting.start_due() == 0
    assert reload(mailing).status == Stage.DRAFT


def test_an_unknown_field_is_neither_asked_for_nor_approved(three, drafted, olive: Organizer, omar: Organizer):
    mailing = drafted(Words("Hi {{nam}}", "{{given_nam}}"))
    with pytest.raises(Refused) as raised:
        approving.ask(mailing.pk, olive)
    assert codes(raised) == [("subject_a", "unknown_field"), ("body_a", "unknown_field")]
    Mailing.objects.filter(pk=mailing.pk).update(asked_by=olive, asked_at=timezone.now())
    with pytest.raises(Refused) as raised:
        approving.approve(mailing.pk, omar, mailing.digest)
    assert codes(raised) == [("subject_a", "unknown_field"), ("body_a", "unknown_field")]
    assert reload(mailing).approved_at is None


def test_the_fields_of_version_b_count_as_well(three, drafted, olive: Organizer):
    mailing = drafted(HELLO, Words("B", "{{oops}}"), sample_percent=10)
    with pytest.raises(Refused) as raised:
        approving.ask(mailing.pk, olive)
    assert codes(raised) == [("body_b", "unknown_field")]


def test_without_a_postal_address_nothing_is_approved_and_nothing_starts(
    three, drafted, approved, olive: Organizer, settings: Any
):
    ready = approved()
    approving.schedule(ready.pk, timezone.now(), olive)
    settings.POSTAL_ADDRESS = ""
    with pytest.raises(Refused) as raised:
        approving.ask(drafted().pk, olive)
    assert codes(raised) == [("approval", "no_postal_address")]
    assert starting.start_due() == 0
    assert reload(ready).status == Stage.SCHEDULED


def test_a_mailing_to_nobody_is_not_approved(three, drafted, olive: Organizer):
    with pytest.raises(Refused) as raised:
        approving.ask(drafted(states=("VT",)).pk, olive)
    assert codes(raised) == [("approval", "nobody")]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (Words("x" * 5000, "Words"), ("subject_a", "too_long")),
        (Words("x" * 161, "Words"), ("subject_a", "too_long")),
        (Words("One\nBcc: two@example.org", "Words"), ("subject_a", "one_line")),
        (Words("One\u2028two", "Words"), ("subject_a", "hidden_characters")),
        (Words("One \ue0000\ue001", "Words"), ("subject_a", "hidden_characters")),
        (Words(" ", "Words"), ("subject_a", "required")),
        (Words("News", " \n"), ("body_a", "required")),
        (Words("News", "x" * 20_001), ("body_a", "too_long")),
        (Words("News", "a\u202eb"), ("body_a", "hidden_characters")),
        (Words("News", "a\x00b"), ("body_a", "hidden_characters")),
    ],
)
def test_words_that_can_not_be_kept_are_refused_with_their_field(
    petition: Petition, olive: Organizer, words: Words, found: tuple[str, str]
):
    with pytest.raises(Refused) as raised:
        drafting.begin(petition, Draft("News", Whom(), words), olive)
    assert codes(raised) == [found]
    assert not Mailing.objects.exists()


def test_a_subject_of_5000_characters_is_told_how_long_it_is(petition: Petition, olive: Organizer):
    with pytest.raises(Refused) as raised:
        drafting.begin(petition, Draft("News", Whom(), Words("x" * 5000, "Words")), olive)
    (found,) = raised.value.refusals
    assert str(found.detail) == "This is 5000 characters long; at most 160 fit. Please shorten it."


@pytest.mark.parametrize(
    ("whom", "field"),
    [
        (Whom(language="fr"), "language"),
        (Whom(states=("OR", "ZZ")), "states"),
        (Whom(wrote="maybe"), "wrote"),
        (Whom(sample_percent=51), "sample_percent"),
    ],
)
def test_an_audience_of_no_choice_is_refused(petition: Petition, olive: Organizer, whom: Whom, field: str):
    with pytest.raises(Refused) as raised:
        drafting.begin(petition, Draft("News", whom, HELLO, HELLO), olive)
    assert codes(raised)[0][0] == field


def test_a_test_of_two_versions_needs_both(petition: Petition, olive: Organizer):
    with pytest.raises(Refused) as raised:
        drafting.begin(petition, Draft("News", Whom(sample_percent=10), HELLO), olive)
    assert codes(raised) == [("subject_b", "required")]


def test_cancelled_before_it_starts_it_never_does(three, approved, olive: Organizer, omar: Organizer):
    mailing = approved()
    approving.schedule(mailing.pk, timezone.now(), olive)
    assert approving.cancel(mailing.pk, omar)
    assert not approving.cancel(mailing.pk, olive)
    assert starting.start_due() == 0
    assert reload(mailing).status == Stage.CANCELLED
    with pytest.raises(NoLongerPossible):
        drafting.edit(mailing.pk, Draft("News", Whom(), Words("Other", "Words")), olive)
    assert not approving.schedule(mailing.pk, timezone.now(), olive)
    assert not approving.ask(mailing.pk, olive)


def test_a_started_mailing_can_not_be_changed_any_more(three, started, olive: Organizer):
    mailing = started()
    with pytest.raises(NoLongerPossible):
        drafting.edit(mailing.pk, Draft("News", Whom(), Words("Other", "Words")), olive)
    assert not approving.take_back(mailing.pk, olive)
    assert not approving.unschedule(mailing.pk)


def test_a_request_can_be_taken_back(three, approved, olive: Organizer):
    mailing = approved()
    assert approving.take_back(mailing.pk, olive)
    assert not approving.take_back(mailing.pk, olive)
    assert reload(mailing).status == Stage.DRAFT


@pytest.mark.django_db(transaction=True)
def test_of_eight_approvals_at_once_one_counts(three, drafted: Callable[..., Mailing], olive: Organizer):
    mailing = drafted()
    approving.ask(mailing.pk, olive)
    others = [factories.make_organizer(f"o{number}@example.org") for number in range(8)]
    said: list[bool] = []

    def approve(organizer: Organizer) -> None:
        said.append(approving.approve(mailing.pk, organizer, mailing.digest))
        connection.close()

    threads = [threading.Thread(target=approve, args=[each]) for each in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [False] * 7 + [True]
