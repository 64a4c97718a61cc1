"""The weekly digest as finished strings for its templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from engine.digest_model import Change, DigestContent, NextDate, TaskLine
from engine.model import Light, Rule
from notifications.message import DigestView
from notifications.standing_view import (
    ROWS_ON_PAGE,
    TONES,
    Chip,
    RowView,
    StandingView,
    left_out,
    standing_text,
    standing_view,
)
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
WORST_FIRST = (Light.RED, Light.YELLOW, Light.GREEN, Light.DONE, Light.GREY)
_WATCHED = frozenset({Light.RED, Light.YELLOW})
_DATE_WORDS = {
    Rule.REPORT_DUE: "next.report",
    Rule.MILESTONE_DUE: "next.milestone",
    Rule.DEADLINE_DUE: "next.deadline",
}


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
class ListView:
    """A heading with lines of words, each a chip and a text."""

    heading: str
    lines: tuple[tuple[Chip | None, str], ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """A heading and column heads with rows of sub-tasks, and how many of them a page leaves out."""

    heading: str
    heads: tuple[str, ...]
    rows: tuple[LineView, ...]
    left_out: str


@dataclass(frozen=True, slots=True)
class DigestPage:
    """A whole digest; the templates add no words of their own."""

    locale: str
    colon: str
    rows_on_page: int
    subject: str
    tone: str
    to: str
    dated: str
    headline: str
    chips: tuple[Chip, ...]
    ask: str
    link: str | None
    button: str
    plain_link: str
    how: str
    lists: tuple[ListView, ...]
    tables: tuple[TableView, ...]
    next_dates: ListView
    standing: StandingView
    standing_text: str
    row_left_out: RowView | None
    reader: str
    footer: tuple[str, ...]


def digest_page(digest: DigestView, locale: str) -> DigestPage:
    """The digest for one reader; ``locale`` is one that :func:`notifications.words.known_locale` gives."""
    content = digest.content
    is_office = not content.unit
    standing = standing_view(content.table, locale)
    return DigestPage(
        locale=locale,
        colon=say(locale, "colon"),
        rows_on_page=ROWS_ON_PAGE,
        subject=digest_subject(digest, locale),
        tone=_tone(content),
        to=joined(digest.unit, digest.post, digest.contact),
        dated=_dated(content, locale),
        headline=_headline(content, locale),
        chips=_summary(content, locale),
        ask=_ask(content, locale),
        link=digest.link,
        button=say(locale, "button.office" if is_office else "button"),
        plain_link=say(locale, "plain_link"),
        how="" if is_office else say(locale, "digest.how", who=person(digest.coordinator)),
        lists=tuple(_lists(content, locale)),
        tables=tuple(_tables(content, locale)),
        next_dates=_next_dates(content, locale),
        standing=standing,
        standing_text=standing_text(standing, content.unit, locale),
        row_left_out=next((row for row in standing.rows[ROWS_ON_PAGE:] if row.name == content.unit), None),
        reader=content.unit,
        footer=tuple(_footer(digest, locale)),
    )


def digest_subject(digest: DigestView, locale: str) -> str:
    """Who, which rank, and what is yellow or red; everything where nothing is."""
    content = digest.content
    chips = _summary(content, locale)
    urgent = [chip.word for chip in chips if chip.tone in ("red", "yellow")]
    words = urgent or [chip.word for chip in chips] or [say(locale, "digest.nothing")]
    counts = listed([word for word in (_own_rank(content, locale), *words) if word], locale)
    unit = cut(clean(digest.unit), UNIT_IN_SUBJECT)
    key = "subject.digest" if _is_weekly(content) else "subject.digest.daily"
    on = day(content.slot.on, content.slot.on, locale, weekday=False)
    return say(locale, key, unit=unit, counts=counts, week=_week(content), on=on)


def worst_first(lines: Iterable[TaskLine]) -> list[TaskLine]:
    """Red, yellow, green, done, grey; the most behind first, else as they came."""
    return sorted(lines, key=lambda line: (WORST_FIRST.index(line.light), -line.behind))


def _is_weekly(content: DigestContent) -> bool:
    return "W" in content.slot.week


def _week(content: DigestContent) -> int:
    return content.slot.on.isocalendar().week


def _dated(content: DigestContent, locale: str) -> str:
    text = say(locale, "dated", date=full_day(content.slot.on, locale), week=_week(content))
    return f"{text} · {clean(content.plan_title)}"


def _headline(content: DigestContent, locale: str) -> str:
    behind = _behind(content)
    key = "digest.headline" if _is_weekly(content) else "digest.headline.daily"
    return say(locale, key if behind else f"{key}.none", week=_week(content), n=behind)


def _behind(content: DigestContent) -> int:
    return sum(line.light in _WATCHED for line in content.lines)


def _tone(content: DigestContent) -> str:
    lights = {line.light for line in content.lines}
    return "red" if Light.RED in lights else "yellow" if Light.YELLOW in lights else "blue"


def _summary(content: DigestContent, locale: str) -> tuple[Chip, ...]:
    """2项逾期, 1项滞后: the sub-tasks by what their light says, worst first."""
    found = Counter(_chip(line, locale) for line in worst_first(content.lines))
    return tuple(
        Chip(chip.tone, chip.symbol, say(locale, "count", n=n, what=chip.word)) for chip, n in found.items()
    )


def _chip(line: TaskLine | Change, locale: str) -> Chip:
    light = line.after if isinstance(line, Change) else line.light
    return Chip(TONES[light], light_symbol(light, line.reason), light_word(light, line.reason, locale))


def _own_rank(content: DigestContent, locale: str) -> str:
    own = next((row for row in content.table if row.unit == content.unit), None)
    return say(locale, "digest.rank", rank=own.rank) if own and own.rank else ""


def _ask(content: DigestContent, locale: str) -> str:
    wish = "digest.ask" if _behind(content) else "digest.ask.none"
    if not content.unit:
        return say(locale, "digest.ask.office")
    rank = _own_rank(content, locale)
    of = say(locale, "digest.rank.of", rank=rank, n=len(content.table)) if rank else ""
    return of + say(locale, wish)


def _footer(digest: DigestView, locale: str) -> Iterator[str]:
    unit = clean(digest.unit)
    yield say(locale, "why.digest" if digest.content.unit else "why.digest.office", unit=unit)
    yield also_to(digest.also_to, locale)
    if digest.content.unit:
        yield say(locale, "wrong_person", who=person(digest.coordinator))
    yield say(locale, "automatic")


def _lists(content: DigestContent, locale: str) -> Iterator[ListView]:
    """What only a coordinator can settle, then what changed."""
    if content.findings:
        found = tuple((None, clean(sentence)) for sentence in content.findings)
        yield ListView(say(locale, "findings.heading"), found)
    yield ListView(say(locale, "digest.changes"), tuple(_changes(content, locale)))


def _changes(content: DigestContent, locale: str) -> Iterator[tuple[Chip | None, str]]:
    moved = sorted(content.changes.moved, key=lambda one: WORST_FIRST.index(one.after))
    for change in moved:
        yield _chip(change, locale), _change(change, locale)
    if content.is_first:
        yield None, say(locale, "digest.changes.first")
        return
    if not moved:
        yield None, say(locale, "digest.changes.none")
    reported, silent = len(content.changes.reported), len(content.changes.still_silent)
    if reported or silent:
        yield None, say(locale, "digest.reports", reported=reported, silent=silent)


def _change(change: Change, locale: str) -> str:
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


def _tables(content: DigestContent, locale: str) -> Iterator[TableView]:
    if content.lines and content.unit:
        yield _table("digest.own", worst_first(content.lines), content.slot.on, locale, names_lead=False)
    watched = [line for line in content.lines if line.light in _WATCHED or line.awaiting_acceptance]
    if watched and not content.unit:
        yield _table("digest.watched", worst_first(watched), content.slot.on, locale, names_lead=True)
    if content.gap_list:
        yield _table("digest.gap", content.gap_list, content.slot.on, locale, names_lead=True)


def _table(heading: str, lines: Iterable[TaskLine], on: date, locale: str, *, names_lead: bool) -> TableView:
    heads = tuple(say(locale, f"digest.head.{name}") for name in ("task", "figures", "behind", "due"))
    rows = tuple(_line(line, on, locale, names_lead) for line in lines)
    return TableView(say(locale, heading, n=len(rows)), heads, rows, left_out(len(rows), locale))


def _line(line: TaskLine, on: date, locale: str, names_lead: bool) -> LineView:
    mark = say(locale, "estimated") if line.estimated else ""
    figures = _figures(line, locale)
    due = day(line.deadline, on, locale, weekday=False, mark=mark)
    return LineView(
        chip=_chip(line, locale),
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
    if line.expected is not None and line.light in _WATCHED:
        yield say(locale, "digest.expected", expected=quantity(line.expected, line.unit))
    if line.late_period:
        yield say(locale, "digest.late", period=period(line.late_period, on, locale))
    if line.unreviewed:
        yield say(locale, "digest.unreviewed")
    if line.awaiting_acceptance:
        yield say(locale, "digest.awaiting")


def _next_dates(content: DigestContent, locale: str) -> ListView:
    ordered = sorted(content.next_dates, key=lambda one: (one.on, one.no))
    lines = tuple((None, _next_date(one, content.slot.on, locale)) for one in ordered)
    empty = ((None, say(locale, "digest.next.none")),)
    return ListView(say(locale, "digest.next"), lines or empty)


def _next_date(one: NextDate, on: date, locale: str) -> str:
    when = day(one.on, on, locale, mark=say(locale, "estimated") if one.estimated else "")
    what = say(locale, "quoted", text=clean(one.what)) if one.what.strip() else ""
    words = say(locale, _DATE_WORDS[one.rule], what=what, period=period(one.period, on, locale))
    return when + say(locale, "colon") + joined(one.no, one.title) + say(locale, "next.joint") + clean(words)
