"""What people do in a story: through the real workflows, and in the words of the oracle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import col

from db import cases, tables
from db.session import Database
from engine.errors import DubanError
from engine.model import Report
from tests.oracle import Event
from tests.oracle_days import last_of_month
from tests.oracle_deeds import (
    Accepted,
    Changed,
    Closed,
    FollowedUp,
    Happening,
    Replied,
    Reported,
    Reviewed,
    SentBack,
    Signed,
)
from tests.workflows.office_2024 import ZONE
from workflows.accept_subtask import accept_subtask
from workflows.acknowledge import acknowledge
from workflows.change_request import Asked, approve_change, request_change
from workflows.handle_case import close_case, reply_case, return_reply
from workflows.report_progress import Filing, report_progress
from workflows.review_report import accept_reports, return_report

COORDINATOR, LIAISON = "督查员", "联络员"
REFUSED = (
    "NOT_REPORTABLE",
    "ALREADY_ACCEPTED",
    "REPORT_REPLACED",
    "BAD_CHANGE",
)  # what the oracle takes for nothing, too


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
    report_progress(database, filing, deed.at, LIAISON)


def _accept(database: Database, deed: Deed) -> None:
    accept_subtask(database, f"#{deed.subtask_id}", deed.at, COORDINATOR, reason="现场核实")


def _pass(database: Database, deed: Deed) -> None:
    waiting = _latest_unreviewed(database, deed.subtask_id)
    if waiting is not None:
        accept_reports(database, [waiting], deed.at, COORDINATOR)


def _return(database: Database, deed: Deed) -> None:
    waiting = _latest_unreviewed(database, deed.subtask_id)
    if waiting is not None:
        return_report(database, waiting, deed.at, COORDINATOR, "与现场核查不符")


def _latest_unreviewed(database: Database, subtask_id: int) -> int | None:
    """What a coordinator has before them: the last report of the lead unit that nobody reviewed."""
    report = tables.ProgressReport
    query = select(col(report.id)).where(
        col(report.subtask_id) == subtask_id, col(report.state) == "submitted", col(report.role) == "lead"
    )
    with database.read() as session:
        newest = query.order_by(col(report.received_at).desc(), col(report.id).desc())
        return session.execute(newest.limit(1)).scalar()


def _sign(database: Database, deed: Deed) -> None:
    acknowledge(database, deed.unit, deed.at, LIAISON)


def _change(database: Database, deed: Deed) -> None:
    """The change is asked for, unless the unit has asked for it before, and approved."""
    request = _asked(database, deed) or request_change(database, _asking(deed), deed.at, LIAISON).id
    approve_change(database, request, deed.at, "区政府")


def _asked(database: Database, deed: Deed) -> int | None:
    asked = tables.ChangeRequest
    query = select(col(asked.id)).where(
        col(asked.subtask_id) == deed.subtask_id,
        col(asked.kind) == deed.change,
        col(asked.state) == "requested",
    )
    with database.read() as session:
        return session.execute(query).scalar()


def _asking(deed: Deed) -> Asked:
    return Asked(
        f"#{deed.subtask_id}",
        deed.change,
        reason="上级要求",
        document="区府办函〔2024〕7号",
        deadline=deed.deadline,
        quantities=dict(deed.figures) if deed.change == "adjustment" else {},
    )


def _reply(database: Database, deed: Deed) -> None:
    case = _standing(database, deed.subtask_id, "open")
    if case:
        reply_case(database, case, "已制定措施，月底前赶上进度", deed.at, LIAISON)


def _close(database: Database, deed: Deed) -> None:
    case = _standing(database, deed.subtask_id, "replied")
    if case:
        close_case(database, case, "整改到位", deed.at, COORDINATOR)


def _send_back(database: Database, deed: Deed) -> None:
    case = _standing(database, deed.subtask_id, "replied")
    if case:
        return_reply(database, case, "没有写明时限", deed.at, COORDINATOR)


def _standing(database: Database, subtask_id: int, state: str) -> str | None:
    """The number of the sub-task's case in that state."""
    with database.read() as session:
        case = cases.standing_case(session, subtask_id)
        return cases.number_of(case) if case and case.state == state else None


DOINGS: dict[str, Callable[[Database, Deed], None]] = {
    "report": _report,
    "accept": _accept,
    "pass": _pass,
    "return": _return,
    "sign": _sign,
    "change": _change,
    "reply": _reply,
    "close": _close,
    "send_back": _send_back,
}


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
        case "send_back":
            return SentBack()
        case "follow_up":
            return FollowedUp(deed.change)
        case _:
            raise AssertionError(deed.kind)
