"""Every number of the rules, as one value that a coordinator can change per plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

from engine.errors import DubanError

CURVES = ("linear", "late")
# The least that makes sense: a step of 0 would never end, a limit below 0 could never be kept.
LEAST = {
    "yellow_after": 0,
    "red_after": 0,
    "first_period_min_days": 0,
    "report_late_first": 0,
    "report_late_every": 1,
    "lagging_first": 0,
    "lagging_every": 1,
    "overdue_first": 0,
    "overdue_every": 1,
    "gap_first": 0,
    "gap_every": 1,
    "gap_daily_last": 0,
    "acceptance_first": 0,
    "acceptance_every": 1,
    "acknowledge_first": 0,
    "acknowledge_every": 1,
    "returned_first": 0,
    "returned_every": 1,
    "escalate_silent_after": 0,
    "escalate_head_after": 0,
    "escalate_leader_after": 0,
    "escalate_case_after": 0,
    "unread_hours": 0,
    "receipt_days": 0,
    "case_reply_days": 1,
    "case_late_first": 0,
    "case_late_every": 1,
    "second_notice_after": 1,
    "case_near_days": 0,
    "evaluation_after": 0,
    "score_progress": 0,
    "score_reports": 0,
    "score_milestones": 0,
    "score_cases": 0,
    "score_year_months": 0,
    "score_year_completion": 0,
    "evaluation_due_after": 1,
    "archive_due_after": 1,
    "follow_up_late_every": 1,
    "max_wait_days": 1,
    "jitter_minutes": 0,
    "lease_seconds": 1,
    "max_attempts": 1,
    "give_up_days": 1,
}
OFFSETS = ("milestone_offsets", "deadline_offsets", "report_offsets", "case_offsets", "follow_up_offsets")


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers behind lights, reminders and delivery; offsets and spans count working days.

    Negative offsets lie before the date they belong to; 0 is the day itself.
    """

    yellow_after: int = 5
    red_after: int = 20
    curve: str = "linear"  # linear: 序时进度; late: slow start, as construction goes
    first_period_min_days: int = 10  # a month is reported if the task ran this many working days in it

    milestone_offsets: tuple[int, ...] = (-10, -5, -1, 0)
    deadline_offsets: tuple[int, ...] = (-20, -10, -5, -1, 0)
    report_offsets: tuple[int, ...] = (-3, 0)
    report_late_first: int = 1
    report_late_every: int = 2
    lagging_first: int = 1  # "at once" is the first slot after the day of the report
    lagging_every: int = 5
    overdue_first: int = 1
    overdue_every: int = 3
    gap_first: int = 1
    gap_every: int = 3
    gap_daily_last: int = 5  # in the last days of the gap-fill phase every working day
    acceptance_first: int = 1
    acceptance_every: int = 5

    acknowledge: bool = True  # lead units are asked to sign for what was issued to them
    acknowledge_first: int = 1
    acknowledge_every: int = 3
    auto_review: bool = False  # reports count as accepted when they come in
    returned_first: int = 1
    returned_every: int = 2
    ask_shares: bool = False  # units that hold a quota report their share each month

    escalate: bool = True
    escalate_silent_after: int = 5  # a report this late is silence
    escalate_head_after: int = 5  # each rung counts from the day on which the trouble began
    escalate_leader_after: int = 10
    escalate_case_after: int = 15
    auto_open_case: bool = True  # else the last rung asks a coordinator to open it
    unread_hours: int = 8  # within the window of working days; then the post above is told; 0: nobody is
    receipt_days: int = 10  # calendar days for which vendors are asked who has read a message
    case_reply_days: int = 5
    case_offsets: tuple[int, ...] = (-1, 0)
    case_late_first: int = 1
    case_late_every: int = 2
    second_notice_after: int = 3
    case_near_days: int = 10  # a case opened this long before the deadline or later is blue

    digest_hold: bool = False  # digests and evaluations wait until a coordinator approves them
    digest_executing: bool = True  # units that execute or hold a quota get the digest, too
    digest_leaders: bool = True
    group_digest: bool = False  # the group of a unit hears of its digest, as it does of reminders
    attach_workbook: bool = False  # a workbook to fill in goes with messages that ask for a report
    evaluation_after: int = 3  # after the month's reports fell due
    score_progress: int = 50  # weights of the parts of a monthly score
    score_reports: int = 20
    score_milestones: int = 20
    score_cases: int = 10
    score_year_months: int = 60  # weights of the year's score: mean of the months, completion in time
    score_year_completion: int = 40

    evaluation_due_after: int = 20  # after acceptance: evaluation of the result
    archive_due_after: int = 40  # after acceptance: registration in the archive
    follow_up_offsets: tuple[int, ...] = (-5, 0)
    follow_up_late_every: int = 5
    max_wait_days: int = 7  # calendar days; no open sub-task waits longer for its next check

    remind_at: time = time(9, 0)
    jitter_minutes: int = 10
    digest_at: time = time(15, 0)
    window_opens: time = time(8, 30)
    window_closes: time = time(18, 0)
    auto_accept: bool = False

    lease_seconds: int = 300
    retry_seconds: tuple[int, ...] = (60, 300, 900, 3600, 3 * 3600, 6 * 3600)
    max_attempts: int = 12
    give_up_days: int = 30  # calendar days that a message waits for a channel that is out of order

    def __post_init__(self) -> None:
        """Refuses with POLICY_VALUE numbers that no rule could live by."""
        for name, least in LEAST.items():
            if getattr(self, name) < least:
                raise DubanError("POLICY_VALUE", f"规则参数“{name}”至少为 {least}，请改大一些。")
        for name in OFFSETS:
            if any(step > 0 for step in getattr(self, name)):
                raise DubanError("POLICY_VALUE", f"规则参数“{name}”里的天数应为 0 或负数（之前几个工作日）。")
        if self.red_after < self.yellow_after:
            raise DubanError(
                "POLICY_VALUE", "规则参数“red_after”不能小于“yellow_after”，请先亮黄灯再亮红灯。"
            )
        if not self.escalate_head_after <= self.escalate_leader_after <= self.escalate_case_after:
            raise DubanError(
                "POLICY_VALUE",
                "升级的天数应逐级增加：escalate_head_after、escalate_leader_after、escalate_case_after。",
            )
        parts = (self.score_progress, self.score_reports, self.score_milestones, self.score_cases)
        if not sum(parts) or not self.score_year_months + self.score_year_completion:
            raise DubanError("POLICY_VALUE", "评分的各项权重不能全为 0，请至少留一项。")
        if self.window_opens >= self.window_closes:
            raise DubanError("POLICY_VALUE", "规则参数“window_opens”应早于“window_closes”，请核对发送时段。")

    @classmethod
    def of(cls, overrides: Mapping[str, object]) -> Policy:
        """The default policy with what a plan sets differently; times as ``HH:MM``, lists as tuples.

        Raises DubanError POLICY_UNKNOWN for a name, POLICY_VALUE for a value that does not fit.
        """
        values: dict[str, Any] = {}
        for name, value in overrides.items():
            if name not in cls.__dataclass_fields__:
                raise DubanError(
                    "POLICY_UNKNOWN", f"没有名为“{name}”的规则参数：可用的参数见 docs/rules.md。"
                )
            values[name] = _fitted(name, value, getattr(DEFAULT, name))
        return replace(DEFAULT, **values)


DEFAULT = Policy()


def _fitted(name: str, value: object, default: object) -> object:
    try:
        if isinstance(default, bool):
            if not isinstance(value, bool):
                raise ValueError
            return value
        if isinstance(default, int):
            return int(str(value))
        if isinstance(default, time):
            return time.fromisoformat(str(value))
        if isinstance(default, tuple) and isinstance(value, list | tuple):
            return tuple(int(str(part)) for part in value)
        if isinstance(default, str) and isinstance(value, str) and value in CURVES:
            return value
    except ValueError:
        pass
    raise DubanError(
        "POLICY_VALUE", f"规则参数“{name}”的值“{value}”不合适：默认值是 {default}，请照它的写法填写。"
    )
