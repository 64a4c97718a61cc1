"""Documents that wait: kept by their content, answered by one at a time, ended with what they brought."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from db import tables
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from intake.given_columns import GivenColumns
from tests.workflows.test_promises_races import together
from workflows.backup import back_up
from workflows.import_drafts import (
    CONTACTS,
    PLAN,
    Answers,
    Draft,
    DraftChangedError,
    answer,
    drop,
    file_of,
    find_draft,
    hand_in,
    waiting,
)
from workflows.list_draft_units import units_of
from workflows.list_imports import batch_lines, todo_of
from workflows.look_at_draft import Looked, import_draft, look
from workflows.restore import restore

NOW = datetime(2024, 3, 14, 2, 30, tzinfo=UTC)
DOCUMENT = """云溪区2024年民生实事任务分解表
序号\t任务\t牵头单位\t配合单位\t完成时限
1\t新建口袋公园6个\t区园林局\t相关街道\t10月底前
2\t整治背街小巷20条\t区城管局\t--\t9月底前
"""
TWO_READINGS = DOCUMENT.replace("分解表\n", "分解表\n各单位于11月前全面完成，12月查漏补缺。\n")
STRANGE = "甲栏\t乙栏\t丙栏\n1\t新建驿站6个\t县民政局\n2\t改造泵站4座\t县水利局\n"


def handed_in(database: Database, folder: Path, text: str = DOCUMENT) -> Draft:
    number = hand_in(database, folder, PLAN, "任务.txt", text.encode(), NOW, "督查室")
    with database.read() as session:
        return find_draft(session, number)


def count(database: Database, table: type[tables.Plan] | type[tables.ImportBatch]) -> int:
    with database.read() as session:
        return len(session.exec(select(table)).all())


def stored(database: Database, looked: Looked, **options: bool) -> int:
    wish = {"keep_rest": True} | options
    done = import_draft(database, looked, NOW, "督查室", "Asia/Shanghai", keep_rest=wish["keep_rest"])
    assert done.batch_id is not None
    return done.batch_id


def test_a_document_is_kept_by_its_content(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    draft = handed_in(database, folder)
    assert file_of(folder, draft).read_text() == DOCUMENT
    assert handed_in(database, folder).id == draft.id
    assert [path.name for path in folder.iterdir()] == [draft.sha256]


def test_a_document_that_was_changed_where_it_lies_is_not_read(
    sqlite_database: Database, tmp_path: Path
) -> None:
    draft = handed_in(sqlite_database, tmp_path)
    (tmp_path / draft.sha256).write_text("别的内容")
    with pytest.raises(DubanError, match="已不在存放处"):
        look(sqlite_database, tmp_path, draft)


def test_what_somebody_else_has_answered_is_not_written_over(database: Database, tmp_path: Path) -> None:
    draft = handed_in(database, tmp_path)
    first = answer(database, draft.id, draft.revision, Answers(year=2025), NOW)
    assert first.revision == draft.revision + 1
    with pytest.raises(DraftChangedError) as refused:
        answer(database, draft.id, draft.revision, Answers(year=2026), NOW)
    assert (refused.value.stored.answers.year, refused.value.typed.year) == (2025, 2026)
    with database.read() as session:
        assert find_draft(session, draft.id).answers.year == 2025


def test_saying_the_same_again_is_no_change(sqlite_database: Database, tmp_path: Path) -> None:
    draft = handed_in(sqlite_database, tmp_path)
    said = answer(sqlite_database, draft.id, draft.revision, Answers(year=2025), NOW)
    assert answer(sqlite_database, draft.id, draft.revision, Answers(year=2025), NOW) == said


def test_nothing_is_stored_of_a_document_that_was_answered_since_it_was_looked_at(
    database: Database, tmp_path: Path
) -> None:
    draft = handed_in(database, tmp_path)
    looked = look(database, tmp_path, draft)
    answer(database, draft.id, draft.revision, Answers(year=2025), NOW)
    with pytest.raises(DraftChangedError):
        stored(database, looked)
    assert (count(database, tables.Plan), count(database, tables.ImportBatch)) == (0, 0)


def test_a_document_is_imported_once(database: Database, tmp_path: Path) -> None:
    looked = look(database, tmp_path, handed_in(database, tmp_path))
    batch = stored(database, looked)
    with pytest.raises(DubanError):
        stored(database, looked)
    assert count(database, tables.Plan) == 1
    with database.read() as session:
        draft = find_draft(session, looked.draft.id)
        assert waiting(session) == []
    assert (draft.ended_reason, draft.batch_id) == ("imported", batch)
    with pytest.raises(DubanError, match="已经导入或放弃"):
        answer(database, draft.id, draft.revision, Answers(year=2025), NOW)


def test_a_dropped_document_waits_no_longer_and_may_be_handed_in_again(
    database: Database, tmp_path: Path
) -> None:
    draft = handed_in(database, tmp_path)
    drop(database, draft.id, NOW, "督查室")
    with database.read() as session:
        assert waiting(session) == []
    assert handed_in(database, tmp_path).id != draft.id


def test_a_row_is_clean_unless_something_about_it_is_open(sqlite_database: Database, tmp_path: Path) -> None:
    looked = look(sqlite_database, tmp_path, handed_in(sqlite_database, tmp_path, TWO_READINGS))
    (asked,) = looked.open_questions
    assert (asked.finding.code, asked.options) == ("AMBIGUOUS_DEADLINE", ("2024-11-30", "2024-10-31"))
    assert [row.is_clean for row in looked.rows] == [True, True]
    with pytest.raises(DubanError, match="还有 1 个问题"):
        stored(sqlite_database, looked)
    said = replace(looked.draft.answers, decided={asked.key: "2024-10-31"})
    kept = answer(sqlite_database, looked.draft.id, looked.draft.revision, said, NOW)
    after = look(sqlite_database, tmp_path, kept)
    assert after.open_questions == []
    assert str(after.plan.phases[0].ends_on) == "2024-10-31"


@pytest.mark.parametrize("value", ["", "2030-01-01"])
def test_an_answer_that_is_none_of_those_offered_is_no_answer(
    sqlite_database: Database, tmp_path: Path, value: str
) -> None:
    draft = handed_in(sqlite_database, tmp_path, TWO_READINGS)
    key = look(sqlite_database, tmp_path, draft).open_questions[0].key
    kept = answer(sqlite_database, draft.id, draft.revision, Answers(decided={key: value}), NOW)
    assert [one.key for one in look(sqlite_database, tmp_path, kept).open_questions] == [key]


def test_columns_that_a_person_names_are_part_of_the_answers(
    sqlite_database: Database, tmp_path: Path
) -> None:
    draft = handed_in(sqlite_database, tmp_path, STRANGE)
    said = Answers(year=2024, columns={0: GivenColumns(("no", "task", "lead"), 1)})
    kept = answer(sqlite_database, draft.id, draft.revision, said, NOW)
    assert kept.answers == said
    looked = look(sqlite_database, tmp_path, kept)
    assert [(row.subtask.title, row.subtask.lead_units) for row in looked.rows] == [
        ("新建驿站6个", ["县民政局"]),
        ("改造泵站4座", ["县水利局"]),
    ]


def test_every_unit_of_a_document_is_known_or_new(sqlite_database: Database, tmp_path: Path) -> None:
    draft = handed_in(sqlite_database, tmp_path)
    first = look(sqlite_database, tmp_path, draft)
    assert {one.name: one.state for one in units_of(sqlite_database, first)} == {
        "区园林局": "new",
        "相关街道": "new",
        "区城管局": "new",
    }
    stored(sqlite_database, first)
    again = look(sqlite_database, tmp_path, handed_in(sqlite_database, tmp_path))
    shown = {one.name: (one.state, one.is_collective) for one in units_of(sqlite_database, again)}
    assert shown == {
        "区园林局": ("known", False),
        "相关街道": ("known", True),
        "区城管局": ("known", False),
    }


def test_a_list_of_batches_says_who_brought_what(database: Database, tmp_path: Path) -> None:
    stored(database, look(database, tmp_path, handed_in(database, tmp_path)))
    with database.read() as session:
        (line,), total = batch_lines(session)
    assert (line.who, line.plan, line.is_new, total) == ("督查室", "云溪区2024年民生实事任务分解表", True, 1)
    assert line.counts["subtasks"] == 2


def test_what_is_to_be_done_next_counts_what_is_missing(database: Database, tmp_path: Path) -> None:
    stored(database, look(database, tmp_path, handed_in(database, tmp_path)))
    with database.write() as session:
        own = col(tables.Unit.id) == col(tables.Post.unit_id)
        query = select(tables.Post.id).join(tables.Unit, own).where(col(tables.Unit.name) == "区园林局")
        session.add(
            tables.Contact(
                post_id=stored_id(session.exec(query).one()), title="联络员", email="a@example.com"
            )
        )
    with database.read() as session:
        plan_id = session.exec(select(tables.Plan.id)).one()
        assert plan_id is not None
        todo = todo_of(session, plan_id, NOW.date())
    assert (todo.unreached, todo.leading, todo.without_lead) == (("区城管局",), 2, 0)
    assert (todo.without_milestones, todo.subtasks) == (2, 2)
    assert sorted(one.unit for one in todo.first) == ["区园林局", "区城管局"]


def test_a_backup_takes_the_documents_along(
    sqlite_database: Database, empty_database: Database, tmp_path: Path
) -> None:
    draft = handed_in(sqlite_database, tmp_path / "files")
    made = back_up(sqlite_database, tmp_path / "b.zip", NOW, files=tmp_path / "files")
    assert (made.files, made.missing) == (1, [])
    empty_database.migrate()
    restore(empty_database, tmp_path / "b.zip", NOW, "督查室", files=tmp_path / "again")
    with empty_database.read() as session:
        assert file_of(tmp_path / "again", find_draft(session, draft.id)).read_text() == DOCUMENT


@pytest.mark.parametrize("turn", range(6))
def test_a_file_that_waits_is_kept_while_somebody_else_is_refused_with_the_same(
    database: Database, tmp_path: Path, turn: int
) -> None:
    content = DOCUMENT.replace("6个", f"{turn + 6}个").encode()
    numbers, refused = list[int](), list[str]()

    def give(kind: str) -> None:
        try:
            numbers.append(hand_in(database, tmp_path, kind, "任务.txt", content, NOW, kind))
        except DubanError as error:
            refused.append(error.code)

    together(lambda: give(CONTACTS), lambda: give(PLAN))
    assert (len(numbers), refused) == (1, ["NOT_CONTACTS"])
    with database.read() as session:
        draft = find_draft(session, numbers[0])
    assert file_of(tmp_path, draft).read_bytes() == content
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_two_people_who_hand_in_the_same_file_at_once_have_one_draft(
    postgres_database: Database, tmp_path: Path
) -> None:
    """Each on a node of its own: nothing in the process keeps them apart."""
    content, numbers = DOCUMENT.encode(), list[int]()

    def give(node: Database, who: str) -> None:
        numbers.append(hand_in(node, tmp_path, PLAN, "任务.txt", content, NOW, who))

    with closing(Database(postgres_database.url)) as other:
        together(lambda: give(postgres_database, "甲岗"), lambda: give(other, "乙岗"))
    assert len(set(numbers)) == 1
    with postgres_database.read() as session:
        assert [one.id for one in session.exec(select(tables.ImportDraft))] == numbers[:1]
        handed_in = select(tables.Event).where(tables.Event.what == "hand_in_document")
        assert len(session.exec(handed_in).all()) == 1


def test_of_a_refused_file_nothing_is_kept_and_what_waited_before_stays(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with pytest.raises(DubanError, match="没有“联系人”工作表"):
        hand_in(sqlite_database, tmp_path, CONTACTS, "任务.txt", DOCUMENT.encode(), NOW, "督查室")
    assert not [path for path in tmp_path.iterdir() if "sqlite3" not in path.name]
    draft = handed_in(sqlite_database, tmp_path)
    with pytest.raises(DubanError, match="没有“联系人”工作表"):
        hand_in(sqlite_database, tmp_path, CONTACTS, "任务.txt", DOCUMENT.encode(), NOW, "督查室")
    assert file_of(tmp_path, draft).read_bytes() == DOCUMENT.encode()
