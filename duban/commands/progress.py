"""Commands by which progress gets in: what units report, what coordinators accept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.shared import At, Config, InPlan, acting, opened
from engine.errors import DubanError

if TYPE_CHECKING:
    from datetime import date

SubTask = Annotated[str, typer.Argument(metavar="SUBTASK", help="子任务的序号，如 1.1；或 #编号。")]
Who = Annotated[str | None, typer.Option("--who", help="记录在案的办理人；默认是督查科室。")]

Unit = Annotated[
    str | None, typer.Option("--unit", help="填报单位；牵头单位填全部，加 --share 填本单位分解量。")
]
Share = Annotated[bool, typer.Option("--share", help="只填这个单位的分解量。")]
Forecast = Annotated[
    str | None, typer.Option("--forecast", metavar="DATE", help="单位自己预计的完成日期，如 2024-10-31。")
]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    app.command("report")(report)
    app.command("remind")(remind)
    app.command("accept")(accept)
    app.command("acknowledge")(acknowledge)


def report(
    subtask: SubTask,
    period: Annotated[str, typer.Option("--period", help="填报期，如 2024-03。")],
    figures: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="26台", help="年初以来的累计数：26台，或 指标=26台；可写几次。"),
    ] = None,
    text: Annotated[str, typer.Option("--text", help="进展说明。")] = "",
    status: Annotated[
        str,
        typer.Option("--status", help="in_progress、done、over_fulfilled、lagging、suspended、not_started。"),
    ] = "in_progress",
    unit: Unit = None,
    share: Share = False,
    difficulties: Annotated[str, typer.Option("--difficulties", help="困难。")] = "",
    coordination: Annotated[bool, typer.Option("--needs-coordination", help="请督查科室协调。")] = False,
    forecast: Forecast = None,
    plan: InPlan = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """代单位填报一期进展。Files what a unit reports; what it settles is withdrawn."""
    from engine.model import Light
    from notifications.words import light_symbol, light_word
    from workflows.report_progress import Filing, report_progress

    with acting(config, at, who) as (database, now, by):
        filing = Filing(
            subtask,
            period,
            tuple(figures or ()),
            text,
            status,
            plan,
            unit=unit,
            role="share" if share else "lead",
            difficulties=difficulties,
            needs_coordination=coordination,
            forecast_on=_day(forecast),
            who=by,
        )
        filed = report_progress(database, filing, now, by)
    light = Light(filed.light)
    print(f"已保存 {subtask} 的 {period} 进展：{light_symbol(light)} {light_word(light, None, 'zh-CN')}")
    for warning in filed.warnings:
        print(f"请核对：{warning}")


def remind(
    subtask: SubTask,
    reason: Annotated[str, typer.Option("--reason", help="为什么催办；记入办理记录。")] = "",
    plan: InPlan = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """催办一个子任务：马上提醒牵头单位，一天一次。Reminds the lead units at once."""
    from duban.wiring import moment, office_of, zone
    from workflows.remind_now import remind_now

    with opened(config) as (settings, database):
        by = who or settings.coordinator.office
        office, now = office_of(settings, database), moment(at, settings)
        prompted = remind_now(database, office, subtask, now, by, reason, plan=plan)
    for one in prompted:
        leaves = f"{one.leaves_at.astimezone(zone(settings)):%m-%d %H:%M}"
        said = f"{leaves} 发出" if one.is_new else f"今天已催办过（{leaves}），不再重复"
        print(f"{one.recipient}：{said}")


def accept(
    subtask: SubTask,
    reason: Annotated[str, typer.Option("--reason", help="理由；单位尚未申报完成时必填。")] = "",
    evidence: Annotated[
        list[Path] | None, typer.Option("--evidence", metavar="FILE", help="验收依据的文件；可写几次。")
    ] = None,
    plan: InPlan = None,
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """验收一个子任务。Accepts a sub-task; evaluation and archive follow."""
    from duban.wiring import files_folder, moment
    from workflows.accept_subtask import accept_subtask

    with opened(config) as (settings, database):
        by = who or settings.coordinator.office
        row = accept_subtask(
            database,
            subtask,
            moment(at, settings),
            by,
            plan=plan,
            reason=reason,
            evidence=[(path.name, _read(path)) for path in evidence or ()],
            folder=files_folder(settings),
        )
    print(f"已验收 {row.no} {row.title}")


def acknowledge(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位名称。")],
    at: At = None,
    who: Who = None,
    config: Config = None,
) -> None:
    """代单位签收它牵头的已下达任务。Signs for what was issued to a lead unit."""
    from workflows.acknowledge import acknowledge as sign

    with acting(config, at, who) as (database, now, by):
        signed = sign(database, unit, now, by)
    print(f"已代{unit}签收 {len(signed)} 项任务。" if signed else f"{unit}没有待签收的任务。")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DubanError(
            "FILE_NOT_READ", f"读不了文件 {path}（{error.strerror}）：请核对路径和权限。"
        ) from None


def _day(text: str | None) -> date | None:
    from datetime import date

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise DubanError("BAD_MOMENT", f"看不懂日期“{text}”：请写成 2024-10-31。") from None
