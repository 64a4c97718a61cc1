"""The number of tasks that a document announces, held against what was read; and the order of what was read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from intake import words
from intake.draft import Finding, ProjectDraft
from intake.outline import ordinal_of, sentences
from intake.table import Document, Paragraph, Place, Table

_NUMBER = r"(?P<number>\d{1,3}|[一二三四五六七八九十]{1,3})"
_NAMED = re.compile(
    rf"(?<![第\d.．一二三四五六七八九十]){_NUMBER}\s*[件项个大](?:[省市区县镇乡年度级重点民生政府为民办\d“”]{{0,8}})"
    rf"(?:{'|'.join(words.plans.COUNTED)})(?!{'|'.join(words.plans.NOT_ALL)})"
)
_SUMMED = re.compile(rf"(?:{'|'.join(words.plans.SUMMING)})\s*{_NUMBER}\s*[件项个](?=[，,。；;、：:）)]|$)")
_LONGEST_TITLE = 60


def positions(document: Document) -> dict[Place, int]:
    """For each place of the document where it stands in the order of reading."""
    found: dict[Place, int] = {}
    for place in _places(document):
        found.setdefault(place, len(found))
    return found


def _places(document: Document) -> Iterable[Place]:
    for part in document.parts:
        if isinstance(part, Table):
            yield from (cell.where for row in part.rows for cell in row)
        else:
            yield part.where


def in_order(projects: list[ProjectDraft], document: Document) -> list[ProjectDraft]:
    """The projects as they follow one another in the document, those of tables and of running text alike."""
    order = positions(document)
    return sorted(projects, key=lambda one: order.get(one.where, len(order)))


def announced_number(document: Document, title: str, before: Place) -> tuple[int, str, Place] | None:
    """How many tasks the document says it has, its words and their place; only what stands before the first task counts.

    ``None`` where nothing is announced, or several numbers are: which of them is meant cannot be told.
    """
    found: dict[int, tuple[str, Place]] = {}
    for part in document.parts:
        if isinstance(part, Table) or part.where == before:
            break
        if words.plans.ONLY_SOME in part.text and len(part.text) <= _LONGEST_TITLE:
            return None
        for clause in _announcing(part, title):
            for match in [*_NAMED.finditer(clause), *_SUMMED.finditer(clause)]:
                number = ordinal_of(match.group("number"))
                if number and number > 1:
                    found.setdefault(number, (match.group().strip(), part.where))
    if len(found) != 1:
        return None
    number, (quote, where) = found.popitem()
    return number, quote, where


def _announcing(part: Paragraph, title: str) -> list[str]:
    """A title, a sentence that ends with a colon or 如下, a sentence that says into how many tasks a plan falls."""
    text = part.text.strip()
    if text and (text in title or (len(text) <= _LONGEST_TITLE and not re.search(r"[。；;，,：:]", text))):
        return [text]
    said = [one for one in sentences(text) if not any(word in one for word in words.plans.LAST_YEAR)]
    lists = [one for one in said if one.rstrip("：:。 ").endswith(words.plans.ANNOUNCING_ENDINGS)]
    return lists + [one for one in said if one not in lists and _SUMMED.search(one)]


def count_findings(
    document: Document, title: str, projects: Sequence[ProjectDraft], sections: Iterable[int]
) -> list[Finding]:
    """A warning where another number was read than announced; headings may be what is counted (十大工程)."""
    if not projects:
        return []
    told = announced_number(document, title, projects[0].where)
    subtasks = sum(len(one.subtasks) for one in projects)
    if told is None or told[0] in (len(projects), subtasks, *sections):
        return []
    number, quote, where = told
    message = (
        f"文件说有{number}项，读到的是{len(projects)}个项目、{subtasks}个子任务。"
        "请对照原文，看看有没有漏读、多读，或文件本身不完整。"
    )
    return [Finding("warning", "COUNT_MISMATCH", where, quote, message)]
