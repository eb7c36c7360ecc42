"""The one door to the mail server. It leaves three words behind: try later, refused, or unsure whether it arrived."""

import smtplib
from types import TracebackType
from typing import Self, cast

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, SafeMIMEText
from django.core.mail.backends.smtp import EmailBackend

from campaign.delivery.models import Delivery
from campaign.delivery.recipes import Mail

BAD_ADDRESS = ("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10")


# RFC 5321 (4.5.3.2.6) would give ten minutes; a lease lasts four.
SECONDS_FOR_THE_TEXT = 120


class TryLater(Exception):
    """The message did not go and may go later."""


class Refused(Exception):
    """The message will never go. `bad_address`: the mailbox does not exist."""

    def __init__(self, reason: str, *, bad_address: bool = False) -> None:
        super().__init__(reason)
        self.bad_address = bad_address


class Unsure(Exception):
    """The connection broke after the message was on its way: it may have arrived."""


def _reason(code: int, words: bytes | str) -> str:
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else words
    first = text.split(maxsplit=1)[0] if text.split() else ""
    enhanced = first if first[:2] in {"4.", "5."} else ""
    return f"smtp {code} {enhanced}".strip()


def _judge(code: int, words: bytes | str) -> Exception:
    """What an answer other than success means."""
    reason = _reason(code, words)
    if code < 500 or code == 503:  # 503: the two of us lost step, which says nothing about the message
        return TryLater(reason)
    return Refused(reason, bad_address=any(reason.endswith(bad) for bad in BAD_ADDRESS))


def composed(delivery: Delivery, mail: Mail) -> EmailMultiAlternatives:
    """The message with all its headers; made anew for each try, equal each time but for the date."""
    headers = {"Message-ID": delivery.message_id, "Auto-Submitted": "auto-generated"} | mail.headers
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=mail.sender or settings.MAIL_FROM,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={name: value for name, value in headers.items() if value},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


class Transport:
    """One SMTP connection for a batch. Opened at the first message, opened anew when the server hung up."""

    def __init__(self) -> None:
        self._backend = EmailBackend()
        self._is_down = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop()

    def _drop(self) -> None:
        connection, self._backend.connection = self._backend.connection, None
        if connection is not None:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _connection(self) -> smtplib.SMTP:
        """A connection that answers."""
        if self._backend.connection is not None:
            try:
                if self._backend.connection.noop()[0] == 250:
                    return self._backend.connection
            except (smtplib.SMTPException, OSError):
                pass
            self._drop()
        if self._is_down:  # one time-out is enough for a batch
            raise TryLater("no connection")
        self._is_down = True
        try:
            self._backend.open()
            connection = cast(smtplib.SMTP, self._backend.connection)
            connection.ehlo_or_helo_if_needed()
        except smtplib.SMTPAuthenticationError as error:
            raise TryLater("smtp authentication failed") from error
        except (smtplib.SMTPException, OSError) as error:
            raise TryLater(f"no connection: {type(error).__name__}") from error
        self._is_down = False
        return connection

    def ready(self) -> None:
        """Connect before anything is promised. Raises TryLater."""
        self._connection()

    def hand_over(self, delivery: Delivery, mail: Mail) -> str:
        """Give one message to the server and return its words. Raises TryLater, Refused or Unsure."""
        message = composed(delivery, mail)
        recipient = message.recipients()[0]
        content = cast(SafeMIMEText, message.message()).as_bytes(linesep="\r\n")
        address = recipient.rpartition("<")[2].rstrip(">")
        connection = self._connection()
        try:
            self._envelope(connection, delivery.return_path, address)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            raise TryLater(f"connection lost: {type(error).__name__}") from error
        return self._data(connection, content)

    def _envelope(self, connection: smtplib.SMTP, return_path: str, address: str) -> None:
        """Who writes to whom. A refused sender is our own fault, says nothing about the mailbox, and can be mended."""
        code, words = connection.mail(return_path)
        if code != 250:
            connection.rset()
            raise TryLater(f"sender refused: {_reason(code, words)}")
        code, words = connection.rcpt(address)
        if code not in {250, 251}:
            connection.rset()
            raise _judge(code, words)

    def _data(self, connection: smtplib.SMTP, content: bytes) -> str:
        """From here on a broken line leaves us unsure, so the server gets more time to look at the text."""
        try:
            if connection.sock is not None:
                connection.sock.settimeout(SECONDS_FOR_THE_TEXT)
            code, words = connection.data(content)
            if connection.sock is not None:
                connection.sock.settimeout(settings.EMAIL_TIMEOUT)
        except smtplib.SMTPDataError as error:  # the server did not let us begin
            raise _judge(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise Unsure(f"connection lost after the text: {type(error).__name__}") from error
        if code != 250:
            raise _judge(code, words)
        return _reason(code, words)
