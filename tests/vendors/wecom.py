"""WeCom's robot and application on the loopback address: they refuse what WeCom refuses, with HTTP 200."""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from notifications import wecom_app, wecom_robot
from notifications.channel import Channel, Envelope
from notifications.kinds import ChannelConfig
from tests.channels_contract.fake import Answer, FakeVendor, Request
from tests.channels_contract.harness import Case, Harness, envelope
from tests.vendors.wecom_client import seen

KEY = "canary-693axxx6-7aoc-4bc4"
CORPORATION = "ww0000000000000001"
SECRET = "canary_app_secret+/=1"
AGENT = 1000002
ROBOT, APP = wecom_robot.KINDS[0], wecom_app.KINDS[0]
WORDS = {
    0: "ok",
    -1: "system busy",
    40001: "invalid credential",
    40003: "invalid userid",
    40013: "invalid corpid",
    40014: "invalid access_token",
    40033: "invalid charset",
    40056: "invalid agentid",
    40058: "invalid Request Parameter",
    41001: "access_token missing",
    42001: "access_token expired",
    44004: "content is empty",
    45002: "content size out of limit",
    45009: "api freq out of limit",
    45033: "too many calls at once",
    48002: "api forbidden",
    50003: "app is disabled",
    60011: "no privilege to this user",
    60111: "userid not found",
    60020: "not allow to access from your ip",
    81013: "user & party & tag all invalid",
    82001: "all recipients invalid",
    93000: "invalid webhook url",
    301002: "not allow operate another agent with this accesstoken",
}


def said(code: int, words: str = "", **more: Any) -> Answer:
    """What WeCom writes: code, words, and for a refusal from where the call came."""
    message = words or WORDS.get(code, "error")
    if code:
        message += f", hint: [1700000000_1_aa], from ip: 203.0.113.9, more info at https://open.example.com/?e={code}"
    return Answer({"errcode": code, "errmsg": message, **more})


@dataclass(slots=True)
class Window:
    """When something was taken, to be counted by the minute and the hour."""

    times: list[datetime] = field(default_factory=list)

    def within(self, now: datetime, seconds: int) -> int:
        return sum(1 for time in self.times if now - time < timedelta(seconds=seconds))


class _WeCom(FakeVendor):
    """What robot and application refuse alike: the body."""

    text_bytes = 2048
    markdown_bytes = 4096

    def refusal_of(self, request: Request) -> Answer | None:
        if re.search(rb"\\u[0-9a-fA-F]{4}", request.body):
            return said(40033)
        try:
            body = request.json()
        except ValueError:
            return said(40058, "wrong json format")
        kind = body.get("msgtype")
        if kind == "template_card":
            return _card_refusal(body.get(kind, {}))
        limits = {"text": self.text_bytes, "markdown": self.markdown_bytes}
        if kind not in limits:
            return said(40058)
        content = body.get(kind, {}).get("content", "")
        if not content:
            return said(44004)
        if len(content.encode()) > limits[kind]:
            return self.too_long(kind, limits[kind])
        return None

    @abstractmethod
    def too_long(self, kind: str, most: int) -> Answer:
        """How it says that a content is."""


def _card_refusal(card: dict[str, Any]) -> Answer | None:
    """Why a text_notice would not be shown as a whole; WeCom itself only advises the lengths."""
    title, jumps, action = card.get("main_title", {}), card.get("jump_list", []), card.get("card_action", {})
    good = (
        card.get("card_type") == "text_notice"
        and 0 < len(title.get("title", "")) <= 26
        and len(title.get("desc", "")) <= 30
        and len(card.get("sub_title_text", "")) <= 112
        and len(jumps) <= 3
        and all(0 < len(jump["title"]) <= 13 and jump["type"] == 1 and jump["url"] for jump in jumps)
        and action.get("type") == 1
        and re.match(r"https?://", action.get("url", ""))
    )
    return None if good else said(40058)


class Robot(_WeCom):
    """One group. 20 messages a minute; who sends more is shut out for the next 60 seconds."""

    def __init__(self, clock: Any) -> None:
        super().__init__(clock)
        self.taken = Window()
        self.shut_until: datetime | None = None
        self.is_gone = False

    def judge(self, request: Request) -> Answer:
        if request.path != "/cgi-bin/webhook/send" or request.query.get("key") != KEY or self.is_gone:
            return said(93000)
        if refusal := self.refusal_of(request):
            return refusal
        now = self.clock()
        if self.taken.within(now, 60) >= 20:
            self.shut_until = now + timedelta(seconds=60)
        if self.shut_until and now < self.shut_until:
            return said(45009)
        self.taken.times.append(now)
        self.received.append(request.json())
        return said(0)

    def too_long(self, kind: str, most: int) -> Answer:
        return said(40058, f"{kind}.content exceed max length {most}. invalid Request Parameter")


class App(_WeCom):
    """One application with the members that it may see.

    ``received`` has what reached somebody: the body and to whom (``reached``). The excess over a member's limits
    and a request like one of the last half hour are answered with ``ok`` and reach nobody, as WeCom does.
    """

    markdown_bytes = 2048

    def __init__(self, clock: Any) -> None:
        super().__init__(clock)
        self.members = {"zhang.san", "li.si"}
        self.tokens: dict[str, datetime] = {}
        self.by_member: dict[str, Window] = {}
        self.earlier: list[tuple[datetime, int, bytes]] = []
        self.number = 0

    def is_send(self, request: Request) -> bool:
        return request.path == "/cgi-bin/message/send"

    def judge(self, request: Request) -> Answer:
        if request.path == "/cgi-bin/gettoken":
            return self._token(request)
        if refusal := self._token_refusal(request) or self.refusal_of(request):
            return refusal
        body = request.json()
        if body.get("agentid") != AGENT:
            return said(301002 if isinstance(body.get("agentid"), int) else 40056)
        named = str(body.get("touser", "")).split("|")
        known = [one for one in named if one.lower() in self.members]
        if not known:
            return said(81013)
        self._deliver(request, body, known)
        self.number += 1
        unknown = "|".join(one.lower() for one in named if one not in known)
        return said(0, invaliduser=unknown, invalidparty="", invalidtag="", msgid=f"MSG{self.number}")

    def too_long(self, kind: str, most: int) -> Answer:
        return said(45002)

    def _token(self, request: Request) -> Answer:
        if request.method != "GET" or request.query.get("corpid") != CORPORATION:
            return said(40013)
        if request.query.get("corpsecret") != SECRET:
            return said(40001)
        now = self.clock()
        good = [token for token, ends in self.tokens.items() if now < ends]
        token = good[-1] if good else f"canary-token-{len(self.tokens) + 1}"
        self.tokens.setdefault(token, now + timedelta(seconds=7200))
        left = int((self.tokens[token] - now).total_seconds())
        return said(0, access_token=token, expires_in=left)

    def _token_refusal(self, request: Request) -> Answer | None:
        token = request.query.get("access_token")
        if not token:
            return said(41001)
        if token not in self.tokens:
            return said(40014)
        return said(42001) if self.clock() >= self.tokens[token] else None

    def _deliver(self, request: Request, body: dict[str, Any], known: Sequence[str]) -> None:
        now = self.clock()
        interval = body.get("duplicate_check_interval", 1800) if body.get("enable_duplicate_check") else 0
        if any(
            now - time < timedelta(seconds=min(interval, 14_400))
            for time, _, earlier in self.earlier
            if earlier == request.body
        ):
            return
        self.earlier.append((now, interval, request.body))
        reached = []
        for one in known:
            window = self.by_member.setdefault(one.lower(), Window())
            if window.within(now, 60) < 30 and window.within(now, 3600) < 1000:
                window.times.append(now)
                reached.append(one)
        if reached:
            self.received.append({**body, "reached": reached})


def refused(code: int, meaning: str, words: str = "") -> Case:
    return Case(f"errcode {code} {words or WORDS.get(code, 'not in any list')}", said(code, words), meaning)


class _WeComHarness(Harness):
    def links(self, page: str) -> Sequence[str]:
        return links_of(page)

    def mentions(self, page: str) -> Sequence[str]:
        return mentions_of(page)

    def plain(self, pages: Sequence[str]) -> str:
        return "\n".join(map(shown, pages))

    def envelope(self, **changes: Any) -> Envelope:
        return envelope(self.channel(), **{"to_address": "zhang.san", **changes})


class RobotHarness(_WeComHarness):
    name = "企业微信群机器人"
    secrets = (KEY,)
    mentionable = ("zhang.san", "li.si")
    refusals = (
        refused(45009, "rate_limited"),
        refused(45033, "rate_limited"),
        refused(93000, "revoked"),
        refused(40058, "message_refused"),
        refused(40058, "message_too_big", "markdown.content exceed max length 4096"),
        refused(40033, "message_refused"),
        refused(44004, "message_refused"),
        refused(-1, "busy"),
        refused(60020, "ip_refused"),
        refused(40014, "credentials_refused"),
        refused(99999, "unknown_answer"),
        Case("errcode as text", Answer({"errcode": "0", "errmsg": "ok"}), "accepted"),
        Case("errcode is no whole number", Answer({"errcode": 0.5}), "answer_lost"),
        Case("errcode false", Answer({"errcode": False}), "answer_lost"),
    )

    def make_fake(self) -> FakeVendor:
        return Robot(self.clock)

    def channel(self) -> Channel:
        config = ChannelConfig("企业微信群", {"base_url": self.fake.url}, {"key": KEY})
        return ROBOT.build(config, self.network())


class AppHarness(_WeComHarness):
    name = "企业微信应用"
    secrets = (SECRET, "canary-token-1")
    mentionable = ()
    refusals = (
        refused(45009, "rate_limited"),
        refused(40014, "accepted"),  # a new token is asked for, and the message sent once more
        refused(42001, "accepted"),
        refused(41001, "credentials_refused"),
        refused(40001, "credentials_refused"),
        refused(40013, "credentials_refused"),
        refused(301002, "credentials_refused"),
        refused(48002, "credentials_refused"),
        refused(40056, "revoked"),
        refused(50003, "revoked"),
        refused(60020, "ip_refused"),
        refused(81013, "recipient_refused"),
        refused(82001, "recipient_refused"),
        refused(60111, "recipient_refused"),
        refused(60011, "recipient_refused"),
        refused(40003, "recipient_refused"),
        refused(45002, "message_too_big"),
        refused(40058, "message_refused"),
        refused(40033, "message_refused"),
        refused(44004, "message_refused"),
        refused(-1, "busy"),
        refused(99999, "unknown_answer"),
        Case("errcode 0, the only recipient unknown", said(0, invaliduser="zhang.san"), "recipient_refused"),
        Case(
            "errcode 0, the only recipient unlicensed",
            said(0, unlicenseduser="zhang.san"),
            "recipient_refused",
        ),
        Case("errcode 0, others unknown", said(0, invaliduser="somebody"), "accepted"),
    )

    def make_fake(self) -> FakeVendor:
        return App(self.clock)

    def channel(self) -> Channel:
        values = {"base_url": self.fake.url, "corp_id": CORPORATION, "agent_id": str(AGENT)}
        return APP.build(ChannelConfig("督办助手", values, {"secret": SECRET}), self.network())


def _body(page: str) -> tuple[str, dict[str, Any]]:
    body = json.loads(page)
    return body["msgtype"], body[body["msgtype"]]


def links_of(page: str) -> list[str]:
    """Where the page leads, by what a member could click on."""
    kind, body = _body(page)
    if kind == "template_card":
        return [body["card_action"]["url"], *(jump["url"] for jump in body["jump_list"])]
    if kind == "text":
        return re.findall(r"https?://\S+", body["content"])
    return [href for _, href in seen(body["content"]).links]


def mentions_of(page: str) -> list[str]:
    """Whom the page calls; what looks like markup and is not ours counts as somebody."""
    kind, body = _body(page)
    if kind == "template_card":
        return []
    if kind == "text":
        listed = [*body.get("mentioned_list", []), *body.get("mentioned_mobile_list", [])]
        return [*listed, *re.findall(r"<@[^>]*>|@all|@所有人", body["content"])]
    content = seen(body["content"])
    return [*content.mentions, *content.odd]


def shown(page: str) -> str:
    """What a member reads."""
    kind, body = _body(page)
    if kind == "template_card":
        title = body["main_title"]
        jumps = [jump["title"] for jump in body["jump_list"]]
        return "\n".join([title["title"], title.get("desc", ""), body.get("sub_title_text", ""), *jumps])
    content: str = body["content"]
    return content if kind == "text" else seen(content).text


HARNESSES: tuple[type[Harness], ...] = (RobotHarness, AppHarness)
