"""Supporter, Consent and AccessToken: who a person is, what they agreed to, and the links that speak for them."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self

from django.db import connection, models
from django.db.models.functions import Now
from django.utils import timezone

from campaign.lib import tokens
from campaign.lib.sealing import SealedTextField


class Supporter(models.Model):
    """A person who signed or wrote. The id is the keyed hash of their mailbox: one mailbox, one supporter."""

    id = models.UUIDField(primary_key=True, editable=False)
    email = SealedTextField()
    given_name = SealedTextField()
    family_name = SealedTextField()
    state = models.CharField(max_length=2)
    postal_code = models.CharField(max_length=5)
    language = models.CharField(max_length=5, default="en")
    created_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"], condition=models.Q(confirmed_at=None), name="supporters_never_confirmed"
            ),
        ]

    def __str__(self) -> str:
        return f"supporter {self.id}"

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}"

    @property
    def takes_updates(self) -> bool:
        """Whether a consent to updates stands."""
        return self.consents.standing().filter(purpose=Purpose.UPDATES).exists()


class Purpose(models.TextChoices):
    """What a consent is for."""

    UPDATES = "updates"


def purposes() -> list[tuple[str, str]]:
    """As a callable, so that a new one makes no migration."""
    return Purpose.choices


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Many consents."""

    def standing(self) -> Self:
        """Given and not taken back."""
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    """One agreement: to what, in which words, and when. Kept after it is withdrawn, as proof of both."""

    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=purposes)
    wording = models.CharField(max_length=40)
    given_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supporter", "purpose"],
                condition=models.Q(withdrawn_at=None),
                name="a_supporter_consents_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wording} of {self.supporter_id}"


class AccessPurpose(models.TextChoices):
    """What a mailed link may do. A token of one purpose opens nothing else."""

    CONFIRM = "confirm"
    NOT_ME = "not_me"
    MY_PAGE = "my_page"


def access_purposes() -> list[tuple[str, str]]:
    """As a callable, so that a new one makes no migration."""
    return AccessPurpose.choices


LIFETIMES = {
    AccessPurpose.CONFIRM: timedelta(days=7),
    AccessPurpose.NOT_ME: timedelta(days=30),
    AccessPurpose.MY_PAGE: timedelta(days=90),
}


# Whoever is being erased is waited for, and is gone then: a link for nobody would fail all the others.
_MINT_MANY = """
WITH people AS (
  SELECT id FROM supporters_supporter WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE
)
INSERT INTO supporters_accesstoken (digest, supporter_id, purpose, expires_at)
SELECT g.digest, g.supporter, %s, statement_timestamp() + %s
FROM unnest(%s::bytea[], %s::uuid[]) AS g(digest, supporter)
JOIN people ON people.id = g.supporter RETURNING supporter_id
"""


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    """Many tokens."""

    def mint(self, purpose: AccessPurpose, supporter_id: uuid.UUID, subject: uuid.UUID | None = None) -> str:
        """A new link's secret. Each call makes another one; those made before stay good until they expire."""
        secret = tokens.mint()
        expires_at = timezone.now() + LIFETIMES[purpose]
        self.create(
            digest=secret.digest, purpose=purpose, supporter_id=supporter_id, subject=subject, expires_at=expires_at
        )
        return secret.raw

    def mint_many(self, purpose: AccessPurpose, supporter_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
        """Like `mint` for several people, in one statement. Whoever was erased meanwhile is left out."""
        made = {supporter_id: tokens.mint() for supporter_id in supporter_ids}
        digests = [secret.digest for secret in made.values()]
        values: list[Any] = [list(made), purpose, LIFETIMES[purpose], digests, list(made)]
        with connection.cursor() as cursor:
            cursor.execute(_MINT_MANY, values)
            return {supporter_id: made[supporter_id].raw for (supporter_id,) in cursor.fetchall()}

    def find(self, raw: str, purpose: AccessPurpose) -> "AccessToken | None":
        """The token behind a link, with its supporter; None for a forged, expired or other purpose's one."""
        return (
            self.filter(digest=tokens.digest_of(raw), purpose=purpose, expires_at__gt=timezone.now())
            .select_related("supporter")
            .first()
        )


class AccessToken(models.Model):
    """A secret that was mailed to a mailbox, kept as its SHA-256. The subject is what it is about (a signature)."""

    digest = models.BinaryField(primary_key=True)
    purpose = models.CharField(max_length=10, choices=access_purposes)
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="access_tokens")
    subject = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(db_index=True)

    objects = AccessTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.purpose} token of {self.supporter_id}"
