"""What people need beside a draft, whoever shows it: findings beside their rows, places and figures in words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from intake.draft import Finding, IndicatorDraft, PlanDraft, QuantityDraft, SubTaskDraft
from intake.draft_json import decimal_text
from intake.table import Place
from intake.workbook_layout import COMPARATORS

SEVERITIES = {"error": "错误", "warning": "注意", "note": "提示"}  # the worst first
COUNTED = {
    "projects": "项目",
    "subtasks": "子任务",
    "indicators": "指标",
    "lead_units": "牵头单位",
    "quotas": "分解量",
}
PHASES = {"execute": "全面完成", "gap_fill": "查漏补缺"}
# Marks that turn the direction of what follows: in a table they would reorder the words of others.
_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SCALES = ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"))
_PLAIN_VALUE = re.compile(r"[\w@%+=:,./\-（）《》“”、〔〕·]+")


@dataclass(slots=True)
class Beside:
    """Each finding once: under the sub-task that it speaks of, by ``id``, or among the loose ones."""

    loose: list[Finding] = field(default_factory=list)
    _found: dict[int, list[Finding]] = field(default_factory=dict)

    def of(self, subtask: SubTaskDraft) -> list[Finding]:
        """The findings of a sub-task, the worst first."""
        return self._found.get(id(subtask), [])

    def add(self, finding: Finding, subtask: SubTaskDraft | None) -> None:
        """The finding stands beside the sub-task, or among the loose ones."""
        (self.loose if subtask is None else self._found.setdefault(id(subtask), [])).append(finding)


def beside(draft: PlanDraft) -> Beside:
    """Every finding of the draft at the row that it speaks of: the same place, else the same row of a sheet."""
    cells: dict[Place, list[SubTaskDraft]] = {}
    rows: dict[tuple[str, str], SubTaskDraft] = {}
    for subtask in _subtasks(draft):
        for place in dict.fromkeys(_places(subtask)):
            cells.setdefault(place, []).append(subtask)
        row = _row_of(subtask.where)
        if row:
            rows.setdefault(row, subtask)
    found = Beside()
    for finding in worst_first(draft.findings):
        there = cells.get(finding.where, []) if str(finding.where) else []
        row = _row_of(finding.where)
        found.add(finding, _speaks_of(finding, there) or (rows.get(row) if row else None))
    return found


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Errors, then warnings, then notes; otherwise in their order."""
    order = list(SEVERITIES)
    return sorted(
        findings, key=lambda one: order.index(one.severity) if one.severity in order else len(order)
    )


def severities(draft: PlanDraft) -> dict[str, int]:
    """How many errors, warnings and notes there are; all three are named."""
    counted = Counter(finding.severity for finding in draft.findings)
    return {severity: counted[severity] for severity in SEVERITIES}


def place_words(place: Place) -> str:
    """A place for people: 第12行, 表“任务”C4; empty for no place."""
    if place.cell is not None:
        return f"表“{visible(place.sheet)}”{place.cell}" if place.sheet else place.cell
    return f"第{place.line}行" if place.line is not None else ""


def visible(text: str) -> str:
    """The text with nothing in it that moves a cursor, rings, or turns the direction of other words."""
    return "".join(_seen(char) for char in text)


def amount(quantity: Decimal, unit: str) -> str:
    """A quantity as people write it: 100万平方米, 1.6万名, 50亿元; in full where that would take more than two decimals."""
    if unit[:1].isascii() and unit[:1].isalpha():
        return f"{quantity:,f} {unit}"
    for scale, word in _SCALES:
        scaled = quantity / scale
        if abs(scaled) >= 1 and scaled == round(scaled, 2):
            return f"{decimal_text(scaled)}{word}{unit}"
    return f"{decimal_text(quantity)}{unit}"


def figure_words(indicator: IndicatorDraft) -> str:
    """What is promised, with its comparator in words: 不少于2300场."""
    sign = "" if indicator.comparator == "=" else COMPARATORS.get(indicator.comparator, indicator.comparator)
    return f"{sign}{amount(indicator.quantity, indicator.unit)}"


def figure_text(figure: QuantityDraft) -> str:
    """A figure with what it counts: 新增泊位339个."""
    told = amount(figure.quantity, figure.unit)
    return f"{figure.subject} {told}".strip() if figure.subject[-1:].isascii() else f"{figure.subject}{told}"


def choice_words(finding: Finding, value: str) -> str:
    """The option that chooses a reading, ready to be copied behind the command."""
    option = f"{finding.code}={value}"
    quoted = option if _PLAIN_VALUE.fullmatch(option) else '"' + re.sub(r'(["\\$`])', r"\\\1", option) + '"'
    return f"--choose {quoted}"


def _seen(char: str) -> str:
    if char in "\n\t":
        return " "
    return "\ufffd" if char in _TURNING or unicodedata.category(char) == "Cc" else char


def _subtasks(draft: PlanDraft) -> Iterator[SubTaskDraft]:
    for project in draft.projects:
        yield from project.subtasks


def _places(subtask: SubTaskDraft) -> Iterator[Place]:
    yield subtask.where
    yield from (indicator.where for indicator in subtask.indicators)
    yield from (milestone.where for milestone in subtask.milestones)
    yield from (report.where for report in subtask.progress)
    yield from (source.where for source in subtask.sources)


def _speaks_of(finding: Finding, there: Sequence[SubTaskDraft]) -> SubTaskDraft | None:
    """Of several sub-tasks that were read from one place, the one whose words the finding quotes."""
    quoting = [one for one in there if finding.quote and _says(one, finding.quote)]
    return next(iter((*quoting, *there)), None)


def _says(subtask: SubTaskDraft, quote: str) -> bool:
    texts = [
        subtask.title,
        *(one.text for one in subtask.milestones),
        *(one.text for one in subtask.progress),
    ]
    names = (*subtask.lead_units, *subtask.cooperating_units, *subtask.executing_units)
    return quote in names or any(quote in text for text in texts)


def _row_of(place: Place) -> tuple[str, str] | None:
    """What the cells of one row of a sheet have in common; a line of text is no row of cells."""
    if place.cell is None:
        return None
    return place.sheet or "", re.sub(r"\D", "", place.cell.rpartition("!")[2])
