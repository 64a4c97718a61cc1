"""The whole year of the matrix plan: who does what, and when; what it must bring is in ``expected_2024``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.story.deeds import Deed
from tests.story.full_year import EXAMPLES, Desk, Script

HOUSES, LIFTS, LESSONS, CHILDREN, CLINICS, QUARTERS, WATER = (
    "四.2",
    "九.1",
    "三.1",
    "六.2",
    "五.1",
    "十.1",
    "九.2",
)


def _special(desk: Desk) -> Iterator[Deed]:
    """What is not as usual; each line has its ground in ``expected_2024``."""
    yield desk.deed(HOUSES, date(2024, 8, 5), "10:40", "reply")
    yield desk.report(HOUSES, date(2024, 8, 9), "11:00", "2024-08", 375)
    yield desk.deed(HOUSES, date(2024, 8, 9), "16:30", "close")
    yield desk.deed(LIFTS, date(2024, 5, 6), "10:00", "return")
    yield desk.report(LIFTS, date(2024, 5, 7), "14:00", "2024-04", 44)
    yield desk.deed(LIFTS, date(2024, 5, 8), "10:00", "pass")
    yield desk.deed(LESSONS, date(2024, 6, 3), "09:40", "change", change="suspension")
    yield desk.deed(LESSONS, date(2024, 8, 1), "09:40", "change", change="resumption")
    yield desk.report(CHILDREN, date(2024, 8, 20), "10:00", "2024-08", 156)
    yield desk.deed(CHILDREN, date(2024, 8, 21), "14:00", "accept")
    yield desk.deed(CLINICS, date(2024, 10, 9), "14:00", "accept")
    later = date(2024, 12, 20)
    yield desk.deed(QUARTERS, date(2024, 11, 18), "15:30", "ask", change="extension", deadline=later)
    yield desk.deed(QUARTERS, date(2024, 11, 20), "10:00", "change", change="extension", deadline=later)
    yield desk.report(QUARTERS, date(2024, 12, 16), "15:00", "2024-12", 48)
    yield desk.deed(QUARTERS, date(2024, 12, 18), "14:00", "accept")
    yield desk.report(WATER, date(2024, 12, 16), "10:00", "2024-12", 15)
    yield desk.deed(WATER, date(2024, 12, 18), "14:00", "accept")


SCRIPT = Script(
    document=EXAMPLES / "matrix-plan-2024.xlsx",
    first=date(2024, 2, 28),
    last=date(2025, 1, 24),
    signed_on=date(2024, 2, 29),
    late_signers=("区残联",),
    late_signed_on=date(2024, 3, 5),
    accepted_on=date(2024, 12, 3),
    afterwards=(date(2024, 12, 24), date(2025, 1, 14)),
    figures={
        HOUSES: {"2024-05": 160, "2024-06": 170, "2024-07": 200, "2024-08": 480},
        LIFTS: {"2024-04": 60},
        LESSONS: {"2024-06": None, "2024-07": None, "2024-08": 130, "2024-09": 155, "2024-10": 178},
        CHILDREN: dict.fromkeys(("2024-08", "2024-09", "2024-10", "2024-11")),
        CLINICS: {"2024-09": 4, "2024-10": None, "2024-11": None},
        QUARTERS: {"2024-11": 45},
        WATER: {"2024-11": 13},
    },
    alone=(CHILDREN, CLINICS, QUARTERS, WATER),
    afterwards_of={
        CHILDREN: (date(2024, 9, 18), date(2024, 10, 15)),
        CLINICS: (date(2024, 10, 31), date(2024, 11, 28)),
    },
    special=_special,
    unreviewed=((LIFTS, "2024-04"),),
)
