"""What stands in columns of their own beside a report: a light or status, and the share that is done."""

from __future__ import annotations

import re
from decimal import Decimal

from intake import words
from intake.draft import ProgressDraft, SubTaskDraft
from intake.english import in_english, status_of
from intake.headers import Column
from intake.items import Item
from intake.table import Cell
from intake.units import tidy

_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*[%％]")


def status_named(text: str, at_the_end: bool = True) -> str | None:
    """The status that a light or a word of status stands for (紅燈, 已完成, Amber); ``None`` for other words.

    ``at_the_end`` tells that the report is the year's last: what is as far as it should be (达标) is done then.
    """
    if in_english(text):
        return status_of(text)
    bare = re.sub(r"[\s.。●○]", "", text).lower()
    if bare in words.progress.ON_TRACK:
        return "done" if at_the_end else "in_progress"
    share = _SHARE.search(bare)
    if share and Decimal(share.group(1)) < 100:
        bare = bare[: share.start()].removesuffix("完成") or "进行中"  # 完成60% is not 完成
    for status, names in words.progress.LIGHTS:
        if bare in names or any(len(name) > 1 and bare.startswith(name) for name in names):
            return status
    return None


def settle_reports(item: Item, period: str) -> Cell | None:
    """One report for each period: a share in its own column joins the words beside it, a light gives its status.

    Returns the light's cell where it is the only report.
    """
    subtask = item.subtask
    subtask.progress = _joined(subtask.progress)
    for one in subtask.progress:
        if one.text.rstrip("。.") in words.progress.ON_TRACK:
            one.status = status_named(one.text, _at_the_end(one.period)) or one.status
    at_the_end = _at_the_end(period)
    shown = [
        (cell, _shown_by(column, cell, at_the_end)) for column, cell in item.cells if column.role == "status"
    ]
    lights = [(cell, status) for cell, status in shown if status]
    if not lights:
        return None
    telling = [status for _, status in lights if status != "in_progress"]
    cell = lights[0][0]
    report = _report(subtask, period)
    if report is None:
        subtask.progress.append(
            ProgressDraft(period, tidy(cell.text), (telling or ["in_progress"])[0], where=cell.where)
        )
        return cell
    if telling or report.status == "unknown":
        report.status = _settled(report.status, (telling or ["in_progress"])[0])
    return None


def _at_the_end(period: str) -> bool:
    """The year's last month, or no month at all: a table of the year."""
    return not period or period.endswith("-12")


def _shown_by(column: Column, cell: Cell, at_the_end: bool) -> str | None:
    """是 and 否 answer the heading's question: what is not as far as it should be lags behind."""
    answer = (
        words.progress.ANSWERS.get(cell.text.strip()) if words.progress.QUESTION in column.heading else None
    )
    if answer is None:
        return status_named(cell.text, at_the_end)
    finished = "完成" in column.heading
    if answer:
        return "done" if finished or at_the_end else "in_progress"
    return "in_progress" if finished and not at_the_end else "lagging"


def _settled(said: str, shown: str) -> str:
    """A light of completion does not take an over-fulfilment away."""
    return said if (said, shown) == ("over_fulfilled", "done") else shown


def _report(subtask: SubTaskDraft, period: str) -> ProgressDraft | None:
    """The report that a light speaks of: that of the document's period, else the last one."""
    own = [one for one in subtask.progress if one.period == period]
    reports = own or subtask.progress
    return reports[-1] if reports else None


def _joined(reports: list[ProgressDraft]) -> list[ProgressDraft]:
    kept: list[ProgressDraft] = []
    for report in reports:
        beside = next((one for one in reports if one is not report and one.period == report.period), None)
        if beside is not None and _SHARE.fullmatch(_shown(report)) and not _SHARE.fullmatch(_shown(beside)):
            beside.quantities += [one for one in report.quantities if one.unit not in _units(beside)]
        else:
            kept.append(report)
    return kept


def _units(report: ProgressDraft) -> set[str]:
    return {one.unit for one in report.quantities}


def _shown(report: ProgressDraft) -> str:
    bare = report.text.strip()
    share = len(report.quantities) == 1 and report.quantities[0].unit == "%"
    return f"{bare}%" if share and re.fullmatch(r"[\d.]+", bare) else bare
