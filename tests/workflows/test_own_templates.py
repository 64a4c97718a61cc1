"""The office's own templates: versions that nobody overwrites, in force at once, and never a message lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from db import message_templates, runs, tables
from db.session import Database
from engine.errors import DubanError
from notifications.card import Card
from notifications.channel import Budget, Traits
from notifications.note_sandbox import shipped_source
from notifications.note_worker import NoteWorker
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import LINKED, LOOP_OFF, Task, at, build, mail_office
from tests.workflows.routes import RememberingRobot, office_with
from tests.workflows.test_main_flow import EMAILS, messages, turn
from workflows.edit_templates import (
    Draft,
    TemplateConflictError,
    current,
    draft_of,
    for_editing,
    problems_of,
    reset_template,
    set_template,
)
from workflows.office import Office
from workflows.own_templates import TEMPLATE_FAILED
from workflows.preview_template import preview
from workflows.send_digest import send_digest
from workflows.send_test import send_test_on

MORNING = "2024-03-26T09:30"
NOW = at("2024-03-20T10:00")
OWN = """\
subject: 督查室提醒：{{ mail.headline }}
{% for g in mail.groups %}{% for i in g.items %}
- **{{ i.title }}**：{{ i.sentence }}
{% endfor %}{% endfor %}
[[去填报]]({{ mail.link }})
"""


@pytest.fixture(scope="module")
def worker() -> Iterator[NoteWorker]:
    one = NoteWorker()
    yield one
    one.close()


def draft(source: str = OWN, base: int | None = None, kind: str = "reminder") -> Draft:
    return Draft(kind, "zh-CN", source, base)


def set_(database: Database, worker: NoteWorker, one: Draft, who: str = "王示例") -> int | None:
    return set_template(database, worker, one, "统一口径", NOW, who)


def versions(database: Database) -> list[tuple[int, str | None, str]]:
    with database.read() as session:
        rows = message_templates.history(session, "reminder", "zh-CN")
        return [(row.version, row.source, row.created_by) for row in rows]


def events(database: Database) -> list[tuple[str, str, int]]:
    with database.read() as session:
        rows = session.exec(select(tables.Event).order_by(col(tables.Event.id)))
        return [(row.what, row.who, row.details["version"]) for row in rows if "template" in row.what]


def test_versions_are_kept_and_the_newest_counts(database: Database, worker: NoteWorker) -> None:
    second = OWN.replace("督查室提醒", "督办提醒")
    assert set_(database, worker, draft()) == 1
    assert set_(database, worker, draft()) is None
    assert set_(database, worker, draft(second, base=1), "李示例") == 2
    assert reset_template(database, "reminder", "zh-CN", "", NOW, "王示例") == 3
    assert reset_template(database, "reminder", "zh-CN", "", NOW, "王示例") is None
    assert versions(database) == [(3, None, "王示例"), (2, second, "李示例"), (1, OWN, "王示例")]
    assert events(database) == [
        ("set_template", "王示例", 1),
        ("set_template", "李示例", 2),
        ("reset_template", "王示例", 3),
    ]
    with database.read() as session:
        assert message_templates.in_force(session) == {}
        assert current(session, "reminder", "zh-CN").source == shipped_source("reminder")
    assert set_(database, worker, draft(base=3)) == 4
    with database.read() as session:
        assert message_templates.in_force(session) == {("reminder", "zh-CN"): OWN}
        assert not current(session, "reminder", "en").is_own


@pytest.mark.parametrize(("base", "words"), [(None, "不明的版本"), (0, "第0版"), (2, "第2版")])
def test_who_edited_something_older_sees_both_and_overwrites_nothing(
    database: Database, worker: NoteWorker, base: int | None, words: str
) -> None:
    set_(database, worker, draft())
    mine = OWN.replace("督查室提醒", "区督查室提醒")
    with pytest.raises(TemplateConflictError, match=words) as refused:
        set_(database, worker, draft(mine, base))
    assert refused.value.code == "REVISION_CONFLICT"
    assert "-subject: 督查室提醒：{{ mail.headline }}" in refused.value.difference
    assert "+subject: 区督查室提醒：{{ mail.headline }}" in refused.value.difference
    assert versions(database) == [(1, OWN, "王示例")]


def test_of_two_who_save_at_once_one_is_refused(database: Database, worker: NoteWorker) -> None:
    both = threading.Barrier(2)
    ended: list[object] = []

    def save(who: str) -> None:
        mine = draft(OWN.replace("督查室提醒", who))
        both.wait()
        try:
            ended.append(set_(database, worker, mine, who))
        except DubanError as error:
            ended.append(error.code)

    threads = [threading.Thread(target=save, args=(who,)) for who in ("王示例", "李示例")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended, key=str) == [1, "REVISION_CONFLICT"]
    assert len(versions(database)) == 1


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("甲", "NO_BUTTON"),
        (OWN + "{{ mail.subjct }}", "UNKNOWN_VALUE"),
        (OWN.replace("i.title", "i.sentence"), "ITEMS_LEFT_OUT"),
        (OWN + "{{ mail.groups[1].heading }}", "UNKNOWN_VALUE"),
        (OWN + "{% include 'x' %}", "FORBIDDEN"),
    ],
)
def test_a_template_with_anything_wrong_is_not_stored(
    database: Database, worker: NoteWorker, source: str, code: str
) -> None:
    assert [one.code for one in problems_of(worker, draft(source))] == [code]
    with pytest.raises(DubanError, match=code) as refused:
        set_(database, worker, draft(source))
    assert refused.value.code == "TEMPLATE_REFUSED"
    assert versions(database) == []


def test_a_file_remembers_its_version_and_problems_its_lines(
    sqlite_database: Database, worker: NoteWorker
) -> None:
    with sqlite_database.read() as session:
        text = for_editing(current(session, "digest", "en"))
    assert text.startswith("{# duban templates digest en 0 #}\n")
    assert draft_of(text, "digest", "en") == Draft("digest", "en", shipped_source("digest"), 0, above=1)
    assert draft_of(text, "digest", "en", base=4).base == 4
    assert draft_of("甲\r\n乙", "digest", "zh-CN") == Draft("digest", "zh-CN", "甲\n乙")
    with pytest.raises(DubanError, match="digest（en）"):
        draft_of(text, "digest", "zh-CN")
    with pytest.raises(DubanError, match="没有“letter”这种模板"):
        draft_of("甲", "letter", "zh-CN")
    broken = draft_of("{# duban templates reminder zh-CN 0 #}\n" + OWN + "{{ mail.x }}", "reminder", "zh-CN")
    assert [one.line for one in problems_of(worker, broken)] == [7]


# What becomes of messages


def start(database: Database, worker: NoteWorker) -> tuple[Office, RememberingChannel]:
    channel = RememberingChannel()
    build(database, Task("1.1"), Task("1.2"), emails=EMAILS, policy=LOOP_OFF)
    return replace(mail_office(channel), note_worker=worker, links=LINKED.links), channel


def store(database: Database, source: str, kind: str = "reminder") -> None:
    """A version as an older or a careless program might have stored it: without any check."""
    with database.write() as session:
        message_templates.add(session, kind, "zh-CN", 1, source, "", "王示例", NOW)


def test_an_own_template_is_subject_text_page_and_card(database: Database, worker: NoteWorker) -> None:
    office, channel = start(database, worker)
    set_(database, worker, draft())
    turn(database, office, MORNING)
    (message,) = messages(database)
    assert message.subject == "督查室提醒：2项待报"
    assert message.card is not None
    card = Card.from_json(message.card)
    assert card.title == message.subject
    assert card.button is not None
    assert card.button.href.startswith("duban-link:")
    assert [block.role for block in card.blocks] == ["item", "item"]
    for part in (message.text, message.html):
        assert "任务1.1" in part
        assert "任务1.2" in part
        assert card.button.href in part
    (sent,) = channel.sent
    assert "http://duban.example.org/r/" in sent.text
    assert "http://duban.example.org/r/" in sent.html


@pytest.mark.parametrize(
    "source",
    [
        OWN.replace("g.items", "g.items[:1]"),
        OWN + "{% for i in mail.groups %}" * 7 + "{% endfor %}" * 7,
        OWN + "{{ ''.__class__ }}",
        OWN + "{{ mail.groups[5].heading }}",
        "{{ (",
    ],
)
def test_where_an_own_template_fails_the_shipped_one_leaves_and_the_office_is_told(
    database: Database, worker: NoteWorker, source: str
) -> None:
    office, channel = start(database, worker)
    store(database, source)
    turn(database, office, MORNING)
    (message,) = messages(database)
    assert message.subject == "【蓝】区民政局：2项待报（第13周）"
    assert "任务1.2" in channel.sent[0].text
    with database.read() as session:
        (finding,) = runs.open_findings(session, TEMPLATE_FAILED)
    assert finding.subject == "template:reminder:zh-CN"
    assert finding.message.startswith("自定的提醒模板（zh-CN）用不了，已改用自带模板发出，内容没有缺少。")
    assert set_(database, worker, draft(base=1)) == 2
    with database.read() as session:
        assert runs.open_findings(session, TEMPLATE_FAILED) == []


def test_a_digest_goes_by_its_own_template(database: Database, worker: NoteWorker) -> None:
    office, _ = start(database, worker)
    source = "subject: 周报：{{ mail.to }}\n{{ mail.ask }}\n[[打开]]({{ mail.link }})"
    set_(database, worker, draft(source, kind="digest"))
    turn(database, office, MORNING)
    send_digest(database, office, at("2024-03-29T16:30"))
    subjects = {message.subject for message in messages(database) if message.kind == "digest"}
    assert {subject[:3] for subject in subjects} == {"周报："}


# Looking before


@pytest.mark.parametrize("has_sent", [False, True])
def test_a_preview_shows_real_rows_and_stores_nothing(
    database: Database, worker: NoteWorker, has_sent: bool
) -> None:
    office, channel = start(database, worker)
    turn(database, office, MORNING if has_sent else "2024-03-26T08:30")
    before = len(messages(database)), len(channel.sent)
    found = preview(database, office, "reminder", "zh-CN", "区民政局", at("2024-03-26T11:00"), draft())
    assert found.shown == "区民政局 联络员"
    assert found.rendered.subject == "督查室提醒：2项待报"
    assert "任务1.2" in found.rendered.text
    assert (len(messages(database)), len(channel.sent)) == before == (int(has_sent), int(has_sent))
    assert versions(database) == []


@pytest.mark.parametrize(
    ("kind", "moment", "shown"),
    [
        ("digest", "2024-03-29T16:00", "区民政局 联络员"),
        ("evaluation", "2024-04-10T10:00", "区民政局 联络员"),
        ("confirmation", "2024-04-10T10:00", ""),
        ("coordinator", "2024-03-26T10:00", ""),
    ],
)
def test_every_kind_can_be_looked_at(
    database: Database, worker: NoteWorker, kind: str, moment: str, shown: str
) -> None:
    office, _ = start(database, worker)
    turn(database, office, MORNING)
    found = preview(database, office, kind, "zh-CN", None, at(moment), None)
    assert found.shown == shown
    assert found.rendered.subject
    assert found.rendered.fault is None


def test_the_office_looks_at_its_own_findings(database: Database, worker: NoteWorker) -> None:
    office, _ = start(database, worker)
    store(database, "{{ (")
    turn(database, office, MORNING)
    found = preview(database, office, "coordinator", "zh-CN", None, at("2024-03-26T10:00"), None)
    assert "自定的提醒模板（zh-CN）用不了" in found.rendered.text


def test_in_an_empty_office_the_sample_is_shown(database: Database) -> None:
    for kind in ("reminder", "digest", "evaluation", "coordinator"):
        found = preview(database, LINKED, kind, "zh-CN", None, NOW, None)
        assert found.shown == ""
        assert found.rendered.card.blocks


def test_a_test_message_says_that_it_is_one(database: Database, worker: NoteWorker) -> None:
    office, channel = start(database, worker)
    found = preview(database, office, "reminder", "zh-CN", None, at(MORNING), draft())
    done = send_test_on(database, office, "email", "me@example.org", at(MORNING), found.rendered)
    assert done.verdict.is_accepted
    (sent,) = channel.sent
    assert (sent.to_address, sent.subject) == ("me@example.org", f"【测试】{found.rendered.subject}")
    assert sent.html == found.rendered.html
    assert messages(database) == []


def test_a_robot_gets_the_card_of_the_test_out_of_its_budget(database: Database, worker: NoteWorker) -> None:
    office, mail = start(database, worker)
    robot = RememberingRobot("群")
    robot.traits = Traits(needs_address=False, budgets=(Budget(1, 60),))
    both = replace(office, channels={**office_with(mail, robot).channels})
    found = preview(database, both, "reminder", "zh-CN", None, at(MORNING), draft())
    send_test_on(database, both, "群", "", at(MORNING), found.rendered)
    (sent,) = robot.sent
    assert sent.page == repr(([replace(found.rendered.card, title=f"【测试】{found.rendered.subject}")], ()))
    with pytest.raises(DubanError, match="限额"):
        send_test_on(database, both, "群", "", at(MORNING), found.rendered)
    assert len(robot.sent) == 1


@pytest.mark.parametrize(
    "change", ["UPDATE template_versions SET source = 'x'", "DELETE FROM template_versions"]
)
def test_the_database_refuses_to_change_a_version(
    database: Database, worker: NoteWorker, change: str
) -> None:
    set_(database, worker, draft())
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.connection().execute(text(change))
    assert versions(database) == [(1, OWN, "王示例")]
