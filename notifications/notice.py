"""The notice 督办通知单 as .docx: the form of the office filled with plain values, in a closed environment."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib.resources import files
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import XMLSyntaxError

from engine.case_cause import Cause, CauseFigure
from engine.errors import DubanError
from engine.model import Light, Reason
from notifications.demand import demand_of, full_date, troubles_of
from notifications.message import Person
from notifications.same_bytes import same_bytes
from notifications.words import DEFAULT_LOCALE, clean, quantity, say

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CODE = "NOTICE_TEMPLATE"
LIST = "指标"  # the one value that is a list
FILE_LIMIT, UNPACKED_LIMIT = 2 * 1024 * 1024, 20 * 1024 * 1024  # bytes of a form
# What a form may say: values, choices, and lines for a list. No calls, no sums.
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.For,
    nodes.Getattr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """Everything a form may show; all of it was frozen when the notice was given."""

    number: str
    colour: str
    unit: str
    plan: str
    plan_number: str
    no: str
    title: str
    cause: Cause
    demand: str
    reply_due_on: date
    issuer: str
    issued_on: date
    contact: Person
    second: bool = False
    first_issued_on: date | None = None
    first_due_on: date | None = None

    @property
    def heading(self) -> str:
        """The kind of paper: a notice, or a second one."""
        return say(DEFAULT_LOCALE, "notice.heading.second" if self.second else "notice.heading")

    @property
    def file_name(self) -> str:
        """The name under which the notice travels."""
        return f"{self.heading}（{self.number}）.docx"


def shipped_form() -> bytes:
    """The form that comes with the program."""
    return files("notifications").joinpath("templates/case_notice.docx").read_bytes()


def write_notice(notice: Notice, form: bytes | None = None) -> bytes:
    """The notice on that form, else on the shipped one; the same values give the same bytes.

    Raises DubanError NOTICE_TEMPLATE with a sentence that says what is wrong with the form.
    """
    content = shipped_form() if form is None else form
    _check_file(content)
    try:
        docx = DocxTemplate(io.BytesIO(content))
        docx.render(values_of(notice), _Closed(), autoescape=True)
        _date(docx, notice.issued_on)
        stream = io.BytesIO()
        docx.save(stream)
        return same_bytes(stream.getvalue())
    except TemplateError as error:
        raise DubanError(CODE, _explained(error)) from None
    except (XMLSyntaxError, KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile):
        raise DubanError(
            CODE, "督办通知单的模板填出来的不是完整的 Word 文档：请检查 {% %} 是否成对、是否单独成行。"
        ) from None


def values_of(notice: Notice) -> dict[str, Any]:
    """By the names that a form uses; docs/messages.md explains them. Text is plain text, whatever it contains."""
    return {
        "标题": notice.heading,
        "编号": notice.number,
        "颜色": say(DEFAULT_LOCALE, f"case.colour.{notice.colour}"),
        "单位": clean(notice.unit),
        "计划": clean(notice.plan),
        "文号": clean(notice.plan_number),
        "序号": clean(notice.no),
        "任务": clean(notice.title),
        "完成时限": full_date(notice.cause.deadline),
        "进度": troubles_of(notice.cause) or say(DEFAULT_LOCALE, "notice.no_trouble"),
        LIST: [_line(figure) for figure in notice.cause.figures],
        "要求": "\n".join(clean(line) for line in notice.demand.splitlines()),
        "回复期限": _due(notice),
        "签发单位": clean(notice.issuer),
        "签发日期": full_date(notice.issued_on),
        "联系人": clean(" ".join(part for part in (notice.contact.name, notice.contact.address) if part)),
        "二次": notice.second,
        "首发日期": full_date(notice.first_issued_on) if notice.first_issued_on else "",
        "原回复期限": full_date(notice.first_due_on) if notice.first_due_on else "",
    }


def _due(notice: Notice) -> str:
    due = full_date(notice.reply_due_on)
    missed = notice.second and notice.reply_due_on == notice.first_due_on
    return say(DEFAULT_LOCALE, "notice.due.missed", due=due) if missed else due


def _line(figure: CauseFigure) -> dict[str, str]:
    none = say(DEFAULT_LOCALE, "notice.none")
    return {
        "指标": clean(figure.subject) or none,
        "承诺": quantity(figure.target, figure.unit),
        "应达": quantity(figure.expected, figure.unit),
        "已报": none if figure.actual is None else quantity(figure.actual, figure.unit),
    }


class _Closed(ImmutableSandboxedEnvironment):
    """Values in, text out: what is not allowed is refused before anything runs."""

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in _within(tree):
            if not isinstance(node, _ALLOWED):
                raise SecurityError(type(node).__name__)
            if isinstance(node, nodes.For) and not (
                isinstance(node.iter, nodes.Name) and node.iter.name == LIST
            ):
                raise SecurityError("For")
        if any(isinstance(inner, nodes.For) for loop in tree.find_all(nodes.For) for inner in _below(loop)):
            raise SecurityError("For")
        return tree


def _within(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    yield from _below(node)


def _below(node: nodes.Node) -> Iterator[nodes.Node]:
    for child in node.iter_child_nodes():
        yield from _within(child)


def _check_file(content: bytes) -> None:
    if len(content) > FILE_LIMIT:
        raise DubanError(CODE, "督办通知单的模板超过 2 MB：请去掉图片等多余的内容。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes = [entry.file_size for entry in archive.infolist()]
            known = "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError):
        known, sizes = False, []
    if not known:
        raise DubanError(CODE, "督办通知单的模板不是 Word 文档：请另存为 .docx 再导入。")
    if sum(sizes) > UNPACKED_LIMIT:
        raise DubanError(CODE, "督办通知单的模板解开后超过 20 MB：请去掉图片等多余的内容。")


def _date(docx: Any, on: date) -> None:
    """The paper's own moments are the day of the notice."""
    moment = datetime.combine(on, time(), UTC).replace(tzinfo=None)
    properties = docx.core_properties
    properties.created = properties.modified = moment
    properties.last_modified_by, properties.revision = "", 1


def _explained(error: TemplateError) -> str:
    names = "、".join(_NAMES)
    if isinstance(error, SecurityError):
        return (
            "督办通知单的模板用了不允许的写法：只可用 {{ 名称 }}、{% if %} 和 {%tr for 行 in 指标 %}，"
            "不可用计算、函数和过滤器。"
        )
    if isinstance(error, TemplateSyntaxError):
        return f"督办通知单的模板有写错的地方{_near(error)}：请检查花括号 {{{{ }}}} 和 {{% %}} 是否成对。"
    return f"督办通知单的模板用了没有的名称（{clean(str(error.message or ''))}）：可用 {names}。"


def _near(error: TemplateError) -> str:
    lines = [clean(line) for line in getattr(error, "docx_context", ())]
    said = next((line for line in lines[3:] + lines if line), "")
    return f"（“{said[:40]}”附近）" if said else ""


_NAMES: tuple[str, ...] = (
    *("标题", "编号", "颜色", "单位", "计划", "文号", "序号", "任务", "完成时限", "进度", "指标", "要求"),
    *("回复期限", "签发单位", "签发日期", "联系人", "二次", "首发日期", "原回复期限"),
)


def sample() -> Notice:
    """Values to try a form with: long ones, and every choice taken."""
    on = date(2024, 4, 1)
    figures = (
        CauseFigure("建成示范点", "个", "=", Decimal(200), Decimal(31), Decimal(10)),
        CauseFigure("培训人员", "名", "=", Decimal(16000), Decimal(2000), None),
    )
    cause = Cause(
        "2024年度民生实事",
        "一.1",
        "新增200个示范型服务点",
        on,
        date(2024, 11, 30),
        Light.YELLOW,
        18,
        date(2024, 3, 29),
        date(2024, 3, 29),
        figures,
        (Reason.of("lagging", behind=18),),
    )
    return Notice(
        number="督办〔2024〕3号",
        colour="yellow",
        unit="区民政局",
        plan=cause.plan,
        plan_number="示政办发〔2024〕1号",
        no=cause.no,
        title=cause.title,
        cause=cause,
        demand=demand_of(cause, date(2024, 4, 9), None),
        reply_due_on=date(2024, 4, 9),
        issuer="督查室",
        issued_on=date(2024, 4, 12),
        contact=Person("督查室", "", "duty@example.org"),
        second=True,
        first_issued_on=on,
        first_due_on=date(2024, 4, 9),
    )
