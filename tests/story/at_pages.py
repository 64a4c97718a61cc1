"""What units do at the pages behind their links, over real HTTP; coordinators act by the workflows of their commands."""

from __future__ import annotations

from tests.story.browser import Page
from tests.story.deeds import Deed
from tests.story.stage import Stage

WORDS = {
    "done": "已全部完成，资料齐备",
    "in_progress": "按计划推进，现场正常",
    "lagging": "进度偏慢，正在加派力量",
}


def sign(stage: Stage, deed: Deed) -> None:
    """The unit signs for everything that it leads, with one button."""
    page = stage.entrance(deed.unit)
    forms = [form for form in page.forms if form.action.partition("?")[0].endswith("/sign")]
    if forms:  # a unit that leads several sub-tasks signs for all of them at once
        assert "✓" in stage.browser.submit(page, forms[0], {}).text


def report(stage: Stage, deed: Deed) -> None:
    """The form of the sub-task is filled in and handed in; what it asks about is confirmed."""
    index = stage.entrance(stage.units[deed.subtask_id][0])
    path = f"/tasks/{deed.subtask_id}"
    page = stage.browser.open(index.link(path))
    values = {f"q{key}": f"{figure:f}" for key, figure in deed.figures}
    values |= {"status": deed.status, "text": WORDS[deed.status]}
    answer = stage.browser.submit(page, page.form(path), values)
    sure = _sure(answer, path)
    if sure:
        answer = stage.browser.submit(answer, answer.form(path), {**values, "sure": sure})
    assert answer.response.status_code == 200, answer.text


def reply(stage: Stage, deed: Deed) -> None:
    """The case that stands is answered on its page, which the unit's page leads to."""
    index = stage.entrance(stage.units[deed.subtask_id][0])
    (path,) = {href.partition("?")[0] for _, href in index.links if "/cases/" in href}
    page = stage.browser.open(path)
    answer = stage.browser.submit(
        page, page.form(path), {"text": "已约谈施工单位，增派两个班组，月内赶上序时进度。"}
    )
    assert "✓" in answer.text


def ask(stage: Stage, deed: Deed) -> None:
    """The unit asks for an extension, with reason and paper."""
    index = stage.entrance(stage.units[deed.subtask_id][0])
    page = stage.browser.open(index.link("/changes"))
    assert deed.deadline
    asked = {
        "task": str(deed.subtask_id),
        "kind": deed.change,
        "deadline": deed.deadline.isoformat(),
        "reason": "管线迁改滞后，主体工程需顺延",
        "document": "青建函〔2024〕31号",
    }
    answer = stage.browser.submit(page, page.form("/changes"), asked)
    assert answer.response.status_code == 200, answer.text


def _sure(page: Page, path: str) -> str:
    """What the button 仍要提交 carries, if the page asks."""
    return next((value for name, value in page.form(path).buttons if name == "sure"), "")


PAGES = {"sign": sign, "report": report, "reply": reply, "ask": ask}
