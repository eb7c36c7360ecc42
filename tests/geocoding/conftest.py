"""Servers on this machine that play the services, and an address that may stand nowhere but in their hands."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from campaign.legislators.geocoding import asking

ADDRESS = "1221 Quixotic Lane, Portland, OR 97201"


@dataclass
class Service:
    """What a service answers. `behave` takes over the line for what no well-meant server does."""

    url: str = ""
    status: int = 200
    body: bytes = b"{}"
    location: str = ""
    behave: Callable[[BaseHTTPRequestHandler], None] | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def answers(self, body: Any, status: int = 200) -> None:
        self.status, self.body = status, json.dumps(body).encode()


@pytest.fixture
def service() -> Iterator[Service]:
    state = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            state.asked.append((url.path, {name: values[-1] for name, values in parse_qs(url.query).items()}))
            if state.behave:
                state.behave(self)
                return
            self.send_response(state.status)
            if state.location:
                self.send_header("Location", state.location)
            self.send_header("Content-Length", str(len(state.body)))
            self.end_headers()
            self.wfile.write(state.body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _rested_breakers() -> Iterator[None]:
    asking.breaker.cache_clear()
    yield
    asking.breaker.cache_clear()


@pytest.fixture
def census(settings: Any, service: Service, db: None) -> Service:
    settings.ADDRESS_BACKEND = "census"
    settings.CENSUS_GEOCODER_URL = f"{service.url}/geocoder"
    return service


@pytest.fixture
def google(settings: Any, service: Service, db: None) -> Service:
    settings.ADDRESS_BACKEND = "google"
    settings.GOOGLE_CIVIC_URL = f"{service.url}/civicinfo/v2"
    settings.GOOGLE_CIVIC_KEY, settings.GOOGLE_CIVIC_CONGRESS = "a-key", 119
    return service


@pytest.fixture
def geocodio(settings: Any, service: Service, db: None) -> Service:
    settings.ADDRESS_BACKEND = "geocodio"
    settings.GEOCODIO_URL = f"{service.url}/v1.12"
    settings.GEOCODIO_KEY = "a-key"
    return service


def match(geoid: str = "4103", congress: int = 119, **changes: Any) -> dict[str, Any]:
    """One address as the Census geocoder knows it."""
    row = {"GEOID": geoid, "STATE": geoid[:2], "BASENAME": geoid[2:].lstrip("0"), "CDSESSN": str(congress)} | changes
    layer = f"{congress}th Congressional Districts"
    return {
        "matchedAddress": ADDRESS.upper(),
        "coordinates": {"x": -122.68, "y": 45.51},
        "addressComponents": {"state": "OR", "zip": "97201"},
        "geographies": {"States": [{"GEOID": geoid[:2], "STUSAB": "OR"}], layer: [row]},
    }


def matches(*found: dict[str, Any]) -> dict[str, Any]:
    """The geocoder's whole answer."""
    return {"result": {"input": {"address": {"address": ADDRESS}}, "addressMatches": list(found)}}
