"""Contents to render, and pages as a reader sees them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from lxml import html as lxml_html
from lxml.html import HtmlElement

from engine.model import Light, Reason, Rule
from notifications.message import (
    Person,
    ReminderContent,
    ReminderItem,
    Rendered,
)

ON = date(2024, 10, 14)
TITLE = "新建改建口袋公园10处"
LONG_TITLE = "完成老年人视力筛查2万人次，为其中1500人提供配镜补助"


def item(rule: Rule = Rule.REPORT_DUE, **changes: Any) -> ReminderItem:
    values: dict[str, Any] = {
        "rule": rule,
        "light": Light.GREEN,
        "plan_title": "2024年民生实事",
        "no": "4",
        "title": TITLE,
        "reason": Reason.of(rule.value),
        "nominal_on": ON,
        "due_on": date(2024, 10, 31),
        "number": 3,
        "expected": Decimal(8),
        "actual": Decimal(7),
        "target": Decimal("10.0"),
        "unit": "处",
        "behind": 18,
        "period": "2024-10",
        "what": "主体完工",
        "lead": "区体育局",
    }
    return ReminderItem(**(values | changes))


def content(*items: ReminderItem, **changes: Any) -> ReminderContent:
    values: dict[str, Any] = {
        "unit": "区民政局",
        "post": "联络员",
        "on": ON,
        "week": 42,
        "items": items,
        "coordinator": Person("督查室", "", "supervision@office.example.com"),
    }
    return ReminderContent(**(values | changes))


def page_of(html: str) -> HtmlElement:
    page = lxml_html.fromstring(html)
    assert isinstance(page, HtmlElement)
    return page


def visible(html: str) -> str:
    """The text of a page as a reader sees it, white space as single spaces."""
    body = page_of(html).find("body")
    assert body is not None
    return " ".join(" ".join(str(text) for text in body.itertext()).split())


printable = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs", "Cn", "Cf")), min_size=1, max_size=120
)


def size(rendered: Rendered) -> int:
    return len(rendered.html.encode())
