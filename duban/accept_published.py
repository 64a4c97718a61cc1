"""The published table rebuilt: a month's table imported, stored and published again has the same rows and words."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl

from db.session import Database
from workflows.import_plan import prepare, store
from workflows.publish import public_paper, public_table, written

HEADS = ("序号", "项目内容及居民受益面", "牵头单位", "{month}月目标", "进展情况")
MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
Row = tuple[str, ...]


def check_published(folder: Path, truth: Mapping[str, Any]) -> list[str]:
    """Prints how the rebuilt table compares, where the document is such a table; what is not as required."""
    month = str(truth.get("doc", {}).get("report_period"))
    if not re.fullmatch(r"\d{4}-\d{2}", month):
        return []
    wanted = [tuple(head.format(month=int(month[5:])) for head in HEADS), *_wanted(truth)]
    rebuilt = _rebuilt(folder / "seeds" / truth["file"], month)
    different = [pair for pair in zip_longest(rebuilt, wanted) if _plain(pair[0]) != _plain(pair[1])]
    print(
        f"  published table    rows {len(rebuilt) - 1} / {len(wanted) - 1}   columns {len(rebuilt[0])}   "
        f"figures {_figures(rebuilt)} / {_figures(wanted)}   different rows {len(different)}"
    )
    print("".join(f"      {got}\n      instead of {want}\n" for got, want in different), end="")
    return ["published table"] if different else []


def _wanted(truth: Mapping[str, Any]) -> Iterator[Row]:
    for project in truth["projects"]:
        for task in project["subtasks"]:
            target = "".join(one["target_text"] for one in task.get("milestones", []))
            lead = "、".join(task["lead_units"])
            yield task["no"], task["title"], lead, target, task.get("progress", {}).get("actual_text", "")


def _rebuilt(path: Path, month: str) -> list[Row]:
    """The table out of the workbook that is published after the document was imported, heads first."""
    with TemporaryDirectory() as folder, closing(Database(f"sqlite:///{folder}/accept.sqlite3")) as database:
        database.migrate()
        store(database, prepare(database, path), MOMENT, "accept")
        with database.read() as session:
            table = public_table(session, "1", month)
    content = written(public_paper(table, MOMENT.date()), ".xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [tuple(str(cell.value) for cell in row) for row in sheet.iter_rows(min_row=4)]


def _plain(row: Row | None) -> Row:
    """The cells without layout: blanks are no difference."""
    return tuple(re.sub(r"\s", "", cell) for cell in row or ())


def _figures(rows: Sequence[Row]) -> int:
    """How many figures stand in the columns of targets and progress."""
    return sum(len(re.findall(r"\d+(?:\.\d+)?", cell)) for row in rows[1:] for cell in row[3:])
