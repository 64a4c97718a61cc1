"""The sentence a supervision case demands something with: what was promised, what is there, since when, what is to be done."""

from __future__ import annotations

import re
from datetime import date

from engine.case_cause import Cause, CauseFigure
from engine.model import Reason
from notifications.words import DEFAULT_LOCALE, clean, known_locale, period, quantity, say, working_days

_CHINESE_DAY = re.compile(r"([1-9]\d{3})年(1[0-2]|[1-9])月(3[01]|[12]\d|[1-9])日")
_NEAR = re.compile(r"距完成时限还有(\d+)")


def demand_of(cause: Cause, reply_due_on: date, days_left: int | None, locale: str = DEFAULT_LOCALE) -> str:
    """The default demand; ``days_left`` are the working days to a deadline that is near, else ``None``."""
    parts = [_promised(cause, locale), _reported(cause, locale)]
    troubles = troubles_of(cause, locale)
    if troubles:
        parts.append(troubles if locale == DEFAULT_LOCALE else f"{troubles} ")
    elif days_left is not None:
        parts.append(say(locale, "case.demand.near", days=working_days(days_left, locale)))
    parts.append(say(locale, "case.demand.asked", reply_due=full_date(reply_due_on, locale)))
    return "".join(parts).strip()


def demand_in(text: str, cause: Cause, locale: str) -> str:
    """The demand in that language where it is the default one; one that people have written stays as it is."""
    days = _CHINESE_DAY.findall(text)
    if known_locale(locale) == DEFAULT_LOCALE or not days:
        return text
    near = _NEAR.search(text)
    left = int(near.group(1)) if near else None
    try:
        due = date(*map(int, days[-1]))
    except ValueError:  # somebody wrote 2月30日
        return text
    return demand_of(cause, due, left, locale) if demand_of(cause, due, left) == text else text


def troubles_of(cause: Cause, locale: str = DEFAULT_LOCALE) -> str:
    """What is wrong, as sentences; an empty text where nothing is."""
    return "".join(_trouble(reason, cause, locale) for reason in cause.reasons).strip()


def full_date(on: date, locale: str = DEFAULT_LOCALE) -> str:
    """A date as official papers write it."""
    name = say(locale, "months.short").split(",")[on.month - 1]
    return say(locale, "case.date", year=on.year, month=on.month, day=on.day, month_name=name)


def _promised(cause: Cause, locale: str) -> str:
    figures = say(locale, "case.list").join(
        say(
            locale, "case.demand.aim", subject=clean(one.subject), target=quantity(one.target, one.unit)
        ).strip()
        for one in cause.figures
    )
    key = "case.demand.promised" if figures else "case.demand.promised.words"
    deadline = full_date(cause.deadline, locale)
    return say(
        locale, key, plan=clean(cause.plan), title=clean(cause.title), deadline=deadline, figures=figures
    )


def _reported(cause: Cause, locale: str) -> str:
    if cause.as_of is None:
        return say(locale, "case.demand.nothing", on=full_date(cause.on, locale))
    if not cause.figures:
        return ""
    figures = say(locale, "case.list").join(_figure(one, cause.on, locale) for one in cause.figures)
    return say(locale, "case.demand.reported", as_of=full_date(cause.as_of, locale), figures=figures)


def _figure(one: CauseFigure, on: date, locale: str) -> str:
    subject = clean(one.subject)
    if one.actual is None:
        return say(locale, "case.demand.figure.none", subject=subject)
    key = "case.demand.figure" if one.expected > 0 else "case.demand.figure.bare"
    actual, expected = quantity(one.actual, one.unit), quantity(one.expected, one.unit)
    return say(locale, key, subject=subject, actual=actual, expected=expected, on=full_date(on, locale))


def _trouble(reason: Reason, cause: Cause, locale: str) -> str:
    if reason.code == "overdue":
        return say(locale, "case.demand.overdue")
    if reason.code == "milestone_overdue":
        what = say(locale, "case.quoted", text=clean(reason.get("text"))) if reason.get("text") else ""
        return say(locale, "case.demand.milestone", what=what, due=_day(reason.get("due_on"), locale))
    if reason.code == "lagging":
        key = "case.demand.lagging" if cause.since else "case.demand.lagging.bare"
        since = full_date(cause.since, locale) if cause.since else ""
        return say(locale, key, since=since, behind=working_days(int(reason.get("behind")), locale))
    if reason.code == "report_late":
        name = period(reason.get("period"), date.min, locale)
        return say(locale, "case.demand.late", period=name, due=_day(reason.get("due_on"), locale))
    return ""


def _day(text: str, locale: str) -> str:
    return full_date(date.fromisoformat(text), locale) if text else ""
