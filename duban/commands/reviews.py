"""Commands of those who judge reports: what waits, accept, send back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.shared import At, Config, InPlan, Who, acting, opened, refuse
from engine.errors import DubanError

if TYPE_CHECKING:
    from workflows.list_reviews import FigureLine, ReviewLine
    from workflows.review_report import Outcome
    from workflows.waiting import Waiting

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
OfUnit = Annotated[str | None, typer.Option("--unit", help="只看这个单位的填报。")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    group = typer.Typer(help="审核填报。Review of what units report.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("accept")(accept)
    group.command("return")(return_)
    group.command("take-back")(take_back)
    app.add_typer(group, name="review")
    asked = typer.Typer(help="协调事项。What units ask coordinators to settle.", no_args_is_help=True)
    asked.command("list")(list_coordination)
    asked.command("settle")(settle)
    app.add_typer(asked, name="coordination")
    app.command("waiting")(waiting)


def list_(
    unit: OfUnit = None, plan: InPlan = None, at: At = None, as_json: Json = False, config: Config = None
) -> None:
    """列出待审核的填报，等得最久的在前。Lists the reports that wait for review."""
    from dataclasses import asdict

    from duban.printing import print_json, print_table
    from duban.wiring import moment
    from workflows.list_reviews import review_lines

    with opened(config) as (settings, database), database.read() as session:
        lines = review_lines(session, moment(at, settings), plan, unit)
    if as_json:
        print_json([asdict(line) for line in lines])
    elif lines:
        print_table([("编号", "单位", "子任务", "填报期", "已等", "累计数和说明"), *map(_row, lines)])
    else:
        print("没有待审核的填报。")


def accept(
    reports: Annotated[
        list[int] | None, typer.Argument(metavar="REPORT…", help="填报的编号，可写几个。")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="采纳全部待审核的；可加 --unit、--plan。")] = False,
    unit: OfUnit = None,
    plan: InPlan = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """采纳一份或多份填报。Accepts one report or many."""
    from workflows.review_report import accept_reports, accept_waiting

    if bool(reports) == all_ or (not all_ and (unit or plan)):
        refuse(
            DubanError("BAD_CHOICE", "请写填报的编号，或用 --all（可加 --unit、--plan）采纳全部，二者选一。")
        )
    with acting(config, at, who) as (database, now, by):
        if all_:
            outcome = accept_waiting(database, now, by, plan=plan, unit=unit)
        else:
            outcome = accept_reports(database, reports or (), now, by)
    _tell(outcome, "采纳")


def take_back(
    reports: Annotated[list[int], typer.Argument(metavar="REPORT…", help="填报的编号，可写几个。")],
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """撤销采纳：填报重新等待审核。Takes an acceptance back; the report waits for review again."""
    from workflows.review_report import take_back_acceptance

    with acting(config, at, who) as (database, now, by):
        outcome = take_back_acceptance(database, reports, now, by)
    _tell(outcome, "撤销采纳")


def return_(
    report: Annotated[int, typer.Argument(metavar="REPORT", help="填报的编号。")],
    reason: Annotated[str, typer.Option("--reason", help="理由：单位要改什么。必填。")] = "",
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """退回一份填报，写明理由；单位会重新收到链接。Sends a report back with a reason."""
    from workflows.review_report import return_report

    with acting(config, at, who) as (database, now, by):
        done = return_report(database, report, now, by, reason)
    print(f"已退回 {done.no} {done.title} 的 {done.period} 填报：{_light(done.light)}")


def list_coordination(config: Config = None) -> None:
    """列出单位请求协调的事项。Lists what units ask for."""
    from duban.printing import print_table
    from workflows.settle_coordination import open_coordination

    with opened(config) as (_, database), database.read() as session:
        found = open_coordination(session)
    if found:
        print_table([("编号", "自", "事项"), *((str(key), str(since), what) for key, since, what in found)])
    else:
        print("没有待协调的事项。")


def settle(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="编号，见 duban coordination list。")],
    answer: Annotated[str, typer.Option("--answer", help="协调的结果。必填。")] = "",
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """办结一件协调事项，写明结果。Settles one matter, with the answer on record."""
    from workflows.settle_coordination import settle_coordination

    with acting(config, at, who) as (database, now, by):
        what = settle_coordination(database, number, now, by, answer)
    print(f"已办结：{what}")


def waiting(
    ours: Annotated[bool, typer.Option("--ours", help="只看等督查科室办的。")] = False,
    unit: Annotated[str, typer.Option("--unit", help="只看等这个单位办的。")] = "",
    at: At = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """谁在等谁：单位欠的、督查科室欠的，等得最久的在前。Who is waiting for whom, the longest wait first."""
    from dataclasses import asdict

    from duban.printing import print_json, print_table
    from duban.wiring import moment
    from workflows.waiting import all_waiting

    with opened(config) as (settings, database):
        with database.read() as session:
            found = all_waiting(session, moment(at, settings))
        office = settings.coordinator.office
    found = [one for one in found if (not ours or one.is_ours) and (not unit or unit in one.by)]
    if as_json:
        print_json([{**asdict(one), "ours": one.is_ours} for one in found])
    elif found:
        rows = [
            (f"{one.days}天", str(one.since), one.by or office, _waited(one), f"{one.no} {one.title}".strip())
            for one in found
        ]
        print_table([("已等", "自", "等谁", "等什么", "子任务"), *rows])
    else:
        print("没有谁在等谁。")


def _waited(one: Waiting) -> str:
    from web.waits import what

    return what(one, "zh-CN")


def _tell(outcome: Outcome, what: str) -> None:
    for one in outcome.decided:
        print(f"已{what} {one.no} {one.title} 的 {one.period} 填报：{_light(one.light)}")
    for error in outcome.refused:
        print(f"{error.message}  [{error.code}]", file=sys.stderr)
    if outcome.refused:
        raise typer.Exit(1)
    if not outcome.decided:
        print("没有待审核的填报。")


def _row(line: ReviewLine) -> tuple[str, ...]:
    shown = [_figure(one, named=len(line.figures) > 1) for one in line.figures]
    if line.role == "share":
        shown.insert(0, "分解量")
    if line.needs_coordination:
        shown.append(f"需协调：{line.difficulties or '（未写明）'}")
    told = "；".join([*shown, line.text] if line.text else shown)
    return str(line.report_id), line.unit, f"{line.no} {line.title}", line.period, f"{line.waited}天", told


def _figure(one: FigureLine, named: bool) -> str:
    from notifications.words import quantity

    parts = [f"{one.subject if named else ''}{quantity(one.value, one.unit)}"]
    if one.expected is not None:
        parts.append(f"应达 {quantity(one.expected, one.unit)}")
    parts.append(f"目标 {quantity(one.target, one.unit)}")
    parts.append(f"上次 {quantity(one.last, one.unit)}" if one.last is not None else "上次 未报")
    return f"{parts[0]}（{'，'.join(parts[1:])}）"


def _light(light: str) -> str:
    from engine.model import Light
    from notifications.words import light_symbol, light_word

    return f"{light_symbol(Light(light))} {light_word(Light(light), None, 'zh-CN')}"
