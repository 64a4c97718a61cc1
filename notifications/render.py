"""From contents to the subject, text and HTML of a message."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import css_inline

from notifications.confirmation import ConfirmationContent, ConfirmationView, confirmation_view
from notifications.digest_view import DigestPage, digest_page
from notifications.evaluation import EvaluationPage, EvaluationView, evaluation_page
from notifications.message import CoordinatorContent, DigestView, ReminderContent, ReminderItem, Rendered
from notifications.note_sandbox import shipped_card
from notifications.templating import template_of
from notifications.views import (
    MailView,
    by_urgency,
    coordinator_view,
    counts,
    item_data,
    office_counts,
    reminder_view,
    tone_of,
)
from notifications.words import clean, cut, known_locale, say

TITLE_IN_SUBJECT = 24
UNIT_IN_SUBJECT = 20


def render_reminder(content: ReminderContent, locale: str) -> Rendered:
    """A unit's reminders of one slot, red first. Raises ``ValueError`` if there is nothing to say."""
    if not content.items:
        raise ValueError("a message without items")
    locale = known_locale(locale)
    return _rendered(reminder_view(content, reminder_subject(content, locale), locale))


def render_coordinator(content: CoordinatorContent, locale: str) -> Rendered:
    """What waits for the coordinators. Raises ``ValueError`` if nothing does."""
    if not (content.acceptances or content.findings):
        raise ValueError("a message without items")
    locale = known_locale(locale)
    return _rendered(coordinator_view(content, coordinator_subject(content, locale), locale))


def render_digest(digest: DigestView, locale: str) -> Rendered:
    """The weekly digest of one unit."""
    return _rendered(digest_page(digest, known_locale(locale)), "digest")


def render_confirmation(content: ConfirmationContent, locale: str) -> Rendered:
    """What became of a unit's reply."""
    return _rendered(confirmation_view(content, locale), "confirmation")


def render_evaluation(evaluation: EvaluationView, locale: str) -> Rendered:
    """The month's or the year's scores for one reader."""
    return _rendered(evaluation_page(evaluation, known_locale(locale)), "evaluation")


def reminder_subject(content: ReminderContent, locale: str) -> str:
    """Who and what: a single item by its title, several by their counts."""
    items = by_urgency(content.items)
    tag = say(locale, f"tag.{tone_of(items[0])}")
    unit = cut(clean(content.unit), UNIT_IN_SUBJECT)
    if len(items) > 1:
        return say(
            locale, "subject.many", tag=tag, unit=unit, counts=counts(items, locale), week=content.week
        )
    return say(
        locale, "subject.one", tag=tag, unit=unit, week=content.week, **_only(items[0], content, locale)
    )


def coordinator_subject(content: CoordinatorContent, locale: str) -> str:
    """How many matters wait."""
    tag = say(locale, "tag.yellow" if content.findings else "tag.blue")
    unit = cut(clean(content.unit), UNIT_IN_SUBJECT)
    return say(
        locale, "subject.many", tag=tag, unit=unit, counts=office_counts(content, locale), week=content.week
    )


def _only(item: ReminderItem, content: ReminderContent, locale: str) -> dict[str, str]:
    return {
        "title": cut(clean(item.title), TITLE_IN_SUBJECT),
        "phrase": say(locale, f"subject.{item.rule}", **item_data(item, content.on, locale, weekday=False)),
        "number": say(locale, "subject.number", n=item.number) if item.number else "",
    }


def _rendered(
    mail: MailView | DigestPage | ConfirmationView | EvaluationPage, template: str = "reminder"
) -> Rendered:
    html = template_of(f"{template}.html.j2").render(mail=mail, css=_css())
    text = template_of(f"{template}.txt.j2").render(mail=mail)
    return Rendered(mail.subject, _tidy(text), _inliner().inline(html), shipped_card(template, mail))


def _tidy(text: str) -> str:
    """At most one blank line in a row, none at the ends, one line break at the end."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@cache
def _css() -> str:
    return files("notifications").joinpath("templates", "mail.css").read_text(encoding="utf-8")


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
