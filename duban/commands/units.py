"""Commands for units, their other names, and who holds their posts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duban.commands.shared import At, Config, Who, acting, opened, write_file


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    contacts = typer.Typer(help="联系人。Who holds which post.", no_args_is_help=True)
    contacts.command("import")(import_)
    contacts.command("template")(template)
    contacts.command("list")(list_contacts)
    contacts.command("retry")(retry)
    contacts.command("confirm")(confirm)
    app.add_typer(contacts, name="contacts")
    units = typer.Typer(help="单位和别名。Units and their other names.", no_args_is_help=True)
    units.command("list")(list_units)
    units.command("alias")(alias)
    units.command("group")(group)
    app.add_typer(units, name="units")


def import_(
    file: Annotated[Path, typer.Argument(help="单位和联系人的 .xlsx，见 duban contacts template。")],
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """导入单位和联系人。Imports units and contacts; a new holder inherits what the post is owed."""
    from workflows.import_contacts import import_contacts

    with acting(config, at, who) as (database, now, by):
        stored = import_contacts(database, file, now, by)
    print(
        f"已保存：新增单位 {stored.new_units}，新任联系人 {stored.appointed}，"
        f"更换 {stored.replaced}，未变 {stored.unchanged}"
    )
    for finding in stored.blank:
        print(f"没有填邮箱，也没有写渠道，跳过：{finding.where}")


def template(
    output: Annotated[Path, typer.Option("--output", "-o", help="写到这个文件。")] = Path("联系人.xlsx"),
    config: Config = None,
) -> None:
    """生成联系人表，已知的单位和岗位先填好。Writes a workbook for contacts with what is known filled in."""
    from intake.contacts import write_contacts
    from workflows.import_contacts import present_contacts

    with opened(config) as (_, database), database.read() as session:
        known = present_contacts(session)
    write_file(output, write_contacts(known))
    print(f"已生成 {output}：补上邮箱或渠道后用 duban contacts import 导入。")


def list_contacts(config: Config = None) -> None:
    """列出岗位和联系人。Lists posts, who holds them and by which channels they are reached, in order."""
    from db.units import PostLine, post_lines
    from workflows.fall_back import shown_channel
    from workflows.office import POST_NAMES

    def reached(line: PostLine) -> str:
        if not line.email and not line.ways:
            return "没有联系人"
        ways = "、".join(
            shown_channel(way.channel)
            + (f":{way.address}" if way.address and way.address != line.email else "")
            + ("（拒收，已跳过）" if way.failed_at else "")
            for way in line.ways
        )
        disputed = "本人表示发错了人，暂不发送" if line.is_disputed else ""
        return "  ".join(filter(None, (f"{line.title} {line.email}".strip(), ways, disputed)))

    with opened(config) as (_, database), database.read() as session:
        lines = post_lines(session)
    for line in lines:
        print(f"{line.unit}  {POST_NAMES.get(line.kind, line.kind)}  {reached(line)}")
    if not lines:
        print("还没有岗位：导入计划后，每个牵头单位都会有联络员岗位。")


def retry(
    unit: Annotated[str, typer.Argument(help="单位名称。")],
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """拒收过的渠道重新使用。Tries again the channels that refused people of a unit."""
    from workflows.wrong_person import retry_unit

    with acting(config, at, who) as (database, now, by):
        tried = retry_unit(database, unit, now, by)
    print(f"“{unit}”有 {tried} 个渠道重新使用。" if tried else f"“{unit}”没有被跳过的渠道。")


def confirm(
    unit: Annotated[str, typer.Argument(help="单位名称。")],
    post: Annotated[str, typer.Argument(help="联络员、负责人、分管领导或督查员。")],
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """联系人核实无误，恢复发送。Writes again to a contact who was said to be the wrong person."""
    from workflows.wrong_person import confirm_contact

    with acting(config, at, who) as (database, now, by):
        confirm_contact(database, unit, post, now, by)
    print(f"“{unit}”的{post}确认无误，恢复发送。")


def list_units(config: Config = None) -> None:
    """列出单位和别名。Lists units and their other names."""
    from db.units import unit_lines
    from intake.contacts import UNIT_KINDS

    with opened(config) as (_, database), database.read() as session:
        lines = unit_lines(session)
    for line in lines:
        others = f"  又名 {'、'.join(line.aliases)}" if line.aliases else ""
        members = f"  包括 {'、'.join(line.members)}" if line.members else ""
        print(f"{line.id}  {line.name}  {UNIT_KINDS.get(line.kind, line.kind)}{others}{members}")
    if not lines:
        print("还没有单位：导入计划或联系人之后才有。")


def alias(
    name: Annotated[str, typer.Argument(help="已有单位的名称。")],
    other: Annotated[str, typer.Argument(metavar="ALIAS", help="它的另一个写法。")],
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """给单位加一个别名。Adds another name to a unit."""
    from workflows.import_contacts import alias_unit

    with acting(config, at, who) as (database, now, by):
        unit = alias_unit(database, name, other, now, by)
    print(f"“{other}”从现在起就是“{unit}”。")


def group(
    name: Annotated[str, typer.Argument(help="统称，如 各街镇。")],
    members: Annotated[list[str], typer.Argument(metavar="MEMBER...", help="它现在包括的单位，写全。")],
    new: Annotated[bool, typer.Option("--new", help="没有见过的单位作为新单位记下。")] = False,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """写明一个统称包括哪些单位。Says whom a collective unit stands for."""
    from workflows.set_group import set_group

    with acting(config, at, who) as (database, now, by):
        done = set_group(database, name, members, now, by, new=new)
    before = f"（原来是 {'、'.join(done.before)}）" if done.before else ""
    print(f"“{done.name}”包括 {len(done.members)} 个单位：{'、'.join(done.members)}{before}。")
    if done.waiting:
        print(
            f"有 {done.waiting} 个子任务写着“{done.name}”，仍按原来的名单：导出计划再导入，即可看到并保存变化。"
        )
