"""The one door to the public data files. What happens outside leaves as TryLater or Refused, nothing else."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

TIMEOUT_SECONDS = 20.0
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

    Raises TryLater and Refused.
    """
    scheme = urlsplit(url).scheme
    if scheme not in {"https", "http"}:
        raise Refused(f"{url} is not an address of the web.")
    request = Request(url, headers={"User-Agent": "twothirds"} | dict(headers))  # noqa: S310 checked above
    if etag:
        request.add_header("If-None-Match", etag)
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 checked above
            if urlsplit(answer.url).scheme != scheme:
                raise Refused(f"{url} leads from {scheme} to {urlsplit(answer.url).scheme}.")
            body = answer.read(most_bytes + 1)
            if len(body) > most_bytes:
                raise Refused(f"{url} is larger than {most_bytes // 1024 // 1024} MB.")
            return Download(body, answer.headers.get("ETag", ""), _day(answer.headers.get("Last-Modified")))
    except HTTPError as error:
        if error.code == http.HTTPStatus.NOT_MODIFIED:
            return None
        kind = TryLater if error.code >= 500 or error.code == http.HTTPStatus.TOO_MANY_REQUESTS else Refused
        raise kind(f"{url} answered {error.code} {error.reason}.") from error
    except (URLError, http.client.HTTPException, OSError, ValueError) as error:
        raise TryLater(f"{url} could not be reached: {getattr(error, 'reason', error)}.") from error


def _day(header: str | None) -> date | None:
    try:
        return parsedate_to_datetime(header).date() if header else None
    except ValueError:
        return None
