"""A signed webhook: each message as a JSON object to an address of the office's own."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from json import dumps, loads
from typing import Any
from urllib.parse import quote

from engine.errors import DubanError
from notifications.answers import failed, judge_http, object_of, verdict_of
from notifications.card import Card
from notifications.channel import Budget, Channel, Envelope, Traits, Verdict
from notifications.http import Client, Failed, HttpAnswer
from notifications.kinds import ChannelConfig, ChannelKind, Network, Setting
from notifications.over_http import OverHttp
from notifications.webhook_pages import json_pages

MOST_BYTES = 60_000  # of a page, where nothing else is set up
_LEAST_BYTES = 2_000
_TICKETS = ("ticket", "id", "message_id", "messageId")


class Webhook(OverHttp):
    """POSTs to one address, signed as https://www.standardwebhooks.com has it; docs/channels.md has the fields.

    A repeat brings the same ``Idempotency-Key`` and the same bytes: the receiver knows it by them.
    """

    def __init__(self, config: ChannelConfig, network: Network) -> None:
        self._config = config
        self._clock = network.clock
        self._url = config.value("url")
        self._secret = config.secrets.get("secret", "")
        self._token = config.secrets.get("token", "")
        self._budgets()  # so that a number that is none is refused when it is set up
        self._limit = max(_LEAST_BYTES, number_of(config, "max_bytes") or MOST_BYTES)
        self._client = Client(network, (), (self._secret, self._token))

    @property
    def name(self) -> str:
        """The name that settings use."""
        return self._config.name

    @property
    def traits(self) -> Traits:
        """One message for each person, or for all of a group, as it was set up."""
        return Traits(
            needs_address=self._config.value("addressed") == "yes",
            budgets=self._budgets(),
            merges=bool(self._budgets()),
            repeats_safely=True,
        )

    def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
        """The cards as JSON."""
        return json_pages(cards, mentions, self._limit)

    def send(self, envelope: Envelope) -> Verdict:
        """The verdict of one page."""
        try:
            body = self._body(envelope)
        except ValueError:  # a page that this channel did not make
            return verdict_of("message_refused", self._config.locale)
        try:
            answer = self._client.post(self._url, body=body, headers=self._headers(envelope, body))
        except Failed as error:
            return failed(error, self._config.locale)
        return self._judge(answer)

    def _body(self, envelope: Envelope) -> bytes:
        return dumps(_fields(envelope), ensure_ascii=False).encode("utf-8", "replace")

    @property
    def _content_type(self) -> str:
        return "application/json; charset=utf-8"

    def _judge(self, answer: HttpAnswer) -> Verdict:
        """Any 2xx is an acceptance."""
        return judge_http(answer, self._client, self._config.locale) or self._accepted(answer)

    def _headers(self, envelope: Envelope, body: bytes) -> dict[str, str]:
        key = quote(part_key(envelope), safe=":/", errors="replace")
        timestamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": self._content_type,
            "Idempotency-Key": key,
            "Webhook-Id": key,
            "Webhook-Timestamp": timestamp,
            "Webhook-Signature": signature(self._secret, key, timestamp, body),
        }
        return headers | ({"Authorization": f"Bearer {self._token}"} if self._token else {})

    def _budgets(self) -> tuple[Budget, ...]:
        per_minute = number_of(self._config, "per_minute")
        return (Budget(per_minute, 60),) if per_minute else ()

    def _accepted(self, answer: HttpAnswer) -> Verdict:
        """Its ``ticket`` or ``id`` is the message's name there."""
        said = self._client.redact(answer.body.decode(errors="replace"))
        return Verdict.accepted(said, ticket=ticket_of(answer))


def part_key(envelope: Envelope) -> str:
    """The key of one page of a message: a repeat of that page has the same."""
    return f"{envelope.key}/{envelope.part}" if envelope.parts > 1 else envelope.key


def signature(secret: str, key: str, timestamp: str, body: bytes) -> str:
    """``v1,`` and the base64 of HMAC-SHA256 over key, seconds since 1970 and body, parted by dots.

    A secret ``whsec_…`` is base64 of the key to sign with, as Standard Webhooks has it; any other is the key.
    """
    signed = f"{key}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def ticket_of(answer: HttpAnswer, names: Sequence[str] = _TICKETS) -> str:
    """What the far end calls the message, if its answer says so; at most 200 characters."""
    said = object_of(answer) or {}
    found = (said.get(name) for name in names)
    return next((str(one)[:200] for one in found if isinstance(one, str | int) and str(one)), "")


def _key(secret: str) -> bytes:
    prefix, _, coded = secret.partition("_")
    if prefix == "whsec":
        try:
            return base64.b64decode(coded, validate=True)
        except ValueError:
            pass
    return secret.encode()


def _fields(envelope: Envelope) -> dict[str, Any]:
    """Nothing that another attempt would have otherwise. Raises ``ValueError`` for a page of another channel."""
    page = loads(envelope.page or "{}")
    if not isinstance(page, dict):
        raise ValueError("no page of this channel")
    return {
        "version": 1,
        "key": envelope.key,
        "channel": envelope.channel,
        "to": {"address": envelope.to_address, "name": envelope.to_name},
        "subject": envelope.subject,
        "locale": envelope.locale,
        "dated": envelope.dated.isoformat(),
        **page,
    }


def number_of(config: ChannelConfig, name: str) -> int:
    """The number that was set up; 0 if none was. Raises DubanError CHANNEL_SETTING."""
    text = config.value(name, "0")
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise DubanError("CHANNEL_SETTING", f"渠道设置 {name} 应是一个整数：请改正。")


def _build(config: ChannelConfig, network: Network) -> Channel:
    return Webhook(config, network)


SIGNED_SETTINGS = (
    Setting("url", "接收地址", example="https://gateway.example.com/duban"),
    Setting("secret", "签名密钥", secret=True),
    Setting("token", "访问令牌（Bearer）", is_required=False, secret=True),
)
WEBHOOK = ChannelKind(
    name="webhook",
    label="签名网络回调",
    settings=(
        *SIGNED_SETTINGS,
        Setting("addressed", "按人投递（yes 或 no）", is_required=False, default="no", example="yes"),
        Setting("per_minute", "每分钟最多几条", is_required=False, example="60"),
        Setting("max_bytes", "每条最多多少字节", is_required=False, default=str(MOST_BYTES)),
    ),
    build=_build,
)
KINDS: tuple[ChannelKind, ...] = (WEBHOOK,)
