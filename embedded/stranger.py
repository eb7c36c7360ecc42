"""Somebody with a browser and no knowledge of the code: opens pages, reads forms, fills them in, presses buttons.

Only the standard library, no cookies, no scripts. Forms are found by what is in them, so pages may change.
"""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

TIMEOUT_SECONDS = 20.0
PRESSED = {"submit", "image", "button", "reset", "file"}
SILENT = {"script", "style", "template", "head"}


@dataclass
class Form:
    """A form as it stands on the page, with what is filled in already."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)
    """The buttons, boxes and choices by name: what may be sent besides what is filled in."""


@dataclass
class Page:
    """What came back: where from, what it says, and what can be done on it."""

    url: str
    status: int
    html: str
    text: str = ""
    forms: list[Form] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    """Where to, and the words on it."""

    def form_with(self, *names: str) -> Form:
        """The first form that has all these fields. Raises LookupError with what there is."""
        for form in self.forms:
            if set(names) <= {*form.fields, *form.offered}:
                return form
        raise LookupError(f"{self.url} has no form with {', '.join(names)}; it has {self.forms!r}.")

    def posting(self) -> list[Form]:
        """The forms that change something."""
        return [form for form in self.forms if form.method == "post"]

    def links_to(self, part: str) -> list[str]:
        """The addresses of links with this part in them, once each."""
        return list(dict.fromkeys(address for address, _ in self.links if part in address))


class Reader(HTMLParser):
    """Collects forms, links and readable words of one page."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.url = url
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._name: str | None = None  # of the textarea or select we are in
        self._silent = 0
        self._href: str | None = None
        self._href_began_at = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what begins."""
        found = {name: value or "" for name, value in attrs}
        if tag in SILENT:
            self._silent += 1
        elif tag == "form":
            action = urllib.parse.urljoin(self.url, found.get("action") or self.url)
            self._form = Form(action, found.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a" and "href" in found:
            self._href, self._href_began_at = urllib.parse.urljoin(self.url, found["href"]), len(self.words)
        elif self._form is not None and tag in {"input", "button", "textarea", "select", "option"}:
            self._control(tag, found, self._form)

    def _control(self, tag: str, found: dict[str, str], form: Form) -> None:
        name = found.get("name", "")
        if tag == "option":
            self._option(found, form)
        elif tag in {"textarea", "select"}:
            self._name = name
            form.fields.setdefault(name, "")
        elif name:
            self._value(tag, name, found, form)

    def _value(self, tag: str, name: str, found: dict[str, str], form: Form) -> None:
        kind = found.get("type", "submit" if tag == "button" else "text").lower()
        is_box = kind in {"checkbox", "radio"}
        value = found.get("value", "on" if is_box else "")
        if is_box or kind in PRESSED:
            form.offered.setdefault(name, []).append(value)
        # Whoever wants to go on ticks what has to be ticked.
        is_sent = kind not in PRESSED and (not is_box or "checked" in found or "required" in found)
        if is_sent and not (kind == "radio" and name in form.fields):
            form.fields[name] = value

    def _option(self, found: dict[str, str], form: Form) -> None:
        if self._name is None:
            return
        form.offered.setdefault(self._name, []).append(found.get("value", ""))
        if "selected" in found:
            form.fields[self._name] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Note what ends."""
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "form":
            self._form = None
        elif tag in {"textarea", "select"}:
            self._name = None
        elif tag == "a" and self._href is not None:
            self.links.append((self._href, " ".join(self.words[self._href_began_at :])))
            self._href = None

    def handle_data(self, data: str) -> None:
        """Note what is said, and what stands in a textarea."""
        if self._silent:
            return
        if self._form is not None and self._name is not None and self._name not in self._form.offered:
            self._form.fields[self._name] += data
        self.words += data.split()


class Stranger:
    """Visits one site. Errors of the server come back as pages with their status; a dead server raises OSError."""

    def __init__(self, language: str = "en") -> None:
        # Never through a proxy: the site is on this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._language = language

    def open(self, url: str) -> Page:
        """Follow a link."""
        return self._page(urllib.request.Request(url))  # noqa: S310 - http addresses of our own demo

    def submit(self, form: Form, **typed: str) -> Page:
        """Send a form with what is filled in already and what is typed, as a browser would."""
        body = urllib.parse.urlencode({**form.fields, **typed})
        if form.method == "get":
            return self.open(f"{form.action}?{body}")
        return self._page(urllib.request.Request(form.action, body.encode(), method="POST"))  # noqa: S310

    def call(self, method: str, url: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """Call the API; answers the status and what the JSON says."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
        page = self._page(urllib.request.Request(url, data, sent, method=method), read=False)  # noqa: S310
        return page.status, json.loads(page.html or "null")

    def _page(self, request: urllib.request.Request, *, read: bool = True) -> Page:
        request.add_header("Accept-Language", self._language)
        try:
            answer = self._opener.open(request, timeout=TIMEOUT_SECONDS)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            page = Page(answer.url, answer.status, answer.read().decode())
        if read:
            reader = Reader(page.url)
            reader.feed(page.html)
            page.text, page.forms, page.links = " ".join(reader.words), reader.forms, reader.links
        return page
