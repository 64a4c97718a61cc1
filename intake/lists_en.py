"""English plans in lists: numbered actions that name their lead in brackets, and commitments behind bullets.

1. **Somebody leads.** Where two entries of a document name a lead in brackets (Lead: …), the entries beside them that
   name one, a date or a figure are items.
2. **A plan without leads.** Only under a title that announces a plan, and where no line at the head says that it is
   something else (minutes, news, a policy). Then the lists are items nearly all of whose entries begin as those of plans
   do (We will build, Publish) and none of which speaks to the reader: three at least in all, at least half of them with a figure or a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.deadlines_en import read_english_deadlines
from intake import words
from intake.draft import ProjectDraft
from intake.english import spaced
from intake.headers import Column
from intake.items import Item, read_items
from intake.labelled_en import labelled
from intake.quantities_en import read_english_indicators
from intake.rows import Body
from intake.table import Cell, Document, Paragraph, Place, Table

_MARK = re.compile(
    r"\s*(?:(?P<bullet>[•·▪●◦‣*–-])\s+|\(?(?P<no>\d{1,2}(?:\.\d{1,2})?|[a-z])[.)](?:\s+|(?<=\d[.)])(?=[A-Z])))(?=\S)"
)
_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]*:[^()\[\]]*)[)\]]\s*\.?\s*$")
_BY = re.compile(r",\s*((?:by|due|before)\s.+)$", re.I)
_TITLED = re.compile(r"([A-Z][^.:]{2,60})[.:]\s+(\S.*)", re.S)
_ROLES = {
    "Lead": "lead",
    "Partners": "cooperating",
    "Due": "deadline",
    "Status": "status",
    "Update": "progress",
}
_HEAD = 8  # paragraphs in which a document says what it is
_LONGEST_TITLE = 140
_LONGEST_ENTRY = 2_000
_LEAST_LED = 2
_LEAST = 3
_NEARLY_ALL = 0.8
_ANY_YEAR = 2000  # whether a wording is a date does not depend on the year


@dataclass(slots=True)
class _Entry:
    where: Place
    number: str  # empty for a bullet
    text: str
    fields: dict[str, str] = field(default_factory=dict)

    def settle(self) -> None:
        """Take the labels of the closing bracket from the text."""
        match = _BRACKET.search(self.text)
        before, told = labelled(match.group(1)) if match else ("", [])
        if match and told and not before:
            self.text = self.text[: match.start()]
            self.fields = dict(told)
        dated = _BY.search(self.fields.get("Lead", ""))
        if dated:
            self.fields["Lead"] = self.fields["Lead"][: dated.start()]
            self.fields.setdefault("Due", dated.group(1))
        self.text = spaced(self.text).rstrip(" .;,")

    @property
    def measured(self) -> bool:
        """True when it can be told whether it was done: a figure or a date."""
        dated = "Due" in self.fields or read_english_deadlines(self.text, _ANY_YEAR)
        return bool(dated or read_english_indicators(self.text))

    @property
    def acts(self) -> bool:
        """True when its wording, or that behind its title, begins with what will be done."""
        return any(_begins_with_act(one) for one in (self.text, *_titled(self.text)))


def read_english_lists(document: Document, title: str) -> tuple[list[ProjectDraft], list[Item]]:
    """The projects and items of the lists in a document; none where nothing shows that it is a plan."""
    if _is_other(document):
        return [], []
    runs = list(_runs(document))
    entries = _led(runs) or (_promised(runs) if _announces_plan(title) else [])
    if not entries:
        return [], []
    projects, items, _ = read_items(_body(entries))
    return projects, items


def _announces_plan(title: str) -> bool:
    return any(re.search(rf"\b{one}\b", title.lower()) for one in words.english.PLAN_TITLES)


def _is_other(document: Document) -> bool:
    head = [part.text for part in document.parts[:_HEAD] if isinstance(part, Paragraph)]
    short = [text.lower() for text in head if len(text) <= _LONGEST_TITLE and not _is_running(text)]
    return any(re.search(rf"\b{one}\b", text) for text in short for one in words.english.OTHER_TITLES)


def _is_running(text: str) -> bool:
    """An entry of a list or a sentence: what it mentions is not what the document is."""
    return _MARK.match(text) is not None or text.rstrip().endswith((".", "!", "?"))


def _runs(document: Document) -> Iterable[list[_Entry]]:
    """The lists of a document: entries of one kind without other text between them; a line in small letters goes on.

    Where a file does not keep its bullets, the lines below In 2026 we will: that begin as those of plans do.
    """
    run: list[_Entry] = []
    announced = marked = False
    for part in document.parts:
        text = part.text if isinstance(part, Paragraph) else ""
        mark = _MARK.match(text)
        if mark or (announced and not marked and _begins_with_act(text)):
            marked = mark is not None
            number = mark["no"] or "" if mark else ""
            if run and bool(run[-1].number) != bool(number):
                yield run
                run = []
            run.append(_Entry(_where(part), number, text[mark.end() if mark else 0 :]))
        elif run and text[:1].islower() and len(run[-1].text) <= _LONGEST_ENTRY:
            run[-1].text += f" {text}"
        else:
            yield run
            run, announced, marked = [], text.rstrip().endswith(":"), False
    yield run


def _where(part: Paragraph | Table) -> Place:
    return part.where if isinstance(part, Paragraph) else Place()


def _led(runs: Sequence[list[_Entry]]) -> list[_Entry]:
    for entry in (entry for run in runs for entry in run):
        entry.settle()
    beside = [run for run in runs if any("Lead" in entry.fields for entry in run)]
    entries = [entry for run in beside for entry in run if "Lead" in entry.fields or entry.measured]
    return entries if sum("Lead" in entry.fields for entry in entries) >= _LEAST_LED else []


def _promised(runs: Sequence[list[_Entry]]) -> list[_Entry]:
    ours = [
        run
        for run in runs
        if sum(entry.acts for entry in run) >= _NEARLY_ALL * len(run)
        and not any(_is_addressed(entry.text) for entry in run)
    ]
    entries = [entry for run in ours for entry in run]
    measured = sum(entry.measured for entry in entries)
    return entries if len(entries) >= _LEAST and 2 * measured >= len(entries) else []


def _is_addressed(text: str) -> bool:
    return not set(re.findall(r"[a-z]+", text.lower())).isdisjoint(words.english.ADDRESSED)


def _begins_with_act(text: str) -> bool:
    said = text.lower()
    for one in words.english.WILL:
        if said.startswith(f"{one} "):
            said = said.removeprefix(one).strip()
            break
    first = re.match(r"[a-z]+", said)
    return first is not None and first.group() in words.english.ACTS


def _titled(text: str) -> tuple[str, ...]:
    """A title and what is to be done, if a short title without a figure stands before it."""
    match = _TITLED.fullmatch(text)
    if match is None or re.search(r"\d", match.group(1)):
        return ()
    title, rest = match.groups()
    return (title, rest) if _begins_with_act(rest) or not _begins_with_act(title) else ()


def _body(entries: Sequence[_Entry]) -> Body:
    """The entries as rows; their own numbers only where each has one of its own."""
    numbers = [entry.number for entry in entries]
    numbered = all(numbers) and len(set(numbers)) == len(numbers)
    titled = any(_titled(entry.text) for entry in entries)
    used = [name for name in _ROLES if any(name in entry.fields for entry in entries)]
    columns = [
        *([Column("no", "Ref")] if numbered else []),
        *([Column("project", "Title")] if titled else []),
        Column("task", "Action"),
        *(Column(_ROLES[name], name) for name in used),
    ]
    rows = []
    for entry in entries:
        title, text = _titled(entry.text) or (entry.text, entry.text)
        said = [*([entry.number] if numbered else []), *([title] if titled else []), text]
        said += [entry.fields.get(name, "") for name in used]
        rows.append([Cell(one, entry.where) for one in said])
    return Body(columns, rows)
