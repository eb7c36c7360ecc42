"""What a mailing looks like: Markdown with merge fields, compiled once into pieces, joined for each person.

While Markdown, the sanitizer and the templates work a field is a mark of two private-use characters around its number.
Nobody can type those (`campaign.lib.text`) nor write them in HTML's code (`&#xE000;`), which Markdown reads; and what a
person typed goes in after all of them: it can't become Markdown, HTML or another field.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from markdown_it.token import Token

from campaign.lib import emails, markdown, marks
from campaign.lib import text as texts
from campaign.lib.refusals import Refusal, Refused
from campaign.mailings import fields, plain
from campaign.mailings.fields import Cause, Person
from campaign.mailings.models import Mailing

STOP_URL = "stop_url"
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_MARK_IN_ADDRESS = re.compile("%EE%80%80(\\d+)%EE%80%81")
_IN_CODE = re.compile(r"&(?:#[xX]?[0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});")
_BARE = re.compile(r"https?://[^\s<>\"\ue000\ue001]+[^\s<>\"\ue000\ue001.,;:!?)\]']")
_ABSOLUTE = re.compile(r"https?://[^/\s]|mailto:[^@\s]+@", re.IGNORECASE)
_inliner = css_inline.CSSInliner(keep_style_tags=True, remove_inlined_selectors=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Source:
    """Everything that goes into a mailing and is the same for everybody: it is compiled once in each process."""

    subject: str
    body: str
    cause: Cause
    organization: str
    postal_address: str

    @classmethod
    def of(cls, mailing: Mailing, version: str = "A") -> "Source":
        """From the rows. Raises MailingVersion.DoesNotExist."""
        words = mailing.versions.get(name=version)
        return cls.about(words.subject, words.body, Cause.of_mailing(mailing))

    @classmethod
    def about(cls, subject: str, body: str, cause: Cause) -> "Source":
        """With this house's name and address."""
        return cls(subject, body, cause, settings.ORGANIZATION_NAME, settings.POSTAL_ADDRESS)


@dataclass(frozen=True, slots=True)
class Written:
    """One person's mail."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text cut at its fields: `words` has an empty place for each of `slots` (place, field, fallback)."""

    words: tuple[str, ...]
    slots: tuple[tuple[int, str, str], ...]

    def joined(self, values: Mapping[str, str]) -> str:
        """With the values; an empty one leaves its fallback."""
        out = list(self.words)
        for place, name, fallback in self.slots:
            out[place] = values[name] or fallback
        return "".join(out)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A version in a language, ready to be joined with each person's values."""

    subject: Pieces
    text: Pieces
    html: Pieces
    uses: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_private(self) -> bool:
        """Whether it leads to the person's own page, so that each mail needs a token of its own."""
        return not fields.PRIVATE.isdisjoint(self.uses)

    def write(self, values: Mapping[str, str]) -> Written:
        """One person's mail. `values` holds every field and `stop_url`, as plain text."""
        safe = {name: escape(values[name]) for name in self.uses}
        return Written(" ".join(self.subject.joined(values).split()), self.text.joined(values), self.html.joined(safe))


@lru_cache(maxsize=64)
def compiled(source: Source) -> Compiled:
    """Parse, render, sanitize and inline. Raises Refused with the place of what can't be: unknown fields, pictures,
    addresses that lead nowhere. The second time it is at hand.
    """
    found = fields.refusals("subject", source.subject, is_line=True) + fields.refusals("body", source.body)
    if found:
        raise Refused(tuple(found))
    slots: list[marks.Slot] = [marks.Slot(STOP_URL, "", 0)]
    subject, body = _marked(source.subject, slots), _marked(source.body, slots)
    tokens = markdown.parsed(body)
    faults = [refusal for token in tokens if token.children for refusal in _linked(token, slots)]
    if faults:
        raise Refused(tuple(faults))
    context = {
        "language": source.cause.language,
        "organization": source.organization,
        "postal_address": source.postal_address,
        "title": _unmarked(source.cause.title),
        "petition_url": source.cause.url,
        "stop_url": f"{_OPEN}0{_CLOSE}",
        "subject": subject,
    }
    with translation.override(source.cause.language):
        html = render_to_string("mail/mailing/body.html", context | {"words": markdown.html_of(tokens)})
        text = render_to_string("mail/mailing/body.txt", context | {"words": plain.text_of(tokens)})
    pieces = (_cut(subject, slots), _cut(text.strip() + "\n", slots), _cut(_inliner.inline(html), slots, is_html=True))
    return Compiled(*pieces, uses=frozenset(name for each in pieces for _place, name, _fallback in each.slots))


def _marked(text: str, slots: list[marks.Slot]) -> str:
    out = []
    for part in marks.parts(_unmarked(text), fields.MEANINGS):
        if isinstance(part, marks.Slot):
            out.append(f"{_OPEN}{len(slots)}{_CLOSE}")
            slots.append(part)
        else:
            out.append(str(part))
    return "".join(out)


def _unmarked(text: str) -> str:
    """Without our marks and other signs that nobody sees, typed or in code. They leave a sign that everybody sees."""
    return _IN_CODE.sub(_seen, text.replace(_OPEN, "").replace(_CLOSE, ""))


def _seen(code: re.Match[str]) -> str:
    return "\ufffd" if texts.is_hidden(unescape(code[0])) else code[0]


def _cut(text: str, slots: Sequence[marks.Slot], *, is_html: bool = False) -> Pieces:
    pieces = _MARK.split(text)
    found = []
    for place in range(1, len(pieces), 2):
        slot = slots[int(pieces[place])]
        found.append((place, slot.name, escape(slot.fallback) if is_html else slot.fallback))
        pieces[place] = ""
    return Pieces(tuple(pieces), tuple(found))


def _linked(block: Token, slots: Sequence[marks.Slot]) -> list[Refusal]:
    """Mend the block's links, make links of bare addresses, and say which links lead nowhere."""
    found: list[Refusal] = []
    out: list[Token] = []
    line, depth = (block.map or [0])[0] + 1, 0
    for child in block.children or []:
        line += child.type in {"softbreak", "hardbreak"}
        depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type == "link_open":
            found += _faults_of_link(child, out, slots, line)
        out += _with_links(child, slots) if child.type == "text" and not depth else [child]
    block.children = out
    return found


def _faults_of_link(link: Token, before: Sequence[Token], slots: Sequence[marks.Slot], line: int) -> list[Refusal]:
    href = _MARK_IN_ADDRESS.sub(f"{_OPEN}\\1{_CLOSE}", str(link.attrGet("href") or ""))
    link.attrSet("href", href)
    if before and before[-1].type == "text" and before[-1].content.endswith("!"):
        sentence = _("Line {line}: pictures can't be sent. Say it in words, or link to the picture.")
        return [Refusal("body", "no_pictures", format_lazy(sentence, line=line))]
    if _is_address(_MARK.fullmatch(href), slots):
        return []
    if _MARK.search(href):
        sentence = _("Line {line}: a link's address is a field that holds an address, or has no field in it.")
        return [Refusal("body", "field_in_address", format_lazy(sentence, line=line))]
    if not _ABSOLUTE.match(href):
        sentence = _("Line {line}: this link leads nowhere. Its address begins with https:// or mailto:.")
        return [Refusal("body", "not_an_address", format_lazy(sentence, line=line))]
    return []


def _is_address(mark: re.Match[str] | None, slots: Sequence[marks.Slot]) -> bool:
    """Whether it is a field that holds an address. In an encoded address anybody can write any number."""
    return mark is not None and int(mark[1]) < len(slots) and slots[int(mark[1])].name in fields.URLS


def _with_links(child: Token, slots: Sequence[marks.Slot]) -> list[Token]:
    """Addresses that simply stand in the text, typed or as a field, lead where they say."""
    out: list[Token] = []
    end = 0
    spans = [*_BARE.finditer(child.content)]
    spans += [each for each in _MARK.finditer(child.content) if _is_address(each, slots)]
    for span in sorted(spans, key=lambda each: each.start()):
        label = Token("text", "", 0, content=span[0])
        link = Token("link_open", "a", 1, attrs={"href": span[0]})
        out += [Token("text", "", 0, content=child.content[end : span.start()]), link, label]
        out.append(Token("link_close", "a", -1))
        end = span.end()
    return [*out, Token("text", "", 0, content=child.content[end:])] if out else [child]


def sender() -> str:
    """Whom every update is from."""
    return emails.named(settings.ORGANIZATION_NAME, f"updates@{settings.UPDATES_DOMAIN}")


def preview(mailing: Mailing, version: str = "A", person: Person = fields.SOMEBODY) -> Written:
    """The very rendering that goes out, for an invented person or a real one. Their own links are not made: a page that
    shows them would let whoever reads it act for that person. Raises Refused, and MailingVersion.DoesNotExist.
    """
    source = Source.of(mailing, version)
    return shown(source, person)


def shown(source: Source, person: Person) -> Written:
    """The same from a source that is at hand. Raises Refused."""
    dummy = "…"
    my_page = fields.address("public:my_page", source.cause.language, "TOKEN").replace("TOKEN", dummy)
    stop_url = fields.address("public:mail_preferences", source.cause.language, "TOKEN").replace("TOKEN", dummy)
    return compiled(source).write(fields.values(person, source.cause, my_page) | {STOP_URL: stop_url})
