"""Mail by a provider's interface: django-anymail against a server that speaks it, and every provider by one setting."""

import base64
import contextlib
import json
import pkgutil
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

import anymail.backends
import pytest
from anymail.backends.base import AnymailBaseBackend
from django.conf import settings as django_settings
from django.utils.module_loading import import_string

from campaign import mail_settings
from campaign.delivery.transport import Accepted, Refused, TryLater, Unsure
from campaign.delivery.transports import windows
from campaign.env import BadSetting
from tests.delivery.handing import hand_over, kinds, outgoing, people, says_something_of_the_relay, words

UPDATE = {
    "List-Unsubscribe": "<https://petitions.example.org/u/token/>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}
Reply = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Keeps each request, then replies as it was told."""

    protocol_version = "HTTP/1.1"
    server: "Provider"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append((self.path, dict(self.headers), body))
        number = min(len(self.server.requests), len(self.server.replies)) - 1
        self.server.replies[number](self)

    def log_message(self, *args: object) -> None:
        """Nobody reads it."""


class Provider(ThreadingHTTPServer):
    """The interface of a provider. The last reply goes for all that come after."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.replies: list[Reply] = [takes_it]
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up."""


def says(status: int, body: object) -> Reply:
    def reply(handler: Handler) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return reply


def takes_it(handler: Handler) -> None:
    """As Postmark does."""
    to = json.loads(handler.server.requests[-1][2])["To"]
    says(200, {"ErrorCode": 0, "Message": "OK", "To": to, "MessageID": "b7bc-2f4a"})(handler)


def hangs_up(handler: Handler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def says_nothing(handler: Handler) -> None:
    time.sleep(1.5)
    hangs_up(handler)


@pytest.fixture
def provider():
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def configure(settings, monkeypatch):
    """Start with this EMAIL_URL."""

    def put(url: str) -> None:
        monkeypatch.setenv("EMAIL_URL", url)
        for name, value in mail_settings.line("EMAIL_URL").items():
            setattr(settings, name, value)

    return put


@pytest.fixture
def postmark(configure, provider) -> Provider:
    configure(f"anymail://postmark?SERVER_TOKEN=a-token&API_URL={quote(provider.url)}")
    return provider


def test_a_mail_goes_with_all_its_headers_and_without_tracking(postmark):
    mail = outgoing(subject="Où ?", text="Words.\n", html="<p>Words.</p>", headers=UPDATE, reply_to="bruno@example.org")
    fates = hand_over([mail])
    assert (kinds(fates), words(fates[0])) == ([Accepted], "postmark b7bc-2f4a")
    path, headers, body = postmark.requests[0]
    assert (path, headers["X-Postmark-Server-Token"]) == ("/email", "a-token")
    sent = json.loads(body)
    assert sent["To"] == "ada@example.org"
    assert (sent["Subject"], sent["TextBody"], sent["HtmlBody"]) == ("Où ?", "Words.\n", "<p>Words.</p>")
    assert (sent["ReplyTo"], sent["From"]) == ("bruno@example.org", django_settings.MAIL_FROM)
    assert (sent["TrackOpens"], sent["TrackLinks"]) == (False, "None")
    assert sent["Metadata"] == {"delivery": mail.delivery.id.hex}
    named = {each["Name"]: each["Value"] for each in sent["Headers"]}
    assert named == UPDATE | {"Message-ID": mail.delivery.message_id, "Auto-Submitted": "auto-generated"}


def test_a_batch_shares_a_connection(postmark):
    assert kinds(hand_over(people(5))) == [Accepted] * 5
    assert [json.loads(body)["To"] for _, _, body in postmark.requests] == [f"person{n}@example.org" for n in range(5)]


def test_an_address_the_provider_calls_invalid_is_a_bad_one_and_one_it_rejects_is_not(postmark):
    invalid = {"ErrorCode": 300, "Message": "Invalid 'To' address: 'person0@example.org'."}
    rejected = {
        "ErrorCode": 406,
        "Message": "You tried to send to a recipient that has been marked as inactive.\n Found inactive addresses: "
        "person1@example.org.\n Inactive recipients are ones that have generated a hard bounce or a spam complaint.",
    }
    postmark.replies = [says(422, invalid), says(422, rejected), takes_it]
    fates = hand_over(people(3))
    assert kinds(fates) == [Refused, Refused, Accepted]
    assert [fate.bad_address for fate in fates if isinstance(fate, Refused)] == [True, False]
    assert [words(fate) for fate in fates[:2]] == ["postmark invalid", "postmark rejected"]


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_what_is_about_our_account_says_nothing_of_the_mailbox(postmark, status):
    postmark.replies = [says(status, {"ErrorCode": 10, "Message": "No"}), takes_it]
    fates = hand_over(people(2))
    assert kinds(fates) == [TryLater, Accepted]
    assert says_something_of_the_relay(fates[0])
    assert words(fates[0]) == f"postmark {status}"


@pytest.mark.parametrize(("status", "fate"), [(400, TryLater), (404, TryLater), (422, TryLater), (413, Refused)])
def test_what_the_provider_does_not_take_was_not_sent(postmark, status, fate):
    postmark.replies = [says(status, {"ErrorCode": 400, "Message": "Sender signature not found"})]
    fates = hand_over(people(1))
    assert kinds(fates) == [fate]
    assert not says_something_of_the_relay(fates[0])


@pytest.mark.parametrize(
    "reply",
    [says(500, {}), says(502, b"<h1>Bad gateway</h1>"), says(504, {}), says(200, b"not JSON"), says(200, []), hangs_up],
    ids=["500", "502", "504", "no JSON", "other JSON", "hangs up"],
)
def test_a_request_that_may_have_been_taken_is_unsure_and_never_sent_again(postmark, reply):
    postmark.replies = [reply, takes_it]
    assert kinds(hand_over(people(2))) == [Unsure, Accepted]
    assert len(postmark.requests) == 2


def test_a_provider_that_does_not_answer_leaves_the_mail_unsure(postmark, settings):
    settings.ANYMAIL = settings.ANYMAIL | {"REQUESTS_TIMEOUT": 0.3}
    postmark.replies = [says_nothing, takes_it]
    assert kinds(hand_over(people(2))) == [Unsure, Accepted]


def test_a_provider_that_is_ill_costs_three_and_no_window(postmark):
    postmark.replies = [says(500, {})]
    fates = hand_over(people(10))
    assert kinds(fates) == [Unsure] * 3 + [TryLater] * 7
    assert says_something_of_the_relay(fates[-1])
    assert len(postmark.requests) == 3


def test_a_provider_that_is_slow_is_told_no_more_once_the_promise_runs_out(postmark, monkeypatch):
    def slow(handler: Handler) -> None:
        time.sleep(0.3)
        takes_it(handler)

    monkeypatch.setattr(windows, "SECONDS_TO_BEGIN", 0.5)
    postmark.replies = [slow]
    fates = hand_over(people(5))
    assert kinds(fates) == [Accepted, Accepted, TryLater, TryLater, TryLater]
    assert len(postmark.requests) == 2
    assert says_something_of_the_relay(fates[-1])


def test_a_provider_that_nobody_can_reach_says_nothing_of_the_mailboxes(configure):
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    configure(f"anymail://postmark?SERVER_TOKEN=a-token&API_URL=http%3A//127.0.0.1%3A{port}/")
    fates = hand_over(people(5))
    assert kinds(fates) == [TryLater] * 5
    assert all(says_something_of_the_relay(fate) for fate in fates)


@pytest.mark.parametrize(
    "bad",
    [
        {"to": "ada@example.org, mallory@example.org"}, {"to": "ada@example.org\r\nBcc: mallory@example.org"},
        {"subject": "Hello\nBcc: mallory@example.org"}, {"headers": {"Bcc": "mallory@example.org"}},
        {"reply_to": "a@example.org\u2028b@example.org"}, {"headers": {"List-ID": "<a>\r\nBcc: mallory@example.org"}},
        {"sender": "a@example.org, b@example.org"},
    ],
)  # fmt: skip
def test_what_must_not_leave_is_refused_before_anybody_is_asked(postmark, bad):
    assert kinds(hand_over([outgoing(**bad)])) == [Refused]
    assert postmark.requests == []


def test_mailgun_takes_the_mail_with_its_message_id(configure, provider):
    provider.replies = [says(200, {"id": "<20261124.1@mg.example>", "message": "Queued. Thank you."})]
    configure(
        f"anymail://mailgun?API_KEY=a-key&SENDER_DOMAIN=mg.example&API_URL={quote(provider.url)}v3"
        "&WEBHOOK_SIGNING_KEY=another"
    )
    mail = outgoing(headers=UPDATE)
    fates = hand_over([mail])
    assert (kinds(fates), words(fates[0])) == ([Accepted], "mailgun <20261124.1@mg.example>")
    path, _, body = provider.requests[0]
    assert path == "/v3/mg.example/messages"
    sent = body.decode()
    for expected in ("ada%40example.org", "List-Unsubscribe-Post", mail.delivery.id.hex, "o%3Atracking-opens=no"):
        assert expected in sent
    assert django_settings.ANYMAIL["MAILGUN_WEBHOOK_SIGNING_KEY"] == "another"


def provider_url(name: str, api: str = "https://api.example") -> str:
    """Just what it must be told, and where it is."""
    told = dict.fromkeys(mail_settings.PROVIDERS[name][0], "x") | {"API_URL": api}
    return f"anymail://{name}?" + "&".join(f"{key}={quote(value)}" for key, value in told.items())


REACHED_BY_HTTP = sorted(set(mail_settings.PROVIDERS) - {"amazon_ses"})


@pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")  # of SendGrid, which works
@pytest.mark.parametrize("name", REACHED_BY_HTTP)
def test_every_provider_is_configured_by_the_one_setting_and_is_asked(configure, provider, name):
    configure(provider_url(name, provider.url))
    assert issubclass(import_string(django_settings.EMAIL_BACKEND), AnymailBaseBackend)
    provider.replies = [says(400, {"message": "No"})]
    mail = outgoing(subject="Hello", headers=UPDATE, html="<p>Words.</p>")
    fates = hand_over([mail])
    assert len(provider.requests) == 1, fates
    _, _, body = provider.requests[0]
    assert b"ada@example.org" in body or b"ada%40example.org" in body
    assert b"List-Unsubscribe" in body
    assert not isinstance(fates[0], Accepted | Refused)


def test_every_provider_that_anymail_speaks_is_known():
    names = {module.name for module in pkgutil.iter_modules(anymail.backends.__path__)}
    older_names, no_providers = {"sendinblue"}, {"base", "base_requests", "console", "test"}
    assert set(mail_settings.PROVIDERS) == names - older_names - no_providers


@pytest.fixture
def amazon(configure, provider) -> Provider:
    params = {"region_name": "us-east-1", "aws_access_key_id": "x", "aws_secret_access_key": "y"}
    configure("anymail://amazon_ses?CLIENT_PARAMS=" + quote(json.dumps(params | {"endpoint_url": provider.url})))
    return provider


def test_amazon_takes_the_mail_as_it_was_written(amazon):
    amazon.replies = [says(200, {"MessageId": "0100-4711"})]
    mail = outgoing(headers=UPDATE)
    fates = hand_over([mail])
    assert (kinds(fates), words(fates[0])) == ([Accepted], "amazon_ses 0100-4711")
    sent = json.loads(amazon.requests[0][2])
    content = base64.b64decode(sent["Content"]["Raw"]["Data"]).decode()
    assert sent["Destination"]["ToAddresses"] == ["ada@example.org"]
    for expected in ("List-Unsubscribe-Post: List-Unsubscribe=One-Click", mail.delivery.message_id):
        assert expected in content


@pytest.mark.parametrize(
    ("status", "fate", "of_the_relay"),
    [(429, TryLater, True), (403, TryLater, True), (400, TryLater, False), (500, Unsure, False), (503, TryLater, True)],
)
def test_amazon_is_asked_only_once_whatever_it_answers(amazon, status, fate, of_the_relay):
    amazon.replies = [says(status, {"message": "No"})]
    fates = hand_over(people(1))
    assert kinds(fates) == [fate]
    assert says_something_of_the_relay(fates[0]) == of_the_relay
    assert len(amazon.requests) == 1


def test_amazon_hanging_up_leaves_the_mail_unsure_and_is_not_asked_again(amazon):
    amazon.replies = [hangs_up]
    assert kinds(hand_over(people(1))) == [Unsure]
    assert len(amazon.requests) == 1


def test_amazon_that_nobody_can_reach_says_nothing_of_the_mailboxes(amazon):
    amazon.shutdown()
    amazon.server_close()
    fates = hand_over(people(2))
    assert kinds(fates) == [TryLater] * 2
    assert all(says_something_of_the_relay(fate) for fate in fates)


def test_amazon_says_what_it_needs(configure, monkeypatch):
    monkeypatch.setattr(mail_settings, "find_spec", lambda name: None)
    with pytest.raises(BadSetting, match=r"requirements-amazon\.txt"):
        configure('anymail://amazon_ses?CLIENT_PARAMS={"region_name":"us-east-1"}')


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("anymail://pigeon?API_KEY=x", "the providers are"),
        ("anymail://", "the providers are"),
        ("anymail://postmark", "SERVER_TOKEN"),
        ("anymail://postmark?SERVER_TOKEN=", "SERVER_TOKEN"),
        ("anymail://postmark?SERVER_TOKN=x", "no setting SERVER_TOKN"),
        ("anymail://mailjet?API_KEY=x", "SECRET_KEY"),
        ("anymail://postmark?nonsense", "SETTING=value"),
        ("anymail://amazon_ses?CLIENT_PARAMS=eu", "JSON object"),
        ("pigeon://", "must begin with"),
        ("", "not set"),
    ],
)
def test_a_setting_that_can_not_be_understood_stops_the_start_by_name(configure, url, complaint):
    with pytest.raises(BadSetting, match="EMAIL_URL") as raised:
        configure(url)
    with pytest.raises(BadSetting, match=complaint):
        raise raised.value


def test_true_and_false_are_what_they_look_like(configure):
    configure("anymail://postmark?SERVER_TOKEN=x&USE_BULK_API=False")
    assert django_settings.ANYMAIL == {"POSTMARK_SERVER_TOKEN": "x", "POSTMARK_USE_BULK_API": False}
