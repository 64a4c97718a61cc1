"""The tables of a digest or bulletin: sub-tasks line by line, and what a unit executes of others' tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from engine.digest_model import Change, DigestContent, ShareFigure, ShareLine, TaskLine
from engine.model import Light
from notifications.standing_view import TONES, Chip, left_out
from notifications.words import (
    UPCOMING,
    clean,
    day,
    light_symbol,
    light_word,
    listed,
    period,
    quantity,
    say,
    working_days,
)

WORST_FIRST = (Light.RED, Light.YELLOW, Light.GREEN, Light.DONE, Light.GREY)
OFFICE_ON_CARD = 30
WATCHED = frozenset({Light.RED, Light.YELLOW})


@dataclass(frozen=True, slots=True)
class LineView:
    """One sub-task of a table."""

    chip: Chip
    no: str
    title: str
    lead: str
    note: str
    figures: str
    behind: str
    due: str
    labelled: str


@dataclass(frozen=True, slots=True)
class TableView:
    """A heading and column heads with rows of sub-tasks, and how many of them a page leaves out.

    A card shows the first ``on_card`` rows: all of the reader's own.
    """

    heading: str
    heads: tuple[str, ...]
    rows: tuple[LineView, ...]
    left_out: str
    on_card: int


def tables_of(content: DigestContent, locale: str) -> Iterator[TableView]:
    """The tables of a reader's digest: what it answers for first, what everybody sees last."""
    yield from _TABLES[content.reader](content, locale)
    if content.gap_list:
        yield _table("digest.gap", content.gap_list, content.slot.on, locale, names_lead=True, on_card=0)


def worst_first(lines: Iterable[TaskLine]) -> list[TaskLine]:
    """Red, yellow, green, done, grey; the most behind first, else as they came."""
    return sorted(lines, key=lambda line: (WORST_FIRST.index(line.light), -line.behind))


def chip_of(line: TaskLine | Change, locale: str) -> Chip:
    """The light of a line as symbol, word and colour."""
    light = line.after if isinstance(line, Change) else line.light
    return Chip(TONES[light], light_symbol(light, line.reason), light_word(light, line.reason, locale))


def share_chip(line: ShareLine, locale: str) -> Chip:
    """Done or resting as a light; what runs is neither good nor bad by itself."""
    if line.light is None:
        return Chip("blue", UPCOMING, say(locale, "digest.share"))
    return Chip(
        TONES[line.light], light_symbol(line.light, line.reason), light_word(line.light, line.reason, locale)
    )


def _units_tables(content: DigestContent, locale: str) -> Iterator[TableView]:
    on = content.slot.on
    if content.lines:
        yield _table("digest.own", worst_first(content.lines), on, locale, names_lead=False)
    if content.shares:
        rows = tuple(_share(line, on, locale) for line in content.shares)
        heading, left = say(locale, "digest.shares", n=len(rows)), left_out(len(rows), locale)
        yield TableView(heading, _heads(locale), rows, left, on_card=len(rows))


def _leaders_tables(content: DigestContent, locale: str) -> Iterator[TableView]:
    """Only what has escalated, then what else is red or yellow: one page."""
    escalated = [line for line in content.lines if line.has_escalated]
    others = [line for line in content.lines if line.light in WATCHED and not line.has_escalated]
    for heading, lines in (("digest.escalated", escalated), ("digest.watched.leader", others)):
        if lines:
            yield _table(heading, worst_first(lines), content.slot.on, locale, names_lead=True)


def _offices_tables(content: DigestContent, locale: str) -> Iterator[TableView]:
    watched = [line for line in content.lines if line.light in WATCHED or line.awaiting_acceptance]
    if watched:
        lines = worst_first(watched)
        yield _table(
            "digest.watched", lines, content.slot.on, locale, names_lead=True, on_card=OFFICE_ON_CARD
        )


_TABLES: dict[str, Callable[[DigestContent, str], Iterator[TableView]]] = {
    "unit": _units_tables,
    "leader": _leaders_tables,
    "office": _offices_tables,
}


def _heads(locale: str) -> tuple[str, ...]:
    return tuple(say(locale, f"digest.head.{name}") for name in ("task", "figures", "behind", "due"))


def _table(
    heading: str,
    lines: Iterable[TaskLine],
    on: date,
    locale: str,
    *,
    names_lead: bool,
    on_card: int | None = None,
) -> TableView:
    rows = tuple(_line(line, on, locale, names_lead) for line in lines)
    return TableView(
        say(locale, heading, n=len(rows)),
        _heads(locale),
        rows,
        left_out(len(rows), locale),
        on_card=len(rows) if on_card is None else min(on_card, len(rows)),
    )


def _line(line: TaskLine, on: date, locale: str, names_lead: bool) -> LineView:
    mark = say(locale, "estimated") if line.estimated else ""
    figures = _figures(line, locale)
    due = day(line.deadline, on, locale, weekday=False, mark=mark)
    return LineView(
        chip=chip_of(line, locale),
        no=clean(line.no),
        title=clean(line.title),
        lead=listed([clean(unit) for unit in line.units], locale) if names_lead else "",
        note=listed(list(_notes(line, on, locale)), locale),
        figures=figures,
        behind=str(line.behind) if line.behind else "",
        due=due,
        labelled=" | ".join(_labelled(line, figures, due, locale)),
    )


def _labelled(line: TaskLine, figures: str, due: str, locale: str) -> Iterator[str]:
    """The figures of a line for the text part, where no column heads explain them."""
    if figures:
        yield f"{say(locale, 'digest.head.figures')} {figures}"
    if line.behind:
        yield say(locale, "digest.behind", days=working_days(line.behind, locale))
    yield f"{say(locale, 'digest.head.due')} {due}"


def _figures(line: TaskLine, locale: str) -> str:
    if line.target is None:
        return ""
    actual = say(locale, "fact.none") if line.actual is None else quantity(line.actual, "")
    return f"{actual} / {quantity(line.target, line.unit)}"


def _notes(line: TaskLine, on: date, locale: str) -> Iterator[str]:
    if line.expected is not None and line.light in WATCHED:
        yield say(locale, "digest.expected", expected=quantity(line.expected, line.unit))
    if line.late_period:
        yield say(locale, "digest.late", period=period(line.late_period, on, locale))
    if line.unreviewed:
        yield say(locale, "digest.unreviewed")
    if line.awaiting_acceptance:
        yield say(locale, "digest.awaiting")
    if line.forecast and line.forecast.late and line.light is not Light.RED:
        yield _forecast(line.forecast.on, on, locale)
    if line.cases:
        yield say(locale, "digest.case", numbers=listed(list(line.cases), locale))
    elif line.level:
        yield say(locale, f"digest.level.{min(line.level, 3)}")


def _forecast(done_on: date | None, on: date, locale: str) -> str:
    if done_on is None:
        return say(locale, "digest.forecast.never")
    return say(locale, "digest.forecast", date=day(done_on, on, locale, weekday=False))


def _share(line: ShareLine, on: date, locale: str) -> LineView:
    mark = say(locale, "estimated") if line.estimated else ""
    figures = listed([_share_figure(one, locale) for one in line.figures], locale)
    due = day(line.deadline, on, locale, weekday=False, mark=mark)
    leads = listed([clean(unit) for unit in line.leads], locale)
    labels = ("figures", figures), ("due", due)
    return LineView(
        chip=share_chip(line, locale),
        no=clean(line.no),
        title=clean(line.title),
        lead="",
        note=say(locale, "digest.share.lead", leads=leads) if leads else "",
        figures=figures,
        behind="",
        due=due,
        labelled=" | ".join(f"{say(locale, f'digest.head.{key}')} {text}" for key, text in labels if text),
    )


def _share_figure(one: ShareFigure, locale: str) -> str:
    actual = say(locale, "fact.none") if one.actual is None else quantity(one.actual, "")
    return f"{actual} / {quantity(one.quota, one.unit)}"
