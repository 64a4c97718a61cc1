"""Commands for what the rules go by: milestones, policy, calendar."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.shared import At, Config, InPlan, Who, Yes, acting, confirmed, opened
from engine.errors import DubanError

if TYPE_CHECKING:
    from db.session import Database
    from duban.settings import Settings
    from workflows.milestone_changes import MilestoneChange
    from workflows.set_milestones import Line

MOST_SHOWN = 40  # messages listed of each side of a preview


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    milestones = typer.Typer(help="节点目标。What must be reached by when.", no_args_is_help=True)
    milestones.command("show")(show_milestones)
    milestones.command("set")(set_)
    app.add_typer(milestones, name="milestones")
    policy = typer.Typer(help="规则参数。The numbers of the rules.", no_args_is_help=True)
    policy.command("show")(show_policy)
    policy.command("set")(set_policy)
    app.add_typer(policy, name="policy")
    calendar = typer.Typer(help="年历和调休。Working days.", no_args_is_help=True)
    calendar.command("show")(show_calendar)
    calendar.command("set")(set_calendar)
    app.add_typer(calendar, name="calendar")


def show_milestones(
    reference: Annotated[
        str | None, typer.Argument(metavar="[PLAN|SUBTASK]", help="子任务的序号，或计划的编号。")
    ] = None,
    plan: InPlan = None,
    config: Config = None,
) -> None:
    """列出节点目标。Lists milestones of a sub-task or of a whole plan."""
    from duban.printing import print_table
    from workflows.set_milestones import milestone_lines

    with opened(config) as (_, database), database.read() as session:
        lines = milestone_lines(session, reference, plan)
    if lines:
        print_table([("子任务", "任务", "日期", "目标"), *lines])
    else:
        print("没有节点：用 duban milestones set 子任务 2024-06=100台 设定。")


def set_(
    subtask: Annotated[str, typer.Argument(metavar="SUBTASK", help="子任务的序号，如 1.1；或 #编号。")],
    milestones: Annotated[
        list[str],
        typer.Argument(metavar="DATE=GOAL…", help="2024-06=100台，或 2024-06-15=主体封顶；2024-06= 删去。"),
    ],
    plan: InPlan = None,
    yes: Yes = False,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """设定节点，先看哪些消息会变。Sets milestones after showing which messages change."""
    from duban.wiring import moment
    from workflows.set_milestones import plan_change, set_milestones

    with opened(config) as (settings, database):
        now = moment(at, settings)
        with database.read() as session:
            change = plan_change(session, subtask, milestones, plan)
        if not change.wanted:
            print("和现有的节点一样，不需要保存。")
            return
        for line in change.lines:
            print(line)
        for warning in change.warnings:
            print(f"请核对：{warning}")
        if not yes:
            _show_messages(settings, database, change, now)
        if not confirmed("保存这些节点吗？", yes):
            print("没有保存任何内容。")
            return
        count = set_milestones(database, change, now, who or settings.coordinator.office)
    print(f"已保存 {count} 个节点。")


def _show_messages(settings: Settings, database: Database, change: MilestoneChange, now: datetime) -> None:
    """Which messages the change takes away and which it brings, from two rehearsals to the plan's end."""
    from duban.printing import clear_progress, show_progress
    from duban.wiring import office_of, zone
    from workflows.set_milestones import rehearsed_messages

    show_progress("正在推算消息……")
    gone, come = rehearsed_messages(database, office_of(settings, database), change, now, zone(settings))
    clear_progress()
    if not gone and not come:
        print("消息没有变化。")
    _list_messages("不再发出", "-", gone)
    _list_messages("改为发出", "+", come)


def _list_messages(heading: str, sign: str, lines: list[Line]) -> None:
    if lines:
        print(f"{heading}（{len(lines)}）：")
    for line in lines[:MOST_SHOWN]:
        print(f"  {sign} {line['date']} {line['time']} {line['recipient']} {line['subject']}")
    if len(lines) > MOST_SHOWN:
        print(f"  ……还有 {len(lines) - MOST_SHOWN} 条")


def show_policy(
    plan: Annotated[str | None, typer.Argument(help="计划的编号或标题。")] = None, config: Config = None
) -> None:
    """列出规则参数，改过的带星号。Lists the numbers of the rules; a star marks the plan's own."""
    from db.references import find_plan
    from duban.printing import print_table
    from workflows.set_policy import settings_of

    with opened(config) as (_, database), database.read() as session:
        settings = settings_of(session, find_plan(session, plan))
    print_table([("*" if one.own else " ", one.name, one.value, f"默认 {one.default}") for one in settings])


def set_policy(
    plan: Annotated[str, typer.Argument(help="计划的编号或标题。")],
    values: Annotated[
        list[str], typer.Argument(metavar="NAME=VALUE…", help="yellow_after=3；只写 yellow_after= 恢复默认。")
    ],
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """改规则参数，下次巡检起生效。Changes numbers of the rules for one plan."""
    from workflows.set_policy import set_policy as store

    with acting(config, at, who) as (database, now, by):
        change = store(database, plan, values, now, by)
    for name, old, new in change.changed:
        print(f"{name}：{old} → {new}")
    print(
        f"计划 {change.plan_id} 已保存 {len(change.changed)} 处改动。"
        if change.changed
        else "和现有的值一样，没有改动。"
    )


def show_calendar(
    year: Annotated[int, typer.Argument(min=1950, max=2100, help="年份。")], config: Config = None
) -> None:
    """列出一年的放假和调休。Shows days off on weekdays and worked weekends of a year."""
    from workflows.enter_year import year_lines

    with opened(config) as (_, database), database.read() as session:
        for line in year_lines(session, year):
            print(line)


def set_calendar(
    file: Annotated[Path, typer.Argument(help="年历文件：.toml 或 .csv，写法见 docs。")],
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """录入一年的放假和调休，并列出随之移动的日期。Enters a year and lists what moves."""
    from engine.calendar import parse_year_file
    from workflows.enter_year import enter_year

    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise DubanError(
            "FILE_NOT_FOUND", f"读不了年历文件 {file}：请检查路径，并存为 UTF-8 文字。"
        ) from None
    year = parse_year_file(text)
    with acting(config, at, who) as (database, now, by):
        moved = enter_year(database, year, now, by)
    print(f"已录入 {year.year} 年：放假 {len(year.days_off)} 天，调休上班 {len(year.makeup_days)} 天。")
    for one in moved:
        print(f"  计划 {one.plan_id} {one.subtask} {one.rule}：{one.old} → {one.new}")
    print(f"共移动 {len(moved)} 个日期。" if moved else "没有日期因此移动。")
