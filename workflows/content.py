"""From judgements to what a message says; the wording itself belongs to notifications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from db import plans, runs, tables
from db.cards import Card
from db.reminders import reason_of, rule_of
from engine.calendar import WorkCalendar
from engine.model import IndicatorStanding, Rule, SubTask
from engine.periods import due_day, period_target
from notifications.found import found_sentence
from notifications.message import CoordinatorContent, FindingLine, ReminderContent, ReminderItem
from notifications.words import DEFAULT_LOCALE, known_locale
from workflows.grounds import Ground
from workflows.office import Office, Recipient

MILESTONE_RULES = (Rule.MILESTONE_DUE, Rule.MILESTONE_OVERDUE)
REPORT_RULES = (Rule.REPORT_DUE, Rule.REPORT_LATE)
MONTHLY_RULES = (*REPORT_RULES, Rule.SHARE_DUE, Rule.SHARE_LATE, Rule.RETURNED)
NO_DAY = (Rule.ACCEPTANCE, Rule.ACKNOWLEDGE)
OWN_DAY = {
    Rule.CASE_NOTICE: "reply_due_on",
    Rule.CASE_DUE: "reply_due_on",
    Rule.CASE_LATE: "reply_due_on",
    Rule.FOLLOW_UP: "due_on",
}


def item_of(ground: Ground, card: Card, calendar: WorkCalendar, number: int) -> ReminderItem:
    """One reminder with everything its reader needs to act."""
    rule = rule_of(ground.row)
    worst = _worst(ground.decision.standing.indicators)
    due_on = _due_on(ground, calendar)
    if ground.row.obligation.startswith("share:"):
        worst = own_standing(ground.subtask, int(ground.row.obligation.split(":")[2]))
    return ReminderItem(
        rule=rule,
        light=ground.decision.standing.light,
        plan_title=card.plan_title,
        no=card.no,
        title=card.title,
        reason=reason_of(ground.row),
        nominal_on=ground.row.nominal_on,
        due_on=due_on,
        number=number,
        expected=_expected(ground, worst, calendar),
        actual=worst.actual if worst else None,
        target=worst.indicator.quantity if worst else None,
        unit=worst.indicator.unit if worst else "",
        behind=ground.decision.standing.behind,
        period=_period(ground),
        what=_milestone_text(ground),
        estimated=due_on is not None and calendar.is_estimated(due_on),
        lead="、".join(card.leads),
    )


def reminder_content(
    office: Office,
    recipient: Recipient,
    items: Sequence[ReminderItem],
    on: date,
    link: str | None = None,
    reader: str = "liaison",
) -> ReminderContent:
    """The whole of a unit's or leader's message."""
    return ReminderContent(
        unit=recipient.unit,
        post=recipient.post,
        on=on,
        week=on.isocalendar().week,
        items=tuple(items),
        coordinator=office.coordinator,
        contact=recipient.title,
        link=link,
        reader=reader,
        catch_up=any(item.nominal_on < on for item in items),
    )


def coordinator_content(
    session: Session, recipient: Recipient, items: Sequence[ReminderItem], on: date
) -> CoordinatorContent:
    """The whole of a coordinator's message: what waits for acceptance, and what is open."""
    return CoordinatorContent(
        unit=recipient.unit,
        post=recipient.post,
        on=on,
        week=on.isocalendar().week,
        acceptances=tuple(items),
        findings=finding_lines(session, recipient.locale, on),
        catch_up=any(item.nominal_on < on for item in items),
    )


def finding_lines(session: Session, locale: str, on: date) -> tuple[FindingLine, ...]:
    """Everything that only a coordinator can mend: in Chinese as it is stored, else in the reader's language."""
    is_chinese, zone = known_locale(locale) == DEFAULT_LOCALE, plans.office_zone(session)

    def told(row: tables.Finding) -> str:
        other = "" if is_chinese else found_sentence(row.code, row.inputs or {}, locale, on)
        return other or row.message

    return tuple(
        FindingLine(row.code, row.subject, told(row), row.opened_at.astimezone(zone).date())
        for row in runs.open_findings(session)
    )


def _worst(indicators: Sequence[IndicatorStanding]) -> IndicatorStanding | None:
    unmet = [one for one in indicators if not one.met] or list(indicators)
    return max(unmet, key=lambda one: one.behind, default=None)


def _expected(ground: Ground, worst: IndicatorStanding | None, calendar: WorkCalendar) -> Decimal | None:
    if worst is None or ground.row.obligation.startswith("share:"):
        return None
    if rule_of(ground.row) in REPORT_RULES:
        targets = period_target(ground.plan, ground.subtask, calendar, ground.row.anchor)
        return targets.get(worst.indicator.id, worst.expected)
    return worst.expected


def _due_on(ground: Ground, calendar: WorkCalendar) -> date | None:
    rule = rule_of(ground.row)
    if rule in MILESTONE_RULES:
        return date.fromisoformat(ground.row.anchor)
    if rule in MONTHLY_RULES:
        return due_day(_period(ground), calendar)
    if rule in NO_DAY:
        return None
    if rule in OWN_DAY:
        return date.fromisoformat(reason_of(ground.row).get(OWN_DAY[rule]))
    if rule is Rule.GAP_FILL:
        return ground.plan.ends_on
    return ground.subtask.deadline or ground.plan.execute_ends_on


def _period(ground: Ground) -> str:
    return reason_of(ground.row).get("period") if rule_of(ground.row) in MONTHLY_RULES else ""


def own_standing(subtask: SubTask, unit_id: int) -> IndicatorStanding | None:
    """What one unit promised and reported of its first quota: others' figures are none of its business."""
    share = next((one for one in subtask.shares if one.unit_id == unit_id), None)
    quotas = share.quotas if share else {}
    indicator = next((one for one in subtask.indicators if one.id in quotas), None)
    if share is None or indicator is None:
        return None
    known = [one.quantities[indicator.id] for one in share.reports if indicator.id in one.quantities]
    own = replace(indicator, quantity=quotas[indicator.id])
    return IndicatorStanding(own, own.quantity, known[-1] if known else None, 0, False)


def _milestone_text(ground: Ground) -> str:
    if rule_of(ground.row) not in MILESTONE_RULES:
        return ""
    key = int(ground.row.obligation.rsplit(":", 1)[-1])
    milestone = next((one for one in ground.subtask.milestones if one.id == key), None)
    if milestone is None:
        return ""
    return milestone.text or "、".join(
        _figure(ground, key, value) for key, value in milestone.quantities.items()
    )


def _figure(ground: Ground, indicator_id: int, value: Decimal) -> str:
    indicator = next((one for one in ground.subtask.indicators if one.id == indicator_id), None)
    return f"{indicator.subject if indicator else ''}{value:f}{indicator.unit if indicator else ''}"
