"""The answer to an answer: what was recorded, what was not, and how to put it right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from notifications.message import Person
from notifications.words import clean, cut, full_day, known_locale, listed, quantity, say

SHOWN_WORDS = 120


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """One report as stored: figures as (subject, value, unit), and sentences to look at again."""

    no: str
    title: str
    figures: tuple[tuple[str, Decimal, str], ...]
    text: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnclearLine:
    """Words that led to nothing: ``why`` is which_task, no_figure, which_figure or refused (with ``sentence``)."""

    text: str
    why: str
    no: str = ""
    title: str = ""
    example: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmationContent:
    """What became of one reply of a unit."""

    unit: str
    post: str
    on: date
    recorded: Sequence[RecordedLine]
    unclear: Sequence[UnclearLine]
    coordinator: Person


@dataclass(frozen=True, slots=True)
class PartView:
    """A task with sentences below it."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConfirmationView:
    """The whole message in finished strings."""

    locale: str
    subject: str
    tone: str
    to: str
    dated: str
    headline: str
    groups: tuple[tuple[str, tuple[PartView, ...]], ...]
    how: str
    footer: tuple[str, ...]
    contact: str


def confirmation_view(content: ConfirmationContent, locale: str) -> ConfirmationView:
    """The message in that language."""
    locale = known_locale(locale)
    outcome = "stored" if not content.unclear else "partly" if content.recorded else "nothing"
    count = len(content.recorded if outcome == "stored" else content.unclear)
    unit = clean(content.unit)
    contact = listed([part for part in (content.coordinator.post, content.coordinator.name) if part], locale)
    return ConfirmationView(
        locale=locale,
        subject=say(locale, f"reply.subject.{outcome}", unit=cut(unit, 20), count=count),
        tone="blue" if outcome == "stored" else "yellow",
        to=f"{unit} {clean(content.post)}",
        dated=full_day(content.on, locale),
        headline=say(locale, f"reply.headline.{outcome}"),
        groups=tuple(_groups(content, locale)),
        how=say(locale, "reply.how"),
        footer=(say(locale, "reply.why", contact=clean(contact)),),
        contact=say(locale, "card.contact", who=clean(contact)),
    )


def _groups(content: ConfirmationContent, locale: str) -> list[tuple[str, tuple[PartView, ...]]]:
    parts = (
        ("reply.stored", tuple(_recorded(one, locale) for one in content.recorded)),
        ("reply.unclear", tuple(_unclear(one, locale) for one in content.unclear)),
    )
    return [(say(locale, heading), views) for heading, views in parts if views]


def _recorded(line: RecordedLine, locale: str) -> PartView:
    named = len(line.figures) > 1
    shown = [
        f"{clean(subject) if named else ''} {quantity(value, unit)}".strip()
        for subject, value, unit in line.figures
    ]
    figures = (
        say(locale, "reply.figures", figures=listed(shown, locale))
        if shown
        else say(locale, "reply.no_figures")
    )
    checks = tuple(say(locale, "reply.check", warning=clean(one)) for one in line.warnings)
    return PartView(_heading(line.no, line.title), (figures, _said(line.text, locale), *checks))


def _unclear(line: UnclearLine, locale: str) -> PartView:
    why = say(
        locale,
        f"reply.{line.why}",
        no=clean(line.no),
        example=clean(line.example),
        sentence=clean(line.sentence),
    )
    return PartView(_heading(line.no, line.title), (why, _said(line.text, locale)))


def _heading(no: str, title: str) -> str:
    return clean(f"{no} {title}")


def _said(text: str, locale: str) -> str:
    return say(locale, "reply.said", text=cut(clean(text), SHOWN_WORDS))
