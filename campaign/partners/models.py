"""Partner, ApiKey and IdempotencyRecord: whose site collects for us, how it proves who it is, what it already asked."""

from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone


class Partner(models.Model):
    """An organization whose site collects signatures for us."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60)
    sign_ups_a_minute = models.PositiveIntegerField(default=600)
    created_at = models.DateTimeField(db_default=Now())
    suspended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="a_partner_has_its_own_slug")]

    def __str__(self) -> str:
        return self.name


class Scope(models.TextChoices):
    """What a key may do."""

    PETITIONS_READ = "petitions:read"
    SIGNATURES_WRITE = "signatures:write"
    LEGISLATORS_READ = "legislators:read"


def all_scopes() -> list[str]:
    """A new key's scopes."""
    return list(Scope.values)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Many keys."""

    def live(self) -> Self:
        """Neither revoked nor expired, of a partner who is not suspended."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=Now()), revoked_at=None, partner__suspended_at=None
        ).select_related("partner")


class ApiKey(models.Model):
    """How a partner's server proves who it is. Only the public id and the SHA-256 of the whole key are kept."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="keys")
    is_sandbox = models.BooleanField(default=False)
    public_id = models.CharField(max_length=8)
    digest = models.BinaryField()
    scopes = ArrayField(models.CharField(max_length=30), default=all_scopes)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["public_id"], name="a_key_has_its_own_public_id")]

    def __str__(self) -> str:
        return f"{'tt_test' if self.is_sandbox else 'tt_live'}_{self.public_id}_…"


def in_24_hours() -> datetime:
    """How long an Idempotency-Key is remembered."""
    return timezone.now() + timedelta(hours=24)


class IdempotencyRecord(models.Model):
    """The answer that one Idempotency-Key got on one route. Written in the transaction of its effect; kept 24 hours."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="idempotency_records")
    route = models.CharField(max_length=200)
    token = models.CharField(max_length=255)
    fingerprint = models.BinaryField()
    status_code = models.PositiveSmallIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(default=in_24_hours, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "route", "token"], name="an_idempotency_key_is_used_once_a_route")
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.status_code}"
