"""The one door to services that know where addresses lie. What happens there leaves as TryLater or Refused.

A try takes at most five seconds in all, however slowly the service drips. After five failures in a row the service is
left alone for a minute: by this process, which learns it for itself.
"""

import http.client
import json
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from pybreaker import CircuitBreaker, CircuitBreakerError, CircuitBreakerListener, CircuitBreakerState

from campaign.legislators.fetching import Refused, TryLater

TRY_SECONDS = 5.0
TRIES = 2
MOST_BYTES = 256 * 1024
MOST_FAILURES = 5
REST_SECONDS = 60.0
# What a service may say about an address; everything else is about us, or about itself.
_ABOUT_THE_ADDRESS = {HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}
_HEADERS = {"User-Agent": "twothirds", "Accept": "application/json", "Connection": "close"}
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Question:
    """Where to ask, and what. The parameters hold an address and a key: they stand in no repr."""

    url: str
    params: Mapping[str, str] = field(repr=False)

    @property
    def host(self) -> str:
        """Who is asked: all that may be said of a question that failed."""
        return urlsplit(self.url).hostname or "?"


@dataclass(frozen=True)
class Reply:
    """The status and the JSON that came with it. Services repeat the address in it."""

    status: int
    body: Any = field(repr=False)


class _Busy(TryLater):
    """We ask too often: trying again at once would make it worse."""


def ask(service: str, question: Question) -> Reply:
    """Put the question, a second time if the first got no reply. Raises TryLater and Refused, without the address."""
    for number in range(1, TRIES + 1):
        try:
            # Not breaker.call(): that one holds its lock while it asks, and all threads of the process would queue.
            with breaker(service).calling():
                return _within_time(question)
        except CircuitBreakerError:
            raise TryLater(f"{question.host} failed too often; it is left alone for a while.") from None
        except TryLater as error:
            if number == TRIES or isinstance(error, _Busy):
                raise
    raise AssertionError("unreachable")


class _Telling(CircuitBreakerListener):
    def state_change(
        self, cb: CircuitBreaker, old_state: CircuitBreakerState | None, new_state: CircuitBreakerState
    ) -> None:
        """One line for the operator when a service is given up, and when it is back."""
        log.warning("address_service", service=cb.name, breaker=new_state.name)


@cache
def breaker(service: str) -> CircuitBreaker:
    """This process's breaker for a service."""
    return CircuitBreaker(
        fail_max=MOST_FAILURES,
        reset_timeout=REST_SECONDS,
        name=service,
        listeners=[_Telling()],
        throw_new_error_on_trip=False,
    )


@cache
def _workers() -> ThreadPoolExecutor:
    """Threads that ask, so that nobody waits longer than a try lasts: names are resolved without any time-out."""
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="addresses")


def _within_time(question: Question) -> Reply:
    call = _Call(question)
    future = _workers().submit(call.run)
    try:
        return future.result(timeout=TRY_SECONDS)
    except TimeoutError:
        future.cancel()
        call.cut()
        raise TryLater(f"{question.host} did not answer within {TRY_SECONDS:g} seconds.") from None


class _Call:
    """One try over one connection, which another thread may cut."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._is_cut = False
        url = urlsplit(question.url)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(url.hostname or "", url.port, timeout=TRY_SECONDS)

    def run(self) -> Reply:
        """Ask and read. Redirects are not followed: nobody else gets the address."""
        question = self._question
        try:
            self._connection.connect()
            if self._is_cut:
                raise TryLater(f"{question.host} took too long.")
            target = f"{urlsplit(question.url).path}?{urlencode(question.params)}"
            self._connection.request("GET", target, headers=_HEADERS)
            answer = self._connection.getresponse()
            return _reply(question.host, answer.status, answer.read(MOST_BYTES + 1))
        except (OSError, http.client.HTTPException):
            # Without its cause, which may quote what was asked.
            raise TryLater(f"{question.host} could not be reached.") from None
        finally:
            self._connection.close()

    def cut(self) -> None:
        """End it, wherever it is. Twice is once."""
        self._is_cut = True
        line = self._connection.sock
        if line is not None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


def _reply(host: str, status: int, body: bytes) -> Reply:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise _Busy(f"{host} says that we ask too often.")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TryLater(f"{host} answered {status}.")
    if status not in _ABOUT_THE_ADDRESS:
        raise Refused(f"{host} answered {status}.")
    if len(body) > MOST_BYTES:
        raise Refused(f"{host} answered with more than {MOST_BYTES // 1024} KiB.")
    try:
        return Reply(status, json.loads(body))
    except (ValueError, RecursionError):
        raise Refused(f"{host} answered {status} with something that is no JSON.") from None
