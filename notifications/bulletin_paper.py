"""A frozen weekly bulletin as a paper: the standing table, what is red or yellow, the gap list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.digest_model import DigestContent
from notifications.digest_tables import LineView, TableView, chip_of, tables_of, worst_first
from notifications.paper import Cell, Grid, Paper
from notifications.standing_view import RowView, StandingView, standing_view
from notifications.words import clean, full_day, known_locale, listed, say

STANDING_WIDTHS, STANDING_SIDES = (5, 5, 20, 6, 6, 6, 6, 8), "cclccccr"
TASK_WIDTHS, TASK_SIDES = (5, 24, 12, 8, 11, 6, 9, 18), "llllrcll"


def bulletin_paper(content: DigestContent, locale: str) -> Paper:
    """The paper of a weekly bulletin; it depends on the frozen content alone."""
    locale = known_locale(locale)
    return Paper(
        title=_title(content, locale),
        subtitle="　".join(
            (say(locale, "paper.as_of", date=full_day(content.slot.on, locale)), _counts(content, locale))
        ),
        grids=(_standing(standing_view(content.table, locale), locale), *_tasks(content, locale)),
        notes=(*map(clean, content.findings), *_chain(content, locale)),
        is_wide=True,
        locale=locale,
    )


def _chain(content: DigestContent, locale: str) -> tuple[str, ...]:
    return (say(locale, "digest.chain", chain=clean(content.chain)),) if content.chain else ()


def _title(content: DigestContent, locale: str) -> str:
    if content.slot.week == "final":
        return say(locale, "paper.final", plan=clean(content.plan_title))
    key = "paper.bulletin" if "W" in content.slot.week else "paper.bulletin.daily"
    week = content.slot.on.isocalendar().week
    return say(locale, key, plan=clean(content.plan_title), week=week)


def _counts(content: DigestContent, locale: str) -> str:
    found = Counter(chip_of(line, locale).word for line in worst_first(content.lines))
    counts = listed([say(locale, "count", n=n, what=word) for word, n in found.items()], locale)
    return say(locale, "paper.counts", n=len(content.lines), counts=counts) if found else ""


def _standing(view: StandingView, locale: str) -> Grid:
    heads = (*view.heads, *(f"{one.symbol} {one.word}" for one in view.light_heads), view.average_head)
    return Grid(
        name=say(locale, "paper.sheet.standing"),
        heading=say(locale, "paper.standing", n=len(view.rows)),
        heads=heads,
        rows=tuple(_row(row, view) for row in view.rows),
        widths=STANDING_WIDTHS,
        sides=STANDING_SIDES,
        note=view.note,
    )


def _row(row: RowView, view: StandingView) -> tuple[Cell, ...]:
    lights = (
        Cell(count, light.tone if count != "0" else "")
        for count, light in zip(row.counts, view.light_heads, strict=True)
    )
    return Cell(row.rank), Cell(row.moved), Cell(row.unit), *lights, Cell(row.average)


def _tasks(content: DigestContent, locale: str) -> Iterator[Grid]:
    numbers = say(locale, "paper.numbers").split(",")
    names = ["gap"] * bool(content.gap_list)
    tables = list(tables_of(content, locale))
    if len(tables) > len(names):
        names.insert(0, "watched")
    for number, (name, table) in enumerate(zip(names, tables, strict=True), 1):
        yield _task_grid(name, numbers[number], table, locale)


def _task_grid(name: str, number: str, table: TableView, locale: str) -> Grid:
    own = ("no", "task", "lead", "light")
    heads = [say(locale, f"paper.head.{one}") for one in own]
    heads += [say(locale, f"digest.head.{one}") for one in ("figures", "behind", "due")]
    return Grid(
        name=say(locale, f"paper.sheet.{name}"),
        heading=say(locale, f"paper.{name}", number=number, n=len(table.rows)),
        heads=(*heads, say(locale, "paper.head.note")),
        rows=tuple(_task(line) for line in table.rows),
        widths=TASK_WIDTHS,
        sides=TASK_SIDES,
    )


def _task(line: LineView) -> tuple[Cell, ...]:
    light = Cell(f"{line.chip.symbol} {line.chip.word}", line.chip.tone)
    texts = (line.figures, line.behind, line.due, line.note)
    return Cell(line.no), Cell(line.title), Cell(line.lead), light, *map(Cell, texts)
