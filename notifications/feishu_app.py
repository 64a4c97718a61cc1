"""飞书应用: cards to a person through an application of one's own, and whether they were read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from engine.errors import DubanError
from notifications.answers import object_of, verdict_of
from notifications.card import Card
from notifications.channel import Answer, Budget, Channel, Envelope, Receipt, Traits, Verdict, VerdictKind
from notifications.feishu import BASE_URL, HOSTS, JSON, TOKEN_ENDED, code_of, judge
from notifications.feishu_pages import Form, compact, feishu_pages, load, nested_size, repeated
from notifications.http import Client, HttpAnswer
from notifications.kinds import ChannelConfig, ChannelKind, Network, Setting
from notifications.over_http import OverHttp
from notifications.tokens import Tokens

BODY_LIMIT = 24_000  # of 30 KB by the vendor, who counts markup for more than it takes
ADDRESS_MOST = 254
ID_TYPES = ("open_id", "user_id", "union_id", "email")
# The vendor knows a repeat by its uuid for an hour; one that comes later would arrive a second time, so it is
# not relied upon: a repeat bears the uuid, and the mark of a repeat.
TRAITS = Traits(
    budgets=(Budget(5, 1, per_address=True), Budget(50, 1), Budget(1_000, 60)),
    repeats_safely=False,
    has_receipts=True,
)
TOKEN = "/open-apis/auth/v3/tenant_access_token/internal"
_LONGEST_FRAME = {
    "receive_id": "0" * ADDRESS_MOST,
    "msg_type": "interactive",
    "content": "",
    "uuid": "0" * 40,
}


class FeishuApp(OverHttp):
    """An application: an envelope's address is a person, by the kind of id that is set up."""

    traits = TRAITS

    def __init__(self, config: ChannelConfig, network: Network) -> None:
        self.name = config.name
        self._locale = config.locale
        self._base = config.value("base_url", BASE_URL).rstrip("/")
        kind = config.value("receive_id_type", ID_TYPES[0])
        if kind not in ID_TYPES:
            raise DubanError(
                "CHANNEL_SETTING",
                f"飞书没有“{kind}”这种账号：receive_id_type 请写 {'、'.join(ID_TYPES)} 之一。",
            )
        self._address = f"{self._base}/open-apis/im/v1/messages?receive_id_type={kind}"
        secret = config.secrets["app_secret"]
        self._client = Client(network, HOSTS, (secret,))
        login = {"app_id": config.value("app_id"), "app_secret": secret}
        self._tokens = Tokens(
            self._client,
            lambda: self._client.post(f"{self._base}{TOKEN}", json=login),
            lambda answer: judge(answer, self._client, self._locale),
            "tenant_access_token",
            "expire",
            lambda: network.clock().timestamp(),
            self._locale,
        )
        self._form = Form(BODY_LIMIT - len(compact(_LONGEST_FRAME)), nested_size, locale=config.locale)

    def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
        """The cards as bodies within the vendor's limit."""
        return feishu_pages(cards, mentions, self._form)

    def send(self, envelope: Envelope) -> Verdict:
        """The verdict of one attempt at one page for one person."""
        card = load(envelope.page)
        if card is None:
            return verdict_of("message_refused", self._locale)
        if not envelope.to_address or len(envelope.to_address) > ADDRESS_MOST:
            return verdict_of("recipient_refused", self._locale)
        body = {
            "receive_id": envelope.to_address,
            "msg_type": "interactive",
            "content": compact(repeated(card, self._locale) if envelope.again else card),
            "uuid": uuid_of(envelope),
        }
        content = compact(body).encode("utf-8", "replace")
        answer = self._authorized(
            lambda headers: self._client.post(self._address, body=content, headers={**JSON, **headers})
        )
        return self._ticketed(answer, envelope) if isinstance(answer, HttpAnswer) else answer

    def receipts(self, ticket: str) -> tuple[Receipt, ...] | None:
        """Whether the person has read it; empty when the vendor refuses to say so of this message, as after
        seven days; ``None`` when it does not answer."""
        message_id, _, person = ticket.partition("/")
        url = f"{self._base}/open-apis/im/v1/messages/{quote(message_id, safe='')}/read_users"
        answer = self._authorized(
            lambda headers: self._client.get(f"{url}?user_id_type=open_id&page_size=20", headers=headers)
        )
        if not isinstance(answer, HttpAnswer):
            return None
        verdict = judge(answer, self._client, self._locale)
        if not verdict.is_accepted:
            return () if verdict.kind is VerdictKind.PERMANENT and not verdict.channel_fault else None
        readers = _data(answer).get("items")
        return (Receipt(person, Answer.READ if readers else Answer.UNREAD),)

    def _authorized(self, call: Callable[[Mapping[str, str]], HttpAnswer]) -> HttpAnswer | Verdict:
        return self._tokens.authorized(
            lambda token: call({"Authorization": f"Bearer {token}"}),
            lambda answer: code_of(object_of(answer) or {}) in TOKEN_ENDED,
        )

    def _ticketed(self, answer: HttpAnswer, envelope: Envelope) -> Verdict:
        verdict = judge(answer, self._client, self._locale)
        message_id = _data(answer).get("message_id") if verdict.is_accepted else None
        if not isinstance(message_id, str) or not message_id:
            return verdict
        return Verdict.accepted(verdict.answer, ticket=f"{message_id}/{envelope.to_address}")


def uuid_of(envelope: Envelope) -> str:
    """By what the vendor knows a repeat within an hour: the same key and part give the same 40 characters."""
    return hashlib.sha256(f"{envelope.key}/{envelope.part}".encode()).hexdigest()[:40]


def _data(answer: HttpAnswer) -> Mapping[str, Any]:
    data = (object_of(answer) or {}).get("data")
    return data if isinstance(data, dict) else {}


def build(config: ChannelConfig, network: Network) -> Channel:
    """The application as set up; nothing is contacted. Raises DubanError CHANNEL_SETTING."""
    return FeishuApp(config, network)


KINDS = (
    ChannelKind(
        "feishu-app",
        "飞书应用",
        (
            Setting("app_id", "App ID", example="cli_a1b2c3"),
            Setting("app_secret", "App Secret", secret=True),
            Setting(
                "receive_id_type",
                "联系人的账号是哪一种：open_id、user_id、union_id 或 email",
                is_required=False,
                default="open_id",
            ),
            Setting(
                "base_url",
                "服务地址（Lark：https://open.larksuite.com）",
                is_required=False,
                default=BASE_URL,
            ),
        ),
        build,
        HOSTS,
    ),
)
