"""What lies unread climbs: working hours by hand on the calendar of 2024, both sides of each edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Audience, Owed, Rule, SubTask, Unread
from engine.policy import Policy
from engine.reminders import decide
from engine.slots import after_working_hours, is_open
from engine.unread import told_on
from tests.engine.cases import CAL, QUIET, a_plan, a_report, a_task, day

ZONE = ZoneInfo("Asia/Shanghai")
PLAN = a_plan()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2024-{text}").replace(tzinfo=ZONE)


def unread(sent: str = "04-09T09:03", post: str = "liaison", number: int = 5) -> Unread:
    return Unread(number, 3, post, at(sent))


def told(task: SubTask, on: str, policy: Policy = QUIET) -> list[Owed]:
    plan = replace(PLAN, policy=policy)
    return [one for one in decide(plan, task, CAL, day(on)).current if one.rule is Rule.UNREAD]


@pytest.mark.parametrize(
    ("sent", "hours", "over"),
    [
        ("04-09T09:03", 8, "04-09T17:03"),
        ("04-09T10:00", 8, "04-09T18:00"),  # to the minute in which the window closes
        ("04-09T10:01", 8, "04-10T08:31"),
        ("04-09T07:00", 8, "04-09T16:30"),  # before the window opens
        ("04-09T18:00", 1, "04-10T09:30"),
        ("04-12T17:00", 2, "04-15T09:30"),  # over a week-end
        ("04-03T17:30", 1, "04-07T09:00"),  # Qingming, 4 to 6 April; Sunday the 7th is a make-up day
        ("04-09T09:00", 19, "04-11T09:00"),  # two windows of nine and a half hours
    ],
)
def test_hours_count_within_the_window_of_working_days(sent: str, hours: int, over: str) -> None:
    assert after_working_hours(QUIET, CAL, at(sent), hours, ZONE) == at(over)


@given(st.datetimes(datetime(2024, 1, 8), datetime(2024, 11, 30)), st.integers(1, 60), st.integers(1, 60))
def test_hours_add_up_and_end_within_a_window(sent: datetime, first: int, second: int) -> None:
    moment = sent.replace(tzinfo=UTC)
    between = after_working_hours(QUIET, CAL, moment, first, ZONE)
    whole = after_working_hours(QUIET, CAL, moment, first + second, ZONE)
    assert after_working_hours(QUIET, CAL, between, second, ZONE) == whole
    assert is_open(QUIET, CAL, whole - timedelta(microseconds=1), ZONE)


@pytest.mark.parametrize(
    ("sent", "on"),
    [
        ("04-09T09:03", "04-10"),  # over at 17:03: the next morning
        ("04-09T10:30", "04-10"),  # over at 09:00 the next day, when reminders leave
        ("04-09T10:31", "04-11"),  # a minute too late for that morning
        ("04-12T09:03", "04-15"),
    ],
)
def test_the_post_above_is_told_with_the_first_reminders_after(sent: str, on: str) -> None:
    assert told_on(QUIET, CAL, unread(sent), ZONE) == day(on)


@pytest.mark.parametrize(("on", "count"), [("04-09", 0), ("04-10", 1), ("04-19", 1), ("04-20", 0)])
def test_it_is_told_once_and_ends_when_nobody_is_asked_any_more(on: str, count: int) -> None:
    found = told(a_task(unread=(unread(),)), on)
    assert len(found) == count
    assert {one.nominal_on for one in found} <= {day("04-10")}


@pytest.mark.parametrize(("hours", "count"), [(0, 0), (1, 1)])
def test_policy_switches_it_off(hours: int, count: int) -> None:
    task = a_task(unread=(unread(),))
    assert len(told(task, "04-10", replace(QUIET, unread_hours=hours))) == count


@pytest.mark.parametrize(
    ("post", "audience"),
    [("liaison", [Audience.HEADS]), ("head", [Audience.LEADERS]), ("leader", []), ("coordinator", [])],
)
def test_the_next_rung_of_that_unit_is_told(post: str, audience: list[Audience]) -> None:
    found = told(a_task(unread=(unread(post=post),)), "04-10")
    assert [one.audience for one in found] == audience
    assert [one.units for one in found] == [(3,)] * len(audience)


def test_the_reason_says_since_when_and_how_long() -> None:
    (owed,) = told(a_task(unread=(unread(),)), "04-10")
    assert (owed.obligation, owed.anchor, owed.step) == ("subtask:7", "message:5", 1)
    assert owed.reason.inputs == (("since", "2024-04-09"), ("hours", "8"), ("post", "liaison"))


def test_each_message_is_a_matter_of_its_own() -> None:
    task = a_task(unread=(unread(), unread("04-11T09:03", number=6)))
    assert {one.anchor for one in told(task, "04-12")} == {"message:5", "message:6"}


@pytest.mark.parametrize(("received", "count"), [("04-08", 1), ("04-09", 0), ("04-10", 0)])
def test_a_report_since_then_is_an_answer(received: str, count: int) -> None:
    task = a_task(a_report("03", received, 10), unread=(unread(),))
    assert len(told(task, "04-10")) == count


def test_the_next_check_is_on_the_day_on_which_it_is_told() -> None:
    quiet = a_task(a_report("04", "04-30", 90), unread=(unread("05-07T09:03"),))
    assert decide(PLAN, quiet, CAL, day("05-07")).next_check_on == day("05-08")


def test_a_task_without_such_messages_is_judged_as_before() -> None:
    assert a_task().unread == ()
    assert told(a_task(), "04-10") == []
