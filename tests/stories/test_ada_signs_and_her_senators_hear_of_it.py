"""The main job, end to end, over HTTP, with a real worker and a real mail server."""

import threading

import pytest

from campaign.petitions.models import Petition
from embedded.stranger import Page, Stranger
from tests.factories import ADA
from tests.stories.conftest import House, until

pytestmark = pytest.mark.django_db(transaction=True)

PETITION = "/petitions/un-cybercrime-convention/"
OREGON = ("Jeff Merkley", "Ron Wyden")
REASON = "I keep hospital computers running in Portland. Finding their faults must not become a crime elsewhere."


def sign(house: House, visitor: Stranger, path: str = PETITION, **typed: str) -> Page:
    form = visitor.open(house.url + path).form_with("email", "given_name")
    return visitor.submit(form, **typed)


def confirm(house: House, visitor: Stranger, mailbox: str) -> Page:
    mail = until(lambda: house.mails_to(mailbox), f"mail to {mailbox}")[0]
    link = next(link for link in mail.links if "/confirm/" in link)
    return visitor.submit(visitor.open(link).posting()[0])


def confirmed() -> int:
    """As the roll-up counted it: each web process shows it to everybody a moment later."""
    return Petition.objects.get(slug="un-cybercrime-convention").confirmed_total


def shown(house: House, visitor: Stranger) -> int:
    return int(visitor.call("GET", f"{house.url}/api/v1/petitions/un-cybercrime-convention")[1]["confirmed"])


def test_ada_signs_confirms_and_both_her_senators_get_her_own_words(house, visitor):
    before = confirmed()
    page = sign(house, visitor, **ADA)
    assert page.url.endswith("/check-your-mail/")
    page = confirm(house, visitor, "ada@example.org")
    assert all(name in page.text for name in OREGON)
    until(lambda: confirmed() == before + 1, "her name to count")
    until(lambda: shown(house, visitor) == before + 1, "the count to be shown")
    desk = visitor.open(page.links_to("/letter/")[0])
    form = desk.form_with("do")
    bodies = {name: f"{text}\n\n{REASON}" for name, text in form.fields.items() if name.startswith("body-")}
    assert len(bodies) == 2
    receipts = visitor.submit(form, **bodies, do="send")
    assert receipts.status == 200
    assert all(name in receipts.text for name in OREGON)
    letters = until(lambda: letters_of(house, "ada@example.org", 2), "both letters")
    for letter, name in zip(sorted(letters, key=lambda mail: mail.text.find("Wyden")), OREGON, strict=True):
        assert f"Senator {name.split()[-1]}" in letter.text
        assert REASON.split(". ")[0] in " ".join(letter.text.split())
        assert letter.headers["Reply-To"] == "Ada Lopez <ada@example.org>"
        assert letter.to.endswith("@sandbox.example")
    until(lambda: "demo's inbox has it" in visitor.open(receipts.url).text, "the receipts to tell of it")


def letters_of(house: House, mailbox: str, number: int):
    from campaign.inbox.reading import read_messages

    found = [mail for mail in read_messages(house.sink.directory) if mailbox in mail.headers.get("Reply-To", "")]
    return found if len(found) >= number else []


def test_bruno_of_dc_is_told_the_truth_and_his_name_counts(house, visitor):
    before = confirmed()
    sign(house, visitor, given_name="Bruno", family_name="Diaz", email="bruno@example.org", state="DC",
         postal_code="20001")  # fmt: skip
    page = confirm(house, visitor, "bruno@example.org")
    assert "no senators" in page.text
    assert not page.links_to("/letter/")
    until(lambda: confirmed() == before + 1, "his name to count")


def test_chiyo_at_an_apo_address_is_asked_for_the_state_where_she_votes(house, visitor):
    before = confirmed()
    typed = {"given_name": "Chiyo", "family_name": "Tanaka", "email": "chiyo@example.org", "postal_code": "09001"}
    page = sign(house, visitor, **typed, state="AE")
    assert page.status == 422
    assert "where you vote" in page.text
    form = page.form_with("email", "given_name")
    assert form.fields["email"] == "chiyo@example.org"
    assert visitor.submit(form, state="HI").url.endswith("/check-your-mail/")
    page = confirm(house, visitor, "chiyo@example.org")
    assert "Hirono" in page.text
    until(lambda: confirmed() == before + 1, "her name to count")


def test_mallory_signs_fifty_times_at_once_and_opens_every_link_and_nothing_comes_of_it(house, visitor):
    gate, pages = threading.Barrier(50), []
    form = visitor.open(house.url + PETITION).form_with("email", "given_name")
    typed = {**ADA, "family_name": "Not", "email": "victim@example.org"}

    def mallory() -> None:
        stranger = Stranger()
        gate.wait()
        pages.append(stranger.submit(form, **typed))

    crowd = [threading.Thread(target=mallory) for _ in range(50)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert {(page.status, page.text) for page in pages} == {(200, pages[0].text)}
    assert len(pages) == 50
    mail = until(lambda: house.mails_to("victim@example.org"), "the one mail")[0]
    before = confirmed()
    assert "Not" not in mail.text.replace("Not you", "").replace("Nothing", "")
    for link in mail.links * 2:
        assert visitor.open(link).status == 200
    sign(house, visitor, **{**ADA, "email": "last@example.org"})
    confirm(house, visitor, "last@example.org")
    until(lambda: confirmed() == before + 1, "only the last one to count")
    assert len(house.mails_to("victim@example.org")) == 1


@pytest.mark.parametrize("typed", [{"email": "ada@example.org"}, {"email": "nobody-knows-me@example.org"}])
def test_known_and_new_mailboxes_get_the_same_page(house, visitor, typed):
    page = sign(house, visitor, given_name="Mallory", family_name="M", state="OR", postal_code="97201", **typed)
    fresh = sign(house, visitor, given_name="Mallory", family_name="M", state="OR", postal_code="97201",
                 email=f"fresh-{typed['email']}")  # fmt: skip
    assert (page.status, page.url, page.html) == (fresh.status, fresh.url, fresh.html)
