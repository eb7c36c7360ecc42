"""A mail is signed so that dkimpy's own verification believes it, and nothing that counts can be changed on the way."""

import base64
import re
from types import SimpleNamespace

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from campaign import mail_settings
from campaign.delivery.dkim_signing import content_of
from campaign.delivery.transport import Accepted
from campaign.env import BadSetting
from tests.delivery.handing import hand_over, kinds, outgoing, people

RSA = rsa.generate_private_key(65537, 2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()
UPDATE = {
    "List-ID": "<cyber.updates.twothirds.example>",
    "List-Unsubscribe": f"<https://petitions.example.org/u/{'t' * 43}/>, <mailto:unsubscribe+{'t' * 43}@x.example>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "Feedback-ID": "cyber:update:twothirds",
}


def record(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    """What stands in the DNS."""
    if isinstance(key, rsa.RSAPrivateKey):
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(public)


class VerifyKey:
    """Ed25519 for dkimpy, which would ask PyNaCl."""

    def __init__(self, text: bytes, encoder: object) -> None:
        self.key = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(text))

    def verify(self, signed: bytes, signature: bytes) -> None:
        self.key.verify(signature, signed)


@pytest.fixture(params=[RSA, ED25519], ids=["RSA", "Ed25519"])
def key(request, settings, monkeypatch):
    exceptions = SimpleNamespace(ValueError=ValueError, BadSignatureError=InvalidSignature)
    encoding = SimpleNamespace(Base64Encoder=None)
    nacl = SimpleNamespace(signing=SimpleNamespace(VerifyKey=VerifyKey), exceptions=exceptions, encoding=encoding)
    monkeypatch.setattr(dkim, "nacl", nacl, raising=False)
    settings.DKIM_KEY, settings.DKIM_SELECTOR = request.param, "two2026"
    return request.param


def is_believed(content: bytes, key, asked: list[bytes] | None = None) -> bool:
    def dns(name: bytes, timeout: int = 5) -> bytes:
        (asked if asked is not None else []).append(name)
        return record(key)

    return dkim.verify(content, dnsfunc=dns)


def signed_names(content: bytes) -> list[str]:
    found = re.search(rb"h=([^;]+);", content)
    assert found
    return re.sub(rb"\s", b"", found[1]).decode().split(":")


def test_a_signed_mail_is_believed_and_a_changed_one_is_not(key):
    content = content_of(
        outgoing(subject="Où en est-on ?", text="Wörds. \n\n.\n", html="<p>Wörds.</p>", headers=UPDATE)
    )
    asked: list[bytes] = []
    assert is_believed(content, key, asked)
    assert asked == [b"two2026._domainkey.twothirds.example."]
    for old, new in (
        (b"ada@example.org", b"bruno@example.org"),
        (b"One-Click", b"Two-Click"),
        (b"/u/ttt", b"/u/xxx"),
        (b"W=C3=B6rds", b"Words"),
        (b"cyber:update", b"other:update"),
    ):
        assert content.count(old)
        assert not is_believed(content.replace(old, new), key)


def test_both_unsubscribe_headers_and_all_that_names_the_mail_are_signed(key):
    names = signed_names(content_of(outgoing(headers=UPDATE, reply_to="ada@example.org", html="<p>x</p>")))
    assert set(names) >= {
        "list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id", "from", "to", "reply-to", "subject",
        "date", "message-id", "mime-version", "content-type",
    }  # fmt: skip


def test_a_second_from_can_not_be_added(key):
    content = content_of(outgoing())
    assert signed_names(content).count("from") == 2
    assert not is_believed(b"From: Mallory <mallory@example.org>\r\n" + content, key)


def test_white_space_may_change_on_the_way(key):
    content = content_of(outgoing(text="Words and  words.\n"))
    assert is_believed(content.replace(b"Subject: Hello", b"Subject:   Hello  ") + b"\r\n\r\n", key)


def test_what_is_signed_stays_within_the_lines_of_mail(key):
    content = content_of(outgoing(headers=UPDATE | {"List-Unsubscribe": "<mailto:stop@twothirds.example>"}))
    assert max(len(line) for line in content.split(b"\r\n")) <= 78
    assert content.startswith(b"DKIM-Signature: v=1; ")


@pytest.mark.parametrize(
    ("sender", "wanted", "domain"),
    [
        ("Ada via Us <letters@letters.example>", "", b"letters.example"),
        ("updates@news.twothirds.example", "twothirds.example", b"twothirds.example"),
        ("updates@twothirds.example", "twothirds.example", b"twothirds.example"),
        ("letters@nottwothirds.example", "twothirds.example", b"nottwothirds.example"),
    ],
)
def test_it_is_signed_by_the_domain_of_its_from(key, settings, sender, wanted, domain):
    settings.DKIM_DOMAIN = wanted
    asked: list[bytes] = []
    assert is_believed(content_of(outgoing(sender=sender)), key, asked)
    assert asked == [b"two2026._domainkey." + domain + b"."]


def test_a_signed_mail_arrives_as_it_was_signed(key, sink):
    assert kinds(hand_over(people(3))) == [Accepted] * 3
    for path in sink.messages():
        content = path.read_bytes().partition(b"\r\n")[2].partition(b"\r\n")[2]  # below the envelope
        assert is_believed(content, key)


def test_without_a_key_nothing_is_signed():
    assert b"DKIM" not in content_of(outgoing())


def pem(key, encryption=None) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


@pytest.fixture
def configure(monkeypatch, tmp_path):
    def put(content: bytes | None, selector: str = "two2026", domain: str = ""):
        path = tmp_path / "dkim.key"
        if content is not None:
            path.write_bytes(content)
        for name, value in (("DKIM_KEY_FILE", str(path)), ("DKIM_SELECTOR", selector), ("DKIM_DOMAIN", domain)):
            monkeypatch.setenv(name, value)
        return mail_settings.dkim()

    return put


@pytest.mark.parametrize("key", [RSA, ED25519])
def test_a_key_is_read_as_openssl_writes_it(configure, key):
    found, selector, domain = configure(pem(key), domain="TwoThirds.example")
    assert (pem(found), selector, domain) == (pem(key), "two2026", "twothirds.example")
    if key is RSA:
        older = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        assert pem(configure(older)[0]) == pem(key)


def test_an_ed25519_key_is_read_as_dkimpy_writes_it(configure):
    raw = ED25519.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    assert pem(configure(base64.b64encode(raw) + b"\n")[0]) == pem(ED25519)


@pytest.mark.parametrize(
    "content",
    [
        None, b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        pem(RSA, BestAvailableEncryption(b"secret")), pem(ec.generate_private_key(ec.SECP256R1())),
        RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["nothing", "empty", "nonsense", "broken", "locked", "of another kind", "public"],
)  # fmt: skip
def test_a_key_that_can_not_be_read_stops_the_start_by_name(configure, content):
    with pytest.raises(BadSetting, match="DKIM_KEY_FILE"):
        configure(content)


def test_a_key_and_its_selector_come_together(configure, monkeypatch):
    with pytest.raises(BadSetting, match="DKIM_SELECTOR is not"):
        configure(pem(RSA), selector="")
    with pytest.raises(BadSetting, match="DKIM_SELECTOR must"):
        configure(pem(RSA), selector="a b")
    with pytest.raises(BadSetting, match="DKIM_DOMAIN must"):
        configure(pem(RSA), domain="https://x")
    monkeypatch.setenv("DKIM_KEY_FILE", "")
    monkeypatch.setenv("DKIM_DOMAIN", "")
    with pytest.raises(BadSetting, match="DKIM_KEY_FILE is not"):
        mail_settings.dkim()
    monkeypatch.delenv("DKIM_SELECTOR")
    assert mail_settings.dkim() == (None, "", "")
