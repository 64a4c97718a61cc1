"""A draft on the terminal: counts first, then row by row what was read, with what should be looked at under it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from duban.wrapping import padded, wrapped
from intake.draft import Finding, IndicatorDraft, PlanDraft, ProgressDraft, ProjectDraft, SubTaskDraft
from intake.draft_diff import Change
from intake.draft_json import counts
from intake.quotas import adds_up
from intake.showing import (
    COUNTED,
    PHASES,
    SEVERITIES,
    Beside,
    amount,
    beside,
    choice_words,
    figure_text,
    figure_words,
    place_words,
    severities,
    visible,
    worst_first,
)
from intake.workbook_layout import DOCUMENT_KINDS, STATUSES

STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}
STATUS_STYLES = {
    "done": "green",
    "over_fulfilled": "green",
    "lagging": "red",
    "suspended": "magenta",
    "unknown": "dim",
}
MOST_ROWS = 300  # what is beyond is counted, not shown: --html and --json have it all
PIPE_WIDTH = 100
WIDE = 96  # cells from which the fields of a row stand beside each other
GAP = "  "
LONGEST_QUOTE, LONGEST_REPORT = 80, 30  # characters

Line = tuple[str, str]  # a text and its style


@dataclass(frozen=True, slots=True)
class _Sheet:
    """How wide the columns are; ``beside`` is empty where the fields stand below the task."""

    width: int
    number: int
    task: int
    beside: tuple[int, ...] = ()

    @property
    def indent(self) -> int:
        """Where the task begins, and what belongs to it below."""
        return self.number + len(GAP)


@dataclass(slots=True)
class _Row:
    """A sub-task as lines: number and place, title, and one list of lines for each field."""

    number: list[Line]
    title: list[Line]
    fields: dict[str, list[Line]] = field(default_factory=dict)


def console() -> Console:
    """The terminal; a pipe as wide as ``COLUMNS`` says, without colour."""
    fixed = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else PIPE_WIDTH
    return Console(width=fixed, highlight=False)


def show_draft(draft: PlanDraft, to: Console) -> None:
    """Counts first, then the findings of no row, then the rows, each with its findings under it."""
    found = beside(draft)
    show_head(draft, to)
    if found.loose:
        _print(to, "")
        show_findings(found.loose, to)
    if draft.projects:
        _show_rows(draft, found, to)
    else:
        _show_way_out(to)


def show_head(draft: PlanDraft, to: Console) -> None:
    """The document, the counts, how much is to be looked at, and the phases."""
    facts = draft.document
    _print(to, facts.title or "（没有读到标题）", "bold")
    issued = f"{facts.issued_on.isoformat()} 印发" if facts.issued_on else ""
    year = f"{facts.year}年度" if facts.year else "年度未定"
    kind = "" if facts.kind == "none" else DOCUMENT_KINDS.get(facts.kind, facts.kind)
    _print(to, " · ".join(part for part in (facts.number, facts.issuer, issued, year, kind) if part), "dim")
    _print_parts(to, [(f"{label} {counts(draft)[key]}", "bold") for key, label in COUNTED.items()])
    marks = [(f"{SEVERITIES[one]} {n}", STYLES[one]) for one, n in severities(draft).items() if n]
    _print_parts(to, marks or [("没有需要核对的问题", "green")])
    for phase in draft.phases:
        source = f"（{place_words(phase.where)}“{phase.quote}”）" if phase.quote else ""
        _print(to, f"{PHASES.get(phase.name, phase.name)}：{phase.ends_on} 截止{source}")


def show_revision(title: str, changes: Sequence[Change], findings: Sequence[Finding], to: Console) -> None:
    """What a document changes in a stored plan, old → new, and what of it a person should look at."""
    _print_parts(to, [(visible(title), "bold"), (f"改动 {len(changes)} 处", "bold")])
    for change in changes[:MOST_ROWS]:
        old, new = visible(change.old or "（无）"), visible(change.new or "（删去）")
        line = Text.assemble(f"{visible(change.path)}：", (old, "red"), " → ", (new, "green"))
        to.print(line, soft_wrap=True)
    if len(changes) > MOST_ROWS:
        _print(to, f"……还有 {len(changes) - MOST_ROWS} 处没有列出：加 --html 文件 查看全部。")
    show_findings(findings, to)


def show_findings(findings: Iterable[Finding], to: Console) -> None:
    """The findings with their places and choices, the worst first."""
    for finding in worst_first(list(findings)):
        place = place_words(finding.where)
        quote = "" if finding.quote in finding.message else f"原文“{_short(finding.quote, LONGEST_QUOTE)}”"
        _print_finding(to, finding, f"{place}：" if place else "", 0, quote)


# --- Rows ---------------------------------------------------------------------------------------------------------


def _show_rows(draft: PlanDraft, found: Beside, to: Console) -> None:
    rows = list(_rows(draft))
    shown = rows[:MOST_ROWS]
    made = [_row(subtask) for _, subtask in shown]
    sheet = _sheet(to.width, made)
    if sheet.beside:
        _print(to, "")
        _print_columns(to, [[("序号", "bold")], [("任务", "bold")], *_headings(made)], sheet)
    last: ProjectDraft | None = None
    for (project, subtask), row in zip(shown, made, strict=True):
        if project is not last:
            _show_project(project, to)
        last = project
        _show_row(row, sheet, to)
        for finding in found.of(subtask):
            _print_finding(to, finding, _elsewhere(finding, subtask), sheet.indent)
    if len(rows) > MOST_ROWS:
        _show_rest([subtask for _, subtask in rows[MOST_ROWS:]], found, to)


def _show_project(project: ProjectDraft, to: Console) -> None:
    """A heading over the sub-tasks, unless the project is its only sub-task."""
    _print(to, "")
    if len(project.subtasks) > 1 or _bare(project.title) != _bare(project.subtasks[0].title):
        head = f"{project.no}{GAP}"
        _print_hanging(to, head, project.title, "bold")


def _bare(title: str) -> str:
    return title.strip(" 。；;.")


def _show_row(row: _Row, sheet: _Sheet, to: Console) -> None:
    if sheet.beside:
        _print_columns(to, [row.number, row.title, *row.fields.values()], sheet)
        return
    (number, _), (place, _) = row.number
    _print_hanging(to, padded(number, sheet.number) + GAP, f"{row.title[0][0]}（{place}）")
    for label, lines in row.fields.items():
        head = " " * sheet.indent + label + GAP
        for text, style in lines:
            _print_hanging(to, head, text, style)
            head = " " * cell_len(head)


def _show_rest(rest: Sequence[SubTaskDraft], found: Beside, to: Console) -> None:
    told = sum(1 for subtask in rest if found.of(subtask))
    with_findings = f"（其中 {told} 个有提示）" if told else ""
    _print(to, "")
    _print(to, f"……还有 {len(rest)} 个子任务{with_findings}没有列出：加 --html 文件 查看全部。")


def _show_way_out(to: Console) -> None:
    """Nothing can be imported: what to do next."""
    _print(to, "")
    for step in (
        "可以这样做：",
        "1. 确认文件里有任务分解表，表头写明“序号、项目或任务、牵头单位”等栏目；",
        "2. 有原始的 .xlsx、.docx 文件时，改用原始文件，不用复制出来的文字；",
        "3. 文件里确实没有表格时，用 duban template 生成空表，填好后再导入。",
    ):
        _print(to, step)


def _rows(draft: PlanDraft) -> Iterator[tuple[ProjectDraft, SubTaskDraft]]:
    for project in draft.projects:
        for subtask in project.subtasks:
            yield project, subtask


def _row(subtask: SubTaskDraft) -> _Row:
    leads = [(name, "") for name in subtask.lead_units] or [("没有牵头单位", "yellow")]
    place = subtask.where.cell or place_words(subtask.where)
    row = _Row([(subtask.no, ""), (place, "dim")], [(subtask.title, "")])
    row.fields["牵头"] = leads
    row.fields["时限"] = _deadline(subtask)
    row.fields["指标"] = [line for one in subtask.indicators for line in _indicator(one)]
    row.fields["进展"] = [line for one in subtask.progress for line in _report(one)]
    return row


def _deadline(subtask: SubTaskDraft) -> list[Line]:
    due = subtask.deadline
    if due.date:
        return [(due.date.isoformat(), "")]
    return [(f"“{due.text}”", "dim")] if due.text else []


def _indicator(indicator: IndicatorDraft) -> list[Line]:
    lines = [(f"{indicator.subject} {figure_words(indicator)}", "")]
    if indicator.quotas:
        total = amount(sum(indicator.quotas.values(), indicator.quantity * 0), indicator.unit)
        fits = adds_up(indicator)
        verdict = "合计相符" if fits else f"合计 {total}，不符"
        lines.append((f"分给 {len(indicator.quotas)} 个单位，{verdict}", "green" if fits else "red"))
    return lines


def _report(report: ProgressDraft) -> list[Line]:
    status = STATUSES.get(report.status, report.status)
    figures = "、".join(figure_text(one) for one in report.quantities)
    head = f"{report.period} {status}".strip()
    return [
        (head, STATUS_STYLES.get(report.status, "")),
        (figures or _short(report.text, LONGEST_REPORT), ""),
    ]


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _elsewhere(finding: Finding, subtask: SubTaskDraft) -> str:
    """The place of a finding where the row's own place does not tell it."""
    place = place_words(finding.where)
    return f"{place}：" if place and finding.where != subtask.where else ""


# --- Lines --------------------------------------------------------------------------------------------------------


def _sheet(width: int, rows: Sequence[_Row]) -> _Sheet:
    """Columns that fit the width: beside each other where there is room, else number and task alone."""
    if width < WIDE:
        return _Sheet(width, min(12, max(cell_len(row.number[0][0]) for row in rows)), 0)
    number = min(12, max([4, *(cell_len(text) for row in rows for text, _ in row.number)]))
    weights = {"牵头": 16, "时限": 10, "指标": 26, "进展": 24}
    used = [label for label in weights if any(row.fields[label] for row in rows)]
    for row in rows:
        row.fields = {label: row.fields[label] for label in used}
    room = width - number - len(GAP) * (1 + len(used))
    share = room / (30 + sum(weights[label] for label in used))
    columns = tuple(max(10, int(weights[label] * share)) for label in used)
    return _Sheet(width, number, room - sum(columns), columns)


def _headings(rows: Sequence[_Row]) -> list[list[Line]]:
    names = {"牵头": "牵头单位", "指标": "指标和分解量"}
    return [[(names.get(label, label), "bold")] for label in rows[0].fields]


def _print_columns(to: Console, cells: Sequence[Sequence[Line]], sheet: _Sheet) -> None:
    widths = (sheet.number, sheet.task, *sheet.beside)
    columns = [
        [(line, style) for text, style in cell if text for line in wrapped(visible(text), width)]
        for cell, width in zip(cells, widths, strict=True)
    ]
    for line in zip_longest(*columns, fillvalue=("", "")):
        text = Text()
        for (part, style), width in zip(line, widths, strict=True):
            text.append(padded(part, width), style).append(GAP)
        text.rstrip()
        to.print(text, soft_wrap=True)


def _print_finding(to: Console, finding: Finding, place: str, indent: int, quote: str = "") -> None:
    head = f"{SEVERITIES.get(finding.severity, finding.severity)} {finding.code} "
    style = STYLES.get(finding.severity, "")
    lines = wrapped(visible(head + place + finding.message + quote), max(20, to.width - indent))
    for number, line in enumerate(lines):
        text = Text(" " * indent + line)
        if number == 0:
            text.stylize(style, indent, indent + len(head))
        to.print(text, soft_wrap=True)
    for value in finding.alternatives:
        _print(to, choice_words(finding, value), "dim", indent + 2)


def _print(to: Console, text: str, style: str = "", indent: int = 0) -> None:
    for line in wrapped(visible(text), max(20, to.width - indent)):
        to.print(Text(" " * indent + line, style=style), soft_wrap=True)


def _print_hanging(to: Console, head: str, text: str, style: str = "") -> None:
    """The text behind its head, its further lines under its first."""
    head, indent = visible(head), cell_len(visible(head))
    for line in wrapped(visible(text), max(20, to.width - indent)):
        to.print(Text.assemble(head, (line, style)), soft_wrap=True)
        head = " " * indent


def _print_parts(to: Console, parts: Sequence[Line]) -> None:
    """Short parts beside each other, in as many lines as they need."""
    text, used = Text(), 0
    for part, style in parts:
        wide = cell_len(part) + (3 if used else 0)
        if used and used + wide > to.width:
            to.print(text, soft_wrap=True)
            text, used = Text(), 0
        text.append("   " if used else "").append(part, style)
        used += wide
    to.print(text, soft_wrap=True)
