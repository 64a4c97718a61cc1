"""Commands about tokens with which other systems read the API. A token is printed once."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from duban.commands.shared import At, Config, Json, Who, acting, opened

group = typer.Typer(no_args_is_help=True, help="接口令牌：让其他系统读取数据。Tokens of the API.")


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    app.add_typer(group, name="tokens")


@group.command("list")
def list_(as_json: Json = False, at: At = None, config: Config = None) -> None:
    """列出令牌（不显示令牌本身）。Lists tokens, never the tokens themselves."""
    from duban.printing import print_json, print_table
    from duban.wiring import moment, zone
    from workflows.api_tokens import list_tokens

    with opened(config) as (settings, database), database.read() as session:
        lines, local = list_tokens(session, moment(at, settings)), zone(settings)
    if as_json:
        plain = ("id", "name", "role", "unit", "created_by", "state")
        moments = ("created_at", "expires_at", "seen_at")
        print_json(
            [
                {name: getattr(line, name) for name in plain}
                | {name: getattr(line, name) and getattr(line, name).isoformat() for name in moments}
                for line in lines
            ]
        )
        return
    states = {"open": "有效", "expired": "已过期", "revoked": "已停用"}

    def told(at: datetime | None) -> str:
        return f"{at.astimezone(local):%Y-%m-%d %H:%M}" if at else "—"

    rows = [
        (str(one.id), one.name, one.unit or "全部", f"上次使用 {told(one.seen_at)}", states[one.state])
        for one in lines
    ]
    print_table(rows) if rows else print("没有令牌。")


@group.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="用在哪个系统，如 指挥中心大屏。")],
    unit: Annotated[str, typer.Option("--unit", help="只看这个单位；不写则看全部。")] = "",
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], help="有效期到哪一天；不写则到停用为止。"),
    ] = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """新建一个令牌，只显示这一次。Makes a token and prints it once."""
    from duban.wiring import moment, zone
    from engine.roles import Role
    from workflows.api_tokens import create_token

    with opened(config) as (settings, database):
        role, last = Role.UNIT if unit else Role.LEADER, until.date() if until else None
        by, now = who or settings.coordinator.office, moment(at, settings)
        token = create_token(database, name, role, unit, last, now, by, zone=zone(settings))
    print(f"“{name}”的令牌（只显示这一次），请求时写 Authorization: Bearer 令牌：\n{token}")


@group.command()
def revoke(
    number: Annotated[int, typer.Argument(metavar="ID", help="令牌的编号，见 duban tokens list。")],
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """停用一个令牌。Revokes a token."""
    from workflows.api_tokens import revoke_token

    with acting(config, at, who) as (database, now, by):
        name = revoke_token(database, number, now, by)
    print(f"已停用“{name}”的令牌。")
