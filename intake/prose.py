"""Items in running text become projects and sub-tasks: blocks with labels, items with units, plans in prose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from intake.attribution import attribute, spoken_of
from intake.draft import ProjectDraft, SubTaskDraft
from intake.entries import Entry, read_entries
from intake.evidence import items_of
from intake.headers import Column
from intake.items import Item, assign
from intake.labels import Label, passages
from intake.outline import Node, ordinal_of, read_outline
from intake.quantities import read_indicators
from intake.ranking import places_ranked, rank
from intake.table import Cell, Document, Place
from intake.telling import reports, told_apart
from intake.units import tidy
from intake.wording import bare_end, by_clauses, by_promises, by_sentences, conjoined, title_and_rest


@dataclass(slots=True)
class Prose:
    """What the running text of a document holds."""

    projects: list[ProjectDraft] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)  # how many headings of each level have items below them

    def drop(self, projects: list[ProjectDraft]) -> None:
        """Leave these projects out."""
        gone = {id(subtask) for project in projects for subtask in project.subtasks}
        self.projects = [one for one in self.projects if not any(one is other for other in projects)]
        self.items = [item for item in self.items if id(item.subtask) not in gone]

    @property
    def bound(self) -> bool:
        """True when a unit answers for any of it."""
        return any(one.lead_units or one.cooperating_units for item in self.items for one in [item.subtask])

    @property
    def reported(self) -> bool:
        """True when it says how far things are."""
        return any(item.texts("progress") for item in self.items)


def read_prose(document: Document, title: str, tables_told: bool) -> Prose:
    """The projects and items of the running text; none where nothing shows that its numbers are items.

    ``title`` is the document's; ``tables_told`` when its tables have given tasks already.
    """
    prose = Prose()
    groups: list[tuple[Entry | Node, list[Entry]]] = []
    ranked, reporting = places_ranked(document), reports(document)
    for part in read_outline(document):
        entries = read_entries(part)
        entries = told_apart(entries) if reporting else entries
        for entry in entries:
            rank(entry, ranked)
        taken = items_of(entries, part, title, tables_told, reporting) if entries else []
        groups += _projects_of(taken)
        prose.sections += _headings_by_level(taken)
    numbers = _numbers(groups)
    for number, (head, entries) in zip(numbers, groups, strict=True):
        project = _project(number, head, entries, prose.items)
        prose.projects.append(project)
    return prose


def _headings_by_level(items: list[Entry]) -> list[int]:
    deepest = max((len(entry.path) for entry in items), default=0)
    return [len({id(one.path[level]) for one in items if len(one.path) > level}) for level in range(deepest)]


def _projects_of(items: list[Entry]) -> list[tuple[Entry | Node, list[Entry]]]:
    """Each entry a project; or each heading one, where it names the units or where numbers begin again below it."""
    if not items:
        return []
    if not _headings_are_projects(items):
        return [(entry, [entry]) for entry in items]
    groups: list[tuple[Entry | Node, list[Entry]]] = []
    for entry in items:
        heading = entry.path[-1] if entry.path else entry
        if groups and groups[-1][0] is heading:
            groups[-1][1].append(entry)
        else:
            groups.append((heading, [entry]))
    return groups


def _headings_are_projects(items: list[Entry]) -> bool:
    """Entries of one sentence whose numbers begin again under each heading; entries with a title are projects."""
    if any(not entry.path for entry in items) or len({id(entry.path[-1]) for entry in items}) < 2:
        return False
    titled = sum(bool(title_and_rest(entry.text)[1]) for entry in items)
    numbers = Counter((entry.node.style, entry.node.no) for entry in items)
    return titled * 2 < len(items) and max(numbers.values()) > 1


def _numbers(groups: Sequence[tuple[Entry | Node, list[Entry]]]) -> list[str]:
    """The numbers as issued where each stands once; else with those of the headings above (2.1)."""
    own = [_node(head).no for head, _ in groups]
    if len(set(own)) == len(own):
        return own
    full = [".".join(_plain(node.no) for node in _path(head, entries)) for head, entries in groups]
    seen: Counter[str] = Counter()
    for index, number in enumerate(full):
        seen[number] += 1
        if seen[number] > 1:
            full[index] = f"{number}-{seen[number]}"
    return full


def _node(head: Entry | Node) -> Node:
    return head.node if isinstance(head, Entry) else head


def _path(head: Entry | Node, entries: list[Entry]) -> list[Node]:
    path = entries[0].path
    return [*path, head.node] if isinstance(head, Entry) else path


def _plain(number: str) -> str:
    value = ordinal_of(number)
    return number if value is None or "." in number else str(value)


# --- One project ------------------------------------------------------------------------------------------------


def _project(number: str, head: Entry | Node, entries: list[Entry], items: list[Item]) -> ProjectDraft:
    title = _title(head) if isinstance(head, Entry) else tidy(bare_end(_heading(head)))
    project = ProjectDraft(no=number, title=title, where=_node(head).where)
    for entry in entries:
        for item in _items(entry, own_title=not isinstance(head, Entry)):
            project.subtasks.append(item.subtask)
            items.append(item)
    for position, subtask in enumerate(project.subtasks, start=1):
        subtask.no = f"{number}.{position}"
    if isinstance(head, Entry):  # its labels speak of the whole project
        helpers = [name for subtask in project.subtasks for name in subtask.cooperating_units]
        project.cooperating_units = list(dict.fromkeys(helpers))
    return project


def _heading(node: Node) -> str:
    return passages(node.text, node.where)[0].text


def _stated(entry: Entry, *roles: str) -> Label | None:
    return next((one for role in roles for one in entry.every_label if one.column.role == role), None)


def _title(entry: Entry) -> str:
    """A labelled name, else the short first sentence, else all of the wording."""
    named = _stated(entry, "project")
    text = named.cell.text if named else entry.text
    if named or not text:
        task = _stated(entry, "task", "goal")
        return tidy(bare_end(text or (task.cell.text if task else "")))
    return tidy(bare_end(title_and_rest(tidy(text))[0]))


def _items(entry: Entry, own_title: bool) -> list[Item]:
    """The sub-tasks of an entry with the cells they are read from."""
    reports = [one.cell for one in entry.every_label if one.column.role == "progress"]
    texts = _texts(entry, own_title, [cell.text for cell in reports])
    told = attribute([text for text, _ in texts], [cell.text for cell in reports]) if reports else []
    period = next((one.column for one in entry.every_label if one.column.role == "progress"), None)
    items = []
    for position, (text, labels) in enumerate(texts):
        item = Item(SubTaskDraft(no="", title=text, where=entry.node.where), _cells(entry, labels))
        if period and told[position]:
            item.cells.append((period, Cell(told[position], _place(reports, told[position]))))
        assign(item, names_lead=any(column.role in ("lead", "ranked") for column, _ in item.cells))
        _without_leads_again(item.subtask)
        items.append(item)
    return items


def _without_leads_again(subtask: SubTaskDraft) -> None:
    """A heading names the lead and the paragraph below names it again: it leads, and does not help as well."""
    subtask.cooperating_units = [one for one in subtask.cooperating_units if one not in subtask.lead_units]


def _place(reports: list[Cell], told: str) -> Place:
    """Where the words told begin."""
    head = told.split("\n")[0][:12]
    return next((cell.where for cell in reports if head in cell.text), reports[0].where)


def _cells(entry: Entry, labels: Iterable[Label]) -> list[tuple[Column, Cell]]:
    taken = ("progress", "project", "task")
    return [(one.column, one.cell) for one in [*labels, *entry.labels] if one.column.role not in taken]


def _texts(entry: Entry, own_title: bool, reports: list[str]) -> list[tuple[str, list[Label]]]:
    """The wording of each sub-task, with the labels that close it."""
    role = "task" if _stated(entry, "task") else "goal" if _stated(entry, "project") else ""
    stated = [one.cell.text for one in entry.every_label if one.column.role == role]
    if stated:
        labels = [label for one in entry.passages for label in one.labels]
        return [(tidy(bare_end("".join(stated))), labels)]
    found: list[tuple[str, list[Label]]] = []
    for position, passage in enumerate(entry.passages):
        text = tidy(passage.text)
        rest = title_and_rest(text)[1]
        if position == 0 and rest and not own_title:
            text = rest
        if not text:
            continue
        labels = passage.labels or next((one.labels for one in reversed(entry.passages) if one.labels), [])
        found += [(piece, labels) for piece in _cut(entry, text, reports)]
    return found or [
        (tidy(bare_end(_title(entry))), [label for one in entry.passages for label in one.labels])
    ]


def _cut(entry: Entry, text: str, reports: list[str]) -> list[str]:
    """Clauses where a report speaks of each, promises where a unit answers, sentences of a plan without units."""
    if reports:
        return [part for clause in by_clauses(text) for part in _told_apart(clause, reports)]
    return by_promises(text) if entry.bound else by_sentences(text)


def _told_apart(clause: str, reports: list[str]) -> list[str]:
    """Things conjoined in one clause are several sub-tasks where the report gives each a paragraph."""
    parts = conjoined(clause)
    if len(parts) < 2 or len(reports) < len(parts) or len(read_indicators(clause)) != len(parts):
        return [clause]
    return parts if len(set(spoken_of(parts, reports)) - {None}) == len(parts) else [clause]
