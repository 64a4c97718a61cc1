"""钉钉群机器人: signed calls of a custom robot, at most 20 a minute."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, quote_plus

from notifications.answers import failed, verdict_of
from notifications.card import Card
from notifications.channel import Budget, Channel, Envelope, Traits, Verdict
from notifications.dingtalk import BASE_URL, HOSTS, JSON, judge
from notifications.dingtalk_pages import Form, Page, paginate
from notifications.http import Client, Failed
from notifications.kinds import ChannelConfig, ChannelKind, Network, Setting
from notifications.over_http import OverHttp

BODY_LIMIT = 20_000  # bytes of the whole body; more is answered with 460101
TRAITS = Traits(needs_address=False, budgets=(Budget(20, 60),), merges=True)


class DingTalkRobot(OverHttp):
    """A custom robot of one group; an envelope's address and mentions are the people to call there."""

    traits = TRAITS

    def __init__(self, config: ChannelConfig, network: Network) -> None:
        self.name = config.name
        self._locale = config.locale
        self._clock = network.clock
        self._base = config.value("base_url", BASE_URL).rstrip("/")
        self._token = config.secrets["access_token"]
        self._secret = config.secrets.get("secret", "")
        self._form = Form(BODY_LIMIT, self._measure, config.locale, config.listed("keywords"))
        self._client = Client(network, HOSTS, (self._token, self._secret))

    def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
        """The cards as bodies of at most 20,000 bytes, each with one of the robot's keywords."""
        return tuple(page.to_json() for page in paginate(cards, mentions, self._form))

    def send(self, envelope: Envelope) -> Verdict:
        """The verdict of one attempt at one page."""
        try:
            page = Page.from_json(envelope.page)
        except ValueError:
            return verdict_of("message_refused", self._locale)
        body = _body(page.marked_again(self._locale) if envelope.again else page)
        try:
            answer = self._client.post(self._address(), body=_bytes(body), headers=JSON)
        except Failed as error:
            return failed(error, self._locale)
        return judge(answer, self._client, self._locale, self._clock())

    def _address(self) -> str:
        address = f"{self._base}/robot/send?access_token={quote(self._token, safe='')}"
        if not self._secret:
            return address
        moment = str(round(self._clock().timestamp() * 1000))
        return f"{address}&timestamp={moment}&sign={quote_plus(signature(moment, self._secret))}"

    def _measure(self, page: Page) -> int:
        return len(_bytes(_body(page.marked_again(self._locale))))


def signature(moment: str, secret: str) -> str:
    """The signature of a call at that moment (milliseconds), still to be encoded for the address, once."""
    digest = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _body(page: Page) -> dict[str, Any]:
    if page.button:
        words, address = page.button
        shown = {"title": page.title, "text": page.text, "singleTitle": words, "singleURL": address}
        return {"msgtype": "actionCard", "actionCard": shown}
    at = {"atMobiles": page.mobiles, "atUserIds": page.users, "isAtAll": False}
    return {"msgtype": "markdown", "markdown": {"title": page.title, "text": page.text}, "at": at}


def _bytes(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def build(config: ChannelConfig, network: Network) -> Channel:
    """The robot as set up; nothing is contacted."""
    return DingTalkRobot(config, network)


KINDS = (
    ChannelKind(
        "dingtalk-robot",
        "钉钉群机器人",
        (
            Setting("access_token", "Webhook 地址中的 access_token", secret=True),
            Setting("secret", "加签密钥（以 SEC 开头）", is_required=False, secret=True),
            Setting("keywords", "自定义关键词，以逗号分隔", is_required=False, example="督办"),
            Setting("base_url", "服务地址", is_required=False, default=BASE_URL),
        ),
        build,
        HOSTS,
    ),
)
