"""Early, on time, on time after an extension, late, not at all: both sides of each edge."""

from __future__ import annotations

from datetime import date

import pytest

from engine.completion import timing
from tests.engine.cases import CAL

# 30 November 2024 is a Saturday: the month's report is due on Friday 29. 20 September is a Friday, the report is due
# on Monday 30. Extended to 31 December, a Tuesday.
END, MID, EXTENDED = date(2024, 11, 30), date(2024, 9, 20), date(2024, 12, 31)


@pytest.mark.parametrize(
    ("completed_on", "deadline", "first", "expected"),
    [
        (None, END, None, "open"),
        (date(2024, 10, 31), END, None, "early"),
        (date(2024, 11, 1), END, None, "on_time"),
        (date(2024, 11, 30), END, None, "on_time"),
        (date(2024, 12, 2), END, None, "late"),
        (date(2024, 8, 30), MID, None, "early"),
        (date(2024, 9, 20), MID, None, "on_time"),
        (date(2024, 9, 30), MID, None, "on_time"),  # the month's report may tell it
        (date(2024, 10, 8), MID, None, "late"),
        (date(2024, 10, 31), EXTENDED, END, "early"),
        (date(2024, 11, 30), EXTENDED, END, "on_time"),
        (date(2024, 12, 2), EXTENDED, END, "extended"),
        (date(2024, 12, 31), EXTENDED, END, "extended"),
        (date(2025, 1, 2), EXTENDED, END, "late"),
        (date(2024, 12, 2), END, EXTENDED, "late"),  # a deadline that was brought forward counts
    ],
)
def test_a_completion_is_told_apart(
    completed_on: date | None, deadline: date, first: date | None, expected: str
) -> None:
    assert timing(completed_on, deadline, CAL, first) == expected
