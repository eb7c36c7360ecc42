"""What mailings say, asked for a window of deliveries at once just before they leave: two queries for all of them."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from campaign.delivery.models import Delivery, Scope
from campaign.delivery.recipes import Answer, Mail, Postponed, Withheld
from campaign.lib.kept import Kept
from campaign.mailings import fields, rendering
from campaign.mailings.fields import Cause, Person
from campaign.mailings.models import Mailing
from campaign.mailings.rendering import STOP_URL, Compiled, Source
from campaign.petitions.unsubscribing import WaysOut, list_headers
from campaign.supporters.models import AccessPurpose, AccessToken, Supporter

_STATE = "SELECT cancelled_at IS NOT NULL OR started_at IS NULL, approved_digest FROM mailings_mailing WHERE id = %s"
# OFFSET and LIMIT keep the planner, who takes fifty people for many, from reading whole tables for them.
_PEOPLE = """
SELECT s.supporter_id, CASE
    WHEN s.withdrawn_at IS NOT NULL OR s.confirmed_at IS NULL THEN 'withdrawn'
    WHEN s.invalidated_at IS NOT NULL THEN 'invalidated'
    WHEN s.quarantined_at IS NOT NULL THEN 'quarantined'
    WHEN s.updates_wording = '' OR (
      SELECT c.id FROM supporters_consent AS c
      WHERE c.supporter_id = s.supporter_id AND c.purpose = 'updates' AND c.withdrawn_at IS NULL LIMIT 1
    ) IS NULL THEN 'no consent' ELSE '' END,
  p.email, p.given_name, p.family_name, p.state
FROM petitions_signature AS s CROSS JOIN LATERAL (
  SELECT email, given_name, family_name, state FROM supporters_supporter WHERE id = s.supporter_id OFFSET 0
) AS p
WHERE s.petition_id = %s AND s.supporter_id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class _Head:
    """What all mails of a mailing have in common. Its words are those of `digest`, held against the approval."""

    petition_id: uuid.UUID
    digest: str
    cause: Cause
    versions: Mapping[str, Compiled]
    ways_out: Callable[[uuid.UUID], WaysOut]
    sender: str
    my_page: tuple[str, str]


def _head(mailing_id: uuid.UUID) -> _Head | None:
    rows = Mailing.objects.select_related("petition").prefetch_related("petition__texts", "versions")
    mailing = rows.filter(pk=mailing_id).first()
    if mailing is None:
        return None
    cause = Cause.of_mailing(mailing)
    said = {each.name: Source.about(each.subject, each.body, cause) for each in mailing.versions.all()}
    start, _, end = fields.address("public:my_page", mailing.language, "TOKEN").partition("TOKEN")
    return _Head(
        mailing.petition_id,
        mailing.digest,
        cause,
        {name: rendering.compiled(source) for name, source in said.items()},
        list_headers(mailing.petition, mailing.pk, mailing.language),
        rendering.sender(),
        (start, end),
    )


_heads: Kept[uuid.UUID, _Head | None] = Kept(_head, seconds=5.0, stale=0.0, most=32)


def list_of(series_id: uuid.UUID) -> uuid.UUID | None:
    """Which list a series of deliveries belongs to: the updates of its petition. None for a series of another room."""
    return Mailing.objects.filter(pk=series_id).values_list("petition_id", flat=True).first()


def mails(deliveries: Sequence[Delivery]) -> Mapping[uuid.UUID, Answer]:
    """The recipe: an answer for each. Asked again it looks again; only the people's own links are new each time."""
    of_mailing: dict[uuid.UUID, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        of_mailing[delivery.series_id or uuid.UUID(int=0)].append(delivery)
    answers: dict[uuid.UUID, Answer] = {}
    for mailing_id, some in of_mailing.items():
        answers |= _mails_of(mailing_id, some)
    return answers


def _mails_of(mailing_id: uuid.UUID, deliveries: Sequence[Delivery]) -> dict[uuid.UUID, Answer]:
    if not settings.POSTAL_ADDRESS:
        return {each.pk: Postponed("no postal address", minutes=60) for each in deliveries}
    head = _approved(mailing_id)
    if isinstance(head, Withheld):
        return {each.pk: head for each in deliveries}
    people = _people(head, [each.mailbox for each in deliveries])
    links = _links(head, deliveries, people)
    gone = Withheld("erased")
    return {each.pk: _mail(head, each, people.get(each.mailbox, gone), links) for each in deliveries}


def _approved(mailing_id: uuid.UUID) -> _Head | Withheld:
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [mailing_id])
        is_over, approved = cursor.fetchone() or (True, "")
    head = None if is_over else _heads.get(mailing_id)
    if head is not None and head.digest != approved:
        head = _head(mailing_id)  # what is kept may be older than the approval
    if head is None:
        return Withheld("cancelled")
    return head if head.digest == approved else Withheld("not approved")


_EMAIL, _GIVEN, _FAMILY = (Supporter._meta.get_field(name) for name in ("email", "given_name", "family_name"))


def _people(head: _Head, mailboxes: list[uuid.UUID]) -> dict[uuid.UUID, "Withheld | tuple[str, Person]"]:
    """The address and the person behind each mailbox, or why they get nothing any more. Names are opened where used."""
    uses = frozenset().union(*[each.uses for each in head.versions.values()])
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [head.petition_id, mailboxes])
        rows = cursor.fetchall()
    found: dict[uuid.UUID, Withheld | tuple[str, Person]] = {}
    for mailbox, why_not, email, given, family, state in rows:
        if why_not:
            found[mailbox] = Withheld(why_not)
            continue
        given_name = _opened(_GIVEN, given) if "given_name" in uses else ""
        family_name = _opened(_FAMILY, family) if "family_name" in uses else ""
        found[mailbox] = _opened(_EMAIL, email), Person(mailbox, given_name, family_name, state)
    return found


def _opened(field: Any, sealed: bytes) -> str:
    return field.from_db_value(sealed, None, None) or ""


def _links(
    head: _Head, deliveries: Sequence[Delivery], people: Mapping[uuid.UUID, "Withheld | tuple[str, Person]"]
) -> dict[uuid.UUID, str]:
    """Fresh links to their own pages for those whose version has one, in one statement."""
    private = {name for name, compiled in head.versions.items() if compiled.is_private}
    wanted = [
        each.mailbox
        for each in deliveries
        if each.about.get("version", "A") in private and isinstance(people.get(each.mailbox), tuple)
    ]
    if not wanted:
        return {}
    start, end = head.my_page
    secrets = AccessToken.objects.mint_many(AccessPurpose.MY_PAGE, wanted)
    return {mailbox: f"{start}{secret}{end}" for mailbox, secret in secrets.items()}


def _mail(
    head: _Head, delivery: Delivery, whom: "Withheld | tuple[str, Person]", links: Mapping[uuid.UUID, str]
) -> Answer:
    compiled = head.versions.get(delivery.about.get("version", "A"))
    if compiled is None:
        return Withheld("no such version")
    if isinstance(whom, Withheld):
        return whom
    address, person = whom
    ways_out = head.ways_out(delivery.mailbox)
    if compiled.is_private and person.id not in links:
        return Withheld("erased")  # since we asked who they are
    values = fields.values(person, head.cause, links.get(person.id, ""))
    values[STOP_URL] = ways_out.url
    written = compiled.write(values)
    return Mail(
        to=address,
        subject=written.subject,
        text=written.text,
        html=written.html,
        sender=head.sender,
        headers=ways_out.headers,
        scope=Scope.LIST,
        mailing_list=head.petition_id,
    )
