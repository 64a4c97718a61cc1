"""Commands on the sealed record of decisions: is it whole, what stands in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.shared import Config, InPlan, opened, write_file

if TYPE_CHECKING:
    from db import tables
    from db.audit_check import Break, Verification

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
OfSubTask = Annotated[str | None, typer.Option("--subtask", help="只看这个子任务：序号，或 #编号。")]

BROKEN = {
    "content": "内容被改动过",
    "previous": "与前一条接不上",
    "missing": "前面缺少记录",
    "unsealed": "没有封存，不是由系统写入的",
    "row": "所决定的内容后来被改动或删除",
    "head": "末尾的记录被删除，或链头被改动",
    "witness": "链上没有这个值：记录被改写过，或抄录有误",
}


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    group = typer.Typer(help="办理记录：核验、查看、导出。The sealed record.", no_args_is_help=True)
    group.command("verify")(verify)
    group.command("list")(list_)
    group.command("export")(export)
    app.add_typer(group, name="audit")


def verify(
    witness: Annotated[
        str | None, typer.Option("--head", help="周报里印着的链头（前 32 位即可）：它也必须在链上。")
    ] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """核验办理记录是否完整；有问题时指出哪一条，退出码 1。Verifies the chain; names what is broken."""
    from db.audit_check import Break
    from db.audit_check import verify as run

    with opened(config) as (_, database), database.read() as session:
        found = run(session)
    if witness and not any(one.startswith(witness.split()[-1].lower()) for one in found.hashes):
        found.breaks.append(Break("witness"))
    if as_json:
        _print_json(found)
    else:
        _print(found)
    raise typer.Exit(0 if found.holds else 1)


def list_(
    subtask: OfSubTask = None,
    plan: InPlan = None,
    limit: Annotated[int, typer.Option("--limit", help="最近几条。", min=1)] = 50,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """最近的办理记录。The last decisions on record."""
    from duban.printing import aligned, print_json_line
    from duban.wiring import zone
    from workflows.audit_record import as_values, record_of

    with opened(config) as (settings, database), database.read() as session:
        events = record_of(session, subtask, plan, limit)
        local = zone(settings)
        if as_json:
            for event in events:
                print_json_line(as_values(event))
            return
        lines = [
            (
                f"{event.segment or 0}-{event.sequence or 0}",
                f"{event.at.astimezone(local):%Y-%m-%d %H:%M}",
                event.who,
                event.what,
                _about(event),
            )
            for event in events
        ]
    for line in aligned(lines):
        print(line)


def export(
    output: Annotated[Path, typer.Option("-o", "--output", help="写到这个文件，每行一条 JSON。")],
    subtask: OfSubTask = None,
    plan: InPlan = None,
    config: Config = None,
) -> None:
    """导出办理记录，连同每条的封存值。Writes the record with its hashes, one JSON object a line."""
    from workflows.audit_record import as_values, record_of

    with opened(config) as (_, database), database.read() as session:
        events = record_of(session, subtask, plan)
        lines = [json.dumps(as_values(event), ensure_ascii=False, sort_keys=True) for event in events]
    write_file(output, "".join(f"{line}\n" for line in lines).encode())
    print(f"已导出 {len(lines)} 条办理记录：{output}")


def _about(event: tables.Event) -> str:
    parts = [f"#{event.subtask_id}" if event.subtask_id else "", event.reason]
    return " ".join(part for part in parts if part)


def _print(found: Verification) -> None:
    if found.holds:
        print(f"办理记录完整：{found.events} 条，所决定的内容 {found.rows} 项；链头 {found.head.shown}")
        return
    print(f"办理记录有 {len(found.breaks)} 处问题（共 {found.events} 条）：")
    for one in found.breaks:
        print(f"  {_place(one)}：{BROKEN[one.what]}")


def _place(one: Break) -> str:
    place = f"第{one.segment}段第{one.sequence}条" if one.segment is not None else ""
    names = [place, f"记录 {one.event_id}" if one.event_id is not None else "", one.row]
    return " ".join(name for name in names if name) or "链头"


def _print_json(found: Verification) -> None:
    from dataclasses import asdict

    from duban.printing import print_json

    values = {
        "holds": found.holds,
        "events": found.events,
        "rows": found.rows,
        "head": asdict(found.head),
        "breaks": [asdict(one) for one in found.breaks],
    }
    print_json(values)
