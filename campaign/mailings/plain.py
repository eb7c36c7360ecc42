"""The plain text part of a mailing: the same words as the HTML part, good to read on their own."""

import textwrap
from collections.abc import Sequence

from markdown_it.token import Token

WIDTH = 72
_UNDER = {"h3": "=", "h4": "-"}


class _Page:
    """Blocks in the order of the tokens; `_before` stands in front of every line: quotes and lists inside others."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._before: list[str] = []
        self._bullet = ""
        self._counts: list[int | None] = []
        self._is_tight = False

    def open(self, token: Token) -> None:
        """A quote, a list or an item begins."""
        if token.type == "blockquote_open":
            self._before.append("> ")
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            self._counts.append(int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else None)
        elif token.type == "list_item_open":
            count = self._counts[-1]
            self._bullet = "- " if count is None else f"{count}. "
            self._counts[-1] = None if count is None else count + 1
            self._before.append(" " * len(self._bullet))
        elif token.type == "paragraph_open":
            self._is_tight = token.hidden

    def close(self, token: Token) -> None:
        """It ends; after a list comes a free line."""
        if token.type == "blockquote_close":
            if self.lines and not self.lines[-1].strip(" >"):
                self.lines.pop()
            self._before.pop()
            self.gap()
        elif token.type == "list_item_close":
            self._before.pop()
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            self._counts.pop()
            if not self._counts:
                self.gap()

    def gap(self) -> None:
        """One free line, never two."""
        if self.lines and self.lines[-1].strip(" >"):
            self.lines.append("".join(self._before).rstrip())

    def put(self, text: str, *, is_wrapped: bool = True) -> None:
        """A block of text, its lines no longer than they should be; addresses are never broken."""
        rest = "".join(self._before)
        first = rest[: len(rest) - len(self._bullet)] + self._bullet if self._bullet else rest
        self._bullet = ""
        for line in text.split("\n"):
            self.lines += self._wrapped(line, first, rest) if is_wrapped else [(first + line).rstrip()]
            first = rest
        if not self._is_tight:
            self.gap()

    def _wrapped(self, line: str, first: str, rest: str) -> list[str]:
        found = textwrap.wrap(
            line, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
        )
        return found or [first.rstrip()]


def text_of(tokens: Sequence[Token]) -> str:
    """Markdown's tokens as plain text: lists, quotes and headings keep their look, links show where they lead."""
    page, heading = _Page(), ""
    for token in tokens:
        if token.type == "heading_open":
            heading = token.tag
        elif token.type == "inline":
            words = _inline(token.children or [])
            page._is_tight = page._is_tight and not heading
            page.put(f"{words}\n{_UNDER[heading] * min(len(words), WIDTH)}" if heading else words)
            heading = ""
        elif token.type in {"fence", "code_block"}:
            page._is_tight = False
            page.put(textwrap.indent(token.content.rstrip("\n"), "    "), is_wrapped=False)
        elif token.type == "hr":
            page._is_tight = False
            page.put("* * *")
        elif token.nesting == 1:
            page.open(token)
        elif token.nesting == -1:
            page.close(token)
    return "\n".join(page.lines).strip()


def _inline(children: Sequence[Token]) -> str:
    out: list[str] = []
    links: list[tuple[int, str]] = []
    for child in children:
        if child.type == "link_open":
            links.append((len(out), str(child.attrGet("href") or "")))
        elif child.type == "link_close":
            begun, href = links.pop()
            label, shown = "".join(out[begun:]), href.removeprefix("mailto:")
            out[begun:] = [shown if label in {href, shown} else f"{label} <{shown}>"]
        elif child.type in {"softbreak", "hardbreak"}:
            out.append(" " if child.type == "softbreak" else "\n")
        else:
            out.append(child.content)
    return "".join(out)
