"""飞书群机器人: cards to a group through a custom robot, signed, with its keyword."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from notifications.answers import failed, verdict_of
from notifications.card import Card
from notifications.channel import Budget, Channel, Envelope, Traits, Verdict
from notifications.feishu import BASE_URL, HOSTS, JSON, judge
from notifications.feishu_pages import Form, compact, feishu_pages, load, repeated
from notifications.http import Client, Failed
from notifications.kinds import ChannelConfig, ChannelKind, Network, Setting
from notifications.over_http import OverHttp

BODY_LIMIT = 20_000  # bytes of the whole body, by the vendor
TRAITS = Traits(
    needs_address=False,
    budgets=(Budget(100, 60), Budget(5, 1)),
    merges=True,
    quiet_minutes=(0, 30),
)
_LONGEST_FRAME = {"timestamp": "0" * 12, "sign": "0" * 44, "msg_type": "interactive", "card": 0}


class FeishuRobot(OverHttp):
    """A custom robot of one group; an envelope's mentions are the people to call there, by open_id or user_id."""

    traits = TRAITS

    def __init__(self, config: ChannelConfig, network: Network) -> None:
        self.name = config.name
        self._locale = config.locale
        self._clock = network.clock
        token = config.secrets["token"].strip().rstrip("/").rsplit("/", 1)[-1]  # or the whole address
        self._secret = config.secrets.get("secret", "")
        base = config.value("base_url", BASE_URL).rstrip("/")
        self._address = f"{base}/open-apis/bot/v2/hook/{quote(token, safe='')}"
        self._form = Form(
            BODY_LIMIT - len(compact(_LONGEST_FRAME)),
            keywords=config.listed("keywords"),
            locale=config.locale,
        )
        self._client = Client(network, HOSTS, (token, self._secret))

    def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
        """The cards as bodies of at most 20,000 bytes, each with one of the robot's keywords."""
        return feishu_pages(cards, mentions, self._form)

    def send(self, envelope: Envelope) -> Verdict:
        """The verdict of one attempt at one page."""
        card = load(envelope.page)
        if card is None:
            return verdict_of("message_refused", self._locale)
        if envelope.again:
            card = repeated(card, self._locale)
        body = compact({**self._signed(), "msg_type": "interactive", "card": card})
        try:
            answer = self._client.post(self._address, body=body.encode(), headers=JSON)
        except Failed as error:
            return failed(error, self._locale)
        return judge(answer, self._client, self._locale)

    def _signed(self) -> dict[str, Any]:
        if not self._secret:
            return {}
        moment = str(int(self._clock().timestamp()))
        return {"timestamp": moment, "sign": signature(moment, self._secret)}


def signature(moment: str, secret: str) -> str:
    """The signature of a call at that moment (seconds): the key is both, and nothing is signed with it."""
    digest = hmac.new(f"{moment}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def build(config: ChannelConfig, network: Network) -> Channel:
    """The robot as set up; nothing is contacted."""
    return FeishuRobot(config, network)


KINDS = (
    ChannelKind(
        "feishu-robot",
        "飞书群机器人",
        (
            Setting("token", "Webhook 地址（或其末尾的令牌）", secret=True),
            Setting("secret", "签名校验的密钥", is_required=False, secret=True),
            Setting("keywords", "自定义关键词，以逗号分隔", is_required=False, example="督办"),
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
