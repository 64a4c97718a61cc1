"""What the database itself refuses: to change or delete what somebody answers for.

On SQLite a migration that rebuilds one of these tables (batch mode) loses its triggers: it calls
``install`` again at its end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection, inspect, text

from db.fingerprints import CONTENT

FILED = "OLD.batch_id IS NULL"  # an import's own reports go with the import when it is undone
FIGURES = "EXISTS (SELECT 1 FROM progress_reports r WHERE r.id = OLD.report_id AND r.batch_id IS NULL)"
ALWAYS = "1 = 1"
JSON_COLUMNS = ("content", "proposed", "previous")


def _differs(table: str) -> str:
    """Whether an update changes what the row says."""
    sides = [
        (f"CAST(OLD.{one} AS TEXT)", f"CAST(NEW.{one} AS TEXT)")
        if one in JSON_COLUMNS
        else (f'OLD."{one}"', f'NEW."{one}"')
        for one in CONTENT[table]
    ]
    return " OR ".join(f"{old} <DIFFERS> {new}" for old, new in sides)


REFUSED: Mapping[tuple[str, str], str] = {
    ("events", "UPDATE"): "OLD.hash <> ''",
    ("events", "DELETE"): ALWAYS,
    ("progress_reports", "UPDATE"): f"{FILED} AND ({_differs('progress_reports')})",
    ("progress_reports", "DELETE"): FILED,
    ("report_quantities", "UPDATE"): FIGURES,
    ("report_quantities", "DELETE"): FIGURES,
    ("report_reviews", "UPDATE"): ALWAYS,
    ("report_reviews", "DELETE"): ALWAYS,
    ("acknowledgements", "UPDATE"): _differs("acknowledgements"),
    ("acknowledgements", "DELETE"): ALWAYS,
    ("case_entries", "UPDATE"): ALWAYS,
    ("case_entries", "DELETE"): ALWAYS,
    ("attachments", "UPDATE"): _differs("attachments"),
    ("attachments", "DELETE"): ALWAYS,
    ("bulletins", "UPDATE"): _differs("bulletins"),
    ("deliveries", "UPDATE"): "OLD.verdict IS NOT NULL",
    ("deliveries", "DELETE"): ALWAYS,
    ("template_versions", "UPDATE"): ALWAYS,
    ("template_versions", "DELETE"): ALWAYS,
}


def install(connection: Connection) -> None:
    """From now on the database refuses these changes, whoever asks for them; a table that comes with a later
    schema is guarded when that one is installed."""
    remove(connection)
    present = frozenset(inspect(connection).get_table_names())
    for statement in _statements(connection.dialect.name, present):
        connection.execute(text(statement))


def remove(connection: Connection) -> None:
    """The database refuses nothing any more."""
    on_sqlite = connection.dialect.name == "sqlite"
    for table, action in REFUSED:
        where = "" if on_sqlite else f" ON {table}"
        connection.execute(text(f"DROP TRIGGER IF EXISTS {_name(table, action)}{where}"))
    if not on_sqlite:
        for table, action in REFUSED:
            connection.execute(text(f"DROP FUNCTION IF EXISTS {_name(table, action)}()"))


def _statements(dialect: str, present: Collection[str]) -> Iterator[str]:
    for (table, action), condition in REFUSED.items():
        if table not in present:
            continue
        name, says = _name(table, action), f"append-only: {action} {table}"
        if dialect == "sqlite":
            when = condition.replace("<DIFFERS>", "IS NOT")
            yield (
                f"CREATE TRIGGER {name} BEFORE {action} ON {table} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
            )
            continue
        when = condition.replace("<DIFFERS>", "IS DISTINCT FROM")
        after = "NEW" if action == "UPDATE" else "OLD"
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {when} THEN RAISE EXCEPTION '{says}' USING ERRCODE = '23514'; END IF; RETURN {after}; END $$"
        )
        yield (f"CREATE TRIGGER {name} BEFORE {action} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _name(table: str, action: str) -> str:
    return f"keep_{table}_{action.lower()}"
