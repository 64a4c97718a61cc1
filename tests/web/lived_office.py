"""An office that has been at work for six weeks: something of everything that a page can show.

In English all that people have typed is English, too: what is Chinese on such a page is our own wording.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import update
from sqlmodel import select

from db import tables
from db.session import Database
from db.units import stored_id
from intake.contacts import ContactRow, ContactsDraft, UnitRow, write_contacts
from notifications.message import Person
from tests.workflows.office_2024 import LINKED, ZONE, Built, Task, at, build
from workflows.change_request import Asked, request_change
from workflows.cycle import run_cycle
from workflows.evaluate import evaluate
from workflows.import_drafts import CONTACTS, PLAN, find_draft, hand_in
from workflows.look_at_draft import import_draft, look
from workflows.open_case import Wanted, open_case
from workflows.report_progress import Filing, report_progress
from workflows.review_report import accept_reports, return_report
from workflows.undo_import import undo

DAYS_OF_DEEDS = (date(2024, 3, 28), date(2024, 4, 2), date(2024, 4, 26), date(2024, 4, 28), date(2024, 5, 6))
BEGIN, EVENING = date(2024, 3, 25), at("2024-05-06T18:00")
TICKS = (time(9, 12), time(15, 12))
TASKS = (
    Task("1.1", "200", "台", lead="区住建局", quotas={"上塘街道": "120", "米市巷街道": "80"}),
    Task("1.2", "100", "场", milestones={date(2024, 5, 31): "30", date(2024, 9, 30): "培训班开班"}),
    Task("1.3", None, milestones={date(2024, 4, 30): "完成招标", date(2024, 10, 31): "竣工验收"}),
    Task("2.1", "40", "个", lead="区教育局", co_lead="区民政局"),
    Task("2.2", "9", "个", lead="区教育局", state="suspended"),
)
UNITS = ("区住建局", "区民政局", "区教育局", "上塘街道", "米市巷街道")
EMAILS = {unit: f"unit{number}@example.org" for number, unit in enumerate(UNITS, 1)}
OFFICES = {"zh-CN": LINKED, "en": replace(LINKED, coordinator=Person("Office", address="duty@example.org"))}
SAID = {
    "zh-CN": (
        "设备已进场",
        "场地未定，需要协调",
        "请补充数量",
        "受上级安排影响",
        "某政〔2024〕1号",
        "请尽快完成",
    ),
    "en": ("Delivered", "No site yet", "Say how many", "Postponed", "Doc 1 (2024)", "Finish it soon"),
}


DOCUMENTS = {
    "zh-CN": "云溪区2024年新增任务分解表\n序号\t任务\t牵头单位\t完成时限\n"
    "1\t新建口袋公园6个\t区园林局\t10月底前\n2\t整治背街小巷20条\t区城管局\t9月底前\n",
    "en": "More commitments of 2024\nRef\tAction\tLead\tDue\n"
    "1\tPlant 6 trees in Mill Street\tBureau 91\t30 June 2024\n2\tRepair 20 bridges\tBureau 92\t31 May 2024\n",
}


@dataclass(frozen=True)
class Lived:
    """Ids of what there is to see."""

    built: Built
    units: dict[str, int]
    lead: int  # the unit that leads 1.2 and 1.3


def lived(database: Database, locale: str = "zh-CN", days: Iterable[date] | None = None) -> Lived:
    """Reports, reviews, a change asked for, a case, messages, digests and an evaluation.

    The service is at work on all days, or on these alone.
    """
    built = build(database, *TASKS, emails=EMAILS, policy={"acknowledge": True, "escalate": True})
    with database.read() as session:
        units = {unit.name: stored_id(unit.id) for unit in session.exec(select(tables.Unit))}
    _add_heads(database)
    if locale == "en":
        _in_english(database)
    office, said = OFFICES[locale], SAID[locale]
    for day in every_day() if days is None else days:
        _deeds(database, day, said, "units" if locale == "en" else None)
        for tick in TICKS:
            moment = datetime.combine(day, tick, ZONE)
            run_cycle(database, office, moment)
            evaluate(database, office, moment)
    return Lived(built, units, units["区民政局"])


def every_day() -> Iterator[date]:
    """The days of the six weeks."""
    return (BEGIN + timedelta(days=n) for n in range((EVENING.date() - BEGIN).days + 1))


def handed_in(database: Database, files: Path, locale: str) -> dict[str, int]:
    """A task table and a contacts workbook wait, and a batch was taken back; their numbers, by what leads to them."""
    table = DOCUMENTS[locale].encode()
    known = table.replace(b"Bureau 9", b"Bureau ")  # units that nobody has to be asked about
    first = hand_in(database, files, PLAN, "table.txt", known, EVENING, "test")
    with database.read() as session:
        draft = find_draft(session, first)
    stored = import_draft(database, look(database, files, draft), EVENING, "test", ZONE.key, keep_rest=False)
    assert stored.batch_id is not None
    undo(database, stored.batch_id, EVENING, "test")
    name = "Bureau 90" if locale == "en" else "区园林局"
    row = ContactRow(name, "liaison", "Liaison" if locale == "en" else "联络员", "new@example.org")
    book = write_contacts(ContactsDraft((UnitRow(name),), (row,)))
    return {
        "imports/drafts": hand_in(database, files, PLAN, "table.txt", table, EVENING, "test"),
        "imports/batches": stored.batch_id,
        "imports/contacts": hand_in(database, files, CONTACTS, "contacts.xlsx", book, EVENING, "test"),
    }


def _add_heads(database: Database) -> None:
    """Every unit has a head and a leader in charge who can be reached."""
    with database.write() as session:
        for unit in session.exec(select(tables.Unit)).all():
            for kind in ("head", "leader"):
                post = tables.Post(unit_id=stored_id(unit.id), kind=kind)
                session.add(post)
                session.flush()
                address = f"{kind}{unit.id}@example.org"
                session.add(tables.Contact(post_id=stored_id(post.id), title="负责人", email=address))


def _deeds(database: Database, day: date, said: tuple[str, ...], measure: str | None) -> None:
    noon = datetime.combine(day, time(12), ZONE)
    if day == date(2024, 3, 28):
        report_progress(database, Filing("1.1", "2024-03", [f"26{measure or '台'}"], said[0]), noon, "test")
        late = Filing("1.2", "2024-03", [f"1{measure or '场'}"], said[1], needs_coordination=True)
        filed = report_progress(database, late, noon, "test")
        return_report(database, filed.report_id, noon, "test", said[2])
    if day == date(2024, 4, 2):
        filed = report_progress(database, Filing("1.2", "2024-03", [f"2{measure or '场'}"]), noon, "test")
        accept_reports(database, [filed.report_id], noon, "test")
    if day == date(2024, 4, 26):
        report_progress(database, Filing("1.1", "2024-04", [f"60{measure or '台'}"], said[0]), noon, "test")
    if day == date(2024, 4, 28):
        asked = Asked("2.1", "extension", said[3], said[4], deadline=date(2024, 12, 20))
        request_change(database, asked, noon, "test")
    if day == date(2024, 5, 6):
        open_case(database, "1.2", noon, "test", wanted=Wanted("red", said[5]))


def _in_english(database: Database) -> None:
    """What people have typed, put into English; addresses and numbers stay."""
    with database.write() as session:
        session.execute(update(tables.Plan).values(title="Commitments of 2024"))
        session.execute(update(tables.Project).values(title="Homes", no="I"))
        session.execute(update(tables.Indicator).values(subject="pieces", unit="units"))
        session.execute(update(tables.Contact).values(title="Liaison", locale="en"))
        for unit in session.exec(select(tables.Unit)):
            unit.name = f"Bureau {unit.id}"
        for task in session.exec(select(tables.SubTask)):
            task.title = f"Task {task.no}"
        for milestone in session.exec(select(tables.Milestone)):
            milestone.text = "Opening" if milestone.text else ""
