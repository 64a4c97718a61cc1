"""A WeCom application 企业微信应用: messages to single members, by a token that is asked for when needed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from notifications.answers import object_of, verdict_of
from notifications.card import Card
from notifications.channel import Budget, Channel, Envelope, Traits, Verdict
from notifications.http import Client, HttpAnswer
from notifications.kinds import ChannelConfig, ChannelKind, Network, Setting
from notifications.over_http import OverHttp
from notifications.paging import again_mark
from notifications.tokens import Tokens
from notifications.wecom_answers import STALE_TOKEN, errcode, judge
from notifications.wecom_markup import user_ids
from notifications.wecom_pages import APP_MARKDOWN_BYTES, Body, app_pages, body_of, size_of
from notifications.wecom_robot import BASE, HOST

COMPARED = 1800  # seconds in which WeCom drops the same request


class WecomApp(OverHttp):
    """Sends to one member, or to several parted by ``|``; never to everybody.

    WeCom drops a request that equals one of the last half hour and says success. That is no idempotency
    key: later the same request arrives again, and two messages that say the same count as one. So a repeat
    is marked 补发, and is what WeCom then compares. WeCom has no receipts: who is unknown to it or out of
    the application's sight is named in its answer (``invaliduser``), and nothing is heard of the others.
    """

    traits = Traits(
        budgets=(Budget(30, 60, per_address=True), Budget(1000, 3600, per_address=True)),
        merges=True,
        quiet_minutes=(0, 30),
    )

    def __init__(
        self, config: ChannelConfig, network: Network, clock: Callable[[], float] = time.monotonic
    ) -> None:
        secret = config.secrets.get("secret", "").strip()
        agent = config.value("agent_id").strip()
        corporation = config.value("corp_id").strip()
        self._name = config.name
        self._locale = config.locale
        self._base = config.value("base_url", BASE).rstrip("/")
        self._agent: int | str = int(agent) if agent.isdecimal() else agent
        login = f"corpid={quote(corporation, safe='')}&corpsecret={quote(secret, safe='')}"
        self._client = Client(network, (HOST,), (secret,))
        self._tokens = Tokens(
            self._client,
            lambda: self._client.get(f"{self._base}/cgi-bin/gettoken?{login}"),
            lambda answer: judge(answer, self._client, self._locale) or Verdict.accepted(),
            "access_token",
            "expires_in",
            clock,
            self._locale,
        )

    @property
    def name(self) -> str:
        """The name that settings use."""
        return self._name

    def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
        """A template card or pages of markdown; nobody is mentioned in a message that is theirs alone."""
        return app_pages(cards, self._locale)

    def send(self, envelope: Envelope) -> Verdict:
        """The verdict of one page; a token that WeCom no longer knows is renewed once."""
        people = user_ids(envelope.to_address.split("|"))
        if not people:
            return verdict_of("recipient_refused", self._locale)
        page = body_of(envelope.page, again_mark(self._locale) if envelope.again else "")
        if page is None:
            return verdict_of("message_refused", self._locale)
        body = page | {
            "touser": "|".join(people),
            "agentid": self._agent,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": COMPARED,
        }
        address = f"{self._base}/cgi-bin/message/send?access_token="
        answer = self._tokens.authorized(
            lambda token: self._client.post(address + quote(token, safe=""), json=body),
            lambda answer: errcode(object_of(answer)) in STALE_TOKEN,
        )
        return answer if isinstance(answer, Verdict) else self._judged(answer, body, people)

    def _judged(self, answer: HttpAnswer, body: Body, people: Sequence[str]) -> Verdict:
        too_big = size_of(body) > APP_MARKDOWN_BYTES
        if refusal := judge(answer, self._client, self._locale, is_too_big=too_big):
            return refusal
        said = object_of(answer) or {}
        words = self._client.redact(answer.body.decode(errors="replace"))
        refused = _refused(said, people)
        if not refused:
            return Verdict.accepted(words, ticket=str(said.get("msgid", "")))
        all_of_them = verdict_of("recipient_refused", self._locale, words)
        if len(refused) == len(people):
            return all_of_them
        return Verdict.partial(all_of_them.reason, refused, answer=words)


def _refused(said: Mapping[str, Any], people: Sequence[str]) -> tuple[str, ...]:
    """Those of the people whom WeCom did not send to: unknown, out of sight, or without a licence.

    It writes their ids in lower case.
    """
    named = f"{said.get('invaliduser') or ''}|{said.get('unlicenseduser') or ''}".lower().split("|")
    return tuple(one for one in people if one.lower() in named)


def _build(config: ChannelConfig, network: Network) -> Channel:
    return WecomApp(config, network)


KINDS = (
    ChannelKind(
        name="wecom-app",
        label="企业微信应用",
        settings=(
            Setting("corp_id", "企业 ID（CorpID）", example="ww1234567890abcdef"),
            Setting("agent_id", "应用 AgentId", example="1000002"),
            Setting("secret", "应用 Secret", secret=True),
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
