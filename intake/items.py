"""Body rows into projects and sub-tasks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from intake import words
from intake.draft import Finding, ProjectDraft, SubTaskDraft
from intake.english import in_english, joined, reference
from intake.headers import Column
from intake.numerals import leading_number, ordinal, running_number
from intake.quantities import read_indicators
from intake.rows import Body
from intake.table import Cell, Place
from intake.unit_cells import parted
from intake.units import is_none, split_persons, split_roles, split_units, tidy
from intake.units_en import persons_among, persons_in_brackets

# Columns whose empty cell under a filled one of the same project may be covered by a merge.
_SHARED_ROLES = (
    "lead",
    "ranked",
    "responsible",
    "executing",
    "cooperating",
    "person",
    "leader",
    "deadline",
    "start",
    "level",
)


_BLANK = re.compile(r"\s")
_COUNTED_TOTAL = re.compile(rf"(?:{'|'.join(words.headings.TOTALS)})[:：]?\d+\D{{0,3}}")
_UNIT_LABELS = "|".join(words.units.LEAD_LABELS + words.units.COOPERATING_LABELS)


@dataclass(slots=True)
class Item:
    """A sub-task together with the cells it was read from, by role."""

    subtask: SubTaskDraft
    cells: list[tuple[Column, Cell]] = field(default_factory=list)

    def texts(self, role: str) -> list[Cell]:
        """The cells of a role that say something."""
        return [cell for column, cell in self.cells if column.role == role and not is_none(cell.text)]


@dataclass(slots=True)
class _State:
    project: ProjectDraft | None = None
    previous: list[Cell] = field(default_factory=list)
    rows_of_project: int = 0


def read_items(body: Body) -> tuple[list[ProjectDraft], list[Item], list[Finding]]:
    """The projects of a table with their sub-tasks, the items behind these, and findings about single rows.

    One row is one sub-task. Rows of totals, headings between rows and notes are none.
    """
    settle_roles(body)
    if body.index("project", "task") is None:
        return [], [], []
    projects: list[ProjectDraft] = []
    items: list[Item] = []
    findings = list(body.findings)
    state = _State()
    headings_count = _headings_are_projects(body)
    for row in body.rows:
        if _is_total(row) or _is_note(row) or (_is_heading(body, row) and not headings_count):
            continue
        if _is_heading(body, row):
            state.project, state.rows_of_project = _new_project(body, row, projects), 0
            continue
        item = _item(body, row, state, projects, headings_count)
        if item:
            items.append(item)
        else:
            findings.append(_untold(row))
    _number_items(body, projects)
    return projects, items, findings


def section_counts(body: Body) -> list[int]:
    """How many sections the table has: rows that are headings, and different words in the column of sections."""
    headings = [row for row in body.rows if _is_heading(body, row) and any(cell.text.strip() for cell in row)]
    named = {tidy(row[index].text) for index in body.indexes("section") for row in body.rows} - {""}
    return [len(headings), len(named)]


def settle_roles(body: Body) -> None:
    """Give doubtful columns the role that the others leave: one text column is the project and the task at once."""
    settle_officers(body)
    _settle_motions(body)
    roles = [one.role for one in body.columns]
    if "measure" in roles and not {"quantity", "total", "quota"} & set(roles):
        _change(body, roles.index("measure"), "responsible")
    if "scale" in roles:
        _change(body, roles.index("scale"), "scale" if {"task", "goal"} & set(roles) else "task")
        roles = [one.role for one in body.columns]
    if "task" not in roles and "goal" in roles:
        _change(body, roles.index("goal"), "task")
    roles = [one.role for one in body.columns]
    if roles.count("project") > 1 and "task" not in roles:
        _change(body, roles.index("project", roles.index("project") + 1), "task")
    if roles.count("task") > 1 and "project" not in roles:
        _change(body, roles.index("task"), "project")
    roles = [one.role for one in body.columns]
    for index in [position for position, role in enumerate(roles) if role == "task"][1:]:
        _change(body, index, "goal")
    if not {"lead", "ranked", "responsible"} & set(roles) and "executing" in roles:
        _change(body, roles.index("executing"), "lead")


def _settle_motions(body: Body) -> None:
    """Resolutions that are mere references beside actions are no tasks; a motion names the work that others tell."""
    tasks = body.indexes("task")
    for index in tasks if len(tasks) > 1 else []:
        told = [row[index].text for row in body.rows if row[index].text.strip()]
        if 2 * sum(reference(text) is not None for text in told) > len(told):
            _change(body, index, "other")
    for index in body.indexes("motion"):
        _change(body, index, "project" if body.has("task") and not body.has("project") else "other")


def settle_officers(body: Body) -> None:
    """A lead officer leads where no other column says which unit does; else he is the person in charge there."""
    others = body.has("lead", "ranked", "responsible")
    for index in body.indexes("officer"):
        _change(body, index, "person" if others else "lead")


def _change(body: Body, index: int, role: str) -> None:
    body.columns[index] = replace(body.columns[index], role=role)


def _is_total(row: list[Cell]) -> bool:
    filled = [_BLANK.sub("", cell.text) for cell in row if cell.text.strip()]
    counted = filled and _COUNTED_TOTAL.fullmatch(filled[0])
    return bool(counted) or any(text in words.headings.TOTALS for text in filled[:2])


def _is_note(row: list[Cell]) -> bool:
    """A note below the table, or who filled it in: 注：…, 填表人：甲某  审核人：乙某."""
    filled = [cell.text.strip() for cell in row if cell.text.strip()]
    if not filled or running_number(row[0].text):
        return False
    labelled = all(re.match(r"[\u4e00-\u9fff]{1,8}[:：]", text) for text in filled)
    return labelled or filled[0].startswith(words.pages.FURNITURE_BEGINNINGS)


def _is_heading(body: Body, row: list[Cell]) -> bool:
    """A row with nothing but a number and a text, or a single text: 一、就业创业. A merge below is no heading."""
    filled = [cell for cell in row if cell.text.strip()]
    others = [cell for cell in row if cell.merged]
    if others or not filled:
        return not filled
    if len(filled) == 1:
        return len(body.columns) > 2 and not _is_promise(filled[0].text)
    number = body.index("no")
    style = running_number(row[number].text) if number is not None else None
    return (
        len(filled) == 2
        and style is not None
        and not style[:1].isdigit()
        and _mostly_arabic(body, number or 0)
    )


def _is_promise(text: str) -> bool:
    """新增学位810个: all that a merge to its right and left has left of a row; 一、实施10大工程 is a section."""
    number = leading_number(text)
    return bool(read_indicators(tidy(text))) and (number is None or number[0][:1].isdigit())


def _mostly_arabic(body: Body, index: int) -> bool:
    numbers = [number for row in body.rows if (number := running_number(row[index].text))]
    return sum(number[:1].isdigit() for number in numbers) * 2 > len(numbers)


def _headings_are_projects(body: Body) -> bool:
    """Numbers that begin again under each heading make the headings projects; else they are sections."""
    number = body.index("no")
    headings = [row for row in body.rows if _is_heading(body, row) and any(cell.text.strip() for cell in row)]
    if number is None or len(headings) < 2:
        return False
    counted = [
        one for row in body.rows if not _is_heading(body, row) and (one := running_number(row[number].text))
    ]
    return len(set(counted)) < len(counted)


def _item(
    body: Body, row: list[Cell], state: _State, projects: list[ProjectDraft], under_headings: bool
) -> Item | None:
    """The sub-task of a row, in its project; ``None`` for a row that has no task."""
    title, where = _title(body, row)
    if not title:
        return None
    if not (under_headings and state.project) and _begins_project(body, row, state):
        state.project, state.rows_of_project = _new_project(body, row, projects), 0
    if state.project is None:
        state.project = _new_project(body, row, projects)
    cells = _effective(body, row, state)
    state.previous, state.rows_of_project = cells, state.rows_of_project + 1
    subtask = SubTaskDraft(no=_own_number(body, row), title=title, where=where)
    state.project.subtasks.append(subtask)
    item = Item(subtask, list(zip(body.columns, cells, strict=True)))
    assign(item, names_lead=body.has("lead", "ranked"))
    return item


def _title(body: Body, row: list[Cell]) -> tuple[str, Place]:
    for role in ("task", "project"):
        index = body.index(role)
        if index is not None and not is_none(row[index].text):
            return tidy(row[index].text), row[index].where
    return "", row[0].where


def _begins_project(body: Body, row: list[Cell], state: _State) -> bool:
    """A row begins a project when its project cell says something new, or, without such a column, its number."""
    number = _number(body, row)
    project, task = body.index("project"), body.index("task")
    if state.project is None:
        return True
    if project is not None and task is not None:
        text = tidy(row[project].text)
        if not text:
            return False
        return text != state.project.title or (
            number is not None and "." not in number and is_none(row[task].text)
        )
    if number is None:
        return body.index("no") is None
    return number.split(".")[0] != state.project.no


def _new_project(body: Body, row: list[Cell], projects: list[ProjectDraft]) -> ProjectDraft:
    index = body.index("project", "task")
    cell = row[index] if index is not None else row[0]
    text = tidy(cell.text) or tidy(next((one.text for one in row if len(one.text.strip()) > 3), ""))
    number = _number(body, row)
    if number is None:
        leading = leading_number(text)
        number = leading[0] if leading else str(len(projects) + 1)
    project = ProjectDraft(no=number.split(".")[0], title=text, where=cell.where)
    projects.append(project)
    return project


def _number(body: Body, row: list[Cell]) -> str | None:
    index = body.index("no")
    if index is None:
        return None
    text = row[index].text
    return running_number(text) or reference(text) or reference(text.split("\n")[0])


def _own_number(body: Body, row: list[Cell]) -> str:
    return _number(body, row) or ""


def _effective(body: Body, row: list[Cell], state: _State) -> list[Cell]:
    """The row with what merged cells give it: marked merges always, unmarked ones within a project."""
    cells: list[Cell] = []
    for index, cell in enumerate(row):
        inherits = bool(state.previous) and not cell.text.strip()
        if inherits and (cell.merged or _covered(body, index, row, state)):
            above = state.previous[index]
            cells.append(Cell(above.text, above.where, merged=True))
        else:
            cells.append(cell)
    return cells


def _covered(body: Body, index: int, row: list[Cell], state: _State) -> bool:
    """An empty cell under a filled one is a merge for a lead; for others only where the office marks nothing with a
    sign, or where the lead beside it is covered as well."""
    role = body.columns[index].role
    if not state.rows_of_project or role not in _SHARED_ROLES:
        return False
    lead = body.index("lead", "ranked", "responsible")
    lead_covered = lead is not None and not row[lead].text.strip()
    return index == lead or lead_covered or _marks_nothing(body)


def _marks_nothing(body: Body) -> bool:
    shared = [index for index, one in enumerate(body.columns) if one.role in _SHARED_ROLES]
    return any(row[index].text.strip() and is_none(row[index].text) for row in body.rows for index in shared)


def assign(item: Item, names_lead: bool) -> None:
    """Units and persons of an item are in its sub-task; 责任单位 leads only where no other column names a lead."""
    subtask = item.subtask
    for cell in item.texts("ranked"):
        first, *others = split_units(parted(cell.text)[0]) or [""]
        _give(subtask, "lead_units", [first] if first else [], cell)
        _give(subtask, "cooperating_units", others, cell)
    for role in ("lead", "responsible", "cooperating", "executing"):
        for column, cell in item.cells:
            if column.role == role and not is_none(cell.text):
                _assign_units(subtask, column, cell, names_lead)
    if not subtask.lead_units:
        _assign_from_wording(subtask)
    for cell in item.texts("person"):
        _give(subtask, "responsible", split_persons(cell.text), cell)
    for cell in item.texts("leader"):
        _give(subtask, "leaders", split_persons(cell.text), cell)


def _assign_units(subtask: SubTaskDraft, column: Column, cell: Cell, names_lead: bool) -> None:
    """The units of a cell by their roles; a person among them is responsible, and leads where no unit or post does."""
    units, listed = parted(cell.text)
    lead, helping, plain = split_roles(units)
    persons = persons_among(cell.text, column.heading) if in_english(cell.text) else []
    _give(subtask, "responsible", split_persons(listed) if column.role != "cooperating" else [], cell)
    _give(subtask, "responsible", [*persons_in_brackets(cell.text), *persons], cell)
    _give(subtask, "lead_units", _without(lead, persons) or lead, cell)
    _give(subtask, "cooperating_units", helping, cell)
    target = _field_of(column.role, names_lead, bool(lead))
    others = _without(plain, persons)
    alone = target == "lead_units" and not others and not lead
    _give(subtask, target, persons if alone else others, cell)


def _without(names: Sequence[str], others: Sequence[str]) -> list[str]:
    return [name for name in names if name not in others]


def _assign_from_wording(subtask: SubTaskDraft) -> None:
    """A task may end with its units: （牵头单位：甲局；配合单位：乙局）; 责任单位 alone is the lead."""
    match = re.search(rf"[（(]((?:{_UNIT_LABELS})[:：].*)[)）][。；;]?$", subtask.title)
    if match is None:
        return
    lead, helping, plain = split_roles(match.group(1))
    words_as_issued = Cell(match.group(1), subtask.where)
    if lead:
        _give(subtask, "cooperating_units", helping, words_as_issued)
    _give(subtask, "lead_units", lead or helping or plain, words_as_issued)


def _field_of(role: str, names_lead: bool, labelled: bool) -> str:
    if role == "executing":
        return "executing_units"
    if role == "cooperating" or (role == "responsible" and (names_lead or labelled)):
        return "cooperating_units"
    return "lead_units"


def _give(subtask: SubTaskDraft, field: str, names: Sequence[str], cell: Cell) -> None:
    """The names join those of the field, and the cell is kept as what they were read from."""
    known: list[str] = getattr(subtask, field)
    known.extend(name for name in names if name not in known)
    if names:
        subtask.keep(field, cell)


def _number_items(body: Body, projects: list[ProjectDraft]) -> None:
    """Numbers of sub-tasks: their own dotted one, the project's where each row is a project, else 3.2."""
    titled = body.has("project") and body.has("task")
    several = titled or any(len(one.subtasks) > 1 for one in projects)
    for project in projects:
        if not titled and len(project.subtasks) > 1 and project.title == project.subtasks[0].title:
            project.title = joined(_unnumbered(one.title) for one in project.subtasks)
        for position, subtask in enumerate(project.subtasks, start=1):
            if "." in subtask.no and ordinal(subtask.no) == ordinal(project.no):
                continue
            subtask.no = f"{project.no}.{position}" if several else project.no


def _unnumbered(title: str) -> str:
    leading = leading_number(title)
    return title[leading[1] :].strip() if leading else title


def _untold(row: list[Cell]) -> Finding:
    text = " ".join(cell.text.strip() for cell in row if cell.text.strip())
    where = next((cell.where for cell in row if cell.text.strip()), Place())
    message = "这一行没有任务内容，未导入。若是上一行的延续，请在原文件中并入上一行。"
    return Finding("warning", "ROW_WITHOUT_TASK", where, text[:80], message)
