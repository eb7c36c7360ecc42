"""The one door to the public data files. What happens outside leaves as TryLater or Refused, nothing else."""

import http.client
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from email.utils import parsedate_to_datetime
from threading import Timer
from types import MappingProxyType
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import AbstractHTTPHandler, HTTPHandler, HTTPSHandler, Request, build_opener

TIMEOUT_SECONDS = 20.0
DEADLINE_SECONDS = 120.0
MOST_BYTES = 32 * 1024 * 1024


class TryLater(Exception):
    """The source could not be reached, or is out of order."""


class Refused(Exception):
    """The source answered, but not with a file that we would read."""


@dataclass(frozen=True)
class Download:
    """A file as it came, the mark by which its source knows this version, and the day it says it is of."""

    body: bytes
    etag: str = ""
    modified_on: date | None = None


def fetch(
    url: str, etag: str = "", *, most_bytes: int = MOST_BYTES, headers: Mapping[str, str] = MappingProxyType({})
) -> Download | None:
    """Download the file; None where the source says that it is still the version with this mark.

    Takes two minutes at the most, however slowly the source drips. Raises TryLater and Refused.
    """
    scheme = urlsplit(url).scheme
    if scheme not in {"https", "http"}:
        raise Refused(f"{url} is not an address of the web.")
    request = Request(url, headers={"User-Agent": "twothirds"})  # noqa: S310 checked above
    for name, value in headers.items():
        request.add_unredirected_header(name, value)  # a key is for the source, not for where it leads
    if etag:
        request.add_header("If-None-Match", etag)
    deadline = _Deadline()
    try:
        with deadline.running(), deadline.opener().open(request, timeout=TIMEOUT_SECONDS) as answer:
            if urlsplit(answer.url).scheme != scheme:
                raise Refused(f"{url} leads from {scheme} to {urlsplit(answer.url).scheme}.")
            body = _read(answer, url, most_bytes)
            deadline.check()
            return Download(body, answer.headers.get("ETag", ""), _day(answer.headers.get("Last-Modified")))
    except HTTPError as error:
        if error.code == http.HTTPStatus.NOT_MODIFIED:
            return None
        kind = TryLater if error.code >= 500 or error.code == http.HTTPStatus.TOO_MANY_REQUESTS else Refused
        raise kind(f"{url} answered {error.code} {error.reason}.") from error
    except (URLError, http.client.HTTPException, OSError, ValueError) as error:
        reason = deadline.sentence if deadline.is_over else getattr(error, "reason", error)
        raise TryLater(f"{url} could not be reached: {reason}.") from error


def _read(answer: http.client.HTTPResponse, url: str, most_bytes: int) -> bytes:
    body = answer.read(most_bytes + 1)
    if len(body) > most_bytes:
        raise Refused(f"{url} is larger than {most_bytes // 1024 // 1024} MB.")
    if answer.length:
        raise OSError(f"it broke off {answer.length} bytes before its end")
    return body


@dataclass
class _Deadline:
    """Ends a conversation that takes too long as a whole, although something comes before each time-out."""

    sockets: list[socket.socket] = field(default_factory=list)
    is_over: bool = False
    seconds: float = field(default_factory=lambda: DEADLINE_SECONDS)

    @property
    def sentence(self) -> str:
        """Why it was ended."""
        return f"it took longer than {self.seconds:g} seconds"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Within this, nothing is waited for beyond the deadline."""
        timer = Timer(self.seconds, self._ring)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _ring(self) -> None:
        self.is_over = True
        for open_socket in self.sockets:
            with suppress(OSError):
                # Of the plain class: it wakes up the reader beneath whatever encrypts.
                socket.socket.shutdown(open_socket, socket.SHUT_RDWR)

    def check(self) -> None:
        """Raises OSError after the deadline: what was read is not the whole."""
        if self.is_over:
            raise OSError(self.sentence)

    def opener(self) -> Any:
        """An opener whose sockets are ours to close."""
        return build_opener(*(_watching(handler, self) for handler in (HTTPHandler, HTTPSHandler)))


def _watching(base: type[AbstractHTTPHandler], deadline: _Deadline) -> AbstractHTTPHandler:
    def connection_of(http_class: Any, *args: Any, **arguments: Any) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection = http_class(*args, **arguments)
        connect = connection.connect

        def watched_connect() -> None:
            connect()
            deadline.sockets.append(connection.sock)
            deadline.check()

        connection.connect = watched_connect  # type: ignore[method-assign]
        return connection

    class Watching(base):  # type: ignore[valid-type,misc]
        def do_open(self, http_class: Any, req: Request, **arguments: Any) -> Any:
            return super().do_open(lambda *args, **more: connection_of(http_class, *args, **more), req, **arguments)

    return Watching()


def _day(header: str | None) -> date | None:
    try:
        return parsedate_to_datetime(header).date() if header else None
    except ValueError:
        return None
