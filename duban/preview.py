"""A draft on the terminal: what was read, row by row, with what should be looked at beside it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from intake.draft import Finding, IndicatorDraft, PlanDraft, ProjectDraft, SubTaskDraft
from intake.draft_diff import Change
from intake.draft_json import counts, decimal_text
from intake.table import Place
from intake.workbook_layout import DOCUMENT_KINDS

STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}
SEVERITIES = {"error": "错误", "warning": "注意", "note": "提示"}
PHASES = {"execute": "全面完成", "gap_fill": "查漏补缺"}
MOST_ROWS = 300  # what is beyond is counted, not shown: --json has it all


def console() -> Console:
    """The terminal, or a pipe wide enough for rows of Chinese text."""
    return Console(width=None if sys.stdout.isatty() else 140, soft_wrap=False, highlight=False)


def show_draft(draft: PlanDraft, to: Console) -> None:
    """Counts first, then phases, rows with their findings, and the findings that belong to no row."""
    _show_counts(draft, to)
    _show_phases(draft, to)
    beside = {id(finding) for finding in _show_rows(draft, to)}
    show_findings([finding for finding in draft.findings if id(finding) not in beside], to)


def show_revision(
    title: str, changes: Sequence[Change], unpaired: Sequence[str], draft: PlanDraft, to: Console
) -> None:
    """What a document changes in a stored plan, old → new, and what of it found no counterpart."""
    to.print(f"[bold]{escape(title)}[/bold]  改动 [bold]{len(changes)}[/bold] 处")
    for change in changes[:MOST_ROWS]:
        old, new = change.old or "（无）", change.new or "（删去）"
        to.print(Text.assemble(f"{change.path}：", (old, "red"), " → ", (new, "green")))
    if len(changes) > MOST_ROWS:
        to.print(f"……还有 {len(changes) - MOST_ROWS} 处没有列出。")
    for name in unpaired:
        to.print(Text(f"对不上，不导入：{name}", style="yellow"))
    show_findings(draft.findings, to)


def show_findings(findings: Iterable[Finding], to: Console) -> None:
    """One line a finding, the worst first, with the choices it offers."""
    order = list(STYLES)
    for finding in sorted(findings, key=lambda finding: order.index(finding.severity)):
        to.print(_finding_text(finding, with_place=True))
        for value in finding.alternatives:
            to.print(Text(f"    --choose {finding.code}={value}", style="dim"))


def _show_counts(draft: PlanDraft, to: Console) -> None:
    facts, found = draft.document, counts(draft)
    said = [facts.number, facts.issuer, facts.issued_on and facts.issued_on.isoformat()]
    to.print(f"[bold]{escape(facts.title or '（没有标题）')}[/bold]")
    to.print(escape("  ".join(str(part) for part in said if part)))
    kind = DOCUMENT_KINDS.get(facts.kind, facts.kind)
    to.print(
        f"{facts.year or '年度未定'} · {kind} · 项目 [bold]{found['projects']}[/bold] · "
        f"子任务 [bold]{found['subtasks']}[/bold] · 指标 [bold]{found['indicators']}[/bold] · "
        f"牵头单位 [bold]{found['lead_units']}[/bold] · 分解量 [bold]{found['quotas']}[/bold]"
    )


def _show_phases(draft: PlanDraft, to: Console) -> None:
    for phase in draft.phases:
        to.print(f"{PHASES.get(phase.name, escape(phase.name))}：截止 {phase.ends_on}")


def _show_rows(draft: PlanDraft, to: Console) -> list[Finding]:
    """Prints the rows; returns the findings shown beside them."""
    table = Table(show_lines=True, header_style="bold")
    for header, ratio in (
        ("序号", 1),
        ("任务", 6),
        ("牵头单位", 3),
        ("时限", 2),
        ("指标和分解量", 5),
        ("请看", 5),
    ):
        table.add_column(header, ratio=ratio, overflow="fold")
    shown: list[Finding] = []
    rows = list(_rows(draft))
    for project, subtask in rows[:MOST_ROWS]:
        beside = [finding for finding in draft.findings if _belongs(finding, subtask)]
        shown += beside
        table.add_row(*_cells(project, subtask), Text("\n").join(_beside(one) for one in beside))
    if rows:
        to.print(table)
    if len(rows) > MOST_ROWS:
        to.print(f"……还有 {len(rows) - MOST_ROWS} 个子任务没有列出，全部内容见 --json。")
    return shown


def _rows(draft: PlanDraft) -> Iterator[tuple[ProjectDraft, SubTaskDraft]]:
    for project in draft.projects:
        for subtask in project.subtasks:
            yield project, subtask


def _cells(project: ProjectDraft, subtask: SubTaskDraft) -> list[Text]:
    title = Text(subtask.title)
    if project.title != subtask.title and subtask is project.subtasks[0]:
        title = Text.assemble((project.title + "\n", "dim"), title)
    leads = (
        Text("、".join(subtask.lead_units)) if subtask.lead_units else Text("没有牵头单位", style="yellow")
    )
    due = subtask.deadline.date.isoformat() if subtask.deadline.date else ""
    return [Text(subtask.no), title, leads, Text(due), _indicators(subtask.indicators)]


def _indicators(indicators: Sequence[IndicatorDraft]) -> Text:
    return Text("\n").join(_indicator(indicator) for indicator in indicators)


def _indicator(indicator: IndicatorDraft) -> Text:
    sign = "" if indicator.comparator == "=" else indicator.comparator
    text = Text(f"{indicator.subject} {sign}{decimal_text(indicator.quantity)}{indicator.unit}")
    if not indicator.quotas:
        return text
    total = sum(indicator.quotas.values())
    fits = total == indicator.quantity
    text.append(f" · {len(indicator.quotas)} 个单位", style="dim")
    text.append(
        " 合计相符" if fits else f" 合计 {decimal_text(total or indicator.quantity * 0)}，不符",
        style="green" if fits else "red",
    )
    return text


def _beside(finding: Finding) -> Text:
    choices = "".join(f"\n--choose {finding.code}={value}" for value in finding.alternatives)
    return Text.assemble(_finding_text(finding), (choices, "dim"))


def _finding_text(finding: Finding, with_place: bool = False) -> Text:
    place = f"{finding.where} " if with_place and str(finding.where) else ""
    head = f"{SEVERITIES.get(finding.severity, finding.severity)} {finding.code} "
    return Text.assemble((head, STYLES.get(finding.severity, "")), place, finding.message)


def _belongs(finding: Finding, subtask: SubTaskDraft) -> bool:
    places = [subtask.where]
    places += [indicator.where for indicator in subtask.indicators]
    places += [milestone.where for milestone in subtask.milestones]
    places += [progress.where for progress in subtask.progress]
    row = _row_of(finding.where)
    return row is not None and row in map(_row_of, places)


def _row_of(place: Place) -> tuple[str, str] | None:
    """What places of one row have in common: the line, or sheet and row number."""
    if place.cell is not None:
        return place.sheet or "", re.sub(r"\D", "", place.cell.rpartition("!")[2])
    return ("line", str(place.line)) if place.line is not None else None
