"""Roll-up: which share reports stand for the whole sub-task, and with what sum."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Indicator, Report, Share
from engine.rollup import Entry, has_reported, roll_up, tally
from tests.engine.cases import an_indicator, day

NORTH, SOUTH, EAST = 11, 12, 13
LIFTS = an_indicator(100)
RATE = Indicator(2, "达标率", Decimal(95), "%", ">=", "rate")
QUOTAS = {NORTH: {1: Decimal(60)}, SOUTH: {1: Decimal(40)}}


def said(number: int, period: str, received: str, quantity: object | None = None, **other: object) -> Report:
    quantities = {} if quantity is None else {1: Decimal(str(quantity))}
    values: dict[str, object] = {"quantities": quantities, "status": "in_progress", "accepted": True} | other
    received_on = day(received)
    return Report(number, f"2024-{period}", min(received_on, day(f"{period}-28")), received_on, **values)  # type: ignore[arg-type]


def share(unit: int, *report: object, **other: object) -> Entry:
    return unit, said(*report, **other)  # type: ignore[arg-type]


def lead(*report: object, **other: object) -> Entry:
    return None, said(*report, **other)  # type: ignore[arg-type]


def judged(*entries: Entry, indicators: tuple[Indicator, ...] = (LIFTS,)) -> list[tuple[int, str, object]]:
    reports, _ = roll_up(entries, indicators, QUOTAS)
    return [(one.id, one.period, one.quantities.get(1)) for one in reports]


NORTH_MARCH = share(NORTH, 1, "03", "03-27", 20)
SOUTH_MARCH = share(SOUTH, 2, "03", "03-28", 7)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([NORTH_MARCH], []),
        ([NORTH_MARCH, SOUTH_MARCH], [(2, "2024-03", 27)]),
        ([SOUTH_MARCH, NORTH_MARCH], [(1, "2024-03", 27)]),
        # a correction of a complete month is a new word on the whole
        (
            [NORTH_MARCH, SOUTH_MARCH, share(NORTH, 3, "03", "03-29", 21)],
            [(2, "2024-03", 27), (3, "2024-03", 28)],
        ),
        # the next month has to be complete again
        ([NORTH_MARCH, SOUTH_MARCH, share(NORTH, 3, "04", "04-26", 30)], [(2, "2024-03", 27)]),
        # the lead unit has spoken of that month, or of a later one
        ([lead(9, "03", "03-26", 25), NORTH_MARCH, SOUTH_MARCH], [(9, "2024-03", 25)]),
        ([lead(9, "04", "03-26", 25), NORTH_MARCH, SOUTH_MARCH], [(9, "2024-04", 25)]),
        # of an earlier month only
        ([lead(9, "02", "02-26", 5), NORTH_MARCH, SOUTH_MARCH], [(9, "2024-02", 5), (2, "2024-03", 27)]),
        # it speaks afterwards: its word comes last and counts
        ([NORTH_MARCH, SOUTH_MARCH, lead(9, "03", "03-29", 30)], [(2, "2024-03", 27), (9, "2024-03", 30)]),
        # a unit that left out a month: its latest figure up to the month is of another month
        ([share(NORTH, 1, "02", "02-27", 10), SOUTH_MARCH], []),
        # a unit that reached its quota before has nothing to add
        ([share(NORTH, 1, "02", "02-27", 60), SOUTH_MARCH], [(2, "2024-03", 67)]),
        ([share(NORTH, 1, "02", "02-27", "59.9"), SOUTH_MARCH], []),
        # words without a figure are no share
        ([share(NORTH, 1, "03", "03-27"), SOUTH_MARCH], []),
        ([share(NORTH, 1, "02", "02-27", 10), share(NORTH, 3, "03", "03-27"), SOUTH_MARCH], [(2, "2024-03", 17)]),
        # late shares of an earlier month than the one that is complete change nothing
        (
            [
                share(NORTH, 1, "04", "04-26", 30),
                share(SOUTH, 2, "04", "04-27", 8),
                share(SOUTH, 3, "03", "04-28", 7),
            ],
            [(2, "2024-04", 38)],
        ),
        # whoever holds no quota adds nothing
        ([NORTH_MARCH, SOUTH_MARCH, share(EAST, 3, "03", "03-29", 5)], [(2, "2024-03", 27)]),
    ],
)  # fmt: skip
def test_a_complete_month_stands_for_the_whole(
    entries: list[Entry], expected: list[tuple[int, str, int]]
) -> None:
    assert judged(*entries) == expected


def test_the_sum_is_of_the_last_one_and_accepted_only_if_all_are() -> None:
    submitted = share(SOUTH, 2, "03", "03-29", 7, accepted=False)
    (whole,), _ = roll_up([NORTH_MARCH, submitted], (LIFTS,), QUOTAS)
    assert (whole.received_on, whole.as_of) == (date(2024, 3, 29), date(2024, 3, 28))
    assert (whole.accepted, whole.status) == (False, "in_progress")
    (whole,), _ = roll_up([NORTH_MARCH, SOUTH_MARCH], (LIFTS,), QUOTAS)
    assert whole.accepted


def test_shares_do_not_speak_for_a_sub_task_with_something_that_is_not_shared_out() -> None:
    assert judged(NORTH_MARCH, SOUTH_MARCH, indicators=(LIFTS, RATE)) == []
    other = replace(LIFTS, id=3)
    assert judged(NORTH_MARCH, SOUTH_MARCH, indicators=(LIFTS, other)) == []


def test_levels_and_rates_are_not_added_up() -> None:
    quotas = {NORTH: {2: Decimal(95)}, SOUTH: {2: Decimal(95)}}
    entries = [(NORTH, replace(NORTH_MARCH[1], quantities={2: Decimal(96)}))]
    assert roll_up(entries, (RATE,), quotas) == ((), ())


def test_a_quota_of_nothing_asks_nobody() -> None:
    quotas = QUOTAS | {EAST: {1: Decimal(0)}}
    reports, shares = roll_up([NORTH_MARCH, SOUTH_MARCH], (LIFTS,), quotas)
    assert [one.id for one in reports] == [2]
    assert [one.unit_id for one in shares] == [NORTH, SOUTH]


def test_without_quotas_only_the_lead_unit_is_heard() -> None:
    entries = [lead(9, "03", "03-26", 25), NORTH_MARCH]
    assert roll_up(entries, (LIFTS,), {}) == ((entries[0][1],), ())


def test_the_shares_keep_quotas_and_reports_by_unit() -> None:
    _, shares = roll_up([SOUTH_MARCH, lead(9, "03", "03-28", 30), NORTH_MARCH], (LIFTS,), QUOTAS)
    assert shares == (
        Share(NORTH, QUOTAS[NORTH], (NORTH_MARCH[1],)),
        Share(SOUTH, QUOTAS[SOUTH], (SOUTH_MARCH[1],)),
    )


def test_a_tally_says_what_is_known_and_who_is_missing() -> None:
    shares = (
        Share(NORTH, QUOTAS[NORTH], (said(1, "02", "02-27", 10), said(2, "03", "03-27", 20))),
        Share(SOUTH, QUOTAS[SOUTH], (said(3, "02", "02-27", 4),)),
    )
    march = tally((LIFTS,), shares, "2024-03")
    assert (march.quantities, march.reported, march.missing) == ({1: Decimal(24)}, (NORTH,), (SOUTH,))
    assert not march.complete
    february = tally((LIFTS,), shares, "2024-02")
    assert (february.quantities, february.complete) == ({1: Decimal(14)}, True)
    nothing = tally((LIFTS,), (), "2024-02")
    assert (nothing.quantities, nothing.complete) == ({}, False)


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([], False),
        ([said(1, "02", "02-27", 39)], False),
        ([said(1, "02", "02-27", 40)], True),
        ([said(1, "03", "03-27", 1)], True),
        ([said(1, "03", "03-27")], False),
        ([said(1, "04", "04-26", 40)], False),
    ],
)
def test_a_unit_owes_no_figure_once_it_gave_one_or_is_done(reports: list[Report], expected: bool) -> None:
    assert has_reported((LIFTS,), Share(SOUTH, QUOTAS[SOUTH], tuple(reports)), "2024-03") is expected


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    days = sorted(draw(st.lists(st.dates(date(2024, 3, 1), date(2024, 6, 28)), max_size=14)))
    entries: list[Entry] = []
    for number, received in enumerate(days, 1):
        unit = draw(st.sampled_from([None, NORTH, SOUTH]))
        month = draw(st.integers(3, received.month))
        entries.append((unit, said(number, f"{month:02d}", f"{received:%m-%d}", draw(st.integers(0, 70)))))
    return entries


@given(histories())
def test_whatever_comes_in_the_rules_see_each_report_once_and_sums_of_known_figures(
    entries: list[Entry],
) -> None:
    reports, shares = roll_up(entries, (LIFTS,), QUOTAS)
    ids = [one.id for one in reports]
    assert sorted(set(ids)) == sorted(ids)
    assert [one for one in reports if one in [report for unit, report in entries if unit is None]] == [
        report for unit, report in entries if unit is None
    ]
    assert [one.received_on for one in reports] == sorted(one.received_on for one in reports)
    spoken = {report.id: report for unit, report in entries if unit is None}
    for one in reports:
        if one.id not in spoken:
            before = [(unit, report) for unit, report in entries if report.id <= one.id]
            _, then = roll_up(before, (LIFTS,), QUOTAS)
            assert tally((LIFTS,), then, one.period).quantities == one.quantities
            assert tally((LIFTS,), then, one.period).complete
    assert sum(len(one.reports) for one in shares) == sum(unit is not None for unit, _ in entries)


@given(histories())
def test_what_was_known_on_a_day_is_not_changed_by_what_came_later(entries: list[Entry]) -> None:
    for cut in range(len(entries)):
        earlier, _ = roll_up(entries[:cut], (LIFTS,), QUOTAS)
        later, _ = roll_up(entries, (LIFTS,), QUOTAS)
        assert later[: len(earlier)] == earlier
