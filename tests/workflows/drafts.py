"""Small drafts worked by hand, and what is stored of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlmodel import SQLModel

from db.session import Database
from intake.draft import (
    DeadlineDraft,
    DocumentFacts,
    IndicatorDraft,
    MilestoneDraft,
    PhaseDraft,
    PlanDraft,
    ProgressDraft,
    ProjectDraft,
    QuantityDraft,
    SubTaskDraft,
)
from workflows.import_plan import Prepared, Stored, store

NOW = datetime(2024, 3, 1, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai


def small_plan() -> PlanDraft:
    """Two projects, three sub-tasks: stations with quotas and milestones, courses, one without lead."""
    stations = SubTaskDraft(
        no="1.1",
        title="充电站点",
        lead_units=["交通局", "住建局"],
        cooperating_units=["财政局"],
        deadline=DeadlineDraft("10月底前", date(2024, 10, 31)),
        indicators=[
            IndicatorDraft("新建站点", Decimal(10), "个", quotas={"区本级": Decimal(2), "东街": Decimal(8)}),
            IndicatorDraft("改造站点", Decimal(4), "个"),
        ],
        milestones=[
            MilestoneDraft("2024-06", "过半", [QuantityDraft("新建站点", Decimal(5), "个")]),
            MilestoneDraft("", "开工", [], due_on=date(2024, 4, 15)),
        ],
        progress=[
            ProgressDraft(
                "2024-02", "已建成2个", "in_progress", [QuantityDraft("新建站点", Decimal(2), "个")]
            )
        ],
    )
    courses = SubTaskDraft("1.2", "培训课程", lead_units=["卫健局（老龄办）"], executing_units=["东街"])
    unled = SubTaskDraft("2.1", "道路整治", indicators=[IndicatorDraft("道路", Decimal("3.5"), "公里")])
    return PlanDraft(
        document=DocumentFacts(
            "示例计划", "示政办〔2024〕1号", "示例区政府办公室", date(2024, 2, 20), 2024, "matrix"
        ),
        phases=[PhaseDraft("execute", date(2024, 11, 30)), PhaseDraft("gap_fill", date(2024, 12, 31))],
        projects=[
            ProjectDraft("1", "服务设施", ["分管副区长"], ["交通局"], [], [stations, courses]),
            ProjectDraft("2", "道路", subtasks=[unled]),
        ],
    )


def prepared(draft: PlanDraft, sha256: str = "0" * 64, joined: dict[str, str] | None = None) -> Prepared:
    """The draft as if it had been read from a file."""
    return Prepared(draft, sha256, "plan.xlsx", joined or {})


def stored(database: Database, draft: PlanDraft | None = None) -> Stored:
    """The small plan, or another, in the database."""
    return store(database, prepared(draft or small_plan()), NOW, "tester")


def row_counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.read() as session:
        return {
            name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in SQLModel.metadata.tables.items()
        }
