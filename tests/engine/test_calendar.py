"""Working days of real years with 调休, worked out from the published holiday notices by hand."""

from __future__ import annotations

from datetime import date

import pytest

from engine.calendar import WorkCalendar, YearFile, parse_year_file
from engine.errors import DubanError, IntakeError
from tests.engine.cases import CAL, day

TOML = """
year = 2027
days_off = ["2027-01-01", "2027-02-05..2027-02-11", 2027-05-03]
makeup_days = ["2027-01-31", "2027-02-20"]
"""


@pytest.mark.parametrize(
    ("on", "worked"),
    [
        ("02-09", True),  # 除夕 was a working day in 2024
        ("02-10", False),
        ("02-12", False),
        ("02-16", False),
        ("02-17", False),
        ("02-18", True),  # make-up Sunday
        ("02-19", True),
        ("04-28", True),  # make-up Sunday
        ("05-01", False),
        ("05-11", True),  # make-up Saturday
        ("05-12", False),
        ("09-29", True),
        ("10-07", False),
        ("10-08", True),
        ("10-12", True),
        ("2025-01-01", False),
    ],
)
def test_make_up_days_are_worked_and_holidays_are_not(on: str, worked: bool) -> None:
    assert CAL.is_working_day(day(on)) is worked


@pytest.mark.parametrize(
    ("anchor", "n", "expected"),
    [
        ("02-09", 0, "02-09"),
        ("02-09", 1, "02-18"),
        ("02-14", 0, "02-09"),  # a day off counts from the last working day before it
        ("02-14", 1, "02-18"),
        ("02-14", -1, "02-08"),
        ("02-18", -1, "02-09"),
        ("05-10", 1, "05-11"),
        ("05-11", 1, "05-13"),
        ("04-30", 1, "05-06"),
        ("05-06", -1, "04-30"),
        ("09-30", 1, "10-08"),
        ("10-05", 0, "09-30"),
        ("10-05", -1, "09-29"),
        ("10-05", 5, "10-12"),
        ("11-30", -20, "11-01"),
        ("12-31", 1, "2025-01-02"),
        ("01-01", 0, "2023-12-29"),
        ("01-02", -1, "2023-12-29"),
    ],
)
def test_offsets_count_from_the_last_working_day_not_after_the_date(
    anchor: str, n: int, expected: str
) -> None:
    assert CAL.offset(day(anchor), n) == day(expected)


@pytest.mark.parametrize(
    ("after", "until", "count"),
    [
        ("02-09", "02-17", 0),
        ("02-09", "02-18", 1),
        ("02-18", "02-18", 0),
        ("02-19", "02-09", 0),  # never below 0
        ("09-30", "10-07", 0),
        ("09-30", "10-12", 5),
        ("12-30", "2025-01-02", 2),
        ("2023-12-31", "12-31", 251),
    ],
)
def test_working_days_between_leave_out_the_first_and_include_the_last(
    after: str, until: str, count: int
) -> None:
    assert CAL.working_days_between(day(after), day(until)) == count


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("02-12", "02-16", None),
        ("02-12", "02-18", "02-18"),
        ("02-18", "02-18", "02-18"),
        ("10-01", "10-07", None),
        ("03-01", "03-31", "03-29"),
    ],
)
def test_the_last_working_day_of_a_span_may_be_missing(first: str, last: str, expected: str | None) -> None:
    assert CAL.last_working_day(day(first), day(last)) == (day(expected) if expected else None)


def test_the_next_working_day_lies_strictly_after() -> None:
    assert CAL.next_working_day(day("09-30")) == day("10-08")
    assert CAL.next_working_day(day("02-17")) == day("02-18")


def test_a_year_not_published_yet_is_estimated_and_says_so() -> None:
    far = date(2098, 10, 1)
    assert WorkCalendar().source(2098) == "estimate"
    assert WorkCalendar().is_estimated(far)
    assert not WorkCalendar().is_working_day(far)
    assert not CAL.is_estimated(day("10-01"))
    assert CAL.source(2024) == "data"


def test_the_operators_year_comes_before_published_data() -> None:
    file = YearFile(2024, frozenset({day("03-04")}), frozenset({day("03-09")}))
    cal = WorkCalendar([file])
    assert cal.source(2024) == "operator"
    assert not cal.is_working_day(day("03-04"))
    assert cal.is_working_day(day("03-09"))
    assert cal.is_working_day(day("10-01")), "what the file does not name is worked"
    assert not cal.is_working_day(day("2023-10-02")), "other years keep their source"


def test_a_week_and_a_month_without_a_working_day_are_crossed() -> None:
    shut = frozenset(date(2027, 8, number) for number in range(1, 32))
    cal = WorkCalendar([YearFile(2027, shut, frozenset())])
    assert cal.offset(date(2027, 8, 15), 0) == date(2027, 7, 30)
    assert cal.offset(date(2027, 8, 15), 1) == date(2027, 9, 1)
    assert cal.last_working_day(date(2027, 8, 1), date(2027, 8, 31)) is None


@pytest.mark.parametrize("on", [date(1949, 12, 31), date(2101, 1, 1), date(9999, 12, 31)])
def test_a_day_beyond_every_calendar_is_refused_with_a_code(on: date) -> None:
    with pytest.raises(DubanError) as refusal:
        WorkCalendar().offset(on, 0)
    assert refusal.value.code == "CALENDAR_OUT_OF_RANGE"


def test_a_year_file_is_read_from_toml() -> None:
    file = parse_year_file("\ufeff" + TOML)
    assert file.year == 2027
    assert len(file.days_off) == 9
    assert date(2027, 2, 11) in file.days_off
    assert file.makeup_days == {date(2027, 1, 31), date(2027, 2, 20)}


def test_a_year_file_is_read_from_csv() -> None:
    file = parse_year_file("# 2027年\n2027-01-01,off\n2027-02-05..2027-02-11, 休\n\n2027-02-20,班\n")
    assert (file.year, len(file.days_off)) == (2027, 8)
    assert file.makeup_days == {date(2027, 2, 20)}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("year = 2027\ndays_off = [", "CALENDAR_UNREADABLE"),
        ("year = 2027\nholidays = []", "CALENDAR_UNKNOWN_KEY"),
        ('days_off = ["2027-01-01"]', "CALENDAR_NO_YEAR"),
        ('year = 2027\ndays_off = "2027-01-01"', "CALENDAR_UNREADABLE"),
        ('year = 2027\ndays_off = ["2027-02-30"]', "CALENDAR_BAD_DATE"),
        ('year = 2027\ndays_off = ["2027-02-11..2027-02-05"]', "CALENDAR_BAD_DATE"),
        ('year = 2027\ndays_off = ["2028-01-01"]', "CALENDAR_OTHER_YEAR"),
        (
            'year = 2027\ndays_off = ["2027-01-31"]\nmakeup_days = ["2027-01-31"]',
            "CALENDAR_CONTRADICTION",
        ),
        ('year = 2027\nmakeup_days = ["2027-02-03"]', "CALENDAR_NOT_A_WEEKEND"),
        ("year = 1900", "CALENDAR_OUT_OF_RANGE"),
        ("2027-01-01,放羊", "CALENDAR_UNREADABLE"),
        ("2027-01-01", "CALENDAR_UNREADABLE"),
        ("", "CALENDAR_EMPTY"),
    ],
)
def test_a_year_file_that_cannot_be_right_is_refused_with_a_code(text: str, code: str) -> None:
    with pytest.raises(IntakeError) as refusal:
        parse_year_file(text)
    assert refusal.value.code == code
