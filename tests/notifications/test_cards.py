"""What the shipped cards say: everything that is asked for, one button, nothing that people typed as markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.digest_model import Waiting
from engine.model import Light, Rule
from notifications import words_cards
from notifications.card import Card, Span
from notifications.confirmation import ConfirmationContent, RecordedLine, UnclearLine
from notifications.digest_tables import OFFICE_ON_CARD
from notifications.evaluation import EvaluationView
from notifications.evaluation_view import Content, table_of
from notifications.message import CoordinatorContent, FindingLine, Person, Rendered
from notifications.render import (
    render_confirmation,
    render_coordinator,
    render_digest,
    render_evaluation,
    render_reminder,
)
from notifications.words import clean
from tests.notifications.contents import ON, content, item
from tests.notifications.test_digest import digest, line, row
from tests.notifications.test_evaluation_paper import MONTH, YEAR
from tests.notifications.test_note import anything

LINK = "duban-link:7"
WHO = Person("督查室", "王晓")


def texts(card: Card, role: str = "") -> list[str]:
    return ["".join(span.text for span in block.spans) for block in card.blocks if role in ("", block.role)]


def whole(card: Card) -> str:
    return "\n".join([card.title, *texts(card)])


def evaluation(month_or_year: Content, **changes: Any) -> EvaluationView:
    values: dict[str, Any] = {"own": ("区民政局",), "link": LINK}
    table = table_of(month_or_year, "zh-CN")
    return EvaluationView(month_or_year, table, "区民政局", "联络员", WHO, **(values | changes))


def confirmation(**changes: Any) -> ConfirmationContent:
    values: dict[str, Any] = {
        "recorded": (RecordedLine("1.1", "加装电梯", (), "都好"),),
        "unclear": (UnclearLine("啥", "which_task"),),
    }
    return ConfirmationContent("区民政局", "联络员", ON, coordinator=WHO, **(values | changes))


def every_kind(locale: str) -> Iterator[Rendered]:
    yield render_reminder(content(item(), link=LINK), locale)
    yield render_reminder(content(item(Rule.ESCALATED), reader="leader"), locale)
    yield render_coordinator(CoordinatorContent("督查室", "督查员", ON, 42, (item(Rule.ACCEPTANCE),)), locale)
    yield render_digest(replace(digest(), link=LINK), locale)
    yield render_digest(digest("", units=("区民政局",)), locale)
    for one in (MONTH, YEAR):
        yield render_evaluation(evaluation(one), locale)
        yield render_evaluation(evaluation(one, is_leader=True), locale)
        yield render_evaluation(evaluation(one, own=()), locale)
    yield render_confirmation(confirmation(), locale)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_message_has_a_card_with_its_subject_and_something_to_read(locale: str) -> None:
    for rendered in every_kind(locale):
        assert rendered.card.title == clean(rendered.subject)
        assert rendered.card.tone in ("red", "yellow", "blue")
        assert rendered.card.blocks
        assert Card.from_json(rendered.card.to_json()) == rendered.card


def test_only_the_answer_to_a_mail_speaks_of_mail() -> None:
    *others, answer = every_kind("zh-CN")
    assert [rendered.subject for rendered in others if "邮件" in whole(rendered.card)] == []
    assert "邮件" in whole(answer.card)


def test_both_languages_have_the_same_words_for_cards() -> None:
    assert words_cards.ZH_CN.keys() == words_cards.EN.keys()


def test_a_reminder_begins_with_what_is_asked_by_when() -> None:
    card = render_reminder(content(item(Rule.OVERDUE), item(), item(), link=LINK), "zh-CN").card
    assert texts(card)[:2] == [
        "■ 1项逾期：请抓紧完成，并于今天回复原因、措施和预计完成日期",
        "◇ 2项待报：请于10月31日（周四）前报送10月进展",
    ]
    assert texts(card, "heading") == ["■ 须立即办理 · 1", "◇ 近期到期 · 2"]
    assert "目标 10处 | 按计划应达 8处 | 已报 7处 | 期限 10月31日" in texts(card, "note")
    assert card.button == Span("打开填报页", href=LINK)


@pytest.mark.parametrize(
    ("changes", "how"),
    [
        ({}, "怎么办：请把各项截至今天的累计数和一两句说明告诉督查室，由其登记。"),
        ({"reader": "head"}, "怎么办：请督促经办报送进展；期限或目标确需变更的，请告诉督查室。"),
        ({"reader": "leader", "link": LINK}, "需要协调的，请告诉督查室。"),
    ],
)
def test_who_cannot_answer_by_mail_reads_whom_to_tell(changes: dict[str, Any], how: str) -> None:
    card = render_reminder(content(item(), **changes), "zh-CN").card
    assert how in texts(card, "line")


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(list(Rule)), anything, anything), min_size=1, max_size=12))
def test_every_reminder_is_on_the_card_whatever_people_typed(
    listed: list[tuple[Rule, str, str]],
) -> None:
    items = [
        item(rule, no=str(number), title=title, what=what)
        for number, (rule, title, what) in enumerate(listed)
    ]
    card = render_reminder(content(*items, unit=listed[0][1], link=LINK), "zh-CN").card
    assert card.button == Span("打开填报页", href=LINK)
    assert not any(span.href for block in card.blocks for span in block.spans)
    found = list(texts(card, "item"))
    assert len(found) == len(items)
    for number, (_, title, what) in enumerate(listed):
        (own,) = (text for text in found if text.endswith(f"序号{number}"))
        assert own.startswith(clean(title))
        if listed[number][0] is Rule.MILESTONE_DUE and clean(what):
            assert f"“{clean(what)}”" in whole(card)
    strong = [
        span.text for block in card.blocks if block.role == "item" for span in block.spans if span.strong
    ]
    assert sorted(strong) == sorted(filter(None, (clean(title) for _, title, _ in listed)))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(typed=anything)
def test_what_people_typed_makes_no_link_in_any_kind_of_card(typed: str) -> None:
    finding = FindingLine("NO_CONTACT", "post:1", typed)
    unit = MONTH.rows[0]
    named = tuple(replace(one, unit=typed) if one is unit else one for one in MONTH.rows)
    month = replace(MONTH, plan_title=typed, rows=named)
    lines = (line("1", Light.RED, "overdue", title=typed, units=(typed,)),)
    cards = (
        render_coordinator(CoordinatorContent(typed, "督查员", ON, 42, findings=(finding,)), "zh-CN").card,
        render_digest(replace(digest(typed, lines=lines, plan_title=typed), link=LINK), "zh-CN").card,
        render_evaluation(evaluation(month, own=(typed,)), "zh-CN").card,
        render_confirmation(confirmation(recorded=(RecordedLine(typed, typed, (), typed),)), "zh-CN").card,
    )
    for card in cards:
        assert not any(span.href for block in card.blocks for span in block.spans)
        assert card.button is None or card.button.href == LINK
        assert clean(typed) in whole(card)


def test_a_digest_has_all_own_sub_tasks_worst_first_and_the_own_row_only() -> None:
    table = tuple(row(f"单位{n}", n, 0, 0, 0, 1, 0) for n in range(1, 1001))
    lines = (*tuple(line(str(n), Light.GREEN) for n in range(1, 60)), line("77", Light.RED, "overdue"))
    card = render_digest(digest("单位900", table=table, lines=lines, gap_list=lines), "zh-CN").card
    items = texts(card, "item")
    assert items[0] == "77 任务77号 · ■ 逾期"
    assert all(f"{n} 任务{n}号 · ● 正常" in items for n in range(1, 60))
    assert [text for text in items if "单位" in text] == ["900 单位900 – ■0 ▲0 ●1 ✓0 78.5%"]
    assert "其余从略，可向督查室索取全表。" in texts(card, "note")
    assert "查漏补缺清单（全部单位，60项）" not in texts(card)


def test_the_offices_digest_begins_with_what_only_it_can_settle_and_is_kept_short() -> None:
    lines = tuple(line(str(n), Light.RED, "overdue") for n in range(1, OFFICE_ON_CARD + 2))
    office = digest("", lines=lines, findings=("甲没有联系方式：请登记。",), waiting=Waiting(reports=3))
    card = render_digest(office, "zh-CN").card
    assert texts(card, "heading")[:2] == ["系统自己解决不了的事", "等您办理"]
    assert len([text for text in texts(card, "item") if "号 · ■" in text]) == OFFICE_ON_CARD
    assert texts(card, "note").count("其余从略，督办台上列全。") == 2  # of the sub-tasks, of the ranks


def test_an_evaluation_says_the_score_what_cost_it_and_the_own_row() -> None:
    card = render_evaluation(evaluation(MONTH), "zh-CN").card
    assert card.title == "【评估】区民政局：3月得56.3分，2个单位中排第2"
    assert "进度 −31.3分：1.1 加装电梯 已报15台，应达30台" in texts(card, "item")
    assert "名次 2 · 单位 区民政局 · 总分 56.3 · 进度 50 · 按时报送 50 · 未被督办 100" in texts(card, "item")
    assert "区住建局" not in whole(card)


def test_a_confirmation_says_what_was_recorded_and_what_was_not() -> None:
    card = render_confirmation(confirmation(), "zh-CN").card
    assert texts(card, "heading") == ["已记录", "没有记录"]
    assert "1.1 加装电梯" in texts(card, "item")
    assert "原话：啥" in texts(card)
