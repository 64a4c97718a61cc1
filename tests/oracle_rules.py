"""What is owed for one sub-task at one moment, worked out day by day from the words of the rules.

Written without a look at the engine's rules: no database, no clockwork, and a calendar of its own. Only
the input values (plan, sub-task, report, policy) are the engine's. Slow and plain on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from engine.model import Milestone, Plan, Report, SubTask
from tests.oracle_days import days, is_working, last_of_month, offset, period_of, report_day, worked
from tests.oracle_progress import behind, is_completed, latest_figure

AT_REST = {"draft", "suspended", "terminated"}
FINISHED = {"accepted", "closed", "archived"}


@dataclass(frozen=True)
class Due:
    """A step that should be said: its key without the recipient, and its nominal day."""

    obligation: str
    rule: str
    anchor: str
    step: int
    nominal_on: date
    to: str = "liaisons"  # liaisons heads leaders coordinators reply (liaison and head)
    unit: str = ""  # of this unit only


Span = tuple[date, date | None]  # suspended from the first day until the one before the second


class Case:
    """One sub-task of a plan, as it stands after what people did.

    ``reports`` are those that count, in order of receipt; ``finished`` once it is accepted. Whoever
    changes one of these, the sub-task or its ``spans`` of suspension calls ``changed``.
    """

    def __init__(self, plan: Plan, subtask: SubTask) -> None:
        self.plan, self.subtask, self.policy = plan, subtask, plan.policy
        self.reports: list[Report] = list(subtask.reports)  # those that came with the plan
        self.returned: list[tuple[Report, date]] = []  # with the day on which it was sent back
        self.spans: list[Span] = []
        self.at_rest = subtask.state.value in AT_REST
        self.terminated = subtask.state.value == "terminated"
        self.finished = subtask.state.value in FINISHED
        self.changed()

    def changed(self) -> None:
        """What follows from the dates and the reports is worked out anew."""
        self._behind_after: list[int] = []  # by number of reports
        self._completed_after: dict[int, date | None] = {}
        self.start = self.subtask.starts_on or self.plan.issued_on or date(self.plan.year, 1, 1)
        self.deadline = self.subtask.deadline or self.plan.execute_ends_on
        self.owed_periods = [one for one in self._owed_periods() if not self.is_away(report_day(one))]

    def is_away(self, day: date) -> bool:
        """Whether the day lies in a suspension."""
        return any(first <= day and (end is None or day < end) for first, end in self.spans)

    def _owed_periods(self) -> Iterator[str]:
        year, month = self.start.year, self.start.month
        while date(year, month, 1) <= self.plan.ends_on:
            first, last = max(self.start, date(year, month, 1)), last_of_month(year, month)
            if sum(is_working(day) for day in days(first, last)) >= self.policy.first_period_min_days:
                yield f"{year}-{month:02}"
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)

    def due(self, on: date) -> list[Due]:
        """Every step that should be alive on that day: for each obligation and rule the latest that has come."""
        if self.finished or self.at_rest or on > self.plan.ends_on:
            return []
        since = self.completed_since()
        if since is not None:
            return self._acceptance(since, on)
        return [*self._report_rules(on), *self._progress_rules(on)]

    def _acceptance(self, since: date, on: date) -> list[Due]:
        if self.policy.auto_accept:
            return []
        steps = range(self.policy.acceptance_first, 400, self.policy.acceptance_every)
        return [
            replace(one, to="coordinators")
            for one in self.latest("acceptance", self.task, since, steps, since, on)
        ]

    def _report_rules(self, on: date) -> list[Due]:
        found = []
        for period in self.owed_periods:
            due_on, key = report_day(period), f"report:{self.subtask.id}:{period}"
            if self.has_report_for(period) or self.is_asked_again(period):
                continue
            if on <= due_on:
                found += self.latest("report_due", key, due_on, self.policy.report_offsets, period, on)
            elif period == self._latest_late(on):
                steps = range(self.policy.report_late_first, 400, self.policy.report_late_every)
                found += self.latest("report_late", key, due_on, steps, period, on)
        return found

    def _progress_rules(self, on: date) -> list[Due]:
        if self._is_past(self.deadline, on):
            in_gap = self._gap(on)
            if in_gap is not None and self.deadline == self.plan.execute_ends_on:
                return in_gap
            return self._late("overdue", self.task, self.deadline, on)
        found = self._before("deadline_due", self.task, self.deadline, self.policy.deadline_offsets, on)
        is_deadline_said = bool(found)
        overdue = [
            one for one in self.subtask.milestones if not self.reached(one) and self._is_past(one.due_on, on)
        ]
        for milestone in overdue:
            found += self._late("milestone_overdue", f"milestone:{milestone.id}", milestone.due_on, on)
        for milestone in self.subtask.milestones:
            if self.reached(milestone) or (is_deadline_said and milestone.due_on == self.deadline):
                continue
            key, steps = f"milestone:{milestone.id}", self.policy.milestone_offsets
            found += self._before("milestone_due", key, milestone.due_on, steps, on)
        return found if overdue else found + self._lagging(on)

    def _lagging(self, on: date) -> list[Due]:
        since = self.lagging_since(on)
        if since is None:
            return []
        steps = range(self.policy.lagging_first, 400, self.policy.lagging_every)
        return self.latest("lagging", self.task, since, steps, since, on)

    def _gap(self, on: date) -> list[Due] | None:
        """The step of the gap list, or ``None`` outside the phase or when the sub-task is not on the list."""
        phase, end = self.plan.phase("gap_fill"), self.plan.execute_ends_on
        if phase is None or not phase.starts_on <= on <= phase.ends_on or self.deadline > end:
            return None
        last = worked(end, phase.ends_on)
        daily = range(last - self.policy.gap_daily_last + 1, last + 1)
        steps = {*range(self.policy.gap_first, last + 1, self.policy.gap_every), *daily}
        return self.latest("gap_fill", self.task, end, steps, phase.starts_on, on)

    def _before(self, rule: str, key: str, day: date, steps: Iterable[int], on: date) -> list[Due]:
        return self.latest(rule, key, day, steps, day, on) if on <= day else []

    def _late(self, rule: str, key: str, day: date, on: date) -> list[Due]:
        steps = range(self.policy.overdue_first, 400, self.policy.overdue_every)
        return self.latest(rule, key, self._judged_on(day), steps, day, on)

    def latest(
        self,
        rule: str,
        key: str,
        base: date,
        steps: Iterable[int],
        anchor: object,
        on: date,
        begin: date | None = None,
    ) -> list[Due]:
        """The latest step that has come, none from before the start (or ``begin``)."""
        begin = begin or max(self.start, self.plan.starts_on)
        come = []
        for step in sorted(steps):
            nominal = offset(base, step)
            if nominal > on:
                break
            if nominal >= begin:
                come.append(Due(key, rule, str(anchor), step, nominal))
        return come[-1:]

    @property
    def task(self) -> str:
        """The obligation of the sub-task as a whole."""
        return f"subtask:{self.subtask.id}"

    def _latest_late(self, on: date) -> str | None:
        """A report is late once its day is over; until then the one before it is."""
        return max((one for one in self.owed_periods if report_day(one) < on), default=None)

    def has_report_for(self, period: str) -> bool:
        return any(report.period >= period for report in self.reports)

    def is_asked_again(self, period: str) -> bool:
        """Whether a report for the period was sent back and not replaced."""
        return any(report.period == period for report, _ in self.sent_back())

    def sent_back(self) -> list[tuple[Report, date]]:
        """Returned reports with their days, without those that a later one for as late a period replaced."""
        given = [*self.reports, *(report for report, _ in self.returned)]
        return [
            (report, day)
            for report, day in self.returned
            if not any(one.id > report.id and one.period >= report.period for one in given)
        ]

    def is_red(self, on: date) -> bool:
        """A deadline or milestone judged unmet, or more than ``red_after`` days behind."""
        if (
            self.finished
            or self.at_rest
            or not self.start <= on <= self.plan.ends_on
            or self.completed_since()
        ):
            return False
        unmet = [one.due_on for one in self.subtask.milestones if not self.reached(one)]
        if any(self._is_past(day, on) for day in (self.deadline, *unmet)):
            return True
        is_early = not self.owed_periods or on < report_day(self.owed_periods[0])
        return (
            bool(self.reports)
            and not is_early
            and self.behind_after(len(self.reports)) > self.policy.red_after
        )

    def _is_past(self, day: date, on: date) -> bool:
        return on > day and on >= self._judged_on(day) and not self.is_away(day)

    def _judged_on(self, day: date) -> date:
        """When its period's report arrives or falls due, whichever comes first, never before the day."""
        period = period_of(day)
        arrivals = [report.received_on for report in self.reports if report.period >= period]
        if period not in self.owed_periods:
            arrivals = []
        return max(day, min([*arrivals, report_day(period)]))

    def reached(self, milestone: Milestone) -> bool:
        if not milestone.quantities:
            period = period_of(milestone.due_on)
            said = [report.status for report in self.reports if report.period >= period]
            return any(status not in ("lagging", "not_started") for status in said)
        indicators = {one.id: one for one in self.subtask.indicators}
        for key, quantity in milestone.quantities.items():
            figure = latest_figure(self.reports, key)
            if figure is None:
                return False
            is_limit = indicators[key].comparator in ("<=", "<")
            if (figure[0] > quantity) if is_limit else (figure[0] < quantity):
                return False
        return True

    def lagging_since(self, on: date) -> date | None:
        """The first day of the present run of reports that are too far behind; nothing before a report was due."""
        if not self.owed_periods or on < report_day(self.owed_periods[0]):
            return None
        since = None
        for count, report in enumerate(self.reports, 1):
            if self.behind_after(count) <= self.policy.yellow_after:
                since = None
            elif since is None:
                since = report.received_on
        return max(since, report_day(self.owed_periods[0])) if since else None

    def behind_after(self, count: int) -> int:
        """Working days behind as the first so many reports show it."""
        for known in range(len(self._behind_after), count):
            self._behind_after.append(behind(self, self.reports[: known + 1]))
        return self._behind_after[count - 1]

    def completed_since(self) -> date | None:
        """The day on which the present completion first showed, ``None`` while there is none."""
        count = len(self.reports)
        if count not in self._completed_after:
            self._completed_after[count] = self._completed_since()
        return self._completed_after[count]

    def _completed_since(self) -> date | None:
        since = None
        for count, report in enumerate(self.reports, 1):
            if not is_completed(self, self.reports[:count]):
                since = None
            elif since is None:
                since = report.received_on
        return since
