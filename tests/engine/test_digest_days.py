"""When a digest is due, worked out by hand on the calendar of 2024."""

from __future__ import annotations

from datetime import date

import pytest

from engine.calendar import WorkCalendar, YearFile
from engine.digest_days import (
    WeekSlot,
    digest_days,
    digest_on,
    latest_digest,
    latest_slot,
    skipped_weeks,
    slot_of,
)
from engine.model import Plan
from engine.policy import Policy
from tests.engine.cases import CAL, a_plan, day

PLAN = a_plan()
SHUT = WorkCalendar([YearFile(2024, frozenset(date(2024, 10, n) for n in range(7, 12)), frozenset())])


@pytest.mark.parametrize(
    ("on", "week", "slot"),
    [
        ("02-05", "2024-W06", "02-09"),
        ("02-14", "2024-W07", "02-18"),  # of the Spring Festival's week only the make-up Sunday is worked
        ("02-19", "2024-W08", "02-23"),
        ("04-05", "2024-W14", "04-07"),
        ("05-01", "2024-W18", "04-30"),
        ("05-06", "2024-W19", "05-11"),  # a make-up Saturday
        ("09-29", "2024-W39", "09-29"),
        ("09-30", "2024-W40", "09-30"),
        ("10-08", "2024-W41", "10-12"),
        ("12-30", "2025-W01", "2025-01-03"),
    ],
)
def test_the_digest_leaves_on_the_last_working_day_of_the_iso_week(on: str, week: str, slot: str) -> None:
    assert slot_of(CAL, day(on)) == WeekSlot(week, day(slot))


def test_a_week_without_a_working_day_has_no_digest() -> None:
    assert slot_of(SHUT, day("10-09")) is None
    weeks = [slot.week for slot in digest_days(PLAN, SHUT, day("09-30"), day("10-20"))]
    assert weeks == ["2024-W40", "2024-W42"]
    assert skipped_weeks(PLAN, SHUT, day("03-01"), day("12-31")) == ("2024-W41",)
    assert skipped_weeks(PLAN, CAL, day("03-01"), day("12-31")) == ()


@pytest.mark.parametrize(
    ("cal", "on", "passed", "week"),
    [
        (CAL, "07-04", True, "2024-W26"),
        (CAL, "07-05", False, "2024-W26"),
        (CAL, "07-05", True, "2024-W27"),
        (CAL, "07-07", False, "2024-W27"),
        (CAL, "07-08", True, "2024-W27"),
        (CAL, "05-11", False, "2024-W18"),
        (CAL, "05-11", True, "2024-W19"),
        (SHUT, "10-13", True, "2024-W40"),
    ],
)
def test_the_latest_slot_is_the_last_one_whose_hour_has_passed(
    cal: WorkCalendar, on: str, passed: bool, week: str
) -> None:
    assert latest_slot(cal, day(on), passed).week == week


def test_digests_become_daily_at_the_end_of_gap_fill_and_the_weeks_keep_their_names() -> None:
    slots = digest_days(PLAN, CAL, day("12-01"), day("2025-01-31"))
    assert [(slot.week, f"{slot.on:%m-%d}") for slot in slots] == [
        ("2024-W49", "12-06"), ("2024-W50", "12-13"), ("2024-W51", "12-20"),
        ("2024-12-25", "12-25"), ("2024-12-26", "12-26"), ("2024-W52", "12-27"),
        ("2024-12-30", "12-30"), ("2024-12-31", "12-31"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "on", "due"),
    [
        (PLAN, "02-23", False),  # a Friday before the plan was issued
        (PLAN, "03-01", True),
        (PLAN, "03-07", False),
        (PLAN, "03-08", True),
        (PLAN, "12-24", False),
        (PLAN, "12-25", True),
        (PLAN, "12-28", False),  # Saturday
        (a_plan(gap=False), "11-29", True),
        (a_plan(gap=False), "12-06", False),  # the plan has ended
        (a_plan(policy=Policy(gap_daily_last=4)), "12-25", False),
        (a_plan(policy=Policy(gap_daily_last=4)), "12-26", True),
        (PLAN, "2025-01-03", False),
    ],
)
def test_a_digest_is_due_only_while_its_plan_runs(plan: Plan, on: str, due: bool) -> None:
    assert (digest_on(plan, CAL, day(on)) is not None) is due


@pytest.mark.parametrize(
    ("on", "passed", "week"),
    [
        ("03-01", False, None),
        ("03-01", True, "2024-W09"),
        ("12-25", False, "2024-W51"),
        ("12-25", True, "2024-12-25"),
        ("2025-03-01", False, "2024-12-31"),
    ],
)
def test_after_an_outage_only_the_latest_digest_counts(on: str, passed: bool, week: str | None) -> None:
    found = latest_digest(PLAN, CAL, day(on), passed)
    assert (found.week if found else None) == week
