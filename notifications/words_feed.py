"""The wording of a unit's calendar: its name and the titles of its days."""

from __future__ import annotations

ZH_CN = {
    "feed.name": "督办 · {unit}",
    "feed.deadline": "期限：{no} {title}",
    "feed.milestone": "节点：{no} {title}（{what}）",
    "feed.milestone.plain": "节点：{no} {title}",
    "feed.report": "报送{month}月进展（{count}项）",
    "feed.case": "答复督办单 {number}",
}
EN = {
    "feed.name": "duban · {unit}",
    "feed.deadline": "Deadline: {no} {title}",
    "feed.milestone": "Milestone: {no} {title} ({what})",
    "feed.milestone.plain": "Milestone: {no} {title}",
    "feed.report": "Report for month {month} ({count} tasks)",
    "feed.case": "Answer case {number}",
}
