"""What a document says about itself: title, number, issuer, date, year, phases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date

from engine.deadlines import Phases, read_phases
from intake import words
from intake.draft import DocumentFacts, Finding, PhaseDraft
from intake.facts_en import english_facts, english_period
from intake.furniture import is_furniture
from intake.headers import month_of
from intake.quantity_scan import narrow
from intake.table import Document, Paragraph, Place, Table
from intake.units import tidy

_NUMBER = re.compile(
    r"[\u4e00-\u9fffA-Za-z]{2,14}\s*[〔［\[【（(]\s*(20\d{2})\s*[〕］\]】）)]\s*第?\s*\d{1,4}\s*号"
)
_DATE = re.compile(r"(20\d{2})\s*[年\-./]\s*(1[0-2]|0?[1-9])\s*[月\-./]\s*(3[01]|[12]\d|0?[1-9])(?!\d)\s*日?")
_YEAR = re.compile(r"(20[1-4]\d)\s*年")
_SPAN = re.compile(r"(20[1-4]\d)\s*年?\s*[-—–~～至到]+\s*(20[1-4]\d)\s*年")
_PRINTED = re.compile(rf"(?={_DATE.pattern}印发)")
_HEAD_LINES = 40  # the title stands among the first paragraphs, also below a page's metadata


def read_facts(
    document: Document, year: int | None, choices: Mapping[str, str]
) -> tuple[DocumentFacts, list[Finding]]:
    """The facts as far as the document states them; ``year`` (from the user) wins over what is read."""
    english = english_facts(document, year)
    if english is not None:
        return english, [] if english.year else [_no_year()]
    texts = [
        Paragraph(narrow(part.text), part.where) for part in document.parts if isinstance(part, Paragraph)
    ]
    head = [*texts[:_HEAD_LINES], *_captions(document)]
    facts = DocumentFacts(
        title=_title(head, document),
        number=_number(texts),
        issuer=_issuer(texts),
        issued_on=_issued_on(texts),
    )
    facts.year, findings = _year(facts, [*head, *_dated_cells(document)], year, choices)
    return facts, findings


def read_period(facts: DocumentFacts, document: Document) -> str | None:
    """The month that the document reports on, as ``YYYY-MM``: from its title, else from 截至…; else ``None``."""
    if facts.year is None:
        return None
    english = english_period(facts, document)
    if english:
        return english
    title = re.sub(r"20\d{2}\s*年", "", facts.title)
    month = month_of(title)
    if month is None:
        month = _stated_month([part.text for part in document.parts if isinstance(part, Paragraph)])
    return f"{facts.year}-{month:02d}" if month else None


def plan_phases(
    document: Document, year: int | None, choices: Mapping[str, str]
) -> tuple[list[PhaseDraft], list[Finding]]:
    """The phases that the letter names, with a finding where its wording can be read in two ways."""
    for part in document.parts:
        phases = read_phases(part.text, year) if isinstance(part, Paragraph) else None
        if phases and isinstance(part, Paragraph):
            return _phase_drafts(phases, part.where, choices)
    return [], []


def _phase_drafts(
    phases: Phases, where: Place, choices: Mapping[str, str]
) -> tuple[list[PhaseDraft], list[Finding]]:
    readings = (phases.execute, *phases.others)
    ends, findings = choose_date(readings, phases.quote, where, choices)
    drafts = [PhaseDraft("execute", ends, phases.quote, where)]
    if phases.gap_fill:
        drafts.append(PhaseDraft("gap_fill", phases.gap_fill, phases.quote, where))
    return drafts, findings


def choose_date(
    readings: tuple[date, ...], quote: str, where: Place, choices: Mapping[str, str]
) -> tuple[date, list[Finding]]:
    """The reading taken and, where there is another, the finding that offers it."""
    if len(readings) == 1:
        return readings[0], []
    wanted = choices.get("AMBIGUOUS_DEADLINE")
    taken = next((one for one in readings if one.isoformat() == wanted), readings[0])
    others = "、".join(_chinese(one) for one in readings if one != taken)
    message = f"“{quote}”读作{_chinese(taken)}截止；也可以读作{others}。如需另一读法，请选定。"
    offered = tuple(one.isoformat() for one in readings)
    return taken, [Finding("warning", "AMBIGUOUS_DEADLINE", where, quote, message, offered)]


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _captions(document: Document) -> list[Paragraph]:
    """Rows of one filled cell at the head of a table: the title of a sheet."""
    rows = [row for part in document.parts if isinstance(part, Table) for row in part.rows[:3]]
    filled = [[cell for cell in row if cell.text.strip()] for row in rows]
    return [Paragraph(narrow(cells[0].text), cells[0].where) for cells in filled if len(cells) == 1]


def _dated_cells(document: Document) -> list[Paragraph]:
    """Cells with a date of their own: they tell the year where no title does."""
    cells = [cell for part in document.parts if isinstance(part, Table) for row in part.rows for cell in row]
    return [
        Paragraph(cell.text, cell.where) for cell in cells if re.match(r"\s*20\d{2}\s*[-/.年]", cell.text)
    ]


def _title(head: list[Paragraph], document: Document) -> str:
    """The letter's title (关于…通知, also over two lines), else a line about a year's table, else the first line."""
    texts = [tidy(part.text).lstrip("#") for part in head if not is_furniture(part.text)]
    for index, text in enumerate(texts[:_HEAD_LINES]):
        if "关于" in text and len(text) <= 60:
            for size in (1, 2, 3):
                joined = "".join(texts[index : index + size])
                if joined.endswith(words.pages.TITLE_ENDINGS) and len(joined) <= 90:
                    return joined
    for text in texts:
        if len(text) <= 50 and _YEAR.search(text) and _ends_as_title(text):
            return text
    named = next((text for text in texts if len(text) <= 50 and _ends_as_title(text)), None)
    if named is None:
        named = next((part.name for part in document.parts if isinstance(part, Table) and part.name), None)
    return named or next((text for text in texts if len(text) <= 60), "")


def _ends_as_title(text: str) -> bool:
    """…情况表（截至9月30日） ends as titles do."""
    return re.sub(r"[（(][^（()）]*[)）]$", "", text).endswith(words.pages.TITLE_ENDINGS)


def _number(texts: list[Paragraph]) -> str | None:
    """The document's own number: the first that stands in a short paragraph (others are quoted)."""
    for part in texts[:_HEAD_LINES]:
        match = _NUMBER.search(part.text)
        if match and len(part.text) <= 40:
            return re.sub(r"\s", "", match.group())
    return None


def _issuer(texts: list[Paragraph]) -> str | None:
    """The office above the date, else the red heading (…文件), else the page's metadata."""
    lines = [tidy(part.text) for part in texts]
    for index, line in enumerate(lines[1:], start=1):
        if _DATE.fullmatch(re.sub(r"[（()）]", "", line)) and _is_office(lines[index - 1]):
            return lines[index - 1]
    for line in lines:
        if line.endswith("文件") and _is_office(line.removesuffix("文件")):
            return line.removesuffix("文件")
    printed = next((line[: match.start()] for line in lines if (match := _PRINTED.search(line))), "")
    if _is_office(printed):
        return printed
    return (
        _labelled_issuer(lines) or next((line for line in lines if _is_office(line)), None) or _titled(lines)
    )


def _titled(lines: list[str]) -> str | None:
    """The office that a title begins with: 某县人民政府关于…的通知."""
    heads = [
        line.partition("关于")[0]
        for line in lines
        if "关于" in line and line.endswith(words.pages.TITLE_ENDINGS)
    ]
    return next((head for head in heads if _is_office(head)), None)


def _is_office(line: str) -> bool:
    return (
        4 <= len(line) <= 30
        and line.endswith(words.pages.ISSUER_ENDINGS)
        and not re.search(r"[，,。：:、；\d]|^各", line)
    )


def _labelled_issuer(lines: list[str]) -> str | None:
    for label in words.pages.ISSUER_LABELS:
        for line in lines:
            match = re.search(rf"{label}\s*[:：]\s*([^\s:：]+?)(?=\s|发布|$)", line)
            if match:
                return match.group(1)
    return None


def _issued_on(texts: list[Paragraph]) -> date | None:
    """The date that stands alone, else the date of printing, else the page's metadata."""
    lines = [tidy(part.text) for part in texts]
    for pattern in (r"^{date}$", r"{date}印发"):
        for line in lines:
            match = re.search(pattern.format(date=_DATE.pattern), re.sub(r"[（()）]", "", line))
            if match:
                return _day(match)
    for label in words.pages.DATE_LABELS:
        for line in lines:
            match = re.search(rf"{label}\s*[:：]?\s*{_DATE.pattern}", line)
            if match:
                return _day(match)
    return None


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match.group(1)), int(match.group(2)), int(match.group(3)))
    except ValueError:
        return None


def _year(
    facts: DocumentFacts, head: list[Paragraph], year: int | None, choices: Mapping[str, str]
) -> tuple[int | None, list[Finding]]:
    if year is not None:
        return year, _other_year(facts, year)
    span = next((match for part in head if (match := _SPAN.search(part.text)) and len(part.text) <= 60), None)
    if span:
        return _year_of_span(span, choices)
    found = _YEAR.search(facts.title) or (_NUMBER.search(facts.number) if facts.number else None)
    if found:
        return int(found.group(1)), []
    counted = Counter(int(one) for part in head for one in re.findall(r"(20[1-4]\d)\s*[年./-]", part.text))
    if counted:
        return counted.most_common(1)[0][0], []
    if facts.issued_on:
        return facts.issued_on.year, []
    return None, [_no_year()]


def _other_year(facts: DocumentFacts, year: int) -> list[Finding]:
    """The title, else the number, names another year; a letter may be numbered in the year before its plan's."""
    titled, number = _years_in(facts.title), facts.number or ""
    numbered = [int(one) + more for one in _NUMBER.findall(number) for more in (0, 1)]
    named = titled or numbered
    if not named or year in named:
        return []
    said = facts.title if titled else number
    message = f"文件写明的年度是{named[0]}年，与指定的{year}年不一致，已按{year}年读取。如系误填，请改正年度后重新导入。"
    return [Finding("warning", "YEAR_MISMATCH", Place(), said, message)]


def _years_in(title: str) -> list[int]:
    """The years that a title names, with all that a span holds."""
    span = _SPAN.search(title)
    spanned = list(range(int(span.group(1)), int(span.group(2)) + 1)) if span else []
    return spanned or [int(one) for one in _YEAR.findall(title)]


def _no_year() -> Finding:
    message = "文件里没有写明年份，时限无法换算成日期。请用 --year 指明计划年度，例如 --year 2024。"
    return Finding("warning", "NO_YEAR", Place(), "", message)


def _year_of_span(span: re.Match[str], choices: Mapping[str, str]) -> tuple[int, list[Finding]]:
    first, last = int(span.group(1)), int(span.group(2))
    offered = (
        tuple(str(one) for one in range(first, last + 1))
        if first < last <= first + 10
        else (str(first), str(last))
    )
    wanted = choices.get("MULTI_YEAR")
    taken = int(wanted) if wanted in offered else first
    message = f"文件跨{first}—{last}年，按{taken}年读取。如为其他年度，请指明年度或从中选定。"
    return taken, [Finding("warning", "MULTI_YEAR", Place(), span.group(), message, offered)]


def _stated_month(texts: list[str]) -> int | None:
    for text in texts:
        match = re.search(r"截[至止](?:20\d{2}年)?\s*(1[0-2]|0?[1-9])\s*月", text)
        if match:
            return int(match.group(1))
    return None
