"""A document as read becomes a draft plan with findings: the one way for text, workbooks and documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from intake import words
from intake.announced import count_findings, in_order
from intake.as_issued import as_read, plan_as_issued, script_of
from intake.draft import Finding, PlanDraft, ProjectDraft, SubTaskDraft
from intake.english import headings_in_line, in_english, joined
from intake.facts import plan_phases, read_facts, read_period
from intake.facts_en import fiscal_start, is_english
from intake.figures import Context, Told, fill
from intake.given_columns import Given
from intake.grouping import grouped
from intake.headers import bare, column
from intake.items import read_items, section_counts
from intake.joining import belong_together, said_again, supply
from intake.labelled_en import with_labelled_actions
from intake.lists_en import read_english_lists
from intake.prose import Prose, read_prose
from intake.rows import Body, read_bodies
from intake.table import Cell, Document, Paragraph, Place, Table
from intake.units import is_collective
from intake.units_en import is_person

_LEAST_HEADINGS = 3  # so many headings in one line or one below another, and no rows: the structure is lost


def interpret(
    document: Document,
    *,
    year: int | None = None,
    choices: Mapping[str, str] | None = None,
    columns: Given | None = None,
    told: Told | None = None,
) -> PlanDraft:
    """The draft plan that the document holds, with all that should be looked at as findings.

    ``year`` is the plan's year where the user gives one; ``choices`` maps a finding's code to one of its
    ``alternatives``. A document without tasks gives no projects, kind ``none`` and the error ``NO_ITEMS``;
    what cannot be told is reported (``STRUCTURE_LOST``) and never invented. ``columns`` are what a person says that
    the columns of single tables are. ``told`` hears how many rows are read.
    """
    script = script_of(document)
    if script is None:
        return _interpreted(document, year, choices or {}, columns or {}, told)
    read = _interpreted(as_read(document, script), year, choices or {}, columns or {}, told)
    return plan_as_issued(read, script)


def _interpreted(
    document: Document, year: int | None, chosen: Mapping[str, str], columns: Given, told: Told | None
) -> PlanDraft:
    # Tables are counted as they stand in the document, before labelled paragraphs become some.
    document = document if columns else with_labelled_actions(document)
    facts, findings = read_facts(document, year, chosen)
    plan = PlanDraft(document=facts, findings=findings)
    context = Context(facts.year, read_period(facts, document), chosen, plan.findings, told=told)
    context.english, context.fiscal = is_english(document), fiscal_start(document, chosen)
    bodies = read_bodies(document, columns)
    context.rows = sum(len(body.rows) for body in bodies)
    plan.projects = _projects(bodies, context)
    prose = _prose(document, plan, context)
    plan.phases, phase_findings = plan_phases(document, facts.year, chosen) if plan.projects else ([], [])
    plan.findings += phase_findings
    plan.findings += [
        *_lost(document, bodies, bool(plan.projects)),
        *_unread_tables(document, bodies, columns),
    ]
    facts.kind = _kind(bodies, prose, plan.projects)
    _sum_up(plan.projects)
    plan.findings += _checks(plan.projects)
    sections = [*prose.sections, *(number for body in bodies for number in section_counts(body))]
    plan.findings += count_findings(document, facts.title or "", plan.projects, sections)
    if not plan.projects:
        plan.findings.append(_no_items())
    plan.findings = grouped(plan.findings)
    return plan


def _projects(bodies: list[Body], context: Context) -> list[ProjectDraft]:
    """The projects of all tables: a list and a quota table of the same projects are one, others follow."""
    readings = [(body, projects) for body in bodies if (projects := _read(body, context))]
    matrices = [(body, projects) for body, projects in readings if body.has("quota")]
    joined: list[ProjectDraft] = []
    used: list[int] = []
    for _, fine in matrices:
        for body, coarse in readings:
            if not body.has("quota") and id(body) not in used and belong_together(fine, coarse):
                context.findings += supply(fine, coarse)
                used.append(id(body))
    for body, projects in readings:
        if id(body) not in used:
            joined += projects
    return joined


def _read(body: Body, context: Context) -> list[ProjectDraft]:
    projects, items, findings = read_items(body)
    context.findings += findings
    for item in items:
        fill(item, context)
        context.step()
    return projects


def _prose(document: Document, plan: PlanDraft, context: Context) -> Prose:
    """What the running text holds beside the tables; a list that the tables repeat is not read twice."""
    if context.english and not plan.projects:
        prose = Prose(*read_english_lists(document, plan.document.title))
    else:
        prose = read_prose(document, plan.document.title, bool(plan.projects))
    if plan.projects:
        prose.drop(said_again(prose.projects, plan.projects))
    for item in prose.items:
        fill(item, context)
    if plan.projects and prose.projects:
        plan.projects = in_order([*plan.projects, *prose.projects], document)
    else:
        plan.projects += prose.projects
    return prose


def _sum_up(projects: Iterable[ProjectDraft]) -> None:
    """A project's leads and leaders are those of its sub-tasks unless the document names them itself."""
    for project in projects:
        if not project.lead_units:
            project.lead_units = list(dict.fromkeys(n for sub in project.subtasks for n in sub.lead_units))
        if not project.leaders:
            project.leaders = list(dict.fromkeys(n for sub in project.subtasks for n in sub.leaders))
        if not project.title:
            project.title = joined(sub.title for sub in project.subtasks)


def _kind(bodies: list[Body], prose: Prose, projects: list[ProjectDraft]) -> str:
    if not projects:
        return "none"
    if any(body.has("quota") for body in bodies):
        return "matrix"
    if any(body.has("progress", "status") for body in bodies) or prose.reported:
        return "progress"
    return "work_plan" if len(prose.projects) == len(projects) and not prose.bound else "decomposition"


# --- What a person should look at --------------------------------------------------------------------------------


def _checks(projects: list[ProjectDraft]) -> list[Finding]:
    subtasks = [subtask for project in projects for subtask in project.subtasks]
    told = [*_without_lead(subtasks), *_persons_lead(subtasks), *_unpaired(subtasks)]
    return [*told, *_collective(projects), *_duplicates(subtasks)]


def _without_lead(subtasks: list[SubTaskDraft]) -> Iterable[Finding]:
    """Each sub-task that nobody leads; one finding where nobody leads any."""
    if len(subtasks) > 1 and not any(one.lead_units for one in subtasks):
        message = f"全部{len(subtasks)}个子任务都没有牵头单位，无人可催办。请在原表中增加“牵头单位”一栏后重新导入，或存入后导出计划补上。"
        yield Finding("warning", "NO_LEAD_UNIT", subtasks[0].where, subtasks[0].title, message)
        return
    for subtask in subtasks:
        if not subtask.lead_units:
            message = f"子任务{subtask.no}没有牵头单位，无人可催办。请在原表中补上后重新导入，或存入后导出计划补上。"
            yield Finding("warning", "NO_LEAD_UNIT", subtask.where, subtask.title, message)


def _persons_lead(subtasks: list[SubTaskDraft]) -> Iterable[Finding]:
    """One finding where persons stand in place of the units that lead."""
    led = [
        (name, one)
        for one in subtasks
        for name in one.lead_units
        if name in one.responsible and is_person(name)
    ]
    if led:
        name, first = led[0]
        message = (
            f"牵头一栏写的是人名（“{name}”等{len({one for one, _ in led})}人），已按原名作为牵头单位，同时记为责任人。"
            "请在单位名录中为其登记邮箱，或改为所在部门。"
        )
        yield Finding("note", "PERSON_LEADS", first.where, name, message)


def _unpaired(subtasks: list[SubTaskDraft]) -> Iterable[Finding]:
    """Several leads and several persons of another number: who holds what cannot be told by order."""
    for subtask in subtasks:
        units, persons = len(subtask.lead_units), len(subtask.responsible)
        if units > 1 and persons > 1 and units != persons:
            message = (
                f"子任务{subtask.no}有{units}个牵头单位、{persons}名责任人，无法按顺序一一对应。请核对。"
            )
            yield Finding("note", "PAIRING_UNCLEAR", subtask.where, "、".join(subtask.responsible), message)


def _collective(projects: list[ProjectDraft]) -> Iterable[Finding]:
    seen: dict[str, Place] = {}
    for project in projects:
        for name in project.lead_units + project.cooperating_units:
            seen.setdefault(name, project.where)
        for subtask in project.subtasks:
            for name in subtask.lead_units + subtask.cooperating_units + subtask.executing_units:
                seen.setdefault(name, subtask.where)
    for name, where in seen.items():
        if is_collective(name):
            message = f"“{name}”是集合称谓，保留原名。请在单位名录中为它指定成员，之后才能逐一通知。"
            yield Finding("note", "COLLECTIVE_UNIT", where, name, message)


def _duplicates(subtasks: list[SubTaskDraft]) -> Iterable[Finding]:
    seen: dict[str, SubTaskDraft] = {}
    for subtask in subtasks:
        key = re.sub(r"^\s*[（(]?\d+[)）.、]|\W", "", subtask.title)
        first = seen.setdefault(key, subtask)
        if first is not subtask and key:
            message = f"与子任务{first.no}的内容相同，可能是同一承诺重复列入。请确认是否只保留一项。"
            yield Finding("warning", "DUPLICATE_PROMISE", subtask.where, subtask.title, message)


def _lost(document: Document, bodies: list[Body], told: bool) -> list[Finding]:
    """Cells that no row could be told for, and headings that no rows follow."""
    findings = [_lost_cells(body) for body in bodies if body.lost]
    if not told and not findings:
        place = _bare_headings(document)
        if place:
            findings.append(_structure_lost(place.where, place.text))
    return findings


def _unread_tables(document: Document, bodies: list[Body], columns: Given) -> Iterable[Finding]:
    """Tables whose headings no word of ours explains: nothing of them is taken, and a note says so."""
    read = {id(cell) for body in bodies for row in body.rows for cell in row}
    tables = [part for part in document.parts if isinstance(part, Table)]
    for number, part in enumerate(tables):
        if number in columns or len(part.rows) < 2:
            continue
        if any(id(cell) in read for row in part.rows for cell in row):
            continue
        if not read_bodies(Document(document.name, (part,))):
            first = next((cell for row in part.rows for cell in row if cell.text.strip()), Cell("", Place()))
            message = "这张表不像任务分解表（表头没有任务或项目一栏，或是评分表），未导入。如果它是任务表，请把表头改成“序号、项目名称、任务、牵头单位”等字样。"
            yield Finding("note", "UNREAD_TABLE", first.where, first.text, message)


def _lost_cells(body: Body) -> Finding:
    """What no row could be told for; with rows told beside it, the finding speaks of these cells alone."""
    quote = " ".join(cell.text for cell in body.lost)
    if not body.rows:
        return _structure_lost(body.lost[0].where, quote)
    message = (
        f"有{len(body.lost)}处内容无法判断属于哪一行、哪一栏，未导入；其余各行已经读取。"
        "请对照原文补上，或改用原始的 .xlsx、.docx 文件。"
    )
    return Finding("error", "STRUCTURE_LOST", body.lost[0].where, quote[:120], message)


def _structure_lost(where: Place, quote: str) -> Finding:
    message = "表格的行列结构已丢失，无法判断这些内容属于哪一行，未导入。请用空白任务表手工录入，或改用原始的 .xlsx、.docx 文件。"
    return Finding("error", "STRUCTURE_LOST", where, quote[:120], message)


def _bare_headings(document: Document) -> Paragraph | None:
    """Headings in one line, or each a paragraph, that lead to no table."""
    run: list[Paragraph] = []
    for part in document.parts:
        if not isinstance(part, Paragraph):
            run = []
            continue
        if _headings_in(part.text) >= _LEAST_HEADINGS:
            return part
        run = [*run, part] if column(part.text) or (run and _marks(part.text)) else []
        if len(run) >= _LEAST_HEADINGS and sum(not _marks(one.text) for one in run) >= 2:
            return run[0]
    return None


def _marks(text: str) -> bool:
    """分值 between 项目 and 目标任务: a goal with its marks is a task as well."""
    return bare(text) in words.headings.MARKING


def _headings_in(line: str) -> int:
    """How many headings a line holds, between blanks or run together after 序号; sentences hold none."""
    if in_english(line) and (roles := headings_in_line(line)):
        return len(roles)
    apart = [text for text in re.split(r"\s{2,}" if in_english(line) else r"\s+", line) if column(text)]
    together = re.match(r"[^。；;，,：:]{0,40}?(?:序号|编号)([^。；;，,：:]{4,40})", line)
    if together is None or len(apart) >= _LEAST_HEADINGS:
        return len(apart) if not re.search(r"[。；;，,：:]", line) else 0
    after = together.group(1)
    spelled = {
        word
        for _, keywords in words.headings.HEADINGS
        for word in keywords
        if len(word) >= 2 and word in after
    }
    return 1 + sum(1 for word in spelled if not any(word != other and word in other for other in spelled))


def _no_items() -> Finding:
    message = "没有读到任务项目。请确认文件里有任务分解表；没有表格时，可用空白任务表填写后导入。"
    return Finding("error", "NO_ITEMS", Place(), "", message)
