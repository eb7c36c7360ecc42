"""Servers that answer what no server should: every mail has one fate, and nothing is sent twice or to nobody."""

import time
from collections import Counter

import pytest

from campaign.delivery.transport import Accepted, Refused, TryLater, Unsure
from campaign.delivery.transports import smtp
from tests.delivery.handing import hand_over, kinds, outgoing, people, says_something_of_the_relay, words
from tests.delivery.scripted import ScriptedServer, Talk


@pytest.fixture
def serve(settings):
    """Start servers; stop them when the story is over, and hear whether their scripts were followed."""
    started: list[ScriptedServer] = []

    def start(*scripts) -> ScriptedServer:
        server = ScriptedServer(*scripts)
        started.append(server)
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.port, 2
        return server

    yield start
    for server in started:
        server.stop()


def polite(talk: Talk) -> None:
    talk.greet()
    talk.rest()


def test_data_granted_although_the_recipient_was_refused_gets_a_lone_dot(serve):
    def script(talk: Talk) -> None:
        talk.greet()
        talk.envelope(rcpt=b"550 5.1.1 nobody")
        assert talk.line() == b"."
        talk.say(b"554 5.5.1 no valid recipients")
        talk.command(b"RSET", b"250 ok")
        talk.messages(1)

    server = serve(script)
    assert kinds(hand_over(people(2))) == [Refused, Accepted]
    assert (server.recipients, server.connections) == (["person1@example.org"], 1)


@pytest.mark.parametrize("data", [b"503 5.5.1 no recipients", b"554 5.5.1 no valid recipients"])
def test_data_refused_with_the_recipient_is_followed_by_a_reset(serve, data):
    def script(talk: Talk) -> None:
        talk.greet()
        talk.messages(1)
        talk.envelope(rcpt=b"550 5.1.1 nobody", data=data)
        talk.command(b"RSET", b"250 ok")
        talk.messages(1)

    server = serve(script)
    assert kinds(hand_over(people(3))) == [Accepted, Refused, Accepted]
    assert server.connections == 1


def test_a_recipient_without_a_sender_never_gets_an_empty_mail(serve):
    def script(talk: Talk) -> None:
        talk.greet()
        talk.envelope(mail=b"451 4.3.0 not you")
        assert talk.line() == b"never"  # it hangs up instead: EOFError

    server = serve(script, polite)
    assert kinds(hand_over(people(2))) == [TryLater, Accepted]
    assert b"." not in server.lines
    assert server.recipients == ["person1@example.org"]


def test_data_refused_alone_is_about_that_message(serve):
    def script(talk: Talk) -> None:
        talk.greet()
        talk.envelope(data=b"451 4.3.1 no space")
        talk.command(b"RSET", b"250 ok")
        talk.messages(1)

    serve(script)
    fates = hand_over(people(2))
    assert (kinds(fates), words(fates[0])) == ([TryLater, Accepted], "smtp 451 4.3.1")


@pytest.mark.parametrize("at", ["mail", "rcpt", "data"])
def test_421_before_the_text_takes_the_message_to_a_new_connection(serve, at):
    def script(talk: Talk) -> None:
        talk.greet()
        talk.messages(1)
        for verb in ("mail", "rcpt", "data"):
            talk.line()
            if verb == at:
                talk.say(b"421 4.3.2 closing")
                talk.hang_up()
            talk.say(b"250 ok")

    server = serve(script, polite)
    assert kinds(hand_over(people(4))) == [Accepted] * 4
    assert server.recipients == [f"person{number}@example.org" for number in range(4)]


def test_421_after_the_text_is_its_answer(serve):
    def script(talk: Talk) -> None:
        talk.greet()
        talk.envelope()
        talk.text(b"421 4.3.2 closing")
        talk.server.kept.clear()

    server = serve(script, polite)
    fates = hand_over(people(3))
    assert kinds(fates) == [TryLater, Accepted, Accepted]
    assert says_something_of_the_relay(fates[0])
    assert server.recipients == ["person1@example.org", "person2@example.org"]


def test_a_server_with_a_limit_for_each_connection_gets_as_many_as_it_needs(serve):
    def script(talk: Talk) -> None:
        talk.greet()
        for _ in range(3):
            if talk.line() == b"QUIT":
                return
            talk.command(b"RCPT", b"250 sender\r\n250 recipient")
            talk.command(b"DATA", b"354 go on")
            talk.text(b"250 kept")
        talk.line()
        talk.say(b"421 4.7.0 too many messages in this session")

    server = serve(script)
    assert kinds(hand_over(people(10))) == [Accepted] * 10
    assert (len(server.recipients), server.connections) == (10, 4)


@pytest.mark.parametrize("greeting", [b"421 4.3.2 too busy", b"554 5.7.1 not you", b"hello", b"\xff\xfe"])
def test_a_server_that_does_not_let_us_in_says_nothing_of_the_mailboxes(serve, greeting):
    serve(lambda talk: talk.say(greeting))
    fates = hand_over(people(3))
    assert kinds(fates) == [TryLater] * 3
    assert all(says_something_of_the_relay(fate) for fate in fates)


def test_answers_of_many_lines_are_one_answer(serve):
    def script(talk: Talk) -> None:
        talk.greet()
        for _ in range(3):
            talk.command(b"MAIL", b"250-we", b"250-like", b"250 you")
            talk.command(b"RCPT", b"250-and", b"250 them")
            talk.command(b"DATA", b"354-go", b"354 on")
            talk.text(b"250-2.0.0 queued", b"250-as", b"250 4711")

    serve(script)
    assert [words(fate) for fate in hand_over(people(3))] == ["smtp 250"] * 3


def test_answers_may_come_byte_by_byte(serve):
    def script(talk: Talk) -> None:
        talk.greet()
        for _ in range(2):
            talk.line(), talk.line(), talk.line()
            for byte in b"250 a\r\n250 b\r\n354 c\r\n":
                talk.connection.sendall(bytes([byte]))
                time.sleep(0.001)
            talk.text(b"250 kept")

    serve(script)
    assert kinds(hand_over(people(2))) == [Accepted] * 2


def test_without_pipelining_each_command_waits_for_its_answer(serve):
    def script(talk: Talk) -> None:
        talk.greet(b"250-server.example", b"250 8BITMIME")
        recipient = 0
        while True:
            line = talk.line()
            assert talk.heard == b""
            time.sleep(0.01)
            if line == b"DATA":
                talk.say(b"354 go on")
                talk.text()
                assert talk.heard == b""
            if line.startswith(b"RCPT"):
                recipient += 1
            talk.say(b"550 5.1.1 nobody" if line.startswith(b"RCPT") and recipient == 2 else b"250 ok")

    server = serve(script)
    assert kinds(hand_over(people(3))) == [Accepted, Refused, Accepted]
    assert [line.partition(b" ")[0] for line in server.lines[5:8]] == [b"RCPT", b"RSET", b"MAIL"]


def test_an_answer_too_many_makes_the_last_word_unsure(serve):
    def script(talk: Talk) -> None:
        talk.greet()
        talk.messages(1)
        talk.envelope()
        talk.text(b"250 what was that?", b"250 kept")
        talk.line(), talk.line(), talk.line()
        talk.say(b"250 sender", b"250 recipient", b"354 go on")
        talk.line()

    server = serve(script, polite)
    assert kinds(hand_over(people(4))) == [Accepted, Unsure, Accepted, Accepted]
    assert Counter(server.recipients).most_common(1)[0][1] == 1


def test_an_answer_too_few_makes_the_last_word_unsure(serve):
    def script(talk: Talk) -> None:
        talk.greet()
        talk.envelope()
        talk.text()  # and not a word about it
        talk.envelope()
        talk.line()

    server = serve(script, polite)
    assert kinds(hand_over(people(2))) == [Unsure, Accepted]
    assert server.recipients == ["person0@example.org", "person1@example.org"]


@pytest.mark.parametrize("answer", [b"250 kept?", b"354 what now?", b"999 x", b"2", b"", b"\x00\xff", b"abc def"])
def test_nonsense_instead_of_go_on_begins_no_text(serve, answer):
    def script(talk: Talk) -> None:
        talk.greet()
        talk.envelope(rcpt=answer if answer.startswith(b"354") else b"250 ok", data=answer)
        with pytest.raises((EOFError, ConnectionError)):
            talk.line()

    server = serve(script, polite)
    assert kinds(hand_over(people(2))) == [Accepted] * 2
    assert len(server.kept) == 2


@pytest.mark.parametrize("answer", [b"354 more", b"abc", b"", b"199 hm"])
def test_nonsense_after_the_text_is_unsure(serve, answer):
    def script(talk: Talk) -> None:
        talk.greet()
        talk.envelope()
        talk.text(answer)

    server = serve(script, polite)
    assert kinds(hand_over(people(2))) == [Unsure, Accepted]
    assert len(server.kept) == 2


def test_lines_and_answers_without_an_end_are_cut_short(serve):
    def endless_line(talk: Talk) -> None:
        talk.greet()
        while True:
            talk.connection.sendall(b"x" * 4096)

    def endless_answer(talk: Talk) -> None:
        talk.greet()
        while True:
            talk.say(b"250-and another thing")

    serve(endless_line, endless_answer)
    began = time.monotonic()
    assert kinds(hand_over(people(5))) == [TryLater] * 5
    assert time.monotonic() - began < 5


def test_a_byte_now_and_then_wins_a_server_no_time(serve, settings):
    def drip(talk: Talk) -> None:
        talk.greet()
        for _ in range(100):
            talk.connection.sendall(b"2")
            time.sleep(0.1)

    serve(drip)
    settings.EMAIL_TIMEOUT = 0.5
    began = time.monotonic()
    assert kinds(hand_over(people(4))) == [TryLater] * 4
    assert time.monotonic() - began < 4


def test_a_server_that_stops_reading_does_not_hold_us(serve, monkeypatch):
    monkeypatch.setattr(smtp, "SECONDS_FOR_THE_TEXT", 1.0)

    def script(talk: Talk) -> None:
        talk.greet()
        talk.envelope()
        time.sleep(4)

    serve(script, polite)
    window = [outgoing("ada@example.org", text="x" * 70 + "\n" + "words " * 5_000_000), outgoing("bruno@example.org")]
    began = time.monotonic()
    assert kinds(hand_over(window)) == [Unsure, Accepted]
    assert time.monotonic() - began < 4


def test_a_server_that_says_good_bye_before_the_text_does_not_get_it(serve):
    def script(talk: Talk) -> None:
        talk.greet()
        talk.envelope(data=b"354 go on\r\n421 4.3.2 no, shutting down")
        with pytest.raises((EOFError, ConnectionError)):
            talk.line()

    server = serve(script, polite)
    assert kinds(hand_over(people(2))) == [Accepted] * 2
    assert len(server.kept) == 2


def test_a_reset_that_is_refused_costs_the_connection_and_no_mail(serve):
    def script(talk: Talk) -> None:
        talk.greet()
        talk.envelope(rcpt=b"550 5.1.1 nobody", data=b"503 no")
        talk.command(b"RSET", b"500 what?")
        talk.line()

    serve(script, polite)
    assert kinds(hand_over(people(2))) == [Refused, Accepted]


def test_a_code_that_is_none_is_not_kept(serve):
    def script(talk: Talk) -> None:
        talk.greet()
        talk.command(b"MAIL", b"250 fine")
        talk.command(b"RCPT", b"550 5.\0person0@example.org no")
        talk.command(b"DATA", b"503 no")
        talk.rest()

    serve(script)
    fates = hand_over(people(2))
    assert [words(fate) for fate in fates] == ["smtp 550", "smtp 250"]
