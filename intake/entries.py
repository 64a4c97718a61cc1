"""Numbered paragraphs with what belongs to them: their wording, their labels, their reports, the headings above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from intake import words
from intake.labels import UNIT_ROLES, Label, Passage, binds, line_labels, lone_label, passages
from intake.outline import Node
from intake.quantities import read_indicators
from intake.table import Cell, Paragraph
from intake.wording import title_and_rest

_DETAILED = frozenset(
    {"progress", "problem", "task", "goal", "scale"}
)  # numbers below these labels are their text
_LONGEST_HEADING = 24


@dataclass(slots=True)
class Entry:
    """A numbered paragraph that may be an item: its passages with their labels, labels of all of it, its headings."""

    node: Node
    path: list[Node]  # the headings above, outermost first
    passages: list[Passage]
    labels: list[Label] = field(default_factory=list)
    extended: bool = False  # its wording goes on in a paragraph of its own

    @property
    def text(self) -> str:
        """All of its wording."""
        return "".join(one.text for one in self.passages)

    @property
    def every_label(self) -> list[Label]:
        """Its labels and those of its passages."""
        return [*self.labels, *(label for one in self.passages for label in one.labels)]

    @property
    def bound(self) -> bool:
        """True when a unit answers for it."""
        return any(binds(label) for label in self.every_label)

    @property
    def cut(self) -> bool:
        """True when the page ends among its units."""
        return any(one.cut for one in self.passages)

    @property
    def reported(self) -> bool:
        """True when it says how far it is."""
        return any(label.column.role == "progress" for label in self.every_label)

    @property
    def promises(self) -> bool:
        """True when its wording holds a quantity."""
        return bool(read_indicators(self.text))

    @property
    def past(self) -> bool:
        """True below a heading that says what was done (2023年工作回顾)."""
        short = [node.text for node in self.path if len(node.text) <= _LONGEST_HEADING]
        return any(one.endswith(words.plans.PAST_SECTIONS) for one in short)

    @property
    def how(self) -> bool:
        """True below a heading that says how the plan is carried out (组织领导, 工作要求), or under such a title."""
        headings = [node.text for node in self.path]
        if not self.promises:
            headings.append(title_and_rest(self.text)[0])
        short = [one for one in headings if len(one) <= _LONGEST_HEADING]
        return any(word in one for one in short for word in words.plans.HOW_SECTIONS)


def read_entries(part: Node) -> list[Entry]:
    """The entries of a part in order, units of lines that close a group and of headings given to each."""
    entries = list(_entries(part, []))
    _without_closing_words(entries)
    _close_groups(entries)
    for entry in entries:
        _inherit(entry)
    return entries


def _entries(node: Node, path: list[Node]) -> Iterator[Entry]:
    for child in node.children:
        if _links_follow(node, child):
            yield _entry(replace(child, children=[]), path)
        elif child.children and not _holds_its_children(child):
            yield from _entries(child, [*path, child])
        else:
            yield _entry(child, path)


def _links_follow(node: Node, child: Node) -> bool:
    """Dashes below the last of several numbers, and below no other, that promise nothing: links of the page."""
    return (
        bool(child.children)
        and child is node.children[-1]
        and len(node.children) > 2
        and not any(one.children for one in node.children[:-1])
        and all(one.style == "dash" and not one.children and _says_nothing(one) for one in child.children)
    )


def _says_nothing(node: Node) -> bool:
    """True where neither a quantity is promised nor a unit named."""
    bound = any(binds(label) for one in passages(node.text, node.where) for label in one.labels)
    return not bound and not read_indicators(node.text)


def _holds_its_children(node: Node) -> bool:
    """Numbers below a label of text (完成情况：) are a part of that text; below an item with units, its details."""
    labels = [label for part in node.body for label in line_labels(part.text, part.where)]
    if any(label.column.role in _DETAILED for label in labels):
        return True
    own = any(binds(label) for label in labels) and bool(read_indicators(node.text))
    counted = sum(bool(read_indicators(child.text)) for child in node.children)
    return own and counted * 2 < len(node.children)


def _entry(node: Node, path: list[Node]) -> Entry:
    entry = Entry(node, path, passages(node.text, node.where))
    for part in [*node.body, *_details(node)]:
        labels = line_labels(part.text, part.where)
        alone = None if labels else lone_label(part.text)
        if alone:
            labels = [Label(alone, Cell("", part.where))]
        if labels:
            entry.labels += labels
        elif entry.labels or entry.passages[-1].labels:
            _continue(entry, part)
        else:
            _extend(entry, part)
    return entry


def _details(node: Node) -> Iterator[Paragraph]:
    for child in node.children:
        yield Paragraph(f"{child.no}.{child.text}", child.where)
        yield from child.body
        yield from _details(child)


def _continue(entry: Entry, part: Paragraph) -> None:
    """A paragraph below a label of text goes on with it; below a label of units it is somebody else's."""
    last = entry.labels[-1] if entry.labels else entry.passages[-1].labels[-1]
    if not last.cell.text and entry.labels:
        entry.labels[-1] = Label(last.column, Cell(part.text, part.where))
    elif last.column.role in _DETAILED:
        entry.labels.append(Label(last.column, Cell(part.text, part.where)))


def _extend(entry: Entry, part: Paragraph) -> None:
    """The wording goes on: a heading that is no sentence ends as one first."""
    entry.extended = True
    before = entry.passages[-1].text
    mark = "" if before.endswith(("。", "；", ";", "：", ":", "，", ",")) or not before else "。"
    first, *others = passages(part.text, part.where)
    entry.passages[-1] = Passage(f"{before}{mark}{first.text}", first.labels)
    entry.passages += others


def _without_closing_words(entries: list[Entry]) -> None:
    """The last entry keeps no closing words of the document: paragraphs below it where no other entry has any."""
    if len(entries) > 2 and entries[-1].extended and not any(one.extended for one in entries[:-1]):
        last = entries[-1]
        if not last.bound:
            last.passages, last.extended = passages(last.node.text, last.node.where), False


def _close_groups(entries: list[Entry]) -> None:
    """A line of units below several entries without units answers for all since the last such line or heading."""
    waiting: list[Entry] = []
    for entry in entries:
        if waiting and waiting[-1].path != entry.path:
            waiting = []
        if any(binds(label) for one in entry.passages for label in one.labels):
            waiting = []
            continue
        closing = [label for label in entry.labels if label.column.role in UNIT_ROLES and binds(label)]
        if not closing:
            waiting = [] if entry.labels else [*waiting, entry]
            continue
        for other in waiting:
            other.labels += closing
        waiting = []


def _inherit(entry: Entry) -> None:
    """What the heading above says of units and no entry below says itself."""
    have = {label.column.role for label in entry.every_label}
    for heading in reversed(entry.path):
        above = [label for one in passages(heading.text, heading.where) for label in one.labels]
        above += [label for part in heading.body for label in line_labels(part.text, part.where)]
        given = [
            label for label in above if label.column.role not in have and label.column.role not in _DETAILED
        ]
        entry.labels += given
        have |= {label.column.role for label in given}
