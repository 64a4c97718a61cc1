"""Labels in running text: 标签：值 in a line, several in one, in brackets, and the units that a bracket names bare.

What a label means is told by the one table of headings that tables are read with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from intake import words
from intake.headers import Column, bare, column
from intake.outline import number_of
from intake.table import Cell, Place
from intake.units import is_collective, is_none, looks_like_units, split_units, tidy

UNIT_ROLES = frozenset({"lead", "ranked", "cooperating", "executing", "responsible"})
_SHORT_ROLES = UNIT_ROLES | {
    "person",
    "leader",
    "contact",
    "deadline",
    "start",
    "level",
    "section",
    "other",
    "no",
}
_TEXT_ROLES = frozenset({"task", "project", "goal", "scale", "progress", "problem", "milestone", "quantity"})
# What a label of a content role may be: these words of the table alone, so that 饮水工程：新建… stays a title.
_CONTENT_ROLES = frozenset(
    {"task", "project", "goal", "scale", "section", "quantity", "level", "no", "other"}
)
_LABEL = re.compile(
    r"(?:^|(?<=[\s，,；;。、（(【\[〔]))[【\[]?(?P<word>[^\s，,；;。、：:（）()【】\[\]“”]{2,14}?(?:[（(][^（）()：:]{1,8}[)）])?)\s*(?:[】\]]\s*)?[:：]"
)
_BRACKET = re.compile(
    r"[（(【\[〔]\s*+(?P<inside>[^（）()【】\[\]〔〕]*(?:[（(][^（）()]*[)）][^（）()【】\[\]〔〕]*)*)[)）】\]〕]"
)
_DUE = re.compile(
    rf"(?:\d\s*[月日年]\S{{0,3}}[前底]|年底|季度末|年内)\S{{0,4}}$|^(?:{'|'.join(words.plans.STANDING)})$"
)
_RANKED = re.compile(
    rf"(?:{'|'.join(words.units.FIRST_LEADS)})[^，,。；;]{{0,6}}(?:{'|'.join(words.units.LEAD_LABELS)})"
)
_CUT_OFF = re.compile(r"[（(]([^（()）:：]*)$")
_NOISE = re.compile(r"\s*(?<!\d)\d{1,3}\s*[、.．].*$", re.S)


@dataclass(frozen=True, slots=True)
class Label:
    """A labelled value: what the label means, and the value with its place."""

    column: Column
    cell: Cell


@dataclass(slots=True)
class Passage:
    """A stretch of text with the labels that close it."""

    text: str
    labels: list[Label] = field(default_factory=list)
    cut: bool = False  # the page ends among its units: who they are and what they do is not known


def says_first_leads(text: str) -> bool:
    """True for words that say so: 列第一位的为牵头单位，下同; 排名第一的为牵头单位."""
    return _RANKED.search(text) is not None


def label_role(word: str) -> Column | None:
    """What a word before a colon announces, ``None`` for a word that is no label."""
    known = column(word)
    if known is None or len(bare(word)) > 12:
        return None
    if known.role in _CONTENT_ROLES and not _spelled(bare(word), known.role):
        return None
    return known if known.role in _SHORT_ROLES | _TEXT_ROLES else None


def _spelled(word: str, role: str) -> bool:
    every = {key for one, keywords in words.headings.HEADINGS if one == role for key in keywords}
    return word in every or words.headings.EXACT_HEADINGS.get(word) == role


def passages(text: str, where: Place) -> list[Passage]:
    """The text cut after each bracket that names units or other labels; labels in the open end their passage."""
    found: list[Passage] = []
    start, said = 0, len(text.rstrip("。；;，, \t\n\u00a0\u3000"))
    for match in _BRACKET.finditer(text):
        ends = match.end() >= said
        labels = _bracket_labels(match.group("inside"), where, ends or _ends_sentence(text, match))
        if labels:
            found.append(_open_labels(text[start : match.start()], where))
            found[-1].labels += labels
            start = match.end()
    rest = text[start:].lstrip("。；;，,、 ")
    if rest or not found:
        found.append(_cut_off(rest) or _open_labels(_without_cut_name(rest), where))
    return _merged(found)


def _cut_off(text: str) -> Passage | None:
    """新建学校。（县教育局、县财: a passage whose units break off, without them; else ``None``."""
    match = _CUT_OFF.search(text)
    *whole, _ = re.split(r"[、，,；;]", match.group(1)) if match else [""]
    if match is None or not whole or not all(_surely_unit(name) for name in whole):
        return None
    return Passage(_bare(text[: match.start()]), cut=True)


def _without_cut_name(text: str) -> str:
    """（责任单位：县教育局、县财: a bracket of labels that the page's end cuts, without the name that is cut."""
    opened: list[int] = []
    for index, char in enumerate(text):
        if char in "（(【[〔":
            opened.append(index)
        elif char in "）)】]〕" and opened:
            opened.pop()
    if not opened or text.rstrip().endswith(("。", "；", ";")):
        return text
    start = opened[0] + 1
    told = text[start : opened[1]] if len(opened) > 1 else text[start:]
    *_, name = re.split(r"[、，,；;：:]", told)
    labelled = any(label_role(match.group("word")) for match in _LABEL.finditer(told))
    if not labelled or (len(opened) == 1 and _surely_unit(name.strip())):
        return text
    return text[:start] + told.removesuffix(name)


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start()].rstrip(), text[match.end() :].lstrip()
    return (
        before.endswith(("。", "；", ";"))
        or after.startswith(("。", "；", ";"))
        or number_of(after) is not None
    )


def _merged(found: list[Passage]) -> list[Passage]:
    """Brackets in a row close the same passage; a text without labels at the end belongs to the one before."""
    merged: list[Passage] = []
    for one in found:
        if merged and not re.sub(r"\W", "", one.text):
            merged[-1].labels += one.labels
            merged[-1].cut |= one.cut
        else:
            merged.append(one)
    return merged


def _open_labels(text: str, where: Place) -> Passage:
    """Labels that stand in the open: each value reaches to the next label."""
    marks = [(match, known) for match in _LABEL.finditer(text) if (known := label_role(match.group("word")))]
    if not marks:
        return Passage(_bare(text))
    labels: list[Label] = []
    for index, (match, known) in enumerate(marks):
        end = marks[index + 1][0].start() if index + 1 < len(marks) else len(text)
        value = _value(text[match.end() : end], known)
        labels += (
            _unit_labels(known, value, where)
            if known.role in UNIT_ROLES
            else [Label(known, Cell(value, where))]
        )
    return Passage(
        _with_the_rest(_bare(text[: marks[0][0].start()]), text[marks[-1][0].end() :], marks[-1][1]), labels
    )


def _with_the_rest(before: str, after: str, last: Column) -> str:
    """农村公路，牵头部门：县交通局。全年改造20公里。: what follows the units goes on with what stands before them."""
    rest = re.split("。", after, maxsplit=1)[1:] if last.role in UNIT_ROLES else []
    return (
        f"{before.rstrip('，,；;、。 ')}。{rest[0].strip()}"
        if before and rest and rest[0].strip()
        else before
    )


def _unit_labels(known: Column, value: str, where: Place) -> list[Label]:
    """The units of a label; dates and what is said of their order stand among them and are none."""
    if any(_clause(clause)[0] for clause in re.split(r"[，,；;]", value)) and (
        told := list(_unit_clauses(value, where))
    ):
        return told
    kept, due = [], []
    ranked = known.role == "responsible" and says_first_leads(value)
    for clause in re.split(r"(?<=[，,；;])", re.sub(r"[（(][^（()）]*[)）]", _without_order, value)):
        bare_clause = clause.strip("，,；;。 ")
        if _DUE.search(bare_clause):
            due.append(Label(Column("deadline", known.heading), Cell(bare_clause, where)))
        elif not _says_order(bare_clause):
            kept.append(clause)
    names = "".join(kept).rstrip("，,；;。、 ")
    return [Label(replace(known, role="ranked") if ranked else known, Cell(names, where)), *due]


def _without_order(bracket: re.Match[str]) -> str:
    return "" if _says_order(bracket.group()) else bracket.group()


def _says_order(clause: str) -> bool:
    """列第一位的为牵头单位, 下同: said of the list of units, no name in it."""
    return says_first_leads(clause) or clause.strip("（()） ") in words.units.SAME_BELOW


def _bare(text: str) -> str:
    return text.strip().rstrip("（(【[ ")


def _value(text: str, known: Column) -> str:
    """The value without the marks around it; a list of units ends where a numbered text begins (a slip of the copy)."""
    value = text.strip().strip("【】[]").strip()
    if known.role in UNIT_ROLES:
        value = re.split(r"[。]", _NOISE.sub("", f" {value}"))[0]
        value = value if len(value.strip()) > 1 else ""  # 区 alone: the page was cut off
    return value.strip().rstrip("，,；;。、 ") if known.role in _SHORT_ROLES else value


def _bracket_labels(inside: str, where: Place, closes: bool) -> list[Label]:
    """The labels in a bracket; bare units only where the bracket closes a sentence."""
    labelled = _open_labels(inside, where)
    if labelled.labels and not labelled.text:
        known = [one for one in labelled.labels if one.column.role in _SHORT_ROLES | {"goal"}]
        return (
            known
            if any(one.column.role in UNIT_ROLES | {"person", "leader", "deadline"} for one in known)
            else []
        )
    return list(_unit_clauses(inside, where)) if closes else []


def _unit_clauses(inside: str, where: Place) -> Iterator[Label]:
    """（甲局牵头，乙局配合）, （甲局、乙局）: nothing unless every clause names units."""
    told: list[tuple[str, str]] = []
    due: list[Label] = []
    role, ranked = "", False
    for clause in reversed(
        re.split(r"[，,；;]", inside)
    ):  # 甲局，乙局牵头: the word stands after the last name
        if _DUE.search(clause.strip()):
            due.append(Label(Column("deadline", inside), Cell(clause.strip(), where)))
            continue
        if _says_order(clause.strip()):
            ranked = ranked or says_first_leads(clause)
            continue
        own, names = _clause(clause.strip())
        role = own or role
        if not _names_units(names, bool(role)):
            return
        told.insert(0, (role or "responsible", names))
    leads = any(role == "lead" for role, _ in told)
    if ranked and all(role == "responsible" for role, _ in told):
        told = [("ranked", "、".join(names for _, names in told))]
    for role, names in told:
        meant = ("cooperating" if leads else "lead") if role == "shared" else role
        yield Label(Column(meant, inside), Cell(names, where))
    yield from due if told else []


def _clause(text: str) -> tuple[str, str]:
    """The role that the end of a clause gives, and the names before it."""
    for role, endings in (
        ("shared", words.plans.SHARING_ENDINGS),
        ("cooperating", words.plans.HELPING_ENDINGS),
        ("lead", words.plans.LEADING_ENDINGS),
    ):
        for ending in sorted(endings, key=len, reverse=True):
            if text.endswith(ending) and len(text) > len(ending):
                return role, text[: -len(ending)].removesuffix("会同").removeprefix("由")
    return "", text


def _names_units(text: str, told: bool) -> bool:
    """Names of units; without a word that says what they do they must be names of their own, not kinds of things."""
    names = split_units(text)
    if not names or not looks_like_units(text):
        return False
    return told or all(is_collective(name) or _surely_unit(name) for name in names)


def _surely_unit(name: str) -> bool:
    """县教育局 and 团县委, but not 西段 and not 养老中心 alone."""
    if name in words.plans.GENERIC_NAMES or len(name) < 3:
        return False
    return name.endswith(words.plans.SURE_ENDINGS) or name.startswith(words.units.UNIT_BEGINNINGS)


def lone_label(text: str) -> Column | None:
    """The label that is all of a paragraph, its value standing in the next one."""
    match = re.fullmatch(r"[【\[]?([^\s，,；;。：:]{2,8})[】\]]?\s*[:：]?", text.strip())
    known = label_role(match.group(1)) if match else None
    return known if known and _spelled(bare(known.heading), known.role) else None


def line_labels(text: str, where: Place) -> list[Label]:
    """The labels of a paragraph that begins with one; none for a paragraph that says something before."""
    whole = _BRACKET.fullmatch(text.strip().rstrip("。；; "))
    read = _open_labels(whole.group("inside") if whole else text, where)
    return [] if read.text else read.labels


def binds(label: Label) -> bool:
    """True for a label that names units which really are there."""
    return label.column.role in UNIT_ROLES and not is_none(label.cell.text) and len(tidy(label.cell.text)) > 1
