"""A receiver of webhooks that checks the signature, the clock and repeats, and answers with statuses."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from notifications.channel import Channel, Envelope
from notifications.kinds import ChannelConfig
from notifications.webhook import WEBHOOK
from tests.channels_contract.fake import Answer, FakeVendor, Request
from tests.channels_contract.harness import Case, Harness, envelope

SECRET = "canary+signing/secret=1"
TOKEN = "canary-bearer-token-1"
LIMIT = 2_000


class Receiver(FakeVendor):
    """Takes each key once: a repeat with the same bytes gets the first answer again, one with others 422."""

    def judge(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer({"error": "unauthorized"}, 401)
        if not is_signed(request, self.clock()):
            return Answer({"error": "bad signature"}, 403)
        key = request.headers["idempotency-key"]
        earlier = next((one for one in self.received if one["idempotency-key"] == key), None)
        if earlier and earlier["body"] != request.body:
            return Answer({"error": "another message under the same key"}, 422)
        if not earlier:
            earlier = {"idempotency-key": key, "body": request.body, **json.loads(request.body)}
            self.received.append(earlier)
        return Answer({"ticket": f"T{self.received.index(earlier) + 1}"}, 202)


def is_signed(request: Request, now: datetime) -> bool:
    """Whether the signature is of these bytes, this key and the present, as Standard Webhooks has it."""
    told = request.headers.get("webhook-timestamp", "0")
    if abs(now - datetime.fromtimestamp(int(told), UTC)) > timedelta(minutes=5):
        return False
    signed = f"{request.headers.get('webhook-id')}.{told}.".encode() + request.body
    wanted = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(request.headers.get("webhook-signature", ""), f"v1,{wanted}")


class WebhookHarness(Harness):
    name = "签名网络回调"
    secrets = (SECRET, TOKEN)
    body_decides = False
    mentionable = ("u-001", "u-002")
    refusals = (
        Case("wrong signature", Answer({"error": "bad signature"}, 403), "credentials_refused"),
        Case("wrong token", Answer({"error": "unauthorized"}, 401), "credentials_refused"),
        Case("gone", Answer(b"", 410), "revoked"),
        Case("too many", Answer(b"", 429, {"Retry-After": "30"}), "rate_limited"),
        Case("another message under the key", Answer({"error": "other"}, 422), "message_refused"),
    )

    def make_fake(self) -> FakeVendor:
        return Receiver(self.clock)

    def channel(self) -> Channel:
        values = {"url": f"{self.fake.url}/hook", "max_bytes": str(LIMIT)}
        return WEBHOOK.build(
            ChannelConfig("办公系统", values, {"secret": SECRET, "token": TOKEN}), self.network()
        )

    def envelope(self, **changes: Any) -> Envelope:
        return envelope(self.channel(), **changes)

    def links(self, page: str) -> Sequence[str]:
        cards = json.loads(page)["cards"]
        spans = [span for card in cards for block in card["blocks"] for span in block["spans"]]
        buttons = [card["button"] for card in cards if card["button"]]
        return [span["href"] for span in [*spans, *buttons] if span["href"]]

    def mentions(self, page: str) -> Sequence[str]:
        return list(json.loads(page)["mentions"])

    def plain(self, pages: Sequence[str]) -> str:
        said = []
        for card in (card for page in pages for card in json.loads(page)["cards"]):
            said += [card["title"], *(span["text"] for block in card["blocks"] for span in block["spans"])]
            said += [card["button"]["text"]] if card["button"] else []
        return "\n".join(said)


HARNESSES: tuple[type[Harness], ...] = (WebhookHarness,)
