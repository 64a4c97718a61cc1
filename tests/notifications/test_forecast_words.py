"""What a forecast says, and why."""

from __future__ import annotations

from datetime import date

import pytest

from engine.forecast import Forecast
from engine.model import Reason
from notifications.forecast_words import forecast_sentence

ON = date(2024, 7, 1)
INPUTS = {
    "subject": "电梯", "points": 3, "since": "2024-03-29", "as_of": "2024-06-28", "pace": "27",
    "remaining": "154", "unit": "台", "deadline": "2024-11-30",
}  # fmt: skip


def forecast(code: str, on: date | None, late: bool, **other: object) -> Forecast:
    return Forecast(on, late, Reason.of(code, **(INPUTS | other)), 1)


@pytest.mark.parametrize(
    ("found", "chinese", "english"),
    [
        (
            forecast("forecast", date(2024, 11, 30), False),
            "按目前进度预计11月30日完成（近3期每月约27台，还差154台）",
            "At the present pace complete on 30 Nov (about 27台 a month over 3 months, 154台 to go)",
        ),
        (
            forecast("forecast", date(2025, 1, 6), True),
            "按目前进度预计2025年1月6日完成，晚于期限11月30日（近3期每月约27台，还差154台）",
            "At the present pace complete on 6 Jan 2025, after the deadline of 30 Nov "
            "(about 27台 a month over 3 months, 154台 to go)",
        ),
        (
            forecast("forecast_never", None, True, pace="0.0"),
            "按目前进度完不成（近3期没有增加，还差154台）",
            "At the present pace never complete (no increase over 3 months, 154台 to go)",
        ),
        (
            forecast("forecast_unknown", None, False, points=1),
            "还不能预计完成日期：至少要有两期数据，现有1期",
            "No date of completion can be told yet: it takes figures of two months, there are 1",
        ),
    ],
)
def test_a_forecast_is_one_sentence_with_its_reason(found: Forecast, chinese: str, english: str) -> None:
    assert forecast_sentence(found, ON, "zh-CN") == chinese
    assert forecast_sentence(found, ON, "en") == english
