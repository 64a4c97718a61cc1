"""Reports that no label announces: in a document that reports, what is said to be done is progress, no promise."""

from __future__ import annotations

import re

from intake import words
from intake.entries import Entry
from intake.headers import Column
from intake.labels import Label, Passage
from intake.outline import sentences
from intake.table import Cell, Document, Paragraph, Place
from intake.wording import bare_end, title_and_rest

_TELLS = re.compile(
    rf"{'|'.join(words.plans.TELLING)}|(?:截至|截止|至)\S{{0,6}}月|\d\s*[-—～~至]\s*\d{{1,2}}\s*月"
)
_BEHIND = next(phrases for status, phrases in words.progress.STATUS_WORDS if status == "lagging")
_LONGEST_TITLE = 60
_COLUMN = Column("progress", "进展情况")


def reports(document: Document) -> bool:
    """True for a document whose title or opening words say how far the tasks of a plan are."""
    return any(isinstance(part, Paragraph) and _announces_report(part.text) for part in document.parts)


def _announces_report(text: str) -> bool:
    if text.rstrip("：:。 ").endswith("如下"):
        said = sentences(text)[-1]
        if any(word in said for word in _BEHIND) and any(word in said for word in words.plans.BEHIND_ON):
            return True  # 8项未达到序时进度的任务如下
    elif len(text) <= _LONGEST_TITLE and not re.search(r"[。；;]", text):
        said = text
    else:
        return False
    ours = any(word in said for word in words.plans.REPORTED_ON)
    other = any(word in said for word in words.plans.SUMMARIES)
    return ours and not other and any(word in said for word in words.plans.REPORTS)


def told_apart(entries: list[Entry]) -> list[Entry]:
    """The entries with promise and report apart; those that promise nothing and name no project are left out.

    Where a label announces the reports already, nothing is changed.
    """
    if any(entry.reported for entry in entries):
        return entries
    return [entry for entry in entries if entry.how or _told_apart(entry)]


def _told_apart(entry: Entry) -> bool:
    """False for an entry that nothing was promised in, or that speaks of several tasks at once."""
    if not without_report_words(title_and_rest(entry.text)[0]):
        return False
    for index, passage in enumerate(entry.passages):
        promise, report = promise_and_report(passage.text)
        if not report:
            continue
        labels = [*passage.labels, Label(_COLUMN, Cell(report, _place(entry, report)))]
        entry.passages[index] = Passage(promise, labels, passage.cut)
    return bool(entry.text) or not entry.reported


def _place(entry: Entry, report: str) -> Place:
    """Where the report begins."""
    return next((part.where for part in entry.node.body if report[:8] in part.text), entry.node.where)


def promise_and_report(text: str) -> tuple[str, str]:
    """What is promised, and what is told of it from the first words on that say how far it is.

    After a name the whole sentence tells; a sentence without a name is cut at the clause that tells. A name alone
    (道路亮化项目完成情况) is kept without the words that announce the report.
    """
    name, rest = title_and_rest(text)
    if rest:
        kept, told = _split(rest, whole=True)
        return (f"{without_report_words(name)}。{kept}", told) if told else (text, "")
    return _split(text, whole=False)


def _split(text: str, whole: bool) -> tuple[str, str]:
    """Cut before the first sentence that tells, or inside it before the clause that does."""
    said = sentences(text)
    first = next((index for index, one in enumerate(said) if _TELLS.search(one)), None)
    if first is None:
        return text, ""
    before, after = "".join(said[:first]), "".join(said[first + 1 :])
    clauses = re.split(r"(?<=[，,；;])", said[first])
    cut = 0 if whole else next((i for i, one in enumerate(clauses) if _TELLS.search(one)), 0)
    promise = before + bare_end("".join(clauses[:cut]))
    return promise, "".join(clauses[cut:]) + after


def without_report_words(name: str) -> str:
    """道路亮化项目完成情况 is 道路亮化项目; 总体进展情况 and 量化指标任务完成情况 name no single thing."""
    name = bare_end(name)
    ending = next((word for word in words.plans.REPORTS if name.endswith(word)), "")
    left = name.removesuffix(ending)
    several = left in words.plans.PLURAL or any(word in left for word in words.plans.OVERALL)
    return "" if ending and several else left
