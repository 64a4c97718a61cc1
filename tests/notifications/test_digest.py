"""What a weekly digest says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.model import Light, Reason, Rule
from notifications.message import DigestChange, DigestLine, DigestView, NextDate, Person, StandingRow
from notifications.render import render_digest
from tests.notifications.contents import LONG_TITLE, page_of, printable, size, visible

ON = date(2024, 10, 18)


def line(no: str, light: Light, reason: str = "", **changes: Any) -> DigestLine:
    values: dict[str, Any] = {
        "no": no,
        "title": f"任务{no}号",
        "light": light,
        "reason": Reason.of(reason) if reason else None,
        "target": Decimal(20000),
        "expected": Decimal(15300),
        "actual": Decimal(12050),
        "unit": "人",
        "due_on": date(2024, 11, 30),
    }
    return DigestLine(**(values | changes))


def row(unit: str, rank: int | None, moved: int | None, *counts: int) -> StandingRow:
    red, yellow, green, done = counts
    return StandingRow(unit, rank, moved, red, yellow, green, done)


LINES = (
    line("1", Light.GREEN, "on_plan", forecast_on=date(2024, 12, 9)),
    line("2", Light.RED, "overdue", behind=12),
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
    row("区残联", None, None, 0, 0, 0, 0),
)


def digest(**changes: Any) -> DigestView:
    values: dict[str, Any] = {
        "unit": "区民政局",
        "post": "联络员",
        "plan_title": "2024年民生实事",
        "on": ON,
        "week": 42,
        "coordinator": Person("督查室"),
        "lines": LINES,
        "standing": STANDING,
    }
    return DigestView(**(values | changes))


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
    ("changes", "subject"),
    [
        ({"lines": LINES[:1]}, "【周报】区民政局：排第2、1项正常（第42周）"),
        ({"lines": (), "standing": ()}, "【周报】区民政局：本周没有任务（第42周）"),
        (
            {"lines": LINES[:1], "standing": STANDING[3:], "unit": "区残联"},
            "【周报】区残联：1项正常（第42周）",
        ),
    ],
)
def test_a_quiet_week_says_so(changes: dict[str, Any], subject: str) -> None:
    assert render_digest(digest(**changes), "zh-CN").subject == subject


def test_own_tasks_come_worst_first_with_symbol_word_and_figures() -> None:
    text, page = parts(digest())
    order = ["■ 严重滞后 4", "■ 逾期 2", "▲ 滞后 7", "▲ 迟报 3", "● 正常 1", "✓ 完成 6", "‖ 暂停 5"]
    for part in (text, page):
        places = [part.index(words) for words in order]
        assert places == sorted(places)
        assert "26,000 / 20,000人" in part  # over-fulfilment is shown as it is
        assert "未报 / 20,000人" in part
        assert "应达15,300人、未审" in part
        assert "照此预计12月9日完成" in part
    assert "已报 / 目标 12,050 / 20,000人 | 落后31个工作日 | 期限 11月30日" in text


def test_changes_say_what_was_and_what_is() -> None:
    changes = (
        DigestChange(
            "2", "任务2号", Light.YELLOW, Light.RED, Reason.of("overdue"), Decimal(9), Decimal(9), "个"
        ),
        DigestChange("6", "任务6号", Light.GREEN, Light.DONE, None, Decimal(1100), Decimal(1300), "户"),
        DigestChange("7", "任务7号", Light.YELLOW, Light.YELLOW, None, None, Decimal("4.5"), "公里"),
        DigestChange("8", "任务8号", None, Light.GREY),
    )
    for part in parts(digest(changes=changes)):
        assert "■ 逾期 2 任务2号：上周为滞后" in part
        assert "✓ 完成 6 任务6号：上周为正常，由1,100户到1,300户" in part
        assert "▲ 滞后 7 任务7号：由未报到4.5公里" in part
        assert "○ 未开始 8 任务8号：新列入" in part


def test_a_week_without_change_and_a_first_week_differ() -> None:
    assert "与上周相比没有变化" in parts(digest())[1]
    assert "第一期周报" in parts(digest(has_previous=False))[1]


def test_every_unit_sees_the_same_standing_with_rank_and_rank_change() -> None:
    text, page = parts(digest())
    assert "1 区教育局 ↑2 ■0 ▲1 ●5 ✓3" in text
    assert "2 区民政局（本单位） ↓1 ■2 ▲2 ●1 ✓1" in text
    assert "3 区体育局 – ■4 ▲0 ●0 ✓0" in text
    assert "1 ↑2 区教育局 · 1 5 3" in page
    other = parts(digest(unit="区教育局", lines=()))[0]
    assert table_of(other) == table_of(text)
    assert "全部4个单位中排第2。" in text


def table_of(text: str) -> str:
    return text[text.index("晾晒") :].split("----")[0].replace("（本单位）", "")


def test_next_dates_are_in_order_and_say_what_falls_due() -> None:
    dates = (
        NextDate(date(2025, 1, 3), Rule.DEADLINE_DUE, "1", "甲", estimated=True),
        NextDate(date(2024, 10, 31), Rule.REPORT_DUE, "2", "乙", period="2024-10"),
        NextDate(date(2024, 10, 25), Rule.MILESTONE_DUE, "3", "丙", what="主体完工"),
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
    gap = (line("9", Light.RED, "overdue", lead="区体育局"),)
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
            forecast_on=date(2024, 12, 9),
        )
        for n in range(60)
    )
    standing = tuple(row(f"第{n}街道办事处暨综合服务中心", n + 1, n % 5 - 2, 1, 2, 3, 4) for n in range(45))
    gap = tuple(line(str(n), Light.RED, "overdue", lead="区市场监管局", title=LONG_TITLE) for n in range(30))
    assert size(render_digest(digest(lines=lines, standing=standing, gap_list=gap), locale)) < 100_000


def test_a_link_becomes_one_button() -> None:
    rendered = render_digest(digest(link="https://duban.example.com/r/1"), "zh-CN")
    assert [anchor.get("href") for anchor in page_of(rendered.html).findall(".//a")] == [
        "https://duban.example.com/r/1"
    ]
    assert "打开填报页：https://duban.example.com/r/1" in rendered.text


@given(title=printable, unit=printable, lead=printable)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=30)
def test_any_printable_name_is_shown_as_it_is(title: str, unit: str, lead: str) -> None:
    view = digest(
        unit=unit,
        lines=(line("1", Light.RED, title=title),),
        standing=(row(unit, 1, None, 1, 0, 0, 0),),
        gap_list=(line("2", Light.RED, title=title, lead=lead),),
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
