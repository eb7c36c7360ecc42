"""Answers of api.congress.gov about treaties, read into records. What is not of their form is no answer."""

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from campaign.legislators.importing import NotReadable
from campaign.treaties import checking

MOST_IN_A_LIST = 250


@dataclass(frozen=True)
class Action:
    """What was done with a treaty on a day, in Congress's words."""

    day: date
    text: str


@dataclass(frozen=True)
class Record:
    """A treaty document as Congress tells it. Without actions nobody asked for them."""

    congress: int
    number: int
    suffix: str = ""
    titles: tuple[str, ...] = ()
    topic: str = ""
    transmitted_on: date | None = None
    has_parts: bool = False
    actions: tuple[Action, ...] | None = None

    @property
    def document(self) -> str:
        """How the Senate calls it."""
        return f"Treaty Document {self.congress}-{self.number}{self.suffix}"

    @property
    def url(self) -> str:
        """Its public page."""
        return f"https://www.congress.gov/treaty-document/{_ordinal(self.congress)}-congress/{self.number}"


@dataclass(frozen=True)
class Answers:
    """Everything that was answered: treaties that were asked for one by one, and lists of a Congress's treaties."""

    treaties: tuple[Record, ...] = ()
    listed: tuple[Record, ...] = ()

    def of(self, congress: int | None, number: int | None) -> Record | None:
        """The treaty of this number."""
        return next((each for each in self.treaties if (each.congress, each.number) == (congress, number)), None)


def read(body: bytes) -> Answers:
    """What a file of one answer, or of a list of answers, says. Raises NotReadable."""
    return understood(parsed(body))


def parsed(body: bytes) -> list[dict[str, Any]]:
    """The answers in the bytes, as they came. Raises NotReadable."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotReadable("This is not JSON as api.congress.gov answers it.") from error
    found = found if isinstance(found, list) else [found]
    for answer in found:
        if not isinstance(answer, dict):
            raise NotReadable("An answer of api.congress.gov is an object.")
        if not {"treaty", "treaties", "actions"} & answer.keys():
            said = answer.get("error")
            detail = f" It says: {_line(said)[:200]}" if isinstance(said, str) else ""
            raise NotReadable(f"An answer is about no treaty.{detail}")
    return found


def understood(found: list[dict[str, Any]]) -> Answers:
    """What answers say: `{"treaty": ..}`, `{"actions": [..]}`, `{"treaties": [..]}`.

    Actions belong to the treaty before them in the list, or stand in one answer with it. Raises NotReadable.
    """
    treaties: list[Record] = []
    listed: list[Record] = []
    for answer in found:
        if "treaties" in answer:
            listed += [_record(each) for each in _list(answer, "treaties")]
        if "treaty" in answer:
            treaties.append(_one(answer["treaty"]))
        if "actions" in answer:
            if not treaties:
                raise NotReadable("There are actions, but nothing says of which treaty.")
            treaties[-1] = replace(treaties[-1], actions=_actions(answer))
    return Answers(tuple(treaties), tuple(listed))


def _one(value: Any) -> Record:
    """The API has answered both with the treaty and with a list of it and its parts; the whole treaty comes first."""
    found = [_record(each) for each in (value if isinstance(value, list) else [value])]
    if not found:
        raise NotReadable("An answer names no treaty.")
    whole = next((each for each in found if not each.suffix), found[0])
    return replace(whole, has_parts=whole.has_parts or len(found) > 1 or bool(whole.suffix))


def _record(value: Any) -> Record:
    if not isinstance(value, dict):
        raise NotReadable("A treaty in an answer is an object.")
    parts = value.get("parts") or {}
    titles = [each for each in value.get("titles") or [] if isinstance(each, dict)]
    transmitted = value.get("transmittedDate")
    return Record(
        congress=_number(value, "congressReceived", "congress"),
        number=_number(value, "number", "treatyNum"),
        suffix=_line(value.get("suffix"))[:2],
        titles=tuple(_line(each.get("title")) for each in titles),
        topic=_line(value.get("topic")),
        transmitted_on=_day(transmitted) if transmitted else None,
        has_parts=bool(parts.get("count") or parts.get("urls")) if isinstance(parts, dict) else True,
    )


def _actions(answer: dict[str, Any]) -> tuple[Action, ...]:
    found = _list(answer, "actions")
    pagination = answer.get("pagination")
    count = pagination.get("count") if isinstance(pagination, dict) else None
    if isinstance(count, int) and count > len(found):
        raise NotReadable(f"Of {count} actions only {len(found)} are in the answer.")
    for each in found:
        if not isinstance(each, dict) or not isinstance(each.get("text"), str):
            raise NotReadable("An action in an answer has a text.")
    return tuple(Action(_day(each.get("actionDate")), _line(each["text"])) for each in found)


def _list(answer: dict[str, Any], name: str) -> list[Any]:
    found = answer[name]
    if not isinstance(found, list):
        raise NotReadable(f"“{name}” in an answer is a list.")
    return found


def _number(value: dict[str, Any], *names: str) -> int:
    """The number under the first name it has; the API has renamed them."""
    found = next((value[name] for name in names if name in value), None)
    if isinstance(found, int) and not isinstance(found, bool) and 0 < found < 10_000:
        return found
    raise NotReadable(f"A treaty in an answer has no “{names[0]}”.")


def _day(value: Any) -> date:
    try:
        found = date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or checking.day("", found):
        raise NotReadable(f"“{str(value)[:40]}” in an answer is no day on which something can have happened.")
    return found


def _line(value: Any) -> str:
    """One line of what can be printed."""
    text = value if isinstance(value, str) else ""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
