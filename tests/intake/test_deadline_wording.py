"""Deadline wording to dates, both sides of each edge."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.deadlines import deadline_of, read_deadline, read_deadlines, read_phases, start_of

WORDINGS = [
    ("12月底前", "2024-12-31"),
    ("6月底前完成", "2024-06-30"),
    ("2月末", "2024-02-29"),
    ("11月份底前", "2024-11-30"),
    ("6月30日前", "2024-06-30"),
    ("2025年3月15日之前", "2025-03-15"),
    ("2024年9月底", "2024-09-30"),
    ("第三季度", "2024-09-30"),
    ("一季度末", "2024-03-31"),
    ("4季度内", "2024-12-31"),
    ("上半年", "2024-06-30"),
    ("下半年", "2024-12-31"),
    ("年内完成", "2024-12-31"),
    ("年底前", "2024-12-31"),
    ("2025年底", "2025-12-31"),
    ("明年6月底前", "2025-06-30"),
    ("10月中旬", "2024-10-20"),
    ("10月上旬前", "2024-10-10"),
    ("10月下旬", "2024-10-31"),
    ("十二月底前", "2024-12-31"),
    ("2024-06-30", "2024-06-30"),
    ("2024/6/5", "2024-06-05"),
    ("3月-11月", "2024-11-30"),
    ("4—10月", "2024-10-31"),
    ("25年底", "2025-12-31"),
    ("24年12月底前", "2024-12-31"),
    ("25年6月底前", "2025-06-30"),
    ("2024年Q3", "2024-09-30"),
    ("国庆前", "2024-09-30"),
    ("“五一”前投用", "2024-04-30"),
]


@pytest.mark.parametrize(("text", "day"), WORDINGS)
def test_a_deadline_in_running_text_is_a_day(text: str, day: str) -> None:
    found = read_deadline(text, 2024)
    assert found is not None
    assert found.on == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("6月", "2024-06-30"),
        ("2024.6", "2024-06-30"),
        ("2024年9月", "2024-09-30"),
        ("2025", "2025-12-31"),
        ("全年", "2024-12-31"),
        ("2024.06.15", "2024-06-15"),
    ],
)
def test_in_a_deadline_column_a_bare_month_is_a_day_as_well(text: str, day: str) -> None:
    found = read_deadline(text, 2024, bare=True)
    assert found is not None
    assert found.on == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        "长期坚持",
        "春节前",
        "汛期前",
        "每月",
        "每季度末",
        "工期25年",
        "持续推进",
        "3个月",
        "15分钟",
        "全年新增400张",
        "2024年新建",
        "每月一次",
        "6月",
        "13月底",
        "2月30日",
    ],
)
def test_what_is_no_deadline_in_running_text_gives_none(text: str) -> None:
    assert read_deadlines(text, 2024) == ()


def test_before_a_month_alone_is_before_it_and_offers_its_end() -> None:
    found = read_deadline("9月前完成", 2024)
    assert found is not None
    assert (found.on, found.others) == (date(2024, 8, 31), (date(2024, 9, 30),))


def test_before_january_is_the_end_of_the_year_before() -> None:
    found = read_deadline("2025年1月前", None)
    assert found is not None
    assert found.on == date(2024, 12, 31)


def test_the_last_wording_counts_and_the_one_before_is_a_step() -> None:
    first, last = read_deadlines("5月底前动工，11月底前完工", 2024)
    assert (first.on, first.begins) == (date(2024, 5, 31), True)
    assert (last.on, last.begins) == (date(2024, 11, 30), False)


def test_a_span_of_months_gives_the_start_as_well() -> None:
    found = read_deadline("3-11月", 2024)
    assert found is not None
    assert (found.starts_on, found.on) == (date(2024, 3, 1), date(2024, 11, 30))


def test_without_a_year_only_wordings_with_their_own_year_are_read() -> None:
    assert read_deadlines("6月底前", None) == ()
    found = read_deadline("2026年6月底前", None)
    assert found is not None
    assert found.on == date(2026, 6, 30)


def test_the_month_before_gap_filling_belongs_to_the_main_work() -> None:
    phases = read_phases("按照“11月前全面完成、12月查漏补缺和完善提升”的要求", 2024)
    assert phases is not None
    assert (phases.execute, phases.gap_fill) == (date(2024, 11, 30), date(2024, 12, 31))
    assert phases.others == (date(2024, 10, 31),)


def test_before_a_month_earlier_than_gap_filling_is_read_as_it_stands() -> None:
    phases = read_phases("10月前全面完成，12月查漏补缺", 2024)
    assert phases is not None
    assert (phases.execute, phases.others) == (date(2024, 9, 30), (date(2024, 10, 31),))


def test_the_end_of_a_month_has_one_reading() -> None:
    phases = read_phases("10月底前全部完成、11月扫尾", 2025)
    assert phases is not None
    assert (phases.execute, phases.gap_fill, phases.others) == (date(2025, 10, 31), date(2025, 11, 30), ())


def test_a_letter_without_gap_filling_has_one_phase() -> None:
    phases = read_phases("确保各项目11月底前全部完成", 2024)
    assert phases is not None
    assert (phases.execute, phases.gap_fill) == (date(2024, 11, 30), None)


@pytest.mark.parametrize("text", ["3月底前报送方案", "请于每月25日前报送进度", "9月召开会议"])
def test_a_date_for_something_else_is_no_phase(text: str) -> None:
    assert read_phases(text, 2024) is None


def test_the_own_wording_goes_before_the_phase_and_the_phase_before_the_year() -> None:
    own, phase = date(2024, 6, 30), date(2024, 11, 30)
    assert deadline_of(own, phase, 2024) == own
    assert deadline_of(None, phase, 2024) == phase
    assert deadline_of(None, None, 2024) == date(2024, 12, 31)
    assert start_of(None, date(2024, 2, 28), 2024) == date(2024, 2, 28)
    assert start_of(None, None, 2024) == date(2024, 1, 1)


@given(st.dates(min_value=date(2015, 1, 1), max_value=date(2039, 12, 31)))
def test_a_day_written_out_reads_back(day: date) -> None:
    for text in (
        f"{day.year}年{day.month}月{day.day}日前",
        day.isoformat(),
        f"{day.year}.{day.month}.{day.day}",
    ):
        found = read_deadline(text, None)
        assert found is not None
        assert found.on == day


@given(
    st.text(alphabet="0123456789年月日底末前上中下旬半季度第内明-—.一二十 完成", max_size=30), st.booleans()
)
def test_no_wording_makes_the_reader_fail(text: str, bare: bool) -> None:
    assert all(found.text for found in read_deadlines(text, 2024, bare))
    read_phases(text, 2024)
