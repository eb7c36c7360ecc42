"""People and partner sites that sign while things fall apart, and remember what they were told."""

import http.client
import json
import random
import threading
import time
import urllib.parse
import uuid

from tests.factories import signer

TIMEOUT_SECONDS = 15.0
Answer = tuple[int, dict[str, str]]


class Crowd:
    """Threads that sign one after the other, each sign-up until it is acknowledged: with the same key each time."""

    def __init__(self, url: str, slug: str, key: str, *, first: int, number: int, threads: int = 4) -> None:
        self.host = urllib.parse.urlsplit(url).netloc
        self.slug, self.key = slug, key
        self.acknowledged: set[str] = set()
        self.refused: list[Answer] = []
        self._waiting = iter(range(first, first + number))
        self._lock = threading.Lock()
        self._given_up = threading.Event()
        self._threads = [threading.Thread(target=self._sign_on, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def wait(self, patience: float = 60.0) -> None:
        """Until everybody signed. Fails when somebody is still trying after so long."""
        deadline = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._given_up.set()
        assert not any(thread.is_alive() for thread in self._threads), "somebody could not sign"

    def _sign_on(self) -> None:
        while not self._given_up.is_set():
            with self._lock:
                number = next(self._waiting, None)
            if number is None:
                return
            self._sign(number)

    def _sign(self, number: int) -> None:
        """Every tenth through the page, as a person does; the others through a partner's site."""
        token, typed = str(uuid.uuid4()), signer(number)
        while not self._given_up.is_set():
            status, headers = self._through_page(typed) if number % 10 == 0 else self._through_api(typed, token)
            if status in {202, 303}:
                with self._lock:
                    self.acknowledged.add(typed["email"])
                return
            if status:
                self.refused.append((status, headers))
            time.sleep(random.uniform(0.02, 0.2))

    def _through_page(self, typed: dict[str, str]) -> Answer:
        sent = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._post(f"/petitions/{self.slug}/", urllib.parse.urlencode({**typed, "updates_consent": "yes"}), sent)

    def _through_api(self, typed: dict[str, str], token: str) -> Answer:
        body = {**typed, "updates_consent": True}
        sent = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}", "Idempotency-Key": token}
        return self._post(f"/api/v1/petitions/{self.slug}/signatures", json.dumps(body), sent)

    def _post(self, path: str, body: str, headers: dict[str, str]) -> Answer:
        """Status 0 where there was no answer: then nobody was told anything."""
        connection = http.client.HTTPConnection(self.host, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, {name.lower(): text for name, text in answer.getheaders()}
        except (OSError, http.client.HTTPException):
            return 0, {}
        finally:
            connection.close()
