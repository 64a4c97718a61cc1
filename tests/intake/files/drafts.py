"""Drafts of every shape, for properties that must hold for any plan."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

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
from intake.table import Place

_CHARACTERS = st.one_of(
    st.sampled_from(list("=+-@/、；，,%\n\t 任务项目甲乙1209.~'\"<&")),
    st.characters(exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="\ufffe\uffff"),
)
_TRAPS = st.sampled_from(
    ["_x000D_", "_x005F_x0041_", "=1+1", "2024-03-01", "1.10", "35%", "TRUE", "#REF!", "~1.2"]
)
texts = st.one_of(st.text(_CHARACTERS, max_size=12).map(str.strip), _TRAPS)
names = texts.filter(bool)
one_line_names = st.text(_CHARACTERS.filter(lambda c: c != "\n"), max_size=8).map(str.strip).filter(bool)
lines = one_line_names.filter(lambda name: len(name.splitlines()) == 1)
lists = st.lists(lines, max_size=3)
days = st.dates(date(1990, 1, 1), date(2099, 12, 31))
quantities = st.one_of(
    st.integers(-(10**18), 10**18).map(Decimal),
    st.decimals(min_value=Decimal("-1e9"), max_value=Decimal("1e12"), allow_nan=False, places=3),
    st.sampled_from(
        [Decimal("0.1"), Decimal("1E+6"), Decimal("5.5"), Decimal("0.000001"), Decimal("1234567890.1234567")]
    ),
)
units = st.sampled_from(["台", "名", "%", "‰", "平方米", "万元", "", "km2", "元/人"])
periods = st.dates(date(2000, 1, 1), date(2099, 1, 1)).map(lambda day: f"{day:%Y-%m}")
figures = st.builds(QuantityDraft, texts, quantities, units, texts)
revisions = st.integers(0, 99)

indicators = st.builds(
    IndicatorDraft,
    subject=texts,
    quantity=quantities,
    unit=units,
    comparator=st.sampled_from(["=", ">=", ">", "<=", "<", "~"]),
    kind=st.sampled_from(["delivery", "level", "rate", "growth", "coverage", "upper_bound", "binary"]),
    quote=texts,
    level=lists.map(tuple),
    quotas=st.dictionaries(names, quantities, max_size=3),
)
milestones = st.builds(MilestoneDraft, periods, texts, st.lists(figures, max_size=3), st.none() | days)
progress = st.builds(
    ProgressDraft,
    periods,
    texts,
    st.sampled_from(
        ["done", "over_fulfilled", "in_progress", "lagging", "suspended", "not_started", "unknown"]
    ),
    st.lists(figures, max_size=3),
)
subtasks = st.builds(
    SubTaskDraft,
    no=texts,
    title=names,
    lead_units=lists,
    cooperating_units=lists,
    executing_units=lists,
    responsible=lists,
    leaders=lists,
    level=lists,
    deadline=st.builds(DeadlineDraft, st.none() | names, st.none() | days),
    starts_on=st.none() | days,
    indicators=st.lists(indicators, max_size=3),
    milestones=st.lists(milestones, max_size=2),
    progress=st.lists(progress, max_size=2),
)
projects = st.builds(
    ProjectDraft,
    no=texts,
    title=names,
    leaders=lists,
    lead_units=lists,
    cooperating_units=lists,
    subtasks=st.lists(subtasks, max_size=3),
)
facts = st.builds(
    DocumentFacts,
    title=texts,
    number=st.none() | names,
    issuer=st.none() | names,
    issued_on=st.none() | days,
    year=st.none() | st.integers(1990, 2099),
    kind=st.sampled_from(["decomposition", "progress", "matrix", "work_plan", "none"]),
)
phases = st.lists(
    st.builds(PhaseDraft, st.sampled_from(["execute", "gap_fill"]), days),
    max_size=2,
    unique_by=lambda p: p.name,
)


@st.composite
def drafts(draw: st.DrawFn) -> PlanDraft:
    """Any plan; its parts have stable ids (and revisions) or have none."""
    plan = PlanDraft(draw(facts), draw(phases), draw(st.lists(projects, max_size=3)))
    stored = draw(st.booleans())
    if stored:
        give_ids(plan, draw(revisions))
    return plan


def give_ids(plan: PlanDraft, revision: int = 1) -> PlanDraft:
    """Name every part of the plan as a stored plan's export does."""
    plan.document.stable_id, plan.document.revision = "plan-1", revision
    for p, project in enumerate(plan.projects):
        project.stable_id, project.revision = f"p{p}", revision
        for s, subtask in enumerate(project.subtasks):
            subtask.stable_id, subtask.revision = f"s{p}.{s}", revision
            parts: list[IndicatorDraft | MilestoneDraft] = [*subtask.indicators, *subtask.milestones]
            for number, part in enumerate(parts):
                part.stable_id, part.revision = f"{p}.{s}.{number}", revision
    return plan


def without_places(plan: PlanDraft) -> PlanDraft:
    """The plan but for places and findings, which belong to the file and not to the plan."""
    plan = copy.deepcopy(plan)
    plan.findings = []
    for project in plan.projects:
        project.where = Place()
        for subtask in project.subtasks:
            subtask.where = Place()
            parts: list[IndicatorDraft | MilestoneDraft | ProgressDraft] = [
                *subtask.indicators,
                *subtask.milestones,
                *subtask.progress,
            ]
            for part in parts:
                part.where = Place()
    return plan


def example_plan() -> PlanDraft:
    """A small plan as a coordinator would export it; worked out by hand in the tests."""
    piles = IndicatorDraft("新建充电桩", Decimal(200), "台", ">=", quote="不少于200台")
    piles.quotas = {"区本级": Decimal(150), "上河街道": Decimal(50)}
    hours = IndicatorDraft("开放时长", Decimal("2.5"), "小时", kind="level", level=("市级",))
    first = SubTaskDraft(
        "1.1", "新建公共充电桩", ["区住建局"], ["区科技局", "各街道"], level=["市级", "区级"]
    )
    first.deadline = DeadlineDraft("11月底前", date(2024, 11, 30))
    first.indicators = [piles, hours]
    first.milestones = [
        MilestoneDraft("2024-03", "完成选址", [QuantityDraft("新建充电桩", Decimal(40), "台")])
    ]
    first.progress = [
        ProgressDraft("2024-03", "已建41台", "in_progress", [QuantityDraft("新建充电桩", Decimal(41), "台")])
    ]
    second = SubTaskDraft("1.2", "改造老旧小区", ["区住建局"])
    third = SubTaskDraft("2.1", "举办运动会", ["区文旅局"], starts_on=date(2024, 4, 1))
    return PlanDraft(
        DocumentFacts(
            "2024年民生实事任务分解表",
            "府办〔2024〕1号",
            "区政府办公室",
            date(2024, 2, 28),
            2024,
            "decomposition",
        ),
        [PhaseDraft("execute", date(2024, 11, 30)), PhaseDraft("gap_fill", date(2024, 12, 31))],
        [
            ProjectDraft("1", "充电与小区", ["分管副区长"], subtasks=[first, second]),
            ProjectDraft("2", "健身", subtasks=[third]),
        ],
    )
