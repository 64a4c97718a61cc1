"""体检 of the channels: what would stop messages, and vendors' rules before they bite. Nothing is contacted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlmodel import Session

from db import channels, plans
from db.session import Database
from duban.checkup import Check, named
from duban.settings import Settings
from duban.wiring import email_of, factory_of, zone
from engine.policy import Policy
from engine.slots import minutes_of
from notifications.channel import Budget, Traits
from notifications.http_line import Line
from notifications.kinds import ChannelKind, Network
from workflows.list_channels import ChannelLine, list_channels
from workflows.office import Office

ONE_OF: Mapping[str, tuple[str, ...]] = {"dingtalk-robot": ("secret", "keywords")}  # the vendor wants one
ONCE_A_DAY = ("dingtalk-work", "gateway")  # the same content reaches a person once a day
WAYS_ON_BOARD = ("inbox", "email")


@dataclass(frozen=True, slots=True)
class Planned:
    """A message that is to leave by a channel; ``content`` tells whether two say the same."""

    channel: str
    address: str
    at: datetime
    content: str


def channel_checks(database: Database, office: Office, settings: Settings, at: datetime) -> Iterator[Check]:
    """Every check of the channels that people set up; one line if there are none or nothing is wrong."""
    factory = factory_of(settings)
    with database.read() as session:
        lines = list_channels(session, factory, at, has_mail=email_of(settings) is not None)
        used = {name: channels.users(session, name) for name in office.channels}
        found = [
            *_people(session, lines),
            *(check for line in lines for check in _line_checks(line, factory.kinds, factory.network)),
        ]
        traits = {name: one.traits for name, one in office.channels.items() if any(used[name])}
        for plan in plans.load_plans(session):
            found += quiet(plan.title, plan.policy, traits)
            found += planned_peaks(plan.title, plan.policy, {one: sum(used[one]) for one in traits}, traits)
        waiting = [Planned(*row) for row in channels.planned(session, at - timedelta(days=1))]
    every = {name: one.traits for name, one in office.channels.items()}
    found += peaks([one for one in waiting if one.at >= at], every, zone(settings))
    found += repeats(waiting, {line.name: line.kind for line in lines}, zone(settings))
    yield from found or [_all_well(lines)]


def _all_well(lines: Sequence[ChannelLine]) -> Check:
    number = sum(line.is_active for line in lines if line.name not in WAYS_ON_BOARD)
    return Check("channels", "ok", f"{number} 个渠道可用" if number else "没有另外添加消息渠道")


# --- a channel as it is set up


def _line_checks(line: ChannelLine, kinds: Mapping[str, ChannelKind], network: Network) -> Iterator[Check]:
    if not line.is_active:
        return
    yield from working(line)
    kind = kinds.get(line.kind)
    if kind is not None:
        yield from secured(line)
        yield from reachable(line, kind, network)


def working(line: ChannelLine) -> Iterator[Check]:
    """A channel that cannot be used, or that its far end has refused, is named with what to do."""
    if line.trouble:
        yield Check("channel", "error", f"渠道“{line.name}”：{line.trouble}")
    elif line.rests_until:
        yield Check("channel", "warning", f"渠道“{line.name}”按对方要求暂停到 {line.rests_until:%H:%M} UTC")


def secured(line: ChannelLine) -> Iterator[Check]:
    """A robot whose vendor insists on signature or keyword is told at least one of them."""
    wanted = ONE_OF.get(line.kind, ())
    if wanted and not line.trouble and not {*line.values, *line.secrets} & {*wanted}:
        sentence = (
            f"渠道“{line.name}”既没有加签密钥，也没有关键词：除非对方只按 IP 放行，消息会被拒收；"
            f"请用 duban channels change {line.name} --set keywords=… 或 --replace secret 补上，再用 channels test 验证"
        )
        yield Check("channel_keyword", "warning", sentence)


def reachable(line: ChannelLine, kind: ChannelKind, network: Network) -> Iterator[Check]:
    """Every address of the set-up may be called at all."""
    for name, value in line.values.items():
        address = urlsplit(value)
        if address.scheme not in ("http", "https") or not address.hostname:
            continue
        is_secure = address.scheme == "https"
        port = address.port or (443 if is_secure else 80)
        if not Line(network, kind.hosts).allows(address.hostname, port, secure=is_secure):
            shown = address.hostname if port in (80, 443) else f"{address.hostname}:{port}"
            sentence = (
                f"渠道“{line.name}”的 {name} 指向 {shown}，不在允许连接的主机之内，消息发不出去："
                f'核对无误后，请在配置的 [outbound] hosts 中加上 "{shown}"'
            )
            yield Check("channel_hosts", "error", sentence)


# --- who counts on it


def _people(session: Session, lines: Sequence[ChannelLine]) -> Iterator[Check]:
    contacts, robots = channels.named_by_contacts(session), channels.named_by_units(session)
    yield from not_set_up(contacts, robots, {line.name: line.is_active for line in lines})


def not_set_up(
    contacts: Mapping[str, Sequence[str]], robots: Mapping[str, Sequence[str]], known: Mapping[str, bool]
) -> Iterator[Check]:
    """Contacts (by channel: whose) and units name only channels that are there and in use (``known``)."""
    for what, users in (("联系人", contacts), ("群机器人", robots)):
        for name, whose in sorted(users.items()):
            if known.get(name):
                continue
            state = "已停用" if name in known else "还没有添加"
            way = f"duban channels {'change' if name in known else 'add'}"
            sentence = (
                f"{named(whose)}的{what}用渠道“{name}”，而它{state}，发送时会跳过："
                f"请用 {way} 启用，或用 duban contacts import 改用别的渠道"
            )
            yield Check("channel_contacts", "warning", sentence)


# --- when messages leave


def quiet(title: str, policy: Policy, traits: Mapping[str, Traits]) -> Iterator[Check]:
    """A plan's hours lie outside the minutes that a channel in use wants quiet."""
    for word, setting, hour in (
        ("提醒", "remind_at", policy.remind_at),
        ("周报", "digest_at", policy.digest_at),
    ):
        met = minutes_of(policy, hour)
        for name, one in sorted(traits.items()):
            if hit := sorted(met.intersection(one.quiet_minutes)):
                better = quieter(policy, hour, one.quiet_minutes)
                advice = (
                    f"请把规则参数 {setting} 改为 {better:%H:%M}"
                    if better
                    else "请减小规则参数 jitter_minutes"
                )
                sentence = (
                    f"计划《{title}》的{word}有的在 {'、'.join(f'{minute:02d}' for minute in hit)} 分发出，"
                    f"渠道“{name}”的厂商要求避开，届时会推迟一分钟：想错开，{advice}"
                )
                yield Check("channel_quiet", "warning", sentence)


def quieter(policy: Policy, hour: time, quiet_minutes: Sequence[int]) -> time | None:
    """The next time of day, within the hour, from which nothing planned meets a quiet minute."""
    start = timedelta(hours=hour.hour, minutes=hour.minute)
    for minutes in range(1, 60):
        later = start + timedelta(minutes=minutes)
        moment = time(later.seconds // 3600, later.seconds // 60 % 60)
        if not minutes_of(policy, moment).intersection(quiet_minutes):
            return moment
    return None


def peaks(waiting: Sequence[Planned], traits: Mapping[str, Traits], local: ZoneInfo) -> Iterator[Check]:
    """No more messages wait for a channel at one time than its budgets let out."""
    for name, one in sorted(traits.items()):
        moments = [planned.at for planned in waiting if planned.channel == name]
        for budget in (budget for budget in one.budgets if not budget.per_address):
            moment, number = fullest(moments, budget.seconds)
            if moment and number > budget.count:
                when = f"{moment.astimezone(local):%m-%d %H:%M} 起{_span(budget)}有 {number} 条消息等着"
                yield _too_many(name, when, budget, one)


def planned_peaks(
    title: str, policy: Policy, users: Mapping[str, int], traits: Mapping[str, Traits]
) -> Iterator[Check]:
    """If everybody on a channel is reminded on the same day, its budgets are enough."""
    for name, one in sorted(traits.items()):
        for budget in (budget for budget in one.budgets if not budget.per_address):
            share = min(1.0, budget.seconds / (60 * max(1, policy.jitter_minutes)))
            number = ceil(users.get(name, 0) * share)
            if number > budget.count:
                when = f"计划《{title}》的全部对象同日提醒时，{_span(budget)}约有 {number} 条"
                yield _too_many(name, when, budget, one)


def fullest(moments: Sequence[datetime], seconds: int) -> tuple[datetime | None, int]:
    """When a span of that length begins that holds the most of the moments (its end excluded), and how many."""
    ordered = sorted(moments)
    best: tuple[datetime | None, int] = (None, 0)
    last = 0
    for first, moment in enumerate(ordered):
        while last < len(ordered) and ordered[last] < moment + timedelta(seconds=seconds):
            last += 1
        if last - first > best[1]:
            best = (moment, last - first)
    return best


def _too_many(name: str, when: str, budget: Budget, traits: Traits) -> Check:
    then = "多出的会合并成较少的几条发出" if traits.merges else "多出的会顺延发出"
    sentence = f"渠道“{name}”{when}，超过厂商的限额（{_span(budget)} {budget.count} 条）：{then}；想分散，请增大规则参数 jitter_minutes 或分用几个机器人"
    return Check("channel_rate", "warning", sentence)


def _span(budget: Budget) -> str:
    shown = {1: "每秒", 60: "每分钟", 3600: "每小时", 86400: "每天"}
    return shown.get(budget.seconds, f"每 {budget.seconds} 秒")


def repeats(planned: Sequence[Planned], kinds: Mapping[str, str], local: ZoneInfo) -> Iterator[Check]:
    """Nobody is to get the same words twice on a day by a channel whose vendor delivers them once."""
    seen: dict[tuple[str, str, object, str], int] = {}
    for one in planned:
        if kinds.get(one.channel) in ONCE_A_DAY:
            key = (one.channel, one.address, one.at.astimezone(local).date(), one.content)
            seen[key] = seen.get(key, 0) + 1
    for name in sorted({key[0] for key, number in seen.items() if number > 1}):
        number = sum(count for key, count in seen.items() if key[0] == name and count > 1)
        sentence = (
            f"渠道“{name}”一天内有 {number} 条内容相同的消息发给同一人：厂商同样内容一天只送一次，"
            "督办在每条末尾加了编号，所以都会送到；若不是有意重复，请用 duban messages 查看"
        )
        yield Check("channel_repeats", "warning", sentence)
