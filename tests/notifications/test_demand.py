"""The demand of a supervision case in the language of whoever reads it."""

from __future__ import annotations

from dataclasses import replace
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
SOUND = replace(CAUSE, reasons=())
DUE = date(2024, 6, 21)


PROMISED = (
    "“Trees” of Plan 2024 is to reach trees 20 units by 28 Jun 2024. "
    "By 31 May 2024: trees 8 units in all (12 units planned by 14 Jun 2024)."
)
ASKED = (
    "Please find the cause, name measures, who answers for them and a date of completion, "
    "and reply in writing by 21 Jun 2024."
)


@pytest.mark.parametrize(
    ("cause", "days_left", "between"),
    [
        (CAUSE, None, "It is behind by 12 working days."),
        (
            CAUSE,
            10,
            "It is behind by 12 working days.",
        ),  # where something is wrong a near deadline is not said
        (SOUND, None, ""),
        (SOUND, 1, "The deadline is 1 working day away."),
        (SOUND, 10, "The deadline is 10 working days away."),
    ],
)
def test_the_default_demand_is_told_in_english(cause: Cause, days_left: int | None, between: str) -> None:
    stored = demand_of(cause, DUE, days_left)
    told = " ".join(part for part in (PROMISED, between, ASKED) if part)
    assert demand_in(stored, cause, "en") == told
    assert demand_in(stored, cause, "zh-CN") == stored


@pytest.mark.parametrize(
    "text", ["请于2024年2月30日前书面回复。", "请于2024年6月21日前书面回复。", "Finish it soon", ""]
)
def test_what_people_have_written_stays_as_it_is(text: str) -> None:
    assert demand_in(text, CAUSE, "en") == text
