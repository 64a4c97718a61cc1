"""Commands for changes of what was promised: request, look, approve, refuse, take back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.shared import At, Config, InPlan, Who, acting, opened
from engine.errors import DubanError

if TYPE_CHECKING:
    from workflows.list_changes import ChangeLine
    from workflows.preview_change import Effect

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Preview = Annotated[bool, typer.Option("--preview", help="只看会怎样，不保存。")]
Number = Annotated[int, typer.Argument(metavar="REQUEST", help="申请的编号，见 duban change list。")]
Reason = Annotated[str, typer.Option("--reason", help="理由。")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    group = typer.Typer(
        help="变更申请。Extension, adjustment, suspension and their like.", no_args_is_help=True
    )
    group.command("request")(request)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("approve")(approve)
    group.command("refuse")(refuse)
    group.command("withdraw")(withdraw)
    app.add_typer(group, name="change")


def request(
    subtask: Annotated[str, typer.Argument(metavar="SUBTASK", help="子任务的序号，如 1.1；或 #编号。")],
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="extension 延期、adjustment 调整目标、suspension 暂停、resumption 恢复、termination 终止。",
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", help="理由。必填。")] = "",
    document: Annotated[str, typer.Option("--document", help="依据的文号或文件名称。必填。")] = "",
    deadline: Annotated[str | None, typer.Option("--deadline", help="新的完成时限，如 2024-12-20。")] = None,
    figures: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="80台", help="新的目标：80台，或 指标=80台；可写几次。"),
    ] = None,
    effective: Annotated[str | None, typer.Option("--effective", help="自哪天起生效；默认是今天。")] = None,
    preview: Preview = False,
    as_json: Json = False,
    plan: InPlan = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """提出变更申请，等待批准。Asks for a change; it waits for an approver."""
    from workflows.change_request import Asked, request_change
    from workflows.preview_change import preview_request

    asked = Asked(
        subtask,
        kind,
        reason,
        document,
        effective_on=_day(effective),
        deadline=_day(deadline),
        figures=tuple(figures or ()),
        plan=plan,
    )
    with acting(config, at, who) as (database, now, by):
        if preview:
            _tell_effect(preview_request(database, asked, now, by), as_json, "预演：如果现在批准")
            return
        told = request_change(database, asked, now, by)
    if as_json:
        _print_json(told)
        return
    print(f"已登记第 {told.id} 号申请：{_word(told.kind)} {told.no} {told.title}，等待批准。")
    _print_lines(told.lines, told.doubts)


def list_(
    plan: InPlan = None,
    subtask: Annotated[str | None, typer.Option("--subtask", help="只看这个子任务的申请。")] = None,
    open_: Annotated[bool, typer.Option("--open", help="只看待批准的。")] = False,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """列出变更申请，待批准的在前。Lists change requests, open ones first."""
    from duban.printing import print_table
    from workflows.list_changes import change_lines

    with opened(config) as (_, database), database.read() as session:
        lines = [
            line for line in change_lines(session, plan, subtask) if not open_ or line.state == "requested"
        ]
    if as_json:
        _print_json(lines)
    elif lines:
        print_table([("编号", "状态", "种类", "子任务", "内容", "依据", "提出"), *map(_row, lines)])
    else:
        print("没有变更申请。")


def show(number: Number, as_json: Json = False, config: Config = None) -> None:
    """看一份申请：内容、理由、依据、批复和附件。Shows one request."""
    from duban.printing import print_table
    from workflows.list_changes import change_line

    with opened(config) as (_, database), database.read() as session:
        line = change_line(session, number)
    if as_json:
        _print_json(line)
        return
    facts = [
        ("申请", f"第 {line.id} 号 {_word(line.kind)}：{line.no} {line.title}（{line.plan}）"),
        ("状态", _state(line.state)),
        ("生效日期", line.effective_on.isoformat()),
        ("内容", _what(line)),
        ("理由", line.reason),
        ("依据", line.document),
        ("提出", f"{line.requested_on} {line.requested_by}"),
        ("附件", "、".join(line.files) or "无"),
    ]
    if line.decided_on:
        facts.append(("批复", f"{line.decided_on} {line.decided_by}　{line.decision_reason}".rstrip()))
    print_table(facts)


def approve(
    number: Number,
    approver: Annotated[str, typer.Option("--approver", help="批准人：岗位或机关。必填。")] = "",
    reason: Annotated[str, typer.Option("--reason", help="批准意见。")] = "",
    preview: Preview = False,
    as_json: Json = False,
    at: At = None,
    config: Config = None,
) -> None:
    """批准一份申请，并列出提醒因此有什么变化。Approves a request and shows what follows from it."""
    from duban.wiring import moment
    from workflows.preview_change import approve as decide
    from workflows.preview_change import preview_approval

    with opened(config) as (settings, database):
        now = moment(at, settings)
        if preview:
            _tell_effect(preview_approval(database, number, now), as_json, "预演：如果现在批准")
        else:
            _tell_effect(decide(database, number, now, approver, reason), as_json, "已批准")


def refuse(
    number: Number,
    reason: Reason = "",
    as_json: Json = False,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """不批准一份申请，写明理由。Refuses a request with a reason."""
    from workflows.change_request import refuse_change

    with acting(config, at, who) as (database, now, by):
        told = refuse_change(database, number, now, by, reason)
    if as_json:
        _print_json(told)
    else:
        print(f"第 {told.id} 号申请（{_word(told.kind)} {told.no}）没有批准，任务不变。")


def withdraw(
    number: Number,
    reason: Reason = "",
    as_json: Json = False,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """撤回一份待批准的申请。Takes a request back."""
    from workflows.change_request import withdraw_change

    with acting(config, at, who) as (database, now, by):
        told = withdraw_change(database, number, now, by, reason)
    if as_json:
        _print_json(told)
    else:
        print(f"第 {told.id} 号申请（{_word(told.kind)} {told.no}）已撤回，任务不变。")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DubanError("BAD_MOMENT", f"看不懂日期“{text}”：请写成 2024-03-29。") from None


def _tell_effect(effect: Effect, as_json: bool, heading: str) -> None:
    from engine.model import Light
    from notifications.words import light_symbol, light_word
    from web.reasons import ending, rule_word

    if as_json:
        _print_json(effect)
        return
    told = effect.told
    print(f"{heading}：{_word(told.kind)} {told.no} {told.title}")
    _print_lines(told.lines, told.doubts)
    light = Light(effect.light)
    print(f"灯：{light_symbol(light)} {light_word(light, None, 'zh-CN')}")
    if effect.ended:
        print(f"随即撤回的提醒（{len(effect.ended)}）：")
    for one in effect.ended:
        rule, why = rule_word(one.rule, "zh-CN"), ending(one.reason, "zh-CN")
        print(f"  - {one.nominal_on} {one.to} {rule}：{why}")
    print(f"今后四周的提醒（{len(effect.coming)}）：" if effect.coming else "今后四周没有提醒。")
    for coming in effect.coming:
        waits = "（待发）" if coming.waits else ""
        print(f"  + {coming.on} {rule_word(coming.rule, 'zh-CN')}{waits}")


def _print_lines(lines: tuple[str, ...], doubts: tuple[str, ...]) -> None:
    for line in lines:
        print(f"  {line}")
    for doubt in doubts:
        print(f"请核对：{doubt}")


def _row(line: ChangeLine) -> tuple[str, ...]:
    return (
        str(line.id),
        _state(line.state),
        _word(line.kind),
        f"{line.no} {line.title}",
        _what(line),
        line.document,
        f"{line.requested_on} {line.requested_by}",
    )


def _what(line: ChangeLine) -> str:
    return "；".join(line.what) or f"自 {line.effective_on} 起"


def _word(kind: str) -> str:
    from engine.changes import ChangeKind
    from workflows.change_request import KIND_WORDS

    return KIND_WORDS[ChangeKind(kind)]


def _state(state: str) -> str:
    from workflows.change_request import STATE_WORDS

    return STATE_WORDS[state]


def _print_json(value: Any) -> None:
    from dataclasses import asdict

    from duban.printing import print_json

    print_json([asdict(one) for one in value] if isinstance(value, list) else asdict(value))
