"""单位与联系人: who is reached how, and what coordinators change there; a form that was overtaken stores nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import event
from sqlmodel import col, select

from db import tables
from db.session import Database
from db.units import stored_id
from engine.roles import Role
from tests.channels import RememberingChannel
from tests.notifications.contents import visible
from tests.web.running import pages, signed_in
from tests.workflows.office_2024 import LINKS, Built, Task, at, build
from tests.workflows.routes import RememberingRobot, office_with
from web.admission import COOKIE
from workflows.office import Office
from workflows.set_group import set_group
from workflows.wrong_person import dispute

NOW = at("2024-04-02T18:00")
UNIT, MAIL, ROBOT = "区民政局", "mz@example.org", "民政局群"


@pytest.fixture
def mail() -> RememberingChannel:
    return RememberingChannel()


@pytest.fixture
def office(mail: RememberingChannel) -> Office:
    return replace(office_with(mail, RememberingRobot(ROBOT)), links=LINKS)


@pytest.fixture
def built(sqlite_database: Database) -> Built:
    """One unit with a contact, one without."""
    return build(sqlite_database, Task("1"), Task("2", lead="区教育局"), emails={UNIT: MAIL})


@pytest.fixture
def client(sqlite_database: Database, office: Office, built: Built) -> Iterator[httpx.Client]:
    with pages(sqlite_database, NOW, office=office, links=LINKS, role=Role.COORDINATOR) as found:
        yield found


def post(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """The form sent from our own page."""
    return client.post(path, data=fields, headers={"Origin": str(client.base_url).rstrip("/")})


def number(database: Database, name: str = UNIT) -> int:
    with database.read() as session:
        return stored_id(session.exec(select(tables.Unit.id).where(tables.Unit.name == name)).one())


def holder(database: Database, built: Built, name: str = UNIT) -> tables.Contact:
    """Who holds the liaison's post now."""
    with database.read() as session:
        table = tables.Contact
        return session.exec(
            select(table).where(col(table.post_id) == built.posts[name], col(table.ended_at).is_(None))
        ).one()


def form_of(client: httpx.Client, path: str) -> dict[str, str]:
    """The hidden fields of the form that is open on that page."""
    html = client.get(path).text.split('id="form"', 1)[1].split("</form>", 1)[0]
    parts = html.split('type="hidden" name="')[1:]
    return {part.split('"')[0]: part.split('value="')[1].split('"')[0] for part in parts}


def listed_by(client: httpx.Client, query: str) -> str:
    """What stands below the filter."""
    return visible(client.get(f"/units?{query}").text).split("查看", 1)[1]


def test_whoever_cannot_be_reached_comes_first_and_is_counted(client: httpx.Client) -> None:
    said = visible(client.get("/units").text)
    assert "有 1 个单位现在收不到消息" in said
    assert said.index("区教育局") < said.index(UNIT)
    assert f"联络员 {MAIL}" in said


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("q=民政", UNIT, "区教育局"),
        (f"q={MAIL}", UNIT, "区教育局"),
        ("mark=unreachable", "区教育局", UNIT),
        ("kind=department", UNIT, "没有符合条件的单位"),
        ("kind=street", "没有符合条件的单位", UNIT),
    ],
)
def test_the_list_is_searched_and_filtered(client: httpx.Client, query: str, shown: str, hidden: str) -> None:
    listed = listed_by(client, query)
    assert shown in listed
    assert hidden not in listed


def test_the_list_is_kept_as_a_workbook(client: httpx.Client) -> None:
    assert client.get("/units.xlsx?q=民政").content.startswith(b"PK")


def test_the_list_takes_as_many_queries_for_many_units_as_for_few(
    client: httpx.Client, sqlite_database: Database
) -> None:
    def counted() -> int:
        seen: list[str] = []

        def note(*args: object) -> None:
            seen.append(str(args[2]))

        event.listen(sqlite_database.engine, "before_cursor_execute", note)
        client.get("/units")
        event.remove(sqlite_database.engine, "before_cursor_execute", note)
        return len(seen)

    few = counted()
    with sqlite_database.write() as session:
        for n in range(60):
            unit = tables.Unit(name=f"单位{n}")
            session.add(unit)
            session.flush()
            session.add(tables.Post(unit_id=stored_id(unit.id), kind="liaison"))
    assert counted() == few
    assert "单位59" in client.get("/units").text


def test_a_contact_is_corrected_and_the_page_says_so(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    key, unit = holder(sqlite_database, built).id, number(sqlite_database)
    hidden = form_of(client, f"/units/{unit}?edit={key}")
    form = {**hidden, "title": "张主任", "email": "new@example.org", "channel1": "email"}
    answer = post(client, f"/units/{unit}/contacts/{key}", **form)
    assert answer.headers["location"] == f"/units/{unit}?told=contact_changed&n=1"
    row = holder(sqlite_database, built)
    assert (row.id, row.title, row.email) == (key, "张主任", "new@example.org")


def test_a_refused_form_keeps_what_was_typed(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    key, unit = holder(sqlite_database, built).id, number(sqlite_database)
    hidden = form_of(client, f"/units/{unit}?edit={key}")
    answer = post(client, f"/units/{unit}/contacts/{key}", **hidden, title="张主任", email="没有地址")
    assert answer.status_code == 422
    assert "邮箱地址“没有地址”不对" in visible(answer.text)
    assert 'value="张主任"' in answer.text
    assert holder(sqlite_database, built).email == MAIL
    english = post(client, f"/units/{unit}/contacts/{key}?lang=en", **hidden, email="没有地址")
    assert "That is not an e-mail address" in visible(english.text)


def test_two_people_editing_see_both_values_and_the_second_decides(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    key, unit = holder(sqlite_database, built).id, number(sqlite_database)
    path, hidden = f"/units/{unit}/contacts/{key}", form_of(client, f"/units/{unit}?edit={key}")
    post(client, path, **hidden, title="甲", email="first@example.org")
    answer = post(client, path, **hidden, title="乙", email="second@example.org")
    assert answer.status_code == 409
    assert "first@example.org" in visible(answer.text)
    assert 'value="second@example.org"' in answer.text
    assert holder(sqlite_database, built).email == "first@example.org"
    again = answer.text.split('name="seen" value="')[1].split('"')[0]
    assert post(client, path, seen=again, title="乙", email="second@example.org").status_code == 303
    assert holder(sqlite_database, built).email == "second@example.org"


def test_a_successor_takes_over_and_the_one_before_is_kept_as_history(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    key, unit = holder(sqlite_database, built).id, number(sqlite_database)
    hidden = form_of(client, f"/units/{unit}?succeed={key}")
    answer = post(
        client, f"/units/{unit}/contacts/{key}/succeed", **hidden, title="王", email="w@example.org"
    )
    said = visible(client.get(answer.headers["location"]).text)
    assert "没有办完的提醒都转给接任的人" in said
    assert said.index("w@example.org") < said.index("历任联系人") < said.index(MAIL)


def test_a_vacant_post_is_filled_and_left_again(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    unit = number(sqlite_database, "区教育局")
    assert "没有可用的联系方式，现在收不到消息" in visible(client.get(f"/units/{unit}").text)
    hidden = form_of(client, f"/units/{unit}?new=liaison")
    assert post(client, f"/units/{unit}/contacts", **hidden, email="jy@example.org").status_code == 303
    row = holder(sqlite_database, built, "区教育局")
    page = client.get(f"/units/{unit}").text
    assert "现在经“电子邮件”送达" in visible(page)
    seen = page.split(f"/contacts/{row.id}/end")[1].split('name="seen" value="')[1].split('"')[0]
    assert post(client, f"/units/{unit}/contacts/{row.id}/end", seen="old").status_code == 409
    assert post(client, f"/units/{unit}/contacts/{row.id}/end", seen=seen).status_code == 303
    assert "没有可用的联系方式" in visible(client.get(f"/units/{unit}").text)


def test_a_doubted_contact_is_confirmed(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    with sqlite_database.write() as session:
        contact = session.get_one(tables.Contact, holder(sqlite_database, built).id)
        dispute(session, contact, "张", "邮件回复", NOW)
    unit = number(sqlite_database)
    assert "有人表示发错了人" in visible(client.get(f"/units/{unit}").text)
    assert "可能发错了人" in listed_by(client, "mark=disputed")
    assert post(client, f"/units/{unit}/confirm", post="liaison").status_code == 303
    assert holder(sqlite_database, built).disputed_at is None
    assert post(client, f"/units/{unit}/confirm", post="liaison").status_code == 422


def test_refused_channels_are_tried_again(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    key, unit = stored_id(holder(sqlite_database, built).id), number(sqlite_database)
    with sqlite_database.write() as session:
        way = tables.ContactChannel(contact_id=key, rank=1, channel="email", address=MAIL)
        way.failed_at, way.failed_code = NOW, "recipient_refused"
        session.add(way)
    assert "拒收，已跳过" in visible(client.get(f"/units/{unit}").text)
    assert post(client, f"/units/{unit}/retry").headers["location"].endswith("told=ways_retried&n=1")
    assert "拒收，已跳过" not in visible(client.get(f"/units/{unit}").text)


def test_a_test_goes_to_the_stored_address_and_the_verdict_is_told(
    client: httpx.Client, sqlite_database: Database, built: Built, mail: RememberingChannel
) -> None:
    key, unit = holder(sqlite_database, built).id, number(sqlite_database)
    answer = post(client, f"/units/{unit}/contacts/{key}/test", channel="", address="x@example.com")
    assert "测试消息已由“电子邮件”接收" in visible(answer.text)
    assert [sent.to_address for sent in mail.sent] == [MAIL]
    assert post(client, f"/units/{unit}/contacts/{key}/test", channel="没有").status_code == 422


def test_names_kind_robots_and_members_are_kept(client: httpx.Client, sqlite_database: Database) -> None:
    unit = number(sqlite_database)
    assert post(client, f"/units/{unit}/names", alias="民政").status_code == 303
    taken = post(client, f"/units/{unit}/names", alias="区教育局")
    assert (taken.status_code, 'value="区教育局"' in taken.text) == (422, True)
    assert post(client, f"/units/{unit}/kind", kind="enterprise", seen="department").status_code == 303
    assert post(client, f"/units/{unit}/kind", kind="street", seen="department").status_code == 409
    assert post(client, f"/units/{unit}/robots", **{f"robot:{ROBOT}": "1", "seen": ""}).status_code == 303
    said = visible(client.get(f"/units/{unit}").text)
    assert "企业 · 又名：民政" in said
    set_group(sqlite_database, "各部门", [UNIT], NOW, "test")
    group = number(sqlite_database, "各部门")
    form = {"members": f"{UNIT}\n区教育局", "seen": UNIT}
    assert post(client, f"/units/{group}/members", **form).status_code == 303
    assert post(client, f"/units/{group}/members", **form).status_code == 409
    unknown = post(client, f"/units/{group}/members", members="不认识的局", seen=f"{UNIT}、区教育局")
    assert (unknown.status_code, "不认识的局</textarea>" in unknown.text) == (422, True)
    assert "包括 2 个单位" in visible(client.get("/units").text)


def test_a_link_is_made_once_to_hand_over_and_revoked(
    client: httpx.Client, sqlite_database: Database
) -> None:
    unit = number(sqlite_database)
    page = post(client, f"/units/{unit}/links").text
    address = page.split('id="f-link" readonly value="')[1].split('"')[0]
    assert address.startswith("http://duban.example.org/r/")
    assert address not in client.get(f"/units/{unit}").text
    token = address.rsplit("/", 1)[1]
    assert client.get(f"/r/{token}").status_code == 200
    assert post(client, f"/units/{unit}/links/revoke").headers["location"].endswith("links_revoked&n=1")
    assert client.get(f"/r/{token}").status_code == 410


def test_nobody_changes_a_contact_of_another_unit_by_its_number(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    key, other = holder(sqlite_database, built).id, number(sqlite_database, "区教育局")
    for path in ("", "/succeed", "/end", "/test"):
        assert post(client, f"/units/{other}/contacts/{key}{path}", email="x@example.org").status_code == 404
    assert client.get("/units/999").status_code == 404
    assert post(client, "/units/999/retry").status_code == 404


def test_a_leader_looks_and_finds_no_form(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    key, unit = holder(sqlite_database, built).id, number(sqlite_database)
    client.cookies.set(COOKIE, signed_in(sqlite_database, Role.LEADER, NOW))
    page = client.get(f"/units/{unit}?edit={key}")
    assert MAIL in page.text
    assert f"/units/{unit}/" not in page.text
    assert post(client, f"/units/{unit}/contacts/{key}", email="x@example.org").status_code == 403


@pytest.mark.parametrize("path", ["/units", "/units/1", "/units/1?new=head", "/units/1?edit=1"])
def test_the_pages_speak_english(client: httpx.Client, path: str) -> None:
    answer = client.get(path, params={"lang": "en"} if "?" not in path else None)
    page = answer if "?" not in path else client.get(f"{path}&lang=en")
    assert page.status_code == 200
    assert "Posts and contacts" in visible(page.text)


def test_without_units_the_list_says_how_to_get_some(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW) as found:
        said = visible(found.get("/units").text)
    assert "还没有单位" in said
    assert "导入联系人表" in said
