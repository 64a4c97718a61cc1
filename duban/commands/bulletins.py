"""Commands about bulletins: which there are, what they hold, and the decision about those that wait."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.shared import At, Config, Who, acting, opened, write_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from db.tables import Bulletin

STATES = {"held": "待批准", "published": "已发布", "withdrawn": "已撤回", "superseded": "已被替代"}
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Number = Annotated[int, typer.Argument(metavar="ID", help="通报的编号，见 duban bulletin list。")]
Language = Annotated[str, typer.Option("--lang", help="文件的语言：zh-CN 或 en。")]
Unit = Annotated[str | None, typer.Option("--unit", help="只办理发给这个单位的那一封。")]

bulletin = typer.Typer(
    help="通报：查看、批准、暂缓、撤回、导出。Bulletins: show, decide, export.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    for name, command in (
        ("list", list_),
        ("show", show),
        ("export", export),
        ("approve", approve),
        ("withdraw", withdraw),
        ("hold", hold),
    ):
        bulletin.command(name)(command)
    app.add_typer(bulletin, name="bulletin")
    app.command("publish")(publish)


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


def show(number: Number, as_json: Json = False, config: Config = None) -> None:
    """查看一期通报：排名表、清单、状态。Shows a bulletin as it was frozen."""
    from db import bulletins
    from duban.printing import print_json, print_table
    from workflows.export_bulletin import paper_of

    with opened(config) as (_, database), database.read() as session:
        row = bulletins.find(session, number)
        values = _values(row, bulletins.counts(session, [row])[number])
        if as_json:
            print_json({**values, "content": row.content})
            return
        paper = paper_of(row)
    print(f"{paper.title}\n{paper.subtitle}")
    for grid in paper.grids:
        print(f"\n{grid.heading}")
        print_table([grid.heads, *([one.text for one in cells] for cells in grid.rows)])
    for note in paper.notes:
        print(f"\n{note}")
    print(
        f"\n状态：{STATES[values['state']]}  消息：{_counted(values['messages'])}\n校验：{values['sha256']}"
    )


def export(
    number: Number,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="写到这个文件：.xlsx 或 .docx。")
    ] = None,
    language: Language = "zh-CN",
    config: Config = None,
) -> None:
    """导出一期通报，何时导出都一样。Writes a bulletin as .xlsx or .docx, the same bytes whenever it is asked for."""
    from workflows.export_bulletin import export_bulletin

    path = output or Path(f"通报{number}.docx")
    with opened(config) as (_, database), database.read() as session:
        content = export_bulletin(session, number, path.suffix, language)
    write_file(path, content)
    print(f"已导出 {path}。")


def publish(
    plan: Annotated[str, typer.Argument(help="计划的编号或标题。")],
    month: Annotated[str, typer.Option("--period", help="哪个月，如 2023-03。")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="写到这个文件：.xlsx、.docx 或 .html；文件夹则写成网页。")
    ],
    accepted_only: Annotated[
        bool, typer.Option("--accepted-only", help="只用审核通过的填报；默认也用已报待审的（表上不作区分）。")
    ] = False,
    source: Annotated[
        str | None, typer.Option("--source", help="信息来源；默认是印发单位或督查科室。")
    ] = None,
    language: Language = "zh-CN",
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """生成公开的进展情况表：逐项列出当月目标和进展。Writes the month's table for the public."""
    from duban.wiring import moment, zone
    from workflows import publish as work

    with opened(config) as (settings, database):
        now, by = moment(at, settings), who or settings.coordinator.office
        with database.read() as session:
            table = work.public_table(session, plan, month, source=source or "", accepted_only=accepted_only)
        if not table.source:
            table = replace(table, source=settings.coordinator.office)
        path = output / f"{table.plan_id}-{month}.html" if output.is_dir() else output
        paper = work.public_paper(table, now.astimezone(zone(settings)).date(), language)
        content = work.written(paper, path.suffix)
        write_file(path, content)
        work.record_publication(database, table, content, path.name, now, by)
    print(f"已生成 {path}：共 {len(table.rows)} 项。")
    if table.without_report:
        print(f"没有 {month} 填报的 {len(table.without_report)} 项：{'、'.join(table.without_report)}。")
    if table.unreviewed:
        print(f"用了尚未审核的填报 {len(table.unreviewed)} 项：{'、'.join(table.unreviewed)}。公开前请核对。")


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
    from workflows.decide_bulletin import withdraw as run

    with acting(config, at, who) as (database, now, by):
        done = run(database, number, now, by, reason, unit=unit)
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
    from workflows.decide_bulletin import hold as run

    with acting(config, at, who) as (database, now, by):
        done = run(database, number, now, by, reason, unit=unit)
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
