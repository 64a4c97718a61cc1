"""The main menu: what there is, for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.roles import Role
from web.access import Access, access_to, may_open
from workflows.sign_in import Person


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of a menu; its words are ``nav.KEY``, below 设置 ``settings.KEY`` and ``settings.KEY.what``."""

    key: str
    path: str

    @property
    def access(self) -> Access:
        """For whom the page is."""
        return access_to("GET", self.path)


MENU = (
    Entry("overview", "/"),
    Entry("mine", "/mine"),
    # 挂图作战
    Entry("wall", "/wall"),
    Entry("reviews", "/reviews"),
    Entry("cases", "/cases"),
    Entry("changes", "/changes"),
    Entry("bulletins", "/bulletins"),
    Entry("evaluations", "/evaluations"),
    # 节点设置
    Entry("milestones", "/milestones"),
    # 消息日历
    Entry("calendar", "/calendar"),
    # 消息
    Entry("messages", "/messages"),
    # 单位与联系人
    Entry("units", "/units"),
    Entry("imports", "/imports"),
    # 设置
    Entry("settings", "/settings"),
    Entry("service", "/service"),
)
# Pages below 设置, in their order; each extends settings_base.html.j2 and is rendered with ``tab=KEY``.
SETTINGS: tuple[Entry, ...] = (
    # plan, channels, policy, years
    Entry("plan", "/settings/plan"),
    Entry("channels", "/settings/channels"),
    Entry("policy", "/settings/policy"),
    Entry("years", "/settings/years"),
    # templates
    Entry("templates", "/settings/templates"),
    # users, tokens
    Entry("users", "/settings/users"),
    Entry("tokens", "/settings/tokens"),
    # backup, audit
    Entry("backup", "/settings/backup"),
    Entry("audit", "/settings/audit"),
)


LEADERS = (Entry("audit", "/settings/audit"),)  # they read the record; the rest of 设置 is not theirs


def entries_for(person: Person | None) -> list[Entry]:
    """The pages that this person may open, in their order; nothing for nobody."""
    if person is not None and person.role is Role.UNIT:  # the overview leads a unit to its own page
        return _open_to(person, [entry for entry in MENU if entry.path != "/"])
    more = LEADERS if person is not None and person.role is Role.LEADER else ()
    return _open_to(person, (*MENU, *more))


def settings_for(person: Person | None) -> list[Entry]:
    """The pages below 设置 that this person may open."""
    return _open_to(person, SETTINGS)


def _open_to(person: Person | None, entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if person is not None and may_open(person.role, entry.access)]
