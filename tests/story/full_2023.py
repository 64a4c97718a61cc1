"""The year of the table of 45 items with its March figures; what it must bring is in ``expected_2023``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlmodel import Session

from db import tables
from tests.story.deeds import Deed
from tests.story.full_year import EXAMPLES, Desk, Script

BEDS, CHARGERS, CAMPS, WORKERS, YOUTH, ROADS, MARKETS = "30", "39", "15", "16", "17", "45", "37"
LATER = [f"2023-{month:02}" for month in range(4, 12)]


def _special(desk: Desk) -> Iterator[Deed]:
    """What is not as usual; each line has its ground in ``expected_2023``."""
    yield desk.deed(WORKERS, date(2023, 4, 6), "14:00", "accept")
    yield desk.deed(CHARGERS, date(2023, 5, 4), "10:00", "return")
    yield desk.report(CHARGERS, date(2023, 5, 5), "14:00", "2023-04", 280)
    yield desk.deed(CHARGERS, date(2023, 5, 8), "10:00", "pass")
    yield desk.deed(BEDS, date(2023, 6, 1), "16:00", "reply")
    yield desk.deed(BEDS, date(2023, 6, 5), "16:30", "close")
    yield desk.deed(CAMPS, date(2023, 6, 12), "09:40", "change", change="suspension")
    yield desk.deed(CAMPS, date(2023, 8, 1), "09:40", "change", change="resumption")
    yield desk.report(YOUTH, date(2023, 8, 22), "10:00", "2023-08", 1898)
    yield desk.deed(YOUTH, date(2023, 8, 24), "14:00", "accept")
    later = date(2023, 12, 22)
    yield desk.deed(ROADS, date(2023, 11, 13), "15:30", "ask", change="extension", deadline=later)
    yield desk.deed(ROADS, date(2023, 11, 15), "10:00", "change", change="extension", deadline=later)
    yield desk.report(MARKETS, date(2023, 12, 15), "10:00", "2023-12", 3)
    yield desk.report(ROADS, date(2023, 12, 18), "15:00", "2023-12", 5)
    yield desk.deed(MARKETS, date(2023, 12, 19), "14:00", "accept")
    yield desk.deed(ROADS, date(2023, 12, 20), "14:00", "accept")


def _add_phases(session: Session, plan_id: int) -> None:
    """The table names none: the office works to be done by the end of November, as it does every year."""
    ends = {
        "execute": (date(2023, 1, 1), date(2023, 11, 30)),
        "gap_fill": (date(2023, 12, 1), date(2023, 12, 31)),
    }
    session.add_all(
        tables.Phase(plan_id=plan_id, name=name, starts_on=first, ends_on=last)
        for name, (first, last) in ends.items()
    )


SCRIPT = Script(
    document=EXAMPLES / "progress-2023-03.xlsx",
    first=date(2023, 4, 3),
    last=date(2024, 1, 25),
    signed_on=date(2023, 4, 4),
    late_signers=("区妇联",),
    late_signed_on=date(2023, 4, 10),
    accepted_on=date(2023, 12, 5),
    afterwards=(date(2023, 12, 26), date(2024, 1, 16)),
    figures={
        BEDS: {"2023-04": 60},
        CHARGERS: {"2023-04": 346},
        CAMPS: {"2023-06": None, "2023-07": None, "2023-08": 28},
        WORKERS: dict.fromkeys(LATER),
        YOUTH: dict.fromkeys(LATER[4:]),
        ROADS: {"2023-11": 4},
        MARKETS: {"2023-11": 2},
    },
    alone=(WORKERS, YOUTH, ROADS, MARKETS),
    afterwards_of={
        WORKERS: (date(2023, 4, 28), date(2023, 5, 26)),
        YOUTH: (date(2023, 9, 13), date(2023, 9, 14)),
    },
    special=_special,
    unreviewed=((CHARGERS, "2023-04"),),
    prepare=_add_phases,
    last_period="2023-11",
)
