"""模板: edited beside a real message; a draft with faults or one that was overtaken stores nothing."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from db import message_templates
from db.session import Database
from engine.roles import Role
from notifications.note_sandbox import shipped_source
from notifications.note_values import KINDS
from tests.notifications.contents import visible
from tests.web.running import pages
from tests.workflows.office_2024 import INBOX, Task, at, build
from workflows.sweep import sweep

NOW = at("2024-04-02T08:00")
PATH = "/settings/templates/reminder/zh-CN"
OWN = "subject: 请办理 {{ mail.headline }}\n" + shipped_source("reminder").split("\n", 1)[1]


@pytest.fixture
def client(sqlite_database: Database) -> Iterator[httpx.Client]:
    """A unit is about to be reminded."""
    build(sqlite_database, Task("1"), emails={"区民政局": "mz@example.org"})
    sweep(sqlite_database, NOW)
    office = INBOX
    with pages(sqlite_database, NOW, office=office, role=Role.ADMIN) as found:
        yield found


def post(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """The form sent from our own page."""
    return client.post(path, data=fields, headers={"Origin": str(client.base_url).rstrip("/")})


def versions(database: Database) -> list[str | None]:
    with database.read() as session:
        return [row.source for row in message_templates.history(session, "reminder", "zh-CN")]


def test_the_list_says_which_templates_are_the_offices_own(client: httpx.Client) -> None:
    assert visible(client.get("/settings/templates").text).count("自带") >= 2 * len(KINDS)
    post(client, PATH, source=OWN, base="0", note="统一口径")
    said = visible(client.get("/settings/templates").text)
    assert "自定 第1版 4月2日 08:00 admin" in said


def test_the_editor_begins_with_what_is_in_force_and_previews_a_real_message(client: httpx.Client) -> None:
    page = client.get(PATH)
    assert unescape(page.text).count(shipped_source("reminder").strip()) == 1
    assert "script-src 'self'" in page.headers["content-security-policy"]
    looked = visible(post(client, f"{PATH}/preview", source=OWN, base="0").text)
    assert "发给区民政局 联络员的消息，内容是真实的" in looked
    assert "主题 请办理 " in looked


def test_a_preview_stores_nothing_and_keeps_what_is_typed(
    client: httpx.Client, sqlite_database: Database
) -> None:
    page = post(client, f"{PATH}/preview", source=OWN, base="0", note="为什么", unit="区民政局")
    assert "请办理 {{ mail.headline }}" in unescape(page.text)
    assert 'value="为什么"' in page.text
    assert "<option selected>区民政局</option>" in page.text
    assert versions(sqlite_database) == []


def test_faults_are_told_by_line_and_not_stored(client: httpx.Client, sqlite_database: Database) -> None:
    wrong = OWN.replace("{{ mail.dated }}", "{{ mail.datum }}")
    for path, status in ((f"{PATH}/preview", 200), (PATH, 422)):
        answer = post(client, path, source=wrong, base="0")
        assert answer.status_code == status
        said = visible(answer.text)
        assert "有 1 处要改" in said
        line = wrong[: wrong.index("mail.datum")].count("\n") + 1
        assert f"第{line}行 > {{{{ mail.datum }}}}" in said
    assert versions(sqlite_database) == []
    english = post(client, f"{PATH}?lang=en", source=wrong, base="0")
    assert "it was not saved: see the right side" in visible(english.text)


def test_the_second_who_saves_sees_the_differences_and_may_save_again(
    client: httpx.Client, sqlite_database: Database
) -> None:
    theirs, mine = OWN.replace("请办理", "甲"), OWN.replace("请办理", "乙")
    assert post(client, PATH, source=theirs, base="0").headers["location"].endswith("template_saved&n=1")
    answer = post(client, PATH, source=mine, base="0", note="乙的")
    assert answer.status_code == 409
    said = visible(answer.text)
    assert "-subject: 甲" in said
    assert "+subject: 乙" in said
    assert 'value="乙的"' in answer.text
    assert versions(sqlite_database) == [theirs]
    again = answer.text.split('name="base" value="')[1].split('"')[0]
    assert post(client, PATH, source=mine, base=again).status_code == 303
    assert versions(sqlite_database) == [mine, theirs]


def test_an_earlier_version_is_compared_and_restored_and_the_shipped_one_comes_back(
    client: httpx.Client, sqlite_database: Database
) -> None:
    first, second = OWN, OWN.replace("请办理", "再办理")
    post(client, PATH, source=first, base="0")
    post(client, PATH, source=second, base="1")
    said = visible(client.get(f"{PATH}?version=1").text)
    assert "第1版和现行模板的差别" in said
    assert "+subject: 再办理" in said
    assert post(client, f"{PATH}/restore", version="1", base="1").status_code == 409  # seen before the second
    assert post(client, f"{PATH}/restore", version="1", base="2").status_code == 303
    assert post(client, f"{PATH}/reset", note="不用了").status_code == 303
    assert versions(sqlite_database) == [None, first, second, first]
    assert "恢复自带（第4版）" in visible(client.get(PATH).text)
    assert post(client, f"{PATH}/restore", version="4", base="4").status_code == 404


def test_saving_what_is_in_force_is_no_new_version(client: httpx.Client, sqlite_database: Database) -> None:
    post(client, PATH, source=OWN, base="0")
    assert "told=template_same" in post(client, PATH, source=OWN, base="1").headers["location"]
    assert len(versions(sqlite_database)) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_kind_has_an_editor_a_preview_and_values(client: httpx.Client, kind: str, locale: str) -> None:
    path = f"/settings/templates/{kind}/{locale}?lang={locale}"
    assert client.get(path).status_code == 200
    looked = post(client, path.replace("?", "/preview?"), source=shipped_source(kind), base="0")
    assert 'sandbox=""' in looked.text
    values = visible(client.get(path.replace("?", "/values?")).text)
    assert "mail.subject" in values


def test_values_are_shown_as_they_are_in_a_real_message(client: httpx.Client) -> None:
    said = visible(client.get(f"{PATH}/values").text)
    assert "mail.to 区民政局 联络员" in said
    assert "mail.groups[…].items[…].title 任务1 任务" in said


@pytest.mark.parametrize(
    "path",
    ["/settings/templates/other/en", "/settings/templates/digest/fr", f"{PATH}/values?unit=没有的单位"],
)
def test_what_is_not_there_is_not_found(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_preview_for_a_unit_that_is_not_there_keeps_what_is_typed(client: httpx.Client) -> None:
    answer = post(client, f"{PATH}/preview", source=OWN, base="0", unit="没有的单位")
    assert answer.status_code == 422
    assert "请办理 {{ mail.headline }}" in unescape(answer.text)
