"""What the commands share: options, the open database, questions, refusals."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from engine.errors import DubanError

if TYPE_CHECKING:
    from datetime import datetime

    from db.session import Database
    from duban.settings import Settings

BAD_USAGE = 2

Config = Annotated[
    Path | None, typer.Option("--config", help="配置文件；默认是 DUBAN_CONFIG 或当前目录的 duban.toml。")
]
At = Annotated[str | None, typer.Option("--at", help="当作这一时刻，如 2024-03-29T09:30；默认是现在。")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="不再询问，直接保存。")]
Who = Annotated[str | None, typer.Option("--who", help="记录在案的办理人；默认是督查科室。")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
InPlan = Annotated[str | None, typer.Option("--plan", help="计划的编号或标题；只有一个计划时可以不写。")]


@contextmanager
def opened(config: Path | None) -> Iterator[tuple[Settings, Database]]:
    """The settings and the database with its newest schema; closed at the end."""
    from duban.wiring import open_database, settings_of

    settings = settings_of(config)
    database = open_database(settings)
    try:
        yield settings, database
    finally:
        database.close()


@contextmanager
def acting(config: Path | None, at: str | None, who: str | None) -> Iterator[tuple[Database, datetime, str]]:
    """The database, the moment at which something is done, and who answers for it: the coordinators' office
    unless somebody is named."""
    from duban.wiring import moment

    with opened(config) as (settings, database):
        yield database, moment(at, settings), who or settings.coordinator.office


def confirmed(question: str, yes: bool) -> bool:
    """Whether to go on: told by ``--yes``, else asked on a terminal; without one refused as bad usage."""
    if yes:
        return True
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        refuse(DubanError("NEEDS_YES", "没有保存任何内容：这里不能提问，确认无误后请加 --yes。"))
    return typer.confirm(question, default=False)


def refuse(error: DubanError, code: int = BAD_USAGE) -> NoReturn:
    """Ends the command with the error's sentence on standard error."""
    print(f"{error.message}  [{error.code}]", file=sys.stderr)
    raise typer.Exit(code)


def write_file(path: Path, content: bytes) -> None:
    """The file holds the content. Raises DubanError FILE_NOT_WRITTEN."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise DubanError(
            "FILE_NOT_WRITTEN",
            f"写不了文件 {path}（{error.strerror}）：请换一个文件夹，或检查权限和磁盘空间。",
        ) from None
