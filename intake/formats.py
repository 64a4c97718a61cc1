"""What kind of file this is, told by its content first and its suffix second; what is refused, and what to do."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath

from engine.errors import IntakeError
from intake.limits import damaged, encrypted
from intake.ole2 import MAGIC, DamagedOle2Error, Ole2

_TO_SHEET = "请用 Excel 或 WPS 打开，另存为 .xlsx 再导入"
_TO_WORD = "请用 Word 或 WPS 打开，另存为 .docx 再导入"
_TO_EITHER = "请另存为 .docx（文字）或 .xlsx（表格），或把文字粘贴到 .txt 文件，再导入"
_SCAN = "图片里的文字无法读取。请向发文单位索取 .docx 或 .xlsx，或识别成文字并核对后存为 .txt 再导入"

# suffix → what it is called, what to do
_REFUSED_SUFFIXES: dict[str, tuple[str, str]] = {
    ".xlsb": ("二进制工作簿（.xlsb）", _TO_SHEET),
    ".ods": ("OpenDocument 表格（.ods）", _TO_SHEET),
    ".doc": ("旧版 Word 文档（.doc）", _TO_WORD),
    ".wps": ("WPS 文字（.wps）", _TO_WORD),
    ".wpt": ("WPS 文字模板（.wpt）", _TO_WORD),
    ".odt": ("OpenDocument 文档（.odt）", _TO_WORD),
    ".rtf": ("RTF 文档", _TO_WORD),
    ".ofd": ("OFD 版式文件", _TO_EITHER),
    ".ceb": ("CEB 版式文件", _TO_EITHER),
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
    (b"\x89PNG", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"II*\x00", ".tif"),
    (b"MM\x00*", ".tif"),
    (b"{\\rtf", ".rtf"),
    (b"Rar!", ".rar"),
    (b"7z\xbc\xaf\x27\x1c", ".7z"),
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_TEXT_SUFFIXES = {".csv": "csv", ".tsv": "csv"}
_SHEET_SUFFIXES = (".xls", ".et", ".ett", ".xlt")
_PAGE_SUFFIXES = (".html", ".htm", ".shtml", ".xhtml")
_PAGE_START = re.compile(
    rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|title|body|table|div|style)[\s>]",
    re.DOTALL | re.IGNORECASE,
)
# How a page begins that was saved with its parts in one file (RFC 2557), whatever heading comes first.
_ARCHIVED_PAGE = re.compile(rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?mime-version:", re.IGNORECASE)


def kind_of(data: bytes, name: str) -> str:
    """Return ``xlsx``, ``docx``, ``xls``, ``pdf``, ``html``, ``mht``, ``csv`` or ``text``.

    Raises ``IntakeError`` for what cannot be read.
    """
    suffix = PurePath(name).suffix.lower()
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_archive(data, name, suffix)
    if data.startswith(MAGIC):
        return _kind_of_ole2(data, name, suffix)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if refused := next((suffix for start, suffix in _REFUSED_STARTS if data.startswith(start)), None):
        raise _refusal(name, refused)
    if page := _kind_of_page(data, suffix):
        return page
    return _kind_of_text(data, name, suffix)


def _kind_of_page(data: bytes, suffix: str) -> str | None:
    """Programs save pages under any name: ``.xls`` and ``.doc`` above all."""
    head = data[:4096].replace(b"\0", b"") if data.startswith(_UTF16) else data[:4096]
    head = head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip()
    if _ARCHIVED_PAGE.match(head):
        return "mht"
    if _PAGE_START.match(head) or suffix in _PAGE_SUFFIXES:
        return "html"
    return None


def _kind_of_text(data: bytes, name: str, suffix: str) -> str:
    binary = b"\0" in data and not data.startswith(_UTF16)
    if suffix in _SHEET_SUFFIXES and not binary and b"\t" in data:
        return "csv"  # what reporting systems write and call .xls
    if suffix in _REFUSED_SUFFIXES:
        raise _refusal(name, suffix)
    if suffix in (".xlsx", ".xlsm", ".docx", ".docm", ".pdf", ".mht", ".mhtml", *_SHEET_SUFFIXES):
        raise damaged(name)
    if binary:
        raise _unknown(name)
    return _TEXT_SUFFIXES.get(suffix, "text")


def usual_suffixes(kind: str) -> tuple[str, ...]:
    """Return the suffixes that a file of this kind normally carries; empty where any will do."""
    return _USUAL_SUFFIXES.get(kind, ())


_USUAL_SUFFIXES = {
    "xlsx": (".xlsx", ".xlsm", ".xltx", ".et"),
    "docx": (".docx", ".docm", ".dotx"),
    "xls": (".xls", ".et", ".ett", ".xlt"),
    "pdf": (".pdf",),
    "html": (*_PAGE_SUFFIXES, ".xls", ".doc"),
    "mht": (".mht", ".mhtml", ".doc", ".xls"),
}


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


def _kind_of_ole2(data: bytes, name: str, suffix: str) -> str:
    try:
        streams = Ole2(data).streams
    except DamagedOle2Error as error:
        raise (_refusal(name, suffix) if suffix in _REFUSED_SUFFIXES else damaged(name)) from error
    if "EncryptedPackage" in streams:
        raise encrypted(name)
    if "WordDocument" in streams:
        raise _refusal(name, suffix if suffix in (".wps", ".wpt") else ".doc")
    if "Workbook" in streams or "Book" in streams:
        return "xls"
    raise _refusal(name, suffix) if suffix in _REFUSED_SUFFIXES else _unknown(name)


def _refusal(name: str, suffix: str) -> IntakeError:
    what, todo = _REFUSED_SUFFIXES[suffix]
    return IntakeError("UNSUPPORTED_FORMAT", f"“{name}”：这是{what}，不能直接读取。{todo}。")


def _unknown(name: str) -> IntakeError:
    return IntakeError("UNSUPPORTED_FORMAT", f"“{name}”：无法识别这种文件。{_TO_EITHER}。")
