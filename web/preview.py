"""A draft as one page on its own: every value beside the words it was read from, and what to decide first.

The page asks for nothing from anywhere and runs no script, so it can be mailed, printed and kept. It is in Chinese
only, as findings are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from intake.draft import (
    Finding,
    IndicatorDraft,
    MilestoneDraft,
    PlanDraft,
    ProgressDraft,
    ProjectDraft,
    QuantityDraft,
    Source,
    SubTaskDraft,
)
from intake.draft_json import counts, decimal_text
from intake.quantity_scan import narrow
from intake.quotas import adds_up
from intake.showing import (
    COUNTED,
    PHASES,
    SEVERITIES,
    Beside,
    amount,
    beside,
    choice_words,
    figure_text,
    figure_words,
    place_words,
    visible,
    worst_first,
)
from intake.table import Place
from intake.workbook_layout import DOCUMENT_KINDS, KINDS, STATUSES
from web.view import Chip, environment
from workflows.revise_plan import Revision

TONES = {"error": "red", "warning": "yellow", "note": "grey"}
STATUS_CHIPS = {
    "done": ("done", "✓"),
    "over_fulfilled": ("done", "✓"),
    "in_progress": ("plain", "◐"),
    "lagging": ("yellow", "▲"),
    "suspended": ("grey", "‖"),
    "not_started": ("grey", "○"),
    "unknown": ("grey", "？"),
}
FIELDS = {
    "lead_units": "牵头",
    "cooperating_units": "配合",
    "executing_units": "责任单位",
    "responsible": "责任人",
    "leaders": "分管领导",
    "level": "级别",
}
MOST_OPEN = 12  # findings of one code that are listed at once; the others unfold


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the source and where they stand; the words are empty where the value itself repeats them."""

    words: str
    place: str


@dataclass(frozen=True, slots=True)
class Told:
    """A value under its label, beside what it was read from."""

    label: str
    value: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """What one unit has to deliver."""

    unit: str
    figure: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator: how much of what, read from where, and how it is shared out."""

    subject: str
    figure: str
    kind: str
    quotes: tuple[Quote, ...]
    shares: tuple[Share, ...]
    total: str
    fits: bool


@dataclass(frozen=True, slots=True)
class Report:
    """A target or a report of a period; a target has no status."""

    period: str
    text: str
    place: str
    figures: str
    status: Chip | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding, its chip, and the row that it speaks of (``None`` for none)."""

    finding: Finding
    chip: Chip
    place: str
    quote: str
    choices: tuple[str, ...]
    row: Row | None = None


@dataclass(slots=True)
class Row:
    """A sub-task as the table shows it; ``heading`` is its project where the row begins one."""

    anchor: str
    number: str
    title: list[tuple[str, bool]]
    place: str
    heading: ProjectDraft | None
    told: list[Told]
    due: Told | None
    figures: list[Figure]
    targets: list[Report]
    reports: list[Report]
    problems: list[Problem]


def preview_page(draft: PlanDraft, file_name: str, revision: Revision | None = None) -> str:
    """The whole page as HTML, with its style inside."""
    found = beside(draft)
    rows = list(rows_of(draft, found))
    facts = draft.document
    problems = _problems(draft, found, rows, revision.findings if revision else ())
    template = _environment().get_template("preview.html.j2")
    return template.render(
        css=_css(),
        file_name=file_name,
        facts=facts,
        kind=DOCUMENT_KINDS.get(facts.kind, facts.kind),
        counts=[(label, counts(draft)[key]) for key, label in COUNTED.items()],
        marks=[(_chip(one), number) for one in SEVERITIES if (number := _count(problems, one))],
        phases=[(PHASES.get(one.name, one.name), one, _quotes(one.quote, one.where)) for one in draft.phases],
        rows=rows,
        has_dates=any(row.due for row in rows),
        decisions=_by_code(problems, ("error", "warning")),
        notes=_by_code(problems, ("note",)),
        revision=revision,
        most_open=MOST_OPEN,
    )


def rows_of(draft: PlanDraft, found: Beside) -> Iterator[Row]:
    """A row for each sub-task, in the order of the document."""
    number = 0
    for project in draft.projects:
        for position, subtask in enumerate(project.subtasks):
            number += 1
            yield _row(subtask, project if position == 0 else None, found, number)


def _row(subtask: SubTaskDraft, project: ProjectDraft | None, found: Beside, number: int) -> Row:
    wordings = [one.quote for one in subtask.indicators] + [one.quote for one in subtask.sources]
    wordings += subtask.level
    return Row(
        anchor=f"r{number}",
        number=subtask.no,
        title=marked(subtask.title, wordings),
        place=place_words(subtask.where),
        heading=project if project and _has_own_heading(project) else None,
        told=list(_told(subtask)),
        due=_due(subtask),
        figures=[_figure(one, subtask) for one in subtask.indicators],
        targets=[_target(one) for one in subtask.milestones],
        reports=[_report(one) for one in subtask.progress],
        problems=[_problem(finding) for finding in found.of(subtask)],
    )


def _has_own_heading(project: ProjectDraft) -> bool:
    """A project that is its only sub-task is not said twice."""
    ends = " 。；;."
    return len(project.subtasks) > 1 or project.title.strip(ends) != project.subtasks[0].title.strip(ends)


def marked(text: str, wordings: Iterable[str]) -> list[tuple[str, bool]]:
    """The text in pieces, those that one of the wordings quotes marked; a wide digit is as good as a narrow one."""
    flat, inside = narrow(text), [False] * len(text)
    for wording in {narrow(one) for one in wordings if one}:
        start = flat.find(wording)
        if start >= 0 and len(flat) == len(text) and wording != flat:
            inside[start : start + len(wording)] = [True] * len(wording)
    pieces: list[tuple[str, bool]] = []
    for char, is_quoted in zip(text, inside, strict=True):
        if pieces and pieces[-1][1] == is_quoted:
            pieces[-1] = (pieces[-1][0] + char, is_quoted)
        else:
            pieces.append((char, is_quoted))
    return pieces


# --- Values beside their sources ------------------------------------------------------------------------------------


def _told(subtask: SubTaskDraft) -> Iterator[Told]:
    for name, label in FIELDS.items():
        values: list[str] = getattr(subtask, name)
        sources = _sources(subtask, name, values)
        if (
            values
            and not sources
            and name == "executing_units"
            and any(one.quotas for one in subtask.indicators)
        ):
            continue  # known by their shares, which are shown
        if values or name == "lead_units":
            yield Told(label, "、".join(values), sources)


def _sources(subtask: SubTaskDraft, name: str, values: Sequence[str], unit: str = "") -> tuple[Quote, ...]:
    kept: Iterable[Source] = (one for one in subtask.sources if (one.field, one.name) == (name, unit))
    return tuple(quote for one in kept for quote in _quotes(one.quote, one.where, *values))


def _quotes(words: str, where: Place, *values: str) -> tuple[Quote, ...]:
    """The words with their place, without those that only repeat the value."""
    repeats = _letters(words) == _letters("".join(values))
    quote = Quote("" if repeats else " ".join(words.split()), place_words(where))
    return (quote,) if quote.words or quote.place else ()


def _letters(text: str) -> str:
    return "".join(char for char in narrow(text) if char.isalnum())


def _due(subtask: SubTaskDraft) -> Told | None:
    due = subtask.deadline
    if not (due.date or due.text or subtask.starts_on):
        return None
    value = due.date.isoformat() if due.date else "没有读出日期" if due.text else ""
    start = f"{subtask.starts_on} 起" if subtask.starts_on else ""
    quotes = _sources(subtask, "deadline", ()) or _quotes(due.text or "", subtask.where)
    return Told(start, value, quotes)


def _figure(indicator: IndicatorDraft, subtask: SubTaskDraft) -> Figure:
    total = sum(indicator.quotas.values(), indicator.quantity * 0)
    return Figure(
        subject=indicator.subject,
        figure=figure_words(indicator),
        kind="" if indicator.kind == "delivery" else KINDS.get(indicator.kind, indicator.kind),
        quotes=_quotes(indicator.quote, indicator.where),
        shares=tuple(_share(unit, indicator, subtask) for unit in indicator.quotas),
        total=amount(total, indicator.unit),
        fits=adds_up(indicator),
    )


def _share(unit: str, indicator: IndicatorDraft, subtask: SubTaskDraft) -> Share:
    figure = amount(indicator.quotas[unit], indicator.unit)
    bare = decimal_text(indicator.quotas[unit])
    quotes = _sources(subtask, "quotas", (figure,), unit)
    return Share(
        unit, figure, tuple(Quote("" if one.words == bare else one.words, one.place) for one in quotes)
    )


def _target(milestone: MilestoneDraft) -> Report:
    period = milestone.due_on.isoformat() if milestone.due_on else milestone.period
    return Report(period, milestone.text, place_words(milestone.where), _figures(milestone.quantities))


def _report(report: ProgressDraft) -> Report:
    tone, symbol = STATUS_CHIPS.get(report.status, STATUS_CHIPS["unknown"])
    chip = Chip(tone, symbol, STATUSES.get(report.status, report.status))
    return Report(report.period, report.text, place_words(report.where), _figures(report.quantities), chip)


def _figures(quantities: Sequence[QuantityDraft]) -> str:
    return "、".join(figure_text(one) for one in quantities)


# --- Findings -------------------------------------------------------------------------------------------------------


def _problems(
    draft: PlanDraft, found: Beside, rows: Sequence[Row], others: Sequence[Finding]
) -> list[Problem]:
    """All findings with the others, which speak of no row; the worst first, each leading to its row."""
    subtasks = [subtask for project in draft.projects for subtask in project.subtasks]
    problems = [_problem(finding) for finding in (*others, *found.loose)]
    for subtask, row in zip(subtasks, rows, strict=True):
        problems += [_problem(finding, row) for finding in found.of(subtask)]
    order = {
        id(finding): position for position, finding in enumerate(worst_first([*others, *draft.findings]))
    }
    return sorted(problems, key=lambda one: order[id(one.finding)])


def _problem(finding: Finding, row: Row | None = None) -> Problem:
    quote = "" if finding.quote in finding.message else " ".join(finding.quote.split())
    choices = tuple(choice_words(finding, value) for value in finding.alternatives)
    return Problem(finding, _chip(finding.severity), place_words(finding.where), quote, choices, row)


def _count(problems: Sequence[Problem], severity: str) -> int:
    return sum(one.finding.severity == severity for one in problems)


def _by_code(problems: Iterable[Problem], wanted: Sequence[str]) -> list[tuple[str, list[Problem]]]:
    groups: dict[tuple[str, str], list[Problem]] = {}
    for one in problems:
        if one.finding.severity in wanted:
            groups.setdefault((one.finding.severity, one.finding.code), []).append(one)
    return [(code, group) for (_, code), group in groups.items()]


def _chip(severity: str) -> Chip:
    symbols = {"error": "■", "warning": "▲", "note": "●"}
    return Chip(TONES.get(severity, "grey"), symbols.get(severity, "●"), SEVERITIES.get(severity, severity))


# --- The page -------------------------------------------------------------------------------------------------------


@cache
def _environment() -> Environment:
    """The templates of the pages; what a document says cannot turn the words around it."""
    return environment().overlay(finalize=_finalize)


def _finalize(value: Any) -> Any:
    return visible(value) if type(value) is str else value


@cache
def _css() -> Markup:
    static = files("web").joinpath("static")
    texts = (static.joinpath(name).read_text("utf-8") for name in ("duban.css", "preview.css"))
    # The style sheets are our own files, so they go into the page as they are.
    return Markup("\n".join(texts))
