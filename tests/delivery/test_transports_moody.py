"""A server that does something else each time: whatever it does, nothing is lost and nothing is sent twice."""

import random
from collections import Counter

import pytest

from campaign.delivery.transport import Accepted, Unsure
from tests.delivery.handing import hand_over, people
from tests.delivery.scripted import Talk, serving


class Moody:
    """Does something else each time, and keeps count of what it promised to deliver."""

    def __init__(self, seed: int, offers: tuple[bytes, ...]) -> None:
        self.chance = random.Random(seed)
        self.offers = offers
        self.delivered: Counter[str] = Counter()

    def mood(self, talk: Talk, good: bytes, usual: int = 85) -> bool:
        """Whether it said what it should."""
        dice = self.chance.randrange(100)
        if dice < usual:
            talk.say(good)
            return True
        if dice < usual + 3:
            talk.say(b"421 4.3.2 closing")
            talk.hang_up()
        if dice < usual + 6:
            talk.hang_up()
        talk.say(
            self.chance.choice([b"451 4.3.0 later", b"550 5.1.1 no", b"552-5.2.2 full\r\n552 so full", b"503 eh?"])
        )
        return False

    def __call__(self, talk: Talk) -> None:
        talk.greet(*self.offers)
        recipient, has_sender = "", False
        while True:
            line = talk.line()
            if line.startswith(b"MAIL"):
                has_sender = not has_sender and self.mood(talk, b"250 ok", 95)
                recipient = ""
            elif line.startswith(b"RCPT"):
                is_good = has_sender and self.mood(talk, b"250 ok")
                recipient = line.partition(b"<")[2].rstrip(b">").decode() if is_good else ""
                if not has_sender:
                    talk.say(b"503 5.5.1 no sender")
            elif line == b"DATA":
                self.data(talk, recipient)
                recipient, has_sender = "", has_sender and not recipient
            else:
                recipient, has_sender = "", False
                talk.say(b"250 ok")

    def data(self, talk: Talk, recipient: str) -> None:
        if not recipient:
            is_polite = self.chance.random() < 0.5
            talk.say(b"554 5.5.1 no valid recipients" if is_polite else b"354 well")
            if not is_polite:
                assert talk.line() == b"."
                talk.say(b"554 5.5.1 no valid recipients")
            return
        if not self.mood(talk, b"354 go on", 95):
            return
        talk._until(b"\r\n.\r\n")
        if self.chance.random() < 0.05:
            self.delivered[recipient] += self.chance.randrange(2)
            talk.hang_up()
        self.delivered[recipient] += 1
        before = self.delivered[recipient]
        try:
            if self.mood(talk, b"250 kept", 94):
                return
        except EOFError:
            # It hung up, perhaps with 421, which is a word: then it delivers nothing.
            self.delivered[recipient] = before - 1
            raise
        self.delivered[recipient] -= 1


@pytest.mark.parametrize("offers", [(), (b"250 8BITMIME",)], ids=["pipelined", "step by step"])
@pytest.mark.parametrize("seed", range(12))
def test_whatever_a_server_does_nothing_is_lost_and_nothing_comes_twice(settings, offers, seed):
    moody = Moody(seed, offers)
    with serving(moody) as server:
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.port, 5
        window = people(40)
        fates = dict(zip((each.mail.to for each in window), hand_over(window), strict=True))
    assert max(moody.delivered.values(), default=0) <= 1
    for recipient, fate in fates.items():
        if not isinstance(fate, Unsure):
            assert moody.delivered[recipient] == isinstance(fate, Accepted), (recipient, fate)
