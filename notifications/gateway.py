"""A government messaging gateway of the 浙政钉 (专有钉钉) sort: the signed webhook in the gateway's own words.

What the platforms expect in detail could not be verified; so the names of the fields, the form of the body
and the meaning of the answers are settings, and an office's own relay may stand in between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import reduce
from json import JSONEncoder
from typing import Any
from urllib.parse import urlencode

from engine.errors import DubanError
from notifications.answers import SHARED_CODES, judge_http, object_of, verdict_of
from notifications.card import Card
from notifications.channel import Channel, Envelope, Traits, Verdict
from notifications.http import HttpAnswer
from notifications.kinds import ChannelConfig, ChannelKind, Network, Setting
from notifications.plain_pages import plain_pages, without_addresses
from notifications.webhook import SIGNED_SETTINGS, Webhook, part_key
from notifications.words import known_locale

MESSAGE_BYTES = 2_048  # of ``msg``
MOST_ORGANIZATIONS = 1_000
FIELDS = ("tenantId", "receiverIds", "organizationCodes", "bizMsgId", "msg")
_json = JSONEncoder(ensure_ascii=False).encode  # made once: it is asked for the size of every character
_NUMBER = {"zh-CN": "\n编号 {on}-{number}", "en": "\nNo. {on}-{number}"}
_WIDEST_NUMBER = {"on": "2024-01-01", "number": "12345678-9999"}


class Gateway(Webhook):
    """Text messages by tenant, receivers and organisations; a repeat has the same ``bizMsgId``.

    Such platforms deliver the same content once a day, so that every message ends with its date and a
    number of its own. With organisations it speaks to all of them, else to the person addressed.
    """

    def __init__(self, config: ChannelConfig, network: Network) -> None:
        super().__init__(config, network)
        self._names = {**{name: name for name in FIELDS}, **_pairs(config, "fields", FIELDS)}
        self._codes = _pairs(config, "codes")
        self._organizations = config.listed("organizations")
        if len(self._organizations) > MOST_ORGANIZATIONS:
            raise _unfit("organizations", f"最多 {MOST_ORGANIZATIONS} 个组织编码")
        if unknown := set(self._codes.values()) - SHARED_CODES:
            raise _unfit("codes", f"不认识 {'、'.join(sorted(unknown))}")

    @property
    def traits(self) -> Traits:
        """One message for each person, or one for the organisations that were set up."""
        return Traits(
            needs_address=not self._organizations,
            budgets=self._budgets(),
            merges=bool(self._budgets()),
            repeats_safely=True,
        )

    def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
        """The cards as plain text with room for date and number; nobody can be mentioned there."""
        locale = self._config.locale
        widest = _NUMBER[known_locale(locale)].format(**_WIDEST_NUMBER)
        room = MESSAGE_BYTES - _size(widest) - len(_message("").encode())
        return plain_pages(cards, room, locale, harmless=without_addresses, size=_size)

    def _body(self, envelope: Envelope) -> bytes:
        fields: dict[str, Any] = {
            "tenantId": self._config.value("tenant_id"),
            "bizMsgId": part_key(envelope),
            "msg": _message(envelope.page + _numbered(envelope)),
        }
        if self._organizations:
            fields["organizationCodes"] = ",".join(self._organizations)
        else:
            fields["receiverIds"] = envelope.to_address
        named = {self._names[name]: value for name, value in fields.items() if value}
        if self._is_form:
            return urlencode(named, encoding="utf-8", errors="replace").encode()
        return _json(named).encode("utf-8", "replace")

    @property
    def _content_type(self) -> str:
        kind = "application/x-www-form-urlencoded" if self._is_form else "application/json"
        return f"{kind}; charset=utf-8"

    @property
    def _is_form(self) -> bool:
        return self._config.value("encoding", "json") == "form"

    def _judge(self, answer: HttpAnswer) -> Verdict:
        """Taken only where the body says so; a code is what the set-up says it means."""
        locale = self._config.locale
        if verdict := judge_http(answer, self._client, locale):
            return verdict
        said = object_of(answer)
        name, _, wanted = self._config.value("success", "success=true").partition("=")
        success = _found(said, name)
        if _shown(success) == wanted:
            return self._accepted(answer)
        code = _found(said, self._config.value("code_field", "errorCode"))
        if code is None and not isinstance(success, bool | int):
            return verdict_of("answer_lost", locale)
        kept = self._client.redact(answer.body.decode(errors="replace"))
        return verdict_of(self._codes.get(_shown(code), "unknown_answer"), locale, kept)


def _numbered(envelope: Envelope) -> str:
    number = hashlib.sha256(envelope.key.encode("utf-8", "replace")).hexdigest()[:8]
    part = f"{number}-{envelope.part}" if envelope.parts > 1 else number
    return _NUMBER[known_locale(envelope.locale)].format(on=envelope.dated.date().isoformat(), number=part)


def _message(text: str) -> str:
    return _json({"msgtype": "text", "text": {"content": text}})


def _size(text: str) -> int:
    return len(_json(text).encode("utf-8", "replace")) - len('""')


def _found(said: Mapping[str, Any] | None, path: str) -> Any:
    """What stands at a path such as ``content.success``; ``None`` if nothing does."""
    return reduce(
        lambda inner, name: inner.get(name) if isinstance(inner, dict) else None, path.split("."), said
    )


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _pairs(config: ChannelConfig, name: str, known: Sequence[str] = ()) -> dict[str, str]:
    """A setting such as ``tenantId=tenant, msg=content``."""
    pairs: dict[str, str] = {}
    for entry in config.listed(name):
        ours, _, theirs = (part.strip() for part in entry.partition("="))
        pairs[ours] = theirs
    if not all(pairs) or not all(pairs.values()) or (known and not pairs.keys() <= set(known)):
        raise _unfit(name, "请写成 甲=乙，多项之间用逗号")
    return pairs


def _unfit(name: str, why: str) -> DubanError:
    return DubanError("CHANNEL_SETTING", f"渠道设置 {name} 不合适（{why}）：请改正。")


def _build(config: ChannelConfig, network: Network) -> Channel:
    return Gateway(config, network)


GATEWAY = ChannelKind(
    name="gateway",
    label="政务消息网关（浙政钉类）",
    settings=(
        *SIGNED_SETTINGS,
        Setting("tenant_id", "租户编号 tenantId"),
        Setting("organizations", "组织编码，以逗号分隔（不填则按人投递）", is_required=False),
        Setting("encoding", "请求体格式（json 或 form）", is_required=False, default="json", example="form"),
        Setting("fields", "字段名对照", is_required=False, example="receiverIds=userIds,msg=content"),
        Setting("success", "表示成功的答复字段", is_required=False, default="success=true", example="code=0"),
        Setting("code_field", "错误码所在的答复字段", is_required=False, default="errorCode"),
        Setting(
            "codes", "错误码的含义", is_required=False, example="40001=credentials_refused,42900=rate_limited"
        ),
        Setting("per_minute", "每分钟最多几条", is_required=False, example="60"),
    ),
    build=_build,
)
KINDS: tuple[ChannelKind, ...] = (GATEWAY,)
