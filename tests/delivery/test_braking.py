"""Holds, breakers of a relay and of receiving domains, shared by all workers."""

from datetime import timedelta

import pytest
from django.db.models import F

from campaign.delivery import braking, breaking, pausing
from campaign.delivery.models import Breaker, Epoch, Queue, QueueHold
from campaign.delivery.transport import Accepted, Fate, Refused, TryLater, Unsure
from campaign.lib import kept
from tests.delivery.posts import receipt_waits

pytestmark = pytest.mark.django_db
NO_LINE = TryLater("connection refused", is_connection=True)
NOT_NOW = TryLater("421 4.7.0 try again later")
WELL = Accepted("250 2.0.0 queued")


def heard_times(times: int, *fates: tuple[str, Fate]) -> None:
    for _ in range(times):
        braking.heard(fates)


def pause_is_over() -> None:
    """Nobody waits in a test: the moment comes to us."""
    Breaker.objects.update(open_until=F("open_until") - timedelta(hours=1))
    kept.forget_everything()


def seconds_open() -> float:
    breaker = Breaker.objects.get()
    assert breaker.open_until is not None
    return (breaker.open_until - breaker.failed_at).total_seconds()


def test_a_held_queue_stands_and_the_others_go():
    assert braking.hold(Queue.MAILINGS, "organizer 5")
    assert braking.stopped(Queue.MAILINGS) == "queue held"
    assert braking.stopped(Queue.CONFIRM) == ""
    assert braking.resume(Queue.MAILINGS)
    assert braking.stopped(Queue.MAILINGS) == ""


def test_holding_and_resuming_twice_is_once():
    assert pausing.pause(Queue.LETTERS, "organizer 5")
    assert not pausing.pause(Queue.LETTERS, "operator")
    assert QueueHold.objects.get().held_by == "organizer 5"
    assert pausing.resume(Queue.LETTERS, "operator")
    assert not pausing.resume(Queue.LETTERS, "operator")


def test_all_of_it_is_asked_in_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        braking.stopped(Queue.MAILINGS)


def test_a_relay_that_does_not_answer_five_times_in_a_row_is_left_alone():
    heard_times(4, ("", NO_LINE))
    assert braking.stopped(Queue.CONFIRM) == ""
    heard_times(1, ("", NO_LINE))
    assert [braking.stopped(queue) for queue in Queue] == ["relay is down"] * 3
    assert 5 <= seconds_open() <= 10


def test_a_window_in_which_the_relay_answered_for_one_mail_starts_the_count_anew():
    heard_times(4, ("", NO_LINE))
    braking.heard([("example.org", Refused("550")), ("example.org", Unsure("it hung up"))])
    assert not Breaker.objects.exists()
    heard_times(4, ("", NO_LINE))
    assert braking.stopped(Queue.CONFIRM) == ""


def test_a_relay_that_hangs_up_on_every_mail_is_left_alone_as_well():
    heard_times(5, ("example.org", Unsure("it hung up")))
    assert braking.stopped(Queue.CONFIRM) == "relay is down"


def test_a_window_of_fifty_that_found_no_relay_counts_once():
    braking.heard([("example.org", NO_LINE)] * 50)
    assert Breaker.objects.get().failures == 1


def test_when_the_pause_is_over_one_worker_tries_and_the_others_wait_for_what_it_finds():
    receipt_waits()
    heard_times(5, ("", NO_LINE))
    pause_is_over()
    assert braking.stopped(Queue.LETTERS) == "relay is down"  # has nothing to try it with
    assert braking.stopped(Queue.CONFIRM) == ""
    assert braking.stopped(Queue.CONFIRM) == "relay is down"
    braking.heard([("example.org", WELL)])
    assert braking.stopped(Queue.CONFIRM) == ""
    assert not Breaker.objects.exists()


def test_a_try_that_fails_makes_the_next_pause_longer_up_to_a_bound():
    receipt_waits()
    heard_times(5, ("", NO_LINE))
    longest = []
    for _ in range(9):
        pause_is_over()
        assert braking.stopped(Queue.CONFIRM) == ""
        braking.heard([("", NO_LINE)])
        assert braking.stopped(Queue.CONFIRM) == "relay is down"
        longest.append(seconds_open())
    assert 10 <= longest[0] <= 20
    assert 20 <= longest[1] <= 40
    assert all(150 <= pause <= 300 for pause in longest[-3:])


def test_who_tries_and_sends_nothing_keeps_the_others_waiting_for_a_while_only():
    receipt_waits()
    heard_times(5, ("", NO_LINE))
    pause_is_over()
    assert braking.stopped(Queue.CONFIRM) == ""
    pause_is_over()
    assert braking.stopped(Queue.CONFIRM) == ""


def test_what_was_under_way_when_it_opened_makes_no_pause_longer():
    heard_times(5, ("", NO_LINE))
    until = Breaker.objects.get().open_until
    heard_times(20, ("", NO_LINE))
    assert Breaker.objects.get().open_until == until
    assert Breaker.objects.get().failures == 5


def test_a_domain_that_puts_off_five_mails_in_a_row_pauses_and_no_other():
    braking.heard([("gmail.example", NOT_NOW)] * 3 + [("example.org", WELL)])
    assert braking.paused_domains() == {}
    braking.heard([("gmail.example", NOT_NOW)] * 40)
    assert list(braking.paused_domains()) == ["gmail.example"]
    assert 10 < braking.paused_domains()["gmail.example"] <= 30
    assert braking.stopped(Queue.CONFIRM) == ""


def test_one_full_mailbox_stops_no_provider_that_takes_the_mail_of_others():
    for _ in range(10):
        braking.heard([("gmail.example", TryLater("452 4.2.2 mailbox full")), ("gmail.example", WELL)])
        kept.forget_everything()
    assert braking.paused_domains() == {}
    assert not Breaker.objects.exists()


def test_what_failed_long_ago_was_not_in_a_row():
    heard_times(4, ("small.example", NOT_NOW))
    Breaker.objects.update(failed_at=F("failed_at") - timedelta(minutes=20))
    heard_times(1, ("small.example", NOT_NOW))
    assert Breaker.objects.get().failures == 1


def test_mail_that_a_domain_takes_closes_its_breaker_also_from_another_worker():
    heard_times(5, ("gmail.example", NOT_NOW))
    kept.forget_everything()  # another process
    braking.heard([("gmail.example", WELL)])
    assert braking.paused_domains() == {}
    assert not Breaker.objects.exists()


def test_a_domain_that_never_takes_mail_pauses_for_at_most_half_an_hour():
    for _ in range(15):
        heard_times(5, ("gmail.example", NOT_NOW))
        last = seconds_open()
        pause_is_over()
    assert 900 <= last <= 1800


def test_a_refusal_for_good_says_nothing_of_a_domain():
    heard_times(4, ("gmail.example", NOT_NOW))
    heard_times(1, ("gmail.example", Refused("550 5.1.1", bad_address=True)))
    heard_times(1, ("gmail.example", NOT_NOW))
    assert "gmail.example" in braking.paused_domains()


def test_where_all_is_well_nothing_is_read_or_written(django_assert_num_queries):
    window = [(f"{number}.example", WELL) for number in range(50)]
    braking.heard(window)
    with django_assert_num_queries(0):
        heard_times(20, *window)
        braking.paused_domains()
        braking.heard([])


def test_a_mixed_window_takes_two_statements(django_assert_num_queries):
    heard_times(2, ("a.example", NOT_NOW))
    braking.paused_domains()
    with django_assert_num_queries(2):
        braking.heard([("a.example", WELL), ("b.example", NOT_NOW), ("c.example", NOT_NOW), ("", NO_LINE)])


def test_no_address_stays_in_a_breaker():
    heard_times(5, ("gmail.example", TryLater("450 4.2.1 <ada@gmail.example> is busy")))
    assert Breaker.objects.get().reason == "450 4.2.1 is busy"


def test_breakers_are_forgotten_after_a_day_but_not_while_they_are_open():
    heard_times(5, ("gmail.example", NOT_NOW))
    heard_times(1, ("small.example", NOT_NOW))
    Breaker.objects.update(failed_at=F("failed_at") - timedelta(hours=25))
    braking.forget_old()
    assert [breaker.subject for breaker in Breaker.objects.all()] == ["domain:gmail.example"]
    pause_is_over()
    braking.forget_old()
    assert not Breaker.objects.exists()


def test_the_relay_is_called_by_its_host_or_its_provider(settings):
    settings.EMAIL_HOST = "relay.example.org"
    assert breaking.relay_subject() == "relay:relay.example.org"
    settings.MAIL_PROVIDER = "mailgun"
    assert breaking.relay_subject() == "relay:mailgun"


def test_another_epoch_than_the_operator_s_stops_every_queue(settings):
    Epoch.objects.create(value="1")
    assert braking.stopped(Queue.CONFIRM) == ""
    settings.MAIL_EPOCH = "after the restore of November"
    braking.hold(Queue.LETTERS, "operator")
    assert [braking.stopped(queue) for queue in Queue] == ["wrong epoch"] * 3
