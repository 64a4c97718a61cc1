"""The year's score: the mean of the months and what was completed in time, worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.completion import Timing
from engine.evaluation_days import evaluated_on, evaluations_until, year_evaluated_on
from engine.model import Phase, Plan
from engine.months import month_named
from engine.policy import Policy
from engine.scoring_model import UnitScore
from engine.scoring_year import Outcome, score_year
from tests.engine.cases import CAL, a_plan, day

EARLY, ON_TIME, EXTENDED, LATE, OPEN = (Outcome(one) for one in Timing)


def month(**scores: str | None) -> list[UnitScore]:
    return [
        UnitScore(unit, None if score is None else Decimal(score), None, None, (), (), ())
        for unit, score in scores.items()
    ]


def test_a_year_is_the_mean_of_its_months_and_of_what_was_completed_in_time() -> None:
    months = {"2024-04": month(甲局="90.0", 乙局="80.0"), "2024-05": month(甲局="95.0", 乙局=None)}
    outcomes = {"甲局": [EARLY, LATE], "乙局": [EXTENDED, OPEN, ON_TIME, Outcome(Timing.EARLY, True)]}
    first, second = score_year(months, outcomes, Policy())
    # 甲局: 60 % × 92.5 + 40 % × 75; 乙局: 60 % × 80 + 40 % × 75
    assert (first.unit, first.score, first.rank, first.mean) == ("甲局", Decimal("85.5"), 1, Decimal("92.5"))
    assert (second.unit, second.score, second.rank) == ("乙局", Decimal("78.0"), 2)
    assert (first.early, first.late, first.completion) == (1, 1, Decimal("75.0"))
    assert (second.early, second.on_time, second.extended, second.late, second.open, second.over) == (
        1, 1, 1, 0, 1, 1,
    )  # fmt: skip
    assert second.months == (("2024-04", Decimal("80.0")),)


@pytest.mark.parametrize(
    ("months", "outcomes", "score"),
    [
        ({"2024-04": month(甲局="90.0")}, {"甲局": []}, "90.0"),
        ({}, {"甲局": [EXTENDED]}, "100.0"),
        ({}, {"甲局": [LATE]}, "50.0"),
        ({}, {"甲局": [OPEN]}, "0.0"),
        ({}, {"甲局": []}, None),
    ],
)
def test_what_cannot_be_judged_leaves_its_weight_to_the_other(
    months: dict[str, list[UnitScore]], outcomes: dict[str, list[Outcome]], score: str | None
) -> None:
    (row,) = score_year(months, outcomes, Policy())
    assert row.score == (None if score is None else Decimal(score))
    assert row.rank == (None if score is None else 1)


@given(
    st.lists(st.integers(0, 1000).map(lambda tenths: Decimal(tenths) / 10), max_size=12),
    st.lists(st.sampled_from([EARLY, ON_TIME, EXTENDED, LATE, OPEN]), max_size=9),
)
def test_a_years_score_lies_between_nothing_and_a_hundred_and_knows_no_order(
    scores: list[Decimal], outcomes: list[Outcome]
) -> None:
    months = {f"2024-{number:02d}": month(甲局=str(score)) for number, score in enumerate(scores, 1)}
    (row,) = score_year(months, {"甲局": outcomes}, Policy())
    assert row.score is None or 0 <= row.score <= 100
    mirrored = {f"2024-{13 - int(name[5:]):02d}": rows for name, rows in months.items()}
    (other,) = score_year(mirrored, {"甲局": outcomes[::-1]}, Policy())
    assert (other.score, other.mean, other.completion) == (row.score, row.mean, row.completion)


def test_a_month_is_evaluated_some_working_days_after_its_reports_fell_due() -> None:
    plan = a_plan()
    # March's reports fall due on Friday 29; 1, 2 and 3 April are worked
    assert evaluated_on(plan, CAL, month_named("2024-03")) == day("04-03")
    # April's on Tuesday 30; 1 to 5 May are days off, 6 to 8 May are worked
    assert evaluations_until(plan, CAL, day("04-03"), day("05-08")) == (
        ("2024-03", day("04-03")),
        ("2024-04", day("05-08")),
    )
    assert evaluations_until(plan, CAL, day("04-04"), day("05-07")) == ()


def test_the_year_is_evaluated_with_its_last_month_but_after_the_plans_end() -> None:
    # December's reports fall due on Tuesday 31, the first of January is a day off
    assert year_evaluated_on(a_plan(), CAL) == day("2025-01-06")
    at_once = Policy(evaluation_after=0)
    ends_midmonth = Plan(
        1, "计划", 2024, day("03-01"), (Phase("execute", day("03-01"), day("12-31")),), at_once
    )
    assert year_evaluated_on(ends_midmonth, CAL) == day("2025-01-02")
