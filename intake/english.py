"""English tables: which text is English, what a heading announces, what a status says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from intake import words

_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_REFERENCE = re.compile(
    r"(?=.*\d)(?:(?:action|ref|no\.?)\s+)?([A-Za-z]{0,6}[-./ ]?\d{1,4}(?:\.\d{1,3}){0,2}[a-z]?"
    r"|[A-Za-z]{1,6}[- ]?\d{1,4}/\d{1,4}\s?(?:\([a-z]{1,3}\))?"
    r"|[A-Za-z]{1,6}\s?\(\d{2,4}/\d{2,4}\)\s?\d{1,4})\.?",
    re.I,
)
_QUARTER = re.compile(r"\b(?:q([1-4])|quarter\s+([1-4])|([1-4])(?:st|nd|rd|th)\s+quarter)\b", re.I)
_MOST_WORDS = 30  # of a line of headings
_LEAST_KINDS = 4
_GLUED = re.compile(r"(?<=[a-z)])(?=[A-Z])")
_LETTER = re.compile("[A-Za-z]")
_BLANKS = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")
_LONGEST = 45  # characters of a heading; what is longer is a task


def in_english(text: str) -> bool:
    """True for a text of Latin words without a Chinese character."""
    return _CHINESE.search(text) is None and _WORD.search(text) is not None


def is_latin(text: str) -> bool:
    """True for a text with a Latin letter and without a Chinese character: No, Q1, A."""
    return _CHINESE.search(text) is None and _LETTER.search(text) is not None


def spaced(text: str) -> str:
    """The text in one line, with one blank between words."""
    return _BLANKS.sub(" ", text).strip()


def joined(titles: Iterable[str]) -> str:
    """Several titles in one, with the mark of their language between them."""
    told = list(titles)
    return ("; " if all(map(is_latin, told)) else "；").join(told)


def plain_heading(text: str) -> str:
    """A heading in small letters without brackets, footnote marks and punctuation at its ends."""
    bare = re.sub(r"\([^()]*\)|\[[^\]]*\]|[*:?]", " ", text.replace("№", "no").replace("’", "'"))
    return spaced(re.sub(r"[/&_-]|(?<=[a-z])\.", " ", bare.lower()))


@lru_cache(maxsize=4096)
def heading_role(text: str) -> str | None:
    """The role that an English heading announces; ``None`` for other words, and for sentences."""
    heading = plain_heading(text)
    if (
        not heading
        or len(heading) > _LONGEST
        or re.search(r"[.;,]\s", text.strip())
        or re.match(r"\d", heading)
    ):
        return None
    for role, phrases in words.english.HEADINGS:
        if heading in phrases:
            return role
    fillers = words.english.HEADING_FILLERS
    core = " ".join(word for word in heading.split() if word not in fillers)
    for role, phrases in words.english.HEADINGS:
        if any(_within(core, phrase) for phrase in phrases):
            return role
    # Member/ Executive Director; Lead Officer / Executive Member is what its first name says
    halves = text.split("/") if "/" in text else []
    return next(filter(None, map(heading_role, halves)), None)


def _within(core: str, phrase: str) -> bool:
    """A phrase with at most one word more, and that only beside a phrase of its own: Target completion month."""
    left = re.sub(rf"\b{re.escape(phrase)}\b", "", core, count=1)
    return left != core and len(left.split()) <= 1


def headings_in_line(line: str) -> list[str]:
    """The roles of headings that stand in one line, with blanks or nothing between them: Action Lead Due Date Status.

    Empty unless headings of at least four kinds, one of them a task, take up nearly all of the line. Three kinds are
    enough where no blank parts them (ActionLeadDue date), or where the first of them is that of numbers (No, Ref).
    """
    glued = [_known(one) for one in _GLUED.split(spaced(line))]
    if len(glued) >= _LEAST_KINDS - 1 and all(glued):
        return _of_tasks([one for one in glued if one], _LEAST_KINDS - 1)
    said = spaced(line).split()
    if not _LEAST_KINDS <= len(said) <= _MOST_WORDS or not is_latin(line):
        return []
    if any(one.endswith((".", ",", ";")) for one in said):
        return []
    found = list(_headings_among(said))
    known = sum(len(text.split()) for _, text in found)
    if _known(said[0]) == "no" and 2 * known >= len(said):
        return _of_tasks([role for role, text in found if text[:1].isupper()], _LEAST_KINDS - 1)
    capitals = sum(one[:1].isupper() for one in said)
    if 2 * capitals < len(said) or known * 4 < len(said) * 3:
        return []
    return _of_tasks([role for role, _ in found], _LEAST_KINDS)


def _headings_among(said: list[str]) -> Iterable[tuple[str, str]]:
    """Each heading in a line with its role, the longest first: due date before date."""
    position = 0
    while position < len(said):
        pieces = (" ".join(said[position : position + size]) for size in (4, 3, 2, 1))
        piece = next((one for one in pieces if _known(one)), "")
        if piece:
            yield _known(piece) or "", piece
        position += len(piece.split()) or 1


def _of_tasks(roles: list[str], least: int) -> list[str]:
    """The roles, if they are of so many kinds and one of them is a task."""
    return roles if len(set(roles)) >= least and {"task", "project"} & set(roles) else []


@lru_cache(maxsize=4096)
def _known(text: str) -> str | None:
    heading = plain_heading(text)
    return next((role for role, phrases in words.english.HEADINGS if heading in phrases), None)


def quarter_in(text: str) -> int | None:
    """The quarter that a heading names: Q3, 3rd quarter, Quarter 3 progress."""
    match = _QUARTER.search(text)
    return int(next(group for group in match.groups() if group)) if match else None


def reference(text: str) -> str | None:
    """The number or reference that is all of a cell: A1, HOU-03, 2b, B 14/25(c); ``None`` for other words."""
    match = _REFERENCE.fullmatch(spaced(text))
    return re.sub(r"\s", "", match.group(1)) if match else None


def status_of(text: str) -> str | None:
    """The status that a cell of a status column names: Green, On track, Complete (blue); ``None`` for other words."""
    said = spaced(re.sub(r"[^a-z' ]", " ", text.lower()))
    for status, phrases in words.english.STATUSES:
        if said in phrases:
            return status
    for status, phrases in words.english.STATUSES:
        if len(said) <= _LONGEST and any(re.search(rf"\b{one}\b", said) for one in phrases):
            return status
    return None


def english_sentences(text: str) -> list[str]:
    """The sentences of a text, without their stops."""
    return [said for said in (spaced(one) for one in re.split(r"[.;](?=\s|$)|\n", text)) if said]


def holds_up(sentence: str) -> bool:
    """True for a sentence that names something that holds the work up."""
    return _says(sentence, words.english.BLOCKERS)


def reported_status(text: str) -> str | None:
    """The status that a report says in so many words, alone or within its sentences; ``None`` where it says none."""
    if len(text) <= _LONGEST and (status := status_of(text)):
        return status
    return next((status for status, phrases in words.english.REPORTED if _says(text, phrases)), None)


def _says(text: str, phrases: tuple[str, ...]) -> bool:
    return any(re.search(rf"\b{re.escape(one)}\b", text.lower()) for one in phrases)
