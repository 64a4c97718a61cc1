"""Commands about evaluations: which there are, their scores with parts, and what the next would say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.bulletins import Language
from duban.commands.shared import At, Config, InPlan, Json, opened, write_file

if TYPE_CHECKING:
    from db.tables import Bulletin
    from notifications.evaluation_view import Content

evaluation = typer.Typer(
    help="评估：每月和全年的得分、名次。Evaluations: the scores of months and years.", no_args_is_help=True
)
KINDS = {"evaluation": "月度", "year": "年度"}
STATES = {"held": "待批准", "published": "已发布", "withdrawn": "已撤回", "superseded": "已被替代"}


def register(app: typer.Typer) -> None:
    """Adds the commands of this file to the application."""
    for name, command in (("list", list_), ("show", show), ("export", export), ("run", run)):
        evaluation.command(name)(command)
    app.add_typer(evaluation, name="evaluation")


def list_(plan: InPlan = None, as_json: Json = False, config: Config = None) -> None:
    """列出评估，新的在前。Lists the evaluations, the newest first."""
    from db import evaluations
    from db.references import find_plan
    from duban.printing import print_json, print_table

    with opened(config) as (_, database), database.read() as session:
        rows = evaluations.listed(session, find_plan(session, plan).id if plan else None)
        values = [_values(row) for row in rows]
        lines = [_line(row) for row in rows]
    if as_json:
        print_json(values)
        return
    heads = ("编号", "计划", "种类", "期", "评估日", "状态", "单位")
    print_table([heads, *lines]) if lines else print("还没有评估：每月填报截止后自动评估。")


def _values(row: Bulletin) -> dict[str, Any]:
    names = ("id", "plan_id", "kind", "period", "on", "state", "sha256")
    return {name: getattr(row, name) for name in names} | {"units": len(row.content["rows"])}


def _line(row: Bulletin) -> tuple[str, ...]:
    units = str(len(row.content["rows"]))
    kind, state = KINDS[row.kind], STATES[row.state]
    return str(row.id), str(row.plan_id), kind, row.period, row.on.isoformat(), state, units


def show(
    number: Annotated[int, typer.Argument(metavar="ID", help="评估的编号，见 duban evaluation list。")],
    unit: Annotated[str, typer.Option("--unit", help="一个单位的得分是怎么来的。")] = "",
    as_json: Json = False,
    config: Config = None,
) -> None:
    """显示一次评估的得分、名次和算法。Shows an evaluation's scores, ranks and formula."""
    from db import evaluations
    from duban.printing import print_json
    from workflows.score_month import content_of_bulletin

    with opened(config) as (_, database), database.read() as session:
        row = evaluations.find(session, number)
        if as_json:
            print_json({"id": row.id, "kind": row.kind, "sha256": row.sha256, **row.content})
            return
        content = content_of_bulletin(row)
    _print(content, unit)


def export(
    number: Annotated[int, typer.Argument(metavar="ID", help="评估的编号，见 duban evaluation list。")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="写到这个文件：.xlsx 或 .docx。")
    ] = None,
    language: Language = "zh-CN",
    config: Config = None,
) -> None:
    """导出一次评估，何时导出都一样。Writes an evaluation as .xlsx or .docx, the same bytes whenever it is asked for."""
    from db import evaluations
    from workflows.export_bulletin import export_bulletin

    path = output or Path(f"评估{number}.xlsx")
    with opened(config) as (_, database), database.read() as session:
        evaluations.find(session, number)
        content = export_bulletin(session, number, path.suffix, language)
    write_file(path, content)
    print(f"已导出 {path}。")


def run(
    preview: Annotated[
        bool, typer.Option("--preview", help="只看现在评估会得出什么，不保存也不发送。")
    ] = False,
    period: Annotated[str, typer.Option("--period", help="预览的月份，如 2024-03；默认是上一个月。")] = "",
    year: Annotated[bool, typer.Option("--year", help="预览全年的考评。")] = False,
    plan: InPlan = None,
    as_json: Json = False,
    at: At = None,
    config: Config = None,
) -> None:
    """评估一次：到点的计划各评一次。Evaluates the plans whose day has come, once; or shows what it would say."""
    from dataclasses import asdict

    from db.references import find_plan
    from duban.printing import print_json
    from duban.wiring import moment, office_of
    from engine.plain import to_plain
    from workflows.evaluate import evaluate
    from workflows.score_month import preview as scores

    with opened(config) as (settings, database):
        now = moment(at, settings)
        if preview:
            with database.read() as session:
                row = find_plan(session, plan)
                content = scores(session, row.id or 0, now, period, whole_year=year)
            print_json(to_plain(content)) if as_json else _print(content, "")
            return
        summary = evaluate(database, office_of(settings, database), now)
    if as_json:
        print_json(asdict(summary))
    else:
        print(f"评估：新增 {summary.frozen} 期，写好 {summary.composed} 封消息。")


def _print(content: Content, unit: str) -> None:
    from duban.printing import print_table
    from engine.errors import DubanError
    from engine.scoring_model import UnitScore
    from notifications.evaluation_view import (
        cost_lines,
        formula,
        parts_grid,
        remarks,
        row_of,
        shown_period,
        table_of,
    )

    locale = "zh-CN"
    print(f"{content.plan_title} {shown_period(content, locale)}评估（{content.on}）")
    row = row_of(content, unit) if unit else None
    if unit and row is None:
        names = "、".join(one.unit for one in content.rows)
        raise DubanError("NO_SUCH_UNIT", f"这次评估里没有单位“{unit}”：有 {names}。")
    if isinstance(row, UnitScore):
        grid = parts_grid(row, locale)
        print_table([grid.heads, *(one.cells for one in grid.rows)])
        lines: list[Any] = [grid.note, *cost_lines(row, content, locale), *remarks(row.items, locale)]  # type: ignore[arg-type]
        for line in filter(None, lines):
            print(f"  {line}")
    else:
        grid = table_of(content, locale, [unit] if unit else ())
        print_table([grid.heads, *(one.cells for one in grid.rows)])
    print(formula(content, locale))
