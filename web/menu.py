"""The main menu: what there is, for whom."""

from __future__ import annotations

from dataclasses import dataclass

from web.access import Access, access_to, may_open
from workflows.sign_in import Person


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu; its words are ``nav.KEY``."""

    key: str
    path: str

    @property
    def access(self) -> Access:
        """For whom the page is."""
        return access_to("GET", self.path)


MENU = (
    Entry("overview", "/"),
    # 挂图作战
    # 审核
    Entry("cases", "/cases"),
    # 变更
    Entry("bulletins", "/bulletins"),
    Entry("evaluations", "/evaluations"),
    # 节点设置
    # 消息日历
    # 消息
    Entry("inbox", "/inbox"),
    # 单位与联系人
    # 导入
    # 设置
)


def entries_for(person: Person | None) -> list[Entry]:
    """The pages that this person may open, in their order; nothing for nobody."""
    return [entry for entry in MENU if person is not None and may_open(person.role, entry.access)]
