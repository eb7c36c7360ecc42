"""What providers send, in the shapes that their documentation shows, each signed as that provider signs.

`{"said": ...}` are the provider's own words for: delivered, gone (no such mailbox), full, complained, unsubscribed.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

ADA = "ada@example.org"
PASSWORD = "reports:a password for webhooks"
BASIC = {"Authorization": "Basic " + base64.b64encode(PASSWORD.encode()).decode()}
GONE = "550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown"
FULL = "552 5.2.2 The email account that you tried to reach is over quota"
SECRET = "a secret of the provider's own"
SVIX = base64.b64encode(b"a secret of twenty-four b").decode()
_POSTAL = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_SENDGRID = ec.generate_private_key(ec.SECP256R1())


def _pem(key: Any) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    lines = key.public_key().public_bytes(serialization.Encoding.PEM, form).decode().strip().splitlines()
    return "".join(lines[1:-1])


@dataclass(frozen=True)
class Call:
    """One call of a webhook."""

    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


Signed = Callable[[Any], Call]


def with_password(payload: Any) -> Call:
    return Call(json.dumps(payload).encode(), headers=BASIC)


def mailgun(payload: Any, signed_at: float | None = None) -> Call:
    stamp, token = str(int(signed_at or time.time())), hashlib.sha256(repr(payload).encode()).hexdigest()[:50]
    seal = hmac.new(SECRET.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    whole = {"signature": {"timestamp": stamp, "token": token, "signature": seal}, "event-data": payload}
    return Call(json.dumps(whole).encode())


def mailersend(payload: Any) -> Call:
    body = json.dumps(payload).encode()
    return Call(body, headers={"Signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()})


def mailtrap(payload: Any) -> Call:
    call = mailersend(payload)
    return Call(call.body, headers={"Mailtrap-Signature": call.headers["Signature"]})


def mandrill(payload: Any) -> Call:
    events = json.dumps(payload)
    signed = f"http://testserver/api/hooks/mail/mandrill/mandrill_events{events}"
    seal = base64.b64encode(hmac.new(SECRET.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    body = urlencode({"mandrill_events": events}).encode()
    return Call(body, "application/x-www-form-urlencoded", {"X-Mandrill-Signature": seal})


def postal(payload: Any) -> Call:
    body = json.dumps(payload).encode()
    seal = _POSTAL.sign(body, padding.PKCS1v15(), hashes.SHA1())
    return Call(body, headers={"X-Postal-Signature": base64.b64encode(seal).decode()})


def sendgrid(payload: Any) -> Call:
    body, stamp = json.dumps(payload).encode(), str(int(time.time()))
    seal = base64.b64encode(_SENDGRID.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
    names = "X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"
    return Call(body, headers=dict(zip(names, (seal, stamp), strict=True)))


def resend(payload: Any, signed_at: float | None = None) -> Call:
    body, stamp = json.dumps(payload).encode(), str(int(signed_at or time.time()))
    name = "msg_" + hashlib.sha256(body).hexdigest()[:24]
    seal = hmac.digest(base64.b64decode(SVIX), f"{name}.{stamp}.".encode() + body, "sha256")
    signature = f"v1,bm90aGluZw== v1,{base64.b64encode(seal).decode()}"
    return Call(body, headers={"svix-id": name, "svix-timestamp": stamp, "svix-signature": signature})


def amazon_ses(payload: Any) -> Call:
    name = hashlib.sha256(repr(payload).encode()).hexdigest()[:36]
    whole = {
        "Type": "Notification",
        "MessageId": name,
        "TopicArn": "arn:aws:sns:us-east-1:1234567890:reports",
        "Timestamp": "2026-11-24T02:00:00.000Z",
        "Message": json.dumps(payload),
    }
    sns = {"x-amz-sns-message-type": "Notification", "x-amz-sns-message-id": name}
    return Call(json.dumps(whole).encode(), "text/plain; charset=UTF-8", BASIC | sns)


def unisender_go(payload: Any) -> Call:
    body = json.dumps({"auth": SECRET, "events_by_user": [{"user_id": 1, "events": [payload]}]}).encode()
    seal = hashlib.md5(body).hexdigest()
    return Call(body.replace(SECRET.encode(), seal.encode()))


# --- what they say ---------------------------------------------------------------------------------------------------
# delivery.pk.hex stands where our line put it when the mail left: metadata, a tag, or a field of the provider's own.

At = 1_795_485_600


def _mailgun(said: str, name: str, **more: Any) -> Any:
    status = {"gone": {"code": 550, "message": GONE}, "full": {"code": 552, "message": FULL}}.get(said, {})
    words = {"gone": "failed", "full": "failed"}
    return {
        "event": words.get(said, said),
        "timestamp": At + 0.5,
        "recipient": ADA,
        "message": {"headers": {"message-id": f"{name}@elsewhere.example", "to": ADA}},
        "user-variables": {"delivery": name},
        "delivery-status": status,
        **({"severity": "permanent", "reason": "bounce"} if status else {}),
    }


def _postmark(said: str, name: str) -> Any:
    common = {"MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "Metadata": {"delivery": name}, "Email": ADA}
    if said in {"gone", "full"}:
        kind = {"Type": "HardBounce", "Details": f"smtp;{GONE}"}
        if said == "full":
            kind = {"Type": "SoftBounce", "Details": f"smtp;{FULL}"}
        return {
            "RecordType": "Bounce",
            "ID": At + (said == "full"),
            "BouncedAt": "2026-11-24T02:00:00Z",
            **kind,
            **common,
        }
    if said == "complained":
        return {"RecordType": "SpamComplaint", "ID": 43, "Type": "SpamComplaint", **common}
    if said == "unsubscribed":
        more = {"SuppressSending": True, "SuppressionReason": "ManualSuppression"}
        return {"RecordType": "SubscriptionChange", "ChangedAt": "2026-11-24T02:00:00Z", **more, **common}
    return {"RecordType": "Delivery", "DeliveredAt": "2026-11-24T02:00:00Z", **common}


def _sendgrid(said: str, name: str) -> Any:
    words = {"gone": "bounce", "full": "bounce", "complained": "spamreport", "unsubscribed": "unsubscribe"}
    told = {"gone": ("5.1.1", GONE), "full": ("5.2.2", FULL)}.get(said)
    common = {"email": ADA, "timestamp": At, "event": words.get(said, said), "delivery": name}
    return [common | {"sg_event_id": f"{said}-{name}"} | ({"status": told[0], "reason": told[1]} if told else {})]


def _ses(said: str, name: str) -> Any:
    mail = {"messageId": "00000-ses", "destination": [ADA], "source": "petitions@twothirds.example"}
    mail["headers"] = [{"name": "X-Metadata", "value": json.dumps({"delivery": name})}]  # type: ignore[assignment]
    if said in {"gone", "full"}:
        is_gone = said == "gone"
        who = {
            "emailAddress": ADA,
            "status": "5.1.1" if is_gone else "5.2.2",
            "diagnosticCode": GONE if is_gone else FULL,
        }
        kind = ("Permanent", "General") if is_gone else ("Transient", "MailboxFull")
        bounce = {"bounceType": kind[0], "bounceSubType": kind[1], "bouncedRecipients": [who]}
        return {"eventType": "Bounce", "mail": mail, "bounce": bounce}
    if said == "complained":
        return {"eventType": "Complaint", "mail": mail, "complaint": {"complainedRecipients": [{"emailAddress": ADA}]}}
    return {"eventType": "Delivery", "mail": mail, "delivery": {"recipients": [ADA], "smtpResponse": "250 ok"}}


def _sparkpost(said: str, name: str) -> Any:
    words = {"gone": "bounce", "full": "bounce", "complained": "spam_complaint", "delivered": "delivery"}
    told = {"gone": {"bounce_class": "10", "raw_reason": GONE}, "full": {"bounce_class": "22", "raw_reason": FULL}}
    event = {"type": words.get(said, "list_unsubscribe"), "timestamp": str(At), "event_id": f"{said}{name}"}
    event |= {"raw_rcpt_to": ADA, "rcpt_meta": {"delivery": name}, "transmission_id": "65832150921904138"}
    return [{"msys": {}}, {"msys": {"message_event": event | told.get(said, {})}}]


def _brevo(said: str, name: str) -> Any:
    words = {"gone": "hard_bounce", "full": "soft_bounce", "complained": "spam", "unsubscribed": "unsubscribe"}
    reason = {"gone": GONE, "full": FULL}.get(said)
    common = {
        "event": words.get(said, said),
        "email": ADA,
        "ts_epoch": At * 1000,
        "message-id": "<1@smtp-relay.example>",
    }
    return common | {"X-Mailin-custom": json.dumps({"delivery": name})} | ({"reason": reason} if reason else {})


def _mailjet(said: str, name: str) -> Any:
    words = {"gone": "bounce", "full": "bounce", "complained": "spam", "unsubscribed": "unsub", "delivered": "sent"}
    told = {"gone": {"hard_bounce": True, "error": "user unknown"}, "full": {"error": "quota exceeded"}}
    common = {"event": words[said], "time": At, "MessageID": 19421777835146490, "email": ADA}
    return [common | {"Payload": json.dumps({"delivery": name})} | told.get(said, {})]


def _mailtrap(said: str, name: str) -> Any:
    words = {"gone": "bounce", "full": "soft bounce", "complained": "spam", "unsubscribed": "unsubscribe"}
    event = {"event": words.get(said, "delivery"), "message_id": "eb1", "email": ADA, "timestamp": At}
    event |= {"event_id": f"{said}-{name}", "custom_variables": {"delivery": name}}
    return {"events": [event | ({"response": GONE, "bounce_category": "badmailbox"} if said == "gone" else {})]}


def _mandrill(said: str, name: str) -> Any:
    words = {"gone": "hard_bounce", "full": "soft_bounce", "complained": "spam", "unsubscribed": "unsub"}
    told = {"gone": {"diag": f"smtp;{GONE}", "bounce_description": "bad_mailbox"}, "full": {"diag": FULL}}
    message = {"email": ADA, "_id": "exampleaaaaaaaaaaaaaaaaaaaaaaaaa", "metadata": {"delivery": name}, "tags": []}
    return [{"event": words.get(said, "send"), "ts": At, "_id": message["_id"], "msg": message | told.get(said, {})}]


def _mailersend(said: str, name: str) -> Any:
    words = {"gone": "hard_bounced", "full": "soft_bounced", "complained": "spam_complaint"}
    morph = {"object": "recipient_bounce", "reason": GONE if said == "gone" else FULL}
    email = {"message": {"id": "62fb66bef54a112e920b5493"}, "recipient": {"email": ADA}, "tags": [f"delivery-{name}"]}
    data = {"type": words.get(said, said), "id": f"{said}{name}"[:24], "created_at": "2026-11-24T02:00:00Z"}
    is_bounce = said in {"gone", "full"}
    return {"type": f"activity.{data['type']}", "data": data | {"email": email, "morph": morph if is_bounce else None}}


def _resend(said: str, name: str) -> Any:
    words = {"gone": "bounced", "full": "delivery_delayed"}
    data = {"email_id": "56761188-7520-42d8-8898-ff6fc54ce618", "to": [ADA]}
    data["headers"] = [{"name": "X-Metadata", "value": json.dumps({"delivery": name})}]  # type: ignore[assignment]
    bounce = {"bounce": {"type": "Permanent", "subType": "General", "message": "sent a hard bounce message"}}
    kind, more = f"email.{words.get(said, said)}", bounce if said == "gone" else {}
    return {"type": kind, "created_at": "2026-11-24T02:00:00.000Z", "data": data | more}


def _postal(said: str, name: str) -> Any:
    message = {"id": 1, "to": ADA, "direction": "outgoing", "message_id": "1@postal.example", "tag": f"delivery-{name}"}
    more = {"gone": {"status": "HardFail", "output": GONE}, "full": {"status": "SoftFail", "output": FULL}}
    payload = {"message": message, **more.get(said, {"status": "Sent", "output": "250 ok"})}
    return {"event": "MessageSent", "timestamp": At, "uuid": f"{said}-{name}", "payload": payload}


def _unisender(said: str, name: str) -> Any:
    words = {"gone": "hard_bounced", "full": "soft_bounced", "complained": "spam"}
    told = {"gone": "err_user_unknown", "full": "err_mailbox_full"}.get(said, "ok_delivered")
    data = {
        "job_id": "1a3Q2V-0000OZ-S0",
        "email": ADA,
        "event_time": "2026-11-24 02:00:00",
        "status": words.get(said, said),
    }
    data |= {"metadata": {"delivery": name}, "delivery_info": {"delivery_status": told}}
    return {"event_name": "transactional_email_status", "event_data": data}


@dataclass(frozen=True)
class Esp:
    """One provider: the settings with which it can be checked, what it says, how it signs, and which words it has."""

    says: Callable[[str, str], Any]
    sign: Signed
    settings: dict[str, Any]
    knows: tuple[str, ...] = ("delivered", "gone", "full", "complained", "unsubscribed")


_PASSWORD = {"WEBHOOK_SECRET": PASSWORD}
_NOT_UNSUBSCRIBED = ("delivered", "gone", "full", "complained")
ESPS = {
    "amazon_ses": Esp(_ses, amazon_ses, _PASSWORD, _NOT_UNSUBSCRIBED),
    "brevo": Esp(_brevo, with_password, _PASSWORD),
    "mailersend": Esp(_mailersend, mailersend, {"MAILERSEND_SIGNING_SECRET": SECRET}),
    "mailgun": Esp(_mailgun, mailgun, {"MAILGUN_WEBHOOK_SIGNING_KEY": SECRET}),
    "mailjet": Esp(_mailjet, with_password, _PASSWORD),
    "mailtrap": Esp(_mailtrap, mailtrap, {"MAILTRAP_TRACKING_SECRET": SECRET}),
    "mandrill": Esp(_mandrill, mandrill, {"MANDRILL_WEBHOOK_KEY": SECRET}),
    "postal": Esp(_postal, postal, {"POSTAL_WEBHOOK_KEY": _pem(_POSTAL)}, ("delivered", "gone", "full")),
    "postmark": Esp(_postmark, with_password, _PASSWORD),
    "resend": Esp(_resend, resend, {"RESEND_SIGNING_SECRET": f"whsec_{SVIX}"}, _NOT_UNSUBSCRIBED),
    "sendgrid": Esp(_sendgrid, sendgrid, {"SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": _pem(_SENDGRID)}),
    "sparkpost": Esp(_sparkpost, with_password, _PASSWORD),
    "unisender_go": Esp(_unisender, unisender_go, {"UNISENDER_GO_API_KEY": SECRET}),
}
