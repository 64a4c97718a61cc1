"""Commands by which the main flow runs: as a service, step by step, rehearsed, or as a demo."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.shared import At, Config, Json, opened
from engine.errors import DubanError

if TYPE_CHECKING:
    from workflows.status import Status


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    for command in (serve, status, sweep, compose, deliver, digest, simulate, demo):
        app.command()(command)


def serve(config: Config = None) -> None:
    """启动服务：巡检、汇总、周报、投递和页面。Runs the service until it is asked to stop."""
    from duban.serving import serve as run
    from duban.wiring import settings_of

    run(settings_of(config))


def status(as_json: Json = False, config: Config = None) -> None:
    """现在的状况：计划、提醒、消息、下次动作、待处理的事。Shows what is counted and what comes next."""
    from workflows.status import is_running, status_of

    with opened(config) as (settings, database):
        with database.read() as session:
            found = status_of(session)
        running = is_running(database)
    if as_json:
        _print_json({**_as_values(found), "service_running": running})
    else:
        _print_status(found, running, settings.time_zone)


def sweep(at: At = None, as_json: Json = False, config: Config = None) -> None:
    """巡检一次：判断每个到期的子任务，记下该提醒的。Judges what is due, once."""
    from duban.printing import clear_progress, show_progress
    from duban.wiring import moment
    from workflows.sweep import sweep as run

    with opened(config) as (settings, database):
        summary = run(
            database,
            moment(at, settings),
            progress=lambda done: show_progress(f"已巡检 {done.checked} 个子任务…"),
        )
    clear_progress()
    _tell(as_json, f"巡检了 {summary.checked} 个子任务，新增 {summary.owed} 条提醒。", summary)


def compose(at: At = None, as_json: Json = False, config: Config = None) -> None:
    """汇总一次：把到点的提醒合成消息。Composes a message for each open slot, once."""
    from duban.wiring import moment, office_of
    from workflows.compose import compose as run

    with opened(config) as (settings, database):
        summary = run(database, office_of(settings, database), moment(at, settings))
    _tell(as_json, f"汇总成 {summary.composed} 封消息，{summary.unreachable} 个岗位没有联系方式。", summary)


def deliver(at: At = None, as_json: Json = False, config: Config = None) -> None:
    """投递一次：把等待的消息各发一次。Attempts every waiting message once."""
    from duban.wiring import moment, office_of
    from workflows.deliver import deliver as run

    with opened(config) as (settings, database):
        summary = run(database, office_of(settings, database), moment(at, settings))
    words = {
        "accepted": "送达",
        "transient": "稍后重试",
        "rate_limited": "被限速",
        "permanent": "被拒收",
        "partial": "部分被拒",
    }
    parts = [f"{words.get(verdict, verdict)} {count}" for verdict, count in summary.verdicts.items()]
    if summary.held:
        parts.append(f"等待开窗 {summary.held}")
    _tell(as_json, f"投递：{'，'.join(parts)}。" if parts else "没有要投递的消息。", summary)


def digest(at: At = None, as_json: Json = False, config: Config = None) -> None:
    """周报一次：到点的计划各发一份。Freezes and composes the digests that are due, once."""
    from duban.wiring import moment, office_of
    from workflows.send_digest import send_digest

    with opened(config) as (settings, database):
        summary = send_digest(database, office_of(settings, database), moment(at, settings))
    counts = "，".join(f"{name} {value}" for name, value in _fields(summary).items())
    _tell(as_json, f"周报：{counts}。", summary)


def simulate(
    start: Annotated[str, typer.Option("--from", metavar="DATE", help="第一天，如 2024-03-01。")],
    end: Annotated[str, typer.Option("--to", metavar="DATE", help="最后一天，如 2024-12-31。")],
    reports: Annotated[
        Path | None,
        typer.Option(
            "--reports",
            help="这些天里的填报和验收，每行一个 JSON 对象："
            '{"at": "2024-03-29T16:00", "subtask": "1.1", "period": "2024-03", "set": ["26台"]} '
            '或 {"at": "2024-11-29", "accept": "1.1"}。',
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="每封消息一行 JSON。")] = False,
    config: Config = None,
) -> None:
    """预演：这些天会发出哪些消息；什么也不写，什么也不发。Shows what would be sent; writes nothing."""
    from duban.printing import clear_progress, print_json_line, show_progress
    from duban.wiring import office_of, zone
    from workflows.simulate import read_happenings, rehearse

    first, last = _day(start), _day(end)
    if last < first:
        raise DubanError("BAD_SPAN", f"最后一天 {last} 早于第一天 {first}：请核对 --from 和 --to。")
    with opened(config) as (settings, database):
        lines = rehearse(
            database,
            office_of(settings, database),
            first,
            last,
            zone=zone(settings),
            happenings=read_happenings(reports, zone(settings)) if reports else (),
            progress=lambda day: show_progress(f"预演到 {day}…"),
        )
    clear_progress()
    if not as_json:
        _print_days(lines)
        return
    for line in lines:
        print_json_line(line)


def demo(
    fresh: Annotated[bool, typer.Option("--fresh", help="从头开始，丢弃上次的演示。")] = False,
    port: Annotated[
        int | None, typer.Option(help="页面的端口；默认 8310，占用时另找一个。", min=0, max=65535)
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="有桌面时打开浏览器。")] = True,
) -> None:
    """演示：在虚拟日期上运行，什么也不发出。The demo on a virtual date; nothing leaves this machine."""
    from duban.demo import run

    run(fresh=fresh, port=port, browser=browser)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DubanError("BAD_MOMENT", f"看不懂日期“{text}”：请写成 2024-03-29。") from None


def _tell(as_json: bool, sentence: str, summary: Any) -> None:
    if as_json:
        _print_json(_fields(summary))
    else:
        print(sentence)


def _fields(summary: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(summary)


def _print_json(value: Any) -> None:
    from duban.printing import print_json

    print_json(value)


def _as_values(found: Status) -> dict[str, Any]:
    values = _fields(found)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _print_status(found: Status, running: bool | None, time_zone: str) -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(time_zone)
    states = {True: "正在运行", False: "没有运行", None: "看不出（请看上次巡检）"}
    print(f"服务：{states[running]}")
    swept = f"{found.last_sweep.astimezone(zone):%Y-%m-%d %H:%M}" if found.last_sweep else "还没有"
    print(f"上次巡检：{swept}；下次检查：{found.next_check_on or '无'}")
    if found.next_message_at:
        print(f"下一封消息：{found.next_message_at.astimezone(zone):%Y-%m-%d %H:%M}")
    for plan in found.plans:
        print(f"计划 {plan.id} {plan.title}：{_lights(plan.lights)}")
    _print_forecasts(found)
    print(f"提醒：{_counts(found.reminders)}")
    print(f"消息：{_counts(found.messages)}")
    print(f"待处理：{len(found.findings)} 件")
    for finding in found.findings:
        print(f"  {finding.since.astimezone(zone):%Y-%m-%d} {finding.message}  [{finding.code}]")


def _print_forecasts(found: Status) -> None:
    if not found.forecasts:
        return
    print(f"预计晚于期限：{len(found.forecasts)} 项（最近一期周报时）")
    for one in found.forecasts:
        expected = f"预计 {one.on} 完成" if one.on else "按目前进度完不成"
        print(f"  {one.no} {one.title}：{expected}，期限 {one.deadline}")


def _lights(counts: Any) -> str:
    from engine.model import Light
    from notifications.words import light_symbol, light_word

    shown = [
        f"{light_symbol(light)}{light_word(light, None, 'zh-CN')} {counts[light]}"
        for light in (Light.RED, Light.YELLOW, Light.GREEN, Light.DONE, Light.GREY)
        if counts.get(light)
    ]
    return " ".join(shown) or "没有子任务"


STATES = {
    "pending": "待汇总",
    "composed": "已汇总",
    "accepted": "已送达",
    "withdrawn": "已撤回",
    "superseded": "已被替代",
    "given_up": "已放弃",
    "held": "待批准",
    "waiting": "等待",
    "sending": "发送中",
}


def _counts(counts: Any) -> str:
    return "，".join(f"{STATES[state]} {counts[state]}" for state in STATES if counts.get(state)) or "没有"


def _shown(line: dict[str, Any]) -> tuple[str, str, str]:
    return line["time"], line["recipient"], line["subject"] + ("  （待批准）" if line.get("held") else "")


def _print_days(lines: Sequence[dict[str, Any]]) -> None:
    from itertools import groupby

    from duban.printing import aligned

    for day, of_day in groupby(lines, key=lambda line: line["date"]):
        print(f"{day} {'一二三四五六日'[date.fromisoformat(day).weekday()]}")
        for text in aligned([_shown(line) for line in of_day]):
            print(f"  {text}")
    print(f"共 {len(lines)} 封消息；什么也没有写入，什么也没有发出。", file=sys.stderr)
