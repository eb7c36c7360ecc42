"""In which district an address lies: one back end behind one interface, chosen by ADDRESS_BACKEND and off by default.

The address is kept nowhere and stands in no log line, exception or repr: only the district leaves this package. An
answer counts only if it speaks of the Congress that sits.
"""

import structlog
from django.conf import settings
from django.utils import timezone

from campaign.legislators import snapshots, terms
from campaign.legislators.fetching import Refused, TryLater
from campaign.legislators.geocoding import census, geocodio, google, polygons
from campaign.legislators.geocoding.answers import Answer, Backend, Receiver, Trouble

__all__ = ["IN_SECONDS", "MOST_OF_A_NETWORK", "Answer", "Receiver", "Trouble", "district_of", "is_on", "receiver"]
_BACKENDS: dict[str, Backend] = {
    "census": census.BACKEND,
    "google": google.BACKEND,
    "geocodio": geocodio.BACKEND,
    "polygons": polygons.BACKEND,
}
# Somebody else is asked and may want money for it: from one network so many, through pages and API together.
MOST_OF_A_NETWORK, IN_SECONDS = 20, 600
log = structlog.get_logger(__name__)


def is_on() -> bool:
    """Whether somebody can be asked who may speak of the sitting Congress. Asks nobody."""
    backend = _chosen()
    return backend is not None and backend.speaks_of(_sitting())


def receiver() -> Receiver | None:
    """Who gets to see an address, to be said before it is asked for; None while the step is off."""
    backend = _chosen()
    return backend.receiver if backend and is_on() else None


def district_of(address: str) -> Answer:
    """The district an address lies in ("OR-3"), or what stands in the way. Asking again asks the service again.

    At most two tries of five seconds. Raises lib.refusals.Refused for what can't be an address; nobody is asked then.
    """
    backend, congress = _chosen(), _sitting()
    if backend is None:
        return Answer(trouble=Trouble.OFF)
    readable = backend.read(address)
    if not backend.speaks_of(congress):
        return Answer(trouble=Trouble.OTHER_CONGRESS)
    try:
        answer = backend.find(readable, congress)
    except (TryLater, Refused) as error:
        log.warning("address_not_placed", backend=settings.ADDRESS_BACKEND, because=str(error))
        return Answer(trouble=Trouble.UNAVAILABLE)
    # The last check of every answer: a district that nobody can hold is none, whoever says so.
    if answer.district and answer.district not in snapshots.current().house:
        return Answer(trouble=Trouble.NOT_FOUND)
    return answer


def _chosen() -> Backend | None:
    return _BACKENDS.get(settings.ADDRESS_BACKEND)


def _sitting() -> int:
    return terms.congress_on(timezone.now().date())
