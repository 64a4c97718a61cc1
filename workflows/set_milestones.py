"""节点: what a sub-task must reach by when, told in words or figures; and which messages that changes."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlmodel import Session, col

from db import plans, runs, tables
from db.references import find_plan, find_subtask
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.model import Indicator, Plan, State, SubTask
from engine.quantities import is_kept, number_in
from intake.numerals import SCALES
from workflows.figures import FIGURE
from workflows.match_figures import alike_units
from workflows.milestone_changes import MilestoneChange, Wanted, change_to, shown, store_wanted
from workflows.office import Office

BAD = "BAD_MILESTONE"
Line = dict[str, Any]
_DAY = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")


def plan_change(
    session: Session, reference: str, texts: Sequence[str], plan_reference: str | None = None
) -> MilestoneChange:
    """What the texts (``2024-06=100台``, ``2024-06-15=主体封顶``, ``2024-06=``) would change; nothing is stored.

    Raises DubanError BAD_MILESTONE and those of the references.
    """
    row = find_subtask(session, reference, plan_reference)
    plan = plans.load_plan(session, row.plan_id)
    subtask = plans.load_subtasks(session, [stored_id(row.id)])[stored_id(row.id)]
    wanted = tuple(_wanted(text, subtask, plan) for text in texts)
    if len({one.due_on for one in wanted}) < len(wanted):
        raise DubanError(BAD, "同一天写了两个节点：请合并成一个，例如 2024-06=主体封顶，50台。")
    return change_to(subtask, plan, row.revision, wanted)


def set_milestones(database: Database, change: MilestoneChange, now: datetime, who: str) -> int:
    """The change is stored, on record, and the next sweep looks at the sub-task; returns how many milestones.

    Raises DubanError REVISION_CONFLICT if the sub-task was changed since the change was planned.
    """
    return set_many(database, [change], now, who)


def set_many(database: Database, changes: Sequence[MilestoneChange], now: datetime, who: str) -> int:
    """All the changes are stored, each on record, or none; returns how many milestones.

    Raises DubanError REVISION_CONFLICT if one of the sub-tasks was changed since.
    """
    with database.write() as session:
        for change in sorted(changes, key=lambda one: one.subtask_id):  # rows are locked in this order
            apply_change(session, change, now)
            runs.record(
                session,
                "set_milestones",
                who,
                now,
                plan_id=change.plan_id,
                subtask_id=change.subtask_id,
                details={"lines": list(change.lines)},
            )
    return sum(len(change.wanted) for change in changes)


def apply_change(session: Session, change: MilestoneChange, now: datetime) -> None:
    """The rows are changed within the caller's transaction, a rehearsal's or a real one."""
    row = session.get_one(tables.SubTask, change.subtask_id, with_for_update=True)
    if row.revision != change.revision:
        raise DubanError("REVISION_CONFLICT", f"子任务 {row.no} 刚刚被别人改过：没有保存，请重新查看后再设。")
    store_wanted(session, change.subtask_id, change.wanted)
    row.revision += 1
    session.add(row)
    session.flush()
    plan = plans.load_plan(session, change.plan_id)
    plans.check_again(session, [change.subtask_id], now.astimezone(plans.zone_of(plan)).date())


def changed_messages(before: Sequence[Line], after: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Messages that only the first and only the second rehearsal has; equal items for equal recipients cancel.

    A message that goes out on both with other items is in both lists, with the items that differ.
    """
    return _only(before, after), _only(after, before)


def rehearsed_messages(
    database: Database, office: Office, change: MilestoneChange, now: datetime, zone: ZoneInfo
) -> tuple[list[Line], list[Line]]:
    """The messages that go and that come by the change, from today to the plan's end; nothing is stored."""
    from workflows.simulate import rehearse  # late: it brings all that renders messages

    with database.read() as session:
        end = plans.load_plan(session, change.plan_id).ends_on
    start = now.astimezone(zone).date()
    if end < start:
        return [], []

    def as_it_is(session: Session) -> None:
        _leave_alone(session, change)

    def as_wanted(session: Session) -> None:
        _leave_alone(session, change)
        apply_change(session, change, now)

    before = rehearse(database, office, start, end, zone=zone, change=as_it_is)
    after = rehearse(database, office, start, end, zone=zone, change=as_wanted)
    return changed_messages(before, after)


def _leave_alone(session: Session, change: MilestoneChange) -> None:
    """In a rehearsal's copy nothing but the sub-task is followed up: the messages of all others stay the same."""
    plan, task = tables.Plan, tables.SubTask
    session.execute(update(plan).where(col(plan.id) != change.plan_id).values(state="closed"))
    others = update(task).where(col(task.id) != change.subtask_id)
    session.execute(others.values(state=State.TERMINATED.value, next_check_on=None))


def milestone_lines(
    session: Session, reference: str | None, plan_reference: str | None
) -> list[tuple[str, str, str, str]]:
    """(number, title, day, goal) of a sub-task's milestones, or of a whole plan's."""
    ids = _shown_ids(session, reference, plan_reference)
    subtasks = plans.load_subtasks(session, ids)
    return [
        (subtask.no, subtask.title, one.due_on.isoformat(), shown(one.text, one.quantities, subtask))
        for key in ids
        for subtask in [subtasks[key]]
        for one in subtask.milestones
    ]


def _shown_ids(session: Session, reference: str | None, plan_reference: str | None) -> list[int]:
    if reference is None:
        return plans.subtask_ids(session, stored_id(find_plan(session, plan_reference).id))
    try:
        return [stored_id(find_subtask(session, reference, plan_reference).id)]
    except DubanError as error:
        if error.code != "NO_SUCH_SUBTASK" or plan_reference is not None:
            raise
        try:
            return plans.subtask_ids(session, stored_id(find_plan(session, reference).id))
        except DubanError:
            raise error from None


def _only(these: Sequence[Line], others: Sequence[Line]) -> list[Line]:
    known: dict[tuple[str, ...], list[Any]] = {}
    for line in others:
        known.setdefault(_slot(line), []).extend(line["items"])
    found = []
    for line in these:
        own = [item for item in line["items"] if item not in known.get(_slot(line), [])]
        if own or (_slot(line) not in known and not line["items"]):
            found.append({**line, "items": own})
    return found


def _slot(line: Line) -> tuple[str, ...]:
    return line["date"], line["recipient"], line["channel"], line["kind"]


def _wanted(text: str, subtask: SubTask, plan: Plan) -> Wanted:
    when, sign, what = text.partition("=")
    due_on, period = _day_of(when.strip())
    if not sign or due_on is None:
        raise DubanError(BAD, f"看不懂节点“{text}”：请写成 2024-06=100台 或 2024-06-15=主体封顶。")
    if not plan.starts_on <= due_on <= plan.ends_on:
        raise DubanError(BAD, f"节点“{text}”不在计划期内：应在 {plan.starts_on} 到 {plan.ends_on} 之间。")
    words, figures = _read(what.strip().strip("\"“”'"), subtask.indicators)
    return Wanted(due_on, period, words, figures)


def _day_of(text: str) -> tuple[date | None, str | None]:
    match = _DAY.fullmatch(text)
    if match is None:
        return None, None
    year, month = int(match[1]), int(match[2])
    if not 1 <= month <= 12 or year < 1950:
        return None, None
    last = calendar.monthrange(year, month)[1]
    day = int(match[3]) if match[3] else last
    if not 1 <= day <= last:
        return None, None
    return date(year, month, day), None if match[3] else f"{year}-{month:02d}"


def _read(text: str, indicators: Sequence[Indicator]) -> tuple[str, dict[int, Decimal]]:
    """Words and figures of one milestone; what names no indicator's figure is words."""
    words: list[str] = []
    figures: dict[int, Decimal] = {}
    for part in re.split(r"[，,；;、]", text):
        figure = _figure(part.strip(), indicators)
        if figure is None:
            words.append(part.strip())
        elif figure[0] in figures:
            raise DubanError(BAD, f"“{text}”里同一个指标写了两个数：请只保留一个。")
        else:
            figures[figure[0]] = figure[1]
    return "，".join(word for word in words if word), figures


def _figure(text: str, indicators: Sequence[Indicator]) -> tuple[int, Decimal] | None:
    match = FIGURE.fullmatch(text)
    if match is None:
        return None
    subject, unit = (match["subject"] or "").strip(), match["unit"]
    fitting = [one for one in indicators if alike_units(unit, one.unit) and subject in one.subject]
    exact = [one for one in fitting if one.subject == subject]
    if len(exact or fitting) > 1:
        names = "、".join(f"{one.subject}={match['number']}{one.unit}" for one in fitting)
        raise DubanError(BAD, f"“{text}”可以指几个指标：请写明是哪一个，如 {names}。")
    if not fitting:
        return None
    number = number_in(match["number"])
    value = None if number is None else number * SCALES[match["scale"]]
    if value is None or not is_kept(value):
        raise DubanError(BAD, f"“{text[:40]}”里的数看不懂、太大或太细：请核对后重新填写。")
    if value < 0:
        raise DubanError(BAD, f"“{text}”是负数：节点写的是从年初起的累计数。")
    return (exact or fitting)[0].id, value
