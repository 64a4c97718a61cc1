"""WeCom's group robot 企业微信群机器人: one key, one group, 20 messages a minute."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs, quote, urlsplit

from notifications.answers import failed, verdict_of
from notifications.card import Card
from notifications.channel import Budget, Channel, Envelope, Traits, Verdict
from notifications.http import Client, Failed
from notifications.kinds import ChannelConfig, ChannelKind, Network, Setting
from notifications.over_http import OverHttp
from notifications.paging import again_mark
from notifications.wecom_answers import judge
from notifications.wecom_pages import ROBOT_MARKDOWN_BYTES, TEXT_BYTES, Body, body_of, robot_pages, size_of

BASE = "https://qyapi.weixin.qq.com"
HOST = "qyapi.weixin.qq.com"


class WecomRobot(OverHttp):
    """Sends to one group. WeCom knows no repeats, so a repeat is marked 补发."""

    traits = Traits(needs_address=False, budgets=(Budget(20, 60),), merges=True)

    def __init__(self, config: ChannelConfig, network: Network) -> None:
        key = _key(config.secrets.get("key", ""))
        base = config.value("base_url", BASE).rstrip("/")
        self._name = config.name
        self._locale = config.locale
        self._url = f"{base}/cgi-bin/webhook/send?key={quote(key, safe='')}"
        self._client = Client(network, (HOST,), (key,))

    @property
    def name(self) -> str:
        """The name that settings use."""
        return self._name

    def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
        """A template card or pages of markdown; ``text`` where somebody is to be called by mobile number."""
        return robot_pages(cards, mentions, self._locale)

    def send(self, envelope: Envelope) -> Verdict:
        """The verdict of one page."""
        body = body_of(envelope.page, again_mark(self._locale) if envelope.again else "")
        if body is None:
            return verdict_of("message_refused", self._locale)
        try:
            answer = self._client.post(self._url, json=body)
        except Failed as error:
            return failed(error, self._locale)
        refusal = judge(answer, self._client, self._locale, is_too_big=_is_too_big(body))
        return refusal or Verdict.accepted(self._client.redact(answer.body.decode(errors="replace")))


def _is_too_big(body: Body) -> bool:
    most = TEXT_BYTES if body.get("msgtype") == "text" else ROBOT_MARKDOWN_BYTES
    return size_of(body) > most


def _key(entered: str) -> str:
    """The key, also where people enter the whole address that WeCom shows them."""
    entered = entered.strip()
    return (parse_qs(urlsplit(entered).query).get("key") or [entered])[0]


def _build(config: ChannelConfig, network: Network) -> Channel:
    return WecomRobot(config, network)


KINDS = (
    ChannelKind(
        name="wecom-robot",
        label="企业微信群机器人",
        settings=(
            Setting("key", "机器人 Webhook 地址中的 key（也可以填整个地址）", secret=True),
            Setting(
                "base_url",
                "接口地址（经网关或政务微信时填写）",
                is_required=False,
                default=BASE,
                example=BASE,
            ),
        ),
        build=_build,
        hosts=(HOST,),
    ),
)
