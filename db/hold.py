"""停发: after a restore nothing leaves until a coordinator has said what becomes of what fell due since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from db import runs, tables

MARK = "sending_hold"
FINDING = "SENDING_HELD"


@dataclass(frozen=True, slots=True)
class Hold:
    """Since when nothing leaves, and from when the restored backup is."""

    since: datetime
    backup_of: datetime


def hold(session: Session, since: datetime, backup_of: datetime) -> None:
    """Nothing leaves any more, and the coordinators see why and what to do."""
    value = {"since": since.isoformat(), "backup_of": backup_of.isoformat()}
    runs.mark(session, MARK, json.dumps(value), since)
    sentence = (
        "已从备份恢复，发送暂停：请用 duban release --list 查看备份之后到期的消息，"
        "再用 --send 补发或用 --supersede 作废。"
    )
    runs.open_finding(session, FINDING, MARK, sentence, since, inputs={"since": since.date().isoformat()})


def held(session: Session) -> Hold | None:
    """The hold, while there is one."""
    value = runs.marked(session, MARK)
    if value is None:
        return None
    found = json.loads(value)
    return Hold(datetime.fromisoformat(found["since"]), datetime.fromisoformat(found["backup_of"]))


def let_go(session: Session, now: datetime) -> None:
    """Messages leave again."""
    session.execute(delete(tables.Mark).where(col(tables.Mark.name) == MARK))
    session.expire_all()
    runs.close_finding(session, FINDING, MARK, now)
