"""Commands for the operator: the configuration, its check-up, the version."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duban.commands.shared import Config, Json

config_app = typer.Typer(help="配置：生成、检查、查看。The settings.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    app.add_typer(config_app, name="config")
    app.command()(doctor)
    app.command()(version)


@config_app.command()
def init(
    path: Annotated[Path, typer.Argument(help="写到这个文件。")] = Path("duban.toml"),
) -> None:
    """生成一份带说明的配置文件。Writes a commented file with every setting."""
    from duban.config_file import write_template

    write_template(path)
    print(f"已生成 {path}：改好后用 duban config check 检查，再用 duban doctor 体检。")


@config_app.command()
def check(config: Config = None) -> None:
    """检查配置：有没有写错的名称和不合适的值。Refuses unknown names and unfit values."""
    from duban.settings import config_path, load_settings

    load_settings(config)
    source = config or config_path()
    print(f"配置没有问题（{source or '没有配置文件，全部用默认值'}）。")


@config_app.command()
def show(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False, config: Config = None
) -> None:
    """列出全部配置项现在的值，密码不显示。Lists all settings in force; passwords are hidden."""
    from duban.config_file import shown
    from duban.printing import print_json, print_table
    from duban.settings import load_settings

    values = shown(load_settings(config))
    if as_json:
        print_json(values)
        return
    print_table([(name, str(value)) for name, value in values.items()])


def doctor(as_json: Json = False, config: Config = None) -> None:
    """体检：配置、数据库、日历、联系人、邮件、渠道、服务，每项说明怎么办。Checks everything; exit 1 on errors."""
    from duban.doctor import examine
    from duban.printing import print_json

    checks = examine(config)
    if as_json:
        print_json([{"id": one.id, "level": one.level, "message": one.message} for one in checks])
    else:
        marks = {"ok": "✓", "warning": "▲", "error": "■"}
        for one in checks:
            print(f"{marks[one.level]} {one.id}: {one.message}")
    if any(one.level == "error" for one in checks):
        raise typer.Exit(1)


def version() -> None:
    """显示版本。Shows the version."""
    from importlib.metadata import version as of

    print(f"duban {of('duban')}")
