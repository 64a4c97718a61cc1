"""Roll-up: what units report of their own shares, added up to the figure of the whole sub-task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from engine.facts import Ledger, accumulates
from engine.model import Indicator, Report, Share, SubTask

ZERO = Decimal(0)
Entry = tuple[
    int | None, Report
]  # the unit whose share it is, ``None`` for the lead unit's word on the whole


@dataclass(frozen=True, slots=True)
class Tally:
    """What the units' shares add up to for a period, by indicator id, and who is in the sum.

    Each unit counts with its latest figure up to the period; ``reported`` are those whose figure of the
    period itself is known, ``missing`` the others that hold a quota.
    """

    period: str
    quantities: Mapping[int, Decimal]
    reported: tuple[int, ...]
    missing: tuple[int, ...]

    @property
    def complete(self) -> bool:
        """Whether every unit that holds a quota is in the sum with this period's figure."""
        return bool(self.reported) and not self.missing


@dataclass(frozen=True, slots=True)
class Comparison:
    """The lead unit's figure of an indicator beside what the shares of the same period add up to."""

    indicator: Indicator
    lead: Decimal
    shared: Decimal
    tally: Tally

    @property
    def differs(self) -> bool:
        """Whether both cannot be true: a complete sum is another figure, or a part is more than the whole."""
        return self.shared != self.lead if self.tally.complete else self.shared > self.lead

    @property
    def agrees(self) -> bool:
        """Whether both say the same, with everybody in the sum."""
        return self.tally.complete and self.shared == self.lead


def roll_up(
    received: Sequence[Entry], indicators: Sequence[Indicator], quotas: Mapping[int, Mapping[int, Decimal]]
) -> tuple[tuple[Report, ...], tuple[Share, ...]]:
    """The reports that rules judge, and the units' shares by id, from everything received in order.

    A share report that completes a period, or corrects a complete one, stands as the report of the whole
    under its own id: the sums of all units, accepted only if all of theirs are. None does once the lead
    unit has reported that period or a later one, nor where some indicator is not shared out: then the
    sums say too little about the whole.
    """
    holders = _holders(indicators, quotas)
    if not holders:
        return tuple(report for unit, report in received if unit is None), ()
    whole = _covers(indicators, holders)
    judged: list[Report] = []
    said = ""  # the latest period of which the lead unit has spoken
    for unit, report in received:
        if unit is None:
            judged.append(report)
            said = max(said, report.period)
        elif unit in holders:
            holders[unit].read(report)
            sum_ = _completed_by(report, holders.values(), said) if whole else None
            if sum_ is not None and not _is_known(sum_, report, judged):
                judged.append(sum_)
    return tuple(judged), tuple(one.share() for _, one in sorted(holders.items()))


def tally(indicators: Sequence[Indicator], shares: Iterable[Share], period: str) -> Tally:
    """What the shares add up to for the period as far as they are known."""
    quotas = {share.unit_id: share.quotas for share in shares}
    holders = _holders(indicators, quotas)
    for share in shares:
        for report in share.reports if share.unit_id in holders else ():
            holders[share.unit_id].read(report)
    ordered = [holders[unit] for unit in sorted(holders)]
    return Tally(
        period,
        _sums(ordered, period),
        tuple(one.unit_id for one in ordered if one.has_said(period)),
        tuple(one.unit_id for one in ordered if not one.has_said(period)),
    )


def has_reported(indicators: Sequence[Indicator], share: Share, period: str) -> bool:
    """Whether the unit owes no figure for the period: it has given one, or has reached its quota before."""
    return not tally(indicators, (share,), period).missing


def compare(subtask: SubTask) -> tuple[Comparison, ...]:
    """Each indicator that the lead unit and some units with quotas have reported, at the lead's latest period of it."""
    shared = {report.id for share in subtask.shares for report in share.reports}
    told = Ledger()
    for report in subtask.reports:
        if report.id not in shared:
            told.read(report)
    compared = []
    for indicator in subtask.indicators:
        known = told.known.get(indicator.id)
        if known is None:
            continue
        sums = tally(subtask.indicators, subtask.shares, known.period)
        if indicator.id in sums.quantities:
            compared.append(Comparison(indicator, known.quantity, sums.quantities[indicator.id], sums))
    return tuple(compared)


@dataclass(slots=True)
class _Holder:
    """A unit that holds quotas, with the last word that it said on each period."""

    unit_id: int
    all_quotas: Mapping[int, Decimal]
    quotas: Mapping[int, Decimal]  # those that can be added up
    reports: list[Report] = field(default_factory=list)
    words: dict[str, Report] = field(default_factory=dict)

    def read(self, report: Report) -> None:
        self.reports.append(report)
        self.words[report.period] = report

    def figures(self, period: str) -> dict[int, Decimal]:
        """The latest figure of each quota up to the period."""
        known: dict[int, Decimal] = {}
        for said in sorted(said for said in self.words if said <= period):
            known.update(self.words[said].quantities)
        return {key: known[key] for key in self.quotas if key in known}

    def has_said(self, period: str) -> bool:
        """Whether all its figures of the period are known; who reached its quotas before has nothing to add."""
        known = self.figures(period)
        if len(known) < len(self.quotas):
            return False
        return period in self.words or all(known[key] >= asked for key, asked in self.quotas.items())

    def latest(self, period: str) -> Report:
        """Its last word up to the period."""
        return self.words[max(said for said in self.words if said <= period)]

    def share(self) -> Share:
        return Share(self.unit_id, self.all_quotas, tuple(self.reports))


def _holders(
    indicators: Sequence[Indicator], quotas: Mapping[int, Mapping[int, Decimal]]
) -> dict[int, _Holder]:
    """The units that hold a quota of something that adds up; levels and rates do not."""
    adding = {one.id for one in indicators if accumulates(one)}
    holders = {}
    for unit, own in quotas.items():
        shared = {key: quantity for key, quantity in own.items() if key in adding and quantity > 0}
        if shared:
            holders[unit] = _Holder(unit, own, shared)
    return holders


def _covers(indicators: Sequence[Indicator], holders: Mapping[int, _Holder]) -> bool:
    shared = {key for one in holders.values() for key in one.quotas}
    return all(one.id in shared for one in indicators)


def _completed_by(report: Report, holders: Iterable[_Holder], said: str) -> Report | None:
    """The sum of the latest period that is complete with this report and of which the lead unit has not spoken."""
    periods = {period for one in holders for period in one.words if period >= report.period}
    for period in sorted(periods, reverse=True):
        if period > said and all(one.has_said(period) for one in holders):
            return _added_up(report, period, holders)
    return None


def _is_known(sum_: Report, report: Report, judged: Sequence[Report]) -> bool:
    """Whether the report, of an earlier month than the sum, changes nothing in it."""
    if sum_.period == report.period or not judged:
        return False
    last = judged[-1]
    return (last.period, last.quantities, last.accepted) == (sum_.period, sum_.quantities, sum_.accepted)


def _added_up(report: Report, period: str, holders: Iterable[_Holder]) -> Report:
    parts = [one.latest(period) for one in holders]
    return Report(
        id=report.id,
        period=period,
        as_of=max(one.as_of for one in parts),
        received_on=report.received_on,
        accepted=all(one.accepted for one in parts),
        status="in_progress",
        quantities=_sums(holders, period),
    )


def _sums(holders: Iterable[_Holder], period: str) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for one in holders:
        for key, quantity in one.figures(period).items():
            sums[key] = sums.get(key, ZERO) + quantity
    return sums
