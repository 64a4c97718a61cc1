"""督办通知单: the paper of a case, on the office's own form, and with the message that gives the notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from db import cases, runs, tables
from db.units import stored_id
from engine.case_cause import Cause
from engine.cases import FIRST
from engine.errors import DubanError
from engine.model import Rule
from notifications.channel import File
from notifications.message import Person
from notifications.notice import CODE, MEDIA_TYPE, Notice, sample, write_notice
from workflows.enclose import enclose
from workflows.office import Office

SUBJECT = "case_notice"
OBLIGATION = "case:"


def notice_of(session: Session, issuer: Person, case: tables.SupervisionCase, *, second: bool) -> Notice:
    """The values of the first or second notice of that case."""
    cause, plan = Cause.thawed(case.cause), session.get_one(tables.Plan, case.plan_id)
    return Notice(
        number=cases.number_of(case),
        colour=case.colour,
        unit=session.get_one(tables.Unit, case.unit_id).name,
        plan=cause.plan,
        plan_number=plan.number or "",
        no=cause.no,
        title=cause.title,
        cause=cause,
        demand=case.demand,
        reply_due_on=case.reply_due_on,
        issuer=issuer.post,
        issued_on=case.noticed_on if second else case.opened_on,
        contact=issuer,
        second=second,
        first_issued_on=case.opened_on if second else None,
        first_due_on=cases.missed_on(cases.entries(session, stored_id(case.id))) if second else None,
    )


def notice_file(
    session: Session, issuer: Person, form: Path | None, case: tables.SupervisionCase, *, second: bool
) -> File:
    """The paper on the office's form, or on the shipped one while there is no such file.

    Raises DubanError NOTICE_TEMPLATE where the form cannot be filled.
    """
    notice = notice_of(session, issuer, case, second=second)
    return File(notice.file_name, MEDIA_TYPE, write_notice(notice, read_form(form)))


def attach_notices(
    session: Session, office: Office, message_id: int, rows: Sequence[tables.Reminder], now: datetime
) -> None:
    """Each case that the message gives notice of goes with it as a paper.

    A form that cannot be filled keeps nothing back: the shipped one is taken, and a coordinator is told.
    """
    for row in rows:
        if row.rule != Rule.CASE_NOTICE:
            continue
        case = session.get_one(tables.SupervisionCase, int(row.obligation.removeprefix(OBLIGATION)))
        file = _surely(session, office, case, row.step > FIRST, now)
        enclose(session, message_id, file)


def _surely(
    session: Session, office: Office, case: tables.SupervisionCase, second: bool, now: datetime
) -> File:
    try:
        file = notice_file(session, office.coordinator, office.notice_form, case, second=second)
    except DubanError as error:
        sentence = f"{error.message}这一次用了程序自带的模板。"
        inputs = {"why": error.message, "error": error.code}
        runs.open_finding(session, CODE, SUBJECT, sentence, now, inputs=inputs)
        notice = notice_of(session, office.coordinator, case, second=second)
        return File(notice.file_name, MEDIA_TYPE, write_notice(notice))
    runs.close_finding(session, CODE, SUBJECT, now)
    return file


def read_form(path: Path | None) -> bytes | None:
    """The office's own form, or ``None`` while it has none. Raises DubanError NOTICE_TEMPLATE."""
    if path is None:
        return None
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DubanError(
            CODE, f"读不到督办通知单的模板 {path}（{error.strerror}）：请检查文件和权限。"
        ) from None


def checked_form(content: bytes) -> bytes:
    """The form itself, after a notice was written on it. Raises DubanError NOTICE_TEMPLATE."""
    write_notice(sample(), content)
    return content
