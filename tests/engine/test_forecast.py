"""When a sub-task will be complete at its present pace; dates are worked out by hand beside the tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.facts import Facts
from engine.forecast import Forecast, forecast_of
from engine.model import Indicator, Report, Span, State, SubTask
from tests.engine.cases import CAL, a_plan, a_report, a_task, an_indicator, day

PLAN = a_plan()  # deadline 30 November


def forecast(task: SubTask, on: str = "07-15") -> Forecast | None:
    return forecast_of(Facts.of(PLAN, task, CAL, day(on)))


def reported(*figures: object, received: str = "{:02d}-28") -> tuple[Report, ...]:
    """Figures of March, April, …, each received on the 28th: 31 days from March, 30 from April, and so on."""
    return tuple(
        a_report(f"{month:02d}", received.format(month), figure) for month, figure in enumerate(figures, 3)
    )


def test_two_reports_make_a_pace() -> None:
    # 28 March: 10, 28 April: 41, one a day; 59 more days to 100
    found = forecast(a_task(*reported(10, 41)), "05-01")
    assert found is not None
    assert (found.on, found.late) == (day("04-28") + timedelta(days=59), False)
    assert found.reason.code == "forecast"
    inputs = dict(found.reason.inputs)
    assert (inputs["points"], inputs["remaining"], inputs["unit"]) == ("2", "59", "台")
    assert (inputs["pace"], inputs["since"], inputs["as_of"]) == ("30", "2024-03-28", "2024-04-28")


@pytest.mark.parametrize(
    ("quantity", "expected", "late"),
    [
        # one a day from 10 on 28 March: the figure of 30 November is 10 + 247
        (257, date(2024, 11, 30), False),
        (258, date(2024, 12, 1), True),
    ],
)
def test_later_than_the_deadline_is_a_warning_even_while_green(
    quantity: int, expected: date, late: bool
) -> None:
    task = a_task(*reported(10, 41, 71), indicators=(an_indicator(quantity),))
    found = forecast(task, "06-03")
    assert found is not None
    assert (found.on, found.late) == (expected, late)


@pytest.mark.parametrize("figures", [(), (10,)])
def test_fewer_than_two_points_make_no_pace_and_it_is_said(figures: tuple[int, ...]) -> None:
    found = forecast(a_task(*reported(*figures)), "05-01")
    assert found is not None
    assert (found.on, found.late, found.reason.code) == (None, False, "forecast_unknown")
    assert found.reason.get("points") == str(len(figures))


@pytest.mark.parametrize("figures", [(10, 10), (10, 9), (10, 20, 10, 9)])
def test_a_pace_that_leads_nowhere_is_a_warning_without_a_date(figures: tuple[int, ...]) -> None:
    found = forecast(a_task(*reported(*figures)))
    assert found is not None
    assert (found.on, found.late, found.reason.code) == (None, True, "forecast_never")


def test_a_date_years_away_is_no_date() -> None:
    found = forecast(a_task(*reported(1, 2), indicators=(an_indicator(10000),)), "05-01")
    assert found is not None
    assert (found.on, found.reason.code) == (None, "forecast_never")


@pytest.mark.parametrize(
    "change",
    [
        {"state": State.SUSPENDED},
        {"state": State.TERMINATED},
        {"state": State.ACCEPTED},
        {"indicators": (replace(an_indicator(), kind="level"),)},
        {"indicators": (an_indicator(50, comparator="<="),)},
        {"indicators": ()},
        {"indicators": (an_indicator(40),)},  # met: 41 of 40
    ],
)
def test_what_is_done_at_rest_or_does_not_accumulate_has_no_forecast(change: dict[str, object]) -> None:
    assert forecast(a_task(*reported(10, 41), **change)) is None


def test_corrections_count_by_their_last_word() -> None:
    task = a_task(*reported(10, 80), a_report("04", "05-03", 41))
    # the correction stands for the end of April: 33 days after 28 March, 31 more
    found = forecast(task, "05-06")
    assert found is not None
    assert found.reason.get("points") == "2"
    assert found.on == day("04-30") + timedelta(days=63)  # 59 × 33 / 31 = 62.8


def test_a_date_that_has_passed_is_today_at_the_earliest() -> None:
    found = forecast(a_task(*reported(10, 80)), "09-02")
    assert found is not None
    assert found.on == day("09-02")


def test_only_the_last_six_months_make_the_pace() -> None:
    idle_then_fast = reported(0, 0, 0, 0, 31, 62, 92)  # March to June nothing, then one a day
    found = forecast(a_task(*idle_then_fast), "10-08")
    assert found is not None
    assert found.reason.get("points") == "6"
    assert found.reason.get("since") == "2024-04-28"


def test_the_worst_indicator_decides() -> None:
    lifts, beds = an_indicator(100), Indicator(2, "养老床位", Decimal(100), "张")
    reports = tuple(
        replace(one, quantities={1: Decimal(10 + 31 * number), 2: Decimal(beds_done)})
        for number, (one, beds_done) in enumerate(zip(reported(0, 0), (5, 5), strict=True))
    )
    never = forecast(a_task(*reports, indicators=(lifts, beds)), "05-01")
    assert never is not None
    assert (never.indicator_id, never.reason.code) == (2, "forecast_never")
    unknown = [replace(one, quantities={1: one.quantities[1]}) for one in reports]
    found = forecast(a_task(*unknown, indicators=(lifts, beds)), "05-01")
    assert found is not None
    assert (found.indicator_id, found.reason.code) == (2, "forecast_unknown")
    found = forecast(a_task(*unknown, indicators=(an_indicator(1000), beds)), "05-01")
    assert found is not None
    assert (found.indicator_id, found.late) == (1, True)


def test_days_of_suspension_do_not_count() -> None:
    # one a day in March and April, suspended from 29 April to 28 June, one a day again
    reports = (*reported(10, 41), a_report("07", "07-28", 71))
    paused = a_task(*reports, suspensions=(Span(day("04-29"), day("06-28")),))
    # 28 April to 28 July are 91 days, 61 of them suspended: 30 for 30; 29 more days to 100
    found = forecast(paused, "08-01")
    assert found is not None
    assert (found.on, found.reason.get("pace")) == (day("07-28") + timedelta(days=29), "30")
    slower = forecast(replace(paused, suspensions=()), "08-01")
    assert slower is not None
    assert slower.on is not None
    assert slower.on > day("07-28") + timedelta(days=29)


STEPS = st.integers(1, 40)


@given(st.integers(0, 50), STEPS, st.integers(5, 6), st.integers(0, 5), st.integers(0, 5000))
def test_one_odd_report_among_five_moves_nothing(
    first: int, step: int, months: int, place: int, odd: int
) -> None:
    days = [day("03-28") + timedelta(days=30 * number) for number in range(months)]
    straight = [first + step * number for number in range(months)]
    place %= months
    target = Decimal(max(*straight, odd) + step)
    tasks = []
    for figures in (straight, [*straight[:place], odd, *straight[place + 1 :]]):
        reports = [
            Report(number, f"2024-{3 + number:02d}", on, on, True, "in_progress", {1: Decimal(figure)})
            for number, (on, figure) in enumerate(zip(days, figures, strict=True), 1)
        ]
        tasks.append(a_task(*reports, indicators=(an_indicator(target),)))
    clean, dirty = (forecast(task, f"{days[-1]:%m-%d}") for task in tasks)
    assert clean is not None
    assert dirty is not None
    assert clean.on == dirty.on


@given(st.lists(st.integers(0, 300), min_size=2, max_size=8), st.integers(1, 300), st.integers(1, 100))
def test_a_larger_promise_is_never_complete_earlier(figures: list[int], quantity: int, more: int) -> None:
    on = "12-02"
    near = forecast(a_task(*reported(*figures), indicators=(an_indicator(quantity),)), on)
    far = forecast(a_task(*reported(*figures), indicators=(an_indicator(quantity + more),)), on)
    if near is None or near.on is None:
        assert near is None or far is None or far.on is None
        return
    assert far is not None
    assert far.on is None or far.on >= near.on
