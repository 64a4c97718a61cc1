"""附件: files that people hand in, known by their content, kept outside the web root under names of our own."""

from __future__ import annotations

import hashlib
import io
import os
import re
import secrets
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session, col

from db import tables
from engine.errors import DubanError

MOST_FILES = 5
MOST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 120
STORED = re.compile(r"[0-9a-f]{32}")
ALLOWED = "PDF、图片、Word、Excel、PPT、OFD、WPS 和纯文本"

BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # doc, xls, ppt, wps, et
)
OFFICE = "application/vnd.openxmlformats-officedocument."
PACKED = (  # what such a zip has inside
    ("word/", OFFICE + "wordprocessingml.document"),
    ("xl/", OFFICE + "spreadsheetml.sheet"),
    ("ppt/", OFFICE + "presentationml.presentation"),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies in the folder already; its row is still to be written."""

    file_name: str
    stored_name: str
    media_type: str
    size: int
    sha256: str


def checked(files: Sequence[tuple[str, bytes]]) -> list[tuple[str, str, bytes]]:
    """Name, media type and content of each. Raises DubanError TOO_MANY_FILES, FILE_TOO_BIG, BAD_ATTACHMENT."""
    if len(files) > MOST_FILES:
        raise DubanError("TOO_MANY_FILES", f"一次最多附 {MOST_FILES} 个文件：请减少后重新选择。")
    return [(_clean(name), _media_type(name, content), content) for name, content in files]


@contextmanager
def kept_in(folder: Path, files: Sequence[tuple[str, bytes]]) -> Iterator[list[Kept]]:
    """The files lie in the folder, safe against a power cut; gone again when an error leaves the block."""
    found = checked(files)
    kept: list[Kept] = []
    try:
        for name, media_type, content in found:
            kept.append(_write(folder, name, media_type, content))
        yield kept
    except BaseException:
        for one in kept:
            (folder / one.stored_name).unlink(missing_ok=True)
        raise


def attach(
    session: Session, owner: str, owner_id: int, files: Sequence[Kept], now: datetime, who: str
) -> list[tables.Attachment]:
    """The files belong to that owner (report, change, case, subtask) from now on."""
    rows = [
        tables.Attachment(
            owner=owner,
            owner_id=owner_id,
            file_name=one.file_name,
            stored_name=one.stored_name,
            media_type=one.media_type,
            size=one.size,
            sha256=one.sha256,
            at=now,
            who=who,
        )
        for one in files
    ]
    session.add_all(rows)
    session.flush()
    return rows


def attachments_of(session: Session, owner: str, owner_ids: Sequence[int]) -> list[tables.Attachment]:
    """The files of these owners in the order in which they came."""
    table = tables.Attachment
    query = select(table).where(col(table.owner) == owner, col(table.owner_id).in_(owner_ids))
    return list(session.execute(query.order_by(col(table.id))).scalars())


def content_of(folder: Path, row: tables.Attachment) -> bytes:
    """The file's content. Raises DubanError FILE_MISSING when it is gone or was changed."""
    try:
        if not STORED.fullmatch(row.stored_name):
            raise OSError
        content = (folder / row.stored_name).read_bytes()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise DubanError("FILE_MISSING", f"附件“{row.file_name}”已不在存放处：请联系督查科室。")
    return content


def _write(folder: Path, name: str, media_type: str, content: bytes) -> Kept:
    stored = secrets.token_hex(16)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder / stored, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        (folder / stored).unlink(missing_ok=True)
        raise DubanError(
            "FILE_NOT_WRITTEN", f"附件没有存下（{error.strerror}）：请稍后再试，或联系督查科室。"
        ) from None
    return Kept(name, stored, media_type, len(content), hashlib.sha256(content).hexdigest())


def _clean(name: str) -> str:
    """The last part of the name, on one line, without what only serves to deceive."""
    last = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069<>:\"|?*]", "", last)
    plain = plain.encode(errors="replace").decode().strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if len(plain) > LONGEST_NAME:
        plain = stem[: LONGEST_NAME - 10] + dot + ending[:9]
    return plain or "附件"


def _media_type(name: str, content: bytes) -> str:
    """What the content is, whatever it is called."""
    if len(content) > MOST_BYTES:
        raise DubanError("FILE_TOO_BIG", f"附件“{_clean(name)}”超过 10 MB：请压缩或拆分后重新选择。")
    for beginning, media_type in BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    found = _picture(content) or _packed(content) or _text(content)
    if found is None:
        raise DubanError("BAD_ATTACHMENT", f"附件“{_clean(name)}”不是可以接收的文件：请附{ALLOWED}。")
    return found


def _picture(content: bytes) -> str | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"mif1", b"heif"):
        return "image/heic"
    return None


def _packed(content: bytes) -> str | None:
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist()[:5000])
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None
    if "OFD.xml" in names:
        return "application/ofd"
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    return next((kind for part, kind in PACKED if any(name.startswith(part) for name in names)), None)


def _text(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        is_plain = not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
        return "text/plain" if text.strip() and is_plain and not text.lstrip().startswith("<") else None
    return None
