"""Everything that Apprise can reach, as an optional extra: its yes is weak, because it says yes to refusals too."""

from __future__ import annotations

import importlib
import logging
import queue
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from engine.errors import DubanError
from notifications.answers import verdict_of
from notifications.batch import Batch
from notifications.card import Card
from notifications.channel import Budget, Channel, Envelope, Traits, Verdict
from notifications.http_line import is_listed
from notifications.kinds import ChannelConfig, ChannelKind, Network, Setting
from notifications.paging import again_mark, utf8_size
from notifications.plain_pages import plain_pages, without_markup
from notifications.webhook import number_of
from notifications.words import say

MOST_BYTES = 16_000  # of a page, where the service allows as much
_LEAST_BYTES = 600

# Apprise writes addresses with their keys, and whole answers.
logging.getLogger("apprise").addFilter(lambda _record: False)


class AppriseChannel(Batch):
    """One address ``service://…``, a secret as a whole. A host in it must be listed by the operator.

    What a vendor answers is not told: an acceptance is marked weak, a failure may have arrived.
    """

    def __init__(self, config: ChannelConfig, network: Network) -> None:
        self.name = config.name
        self._config, self._network = config, network
        self._apprise, self._service = _service(config.secrets.get("url", ""), network)
        per_minute = number_of(config, "per_minute")
        self._traits = Traits(
            needs_address=False,
            budgets=(Budget(per_minute, 60),) if per_minute else (),
            merges=bool(per_minute),
            weak=True,
        )

    @property
    def traits(self) -> Traits:
        """A group, weakly."""
        return self._traits

    def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
        """The cards as plain text in which nothing that people typed is markup; nobody can be mentioned."""
        locale = self._config.locale
        most = max(_LEAST_BYTES, min(MOST_BYTES, int(self._service.body_maxlen)))
        room = most - utf8_size(again_mark(locale))
        return plain_pages(cards, room, locale, harmless=without_markup, size=utf8_size)

    def send(self, envelope: Envelope) -> Verdict:
        """The weak verdict of one page, in time even if the far end never ends."""
        locale = self._config.locale
        if not self._may_reach():
            return verdict_of("host_not_allowed", locale)
        mark = again_mark(locale) if envelope.again else ""
        if self._notified(without_markup(envelope.subject), mark + envelope.page):
            return Verdict.accepted(weak=True)
        reason = say(locale, "verdict.apprise_failed")
        return replace(Verdict.transient(reason, code="apprise_failed", ambiguous=True), weak=True)

    def _may_reach(self) -> bool:
        """A service without a host of its own in the address has its vendor's."""
        host = getattr(self._service, "host", None)
        port = getattr(self._service, "port", None) or (443 if self._service.secure else 80)
        return not host or is_listed(self._network, host, port)

    def _notified(self, title: str, body: str) -> bool:
        """In a thread of its own: Apprise bounds no call as a whole."""
        said: queue.SimpleQueue[bool] = queue.SimpleQueue()
        threading.Thread(target=lambda: said.put(self._notify(title, body)), daemon=True).start()
        try:
            return said.get(timeout=self._network.total)
        except queue.Empty:
            return False

    def _notify(self, title: str, body: str) -> bool:
        try:
            return bool(self._apprise.notify(body=body, title=title, body_format="text"))
        except (
            Exception
        ):  # of over a hundred services, each with errors of its own, any of which may name the key
            return False


def _service(url: str, network: Network) -> tuple[Any, Any]:
    """Apprise with that one service. Raises DubanError APPRISE_MISSING or CHANNEL_SETTING, neither naming the address."""
    apprise = _package()
    asset = apprise.AppriseAsset(
        async_mode=False, secure_logging=True, http_redirects=False, storage_mode="memory", app_id="duban"
    )
    service = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True) if url else None
    if service is None:
        raise DubanError(
            "CHANNEL_SETTING", "渠道设置 url 不是 Apprise 认识的地址：请对照 Apprise 的说明改正。"
        )
    service.socket_connect_timeout, service.socket_read_timeout = network.connect, network.read
    whole = apprise.Apprise(asset=asset)
    whole.add(service)
    return whole, service


def _package() -> Any:
    try:
        return importlib.import_module("apprise")
    except ImportError:
        pass
    raise DubanError("APPRISE_MISSING", "没有安装 Apprise：请安装 duban[apprise]，或改用其他类型的渠道。")


def _build(config: ChannelConfig, network: Network) -> Channel:
    return AppriseChannel(config, network)


KINDS: tuple[ChannelKind, ...] = (
    ChannelKind(
        name="apprise",
        label="其他服务（Apprise，只有弱确认）",
        settings=(
            Setting("url", "Apprise 地址，如 json://…、matrix://…", secret=True),
            Setting("per_minute", "每分钟最多几条", is_required=False, example="20"),
        ),
        build=_build,
    ),
)
