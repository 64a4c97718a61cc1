"""The standing table of all units, as finished strings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from engine.digest_model import UnitRow
from engine.model import Light
from notifications.words import clean, light_symbol, quantity, say

ROWS_ON_PAGE = 80  # of one table in HTML, so that mail readers do not cut it; the text part has all
TONES = {
    Light.RED: "red",
    Light.YELLOW: "yellow",
    Light.GREEN: "green",
    Light.DONE: "green",
    Light.GREY: "grey",
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A light as symbol, word and colour."""

    tone: str
    symbol: str
    word: str


@dataclass(frozen=True, slots=True)
class RowView:
    """One unit of the standing table; ``name`` is the unit as data, ``line`` the row for the text part."""

    name: str
    rank: str
    moved: str
    unit: str
    counts: tuple[str, ...]
    average: str
    line: str


@dataclass(frozen=True, slots=True)
class StandingView:
    """The table that is the same for all."""

    heading: str
    heads: tuple[str, ...]
    light_heads: tuple[Chip, ...]
    average_head: str
    rows: tuple[RowView, ...]
    left_out: str
    note: str


@lru_cache(maxsize=8)  # the same table goes to every unit of a plan
def standing_view(table: tuple[UnitRow, ...], locale: str) -> StandingView:
    """The rows in the order given, which is by rank."""
    lights = (Light.RED, Light.YELLOW, Light.GREEN, Light.DONE)
    return StandingView(
        heading=say(locale, "digest.standing", n=len(table)),
        heads=tuple(say(locale, f"digest.head.{name}") for name in ("rank", "moved", "unit")),
        light_heads=tuple(
            Chip(TONES[light], light_symbol(light), say(locale, f"digest.head.{light}")) for light in lights
        ),
        average_head=say(locale, "digest.head.average"),
        rows=tuple(_row(row) for row in table),
        left_out=left_out(len(table), locale),
        note=say(locale, "digest.standing.note"),
    )


def standing_text(standing: StandingView, readers: tuple[str, ...], locale: str) -> str:
    """All rows for the text part, the reader's own marked."""
    own = say(locale, "digest.own_row")
    return "\n".join(row.line + own if row.name in readers else row.line for row in standing.rows)


def _row(row: UnitRow) -> RowView:
    counts = tuple(str(count) for count in (row.red, row.yellow, row.green, row.done))
    rank, moved = str(row.rank or "–"), _moved(row.rank_change)
    average = "–" if row.average is None else quantity(row.average, "%")
    lights = " ".join(f"{symbol}{count}" for symbol, count in zip("■▲●✓", counts, strict=True))
    unit = clean(row.unit)
    line = " ".join(filter(None, (rank, unit, moved, lights, average)))
    return RowView(row.unit, rank, moved, unit, counts, average, line)


def _moved(places: int | None) -> str:
    if places is None:
        return ""
    if places == 0:
        return "–"
    return f"↑{places}" if places > 0 else f"↓{-places}"


def left_out(rows: int, locale: str) -> str:
    """How many of so many rows a page leaves out; empty if none."""
    return say(locale, "digest.left_out", n=rows - ROWS_ON_PAGE) if rows > ROWS_ON_PAGE else ""
