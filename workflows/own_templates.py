"""The office's own templates as messages are composed: those in force, and the finding where one cannot be used."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from db import message_templates, runs
from notifications.message import TemplateFault
from notifications.own_templates import OwnTemplates
from workflows.office import Office

TEMPLATE_FAILED = "TEMPLATE_FAILED"
KIND_NAMES = {
    "reminder": "提醒",
    "coordinator": "督查员提醒",
    "digest": "周报",
    "evaluation": "评估",
    "confirmation": "回复确认",
}


def own_templates(session: Session, office: Office) -> OwnTemplates:
    """What is in force now."""
    if office.own_templates is not None:
        return office.own_templates
    return OwnTemplates(message_templates.in_force(session), office.note_worker)


def show_fault(session: Session, fault: TemplateFault, now: datetime) -> None:
    """The coordinators see that the shipped template was taken, and why."""
    sentence = (
        f"自定的{KIND_NAMES[fault.kind]}模板（{fault.locale}）用不了，已改用自带模板发出，内容没有缺少。"
        f"{fault.sentence}改好后用 duban templates set {fault.kind} 保存，或用 duban templates reset {fault.kind} 恢复自带。"
    )
    inputs = {"kind": fault.kind, "language": fault.locale, "why": fault.sentence, "error": fault.code}
    where = subject_of(fault.kind, fault.locale)
    runs.open_finding(session, TEMPLATE_FAILED, where, sentence, now, inputs=inputs)


def subject_of(kind: str, locale: str) -> str:
    """What a finding about a template is about."""
    return f"template:{kind}:{locale}"
