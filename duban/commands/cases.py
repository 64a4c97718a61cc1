"""Commands for supervision cases 督办单: open, answer, send back, close, print."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.shared import At, Config, InPlan, Who, acting, opened, write_file
from engine.errors import DubanError

if TYPE_CHECKING:
    from workflows.show_case import ShownCase

STATES = ("open", "replied", "closed", "standing")
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Case = Annotated[
    str, typer.Argument(metavar="CASE", help="督办单的号，如 督办〔2024〕3号、2024-3；或 #编号。")
]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    group = typer.Typer(help="督办单。Supervision cases.", no_args_is_help=True)
    group.command("open")(open_)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("reply")(reply)
    group.command("return")(return_)
    group.command("close")(close)
    group.command("notice")(notice)
    group.command("template")(template)
    app.add_typer(group, name="case")


def open_(
    subtask: Annotated[str, typer.Argument(metavar="SUBTASK", help="子任务的序号，如 1.1；或 #编号。")],
    colour: Annotated[
        str, typer.Option("--colour", help="blue 临近期限、yellow 滞后、red 逾期；默认按进度。")
    ] = "",
    demand: Annotated[str, typer.Option("--demand", help="督办要求；默认按进度写成一段。")] = "",
    unit: Annotated[str, typer.Option("--unit", help="发给哪个牵头单位；默认是第一个。")] = "",
    due: Annotated[str | None, typer.Option("--due", help="回复期限，如 2024-04-09；默认按规则。")] = None,
    plan: InPlan = None,
    as_json: Json = False,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """开具督办单。Opens a case; its unit is told at the next slot."""
    from workflows.open_case import Wanted, open_case

    wanted = Wanted(colour, demand, unit, _day(due))
    with acting(config, at, who) as (database, now, by):
        row = open_case(database, subtask, now, by, plan=plan, wanted=wanted)
        _tell(database, row, now, as_json, "已开具")


def list_(
    state: Annotated[
        str | None,
        typer.Option("--state", help="只列 open 待回复、replied 已回复、closed、standing 未办结。"),
    ] = None,
    plan: InPlan = None,
    as_json: Json = False,
    at: At = None,
    config: Config = None,
) -> None:
    """列出督办单，新的在前。Lists cases, the newest first."""
    from db import cases
    from db.references import find_plan
    from duban.printing import print_json, print_table
    from duban.wiring import moment
    from workflows.show_case import show_cases

    if state is not None and state not in STATES:
        raise DubanError("BAD_STATE", f"没有状态“{state}”：可选 {'、'.join(STATES)}。")
    with opened(config) as (settings, database), database.read() as session:
        plan_id = find_plan(session, plan).id if plan else None
        rows = cases.listed(session, plan_id=plan_id, state=state)
        found = show_cases(session, rows, moment(at, settings))
    if as_json:
        print_json([as_values(one) for one in found])
    elif found:
        print_table([_line(one) for one in found])
    else:
        print("没有这样的督办单。")


def show(case: Case, as_json: Json = False, at: At = None, config: Config = None) -> None:
    """看一张督办单和它的经过。Shows a case and everything that happened to it."""
    from db import cases
    from duban.wiring import moment

    with opened(config) as (settings, database):
        with database.read() as session:
            row = cases.find(session, case)
        _tell(database, row, moment(at, settings), as_json, "")


def reply(
    case: Case,
    text: Annotated[str, typer.Option("--text", help="单位的回复。")],
    as_json: Json = False,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """登记单位的回复。Records the unit's reply."""
    from workflows.handle_case import reply_case

    with acting(config, at, who) as (database, now, by):
        row = reply_case(database, case, text, now, by)
        _tell(database, row, now, as_json, "已登记回复")


def return_(
    case: Case,
    reason: Annotated[str, typer.Option("--reason", help="退回的理由，单位会看到。")],
    due: Annotated[str | None, typer.Option("--due", help="新的回复期限；默认按规则从今天算起。")] = None,
    as_json: Json = False,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """退回单位的回复，要求重报。Sends a reply back with a reason and a new due day."""
    from workflows.handle_case import return_reply

    with acting(config, at, who) as (database, now, by):
        row = return_reply(database, case, reason, now, by, due_on=_day(due))
        _tell(database, row, now, as_json, "已退回")


def close(
    case: Case,
    reason: Annotated[str, typer.Option("--reason", help="办结的理由。")],
    withdraw: Annotated[bool, typer.Option("--withdraw", help="不该开具，予以撤回。")] = False,
    as_json: Json = False,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """办结或撤回督办单。Closes a case, or withdraws it."""
    from workflows.handle_case import close_case

    with acting(config, at, who) as (database, now, by):
        row = close_case(database, case, reason, now, by, withdrawn=withdraw)
        _tell(database, row, now, as_json, "已撤回" if withdraw else "已办结")


def notice(
    case: Case,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="写到这个文件；默认按编号取名。")
    ] = None,
    config: Config = None,
) -> None:
    """生成督办通知单（.docx），二次催办的带二次字样。Writes the official notice."""
    from db import cases
    from duban.wiring import office_of
    from workflows.case_notice import notice_file

    with opened(config) as (settings, database), database.read() as session:
        row = cases.find(session, case)
        office = office_of(settings, database)
        second = row.notices > 1
        file = notice_file(session, office.coordinator, office.notice_form, row, second=second)
    target = output or Path(file.name)
    write_file(target, file.content)
    print(f"已生成 {target}")


def template(
    export: Annotated[Path | None, typer.Option("--export", help="把现在用的模板写到这个文件。")] = None,
    import_: Annotated[Path | None, typer.Option("--import", help="改用这个模板；先试填一遍。")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="改回程序自带的模板。")] = False,
    config: Config = None,
) -> None:
    """督办通知单的模板，可在 Word 中修改。The notice's form, to be edited in Word."""
    from duban.wiring import notice_form, settings_of
    from notifications.notice import shipped_form
    from workflows.case_notice import checked_form, read_form

    if [export is not None, import_ is not None, reset].count(True) != 1:
        raise DubanError("NOTICE_CHOICE", "请在 --export、--import 和 --reset 中选一个。")
    own = notice_form(settings_of(config))
    if export:
        write_file(export, read_form(own) or shipped_form())
        print(f"已写出 {export}：在 Word 中修改后用 duban case template --import 导入。")
    elif import_:
        content = read_form(import_)
        if content is None:
            raise DubanError("NOTICE_TEMPLATE", f"找不到文件 {import_}：请检查路径。")
        own.parent.mkdir(parents=True, exist_ok=True)
        draft = own.with_name(f"{own.name}.new")
        write_file(draft, checked_form(content))
        draft.replace(own)
        print(f"以后的督办通知单用 {import_} 的模板。")
    else:
        own.unlink(missing_ok=True)
        print("以后的督办通知单用程序自带的模板。")


def as_values(case: ShownCase) -> dict[str, Any]:
    """The case as ``--json`` prints it."""
    names = (
        "id number colour state plan_id plan subtask_id no title unit demand opened_on opened_by reply_due_on "
        "is_late notices noticed_on replied_on closed_on closed_by closed_reason"
    )
    values = {name: getattr(case, name) for name in names.split()}
    values["cause"] = case.cause.frozen()
    values["happened"] = [
        {"at": one.at, "who": one.who, "kind": one.kind, "text": one.text} for one in case.happened
    ]
    return values


def _tell(database: Any, row: Any, now: Any, as_json: bool, done: str) -> None:
    from duban.printing import print_json
    from workflows.show_case import show_case

    with database.read() as session:
        shown = show_case(session, session.merge(row, load=False), now)
    if as_json:
        print_json(as_values(shown))
        return
    if done:
        print(f"{done} {shown.number}（{_colour(shown)}）{shown.unit}：{shown.no} {shown.title}")
        if shown.state == "open":
            print(f"请于 {shown.reply_due_on} 前回复")
        return
    for line in _page(shown):
        print(line)


def _page(shown: ShownCase) -> list[str]:
    from notifications.words import say

    lines = [
        f"{shown.number}（{_colour(shown)}）{_state(shown)}",
        f"单位：{shown.unit}",
        f"任务：{shown.plan} {shown.no} {shown.title}",
        f"要求：{shown.demand}",
        f"回复期限：{shown.reply_due_on}{'，已逾期' if shown.is_late else ''}",
    ]
    for one in shown.happened:
        local = one.at.astimezone(shown.zone)
        kind = say("zh-CN", f"case.entry.{one.kind}")
        words = f"：{one.text}" if one.text else ""
        lines.append(f"{local:%Y-%m-%d %H:%M}  {one.who or '系统（按规则）'}  {kind}{words}")
    return lines


def _line(shown: ShownCase) -> tuple[str, ...]:
    late = "逾期未回复" if shown.is_late else _state(shown)
    return (
        shown.number,
        _colour(shown),
        late,
        f"{shown.reply_due_on}前回复",
        shown.unit,
        f"{shown.no} {shown.title}",
    )


def _colour(shown: ShownCase) -> str:
    from notifications.words import say

    return say("zh-CN", f"case.colour.{shown.colour}")


def _state(shown: ShownCase) -> str:
    from notifications.words import say

    return say("zh-CN", f"case.state.{shown.state}")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DubanError("CASE_DUE", f"看不懂日期“{text}”：请写成 2024-04-09。") from None
