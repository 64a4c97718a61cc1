"""An office late in its year: reports and evaluations of nine months, messages, cases, changes, drafts, the record."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Table, func, insert, literal_column, select, update
from sqlmodel import Session, SQLModel, col

from benchmarks import offices
from benchmarks.imports import workbook
from db import runs, tables
from db.session import Database
from engine.roles import Role
from intake.contacts import write_contacts
from notifications.links import Links, token_hash
from workflows.calendar_feed import new_feed
from workflows.change_request import Asked, request_change
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.evaluate import evaluate
from workflows.import_contacts import present_contacts
from workflows.import_drafts import hand_in
from workflows.links import new_link
from workflows.office import Office
from workflows.open_case import Wanted, open_case
from workflows.send_digest import send_digest
from workflows.sweep import sweep

EACH = 10  # sub-tasks of a project
STREETS = 18
MONTHS = range(2, 10)  # February to September are reported
LAST_WEEK = 43  # of the digest that the service sends; the same went out in the weeks before
SHARED = 3  # every third sub-task is shared out to streets
MORNING = datetime(2024, 10, 21, 2, tzinfo=UTC)  # 10:00 there
EVENING = datetime(2024, 10, 25, 9, tzinfo=UTC)  # 17:00 there, after the week's digest
LATER = timedelta(days=4)  # from EVENING to the month's evaluation
DESK, UNIT = "benchmark", "benchmark-unit"  # tokens of two who are signed in
WHO = "督查室"
LINKS = Links("http://127.0.0.1", b"k" * 32)
OFFICE = Office(links=LINKS)


def lived(folder: Path, subtasks: int) -> Database:
    """The office in that folder, as an earlier run left it, or made now."""
    path = folder / f"lived-{subtasks}.sqlite3"
    if path.exists():
        kept = Database(f"sqlite:///{path}")
        kept.migrate()
        return kept
    making = path.with_suffix(".making")
    for left in folder.glob(f"{making.name}*"):
        left.unlink()
    database = offices.build(making, subtasks, offices.DUE)
    with database.write() as session:
        _add_frame(session, subtasks)
        _add_reports(session, subtasks)
    _live(database, subtasks)
    _hand_in(database, folder, subtasks)
    with database.write() as session:
        _add_people(session)
        _multiply(session, subtasks)
    database.close()
    making.rename(path)
    return Database(f"sqlite:///{path}")


def _live(database: Database, subtasks: int) -> None:
    """Two days of the service: reminders, the week's digest, the month's evaluation; cases and changes."""
    for moment in (MORNING, EVENING):
        sweep(database, moment)
        compose(database, OFFICE, moment)
        deliver(database, OFFICE, moment)
    send_digest(database, OFFICE, EVENING)
    evaluate(database, OFFICE, EVENING)
    for key in range(1, subtasks // 100 + 2):
        open_case(database, f"#{key}", EVENING, WHO, wanted=Wanted(colour="yellow"))
    for key in range(11, 12 + subtasks // 150):
        asked = Asked(f"#{key}", "extension", "汛期影响施工", "区政府第5号纪要", deadline=date(2024, 12, 15))
        request_change(database, asked, EVENING, WHO)


def _hand_in(database: Database, folder: Path, subtasks: int) -> None:
    """Two documents that wait to be imported, an address of a calendar, a report link, a channel."""
    rows = workbook(subtasks // 10, folder / "rows.xlsx").read_bytes()
    hand_in(database, folder, "plan", "rows.xlsx", rows, EVENING, WHO)
    with database.read() as session:
        contacts = write_contacts(present_contacts(session))
    hand_in(database, folder, "contacts", "contacts.xlsx", contacts, EVENING, WHO)
    new_feed(database, LINKS, 1, EVENING, WHO)
    new_link(database, OFFICE, "单位2", None, EVENING, WHO)


def _add_frame(session: Session, subtasks: int) -> None:
    """Projects of ten, milestones in June and September, shares of streets, leaders and coordinators."""
    count = -(-subtasks // EACH)
    _fill(session, tables.Project, ({
        "id": 1 + key, "plan_id": 1, "position": 1 + key, "no": str(key), "title": f"项目{key}", "revision": 1,
        "leaders": [f"领导{key % 8}"], "lead_units": [], "cooperating_units": [],
    } for key in range(1, count + 1)))  # fmt: skip
    task = tables.SubTask
    for key in range(1, count + 1):
        mine = col(task.id).between((key - 1) * EACH + 1, key * EACH)
        session.execute(update(task).where(mine).values(project_id=1 + key))
    session.execute(update(tables.Plan).values(followed_from=datetime(2024, 2, 1, tzinfo=UTC)))
    _fill(session, tables.Milestone, ({
        "id": 2 * key + half, "subtask_id": key, "due_on": (date(2024, 6, 28), date(2024, 9, 30))[half],
        "text": "", "weight": Decimal(1), "revision": 1,
    } for key in range(1, subtasks + 1) for half in (0, 1)))  # fmt: skip
    _fill(session, tables.MilestoneQuantity, ({
        "milestone_id": 2 * key + half, "indicator_id": key, "quantity": Decimal((100 + key % 900) * (4, 7)[half] // 10),
    } for key in range(1, subtasks + 1) for half in (0, 1)))  # fmt: skip
    _fill(session, tables.Quota, ({
        "indicator_id": key, "unit_id": unit, "quantity": Decimal(10),
    } for key in range(1, subtasks + 1, SHARED) for unit in range(1, STREETS + 1)))  # fmt: skip
    posts = [
        {"unit_id": unit, "kind": kind} for unit in range(1, offices.UNITS + 1) for kind in ("head", "leader")
    ]
    _fill(session, tables.Post, [*posts, {"unit_id": 1, "kind": "coordinator"}])


def _add_reports(session: Session, subtasks: int) -> None:
    """A report of every month; some lag, some have fallen silent, some are done, the last ones wait for review."""
    _fill(session, tables.ProgressReport, ({
        "id": _report(key, month), "subtask_id": key, "period": f"2024-{month:02}", "received_at": _last(month, 10),
        "as_of": _last(month, 0).date(), "state": "accepted" if month < 9 or key % 6 else "submitted",
        "status": "in_progress", "text": "按计划推进，现场已完成基础施工，下月进场安装。", "role": "lead",
        "unit_id": 1 + key % offices.UNITS, "source": "link", "who": "联络员", "needs_coordination": key % 100 == 7,
        "difficulties": "管线迁改未完成" if key % 20 == 7 else "",
    } for key, month in _reported(subtasks)))  # fmt: skip
    _fill(session, tables.ReportQuantity, ({
        "report_id": _report(key, month), "indicator_id": key, "quantity": _reached(key, month),
    } for key, month in _reported(subtasks)))  # fmt: skip


def _reported(subtasks: int) -> Iterator[tuple[int, int]]:
    return ((key, month) for key in range(1, subtasks + 1) for month in MONTHS if month < 8 or key % 10 != 3)


def _report(key: int, month: int) -> int:
    return key * 10 + month


def _last(month: int, hour: int) -> datetime:
    return datetime(2024, month, monthrange(2024, month)[1], hour, tzinfo=UTC) - timedelta(days=1)


def _reached(key: int, month: int) -> Decimal:
    pace = {0: 11, 5: 6, 8: 8}.get(key % 10, 10)  # ahead, far behind, behind, on plan
    return Decimal(min((100 + key % 900) * month * pace // 100, 100 + key % 900))


def _add_people(session: Session) -> None:
    for token, role, unit in ((DESK, Role.ADMIN, None), (UNIT, Role.UNIT, 1)):
        user = tables.User(name=token, role=role.value, unit_id=unit, created_at=EVENING, changed_at=EVENING)
        session.add(user)
        session.flush()
        assert user.id is not None
        session.add(tables.SignIn(
            user_id=user.id, token_hash=token_hash(token), began_at=EVENING, seen_at=EVENING,
            expires_at=EVENING + timedelta(days=1),
        ))  # fmt: skip


def _multiply(session: Session, subtasks: int) -> None:
    """What a year leaves: the same bulletins and messages of earlier weeks and months, decisions on record."""
    session.add(tables.ImportBatch(file_name="任务分解表.xlsx", sha256="0" * 64, stored_at=MORNING))
    weeks = [{"period": f"'2024-W{week}'"} for week in range(20, LAST_WEEK)]
    _copy(session, tables.Bulletin, "kind = 'digest'", weeks)
    months = [{"period": f"'2024-{month:02}'"} for month in MONTHS]
    _copy(session, tables.Bulletin, "kind = 'evaluation'", months)
    for week in range(20, LAST_WEEK):
        unique = {name: f"{name} || '~{week}'" for name in ("key", "rfc_message_id")}
        earlier = f"'-{7 * (LAST_WEEK - week)} days'"
        moments = {
            name: f"strftime('%Y-%m-%d %H:%M:%f000', {name}, {earlier})" for name in ("slot_at", "ended_at")
        }
        arrived = {**unique, **moments, "slot_on": f"date(slot_on, {earlier})"}
        arrived |= {"state": "'accepted'", "period": f"'2024-W{week}'"}
        _copy(session, tables.Message, "kind IN ('reminder', 'digest') AND key NOT LIKE '%~%'", [arrived])
    for key in range(1, 4 * subtasks):
        at = EVENING - timedelta(minutes=11 * (4 * subtasks - key))
        runs.record(session, "accept_report", WHO, at, plan_id=1, subtask_id=1 + key % subtasks)


def _copy(session: Session, kind: type[SQLModel], which: str, changes: list[dict[str, str]]) -> None:
    """The rows once more for each of ``changes``: columns with other values, written as SQL."""
    session.flush()
    table: Table = kind.__table__  # type: ignore[attr-defined]
    names = [one.name for one in table.columns if one.name != "id"]
    last = session.execute(select(func.max(table.c.id))).scalar() or 0
    for changed in changes:
        values = [literal_column(changed[name]) if name in changed else table.c[name] for name in names]
        rows = select(*values).select_from(table).where(literal_column(which), table.c.id <= last)
        session.execute(insert(kind).prefix_with("OR IGNORE").from_select(names, rows))


def _fill(session: Session, kind: type[SQLModel], rows: object) -> None:
    session.connection().execute(insert(kind), list(rows))  # type: ignore[call-overload]
