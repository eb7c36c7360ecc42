"""What is composed by hand reads back as it was meant, to exactly one recipient; what could be two is refused."""

import email
import email.policy
from email.message import EmailMessage
from email.utils import formataddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaign.delivery.addressing import address_of, phrase_and_address
from campaign.delivery.composing import compose, header_line
from campaign.lib import emails
from tests.delivery.handing import outgoing

# Any letter that may stand in a header: everything but what ends a line somewhere, and control characters.
HEADER_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])
    | st.sampled_from("=?_ \tñ\u00a0\u200b😀\u0301"),
    max_size=300,
)
TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from("\n\r. =\t-_ñ😀"), max_size=400)
BREAKS = ["\r", "\n", "\r\n", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]


def composed(to: str = "ada@example.org", **words) -> bytes:
    mail = outgoing(to, **words)
    return compose(mail.delivery, mail.mail)


def parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, EmailMessage, policy=email.policy.default)
    for part in message.walk():
        assert not part.defects
    assert not [value.defects for value in message.values() if getattr(value, "defects", ())]
    return message


def is_fit_to_travel(content: bytes) -> bool:
    """ASCII, CRLF and nothing else at line ends, no line over 998 and no header over 78."""
    lines = content.split(b"\r\n")
    rest = content.replace(b"\r\n", b"")
    head = content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    return (
        content.isascii()
        and content.endswith(b"\r\n")
        and not set(rest) & set(b"\r\n\x00")
        and max(map(len, lines)) <= 78
        and all(line.strip() for line in head)
    )


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def with_end(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain if plain.endswith("\n") else plain + "\n"


def recipients(message: EmailMessage) -> list[str]:
    return [
        address.addr_spec
        for name in ("To", "Cc", "Bcc", "Resent-To", "Apparently-To")
        for header in message.get_all(name, [])
        for address in header.addresses
    ]


@given(subject=HEADER_TEXT, text=TEXT, html=TEXT)
@example(subject="=?utf-8?q?not_meant?=", text=".", html=".\n.\n")
@example(subject=" begins and ends with a space ", text="\r\r\n\n", html="")
@example(subject="x" * 5000, text="From here\n>From there\n", html="x" * 3000)
@example(subject="é" * 5000, text="--=_\n--=_0--\n", html="a" * 75 + ". .\n")
@example(subject="words " * 800 + "end", text="trailing \t\n", html=" \n")
@example(subject='a,b;c:d <e@f.g> "h"', text="\u2028\u0085\x0c", html="=\n==\n=3D\n")
def test_what_is_composed_reads_back(subject, text, html):
    content = composed(subject=subject, text=text, html=html)
    assert is_fit_to_travel(content)
    message = parsed(content)
    assert str(message["Subject"]) == subject
    assert body(message, "plain") == with_end(text)
    if html:
        assert body(message, "html") == with_end(html)
        assert message.get_content_type() == "multipart/alternative"
    else:
        assert message.get_content_type() == "text/plain"
    assert recipients(message) == ["ada@example.org"]


@given(sender=HEADER_TEXT, reply_to=HEADER_TEXT)
@example(sender="Acme, Inc.", reply_to='Ada "the first" Lopez')
@example(sender="José ñ " * 20, reply_to="back\\slash")
@example(sender="=?utf-8?q?x?=", reply_to="(comment) a <b@c.d>")
def test_names_read_back_and_are_never_addresses(sender, reply_to):
    who, answer = emails.display_name(sender), emails.display_name(reply_to)
    content = composed(
        sender=emails.named(sender, "letters@example.org"), reply_to=emails.named(reply_to, "ada@example.org")
    )
    assert is_fit_to_travel(content)
    message = parsed(content)
    for name, expected, address in (("From", who, "letters@example.org"), ("Reply-To", answer, "ada@example.org")):
        (found,) = message[name].addresses
        assert found.addr_spec == address
        if "=?" not in expected:  # which a reader may take for an encoded word, and so did the house that named it
            assert "".join(found.display_name.split()) == "".join(expected.split())


@given(name=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=60))
@example(name="Acme, Inc. (Übersee)")
@example(name='"')
def test_the_organizations_name_may_be_any(name):
    sender = formataddr((name, "petitions@example.org"))
    (found,) = parsed(composed(sender=sender))["From"].addresses
    assert found.addr_spec == "petitions@example.org"
    assert "".join(found.display_name.split()) == "".join(name.split())


@given(to=st.text(st.characters(codec="utf-8") | st.sampled_from('@,;<>"()\\.: \r\n\u2028'), max_size=60))
@example(to="ada@example.org,bruno@example.org")
@example(to="ada@example.org;bruno@example.org")
@example(to="Ada <ada@example.org>, <bruno@example.org>")
@example(to='"ada@example.org," <bruno@example.org>')
@example(to="friends: ada@example.org;")
@example(to="<ada@example.org> bruno@example.org")
@example(to="ada@example.org bruno@example.org")
@example(to="ada@example.org\nbruno@example.org")
@example(to="<ada@example.org><bruno@example.org>")
@example(to="(,) ada@example.org")
@example(to="=?utf-8?q?=2C?= <ada@example.org>")
def test_a_recipient_is_exactly_one_or_refused(to):
    try:
        content = composed(to)
    except ValueError:
        return
    found = recipients(parsed(content))
    assert found == [address_of(to)]
    assert is_fit_to_travel(content)


@pytest.mark.parametrize("end", BREAKS)
@pytest.mark.parametrize("field", ["to", "subject", "sender", "reply_to", "header"])
def test_a_line_break_of_any_script_is_refused_wherever_it_stands(field, end):
    value = f"ada@example.org{end}Bcc: mallory@example.org"
    words = {"headers": {"X-Thing": value}} if field == "header" else {field: value}
    with pytest.raises(ValueError, match=r"line break|recipient"):
        composed(**words)


@pytest.mark.parametrize(
    "to",
    ["", "ada", "ada@", "@example.org", "ada@example..org", "ada@-example.org", "a" * 65 + "@example.org", "a@b@c.org",
     "a b@example.org", "ada@" + "example." * 40 + "org", "😀@example.org", "ada@exämple.org", "ada.@example.org",
     '"a b"@example.org', "ada@[127.0.0.1]", "a" * 308 + "@example.org", "ada@example.org,", "<>"],
)  # fmt: skip
def test_what_no_server_would_take_is_refused_before_it_is_asked(to):
    with pytest.raises(ValueError):  # noqa: PT011 - which words is not the point
        composed(to)


@pytest.mark.parametrize(
    "name", ["Bcc", "to", "CC", "Subject", "Content-Type", "Message-ID", "X:Y", "", "X Y", "X\r\nBcc"]
)
def test_headers_that_are_ours_can_not_be_asked_for(name):
    with pytest.raises(ValueError, match="can't be asked for"):
        composed(headers={name: "x"})


def test_headers_are_said_once_and_an_empty_one_is_left_out():
    message = parsed(composed(headers={"List-ID": "<a.updates.example>", "Feedback-ID": ""}))
    assert message["Auto-Submitted"] == "auto-generated"
    assert (message["List-ID"], message["Feedback-ID"]) == ("<a.updates.example>", None)
    assert parsed(composed(headers={"Auto-Submitted": ""}))["Auto-Submitted"] is None
    assert all(len(message.get_all(name)) == 1 for name in message)


def test_long_headers_are_folded_and_a_word_that_no_line_holds_is_refused():
    urls = f"<https://petitions.example.org/u/{'t' * 43}/>, <mailto:unsubscribe+{'t' * 43}@twothirds.example>"
    line = header_line("List-Unsubscribe", urls)
    assert line.count("\r\n") == 2
    assert parsed(composed(headers={"List-Unsubscribe": urls}))["List-Unsubscribe"] == urls
    assert parsed(composed(headers={"List-Unsubscribe": f"<https://x/{'t' * 900}>"}))["List-Unsubscribe"]
    with pytest.raises(ValueError, match="longer than a line"):
        composed(headers={"List-Unsubscribe": f"<https://x/{'t' * 1000}>"})
    with pytest.raises(ValueError, match="can't be written"):
        composed(headers={"List-Unsubscribe": "<https://exämple.org/>"})
    assert str(parsed(composed(headers={"X-Words": "Où en est-on ?"}))["X-Words"]) == "Où en est-on ?"


def test_every_try_of_a_delivery_carries_the_same_message_id():
    mail = outgoing(html="<p>x</p>")
    first, second = (parsed(compose(mail.delivery, mail.mail)) for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"] == mail.delivery.message_id
    assert first["Date"].datetime is not None
    assert first["Date"].datetime.utcoffset().total_seconds() == 0


def test_text_that_is_no_text_is_refused():
    with pytest.raises(UnicodeEncodeError):
        composed(text="\ud800")
    with pytest.raises(UnicodeEncodeError):
        composed(subject="\udcff")


def test_a_long_name_is_cut_between_its_words():
    name = "María José Ñandú Ibáñez de la Cruz Übermäßig-Großmann y Peña"
    (found,) = parsed(composed(sender=emails.named(name, "letters@example.org")))["From"].addresses
    assert " ".join(found.display_name.split()) == name


def test_a_mailbox_may_have_a_name():
    assert address_of("Ada Lopez <ada@example.org>") == "ada@example.org"
    assert phrase_and_address('"Lopez, Ada" <ada@example.org>') == ("Lopez, Ada", "ada@example.org")
    assert parsed(composed("Ada Lopez <ada@example.org>"))["To"] == "Ada Lopez <ada@example.org>"
