"""归档包: the members of a package, each as bytes under its name; the same rows give the same bytes."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlmodel import Session

from db import cases, tables
from db.units import stored_id
from notifications.archive_page import archive_html
from notifications.message import Person
from notifications.notice import write_notice
from notifications.paper import Cell, Grid, Paper
from notifications.paper_xlsx import paper_xlsx
from notifications.words import quantity
from workflows import archive_words as words
from workflows.archive_index import index_page
from workflows.archive_rows import ArchiveRows, load_archive, plain, values_of
from workflows.attachments import content_of
from workflows.audit_record import as_values
from workflows.case_notice import notice_of

MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest that the format knows
VERSION = 1
Members = dict[str, tuple[bytes, str]]  # by name: content, and what it is


def build_package(
    session: Session, task: tables.SubTask, issuer: Person, files: Path | None, *, is_draft: bool
) -> bytes:
    """The zip file. Raises DubanError FILE_MISSING where a file is gone or was changed."""
    rows = load_archive(session, task)
    members: Members = {
        "reports.xlsx": (_workbook(rows), "各期填报（表格）"),
        "reports.json": (_json([_report(rows, one) for one in rows.reports]), "各期填报、审核、困难"),
        "changes.json": (_json([values_of(one) for one in rows.changes]), "变更申请"),
        "audit.json": (_json(_audit(rows)), "办理记录，连同每条的封存值和核验结果"),
        **_messages(rows),
        **_cases(session, rows, issuer),
        **_files(rows, files),
    }
    contents = {name: content for name, (content, _) in members.items()}
    links = sorted((name, what) for name, (_, what) in members.items())
    contents["index.html"] = archive_html(index_page(rows, links, is_draft=is_draft))
    contents["manifest.json"] = _json(_manifest(rows, contents, is_draft))
    return _packed(contents)


def _packed(contents: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in sorted(contents):
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            archive.writestr(info, contents[name])
    return stream.getvalue()


def _json(value: Any) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode(errors="replace")


def _manifest(rows: ArchiveRows, contents: dict[str, bytes], is_draft: bool) -> dict[str, Any]:
    return {
        "format": "duban-archive",
        "version": VERSION,
        "plan": rows.plan.title,
        "subtask": {"id": rows.task.id, "no": rows.task.no, "title": rows.task.title},
        "draft": is_draft,
        "members": {
            name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in contents.items()
        },
    }


def _report(rows: ArchiveRows, report: tables.ProgressReport) -> dict[str, Any]:
    key = stored_id(report.id)
    figures = rows.figures.get(key, {})
    return {
        **values_of(report, "batch_id"),
        "unit": rows.unit(report.unit_id),
        "figures": [
            {"indicator": one.subject, "quantity": plain(figures[one.id]), "unit": one.unit}
            for one in rows.subtask.indicators
            if one.id in figures
        ],
        "reviews": [values_of(one, "report_id") for one in rows.reviews[key]],
        "files": [file_member(one) for one in rows.files if (one.owner, one.owner_id) == ("report", key)],
    }


def _workbook(rows: ArchiveRows) -> bytes:
    heads = ("填报期", "收到", "单位", "口径", "情况", "数", "进展", "困难", "审核", "填报人")
    grid = Grid(
        name="填报",
        heading="各期填报",
        heads=heads,
        rows=tuple(_sheet_row(rows, one) for one in rows.reports),
        widths=(6, 9, 9, 5, 6, 12, 24, 16, 16, 8),
        sides="cclccllll" + "l",
    )
    return paper_xlsx(Paper(f"{rows.task.no} {rows.task.title}", rows.plan.title, (grid,), is_wide=True))


def _sheet_row(rows: ArchiveRows, report: tables.ProgressReport) -> tuple[Cell, ...]:
    key = stored_id(report.id)
    figures = rows.figures.get(key, {})
    shown = "\n".join(
        f"{one.subject} {quantity(figures[one.id], one.unit)}".strip()
        for one in rows.subtask.indicators
        if one.id in figures
    )
    judged = [
        " ".join(
            filter(
                None,
                (
                    words.REPORT_STATES.get(one.decision, one.decision),
                    rows.moment(one.at),
                    one.who,
                    one.reason,
                ),
            )
        )
        for one in rows.reviews[key]
    ]
    texts = (
        report.period,
        rows.moment(report.received_at),
        rows.unit(report.unit_id),
        words.REPORT_ROLES.get(report.role, report.role),
        words.REPORT_STATUS.get(report.status, report.status),
        shown,
        report.text,
        report.difficulties + ("\n请求协调" if report.needs_coordination else ""),
        "\n".join(judged) or words.REPORT_STATES.get(report.state, report.state),
        report.who,
    )
    return tuple(Cell(text) for text in texts)


def _messages(rows: ArchiveRows) -> Members:
    """As they were stored: a report link is still the placeholder that opens nothing."""
    found: Members = {}
    for one in rows.messages:
        state = words.MESSAGE_STATES.get(one.state, one.state)
        head = (
            f"日期：{one.slot_on}",
            f"收件：{one.recipient}" + (f" <{one.address}>" if one.address else ""),
            f"主题：{one.subject}",
            f"状态：{state}"
            + (f" {rows.moment(one.ended_at)}" if one.ended_at else "")
            + (f" {one.ended_reason}" if one.ended_reason else ""),
        )
        name = f"messages/{one.slot_on}-{one.id}.txt"
        text = "\n".join((*head, "", one.text, ""))
        found[name] = (text.encode(errors="replace"), f"{one.recipient}：{one.subject}")
    return found


def _cases(session: Session, rows: ArchiveRows, issuer: Person) -> Members:
    found: Members = {}
    for case in rows.cases:
        number, entries = cases.number_of(case), rows.entries[stored_id(case.id)]
        stem = f"cases/{re.sub(r'[^0-9]', '', case.series)}-{case.serial}"
        values = {
            **values_of(case),
            "number": number,
            "unit": rows.unit(case.unit_id),
            "entries": [values_of(one, "case_id") for one in entries],
        }
        lines = [f"{number} {rows.unit(case.unit_id)}", case.demand, ""]
        lines += [
            f"{rows.moment(one.at)} {one.who} {words.CASE_STEPS.get(one.kind, one.kind)} {one.text}".rstrip()
            for one in entries
        ]
        found[f"{stem}.json"] = (_json(values), f"{number}（全部内容）")
        found[f"{stem}.txt"] = ("\n".join([*lines, ""]).encode(errors="replace"), f"{number} 的办理经过")
        for second in (False, True)[: 1 + (case.notices > 1)]:
            notice = write_notice(notice_of(session, issuer, case, second=second))
            what = f"督办通知单{'（二次催办）' if second else ''} {number}"
            found[f"{stem}-notice{2 if second else 1}.docx"] = (notice, what)
    return found


def _files(rows: ArchiveRows, folder: Path | None) -> Members:
    return {
        file_member(one): (
            content_of(folder or Path(), one),
            f"{words.OWNERS.get(one.owner, one.owner)}的附件：{one.file_name}",
        )
        for one in rows.files
    }


def file_member(row: tables.Attachment) -> str:
    """Where the file lies in the package: a name of ours, with its ending where that is harmless."""
    ending = re.search(r"\.[A-Za-z0-9]{1,5}$", row.file_name)
    return f"files/{row.owner}-{row.owner_id}-{row.id}{ending.group().lower() if ending else ''}"


def _audit(rows: ArchiveRows) -> dict[str, Any]:
    found = rows.verification
    return {
        "events": [as_values(one) for one in rows.events],
        "verification": {
            "holds": found.holds,
            "events": found.events,
            "rows": found.rows,
            "head": asdict(found.head),
            "breaks": [asdict(one) for one in found.breaks],
        },
    }
