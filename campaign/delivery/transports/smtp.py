"""SMTP: one connection for a batch, pipelined (RFC 2920) where the server offers it.

The text of one message and the envelope of the next travel in one write, and their four answers come back together: a
message costs one round trip. Never more than one text is on its way. Without PIPELINING the same goes step by step.
"""

import smtplib
import ssl
import uuid
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.mail.utils import DNS_NAME

from campaign.delivery.dkim_signing import content_of
from campaign.delivery.transport import Fate, Outgoing, TryLater
from campaign.delivery.transports import answers
from campaign.delivery.transports.answers import CLOSING, Answer
from campaign.delivery.transports.conversation import Broken, Conversation, OutOfStep
from campaign.delivery.transports.windows import Window, Written

# RFC 5321 (4.5.3.2.6) would give ten minutes; a lease lasts four.
SECONDS_FOR_THE_TEXT = 120.0


class SmtpLine:
    """One SMTP connection for a batch. Opened at the first message, opened anew when the server hung up."""

    def __init__(self) -> None:
        self._conversation: Conversation | None = None
        self._is_down = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._conversation is not None:
            self._conversation.quit()
            self._conversation = None

    def ready(self) -> None:
        """Connect before anything is promised. Raises TryLater."""
        self._connected()

    def hand_over(self, window: Sequence[Outgoing]) -> Mapping[uuid.UUID, Fate]:
        """Give these to the server; a fate for each, by the delivery's id. Never raises for what a server did.

        A connection that breaks is opened anew, for what was not begun; not for ever.
        """
        going = Window(window, content_of)
        while going.look_ahead():
            try:
                _Exchange(self._connected(), going).run()
            except TryLater as error:
                going.put_off(error)
            except Broken as error:
                self._drop()
                going.breaks(str(error), is_out_of_step=isinstance(error, OutOfStep))
        return going.fates

    def _connected(self) -> Conversation:
        """A connection that is open and has nothing to say but answers."""
        if self._conversation is not None:
            if self._conversation.is_silent():
                return self._conversation
            self._drop()
        if self._is_down:  # one time-out is enough for a batch
            raise TryLater("no connection", is_connection=True)
        self._is_down = True
        self._conversation = _open()
        self._is_down = False
        return self._conversation

    def _drop(self) -> None:
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None


def _open() -> Conversation:
    """Greeted, encrypted and let in, as the settings say. Raises TryLater."""
    connection: smtplib.SMTP | None = None
    try:
        connection = _greeted()
        if settings.EMAIL_USE_TLS:
            connection.starttls(context=ssl.create_default_context())
        if settings.EMAIL_HOST_USER and settings.EMAIL_HOST_PASSWORD:
            connection.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        connection.ehlo_or_helo_if_needed()
        return Conversation(connection)
    except (smtplib.SMTPException, OSError, Broken) as error:
        if connection is not None:
            connection.close()
        is_password = isinstance(error, smtplib.SMTPAuthenticationError)
        words = "smtp authentication failed" if is_password else f"no connection: {type(error).__name__}"
        raise TryLater(words, is_connection=True) from error


def _greeted() -> smtplib.SMTP:
    ours, timeout = DNS_NAME.get_fqdn(), settings.EMAIL_TIMEOUT  # Django asks the resolver for our name only once
    if settings.EMAIL_USE_SSL:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(settings.EMAIL_HOST, settings.EMAIL_PORT, ours, timeout=timeout, context=context)
    return smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, ours, timeout=timeout)


class _Exchange:
    """Messages over one connection until it breaks or all of them went."""

    def __init__(self, conversation: Conversation, window: Window) -> None:
        self._conversation = conversation
        self._window = window
        self._is_reset_due = False

    def run(self) -> None:
        """Raises Broken, and leaves it to the window what that means for whom."""
        window = self._window
        while window.turn():
            sent, introduced = window.sent, window.introduced
            commands = self._envelope(introduced) if introduced else []
            text = _on_the_wire(sent.content) if sent else b""
            if self._conversation.is_pipelining:
                self._say(text + b"".join(commands))
            elif sent:
                self._say(text)
            window.look_ahead()
            if sent:
                self._hear_of_the_text()
            if introduced:
                self._hear_of_the_envelope(commands)

    def _envelope(self, message: Written) -> list[bytes]:
        commands = [b"RSET\r\n"] if self._is_reset_due else []
        sender, recipient = message.sender.encode("ascii"), message.recipient.encode("ascii")
        return [*commands, b"MAIL FROM:<" + sender + b">\r\n", b"RCPT TO:<" + recipient + b">\r\n", b"DATA\r\n"]

    def _hear_of_the_text(self) -> None:
        answer = self._conversation.hear(SECONDS_FOR_THE_TEXT)
        if answer.code in range(300, 400):
            raise OutOfStep(answer.reason)
        self._window.ends_sent(answers.of_the_text(answer))
        if answer.code == CLOSING:
            raise Broken(answer.reason)

    def _hear_of_the_envelope(self, commands: list[bytes]) -> None:
        if len(commands) > 3 and self._hear(commands[0]).code != 250:
            raise OutOfStep("no reset")
        self._is_reset_due = False
        said: list[Answer] = []
        for step, command in enumerate(commands[-3:]):
            said.append(self._hear(command))
            if not answers.fits(step, said[-1]):
                raise OutOfStep("unexpected answers")
            if said[-1].code >= 400 and not self._conversation.is_pipelining:
                break
        self._window.is_in_step()
        self._judge(said)

    def _judge(self, said: list[Answer]) -> None:
        """Whether the text may follow; if not, the server is led out of the transaction that it is in."""
        fate = answers.of_the_envelope(said)
        if fate is None:
            if not self._conversation.is_silent():  # good-bye, most likely: the text is not begun
                raise Broken("hung up")
            return
        self._window.ends_introduced(fate)
        self._is_reset_due = True
        if said[-1].code != 354:
            return
        if said[1].code < 400:  # a dot alone would be an empty mail to somebody
            raise OutOfStep("a recipient without a sender")
        self._say(b".\r\n")  # RFC 2920 (3.1): DATA was let through although nobody was to get it
        self._conversation.hear(settings.EMAIL_TIMEOUT)

    def _say(self, words: bytes) -> None:
        self._conversation.say(words, SECONDS_FOR_THE_TEXT if self._window.sent else settings.EMAIL_TIMEOUT)

    def _hear(self, command: bytes) -> Answer:
        """The answer to this command, which was said already where we pipeline."""
        if not self._conversation.is_pipelining:
            self._say(command)
        answer = self._conversation.hear(settings.EMAIL_TIMEOUT)
        if answer.code == CLOSING:
            raise Broken(answer.reason)
        return answer


def _on_the_wire(content: bytes) -> bytes:
    """With its dots doubled and the one that ends it. No line begins the content with a dot: a header does."""
    return content.replace(b"\r\n.", b"\r\n..") + b".\r\n"
