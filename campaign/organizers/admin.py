"""Django's admin, for staff only: accounts, and nobody's signature. It asks for the second factor like other pages."""

import allauth.account.admin  # noqa: F401 registers what is unregistered below, whatever the order of apps
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from campaign.organizers.models import Organizer

# The stock log-in of the admin knows nothing of second factors: whoever comes without a session goes to ours.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# An organizer has one address and one role; these tables would only confuse.
admin.site.unregister([EmailAddress, Group])


class _LowerCaseAddress:
    """Addresses are kept in lower case: that is how the log-in looks for them."""

    cleaned_data: dict[str, str]

    def clean_email(self) -> str:
        """Tidied."""
        return self.cleaned_data["email"].strip().lower()


class OrganizerCreationForm(_LowerCaseAddress, AdminUserCreationForm):
    """A new account; without a password nobody can log in to it yet."""

    class Meta:
        model = Organizer
        fields = ("email", "role")


class OrganizerChangeForm(_LowerCaseAddress, UserChangeForm):
    """An account that exists."""


@admin.register(Organizer)
class OrganizerAdmin(UserAdmin):
    """Accounts: who may log in, in which role, and who is staff."""

    form = OrganizerChangeForm
    add_form = OrganizerCreationForm
    ordering = ("email",)
    list_display = ("email", "role", "is_staff", "is_active", "last_login")
    list_filter = ("role", "is_staff", "is_active")
    search_fields = ("email",)
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "password", "role")}),
        (_("Name"), {"fields": ("first_name", "last_name")}),
        (_("What they may do"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "role", "usable_password", "password1", "password2")}),)
