"""Reads a reminder mail as its recipient does: which tasks, what about them, which figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from email.utils import parsedate_to_datetime

from tests.servers import ReceivedMail
from tests.workflows.office_2024 import ZONE

RULES = {
    "待报": "report_due",
    "迟报": "report_late",
    "滞后": "lagging",
    "严重滞后": "lagging",
    "节点将到期": "milestone_due",
    "将到期": "deadline_due",
    "节点逾期": "milestone_overdue",
    "逾期": "overdue",
    "查漏补缺": "gap_fill",
    "待验收": "acceptance",
}
CARD = re.compile(
    r"^\S (?P<chip>\S+) · 第(?P<number>\d+)次 · 序号(?P<no>\S+)\n(?P<title>.+)\n(?P<said>.+)\n(?P<facts>.*)$",
    re.M,
)
NUMBER = re.compile(r"([\d.,]+)(万?)")


@dataclass(frozen=True)
class Card:
    """One task in a mail; a figure is ``None`` where the mail says that nothing was reported."""

    no: str
    rule: str
    number: int
    title: str
    said: str
    facts: str

    def figure(self, label: str) -> Decimal | None:
        """The number behind 已报 or 按计划应达."""
        fact = next(part for part in self.facts.split(" | ") if part.startswith(f"{label} "))
        match = NUMBER.search(fact)
        if match is None:
            return None
        return Decimal(match[1].replace(",", "")) * (10_000 if match[2] else 1)


def text_of(mail: ReceivedMail) -> str:
    part = mail.message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def day_of(mail: ReceivedMail) -> date:
    """The day of the Date header in the plan's zone."""
    return parsedate_to_datetime(mail.message["Date"]).astimezone(ZONE).date()


def cards(mail: ReceivedMail) -> list[Card]:
    return [
        Card(one["no"], RULES[one["chip"]], int(one["number"]), one["title"], one["said"], one["facts"])
        for one in CARD.finditer(text_of(mail))
    ]
