"""What a database's own errors mean to the person who runs duban: a code, a sentence, and what to do."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from engine.errors import DubanError

SENTENCES = {
    "DATABASE_BUSY": "数据库正被另一个进程写入，等待超时：请稍后再试。",
    "DATABASE_UNREACHABLE": "连不上数据库：请检查配置项 database_url，以及该文件夹或数据库服务是否可用。",
    "DATABASE_READ_ONLY": "数据库不可写：请检查数据库文件及其文件夹的权限，或数据库是否处于只读状态。",
    "DATABASE_DAMAGED": "数据库文件已损坏或不是数据库：请停止服务，用最近的备份恢复。",
    "DATABASE_IO": "读写数据库文件时磁盘出错：请检查磁盘和系统日志。",
    "DISK_FULL": "磁盘已满，没有保存任何内容：请清理磁盘后再试。",
}
HELPED_BY_TRYING_AGAIN = {"DATABASE_BUSY", "DATABASE_UNREACHABLE", "DISK_FULL"}

_SQLITE = {
    sqlite3.SQLITE_BUSY: "DATABASE_BUSY",
    sqlite3.SQLITE_LOCKED: "DATABASE_BUSY",
    sqlite3.SQLITE_READONLY: "DATABASE_READ_ONLY",
    sqlite3.SQLITE_PERM: "DATABASE_READ_ONLY",
    sqlite3.SQLITE_IOERR: "DATABASE_IO",
    sqlite3.SQLITE_CORRUPT: "DATABASE_DAMAGED",
    sqlite3.SQLITE_NOTADB: "DATABASE_DAMAGED",
    sqlite3.SQLITE_FULL: "DISK_FULL",
    sqlite3.SQLITE_CANTOPEN: "DATABASE_UNREACHABLE",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html; the first two characters are the class
_POSTGRESQL = {
    "08": "DATABASE_UNREACHABLE",
    "28": "DATABASE_UNREACHABLE",
    "3D": "DATABASE_UNREACHABLE",
    "57": "DATABASE_UNREACHABLE",
    "25006": "DATABASE_READ_ONLY",
    "40001": "DATABASE_BUSY",
    "40P01": "DATABASE_BUSY",
    "55P03": "DATABASE_BUSY",
    "53100": "DISK_FULL",
    "58030": "DATABASE_IO",
    "XX001": "DATABASE_DAMAGED",
    "XX002": "DATABASE_DAMAGED",
}
_SYSTEM = {
    errno.ENOSPC: "DISK_FULL",
    errno.EACCES: "DATABASE_READ_ONLY",
    errno.EROFS: "DATABASE_READ_ONLY",
    errno.EIO: "DATABASE_IO",
}


@contextmanager
def explained() -> Iterator[None]:
    """A fault of the database leaves the block as a DubanError; errors of our own making pass unchanged."""
    try:
        yield
    except DBAPIError as error:
        code = _code(error)
        if code is None:
            raise
        raise fault(code) from error


def fault(code: str) -> DubanError:
    """The error of that code, with its sentence."""
    return DubanError(code, SENTENCES[code], retry=code in HELPED_BY_TRYING_AGAIN)


def system_fault(error: OSError) -> DubanError:
    """What a file system's refusal means for the database file and the locks beside it."""
    return fault(_SYSTEM.get(error.errno or 0, "DATABASE_UNREACHABLE"))


def _code(error: DBAPIError) -> str | None:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        primary = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the higher bits only refine it
        return _SQLITE.get(primary)
    state = getattr(cause, "sqlstate", None)
    if state is None:  # the server never answered, or the connection broke
        return "DATABASE_UNREACHABLE" if type(cause).__name__ == "OperationalError" else None
    return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
