"""The command that makes the archive package of a sub-task."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duban.commands.shared import At, Config, InPlan, Who, opened


def register(app: typer.Typer) -> None:
    """Adds the command of this file to the application."""
    app.command("archive")(archive)


def archive(
    subtask: Annotated[str, typer.Argument(metavar="SUBTASK", help="子任务的序号，如 1.1；或 #编号。")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.zip", help="归档包写到这个文件。")],
    draft: Annotated[
        bool, typer.Option("--draft", help="只生成归档包，不登记归档；任何状态都可以。")
    ] = False,
    plan: InPlan = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """归档：已销号的子任务，全部材料成一个文件，并登记归档。Archives a closed sub-task as one package."""
    from duban.wiring import files_folder, moment, office_of
    from workflows.archive_package import archive_subtask, draft_package

    with opened(config) as (settings, database):
        issuer, files = office_of(settings, database).coordinator, files_folder(settings)
        if draft:
            made = draft_package(database, subtask, output, issuer, files, plan=plan)
        else:
            by = who or settings.coordinator.office
            made = archive_subtask(
                database, subtask, output, moment(at, settings), by, issuer, files, plan=plan
            )
    print(f"{'已生成（未归档）' if draft else '已归档'} {made.no}：{output}，SHA-256 {made.sha256}")
