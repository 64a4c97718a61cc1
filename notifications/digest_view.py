"""The weekly digest as finished strings for its templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.model import Light, Rule
from notifications.message import DigestChange, DigestLine, DigestView, NextDate, StandingRow
from notifications.views import also_to, joined, person
from notifications.words import (
    clean,
    cut,
    day,
    full_day,
    light_symbol,
    light_word,
    listed,
    period,
    quantity,
    say,
    working_days,
)

UNIT_IN_SUBJECT = 20
_WORST_FIRST = (Light.RED, Light.YELLOW, Light.GREEN, Light.DONE, Light.GREY)
_TONES = {
    Light.RED: "red",
    Light.YELLOW: "yellow",
    Light.GREEN: "green",
    Light.DONE: "green",
    Light.GREY: "grey",
}
_DATE_WORDS = {
    Rule.REPORT_DUE: "next.report",
    Rule.MILESTONE_DUE: "next.milestone",
    Rule.DEADLINE_DUE: "next.deadline",
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A light as symbol, word and colour."""

    tone: str
    symbol: str
    word: str


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
class RowView:
    """One unit of the standing table."""

    rank: str
    moved: str
    unit: str
    counts: tuple[str, ...]
    is_own: bool


@dataclass(frozen=True, slots=True)
class ListView:
    """A heading with lines of words, each a chip and a text."""

    heading: str
    lines: tuple[tuple[Chip | None, str], ...]
    empty: str


@dataclass(frozen=True, slots=True)
class TableView:
    """A heading, a caption for the eye and column heads with rows of sub-tasks."""

    heading: str
    heads: tuple[str, ...]
    rows: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class StandingView:
    """The table that is the same for all."""

    heading: str
    heads: tuple[str, ...]
    light_heads: tuple[Chip, ...]
    rows: tuple[RowView, ...]
    note: str


@dataclass(frozen=True, slots=True)
class DigestPage:
    """A whole digest; the templates add no words of their own."""

    locale: str
    colon: str
    subject: str
    tone: str
    to: str
    dated: str
    headline: str
    chips: tuple[Chip, ...]
    ask: str
    link: str | None
    button: str
    how: str
    changes: ListView
    own: TableView
    gap: TableView | None
    next_dates: ListView
    standing: StandingView
    own_row: str
    footer: tuple[str, ...]


def digest_page(digest: DigestView, locale: str) -> DigestPage:
    """The digest of one unit; ``locale`` is one that :func:`notifications.words.known_locale` gives."""
    who = person(digest.coordinator)
    unit = clean(digest.unit)
    return DigestPage(
        locale=locale,
        colon=say(locale, "colon"),
        subject=digest_subject(digest, locale),
        tone=_tone(digest),
        to=joined(digest.unit, digest.post, digest.contact),
        dated=_dated(digest, locale),
        headline=_headline(digest, locale),
        chips=_summary(digest, locale),
        ask=_ask(digest, locale),
        link=digest.link,
        button=say(locale, "button"),
        how=say(locale, "digest.how", who=who),
        changes=_changes(digest, locale),
        own=_table("digest.own", worst_first(digest.lines), digest.on, locale),
        gap=_table("digest.gap", digest.gap_list, digest.on, locale) if digest.gap_list else None,
        next_dates=_next_dates(digest, locale),
        standing=_standing(digest, locale),
        own_row=say(locale, "digest.own_row"),
        footer=(
            say(locale, "why.digest", unit=unit),
            also_to(digest.also_to, locale),
            say(locale, "wrong_person", who=who),
            say(locale, "automatic"),
        ),
    )


def _dated(digest: DigestView, locale: str) -> str:
    text = say(locale, "dated", date=full_day(digest.on, locale), week=digest.week)
    return f"{text} · {clean(digest.plan_title)}"


def _headline(digest: DigestView, locale: str) -> str:
    behind = _behind(digest)
    return say(locale, "digest.headline" if behind else "digest.headline.none", week=digest.week, n=behind)


def _behind(digest: DigestView) -> int:
    return sum(line.light in (Light.RED, Light.YELLOW) for line in digest.lines)


def digest_subject(digest: DigestView, locale: str) -> str:
    """Who, which rank, and what is yellow or red; everything where nothing is."""
    unit = cut(clean(digest.unit), UNIT_IN_SUBJECT)
    chips = _summary(digest, locale)
    urgent = [chip.word for chip in chips if chip.tone in ("red", "yellow")]
    words = urgent or [chip.word for chip in chips] or [say(locale, "digest.nothing")]
    counts = listed([word for word in (_own_rank(digest, locale), *words) if word], locale)
    return say(locale, "subject.digest", unit=unit, counts=counts, week=digest.week)


def worst_first(lines: tuple[DigestLine, ...]) -> tuple[DigestLine, ...]:
    """Red, yellow, green, done, grey; the most behind first, else as they came."""
    return tuple(sorted(lines, key=lambda line: (_WORST_FIRST.index(line.light), -line.behind)))


def _tone(digest: DigestView) -> str:
    lights = {line.light for line in digest.lines}
    return "red" if Light.RED in lights else "yellow" if Light.YELLOW in lights else "blue"


def _summary(digest: DigestView, locale: str) -> tuple[Chip, ...]:
    """2项逾期, 1项滞后: the unit's own sub-tasks by what their light says."""
    found = Counter(
        (_WORST_FIRST.index(line.light), _chip(line, locale)) for line in worst_first(digest.lines)
    )
    return tuple(
        Chip(chip.tone, chip.symbol, say(locale, "count", n=n, what=chip.word))
        for (_, chip), n in sorted(found.items(), key=lambda entry: entry[0][0])
    )


def _chip(line: DigestLine | DigestChange, locale: str) -> Chip:
    light = line.after if isinstance(line, DigestChange) else line.light
    return Chip(_TONES[light], light_symbol(light, line.reason), light_word(light, line.reason, locale))


def _own_rank(digest: DigestView, locale: str) -> str:
    own = next((row for row in digest.standing if row.unit == digest.unit), None)
    return say(locale, "digest.rank", rank=own.rank) if own and own.rank else ""


def _ask(digest: DigestView, locale: str) -> str:
    wish = say(locale, "digest.ask" if _behind(digest) else "digest.ask.none")
    rank = _own_rank(digest, locale)
    of = say(locale, "digest.rank.of", rank=rank, n=len(digest.standing)) if rank else ""
    return joined(of, wish) if locale == "en" else of + wish


def _changes(digest: DigestView, locale: str) -> ListView:
    lines = tuple((_chip(change, locale), _change(change, locale)) for change in digest.changes)
    empty = say(locale, "digest.changes.none" if digest.has_previous else "digest.changes.first")
    return ListView(say(locale, "digest.changes"), lines, empty)


def _change(change: DigestChange, locale: str) -> str:
    """The sub-task, the light it had, and its figures where they moved."""
    said = []
    if change.before is None:
        said.append(say(locale, "digest.new"))
    elif change.before is not change.after:
        said.append(say(locale, "digest.was", light=light_word(change.before, None, locale)))
    if change.actual is not None and change.actual != change.actual_before:
        before = say(locale, "fact.none")
        if change.actual_before is not None:
            before = quantity(change.actual_before, change.unit)
        said.append(say(locale, "digest.moved", before=before, after=quantity(change.actual, change.unit)))
    news = [say(locale, "colon") + say(locale, "next.joint").join(said)] if said else []
    return "".join([joined(change.no, change.title), *news])


def _table(heading: str, lines: tuple[DigestLine, ...], on: date, locale: str) -> TableView:
    heads = tuple(say(locale, f"digest.head.{name}") for name in ("task", "figures", "behind", "due"))
    rows = tuple(_line(line, on, locale) for line in lines)
    return TableView(say(locale, heading, n=len(lines)), heads, rows)


def _line(line: DigestLine, on: date, locale: str) -> LineView:
    mark = say(locale, "estimated") if line.estimated else ""
    figures = _figures(line, locale)
    due = day(line.due_on, on, locale, weekday=False, mark=mark) if line.due_on else ""
    return LineView(
        chip=_chip(line, locale),
        no=clean(line.no),
        title=clean(line.title),
        lead=clean(line.lead),
        note=_note(line, on, locale),
        figures=figures,
        behind=str(line.behind) if line.behind else "",
        due=due,
        labelled=" | ".join(_labelled(line, figures, due, locale)),
    )


def _labelled(line: DigestLine, figures: str, due: str, locale: str) -> Iterator[str]:
    """The figures of a line for the text part, where no column heads explain them."""
    if figures:
        yield f"{say(locale, 'digest.head.figures')} {figures}"
    if line.behind:
        yield say(locale, "digest.behind", days=working_days(line.behind, locale))
    if due:
        yield f"{say(locale, 'digest.head.due')} {due}"


def _figures(line: DigestLine, locale: str) -> str:
    if line.target is None:
        return ""
    actual = say(locale, "fact.none") if line.actual is None else quantity(line.actual, "")
    return f"{actual} / {quantity(line.target, line.unit)}"


def _note(line: DigestLine, on: date, locale: str) -> str:
    notes = []
    if line.expected is not None and line.light in (Light.RED, Light.YELLOW):
        notes.append(say(locale, "digest.expected", expected=quantity(line.expected, line.unit)))
    if line.unreviewed:
        notes.append(say(locale, "digest.unreviewed"))
    if line.forecast_on:
        notes.append(say(locale, "digest.forecast", date=day(line.forecast_on, on, locale, weekday=False)))
    return listed(notes, locale)


def _next_dates(digest: DigestView, locale: str) -> ListView:
    ordered = sorted(digest.next_dates, key=lambda one: (one.on, one.no))
    lines = tuple((None, _next_date(one, digest.on, locale)) for one in ordered)
    return ListView(say(locale, "digest.next"), lines, say(locale, "digest.next.none"))


def _next_date(one: NextDate, on: date, locale: str) -> str:
    when = day(one.on, on, locale, mark=say(locale, "estimated") if one.estimated else "")
    what = say(locale, "quoted", text=clean(one.what)) if one.what.strip() else ""
    words = say(
        locale, _DATE_WORDS.get(one.rule, "next.deadline"), what=what, period=period(one.period, on, locale)
    )
    return when + say(locale, "colon") + joined(one.no, one.title) + say(locale, "next.joint") + clean(words)


def _standing(digest: DigestView, locale: str) -> StandingView:
    lights = (Light.RED, Light.YELLOW, Light.GREEN, Light.DONE)
    return StandingView(
        heading=say(locale, "digest.standing", n=len(digest.standing)),
        heads=tuple(say(locale, f"digest.head.{name}") for name in ("rank", "moved", "unit")),
        light_heads=tuple(
            Chip(_TONES[light], light_symbol(light), say(locale, f"digest.head.{light}")) for light in lights
        ),
        rows=tuple(_row(row, digest.unit) for row in digest.standing),
        note=say(locale, "digest.standing.note"),
    )


def _row(row: StandingRow, own: str) -> RowView:
    counts = (row.red, row.yellow, row.green, row.done)
    return RowView(
        rank=str(row.rank) if row.rank else "–",
        moved=_moved(row.moved),
        unit=clean(row.unit),
        counts=tuple(str(count) for count in counts),
        is_own=row.unit == own,
    )


def _moved(places: int | None) -> str:
    if places is None:
        return ""
    if places == 0:
        return "–"
    return f"↑{places}" if places > 0 else f"↓{-places}"
