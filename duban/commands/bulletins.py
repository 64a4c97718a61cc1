"""Commands about bulletins: which there are, what they hold, and the decision about those that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.shared import At, Config, Who, opened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from db.tables import Bulletin

STATES = {"held": "待批准", "published": "已发布", "withdrawn": "已撤回", "superseded": "已被替代"}
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Number = Annotated[int, typer.Argument(metavar="ID", help="通报的编号，见 duban bulletin list。")]
Unit = Annotated[str | None, typer.Option("--unit", help="只办理发给这个单位的那一封。")]

bulletin = typer.Typer(
    help="通报：查看、批准、暂缓、撤回、导出。Bulletins: show, decide, export.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    for name, command in (
        ("list", list_),
        ("approve", approve),
        ("withdraw", withdraw),
        ("hold", hold),
    ):
        bulletin.command(name)(command)
    app.add_typer(bulletin, name="bulletin")


def list_(
    plan: Annotated[str | None, typer.Option("--plan", help="只列这个计划的。")] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """列出通报，新的在前。Lists bulletins, the newest first."""
    from db import bulletins
    from db.references import find_plan
    from duban.printing import print_json, print_table

    with opened(config) as (_, database), database.read() as session:
        found = bulletins.listed(session, find_plan(session, plan).id if plan else None)
        counted = bulletins.counts(session, found)
        values = [_values(row, counted[row.id or 0]) for row in found]
    if as_json:
        print_json(values)
        return
    lines = [_line(one) for one in values]
    print_table([("编号", "计划", "种类", "期", "状态", "消息"), *lines]) if lines else print("还没有通报。")


def approve(number: Number, unit: Unit = None, at: At = None, who: Who = None, config: Config = None) -> None:
    """批准待发的通报，消息在发送时段内发出。Lets the held messages go, within quiet hours."""
    from duban.wiring import moment, zone
    from workflows.decide_bulletin import approve as run

    with opened(config) as (settings, database):
        done = run(database, number, moment(at, settings), who or settings.coordinator.office, unit=unit)
        leaves = f"{done.leaves_at.astimezone(zone(settings)):%Y-%m-%d %H:%M}" if done.leaves_at else ""
    print(f"通报 {number} 已批准：{done.messages} 封消息自 {leaves} 起发出。")


def withdraw(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="为什么撤回，记录在案。")] = "",
    unit: Unit = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """撤回待批准的通报，消息不再发出。Takes back what is held; the reason is on record."""
    from duban.wiring import moment
    from workflows.decide_bulletin import withdraw as run

    with opened(config) as (settings, database):
        by = who or settings.coordinator.office
        done = run(database, number, moment(at, settings), by, reason, unit=unit)
    print(f"通报 {number} 的 {done.messages} 封消息已撤回，不会发出。")


def hold(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="为什么暂缓，记录在案。")] = "",
    unit: Unit = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """暂缓还没有发出的通报，或只暂缓一个单位的。Holds what has not left, or one unit's message."""
    from duban.wiring import moment
    from workflows.decide_bulletin import hold as run

    with opened(config) as (settings, database):
        by = who or settings.coordinator.office
        done = run(database, number, moment(at, settings), by, reason, unit=unit)
    print(f"通报 {number} 的 {done.messages} 封消息已暂缓：批准后才发出。")


def _values(row: Bulletin, messages: Mapping[str, int]) -> dict[str, Any]:
    names = ("id", "plan_id", "kind", "period", "on", "state", "decided_at", "decided_by", "sha256")
    return {name: getattr(row, name) for name in names} | {"messages": dict(messages)}


def _line(values: dict[str, Any]) -> tuple[str, ...]:
    from workflows.decide_bulletin import KINDS

    words = (KINDS.get(values["kind"], values["kind"]), values["period"], STATES[values["state"]])
    return str(values["id"]), str(values["plan_id"]), *words, _counted(values["messages"])


def _counted(messages: Mapping[str, int]) -> str:
    from duban.commands.messages import STATES as WORDS

    return "，".join(f"{WORDS[state]} {number}" for state, number in messages.items()) or "没有"
