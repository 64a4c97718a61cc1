"""Feishu on the loopback address: a custom robot and the platform of an application, with memory and limits."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from notifications.channel import Channel, Envelope
from notifications.feishu_app import FeishuApp
from notifications.feishu_robot import FeishuRobot
from notifications.kinds import ChannelConfig
from tests.channels_contract.fake import Answer, FakeVendor, Play, Request
from tests.channels_contract.harness import Case, Harness
from tests.channels_contract.harness import envelope as envelope_for
from tests.vendors.feishu_reader import Shown, read_card, read_page

KILOBYTE = 1024
HOUR = timedelta(hours=1)
TOKEN, SECRET = "feishu-canary-hook-0001", "feishu-canary-sign-0002"
APP_SECRET = "feishu-canary-app-0003"
ADDRESS = "ou_canary_person"


@dataclass
class Taken:
    """A message that the vendor took: to whom, as shown, when."""

    to: str
    shown: Shown
    at: datetime
    message_id: str = ""
    uuid: str = ""


def refusal(code: int, msg: str, status: int = 200, **headers: str) -> Answer:
    return Answer(
        {"code": code, "msg": msg, "data": {}}, status, {k.replace("_", "-"): v for k, v in headers.items()}
    )


class Robot(FakeVendor):
    """One custom robot; what it demands can be changed by a test."""

    token, secret = TOKEN, SECRET
    keywords: tuple[str, ...] = ()
    knows_address = True
    pressed_minutes: tuple[int, ...] = (0, 30)
    group = "本群"

    def judge(self, request: Request) -> Answer:
        now = self.clock()
        if request.path != f"/open-apis/bot/v2/hook/{self.token}":
            return refusal(19001, "param invalid: incoming webhook access token invalid")
        if now.minute in self.pressed_minutes or self.most_within(60, self.since(now, 60)) > 100:
            return refusal(11232, "frequency limited psm[lark.oapi.app_platform_runtime]")
        if len(self.since(now, 1)) > 5:
            return refusal(9499, "too many request", 429)
        try:
            body = json.loads(request.body.decode())
            assert len(request.body) <= 20 * KILOBYTE
            assert body["msg_type"] == "interactive"
            shown = read_card(body["card"])
        except (ValueError, LookupError, AssertionError):
            return refusal(9499, "Bad Request", 400)
        if not self.knows_address:
            return refusal(19022, "Ip Not Allowed")
        if self.secret and not self._is_signed(body, now):
            return refusal(19021, "sign match fail or timestamp is not within one hour from current time")
        if self.keywords and not any(word in request.body.decode() for word in self.keywords):
            return refusal(19024, "Key Words Not Found")
        self.received.append(Taken(self.group, shown, now))
        return Answer({"code": 0, "msg": "success", "data": {}, "StatusCode": 0, "StatusMessage": "success"})

    def since(self, now: datetime, seconds: float) -> list[datetime]:
        """The arrivals of the last so many seconds."""
        return [at for at in self.arrivals if now - at < timedelta(seconds=seconds)]

    def _is_signed(self, body: dict[str, Any], now: datetime) -> bool:
        moment = body.get("timestamp")
        if not isinstance(moment, str) or not moment.isdigit():
            return False
        key = f"{moment}\n{self.secret}".encode()
        expected = base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode()
        return abs(now.timestamp() - int(moment)) <= HOUR.total_seconds() and body.get("sign") == expected


class Platform(FakeVendor):
    """The platform: hands out tokens for two hours, knows a repeat by its uuid for one, counts calls by person."""

    app_id, app_secret = "cli_canary", APP_SECRET
    people: tuple[str, ...] = (ADDRESS,)
    id_types: tuple[str, ...] = ("open_id", "user_id", "union_id", "email")

    def __init__(self, clock: Any) -> None:
        super().__init__(clock)
        self.tokens: dict[str, datetime] = {}
        self.read: set[str] = set()
        self.sends: list[tuple[str, datetime]] = []
        self.for_tokens: list[Play] = []  # what happens to the next calls for a token

    def play(self, request: Request) -> Play:
        """What happens to the request: calls for a token have a script of their own."""
        if not self.is_send(request) and self.for_tokens:
            self.requests.append(request)
            return self.for_tokens.pop(0)
        return super().play(request)

    def is_send(self, request: Request) -> bool:
        return request.method == "POST" and request.path == "/open-apis/im/v1/messages"

    def judge(self, request: Request) -> Answer:
        now = self.clock()
        if request.path == "/open-apis/auth/v3/tenant_access_token/internal":
            return self._token(request.json(), now)
        if now >= self.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "), now):
            return refusal(99991663, "Invalid access token for authorization.", 400)
        if self.is_send(request):
            return self._send(request, now)
        _, _, _, _, _, message_id, what = request.path.split("/")
        assert (request.method, what) == ("GET", "read_users")
        return self._readers(message_id, now)

    def _token(self, asked: dict[str, str], now: datetime) -> Answer:
        if asked != {"app_id": self.app_id, "app_secret": self.app_secret}:
            return refusal(10014, "app secret invalid")
        good = [one for one, ends in self.tokens.items() if ends - now >= timedelta(minutes=30)]
        token = good[-1] if good else f"t-canary-{len(self.tokens):04}"
        self.tokens.setdefault(token, now + timedelta(hours=2))
        lasts = int((self.tokens[token] - now).total_seconds())
        return Answer({"code": 0, "msg": "ok", "tenant_access_token": token, "expire": lasts})

    def _send(self, request: Request, now: datetime) -> Answer:
        if len(self._since(now, 60)) >= 1_000:
            return refusal(99991400, "request trigger frequency limit", 429, x_ogw_ratelimit_reset="7")
        if request.query.get("receive_id_type") not in self.id_types:
            return refusal(99992402, "field validation failed", 400)
        body = request.json()
        who, uuid = body["receive_id"], body["uuid"]
        self.sends.append((who, now))
        if len([one for one in self._since(now, 1) if one == who]) > 5:
            return refusal(230020, "This operation triggers the frequency limit.", 400)
        if len(uuid) > 50:
            return refusal(99992402, "field validation failed", 400)
        if len(request.body) > 30 * KILOBYTE:
            return refusal(230025, "The length of the message content reaches its limit.", 400)
        if who not in self.people:
            return refusal(230013, "Bot has NO availability to this user.", 400)
        try:
            assert body["msg_type"] == "interactive"
            shown = read_card(json.loads(body["content"]))
        except (ValueError, LookupError, TypeError, AssertionError):
            return refusal(
                230099, "Failed to create card content, ext=ErrCode: 200621; parse card json err", 400
            )
        return self._kept(Taken(who, shown, now, uuid=uuid))

    def _kept(self, taken: Taken) -> Answer:
        known = [one for one in self.received if one.uuid == taken.uuid and taken.at - one.at < HOUR]
        if not known:
            taken.message_id = f"om_{len(self.received):06}"
            self.received.append(taken)
        message_id = (known or [taken])[0].message_id
        return Answer({"code": 0, "msg": "success", "data": {"message_id": message_id}})

    def _since(self, now: datetime, seconds: float) -> list[str]:
        return [who for who, at in self.sends if now - at < timedelta(seconds=seconds)]

    def _readers(self, message_id: str, now: datetime) -> Answer:
        sent = [one for one in self.received if one.message_id == message_id]
        if not sent or now - sent[0].at > timedelta(days=7):
            return refusal(230001, "Your request contains an invalid request parameter.", 400)
        readers = [{"user_id_type": "open_id", "user_id": sent[0].to}] if message_id in self.read else []
        return Answer({"code": 0, "msg": "success", "data": {"items": readers, "has_more": False}})


class _Reading(Harness):
    """How pages of either are read."""

    mentionable = ("ou_1", "ou_2")

    def links(self, page: str) -> Sequence[str]:
        return [url for _, url in read_page(page).links]

    def mentions(self, page: str) -> Sequence[str]:
        return read_page(page).mentions

    def plain(self, pages: Sequence[str]) -> str:
        parts = [
            (page.title, *page.text, *(text for text, _ in page.links)) for page in map(read_page, pages)
        ]
        return "\n".join(one for part in parts for one in part)


class FeishuRobotHarness(_Reading):
    """飞书群机器人"""

    name = "飞书群机器人"
    secrets = (TOKEN, SECRET)
    refusals = (
        Case("11232 太频繁或整点限流", refusal(11232, "frequency limited psm"), "rate_limited"),
        Case("9499 太频繁", refusal(9499, "too many request"), "rate_limited"),
        Case("9499 太频繁（HTTP 400）", refusal(9499, "too many request", 400), "rate_limited"),
        Case("9499 太频繁（HTTP 429）", refusal(9499, "too many request", 429), "rate_limited"),
        Case("9499 请求体不对", refusal(9499, "Bad Request"), "message_refused"),
        Case("19021 签名或时钟不对", refusal(19021, "sign match fail or timestamp"), "credentials_refused"),
        Case("19022 IP 不在白名单", refusal(19022, "Ip Not Allowed"), "ip_refused"),
        Case("19024 缺少关键词", refusal(19024, "Key Words Not Found"), "keyword_missing"),
        Case("19001 机器人已删除", refusal(19001, "incoming webhook access token invalid"), "revoked"),
        Case("19036 消息过长", refusal(19036, "message too large"), "message_too_big"),
        Case("不认识的代码", refusal(77777, "something new"), "unknown_answer"),
    )

    def make_fake(self) -> Robot:
        return Robot(self.clock)

    def channel(self) -> Channel:
        config = ChannelConfig(
            "飞书群", {"base_url": self.fake.url}, {"token": self.secrets[0], "secret": self.secrets[1]}
        )
        return FeishuRobot(config, self.network())

    def envelope(self, **changes: Any) -> Envelope:
        return envelope_for(self.channel(), **{"to_address": "", **changes})


class FeishuAppHarness(_Reading):
    """飞书应用"""

    name = "飞书应用"
    secrets = (APP_SECRET,)
    refusals = (
        Case("99991400 太频繁（HTTP 429）", refusal(99991400, "frequency limit", 429), "rate_limited"),
        Case("230020 对一人太频繁", refusal(230020, "frequency limit", 400), "rate_limited"),
        Case("230013 不在可用范围", refusal(230013, "Bot has NO availability", 400), "recipient_refused"),
        Case("230034 账号不对", refusal(230034, "The receive_id is invalid.", 400), "recipient_refused"),
        Case("230025 消息过长", refusal(230025, "length reaches its limit", 400), "message_too_big"),
        Case("230099 卡片不对", refusal(230099, "Failed to create card content", 400), "message_refused"),
        Case("230028 内容审查未过", refusal(230028, "do NOT pass the audit", 400), "message_refused"),
        Case("230006 没有机器人能力", refusal(230006, "not activated", 400), "credentials_refused"),
        Case("99991663 令牌失效", refusal(99991663, "Invalid access token", 400), "accepted"),
        Case("99991662 应用已停用", refusal(99991662, "app disabled", 400), "revoked"),
        Case("230049 正在发送", refusal(230049, "The message is being sent.", 400), "answer_lost"),
        Case("不认识的代码", refusal(77777, "something new"), "unknown_answer"),
    )

    def make_fake(self) -> Platform:
        return Platform(self.clock)

    def channel(self) -> Channel:
        values = {"base_url": self.fake.url, "app_id": Platform.app_id}
        return FeishuApp(ChannelConfig("飞书", values, {"app_secret": APP_SECRET}), self.network())

    def envelope(self, **changes: Any) -> Envelope:
        return envelope_for(self.channel(), **{"to_address": ADDRESS, **changes})


HARNESSES = (FeishuRobotHarness, FeishuAppHarness)
