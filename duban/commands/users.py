"""Commands about users: the way in when no page can be opened, and for scripts. A link is printed once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.shared import At, Config, Json, Who, acting, opened

if TYPE_CHECKING:
    from duban.settings import Settings


class RoleName(StrEnum):
    """The roles, as the command line names them."""

    ADMIN = "admin"
    COORDINATOR = "coordinator"
    LEADER = "leader"
    UNIT = "unit"


class LocaleName(StrEnum):
    """The languages of pages."""

    CHINESE = "zh-CN"
    ENGLISH = "en"


Name = Annotated[str, typer.Argument(metavar="NAME", help="用户名，见 duban users list。")]
group = typer.Typer(no_args_is_help=True, help="用户：谁能登录页面。Users who sign in.")


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    app.add_typer(group, name="users")


@group.command("list")
def list_(as_json: Json = False, at: At = None, config: Config = None) -> None:
    """列出用户：身份、单位、上次登录、状态。Lists users."""
    from duban.printing import print_json, print_table
    from duban.wiring import moment, zone
    from workflows.manage_users import list_users

    with opened(config) as (settings, database), database.read() as session:
        lines, local = list_users(session, moment(at, settings)), zone(settings)

    def told(last: datetime | None) -> str:
        return f"{last.astimezone(local):%Y-%m-%d %H:%M}" if last else ""

    if as_json:
        names = ("name", "title", "role", "unit", "locale", "state")
        print_json(
            [
                {name: getattr(line, name) for name in names}
                | {"last_sign_in": line.signed_in_at.isoformat() if line.signed_in_at else None}
                for line in lines
            ]
        )
        return
    states = {"active": "在用", "invited": "等待设置密码", "retired": "已停用"}
    rows = [
        (one.name, one.title, one.role.value, one.unit, told(one.signed_in_at), states[one.state])
        for one in lines
    ]
    print_table(rows) if rows else print("还没有用户：duban serve 会印出建立管理员的链接。")


@group.command()
def invite(
    name: Annotated[str, typer.Argument(metavar="NAME", help="登录时输入的用户名，如 ducha。")],
    role: Annotated[RoleName, typer.Option("--role", help="身份。")],
    title: Annotated[str, typer.Option("--title", help="岗位，记录里显示的名称。")] = "",
    unit: Annotated[str, typer.Option("--unit", help="单位；身份是 unit 时必须写。")] = "",
    as_json: Json = False,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """邀请一个用户，设置链接只显示这一次。Invites a user; prints the set-up link once."""
    from duban.wiring import moment
    from engine.roles import Role
    from workflows.manage_users import Wanted, invite_user

    with opened(config) as (settings, database):
        by, wanted = who or settings.coordinator.office, Wanted(title, Role(role.value), unit)
        token = invite_user(database, name, wanted, moment(at, settings), by)
    _show_link(settings, name.strip().lower(), token, as_json)


@group.command()
def link(name: Name, as_json: Json = False, at: At = None, who: Who = None, config: Config = None) -> None:
    """给用户新的设置链接（忘记密码时），已停用的同时恢复。A new set-up link; brings a retired user back."""
    from db import users
    from duban.wiring import moment
    from workflows.manage_users import number_of, reactivate_user, renew_link

    with opened(config) as (settings, database):
        with database.read() as session:
            number, row = number_of(session, name), users.find(session, name)
        renew = renew_link if row and row.is_active else reactivate_user
        token = renew(database, number, moment(at, settings), who or settings.coordinator.office)
    _show_link(settings, name.strip().lower(), token, as_json)


@group.command()
def change(
    name: Name,
    role: Annotated[RoleName | None, typer.Option("--role", help="新的身份。")] = None,
    title: Annotated[str | None, typer.Option("--title", help="新的岗位。")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="新的单位。")] = None,
    locale: Annotated[LocaleName | None, typer.Option("--locale", help="页面的语言。")] = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """改变用户的身份、岗位、单位或语言。Changes a user; another role or unit ends the sessions."""
    from engine.roles import Role
    from workflows.manage_users import Wanted, change_user, list_users, number_of

    with acting(config, at, who) as (database, now, by):
        with database.read() as session:
            number = number_of(session, name)
            line = next(one for one in list_users(session, now) if one.id == number)
        new_role = Role(role.value) if role else line.role
        new_unit = unit if unit is not None else line.unit if new_role is Role.UNIT else ""
        wanted = Wanted(line.title if title is None else title, new_role, new_unit, locale or line.locale)
        change_user(database, number, wanted, line.revision, now, by)
    print(f"已保存：{line.name}（{wanted.role}）。")


@group.command()
def retire(name: Name, at: At = None, who: Who = None, config: Config = None) -> None:
    """停用用户：不能再登录，记录保留。Retires a user."""
    from workflows.manage_users import number_of, retire_user

    with acting(config, at, who) as (database, now, by):
        with database.read() as session:
            number = number_of(session, name)
        retire_user(database, number, now, by)
    print(f"已停用用户 {name}；duban users link {name} 可以恢复。")


@group.command("end-sessions")
def end_sessions_(name: Name, at: At = None, who: Who = None, config: Config = None) -> None:
    """让用户在所有地方退出登录。Ends the sessions of a user."""
    from workflows.manage_users import end_sessions, number_of

    with acting(config, at, who) as (database, now, by):
        with database.read() as session:
            number = number_of(session, name)
        end_sessions(database, number, now, by)
    print(f"{name} 已在所有地方退出登录。")


def _show_link(settings: Settings, name: str, token: str, as_json: bool) -> None:
    base = settings.link_base or f"http://{settings.host}:{settings.port}"
    address = f"{base}/set-up/{token}"
    if as_json:
        from duban.printing import print_json

        print_json({"name": name, "link": address})
        return
    print(f"用户 {name} 的设置链接（两天内有效，只显示这一次）：\n{address}")
