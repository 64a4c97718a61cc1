"""From contents to the subject, text and HTML of a message."""

from __future__ import annotations

from notifications.card import Card
from notifications.card_mail import mail_of_card
from notifications.confirmation import ConfirmationContent, confirmation_view
from notifications.digest_view import digest_page
from notifications.evaluation import EvaluationView, evaluation_page
from notifications.message import CoordinatorContent, DigestView, ReminderContent, ReminderItem, Rendered
from notifications.note_sandbox import shipped_card
from notifications.note_values import View
from notifications.own_templates import SHIPPED, OwnTemplates
from notifications.templating import mail_html, mail_text
from notifications.views import (
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


def render_reminder(content: ReminderContent, locale: str, own: OwnTemplates = SHIPPED) -> Rendered:
    """A unit's reminders of one slot, red first. Raises ``ValueError`` if there is nothing to say."""
    if not content.items:
        raise ValueError("a message without items")
    locale = known_locale(locale)
    view = reminder_view(content, reminder_subject(content, locale), locale)
    return _rendered("reminder", view, own)


def render_coordinator(content: CoordinatorContent, locale: str, own: OwnTemplates = SHIPPED) -> Rendered:
    """What waits for the coordinators. Raises ``ValueError`` if nothing does."""
    if not (content.acceptances or content.findings):
        raise ValueError("a message without items")
    locale = known_locale(locale)
    view = coordinator_view(content, coordinator_subject(content, locale), locale)
    return _rendered("coordinator", view, own)


def render_digest(digest: DigestView, locale: str, own: OwnTemplates = SHIPPED) -> Rendered:
    """The weekly digest of one unit."""
    return _rendered("digest", digest_page(digest, known_locale(locale)), own)


def render_confirmation(content: ConfirmationContent, locale: str, own: OwnTemplates = SHIPPED) -> Rendered:
    """What became of a unit's reply."""
    return _rendered("confirmation", confirmation_view(content, locale), own)


def render_evaluation(evaluation: EvaluationView, locale: str, own: OwnTemplates = SHIPPED) -> Rendered:
    """The month's or the year's scores for one reader."""
    return _rendered("evaluation", evaluation_page(evaluation, known_locale(locale)), own)


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


def _rendered(kind: str, view: View, own: OwnTemplates) -> Rendered:
    """As the office's own template says it; as shipped where it has none, or one that makes nothing."""
    made = own.card(kind, view)
    if isinstance(made, Card):
        return mail_of_card(made, view)
    name = "reminder" if kind == "coordinator" else kind
    text, html = mail_text(f"{name}.txt.j2", view), mail_html(f"{name}.html.j2", view)
    return Rendered(view.subject, text, html, shipped_card(name, view), made)
