"""Mail providers report at /api/hooks/mail/<provider>/. What is unsigned changes nothing."""

import json
import time
import uuid

import pytest
from django.test import Client

from campaign.api.hooks import providers
from campaign.api.hooks.providers import PROVIDERS
from campaign.delivery.models import Delivery, DeliveryEvent, Kind, Report, Status, Suppression
from campaign.lib import emails
from tests.api import provider_payloads as payloads
from tests.api.conftest import is_problem
from tests.api.provider_payloads import ESPS, Call

pytestmark = pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid")
ANYWHERE = pytest.mark.parametrize("slug", ESPS)
WORDS = {"gone": "bounced", "full": "bounced"}
# What these call a full mailbox, or a mail on its way, or a wrong address.
IN_THEIR_WORDS = {
    ("mailtrap", "full"): "deferred",
    ("postal", "full"): "deferred",
    ("unisender_go", "full"): "deferred",
    ("resend", "full"): "deferred",
    ("mandrill", "delivered"): "sent",
    ("postal", "gone"): "failed",
}


@pytest.fixture
def delivery(db):
    """Something that may have reached Ada."""
    return Delivery.objects.create(
        key=f"plain:{uuid.uuid4()}",
        kind=Kind.RECEIPT,
        recipe="plain",
        mailbox=emails.mailbox_id("ada@example.org"),
        status=Status.UNCERTAIN,
        handed_off_at="2026-11-24T00:00:00Z",
    )


@pytest.fixture
def report(settings):
    """Call the webhook of one provider, whose keys are set."""

    def call(slug: str, call: Call, **headers: str):
        settings.ANYMAIL = ESPS[slug].settings
        whole = {**call.headers, **headers}
        return Client().post(f"/api/hooks/mail/{slug}/", call.body, content_type=call.content_type, headers=whole)

    return call


def said(slug, what, delivery):
    return ESPS[slug].sign(ESPS[slug].says(what, delivery.pk.hex))


def stands(delivery):
    delivery.refresh_from_db()
    return delivery.status, delivery.reported


def nothing_changed(delivery):
    assert stands(delivery) == ("uncertain", "")
    kept = [model.objects.count() for model in (Report, Suppression, DeliveryEvent)]
    assert kept == [0, 0, 0]
    return True


def test_every_provider_of_anymail_is_told_of_here():
    assert set(ESPS) == set(PROVIDERS)


@pytest.mark.parametrize(("slug", "what"), [(slug, what) for slug, esp in ESPS.items() for what in esp.knows])
def test_each_provider_is_understood(delivery, report, slug, what):
    for _twice in range(2):
        answer = report(slug, said(slug, what, delivery))
        assert answer.status_code == 200, answer.content
    reported = IN_THEIR_WORDS.get((slug, what), WORDS.get(what, what))
    settled = "refused" if reported == "failed" else "accepted"
    assert stands(delivery) == (settled, reported)
    suppressed = {"gone": ("all", "bounced"), "complained": ("all", "complained"), "unsubscribed": ("updates", what)}
    found = list(Suppression.objects.values_list("scope", "reason"))
    assert found == ([suppressed[what]] if what in suppressed else [])
    kept = Report.objects.get()
    assert (kept.delivery, kept.source) == (delivery, slug)
    assert "@" not in kept.reason + kept.event_id
    if what in {"gone", "full"} and (slug, what) not in IN_THEIR_WORDS:
        assert kept.reason


@ANYWHERE
def test_unsigned_and_forged_reports_are_refused_and_change_nothing(delivery, report, slug):
    call = said(slug, "gone", delivery)
    forged = Call(call.body.replace(b"ada", b"eve"), call.content_type, call.headers)
    if slug == "mailgun":  # its signature is of a token, not of the body
        forged = Call(call.body.replace(b'"token": "', b'"token": "0'), call.content_type, call.headers)
    elif call.headers.get("Authorization"):
        forged = Call(call.body, call.content_type, call.headers | {"Authorization": "Basic cmVwb3J0czp3cm9uZw=="})
    is_problem(report(slug, forged), 403)
    bare = {name: value for name, value in call.headers.items() if name.startswith("x-amz")}
    bare_body = b"{}" if slug in {"mailgun", "unisender_go"} else call.body
    unsigned = report(slug, Call(bare_body, call.content_type, bare))
    assert unsigned.status_code in ({401} if slug == "amazon_ses" else {400, 403}), unsigned.content
    assert nothing_changed(delivery)


@ANYWHERE
def test_a_provider_that_nothing_is_set_for_has_no_address(delivery, settings, slug):
    call = said(slug, "gone", delivery)
    for known in ({}, {"WEBHOOK_SECRET": ""}, {f"{slug.upper()}_API_URL": "https://elsewhere.example"}):
        settings.ANYMAIL = known
        client = Client(headers=call.headers)
        is_problem(client.post(f"/api/hooks/mail/{slug}/", call.body, content_type=call.content_type), 404)
        assert client.head(f"/api/hooks/mail/{slug}/").status_code == 404
    assert nothing_changed(delivery)


@pytest.mark.parametrize("slug", [each.slug for each in PROVIDERS.values() if not each.has_password])
def test_a_password_does_not_stand_for_a_providers_own_signature(delivery, settings, slug):
    settings.ANYMAIL = {"WEBHOOK_SECRET": payloads.PASSWORD}
    call = said(slug, "gone", delivery)
    answer = Client(headers=payloads.BASIC).post(f"/api/hooks/mail/{slug}/", call.body, content_type=call.content_type)
    is_problem(answer, 404)
    assert nothing_changed(delivery)


READABLE = {"an object", "escaped NUL", "half a character", "no such number"}  # as Python reads JSON
JUNK = {
    "empty": b"",
    "no JSON": b"{",
    "a word": b'"word"',
    "a number": b"17",
    "null": b"null",
    "a list": b"[[], 1, null, {}]",
    "an object": b'{"event": [], "events": 3, "signature": [], "data": "x", "msys": 1, "auth": 7, "type": {}}',
    "no UTF-8": b"\xff\xfe\x00{",
    "NUL": b'{"event": "\0"}',
    "escaped NUL": b'{"event": "delivered\\u0000", "signature": {"token": "\\u0000"}}',
    "half a character": b'{"event": "\\ud800", "auth": "\\ud800", "Type": "\\ud800"}',
    "deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 50_000,
    "a long number": b"9" * 10_000,
    "no such number": b'{"event": NaN, "timestamp": Infinity}',
}


@ANYWHERE
def test_junk_is_a_clear_error_and_never_a_fault_of_ours(delivery, report, slug):
    form = "application/x-www-form-urlencoded" if slug in {"mailgun", "mandrill"} else "multipart/form-data; boundary=x"
    for name, body in JUNK.items():
        for kind in ("application/json", form):
            signed = Call(body, kind, payloads.BASIC if "WEBHOOK_SECRET" in ESPS[slug].settings else {})
            answer = report(slug, signed)
            # Whoever has the password may also send an event that says nothing of a mail.
            if not (answer.status_code == 200 and signed.headers and name in READABLE):
                assert 400 <= answer.status_code < 500, (name, kind, answer.content)
                assert answer.json()["detail"]
    assert nothing_changed(delivery)


@ANYWHERE
def test_signed_junk_is_a_clear_error_too(delivery, report, slug):
    for junk in ([[], 1, None, {}], {"event": []}, [{"event": "delivered", "msg": 1, "msys": {"a": 1}}], "word", 17):
        answer = report(slug, ESPS[slug].sign(junk))
        assert answer.status_code in {200, 400}, answer.content
    assert stands(delivery) == ("uncertain", "")
    assert not Suppression.objects.exists()


def test_one_event_that_cannot_be_read_does_not_take_the_others_with_it(delivery, report):
    for slug in ("sendgrid", "mailjet", "sparkpost", "mandrill"):
        says = ESPS[slug].says
        many = [
            {"broken": 1},
            *says("delivered", delivery.pk.hex),
            {"event": None},
            *says("complained", delivery.pk.hex),
        ]
        assert report(slug, ESPS[slug].sign(many)).status_code == 200
        assert Report.objects.filter(source=slug, delivery=delivery).count() == 2


def test_reports_in_any_order_end_the_same(delivery, report):
    for what in ("complained", "gone", "delivered"):
        report("sendgrid", said("sendgrid", what, delivery))
    assert stands(delivery) == ("accepted", "complained")
    assert Suppression.objects.get().reason == "complained"


def test_an_old_signature_is_refused(delivery, report):
    is_problem(
        report("mailgun", payloads.mailgun(ESPS["mailgun"].says("gone", delivery.pk.hex), time.time() - 90_000)), 403
    )
    is_problem(report("resend", payloads.resend(ESPS["resend"].says("gone", delivery.pk.hex), time.time() - 301)), 403)
    assert nothing_changed(delivery)


def test_a_signed_token_used_for_another_event_is_heard_once(delivery, report):
    call = said("mailgun", "delivered", delivery)
    assert report("mailgun", call).status_code == 200
    other = Call(call.body.replace(b'"event": "delivered"', b'"event": "complained"'))
    assert report("mailgun", other).status_code == 200
    assert stands(delivery) == ("accepted", "delivered")
    assert not Suppression.objects.exists()


def test_what_left_by_smtp_is_known_by_its_message_id_and_its_return_path(delivery, report):
    event = ESPS["sendgrid"].says("delivered", "")
    event[0]["smtp-id"] = delivery.message_id
    report("sendgrid", payloads.sendgrid(event))
    assert stands(delivery) == ("accepted", "delivered")
    notice = ESPS["amazon_ses"].says("complained", "")
    notice["mail"] |= {"headers": [], "source": delivery.return_path}
    report("amazon_ses", payloads.amazon_ses(notice))
    assert stands(delivery)[1] == "complained"


def test_a_report_of_nothing_we_know_is_kept_and_changes_nothing(delivery, report):
    assert report("brevo", payloads.with_password(ESPS["brevo"].says("gone", uuid.uuid4().hex))).status_code == 200
    assert Report.objects.get().delivery is None
    assert stands(delivery) == ("uncertain", "")
    assert not Suppression.objects.exists()


def test_openings_and_clicks_are_not_kept(delivery, report):
    event = ESPS["sendgrid"].says("delivered", delivery.pk.hex)[0]
    assert (
        report("sendgrid", payloads.sendgrid([event | {"event": "open"}, event | {"event": "click"}])).status_code
        == 200
    )
    assert nothing_changed(delivery)


def test_inbound_mail_at_the_address_of_reports_is_told_so(report):
    assert "another webhook" in is_problem(report("brevo", payloads.with_password({"items": []})), 400)["detail"]


def test_which_methods_an_address_knows(settings, db):
    settings.ANYMAIL = ESPS["postmark"].settings | ESPS["unisender_go"].settings
    refused = Client().get("/api/hooks/mail/postmark/")
    is_problem(refused, 405)
    assert refused.headers["Allow"] == "POST, HEAD"
    assert Client().head("/api/hooks/mail/postmark/").status_code == 200
    assert Client().get("/api/hooks/mail/unisender_go/").status_code == 200
    for nowhere in ("nobody", "scaleway", "Postmark", "postmark/more"):
        is_problem(Client().post(f"/api/hooks/mail/{nowhere}/"), 404)
    is_problem(Client().post("/api/hooks/"), 404)


def test_a_body_of_megabytes_is_read_here_and_five_are_too_many(delivery, report):
    event = ESPS["sendgrid"].says("delivered", delivery.pk.hex)[0]
    many = [event | {"sg_event_id": "same", "useragent": "x" * 1000} for _ in range(2000)]
    assert report("sendgrid", payloads.sendgrid(many)).status_code == 200
    assert Report.objects.count() == 1
    huge = Call(b" " * (4 * 1024 * 1024 + 1), headers=payloads.BASIC)
    assert "4 MiB" in is_problem(report("postmark", huge), 413)["detail"]


def test_no_cookie_no_session_and_no_csrf(delivery, settings):
    settings.ANYMAIL = ESPS["postmark"].settings
    call = said("postmark", "delivered", delivery)
    client = Client(enforce_csrf_checks=True, headers=call.headers)
    answer = client.post("/api/hooks/mail/postmark/", call.body, content_type="application/json")
    assert (answer.status_code, answer.content, dict(answer.cookies)) == (200, b"", {})


def test_an_amazon_subscription_is_left_to_the_operator_without_boto3(report, capsys, db, monkeypatch):
    monkeypatch.setattr(providers, "find_spec", lambda name: None)  # the machine that tests may have it
    whole = {
        "Type": "SubscriptionConfirmation",
        "MessageId": "1",
        "SubscribeURL": "https://sns.us-east-1.amazonaws.com/",
    }
    sns = {"x-amz-sns-message-type": "SubscriptionConfirmation", "x-amz-sns-message-id": "1"}
    call = Call(json.dumps(whole).encode(), "text/plain", payloads.BASIC | sns)
    assert report("amazon_ses", call).status_code == 200
    assert not Report.objects.exists()
