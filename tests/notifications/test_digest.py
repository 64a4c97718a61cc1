"""What a weekly digest says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.digest_days import WeekSlot
from engine.digest_model import Change, Changes, DigestContent, NextDate, TaskLine, UnitRow
from engine.model import Light, Reason, Rule
from notifications.message import DigestView, Person
from notifications.render import render_digest
from tests.notifications.contents import LONG_TITLE, page_of, printable, size, visible

ON = date(2024, 10, 18)


def line(no: str, light: Light, reason: str = "", **changes: Any) -> TaskLine:
    values: dict[str, Any] = {
        "subtask_id": int(no),
        "no": no,
        "project": "项目一",
        "title": f"任务{no}号",
        "units": ("区民政局",),
        "light": light,
        "deadline": date(2024, 11, 30),
        "reason": Reason.of(reason) if reason else None,
        "target": Decimal(20000),
        "expected": Decimal(15300),
        "actual": Decimal(12050),
        "unit": "人",
    }
    return TaskLine(**(values | changes))


def row(
    unit: str, rank: int | None, moved: int | None, *counts: int, average: str | None = "78.50"
) -> UnitRow:
    red, yellow, green, done = counts
    share = None if average is None else Decimal(average)
    return UnitRow(unit, rank, moved, done, green, yellow, red, 0, Decimal(50), share, ())


def change(no: str, before: Light | None, after: Light, **changes: Any) -> Change:
    return Change(int(no), no, f"任务{no}号", before, after, **changes)


LINES = (
    line("1", Light.GREEN, "on_plan", awaiting_acceptance=True),
    line("2", Light.RED, "overdue", behind=12, late_period="2024-09"),
    line("3", Light.YELLOW, "report_late", actual=None),
    line("4", Light.RED, "lagging", behind=31, unreviewed=True),
    line("5", Light.GREY, "suspended"),
    line("6", Light.DONE, "completed", actual=Decimal(26000)),
    line("7", Light.YELLOW, "lagging", behind=8),
)
STANDING = (
    row("区教育局", 1, 2, 0, 1, 5, 3),
    row("区民政局", 2, -1, 2, 2, 1, 1),
    row("区体育局", 3, 0, 4, 0, 0, 0),
    row("区残联", None, None, 0, 0, 0, 0, average=None),
)


def digest(reader: str = "区民政局", **changes: Any) -> DigestView:
    values: dict[str, Any] = {
        "plan_title": "2024年民生实事",
        "slot": WeekSlot("2024-W42", ON),
        "phase": "execute",
        "unit": reader,
        "lines": LINES,
        "table": STANDING,
        "changes": Changes(),
    }
    return DigestView(DigestContent(**(values | changes)), reader or "督查室", "联络员", Person("督查室"))


def parts(view: DigestView, locale: str = "zh-CN") -> tuple[str, str]:
    rendered = render_digest(view, locale)
    return rendered.text, visible(rendered.html)


def test_the_subject_names_unit_rank_and_what_is_urgent() -> None:
    assert (
        render_digest(digest(), "zh-CN").subject
        == "【周报】区民政局：排第2、1项严重滞后、1项逾期、1项滞后、1项迟报（第42周）"
    )
    assert render_digest(digest(), "en").subject.startswith(
        "[Weekly] 区民政局: rank 2, 1 far behind, 1 overdue"
    )


@pytest.mark.parametrize(
    ("view", "subject"),
    [
        (digest(lines=LINES[:1]), "【周报】区民政局：排第2、1项正常（第42周）"),
        (digest(lines=(), table=()), "【周报】区民政局：本周没有任务（第42周）"),
        (digest("区残联", lines=LINES[:1]), "【周报】区残联：1项正常（第42周）"),
        (digest("", lines=LINES[1:3]), "【周报】督查室：1项逾期、1项迟报（第42周）"),
        (
            digest(lines=LINES[1:2], slot=WeekSlot("2024-12-30", date(2024, 12, 30))),
            "【日报】区民政局：排第2、1项逾期（12月30日）",
        ),
    ],
)
def test_the_subject_fits_quiet_weeks_coordinators_and_the_last_days(view: DigestView, subject: str) -> None:
    assert render_digest(view, "zh-CN").subject == subject


def test_own_tasks_come_worst_first_with_symbol_word_and_figures() -> None:
    text, page = parts(digest())
    order = ["■ 严重滞后 4", "■ 逾期 2", "▲ 滞后 7", "▲ 迟报 3", "● 正常 1", "✓ 完成 6", "‖ 暂停 5"]
    for part in (text, page):
        places = [part.index(words) for words in order]
        assert places == sorted(places)
        assert "26,000 / 20,000人" in part  # over-fulfilment is shown as it is
        assert "未报 / 20,000人" in part
        assert "应达15,300人、未审" in part
        assert "应达15,300人、欠报9月进展" in part
        assert "已报完成，待验收" in part
    assert "已报 / 目标 12,050 / 20,000人 | 落后31个工作日 | 期限 11月30日" in text


def test_changes_say_what_was_and_what_is_worst_first() -> None:
    moved = (
        change("8", None, Light.GREY),
        change("6", Light.GREEN, Light.DONE, actual_before=Decimal(1100), actual=Decimal(1300), unit="户"),
        change("7", Light.YELLOW, Light.YELLOW, actual=Decimal("4.5"), unit="公里"),
        change(
            "2",
            Light.YELLOW,
            Light.RED,
            reason=Reason.of("overdue"),
            actual_before=Decimal(9),
            actual=Decimal(9),
        ),
    )
    for part in parts(digest(changes=Changes(moved=moved, reported=(6, 7), still_silent=(2,)))):
        said = [
            "■ 逾期 2 任务2号：上期为滞后",
            "▲ 滞后 7 任务7号：由未报到4.5公里",
            "✓ 完成 6 任务6号：上期为正常，由1,100户到1,300户",
            "○ 未开始 8 任务8号：新列入",
            "与上期相比有2项报送了进展，尚欠报1项。",
        ]
        places = [part.index(words) for words in said]
        assert places == sorted(places)


def test_a_week_without_change_and_a_first_week_differ() -> None:
    assert "与上期相比没有变化" in parts(digest())[1]
    assert "这是第一期" in parts(digest(is_first=True))[1]


def test_every_unit_sees_the_same_standing_with_rank_and_rank_change() -> None:
    text, page = parts(digest())
    assert "1 区教育局 ↑2 ■0 ▲1 ●5 ✓3 78.5%" in text
    assert "2 区民政局 ↓1 ■2 ▲2 ●1 ✓1 78.5%（本单位）" in text
    assert "3 区体育局 – ■4 ▲0 ●0 ✓0 78.5%" in text
    assert "– 区残联 ■0 ▲0 ●0 ✓0 –" in text
    assert "1 ↑2 区教育局 · 1 5 3 78.5%" in page
    other = parts(digest("区教育局", lines=()))[0]
    assert table_of(other) == table_of(text)
    assert "全部4个单位中排第2。" in text


def test_coordinators_see_every_lead_and_what_only_they_can_settle() -> None:
    lines = (
        line("1", Light.GREEN),
        line("2", Light.RED, "overdue", units=("区体育局", "区教育局")),
        line("3", Light.DONE, "completed", awaiting_acceptance=True),
    )
    view = digest("", lines=lines, findings=("某单位没有联系方式。",))
    for part in parts(view):
        assert "红灯、黄灯和待验收的任务（2项）" in part
        assert "任务3号" in part
        assert "任务1号" not in part
        assert "系统自己解决不了的事" in part
        assert "某单位没有联系方式。" in part
        assert "■ 逾期 2 区体育局、区教育局" in part
        assert "本单位" not in part.replace("发给各单位", "")
        assert "不归您管" not in part
    assert "系统自己解决不了的事" not in parts(digest())[0]


def table_of(text: str) -> str:
    return text[text.index("晾晒") :].split("----")[0].replace("（本单位）", "")


def test_next_dates_are_in_order_and_say_what_falls_due() -> None:
    dates = (
        NextDate(date(2025, 1, 3), Rule.DEADLINE_DUE, 1, "1", "甲", estimated=True),
        NextDate(date(2024, 10, 31), Rule.REPORT_DUE, 2, "2", "乙", period="2024-10"),
        NextDate(date(2024, 10, 25), Rule.MILESTONE_DUE, 3, "3", "丙", what="主体完工"),
    )
    for part in parts(digest(next_dates=dates)):
        said = [
            "10月25日（周五）：3 丙，节点“主体完工”到期",
            "10月31日（周四）：2 乙，报送10月进展",
            "2025年1月3日（周五、估算）：1 甲，任务到期",
        ]
        places = [part.index(words) for words in said]
        assert places == sorted(places)
    assert "近期没有到期的事项" in parts(digest())[0]


def test_the_gap_list_names_the_leads_and_is_absent_before_its_phase() -> None:
    gap = (line("9", Light.RED, "overdue", units=("区体育局",)),)
    for part in parts(digest(gap_list=gap)):
        assert "查漏补缺清单（全部单位，1项）" in part
        assert "■ 逾期 9 区体育局" in part
    assert "查漏补缺" not in parts(digest())[0]


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_digest_of_sixty_tasks_and_forty_five_units_is_small_enough(locale: str) -> None:
    lines = tuple(
        line(
            str(n),
            Light.RED,
            "lagging",
            title=LONG_TITLE,
            behind=n,
            unreviewed=True,
            late_period="2024-09",
        )
        for n in range(60)
    )
    standing = tuple(row(f"第{n}街道办事处暨综合服务中心", n + 1, n % 5 - 2, 1, 2, 3, 4) for n in range(45))
    gap = tuple(
        line(str(n), Light.RED, "overdue", units=("区市场监管局",), title=LONG_TITLE) for n in range(30)
    )
    assert size(render_digest(digest(lines=lines, table=standing, gap_list=gap), locale)) < 100_000


def test_a_thousand_tasks_and_units_stay_small_on_the_page_and_complete_in_the_text() -> None:
    lines = tuple(line(str(n), Light.RED, units=(f"单位{n}",)) for n in range(1000))
    standing = tuple(row(f"单位{n}", n + 1, None, 1, 0, 0, 0) for n in range(1000))
    rendered = render_digest(digest("单位900", lines=lines, table=standing, gap_list=lines), "zh-CN")
    assert size(rendered) < 100_000
    page = visible(rendered.html)
    assert "另有920行从略，纯文本部分列全。" in page
    assert "单位900 1" in page  # the reader's own row is never left out
    assert "单位899 1" not in page
    assert all(f"任务{n}号" in rendered.text and f"单位{n}" in rendered.text for n in range(1000))


def test_a_link_becomes_one_button() -> None:
    rendered = render_digest(replace(digest(), link="https://duban.example.com/r/1"), "zh-CN")
    assert [anchor.get("href") for anchor in page_of(rendered.html).findall(".//a")] == [
        "https://duban.example.com/r/1"
    ]
    assert "打开填报页：https://duban.example.com/r/1" in rendered.text


@given(title=printable, unit=printable, lead=printable)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=30)
def test_any_printable_name_is_shown_as_it_is(title: str, unit: str, lead: str) -> None:
    view = digest(
        unit,
        lines=(line("1", Light.RED, title=title),),
        table=(row(unit, 1, None, 1, 0, 0, 0),),
        gap_list=(line("2", Light.RED, title=title, units=(lead,)),),
    )
    for part in parts(view):
        assert title in part
        assert unit in part
        assert lead in part


@given(st.lists(st.sampled_from(Light), max_size=12))
@settings(deadline=None, max_examples=30)
def test_any_mixture_of_lights_renders(lights: list[Light]) -> None:
    lines = tuple(line(str(n), light) for n, light in enumerate(lights))
    urgent = sum(light in (Light.RED, Light.YELLOW) for light in lights)
    text, _ = parts(digest(lines=lines))
    assert (f"{urgent}项要抓紧" if urgent else "没有亮灯的任务") in text
