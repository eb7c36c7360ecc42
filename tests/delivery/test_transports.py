"""The SMTP line against a real server: who gets what, and what becomes of whom."""

import threading

import pytest

from campaign.delivery import stopping, transport
from campaign.delivery.transport import Accepted, Refused, TryLater, Unsure
from campaign.delivery.transports import smtp, windows
from embedded.troubles import At, Trouble, defer, drop_after_dot, hang, reject, slow
from tests.delivery.conftest import arrived
from tests.delivery.handing import hand_over, kinds, outgoing, people, says_something_of_the_relay, words


def recipients(sink) -> list[str]:
    return [mail.to for mail in arrived(sink)]


def names(*numbers: int) -> list[str]:
    return [f"person{number}@example.org" for number in numbers]


def test_a_window_goes_over_one_connection_and_arrives_in_order(sink):
    fates = hand_over(people(30))
    assert kinds(fates) == [Accepted] * 30
    assert recipients(sink) == names(*range(30))
    assert sink.connections == 1


def test_windows_share_the_connection(sink):
    with transport.open_line() as line:
        for _ in range(3):
            line.ready()
            line.hand_over(people(2))
    assert (len(recipients(sink)), sink.connections) == (6, 1)


def test_a_line_that_nobody_used_says_good_bye_and_nothing_else(sink):
    with transport.open_line():
        pass
    assert sink.connections == 0


def test_a_refused_mailbox_costs_the_others_nothing(sink):
    sink.suffer(reject("person1@example.org"))
    sink.suffer(reject("person3@example.org", "552 5.2.2 Mailbox full"))
    sink.suffer(reject("person4@example.org", "550 5.7.1 Not by our policy"))
    sink.suffer(reject("person6@example.org", "451 4.3.0 Later"))
    fates = hand_over(people(8))
    assert kinds(fates) == [Accepted, Refused, Accepted, Refused, Refused, Accepted, TryLater, Accepted]
    assert [fate.bad_address for fate in fates if isinstance(fate, Refused)] == [True, False, False]
    assert words(fates[1]) == "smtp 550 5.1.1"
    assert not says_something_of_the_relay(fates[6])
    assert recipients(sink) == names(0, 2, 5, 7)


def test_a_refused_text_costs_the_others_nothing(sink):
    sink.suffer(Trouble(At.DOT, answer="554 5.6.0 Not this", recipient="person1@example.org"))
    sink.suffer(Trouble(At.DOT, answer="451 4.3.0 Not now", recipient="person2@example.org"))
    fates = hand_over(people(4))
    assert kinds(fates) == [Accepted, Refused, TryLater, Accepted]
    assert recipients(sink) == names(0, 3)


def test_a_refused_sender_waits_and_the_others_go(sink):
    sink.suffer(Trouble(At.MAIL, answer="550 5.1.0 Sender rejected", times=1))
    fates = hand_over(people(3))
    assert kinds(fates) == [TryLater, Accepted, Accepted]
    assert words(fates[0]) == "sender refused: smtp 550 5.1.0"
    assert recipients(sink) == names(1, 2)


@pytest.mark.parametrize("kept", [True, False])
def test_one_whose_answer_was_lost_is_unsure_and_the_rest_goes_over_a_new_connection(sink, kept):
    sink.suffer(Trouble(At.DOT, recipient="person1@example.org", drop=True, kept=kept, times=1))
    fates = hand_over(people(4))
    assert kinds(fates) == [Accepted, Unsure, Accepted, Accepted]
    assert recipients(sink) == (names(0, 1, 2, 3) if kept else names(0, 2, 3))
    assert sink.connections == 2


def test_a_server_that_always_hangs_up_costs_three_and_no_window(sink):
    sink.suffer(drop_after_dot(kept=True, times=None))
    fates = hand_over(people(20))
    assert kinds(fates) == [Unsure] * 3 + [TryLater] * 17
    assert all(says_something_of_the_relay(fate) for fate in fates[3:])
    assert recipients(sink) == names(0, 1, 2)


@pytest.mark.parametrize("at", [At.MAIL, At.RCPT])
def test_one_that_was_not_begun_goes_over_the_next_connection(sink, at):
    sink.suffer(Trouble(at, drop=True, times=1))
    assert kinds(hand_over(people(3))) == [Accepted] * 3
    assert (recipients(sink), sink.connections) == (names(0, 1, 2), 2)


def test_one_that_breaks_every_connection_is_left_for_later_and_the_others_go(sink):
    sink.suffer(Trouble(At.RCPT, recipient="person1@example.org", drop=True))
    fates = hand_over(people(4))
    assert kinds(fates) == [Accepted, TryLater, Accepted, Accepted]
    assert says_something_of_the_relay(fates[1])
    assert recipients(sink) == names(0, 2, 3)


def test_without_a_server_all_of_them_wait():
    line = transport.open_line()
    with line, pytest.raises(TryLater) as raised:
        line.ready()
    assert raised.value.is_connection
    fates = hand_over(people(3))
    assert kinds(fates) == [TryLater] * 3
    assert all(says_something_of_the_relay(fate) for fate in fates)


def test_a_server_that_went_away_between_two_windows_is_connected_anew(sink):
    with transport.open_line() as line:
        line.hand_over(people(2))
        sink.stop()
        sink.start()
        line.ready()
        assert kinds(list(line.hand_over(people(2)).values())) == [Accepted] * 2


def test_a_server_that_takes_its_time_over_the_text_is_waited_for(sink, settings):
    settings.EMAIL_TIMEOUT = 0.3
    sink.suffer(hang(0.8, at=At.DOT))
    assert kinds(hand_over(people(2))) == [Accepted] * 2


def test_a_server_that_takes_too_long_over_the_text_leaves_one_unsure(sink, monkeypatch):
    monkeypatch.setattr(smtp, "SECONDS_FOR_THE_TEXT", 0.3)
    sink.suffer(hang(1.0, at=At.DOT))
    assert kinds(hand_over(people(3))) == [Unsure, Accepted, Accepted]
    assert sorted(recipients(sink)) in (names(1, 2), names(0, 1, 2))


def test_when_there_is_no_time_to_begin_another_the_rest_waits(sink, monkeypatch):
    monkeypatch.setattr(windows, "SECONDS_TO_BEGIN", 0.5)
    sink.suffer(hang(0.4, at=At.DOT, times=None))
    fates = hand_over(people(20))
    assert set(kinds(fates)) == {Accepted, TryLater}
    assert recipients(sink) == names(*range(kinds(fates).count(Accepted)))
    assert words(fates[-1]) == "not begun: the server is slow"


def test_nothing_of_a_text_is_lost_to_dots_and_line_ends(sink):
    text = ".\n..\n. \n.a\r\nb\rc\n\n.\r\n.\n=\ntail \t\n" + "." * 300 + "\n" + "x" * 75 + "." * 9 + "\n\nend"
    assert kinds(hand_over([outgoing(text=text, html=text)])) == [Accepted]
    raw = sink.messages()[0].read_bytes()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    expected = text.replace("\r\n", "\n").replace("\r", "\n") + "\n"
    assert arrived(sink)[0].text.replace("\r\n", "\n") == expected
    assert arrived(sink)[0].html.replace("\r\n", "\n") == expected


def test_what_must_not_leave_is_refused_and_the_others_go(sink):
    window = people(5)
    window[1] = outgoing("person1@example.org,mallory@example.org")
    window[3] = outgoing(subject="Hello\r\nBcc: mallory@example.org")
    fates = hand_over(window)
    assert kinds(fates) == [Accepted, Refused, Accepted, Refused, Accepted]
    assert words(fates[1]).startswith("can't be written")
    assert recipients(sink) == names(0, 2, 4)


def test_a_fault_of_ours_in_one_mail_costs_the_others_nothing(sink):
    window = people(3)
    window[1] = outgoing(text=None)
    fates = hand_over(window)
    assert kinds(fates) == [Accepted, TryLater, Accepted]
    assert not says_something_of_the_relay(fates[1])


def test_a_server_that_defers_everything_is_heard_for_each(sink):
    sink.suffer(defer())
    fates = hand_over(people(5))
    assert kinds(fates) == [TryLater] * 5
    assert not any(says_something_of_the_relay(fate) for fate in fates)
    assert sink.connections == 1


def test_whoever_is_asked_to_stop_ends_what_is_under_way_and_begins_no_other(sink, monkeypatch):
    monkeypatch.setattr(stopping, "_asked", threading.Event())
    sink.suffer(slow(0.1, 0))
    threading.Timer(0.25, stopping.ask).start()
    fates = hand_over(people(20))
    arrived_ones = kinds(fates).count(Accepted)
    assert 1 <= arrived_ones <= 6
    assert kinds(fates) == [Accepted] * arrived_ones + [TryLater] * (20 - arrived_ones)
    assert recipients(sink) == names(*range(arrived_ones))
