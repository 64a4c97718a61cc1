"""What a report is asked about: each edge from both sides."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.doubts import doubts, leaps, repeats
from engine.model import Indicator

LIFTS = Indicator(1, "加装电梯", Decimal(100), "台")
RATE = Indicator(2, "入园率", Decimal(90), "%", kind="rate")


@pytest.mark.parametrize(
    ("before", "value", "codes"),
    [
        (None, "0", []),
        ("26", "26", []),
        ("26", "25", ["figure_falls"]),
        ("26", "300", []),
        ("26", "300.1", ["figure_jumps"]),
        ("400", "350", ["figure_falls", "figure_jumps"]),
    ],
)
def test_a_figure_that_falls_or_jumps_is_asked_about(
    before: str | None, value: str, codes: list[str]
) -> None:
    known = {1: Decimal(before)} if before else {}
    found = doubts([LIFTS], {1: Decimal(100)}, known, {1: Decimal(value)}, "", ())
    assert [one.code for one in found] == codes


def test_a_rate_may_fall_and_what_was_not_filled_in_is_no_doubt() -> None:
    known = {1: Decimal(26), 2: Decimal(95)}
    assert doubts([LIFTS, RATE], {1: Decimal(100)}, known, {2: Decimal(94)}, "", ()) == ()


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("既有住宅加装电梯100台", True),
        ("既有住宅，加装电梯 100台。", True),
        ("加装电梯100台", True),  # a part of it
        ("既有住宅加装电梯110台", True),  # nearly all of it
        ("已开工30台，其中完工12台，其余正在办理手续", False),
        ("电梯", False),  # too short to be one
        ("", False),
    ],
)
def test_a_text_that_only_repeats_the_task_is_told(text: str, outcome: bool) -> None:
    assert repeats(text, ["既有住宅加装电梯100台"]) is outcome


@pytest.mark.parametrize(
    ("before", "value", "due", "codes"),
    [
        (None, "50", "10", []),  # half of it is no more than half
        (None, "51", "10", ["figure_leaps"]),
        (None, "51", "17", []),  # three times what is due is no more than that
        (None, "52", "17", ["figure_leaps"]),
        ("30", "80", "10", []),
        ("29", "80", "10", ["figure_leaps"]),
        (None, "100", None, []),  # nothing is asked of it by a day
    ],
)
def test_a_figure_that_brings_over_half_at_once_and_far_ahead_of_the_plan_is_told(
    before: str | None, value: str, due: str | None, codes: list[str]
) -> None:
    known = {1: Decimal(before)} if before else {}
    asked = {1: Decimal(due)} if due else {}
    found = leaps([LIFTS], {1: Decimal(100)}, known, {1: Decimal(value)}, asked)
    assert [one.code for one in found] == codes
