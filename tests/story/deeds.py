"""What people do in a story: through the real workflows, and in the words of the oracle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from db.session import Database
from engine.errors import DubanError
from engine.model import Report
from tests.oracle import Event
from tests.oracle_deeds import (
    Accepted,
    Changed,
    Closed,
    FollowedUp,
    Happening,
    Replied,
    Reported,
    Reviewed,
    Signed,
)
from tests.oracle_rules import last_of_month
from tests.workflows.office_2024 import ZONE
from workflows.accept_subtask import accept_subtask
from workflows.report_progress import Filing, report_progress

REFUSED = ("NOT_REPORTABLE", "ALREADY_ACCEPTED")  # what the oracle takes for nothing, too


@dataclass(frozen=True)
class Deed:
    """What people do at a moment: hand in figures by indicator id for a period, or whatever ``act`` says."""

    at: datetime
    subtask_id: int
    period: str = ""
    figures: tuple[tuple[int, Decimal], ...] = ()
    status: str = "in_progress"
    act: str = ""  # without one a report, or (no period) the acceptance
    unit: str = ""  # who signs
    change: str = ""  # what is asked for, or which matter after acceptance is settled
    deadline: date | None = None  # the one that a change brings

    @property
    def kind(self) -> str:
        """``report``, ``accept`` or the act."""
        return self.act or ("report" if self.period else "accept")

    @property
    def accepts(self) -> bool:
        return self.kind == "accept"


def moment(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


def try_to(database: Database, deed: Deed) -> None:
    """The deed is done, or refused as the oracle takes it to be."""
    try:
        do(database, deed)
    except DubanError as error:
        if error.code not in REFUSED:
            raise


def do(database: Database, deed: Deed) -> None:
    """The deed through the same workflow as the command line's."""
    DOINGS[deed.kind](database, deed)


def _report(database: Database, deed: Deed) -> None:
    filing = Filing(
        f"#{deed.subtask_id}",
        deed.period,
        text="按计划推进",
        status=deed.status,
        quantities=dict(deed.figures),
    )
    report_progress(database, filing, deed.at, "test")


def _accept(database: Database, deed: Deed) -> None:
    accept_subtask(database, f"#{deed.subtask_id}", deed.at, "test", reason="现场核实")


DOINGS: dict[str, Callable[[Database, Deed], None]] = {"report": _report, "accept": _accept}


def event_of(number: int, deed: Deed) -> Event:
    """The deed as the oracle hears of it; reports are numbered by their place among the deeds."""
    return Event(deed.at, deed.subtask_id, _happening(number, deed))


def _happening(number: int, deed: Deed) -> Happening:
    if deed.kind != "report":
        return _decision(deed)
    year, month = map(int, deed.period.split("-"))
    day = deed.at.date()
    as_of = min(last_of_month(year, month), day)
    return Reported(
        Report(number, deed.period, as_of, day, status=deed.status, quantities=dict(deed.figures))
    )


def _decision(deed: Deed) -> Happening:
    match deed.kind:
        case "accept":
            return Accepted()
        case "pass" | "return":
            return Reviewed(deed.kind == "pass")
        case "sign":
            return Signed(deed.unit)
        case "change":
            return Changed(deed.change, deed.deadline, dict(deed.figures))
        case "reply":
            return Replied()
        case "close":
            return Closed()
        case "follow_up":
            return FollowedUp(deed.change)
        case _:
            raise AssertionError(deed.kind)
