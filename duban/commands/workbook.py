"""Commands about a unit's workbook: written for a unit and period, and taken back filled in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from duban.commands.shared import At, Config, Who, acting, opened, write_file

Unit = Annotated[str, typer.Option("--unit", help="单位名称。")]
Period = Annotated[str | None, typer.Option("--period", help="填报期，如 2024-03；默认是现在该报的一期。")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    workbook = typer.Typer(no_args_is_help=True, help="填报表（工作簿）。Workbooks for units to fill in.")
    workbook.command("export")(export)
    workbook.command("import")(import_)
    app.add_typer(workbook, name="workbook")


def export(
    unit: Unit,
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪个文件。")],
    period: Period = None,
    at: At = None,
    config: Config = None,
) -> None:
    """为一个单位生成填报表。Writes a unit's workbook for a period."""
    from db.references import find_unit
    from db.units import stored_id
    from duban.wiring import moment
    from workflows.links import period_of_unit
    from workflows.unit_workbook import unit_workbook

    with opened(config) as (settings, database), database.read() as session:
        key = stored_id(find_unit(session, unit).id)
        wanted = period or period_of_unit(session, key, moment(at, settings).date())
        write_file(output, unit_workbook(session, key, wanted))
    print(f"已生成 {unit} {wanted} 的填报表：{output}")


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="填好的填报表。")],
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="数字已核对，下降或偏大也照样保存。")
    ] = False,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """代单位提交填好的填报表；有一处看不懂就整份不保存。Files a workbook for its unit, all or nothing."""
    from db.references import find_unit
    from db.units import stored_id
    from intake.report_sheet import read_report_sheet
    from workflows.unit_workbook import Sender, WorkbookRefused, file_workbook

    with acting(config, at, who) as (database, now, by):
        named = read_report_sheet(file)
        with database.read() as session:
            key = stored_id(find_unit(session, named.unit).id)
        sender = Sender(key, named.period, by)
        try:
            count = file_workbook(database, sender, file, now, confirmed=confirmed)
        except WorkbookRefused as error:
            for line in error.lines:
                print(line, file=sys.stderr)
            raise
    print(f"已保存 {named.unit} {named.period} 的 {count} 项进展")
