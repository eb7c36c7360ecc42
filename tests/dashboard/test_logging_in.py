"""Olive comes to her desk: with her password, with a second factor, and with a recovery code when her phone is gone."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from campaign.organizers.models import Organizer
from tests.factories import PASSWORD, make_organizer

LOG_IN = "/accounts/login/"
DESK = "/dashboard/"


@pytest.fixture(autouse=True)
def _forget_tries():
    """Failed log-ins are counted in Valkey, which the tests share."""
    cache.clear()


def log_in(client: Client, password: str = PASSWORD, email: str = "olive@example.org", **extra: str):
    return client.post(LOG_IN, {"login": email, "password": password}, **extra)


def code_now(secret: str) -> str:
    """What the app on Olive's phone shows; waits when it is about to change."""
    if time.time() % 30 > 28:
        time.sleep(2.5)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def switch_second_factor_on(client: Client) -> str:
    """Olive scans the picture and types the first code. Answers with the key her app now holds."""
    page = client.get(reverse("mfa_activate_totp"))
    if page.status_code == 302:
        assert page["Location"].startswith(reverse("account_reauthenticate"))
        client.post(page["Location"], {"password": PASSWORD})
        page = client.get(reverse("mfa_activate_totp"))
    secret = re.search(r'<code class="secret">([A-Z2-7]+)</code>', page.content.decode())[1]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def test_olive_logs_in_with_her_password(olive: Organizer, client: Client):
    assert client.get(DESK)["Location"] == f"{LOG_IN}?next={DESK}"
    answer = log_in(client)
    assert answer["Location"] == DESK
    assert "olive@example.org" in client.get(DESK).content.decode()


def test_capital_letters_in_an_address_don_t_matter(olive: Organizer, client: Client):
    assert log_in(client, email="Olive@Example.org")["Location"] == DESK


@pytest.mark.parametrize(("email", "password"), [("olive@example.org", "wrong"), ("nobody@example.org", PASSWORD)])
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(olive, client: Client, email, password):
    page = log_in(client, password, email).content.decode()
    assert "trouble" in page
    assert "are not correct" in page
    assert password not in page
    assert "_auth_user_id" not in client.session


def test_after_five_wrong_passwords_the_right_one_has_to_wait_too(olive: Organizer, client: Client):
    for _ in range(5):
        log_in(client, "wrong")
    page = log_in(client)
    assert page.status_code == 200
    assert "Too many failed login attempts" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_switched_off_account_stays_out(client: Client, db):
    make_organizer("gone@example.org", is_active=False)
    answer = log_in(client, email="gone@example.org")
    assert answer["Location"] == reverse("account_inactive")
    assert "switched off" in client.get(answer["Location"]).content.decode()


def test_olive_logs_out_by_a_button_and_not_by_a_link(olive: Organizer, client: Client):
    log_in(client)
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(DESK).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(DESK).status_code == 302


def test_olive_changes_her_password_and_stays(olive: Organizer, client: Client):
    log_in(client)
    new = "another horse another battery"
    weak = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    assert "at least 12 characters" in client.post(reverse("account_change_password"), weak).content.decode()
    good = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), good)["Location"] == DESK
    assert client.get(DESK).status_code == 200
    assert log_in(Client(), new)["Location"] == DESK


def test_nobody_signs_up_and_no_password_is_mailed(db, client: Client):
    for address in ("signup/", "password/reset/", "email/", "confirm-email/x/", "3rdparty/", "password/set/"):
        assert client.get(f"/accounts/{address}").status_code == 404, address
    for name in ("account_signup", "account_reset_password", "account_email"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_with_a_second_factor_the_password_alone_opens_nothing(olive: Organizer, client: Client):
    log_in(client)
    secret = switch_second_factor_on(client)
    phone_less = Client()
    assert log_in(phone_less)["Location"] == reverse("mfa_authenticate")
    assert phone_less.get(DESK).status_code == 302
    assert phone_less.get("/admin/").status_code == 302
    assert "Incorrect code" in phone_less.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    assert phone_less.get(DESK).status_code == 302
    assert phone_less.post(reverse("mfa_authenticate"), {"code": code_now(secret)})["Location"] == DESK
    assert phone_less.get(DESK).status_code == 200


def test_a_code_opens_once(olive: Organizer, client: Client):
    log_in(client)
    code = code_now(switch_second_factor_on(client))
    first, second = Client(), Client()
    log_in(first)
    log_in(second)
    assert first.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert "Incorrect code" in second.post(reverse("mfa_authenticate"), {"code": code}).content.decode()


def test_a_recovery_code_opens_once_when_the_phone_is_gone(olive: Organizer, client: Client):
    log_in(client)
    switch_second_factor_on(client)
    page = client.get(reverse("mfa_view_recovery_codes"))
    assert page["Cache-Control"] == "no-store"
    codes = re.findall(r"<li><code>(\w+)</code></li>", page.content.decode())
    assert len(codes) == 10
    assert codes[0] in client.get(reverse("mfa_download_recovery_codes")).content.decode()
    for status in (302, 200):
        phone_less = Client()
        log_in(phone_less)
        answer = phone_less.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert answer.status_code == status
    assert "9 codes are left" in client.get(reverse("mfa_index")).content.decode()


def test_new_recovery_codes_replace_the_old_ones(olive: Organizer, client: Client):
    log_in(client)
    switch_second_factor_on(client)
    old = client.get(reverse("mfa_view_recovery_codes")).content
    assert "10 old codes" in client.get(reverse("mfa_generate_recovery_codes")).content.decode()
    client.post(reverse("mfa_generate_recovery_codes"))
    assert client.get(reverse("mfa_view_recovery_codes")).content != old


def test_the_second_factor_is_switched_off_by_its_owner(olive: Organizer, client: Client):
    log_in(client)
    switch_second_factor_on(client)
    assert "Switch it off" in client.get(reverse("mfa_index")).content.decode()
    assert client.get(reverse("mfa_deactivate_totp")).status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=olive).exists()
    assert log_in(Client())["Location"] == DESK


def test_second_factors_are_sealed_in_the_database(olive: Organizer, client: Client):
    log_in(client)
    secret = switch_second_factor_on(client)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept


def test_the_admin_is_for_staff_and_has_no_door_of_its_own(olive: Organizer, client: Client):
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(LOG_IN)
    log_in(client)
    assert client.get("/admin/login/").status_code == 403
    assert client.get("/admin/", follow=True).status_code == 403
    Organizer.objects.filter(pk=olive.pk).update(is_staff=True, is_superuser=True)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/organizers/organizer/").status_code == 200
    added = {"email": "Vera@Example.org", "role": "viewer", "usable_password": "true"}
    added |= {"password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/admin/organizers/organizer/add/", added).status_code == 302
    vera = Organizer.objects.get(email="vera@example.org")
    assert client.get(f"/admin/organizers/organizer/{vera.pk}/change/").status_code == 200
    assert not vera.may_change


def test_the_admin_knows_nobody_who_signed(olive: Organizer, client: Client):
    Organizer.objects.filter(pk=olive.pk).update(is_staff=True, is_superuser=True)
    log_in(client)
    page = client.get("/admin/").content.decode()
    assert "/admin/supporters/" not in page
    assert "/admin/petitions/" not in page


def test_no_page_of_the_desk_needs_an_inline_script_or_style(olive: Organizer, client: Client):
    log_in(client)
    for address in (DESK, reverse("mfa_index"), reverse("account_change_password"), reverse("account_logout")):
        answer = client.get(address)
        page = answer.content.decode()
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page), address
