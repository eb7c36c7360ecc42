"""A closed loop of callers over kept-alive connections: each sends the next request when its answer is there.

One thread on raw sockets, so that the load costs the machine little beside what it measures.
"""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

_END_OF_HEAD = b"\r\n\r\n"
ANSWER_BY_SECONDS = 30.0


@dataclass
class Measured:
    """What a run found: how many answers of each status, how long it took, how long each caller waited."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.statuses.total() / self.seconds

    def wait(self, share: float) -> float:
        """The wait, in milliseconds, that this share of the callers did not exceed."""
        ordered = sorted(self.waits)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Caller:
    """One connection."""

    def __init__(self, port: int, make: Callable[[], bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.make = make
        self.sent_at = 0.0
        self.received = b""

    def send(self) -> None:
        self.received = b""
        request = self.make()
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> int | None:
        """The status, once the whole answer is there. Raises RuntimeError where the server hung up."""
        piece = self.socket.recv(65536)
        if not piece:
            raise RuntimeError(f"the server hung up after {self.received[:200]!r}")
        self.received += piece
        head, found, body = self.received.partition(_END_OF_HEAD)
        if not found or len(body) < _length(head):
            return None
        return int(head[9:12])


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise RuntimeError(f"an answer without a length: {head[:200]!r}")


def run(port: int, callers: int, seconds: float, make: Callable[[], bytes]) -> Measured:
    """Call for so long; whatever was sent by then is waited for and counted with the time it took."""
    measured = Measured()
    selector = selectors.DefaultSelector()
    crowd = [_Caller(port, make) for _ in range(callers)]
    begun = time.perf_counter()
    for caller in crowd:
        selector.register(caller.socket, selectors.EVENT_READ, caller)
        caller.send()
    waiting = callers
    while waiting:
        ready = selector.select(ANSWER_BY_SECONDS)
        if not ready:
            raise RuntimeError(f"{waiting} callers got no answer for {ANSWER_BY_SECONDS:g} s")
        for key, _events in ready:
            caller = key.data
            status = caller.read()
            if status is None:
                continue
            now = time.perf_counter()
            measured.statuses[status] += 1
            measured.waits.append(now - caller.sent_at)
            if now - begun < seconds:
                caller.send()
            else:
                selector.unregister(caller.socket)
                caller.socket.close()
                waiting -= 1
    measured.seconds = time.perf_counter() - begun
    selector.close()
    return measured
