"""What templates get to see: finished strings in plain frozen values, built from the contents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from engine.model import Light, Rule
from notifications.loop_view import ask_key, card_how_key, how_key, loop_data, loop_sentence, why_key
from notifications.message import CoordinatorContent, FindingLine, Person, ReminderContent, ReminderItem
from notifications.words import UPCOMING, clean, day, full_day, listed, period, quantity, say, working_days

TONES = ("red", "yellow", "blue")
_SYMBOLS = {"red": "■", "yellow": "▲", "blue": UPCOMING}
_URGENCY = (
    Rule.CASE_LATE, Rule.CASE_NOTICE, Rule.ESCALATED, Rule.OVERDUE, Rule.MILESTONE_OVERDUE, Rule.GAP_FILL,
    Rule.CASE_DUE, Rule.UNREAD, Rule.RETURNED, Rule.LAGGING, Rule.REPORT_LATE, Rule.SHARE_LATE,
    Rule.ACCEPTANCE, Rule.ACKNOWLEDGE, Rule.DEADLINE_DUE, Rule.MILESTONE_DUE, Rule.REPORT_DUE, Rule.SHARE_DUE,
    Rule.FOLLOW_UP,
)  # fmt: skip
_RED_RULES = frozenset(
    {Rule.OVERDUE, Rule.MILESTONE_OVERDUE, Rule.GAP_FILL, Rule.ESCALATED, Rule.CASE_NOTICE, Rule.CASE_LATE}
)
FINDINGS = frozenset({"no_contact", "channel_ill", "message_given_up", "calendar_year"})
_YELLOW_RULES = frozenset(
    {Rule.LAGGING, Rule.REPORT_LATE, Rule.SHARE_LATE, Rule.RETURNED, Rule.CASE_DUE, Rule.UNREAD}
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with its label."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing wanted, for as many items as it concerns."""

    tone: str
    symbol: str
    count: str
    text: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """One reminder as a card."""

    chip: str
    marks: tuple[str, ...]
    title: str
    sentence: str
    facts: tuple[Fact, ...]
    plan: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """The cards of one colour."""

    tone: str
    symbol: str
    heading: str
    count: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class MailView:
    """A whole message; the templates add no words of their own."""

    locale: str
    colon: str
    subject: str
    tone: str
    to: str
    dated: str
    headline: str
    todo: str
    asks: tuple[Ask, ...]
    notices: tuple[str, ...]
    link: str | None
    button: str
    plain_link: str
    how: str
    groups: tuple[GroupView, ...]
    footer: tuple[str, ...]
    card_how: str
    contact: str


def tone_of(item: ReminderItem) -> str:
    """Red: something has passed unmet, or is far behind. Yellow: behind or late. Blue: coming up."""
    if item.rule in _RED_RULES or (item.rule is Rule.LAGGING and item.light is Light.RED):
        return "red"
    return "yellow" if item.rule in _YELLOW_RULES else "blue"


def by_urgency(items: Iterable[ReminderItem]) -> list[ReminderItem]:
    """The items as a reader should take them: colour, rule, date, then their place in the plan."""

    def urgency(item: ReminderItem) -> tuple[int, int, date, str, str]:
        due = item.due_on or item.nominal_on
        return TONES.index(tone_of(item)), _URGENCY.index(item.rule), due, item.plan_title, item.no

    return sorted(items, key=urgency)


def chip_of(item: ReminderItem, locale: str) -> str:
    """What an item is, in a word."""
    far = item.rule is Rule.LAGGING and item.light is Light.RED
    return say(locale, "rule.lagging.red" if far else f"rule.{item.rule}")


def counts(items: list[ReminderItem], locale: str, most: int = 4) -> str:
    """2项逾期、1项滞后: at most so many kinds, the most urgent first, then how many there are in all."""
    kinds: dict[str, int] = {}
    for item in items:
        kinds[chip_of(item, locale)] = kinds.get(chip_of(item, locale), 0) + 1
    parts = [say(locale, "count", n=n, what=what) for what, n in kinds.items()]
    if len(parts) > most:
        return say(locale, "and_more", listed=listed(parts[: most - 1], locale), n=len(items))
    return listed(parts, locale)


def item_data(item: ReminderItem, on: date, locale: str, *, weekday: bool = True) -> dict[str, str]:
    """The words that an item's sentences are made of; a subject has no room for weekdays."""
    due = due_text(item, on, locale, weekday)
    is_today = item.due_on == on
    return {
        "due": due,
        "by": say(locale, "by.today" if is_today else "by", date=due),
        "on": say(locale, "on.today" if is_today else "on", date=due),
        "period": period(item.period, on, locale),
        "behind": working_days(item.behind, locale),
        "what": say(locale, "quoted", text=clean(item.what)) if item.what.strip() else "",
        "lead": clean(item.lead),
        **loop_data(item, on, locale),
    }


def due_text(item: ReminderItem, on: date, locale: str, weekday: bool = True) -> str:
    """The item's date, marked where it is only estimated; without its weekday if it is today."""
    if item.due_on is None:
        return say(locale, "date.unknown")
    return day(item.due_on, on, locale, weekday=weekday and item.due_on != on, mark=_estimate(item, locale))


def _estimate(item: ReminderItem, locale: str) -> str:
    return say(locale, "estimated") if item.estimated else ""


def reminder_view(content: ReminderContent, subject: str, locale: str) -> MailView:
    """A unit's reminders as a page; ``locale`` is one that :func:`known_locale` gives."""
    items = by_urgency(content.items)
    who = person(content.coordinator)
    return MailView(
        locale=locale,
        colon=say(locale, "colon"),
        subject=subject,
        tone=tone_of(items[0]),
        to=joined(content.unit, content.post, content.contact),
        dated=_dated(content.on, content.week, items, locale),
        headline=counts(items, locale, most=9),
        todo=say(locale, "todo"),
        asks=_asks(items, content.on, locale),
        notices=_notices(items, content.catch_up, locale),
        link=content.link,
        button=say(locale, "button"),
        plain_link=say(locale, "plain_link"),
        how=say(locale, how_key(content), who=who),
        groups=_groups(items, content.on, locale),
        footer=(
            say(locale, why_key(content.reader, items), unit=clean(content.unit), post=clean(content.post)),
            also_to(content.also_to, locale),
            say(locale, "wrong_person", who=who),
            say(locale, "automatic"),
        ),
        card_how=say(locale, key, who=who) if (key := card_how_key(content)) else "",
        contact=say(locale, "card.contact", who=who),
    )


def coordinator_view(content: CoordinatorContent, subject: str, locale: str) -> MailView:
    """The coordinators' page: what waits for acceptance, then what only they can settle."""
    items = by_urgency(content.acceptances)
    return MailView(
        locale=locale,
        colon=say(locale, "colon"),
        subject=subject,
        tone="yellow" if content.findings else "blue",
        to=joined(content.unit, content.post),
        dated=_dated(content.on, content.week, items, locale),
        headline=office_counts(content, locale),
        todo=say(locale, "todo"),
        asks=(*_finding_asks(content, locale), *_asks(items, content.on, locale)),
        notices=_notices(items, content.catch_up, locale),
        link=content.link,
        button=say(locale, "button.office"),
        plain_link=say(locale, "plain_link"),
        how="",
        groups=(*_finding_groups(content, locale), *_groups(items, content.on, locale)),
        footer=(
            say(locale, "why.office", unit=clean(content.unit), post=clean(content.post)),
            say(locale, "automatic"),
        ),
        card_how="",
        contact="",
    )


def office_counts(content: CoordinatorContent, locale: str) -> str:
    """How many matters wait for the coordinators, those that only they can settle first."""
    parts = [say(locale, "findings", n=len(content.findings))] if content.findings else []
    if content.acceptances:
        parts.append(counts(list(content.acceptances), locale))
    return listed(parts, locale)


def _finding_asks(content: CoordinatorContent, locale: str) -> tuple[Ask, ...]:
    if not content.findings:
        return ()
    what = say(locale, "count", n=len(content.findings), what=say(locale, "finding.other"))
    return (Ask("yellow", _SYMBOLS["yellow"], what, say(locale, "findings.ask")),)


def _finding_groups(content: CoordinatorContent, locale: str) -> tuple[GroupView, ...]:
    if not content.findings:
        return ()
    ordered = sorted(content.findings, key=lambda line: (line.code, line.on or content.on, line.subject))
    items = tuple(_finding(line, content.on, locale) for line in ordered)
    heading = say(locale, "findings.heading")
    return (GroupView("yellow", _SYMBOLS["yellow"], heading, str(len(items)), items),)


def _finding(line: FindingLine, on: date, locale: str) -> ItemView:
    """A finding as a card: its detail is a sentence that says what to do."""
    since = (say(locale, "since", date=day(line.on, on, locale, weekday=False)),) if line.on else ()
    code = line.code.lower()
    word = say(locale, f"finding.{code if code in FINDINGS else 'other'}")
    return ItemView(word, since, clean(line.detail or line.subject), "", (), "")


def also_to(names: tuple[str, ...], locale: str) -> str:
    """Who else got the same message."""
    if not names:
        return say(locale, "also_to.none")
    return say(locale, "also_to", names=listed([clean(name) for name in names], locale))


def person(who: Person) -> str:
    """A post with its holder's name, if it is known."""
    return joined(who.post, who.name)


def left_off(coordinator: Person, is_office: bool, locale: str) -> str:
    """Where the reader of a card finds what it leaves out."""
    if is_office:
        return say(locale, "card.left_off.office")
    return say(locale, "card.left_off", who=person(coordinator))


def _asks(items: list[ReminderItem], on: date, locale: str) -> tuple[Ask, ...]:
    """What is wanted, a line for each kind and date."""

    def ask(item: ReminderItem) -> tuple[str, str, str]:
        return (
            tone_of(item),
            chip_of(item, locale),
            say(locale, ask_key(item), **item_data(item, on, locale)),
        )

    lines: dict[tuple[str, str, str], int] = {}
    for item in items:
        lines[ask(item)] = lines.get(ask(item), 0) + 1
    return tuple(
        Ask(tone, _SYMBOLS[tone], say(locale, "count", n=n, what=what), text)
        for (tone, what, text), n in lines.items()
    )


def _groups(items: list[ReminderItem], on: date, locale: str) -> tuple[GroupView, ...]:
    """The items by colour."""
    names_plan = len({item.plan_title for item in items}) > 1
    found = []
    for (tone, heading), members in groupby(items, key=_heading):
        views = tuple(item_view(item, on, locale, names_plan) for item in members)
        found.append(GroupView(tone, _SYMBOLS[tone], say(locale, heading), str(len(views)), views))
    return tuple(found)


def _heading(item: ReminderItem) -> tuple[str, str]:
    tone = tone_of(item)
    return tone, "group.acceptance" if item.rule is Rule.ACCEPTANCE else f"group.{tone}"


def item_view(item: ReminderItem, on: date, locale: str, names_plan: bool) -> ItemView:
    """One reminder with its sentence and figures."""
    number = say(locale, "number", n=item.number) if item.number else ""
    no = say(locale, "no", no=clean(item.no)) if item.no.strip() else ""
    return ItemView(
        chip=chip_of(item, locale),
        marks=tuple(mark for mark in (number, no) if mark),
        title=clean(item.title),
        sentence=clean(
            say(locale, loop_sentence(item, on) or _sentence_key(item), **item_data(item, on, locale))
        ),
        facts=facts(item, on, locale),
        plan=clean(item.plan_title) if names_plan else "",
    )


def _sentence_key(item: ReminderItem) -> str:
    """Lagging names its deadline where it has one; overdue says how far behind where that is known."""
    if item.rule is Rule.LAGGING and item.due_on:
        return "item.lagging.due"
    is_behind = item.behind > 0 and item.rule in (Rule.OVERDUE, Rule.MILESTONE_OVERDUE, Rule.GAP_FILL)
    return f"item.{item.rule}.behind" if is_behind else f"item.{item.rule}"


def facts(item: ReminderItem, on: date, locale: str) -> tuple[Fact, ...]:
    """The item's figures; a figure that nobody measures is left out, one never reported says so."""
    found = []
    if item.target is not None:
        actual = say(locale, "fact.none") if item.actual is None else quantity(item.actual, item.unit)
        found = [(("target"), quantity(item.target, item.unit)), ("actual", actual)]
        if item.expected is not None:
            found.insert(1, ("expected", quantity(item.expected, item.unit)))
    if item.due_on:
        found.append(("deadline", day(item.due_on, on, locale, weekday=False, mark=_estimate(item, locale))))
    return tuple(Fact(say(locale, f"fact.{name}"), value) for name, value in found)


def _notices(items: Iterable[ReminderItem], catch_up: bool, locale: str) -> tuple[str, ...]:
    notices = [say(locale, "catch_up")] if catch_up else []
    if any(item.estimated for item in items):
        notices.append(say(locale, "estimated.note"))
    return tuple(notices)


def _dated(on: date, week: int, items: list[ReminderItem], locale: str) -> str:
    """The day, the week, and the plan if there is only one."""
    text = say(locale, "dated", date=full_day(on, locale), week=week)
    plans = {clean(item.plan_title) for item in items}
    return f"{text} · {plans.pop()}" if len(plans) == 1 else text


def joined(*parts: str) -> str:
    """The parts that say something, with a space between them."""
    return " ".join(filter(None, (clean(part) for part in parts)))
