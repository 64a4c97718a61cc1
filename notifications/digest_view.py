"""The weekly digest as finished strings for its templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.digest_model import Change, DigestContent, NextDate, TaskLine, Waiting
from engine.model import Light, Rule
from notifications.digest_tables import (
    WATCHED,
    WORST_FIRST,
    TableView,
    chip_of,
    share_chip,
    tables_of,
    worst_first,
)
from notifications.forecast_words import forecast_sentence
from notifications.message import DigestView
from notifications.standing_view import (
    ROWS_ON_PAGE,
    Chip,
    RowView,
    StandingView,
    standing_text,
    standing_view,
)
from notifications.views import also_to, joined, left_off, person
from notifications.words import clean, cut, day, full_day, light_word, listed, period, quantity, say

UNIT_IN_SUBJECT = 20
_DATE_WORDS = {
    Rule.REPORT_DUE: "next.report",
    Rule.MILESTONE_DUE: "next.milestone",
    Rule.DEADLINE_DUE: "next.deadline",
}


@dataclass(frozen=True, slots=True)
class ListView:
    """A heading with lines of words, each a chip and a text; ``is_urgent`` before anything else on a card."""

    heading: str
    lines: tuple[tuple[Chip | None, str], ...]
    is_urgent: bool = False


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
    next_dates: ListView | None
    standing: StandingView
    standing_text: str
    rows_left_out: tuple[RowView, ...]
    readers: tuple[str, ...]
    chain: str
    footer: tuple[str, ...]
    own_rows: tuple[str, ...]
    left_off: str
    contact: str


def digest_page(digest: DigestView, locale: str) -> DigestPage:
    """The digest for one reader; ``locale`` is one that :func:`notifications.words.known_locale` gives."""
    content = digest.content
    is_office = content.reader == "office"
    standing, own = standing_view(content.table, locale), content.own_units
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
        how="" if content.reader != "unit" else say(locale, "digest.how", who=person(digest.coordinator)),
        lists=tuple(_lists(content, locale)),
        tables=tuple(tables_of(content, locale)),
        next_dates=None if content.reader == "leader" else _next_dates(content, locale),
        standing=standing,
        standing_text=standing_text(standing, own, locale),
        rows_left_out=tuple(row for row in standing.rows[ROWS_ON_PAGE:] if row.name in own),
        readers=own,
        chain=say(locale, "digest.chain", chain=clean(content.chain)) if content.chain else "",
        footer=tuple(_footer(digest, locale)),
        own_rows=tuple(row.line for row in standing.rows if row.name in own),
        left_off=left_off(digest.coordinator, is_office, locale),
        contact="" if is_office else say(locale, "card.contact", who=person(digest.coordinator)),
    )


def digest_subject(digest: DigestView, locale: str) -> str:
    """Who, which rank, and what is yellow or red; everything where nothing is."""
    content = digest.content
    chips = _summary(content, locale)
    urgent = [chip.word for chip in chips if chip.tone in ("red", "yellow")]
    words = urgent or [chip.word for chip in chips] or [say(locale, "digest.nothing")]
    counts = listed([word for word in (_own_rank(content, locale), *words) if word], locale)
    unit = cut(clean(listed(list(content.units), locale) or digest.unit), UNIT_IN_SUBJECT)
    key = "subject.digest" if _is_weekly(content) else "subject.digest.daily"
    on = day(content.slot.on, content.slot.on, locale, weekday=False)
    return say(locale, key, unit=unit, counts=counts, week=_week(content), on=on)


def _is_weekly(content: DigestContent) -> bool:
    return "W" in content.slot.week


def _week(content: DigestContent) -> int:
    return content.slot.on.isocalendar().week


def _dated(content: DigestContent, locale: str) -> str:
    text = say(locale, "dated", date=full_day(content.slot.on, locale), week=_week(content))
    return f"{text} · {clean(content.plan_title)}"


def _headline(content: DigestContent, locale: str) -> str:
    behind = _behind(content)
    if content.reader == "unit" and content.shares and not content.lines:
        return say(locale, "digest.headline.shares", week=_week(content), n=len(content.shares))
    key = "digest.headline" if _is_weekly(content) else "digest.headline.daily"
    return say(locale, key if behind else f"{key}.none", week=_week(content), n=behind)


def _behind(content: DigestContent) -> int:
    return sum(line.light in WATCHED for line in content.lines)


def _tone(content: DigestContent) -> str:
    lights = {line.light for line in content.lines}
    return "red" if Light.RED in lights else "yellow" if Light.YELLOW in lights else "blue"


def _summary(content: DigestContent, locale: str) -> tuple[Chip, ...]:
    """2项逾期, 1项滞后: the sub-tasks by what their light says, worst first; then what a unit executes."""
    found = Counter(chip_of(line, locale) for line in worst_first(content.lines))
    if not content.lines:
        found.update(share_chip(line, locale) for line in content.shares)
    return tuple(
        Chip(chip.tone, chip.symbol, say(locale, "count", n=n, what=chip.word)) for chip, n in found.items()
    )


def _own_rank(content: DigestContent, locale: str) -> str:
    own = next((row for row in content.table if row.unit == content.unit), None)
    return say(locale, "digest.rank", rank=own.rank) if own and own.rank else ""


def _ask(content: DigestContent, locale: str) -> str:
    if content.reader == "office":
        return say(locale, "digest.ask.office")
    if content.reader == "leader":
        units = listed([clean(unit) for unit in content.units], locale)
        return say(locale, "digest.ask.leader", units=units, n=len(content.lines))
    rank = _own_rank(content, locale)
    of = say(locale, "digest.rank.of", rank=rank, n=len(content.table)) if rank else ""
    wish = "digest.ask.shares" if not content.lines and content.shares else "digest.ask.none"
    return of + say(locale, "digest.ask" if _behind(content) else wish)


def _footer(digest: DigestView, locale: str) -> Iterator[str]:
    unit, reader = clean(digest.unit), digest.content.reader
    if reader == "unit" and digest.content.shares and not digest.content.lines:
        reader = "shares"
    yield say(locale, f"why.digest.{reader}", unit=unit)
    yield also_to(digest.also_to, locale)
    if digest.content.reader != "office":
        yield say(locale, "wrong_person", who=person(digest.coordinator))
    yield say(locale, "automatic")


def _lists(content: DigestContent, locale: str) -> Iterator[ListView]:
    """What only a coordinator can settle, early warnings, then what changed; a leader gets no list of changes."""
    if content.findings:
        found = tuple((None, clean(sentence)) for sentence in content.findings)
        yield ListView(say(locale, "findings.heading"), found, is_urgent=True)
    if content.waiting and (lines := tuple(_waiting(content.waiting, locale))):
        yield ListView(say(locale, "digest.waiting"), lines, is_urgent=True)
    if warned := [line for line in content.lines if line.will_be_late and line.light is not Light.RED]:
        lines = tuple(_warning(line, content.slot.on, locale) for line in warned)
        yield ListView(say(locale, "digest.warnings", n=len(lines)), lines)
    if content.reader != "leader" and (content.lines or not content.shares):
        yield ListView(say(locale, "digest.changes"), tuple(_changes(content, locale)))


def _waiting(waiting: Waiting, locale: str) -> Iterator[tuple[Chip | None, str]]:
    for name in ("reports", "changes", "unsigned", "cases"):
        if number := getattr(waiting, name):
            yield None, say(locale, f"digest.waiting.{name}", n=number)


def _warning(line: TaskLine, on: date, locale: str) -> tuple[Chip | None, str]:
    """A sub-task that will be late at the present pace, while there is still time."""
    assert line.forecast is not None
    words = forecast_sentence(line.forecast, on, locale)
    return chip_of(line, locale), joined(line.no, line.title) + say(locale, "colon") + words


def _changes(content: DigestContent, locale: str) -> Iterator[tuple[Chip | None, str]]:
    moved = sorted(content.changes.moved, key=lambda one: WORST_FIRST.index(one.after))
    for change in moved:
        yield chip_of(change, locale), _change(change, locale)
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
