"""Messages of an office that does not exist: what templates are checked with, and shown with while there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from engine.digest_days import WeekSlot
from engine.digest_model import Change, Changes, DigestContent, NextDate, TaskLine, UnitRow, Waiting
from engine.model import Light, Reason, Rule
from engine.policy import DEFAULT
from engine.scoring import score_units, weights_of
from engine.scoring_model import EvaluationContent, Item, YearContent
from engine.scoring_year import score_year, year_weights
from notifications.confirmation import ConfirmationContent, RecordedLine, UnclearLine
from notifications.evaluation import EvaluationView
from notifications.evaluation_view import Content, table_of
from notifications.message import (
    CoordinatorContent,
    DigestView,
    FindingLine,
    Person,
    ReminderContent,
    ReminderItem,
    Rendered,
)
from notifications.own_templates import SHIPPED, OwnTemplates
from notifications.render import (
    render_confirmation,
    render_coordinator,
    render_digest,
    render_evaluation,
    render_reminder,
)

ON = date(2024, 10, 18)
UNIT, OTHER, OFFICE = "区示范一局", "区示范二局", "督查室"
LINK = "https://duban.example.com/r/demo"
WHO = Person(OFFICE, "王示例")
PLAN = "2024年示范任务"
MANY = 24  # items of the longest sample


def samples(kind: str, locale: str, own: OwnTemplates = SHIPPED) -> Iterator[Rendered]:
    """Messages of that kind with and without what may be missing; the first one is the one to look at."""
    return _SAMPLES[kind](locale, own)


def _item(rule: Rule, number: int) -> ReminderItem:
    return ReminderItem(
        rule=rule,
        light=Light.RED if rule is Rule.OVERDUE else Light.YELLOW,
        plan_title=PLAN,
        no=f"1.{number}",
        title=f"改造老旧小区第{number}批",
        reason=Reason.of(str(rule)),
        nominal_on=ON,
        due_on=date(2024, 10, 31),
        number=2,
        expected=Decimal(40),
        actual=Decimal(25),
        target=Decimal(60),
        unit="个",
        behind=12,
        period="2024-10",
        lead=UNIT,
    )


def _reminders(locale: str, own: OwnTemplates) -> Iterator[Rendered]:
    three = (_item(Rule.OVERDUE, 1), _item(Rule.LAGGING, 2), _item(Rule.REPORT_DUE, 3))
    whole = ReminderContent(UNIT, "联络员", ON, 42, three, WHO, "李示例", link=LINK, catch_up=True)
    yield render_reminder(whole, locale, own)
    bare = replace(three[2], no="", number=0, target=None, due_on=None)
    yield render_reminder(replace(whole, items=(bare,), link=None, catch_up=False), locale, own)
    many = tuple(_item(Rule.REPORT_DUE, number) for number in range(1, MANY + 1))
    yield render_reminder(replace(whole, items=many, reader="head"), locale, own)


def _coordinators(locale: str, own: OwnTemplates) -> Iterator[Rendered]:
    finding = FindingLine("NO_CONTACT", "post:1", f"{OTHER}没有可用的联系方式：请登记。", ON)
    whole = CoordinatorContent(OFFICE, "督查员", ON, 42, (_item(Rule.ACCEPTANCE, 1),), (finding,))
    yield render_coordinator(whole, locale, own)
    yield render_coordinator(replace(whole, findings=()), locale, own)
    many = tuple(replace(finding, detail=f"第{number}件：请处理。") for number in range(1, MANY + 1))
    yield render_coordinator(replace(whole, acceptances=(), findings=many), locale, own)


def _line(number: int, light: Light, reason: str) -> TaskLine:
    return TaskLine(
        subtask_id=number,
        no=f"1.{number}",
        project="改造老旧小区",
        title=f"改造老旧小区第{number}批",
        units=(UNIT,),
        light=light,
        deadline=date(2024, 11, 30),
        reason=Reason.of(reason),
        behind=12 if light is Light.RED else 0,
        actual=Decimal(25),
        expected=Decimal(40),
        target=Decimal(60),
        unit="个",
    )


def _digests(locale: str, own: OwnTemplates) -> Iterator[Rendered]:
    lines = (_line(1, Light.RED, "overdue"), _line(2, Light.YELLOW, "lagging"), _line(3, Light.GREEN, ""))
    moved = Change(1, "1.1", lines[0].title, Light.YELLOW, Light.RED, None, Decimal(20), Decimal(25), "个")
    whole = DigestContent(
        plan_title=PLAN,
        slot=WeekSlot("2024-W42", ON),
        phase="execute",
        unit=UNIT,
        lines=lines,
        table=tuple(_rank(unit, rank) for rank, unit in enumerate((OTHER, UNIT, "区示范三局"), 1)),
        changes=Changes(moved=(moved,)),
        next_dates=(NextDate(date(2024, 10, 31), Rule.REPORT_DUE, 1, "1.1", lines[0].title),),
    )
    view = DigestView(whole, UNIT, "联络员", WHO, "李示例", link=LINK)
    yield render_digest(view, locale, own)
    bare = replace(whole, lines=(), table=(), changes=Changes(), next_dates=(), is_first=True)
    yield render_digest(replace(view, content=bare, link=None), locale, own)
    office = replace(whole, unit="", findings=("甲：请处理。",), waiting=Waiting(reports=2))
    yield render_digest(replace(view, content=office, unit=OFFICE), locale, own)
    leader = replace(whole, unit="", audience="leader", units=(UNIT, OTHER))
    yield render_digest(replace(view, content=leader), locale, own)


def _rank(unit: str, rank: int) -> UnitRow:
    return UnitRow(unit, rank, 1, 1, 2, 1, 1, 0, Decimal(50), Decimal("78.5"), ())


def _evaluations(locale: str, own: OwnTemplates) -> Iterator[Rendered]:
    half = Item(1, "1.1", "改造老旧小区", Decimal(50), Decimal(20), Decimal(15), Decimal(30), "个", "late")
    out = Item(3, "1.3", "新建公园", out="suspended")
    done = Item(2, "1.2", "新建步道", Decimal(200), Decimal(200), report="in_time")
    rows = score_units({UNIT: [half, out], OTHER: [done]}, {}, DEFAULT)
    month = EvaluationContent(PLAN, "2024-10", ON, weights_of(DEFAULT), rows)
    year = YearContent(PLAN, "2024", ON, year_weights(DEFAULT), score_year({"2024-10": rows}, {}, DEFAULT))
    contents: tuple[Content, ...] = (month, year)
    for content in contents:
        view = EvaluationView(content, table_of(content, locale), UNIT, "联络员", WHO, (UNIT,), link=LINK)
        yield render_evaluation(view, locale, own)
        yield render_evaluation(replace(view, is_leader=True, link=None), locale, own)
        yield render_evaluation(replace(view, own=()), locale, own)


def _confirmations(locale: str, own: OwnTemplates) -> Iterator[Rendered]:
    figures = (("小区", Decimal(25), "个"),)
    recorded = RecordedLine("1.1", "改造老旧小区", figures, "已完成25个", ("比上期少",))
    unclear = UnclearLine("正在推进", "which_task")
    whole = ConfirmationContent(UNIT, "联络员", ON, (recorded,), (unclear,), WHO)
    yield render_confirmation(whole, locale, own)
    yield render_confirmation(replace(whole, recorded=()), locale, own)


_SAMPLES: Mapping[str, Callable[[str, OwnTemplates], Iterator[Rendered]]] = {
    "reminder": _reminders,
    "coordinator": _coordinators,
    "digest": _digests,
    "evaluation": _evaluations,
    "confirmation": _confirmations,
}
