"""Providers: mail goes through the HTTP interface of whom EMAIL_URL names (anymail://...); django-anymail speaks it.

One request a message. What a request came to is known from its answer alone: one that was sent and not answered, or
answered by somebody on the way, may have been taken.
"""

import time
import uuid
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import requests
import structlog
import urllib3
from anymail.backends.base import AnymailBaseBackend
from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailUnsupportedFeature,
)
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from campaign.delivery import stopping
from campaign.delivery.addressing import address_of, phrase_and_address
from campaign.delivery.composing import headers_of, refuse_breaks
from campaign.delivery.transport import Accepted, Fate, Outgoing, Refused, TryLater, Unsure
from campaign.delivery.transports import windows

log = structlog.get_logger(__name__)
# Who lets bounces go to an address of ours. Others take its domain alone (Mailgun, Mandrill), in the place of the one
# that the operator chose, or make a Sender header of it (Mailjet, Postal).
_TAKES_ENVELOPE_SENDER = frozenset({"amazon_ses", "sparkpost"})
# What a provider may be unable to be told; everything else it must be able to carry, or the mail does not leave.
OPTIONAL = ("envelope_sender", "metadata", "track_opens", "track_clicks")
# Who can carry no metadata: what a report is about stands in a tag.
_KNOWS_TAGS_ONLY = frozenset({"mailersend", "postal"})
# Our key, our account, our pace: nothing about the mailbox.
_OURSELVES = frozenset({401, 402, 403, 407, 408, 425, 429, 503})
# Answers of a provider that is broken, or of a gateway before it: the mail may be past them.
_MAY_HAVE_TAKEN = frozenset({500, 502, 504, 520, 521, 522, 523, 524})
# The request never left.
_NEVER_SENT = (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.ProxyError)
_NOT_CONNECTED = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.NameResolutionError,
    urllib3.exceptions.ConnectTimeoutError,
)
# So many in a row of which nobody knows, and the rest of the window waits for a better hour.
UNSURE_IN_A_ROW = 3


class ProviderLine:
    """One session with a provider for a batch."""

    def __init__(self) -> None:
        self._backend: AnymailBaseBackend = get_connection()
        self._unsupported = set[str]() if settings.MAIL_PROVIDER in _TAKES_ENVELOPE_SENDER else {"envelope_sender"}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._backend.close()

    def ready(self) -> None:
        """There is a session; whether the provider answers shows with the first message. Raises TryLater."""
        try:
            self._backend.open()
        except Exception as error:  # boto3 has errors of its own, for credentials that it can't find
            log.exception("the provider's session can't be opened")
            raise TryLater(f"no connection: {type(error).__name__}", is_connection=True) from error

    def hand_over(self, window: Sequence[Outgoing]) -> Mapping[uuid.UUID, Fate]:
        """One request for each; a fate for each. Never raises for what the provider did.

        What a slow one could not be told while the promise lasts, or before this process has to end, goes later.
        """
        fates: dict[uuid.UUID, Fate] = {}
        in_a_row, begin_until = 0, time.monotonic() + windows.SECONDS_TO_BEGIN
        for outgoing in window:
            if fates and (time.monotonic() > begin_until or stopping.is_asked()):
                fates[outgoing.delivery.pk] = TryLater("not begun: no time left", is_connection=True)
                continue
            if in_a_row >= UNSURE_IN_A_ROW:
                fates[outgoing.delivery.pk] = TryLater("not begun: the provider is ill", is_connection=True)
                continue
            fate = fates[outgoing.delivery.pk] = self._fate(outgoing)
            lost = isinstance(fate, Unsure) or (isinstance(fate, TryLater) and fate.is_connection)
            in_a_row = in_a_row + 1 if lost else 0
        return fates

    def _fate(self, outgoing: Outgoing) -> Fate:
        try:
            message = message_of(outgoing)
            self.ready()
        except TryLater as error:
            return error
        except ValueError as error:
            log.warning("a mail can't be written", delivery=str(outgoing.delivery.pk), reason=str(error))
            return Refused(f"can't be written: {error}")
        except Exception:
            log.exception("a mail can't be written", delivery=str(outgoing.delivery.pk))
            return TryLater("can't be written")
        return self._send(message, outgoing)

    def _send(self, message: EmailMultiAlternatives, outgoing: Outgoing) -> Fate:
        """With everything the provider can be told, which it says itself, before anything is sent."""
        while True:
            for name in self._unsupported:
                vars(message).pop(name, None)
            try:
                self._backend.send_messages([message])
            except AnymailUnsupportedFeature as error:
                new = {name for name in OPTIONAL if name in str(error.args[0])} - self._unsupported
                if not new:
                    log.warning("the provider can't carry a mail", delivery=str(outgoing.delivery.pk))
                    return Refused(f"{settings.MAIL_PROVIDER} can't carry it")
                self._unsupported |= new
            except Exception as error:
                return judge(error, message)
            else:
                return _of_status(message)


def message_of(outgoing: Outgoing) -> EmailMultiAlternatives:
    """The message with all its headers, checked as what goes by SMTP is. Raises ValueError.

    A provider may set a Message-ID of its own: its reports are matched by metadata, tag or envelope sender.
    """
    delivery, mail = outgoing.delivery, outgoing.mail
    for name, value in (("Subject", mail.subject), ("To", mail.to)):
        refuse_breaks(name, value)
    for mailbox in filter(None, (mail.sender or settings.MAIL_FROM, mail.reply_to)):
        phrase_and_address(mailbox)
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=mail.sender or settings.MAIL_FROM,
        to=[address_of(mail.to)],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={"Message-ID": delivery.message_id} | headers_of(delivery, mail),
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    wishes: dict[str, Any] = {
        "envelope_sender": delivery.return_path,
        "metadata": {"delivery": delivery.id.hex},
        "track_opens": False,
        "track_clicks": False,
    }
    if settings.MAIL_PROVIDER in _KNOWS_TAGS_ONLY:
        wishes["tags"] = [f"delivery-{delivery.id.hex}"]
    vars(message).update(wishes)
    return message


def _of_status(message: EmailMultiAlternatives) -> Fate:
    """What the provider said of the one recipient."""
    status: Any = getattr(message, "anymail_status", None)
    said = set(status.status or ()) if status is not None else set()
    if "failed" in said:
        return TryLater(f"{settings.MAIL_PROVIDER} failed")
    if said and said <= {"sent", "queued"}:
        return Accepted(f"{settings.MAIL_PROVIDER} {status.message_id or ''}".strip())
    return _refused(said)


def _refused(said: set[str]) -> Fate:
    """`invalid` is a bad address; `rejected` may be a suppression of the provider's own, and says nothing of ours.

    Whatever else it says, nobody knows what became of the mail.
    """
    word = next((word for word in ("invalid", "rejected") if word in said), "")
    if not word:
        return Unsure(f"{settings.MAIL_PROVIDER} doesn't say")
    return Refused(f"{settings.MAIL_PROVIDER} {word}", bad_address=word == "invalid")


def judge(error: Exception, message: EmailMultiAlternatives) -> Fate:
    """What an error means, by whether the request can have reached the provider."""
    if isinstance(error, AnymailRecipientsRefused):
        status: Any = getattr(message, "anymail_status", None)
        return _refused(set(status.status or ()) if status is not None else set())
    if isinstance(error, AnymailInvalidAddress):
        return Refused(f"{settings.MAIL_PROVIDER} can't write the address")
    if isinstance(error, AnymailAPIError):
        return _of_response(error)
    if isinstance(error, AnymailError):  # before anything was sent: what can't be told
        log.error("the provider can't be told of a mail", error=type(error).__name__)
        return TryLater(f"{settings.MAIL_PROVIDER}: {type(error).__name__}")
    log.error("a provider's answer was not understood", error=type(error).__name__, exc_info=error)
    return Unsure(f"{settings.MAIL_PROVIDER}: {type(error).__name__}")


def _of_response(error: AnymailAPIError) -> Fate:
    code = _status_code(error)
    if code is None:
        cause = error.__cause__ or error
        if _never_sent(cause):
            return TryLater(f"no connection: {type(cause).__name__}", is_connection=True)
        return Unsure(f"connection lost after the text: {type(cause).__name__}")
    words = f"{settings.MAIL_PROVIDER} {code}"
    if code in _OURSELVES:
        return TryLater(words, is_connection=True)
    if code in _MAY_HAVE_TAKEN or code < 300:  # of an answer that can't be read
        return Unsure(words)
    if code == requests.codes.request_entity_too_large:
        return Refused(words)
    return TryLater(words)


def _status_code(error: AnymailAPIError) -> int | None:
    """Of HTTP; boto3 keeps it in its own place."""
    if error.status_code is not None:
        return int(error.status_code)
    response = getattr(error.__cause__, "response", None)
    if not isinstance(response, dict):
        return None
    code = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return int(code) if code else None


def _never_sent(cause: BaseException) -> bool:
    """Nobody was there to take it. A connection that broke while we waited is another matter."""
    if isinstance(cause, _NEVER_SENT):
        return True
    reason = cause.args[0] if cause.args else None
    inner = getattr(reason, "reason", reason)
    return isinstance(inner, _NOT_CONNECTED) or type(cause).__name__ in {
        "EndpointConnectionError",  # of botocore
        "ConnectTimeoutError",
        "NoCredentialsError",
    }
