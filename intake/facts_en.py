"""What an English document says about itself: title, issuer, year, financial year, the period it reports on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from engine.deadlines_en import read_english_deadlines
from intake import words
from intake.draft import DocumentFacts, Finding
from intake.english import in_english, is_latin, spaced
from intake.table import Document, Paragraph, Place, Table

_FISCAL = re.compile(r"\b(20[1-4]\d)\s*[/–-]\s*(?:20)?\d{2}\b(?!\s*[/–-]\s*\d)|\bFY\s*(?:20)?(\d{2})\b")
_YEAR = re.compile(r"(?<![\d/.-])(20[1-4]\d)(?![\d/-])")
_DATE_LINE = re.compile(
    r"(?:(?:issued|published|date|approved|adopted|dated|last updated)[^\d]{0,20})?\d{1,2}(?:st|nd|rd|th)?\s+[A-Z][a-z]+\s+20\d{2}",
    re.I,
)
_AS_AT = re.compile(
    r"\b(?:as (?:at|of)|position at|up to|to the end of|end of|update|report|progress|quarter|q[1-4]|month)\b",
    re.I,
)
_STARTS = ("4", "1", "7", "10")  # April, January, July, October
_HEAD = 20


def english_facts(document: Document, year: int | None) -> DocumentFacts | None:
    """The facts of an English document; ``None`` where the document is in Chinese."""
    if not is_english(document):
        return None
    texts = [spaced(part.text).strip("#*_ ") for part in document.parts if isinstance(part, Paragraph)]
    tables = [part for part in document.parts if isinstance(part, Table)]
    cells = [cell.text for part in tables for row in part.rows for cell in row]
    head = [
        text
        for text in [*texts[:_HEAD], *_captions(tables)]
        if not text.lower().startswith(words.english.FURNITURE)
    ]
    title = _title(head) or next((part.name for part in tables if part.name), "")
    issued_on = _issued_on(texts)
    return DocumentFacts(
        title=title,
        issuer=_issuer(head),
        issued_on=issued_on,
        year=year or _year([title, *head, *cells], issued_on),
    )


def fiscal_start(document: Document, choices: Mapping[str, str]) -> int:
    """The first month of the year that quarters count from: April where the document speaks of 2024/25, else January."""
    chosen = choices.get("FISCAL_YEAR_ASSUMED")
    if chosen in _STARTS:
        return int(chosen)
    texts = (part.text for part in document.parts if isinstance(part, Paragraph))
    headings = (
        cell.text
        for part in document.parts
        if isinstance(part, Table)
        for row in part.rows[:2]
        for cell in row
    )
    return 4 if any(in_english(text) and _FISCAL.search(text) for text in (*texts, *headings)) else 1


def fiscal_finding(where: Place, quote: str) -> Finding:
    """Says that a financial year was read as April to March, and offers the other beginnings."""
    message = "财政年度按4月至次年3月读取。如从其他月份开始，请选定月份（1、7或10）。"
    return Finding("note", "FISCAL_YEAR_ASSUMED", where, quote, message, _STARTS)


def english_period(facts: DocumentFacts, document: Document) -> str | None:
    """The month that the title, or a line such as Update as at 30 September 2024, speaks of, as ``YYYY-MM``."""
    fiscal = fiscal_start(document, {})
    texts = [facts.title, *(part.text for part in document.parts[:_HEAD] if isinstance(part, Paragraph))]
    for text in texts:
        if len(text) > 160 or not in_english(text) or not _AS_AT.search(text):
            continue
        found = [
            one
            for one in read_english_deadlines(
                text, facts.year, bare=True, fiscal=fiscal, by_fiscal_year=fiscal != 1
            )
            if re.search(r"[A-Za-z]{3}|q\d|[/.]\d", one.text, re.I)
        ]
        if found:
            return f"{found[-1].on:%Y-%m}"
    return None


def is_english(document: Document) -> bool:
    """True for a document of which hardly any text is in Chinese."""
    texts = [part.text for part in document.parts if isinstance(part, Paragraph)]
    tables = [part for part in document.parts if isinstance(part, Table)]
    texts += [cell.text for part in tables for row in part.rows[:3] for cell in row]
    said = [text for text in texts if re.search(r"[A-Za-z\u3400-\u9fff]", text)]
    return bool(said) and sum(is_latin(text) for text in said) * 10 >= len(said) * 9


def _captions(tables: list[Table]) -> list[str]:
    rows = [[cell.text for cell in row if cell.text.strip()] for part in tables for row in part.rows[:3]]
    return [spaced(row[0]) for row in rows if len(row) == 1]


def _title(head: list[str]) -> str:
    """The first short line that names a plan, a tracker or the like; else the first line that is no date."""
    named = [
        text
        for text in head
        if len(text) <= 140
        and not text.endswith(".")
        and set(re.findall(r"[a-z]+", text.lower())) & words.english.TITLE_WORDS
    ]
    dated = [text for text in named if _FISCAL.search(text) or _YEAR.search(text)]
    return next(iter(dated or named), next((text for text in head if not _DATE_LINE.fullmatch(text)), ""))


def _issuer(head: list[str]) -> str | None:
    """A line of its own that ends as names of offices do."""
    return next(
        (
            text
            for text in head
            if len(text) <= 70
            and not re.search(r"[:,;>\d]", text)
            and (
                text.lower().endswith(tuple(words.english.ISSUER_ENDINGS))
                or text.lower().startswith(("department of", "ministry of", "city of", "government of"))
            )
        ),
        None,
    )


def _issued_on(texts: list[str]) -> date | None:
    """The date of a line that holds nothing else, or says that it was issued then."""
    for text in texts:
        if _DATE_LINE.fullmatch(text.rstrip(".")):
            found = read_english_deadlines(text, None, bare=True)
            if found:
                return found[-1].on
    return None


def _year(texts: list[str], issued_on: date | None) -> int | None:
    """The year of the title, the first of a financial year; else the first named anywhere; else of the issue date."""
    for text in texts:
        fiscal, plain = _FISCAL.search(text), _YEAR.search(text)
        if fiscal:
            return int(fiscal.group(1)) if fiscal.group(1) else 1999 + int(fiscal.group(2))
        if plain and in_english(text):
            return int(plain.group(1))
    return issued_on.year if issued_on else None
