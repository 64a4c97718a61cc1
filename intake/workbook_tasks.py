"""The sheet 任务 as projects, sub-tasks and indicators: rows are gathered into groups, then read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from intake.draft import DeadlineDraft, IndicatorDraft, ProjectDraft, SubTaskDraft
from intake.table import Place
from intake.workbook_cells import read_key, split_list
from intake.workbook_layout import COMPARATOR_SYMBOLS, COMPARATORS, KINDS, TASK_COLUMNS
from intake.workbook_rows import Findings, Row, Sheet, choice_of, date_of, quantity_of

_PROJECT_KEYS = tuple(column.key for column in TASK_COLUMNS if column.group == "project")
_TASK_KEYS = tuple(column.key for column in TASK_COLUMNS if column.group == "task")
_INDICATOR_KEYS = tuple(column.key for column in TASK_COLUMNS if column.group == "indicator")
# Fields of a sub-task and the columns that they are read from.
_SOURCES = {
    "lead_units": "leads",
    "cooperating_units": "cooperating",
    "executing_units": "executing",
    "responsible": "responsible",
    "leaders": "task_leaders",
    "level": "level",
    "deadline": "deadline_text",
    "starts_on": "starts_on",
}


@dataclass(slots=True)
class Group:
    """Rows that describe one project or sub-task; ``key`` is their hidden cell, ``names`` tell it apart."""

    key: str
    names: tuple[str, str]
    rows: list[Row] = field(default_factory=list)
    parts: Groups = field(default_factory=lambda: Groups())

    def names_are(self, names: tuple[str, str]) -> bool:
        """Return whether the names in a row, as far as given, are those of this group."""
        return all(not name or name == own for name, own in zip(names, self.names, strict=True))

    def admits(self, names: tuple[str, str]) -> bool:
        """Return whether the names contradict nothing that is known of this group, and learn them."""
        if any(name and own and name != own for name, own in zip(names, self.names, strict=True)):
            return False
        self.names = (self.names[0] or names[0], self.names[1] or names[1])
        return True


@dataclass(slots=True)
class Tasks:
    """What the sheet held; the registers lead from hidden cells to what they name."""

    projects: list[ProjectDraft] = field(default_factory=list)
    subtasks: dict[str, SubTaskDraft] = field(default_factory=dict)
    indicators: dict[str, IndicatorDraft] = field(default_factory=dict)


def read_tasks(sheet: Sheet, findings: Findings) -> Tasks:
    """Return the projects in the order of their first rows; what is wrong with a row stays with that row."""
    tasks = Tasks()
    for group in _project_groups(sheet.rows, findings).found:
        tasks.projects.append(_project(group, tasks, findings))
    return tasks


def _project_groups(rows: Sequence[Row], findings: Findings) -> Groups:
    projects = Groups()
    for row in rows:
        if not row.any_of((*_PROJECT_KEYS, *_TASK_KEYS, *_INDICATOR_KEYS)):
            continue  # emptied by hand: only hidden cells are left
        names = (row.text("project_no"), row.text("project_title"))
        project = projects.of(row.text("project_key"), names, row, findings)
        if project is None:
            todo = "这一行没有项目，没有读取。请在这一行或上面的行填写“项目名称”。"
            findings.add("error", "MISSING_PROJECT", row.where, row.text("title"), todo)
            continue
        project.rows.append(row)
        _add_to_subtask(project, row, findings)
    return projects


def _add_to_subtask(project: Group, row: Row, findings: Findings) -> None:
    if not row.any_of((*_TASK_KEYS, *_INDICATOR_KEYS)):
        return
    names = (row.text("no"), row.text("title"))
    subtask = project.parts.of(row.text("subtask_key"), names, row, findings)
    if subtask is None:
        todo = "这一行没有任务，没有读取。请填写“任务分解”。"
        findings.add("error", "MISSING_TASK", row.where, row.text("subject"), todo)
        return
    subtask.rows.append(row)


@dataclass(slots=True)
class Groups:
    """The groups met so far in their order, found again by hidden key or by names."""

    found: list[Group] = field(default_factory=list)
    by_key: dict[str, Group] = field(default_factory=dict)
    by_names: dict[tuple[str, str], Group] = field(default_factory=dict)

    def of(self, key: str, names: tuple[str, str], row: Row, findings: Findings) -> Group | None:
        """Return the group that the row belongs to, made anew where it begins one.

        The hidden key decides; a row whose key is taken by something of another name is a copied row, hence
        new. Without a key the names decide, and a row without either goes on with the group before it.
        """
        known = self.by_key.get(key) if key else None
        if known is not None and known.admits(names):
            return known
        if known is not None:
            todo = "这一行的隐藏编号与另一行相同但内容不同（多半是复制的行），按新增处理。"
            findings.add("note", "DUPLICATE_ID", row.where, names[1] or names[0], todo)
            key = ""
        return self.add(key, names) if key else self._by_names(names)

    def _by_names(self, names: tuple[str, str]) -> Group | None:
        last = self.found[-1] if self.found else None
        if not any(names) or (last is not None and last.names_are(names)):
            return last
        return self.by_names.get(names) or self.add("", names)

    def add(self, key: str, names: tuple[str, str]) -> Group:
        """Begin a new group, whatever was met before."""
        group = Group(key, names)
        self.found.append(group)
        self.by_names.setdefault(names, group)
        if key:
            self.by_key[key] = group
        return group


def _first(group: Group, key: str, findings: Findings) -> Row:
    """Return the row whose cell speaks for the group: the first filled one; another value is found."""
    filled = [row for row in group.rows if row.text(key)]
    first = filled[0] if filled else group.rows[0]
    for row in filled[1:]:
        if row.text(key) != first.text(key):
            todo = f"与 {first.cell(key).where} 的“{first.text(key)}”不一致，以那一格为准。请改成一致或留空。"
            findings.add("warning", "CONFLICTING_ROWS", row.cell(key).where, row.text(key), todo)
    return first


def _list(group: Group, key: str, findings: Findings) -> list[str]:
    # The cell's own line breaks matter to lists, so the text is not stripped.
    return split_list(_first(group, key, findings).cell(key).text)


def _project(group: Group, tasks: Tasks, findings: Findings) -> ProjectDraft:
    stable_id, revision = read_key(group.key)
    return ProjectDraft(
        no=_first(group, "project_no", findings).text("project_no"),
        title=_first(group, "project_title", findings).text("project_title"),
        leaders=_list(group, "leaders", findings),
        lead_units=_list(group, "project_leads", findings),
        cooperating_units=_list(group, "project_cooperating", findings),
        subtasks=[_subtask(part, tasks, findings) for part in group.parts.found],
        where=_place_of(group, "project_title"),
        stable_id=stable_id,
        revision=revision,
    )


def _subtask(group: Group, tasks: Tasks, findings: Findings) -> SubTaskDraft:
    stable_id, revision = read_key(group.key)
    subtask = SubTaskDraft(
        no=_first(group, "no", findings).text("no"),
        title=_first(group, "title", findings).text("title"),
        lead_units=_list(group, "leads", findings),
        cooperating_units=_list(group, "cooperating", findings),
        executing_units=_list(group, "executing", findings),
        responsible=_list(group, "responsible", findings),
        leaders=_list(group, "task_leaders", findings),
        level=_list(group, "level", findings),
        deadline=_deadline(group, findings),
        starts_on=date_of(_first(group, "starts_on", findings), "starts_on", findings),
        indicators=[found for row in group.rows if (found := _indicator(row, tasks, findings))],
        where=_place_of(group, "title"),
        stable_id=stable_id,
        revision=revision,
    )
    _name_sources(subtask, group)
    if group.key:
        tasks.subtasks[group.key] = subtask
    return subtask


def _name_sources(subtask: SubTaskDraft, group: Group) -> None:
    for name, key in _SOURCES.items():
        filled = next((row for row in group.rows if row.text(key)), None)
        if filled is not None:
            subtask.keep(name, filled.cell(key))


def _deadline(group: Group, findings: Findings) -> DeadlineDraft:
    text = _first(group, "deadline_text", findings).text("deadline_text")
    day = date_of(_first(group, "deadline_date", findings), "deadline_date", findings)
    return DeadlineDraft(text or None, day)


def _indicator(row: Row, tasks: Tasks, findings: Findings) -> IndicatorDraft | None:
    if not row.any_of(_INDICATOR_KEYS):
        return None
    errors = len(findings.found)
    figure = quantity_of(row, row.text("unit"), findings)
    if figure is None:
        if errors == len(findings.found):
            todo = "指标没有数量，没有读取。请填写“数量”，或清空这一行的指标各列。"
            findings.add("error", "MISSING_QUANTITY", row.cell("quantity").where, row.text("subject"), todo)
        return None
    stable_id, revision = _own_key(row, tasks, findings)
    indicator = IndicatorDraft(
        subject=row.text("subject"),
        quantity=figure[0],
        unit=figure[1],
        comparator=choice_of(row, "comparator", COMPARATORS, "=", findings, COMPARATOR_SYMBOLS),
        kind=choice_of(row, "kind", KINDS, "delivery", findings),
        quote=row.text("quote"),
        level=tuple(split_list(row.cell("indicator_level").text)),
        where=row.cell("quantity").where,
        stable_id=stable_id,
        revision=revision,
    )
    tasks.indicators.setdefault(row.text("indicator_key"), indicator)
    return indicator


def _own_key(row: Row, tasks: Tasks, findings: Findings) -> tuple[str, int]:
    key = row.text("indicator_key")
    if not key or key not in tasks.indicators:
        return read_key(key)
    todo = "这一行的隐藏编号与另一行相同（多半是复制的行），按新增指标处理。"
    findings.add("note", "DUPLICATE_ID", row.where, row.text("subject"), todo)
    return "", 0


def _place_of(group: Group, key: str) -> Place:
    row = next((row for row in group.rows if row.text(key)), group.rows[0])
    return row.cell(key).where
