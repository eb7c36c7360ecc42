"""Logging in and the second factor: allauth's views, only those that are of use where nobody signs up by themselves.

A forgotten password is set anew by a colleague in the admin or with `manage.py changepassword`: no mail leaves for it.
"""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import path

from campaign.dashboard.permissions import at_the_desk

urlpatterns = [
    path("login/", at_the_desk(account.login), name="account_login"),
    path("logout/", at_the_desk(account.logout), name="account_logout"),
    path("inactive/", at_the_desk(account.account_inactive), name="account_inactive"),
    path("reauthenticate/", at_the_desk(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", at_the_desk(account.password_change), name="account_change_password"),
    path("2fa/", at_the_desk(second_factor.index), name="mfa_index"),
    path("2fa/authenticate/", at_the_desk(second_factor.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", at_the_desk(second_factor.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", at_the_desk(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", at_the_desk(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", at_the_desk(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        at_the_desk(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        at_the_desk(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
