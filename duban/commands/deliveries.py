"""Commands about deliveries: the evidence of a period."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from duban.commands.shared import Config, Json, opened, write_file
from engine.errors import DubanError


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    group = typer.Typer(help="投递：每次发送的凭证。Evidence of every delivery.", no_args_is_help=True)
    group.command("export")(export)
    app.add_typer(group, name="deliveries")


def export(
    start: Annotated[str, typer.Option("--from", metavar="DATE", help="第一天，如 2024-03-01。")],
    end: Annotated[str, typer.Option("--to", metavar="DATE", help="最后一天，如 2024-03-31。")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="写到这个 .xlsx 文件；默认以日期命名。")
    ] = None,
    language: Annotated[str, typer.Option("--lang", help="文件的语言：zh-CN 或 en。")] = "zh-CN",
    as_json: Json = False,
    config: Config = None,
) -> None:
    """导出一段时间的投递凭证：每次发送给谁、何时、结果、对方怎么说、读了没有。Writes the evidence of deliveries."""
    from duban.printing import print_json
    from duban.wiring import zone
    from engine.plain import to_plain
    from workflows.deliveries import attempts_of, export_deliveries

    first, last = _day(start), _day(end)
    with opened(config) as (settings, database), database.read() as session:
        local = zone(settings)
        if as_json:
            print_json([to_plain(one) for one in attempts_of(session, first, last, local)])
            if output is None:
                return
        content = export_deliveries(session, first, last, local, language)
    path = output or Path(f"投递凭证{first}至{last}.xlsx")
    write_file(path, content)
    if not as_json:
        print(f"已导出 {path}。")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DubanError("BAD_MOMENT", f"看不懂日期“{text}”：请写成 2024-03-29。") from None
