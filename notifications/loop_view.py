"""The words of items about signing, returns, shares, escalation, cases and follow-ups."""

from __future__ import annotations

from datetime import date

from engine.model import Rule
from notifications.message import ReminderContent, ReminderItem
from notifications.words import clean, day, period, say, working_days

RUNGS = ("1", "2", "3")
SHARE_RULES = frozenset({Rule.SHARE_DUE, Rule.SHARE_LATE})
TROUBLES = {"overdue": "deadline", "milestone_overdue": "due_on", "lagging": "", "report_late": ""}


def loop_data(item: ReminderItem, on: date, locale: str) -> dict[str, str]:
    """What the sentences of these rules are made of, beside what every sentence may use."""
    reason = item.reason
    return {
        "since": _day(reason.get("since") or reason.get("returned_on"), on, locale),
        "days": working_days(int(reason.get("days") or 0), locale),
        "text": say(locale, "quoted", text=clean(reason.get("text"))) if reason.get("text").strip() else "",
        "hours": reason.get("hours"),
        "case": say(locale, "case", number=clean(reason.get("number"))).strip(),
        "trouble": _trouble(item, on, locale),
        "following": _following(item, on, locale),
    }


def ask_key(item: ReminderItem) -> str:
    """Which request the item makes."""
    return f"ask.{item.rule}.{_rung(item)}" if item.rule is Rule.ESCALATED else f"ask.{item.rule}"


def loop_sentence(item: ReminderItem, on: date) -> str | None:
    """Which sentence an item of these rules is told with; ``None`` for other rules and plain ones."""
    if item.rule is Rule.ESCALATED:
        return f"item.escalated.{_rung(item)}"
    if item.rule is Rule.CASE_NOTICE and item.reason.get("notices") not in ("", "1"):
        return "item.case_notice.again"
    if item.rule is Rule.UNREAD:
        return "item.unread.head" if item.reason.get("post") == "head" else "item.unread.liaison"
    if item.rule is Rule.FOLLOW_UP:
        kind = "archive" if item.reason.get("kind") == "archive" else "evaluation"
        is_late = item.due_on is not None and item.due_on < on
        return f"item.follow_up.{kind}" + (".late" if is_late else "")
    return None


def why_key(reader: str, items: list[ReminderItem]) -> str:
    """Why this reader got the message."""
    if all(item.rule is Rule.UNREAD for item in items):
        return "why.unread"
    if reader in ("head", "leader"):
        return f"why.{reader}"
    return "why.share" if all(item.rule in SHARE_RULES for item in items) else "why.lead"


def how_key(content: ReminderContent) -> str:
    """How this reader goes about it."""
    if content.reader in ("head", "leader"):
        return f"how.{content.reader}"
    return "how.link" if content.link else "how.reply"


def card_how_key(content: ReminderContent) -> str:
    """How this reader goes about it who cannot answer by mail; nothing where the button says it."""
    if content.reader in ("head", "leader"):
        return f"card.how.{content.reader}"
    return "" if content.link else "card.how.report"


def _rung(item: ReminderItem) -> str:
    level = item.reason.get("level")
    return level if level in RUNGS else RUNGS[-1]


def _trouble(item: ReminderItem, on: date, locale: str) -> str:
    code = item.reason.get("trouble")
    if code not in TROUBLES:
        return say(locale, "trouble.other")
    return say(
        locale,
        f"trouble.{code}",
        deadline=_day(item.reason.get(TROUBLES[code]), on, locale),
        behind=working_days(int(item.reason.get("behind") or item.behind), locale),
        period=period(item.reason.get("period"), on, locale),
    )


def _following(item: ReminderItem, on: date, locale: str) -> str:
    """What happens next, and when."""
    if not item.reason.get("next_on") or _rung(item) == RUNGS[-1]:
        return say(locale, "following.none")
    return say(locale, f"following.{_rung(item)}", next=_day(item.reason.get("next_on"), on, locale))


def _day(text: str, on: date, locale: str) -> str:
    return day(date.fromisoformat(text), on, locale, weekday=False) if text else ""
