"""A service behind Apprise: it may say what it likes, Apprise only passes on yes or no."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from notifications.apprise import AppriseChannel
from notifications.channel import Channel, Envelope, VerdictKind
from notifications.kinds import ChannelConfig
from tests.channels_contract.fake import Answer, FakeVendor, Play, Request
from tests.channels_contract.harness import Case, Harness, envelope

PASSWORD = "canary-apprise-password"
TOKEN = "canary-apprise-path-token"


class Service(FakeVendor):
    """Takes whatever comes with the password."""

    def judge(self, request: Request) -> Answer:
        if not request.headers.get("authorization", "").startswith("Basic "):
            return Answer({"error": "unauthorized"}, 401)
        self.received.append(request.json())
        return Answer({"ok": True})


class AppriseHarness(Harness):
    name = "Apprise"
    secrets = (PASSWORD, TOKEN)
    is_http = keeps_connection = False
    when_nobody_listens = "apprise_failed"
    stumbles = (
        Answer(b"", 500),
        Play(how="cut"),
        Answer(b"", 307, {"Location": "https://elsewhere.example.com/"}),
    )
    meanings: Mapping[str, tuple[VerdictKind, bool, bool]] = {
        "apprise_failed": (VerdictKind.TRANSIENT, True, False)
    }
    refusals = (
        Case("HTTP 200, whatever it says (weak)", Answer({"errcode": 93000}), "accepted"),
        *(
            Case(f"HTTP {status}", Answer(b"", status), "apprise_failed")
            for status in (301, 400, 401, 404, 410, 429, 500, 503)
        ),
        Case("cut before the answer", Play(how="cut"), "apprise_failed"),
        Case("taken, then cut", Play(how="cut", takes=True), "apprise_failed"),
        Case("silent", Play(how="hang"), "apprise_failed"),
        Case("a byte now and then", Play(how="drip"), "apprise_failed"),
    )

    def make_fake(self) -> Service:
        return Service(self.clock)

    def channel(self) -> Channel:
        url = f"json://duban:{PASSWORD}@{self.fake.host}/{TOKEN}"
        return AppriseChannel(ChannelConfig("别的服务", {}, {"url": url}), self.network())

    def envelope(self, **changes: Any) -> Envelope:
        return envelope(self.channel(), **changes)

    def links(self, page: str) -> Sequence[str]:
        return re.findall(r"[a-z]+://\S+", page)

    def mentions(self, page: str) -> Sequence[str]:
        return re.findall(r"@\w+|<[@!]\S+", page)

    def plain(self, pages: Sequence[str]) -> str:
        return "\n".join(pages)


HARNESSES: tuple[type[Harness], ...] = (AppriseHarness,)
