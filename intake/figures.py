"""What a row promises and reports: indicators, shares, deadlines, monthly targets, progress, levels."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from engine.deadlines import Wording, read_deadlines
from engine.deadlines_en import read_english_deadlines
from intake import words
from intake.draft import DeadlineDraft, Finding, IndicatorDraft, MilestoneDraft, ProgressDraft
from intake.english import is_latin
from intake.facts import choose_date
from intake.facts_en import fiscal_finding
from intake.headers import Column, measure_in, quota_name
from intake.items import Item
from intake.lights import settle_reports
from intake.progress import read_status, told_figures
from intake.promises import each_of_many
from intake.quantities import levels_in, read_indicators
from intake.quantities_en import indicators_of_measures
from intake.quantity_scan import alike, narrow, scaled_measure
from intake.quotas import check_sum, read_shares, share_out
from intake.steps import settle_steps
from intake.table import Cell, Place
from intake.units import tidy

_MOVING_DAY = re.compile(
    rf"(?<![\u4e00-\u9fff])(?:力争|确保|争取|在|于|赶在)*(?P<said>(?:{'|'.join(words.deadlines.MOVING_DAYS)})"
    r"(?:来临|到来|结束|开始)?(?:之前|以前|前))(?!后|[夕沿景])"
)
_TO = "-—–~～至到"
_LONGEST_QUOTE = 40  # characters of a report's wording inside a message
_EVERY = 100  # rows
Told = Callable[[int, int], None]  # rows read, rows in all


@dataclass(slots=True)
class Context:
    """What a row's wording is read against, and the findings that gather."""

    year: int | None
    period: str | None  # of a progress column that names no month
    choices: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)
    english: bool = False  # whether the document is: 30/11/24 is a day in November there
    fiscal: int = 1  # the first month of the year that quarters count from
    told: Told | None = None
    rows: int = 0  # that the tables hold
    done: int = 0

    def month(self, column: Column) -> str:
        """The month that a column speaks of, as ``YYYY-MM``; empty where it names none or no year is known."""
        if not column.month or not self.year:
            return ""
        moved = column.month + (self.fiscal - 1 if column.quarterly else 0)
        return f"{self.year + (moved - 1) // 12}-{(moved - 1) % 12 + 1:02d}"

    def step(self) -> None:
        """One more row is read; whoever waits hears of it every hundred rows."""
        self.done += 1
        if self.told is not None and self.done % _EVERY == 0:
            self.told(self.done, max(self.rows, self.done))

    def note(self, severity: str, code: str, where: Place, quote: str, message: str) -> None:
        """Keep a finding."""
        self.findings.append(Finding(severity, code, where, quote, message))


def fill(item: Item, context: Context) -> None:
    """Read the figures, dates and reports of a row into its sub-task."""
    _levels(item)
    _indicators(item, context)
    _shares(item, context)
    _deadline(item, context)
    _milestones(item, context)
    _progress(item, context)
    shown = settle_reports(item, _period_of_light(item, context))
    if shown is not None and not item.subtask.progress[-1].period:
        _without_period(shown, context)
    for cell in item.texts("problem"):
        _blocked(cell.where, tidy(cell.text), context)


def _levels(item: Item) -> None:
    text = "".join(f"（{cell.text}）" for cell in item.texts("level")) + item.subtask.title
    item.subtask.level = levels_in(text)
    for cell in item.texts("level"):
        item.subtask.keep("level", cell)


# --- Indicators and shares ------------------------------------------------------------------------------------


def _indicators(item: Item, context: Context) -> None:
    subtask = item.subtask
    subtask.indicators = read_indicators(subtask.title, context.year)
    for cell in item.texts("goal"):
        known = [(one.quantity, one.unit) for one in subtask.indicators]
        said = read_indicators(tidy(cell.text), context.year)
        more = [one for one in said if (one.quantity, one.unit) not in known]
        for indicator in more:
            indicator.where = cell.where
        subtask.indicators += more
    if not subtask.indicators:
        subtask.indicators = indicators_of_measures([tidy(cell.text) for cell in item.texts("goal")])
    for cell in item.texts("scale"):
        if not subtask.indicators and _is_whole(item):
            subtask.indicators = read_indicators(tidy(cell.text), context.year)
    for indicator in subtask.indicators:
        indicator.where = indicator.where if str(indicator.where) else subtask.where
        indicator.level = indicator.level or tuple(subtask.level)
    for role in ("quantity", "total"):
        _from_column(item, role, context)
    for clause in each_of_many(subtask.title):
        message = "这是对每个单位的要求，不计入总任务量。需要汇总的，请在原表写明总数后重新导入，或存入后导出计划补充。"
        context.note("note", "PROMISE_PER_UNIT", subtask.where, clause, message)


def _is_whole(item: Item) -> bool:
    """The year's goal is all of the work (全部竣工), not a stage of it (主体封顶), so the size of the work is promised."""
    said = item.subtask.title + "".join(cell.text for cell in item.texts("goal"))
    return any(word in said for word in words.numbers.WHOLE) and not any(
        word in said for word in words.numbers.STAGES
    )


def _from_column(item: Item, role: str, context: Context) -> None:
    """A column of numbers gives the headline where the wording has none; else the two are compared."""
    for column, cell in item.cells:
        shares = read_shares(cell.text) if column.role == role else None
        if not shares:
            continue
        counted = [_counted(item, number, unit, column, cell) for number, unit in shares]
        if item.subtask.indicators:
            _compare(item.subtask.indicators, counted, cell, context)
        else:
            item.subtask.indicators = counted


def _counted(item: Item, number: Decimal, unit: str, column: Column, cell: Cell) -> IndicatorDraft:
    """A bare number takes the measure, and its scale, from the heading, a column of measures or the task's bracket."""
    subtask = item.subtask
    if not unit:
        scale, unit = _measure(item, column)
        number *= scale
    number = number.normalize() if number % 1 else number.quantize(Decimal(1))
    return IndicatorDraft(
        subtask.title, number, unit, quote=tidy(cell.text), level=tuple(subtask.level), where=cell.where
    )


def _measure(item: Item, column: Column) -> tuple[Decimal, str]:
    stated = [tidy(cell.text) for cell in item.texts("measure")]
    for text in (*stated[:1], column.measure, measure_in(item.subtask.title)):
        measure = scaled_measure(text) if text else None
        if measure:
            return measure
    return Decimal(1), stated[0] if stated else ""


def _compare(
    worded: list[IndicatorDraft], counted: list[IndicatorDraft], cell: Cell, context: Context
) -> None:
    promised = {one.quantity for one in worded}
    if len(worded) == len(counted) and not {one.quantity for one in counted} <= promised:
        message = "数量栏与任务表述中的数字不一致，已按任务表述读取。请核对。"
        context.note("warning", "SUM_MISMATCH", cell.where, cell.text, message)


def _shares(item: Item, context: Context) -> None:
    """Each unit's share of each indicator; units that hold one are executing."""
    columns = [(column, cell) for column, cell in item.cells if column.role == "quota"]
    subtask = item.subtask
    if columns and not subtask.indicators:
        _headline_from_shares(item, columns, context)
    for column, cell in columns:
        name = quota_name(column.heading)
        finding = share_out(subtask.indicators, name, cell, _measure(item, column)[0])
        if finding:
            context.findings.append(finding)
        held = any(name in one.quotas for one in subtask.indicators)
        if held:
            subtask.keep("quotas", cell, name)
        if held and not name.endswith("本级") and name not in subtask.executing_units:
            subtask.executing_units.append(name)
    context.findings += [finding for one in subtask.indicators if (finding := check_sum(one))]


def _headline_from_shares(item: Item, columns: list[tuple[Column, Cell]], context: Context) -> None:
    """A matrix row without a figure of its own promises the sum of its shares, and a note says so."""
    shares = [shares for _, cell in columns if (shares := read_shares(cell.text))]
    if not shares or any(len(one) > 1 for one in shares):
        return
    total = sum((number for one in shares for number, _ in one), Decimal(0))
    unit = next((unit for one in shares for _, unit in one if unit), "")
    headline = _counted(item, total, unit, columns[0][0], Cell(item.subtask.title, item.subtask.where))
    item.subtask.indicators.append(headline)
    message = f"任务表述中没有总量，按各单位分解量合计读作{headline.quantity:f}{headline.unit}。请核对。"
    context.note("note", "HEADLINE_FROM_SHARES", item.subtask.where, item.subtask.title, message)


# --- Dates ----------------------------------------------------------------------------------------------------


def _deadline(item: Item, context: Context) -> None:
    """The sub-task's own deadline: of its column, else of its wording; what stands before it are milestones."""
    subtask = item.subtask
    cells = item.texts("deadline")
    if cells:
        _deadline_of_column(item, cells[0], context)
    else:
        for text, where in [
            (subtask.title, subtask.where),
            *((cell.text, cell.where) for cell in item.texts("goal")),
        ]:
            if not _deadline_of_wording(item, text, where, context):
                _dateless(item, text, where, context)
    for cell in item.texts("start"):
        starts = _dates(tidy(cell.text), cell.where, context, bare=True)
        subtask.keep("starts_on", cell)
        subtask.starts_on = starts[-1].on if starts else subtask.starts_on


def _deadline_of_column(item: Item, cell: Cell, context: Context) -> None:
    text = tidy(cell.text)
    item.subtask.deadline = DeadlineDraft(text)
    item.subtask.keep("deadline", cell)
    if not _deadline_of_wording(item, text, cell.where, context, bare=True) and context.year:
        context.note("note", "UNREAD_DEADLINE", cell.where, text, _undated(text))


def _dateless(item: Item, text: str, where: Place, context: Context) -> None:
    """春节前完成…: the deadline of the item itself, on a day that moves; its words are kept."""
    match = _MOVING_DAY.search(text)
    if match is None or item.subtask.deadline.text or not context.year:
        return
    said = match.group("said")
    item.subtask.deadline = DeadlineDraft(said)
    item.subtask.keep("deadline", Cell(said, where))
    context.note("note", "UNREAD_DEADLINE", where, said, _undated(said))


def _undated(text: str) -> str:
    if any(word in text for word in words.deadlines.RECURRING):
        return f"“{text}”是经常性工作，没有截止日期，将按计划的执行期截止日处理。需要定期提醒的，请存入后导出计划，补充日期。"
    if any(word in text for word in words.deadlines.MOVING_DAYS):
        return f"“{text}”没有固定日期，将按计划的执行期截止日处理。另有日期的，请存入后导出计划，补充日期。"
    return "完成时限读不出具体日期，将按计划的执行期截止日处理。另有日期的，请存入后导出计划，补充日期。"


def _deadline_of_wording(item: Item, text: str, where: Place, context: Context, bare: bool = False) -> bool:
    found = _dates(text, where, context, bare)
    if not found:
        return False
    last = found[-1]
    taken, findings = choose_date((last.on, *last.others), last.text, where, context.choices)
    context.findings += findings
    item.subtask.deadline = DeadlineDraft(item.subtask.deadline.text or last.text, taken)
    if not bare:
        item.subtask.keep("deadline", Cell(last.text, where))
    item.subtask.starts_on = last.starts_on or item.subtask.starts_on
    plain = narrow(text)
    starts = _starts_of_spans(plain, last.text)
    for step in found[:-1]:
        if any(one.endswith(step.text) for one in starts):
            # 2025.3-2025.11 is a span, from the first day on; 3月15日至11月20日 names the day
            item.subtask.starts_on = step.on if step.exact else step.on.replace(day=1)
            continue
        item.subtask.milestones.append(_step(text[plain.index(step.text) :], step.on, where))
    if not bare and settle_steps(item.subtask, text, found):
        message = (
            "分步目标没有写明是逐步累加还是累计达到，各步数字都作为任务量保留。请核对后只留应完成的总量。"
        )
        context.note("warning", "AMBIGUOUS_STEPS", where, text[:_LONGEST_QUOTE], message)
    return True


def _starts_of_spans(plain: str, end: str) -> list[str]:
    """What stands before each mention of a date that ends a span: 2025.3 of 2025.3-2025.11."""
    said = [part.rstrip() for part in plain.split(end)[:-1]]
    return [part.rstrip(_TO).rstrip() for part in said if part.endswith(tuple(_TO))]


def _dates(text: str, where: Place, context: Context, bare: bool) -> tuple[Wording, ...]:
    """The dates of a Chinese or an English wording; of the latter with what had to be assumed."""
    chinese = read_deadlines(narrow(text), context.year, bare)
    day_first = context.english or re.search(r"(?<![\d./])\d{1,2}([/.])\d{1,2}\1(?:20)\d{2}(?!\d)", text)
    if re.search(r"[\u4e00-\u9fff]", text) or not (day_first or is_latin(text)):
        return chinese
    english = read_english_deadlines(
        text,
        context.year,
        bare=bare,
        fiscal=4 if context.fiscal == 1 else context.fiscal,
        by_fiscal_year=context.fiscal != 1,
    )
    if any(one.assumed for one in english):
        context.findings.append(fiscal_finding(where, english[-1].text))
    return english or chinese


def _step(rest: str, due: date, where: Place) -> MilestoneDraft:
    clause = re.split("[，、；]", rest, maxsplit=1)[0]
    return MilestoneDraft(f"{due:%Y-%m}", clause, due_on=due, where=where)


# --- Targets and reports ----------------------------------------------------------------------------------------


def _milestones(item: Item, context: Context) -> None:
    for column, cell in item.cells:
        if column.role != "milestone" or not cell.text.strip() or cell.text.strip() in words.units.NONE_UNITS:
            continue
        text = tidy(cell.text)
        period = context.month(column)
        if column.quarterly and context.fiscal != 1:
            context.findings.append(fiscal_finding(cell.where, column.heading))
        figures = told_figures(text, item.subtask.indicators)
        item.subtask.milestones.append(MilestoneDraft(period, text, figures, where=cell.where))


def _progress(item: Item, context: Context) -> None:
    for column, cell in item.cells:
        if column.role != "progress" or not cell.text.strip() or cell.text.strip() in words.units.NONE_UNITS:
            continue
        period = _period(column, item, context)
        target = next((one.text for one in item.subtask.milestones if one.period == period), "")
        text = tidy(cell.text)
        status = read_status(
            _with_measure(text, item, column), item.subtask.indicators, target or item.subtask.title
        )
        item.subtask.progress.append(
            ProgressDraft(period, text, status.status, list(status.quantities), where=cell.where)
        )
        if not period:
            _without_period(cell, context)
        if status.echoed:
            message = "进展情况只是重复目标，不能说明已经完成。请责任单位补充数字或具体进展。"
            context.note("warning", "ECHOED_TARGET", cell.where, text, message)
        for contradiction in status.contradictions:
            message = f"{contradiction}请责任单位核实后再确认。"
            context.note("warning", "CONTRADICTORY_REPORT", cell.where, text[:_LONGEST_QUOTE], message)
        for blocker in status.blockers:
            _blocked(cell.where, blocker, context)
        if status.forecast:
            context.note(
                "note",
                "FORECAST_REPORTED",
                cell.where,
                status.forecast,
                f"进展情况写有预计完成时间“{status.forecast[:_LONGEST_QUOTE]}”。",
            )


def _without_period(cell: Cell, context: Context) -> None:
    message = "看不出进展情况属于哪个月份：没有入库。请在标题或表头写明月份（如“3月进展情况”）后重新导入。"
    context.note("warning", "NO_PERIOD", cell.where, tidy(cell.text)[:40], message)


def _blocked(where: Place, wording: str, context: Context) -> None:
    said = wording if len(wording) <= _LONGEST_QUOTE else f"{wording[:_LONGEST_QUOTE]}…"
    context.note("note", "BLOCKER_REPORTED", where, wording, f"提到制约因素“{said}”，可能需要协调。")


def _period_of_light(item: Item, context: Context) -> str:
    """The month that a light speaks of: its own heading's, else the document's."""
    column = next((column for column, _ in item.cells if column.role == "status"), None)
    return _period(column, item, context) if column else ""


def _with_measure(text: str, item: Item, column: Column) -> str:
    """A column of bare numbers counts as the promise does: 10860 of 12000人 is 10860人; 75 in 进度(%) is 75%."""
    indicators = item.subtask.indicators
    if not re.fullmatch(r"\d[\d,.]*", narrow(text)):
        return text
    if column.measure == "%":
        return f"{text}%"
    if len(indicators) != 1:
        return text
    scale = next(
        (measured[0] for cell in item.texts("measure") if (measured := scaled_measure(tidy(cell.text)))), 1
    )
    return f"{Decimal(narrow(text).replace(',', '')) * scale:f}{indicators[0].unit}"


def _period(column: Column, item: Item, context: Context) -> str:
    """The month of a report: of its heading, else of the document, else of the target beside it."""
    if context.month(column):
        return context.month(column)
    beside = [one.period for one in item.subtask.milestones if one.period and one.due_on is None]
    return context.period or (beside[-1] if beside else "")


def same_figures(one: IndicatorDraft, other: IndicatorDraft) -> bool:
    """True when two promises are of the same size and measure."""
    return one.quantity == other.quantity and alike(one.unit, other.unit)
