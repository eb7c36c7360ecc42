"""Organizer: a person on our side of the desk."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What an organizer may do: organizers change things, viewers look at counts."""

    ORGANIZER = "organizer", _("organizer")
    VIEWER = "viewer", _("viewer")


def roles() -> list[tuple[str, str | Promise]]:
    """As a callable, so that a new one makes no migration."""
    return list(Role.choices)


class OrganizerManager(BaseUserManager["Organizer"]):
    """Makes accounts; there is no public sign-up."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Organizer":
        """A new account that logs in with its e-mail address. A known address raises IntegrityError."""
        organizer = self.model(email=email.strip().lower(), **fields)
        organizer.set_password(password)
        organizer.save(using=self._db)
        return organizer

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Organizer":
        """An account that also opens Django's admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Organizer":
        """Addresses are kept in lower case."""
        return self.get(email=(username or "").strip().lower())


class Organizer(AbstractUser):
    """Staff who run petitions. Logs in with an e-mail address; a second factor is theirs to add."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    role = models.CharField(max_length=10, choices=roles, default=Role.ORGANIZER)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[OrganizerManager] = OrganizerManager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.email

    @property
    def may_change(self) -> bool:
        """Whether they may change petitions, letter templates and offices, and see who signed."""
        return self.is_active and self.role == Role.ORGANIZER
