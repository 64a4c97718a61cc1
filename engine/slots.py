"""When messages leave: a recipient's slot on a working day, and the window around it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.calendar import WorkCalendar
from engine.policy import Policy


def reminder_slot(policy: Policy, recipient: str, day: date, zone: ZoneInfo) -> datetime:
    """The moment at which that recipient's reminders leave on that day; the same however often asked."""
    return datetime.combine(day, policy.remind_at, zone) + _jitter(policy, f"reminder|{recipient}|{day}")


def digest_slot(policy: Policy, day: date, zone: ZoneInfo) -> datetime:
    """The moment from which digests of that day are due."""
    return datetime.combine(day, policy.digest_at, zone)


def recipient_digest_slot(policy: Policy, recipient: str, day: date, zone: ZoneInfo) -> datetime:
    """The moment at which that recipient's digest leaves: not all at once."""
    return digest_slot(policy, day, zone) + _jitter(policy, f"digest|{recipient}|{day}")


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


def _jitter(policy: Policy, key: str) -> timedelta:
    if policy.jitter_minutes <= 0:
        return timedelta()
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big")
    return timedelta(minutes=number % policy.jitter_minutes)
