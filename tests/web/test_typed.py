"""Numbers, days and texts as addresses and forms carry them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from web.typed import day, is_beyond, month, names, readable, whole, whole_or


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        (" 12 ", 12),
        ("１２", 12),
        ("999999999", 999_999_999),
        ("1000000000", None),
        ("9" * 5000, None),
        ("²", None),
        ("١٢", None),
        ("-1", None),
        ("1_0", None),
        ("1.0", None),
        ("", None),
        (None, None),
    ],
)
def test_a_number_has_at_most_nine_digits_and_nothing_else(text: str | None, number: int | None) -> None:
    assert whole(text) == number
    assert whole_or(text, -1) == (-1 if number is None else number)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2024-10-31", date(2024, 10, 31)),
        (" 2024/10/31 ", date(2024, 10, 31)),
        ("２０２４-10-31", date(2024, 10, 31)),
        ("1950-01-01", date(1950, 1, 1)),
        ("1949-12-31", None),
        ("0001-01-01", None),
        ("2100-12-31", date(2100, 12, 31)),
        ("2101-01-01", None),
        ("9999-12-31", None),
        ("2024-02-30", None),
        ("", None),
    ],
)
def test_a_day_is_one_that_the_calendar_knows(text: str, found: date | None) -> None:
    assert day(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("2024-10", date(2024, 10, 1)), ("0001-01", None), ("9999-12", None), ("2024-13", None), ("", None)],
)
def test_a_month_is_one_that_the_calendar_knows(text: str, found: date | None) -> None:
    assert month(text) == found


@pytest.mark.parametrize(
    ("text", "beyond"),
    [
        ("999999999", False),
        ("1000000000", True),
        ("-9999999999", True),
        ("1_000_000_000", True),
        ("²" * 10, True),
        ("督查室一二三四五六七八", False),
        ("x" * 43, False),
    ],
)
def test_a_number_that_no_row_has_is_known_before_a_database_is_asked(text: str, beyond: bool) -> None:
    assert is_beyond(text) is beyond


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("甲局、乙局，丙局,丁局；戊局;己局", ["甲局", "乙局", "丙局", "丁局", "戊局", "己局"]),
        (" 甲局 \r\n\n乙局\n甲局", ["甲局", "乙局"]),
        ("甲局（乙办）", ["甲局（乙办）"]),
        (" 、\n", []),
    ],
)
def test_names_are_listed_with_any_comma_or_a_line_each(text: str, found: list[str]) -> None:
    assert names(text) == found


def test_signs_that_cannot_be_kept_are_gone_and_all_others_stay() -> None:
    kept = "督办 ²㎡\t\r\n\u200b\U0001f600é"
    assert readable(f"\0{kept}\x1f\ud800\ufffe\uffff") == kept


def test_no_page_reads_a_number_by_itself() -> None:
    """``"²".isdigit()`` and ``"٣".isdecimal()`` are true, and ``int`` takes no more than 4,300 digits."""
    found = [
        path.name
        for path in (Path(__file__).parents[2] / "web").rglob("*.py")
        if path.name != "typed.py" and re.search(r"\.is(digit|decimal|numeric)\(", path.read_text("utf-8"))
    ]
    assert found == []
