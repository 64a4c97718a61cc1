"""A draft plan as an import workbook (docs/import-layout.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
from openpyxl.worksheet.worksheet import Worksheet

from intake import workbook_layout as layout
from intake.draft import IndicatorDraft, PlanDraft, ProjectDraft, QuantityDraft, SubTaskDraft
from intake.workbook_cells import clean, join_list, key_cell, quantity_cell
from intake.workbook_layout import Column
from intake.workbook_style import LINE_HEIGHT, dress, new_workbook, print_on_a4, put, saved

_PROJECT_KEYS = tuple(column.key for column in layout.TASK_COLUMNS if column.group == "project")
_TASK_KEYS = tuple(column.key for column in layout.TASK_COLUMNS if column.group == "task")
_MIN_BLANK_ROWS = 30  # rows drawn in an empty sheet, to be filled by hand

Values = Mapping[str, Any]


@dataclass(slots=True)
class _Rows:
    """Rows of one sheet, and which columns of which rows (first, last; from 0) are one merged cell."""

    values: list[Values] = field(default_factory=list)
    spans: list[tuple[int, int, Sequence[str]]] = field(default_factory=list)


def write_workbook(draft: PlanDraft) -> bytes:
    """Return the ``.xlsx`` of ``draft``: reading it back gives the draft (but for places and findings).

    The same draft gives the same bytes. Findings are not written.
    """
    book = new_workbook(draft.document.title or "督办任务表")
    _write_guide(book)
    _write_plan(book, draft)
    _write_sheet(book, layout.TASKS, layout.TASK_COLUMNS, _task_rows(draft), freeze="H2")
    _write_quotas(book, draft)
    _write_sheet(book, layout.MILESTONES, layout.MILESTONE_COLUMNS, _milestone_rows(draft), freeze="C2")
    _write_sheet(book, layout.PROGRESS, layout.PROGRESS_COLUMNS, _progress_rows(draft), freeze="C2")
    book.active = book.sheetnames.index(layout.TASKS)
    return saved(book)


def _write_guide(book: Workbook) -> None:
    sheet = book.create_sheet(layout.GUIDE)
    sheet.column_dimensions["A"].width = 110
    for number, line in enumerate(layout.GUIDE_LINES, 1):
        put(sheet, number, 1, line, "duban_title" if number == 1 else "duban_text")
    sheet.row_dimensions[1].height = 2 * LINE_HEIGHT
    print_on_a4(sheet)


def _write_plan(book: Workbook, draft: PlanDraft) -> None:
    sheet = book.create_sheet(layout.PLAN)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 22, 60
    for number, (label, value, form) in enumerate(_plan_rows(draft), 1):
        put(sheet, number, 1, label, "duban_head_task")
        put(sheet, number, 2, value, f"duban_{form}")
        sheet.row_dimensions[number].hidden = label == layout.PLAN_KEY_LABEL
    sheet.freeze_panes = "B1"
    print_on_a4(sheet)


def _plan_rows(draft: PlanDraft) -> Iterator[tuple[str, Any, str]]:
    facts = draft.document
    for key, label in layout.PLAN_LABELS.items():
        value = getattr(facts, key)
        value = layout.DOCUMENT_KINDS.get(value, value) if key == "kind" else value
        yield (
            label,
            clean(value) if isinstance(value, str) else value,
            "date" if key == "issued_on" else "text",
        )
    blank = dict.fromkeys(layout.PHASES) if not draft.phases else {}
    for name, ends_on in [*blank.items(), *((phase.name, phase.ends_on) for phase in draft.phases)]:
        yield layout.PHASES.get(name) or layout.OTHER_PHASE + clean(name), ends_on, "date"
    if facts.stable_id:
        yield layout.PLAN_KEY_LABEL, key_cell(facts.stable_id, facts.revision, ""), "code"


def _task_rows(draft: PlanDraft) -> _Rows:
    rows = _Rows()
    for p, project in enumerate(draft.projects, 1):
        start = len(rows.values)
        key = {"project_key": key_cell(project.stable_id, project.revision, str(p))}
        head = _project_values(project)
        for s, subtask in enumerate(project.subtasks, 1):
            _add_subtask(rows, head | key, subtask, f"{p}.{s}")
            head = {}
        if not project.subtasks:
            rows.values.append(head | key)
        rows.spans.append((start, len(rows.values) - 1, _PROJECT_KEYS))
    return rows


def _add_subtask(rows: _Rows, head: Values, subtask: SubTaskDraft, position: str) -> None:
    start = len(rows.values)
    keys = {"project_key": head["project_key"]}
    keys["subtask_key"] = key_cell(subtask.stable_id, subtask.revision, position)
    own: Values = {**head, **_subtask_values(subtask)}
    for i, indicator in enumerate(subtask.indicators, 1):
        key = key_cell(indicator.stable_id, indicator.revision, f"{position}.{i}")
        rows.values.append({**own, **_indicator_values(indicator), **keys, "indicator_key": key})
        own = {}
    if not subtask.indicators:
        rows.values.append({**own, **keys})
    rows.spans.append((start, len(rows.values) - 1, _TASK_KEYS))


def _project_values(project: ProjectDraft) -> dict[str, Any]:
    return {
        "project_no": project.no,
        "project_title": project.title,
        "leaders": project.leaders,
        "project_leads": project.lead_units,
        "project_cooperating": project.cooperating_units,
    }


def _subtask_values(subtask: SubTaskDraft) -> dict[str, Any]:
    return {
        "no": subtask.no,
        "title": subtask.title,
        "leads": subtask.lead_units,
        "cooperating": subtask.cooperating_units,
        "executing": subtask.executing_units,
        "responsible": subtask.responsible,
        "task_leaders": subtask.leaders,
        "level": subtask.level,
        "starts_on": subtask.starts_on,
        "deadline_text": subtask.deadline.text,
        "deadline_date": subtask.deadline.date,
    }


def _indicator_values(indicator: IndicatorDraft) -> dict[str, Any]:
    return {
        "subject": indicator.subject,
        "comparator": layout.COMPARATORS.get(indicator.comparator, indicator.comparator),
        "quantity": indicator.quantity,
        "unit": indicator.unit,
        "kind": layout.KINDS.get(indicator.kind, indicator.kind),
        "indicator_level": indicator.level,
        "quote": indicator.quote,
    }


def _subtasks(draft: PlanDraft) -> Iterator[tuple[SubTaskDraft, str, dict[str, Any]]]:
    """Yield each sub-task, its position, and the columns by which other sheets refer to it."""
    for p, project in enumerate(draft.projects, 1):
        for s, subtask in enumerate(project.subtasks, 1):
            key = key_cell(subtask.stable_id, subtask.revision, f"{p}.{s}")
            yield subtask, f"{p}.{s}", {"no": subtask.no, "title": subtask.title, "subtask_key": key}


def _milestone_rows(draft: PlanDraft) -> _Rows:
    rows = _Rows()
    for subtask, position, reference in _subtasks(draft):
        for m, milestone in enumerate(subtask.milestones, 1):
            key = key_cell(milestone.stable_id, milestone.revision, f"{position}.{m}")
            own = {"period": milestone.period, "due_on": milestone.due_on, "text": milestone.text}
            _add_quantities(rows, {**reference, "milestone_key": key}, own, milestone.quantities)
    return rows


def _progress_rows(draft: PlanDraft) -> _Rows:
    rows = _Rows()
    for subtask, position, reference in _subtasks(draft):
        for m, progress in enumerate(subtask.progress, 1):
            status = layout.STATUSES.get(progress.status, progress.status)
            own = {"period": progress.period, "status": status, "text": progress.text}
            key = key_cell("", 0, f"{position}.{m}")
            _add_quantities(rows, {**reference, "progress_key": key}, own, progress.quantities)
    return rows


def _add_quantities(rows: _Rows, reference: Values, own: Values, quantities: list[QuantityDraft]) -> None:
    start = len(rows.values)
    head: Values = {**reference, **own}
    for figure in quantities:
        values = {
            "subject": figure.subject,
            "quantity": figure.quantity,
            "unit": figure.unit,
            "quote": figure.quote,
        }
        rows.values.append({**head, **values})
        head = reference
    if not quantities:
        rows.values.append(head)
    rows.spans.append((start, len(rows.values) - 1, tuple(own)))


def _write_quotas(book: Workbook, draft: PlanDraft) -> None:
    units = tuple(dict.fromkeys(unit for _, indicator, _ in _indicators(draft) for unit in indicator.quotas))
    fixed = layout.QUOTA_COLUMNS
    columns = (
        *fixed,
        *(Column(f"unit {unit}", unit, layout.QUOTA_WIDTH, "number", "unit") for unit in units),
    )
    rows = _Rows([_quota_values(*found) for found in _indicators(draft)])
    sheet = _write_sheet(book, layout.QUOTAS, columns, rows, freeze=f"{get_column_letter(len(fixed) + 1)}2")
    if units and rows.values:
        _mark_wrong_sums(sheet, len(fixed), len(units), len(rows.values))


def _indicators(draft: PlanDraft) -> Iterator[tuple[SubTaskDraft, IndicatorDraft, str]]:
    for subtask, position, _ in _subtasks(draft):
        for i, indicator in enumerate(subtask.indicators, 1):
            yield subtask, indicator, key_cell(indicator.stable_id, indicator.revision, f"{position}.{i}")


def _quota_values(subtask: SubTaskDraft, indicator: IndicatorDraft, key: str) -> Values:
    values: dict[str, Any] = {"indicator_key": key, "no": subtask.no, "title": subtask.title}
    values |= {"subject": indicator.subject, "unit": indicator.unit, "quantity": indicator.quantity}
    return values | {f"unit {unit}": quota for unit, quota in indicator.quotas.items()}


def _mark_wrong_sums(sheet: Worksheet, total: int, units: int, rows: int) -> None:
    """Turn the total yellow, in the coordinator's own program, while the shares do not add up to it."""
    letter, first, last = (get_column_letter(n) for n in (total, total + 1, total + units))
    shares = f"${first}2:${last}2"
    formula = f"AND(COUNT({shares})>0,ABS(SUM({shares})-${letter}2)>0.000001)"
    fill = PatternFill("solid", start_color="FFEB3B", end_color="FFEB3B")
    sheet.conditional_formatting.add(f"{letter}2:{letter}{rows + 1}", FormulaRule([formula], fill=fill))  # type: ignore[no-untyped-call]


def _write_sheet(book: Workbook, name: str, columns: Sequence[Column], rows: _Rows, freeze: str) -> Worksheet:
    sheet: Worksheet = book.create_sheet(name)
    for number, column in enumerate(columns, 1):
        put(sheet, 1, number, clean(column.header), f"duban_head_{column.group}")
    blank: Iterable[Values] = () if rows.values else ({} for _ in range(_MIN_BLANK_ROWS))
    for row, values in enumerate((*rows.values, *blank), 2):
        for number, column in enumerate(columns, 1):
            _put_value(sheet, row, number, values.get(column.key), column.form)
    _merge(sheet, columns, rows)
    dress(sheet, columns, len(rows.values))
    sheet.freeze_panes = freeze
    return sheet


def _put_value(sheet: Worksheet, row: int, number: int, value: Any, form: str) -> None:
    if isinstance(value, Decimal):
        figure = quantity_cell(value)
        put(sheet, row, number, figure, "duban_number" if isinstance(figure, int) else "duban_fraction")
        return
    if isinstance(value, list | tuple):
        value = join_list([clean(item) for item in value])
    put(sheet, row, number, clean(value) if isinstance(value, str) else value, f"duban_{form}")


def _merge(sheet: Worksheet, columns: Sequence[Column], rows: _Rows) -> None:
    numbers = {column.key: number for number, column in enumerate(columns, 1)}
    spans = [span for span in rows.spans if span[0] < span[1]]
    # Set as a whole: the library's own merge_cells compares each merge with all before it.
    sheet.merged_cells = MultiCellRange(
        CellRange(None, numbers[key], first + 2, numbers[key], last + 2)
        for first, last, keys in spans
        for key in keys
    )
    for span in spans:
        _make_room(sheet, columns, rows, span)


def _make_room(
    sheet: Worksheet, columns: Sequence[Column], rows: _Rows, span: tuple[int, int, Sequence[str]]
) -> None:
    """Heighten rows whose merged text needs it: spreadsheet programs fit rows only to cells of one row."""
    first, last, keys = span
    count = last - first + 1
    texts = ((rows.values[first].get(column.key), column.width) for column in columns if column.key in keys)
    lines = max((_lines(text, width) for text, width in texts if isinstance(text, str)), default=1)
    if lines > count:
        for row in range(first + 2, last + 3):
            sheet.row_dimensions[row].height = LINE_HEIGHT * -(-lines // count)


def _lines(text: str, width: int) -> int:
    # A Chinese character takes two of the column's width units.
    return sum(1 + (2 * len(line)) // max(width - 1, 1) for line in text.split("\n"))
