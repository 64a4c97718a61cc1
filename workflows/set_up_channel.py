"""渠道: added, changed, retired by people; on record without secrets, in force from the service's next turn."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from db import channels, outbox, runs, tables
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from notifications.kinds import ChannelConfig, ChannelKind, Setting
from workflows.channel_factory import ChannelFactory
from workflows.fall_back import forget_failures

RESERVED = ("inbox", "email")  # the inbox is always there; mail stands in the settings
NAME = re.compile(r"[\w（）()·.-]{1,40}")
LONGEST = 4_000  # characters of one setting
HIDDEN_SECRET = re.compile(r"://[^/\s]*@|[?&;](?:\w*token|\w*key|sign\w*|\w*secret|password|pwd)=", re.I)


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody enters, by the names of the settings; an empty value takes one back."""

    values: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Retired:
    """Who named the channel, and how many messages have not left by it yet."""

    contacts: int
    units: int
    waiting: int


def add_channel(
    database: Database, factory: ChannelFactory, kind: str, name: str, given: Given, now: datetime, who: str
) -> int:
    """The channel is set up and in force; returns its id. Nothing has been contacted.

    Raises DubanError NO_SUCH_CHANNEL_KIND, CHANNEL_NAME, CHANNEL_EXISTS, and those of :func:`check_given`.
    """
    known = factory.kind(kind)
    _check_name(name)
    check_given(known, given)
    values, secrets = _without_empty(given.values), _without_empty(given.secrets)
    _check_whole(known, factory, ChannelConfig(name, values, secrets))
    locked = factory.vault().lock(secrets) if secrets else ""
    with database.write() as session:
        _refuse_taken(session, name)
        setup = tables.ChannelSetup(
            name=name, kind=known.name, settings=values, secret=locked, changed_at=now
        )
        session.add(setup)
        session.flush()
        _record(session, "add_channel", setup, now, who, settings=values, secrets=sorted(secrets))
        _is_new(session, name, now)
        return stored_id(setup.id)


def change_channel(
    database: Database,
    factory: ChannelFactory,
    name: str,
    given: Given,
    now: datetime,
    who: str,
    *,
    revision: int | None = None,
) -> int:
    """What was given counts from now on, the rest stays; a retired channel is in use again. Returns its revision.

    What went wrong with the channel before is forgotten: it is tried again at once. Raises DubanError
    NO_SUCH_CHANNEL, REVISION_CONFLICT, SECRETS_LOCKED (secrets that stay cannot be read) and those of
    :func:`check_given`.
    """
    with database.write() as session:
        setup = find_channel(session, name)
        if revision not in (None, setup.revision):
            raise _conflict(setup)
        known = factory.kind(setup.kind)
        check_given(known, given)
        values = _without_empty({**setup.settings, **given.values})
        secrets = _without_empty({**_kept_secrets(factory, known, setup, given), **given.secrets})
        _check_whole(known, factory, ChannelConfig(name, values, secrets))
        locked = factory.vault().lock(secrets) if secrets else ""
        changed = {"settings": values, "secret": locked, "is_active": True, "changed_at": now}
        if not channels.replace(session, stored_id(setup.id), setup.revision, **changed):
            raise _conflict(setup)
        told = {key: values.get(key, "") for key in given.values}
        _record(session, "change_channel", setup, now, who, settings=told, secrets=sorted(given.secrets))
        _is_new(session, name, now)
        return setup.revision + 1


def retire_channel(database: Database, name: str, now: datetime, who: str, reason: str = "") -> Retired:
    """Nothing leaves by the channel any more; its set-up is kept for the record and can be taken up again.

    Raises DubanError NO_SUCH_CHANNEL or CHANNEL_RETIRED.
    """
    with database.write() as session:
        setup = find_channel(session, name)
        if not setup.is_active:
            raise DubanError("CHANNEL_RETIRED", f"渠道“{name}”已经停用，不需要再停用。")
        if not channels.replace(
            session, stored_id(setup.id), setup.revision, is_active=False, changed_at=now
        ):
            raise _conflict(setup)
        _record(session, "retire_channel", setup, now, who, reason)
        contacts, units = channels.users(session, name)
        return Retired(contacts, units, channels.waiting_on(session, name))


def find_channel(session: Session, name: str) -> tables.ChannelSetup:
    """The set-up of that name. Raises DubanError NO_SUCH_CHANNEL."""
    found = channels.find(session, name)
    if found is None:
        known = "、".join(one.name for one in channels.setups(session))
        hint = f"已有 {known}" if known else "还没有添加过，请用 duban channels add"
        raise DubanError("NO_SUCH_CHANNEL", f"没有渠道“{name}”：{hint}。")
    return found


def check_given(kind: ChannelKind, given: Given) -> None:
    """The kind knows every name, secrets came as secrets, and no value is out of all measure.

    Raises DubanError CHANNEL_SETTING or SECRET_IN_THE_OPEN. No sentence repeats a value.
    """
    secret = {one.name for one in kind.settings if one.secret}
    if open_ones := sorted(secret & given.values.keys()):
        raise DubanError(
            "SECRET_IN_THE_OPEN",
            f"{'、'.join(open_ones)} 是密钥，不能写在命令行上（别的用户和历史记录都看得到）："
            "请去掉它，按提示输入，或用 --secret-file、--secret-env；已经写出来的密钥建议作废重建。",
        )
    if held := sorted(name for name, value in given.values.items() if HIDDEN_SECRET.search(value)):
        raise DubanError(
            "SECRET_IN_THE_OPEN",
            f"{'、'.join(held)} 的地址里带着密钥：请只写到主机名和路径，密钥按提示输入，"
            "或用 --secret-file、--secret-env；已经写出来的密钥建议作废重建。",
        )
    plain = {one.name for one in kind.settings} - secret
    unknown = sorted((given.values.keys() - plain) | (given.secrets.keys() - secret))
    if unknown:
        known = "、".join(one.name for one in kind.settings)
        raise DubanError(
            "CHANNEL_SETTING", f"{kind.label}没有设置项 {'、'.join(unknown)}：它的设置项是 {known}。"
        )
    for name, value in (*given.values.items(), *given.secrets.items()):
        if len(value) > LONGEST or any(not one.isprintable() for one in value):
            raise DubanError(
                "CHANNEL_SETTING", f"设置项 {name} 的值太长，或含有换行等不可见字符：请核对后重新输入。"
            )


def missing_of(kind: ChannelKind, values: Mapping[str, str], secrets: Sequence[str]) -> list[Setting]:
    """The settings that have to be given and are not there."""
    there = {*values, *secrets}
    return [one for one in kind.settings if one.is_required and not one.default and one.name not in there]


def _check_name(name: str) -> None:
    if name in RESERVED or not NAME.fullmatch(name):
        raise DubanError(
            "CHANNEL_NAME",
            f"“{name}”不能作渠道的名称：请用 1 到 40 个汉字、字母、数字或 - _ . 组成，且不叫 inbox、email。",
        )


def _check_whole(kind: ChannelKind, factory: ChannelFactory, config: ChannelConfig) -> None:
    """Nothing is missing, and the kind makes a channel of it. Raises CHANNEL_SETTING or the kind's own error."""
    missing = missing_of(kind, config.values, tuple(config.secrets))
    if missing:
        named = "、".join(f"{one.name}（{one.label}）" for one in missing)
        raise DubanError(
            "CHANNEL_SETTING",
            f"{kind.label}还缺 {named}：请补上（密钥填在密钥那一项里，不要写进别的设置）。",
        )
    kind.build(config, factory.network)


def _kept_secrets(
    factory: ChannelFactory, kind: ChannelKind, setup: tables.ChannelSetup, given: Given
) -> dict[str, str]:
    """The secrets that stay; who enters all that are required needs none of the old ones."""
    try:
        return factory.secrets(setup)
    except DubanError:
        required = {one.name for one in kind.settings if one.secret and one.is_required}
        if given.secrets and required <= given.secrets.keys():
            return {}
        raise


def _refuse_taken(session: Session, name: str) -> None:
    found = channels.find(session, name)
    if found is not None:
        what = (
            "改用 duban channels change" if found.is_active else "已停用，用 duban channels change 重新启用"
        )
        raise DubanError("CHANNEL_EXISTS", f"已有名叫“{name}”的渠道：请换一个名称，或{what}。")


def _is_new(session: Session, name: str, now: datetime) -> None:
    """Whatever was held against the channel was about how it was set up before."""
    outbox.resume(session, name, now)
    forget_failures(session, name, now)
    runs.close_finding(session, "CHANNEL_ILL", name, now)
    forget_failures(session, name, now)


def _record(
    session: Session,
    what: str,
    setup: tables.ChannelSetup,
    now: datetime,
    who: str,
    reason: str = "",
    **details: Any,
) -> None:
    told = {"channel": setup.name, "kind": setup.kind, **details}
    runs.record(session, what, who, now, reason=reason, details=told)


def _without_empty(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value.strip() for name, value in values.items() if value.strip()}


def _conflict(setup: tables.ChannelSetup) -> DubanError:
    return DubanError(
        "REVISION_CONFLICT",
        f"渠道“{setup.name}”刚被别人改过（现在是第 {setup.revision} 版）：请用 duban channels list 核对后重试。",
    )
