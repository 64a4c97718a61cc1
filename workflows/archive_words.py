"""The words of an archive package, which is written in Chinese: it goes into the office's own files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from db import tables
from db.audit_check import Verification
from workflows.list_changes import ChangeLine

ROLES = {"lead": "牵头单位", "co_lead": "共同牵头", "cooperating": "配合单位", "executing": "责任单位"}
STATES = {
    "draft": "草稿",
    "issued": "已下达",
    "acknowledged": "已签收",
    "in_progress": "办理中",
    "completion_claimed": "已报完成，待验收",
    "accepted": "已验收",
    "closed": "已销号",
    "archived": "已归档",
    "suspended": "暂停",
    "terminated": "终止",
}
COMPARATORS = {"=": "", ">=": "不少于 ", ">": "超过 ", "<=": "不超过 ", "<": "低于 ", "~": "约 "}
CHANGES = {
    "extension": "延期",
    "adjustment": "调整目标",
    "suspension": "暂停",
    "resumption": "恢复",
    "termination": "终止",
}
CHANGE_STATES = {
    "requested": "待批准",
    "approved": "已批准",
    "refused": "未批准",
    "withdrawn": "已撤回",
}
CASE_STATES = {"open": "待回复", "replied": "已回复", "closed": "已办结"}
CASE_STEPS = {
    "opened": "开具",
    "second_notice": "二次催办",
    "reply": "回复",
    "reply_returned": "退回回复",
    "closed": "办结",
    "withdrawn": "撤回",
}
FOLLOW_UPS = {"evaluation": "效果评估", "archive": "档案登记"}
REPORT_STATES = {"submitted": "未审", "accepted": "已审", "returned": "已退回"}
REPORT_ROLES = {"lead": "整项", "share": "分解量"}
REPORT_STATUS = {
    "done": "已完成",
    "over_fulfilled": "超额完成",
    "in_progress": "推进中",
    "lagging": "滞后",
    "suspended": "暂停",
    "not_started": "未开始",
    "unknown": "未说明",
}
MESSAGE_STATES = {
    "held": "暂缓",
    "waiting": "待发",
    "sending": "发送中",
    "accepted": "已送达",
    "superseded": "已替代",
    "withdrawn": "已撤回",
    "given_up": "已放弃",
}
OWNERS = {"report": "填报", "change": "变更申请", "case": "督办单", "subtask": "验收材料"}
EVENTS = {
    "accept": "验收",
    "accept_report": "审核通过",
    "return_report": "退回填报",
    "take_back_review": "撤销采纳",
    "report": "填报",
    "acknowledge": "签收",
    "remind_now": "催办",
    "case_open": "开具督办单",
    "case_second_notice": "二次催办",
    "case_reply": "登记督办回复",
    "case_return": "退回督办回复",
    "case_close": "办结督办单",
    "case_withdraw": "撤回督办单",
    "change_requested": "申请变更",
    "change_approved": "批准变更",
    "change_refused": "不批准变更",
    "change_withdrawn": "撤回变更申请",
    "coordination_settled": "答复协调请求",
    "set_milestones": "设定节点",
    "revise": "修订",
    "follow_up_done": "后续事项办结",
    "close": "销号",
    "archive": "归档",
}


def follow_up(row: tables.FollowUp, moment: Callable[[datetime], str]) -> str:
    """What was to be done after acceptance, and when it was."""
    done = f"{moment(row.done_at)} {row.done_by} 办结" if row.done_at else f"应于 {row.due_on} 前办结"
    return "：".join(filter(None, (f"{FOLLOW_UPS.get(row.kind, row.kind)} {done}", row.note)))


def verified(found: Verification) -> str:
    """Whether the sealed record was whole when the package was made."""
    told = "完整" if found.holds else f"有 {len(found.breaks)} 处问题，见 audit.json"
    return f"{told}；链头 {found.head.shown}"


def decision(line: ChangeLine) -> str:
    """State, day, approver and reason of a request."""
    state = CHANGE_STATES.get(line.state, line.state)
    head = " ".join(filter(None, (state, str(line.decided_on or ""), line.decided_by)))
    return "\n".join(filter(None, (head, line.decision_reason)))
