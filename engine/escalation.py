"""The ladder that lasting trouble climbs: since when it counts, which rung is reached and which comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from engine.calendar import WorkCalendar
from engine.facts import Facts
from engine.model import Climb, Light, Reason, Standing
from engine.months import month_due, month_of, period_name
from engine.standing import light_of

DAY = timedelta(days=1)
RED, SILENT = "red", "silent"


def climb_of(facts: Facts, standing: Standing) -> Climb | None:
    """The climb that runs on the day, with the level it has reached; ``None`` if there is no trouble.

    Of red and silence the one that began first counts. The clock starts on that day or on that of the
    last real action, whichever is later. A climb that runs already keeps its start and its rungs.
    """
    if not facts.policy.escalate or facts.resting or facts.completed:
        return None
    if not facts.floor <= facts.on <= facts.plan_end:
        return None
    starts = dict(_starts(facts, standing))
    if not starts:
        return None
    cause = min(starts, key=lambda one: (starts[one], one != RED))
    return _climbing(facts, cause, starts[cause])


def rung_days(climb: Climb, cal: WorkCalendar) -> tuple[date, ...]:
    """The days on which head, leader and case are reached."""
    return tuple(cal.offset(climb.started_on, rung) for rung in climb.rungs)


def told(facts: Facts, standing: Standing, climb: Climb) -> Reason:
    """What the trouble is, with its figures: the worst that is red, or the report that is missing."""
    month = _uncovered(facts)
    if climb.cause == RED or month is None:
        return standing.reasons[0]
    return Reason.of("report_late", period=period_name(month), due_on=month_due(month, facts.cal))


def turning_days(facts: Facts) -> Iterator[date]:
    """Days on which trouble or its clock turns by itself, beside those on which a light does."""
    if not facts.policy.escalate:
        return
    silent = silent_since(facts)
    yield from (silent,) if silent is not None else ()
    yield from facts.subtask.actions
    yield from (one.returned_on for one in facts.subtask.returned)


def silent_since(facts: Facts) -> date | None:
    """The day from which the missing report counts as silence, past or to come; ``None`` if none is missing.

    The days count from the due day of the first month that no report covers; from the last word that was
    received, the return of a report or the end of a suspension where these are later.
    """
    month = _uncovered(facts)
    if month is None:
        return None
    heard = [month_due(month, facts.cal)]
    heard += [report.received_on for report in facts.reports]
    heard += [one.returned_on for one in facts.subtask.returned if one.unit_id is None]
    heard += [span.last for span in facts.subtask.suspensions if span.last is not None]
    last = max(day for day in heard if day <= facts.on or day == heard[0])
    return max(facts.cal.offset(last, facts.policy.escalate_silent_after), last + DAY)


def _starts(facts: Facts, standing: Standing) -> Iterator[tuple[str, date]]:
    """Each present trouble with the start of its clock."""
    acted = max((day for day in facts.subtask.actions if day <= facts.on), default=date.min)
    running = _running(facts)
    kept = running is not None and acted <= running.started_on
    floor = max(acted, _known_since(facts, running))
    if standing.light is Light.RED:
        keeps = running is not None and kept and running.cause == RED
        yield RED, running.started_on if keeps and running else _red_since(facts, floor)
    silent = silent_since(facts)
    if silent is not None and silent <= facts.on:
        keeps = running is not None and kept and running.cause == SILENT
        yield SILENT, running.started_on if keeps and running else max(silent, floor)


def _running(facts: Facts) -> Climb | None:
    climb = facts.subtask.climb
    return climb if climb is not None and climb.started_on <= facts.on else None


def _known_since(facts: Facts, running: Climb | None) -> date:
    """The day before which no clock starts: what ran, or was free of trouble when last seen, is known."""
    if running is not None:
        return running.started_on
    seen = [facts.plan.followed_on, facts.subtask.checked_on]
    seen += [one.returned_on for one in facts.subtask.returned]
    return max([facts.floor, *(day for day in seen if day is not None and day <= facts.on)])


def _climbing(facts: Facts, cause: str, started_on: date) -> Climb:
    policy, running = facts.policy, _running(facts)
    rungs = (policy.escalate_head_after, policy.escalate_leader_after, policy.escalate_case_after)
    if running is not None and (running.cause, running.started_on) == (cause, started_on):
        rungs = (running.rungs[0], running.rungs[1], running.rungs[2])
    climb = Climb(cause, started_on, rungs)
    return replace(climb, level=sum(day <= facts.on for day in rung_days(climb, facts.cal)))


def _red_since(facts: Facts, floor: date) -> date:
    """The first day of the present unbroken run of red, not before ``floor``."""
    since = facts.on
    for day, reported in sorted(_moments(facts, floor), reverse=True):
        subtask = replace(facts.subtask, reports=facts.reports[:reported])
        if light_of(Facts.of(facts.plan, subtask, facts.cal, day)) is not Light.RED:
            break
        since = day
    return since


def _moments(facts: Facts, floor: date) -> set[tuple[date, int]]:
    """Days from ``floor`` to today on which a light may have turned, with the number of reports known by then."""
    subtask = facts.subtask
    days = {floor, facts.start, facts.first_due}
    for due_on in (facts.deadline, *(one.due_on for one in subtask.milestones)):
        days |= {due_on + DAY, month_due(month_of(due_on), facts.cal)}
    for span in subtask.suspensions:
        days |= {span.first} if span.last is None else {span.first, span.last + DAY}
    numbered = enumerate(facts.reports, 1)
    moments = {(report.received_on, number) for number, report in numbered}
    moments |= {(day, sum(one.received_on <= day for one in facts.reports)) for day in days}
    return {moment for moment in moments if floor <= moment[0] <= facts.on}


def _uncovered(facts: Facts) -> int | None:
    """The first owed month that no report covers, due or not."""
    latest = facts.latest
    said = facts.first_month - 1 if latest is None else month_of(date.fromisoformat(f"{latest.period}-01"))
    return facts.owed_after(max(said, facts.first_month - 1))
