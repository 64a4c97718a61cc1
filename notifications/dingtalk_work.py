"""钉钉工作通知: an application's messages to people, with what became of them asked for later."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from notifications.answers import object_of, verdict_of
from notifications.card import Card
from notifications.channel import Answer, Budget, Channel, Envelope, Receipt, Traits, Verdict
from notifications.dingtalk import BASE_URL, HOSTS, JSON, TOKEN_ENDED, code_of, judge
from notifications.dingtalk_pages import Form, Page, paginate
from notifications.http import Client, HttpAnswer
from notifications.kinds import ChannelConfig, ChannelKind, Network, Setting
from notifications.over_http import OverHttp
from notifications.tokens import Tokens
from notifications.words import known_locale, say

MESSAGE_LIMIT = 2048  # bytes of ``msg``
MOST_PEOPLE = 100
A_DAY = 86_400
LOGIN = ("appkey", "appsecret")
SEND = "/topapi/message/corpconversation/asyncsend_v2"
RESULT = "/topapi/message/corpconversation/getsendresult"
TRAITS = Traits(budgets=(Budget(500, A_DAY, per_address=True),), has_receipts=True)
_NUMBER = {"zh-CN": "\n\n> 编号 {on}-{number}", "en": "\n\n> No. {on}-{number}"}
_CODE = {"zh-CN": "（{}）", "en": " ({})"}
_REASONS = ("invalid", "forbidden", "failed", "repeated")
_REPEATED = ("143106", "143206")


class DingTalkWork(OverHttp):
    """Work notifications of one application; an envelope's address is a user's id there, or several.

    DingTalk delivers the same content to the same person once a day and says nothing about the rest, so
    that every page ends with a number of its own.
    """

    traits = TRAITS

    def __init__(self, config: ChannelConfig, network: Network) -> None:
        self.name = config.name
        self._locale = config.locale
        self._clock = network.clock
        self._base = config.value("base_url", BASE_URL).rstrip("/")
        self._agent = config.value("agent_id")
        self._app = (config.value("app_key"), config.secrets["app_secret"])
        self._form = Form(MESSAGE_LIMIT, self._measure, config.locale)
        self._client = Client(network, HOSTS, (self._app[1],))
        login = "&".join(f"{name}={quote(one, safe='')}" for name, one in zip(LOGIN, self._app, strict=True))
        self._tokens = Tokens(
            self._client,
            lambda: self._client.get(f"{self._base}/gettoken?{login}"),
            lambda answer: judge(answer, self._client, self._locale, self._clock()),
            "access_token",
            "expires_in",
            lambda: self._clock().timestamp(),
            self._locale,
        )

    def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
        """The cards as messages of at most 2,048 bytes; a message to a person calls nobody."""
        return tuple(page.to_json() for page in paginate(cards, (), self._form))

    def send(self, envelope: Envelope) -> Verdict:
        """The verdict of one attempt; the ticket is the vendor's number of the task."""
        people = [one for one in re.split(r"[,|\s]+", envelope.to_address) if one]
        if not 1 <= len(people) <= MOST_PEOPLE:
            return verdict_of("recipient_refused", self._locale)
        try:
            page = Page.from_json(envelope.page)
        except ValueError:
            return verdict_of("message_refused", self._locale)
        shown = page.marked_again(self._locale) if envelope.again else page
        message = _message(_numbered(shown, envelope, self._locale))
        answer = self._ask(SEND, {"userid_list": ",".join(people), "msg": message})
        if isinstance(answer, Verdict):
            return answer
        verdict = judge(answer, self._client, self._locale, self._clock())
        task = (object_of(answer) or {}).get("task_id", "")
        return replace(verdict, ticket=str(task)) if verdict.is_accepted else verdict

    def receipts(self, ticket: str) -> tuple[Receipt, ...] | None:
        """What is known now of a task, by person; empty while it is under way."""
        answer = self._ask(RESULT, {"task_id": int(ticket) if ticket.isdigit() else ticket})
        if isinstance(answer, Verdict):
            return None
        said = object_of(answer) if answer.status == 200 else None
        if said is None or code_of(said) != 0 or not isinstance(said.get("send_result"), dict):
            return None
        return tuple(_receipts(said["send_result"], self._locale))

    def _ask(self, path: str, fields: Mapping[str, Any]) -> HttpAnswer | Verdict:
        """The answer to a call of the application, or why there is none."""
        agent = int(self._agent) if self._agent.isdigit() else self._agent
        body = _bytes({"agent_id": agent, **fields})
        address = f"{self._base}{path}?access_token="
        return self._tokens.authorized(
            lambda token: self._client.post(address + quote(token, safe=""), body=body, headers=JSON),
            lambda answer: code_of(object_of(answer) or {}) in TOKEN_ENDED,
        )

    def _measure(self, page: Page) -> int:
        widest = (
            f"{page.text}{_NUMBER[known_locale(self._locale)].format(on='2024-01-01', number='12345678-999')}"
        )
        return len(_bytes(_message(replace(page, text=widest).marked_again(self._locale))))


def _numbered(page: Page, envelope: Envelope, locale: str) -> Page:
    """The page with date and number: no two messages have the same, and each part has its own."""
    number = hashlib.sha256(envelope.key.encode()).hexdigest()[:8]
    part = f"{number}-{envelope.part}" if envelope.parts > 1 else number
    line = _NUMBER[known_locale(locale)].format(on=envelope.dated.date().isoformat(), number=part)
    return replace(page, text=page.text + line)


def _message(page: Page) -> dict[str, Any]:
    if page.button:
        words, address = page.button
        shown = {"title": page.title, "markdown": page.text, "single_title": words, "single_url": address}
        return {"msgtype": "action_card", "action_card": shown}
    return {"msgtype": "markdown", "markdown": {"title": page.title, "text": page.text}}


def _receipts(result: Mapping[str, Any], locale: str) -> Iterator[Receipt]:
    """Each person once; a refusal counts more than what else is said of them."""
    reasons = {word: say(locale, f"receipt.dingtalk.{word}") for word in _REASONS}
    limits = {str(one.get("userid")): str(one.get("code", "")) for one in result.get("forbidden_list") or ()}
    kept_back = [*_people(result, "forbidden"), *limits]
    # Contents are the message's own: what came before can only be an earlier attempt at it.
    repeated = [one for one in kept_back if limits.get(one) in _REPEATED]
    told = [Receipt(one, Answer.REFUSED, reasons["invalid"]) for one in _people(result, "invalid")]
    for one in kept_back:
        if one not in repeated:
            reason = reasons["forbidden"] + _CODE[known_locale(locale)].format(limits.get(one) or "-")
            told.append(Receipt(one, Answer.REFUSED, reason, of_person=False))
    failed_ones = _people(result, "failed")
    told += [Receipt(one, Answer.REFUSED, reasons["failed"], of_person=False) for one in failed_ones]
    told += [Receipt(one, Answer.READ) for one in _people(result, "read")]
    told += [Receipt(one, Answer.UNREAD) for one in _people(result, "unread")]
    told += [Receipt(one, Answer.ACCEPTED, reasons["repeated"]) for one in repeated]
    yield from {one.person: one for one in reversed(told)}.values()


def _people(result: Mapping[str, Any], kind: str) -> list[str]:
    return [str(one) for one in result.get(f"{kind}_user_id_list") or ()]


def _bytes(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def build(config: ChannelConfig, network: Network) -> Channel:
    """The application as set up; nothing is contacted."""
    return DingTalkWork(config, network)


KINDS = (
    ChannelKind(
        "dingtalk-work",
        "钉钉工作通知",
        (
            Setting("app_key", "应用的 AppKey"),
            Setting("app_secret", "应用的 AppSecret", secret=True),
            Setting("agent_id", "应用的 AgentId", example="1234567890"),
            Setting("base_url", "服务地址", is_required=False, default=BASE_URL),
        ),
        build,
        HOSTS,
    ),
)
