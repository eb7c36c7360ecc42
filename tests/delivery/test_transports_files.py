"""Lines that reach nobody, and the ways in which a server lets us in."""

import os
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from campaign import mail_settings
from campaign.delivery.transport import Accepted, Refused, TryLater
from campaign.env import BadSetting
from campaign.inbox.reading import read_messages
from embedded.smtp_sink import Conversation, SmtpSink
from tests.delivery.conftest import arrived
from tests.delivery.handing import hand_over, kinds, outgoing, people, says_something_of_the_relay, words


@pytest.fixture
def configure(settings, monkeypatch):
    def put(url: str) -> None:
        monkeypatch.setenv("EMAIL_URL", url)
        for name, value in mail_settings.line("EMAIL_URL").items():
            setattr(settings, name, value)

    return put


@pytest.fixture
def inbox(configure, settings, monkeypatch, tmp_path) -> Path:
    settings.INBOX_DIR = str(tmp_path / "inbox")
    monkeypatch.setenv("INBOX_DIR", settings.INBOX_DIR)
    configure("inbox:")
    return tmp_path / "inbox"


def test_the_inbox_keeps_what_the_mail_sink_would_keep(sink, inbox, configure):
    mail = outgoing(subject="Où ?", text="Words.\n..\n", html="<p>Words.</p>")
    assert words(hand_over([mail])[0]) == "inbox"
    configure(f"smtp://127.0.0.1:{sink.port}")
    assert kinds(hand_over([mail])) == [Accepted]
    (here,), (there,) = (sorted(folder.glob("*")) for folder in (inbox, Path(sink.directory)))
    assert here.read_bytes() == there.read_bytes()
    (read,) = read_messages(inbox)
    assert (read.to, read.subject) == ("ada@example.org", "Où ?")


def test_the_inbox_keeps_the_order_and_refuses_what_must_not_leave(inbox):
    fates = hand_over([*people(3), outgoing("ada@example.org, mallory@example.org")])
    assert kinds(fates) == [Accepted] * 3 + [Refused]
    assert [mail.to for mail in reversed(read_messages(inbox))] == [f"person{n}@example.org" for n in range(3)]


def test_what_the_inbox_can_not_keep_waits_and_leaves_nothing_half(inbox, settings):
    blocked = Path(settings.INBOX_DIR)
    blocked.parent.mkdir(exist_ok=True)
    blocked.write_text("a file where the folder should be")
    fates = hand_over(people(2))
    assert kinds(fates) == [TryLater] * 2
    assert says_something_of_the_relay(fates[0])
    assert os.listdir(blocked.parent) == ["inbox"]


def test_an_inbox_needs_a_folder(configure, monkeypatch):
    monkeypatch.setenv("INBOX_DIR", "")
    with pytest.raises(BadSetting, match=r"EMAIL_URL.*INBOX_DIR"):
        configure("inbox:")


def test_the_console_shows_the_whole_mail(configure, capsys):
    configure("console:")
    mail = outgoing(text="Words.\n")
    assert words(hand_over([mail])[0]) == "console"
    shown = capsys.readouterr().out
    for expected in (f"from {mail.delivery.return_path} to ada@example.org", "Subject: Hello", "\n\nWords.\n"):
        assert expected in shown


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    """A server's certificate for 127.0.0.1, its own authority."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = builder.add_extension(address, critical=False).sign(key, SHA256())
    folder = tmp_path_factory.mktemp("tls")
    (folder / "key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "certificate").write_bytes(made.public_bytes(Encoding.PEM))
    return folder / "certificate", folder / "key"


class Door:
    """Lets in who knows the word."""

    def __call__(self, server, session, envelope, mechanism, data) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"ada", b"open s@same"), handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # which smtps:// has anyway
@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_mail_goes_through_tls_and_a_password(configure, certificate, monkeypatch, tmp_path, scheme):
    path, key = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    kept = SmtpSink(tmp_path / "kept")
    kept.directory.mkdir()
    tls = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context, "require_starttls": True}
    server = Controller(
        Conversation(kept), hostname="127.0.0.1", port=0, authenticator=Door(), auth_required=True,
        server_hostname="sink.localhost", auth_require_tls=scheme == "smtp", **tls
    )  # fmt: skip
    # To see whether it answers it would connect to port 0.
    server.smtpd = server.factory()
    monkeypatch.setattr(server, "_trigger_server", server._factory_invoked.set)
    server.start()
    try:
        port = server.server.sockets[0].getsockname()[1]
        query = "?tls=True" if scheme == "smtp" else ""
        url = f"{scheme}://ada:open%20s%40same@127.0.0.1:{port}{query}"
        configure(url)
        stranger = hand_over(people(1))
        assert says_something_of_the_relay(stranger[0])  # nobody vouches for this server
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        assert kinds(hand_over(people(4))) == [Accepted] * 4
        configure(url.replace("same", "sesame"))
        fates = hand_over(people(1))
        assert words(fates[0]) == "smtp authentication failed"
        assert says_something_of_the_relay(fates[0])
    finally:
        server.stop()
    assert len(arrived(kept)) == 4
