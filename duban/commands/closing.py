"""Commands at the end: what follows acceptance, striking off the list, the gap list, closing a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.shared import At, Config, InPlan, Json, Who, acting, opened

if TYPE_CHECKING:
    from engine.gap import GapLine
    from workflows.close_out import FollowUpLine

SubTask = Annotated[str, typer.Argument(metavar="SUBTASK", help="子任务的序号，如 1.1；或 #编号。")]
Reason = Annotated[str, typer.Option("--reason", help="理由。")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    group = typer.Typer(
        help="验收之后的后续事项。Evaluation and archive after acceptance.", no_args_is_help=True
    )
    group.command("list")(list_)
    group.command("done")(done)
    app.add_typer(group, name="follow-up")
    app.command("close")(close)
    app.command("gap-list")(gap_list)
    app.command("close-plan")(close_plan)


def list_(
    all_: Annotated[bool, typer.Option("--all", help="也列出已办结的。")] = False,
    plan: InPlan = None,
    at: At = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """列出后续事项，先到期的在前。Lists what follows acceptance, the earliest due first."""
    from dataclasses import asdict

    from duban.printing import print_json, print_table
    from duban.wiring import moment
    from workflows.close_out import follow_up_lines

    with opened(config) as (settings, database), database.read() as session:
        lines = follow_up_lines(session, moment(at, settings), plan, with_done=all_)
    if as_json:
        print_json([asdict(line) for line in lines])
    elif lines:
        print_table([("事项", "期限", "情况", "牵头单位", "子任务"), *map(_follow_up, lines)])
    else:
        print("没有后续事项。")


def done(
    subtask: SubTask,
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="evaluation 效果评估、archive 档案登记；中文也行。")
    ],
    note: Annotated[str, typer.Option("--note", help="办理情况，如评估结论、档案号。")] = "",
    plan: InPlan = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """办结一件后续事项，不再提醒。Settles one of them; its reminders end."""
    from workflows.close_out import finish_follow_up

    with acting(config, at, who) as (database, now, by):
        due = finish_follow_up(database, subtask, kind, now, by, note=note, plan=plan)
    print(f"已办结 {subtask} 的后续事项 {kind}（期限 {due}）")


def close(
    subtask: SubTask,
    reason: Reason = "",
    plan: InPlan = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """销号：已验收的子任务从清单中划去。Strikes an accepted sub-task off the list."""
    from workflows.close_out import close_subtask

    with acting(config, at, who) as (database, now, by):
        row = close_subtask(database, subtask, reason, now, by, plan=plan)
    print(f"已销号 {row.no} {row.title}")


def gap_list(plan: InPlan = None, at: At = None, as_json: Json = False, config: Config = None) -> None:
    """查漏补缺清单：实施期末应完成而未验收的，差得最多的在前。What was due and is not accepted, worst first."""
    from dataclasses import asdict

    from duban.printing import print_json, print_table
    from duban.wiring import moment
    from workflows.gap_list import gap_list as found

    with opened(config) as (settings, database), database.read() as session:
        now = moment(at, settings)
        listed = found(session, now, plan)
    units = {key: card.leads for key, card in listed.cards.items()}
    if as_json:
        print_json([{**asdict(one), "units": units[one.subtask_id]} for one in listed.lines])
        return
    phase = listed.phase
    print(
        listed.plan + (f"  查漏补缺 {phase.starts_on} 至 {phase.ends_on}" if phase else "  没有查漏补缺阶段")
    )
    if listed.lines:
        heads = ("序号", "灯", "落后", "缺口", "剩余", "牵头单位", "子任务")
        print_table([heads, *(_gap(one, units[one.subtask_id]) for one in listed.lines)])
    else:
        print("没有未验收的任务。")


def close_plan(
    plan: Annotated[str | None, typer.Argument(metavar="PLAN", help="计划的编号或标题。")] = None,
    reason: Annotated[
        str, typer.Option("--reason", help="还有未办完的任务或后续事项时必填：为什么仍要关闭。")
    ] = "",
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """收官：固定总表并关闭计划，之后不再跟踪。Freezes the final table and closes the plan."""
    from workflows.close_plan import close_plan as ended

    with acting(config, at, who) as (database, now, by):
        closed = ended(database, plan, now, by, reason=reason)
    print(f"已关闭计划“{closed.title}”，总表为通报 {closed.bulletin}")
    for one in closed.given_up:
        print(f"未完成而关闭：{one}")


def _follow_up(line: FollowUpLine) -> tuple[str, ...]:
    from workflows.owe_follow_ups import KINDS

    state = f"{line.done_by}已办结" if line.done_at else "逾期未办" if line.late else "待办"
    said = f"：{line.note}" if line.note else ""
    units = "、".join(line.units)
    return KINDS[line.kind], str(line.due_on), state + said, units, f"{line.no} {line.title}"


def _gap(line: GapLine, units: tuple[str, ...]) -> tuple[str, ...]:
    from notifications.words import light_symbol, light_word

    light = f"{light_symbol(line.light)} {light_word(line.light, None, 'zh-CN')}"
    left = "" if line.days_left is None else f"{line.days_left}个工作日"
    return line.no, light, f"{line.behind}天", _missing(line), left, "、".join(units), line.title


def _missing(line: GapLine) -> str:
    from notifications.words import quantity

    if not line.measured:
        return "没有数量"
    told = [
        f"{one.subject}差{quantity(one.quantity, one.unit)}"
        if one.quantity is not None
        else f"{one.subject}未达{quantity(one.target, one.unit)}"
        for one in line.missing
    ]
    return "、".join(told) or "已达到，待验收"
