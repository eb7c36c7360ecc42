"""Looking for floods of sign-ups. What looks like one is quarantined silently, for an organizer to decide."""

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from campaign.lib import limits
from campaign.petitions.models import NetworkKey

SIGN_UPS_OF_A_NETWORK = 60
IN_SECONDS = 600
KEYS_ARE_KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Screened:
    """What screening found: the network's keyed hash, and why the sign-up is held, if it is."""

    network: bytes | None = None
    quarantine_reason: str = ""


class _Today:
    """This day's key, read once a day by each process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day: date | None = None
        self._secret = b""

    def secret(self) -> bytes:
        today = timezone.now().date()
        if self._day != today:
            with self._lock:
                if self._day != today:
                    NetworkKey.objects.bulk_create(
                        [NetworkKey(day=today, secret=secrets.token_hex(32))], ignore_conflicts=True
                    )
                    self._secret = bytes.fromhex(NetworkKey.objects.get(day=today).secret)
                    self._day = today
        return self._secret


_today = _Today()


def hash_of_network(network: str) -> bytes:
    """The network's keyed hash. Its key is destroyed after seven days; then it leads nowhere."""
    return hmac.digest(_today.secret(), network.encode(), hashlib.sha256)[:16]


def screen(network: str) -> Screened:
    """Count a sign-up from this network. Over the limit it is held; the signer sees nothing different.

    A shared network (a campus, a carrier) is common, so nobody is turned away.
    """
    hashed = hash_of_network(network)
    verdict = limits.hit("sign-up", hashed.hex(), SIGN_UPS_OF_A_NETWORK, IN_SECONDS)
    return Screened(hashed, "" if verdict.allowed else "many_from_one_network")


def destroy_old_keys() -> int:
    """Delete the keys of days more than seven days ago; how many. Their hashes can never be made again."""
    return NetworkKey.objects.filter(day__lt=timezone.now().date() - KEYS_ARE_KEPT_FOR).delete()[0]
