"""The command that writes 挂图作战 as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duban.commands.shared import At, Config, InPlan, opened, write_file
from engine.errors import DubanError

KINDS = (".html", ".pdf", ".png")


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    app.command("wall")(wall)


def wall(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="写到这个文件：.pdf、.png 或 .html。")
    ] = Path("挂图作战.pdf"),
    plan: InPlan = None,
    language: Annotated[str, typer.Option("--lang", help="文件的语言：zh-CN 或 en。")] = "zh-CN",
    browser: Annotated[str, typer.Option("--browser", help="用这个浏览器生成 PDF、PNG；默认自动寻找。")] = "",
    at: At = None,
    config: Config = None,
) -> None:
    """导出挂图作战，A3 横版，供打印或随周报发送。Writes the wall as A3 landscape: .pdf, .png or .html."""
    from db import plans
    from db.references import find_plan
    from db.units import stored_id
    from duban.browser import find_browser, printed
    from duban.wiring import moment
    from web.site import Site
    from web.wall_file import wall_file
    from web.words import LOCALES

    kind = output.suffix.lower()
    if kind not in KINDS or language not in LOCALES:
        raise DubanError(
            "EXPORT_FORMAT", "挂图只能导出为 .pdf、.png 或 .html，语言为 zh-CN 或 en：请改文件名。"
        )
    with opened(config) as (settings, database):
        program = find_browser(browser or settings.wall.browser) if kind != ".html" else ""
        now = moment(at, settings)
        with database.read() as session:
            chosen = plans.load_plan(session, stored_id(find_plan(session, plan).id))
            made = wall_file(Site(database, lambda: now), session, chosen, now, language)
    content = printed(program, made.html, kind[1:], made.size) if program else made.html.encode()
    write_file(output, content)
    print(f"已导出 {output}。")
