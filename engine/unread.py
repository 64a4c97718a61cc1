"""What lies unread climbs: the post above is told once a message, with the first reminders of the next morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.calendar import WorkCalendar
from engine.facts import Facts
from engine.model import Audience, Reason, Rule, Unread
from engine.policy import Policy
from engine.slots import after_working_hours, reminders_from
from engine.steps import Ladder, is_of_interest, whole

ABOVE = {"liaison": Audience.HEADS, "head": Audience.LEADERS}
ONCE = 1
SOON = (timedelta(minutes=30), timedelta(hours=4))  # refusals are known early
DAY = timedelta(days=1)


def told_on(policy: Policy, cal: WorkCalendar, one: Unread, zone: ZoneInfo) -> date:
    """The first working day whose reminders leave after the message lay unread for the policy's working hours."""
    over = after_working_hours(policy, cal, one.sent_at, policy.unread_hours, zone)
    day = over.date()
    return day if over <= reminders_from(policy, day, zone) else cal.next_working_day(day)


def is_to_be_asked(policy: Policy, sent_at: datetime, last: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a moment of asking who has read the message has come since ``last``.

    Soon after it was sent, then each day as the window opens, for the policy's days: vendors count calls.
    """
    sent_on = sent_at.astimezone(zone).date()
    days = (sent_on + number * DAY for number in range(1, policy.receipt_days + 1))
    mornings = (datetime.combine(day, policy.window_opens, zone) for day in days)
    soon = (sent_at + span for span in SOON) if policy.receipt_days else ()
    return any(last < moment <= now for moment in (*soon, *mornings))


def unread_ladders(facts: Facts) -> Iterator[Ladder]:
    """To the head of the unit whose liaison did not read, to the leader in charge of a head who did not.

    Silent where the unit has reported since, and once vendors are no longer asked who has read it.
    """
    zone = ZoneInfo(facts.plan.time_zone)
    for one in facts.subtask.unread if facts.policy.unread_hours else ():
        sent_on = one.sent_at.astimezone(zone).date()
        until = min(sent_on + timedelta(days=facts.policy.receipt_days), facts.plan_end)
        is_known = sent_on <= facts.on and is_of_interest(facts, until)
        if is_known and one.post in ABOVE and not _has_answered(facts, sent_on):
            yield _ladder(facts, one, sent_on, until, told_on(facts.policy, facts.cal, one, zone))


def _ladder(facts: Facts, one: Unread, sent_on: date, until: date, day: date) -> Ladder:
    reason = Reason.of("unread", since=sent_on, hours=facts.policy.unread_hours, post=one.post)
    return Ladder(
        Rule.UNREAD, whole(facts), f"message:{one.message_id}", ((ONCE, day),), until,
        lambda: reason, ABOVE[one.post], (one.unit_id,),
    )  # fmt: skip


def _has_answered(facts: Facts, sent_on: date) -> bool:
    return any(report.received_on >= sent_on for report in facts.reports)
