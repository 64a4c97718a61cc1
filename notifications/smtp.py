"""One connection to an SMTP server: every way a conversation can end, as two exceptions with a stage."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Security(StrEnum):
    """How the connection is encrypted. ``none`` is a decision of the operator, never a fallback."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """Where and how mail leaves. Time limits in seconds.

    ``ca_file`` is a PEM file with the authority of an internal mail server, used instead of the
    system's. ``total_timeout`` bounds a whole conversation, however slowly the server talks; keep it
    below the lease of a delivery. ``locale`` is the language of the verdicts' sentences.
    """

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    total_timeout: float = 120.0
    helo_name: str | None = None
    ca_file: Path | None = None
    locale: str = "zh-CN"


class Stage(StrEnum):
    """How far a conversation got."""

    CONNECT = "connect"
    GREETING = "greeting"
    TLS = "tls"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"  # the command; nothing of the content has been sent
    CONTENT = "content"  # some of the content has been sent


_YES = range(200, 300)
_GO_ON = range(354, 355)


class Refused(Exception):  # noqa: N818 - it says what happened
    """The server answered no. ``code`` is -1 where the answer was not SMTP."""

    def __init__(self, stage: Stage, code: int, text: str) -> None:
        super().__init__(stage, code)
        self.stage, self.code, self.text = stage, code, text


class Lost(Exception):  # noqa: N818
    """There was no answer, or none that could be used; ``why`` is a verdict code."""

    def __init__(self, stage: Stage, why: str) -> None:
        super().__init__(stage, why)
        self.stage, self.why = stage, why


@dataclass(frozen=True, slots=True)
class Parcel:
    """A mail as bytes with its two envelope addresses; ``utf8`` where an address needs SMTPUTF8."""

    sender: str
    recipient: str
    content: bytes = field(repr=False)
    utf8: bool = False


class Connection:
    """A conversation with the server, connected by the first parcel and kept for the next."""

    def __init__(self, settings: EmailSettings) -> None:
        self.settings = settings
        self._smtp = smtplib.SMTP(local_hostname=settings.helo_name, timeout=settings.read_timeout)
        self._ready = False
        self._expired = False

    def send(self, parcel: Parcel) -> str:
        """The server's words of acceptance. Raises :class:`Refused` or :class:`Lost`."""
        with self._limited():
            self._connect_once()
            return self._hand_over(parcel)

    def check(self) -> None:
        """Connected, encrypted and logged in; nothing is sent. Raises like ``send``."""
        with self._limited():
            self._connect_once()

    def reset(self) -> None:
        """The transaction is forgotten and the connection can be used again. Raises like ``send``."""
        with self._limited():
            self._ask(Stage.SENDER, self._smtp.rset)

    def close(self) -> None:
        """The connection is gone, politely if the server still listens; never raises."""
        if self._ready and not self._expired and self._smtp.sock:
            with suppress(OSError):
                self._smtp.sock.settimeout(min(2.0, self.settings.read_timeout))
                self._smtp.quit()
        with suppress(OSError):
            self._smtp.close()

    def _connect_once(self) -> None:
        if self._ready:
            return
        settings = self.settings
        with self._told_at(Stage.CONNECT):
            address = (settings.host, settings.port)
            self._smtp.sock = socket.create_connection(address, settings.connect_timeout)
            self._smtp.sock.settimeout(settings.read_timeout)
        if settings.security is Security.TLS:
            self._encrypt()
        self._ask(Stage.GREETING, self._smtp.getreply)
        self._greet()
        if settings.security is Security.STARTTLS:
            self._start_tls()
        if settings.username:
            self._log_in()
        self._ready = True

    def _greet(self) -> None:
        with self._told_at(Stage.GREETING):
            self._smtp.ehlo_resp = self._smtp.helo_resp = None
            self._smtp.ehlo_or_helo_if_needed()

    def _start_tls(self) -> None:
        """smtplib's own starttls knows the host name only if its constructor connected."""
        if not self._smtp.has_extn("starttls"):
            raise Lost(Stage.TLS, "no_starttls")
        self._ask(Stage.TLS, lambda: self._smtp.docmd("STARTTLS"))
        self._encrypt()
        self._greet()

    def _encrypt(self) -> None:
        """Encrypted from here on; what was read in clear before is thrown away (RFC 3207)."""
        with self._told_at(Stage.TLS):
            assert self._smtp.sock is not None
            context = ssl.create_default_context(cafile=self.settings.ca_file)
            self._smtp.sock = context.wrap_socket(self._smtp.sock, server_hostname=self.settings.host)
            self._smtp.file = None

    def _log_in(self) -> None:
        if not self._smtp.has_extn("auth"):
            raise Lost(Stage.LOGIN, "no_login")
        with self._told_at(Stage.LOGIN):
            self._smtp.login(self.settings.username, self.settings.password)

    def _hand_over(self, parcel: Parcel) -> str:
        if parcel.utf8 and not self._smtp.has_extn("smtputf8"):
            raise Lost(Stage.SENDER, "no_smtputf8")
        options = ("SMTPUTF8", "BODY=8BITMIME") if parcel.utf8 else ()
        self._ask(Stage.SENDER, lambda: self._smtp.mail(parcel.sender, options))
        self._ask(Stage.RECIPIENT, lambda: self._smtp.rcpt(parcel.recipient))
        self._ask(Stage.DATA, lambda: self._smtp.docmd("DATA"), wanted=_GO_ON)
        return self._ask(Stage.CONTENT, lambda: self._send_content(parcel.content))

    def _send_content(self, content: bytes) -> tuple[int, bytes]:
        stuffed = content.replace(b"\r\n.", b"\r\n..")
        self._smtp.send(stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"))
        return self._smtp.getreply()

    def _ask(self, stage: Stage, command: Callable[[], tuple[int, bytes]], wanted: range = _YES) -> str:
        with self._told_at(stage):
            code, text = command()
        words = text.decode(errors="replace")
        if code not in wanted:
            raise Refused(stage, code, words)
        return f"{code} {words}"

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """The whole conversation ends in time, even with a server that sends a byte now and then."""
        timer = threading.Timer(self.settings.total_timeout, self._expire)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _expire(self) -> None:
        self._expired = True
        if self._smtp.sock:
            with suppress(OSError):
                self._smtp.sock.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def _told_at(self, stage: Stage) -> Iterator[None]:
        """Whatever smtplib, ssl or a socket raises becomes :class:`Refused` or :class:`Lost` at that stage."""
        try:
            yield
        except smtplib.SMTPResponseException as error:
            text = error.smtp_error
            words = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
            raise Refused(stage, error.smtp_code, words) from None
        except OSError as error:
            raise Lost(stage, "timeout" if self._expired else _why(error, stage)) from None
        except (ValueError, OverflowError):  # a host, user name or password that cannot be put on the wire
            raise Lost(stage, "unknown_host" if stage is Stage.CONNECT else "bad_login") from None


def _why(error: OSError, stage: Stage) -> str:
    # smtplib wraps a time-out of reading as SMTPServerDisconnected
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "timeout"
    if isinstance(error, socket.gaierror):
        return "unknown_host"
    if isinstance(error, ssl.SSLError) or stage is Stage.TLS:
        return "tls_failed"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "disconnected"
    return "no_login" if isinstance(error, smtplib.SMTPException) else "unreachable"
