"""Commands about report links: which are open, withdrawing them, handing one over by another way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.shared import At, Config, Who, acting, opened
from engine.errors import DubanError

if TYPE_CHECKING:
    from datetime import datetime

    from db.tables import ReportLink

Unit = Annotated[str | None, typer.Option("--unit", help="只要这个单位的。")]
WORDS = {"superseded": "已换新", "revoked": "已停用", "restored": "恢复备份后停用"}
group = typer.Typer(no_args_is_help=True, help="填报链接。Report links.")


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    app.add_typer(group, name="link")


@group.command("list")
def list_(
    unit: Unit = None,
    every: Annotated[bool, typer.Option("--all", help="连同已经失效的。")] = False,
    at: At = None,
    config: Config = None,
) -> None:
    """列出填报链接（只有编号，没有地址）。Lists links, never their addresses."""
    from db import links
    from db.references import find_unit
    from db.units import load_book
    from duban.printing import print_table
    from duban.wiring import moment, zone

    with opened(config) as (settings, database), database.read() as session:
        now = moment(at, settings)
        unit_id = find_unit(session, unit).id if unit else None
        found = links.all_links(session, unit_id) if every else links.open_links(session, now, unit_id)
        names = load_book(session).names
    local = zone(settings)
    rows = [
        (
            str(one.id),
            names[one.unit_id],
            one.period,
            f"有效至 {one.expires_at.astimezone(local):%Y-%m-%d %H:%M}",
            _state(one, now),
        )
        for one in found
    ]
    print_table(rows) if rows else print("没有填报链接。")


@group.command()
def revoke(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="ID…", help="链接的编号，见 link list。")
    ] = None,
    unit: Unit = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """停用填报链接。Withdraws links; who holds one is told so."""
    from workflows.links import revoke_links

    if not numbers and unit is None:
        raise DubanError("NOTHING_NAMED", "没有指明停用哪些链接：请写编号，或用 --unit 指明单位。")
    with acting(config, at, who) as (database, now, by):
        count = revoke_links(database, numbers or [], unit, now, by)
    print(f"已停用 {count} 个填报链接。" if count else "没有可停用的链接：它们早已失效，或没有这个编号。")


@group.command()
def new(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位名称。")],
    period: Annotated[
        str | None, typer.Option("--period", help="填报期，如 2024-03；默认是现在该报的一期。")
    ] = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """为一个单位生成一个填报链接，只显示这一次。Prints a new link once, to hand over by another way."""
    from duban.wiring import moment, office_of
    from workflows.links import new_link

    with opened(config) as (settings, database):
        by = who or settings.coordinator.office
        address, link = new_link(
            database, office_of(settings, database), unit, period, moment(at, settings), by
        )
    print(f"{unit} {link.period} 的填报链接（编号 {link.id}，只显示这一次）：\n{address}")


def _state(link: ReportLink, now: datetime) -> str:
    if link.ended_at is not None:
        return WORDS.get(link.ended_reason, link.ended_reason)
    return "有效" if link.expires_at > now else "已过期"
