"""A government messaging gateway: bytes, receivers, the key of each message, and the same content once a day."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from notifications.channel import Channel, Envelope
from notifications.gateway import GATEWAY
from notifications.kinds import ChannelConfig
from tests.channels_contract.fake import Answer, FakeVendor, Request
from tests.channels_contract.harness import Case, Harness, envelope
from tests.vendors.webhook import SECRET, TOKEN, is_signed

TENANT = "50001"
MOST = 1_000
CODES = (
    "40001=credentials_refused,40003=recipient_refused,42900=rate_limited,41300=message_too_big,40400=revoked"
)


def refused(code: str, text: str) -> Answer:
    return Answer({"success": False, "errorCode": code, "errorMsg": text})


class GatewayPlatform(FakeVendor):
    """``received`` are the messages that reached somebody; ``names`` what it calls its fields."""

    names: Mapping[str, str] = {}
    known = frozenset({"liaison@civil.example.com"})

    def judge(self, request: Request) -> Answer:
        if not is_signed(request, self.clock()) or request.headers.get("authorization") != f"Bearer {TOKEN}":
            return refused("40001", "signature does not match")
        fields = self._fields(request)
        if fields.get("tenantId") != TENANT:
            return refused("40400", "no such tenant")
        if len(fields["msg"].encode()) > 2_048:
            return refused("41300", "msg too long")
        receivers = [one for one in fields.get("receiverIds", "").split(",") if one]
        organizations = [one for one in fields.get("organizationCodes", "").split(",") if one]
        if not 0 < len(receivers) + len(organizations) <= MOST or not self.known.issuperset(receivers):
            return refused("40003", "receiver not found")
        self._deliver({**fields, "on": self.clock().date()})
        return Answer({"success": True, "content": {"msgId": f"M-{fields['bizMsgId']}"}})

    def _deliver(self, fields: dict[str, Any]) -> None:
        """Says yes and shows nothing where key or content came before."""
        same: list[tuple[str, date]] = [(one["msg"], one["on"]) for one in self.received]
        keys = {one["bizMsgId"] for one in self.received}
        if fields["bizMsgId"] not in keys and (fields["msg"], fields["on"]) not in same:
            self.received.append(fields)

    def _fields(self, request: Request) -> dict[str, str]:
        if request.headers["content-type"].startswith("application/x-www-form-urlencoded"):
            sent = dict(parse_qsl(request.body.decode()))
        else:
            sent = request.json()
        ours = {theirs: name for name, theirs in self.names.items()}
        return {ours.get(name, name): value for name, value in sent.items()}


class GatewayHarness(Harness):
    name = "政务消息网关"
    secrets = (SECRET, TOKEN)
    refusals = (
        Case("40001 signature", refused("40001", "signature does not match"), "credentials_refused"),
        Case("40003 receiver", refused("40003", "receiver not found"), "recipient_refused"),
        Case("42900 too many", refused("42900", "too many requests"), "rate_limited"),
        Case("41300 too long", refused("41300", "msg too long"), "message_too_big"),
        Case("40400 tenant gone", refused("40400", "no such tenant"), "revoked"),
        Case("a code without a meaning", refused("59999", "?"), "unknown_answer"),
        Case("a refusal without a code", Answer({"success": False}), "unknown_answer"),
    )
    values: Mapping[str, str] = {"tenant_id": TENANT, "codes": CODES}

    def make_fake(self) -> GatewayPlatform:
        return GatewayPlatform(self.clock)

    def channel(self) -> Channel:
        values = {"url": f"{self.fake.url}/message/workNotification", **self.values}
        return GATEWAY.build(
            ChannelConfig("浙政钉", values, {"secret": SECRET, "token": TOKEN}), self.network()
        )

    def envelope(self, **changes: Any) -> Envelope:
        return envelope(self.channel(), **changes)

    def links(self, page: str) -> Sequence[str]:
        return re.findall(r"[a-z]+://\S+", page)

    def mentions(self, page: str) -> Sequence[str]:
        return ()

    def plain(self, pages: Sequence[str]) -> str:
        return "\n".join(pages)


class GatewayFormHarness(GatewayHarness):
    name = "政务消息网关（表单）"
    values: Mapping[str, str] = {
        **GatewayHarness.values,
        "encoding": "form",
        "organizations": "GO_1、GO_2，GO_3",
        "fields": "organizationCodes=orgs,bizMsgId=requestId",
    }

    def make_fake(self) -> GatewayPlatform:
        fake = GatewayPlatform(self.clock)
        fake.names = {"organizationCodes": "orgs", "bizMsgId": "requestId"}
        return fake

    def stable(self, request: Request) -> Any:
        return request.body


HARNESSES: tuple[type[Harness], ...] = (GatewayHarness, GatewayFormHarness)


def shown(message: Mapping[str, Any]) -> str:
    """What a person reads of a message."""
    return str(json.loads(message["msg"])["text"]["content"])
