"""What a mail server's answers mean for the one message they are about."""

from typing import NamedTuple

from campaign.delivery import enhanced_codes
from campaign.delivery.transport import Accepted, Fate, Refused, TryLater

CLOSING = 421


class Answer(NamedTuple):
    """What the server said to one command: its code, and its first line after the code."""

    code: int
    words: bytes

    @property
    def reason(self) -> str:
        """Code and enhanced code, and nothing of the words: they may name the mailbox, or hold what nobody can keep."""
        first = self.words.split(maxsplit=1)[0].decode("ascii", "replace") if self.words.strip() else ""
        enhanced = enhanced_codes.found_in(first) if first[:2] in {"4.", "5."} else ""
        return f"smtp {self.code} {enhanced}".strip()


def refusal(answer: Answer) -> TryLater | Refused:
    """What an answer other than success means."""
    if answer.code == CLOSING:
        return TryLater(answer.reason, is_connection=True)
    if answer.code < 500 or answer.code == 503:  # 503: the two of us lost step, which says nothing about the message
        return TryLater(answer.reason)
    return Refused(answer.reason, bad_address=enhanced_codes.is_bad_address(answer.reason.rpartition(" ")[2]))


# Codes of success for MAIL, RCPT and DATA.
_EXPECTED = (range(250, 251), range(250, 252), range(354, 355))


def fits(step: int, answer: Answer) -> bool:
    """Whether this can be the answer to MAIL (0), RCPT (1) or DATA (2). Else it is another's, and we lost step."""
    return answer.code >= 400 or answer.code in _EXPECTED[step]


def of_the_envelope(said: list[Answer]) -> Fate | None:
    """What MAIL, RCPT and DATA came to, as far as they were asked; None when the text may follow.

    A refused sender is our own fault, says nothing about the mailbox, and can be mended.
    """
    if said[0].code >= 400:
        return TryLater(f"sender refused: {said[0].reason}")
    return next((refusal(answer) for answer in said if answer.code >= 400), None)


def of_the_text(answer: Answer) -> Fate:
    """What the server said when it had the whole text."""
    return Accepted(answer.reason) if answer.code < 300 else refusal(answer)
