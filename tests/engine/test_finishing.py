"""Early, on time, on time after an extension, late: both sides of each edge."""

from __future__ import annotations

from datetime import date

import pytest

from engine.calendar import WorkCalendar
from engine.finishing import Finish, finish_of

FIRST, EXTENDED = date(2024, 11, 30), date(2024, 12, 20)  # a Saturday; a Friday
MID_MONTH = date(2024, 6, 14)  # its month's report falls due on Friday the 28th


@pytest.mark.parametrize(
    ("completed_on", "deadline", "first", "expected"),
    [
        (date(2024, 10, 31), FIRST, None, Finish.EARLY),  # the month before the deadline's
        (date(2024, 11, 1), FIRST, None, Finish.ON_TIME),  # the deadline's month
        (date(2024, 11, 30), FIRST, None, Finish.ON_TIME),  # its very day, a day off
        (date(2024, 12, 1), FIRST, None, Finish.LATE),
        (date(2024, 6, 28), MID_MONTH, None, Finish.ON_TIME),  # the report in which it is judged
        (date(2024, 6, 29), MID_MONTH, None, Finish.LATE),
        (date(2024, 10, 31), EXTENDED, FIRST, Finish.EARLY),  # before the first deadline's month
        (date(2024, 11, 30), EXTENDED, FIRST, Finish.ON_TIME),  # needed no extension in the end
        (date(2024, 12, 1), EXTENDED, FIRST, Finish.AFTER_EXTENSION),
        (date(2024, 12, 31), EXTENDED, FIRST, Finish.AFTER_EXTENSION),  # December's report falls due
        (date(2025, 1, 1), EXTENDED, FIRST, Finish.LATE),
    ],
)
def test_a_finish_is_told_by_both_deadlines(
    completed_on: date, deadline: date, first: date | None, expected: Finish
) -> None:
    assert finish_of(completed_on, deadline, first, WorkCalendar()) is expected
