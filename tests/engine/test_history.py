"""What stood at the end of past months, what the plan asks of those to come; worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from engine.calendar import WorkCalendar
from engine.facts import Facts
from engine.history import month_standings, months_of, over
from engine.model import Indicator, Light, Phase, Plan, Report, Share, State, SubTask
from engine.share_lights import share_cells

CAL = WorkCalendar()
# Eleven months of 100 units: issued on 1 January, to be carried out by 30 November.
PLAN = Plan(1, "年度任务", 2024, date(2024, 1, 1), (Phase("execute", date(2024, 1, 1), date(2024, 11, 30)),))
LIFTS = Indicator(7, "电梯", Decimal(335), "台")  # one a day: 335 days from 1 January to 30 November


def reported(month: int, quantity: int, received: str) -> Report:
    day = date.fromisoformat(received)
    return Report(month, f"2024-{month:02d}", day, day, True, quantities={7: Decimal(quantity)})


def a_task(*reports: Report, state: State = State.IN_PROGRESS) -> SubTask:
    return SubTask(1, "1", "加装电梯", state, indicators=(LIFTS,), reports=reports)


def test_months_run_from_the_issue_to_the_last_phase() -> None:
    assert [month % 12 + 1 for month in months_of(PLAN)] == list(range(1, 12))


@pytest.mark.parametrize(("on", "number"), [("2024-01-31", 0), ("2024-02-01", 1), ("2024-12-05", 11)])
def test_a_month_is_over_after_its_last_day(on: str, number: int) -> None:
    assert over(PLAN, date.fromisoformat(on)) == number


def test_a_past_month_shows_what_was_known_on_its_last_day() -> None:
    late_words = reported(1, 30, "2024-02-05")  # of January, known in February only
    standings = month_standings(PLAN, a_task(late_words), CAL, date(2024, 3, 10), None)
    assert standings[0].percent == 0
    assert standings[1].percent is not None
    assert int(standings[1].percent) == 8  # 30 of 335
    assert standings[1].expected_percent is not None
    assert int(standings[1].expected_percent) == 17  # 59 days of 334
    assert standings[2].light is not None


def test_months_to_come_show_the_plan_alone() -> None:
    standings = month_standings(PLAN, a_task(), CAL, date(2024, 3, 10), None)
    coming = standings[3:]
    assert {(one.light, one.percent) for one in coming} == {(None, None)}
    asked = [int(one.expected_percent) for one in coming if one.expected_percent is not None]
    assert asked == sorted(asked)
    assert asked[-1] == 100


def test_what_was_accepted_later_was_not_done_then() -> None:
    behind = reported(1, 1, "2024-01-31"), reported(2, 335, "2024-02-28")
    accepted = a_task(*behind, state=State.ACCEPTED)
    standings = month_standings(PLAN, accepted, CAL, date(2024, 4, 1), date(2024, 3, 5))
    assert [one.light for one in standings[:4]] == [Light.YELLOW, Light.DONE, Light.DONE, Light.DONE]


def test_what_was_terminated_later_ran_until_then() -> None:
    ended = a_task(reported(1, 31, "2024-01-31"), state=State.TERMINATED)
    standings = month_standings(PLAN, ended, CAL, date(2024, 4, 1), date(2024, 3, 5))
    assert [one.light for one in standings[:4]] == [Light.GREEN, Light.GREEN, Light.GREY, Light.GREY]


def test_known_marks_are_taken_as_they_are() -> None:
    task, on = a_task(reported(1, 31, "2024-01-31")), date(2024, 4, 1)
    known = month_standings(PLAN, task, CAL, date(2024, 3, 1), None)[:2]
    assert month_standings(PLAN, replace(task, reports=()), CAL, on, None, known)[:2] == known
    assert month_standings(PLAN, task, CAL, on, None, known) == month_standings(PLAN, task, CAL, on, None)


@pytest.mark.parametrize(
    ("done", "light"),
    [
        (None, Light.GREY),  # said nothing
        # 67 in 334 days, one in 4.99: the 11th on 25 February, 4 working days before the 29th, the 10th on the 20th, 7;
        # the 6th on 31 January, 18, the 5th on the 26th, 21. Yellow is over 5, red over 20.
        (10, Light.GREEN),
        (9, Light.YELLOW),
        (5, Light.YELLOW),
        (4, Light.RED),
        (66, Light.GREEN),
        (67, Light.DONE),
    ],
)
def test_a_share_is_judged_in_proportion(done: int | None, light: Light) -> None:
    said = () if done is None else (reported(2, done, "2024-02-29"),)
    task = replace(a_task(), shares=(Share(5, {7: Decimal(67)}, said),))
    cells = share_cells(Facts.of(PLAN, task, CAL, date(2024, 3, 1)), LIFTS)
    assert (cells[5].done, cells[5].quota, cells[5].light) == (
        None if done is None else Decimal(done),
        Decimal(67),
        light,
    )
