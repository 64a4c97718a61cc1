"""What a person writes to mean a plan or a sub-task, found or refused with what was probably meant."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from sqlmodel import Session, col, select

from db import tables
from db.units import load_book
from engine.errors import DubanError

SHOWN = 8  # how many candidates an error names


def find_plan(session: Session, text: str | None = None) -> tables.Plan:
    """The plan of that id or title (a part that only one title has); without text the only plan.

    Raises DubanError NO_SUCH_PLAN or AMBIGUOUS_PLAN.
    """
    known = list(session.exec(select(tables.Plan).order_by(col(tables.Plan.id))))
    wanted = (text or "").strip()
    found = _plans_meant(known, wanted)
    if len(found) == 1:
        return found[0]
    if not known:
        raise DubanError("NO_SUCH_PLAN", "还没有任何计划：请先用 duban import 导入任务分解表。")
    shown = "；".join(f"{plan.id}（{plan.title}）" for plan in (found or known)[:SHOWN])
    if found:
        ask = "请写明编号" if wanted else "请用 --plan 指明是哪一个"
        raise DubanError("AMBIGUOUS_PLAN", f"有 {len(found)} 个计划符合，{ask}：{shown}。")
    raise DubanError("NO_SUCH_PLAN", f"没有计划“{wanted}”：现有 {shown}。")


def find_subtask(session: Session, text: str, plan: str | None = None) -> tables.SubTask:
    """The sub-task of that number (in the plan named, else in any active plan), or of that id: ``#12``.

    A plain number that no sub-task carries is taken as an id. Raises DubanError NO_SUCH_SUBTASK or
    AMBIGUOUS_SUBTASK, and those of the plan's reference.
    """
    table = tables.SubTask
    wanted = text.strip()
    query = select(table).order_by(col(table.plan_id), col(table.position))
    if plan is not None:
        query = query.where(col(table.plan_id) == find_plan(session, plan).id)
    else:
        active = select(tables.Plan.id).where(col(tables.Plan.state) == "active")
        query = query.where(col(table.plan_id).in_(active))
    numbered = list(session.exec(query.where(col(table.no) == wanted)))
    if len(numbered) == 1:
        return numbered[0]
    if numbered:
        raise DubanError(
            "AMBIGUOUS_SUBTASK", f"有 {len(numbered)} 个子任务的序号是“{wanted}”：{_shown(numbered)}。"
        )
    key = _key(wanted.removeprefix("#"))
    by_id = session.exec(query.where(col(table.id) == key)).first() if key is not None else None
    if by_id is None:
        raise _no_such_subtask(wanted, list(session.exec(query)))
    return by_id


def find_unit(session: Session, name: str) -> tables.Unit:
    """The unit that goes by that name or alias. Raises DubanError NO_SUCH_UNIT."""
    book = load_book(session)
    unit_id = book.find(name)
    if unit_id is None:
        near = "、".join(book.similar(name))
        hint = f"是否指 {near}？" if near else "用 duban units list 看已有的单位。"
        raise DubanError("NO_SUCH_UNIT", f"没有单位“{name}”：{hint}")
    return session.get_one(tables.Unit, unit_id)


def _plans_meant(known: Sequence[tables.Plan], wanted: str) -> list[tables.Plan]:
    if not wanted:
        active = [plan for plan in known if plan.state == "active"]
        return active or list(known)
    by_id = [plan for plan in known if plan.id == _key(wanted.removeprefix("#"))]
    by_title = [plan for plan in known if plan.title == wanted]
    return by_id or by_title or [plan for plan in known if wanted in plan.title]


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _shown(rows: Sequence[tables.SubTask]) -> str:
    listed = "；".join(f"#{row.id} 计划{row.plan_id} {row.title}" for row in rows[:SHOWN])
    return f"请写编号（如 #{rows[0].id}）或用 --plan 指明计划：{listed}"


def _no_such_subtask(wanted: str, known: Sequence[tables.SubTask]) -> DubanError:
    if not known:
        return DubanError(
            "NO_SUCH_SUBTASK", f"没有子任务“{wanted}”：还没有导入任何子任务，请先用 duban import。"
        )
    near = [row for row in known if len(wanted) > 1 and wanted in row.title]
    numbers = get_close_matches(wanted, [row.no for row in known], n=SHOWN, cutoff=0.5)
    near += [row for row in known if row.no in numbers and row not in near]
    shown = "、".join(f"{row.no}（{row.title[:16]}）" for row in (near or known)[:SHOWN])
    return DubanError("NO_SUCH_SUBTASK", f"没有子任务“{wanted}”：是否指 {shown}？")
