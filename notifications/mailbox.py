"""The mailbox in which answers arrive, over IMAP; reading marks nothing until the answers are stored."""

from __future__ import annotations

import imaplib
import re
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import DubanError
from notifications.smtp import Security

MAX_MAIL = 2_000_000  # bytes; a larger mail is no short answer, only its beginning is read


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """Where the mailbox is. Times in seconds; ``ca_file`` for a certificate authority of one's own."""

    host: str
    port: int = 993
    security: Security = Security.TLS
    username: str = ""
    password: str = ""
    folder: str = "INBOX"
    timeout: float = 30.0
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Reads what is unread, oldest first. Raises DubanError MAILBOX_FAILED, without secrets."""

    settings: MailboxSettings

    @contextmanager
    def opened(self) -> Iterator[OpenMailbox]:
        """The folder, logged in; closed afterwards."""
        try:
            client = self._connect()
            try:
                client.login(self.settings.username, self.settings.password)
                _asked(client.select(_quoted(self.settings.folder)))
                yield OpenMailbox(client)
            finally:
                with suppress(OSError, imaplib.IMAP4.error):
                    client.logout()
        except (OSError, imaplib.IMAP4.error, EOFError, UnicodeError) as error:
            raise DubanError(
                "MAILBOX_FAILED",
                f"读不到回复邮箱 {self.settings.host}（{_why(error)}）：请检查配置项 imap，稍后会自动重试。",
                retry=True,
            ) from None

    def _connect(self) -> imaplib.IMAP4:
        wanted = self.settings
        context = ssl.create_default_context(cafile=str(wanted.ca_file) if wanted.ca_file else None)
        if wanted.security is Security.TLS:
            return imaplib.IMAP4_SSL(wanted.host, wanted.port, ssl_context=context, timeout=wanted.timeout)
        client = imaplib.IMAP4(wanted.host, wanted.port, timeout=wanted.timeout)
        if wanted.security is Security.STARTTLS:
            client.starttls(context)
        return client


@dataclass(frozen=True, slots=True)
class OpenMailbox:
    """A folder in use."""

    client: imaplib.IMAP4

    def unread(self, limit: int = 200) -> list[str]:
        """The ids of unread mails, oldest first."""
        found = _asked(self.client.uid("SEARCH", "UNSEEN"))
        ids = b" ".join(part for part in found if isinstance(part, bytes)).split()
        return [one.decode("ascii") for one in ids][:limit]

    def read(self, uid: str) -> bytes:
        """The mail's bytes; empty if it is gone."""
        parts = _asked(self.client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MAX_MAIL}>)"))
        return next((part[1] for part in parts if isinstance(part, tuple)), b"")

    def mark_read(self, uid: str) -> None:
        """The mail is not unread any more."""
        _asked(self.client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))


def _asked(answer: tuple[str, list[Any]]) -> list[Any]:
    word, data = answer
    if word != "OK":
        raise imaplib.IMAP4.error(word)
    return data


def _quoted(folder: str) -> str:
    """The folder's name as RFC 3501 §5.1.3 writes it (modified UTF-7), in quotation marks."""
    named = re.sub(r"[^\x20-\x7e]+", _shifted, folder.replace("&", "&-"))
    escaped = named.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _shifted(run: re.Match[str]) -> str:
    coded = b64encode(run[0].encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",")
    return f"&{coded}-"


def _why(error: Exception) -> str:
    """What went wrong in words that hold no secret: a server may repeat what it was told."""
    if isinstance(error, ssl.SSLError):
        return "加密连接失败"
    if isinstance(error, TimeoutError):
        return "没有应答"
    if isinstance(error, imaplib.IMAP4.error):
        return "服务器拒绝"
    if isinstance(error, UnicodeError):
        return "用户名或密码含有邮箱协议不能传送的字符"
    return getattr(error, "strerror", None) or "连接中断"
