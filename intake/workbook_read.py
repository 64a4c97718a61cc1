"""An import workbook as a draft plan; every cell that cannot be read becomes a finding, the others count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from intake import workbook_layout as layout
from intake.draft import (
    DocumentFacts,
    IndicatorDraft,
    MilestoneDraft,
    PhaseDraft,
    PlanDraft,
    ProgressDraft,
    QuantityDraft,
    SubTaskDraft,
)
from intake.table import Cell, Document, Place, Table
from intake.workbook_cells import read_key, read_period
from intake.workbook_layout import Column
from intake.workbook_rows import Findings, Row, Sheet, choice_of, date_of, quantity_of, read_sheet
from intake.workbook_tasks import Group, Groups, Tasks, read_tasks

_REQUIRED = ("project_title", "title", "leads", "quantity")
_FIGURE_KEYS = ("subject", "quantity", "unit", "quote")


def is_import_layout(document: Document) -> bool:
    """Return whether the document has a sheet 任务 with the headers of the import workbook."""
    table = _tables(document).get(layout.TASKS)
    sheet = read_sheet(table, layout.TASK_COLUMNS) if table else None
    return sheet is not None and {"project_title", "title", "subject", "quantity"} <= sheet.keys


def read_layout(document: Document, year: int | None = None) -> PlanDraft:
    """Return the draft in an import workbook, with findings by cell."""
    tables, findings = _tables(document), Findings()
    draft = PlanDraft(findings=findings.found)
    _read_plan(tables.get(layout.PLAN), draft, findings)
    draft.document.year = year = year or draft.document.year
    sheet = _sheet(tables, layout.TASKS, layout.TASK_COLUMNS, findings)
    if sheet is None:
        todo = f"找不到“{layout.TASKS}”表或它的表头。请用空白任务表填写。"
        findings.add("error", "MISSING_COLUMN", Place(sheet=layout.TASKS), "", todo)
        return draft
    _check_columns(sheet, findings)
    tasks = read_tasks(sheet, findings)
    draft.projects = tasks.projects
    references = _References.of(tasks)
    _check_leads(draft, findings)
    _read_quotas(_sheet(tables, layout.QUOTAS, layout.QUOTA_COLUMNS, findings, True), references, findings)
    milestones = _sheet(tables, layout.MILESTONES, layout.MILESTONE_COLUMNS, findings)
    for owner, group in _figure_groups(milestones, "milestone_key", ("due_on", "text"), references, findings):
        owner.milestones.append(_milestone(group, year, findings))
    progress = _sheet(tables, layout.PROGRESS, layout.PROGRESS_COLUMNS, findings)
    for owner, group in _figure_groups(progress, "progress_key", ("status", "text"), references, findings):
        owner.progress.append(_progress(group, year, findings))
    return draft


def _tables(document: Document) -> dict[str, Table]:
    return {part.name.strip(): part for part in document.parts if isinstance(part, Table)}


def _sheet(
    tables: Mapping[str, Table],
    name: str,
    columns: tuple[Column, ...],
    findings: Findings,
    more: bool = False,
) -> Sheet | None:
    table = tables.get(name)
    sheet = read_sheet(table, columns) if table else None
    for cell in sheet.others.values() if sheet and not more else ():
        todo = "这一列不属于模板，没有读取。如果是改过的表头，请改回原名。"
        findings.add("note", "UNKNOWN_COLUMN", cell.where, cell.text.strip(), todo)
    return sheet


def _check_columns(sheet: Sheet, findings: Findings) -> None:
    headers = {column.key: column.header for column in layout.TASK_COLUMNS}
    for key in _REQUIRED:
        if key not in sheet.keys:
            todo = f"“{layout.TASKS}”表缺少“{headers[key]}”列。请恢复这个表头，或用模板填写。"
            findings.add("error", "MISSING_COLUMN", sheet.header, headers[key], todo)


def _check_leads(draft: PlanDraft, findings: Findings) -> None:
    for project in draft.projects:
        for subtask in project.subtasks:
            if not subtask.lead_units and not project.lead_units:
                todo = "没有牵头单位，无人可催办。请填写“牵头单位”。"
                findings.add("warning", "NO_LEAD_UNIT", subtask.where, subtask.title, todo)


def _read_plan(table: Table | None, draft: PlanDraft, findings: Findings) -> None:
    if table is None:
        return
    facts = {key: (_labelled(table, label)) for key, label in layout.PLAN_LABELS.items()}
    row = Row(tuple(facts.values()), {key: index for index, key in enumerate(facts)})
    stable_id, revision = read_key(_labelled(table, layout.PLAN_KEY_LABEL).text.strip())
    draft.document = DocumentFacts(
        title=row.text("title"),
        number=row.text("number") or None,
        issuer=row.text("issuer") or None,
        issued_on=date_of(row, "issued_on", findings),
        year=_year(row, findings),
        kind=choice_of(row, "kind", layout.DOCUMENT_KINDS, "none", findings),
        stable_id=stable_id,
        revision=revision,
    )
    draft.phases = list(_phases(table, findings))


def _labelled(table: Table, label: str) -> Cell:
    found = (row[1] for row in table.rows if len(row) > 1 and row[0].text.strip() == label)
    return next(found, Cell("", Place()))


def _year(row: Row, findings: Findings) -> int | None:
    text = row.text("year").removesuffix("年")
    if not text:
        return None
    if len(text) == 4 and text.isdecimal():
        return int(text)
    findings.add(
        "error", "UNREADABLE_CELL", row.cell("year").where, text, "不是年份，没有读取。请写成 2024。"
    )
    return None


def _phases(table: Table, findings: Findings) -> Iterator[PhaseDraft]:
    names = {label: name for name, label in layout.PHASES.items()}
    for cells in table.rows:
        label = cells[0].text.strip()
        name = names.get(label) or label.removeprefix(layout.OTHER_PHASE)
        if len(cells) < 2 or (label not in names and not label.startswith(layout.OTHER_PHASE)):
            continue
        ends_on = date_of(Row((cells[1],), {"ends_on": 0}), "ends_on", findings)
        if ends_on is not None:
            yield PhaseDraft(name, ends_on)


@dataclass(frozen=True, slots=True)
class _References:
    """How other sheets name a sub-task or an indicator: by hidden key, by number, or by title."""

    tasks: Tasks
    by_number: Mapping[str, list[SubTaskDraft]]
    by_title: Mapping[str, list[SubTaskDraft]]

    @classmethod
    def of(cls, tasks: Tasks) -> _References:
        numbers: dict[str, list[SubTaskDraft]] = {}
        titles: dict[str, list[SubTaskDraft]] = {}
        for project in tasks.projects:
            for subtask in project.subtasks:
                numbers.setdefault(subtask.no, []).append(subtask)
                titles.setdefault(subtask.title, []).append(subtask)
        return cls(tasks, numbers, titles)

    def subtask_of(self, row: Row) -> SubTaskDraft | None:
        """Return the one sub-task that the row names."""
        if found := self.tasks.subtasks.get(row.text("subtask_key")):
            return found
        numbered = self.by_number.get(row.text("no"), []) if row.text("no") else []
        titled = self.by_title.get(row.text("title"), []) if row.text("title") else []
        both = [subtask for subtask in numbered if subtask in titled]
        return next((found[0] for found in (both, numbered, titled) if len(found) == 1), None)

    def indicator_of(self, row: Row) -> IndicatorDraft | None:
        """Return the one indicator that the row names."""
        if found := self.tasks.indicators.get(row.text("indicator_key")):
            return found
        subtask = self.subtask_of(row)
        subject = row.text("subject")
        own = [i for i in subtask.indicators if not subject or i.subject == subject] if subtask else []
        return own[0] if len(own) == 1 else None


def _read_quotas(sheet: Sheet | None, references: _References, findings: Findings) -> None:
    for row in sheet.rows if sheet else ():
        shares = {index: row.cells[index] for index in sheet.others} if sheet else {}
        if not any(cell.text.strip() for cell in shares.values()):
            continue
        indicator = references.indicator_of(row)
        if indicator is None:
            todo = "“任务”表里没有这个子任务或指标，这一行没有读取。请核对“子任务序号”和“指标名称”。"
            quote = row.text("title") or row.text("no")
            findings.add("error", "UNKNOWN_INDICATOR", row.where, quote, todo)
            continue
        indicator.quotas = _shares(row, sheet, indicator, findings) if sheet else {}
        _check_sum(row, indicator, findings)


def _shares(row: Row, sheet: Sheet, indicator: IndicatorDraft, findings: Findings) -> dict[str, Decimal]:
    shares: dict[str, Decimal] = {}
    for index, header in sheet.others.items():
        unit = header.text.strip()
        share = quantity_of(Row(row.cells, {"share": index}), indicator.unit, findings, "share")
        if share is None:
            continue
        if unit in shares:
            todo = f"表头“{unit}”出现两次，以左边的一列为准。请删除或改名。"
            findings.add("error", "DUPLICATE_COLUMN", row.cells[index].where, unit, todo)
            continue
        shares[unit] = share[0]
    return shares


def _check_sum(row: Row, indicator: IndicatorDraft, findings: Findings) -> None:
    total = sum(indicator.quotas.values(), Decimal(0))
    enough = indicator.comparator in (">", ">=") and total >= indicator.quantity
    if indicator.kind != "delivery" or not indicator.quotas or total == indicator.quantity or enough:
        return
    todo = f"各单位分解量之和是 {total}，总量是 {indicator.quantity}，两者不符。请核对。"
    findings.add("warning", "SUM_MISMATCH", row.where, indicator.subject, todo)


def _figure_groups(
    sheet: Sheet | None, key: str, own: tuple[str, str], references: _References, findings: Findings
) -> Iterator[tuple[SubTaskDraft, Group]]:
    """Yield each milestone or progress of the sheet: its sub-task and its rows, one a figure."""
    owner: SubTaskDraft | None = None
    groups: dict[int, tuple[SubTaskDraft, Groups]] = {}
    for row in sheet.rows if sheet else ():
        if row.any_of(("no", "title", "subtask_key")):
            owner = references.subtask_of(row)
        if not row.any_of(("period", *own, *_FIGURE_KEYS)):
            continue
        if owner is None:
            todo = "“任务”表里没有这个子任务，这一行没有读取。请核对“子任务序号”。"
            quote = row.text("title") or row.text("no")
            findings.add("error", "UNKNOWN_SUBTASK", row.where, quote, todo)
            continue
        _, mine = groups.setdefault(id(owner), (owner, Groups()))
        names = (row.text("period"), "\0".join(row.text(name) for name in own).strip("\0"))
        group = mine.of(row.text(key), names, row, findings) or mine.add(row.text(key), names)
        group.rows.append(row)
    yield from ((owner, group) for owner, mine in groups.values() for group in mine.found)


def _milestone(group: Group, year: int | None, findings: Findings) -> MilestoneDraft:
    row = group.rows[0]
    stable_id, revision = read_key(group.key)
    return MilestoneDraft(
        period=read_period(row.text("period"), year),
        text=row.text("text"),
        quantities=_figures(group, findings),
        due_on=date_of(row, "due_on", findings),
        where=row.where,
        stable_id=stable_id,
        revision=revision,
    )


def _progress(group: Group, year: int | None, findings: Findings) -> ProgressDraft:
    row = group.rows[0]
    return ProgressDraft(
        period=read_period(row.text("period"), year),
        text=row.text("text"),
        status=choice_of(row, "status", layout.STATUSES, "unknown", findings),
        quantities=_figures(group, findings),
        where=row.where,
    )


def _figures(group: Group, findings: Findings) -> list[QuantityDraft]:
    return [figure for row in group.rows if (figure := _figure(row, findings))]


def _figure(row: Row, findings: Findings) -> QuantityDraft | None:
    if not row.any_of(_FIGURE_KEYS):
        return None
    errors = len(findings.found)
    found = quantity_of(row, row.text("unit"), findings)
    if found is not None:
        return QuantityDraft(row.text("subject"), found[0], found[1], row.text("quote"))
    if errors == len(findings.found):
        todo = "写了指标但没有数量，没有读取。请填写数量，或清空指标各列。"
        findings.add("error", "MISSING_QUANTITY", row.cell("quantity").where, row.text("subject"), todo)
    return None
