"""归档包的首页: the task sheet of a sub-task with a way to every member."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from db import cases
from db.units import stored_id
from engine import model
from engine.facts import reaches
from notifications.archive_page import ArchivePage, Entry, Part
from notifications.words import quantity
from workflows import archive_words as words
from workflows.archive_rows import ArchiveRows


def index_page(rows: ArchiveRows, links: Sequence[tuple[str, str]], *, is_draft: bool) -> ArchivePage:
    """The page; ``links`` are the members with what they are, in the order of the table of contents."""
    return ArchivePage(
        title=f"{rows.task.no} {rows.task.title}",
        subtitle=f"{rows.plan.title} · 归档包",
        facts=_facts(rows),
        parts=(
            *(part(rows) for part in (_promised, _quotas, _milestones, _changes, _cases, _events)),
            Part("目录", ("文件", "内容"), tuple((Entry(name, name), Entry(what)) for name, what in links)),
        ),
        is_draft=is_draft,
    )


def _facts(rows: ArchiveRows) -> tuple[tuple[str, str], ...]:
    units = {role: _units(rows, role) for role in words.ROLES}
    found = (
        ("计划", " ".join(filter(None, (rows.plan.title, rows.plan.number, rows.plan.issuer)))),
        ("项目", f"{rows.project.no} {rows.project.title}".strip()),
        ("分管领导", "、".join(rows.project.leaders)),
        *((words.ROLES[role], names) for role, names in units.items()),
        ("责任人", "、".join(rows.task.responsible)),
        ("起止", _dates(rows)),
        ("状态", words.STATES.get(rows.task.state, rows.task.state)),
        ("签收", "\n".join(f"{rows.unit(one.unit_id)} {rows.moment(one.at)}" for one in rows.signed)),
        ("后续事项", "\n".join(words.follow_up(one, rows.moment) for one in rows.follow_ups)),
        ("办理记录核验", words.verified(rows.verification)),
    )
    return tuple((label, value) for label, value in found if value)


def _units(rows: ArchiveRows, role: str) -> str:
    own = sorted((one for one in rows.assignments if one.role == role), key=lambda one: one.position)
    return "、".join(dict.fromkeys(rows.unit(one.unit_id) for one in own))


def _dates(rows: ArchiveRows) -> str:
    start = rows.task.starts_on or rows.plan.issued_on
    shown = f"{start or ''} 至 {rows.deadline}".strip()
    if rows.first_deadline is None or rows.first_deadline == rows.deadline:
        return shown
    return f"{shown}（原完成时限 {rows.first_deadline}）"


def _promised(rows: ArchiveRows) -> Part:
    reached: dict[int, Decimal] = {}
    for report in rows.subtask.reports:
        reached.update(report.quantities)
    lines = tuple(
        (
            Entry(one.subject or "—"),
            Entry(words.COMPARATORS.get(one.comparator, one.comparator) + quantity(one.quantity, one.unit)),
            Entry(quantity(reached[one.id], one.unit) if one.id in reached else "没有报过"),
        )
        for one in rows.subtask.indicators
    )
    return Part("承诺与完成", ("指标", "承诺", "完成"), lines)


def _quotas(rows: ArchiveRows) -> Part:
    indicators = {one.id: one for one in rows.subtask.indicators}
    told: dict[tuple[int, int], Decimal] = {}
    for share in rows.subtask.shares:
        for one in share.reports:
            told.update({(share.unit_id, key): value for key, value in one.quantities.items()})
    lines = []
    for quota in rows.quotas:
        indicator, value = indicators[quota.indicator_id], told.get((quota.unit_id, quota.indicator_id))
        lines.append(
            (
                Entry(rows.unit(quota.unit_id)),
                Entry(indicator.subject or "—"),
                Entry(quantity(quota.quantity, indicator.unit)),
                Entry(quantity(value, indicator.unit) if value is not None else "没有报过"),
            )
        )
    return Part("分解量", ("单位", "指标", "分解量", "完成"), tuple(lines))


def _milestones(rows: ArchiveRows) -> Part:
    indicators = {one.id: one for one in rows.subtask.indicators}
    lines = []
    for one in rows.subtask.milestones:
        asked = "、".join(
            f"{indicators[key].subject} {quantity(value, indicators[key].unit)}".strip()
            for key, value in one.quantities.items()
            if key in indicators
        )
        text = "\n".join(filter(None, (one.text, asked)))
        lines.append((Entry(str(one.due_on)), Entry(text), Entry(_reached(rows.subtask, one))))
    return Part("节点", ("日期", "要求", "达到"), tuple(lines))


def _reached(subtask: model.SubTask, milestone: model.Milestone) -> str:
    """The day of the report whose figures first came up to the milestone."""
    if not milestone.quantities:
        return "见各期填报"
    indicators = {one.id: one for one in subtask.indicators}
    known: dict[int, Decimal] = {}
    for report in subtask.reports:
        known.update(report.quantities)
        if all(
            key in known and reaches(indicators[key], known[key], asked)
            for key, asked in milestone.quantities.items()
            if key in indicators
        ):
            return f"{report.received_on} 填报（数据截至 {report.as_of}）"
    return "填报的数没有达到"


def _changes(rows: ArchiveRows) -> Part:
    lines = tuple(
        (
            Entry(words.CHANGES.get(one.kind, one.kind)),
            Entry("\n".join((*one.what, f"自 {one.effective_on} 起"))),
            Entry(f"{one.requested_on} {one.requested_by}\n{one.reason}".strip()),
            Entry(words.decision(one)),
        )
        for one in rows.change_lines
    )
    return Part("变更", ("种类", "内容", "提出", "批复"), lines)


def _cases(rows: ArchiveRows) -> Part:
    lines = tuple(
        (
            Entry(cases.number_of(one)),
            Entry(rows.unit(one.unit_id)),
            Entry(str(one.opened_on)),
            Entry(
                words.CASE_STATES.get(one.state, one.state)
                + (f"：{one.closed_reason}" if one.closed_reason else "")
            ),
        )
        for one in rows.cases
    )
    return Part("督办单", ("编号", "单位", "开具", "办理"), lines)


def _events(rows: ArchiveRows) -> Part:
    lines = tuple(
        (
            Entry(rows.moment(one.at)),
            Entry(one.who),
            Entry(words.EVENTS.get(one.what, one.what)),
            Entry(one.reason),
            Entry(f"{one.segment}-{one.sequence}" if one.sequence else ""),
        )
        for one in sorted(
            rows.events, key=lambda one: (one.segment or 0, one.sequence or 0, stored_id(one.id))
        )
    )
    return Part("办理经过", ("时间", "办理人", "事项", "说明", "封存号"), lines)
