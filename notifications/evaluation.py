"""The message that tells a reader the month's or the year's scores: the own one first, then everybody's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from engine.scoring_model import UnitScore, YearContent, YearScore
from notifications.digest_view import ListView
from notifications.evaluation_view import (
    COSTS_SHOWN,
    Content,
    Grid,
    GridRow,
    cost_lines,
    cost_sentence,
    figure,
    formula,
    parts_grid,
    remarks,
    row_of,
    shown_period,
    table_of,
)
from notifications.message import Person
from notifications.standing_view import ROWS_ON_PAGE, Chip, left_out
from notifications.views import also_to, joined, left_off, person
from notifications.words import clean, cut, full_day, known_locale, say

UNIT_IN_SUBJECT = 20
GOOD, FAIR = Decimal(90), Decimal(60)
SYMBOLS = {"green": "●", "yellow": "▲", "red": "■", "grey": "○"}


@dataclass(frozen=True, slots=True)
class EvaluationView:
    """An evaluation and its reader. ``own`` are the reader's units: one for a lead unit, several for a leader,
    none for a coordinator. ``table`` is everybody's in the reader's language, made once for all of them."""

    content: Content
    table: Grid
    unit: str
    post: str
    coordinator: Person
    own: tuple[str, ...] = ()
    is_leader: bool = False
    contact: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True)
class EvaluationPage:
    """A whole message; the templates add no words of their own."""

    locale: str
    colon: str
    rows_on_page: int
    subject: str
    tone: str
    to: str
    dated: str
    headline: str
    said: str
    chips: tuple[Chip, ...]
    link: str | None
    button: str
    how: str
    first: tuple[Grid, ...]
    costs: ListView | None
    tables: tuple[Grid, ...]
    own: tuple[str, ...]
    left_out: str
    notes: tuple[str, ...]
    footer: tuple[str, ...]
    own_rows: tuple[str, ...]
    left_off: str
    contact: str


def evaluation_page(view: EvaluationView, locale: str) -> EvaluationPage:
    """The message for one reader; ``locale`` is one that :func:`notifications.words.known_locale` gives."""
    locale = known_locale(locale)
    content, own = view.content, _own_row(view)
    month_row = own if isinstance(own, UnitScore) else None
    return EvaluationPage(
        locale=locale,
        colon=say(locale, "colon"),
        rows_on_page=ROWS_ON_PAGE,
        subject=evaluation_subject(view, locale),
        tone=_tone(own.score) if own else "blue",
        to=joined(view.unit, view.post, view.contact),
        dated=f"{clean(content.plan_title)} · {full_day(content.on, locale)}",
        headline=_headline(view, locale),
        said=_said(view, locale),
        chips=tuple(_chips(own, locale)),
        link=view.link,
        button=say(locale, "button"),
        how=say(locale, "eval.how", who=person(view.coordinator)) if view.own else "",
        first=(parts_grid(month_row, locale),) if month_row else (),
        costs=_costs(view, month_row, locale) if month_row else None,
        tables=tuple(_tables(view, locale)),
        own=view.own,
        left_out=left_out(len(content.rows), locale),
        notes=(formula(content, locale), *(remarks(month_row.items, locale) if month_row else ())),
        footer=tuple(_footer(view, locale)),
        own_rows=tuple(_told_row(row, view.table) for row in view.table.rows if row.name in view.own),
        left_off=left_off(view.coordinator, not view.own, locale),
        contact=say(locale, "card.contact", who=person(view.coordinator)) if view.own else "",
    )


def evaluation_subject(view: EvaluationView, locale: str) -> str:
    """Who, how many points, which rank; to leaders and coordinators how many units."""
    key, data = _told(view, locale)
    kind = "year" if isinstance(view.content, YearContent) else "eval"
    suffix = {"leader": ".many", "many": ".many", "none": ".none", "": ""}[key]
    return say(locale, f"{kind}.subject{suffix}", unit=cut(clean(view.unit), UNIT_IN_SUBJECT), **data)


def _headline(view: EvaluationView, locale: str) -> str:
    key, data = _told(view, locale)
    kind = "year" if isinstance(view.content, YearContent) else "eval"
    return say(locale, f"{kind}.headline" + (f".{key}" if key else ""), **data)


def _told(view: EvaluationView, locale: str) -> tuple[str, dict[str, object]]:
    """What kind of reader it is, and the figures of the first line."""
    content, own = view.content, _own_row(view)
    ranked = sum(row.rank is not None for row in content.rows)
    data: dict[str, object] = {"period": shown_period(content, locale), "n": ranked, "own": len(view.own)}
    if not view.own:
        return "many", data
    if view.is_leader:
        return "leader", data | {"n": len(view.own)}
    if own is None or own.score is None:
        return "none", data
    return "", data | {"score": figure(own.score), "rank": own.rank}


def _own_row(view: EvaluationView) -> UnitScore | YearScore | None:
    return None if view.is_leader or not view.own else row_of(view.content, view.own[0])


def _tone(score: Decimal | None) -> str:
    if score is None or score >= GOOD:
        return "blue"
    return "yellow" if score >= FAIR else "red"


def _chips(own: UnitScore | YearScore | None, locale: str) -> Iterator[Chip]:
    """The parts by their points, as colour, symbol and words."""
    if own is None or own.score is None:
        return
    parts = (
        [(one.name, one.value) for one in own.parts]
        if isinstance(own, UnitScore)
        else [("months", own.mean), ("completion", own.completion)]
    )
    for name, value in parts:
        if value is not None:
            tone = "green" if value >= GOOD else "yellow" if value >= FAIR else "red"
            yield Chip(tone, SYMBOLS[tone], f"{say(locale, f'part.{name}')} {figure(value)}")


def _said(view: EvaluationView, locale: str) -> str:
    """One sentence below the headline: how the rank moved, and what cost most."""
    own = _own_row(view)
    if isinstance(own, UnitScore) and own.score is not None:
        return _movement(own, locale) + _most(view, own, locale)
    if own is not None or (view.own and not view.is_leader):
        return ""
    mine = [row for row in view.content.rows if not view.own or row.unit in view.own]
    scores = [(row.score, row.unit) for row in mine if row.score is not None]
    if not scores:
        return ""
    (worst, unit), (best, _) = min(scores), max(scores)
    if view.is_leader:
        return say(locale, "eval.leader.said", unit=clean(unit), score=figure(worst))
    return say(locale, "eval.office.said", best=figure(best), worst=figure(worst))


def _movement(own: UnitScore, locale: str) -> str:
    if own.rank_change is None:
        return say(locale, "eval.first")
    key = "up" if own.rank_change > 0 else "down" if own.rank_change < 0 else "same"
    return say(locale, f"eval.{key}", n=abs(own.rank_change))


def _most(view: EvaluationView, own: UnitScore, locale: str) -> str:
    if not own.costs:
        return say(locale, "eval.full")
    what = cost_sentence(own.costs[0], shown_period(view.content, locale), locale)
    return say(locale, "eval.most", what=what)


def _costs(view: EvaluationView, own: UnitScore, locale: str) -> ListView | None:
    assert not isinstance(view.content, YearContent)
    if own.score is None:
        return None
    lines = cost_lines(own, view.content, locale)
    shown = lines[:COSTS_SHOWN] or [say(locale, "eval.costs.none")]
    if len(lines) > COSTS_SHOWN:
        left = own.costs[COSTS_SHOWN:]
        shown.append(say(locale, "eval.costs.more", n=len(left), points=figure(left[0].points)))
    return ListView(say(locale, "eval.costs"), tuple((None, line) for line in shown))


def _tables(view: EvaluationView, locale: str) -> Iterator[Grid]:
    if view.is_leader:
        yield table_of(view.content, locale, view.own)
    yield view.table


def _told_row(row: GridRow, table: Grid) -> str:
    """The row where no column heads stand above it; what is empty is left out."""
    cells = zip(table.heads, row.cells, strict=True)
    return " · ".join(f"{head} {cell}" for head, cell in cells if cell not in ("", "–"))


def _footer(view: EvaluationView, locale: str) -> Iterator[str]:
    key = ".leader" if view.is_leader else "" if view.own else ".office"
    yield say(locale, f"why.evaluation{key}", unit=clean(view.unit))
    yield also_to((), locale)
    if view.own:
        yield say(locale, "wrong_person", who=person(view.coordinator))
    yield say(locale, "automatic")
