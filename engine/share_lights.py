"""How a unit stands with its own share of an indicator, by the same rule as the whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from engine.curve import Curve
from engine.facts import Facts, Known, Ledger, accumulates, reaches
from engine.model import Indicator, Light, Share
from engine.periods import curve_of
from engine.standing import days_behind, is_overdue


@dataclass(frozen=True, slots=True)
class ShareCell:
    """A unit's share of an indicator on a day: done of the quota, with its light; not reported is ``None``."""

    done: Decimal | None
    quota: Decimal
    light: Light


def share_cells(facts: Facts, indicator: Indicator) -> dict[int, ShareCell]:
    """The cell of every unit that holds a quota of the indicator, by unit id, from what it reported by that day."""
    curve = curve_of(facts, indicator) if accumulates(indicator) and indicator.quantity > 0 else None
    cells = {}
    for share in facts.subtask.shares:
        quota = share.quotas.get(indicator.id)
        if quota is not None:
            known = _known(facts, share, indicator)
            light = _light(facts, replace(indicator, quantity=quota), _part(curve, indicator, quota), known)
            cells[share.unit_id] = ShareCell(known.quantity if known else None, quota, light)
    return cells


def _known(facts: Facts, share: Share, indicator: Indicator) -> Known | None:
    """The unit's latest figure by that day, of its latest period."""
    ledger = Ledger()
    for report in share.reports:
        if report.received_on <= facts.on:
            ledger.read(report)
    return ledger.known.get(indicator.id)


def _part(curve: Curve | None, indicator: Indicator, quota: Decimal) -> Curve | None:
    """What the plan asks of the unit: its part of what is asked of all, in proportion to its quota."""
    if curve is None:
        return None
    return Curve(tuple((day, asked * quota / indicator.quantity) for day, asked in curve.points), curve.late)


def _light(facts: Facts, part: Indicator, curve: Curve | None, known: Known | None) -> Light:
    """By the rules of the whole: behind by more working days than the policy allows; past the deadline red."""
    if known is not None and reaches(part, known.quantity, part.quantity):
        return Light.DONE
    if facts.resting or known is None or curve is None:
        return Light.GREY
    if is_overdue(facts, facts.deadline):
        return Light.RED
    behind = 0 if facts.asked_on < facts.first_due else days_behind(facts, part, curve, known)
    if behind > facts.policy.yellow_after:
        return Light.RED if behind > facts.policy.red_after else Light.YELLOW
    return Light.GREEN
