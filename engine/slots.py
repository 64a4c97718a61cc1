"""When messages leave: a recipient's slot on a working day, and the window around it."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.calendar import WorkCalendar
from engine.policy import Policy

SPARE = timedelta(minutes=15)  # a slot comes so long before the window closes that no turn can miss it


def reminder_slot(policy: Policy, recipient: str, day: date, zone: ZoneInfo) -> datetime:
    """The moment at which that recipient's reminders leave on that day; the same however often asked.

    Like every slot it lies within the window, whatever the policy's hours: else nothing would ever leave.
    """
    return _slot(policy, policy.remind_at, _jitter(policy, f"reminder|{recipient}|{day}"), day, zone)


def reminders_from(policy: Policy, day: date, zone: ZoneInfo) -> datetime:
    """The moment before which nobody's reminders leave on that day."""
    return _slot(policy, policy.remind_at, timedelta(), day, zone)


def digest_slot(policy: Policy, day: date, zone: ZoneInfo) -> datetime:
    """The moment from which digests of that day are due."""
    return _slot(policy, policy.digest_at, timedelta(), day, zone)


def recipient_digest_slot(policy: Policy, recipient: str, day: date, zone: ZoneInfo) -> datetime:
    """The moment at which that recipient's digest leaves: not all at once."""
    return _slot(policy, policy.digest_at, _jitter(policy, f"digest|{recipient}|{day}"), day, zone)


def latest_slots(policy: Policy, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments by which every recipient's slot for reminders and for digests has come on that day."""
    most = timedelta(minutes=policy.jitter_minutes)
    return _slot(policy, policy.remind_at, most, day, zone), _slot(policy, policy.digest_at, most, day, zone)


def is_open(policy: Policy, calendar: WorkCalendar, moment: datetime, zone: ZoneInfo) -> bool:
    """Whether a message may leave: a working day, within the window, its closing minute excluded."""
    local = moment.astimezone(zone)
    if not calendar.is_working_day(local.date()):
        return False
    return policy.window_opens <= local.time() < policy.window_closes


def next_opening(policy: Policy, calendar: WorkCalendar, moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself if the window is open then, else the next opening."""
    if is_open(policy, calendar, moment, zone):
        return moment
    local = moment.astimezone(zone)
    opens_today = datetime.combine(local.date(), policy.window_opens, zone)
    if calendar.is_working_day(local.date()) and local < opens_today:
        return opens_today
    return datetime.combine(calendar.next_working_day(local.date()), policy.window_opens, zone)


def after_working_hours(
    policy: Policy, calendar: WorkCalendar, moment: datetime, hours: int, zone: ZoneInfo
) -> datetime:
    """The moment at which so many hours within the windows of working days have passed since then."""
    left = timedelta(hours=hours)
    at = next_opening(policy, calendar, moment, zone).astimezone(zone)
    while left > (span := datetime.combine(at.date(), policy.window_closes, zone) - at):
        left -= span
        at = datetime.combine(calendar.next_working_day(at.date()), policy.window_opens, zone)
    return at + left


def minutes_of(policy: Policy, hour: time) -> frozenset[int]:
    """The minutes of the hour in which messages planned for that hour of the day may leave."""
    day = datetime(2024, 1, 2, tzinfo=UTC)
    opens, closes = (datetime.combine(day, edge, UTC) for edge in (policy.window_opens, policy.window_closes))
    planned = (
        datetime.combine(day, hour, UTC) + timedelta(minutes=number)
        for number in range(max(1, policy.jitter_minutes))
    )
    return frozenset(max(opens, min(one, closes - SPARE)).minute for one in planned)


def _slot(policy: Policy, hour: time, jitter: timedelta, day: date, zone: ZoneInfo) -> datetime:
    opens, closes = (
        datetime.combine(day, edge, zone) for edge in (policy.window_opens, policy.window_closes)
    )
    return max(opens, min(datetime.combine(day, hour, zone) + jitter, closes - SPARE))


def _jitter(policy: Policy, key: str) -> timedelta:
    if policy.jitter_minutes <= 0:
        return timedelta()
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big")
    return timedelta(minutes=number % policy.jitter_minutes)
