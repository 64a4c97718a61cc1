"""Templates of milestones: what every proposal keeps, and a few worked by hand."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import WorkCalendar
from engine.milestone_templates import COURSES, STAGES, Kind, Promised, Proposed, propose
from engine.months import month_end, month_of

CAL = WorkCalendar()
START, DEADLINE = date(2024, 3, 1), date(2024, 11, 30)
KINDS = st.sampled_from(list(Kind))
UNITS = st.sampled_from(["台", "人", "公里", "万元", "㎡"])
QUANTITIES = st.decimals(Decimal("0.1"), Decimal(50_000), places=1)


@st.composite
def proposals(draw: st.DrawFn) -> tuple[Kind, date, date, Promised, tuple[Proposed, ...]]:
    """A proposal for one indicator, whole where its unit is counted, with what it was made from."""
    kind, unit = draw(KINDS), draw(UNITS)
    start = draw(st.dates(date(2023, 1, 1), date(2025, 12, 1)))
    deadline = start + timedelta(days=draw(st.integers(0, 500)))
    quantity = draw(QUANTITIES)
    if unit in ("台", "人"):
        quantity = max(Decimal(1), quantity.to_integral_value())
    promised = Promised(7, quantity, unit)
    return kind, start, deadline, promised, propose(kind, start, deadline, (promised,), CAL)


@given(proposals())
def test_figures_rise_to_the_promise_and_are_whole_where_units_are_counted(
    made: tuple[Kind, date, date, Promised, tuple[Proposed, ...]],
) -> None:
    _, _, deadline, promised, found = made
    figures = [(one.due_on, one.quantities[7]) for one in found if 7 in one.quantities]
    assert figures[-1] == (deadline, promised.quantity)
    assert all(0 < low[1] <= high[1] for low, high in itertools.pairwise(figures))
    if promised.unit in ("台", "人"):
        assert all(value == value.to_integral_value() for _, value in figures)


@given(proposals())
def test_every_day_lies_in_the_span_once_on_a_working_day_a_month_end_or_the_deadline(
    made: tuple[Kind, date, date, Promised, tuple[Proposed, ...]],
) -> None:
    _, start, deadline, _, found = made
    days = [one.due_on for one in found]
    assert days == sorted(set(days))
    for one in found:
        assert start <= one.due_on <= deadline
        if one.due_on not in (deadline, month_end(month_of(one.due_on))):
            assert CAL.is_working_day(one.due_on)
        assert one.text or one.quantities
        assert one.weight >= 1


@given(KINDS, st.fractions(0, 1), st.fractions(0, 1))
def test_no_course_falls_and_all_go_from_nothing_to_everything(
    kind: Kind, one: Fraction, other: Fraction
) -> None:
    course = COURSES[kind]
    assert (course(Fraction(0)), course(Fraction(1))) == (0, 1)
    assert course(min(one, other)) <= course(max(one, other))


@given(KINDS)
def test_without_figures_there_are_the_stages_and_the_last_is_the_deadline(kind: Kind) -> None:
    found = propose(kind, START, DEADLINE, (), CAL)
    assert [one.text for one in found] == [stage.words for stage in STAGES[kind]]
    assert found[-1].due_on == DEADLINE


@pytest.mark.parametrize(
    ("kind", "figures"),
    [
        (Kind.CONSTRUCTION, [0, 3, 11, 23, 39, 59, 78, 93, 100]),
        (Kind.PROCUREMENT, [0, 0, 0, 0, 10, 33, 55, 78, 100]),
        (Kind.TRAINING, [10, 21, 33, 44, 55, 66, 77, 89, 100]),
        (Kind.SERVICE, [2, 10, 23, 36, 49, 62, 74, 87, 100]),
    ],
)
def test_a_hundred_in_nine_months(kind: Kind, figures: list[int]) -> None:
    """Worked from the courses by hand: 274 days, month ends 30, 60, 91, … days after the start."""
    found = propose(kind, START, DEADLINE, (Promised(1, Decimal(100), "台"),), CAL)
    by_day = {one.due_on: one.quantities[1] for one in found if one.quantities}
    ends = [month_end(month_of(START) + month) for month in range(9)]
    assert [by_day.get(day, Decimal(0)) for day in ends] == figures


@pytest.mark.parametrize(
    ("deadline", "days"),
    [
        (date(2024, 10, 3), [("制定方案、开课、全部完成", date(2024, 10, 3))]),  # a span of holidays only
        (date(2024, 9, 30), [("制定方案、开课、全部完成", date(2024, 9, 30))]),  # over before it began
    ],
)
def test_a_span_without_working_days_has_its_deadline_only(
    deadline: date, days: list[tuple[str, date]]
) -> None:
    found = propose(Kind.TRAINING, date(2024, 10, 1), deadline, (), CAL)
    assert [(one.text, one.due_on) for one in found] == days


@pytest.mark.parametrize(
    ("quantity", "unit", "first"),
    [("9", "公里", "0.9"), ("9", "台", None), ("900", "公里", "98"), ("3.5", "公里", "0.38")],
)
def test_divisible_promises_are_proposed_as_finely_as_they_are_worth(
    quantity: str, unit: str, first: str | None
) -> None:
    found = propose(Kind.TRAINING, START, DEADLINE, (Promised(1, Decimal(quantity), unit),), CAL)
    by_day = {one.due_on: one.quantities[1] for one in found}
    assert by_day.get(date(2024, 3, 31)) == (first and Decimal(first))
