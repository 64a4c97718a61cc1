"""Builds the example workbooks, byte for byte the same each time: ``python -m examples.build [FOLDER]``."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from examples.matrix_plan_2024 import PROJECTS, STREETS, ProjectRow, SubTaskRow
from examples.progress_2023_03 import ITEMS, Item
from intake.contacts import ContactRow, ContactsDraft, UnitRow, write_contacts
from intake.draft import (
    DocumentFacts,
    IndicatorDraft,
    MilestoneDraft,
    PhaseDraft,
    PlanDraft,
    ProgressDraft,
    ProjectDraft,
    QuantityDraft,
    SubTaskDraft,
)
from intake.workbook import write_workbook

OFFICE = "区政府办公室"
PERIOD = "2023-03"
LEVELS = {"市": "市级", "区": "区级"}
_SHARE = re.compile(r"(\D+)([\d/]+)")

# Where the post of each lead unit is reached, in a domain reserved for examples.
ADDRESSES = {
    "区民政局": "minzheng",
    "区教育局": "jiaoyu",
    "区卫健局": "weijian",
    "区文广旅体局": "wenti",
    "区残联": "canlian",
    "区住建局": "zhujian",
    "区综合行政执法局": "zhifa",
    "生态环境拱墅分局": "huanjing",
    "区住房保障房屋管理局": "fangguan",
    "区市场监管局": "shichang",
    "区公安分局": "gongan",
    "区建设管理委": "jianguan",
    "区消防救援支队": "xiaofang",
    "区应急局": "yingji",
    "团区委": "tuanwei",
    "区总工会": "gonghui",
    "区人力资源社会保障局": "renshe",
    "区妇联": "fulian",
    "区卫生健康委": "weijianwei",
    "区医保局": "yibao",
    "区信息委": "xinxi",
    "区文化旅游局": "wenlv",
    "区体育局": "tiyu",
    "区商务委": "shangwu",
    "区交通委": "jiaotong",
}


def build(folder: Path) -> None:
    """The folder holds the three workbooks."""
    for name, content in workbooks().items():
        (folder / name).write_bytes(content)


def workbooks() -> dict[str, bytes]:
    """The workbooks by file name."""
    return {
        "matrix-plan-2024.xlsx": write_workbook(matrix_plan()),
        "progress-2023-03.xlsx": write_workbook(progress_table()),
        "contacts.xlsx": write_contacts(contacts()),
    }


def matrix_plan() -> PlanDraft:
    """10 projects, 22 sub-tasks, each share of 18 streets and the district itself."""
    facts = DocumentFacts("2024年实事项目任务分解（示例）", None, OFFICE, date(2024, 2, 28), 2024, "matrix")
    phases = [PhaseDraft("execute", date(2024, 11, 30)), PhaseDraft("gap_fill", date(2024, 12, 31))]
    return PlanDraft(facts, phases, [_project(row) for row in PROJECTS])


def progress_table() -> PlanDraft:
    """45 items with what March was to reach and what it did."""
    facts = DocumentFacts("2023年实事项目三月进展（示例）", None, OFFICE, date(2023, 4, 3), 2023, "progress")
    return PlanDraft(facts, [], [_item(item) for item in ITEMS])


def contacts() -> ContactsDraft:
    """A liaison in every lead unit and one coordinator, at reserved addresses."""
    units = [UnitRow(name) for name in (OFFICE, *ADDRESSES)]
    liaisons = [
        ContactRow(unit, "liaison", "联络员", f"{name}@example.org") for unit, name in ADDRESSES.items()
    ]
    coordinator = ContactRow(OFFICE, "coordinator", "督查专员", "ducha@example.org")
    return ContactsDraft(tuple(units), (coordinator, *liaisons))


def _project(row: ProjectRow) -> ProjectDraft:
    no, title, leaders, cooperating, subtasks = row
    return ProjectDraft(
        no=no,
        title=title,
        leaders=leaders.split(),
        lead_units=list(dict.fromkeys(subtask[2] for subtask in subtasks)),
        cooperating_units=cooperating.split(),
        subtasks=[_subtask(subtask) for subtask in subtasks],
    )


def _subtask(row: SubTaskRow) -> SubTaskDraft:
    no, title, lead, figures, shares = row
    told = _shares(shares)
    indicators = [
        IndicatorDraft(
            subject=subject,
            quantity=Decimal(quantity),
            unit=unit,
            quotas={name: parts[position] for name, parts in told.items()},
        )
        for position, (subject, quantity, unit) in enumerate(figures)
    ]
    return SubTaskDraft(no, title, lead_units=[lead], indicators=indicators)


def _shares(text: str) -> dict[str, list[Decimal]]:
    if text.startswith("*"):
        return {name: [Decimal(share)] for name, share in zip(STREETS, text.split()[1:], strict=True)}
    pairs = (match.groups() for match in map(_SHARE.fullmatch, text.split()) if match)
    return {name: [Decimal(part) for part in parts.split("/")] for name, parts in pairs}


def _item(item: Item) -> ProjectDraft:
    units = {subject: unit for subject, _, _, unit, _ in item.promised}
    goals = [QuantityDraft(subject, Decimal(goal), units[subject]) for subject, goal, _ in item.reached]
    done = [QuantityDraft(subject, Decimal(result), units[subject]) for subject, _, result in item.reached]
    indicators = [
        IndicatorDraft(subject, Decimal(quantity), unit, comparator, level=tuple(_levels(levels)))
        for subject, comparator, quantity, unit, levels in item.promised
    ]
    subtask = SubTaskDraft(
        no=str(item.no),
        title=item.title,
        lead_units=item.leads.split(),
        level=_levels(item.levels),
        indicators=indicators,
        milestones=[MilestoneDraft(PERIOD, item.goal, goals)],
        progress=[ProgressDraft(PERIOD, item.result, "in_progress", done)],
    )
    return ProjectDraft(str(item.no), item.title, lead_units=item.leads.split(), subtasks=[subtask])


def _levels(text: str) -> list[str]:
    return [LEVELS[level] for level in text.split()]


def main(arguments: Sequence[str]) -> None:
    """Writes into the folder named, or beside this file."""
    build(Path(arguments[0]) if arguments else Path(__file__).parent)


if __name__ == "__main__":
    main(sys.argv[1:])
