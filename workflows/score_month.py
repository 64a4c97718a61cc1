"""评分: a plan's sub-tasks, reports and cases become the scores of its lead units for a month, or for the year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from db import plans, tables
from db.calendar import load_calendar
from db.cards import Card, load_cards
from db.changes import first_deadlines
from db.evaluations import cases_between, frozen
from engine.calendar import WorkCalendar
from engine.completion import timing
from engine.errors import DubanError
from engine.evaluation_days import evaluation_months
from engine.facts import Facts, completed_on
from engine.model import Plan, State, SubTask
from engine.months import month_end, month_named, month_of, period_name
from engine.plain import from_plain
from engine.scoring import score_item, score_units, weights_of
from engine.scoring_model import CaseFact, EvaluationContent, Item, UnitScore, YearContent
from engine.scoring_year import Outcome, score_year, year_weights
from engine.standing import standing_of

LEFT_OUT = (State.SUSPENDED, State.TERMINATED, State.DRAFT)


@dataclass(frozen=True, slots=True)
class _Tasks:
    """The sub-tasks of a plan in the document's order, with the units that lead them."""

    subtasks: Mapping[int, SubTask]
    cards: Mapping[int, Card]
    calendar: WorkCalendar

    def units(self) -> dict[int, str]:
        """The lead units by id, in the order of the plan."""
        return {
            key: name
            for card in self.cards.values()
            for key, name in zip(card.lead_ids, card.leads, strict=True)
        }


def month_content(session: Session, plan: Plan, period: str, on: date) -> EvaluationContent:
    """The month's evaluation as of ``on``; compared with the last one that was frozen before that month."""
    tasks = _load(session, plan)
    items: dict[str, list[Item]] = {name: [] for name in tasks.units().values()}
    for key, subtask in tasks.subtasks.items():
        item = score_item(plan, subtask, tasks.calendar, period, on)
        for unit in dict.fromkeys(tasks.cards[key].leads):
            items[unit].append(item)
    before = _previous(session, plan, period)
    rows = score_units(items, _cases(session, plan, tasks, period), plan.policy, before or ())
    return EvaluationContent(plan.title, period, on, weights_of(plan.policy), rows, before is None)


def year_content(session: Session, plan: Plan, on: date) -> YearContent:
    """The year's evaluation as of ``on``, from the months that were frozen and how every sub-task ended."""
    tasks = _load(session, plan)
    first = first_deadlines(session, list(tasks.subtasks))
    outcomes: dict[str, list[Outcome]] = {name: [] for name in tasks.units().values()}
    for key, subtask in tasks.subtasks.items():
        if subtask.state in LEFT_OUT:
            continue
        outcome = _outcome(Facts.of(plan, subtask, tasks.calendar, on), first.get(key))
        for unit in dict.fromkeys(tasks.cards[key].leads):
            outcomes[unit].append(outcome)
    months = {row.period: _rows(row.content) for row in frozen(session, plan.id)}
    rows = score_year(months, outcomes, plan.policy)
    return YearContent(plan.title, str(plan.year), on, year_weights(plan.policy), rows)


def content_of_bulletin(row: tables.Bulletin) -> EvaluationContent | YearContent:
    """What was frozen, month or year."""
    if row.kind == "year":
        return from_plain(YearContent, row.content)
    return from_plain(EvaluationContent, row.content)


def preview(
    session: Session, plan_id: int, now: datetime, period: str = "", *, whole_year: bool = False
) -> EvaluationContent | YearContent:
    """What an evaluation made now would say, of the month given or else the last one. Raises DubanError BAD_PERIOD."""
    plan = plans.load_plan(session, plan_id)
    today = now.astimezone(plans.zone_of(plan)).date()
    if whole_year:
        return year_content(session, plan, today)
    period = period or period_name(month_of(today) - 1)
    months = [period_name(month) for month in evaluation_months(plan)]
    if period not in months or period > period_name(month_of(today)):
        raise DubanError(
            "BAD_PERIOD",
            f"不能评估 {period}：请写计划中已经开始的月份，如 {months[0]}。",
        )
    return month_content(session, plan, period, today)


def _load(session: Session, plan: Plan) -> _Tasks:
    ids = plans.subtask_ids(session, plan.id)
    found, cards = plans.load_subtasks(session, ids), load_cards(session, ids)
    return _Tasks({key: found[key] for key in ids}, {key: cards[key] for key in ids}, load_calendar(session))


def _cases(session: Session, plan: Plan, tasks: _Tasks, period: str) -> dict[str, Sequence[CaseFact]]:
    end = month_end(month_named(period))
    found = cases_between(session, plan.id, end.replace(day=1), end, plans.zone_of(plan))
    return {name: found.get(key, ()) for key, name in tasks.units().items()}


def _previous(session: Session, plan: Plan, period: str) -> tuple[UnitScore, ...] | None:
    earlier = [row for row in frozen(session, plan.id) if row.period < period]
    return _rows(earlier[-1].content) if earlier else None


def _rows(content: Mapping[str, object]) -> tuple[UnitScore, ...]:
    return from_plain(EvaluationContent, content).rows


def _outcome(facts: Facts, first_deadline: date | None) -> Outcome:
    done_on = completed_on(facts) if facts.completed or facts.finished else None
    percent = standing_of(facts).percent
    return Outcome(
        timing(done_on or _unreported(facts), facts.deadline, facts.cal, first_deadline),
        over_fulfilled=percent is not None and percent > 100,
    )


def _unreported(facts: Facts) -> date | None:
    """Accepted though no report shows it: on its last day, for nobody knows better."""
    return facts.deadline if facts.finished else None
