"""The month's score of each lead unit, from progress, reports in time, milestones met and cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from engine.calendar import WorkCalendar
from engine.facts import Facts, accumulates, reaches
from engine.model import Indicator, Light, Plan, State, SubTask
from engine.months import month_due, month_end, month_named, month_of
from engine.periods import planned
from engine.policy import Policy
from engine.scoring_model import PARTS, CaseFact, Cost, Item, Part, UnitScore
from engine.standing import standing_of

ZERO, HUNDRED, TENTH = Decimal(0), Decimal(100), Decimal("0.1")
REPORT_VALUES = {"in_time": HUNDRED, "late": Decimal(50), "missing": ZERO}
CASE_COSTS = {"blue": Decimal(20), "yellow": Decimal(40), "red": Decimal(60)}
OUT = {State.SUSPENDED: "suspended", State.TERMINATED: "terminated", State.DRAFT: "draft"}


def weights_of(policy: Policy) -> tuple[tuple[str, int], ...]:
    """The weights of the parts, in their order."""
    return tuple((name, getattr(policy, f"score_{name}")) for name in PARTS)


def score_item(plan: Plan, subtask: SubTask, cal: WorkCalendar, period: str, on: date) -> Item:
    """What the sub-task brings into the score of that month, evaluated on ``on``."""
    facts, end = Facts.of(plan, subtask, cal, on), month_end(month_named(period))
    item = Item(subtask.id, subtask.no, subtask.title)
    standing = standing_of(facts)
    if subtask.state in OUT or facts.start > end or standing.light is Light.GREY:
        return replace(item, out=OUT.get(subtask.state, "not_started"))
    due, met = _milestones(facts, period)
    return replace(
        item if month_of(end) < facts.first_month else _with_progress(item, facts, end),
        percent=standing.percent,
        report=_report(facts, period),
        due=due,
        met=met,
    )


def _with_progress(item: Item, facts: Facts, end: date) -> Item:
    """The indicator that is least far decides; what is complete has reached all that was asked."""
    shares = [one for indicator in facts.subtask.indicators if (one := _reached(facts, indicator, end))]
    worst = min(shares, key=lambda one: one[0], default=None)
    if facts.completed or facts.finished:
        reached = HUNDRED if worst is None else max(HUNDRED, worst[0])
        return replace(item, reached=reached)
    if worst is not None:
        reached, actual, asked, unit = worst
        return replace(item, reached=reached, actual=actual, asked=asked, unit=unit)
    return replace(item, reached=_milestones_reached(facts, end)) if not facts.subtask.indicators else item


def _reached(
    facts: Facts, indicator: Indicator, end: date
) -> tuple[Decimal, Decimal | None, Decimal, str] | None:
    """In percent what is reported of what is asked by the month's end; ``None`` where nothing is asked yet.

    Levels, rates and bounds are asked for when the deadline has come: met or not.
    """
    known = facts.ledger.known.get(indicator.id)
    actual = known.quantity if known else None
    if accumulates(indicator):
        asked = planned(facts, indicator, end)
        return None if asked <= 0 else (_percent(actual or ZERO, asked), actual, asked, indicator.unit)
    if end < facts.deadline:
        return None
    met = actual is not None and reaches(indicator, actual, indicator.quantity)
    return HUNDRED if met else ZERO, actual, indicator.quantity, indicator.unit


def _milestones_reached(facts: Facts, end: date) -> Decimal | None:
    """Without indicators: the weight of milestones met of those that were due; the deadline alone if there are none."""
    due = [one for one in facts.subtask.milestones if one.due_on <= end and not _rested(facts, one.due_on)]
    whole = sum((one.weight for one in due), ZERO)
    if whole > 0:
        unmet = {one.id for one in facts.unmet}
        return _percent(sum((one.weight for one in due if one.id not in unmet), ZERO), whole)
    return ZERO if facts.deadline <= end else None


def _report(facts: Facts, period: str) -> str:
    """Whether the month's report, or a later one, came in time, late or not; empty where none was owed."""
    month, due_on = month_named(period), month_due(month_named(period), facts.cal)
    if not facts.is_owed(month) or _rested(facts, due_on):
        return ""
    arrivals = [report.received_on for report in facts.reports if report.period >= period]
    if arrivals and min(arrivals) <= due_on:
        return "in_time"
    by_reports = replace(facts.subtask, state=State.IN_PROGRESS)
    if Facts.of(facts.plan, by_reports, facts.cal, due_on).completed:
        return ""
    if arrivals:
        return "late"
    return "" if facts.completed or facts.finished else "missing"


def _milestones(facts: Facts, period: str) -> tuple[int, int]:
    """How many milestones and deadlines were due in the month, or before it and still are not met; how many are met."""
    month, done = month_named(period), facts.completed or facts.finished
    unmet = frozenset() if done else {one.id for one in facts.unmet}
    reached = [(one.due_on, one.id not in unmet) for one in facts.subtask.milestones]
    reached.append((facts.deadline, done))
    judged = [
        met
        for due_on, met in reached
        if not _rested(facts, due_on)
        and (month_of(due_on) == month or (month_of(due_on) < month and not met))
    ]
    return len(judged), sum(judged)


def _rested(facts: Facts, day: date) -> bool:
    """Whether the sub-task was suspended on that day: what fell due then is not held against anybody."""
    return any(span.holds(day) for span in facts.subtask.suspensions)


def score_units(
    items: Mapping[str, Sequence[Item]],
    cases: Mapping[str, Sequence[CaseFact]],
    policy: Policy,
    previous: Sequence[UnitScore] = (),
) -> tuple[UnitScore, ...]:
    """All units by rank; the change of rank is told only against scores of the same ranked units.

    Equal scores share a rank, and the next one is skipped. Units without anything to judge come last.
    """
    weights = weights_of(policy)
    rows = [score_unit(unit, own, cases.get(unit, ()), weights) for unit, own in items.items()]
    scored = sorted((row for row in rows if row.score is not None), key=_merit)
    merits = [row.score for row in scored]
    ranked = [replace(row, rank=merits.index(row.score) + 1) for row in scored]
    before = {row.unit: row.rank for row in previous if row.rank is not None}
    same = before.keys() == {row.unit for row in ranked}
    moved = [replace(row, rank_change=before[row.unit] - row.rank) if same else row for row in ranked]  # type: ignore[operator]
    return (*moved, *sorted((row for row in rows if row.score is None), key=lambda row: row.unit))


def _merit(row: UnitScore) -> tuple[Decimal, str]:
    return -(row.score or ZERO), row.unit


def score_unit(
    unit: str, items: Iterable[Item], cases: Iterable[CaseFact], weights: Sequence[tuple[str, int]]
) -> UnitScore:
    """The score out of 100: the mean of the parts by their weights, of those in which there was something to judge.

    A unit that had nothing to reach, report or meet is not scored: the absence of cases alone earns nothing.
    """
    items = tuple(sorted(items, key=lambda item: item.subtask_id))
    cases = tuple(sorted(cases, key=lambda case: (case.number, case.subtask_id)))
    values = _values(items, cases)
    judged = {name: value for name, weight in weights if weight and (value := values[name][0]) is not None}
    if not judged.keys() - {"cases"}:
        judged = {}
    spread = sum(weight for name, weight in weights if name in judged)
    parts = tuple(
        Part(
            name,
            values[name][0] if judged else None,
            _tenths(HUNDRED * weight / spread) if name in judged else ZERO,
            values[name][1],
        )
        for name, weight in weights
    )
    total = sum((judged[name] * weight for name, weight in weights if name in judged), ZERO)
    return UnitScore(
        unit=unit,
        score=_tenths(total / spread) if judged else None,
        rank=None,
        rank_change=None,
        parts=parts,
        costs=_costs(items, cases, {part.name: part for part in parts}),
        items=items,
        cases=cases,
    )


def _values(items: Sequence[Item], cases: Sequence[CaseFact]) -> dict[str, tuple[Decimal | None, int]]:
    """Each part's value out of 100 in tenths, and by how many things it was judged."""
    running = [item for item in items if not item.out]
    reached = [min(HUNDRED, item.reached) for item in running if item.reached is not None]
    reports = [REPORT_VALUES[item.report] for item in running if item.report]
    due, met = sum(item.due for item in running), sum(item.met for item in running)
    return {
        "progress": (_mean(reached), len(reached)),
        "reports": (_mean(reports), len(reports)),
        "milestones": (_percent(Decimal(met), Decimal(due)) if due else None, due),
        "cases": (max(ZERO, HUNDRED - _case_cost(cases)) if running else None, len(cases)),
    }


def _case_cost(cases: Iterable[CaseFact]) -> Decimal:
    return sum((CASE_COSTS[case.colour] for case in cases), ZERO)


def _costs(items: Sequence[Item], cases: Sequence[CaseFact], parts: Mapping[str, Part]) -> tuple[Cost, ...]:
    """What took points, the most first; each judged thing of a part weighs the same."""
    costs = [cost for item in items if not item.out for cost in _item_costs(item, parts)]
    taken = _case_cost(cases)
    for case in cases:
        share = CASE_COSTS[case.colour] / max(taken, HUNDRED)
        costs.append(
            Cost("cases", "", "", _tenths(parts["cases"].weight * share), f"{case.colour} {case.number}")
        )
    return tuple(sorted((cost for cost in costs if cost.points > 0), key=_most_first))


def _item_costs(item: Item, parts: Mapping[str, Part]) -> list[Cost]:
    lost = {
        "progress": HUNDRED - min(HUNDRED, item.reached) if item.reached is not None else ZERO,
        "reports": HUNDRED - REPORT_VALUES[item.report] if item.report else ZERO,
        "milestones": HUNDRED * (item.due - item.met),
    }
    costs = []
    for name, missing in lost.items():
        part = parts[name]
        points = _tenths(part.weight * missing / HUNDRED / part.judged) if part.judged else ZERO
        figures = (item.actual, item.asked, item.unit) if name == "progress" else (None, None, "")
        detail = item.report if name == "reports" else ""
        costs.append(Cost(name, item.no, item.title, points, detail, *figures))
    return costs


def _most_first(cost: Cost) -> tuple[Decimal, int, str, str]:
    return -cost.points, PARTS.index(cost.part), cost.no, cost.detail


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return _tenths(sum(values, ZERO) / len(values)) if values else None


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    """In tenths, rounded down: 100 means that nothing is missing."""
    return (part * HUNDRED / whole).quantize(TENTH, ROUND_FLOOR)


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(TENTH, ROUND_HALF_UP)
