"""Real servers on the loopback address, with memory, that refuse by script."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CUT = "cut"  # the connection drops, nothing is stored
TAKE_AND_CUT = "take and cut"  # at MESSAGE: the mail is stored, then the connection drops before the answer

# Called with a stage (EHLO, MAIL, RCPT, MESSAGE once the content has come) and what it is about (host,
# address, Message-ID). Answers None to go on, a reply such as "450 4.2.0 busy", CUT, or TAKE_AND_CUT.
Script = Callable[[str, str], str | None]


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One mail as it arrived: the envelope's addresses, the parsed message and its bytes."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    raw: bytes = field(repr=False)


class MailServer:
    """An SMTP server on a free port of 127.0.0.1 that remembers what it took, in order.

    ``with MailServer() as server:`` then ``server.host``, ``server.port``, ``server.messages``,
    ``server.connections`` (how many were opened) and ``server.script`` (may be replaced while it runs).
    ``login`` asks for that user and password; ``tls`` offers STARTTLS; ``utf8`` offers SMTPUTF8.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        script: Script | None = None,
        *,
        port: int = 0,
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        utf8: bool = True,
    ) -> None:
        self.script = script
        self.messages: list[ReceivedMail] = []
        self.connections = 0
        self.login = login
        self._tls = tls
        self._utf8 = utf8
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((self.host, port))
        self.port: int = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._sessions: set[_Session] = set()
        self._is_listening = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._is_listening.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def drop_connections(self) -> None:
        """Every open connection is cut, as when a server restarts."""

        async def drop() -> None:
            for session in tuple(self._sessions):
                session.cut()

        asyncio.run_coroutine_threadsafe(drop(), self._loop).result()

    def answer(self, stage: str, about: str) -> str | None:
        """What the script says now."""
        return self.script(stage, about) if self.script else None

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._loop.create_server(self._session, sock=self._socket))
        self._loop.call_soon(self._is_listening.set)
        self._loop.run_forever()
        server.close()
        for session in tuple(self._sessions):
            session.cut()
        for task in (tasks := asyncio.all_tasks(self._loop)):
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    def _session(self) -> SMTP:
        options: dict[str, Any] = {}
        if self.login:
            options = {"authenticator": self._authenticate}
        return _Session(
            self,
            _Handler(self),
            hostname="mail.example.com",
            tls_context=self._tls,
            auth_require_tls=False,
            enable_SMTPUTF8=self._utf8,
            loop=self._loop,
            **options,
        )

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self.login, handled=False)


class _Session(SMTP):
    def __init__(self, owner: MailServer, *args: Any, **kwargs: Any) -> None:
        self.owner = owner
        super().__init__(*args, **kwargs)

    def connection_made(self, transport: Any) -> None:
        self.owner.connections += self not in self.owner._sessions  # STARTTLS calls this a second time
        self.owner._sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.owner._sessions.discard(self)
        super().connection_lost(error)

    def cut(self) -> None:
        transport: Any = self._original_transport or self.transport
        if transport is not None:
            transport.abort()


class _Handler:
    def __init__(self, owner: MailServer) -> None:
        self.owner = owner

    async def handle_EHLO(  # noqa: N802
        self, server: _Session, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        reply = self._scripted(server, "EHLO", hostname)
        return [reply] if reply else responses

    async def handle_MAIL(  # noqa: N802
        self, server: _Session, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self._scripted(server, "MAIL", address):
            return reply
        if self.owner.login and not session.authenticated:
            return "530 5.7.0 log in first"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 sender ok"

    async def handle_RCPT(  # noqa: N802
        self, server: _Session, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if reply := self._scripted(server, "RCPT", address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, server: _Session, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        answer = self.owner.answer("MESSAGE", str(message["Message-ID"]))
        if answer in (None, TAKE_AND_CUT):
            self.owner.messages.append(
                ReceivedMail(
                    envelope.mail_from or "", tuple(envelope.rcpt_tos), message, bytes(envelope.content)
                )
            )
        if answer in (CUT, TAKE_AND_CUT):
            server.cut()
        return answer or "250 2.0.0 taken"

    def _scripted(self, server: _Session, stage: str, about: str) -> str | None:
        answer = self.owner.answer(stage, about)
        if answer == CUT:
            server.cut()
            return "421 4.3.2 cut"
        return answer
