"""The environment is read strictly: nonsense stops the start and names the setting."""

import pytest

from campaign import env
from campaign.env import BadSetting


@pytest.mark.parametrize(
    ("reader", "value"),
    [(lambda: env.flag("X", default=True), "yes"), (lambda: env.number("X", 1), "-1"),
     (lambda: env.number("X", 1, least=1), "0"), (lambda: env.keys("X"), "c2hvcnQ="), (lambda: env.keys("X"), "%%%"),
     (lambda: env.database("X"), "sqlite:///x"), (lambda: env.mail_server("X"), "http://x"),
     (lambda: env.mail_server("X"), "smtp://x:port"), (lambda: env.mail_server("X"), "smtp://x?tls=true"),
     (lambda: env.mail_server("X"), "smtp://x?ssl=True"), (lambda: env.mail_server("X"), "smtps://x?tls=True")],
)  # fmt: skip
def test_nonsense_is_refused_by_name(monkeypatch, reader, value):
    monkeypatch.setenv("X", value)
    with pytest.raises(BadSetting, match="X"):
        reader()


def test_what_must_be_there_and_is_not_is_named(monkeypatch):
    monkeypatch.delenv("X", raising=False)
    with pytest.raises(BadSetting, match="X is not set"):
        env.text("X")


def test_a_database_url_may_name_a_socket_or_a_server(monkeypatch):
    monkeypatch.setenv("X", "postgresql:///house?host=/tmp/a%20b&user=me")
    found = env.database("X")
    assert (found["HOST"], found["USER"], found["NAME"]) == ("/tmp/a b", "me", "house")
    monkeypatch.setenv("X", "postgres://me:p%40ss@db:5433/house?sslmode=require")
    found = env.database("X")
    assert (found["HOST"], found["PORT"], found["PASSWORD"], found["OPTIONS"]) == (
        "db",
        "5433",
        "p@ss",
        {"sslmode": "require"},
    )


def test_a_mail_url_says_how_to_connect(monkeypatch):
    monkeypatch.setenv("X", "smtp://me:secret@relay:587?tls=True")
    found = env.mail_server("X")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("relay", 587, True)
    monkeypatch.setenv("X", "smtps://relay")
    assert (env.mail_server("X")["EMAIL_PORT"], env.mail_server("X")["EMAIL_USE_SSL"]) == (465, True)
