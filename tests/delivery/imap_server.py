"""A small IMAP server with one folder, real enough for imaplib: what it is told of messages it keeps."""

import re
import socketserver
import threading
from dataclasses import dataclass, field


@dataclass
class Kept:
    """A message and its flags."""

    raw: bytes
    flags: set[str] = field(default_factory=set)


class ImapServer(socketserver.ThreadingTCPServer):
    """Log-in, SELECT, SEARCH, FETCH and STORE by UID."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, messages: list[bytes], *, keywords: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.messages = {number: Kept(raw) for number, raw in enumerate(messages, 1)}
        self.permanent = r"(\Seen \*)" if keywords else r"(\Seen)"
        self.hangs_up_at = ""
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        """Where it listens, for whom."""
        return f"imap://reports:a%20pass%2Fword@127.0.0.1:{self.server_address[1]}/INBOX.reports"

    def stop(self) -> None:
        """Close it."""
        self.shutdown()
        self.server_close()
        self.thread.join()


class _Talk(socketserver.StreamRequestHandler):
    server: ImapServer

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.say("* OK [CAPABILITY IMAP4rev1] ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, rest = line.partition(" ")
            if self.server.hangs_up_at and rest.startswith(self.server.hangs_up_at):
                return
            word = rest.split()[0].upper()
            known = {"CAPABILITY": self.capability, "LOGIN": self.login, "SELECT": self.select, "UID": self.uid}
            answer = known.get(word, lambda _rest: "OK done")(rest)
            self.say(f"{tag} {answer}")
            if word == "LOGOUT":
                return

    def capability(self, _rest: str) -> str:
        self.say("* CAPABILITY IMAP4rev1")
        return "OK done"

    def login(self, rest: str) -> str:
        return "OK done" if rest == 'LOGIN reports "a pass/word"' else "NO [AUTHENTICATIONFAILED] no"

    def select(self, rest: str) -> str:
        if rest != 'SELECT "INBOX.reports"':
            return "NO no such folder"
        self.say(f"* {len(self.server.messages)} EXISTS")
        self.say(f"* OK [PERMANENTFLAGS {self.server.permanent}] flags")
        return "OK [READ-WRITE] done"

    def uid(self, rest: str) -> str:
        _uid, deed, *more = rest.split(" ")
        if deed == "SEARCH":
            barred = {r"\Seen"} | ({more[2]} if "UNKEYWORD" in more else set())
            found = [str(uid) for uid, kept in self.server.messages.items() if not kept.flags & barred]
            self.say("* SEARCH " + " ".join(found))
        elif deed == "FETCH":
            self.fetch(int(more[0]), rest)
        elif deed == "STORE":
            self.server.messages[int(more[0])].flags |= set(rest.rpartition("(")[2].rstrip(")").split())
        return "OK done"

    def fetch(self, uid: int, rest: str) -> None:
        assert "BODY.PEEK[]" in rest
        kept = self.server.messages.get(uid)
        if kept is None:
            return
        most = int(re.search(r"<0\.(\d+)>", rest)[1])  # type: ignore[index]
        raw = kept.raw[:most]
        self.say(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}")
        self.wfile.write(raw)
        self.say(")")
