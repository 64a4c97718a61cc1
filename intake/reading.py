"""The way in for files: a path becomes a document, whatever the file does."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import IO

from engine.errors import IntakeError
from intake.document_json import Reading, reading_from_json
from intake.draft import Finding
from intake.formats import kind_of, usual_suffixes
from intake.limits import LIMITS, Limits, check_archive, check_size, failed, read_in_child
from intake.table import Place

__all__ = ["Reading", "parse", "read_document"]


def read_document(path: Path, limits: Limits = LIMITS, name: str = "") -> Reading:
    """Return the document at ``path`` as read in a child process, with findings about the file itself.

    ``name`` is what its sender calls it, where it is kept under another name. Raises ``IntakeError`` for whatever
    cannot or must not be read (see docs/import-layout.md for the codes); the caller's process stays unharmed.
    """
    name = name or path.name
    if not path.is_file():
        raise IntakeError("FILE_NOT_FOUND", f"“{name}”：找不到这个文件。请检查路径和文件名。")
    with _opened(path) as file:
        check_size(os.fstat(file.fileno()).st_size, name, limits)
        answer = read_in_child(file, name, limits)
    try:
        return reading_from_json(answer)
    except (KeyError, TypeError, ValueError) as error:
        raise failed(name, "malformed reading") from error


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise IntakeError(
            "FILE_UNREADABLE", f"“{path.name}”：文件打不开。请检查读取权限，并确认没有被其他程序占用。"
        ) from error


def parse(data: bytes, name: str, limits: Limits = LIMITS) -> Reading:
    """Return the document in ``data``, read in this very process: only for data that is trusted or confined.

    Raises ``IntakeError``, and whatever a parser raises that meets nonsense.
    """
    check_size(len(data), name, limits)
    kind = kind_of(data, name)
    if kind in ("xlsx", "docx"):
        check_archive(data, name, limits)
    reading = _READERS[kind](data, name, limits)
    usual = usual_suffixes(kind)
    if usual and PurePath(name).suffix.lower() not in usual:
        note = f"扩展名与内容不符：内容是 {usual[0]}，已按内容读取。"
        reading = Reading(
            reading.document, (Finding("note", "WRONG_SUFFIX", Place(), name, note), *reading.findings)
        )
    return reading


# Each reader is imported when it is needed: the child process starts in half the time.


def _xlsx(data: bytes, name: str, limits: Limits) -> Reading:
    from intake.xlsx import read_xlsx

    return read_xlsx(data, name, limits)


def _docx(data: bytes, name: str, limits: Limits) -> Reading:
    from intake.docx import read_docx

    return read_docx(data, name, limits)


def _xls(data: bytes, name: str, limits: Limits) -> Reading:
    from intake.xls import read_xls

    return read_xls(data, name, limits)


def _pdf(data: bytes, name: str, limits: Limits) -> Reading:
    from intake.pdf import read_pdf

    return read_pdf(data, name, limits)


def _html(data: bytes, name: str, limits: Limits) -> Reading:
    from intake.html import read_html

    return read_html(data, name, limits)


def _mht(data: bytes, name: str, limits: Limits) -> Reading:
    from intake.mht import read_mht

    return read_mht(data, name, limits)


def _csv(data: bytes, name: str, limits: Limits) -> Reading:
    from intake.csv import read_csv

    return read_csv(_in_utf8(data), name, limits)


def _text(data: bytes, name: str, _: Limits) -> Reading:
    from intake.text import read_text

    return Reading(read_text(_in_utf8(data), name))


_READERS = {
    "xlsx": _xlsx,
    "docx": _docx,
    "xls": _xls,
    "pdf": _pdf,
    "html": _html,
    "mht": _mht,
    "csv": _csv,
    "text": _text,
}


def _in_utf8(data: bytes) -> bytes:
    # "Unicode text" of Windows programs; the readers of text know UTF-8, GB18030 and Big5.
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data
    try:
        return data.decode("utf-16").encode()
    except UnicodeDecodeError:
        return data
