"""What kind of file this is, told by its content first and its suffix second; what is refused, and what to do."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath

from engine.errors import IntakeError
from intake.limits import damaged, encrypted

_TO_SHEET = "请用 Excel 或 WPS 打开，另存为 .xlsx 再导入"
_TO_WORD = "请用 Word 或 WPS 打开，另存为 .docx 再导入"
_TO_EITHER = "请另存为 .docx（文字）或 .xlsx（表格），或把文字粘贴到 .txt 文件，再导入"
_SCAN = "图片里的文字无法读取。请向发文单位索取 .docx 或 .xlsx，或识别成文字并核对后存为 .txt 再导入"

# suffix → what it is called, what to do
_REFUSED_SUFFIXES: dict[str, tuple[str, str]] = {
    ".xls": ("旧版 Excel 工作簿（.xls）", _TO_SHEET),
    ".et": ("WPS 表格（.et）", _TO_SHEET),
    ".ett": ("WPS 表格模板（.ett）", _TO_SHEET),
    ".xlsb": ("二进制工作簿（.xlsb）", _TO_SHEET),
    ".ods": ("OpenDocument 表格（.ods）", _TO_SHEET),
    ".doc": ("旧版 Word 文档（.doc）", _TO_WORD),
    ".wps": ("WPS 文字（.wps）", _TO_WORD),
    ".wpt": ("WPS 文字模板（.wpt）", _TO_WORD),
    ".odt": ("OpenDocument 文档（.odt）", _TO_WORD),
    ".rtf": ("RTF 文档", _TO_WORD),
    ".pdf": ("PDF", _TO_EITHER),
    ".ofd": ("OFD 版式文件", _TO_EITHER),
    ".ceb": ("CEB 版式文件", _TO_EITHER),
    ".html": ("网页", _TO_EITHER),
    ".htm": ("网页", _TO_EITHER),
    ".mht": ("网页", _TO_EITHER),
    ".xml": ("XML 文件", _TO_EITHER),
    ".ppt": ("演示文稿", _TO_EITHER),
    ".pptx": ("演示文稿", _TO_EITHER),
    ".zip": ("压缩包", "请先解压，再逐个导入其中的文件"),
    ".rar": ("压缩包", "请先解压，再逐个导入其中的文件"),
    ".7z": ("压缩包", "请先解压，再逐个导入其中的文件"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"), ("图片", _SCAN)),
}

# first bytes → the suffix whose refusal applies
_REFUSED_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", ".pdf"),
    (b"\x89PNG", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"II*\x00", ".tif"),
    (b"MM\x00*", ".tif"),
    (b"{\\rtf", ".rtf"),
    (b"Rar!", ".rar"),
    (b"7z\xbc\xaf\x27\x1c", ".7z"),
)
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .xls, .doc, .et, .wps and of encrypted .xlsx
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_TEXT_SUFFIXES = {".csv": "csv", ".tsv": "csv"}


def kind_of(data: bytes, name: str) -> str:
    """Return ``xlsx``, ``docx``, ``csv`` or ``text``; raises ``IntakeError`` for what cannot be read."""
    suffix = PurePath(name).suffix.lower()
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_archive(data, name, suffix)
    if data.startswith(_OLE2):
        raise _refusal_of_ole2(data, name, suffix)
    if refused := _refused_by_start(data):
        raise _refusal(name, refused)
    if suffix in _REFUSED_SUFFIXES:
        raise _refusal(name, suffix)
    if suffix in (".xlsx", ".xlsm", ".docx", ".docm"):
        raise damaged(name)
    if b"\0" in data and not data.startswith(_UTF16):
        raise _unknown(name)
    return _TEXT_SUFFIXES.get(suffix, "text")


def usual_suffixes(kind: str) -> tuple[str, ...]:
    """Return the suffixes that a file of this kind normally carries; empty where any will do."""
    return {"xlsx": (".xlsx", ".xlsm", ".xltx"), "docx": (".docx", ".docm", ".dotx")}.get(kind, ())


def _kind_of_archive(data: bytes, name: str, suffix: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise damaged(name) from error
    if "xl/workbook.bin" in names:
        raise _refusal(name, ".xlsb")
    if any(entry.startswith("xl/") for entry in names):
        return "xlsx"
    if any(entry.startswith("word/") for entry in names):
        return "docx"
    raise _refusal(name, suffix if suffix in _REFUSED_SUFFIXES else ".zip")


def _refusal_of_ole2(data: bytes, name: str, suffix: str) -> IntakeError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return encrypted(name)
    if suffix in _REFUSED_SUFFIXES:
        return _refusal(name, suffix)
    word = suffix in (".docx", ".docm", ".txt") or "WordDocument".encode("utf-16-le") in data
    return _refusal(name, ".doc" if word else ".xls")


def _refused_by_start(data: bytes) -> str | None:
    head = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return ".html"
    return next((suffix for start, suffix in _REFUSED_STARTS if data.startswith(start)), None)


def _refusal(name: str, suffix: str) -> IntakeError:
    what, todo = _REFUSED_SUFFIXES[suffix]
    return IntakeError("UNSUPPORTED_FORMAT", f"“{name}”：这是{what}，不能直接读取。{todo}。")


def _unknown(name: str) -> IntakeError:
    return IntakeError("UNSUPPORTED_FORMAT", f"“{name}”：无法识别这种文件。{_TO_EITHER}。")
