"""A workbook of ten thousand rows: read, understood and stored, beside what it takes only to open it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import openpyxl

from db.session import Database
from workflows.import_plan import prepare, store

NOW = datetime(2024, 3, 1, 1, tzinfo=UTC)
HEADINGS = ("序号", "项目名称", "工作任务", "牵头单位", "责任人", "配合单位", "完成时限")
UNITS = ("区民政局", "区教育局", "区住建局", "区卫健局", "区文旅局", "区交通局", "区水务局")


def imported(rows: int, folder: Path) -> dict[str, float]:
    """Seconds to prepare and to store a workbook of so many tasks with three promises each, and to open it."""
    path = workbook(rows, folder / "rows.xlsx")
    database = Database(f"sqlite:///{folder / 'import.sqlite3'}")
    database.migrate()
    opened = _seconds(lambda: list(openpyxl.load_workbook(path, read_only=True).worksheets[0].values))
    began = perf_counter()
    prepared = prepare(database, path)
    read = perf_counter() - began
    stored = _seconds(lambda: store(database, prepared, NOW, "督查室"))
    total = read + stored
    return {
        "read_s": read,
        "store_s": stored,
        "rows_per_second": rows / total,
        "times_opening_it": total / opened,
    }


def workbook(rows: int, path: Path) -> Path:
    """A plan of so many tasks as people issue it."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("任务分解表")
    sheet.append(["2024年重点工作任务分解表"])
    sheet.append(HEADINGS)
    for number in range(1, rows + 1):
        task = f"新建服务点{number % 9 + 1}个，改造老旧小区{number % 7 + 2}个，培训护理员{number % 50 * 10 + 10}人次"
        helpers = "、".join(UNITS[(number + 1) % 7 : (number + 1) % 7 + 2])
        due = f"{number % 12 + 1}月底前"
        sheet.append([number, f"第{number}项", task, UNITS[number % 7], "甲某", helpers, due])
    book.save(path)
    return path


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
