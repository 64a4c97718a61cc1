"""The demand of a supervision case in the language of whoever reads it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.case_cause import Cause, CauseFigure
from engine.model import Light, Reason
from notifications.demand import demand_in, demand_of

FIGURE = CauseFigure("trees", "units", ">=", Decimal(20), Decimal(12), Decimal(8))
CAUSE = Cause(
    plan="Plan 2024",
    no="1.1",
    title="Trees",
    on=date(2024, 6, 14),
    deadline=date(2024, 6, 28),
    light=Light.RED,
    figures=(FIGURE,),
    as_of=date(2024, 5, 31),
    reasons=(Reason("lagging", (("behind", "12"),)),),
)
DUE = date(2024, 6, 21)


@pytest.mark.parametrize("days_left", [None, 1, 10])
def test_the_default_demand_is_told_in_english(days_left: int | None) -> None:
    stored = demand_of(CAUSE, DUE, days_left)
    assert demand_in(stored, CAUSE, "en") == demand_of(CAUSE, DUE, days_left, "en")
    assert demand_in(stored, CAUSE, "zh-CN") == stored


@pytest.mark.parametrize(
    "text", ["请于2024年2月30日前书面回复。", "请于2024年6月21日前书面回复。", "Finish it soon", ""]
)
def test_what_people_have_written_stays_as_it_is(text: str) -> None:
    assert demand_in(text, CAUSE, "en") == text
