"""An evaluation's tables and sentences as finished strings, for mails and pages alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from engine.scoring_model import Cost, EvaluationContent, Item, UnitScore, YearContent, YearScore
from notifications.words import clean, listed, period, quantity, say

Content = EvaluationContent | YearContent
COSTS_SHOWN = 12
YEAR_COUNTS = ("early", "on_time", "extended", "late", "open", "over")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class GridRow:
    """The cells of one row; ``name`` is the unit as data, ``total`` marks the sum."""

    cells: tuple[str, ...]
    name: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its heading; all columns from ``numbers_from`` on hold figures."""

    heading: str
    heads: tuple[str, ...]
    rows: tuple[GridRow, ...]
    numbers_from: int = 1
    note: str = ""


def shown_period(content: Content, locale: str) -> str:
    """The month or the year in words."""
    if isinstance(content, YearContent):
        return say(locale, "eval.year", year=content.period)
    return period(content.period, _year_of(content), locale)


def _year_of(content: EvaluationContent) -> date:
    """Read in the month's own year, so that December's needs no year in January."""
    return date(int(content.period[:4]), 12, 31)


def figure(value: Decimal | None) -> str:
    """A score or a weight without trailing zeros; a dash for none."""
    return "–" if value is None else quantity(value, "")


def moved(places: int | None) -> str:
    """Places gained or lost."""
    if places is None:
        return ""
    if places == 0:
        return "–"
    return f"↑{places}" if places > 0 else f"↓{-places}"


def parts_grid(row: UnitScore, locale: str) -> Grid:
    """Each part with its weight and what it brings; the parts without anything to judge are named."""
    rows = [
        GridRow(
            (
                say(locale, f"part.{one.name}"),
                figure(one.value),
                quantity(one.weight, "%") if one.weight else "–",
                "–" if one.value is None or not one.weight else figure(brought(one.value, one.weight)),
            )
        )
        for one in row.parts
    ]
    rows.append(GridRow((say(locale, "eval.total"), "", "", figure(row.score)), total=True))
    names = [say(locale, f"part.{one.name}") for one in row.parts if one.value is None]
    return Grid(
        say(locale, "eval.parts"),
        tuple(say(locale, f"eval.head.{name}") for name in ("part", "value", "weight", "counted")),
        tuple(rows),
        note=say(locale, "eval.spread", parts=listed(names, locale))
        if names and row.score is not None
        else "",
    )


def brought(value: Decimal, weight: Decimal) -> Decimal:
    """What a part brings to the score, in tenths."""
    return (value * weight / HUNDRED).quantize(Decimal("0.1"), ROUND_HALF_UP)


def months_table(content: EvaluationContent, locale: str, only: Collection[str] = ()) -> Grid:
    """All units by rank with their parts."""
    names = ("rank", "moved", "unit", "score")
    rows = [
        GridRow(
            (
                str(row.rank or "–"),
                moved(row.rank_change),
                clean(row.unit),
                figure(row.score),
                *(figure(part.value) for part in row.parts),
            ),
            row.unit,
        )
        for row in content.rows
        if not only or row.unit in only
    ]
    heads = [say(locale, f"eval.head.{name}") for name in names]
    heads += [say(locale, f"part.{name}") for name, _ in content.weights]
    key = "eval.table.own" if only else "eval.table"
    return Grid(say(locale, key, n=len(rows)), tuple(heads), tuple(rows), numbers_from=3)


def year_table(content: YearContent, locale: str, only: Collection[str] = ()) -> Grid:
    """All units by rank with both parts, and how their sub-tasks ended."""
    rows = [
        GridRow(
            (
                str(row.rank or "–"),
                clean(row.unit),
                figure(row.score),
                figure(row.mean),
                figure(row.completion),
                *(str(getattr(row, name)) for name in YEAR_COUNTS),
            ),
            row.unit,
        )
        for row in content.rows
        if not only or row.unit in only
    ]
    heads = [say(locale, f"eval.head.{name}") for name in ("rank", "unit", "score")]
    heads += [say(locale, f"part.{name}") for name, _ in content.weights]
    heads += [say(locale, f"eval.head.{name}") for name in YEAR_COUNTS]
    key = "eval.table.own" if only else "eval.table"
    return Grid(say(locale, key, n=len(rows)), tuple(heads), tuple(rows), numbers_from=2)


def table_of(content: Content, locale: str, only: Collection[str] = ()) -> Grid:
    """The table that is the same for everybody, or of some units only."""
    if isinstance(content, YearContent):
        return year_table(content, locale, only)
    return months_table(content, locale, only)


def cost_lines(row: UnitScore, content: EvaluationContent, locale: str) -> list[str]:
    """What took points from the unit, the most first."""
    shown = shown_period(content, locale)
    return [cost_sentence(cost, shown, locale) for cost in row.costs]


def cost_sentence(cost: Cost, shown: str, locale: str) -> str:
    """One cost with its figures."""
    task = f"{clean(cost.no)} {clean(cost.title)} ".strip() + " " if cost.title else ""
    return say(
        locale,
        "cost.line",
        part=say(locale, f"part.{cost.part}"),
        points=figure(cost.points),
        what=_cause(cost, task.rstrip() if locale == "en" else task, shown, locale),
    )


def _cause(cost: Cost, task: str, shown: str, locale: str) -> str:
    if cost.part == "cases":
        colour, _, number = cost.detail.partition(" ")
        return say(locale, "cost.cases", number=number, colour=say(locale, f"colour.{colour}"))
    if cost.part == "reports":
        return say(locale, f"cost.reports.{cost.detail}", task=task, period=shown)
    if cost.part == "milestones":
        return say(locale, "cost.milestones", task=task)
    if cost.asked is None:
        return say(locale, "cost.progress.steps", task=task)
    actual = quantity(cost.actual or Decimal(0), cost.unit)
    return say(locale, "cost.progress", task=task, actual=actual, asked=quantity(cost.asked, cost.unit))


def formula(content: Content, locale: str) -> str:
    """How the parts make the score, with the weights of the policy, and what the parts are."""
    whole = sum(weight for _, weight in content.weights)
    terms = [
        say(
            locale,
            "eval.term",
            part=say(locale, f"part.{name}"),
            weight=figure((HUNDRED * weight / whole).quantize(Decimal("0.1"))),
        )
        for name, weight in content.weights
        if weight
    ]
    key = "year.explained" if isinstance(content, YearContent) else "eval.explained"
    return say(locale, "eval.formula", terms="＋".join(terms) if locale != "en" else " + ".join(terms)) + (
        say(locale, key) if locale != "en" else " " + say(locale, key)
    )


def remarks(items: Sequence[Item], locale: str) -> list[str]:
    """What was not scored and why, and what was over-fulfilled."""
    said = []
    out = [
        say(locale, "eval.out.one", task=_task(item), why=say(locale, f"out.{item.out}"))
        for item in items
        if item.out
    ]
    over = [
        say(locale, "eval.over.one", task=_task(item), percent=figure(item.percent))
        for item in items
        if not item.out and item.percent is not None and item.percent > HUNDRED
    ]
    if out:
        said.append(say(locale, "eval.out", what=listed(out, locale)))
    if over:
        said.append(say(locale, "eval.over", what=listed(over, locale)))
    return said


def _task(item: Item) -> str:
    return f"{clean(item.no)} {clean(item.title)}".strip()


def row_of(content: Content, unit: str) -> UnitScore | YearScore | None:
    """The unit's own row."""
    rows: Sequence[UnitScore | YearScore] = content.rows
    return next((row for row in rows if row.unit == unit), None)
