"""What messages say, in both languages and both parts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from email import message_from_bytes, policy
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from lxml.html import HtmlElement

from engine.model import Light, Reason, Rule
from notifications import words_en, words_zh_cn
from notifications.message import (
    CoordinatorContent,
    FindingLine,
    Person,
    ReminderContent,
    ReminderItem,
    Rendered,
)
from notifications.mime import build
from notifications.render import render_coordinator, render_reminder
from tests.notifications.envelopes import envelope

ON = date(2024, 10, 14)
TITLE = "新建改建口袋公园10处"
LONG_TITLE = "完成老年人视力筛查2万人次，为其中1500人提供配镜补助"


def item(rule: Rule = Rule.REPORT_DUE, **changes: Any) -> ReminderItem:
    values: dict[str, Any] = {
        "rule": rule,
        "light": Light.GREEN,
        "plan_title": "2024年民生实事",
        "no": "4",
        "title": TITLE,
        "reason": Reason.of(rule.value),
        "nominal_on": ON,
        "due_on": date(2024, 10, 31),
        "number": 3,
        "expected": Decimal(8),
        "actual": Decimal(7),
        "target": Decimal("10.0"),
        "unit": "处",
        "behind": 18,
        "period": "2024-10",
        "what": "主体完工",
        "lead": "区体育局",
    }
    return ReminderItem(**(values | changes))


def content(*items: ReminderItem, **changes: Any) -> ReminderContent:
    values: dict[str, Any] = {
        "unit": "区民政局",
        "post": "联络员",
        "on": ON,
        "week": 42,
        "items": items,
        "coordinator": Person("督查室", "", "supervision@office.example.com"),
    }
    return ReminderContent(**(values | changes))


def page_of(html: str) -> HtmlElement:
    page = lxml_html.fromstring(html)
    assert isinstance(page, HtmlElement)
    return page


def visible(html: str) -> str:
    """The text of a page as a reader sees it, white space as single spaces."""
    body = page_of(html).find("body")
    assert body is not None
    return " ".join(" ".join(str(text) for text in body.itertext()).split())


# Every rule, both languages, all parts


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_names_task_number_and_date(rule: Rule, locale: str) -> None:
    rendered = render_reminder(content(item(rule)), locale)
    number = {"zh-CN": "第3次", "en": "reminder 3"}[locale]
    due = {"zh-CN": "10月31日", "en": "31 Oct"}[locale]
    for part in (rendered.subject, rendered.text, visible(rendered.html)):
        assert TITLE in part
        assert number in part
        assert due in part or (part is rendered.subject and rule is Rule.ACCEPTANCE)


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


# Data stays data

anything = st.text(min_size=1, max_size=120)
printable = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs", "Cn", "Cf")), min_size=1, max_size=120
)


@given(title=printable, what=printable, unit=printable)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
def test_any_printable_title_is_shown_as_it_is(title: str, what: str, unit: str) -> None:
    rendered = render_reminder(content(item(Rule.MILESTONE_DUE, title=title, what=what), unit=unit), "zh-CN")
    for part in (rendered.text, visible(rendered.html)):
        assert title in part
        assert what in part
        assert unit in part


@given(title=anything, unit=anything, post=anything)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
def test_whatever_a_table_contains_can_be_sent(title: str, unit: str, post: str) -> None:
    rendered = render_reminder(content(item(title=title), unit=unit, post=post), "zh-CN")
    mail = build(envelope(subject=rendered.subject, text=rendered.text, html=rendered.html))
    arrived = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert arrived.keys() == mail.keys()
    assert arrived["Subject"] == rendered.subject
    assert arrived["To"].addresses[0].addr_spec == "liaison@civil.example.com"


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", "a & b < c", "{{ 7*7 }}", "{% raw %}", "\"'><img src=x onerror=y>"]
)
def test_markup_in_a_title_stays_text(title: str) -> None:
    rendered = render_reminder(content(item(title=title), unit=title), "zh-CN")
    page = page_of(rendered.html)
    assert title in visible(rendered.html)
    assert title in rendered.text
    assert not page.findall(".//script")
    assert not page.findall(".//img")


def test_what_would_turn_or_break_the_line_is_left_out() -> None:
    rendered = render_reminder(content(item(title="甲\r\nBcc: x@example.org\u202e乙\x00丙\ud800丁")), "zh-CN")
    assert "甲 Bcc: x@example.org 乙 丙 丁" in rendered.text
    assert "\n" not in rendered.subject


# Size and form


def test_a_big_message_stays_below_what_mail_readers_cut() -> None:
    items = [item(rule, no=str(n), title=LONG_TITLE) for n, rule in enumerate(list(Rule) * 3)]
    assert size(render_reminder(content(*items), "zh-CN")) < 100_000


def size(rendered: Rendered) -> int:
    return len(rendered.html.encode())


def test_a_page_loads_nothing_from_anywhere() -> None:
    html = render_reminder(content(item()), "zh-CN").html
    assert not re.search(r"https?://|url\(|@import|<img|<link|<script", html)
    assert 'width="640"' in html
    assert "@media" in html


def test_styles_are_inline() -> None:
    page = page_of(render_reminder(content(item()), "zh-CN").html)
    heading = page.find(".//h1")
    assert heading is not None
    assert "font-size" in (heading.get("style") or "")
    sheet = page.find(".//table[@class='sheet']")
    assert sheet is not None
    assert "PingFang SC" in (sheet.get("style") or "")


CSS = files("notifications").joinpath("templates", "mail.css").read_text(encoding="utf-8")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["red", "yellow", "green", "blue", "grey"])
def test_a_chip_can_be_read(name: str) -> None:
    found = re.search(rf"\.{name} {{ color: (#\w{{6}}); background: (#\w{{6}})", CSS)
    assert found
    assert contrast(*found.groups()) >= 4.5


@pytest.mark.parametrize("colour", sorted(set(re.findall(r"(?<![-\w])color: (#\w{6})", CSS)) - {"#ffffff"}))
def test_every_text_colour_can_be_read_on_the_lightest_and_darkest_ground(colour: str) -> None:
    assert contrast(colour, "#ffffff") >= 4.5
    assert contrast(colour, "#f2f6fc") >= 4.5


def test_the_button_can_be_read() -> None:
    assert contrast("#ffffff", "#0b4a8f") >= 4.5
    assert ".button { background: #0b4a8f" in CSS


# Wording


def test_both_languages_have_the_same_keys_and_the_same_data() -> None:
    for chinese, english in ((words_zh_cn.WORDS, words_en.WORDS), (words_zh_cn.VERDICTS, words_en.VERDICTS)):
        assert chinese.keys() == english.keys()
        for key in chinese:
            assert set(re.findall(r"{\w+}", english[key])) - set(re.findall(r"{\w+}", chinese[key])) <= {
                "{month_name}",
                "{on}",
                "{by}",
                "{due}",
            }, key


def test_a_change_of_week_changes_the_subject() -> None:
    first = render_reminder(content(item(), item()), "zh-CN").subject
    assert first != render_reminder(replace(content(item(), item()), week=43), "zh-CN").subject
