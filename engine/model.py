"""The values that rules judge and the values they answer with; no database, no clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from engine.policy import Policy
from engine.waits import Owing

RUNNING_NUMBER = re.compile(r"[(（]?(\d{1,3})[)）.．、]\s*(?!\d)")


class Light(StrEnum):
    """What duban computes about a sub-task; never a decision of people."""

    GREY = "grey"  # not started, suspended, terminated, draft
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    DONE = "done"


class State(StrEnum):
    """What people decided about a sub-task."""

    DRAFT = "draft"
    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    COMPLETION_CLAIMED = "completion_claimed"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    ARCHIVED = "archived"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


OPEN_STATES = frozenset({State.ISSUED, State.ACKNOWLEDGED, State.IN_PROGRESS})
FINISHED_STATES = frozenset({State.ACCEPTED, State.CLOSED, State.ARCHIVED})


class Rule(StrEnum):
    """Why a reminder is owed."""

    MILESTONE_DUE = "milestone_due"
    DEADLINE_DUE = "deadline_due"
    REPORT_DUE = "report_due"
    REPORT_LATE = "report_late"
    LAGGING = "lagging"
    MILESTONE_OVERDUE = "milestone_overdue"
    OVERDUE = "overdue"
    GAP_FILL = "gap_fill"
    ACCEPTANCE = "acceptance"  # asks a coordinator to accept what a unit claims to be complete
    ACKNOWLEDGE = "acknowledge"  # asks a lead unit to sign for what was issued
    RETURNED = "returned"  # asks for a report again that a coordinator sent back
    SHARE_DUE = "share_due"  # asks a unit that holds a quota for its own figure
    SHARE_LATE = "share_late"
    ESCALATED = "escalated"  # tells head, then leader, then coordinators of a trouble that lasts
    CASE_NOTICE = "case_notice"  # a supervision case was opened, or noticed a second time
    CASE_DUE = "case_due"  # it is to be answered
    CASE_LATE = "case_late"
    FOLLOW_UP = "follow_up"  # evaluation or archive registration after acceptance
    UNREAD = "unread"  # tells the post above of a reminder that lies unread


class Audience(StrEnum):
    """To whom a rule speaks; who that is today is found when the reminder is stored."""

    LEADS = "leads"  # liaisons of the lead units
    HEADS = "heads"  # heads of the lead units
    LEADERS = "leaders"  # leaders in charge of the lead units
    COORDINATORS = "coordinators"
    UNITS = "units"  # liaisons of the units that it names
    UNITS_AND_HEADS = "units_and_heads"  # their liaisons and heads


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code with the inputs that led to it, worded for readers elsewhere."""

    code: str
    inputs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, code: str, **inputs: object) -> Reason:
        """The reason with its inputs as text, in the order given."""
        return cls(code, tuple((name, str(value)) for name, value in inputs.items()))

    def get(self, name: str) -> str:
        """The input of that name, or an empty text."""
        return dict(self.inputs).get(name, "")


@dataclass(frozen=True, slots=True)
class Phase:
    """A dated span of a plan, both ends included: ``execute`` or ``gap_fill``."""

    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Plan:
    """What the rules need to know of a plan."""

    id: int
    title: str
    year: int
    issued_on: date | None
    phases: tuple[Phase, ...]
    policy: Policy = field(default_factory=Policy)
    time_zone: str = "Asia/Shanghai"
    followed_on: date | None = None  # the day of the first sweep

    def phase(self, name: str) -> Phase | None:
        """The phase of that name, if the plan has one."""
        return next((phase for phase in self.phases if phase.name == name), None)

    @property
    def starts_on(self) -> date:
        """The issue date, or 1 January of the plan's year."""
        return self.issued_on or date(self.year, 1, 1)

    @property
    def ends_on(self) -> date:
        """The last day on which the plan is followed up: the end of its last phase, else 31 December."""
        return max((phase.ends_on for phase in self.phases), default=date(self.year, 12, 31))

    @property
    def execute_ends_on(self) -> date:
        """The deadline of sub-tasks without one of their own: end of ``execute``, else 31 December."""
        execute = self.phase("execute")
        return execute.ends_on if execute else date(self.year, 12, 31)


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is promised. Quantities are in base units (16000 名, not 1.6万名).

    ``kind``: delivery and coverage accumulate; level, rate, growth, upper_bound and binary are judged
    only at milestones and at the deadline. ``comparator``: = >= > <= < ~ .
    """

    id: int
    subject: str
    quantity: Decimal
    unit: str
    comparator: str = "="
    kind: str = "delivery"


@dataclass(frozen=True, slots=True)
class Milestone:
    """What must be reached by a day: words, and/or cumulative quantities by indicator id."""

    id: int
    due_on: date
    text: str = ""
    weight: Decimal = Decimal(1)
    quantities: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """The last word of a lead unit on one period (``YYYY-MM``); cumulative quantities by indicator id.

    ``as_of`` is the day the figures stand for: the period's last day, or the day of receipt if earlier.
    Returned reports never get here.
    """

    id: int
    period: str
    as_of: date
    received_on: date
    accepted: bool = False
    status: str = "unknown"  # done over_fulfilled in_progress lagging suspended not_started unknown
    quantities: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """One unit's part of a sub-task: its quotas by indicator id, and what it reported of them, in order of receipt."""

    unit_id: int
    quotas: Mapping[int, Decimal]
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which a sub-task rests, the first and the last included; without a last one it still does."""

    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Returned:
    """A report that a coordinator sent back with a reason and that nothing has replaced yet.

    ``unit_id`` is whose share it was; ``None`` where it spoke for the whole sub-task.
    """

    report_id: int
    period: str
    returned_on: date
    reason: str = ""
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A supervision case that waits for its reply; ``noticed_on`` is the day of the latest notice."""

    id: int
    unit_id: int
    opened_on: date
    reply_due_on: date
    notices: int
    noticed_on: date
    number: str = ""  # 督办〔2024〕3号


@dataclass(frozen=True, slots=True)
class OpenFollowUp:
    """What remains after acceptance and is not done: ``evaluation`` or ``archive``."""

    kind: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Unread:
    """A message that lies unread, as its vendor says, before the ``liaison`` or ``head`` of a unit."""

    message_id: int
    unit_id: int
    post: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Climb:
    """A climb of the ladder: what it hangs on, since when, the rungs as they were frozen then.

    ``cause`` is ``red`` or ``silent``; ``rungs`` are the working days after ``started_on`` to head, leader
    and case; ``level`` counts those reached.
    """

    cause: str
    started_on: date
    rungs: tuple[int, ...]
    level: int = 0


@dataclass(frozen=True, slots=True)
class SubTask:
    """The unit of follow-up with everything that a rule may look at.

    ``reports`` are in order of receipt: the lead unit's, and those that units' shares add up to
    (``engine.rollup``). ``shares`` are the units that hold quotas, by id. ``checked_on`` is the day of the
    last sweep that judged it, or ``None`` before the first. ``suspensions`` come from approved requests, in
    order; ``actions`` are the days of real action (a report accepted, a change approved, a case answered);
    ``unsigned`` are the lead units that have not signed for it; ``returned``, ``cases`` and ``follow_ups``
    are what is still open; ``climb`` is the one that runs; ``unread`` are the messages about it that nobody opened.
    """

    id: int
    no: str
    title: str
    state: State
    starts_on: date | None = None
    deadline: date | None = None
    indicators: tuple[Indicator, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    reports: tuple[Report, ...] = ()
    shares: tuple[Share, ...] = ()
    checked_on: date | None = None
    suspensions: tuple[Span, ...] = ()
    actions: tuple[date, ...] = ()
    unsigned: tuple[int, ...] = ()
    returned: tuple[Returned, ...] = ()
    cases: tuple[OpenCase, ...] = ()
    follow_ups: tuple[OpenFollowUp, ...] = ()
    climb: Climb | None = None
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorStanding:
    """One indicator on a day. ``expected`` and ``actual`` are cumulative; ``actual`` is ``None`` if never reported."""

    indicator: Indicator
    expected: Decimal
    actual: Decimal | None
    behind: int
    met: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The computed judgement of a sub-task on a day.

    ``behind`` counts working days, of the worst indicator. ``percent`` is the share of the promise
    reported (over 100 when over-fulfilled), ``expected_percent`` what the plan asks for; ``None`` where
    nothing can be measured. ``reasons`` say why the light is what it is, worst first.
    ``lagging_since`` is the first day of the present episode of lagging, ``completed_on`` the day on
    which the reports first showed the present completion.
    """

    on: date
    light: Light
    reasons: tuple[Reason, ...] = ()
    behind: int = 0
    percent: Decimal | None = None
    expected_percent: Decimal | None = None
    indicators: tuple[IndicatorStanding, ...] = ()
    as_of: date | None = None
    unreviewed: bool = False
    completed: bool = False
    late_period: str | None = None
    lagging_since: date | None = None
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """One reminder that a rule asks for, before it is addressed to posts.

    The key is (obligation, rule, anchor, step) and, once addressed, the post. ``nominal_on`` is data:
    an edit of the calendar moves it without sending twice. ``obligation`` is ``subtask:ID``,
    ``milestone:ID``, ``report:ID:YYYY-MM``…; ``anchor`` an ISO date or the first day of an episode.
    ``units`` says which where the audience is not the lead units as such.
    """

    obligation: str
    rule: Rule
    anchor: str
    step: int
    nominal_on: date
    reason: Reason
    audience: Audience = Audience.LEADS
    units: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What one check of a sub-task concluded.

    ``current`` are the reminders that should be alive on that day, whether sent before or not: for
    each obligation and rule the latest step that has come. ``missed`` are steps that came and went
    since the last check, to be recorded as superseded. ``muted`` names, for an obligation and rule
    that would be owed, the rule that silences it. ``climb`` is the escalation that runs on that day.
    ``owing`` is who is waited for.
    """

    standing: Standing
    current: tuple[Owed, ...]
    missed: tuple[Owed, ...]
    muted: tuple[tuple[str, Rule, Rule], ...]
    next_check_on: date | None
    climb: Climb | None = None
    owing: tuple[Owing, ...] = ()


def shown_title(no: str, title: str) -> str:
    """The title without the running number that it repeats: ``1.新增6所学堂`` numbered 一.1 is 新增6所学堂."""
    match = RUNNING_NUMBER.match(title)
    if match and no.endswith(match[1]) and len(match[0]) < len(title):
        return title[match.end() :]
    return title
