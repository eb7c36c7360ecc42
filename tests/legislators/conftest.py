import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from campaign.legislators import furnishing, places
from campaign.legislators.records import MemberRecord
from campaign.legislators.rosters import Roster
from campaign.lib import kept

FACT_FILES = ("senators.tsv", "representatives.tsv")


@pytest.fixture
def furnished(db: None) -> None:
    """The ZIPs and the 541 seats, as after the first start."""
    furnishing.furnish_places()
    furnishing.furnish_seats()
    furnishing.furnish_districts()


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has answered nothing yet. What the others remember of the ZIPs is theirs again afterwards."""
    kept.forget_everything()
    monkeypatch.setattr(places, "_held", places.Places())


def as_person(record: MemberRecord) -> dict[str, Any]:
    """A member of Congress in the form of the public file."""
    seat = record.seat
    kind = {"type": "sen", "class": seat.number} if seat.is_senate else {"type": "rep", "district": seat.number}
    term = kind | {"start": f"{record.starts_on}", "end": f"{record.ends_on}", "state": seat.state}
    term |= {"party": record.party, "phone": record.phone, "url": record.website, "address": record.address}
    term |= {"contact_form": record.contact_form} if record.contact_form else {}
    term |= {"how": "appointment"} if record.appointed else {}
    name = {"first": record.given_name, "last": record.family_name, "official_full": record.official_name}
    return {"id": {"bioguide": record.bioguide_id}, "name": name, "terms": [{"type": "rep", "class": None}, term]}


@dataclass
class PublicFile:
    """A copy of the public file that a test can change before it is written."""

    path: Path
    people: list[dict[str, Any]]

    def of(self, bioguide_id: str) -> dict[str, Any]:
        return next(person for person in self.people if person["id"]["bioguide"] == bioguide_id)

    def without(self, *bioguide_ids: str) -> "PublicFile":
        self.people = [person for person in self.people if person["id"]["bioguide"] not in bioguide_ids]
        return self

    def with_term(self, bioguide_id: str, **changes: Any) -> "PublicFile":
        self.of(bioguide_id)["terms"][-1].update(changes)
        return self

    def replace(self, bioguide_id: str, by: str, family_name: str, **term: Any) -> "PublicFile":
        person = self.of(bioguide_id)
        person["id"] = {"bioguide": by}
        person["name"] = {"first": "New", "last": family_name, "official_full": f"New {family_name}"}
        person["terms"][-1].update({"contact_form": "", "start": "2026-07-01"} | term)
        return self

    def write(self) -> Path:
        self.path.write_text(json.dumps(self.people))
        return self.path


@pytest.fixture
def public_file(tmp_path: Path) -> PublicFile:
    """What the public file says when nothing has changed since our facts."""
    return PublicFile(tmp_path / "legislators.json", [as_person(record) for record in facts_of_congress().records])


def facts_of_congress() -> Roster:
    """Everybody in our own tables."""
    return Roster.from_facts("".join((furnishing.FACTS / name).read_text() for name in FACT_FILES))


@dataclass
class Source:
    """A web server on this machine that stands for the public one."""

    url: str = ""
    body: bytes = b"[]"
    etag: str = '"one"'
    modified: str = "Wed, 01 Jul 2026 08:00:00 GMT"
    status: int = 200
    marks: list[str | None] = field(default_factory=list)
    # What it has at other paths.
    others: dict[str, bytes] = field(default_factory=dict)
    # A slow source: seconds between two bytes. An unreliable one: how many bytes of the promised never come.
    pause: float = 0
    missing: int = 0

    def answer(self, path: str, mark: str | None) -> tuple[int, str, bytes]:
        """Status, mark and body."""
        if path in self.others:
            self.marks.append(path)
            return 200, "", self.others[path]
        self.marks.append(mark)
        return (304, self.etag, b"") if mark == self.etag else (self.status, self.etag, self.body)

    def pieces(self, body: bytes) -> Iterator[bytes]:
        """What really comes of the body, and how slowly."""
        if not self.pause:
            yield body[: len(body) - self.missing]
            return
        for byte in body:
            yield bytes([byte])
            time.sleep(self.pause)


@pytest.fixture
def source() -> Iterator[Source]:
    """Answers with what the test puts into it, and 304 to whoever knows its mark."""
    state = Source()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, etag, body = state.answer(self.path, self.headers["If-None-Match"])
            self.send_response(status)
            self.send_header("ETag", etag)
            self.send_header("Last-Modified", state.modified)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                for piece in state.pieces(body):
                    self.wfile.write(piece)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/legislators-current.json"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def sync(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run the command as an operator does; answers with what it printed."""
    from django.core.management import call_command

    def run(*words: str) -> str:
        call_command("sync_legislators", *words)
        return capsys.readouterr().out

    return run
