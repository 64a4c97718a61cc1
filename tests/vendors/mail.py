"""E-mail under the suite of all channels: a real SMTP server, refusing at each stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from notifications.channel import Channel, Envelope, VerdictKind
from notifications.email import EmailChannel, Security
from tests.channels_contract.harness import Case, Harness
from tests.notifications.envelopes import envelope
from tests.notifications.mail import server_context, settings
from tests.servers import CUT, TAKE_AND_CUT, MailServer, ReceivedMail

USER, PASSWORD = "canary-mail-user", "canary+mail/password"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server says at a stage, once; or what is set up otherwise."""

    stage: str = ""
    says: str = ""
    setup: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.stage} {self.says}"


class MailFake:
    """The server of the mail tests as the suite wants it; a script of replies, used up in order."""

    def __init__(self) -> None:
        self.script: list[Reply] = []
        self._server = MailServer(self._scripted, login=(USER, PASSWORD), tls=server_context())
        self.received: list[ReceivedMail] = self._server.messages
        self.host = self._server.host
        self.port = self._server.port

    @property
    def requests(self) -> list[ReceivedMail]:
        return self.received

    @property
    def connections(self) -> int:
        return self._server.connections

    def is_send(self, request: Any) -> bool:
        return True

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def _scripted(self, stage: str, _about: str) -> str | None:
        if self.script and self.script[0].stage == stage:
            return self.script.pop(0).says
        return None


def refused(stage: str, says: str, code: str) -> Case:
    return Case(f"{stage}: {says}", Reply(stage, says), code)


_MESSAGE_WAITS = (VerdictKind.TRANSIENT, False, False)
_CHANNEL_WAITS = (VerdictKind.TRANSIENT, False, True)


class MailHarness(Harness):
    name = "电子邮件"
    secrets = (USER, PASSWORD)
    is_chat = is_http = False
    stumbles = (
        Reply("RCPT", "450 4.2.1 busy"),
        Reply("RCPT", CUT),
        Reply("MESSAGE", CUT),
        Reply("MESSAGE", TAKE_AND_CUT),
        Reply("MAIL", "421 4.3.2 restarting"),
    )
    meanings: Mapping[str, tuple[VerdictKind, bool, bool]] = {
        "recipient_busy": _MESSAGE_WAITS,
        "message_busy": _MESSAGE_WAITS,
        "disconnected": _MESSAGE_WAITS,
        "sender_refused": _CHANNEL_WAITS,
        "policy_refused": _CHANNEL_WAITS,
        "login_refused": _CHANNEL_WAITS,
    }
    refusals = (
        Case("AUTH: wrong password", Reply(setup={"password": "canary+wrong/password"}), "login_refused"),
        Case("TLS: untrusted certificate", Reply(setup={"security": Security.STARTTLS}), "tls_failed"),
        Case("TLS: on a port without", Reply(setup={"security": Security.TLS}), "tls_failed"),
        refused("MAIL", "450 4.3.0 try later", "busy"),
        refused("MAIL", "550 5.1.8 bad sender", "sender_refused"),
        refused("MAIL", "550 5.7.1 client not allowed", "policy_refused"),
        refused("MAIL", "421 4.3.2 closing", "busy"),
        refused("RCPT", "450 4.2.1 mailbox busy", "recipient_busy"),
        refused("RCPT", "452 4.2.2 mailbox full", "recipient_busy"),
        refused("RCPT", "550 5.1.1 user unknown", "recipient_refused"),
        refused("RCPT", "552 5.2.2 over quota", "recipient_refused"),
        refused("RCPT", "554 5.7.1 relay access denied", "policy_refused"),
        refused("RCPT", "530 5.7.0 authentication required", "login_refused"),
        refused("RCPT", CUT, "disconnected"),
        refused("MESSAGE", "451 4.3.0 not now", "message_busy"),
        refused("MESSAGE", "450 4.7.1 too many messages", "rate_limited"),
        refused("MESSAGE", "552 5.3.4 message too big", "message_too_big"),
        refused("MESSAGE", "554 5.6.0 content refused", "message_refused"),
        refused("MESSAGE", CUT, "answer_lost"),
        refused("MESSAGE", TAKE_AND_CUT, "answer_lost"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._setup: dict[str, Any] = {"username": USER, "password": PASSWORD}

    def make_fake(self) -> MailFake:
        return MailFake()

    def channel(self) -> Channel:
        return EmailChannel(settings(self.fake.port, **self._setup))

    def envelope(self, **changes: Any) -> Envelope:
        return envelope(**changes)

    def will(self, answer: Reply) -> None:
        self._setup |= answer.setup
        if answer.stage:
            self.fake.script.append(answer)

    def stable(self, request: ReceivedMail) -> Any:
        return request.sender, request.recipients, request.raw


HARNESSES: tuple[type[Harness], ...] = (MailHarness,)
