"""What a coordinator should look at that only the whole draft or the database can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from db.units import UnitBook
from engine.unit_names import kin_pairs, normal, similar_names
from intake.draft import Finding, MilestoneDraft, PlanDraft, ProgressDraft, QuantityDraft, SubTaskDraft
from intake.showing import figure_text
from intake.table import Place
from intake.units import is_collective
from workflows.match_figures import match_figures
from workflows.store_draft import due_date, period_end

UNKNOWN_UNIT, COLLECTIVE_UNIT = "UNKNOWN_UNIT", "COLLECTIVE_UNIT"


def check_draft(draft: PlanDraft, book: UnitBook, joined: Mapping[str, str]) -> list[Finding]:
    """Findings beyond the reading: unknown and collective units, figures and dates that bind nothing.

    ``book`` holds the names that the database knows; ``joined`` the names that the coordinator has
    chosen to be another's. What the reading has already found is not found again.
    """
    known = {(finding.code, finding.quote) for finding in draft.findings}
    found = [
        *_unknown_units(draft, book, joined),
        *_alike_units(draft, book, joined),
        *_collective_units(draft, book, joined),
        *_without_lead(draft),
        *(finding for subtask in _subtasks(draft) for finding in unbound(subtask)),
    ]
    if draft.document.year is None and draft.projects:
        found.append(_no_year(draft))
    if not any(True for _ in _subtasks(draft)) and "NO_ITEMS" not in {
        finding.code for finding in draft.findings
    }:
        message = "没有读到任何任务：请在“任务”表里逐行填写，或换一个有任务分解表的文件。"
        found.append(Finding("error", "NO_ITEMS", Place(), "", message))
    return [finding for finding in found if (finding.code, finding.quote) not in known]


def _unknown_units(draft: PlanDraft, book: UnitBook, joined: Mapping[str, str]) -> Iterator[Finding]:
    """Units that lead or hold a share and that the database, though it knows units, has never met."""
    if not book.ids:
        return
    strangers: dict[str, Place] = {}
    for name, where in _binding_units(draft):
        if name in joined or book.find(name) is not None or is_collective(name):
            continue
        alternatives = tuple(f"{name}={known}" for known in book.similar(name))
        if not alternatives:
            strangers[name] = where
            continue
        shown = "、".join(one.split("=", 1)[1] for one in alternatives)
        message = f"没有见过单位“{name}”：可能就是 {shown}，如是请选择；否则作为新单位入库。"
        yield Finding("warning", UNKNOWN_UNIT, where, name, message, alternatives)
    if strangers:
        names = "、".join(strangers)
        message = f"没有见过这 {len(strangers)} 个单位，将作为新单位入库，请核对写法：{names}。"
        yield Finding("note", UNKNOWN_UNIT, Place(), names, message)


def _alike_units(draft: PlanDraft, book: UnitBook, joined: Mapping[str, str]) -> Iterator[Finding]:
    """东街 and 东街街道, 卫健委 and 卫生健康委员会 in one document are probably one unit; nobody has said so."""
    names = {normal(name): name for subtask in _subtasks(draft) for name, _ in _units_of(subtask)}
    listed = [name for name in names.values() if name not in joined and not is_collective(name)]
    for short, long in kin_pairs(listed):
        known = book.find(short)
        if known is not None and known == book.find(long):
            continue
        message = f"“{long}”和“{short}”可能是同一个单位：如是请选择，否则分别入库。"
        yield Finding("note", UNKNOWN_UNIT, _place_of(draft, long), long, message, (f"{long}={short}",))


def _without_lead(draft: PlanDraft) -> Iterator[Finding]:
    """Each sub-task that nobody leads; one finding where nobody leads any."""
    subtasks = list(_subtasks(draft))
    if len(subtasks) > 1 and not any(one.lead_units for one in subtasks):
        message = f"全部 {len(subtasks)} 个子任务都没有牵头单位：作为草稿入库，补上牵头单位之前不催办。"
        yield Finding("warning", "NO_LEAD_UNIT", subtasks[0].where, subtasks[0].title, message)
        return
    for subtask in subtasks:
        if not subtask.lead_units:
            message = f"“{subtask.no} {subtask.title}”没有牵头单位：作为草稿入库，补上牵头单位之前不催办。"
            yield Finding("warning", "NO_LEAD_UNIT", subtask.where, subtask.title, message)


def _collective_units(draft: PlanDraft, book: UnitBook, joined: Mapping[str, str]) -> Iterator[Finding]:
    """One finding for each collective unit, where it first leads, else where it is first named."""
    places: dict[str, tuple[Place, bool]] = {}
    for subtask in _subtasks(draft):
        for name, where in _units_of(subtask):
            if is_collective(name):
                leads = name in subtask.lead_units
                if name not in places or (leads and not places[name][1]):
                    places[name] = (where, leads)
    for name, (where, leads) in places.items():
        members = book.members_of(book.find(joined.get(name, name)) or 0)
        if members:
            shown = "、".join(book.names[one] for one in members)
            message = f"“{name}”按成员名单展开为 {len(members)} 个单位：{shown}。"
            yield Finding("note", COLLECTIVE_UNIT, where, name, message)
            continue
        todo = "牵头单位须落实到具体单位，否则无人收到提醒" if leads else "提醒只发给牵头单位，不受影响"
        message = f"“{name}”是统称，还没有成员名单：{todo}。请写明它包括哪些单位。"
        groups = [book.names[group] for group in book.members if book.kinds.get(group) == "collective"]
        offered = tuple(f"{name}={known}" for known in similar_names(name, groups))
        yield Finding("warning" if leads else "note", COLLECTIVE_UNIT, where, name, message, offered)


def unbound(subtask: SubTaskDraft) -> Iterator[Finding]:
    """Milestones and reports without a month, and their figures that none of the indicators takes."""
    for milestone in subtask.milestones:
        if due_date(milestone) is None:
            message = f"节点“{milestone.text}”的时间“{milestone.period}”无法确定到月：没有入库，请补写月份。"
            yield Finding("warning", "MILESTONE_WITHOUT_DATE", milestone.where, milestone.period, message)
        yield from _unmatched(subtask, milestone, "节点目标")
    for progress in subtask.progress:
        # No period at all is found when the document is read (NO_PERIOD).
        if progress.period and period_end(progress.period) is None:
            message = f"进展的时间“{progress.period}”无法确定到月：没有入库，请补写月份。"
            yield Finding("warning", "PROGRESS_WITHOUT_MONTH", progress.where, progress.period, message)
        yield from _unmatched(subtask, progress, "进展")


def _unmatched(subtask: SubTaskDraft, part: MilestoneDraft | ProgressDraft, what: str) -> Iterator[Finding]:
    """One note for the figures that do not count, one for those of no indicator; none where nothing is measured."""
    if not subtask.indicators:
        return
    matched = match_figures(part.quantities, subtask.indicators)
    passing = [one for one in part.quantities if not one.counts]
    strange = [one for at, one in enumerate(part.quantities) if one.counts and at not in matched]
    if passing:
        message = f"{what}中的“{_shown(passing)}”是当期或在建的数字，不是累计完成数：没有入库，请补充累计数。"
        yield Finding("note", "FIGURE_NOT_COUNTED", part.where, _quoted(passing), message)
    if strange:
        message = (
            f"{what}中的“{_shown(strange)}”对不上“{subtask.title}”的任何一个指标：只保留文字，不参与计算。"
        )
        yield Finding("note", "FIGURE_UNMATCHED", part.where, _quoted(strange), message)


def _shown(figures: Sequence[QuantityDraft]) -> str:
    return "、".join(figure_text(one) for one in figures)


def _quoted(figures: Sequence[QuantityDraft]) -> str:
    return "、".join(one.quote or figure_text(one) for one in figures)


def _no_year(draft: PlanDraft) -> Finding:
    message = "文件没有写明年度：请加上 --year，例如 --year 2024。"
    return Finding("error", "NO_YEAR", Place(), draft.document.title, message)


def _subtasks(draft: PlanDraft) -> Iterator[SubTaskDraft]:
    for project in draft.projects:
        yield from project.subtasks


def _binding_units(draft: PlanDraft) -> Iterator[tuple[str, Place]]:
    """Units that lead or hold a quota, each once, with the place of the first mention."""
    places: dict[str, Place] = {}
    for subtask in _subtasks(draft):
        for name in subtask.lead_units:
            places.setdefault(name, subtask.where)
        for indicator in subtask.indicators:
            for name in indicator.quotas:
                places.setdefault(name, indicator.where)
    yield from places.items()


def _units_of(subtask: SubTaskDraft) -> Iterator[tuple[str, Place]]:
    for name in (*subtask.lead_units, *subtask.cooperating_units, *subtask.executing_units):
        yield name, subtask.where
    for indicator in subtask.indicators:
        for name in indicator.quotas:
            yield name, indicator.where


def _place_of(draft: PlanDraft, name: str) -> Place:
    return next(
        (where for subtask in _subtasks(draft) for one, where in _units_of(subtask) if one == name), Place()
    )
