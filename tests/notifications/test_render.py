"""What messages say, in both languages and both parts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.model import Light, Rule
from notifications.message import (
    CoordinatorContent,
    FindingLine,
    ReminderItem,
)
from notifications.render import render_coordinator, render_reminder
from tests.notifications.contents import (
    LONG_TITLE,
    ON,
    TITLE,
    content,
    item,
    page_of,
    visible,
)

# Every rule, both languages, all parts
UNDATED = (Rule.ACCEPTANCE, Rule.ACKNOWLEDGE, Rule.RETURNED, Rule.ESCALATED, Rule.UNREAD)  # in their subjects


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_names_task_number_and_date(rule: Rule, locale: str) -> None:
    rendered = render_reminder(content(item(rule)), locale)
    number = {"zh-CN": "第3次", "en": "reminder 3"}[locale]
    due = {"zh-CN": "10月31日", "en": "31 Oct"}[locale]
    for part in (rendered.subject, rendered.text, visible(rendered.html)):
        assert TITLE in part
        assert number in part
        assert due in part or (part is rendered.subject and rule in UNDATED)


@pytest.mark.parametrize(
    ("rule", "changes", "chinese", "english"),
    [
        (
            Rule.REPORT_DUE,
            {},
            "请于10月31日（周四）前报送10月进展。",
            "Please report the progress of October by 31 Oct (Thu).",
        ),
        (
            Rule.REPORT_DUE,
            {"due_on": ON},
            "请于今天（10月14日）内报送10月进展。",
            "October by today (14 Oct).",
        ),
        (Rule.REPORT_DUE, {"estimated": True}, "请于10月31日（周四、估算）前", "by 31 Oct (Thu, estimated)."),
        (
            Rule.REPORT_LATE,
            {"period": "2023-12"},
            "2023年12月进展应于10月31日",
            "The report for December 2023 was due on",
        ),
        (
            Rule.MILESTONE_DUE,
            {},
            "节点“主体完工”于10月31日（周四）到期",
            "The milestone “主体完工” is due on 31 Oct (Thu)",
        ),
        (
            Rule.MILESTONE_DUE,
            {"what": " "},
            "节点于10月31日（周四）到期",
            "The milestone is due on 31 Oct (Thu)",
        ),
        (
            Rule.MILESTONE_OVERDUE,
            {},
            "尚未达到；落后序时进度18个工作日",
            "not been reached; behind schedule by 18 working days",
        ),
        (Rule.MILESTONE_OVERDUE, {"behind": 0}, "尚未达到。", "has not been reached."),
        (
            Rule.DEADLINE_DUE,
            {"due_on": date(2025, 1, 3)},
            "2025年1月3日（周五）",
            "The task is due on 3 Jan 2025 (Fri)",
        ),
        (
            Rule.LAGGING,
            {},
            "落后序时进度18个工作日，任务期限是10月31日（周四）。",
            "Behind schedule by 18 working days; the task",
        ),
        (
            Rule.LAGGING,
            {"behind": 1, "due_on": None},
            "落后序时进度1个工作日。",
            "Behind schedule by 1 working day.",
        ),
        (
            Rule.OVERDUE,
            {"behind": 0},
            "应于10月31日（周四）前完成，尚未完成。",
            "Due on 31 Oct (Thu), not yet completed.",
        ),
        (Rule.GAP_FILL, {"behind": 0}, "请于10月31日（周四）前补齐。", "to be closed by 31 Oct (Thu)."),
        (
            Rule.ACCEPTANCE,
            {},
            "区体育局已报完成，请核实后验收。",
            "区体育局 reports completion: please check and accept.",
        ),
    ],
)
def test_each_item_says_its_sentence(rule: Rule, changes: dict[str, Any], chinese: str, english: str) -> None:
    for locale, sentence in (("zh-CN", chinese), ("en", english)):
        rendered = render_reminder(content(item(rule, **changes)), locale)
        assert sentence in rendered.text
        assert sentence in visible(rendered.html)


# Subjects


@pytest.mark.parametrize(
    ("items", "subject"),
    [
        (
            [item(Rule.OVERDUE), item(Rule.OVERDUE), item(Rule.LAGGING, light=Light.YELLOW)],
            "【红】区民政局：2项逾期、1项滞后（第42周）",
        ),
        ([item(Rule.LAGGING, light=Light.YELLOW), item()], "【黄】区民政局：1项滞后、1项待报（第42周）"),
        ([item(Rule.LAGGING, light=Light.RED), item()], "【红】区民政局：1项严重滞后、1项待报（第42周）"),
        ([item(), item(Rule.DEADLINE_DUE)], "【蓝】区民政局：1项将到期、1项待报（第42周）"),
        (
            [
                item(rule)
                for rule in (Rule.REPORT_DUE, Rule.REPORT_LATE, Rule.GAP_FILL, Rule.OVERDUE, Rule.LAGGING)
            ],
            "【红】区民政局：1项逾期、1项查漏补缺、1项滞后等5项（第42周）",
        ),
        (
            [item(Rule.OVERDUE)],
            "【红】区民政局：新建改建口袋公园10处，已逾期，应于10月31日前完成（第3次，第42周）",
        ),
        ([item(number=0)], "【蓝】区民政局：新建改建口袋公园10处，请于10月31日前报送10月进展（第42周）"),
        (
            [item(Rule.LAGGING, light=Light.YELLOW, title=LONG_TITLE)],
            "【黄】区民政局：完成老年人视力筛查2万人次，为其中1500人提…，落后18个工作日，期限10月31日（第3次，第42周）",
        ),
    ],
)
def test_the_subject_says_who_and_what(items: list[ReminderItem], subject: str) -> None:
    assert render_reminder(content(*items), "zh-CN").subject == subject


def test_a_title_is_cut_in_the_subject_only() -> None:
    title = "建" * 500
    rendered = render_reminder(content(item(title=title)), "zh-CN")
    assert len(rendered.subject) < 80
    assert title in rendered.text
    assert title in visible(rendered.html)


# The page


def test_items_come_red_first_then_yellow_then_blue() -> None:
    items = [
        item(Rule.REPORT_DUE, title="丙"),
        item(Rule.LAGGING, light=Light.YELLOW, title="乙"),
        item(Rule.OVERDUE, title="甲"),
        item(Rule.LAGGING, light=Light.RED, title="丁"),
    ]
    rendered = render_reminder(content(*items), "zh-CN")
    for part in (rendered.text, visible(rendered.html)):
        headings = ["须立即办理 · 2", "甲", "丁", "请追赶 · 1", "乙", "近期到期 · 1", "丙"]
        places = [part.index(heading, part.index("须立即办理")) for heading in headings]
        assert places == sorted(places)


def test_the_same_wish_for_several_items_is_said_once() -> None:
    rendered = render_reminder(content(item(no="1"), item(no="2")), "zh-CN")
    assert "◇ 2项待报：请于10月31日（周四）前报送10月进展" in rendered.text
    assert "2项待报 请于10月31日（周四）前报送10月进展" in visible(rendered.html)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "目标 10处 | 按计划应达 8处 | 已报 7处 | 期限 10月31日"),
        ({"actual": None}, "目标 10处 | 按计划应达 8处 | 已报 未报 | 期限 10月31日"),
        ({"expected": None}, "目标 10处 | 已报 7处 | 期限 10月31日"),
        ({"target": None}, "期限 10月31日"),
        ({"target": Decimal("16000"), "unit": "名"}, "目标 16,000名 |"),
        ({"target": Decimal("1.50"), "unit": "km"}, "目标 1.5 km |"),
        ({"target": Decimal("99.5"), "unit": "%"}, "目标 99.5% |"),
    ],
)
def test_figures_are_shown_as_far_as_they_are_known(changes: dict[str, Any], shown: str) -> None:
    assert shown in render_reminder(content(item(**changes)), "zh-CN").text


def test_without_a_link_the_reader_is_told_to_reply() -> None:
    rendered = render_reminder(content(item()), "zh-CN")
    assert "直接回复本邮件" in rendered.text
    assert "督查室收到后登记" in visible(rendered.html)
    assert "<a " not in rendered.html


def test_with_a_link_there_is_exactly_one_button() -> None:
    rendered = render_reminder(content(item(), link="https://duban.example.com/r/1?a=1&b=2"), "zh-CN")
    assert "打开填报页：https://duban.example.com/r/1?a=1&b=2" in rendered.text
    anchors = page_of(rendered.html).findall(".//a")
    assert [anchor.get("href") for anchor in anchors] == ["https://duban.example.com/r/1?a=1&b=2"]


def test_the_footer_says_why_who_else_and_what_if_it_is_wrong() -> None:
    both = render_reminder(content(item(), also_to=("区民政局负责人", "分管领导")), "zh-CN")
    assert "同时发给：区民政局负责人、分管领导。" in both.text
    alone = render_reminder(content(item()), "zh-CN")
    assert "只发给您一个岗位。" in alone.text
    for words in ("为什么发给您：区民政局牵头以上任务", "不归您管？", "自动发出"):
        assert words in alone.text
        assert words in visible(alone.html)


def test_the_plan_is_named_once_if_there_is_one_and_by_item_if_there_are_two() -> None:
    one = render_reminder(content(item(), item()), "zh-CN")
    assert one.text.count("2024年民生实事") == 1
    two = render_reminder(content(item(), item(plan_title="十大工程")), "zh-CN")
    assert two.text.count("2024年民生实事") == two.text.count("十大工程") == 1


def test_notices_appear_when_they_are_true() -> None:
    plain = render_reminder(content(item()), "zh-CN").text
    assert "没能在应发当天发出" not in plain
    assert "估算" not in plain
    special = render_reminder(content(item(estimated=True), catch_up=True), "zh-CN").text
    assert "没能在应发当天发出" in special
    assert "标“估算”的日期" in special


def test_a_message_without_items_is_refused() -> None:
    with pytest.raises(ValueError, match="without items"):
        render_reminder(content(), "zh-CN")
    with pytest.raises(ValueError, match="without items"):
        render_coordinator(CoordinatorContent("督查室", "督查员", ON, 42), "zh-CN")


@pytest.mark.parametrize(
    ("locale", "tag"), [("en-GB", "[BLUE]"), ("zh", "【蓝】"), ("fr", "【蓝】"), ("", "【蓝】")]
)
def test_an_unknown_locale_is_written_in_chinese(locale: str, tag: str) -> None:
    assert render_reminder(content(item()), locale).subject.startswith(tag)


# Coordinators


def test_the_coordinators_see_findings_first_and_then_what_to_accept() -> None:
    findings = (
        FindingLine("NO_CONTACT", "post:3", "区体育局没有可用的联系方式：请登记邮箱。", date(2024, 10, 8)),
        FindingLine("SOMETHING_NEW", "某事"),
    )
    whole = CoordinatorContent("督查室", "督查员", ON, 42, (item(Rule.ACCEPTANCE, due_on=None),), findings)
    rendered = render_coordinator(whole, "zh-CN")
    assert rendered.subject == "【黄】督查室：2件事需要您处理、1项待验收（第42周）"
    for part in (rendered.text, visible(rendered.html)):
        for words in ("没有可用的联系方式", "10月8日起", "请登记邮箱。", "某事", TITLE, "第3次"):
            assert words in part
        assert part.index("请登记邮箱。") < part.index(TITLE)
        assert "post:3" not in part


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_coordinators_message_works_with_either_half(locale: str) -> None:
    only_findings = CoordinatorContent(
        "督查室", "督查员", ON, 42, findings=(FindingLine("CHANNEL_ILL", "email", "x"),)
    )
    only_tasks = CoordinatorContent("督查室", "督查员", ON, 42, (item(Rule.ACCEPTANCE),))
    assert "x" in render_coordinator(only_findings, locale).text
    assert TITLE in render_coordinator(only_tasks, locale).text
