"""What a unit can report by its link: its sub-tasks of the period, each with what was asked and what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Session

from db import links, plans, tables
from db.calendar import load_calendar
from db.cards import Card, load_cards
from db.reports import last_reports, reported_figures, reported_for, why_returned
from db.units import stored_id
from engine.calendar import WorkCalendar
from engine.facts import Facts, histories
from engine.model import Indicator, Plan, Report, SubTask
from engine.months import month_named
from engine.periods import period_target
from workflows.links import Holder, LinkRefused

PATHS = {"lead": "tasks", "share": "shares"}


@dataclass(frozen=True, slots=True)
class Field:
    """One number of the form: the year's target, what is asked for by the period's end, and the last value."""

    indicator: Indicator
    target: Decimal | None
    asked: Decimal | None
    last: Decimal | None
    last_period: str

    @property
    def name(self) -> str:
        """The field's name in the form."""
        return f"q{self.indicator.id}"


@dataclass(frozen=True, slots=True)
class Said:
    """A report as the unit sees it again."""

    id: int
    period: str
    at: datetime
    who: str
    status: str
    text: str
    difficulties: str
    needs_coordination: bool
    forecast_on: date | None
    figures: Mapping[int, Decimal]
    state: str
    returned: str  # why it was sent back


@dataclass(frozen=True, slots=True)
class Job:
    """One sub-task as the unit can report it in that role; ``last`` is the last report of any period."""

    plan: Plan
    card: Card
    subtask: SubTask
    role: str
    fields: tuple[Field, ...]
    deadline: date
    last: Said | None
    period: str

    @property
    def said(self) -> Said | None:
        """The report of this period that stands."""
        is_now = self.last is not None and self.last.period == self.period
        return self.last if is_now and self.last and self.last.state != "returned" else None

    @property
    def key(self) -> tuple[str, int]:
        """By role and sub-task."""
        return self.role, self.subtask.id

    def path(self, holder: Holder) -> str:
        """Where the job's form is."""
        return holder.path(PATHS[self.role], self.subtask.id)


@dataclass(frozen=True, slots=True)
class Asked:
    """A sub-task that the unit reports in that role, before its words are read; ``said``: it has done so."""

    role: str
    facts: Facts
    said: bool

    @property
    def key(self) -> tuple[str, int]:
        """By role and sub-task."""
        return self.role, self.facts.subtask.id


def asked_of(session: Session, holder: Holder, today: date) -> list[Asked]:
    """Everything to be reported for the holder's period: what the unit leads, then what it shares in."""
    led, shared = links.led_by(session, holder.unit_id), links.shared_by(session, holder.unit_id)
    return [*_asked(session, holder, today, "lead", led), *_asked(session, holder, today, "share", shared)]


def jobs_of(session: Session, holder: Holder, asked: Sequence[Asked]) -> list[Job]:
    """These as the unit sees them, in their order."""
    found = {job.key: job for role in PATHS for job in _jobs(session, holder, role, asked)}
    return [found[one.key] for one in asked]


def job_of(session: Session, holder: Holder, today: date, role: str, number: int) -> Job:
    """One of them. Raises LinkRefused for a task that is not the holder's to report in this period."""
    owned = links.led_by if role == "lead" else links.shared_by
    ids = {key: plan for key, plan in owned(session, holder.unit_id).items() if key == number}
    found = jobs_of(session, holder, _asked(session, holder, today, role, ids))
    if not found:
        raise LinkRefused("not_yours", holder.unit, holder.period)
    # what is typed is compared with the words of its milestones, too
    return replace(found[0], subtask=plans.load_subtasks(session, [number])[number])


def _asked(session: Session, holder: Holder, today: date, role: str, ids: Mapping[int, int]) -> list[Asked]:
    """Those owed for the period; what is complete is asked for no more, but shown where it was reported."""
    calendar, month = load_calendar(session), month_named(holder.period)
    said = reported_for(session, list(ids), role, _unit_of(holder, role), holder.period)
    load = plans.load_dates if role == "share" else plans.load_subtasks
    subtasks = load(session, list(ids))
    found = []
    for key, plan_id in ids.items():
        facts = Facts.of(plans.load_plan(session, plan_id), subtasks[key], calendar, today)
        is_open = role == "share" or key in said or not facts.completed
        if facts.is_owed(month) and is_open:
            found.append(Asked(role, facts, key in said))
    return found


def _unit_of(holder: Holder, role: str) -> int | None:
    """A share is one unit's; what is led is reported by whoever leads it."""
    return holder.unit_id if role == "share" else None


def _jobs(session: Session, holder: Holder, role: str, asked: Sequence[Asked]) -> list[Job]:
    known = {one.facts.subtask.id: one.facts for one in asked if one.role == role}
    if role == "share":
        parts = plans.load_shares(session, holder.unit_id, list(known))
        known = {key: replace(facts, subtask=parts[key]) for key, facts in known.items()}
    calendar, cards = load_calendar(session), load_cards(session, list(known))
    last = _said(session, last_reports(session, list(known), role, _unit_of(holder, role)))
    return [_job(holder, facts, cards[key], role, calendar, last.get(key)) for key, facts in known.items()]


def _job(
    holder: Holder,
    facts: Facts,
    card: Card,
    role: str,
    calendar: WorkCalendar,
    last: Said | None,
) -> Job:
    make = _share_fields if role == "share" else _lead_fields
    return Job(
        plan=facts.plan,
        card=card,
        subtask=facts.subtask,
        role=role,
        fields=make(facts, holder, calendar),
        deadline=facts.deadline,
        last=last,
        period=holder.period,
    )


def _lead_fields(facts: Facts, holder: Holder, calendar: WorkCalendar) -> tuple[Field, ...]:
    asked = period_target(facts.plan, facts.subtask, calendar, holder.period)
    return tuple(
        Field(one, one.quantity, asked.get(one.id), *_known(facts.subtask.reports, one.id))
        for one in facts.subtask.indicators
    )


def _share_fields(facts: Facts, holder: Holder, _calendar: WorkCalendar) -> tuple[Field, ...]:
    share = next((one for one in facts.subtask.shares if one.unit_id == holder.unit_id), None)
    quotas, reports = (share.quotas, share.reports) if share else ({}, ())
    return tuple(
        Field(one, quotas.get(one.id), None, *_known(reports, one.id))
        for one in facts.subtask.indicators
        if share is None or one.id in quotas
    )


def _known(reports: tuple[Report, ...], indicator_id: int) -> tuple[Decimal | None, str]:
    known = None
    for _, ledger in histories(reports):
        known = ledger.known.get(indicator_id)
    return (known.quantity, known.period) if known else (None, "")


def _said(session: Session, rows: Mapping[int, tables.ProgressReport]) -> dict[int, Said]:
    """The reports by sub-task, with their figures and why they were sent back, in two queries."""
    figures = reported_figures(session, [stored_id(row.id) for row in rows.values()])
    why = why_returned(session, [stored_id(row.id) for row in rows.values() if row.state == "returned"])
    return {
        subtask: Said(
            id=stored_id(row.id),
            period=row.period,
            at=row.received_at,
            who=row.who,
            status=row.status,
            text=row.text,
            difficulties=row.difficulties,
            needs_coordination=row.needs_coordination,
            forecast_on=row.forecast_on,
            figures=figures[stored_id(row.id)],
            state=row.state,
            returned=why.get(stored_id(row.id), ""),
        )
        for subtask, row in rows.items()
    }
