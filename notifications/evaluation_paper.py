"""A frozen evaluation as a paper: everybody's table with the formula, and what cost points."""

from __future__ import annotations

from collections.abc import Iterator

from engine.scoring_model import EvaluationContent
from notifications.evaluation_view import Content, cost_lines, formula, remarks, shown_period, table_of
from notifications.evaluation_view import Grid as Table
from notifications.paper import Cell, Grid, Paper
from notifications.words import clean, full_day, known_locale, say

UNIT_WIDTH, FIGURE_WIDTH, COSTS_WIDTHS = 14, 6, (14, 50)


def evaluation_paper(content: Content, locale: str) -> Paper:
    """The paper of an evaluation of a month or a year; it depends on the frozen content alone."""
    locale = known_locale(locale)
    return Paper(
        title=say(
            locale, "paper.evaluation", plan=clean(content.plan_title), period=shown_period(content, locale)
        ),
        subtitle=say(locale, "paper.as_of", date=full_day(content.on, locale)),
        grids=(_scores(table_of(content, locale), content, locale), *_costs(content, locale)),
        notes=tuple(_remarks(content, locale)),
        is_wide=not isinstance(content, EvaluationContent),
        locale=locale,
    )


def _scores(table: Table, content: Content, locale: str) -> Grid:
    unit = table.numbers_from - 1
    return Grid(
        name=say(locale, "paper.sheet.scores"),
        heading=table.heading,
        heads=table.heads,
        rows=tuple(tuple(Cell(cell) for cell in row.cells) for row in table.rows),
        widths=tuple(UNIT_WIDTH if number == unit else FIGURE_WIDTH for number in range(len(table.heads))),
        sides="".join(
            "l" if number == unit else "c" if number < unit else "r" for number in range(len(table.heads))
        ),
        note=formula(content, locale),
    )


def _costs(content: Content, locale: str) -> Iterator[Grid]:
    """For each unit what cost points; the year has no such list."""
    if not isinstance(content, EvaluationContent):
        return
    rows = [
        (Cell(clean(row.unit)), Cell(line))
        for row in content.rows
        for line in cost_lines(row, content, locale)
    ]
    if rows:
        yield Grid(
            name=say(locale, "paper.sheet.costs"),
            heading=say(locale, "eval.costs"),
            heads=(say(locale, "eval.head.unit"), say(locale, "eval.costs")),
            rows=tuple(rows),
            widths=COSTS_WIDTHS,
            sides="ll",
        )


def _remarks(content: Content, locale: str) -> Iterator[str]:
    """What was not scored and what was over-fulfilled, each sub-task once."""
    if isinstance(content, EvaluationContent):
        items = {item.subtask_id: item for row in content.rows for item in row.items}
        yield from remarks([items[key] for key in sorted(items)], locale)
