"""DingTalk as it behaves: HTTP 200 for every refusal, its own clock, its own count of the last minute."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from notifications.card import Block, Card, Span
from notifications.channel import Channel, Envelope
from notifications.dingtalk_robot import DingTalkRobot
from notifications.dingtalk_work import SEND, DingTalkWork
from notifications.kinds import ChannelConfig
from tests.channels_contract.fake import Answer, FakeVendor, Request
from tests.channels_contract.harness import Case, Harness, envelope

MINUTE = timedelta(minutes=1)
ROBOT = "/robot/send"
OK = {"errcode": 0, "errmsg": "ok"}


def refused(code: int, text: str) -> dict[str, Any]:
    return {"errcode": code, "errmsg": text}


def says(code: int, text: str) -> Answer:
    return Answer(refused(code, text))


def card_of_text(title: str, text: str) -> Card:
    """A card whose lines are those of the text."""
    return Card(title, "", tuple(Block("line", (Span(line),)) for line in text.splitlines()))


@dataclass(frozen=True, slots=True)
class Post:
    """What the group saw: title, text, the people who were called, where its button leads."""

    at: datetime
    title: str
    text: str
    called: tuple[str, ...] = ()
    button: str = ""


@dataclass
class RobotOffice:
    """One custom robot: signature, keywords, bytes, 20 calls in any 60 seconds or ten minutes of silence."""

    clock: Callable[[], datetime]
    token: str = "canary-access-token"
    secret: str = "SECcanary-robot-secret"
    keywords: tuple[str, ...] = ()
    posts: list[Post] = field(default_factory=list)
    calls: list[datetime] = field(default_factory=list)
    refusals: Counter[int] = field(default_factory=Counter)
    blocked_until: datetime | None = None

    @property
    def max_in_window(self) -> int:
        """The most calls in any 60 seconds, by the vendor's own clock."""
        calls = sorted(self.calls)
        return max((sum(start <= one < start + MINUTE for one in calls) for start in calls), default=0)

    def answer(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        said = self._judged(query, headers, body)
        if said["errcode"]:
            self.refusals[said["errcode"]] += 1
        return said

    def _judged(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        now = self.clock()
        if query.get("access_token") != self.token:
            return refused(300001, "token is not exist")
        self.calls.append(now)
        if self._is_too_fast(now):
            return refused(130101, "send too fast, exceed 20 times per minute")
        if not headers.get("content-type", "").startswith("application/json"):
            return refused(43004, "无效的HTTP HEADER Content-Type")
        if len(body) > 20_000:
            return refused(460101, "description: body 大小不合法;solution:请保持大小在 20000bytes 以内;")
        try:
            asked = json.loads(body)
        except ValueError:
            return refused(40035, "缺少参数 json")
        return self._wrong_sign(query, now) or self._posted(asked, now)

    def _is_too_fast(self, now: datetime) -> bool:
        if self.blocked_until and now < self.blocked_until:
            return True
        if sum(now - MINUTE < one <= now for one in self.calls) > 20:
            self.blocked_until = now + timedelta(minutes=10)
            return True
        return False

    def _wrong_sign(self, query: Mapping[str, str], now: datetime) -> dict[str, Any] | None:
        if not self.secret:
            return None
        moment = query.get("timestamp", "")
        if not moment.isdigit() or abs(int(moment) / 1000 - now.timestamp()) > 3600:
            return refused(310000, "invalid timestamp")
        text = f"{moment}\n{self.secret}".encode()
        due = base64.b64encode(hmac.new(self.secret.encode(), text, hashlib.sha256).digest()).decode()
        return None if query.get("sign") == due else refused(310000, "sign not match")

    def _posted(self, asked: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        kind = asked.get("msgtype")
        shown = asked.get(str(kind), {})
        if kind not in ("markdown", "actionCard"):
            return refused(400105, "不支持的消息类型")
        if not shown.get("title") or not shown.get("text"):
            return refused(40035, "缺少参数 title 或 text")
        if self.keywords and not any(word in shown["text"] for word in self.keywords):
            return refused(310000, "keywords not in content")
        at = asked.get("at", {})
        wanted = (*at.get("atUserIds", ()), *at.get("atMobiles", ()))
        called = tuple(one for one in wanted if f"@{one}" in shown["text"] and kind == "markdown")
        self.posts.append(Post(now, shown["title"], shown["text"], called, shown.get("singleURL", "")))
        return OK


@dataclass
class Task:
    """One accepted call: who got it, who did not and why."""

    people: tuple[str, ...]
    message: dict[str, Any]
    refused: dict[str, str] = field(default_factory=dict)  # invalid, failed, or a code of a limit
    read: set[str] = field(default_factory=set)

    @property
    def reached(self) -> list[str]:
        return [one for one in self.people if one not in self.refused]


@dataclass
class WorkOffice:
    """One application: its token, its people, tasks whose success says nothing, the same content once a day."""

    clock: Callable[[], datetime]
    key: str = "ding-app-key"
    secret: str = "canary-app-secret"
    agent: int = 4711
    people: set[str] = field(default_factory=lambda: {"liaison01", "liaison02"})
    tasks: dict[int, Task] = field(default_factory=dict)
    tokens: dict[str, datetime] = field(default_factory=dict)
    fetched: int = 0
    finished: bool = True
    _seen: set[tuple[date, str, str]] = field(default_factory=set)
    _of_day: Counter[tuple[date, str]] = field(default_factory=Counter)

    def gettoken(self, query: Mapping[str, str]) -> dict[str, Any]:
        if (query.get("appkey"), query.get("appsecret")) != (self.key, self.secret):
            return refused(40089, "不合法的corpid或corpsecret")
        self.fetched += 1
        token = f"canary-token-{self.fetched}"
        self.tokens[token] = self.clock() + timedelta(hours=2)
        return {**OK, "access_token": token, "expires_in": 7200}

    def send(self, query: Mapping[str, str], asked: Mapping[str, Any]) -> dict[str, Any]:
        if (wrong := self._wrong(query, asked)) is not None:
            return wrong
        people = tuple(filter(None, str(asked.get("userid_list", "")).split(",")))
        if not 1 <= len(people) <= 100:
            return refused(1430000, "接受者为空")
        message = asked["msg"]
        content = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        if len(content.encode()) > 2048:
            return refused(34016, "消息内容长度超过限制")
        number = 256271667526 + len(self.tasks)
        self.tasks[number] = Task(people, message, self._kept_back(people, content))
        return {**OK, "task_id": number, "request_id": "3jf7gcbzx5yb"}

    def result(self, query: Mapping[str, str], asked: Mapping[str, Any]) -> dict[str, Any]:
        if (wrong := self._wrong(query, asked)) is not None:
            return wrong
        task = self.tasks.get(int(asked.get("task_id", 0)))
        if task is None:
            return refused(33, "没有这个任务")
        if not self.finished:
            return {**OK, "send_result": {}}
        limited = {one: why for one, why in task.refused.items() if why.isdigit()}
        return {
            **OK,
            "send_result": {
                "invalid_user_id_list": [one for one, why in task.refused.items() if why == "invalid"],
                "failed_user_id_list": [one for one, why in task.refused.items() if why == "failed"],
                "forbidden_user_id_list": list(limited),
                "forbidden_list": [{"userid": one, "code": why, "count": 1} for one, why in limited.items()],
                "read_user_id_list": [one for one in task.reached if one in task.read],
                "unread_user_id_list": [one for one in task.reached if one not in task.read],
            },
        }

    def texts_to(self, person: str) -> list[str]:
        """What the person's telephone shows."""
        return [_text(task.message) for task in self.tasks.values() if person in task.reached]

    def _wrong(self, query: Mapping[str, str], asked: Mapping[str, Any]) -> dict[str, Any] | None:
        until = self.tokens.get(query.get("access_token", ""))
        if until is None or until <= self.clock():
            return {**refused(88, "ding talk error"), "sub_code": "40014", "sub_msg": "不合法的access_token"}
        return None if asked.get("agent_id") == self.agent else refused(40056, "不合法的agentid")

    def _kept_back(self, people: tuple[str, ...], content: str) -> dict[str, str]:
        today, why = self.clock().date(), {}
        for one in people:
            self._of_day[today, one] += 1
            if one not in self.people:
                why[one] = "invalid"
            elif (today, one, content) in self._seen:
                why[one] = "143106"
            elif self._of_day[today, one] > 500:
                why[one] = "143105"
            self._seen.add((today, one, content))
        return why


def _text(message: Mapping[str, Any]) -> str:
    shown = message[message["msgtype"]]
    return str(shown.get("text") or shown.get("markdown"))


def links_in(text: str) -> list[str]:
    """Where a reader of the text could be led to: links, images and addresses that a client makes links of."""
    marked = re.findall(r"\]\(([^)]*)\)", text)
    bare = re.findall(r"(?i)(?:\w+://|www\.|mailto:)[^\s)]*", re.sub(r"\]\([^)]*\)", "]", text))
    return marked + bare


def mentions_in(text: str) -> list[str]:
    """Whom the text could call."""
    return re.findall(r"@(\S*)", re.sub(r"\]\([^)]*\)", "]", text))


class DingTalkServer(FakeVendor):
    """Both offices behind one address; ``received`` are posts of the group and tasks of the application."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.robot, self.work = RobotOffice(clock), WorkOffice(clock)

    @property
    def base_url(self) -> str:
        return self.url

    def is_send(self, request: Request) -> bool:
        return request.path in (ROBOT, SEND)

    def judge(self, request: Request) -> Answer:
        if request.path == ROBOT:
            return Answer(self._noted(self.robot.answer(request.query, request.headers, request.body)))
        if request.path == "/gettoken":
            return Answer(self.work.gettoken(request.query))
        if request.path == SEND:
            return Answer(self._noted(self.work.send(request.query, request.json())))
        return Answer(self.work.result(request.query, request.json()))

    def _noted(self, said: dict[str, Any]) -> dict[str, Any]:
        if said["errcode"] == 0:
            self.received.append(
                self.work.tasks[said["task_id"]] if "task_id" in said else self.robot.posts[-1]
            )
        return said


def shown_in(page: str) -> tuple[str, str]:
    """The text of a page, and where its button leads."""
    stored = json.loads(page)
    return stored["text"], stored["button"][1] if stored["button"] else ""


class DingTalkHarness(Harness):
    def links(self, page: str) -> Sequence[str]:
        text, button = shown_in(page)
        return [*links_in(text), *([button] if button else [])]

    def mentions(self, page: str) -> Sequence[str]:
        return mentions_in(shown_in(page)[0])

    def plain(self, pages: Sequence[str]) -> str:
        texts = (shown_in(page)[0] for page in pages)
        return "\n".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("**", "") for text in texts)


class RobotHarness(DingTalkHarness):
    name = "钉钉群机器人"
    secrets = (RobotOffice.token, RobotOffice.secret)
    mentionable = ("manager4220", "user_0-1", "13800000000")
    refusals = (
        Case("busy", says(-1, "系统繁忙"), "busy"),
        Case("too fast 130101", says(130101, "send too fast, exceed 20 times per minute"), "rate_limited"),
        Case("too fast 410100", says(410100, "发送速度太快而限流"), "rate_limited"),
        Case("keyword", says(310000, "keywords not in content"), "keyword_missing"),
        Case("signature", says(310000, "sign not match"), "credentials_refused"),
        Case("clock", says(310000, "invalid timestamp"), "credentials_refused"),
        Case("address", says(310000, "ip 203.0.113.7 not in whitelist"), "ip_refused"),
        Case("token 300001", says(300001, "token is not exist"), "revoked"),
        Case("token 300005", says(300005, "token is not exist"), "revoked"),
        Case("token 400101", says(400101, "access_token不存在"), "revoked"),
        Case("robot switched off", says(400102, "机器人已停用"), "revoked"),
        Case("robot gone", says(400106, "机器人不存在"), "revoked"),
        Case("group gone", says(400013, "群已被解散"), "revoked"),
        Case("kind of message", says(400105, "不支持的消息类型"), "message_refused"),
        Case("parameter", says(40035, "缺少参数 json"), "message_refused"),
        Case("content type", says(43004, "无效的HTTP HEADER Content-Type"), "message_refused"),
        Case("unsafe link", says(430101, "含有不安全的外链"), "message_refused"),
        Case("unfit text", says(430102, "含有不合适的文本"), "message_refused"),
        Case("too long", says(460101, "message too long, exceed 20000 bytes"), "message_too_big"),
        Case("punished", Answer({"status": 1111, "wait": 5, "punish": "deny"}), "answer_lost"),
        Case("a truth value", Answer({"errcode": False}), "answer_lost"),
    )

    def make_fake(self) -> FakeVendor:
        return DingTalkServer(self.clock)

    def channel(self) -> Channel:
        secrets = {"access_token": RobotOffice.token, "secret": RobotOffice.secret}
        return DingTalkRobot(ChannelConfig("钉钉群", {"base_url": self.fake.url}, secrets), self.network())

    def envelope(self, **changes: Any) -> Envelope:
        return envelope(self.channel(), **{"to_address": "manager4220", **changes})


class WorkHarness(DingTalkHarness):
    name = "钉钉工作通知"
    secrets = (WorkOffice.secret, "canary-token-1")
    refusals = (
        Case("busy", says(-1, "系统繁忙"), "busy"),
        Case("no permission", Answer({**refused(88, "x"), "sub_code": "60011"}), "credentials_refused"),
        Case("address", says(60020, "访问ip不在白名单之中"), "ip_refused"),
        Case("agent", says(40056, "不合法的agentid"), "credentials_refused"),
        Case("calls of the app", Answer({**refused(88, "x"), "sub_code": "90018"}), "rate_limited"),
        Case("app's people a minute", says(143103, "QPM超限"), "rate_limited"),
        Case("enterprise's people a minute", says(143104, "QPM超限"), "rate_limited"),
        Case("person's day", says(143105, "单人每日推送量超限"), "rate_limited"),
        Case("same content", says(143106, "重复消息超限"), "repeated_content"),
        Case("unknown user", says(33012, "无效的USERID"), "recipient_refused"),
        Case("nobody", says(1430000, "接受者为空"), "recipient_refused"),
        Case("protected person", says(1430004, "超级高管保护"), "recipient_refused"),
        Case("forbidden words", says(1430002, "包含违禁内容"), "message_refused"),
        Case("too long", says(34016, "消息内容长度超过限制"), "message_too_big"),
        Case("protection", says(1430003, "触发OAPI系统保护"), "busy"),
        Case("application gone", Answer(b"", 404), "revoked"),
    )

    def make_fake(self) -> FakeVendor:
        return DingTalkServer(self.clock)

    def channel(self) -> Channel:
        values = {"base_url": self.fake.url, "app_key": WorkOffice.key, "agent_id": str(WorkOffice.agent)}
        return DingTalkWork(ChannelConfig("钉钉", values, {"app_secret": WorkOffice.secret}), self.network())

    def envelope(self, **changes: Any) -> Envelope:
        return envelope(self.channel(), **{"to_address": "liaison01", **changes})


HARNESSES: tuple[type[Harness], ...] = (RobotHarness, WorkHarness)
