"""规则参数: a plan's own numbers, checked, on record, and in force from the next sweep on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, time
from typing import Any

from sqlmodel import Session

from db import plans, runs, tables
from db.references import find_plan
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.policy import DEFAULT, OFFSETS, Policy

MOST_STEPS = 30  # of a list of days or waits
LONGEST_WAIT = 7 * 24 * 3600  # seconds between two attempts

TRUE, FALSE = ("true", "yes", "1", "on", "是", "开"), ("false", "no", "0", "off", "否", "关")


@dataclass(frozen=True, slots=True)
class Setting:
    """One number of the rules: its value in a plan and whether that differs from the default."""

    name: str
    value: str
    default: str

    @property
    def own(self) -> bool:
        """Whether the plan sets it itself."""
        return self.value != self.default


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """What a change of policy amounts to: (name, old, new) of each number that differs."""

    plan_id: int
    title: str
    changed: tuple[tuple[str, str, str], ...]


def settings_of(session: Session, plan: tables.Plan) -> list[Setting]:
    """Every number with its value in the plan and its default."""
    policy = plans.load_plan(session, stored_id(plan.id)).policy
    return [
        Setting(one.name, shown(getattr(policy, one.name)), shown(getattr(DEFAULT, one.name)))
        for one in fields(Policy)
    ]


def set_policy(
    database: Database,
    reference: str | None,
    texts: Sequence[str],
    now: datetime,
    who: str,
    *,
    revision: int | None = None,
) -> PolicyChange:
    """The plan's numbers are as told (``name=value``; nothing after the sign means the default again).

    Raises DubanError POLICY_UNKNOWN, POLICY_VALUE, REVISION_CONFLICT (the plan is not at that revision any
    more), and those of the reference to the plan. A value that is in force already changes nothing.
    """
    with database.write() as session:
        change = apply_policy(session, reference, texts, now, revision=revision)
        if change.changed:
            details = {name: [old, new] for name, old, new in change.changed}
            runs.record(session, "set_policy", who, now, plan_id=change.plan_id, details=details)
        return change


def apply_policy(
    session: Session,
    reference: str | None,
    texts: Sequence[str],
    now: datetime,
    *,
    revision: int | None = None,
) -> PolicyChange:
    """The plan's row has the numbers within the caller's transaction, a rehearsal's or a real one; errors as above."""
    row = find_plan(session, reference)
    session.refresh(row, with_for_update=True)  # who edits at the same time waits for us
    if revision not in (None, row.revision):
        raise DubanError("REVISION_CONFLICT", f"计划“{row.title}”刚被别人改过：请核对现在的值，再保存一次。")
    own, changed = _planned(row, texts)
    if changed:
        row.policy = own
        row.revision += 1
        session.add(row)
        session.flush()
        plan = plans.load_plan(session, stored_id(row.id))
        plans.check_plan_again(session, plan.id, now.astimezone(plans.zone_of(plan)).date())
    return PolicyChange(stored_id(row.id), row.title, changed)


def preview_policy(session: Session, reference: str | None, texts: Sequence[str]) -> PolicyChange:
    """What the numbers would change; nothing is stored. Errors as of ``set_policy``."""
    row = find_plan(session, reference)
    return PolicyChange(stored_id(row.id), row.title, _planned(row, texts)[1])


def shown(value: object) -> str:
    """A value as a person writes it: ``-10,-5,0``, ``09:00``, ``true``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


def check_sense(policy: Policy) -> None:
    """Refuses numbers that fit their type and would still break the rules, with POLICY_VALUE."""
    for one in fields(Policy):
        value = getattr(policy, one.name)
        if isinstance(value, bool) or not isinstance(value, int):
            continue
        least = 0 if one.name.endswith(("_after", "_minutes", "_hours")) else 1
        if not least <= value <= 10_000:
            raise _refused(one.name, value, f"应在 {least} 到 10000 之间")
    for name in OFFSETS:
        value = getattr(policy, name)
        if any(not -250 <= part <= 0 for part in value) or len(value) > MOST_STEPS:
            raise _refused(name, shown(value)[:80], "提前的工作日数写成 0 或负数，不早于 -250，最多 30 个")
    steps = policy.retry_seconds
    if not 1 <= len(steps) <= MOST_STEPS or any(not 1 <= part <= LONGEST_WAIT for part in steps):
        raise _refused("retry_seconds", shown(steps)[:80], "每次重试前等 1 秒到 7 天，最多 30 次")
    for name in ("remind_at", "digest_at", "window_opens", "window_closes"):
        at = getattr(policy, name)
        if at != at.replace(second=0, microsecond=0, tzinfo=None):
            raise _refused(name, at.isoformat(), "时刻写到分钟，例如 09:15")
    if policy.red_after < policy.yellow_after:
        raise _refused("red_after", policy.red_after, f"不能小于 yellow_after（{policy.yellow_after}）")
    if policy.window_opens >= policy.window_closes:
        raise _refused("window_closes", shown(policy.window_closes), "应晚于 window_opens")


def _planned(
    row: tables.Plan, texts: Sequence[str]
) -> tuple[dict[str, Any], tuple[tuple[str, str, str], ...]]:
    """The plan's own numbers as told, and what differs by them."""
    own = _merged(row.policy, dict(_pair(text) for text in texts))
    after = Policy.of(own)
    check_sense(after)
    return own, _changed(Policy.of(row.policy), after)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise DubanError("POLICY_VALUE", f"看不懂“{text}”：请写成 参数=值，例如 yellow_after=3。")
    return name.strip(), value.strip()


def _merged(own: Mapping[str, Any], wanted: Mapping[str, str]) -> dict[str, Any]:
    """The plan's own values with the new ones; what equals the default is not kept."""
    merged = dict(own)
    for name, text in wanted.items():
        merged.pop(name, None)
        if text or name not in Policy.__dataclass_fields__:
            merged[name] = _typed(name, text)
    Policy.of(merged)
    return {name: value for name, value in merged.items() if _kept(name, value)}


def _typed(name: str, text: str) -> object:
    default = getattr(DEFAULT, name, None)
    if isinstance(default, bool):
        return True if text.lower() in TRUE else False if text.lower() in FALSE else text
    if isinstance(default, tuple):
        return [part.strip() for part in text.replace("，", ",").split(",")]
    return text


def _kept(name: str, value: object) -> bool:
    return bool(getattr(Policy.of({name: value}), name) != getattr(DEFAULT, name))


def _changed(before: Policy, after: Policy) -> tuple[tuple[str, str, str], ...]:
    values = ((one.name, getattr(before, one.name), getattr(after, one.name)) for one in fields(Policy))
    return tuple((name, shown(old), shown(new)) for name, old, new in values if old != new)


def _refused(name: str, value: object, why: str) -> DubanError:
    return DubanError("POLICY_VALUE", f"规则参数“{name}”的值“{value}”不合适：{why}。")
