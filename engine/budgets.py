"""How much of a channel's budget is left: a sliding window over sends, as the vendor counts them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Spend:
    """One send. The far end may have counted it at any moment from ``began`` to ``ended``, so it weighs on the
    budget from ``began`` until a whole span after ``ended``; of one whose worker never came back, ``ended``
    is the moment by which its call must have been over."""

    began: datetime
    ended: datetime


def room(spends: Iterable[Spend], count: int, seconds: int, now: datetime) -> int:
    """How many sends may begin now; never below 0."""
    return max(0, count - len(_weighing(spends, seconds, now)))


def free_at(spends: Iterable[Spend], count: int, seconds: int, now: datetime, need: int = 1) -> datetime:
    """The earliest moment at which ``need`` sends may begin, if nothing else is sent meanwhile.

    ``need`` above ``count`` is taken as ``count``: more can never begin at once.
    """
    ends = sorted(_weighing(spends, seconds, now))
    surplus = len(ends) + min(need, count) - count
    return ends[surplus - 1] if surplus > 0 else now


def _weighing(spends: Iterable[Spend], seconds: int, now: datetime) -> list[datetime]:
    """The moments at which the sends that weigh now stop weighing."""
    span = timedelta(seconds=seconds)
    return [end for spend in spends if (end := spend.ended + span) > now]
