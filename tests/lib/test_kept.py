"""What a process remembers for a moment."""

import threading

import pytest

from campaign.lib.kept import Kept, forget_everything


def test_an_answer_is_asked_for_once_in_its_time_and_then_anew(time_machine: object) -> None:
    asked: list[str] = []
    kept: Kept[str, int] = Kept(lambda key: asked.append(key) or len(asked), seconds=0.05)
    assert [kept.get("a"), kept.get("a"), kept.get("b")] == [1, 1, 2]
    threading.Event().wait(0.06)
    assert kept.get("a") == 3


def test_that_there_is_none_is_an_answer() -> None:
    asked: list[str] = []
    kept: Kept[str, None] = Kept(asked.append)
    assert kept.get("a") is None
    assert kept.get("a") is None
    assert asked == ["a"]


def test_a_question_that_fails_is_asked_again() -> None:
    answers = iter([0, 4])
    kept: Kept[str, float] = Kept(lambda key: 8 / next(answers))
    with pytest.raises(ZeroDivisionError):
        kept.get("a")
    assert kept.get("a") == 2


def test_it_never_holds_more_than_it_may() -> None:
    kept: Kept[int, int] = Kept(lambda key: key, most=3)
    for number in range(100):
        kept.get(number)
    assert len(kept._answers) == 3


def test_while_one_asks_the_others_get_the_old_answer_and_do_not_wait() -> None:
    may_answer, is_asking = threading.Event(), threading.Event()
    calls: list[int] = []

    def ask(key: str) -> int:
        calls.append(1)
        if len(calls) > 1:
            is_asking.set()
            may_answer.wait(5)
        return len(calls)

    kept: Kept[str, int] = Kept(ask, seconds=0.01)
    assert kept.get("a") == 1
    threading.Event().wait(0.02)
    slow = threading.Thread(target=kept.get, args=("a",))
    slow.start()
    is_asking.wait(5)
    assert kept.get("a") == 1
    may_answer.set()
    slow.join()
    assert len(calls) == 2


def test_all_of_it_can_be_forgotten() -> None:
    asked: list[str] = []
    kept: Kept[str, None] = Kept(asked.append)
    kept.get("a")
    forget_everything()
    kept.get("a")
    assert asked == ["a", "a"]
