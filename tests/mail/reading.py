"""Reading a mail as people do: words without marks, links without words."""

import html
import re

SITE = "http://testserver"
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


def words_of_text(text: str) -> list[str]:
    """The words of the text part; addresses and punctuation taken away."""
    return re.findall(r"\w+(?:[’'-]\w+)*", _ADDRESS.sub(" ", text))


def words_of_html(page: str) -> list[str]:
    """The words that the HTML part shows, in order."""
    body = page.partition("<body")[2].partition(">")[2]
    return words_of_text(html.unescape(re.sub(r"<[^>]+>", " ", body)))


def addresses_in(content: str) -> list[str]:
    """Every web address in it, in whatever attribute or text."""
    return [html.unescape(found) for found in _ADDRESS.findall(content)]
