"""A real IMAP server on the loopback address, as small as the client needs, with memory and refusals by script."""

from __future__ import annotations

import re
import socketserver
import threading
from dataclasses import dataclass
from typing import Self

PASSWORD = "canary-imap-password"


@dataclass
class StoredMail:
    """A mail in the folder."""

    raw: bytes
    seen: bool = False


class MailboxServer:
    """``with MailboxServer() as server:`` then ``server.port``, ``server.put(raw)``, ``server.mails``.

    ``refuse`` names commands that answer NO; ``cut`` one at which the connection drops.
    """

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.mails: list[StoredMail] = []
        self.refuse: set[str] = set()
        self.cut: str = ""
        self.log: list[str] = []
        self.folder = ""
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                _Conversation(outer, self).run()

        self._server = socketserver.ThreadingTCPServer((self.host, 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, raw: bytes) -> None:
        """A mail arrives."""
        self.mails.append(StoredMail(raw))


class _Conversation:
    def __init__(self, server: MailboxServer, stream: socketserver.StreamRequestHandler) -> None:
        self.server, self.stream = server, stream

    def run(self) -> None:
        self._say("* OK ready")
        while line := self.stream.rfile.readline():
            tag, _, command = line.decode("utf-8").strip().partition(" ")
            name = command.upper().removeprefix("UID ").split(" ")[0]
            self.server.log.append(name)
            if name == self.server.cut:
                return
            if name in self.server.refuse:
                self._say(f"{tag} NO refused, you said {command}")
                continue
            getattr(self, f"_{name.lower()}", self._noop)(command)
            self._say(f"{tag} OK done")
            if name == "LOGOUT":
                return

    def _say(self, line: str) -> None:
        self.stream.wfile.write(f"{line}\r\n".encode())

    def _noop(self, command: str) -> None:
        pass

    def _capability(self, command: str) -> None:
        self._say("* CAPABILITY IMAP4rev1")

    def _select(self, command: str) -> None:
        self.server.folder = command.removeprefix("SELECT ")
        self._say(f"* {len(self.server.mails)} EXISTS")

    def _search(self, command: str) -> None:
        unread = [str(uid) for uid, mail in enumerate(self.server.mails, 1) if not mail.seen]
        self._say(" ".join(["* SEARCH", *unread]))

    def _fetch(self, command: str) -> None:
        uid = int(re.findall(r"FETCH (\d+)", command)[0])
        size = int(re.findall(r"<0\.(\d+)>", command)[0])
        raw = self.server.mails[uid - 1].raw[:size]
        self.stream.wfile.write(
            f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"
        )

    def _store(self, command: str) -> None:
        uid = int(re.findall(r"STORE (\d+)", command)[0])
        assert r"(\Seen)" in command
        self.server.mails[uid - 1].seen = True
