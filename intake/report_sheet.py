"""The workbook in which a unit fills in its progress for one period: written for it, read back from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from openpyxl.worksheet.worksheet import Worksheet

from engine.errors import IntakeError
from intake.draft import Finding
from intake.reading import read_document
from intake.table import Document, Place, Table
from intake.workbook_cells import quantity_cell
from intake.workbook_layout import Column
from intake.workbook_rows import Findings, Row, Sheet, choice_of, date_of, quantity_of, read_sheet
from intake.workbook_style import dress, new_workbook, print_on_a4, put, saved

SHEET, GUIDE = "填报", "说明"
YES = {"no": "否", "yes": "是"}
COLUMNS: tuple[Column, ...] = (
    Column("no", "序号", 8, "code", "task"),
    Column("title", "任务", 40, "text", "task"),
    Column("subject", "指标", 16, "text", "task"),
    Column("target", "全年目标", 11, "number", "task"),
    Column("unit", "计量单位", 9, "text", "task"),
    Column("planned", "本期计划累计", 12, "number", "task"),
    Column("last", "上次填报", 11, "number", "task"),
    Column(
        "value", "本期累计完成", 14, "number", "indicator", "年初以来的累计数，只写数字", others=("累计完成",)
    ),
    Column("text", "进展说明", 40, "text", "indicator", "两三句话即可"),
    Column("difficulties", "困难与需协调事项", 30, "text", "indicator", "没有则留空"),
    Column(
        "coordination", "需要协调", 9, "text", "indicator", "需要督查部门协调时选“是”", tuple(YES.values())
    ),
    Column("forecast", "预计完成日期", 13, "date", "indicator", "写成 2024-11-30，可以不填"),
    Column("task_key", "任务编号（勿改）", 12, group="key", hidden=True),
    Column("indicator_key", "指标编号（勿改）", 12, group="key", hidden=True),
)
TYPED = ("value", "text", "difficulties", "coordination", "forecast")
_TASK_KEY = re.compile(r"(\d+)/(lead|share)/(\d+)")
_ABOUT = re.compile(r"(单位|填报期)[：:]\s*(.+)")
_MAX_TEXT = 5000


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One line to fill in: an indicator of a task, or the task itself where it has none.

    ``role`` is lead or share; ``seen`` the id of the report that was the last when the workbook was made, 0 for none.
    """

    subtask_id: int
    role: str
    seen: int
    no: str
    title: str
    indicator_id: int | None = None
    subject: str = ""
    unit: str = ""
    target: Decimal | None = None
    planned: Decimal | None = None
    last: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was typed about one task; quantities are cumulative, by indicator id."""

    subtask_id: int
    role: str
    seen: int
    quantities: dict[int, Decimal] = field(default_factory=dict)
    text: str = ""
    difficulties: str = ""
    needs_coordination: bool = False
    forecast_on: date | None = None
    where: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Answers:
    """A workbook that came back: for whom and which period it was made, what was typed, what cannot be read."""

    unit: str
    period: str
    answers: tuple[Answer, ...]
    findings: tuple[Finding, ...]


def write_report_sheet(unit: str, period: str, rows: Sequence[AskedRow]) -> bytes:
    """The workbook; the same bytes for the same rows."""
    book = new_workbook(f"{unit} {period} 进展填报")
    _guide(book.create_sheet(GUIDE), unit, period)
    sheet = book.create_sheet(SHEET)
    for number, column in enumerate(COLUMNS, 1):
        put(sheet, 1, number, column.header, f"duban_head_{column.group}")
    previous: tuple[int, str] | None = None
    for number, row in enumerate(rows, 2):
        is_first = (row.subtask_id, row.role) != previous
        previous = (row.subtask_id, row.role)
        _put_row(sheet, number, row, is_first)
    dress(sheet, COLUMNS, len(rows))
    sheet.freeze_panes = "C2"
    book.active = 1
    return saved(book)


def is_report_layout(document: Document) -> bool:
    """Whether the document is such a workbook: its sheet has the hidden keys."""
    return (sheet := _sheet(document)) is not None and "task_key" in sheet.keys


def _sheet(document: Document) -> Sheet | None:
    tables = (part for part in document.parts if isinstance(part, Table) and part.name.strip() == SHEET)
    return next((sheet for table in tables if (sheet := read_sheet(table, COLUMNS))), None)


def read_report_sheet(path: Path) -> Answers:
    """What was typed; rows that cannot be read are findings. Raises IntakeError NOT_A_REPORT_SHEET and those of files."""
    findings = Findings()
    reading = read_document(path)
    about, sheet = _about(reading.document), _sheet(reading.document)
    if sheet is None or "task_key" not in sheet.keys or len(about) < 2:
        raise IntakeError(
            "NOT_A_REPORT_SHEET",
            "这不是从填报页面或邮件里取得的填报表（缺少“填报”表、编号列或“说明”）：请重新下载，填写后再上传。",
        )
    answers = _answers(sheet, findings)
    return Answers(about["单位"], about["填报期"], tuple(answers), tuple(findings.found))


def _guide(sheet: Worksheet, unit: str, period: str) -> None:
    lines = (
        "填写说明",
        f"单位：{unit}",
        f"填报期：{period}",
        "1. 只填“填报”表右边的几列；“本期累计完成”填年初以来的累计数，不是本月新增数。",
        "2. 没有变化的任务可以整行留空，留空的任务不会提交。",
        "3. 进展说明、困难、预计完成日期写在每项任务的第一行。",
        "4. 请勿修改隐藏的编号列，也不要增加行。",
        "5. 填好后在填报页面上传；只要有一处看不懂，就整份不保存，并逐格说明。",
    )
    sheet.column_dimensions["A"].width = 100
    for number, line in enumerate(lines, 1):
        put(sheet, number, 1, line, "duban_title" if number == 1 else "duban_text")
    print_on_a4(sheet)


def _put_row(sheet: Worksheet, number: int, row: AskedRow, is_first: bool) -> None:
    values = {
        "no": row.no if is_first else "",
        "title": row.title if is_first else "",
        "subject": row.subject,
        "target": _figure(row.target),
        "unit": row.unit,
        "planned": _figure(row.planned),
        "last": _figure(row.last),
        "task_key": f"{row.subtask_id}/{row.role}/{row.seen}",
        "indicator_key": "" if row.indicator_id is None else str(row.indicator_id),
    }
    for place, column in enumerate(COLUMNS, 1):
        put(sheet, number, place, values.get(column.key, ""), f"duban_{column.form}")


def _figure(value: Decimal | None) -> int | float | str:
    return "" if value is None else quantity_cell(value)


def _about(document: Document) -> dict[str, str]:
    """Unit and period as the guide names them."""
    cells = (
        cell.text.strip()
        for part in document.parts
        if isinstance(part, Table) and part.name.strip() == GUIDE
        for row in part.rows
        for cell in row
    )
    return {match[1]: match[2].strip() for text in cells if (match := _ABOUT.fullmatch(text))}


def _answers(sheet: Sheet, findings: Findings) -> list[Answer]:
    """One answer for each task of which something was typed, from all its rows."""
    found: dict[tuple[int, str, int], Answer] = {}
    for row in sheet.rows:
        if not row.any_of(TYPED):
            continue
        match = _TASK_KEY.fullmatch(row.text("task_key"))
        if match is None:
            todo = "这一行没有任务编号，没有读取。请在重新下载的填报表里填写，不要增加行。"
            findings.add("error", "UNKNOWN_SUBTASK", row.where, row.text("title"), todo)
            continue
        key = (int(match[1]), match[2], int(match[3]))
        found[key] = _with_row(found.get(key) or Answer(*key, where=row.where), row, findings)
    return list(found.values())


def _with_row(answer: Answer, row: Row, findings: Findings) -> Answer:
    quantities = dict(answer.quantities)
    indicator = row.text("indicator_key")
    value = _value(row, findings)
    if value is not None and indicator.isascii() and indicator.isdigit():
        quantities[int(indicator)] = value
    elif value is not None:
        todo = "这一行没有指标，不能填数量。请写在“进展说明”里。"
        findings.add("error", "UNKNOWN_INDICATOR", row.cell("value").where, row.text("value"), todo)
    return Answer(
        answer.subtask_id,
        answer.role,
        answer.seen,
        quantities,
        answer.text or row.text("text")[:_MAX_TEXT],
        answer.difficulties or row.text("difficulties")[:_MAX_TEXT],
        answer.needs_coordination or choice_of(row, "coordination", YES, "no", findings) == "yes",
        answer.forecast_on or date_of(row, "forecast", findings),
        answer.where,
    )


def _value(row: Row, findings: Findings) -> Decimal | None:
    read = quantity_of(row, row.text("unit"), findings, "value")
    if read is None:
        return None
    if read[0] < 0:
        todo = "累计数不能小于零。请填写年初以来的累计完成数。"
        findings.add("error", "UNREADABLE_CELL", row.cell("value").where, row.text("value"), todo)
        return None
    return read[0]
