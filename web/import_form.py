"""The form of the import preview: what it says, and where it says otherwise than somebody else has said meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from intake.given_columns import ROLES, GivenColumns
from intake.guessed_columns import guessed_columns
from intake.table import Table
from intake.workbook import is_workbook
from web.multipart import Sent
from web.typed import whole, whole_or
from workflows.import_drafts import Answers, DraftChangedError
from workflows.look_at_draft import AS_READ, COMPLETE, Looked, Question
from workflows.pair_tasks import UNSURE_MATCH

MOST_TABLES = 6
MOST_COLUMNS = 60
FIRST_ROWS = 6  # of a table, below its headings as far as they are known


@dataclass(frozen=True, slots=True)
class Mapped:
    """A table of the document with what its columns are taken to be; ``is_given`` where a person has said so."""

    number: int
    name: str
    rows: tuple[tuple[str, ...], ...]
    columns: GivenColumns
    is_given: bool


def mapped_tables(looked: Looked) -> list[Mapped]:
    """The tables whose columns can be said; none for a workbook that has its own layout."""
    if is_workbook(looked.reading.document):
        return []
    found: list[Mapped] = []
    for number, table in enumerate(_tables(looked)):
        width = max((len(row) for row in table.rows), default=0)
        if len(table.rows) < 2 or width < 2 or len(found) == MOST_TABLES:
            continue
        given = looked.draft.answers.columns.get(number)
        columns = given or guessed_columns(table)
        shown = table.rows[: max(columns.headings, 1) + FIRST_ROWS]
        texts = tuple(
            tuple(_short(row[i].text if i < len(row) else "") for i in range(min(width, MOST_COLUMNS)))
            for row in shown
        )
        found.append(Mapped(number, table.name, texts, columns, given is not None))
    return found


def answers_of(sent: Sent, looked: Looked) -> Answers:
    """What the form says; of what it does not show nothing changes."""
    old = looked.draft.answers
    into = whole(sent.get("into"))
    return Answers(
        year=whole(sent.get("year")) if "year" in sent.fields else old.year,
        into=into if "into" in sent.fields else old.into,
        again=sent.get("again") == "1" and into is None,
        decided=dict(old.decided) | dict(_decided(sent, looked)),
        rows={} if looked.is_own else dict(_rows(sent, looked)),
        columns=_columns(sent, looked),
    )


def differences(error: DraftChangedError, looked: Looked) -> list[tuple[str, str, str]]:
    """What was answered differently: the key of a word or a quote, what is stored now, what was typed."""
    stored, typed = error.stored.answers, error.typed
    plain = [(name, getattr(stored, name), getattr(typed, name)) for name in ("year", "into", "again")]
    found = [
        (f"imports.conflict.{name}", str(now or ""), str(own or "")) for name, now, own in plain if now != own
    ]
    for question in looked.questions:
        now, own = stored.decided.get(question.key), typed.decided.get(question.key)
        if now != own:
            found.append((question.finding.quote, now or "", own or ""))
    for row in looked.rows:
        pair = stored.rows.get(row.key), typed.rows.get(row.key)
        if pair[0] != pair[1]:
            found.append(
                (
                    f"{row.subtask.no} {row.subtask.title}",
                    _mark(pair[0], row.is_clean),
                    _mark(pair[1], row.is_clean),
                )
            )
    if stored.columns != typed.columns:
        found.append(("imports.conflict.columns", _roles(stored), _roles(typed)))
    return found


def _mark(chosen: bool | None, otherwise: bool) -> str:
    return "☑" if (otherwise if chosen is None else chosen) else "☐"


def _roles(answers: Answers) -> str:
    return "; ".join(", ".join(one.roles) for one in answers.columns.values())


def _tables(looked: Looked) -> list[Table]:
    return [part for part in looked.reading.document.parts if isinstance(part, Table)]


def _decided(sent: Sent, looked: Looked) -> Iterator[tuple[str, str]]:
    """Each answer that the form gives; the button for it answers all open questions as they were read."""
    for one in looked.questions:
        told = sent.get(f"q-{one.key}")
        if told == "as-read" and one.finding.code not in COMPLETE:
            yield one.key, AS_READ
        elif whole_or(told, len(one.options)) < len(one.options):
            yield one.key, one.options[whole_or(told, 0)]
        elif sent.get("do") == "as-read" and one.is_open:
            yield from _as_read(one)


def _as_read(question: Question) -> Iterator[tuple[str, str]]:
    if question.finding.code == UNSURE_MATCH:
        return  # of these nothing was read
    yield question.key, question.options[0] if question.finding.code in COMPLETE else AS_READ


def _rows(sent: Sent, looked: Looked) -> Iterator[tuple[str, bool]]:
    """What was chosen against the proposal: of the rows that the form shows by its boxes, of all others as before."""
    shown = set(sent.get("shown").split(","))
    for row in looked.rows:
        if row.key in shown:
            ticked = sent.get(f"r-{row.key}") == "1"
            if ticked != row.is_clean:
                yield row.key, ticked
        elif row.key in looked.draft.answers.rows:
            yield row.key, looked.draft.answers.rows[row.key]


def _columns(sent: Sent, looked: Looked) -> Mapping[int, GivenColumns]:
    """Tables whose columns are said to be otherwise than they are taken by themselves."""
    found = dict(looked.draft.answers.columns)
    tables = _tables(looked)
    for number, table in enumerate(tables):
        if f"t-{number}" not in sent.fields:
            continue
        guess = guessed_columns(table)
        shown = found.get(number, guess)
        said = replace(
            shown,
            headings=min(whole(sent.get(f"t-{number}")) or 0, len(table.rows)),
            roles=tuple(
                _role(sent.get(f"c-{number}-{index}"), role) for index, role in enumerate(shown.roles)
            ),
        )
        found.pop(number, None)
        if said != guess:
            found[number] = said
    return found


def _role(text: str, otherwise: str) -> str:
    return text if text in ROLES else otherwise


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 60 else plain[:59] + "…"
