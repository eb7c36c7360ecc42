"""Reading a page or a mail as a person does who understands Spanish only."""

import re
from html.parser import HTMLParser

from tests.i18n.catalogue import english_sentences

_NOT_READ = {"script", "style", "path"}
_HEARD = ("aria-label", "alt", "title", "placeholder", "data-keep", "data-copied", "data-label")
_VOID = {"meta", "link", "input", "br", "hr", "img"}
_ADDRESS = re.compile(r"(?:https?://|/)[^\s<>\"']+|[\w.+-]+@[\w.-]+")
# Words that no Spanish text has, and hardly any English sentence does without.
_ENGLISH = re.compile(
    r"\b(?:the|your|you|with|and|this|that|was|were|will|have|from|not|for|is|are|it|we|our|can|they|of)\b",
    re.IGNORECASE,
)
# Names that stay English, as the Postal Service and the house itself write them.
_NAMES = re.compile(r"District of Columbia|Federated States of Micronesia|Twothirds")


class _Reader(HTMLParser):
    """Collects what is read or heard. A part that says that it is English is left alone: its reader is warned."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._open: list[tuple[str, bool]] = []

    @property
    def _is_listening(self) -> bool:
        return all(is_read for _tag, is_read in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        is_read = tag not in _NOT_READ and told.get("lang", "es") == "es"
        if tag not in _VOID:
            self._open.append((tag, is_read))
        if is_read and self._is_listening:
            self.words += [told[name] for name in _HEARD if name in told]
            if tag == "meta" and (told.get("name") == "description" or told.get("property", "").startswith("og:")):
                self.words.append(told.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._is_listening:
            self.words.append(data)


def heard_on(page: str) -> str:
    """All that is read or heard on a page: text, title, labels of pictures and regions, what scripts may say."""
    reader = _Reader()
    reader.feed(page)
    return " ".join(" ".join(reader.words).split())


def english_in(text: str) -> list[str]:
    """The sentences of the catalogue that stand in it untranslated, and other words that look English."""
    plain = " ".join(text.split())
    found = [english for english, pattern in english_sentences() if pattern.search(plain)]
    rest = _NAMES.sub(" ", _ADDRESS.sub(" ", plain))
    return found + [rest[max(0, at.start() - 40) : at.end() + 40] for at in _ENGLISH.finditer(rest)]
