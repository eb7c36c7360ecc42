"""The providers that may report, by anymail's own views, made careful: what is unsigned or can't be read is a 4xx.

A provider without anything to check a signature with has no address here: an unsigned report changes nothing.
"""

import base64
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, ClassVar

import structlog
from anymail.exceptions import AnymailConfigurationError, AnymailError, AnymailWebhookValidationFailure
from anymail.signals import tracking
from anymail.webhooks import (
    amazon_ses,
    brevo,
    mailersend,
    mailgun,
    mailjet,
    mailtrap,
    mandrill,
    postal,
    postmark,
    resend,
    sendgrid,
    sparkpost,
    unisender_go,
)
from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaign.api.errors import Unreadable
from campaign.lib.kept import UNREACHABLE

log = structlog.get_logger(__name__)
MOST_EVENTS = 10_000
# Mailgun tries again for eight hours and does not say whether it signs anew; a token is heard once in any case.
OLDEST_SIGNATURE_SECONDS = 24 * 3600
OLDEST_SVIX_SECONDS = 5 * 60


class Forged(Exception):
    """Nothing shows that the provider sent this. The sentence repeats nothing of it."""


class Careful:
    """Around one of anymail's views: what strangers send never becomes a fault of ours, and one event that can't be
    read does not take the others with it.
    """

    slug: ClassVar[str]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.unread = 0

    def run_validators(self, request: HttpRequest) -> None:
        """Raises Forged, and Unreadable where there is nothing to look for a signature in."""
        try:
            super().run_validators(request)  # type: ignore[misc]
        except AnymailWebhookValidationFailure:
            raise Forged(_("The signature or the password of this report does not fit.")) from None
        except (SuspiciousOperation, AnymailError):
            raise Unreadable(_("This is not what the provider sends.")) from None
        except Exception as error:  # foreign bytes, or a key of ours that is none
            log.warning("a report could not be checked", source=self.slug, error=type(error).__name__)
            raise Forged(_("The signature of this report can't be checked.")) from None

    def parse_events(self, request: HttpRequest) -> list[Any]:
        """Those that can be read. Raises Unreadable where there are none."""
        try:
            events = [event for event in super().parse_events(request) if event is not None]  # type: ignore[misc]
        except AnymailConfigurationError:
            raise Unreadable(
                _("These are not the events of sent mail: choose another webhook of the provider.")
            ) from None
        except UNREACHABLE:
            raise
        except Exception as error:
            log.warning("a report could not be read", source=self.slug, error=type(error).__name__)
            raise Unreadable(_("This is not what the provider sends.")) from None
        if len(events) > MOST_EVENTS or (self.unread and not events):
            raise Unreadable(_("There are too many events in this, or none that can be read."))
        return events

    def esp_to_anymail_event(self, *given: Any) -> Any:
        """One event, or None where it can't be read."""
        try:
            return super().esp_to_anymail_event(*given)  # type: ignore[misc]
        except AnymailConfigurationError:
            raise
        except Exception as error:
            self.unread += 1
            log.warning("an event could not be read", source=self.slug, error=type(error).__name__)
            return None

    def unwrap_event(self, raw: Any) -> Any:
        """SparkPost's events are wrapped; one whose wrapper can't be read is left out."""
        try:
            return super().unwrap_event(raw)  # type: ignore[misc]
        except Exception:
            self.unread += 1
            return None, None, raw


class _Mailgun(mailgun.MailgunTrackingWebhookView):
    def validate_request(self, request: HttpRequest) -> None:
        """Also how old the signature is: anymail does not look."""
        super().validate_request(request)
        if request.content_type == "application/json":
            signed_at = json.loads(request.body)["signature"]["timestamp"]
        else:
            signed_at = request.POST["timestamp"]
        if abs(time.time() - float(signed_at)) > OLDEST_SIGNATURE_SECONDS:
            raise AnymailWebhookValidationFailure


class _Resend(AnymailBaseWebhookView):
    """Resend's signature needs no package: HMAC-SHA256, as Standard Webhooks has it."""

    esp_name = "Resend"
    signal = tracking
    warn_if_no_basic_auth = False
    event_types = resend.ResendTrackingWebhookView.event_types
    parse_events = resend.ResendTrackingWebhookView.parse_events
    esp_to_anymail_event = resend.ResendTrackingWebhookView.esp_to_anymail_event

    def validate_request(self, request: HttpRequest) -> None:
        """The signature, where there is a secret for it; else the password, which the base class looks at."""
        secret = _set("RESEND_SIGNING_SECRET")
        if not secret:
            return
        sent_at = request.headers.get("svix-timestamp", "")
        if not (sent_at.isascii() and sent_at.isdigit() and abs(time.time() - int(sent_at)) <= OLDEST_SVIX_SECONDS):
            raise AnymailWebhookValidationFailure
        content = f"{request.headers.get('svix-id', '')}.{sent_at}.".encode() + request.body
        wanted = b"v1," + base64.b64encode(
            hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), content, "sha256")
        )
        given = request.headers.get("svix-signature", "").encode().split()
        if not any(hmac.compare_digest(each, wanted) for each in given[:10]):
            raise AnymailWebhookValidationFailure


class _AmazonSes(amazon_ses.AmazonSESTrackingWebhookView):
    """Without boto3 events are heard as well; only a subscription has to be confirmed by hand."""

    def __init__(self, **options: Any) -> None:
        if find_spec("boto3"):
            super().__init__(**options)
            return
        self.auto_confirm_enabled = False
        self.session_params: dict[str, Any] = {}
        self.client_params: dict[str, Any] = {}
        AnymailBaseWebhookView.__init__(self, **options)

    def auto_confirm_sns_subscription(self, sns_message: dict[str, Any]) -> None:
        """Confirm it, or tell the operator how."""
        if self.auto_confirm_enabled:
            super().auto_confirm_sns_subscription(sns_message)
        else:
            log.warning("confirm this subscription by opening its address", url=sns_message.get("SubscribeURL"))


@dataclass(frozen=True)
class Provider:
    """One that may report: its view, and the settings that check its signature.

    `has_password`: without a key of its own it is known by the WEBHOOK_SECRET in the address it calls.
    """

    slug: str
    view: type[AnymailBaseWebhookView]
    keys: tuple[str, ...] = ()
    has_password: bool = True
    methods: tuple[str, ...] = ("POST", "HEAD")

    def can_be_checked(self) -> bool:
        """Whether there is anything to know it by."""
        return any(_set(f"{self.slug.upper()}_{key}") for key in self.keys) or (
            self.has_password and bool(_set("WEBHOOK_SECRET"))
        )

    def open(self) -> Any:
        """Its view, for one request. Raises AnymailConfigurationError where a setting is missing."""
        return _careful[self.slug]()


def _set(name: str) -> Any:
    return settings.ANYMAIL.get(name)


_ALL = (
    Provider("amazon_ses", _AmazonSes),
    Provider("brevo", brevo.BrevoTrackingWebhookView),
    Provider("mailersend", mailersend.MailerSendTrackingWebhookView, ("SIGNING_SECRET",), has_password=False),
    Provider("mailgun", _Mailgun, ("WEBHOOK_SIGNING_KEY", "API_KEY"), has_password=False),
    Provider("mailjet", mailjet.MailjetTrackingWebhookView),
    Provider("mailtrap", mailtrap.MailtrapTrackingWebhookView, ("TRACKING_SECRET",)),
    Provider("mandrill", mandrill.MandrillCombinedWebhookView, ("WEBHOOK_KEY",), has_password=False),
    Provider("postal", postal.PostalTrackingWebhookView, ("WEBHOOK_KEY",), has_password=False),
    Provider("postmark", postmark.PostmarkTrackingWebhookView),
    Provider("resend", _Resend, ("SIGNING_SECRET",)),
    Provider("sendgrid", sendgrid.SendGridTrackingWebhookView, ("TRACKING_WEBHOOK_VERIFICATION_KEY",)),
    Provider("sparkpost", sparkpost.SparkPostTrackingWebhookView),
    Provider(
        "unisender_go",
        unisender_go.UnisenderGoTrackingWebhookView,
        ("API_KEY",),
        has_password=False,
        methods=("POST", "HEAD", "GET"),
    ),
)
PROVIDERS = {provider.slug: provider for provider in _ALL}
_careful: dict[str, Callable[[], Any]] = {
    each.slug: type(f"Careful{each.view.__name__.lstrip('_')}", (Careful, each.view), {"slug": each.slug})
    for each in _ALL
}
