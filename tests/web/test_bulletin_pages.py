"""Bulletins as they were frozen, and the pages for the public."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from db.units import stored_id
from engine.roles import Role
from notifications.paper_html import paper_html
from tests.notifications.contents import visible
from tests.notifications.test_papers import a_paper
from tests.web.running import pages, signed_in
from tests.workflows.office_2024 import INBOX, Task, at, build
from tests.workflows.test_main_flow import turn
from web.admission import COOKIE
from workflows.report_progress import Filing, report_progress
from workflows.send_digest import send_digest

NOW = at("2024-03-29T18:00")


@pytest.fixture
def client(sqlite_database: Database) -> Iterator[httpx.Client]:
    """A week's digest waits for approval."""
    build(
        sqlite_database,
        Task("1", deadline=date(2024, 3, 8)),
        Task("2", lead="区教育局"),
        policy={"digest_hold": True},
    )
    turn(sqlite_database, INBOX, "2024-03-01T07:00")
    send_digest(sqlite_database, INBOX, at("2024-03-29T15:00"))
    with pages(sqlite_database, NOW) as found:
        yield found


def test_the_list_tells_what_waits(client: httpx.Client) -> None:
    said = visible(client.get("/bulletins").text)
    assert "第13周" in said
    assert "待批准" in said
    assert "待批准 2、待发 1" in said


def test_a_long_table_says_how_many_rows_stand_in_the_files_only(sqlite_database: Database) -> None:
    """101 sub-tasks overdue: one more than a page lists."""
    build(sqlite_database, *(Task(f"{n}", deadline=date(2024, 3, 8)) for n in range(1, 102)))
    turn(sqlite_database, INBOX, "2024-03-01T07:00")
    send_digest(sqlite_database, INBOX, at("2024-03-29T15:00"))
    with pages(sqlite_database, NOW) as client:
        said = visible(client.get("/bulletins/1").text)
    assert "其余 1 行" in said
    assert "任务100" in said


def test_a_bulletin_is_shown_as_it_was_frozen(client: httpx.Client) -> None:
    page = client.get("/bulletins/1").text
    said = visible(page)
    assert "年度任务第13周晾晒通报 待批准" in said
    assert "一、各单位排名（2个单位）" in said
    assert "2 封消息等待批准，一封也没有发出" in said


@pytest.mark.parametrize("path", ["/bulletins", "/bulletins/1"])
def test_both_pages_speak_english(client: httpx.Client, path: str) -> None:
    assert "waits for approval" in visible(client.get(f"{path}?lang=en").text)


def message_to(database: Database, recipient: str) -> int:
    """The id of that recipient's digest."""
    with database.read() as session:
        found = select(tables.Message.id).where(
            tables.Message.kind == "digest", tables.Message.recipient == recipient
        )
        return stored_id(session.exec(found).one())


def test_everybodys_message_can_be_looked_at_and_opens_no_link(
    client: httpx.Client, sqlite_database: Database
) -> None:
    page = client.get(f"/bulletins/1?message={message_to(sqlite_database, '区民政局 联络员')}")
    said = visible(page.text)
    assert "谁收到什么（3 封）" in said
    assert "发给区民政局 联络员" in said
    assert "主题 【周报】区民政局" in said
    assert "/r/" not in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "发给督查室 督查员" in visible(
        client.get("/bulletins/1").text
    )  # the coordinators' own comes first


def states(database: Database) -> dict[str, str]:
    """The state of each message by its recipient."""
    with database.read() as session:
        rows = session.exec(select(tables.Message).where(tables.Message.kind == "digest")).all()
        return {row.recipient: row.state for row in rows}


def post(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """The form sent from our own page."""
    origin = str(client.base_url).rstrip("/")
    return client.post(path, data=fields, headers={"Origin": origin})


def test_approving_lets_all_go_but_what_was_held_apart(
    client: httpx.Client, sqlite_database: Database
) -> None:
    held = post(client, "/bulletins/1/hold", unit="区教育局", reason="数字待核")
    assert held.status_code == 303
    assert "1 封消息已暂缓" in visible(client.get(held.headers["location"]).text)
    answer = post(client, "/bulletins/1/approve")
    assert answer.headers["location"] == "/bulletins/1?told=bulletin_approved&n=1"
    found = states(sqlite_database)
    assert (found["区民政局 联络员"], found["区教育局 联络员"]) == ("waiting", "held")
    with sqlite_database.read() as session:
        row = session.get_one(tables.Bulletin, 1)
        assert (row.state, row.decided_by) == ("published", "admin")
    apart = message_to(sqlite_database, "区教育局 联络员")
    assert "批准发给区教育局" in visible(client.get(f"/bulletins/1?message={apart}").text)
    post(client, "/bulletins/1/approve", unit="区教育局")
    assert states(sqlite_database)["区教育局 联络员"] == "waiting"


@pytest.mark.parametrize("action", ["hold", "withdraw"])
def test_without_a_reason_nothing_is_held_or_withdrawn(
    client: httpx.Client, sqlite_database: Database, action: str
) -> None:
    before = states(sqlite_database)
    answer = post(client, f"/bulletins/1/{action}", reason="  ")
    assert answer.status_code == 422
    assert "要写明原因" in visible(answer.text)
    assert states(sqlite_database) == before


def test_who_decides_second_sees_what_the_first_decided(
    client: httpx.Client, sqlite_database: Database
) -> None:
    assert post(client, "/bulletins/1/withdraw", reason="重做").status_code == 303
    answer = post(client, "/bulletins/1/approve")
    assert answer.status_code == 409
    assert "已经撤回，不能再改" in visible(answer.text)
    assert states(sqlite_database)["区民政局 联络员"] == "withdrawn"
    english = post(client, "/bulletins/1/approve?lang=en")
    assert "Somebody has decided this bulletin already" in visible(english.text)


def test_a_leader_reads_and_decides_nothing(client: httpx.Client, sqlite_database: Database) -> None:
    client.cookies.set(COOKIE, signed_in(sqlite_database, Role.LEADER, NOW))
    assert "批准并发出全部" not in client.get("/bulletins/1").text
    assert post(client, "/bulletins/1/approve").status_code == 403
    assert post(client, "/bulletins/publish", plan="1").status_code == 403
    assert states(sqlite_database)["区民政局 联络员"] == "held"


@pytest.mark.parametrize(("suffix", "begins"), [(".xlsx", b"PK"), (".docx", b"PK")])
def test_a_bulletin_is_exported_under_its_title(client: httpx.Client, suffix: str, begins: bytes) -> None:
    answer = client.get(f"/bulletins/1/file{suffix}")
    assert answer.content.startswith(begins)
    assert quote(f"第13周晾晒通报{suffix}") in answer.headers["content-disposition"]
    assert client.get("/bulletins/1/file.pdf").status_code == 404


def test_the_list_is_filtered_and_exported(client: httpx.Client) -> None:
    assert "没有符合条件的通报" in visible(client.get("/bulletins?kind=year").text)
    assert client.get("/bulletins.xlsx?state=held").content.startswith(b"PK")


def test_the_next_bulletin_is_shown_before_it_is_made_and_nothing_is_stored(
    client: httpx.Client, sqlite_database: Database
) -> None:
    page = client.get("/bulletins/next?plan=1&post=1")
    said = visible(page.text)
    assert "第14周，将于 4月7日 15:00 生成" in said  # Sunday, worked for the holiday of Qingming
    assert "一、各单位排名（2个单位）" in said
    assert "主题 【周报】区民政局" in said
    assert "preview" in visible(client.get("/bulletins/next?lang=en").text)
    with sqlite_database.read() as session:
        assert len(session.exec(select(tables.Bulletin)).all()) == 1


def test_without_a_plan_there_is_no_next_one(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW) as found:
        assert found.get("/bulletins/next").status_code == 404
        assert "先导入一份计划" in visible(found.get("/bulletins/publish").text)


def test_a_table_for_the_public_is_looked_at_then_made_and_recorded(sqlite_database: Database) -> None:
    build(sqlite_database, Task("1"), Task("2", lead="区教育局"))
    report_progress(sqlite_database, Filing("1", "2024-03", ["23台"], "装好了"), NOW, "test")
    with pages(sqlite_database, NOW) as found:
        said = visible(found.get("/bulletins/publish?month=2024-03").text)
        assert "1 项没有当月填报：2" in said
        assert "1 项用的是还没有审核的填报：1" in said
        form = {"plan": "1", "month": "2024-03", "suffix": ".docx", "source": "区政府"}
        assert post(found, "/bulletins/publish", **form).content.startswith(b"PK")
        refused = post(found, "/bulletins/publish", **{**form, "suffix": ".exe"})
        assert (refused.status_code, "区政府" in refused.text) == (422, True)
        assert "既没有目标也没有填报" in visible(found.get("/bulletins/publish?month=2024-02").text)
    with sqlite_database.read() as session:
        events = session.exec(select(tables.Event).where(tables.Event.what == "publish")).all()
        assert [event.who for event in events] == ["admin"]


@pytest.mark.parametrize(("path", "status"), [("/bulletins/9", 404), ("/bulletins/x", 404)])
def test_what_is_not_there_is_not_found(client: httpx.Client, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_without_a_bulletin_the_list_says_when_there_will_be_one(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW) as found:
        assert "还没有通报" in visible(found.get("/bulletins").text)


def test_public_pages_are_open_only_where_the_operator_named_a_folder(
    sqlite_database: Database, tmp_path: Path
) -> None:
    (tmp_path / "1-2023-03.html").write_bytes(paper_html(a_paper("完成")))
    with pages(sqlite_database, NOW) as closed:
        assert closed.get("/public/1-2023-03.html").status_code == 404
    with pages(sqlite_database, NOW, public=tmp_path) as found:
        answer = found.get("/public/1-2023-03.html")
        assert (answer.status_code, answer.content) == (200, paper_html(a_paper("完成")))
        assert "style-src 'self' 'unsafe-inline'" in answer.headers["content-security-policy"]
        assert "script" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "name", ["secret.txt", "..%2Fsecret.html", "%2e%2e/secret.html", "link.html", ".html", "a%00.html", ""]
)
def test_nothing_but_pages_of_that_folder_is_open(
    sqlite_database: Database, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "public"
    folder.mkdir()
    for path in (tmp_path / "secret.html", folder / "secret.txt"):
        path.write_text("secret")
    (folder / "link.html").symlink_to(tmp_path / "secret.html")
    with pages(sqlite_database, NOW, public=folder) as found:
        assert found.get(f"/public/{name}").status_code == 404
