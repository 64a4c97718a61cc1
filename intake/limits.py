"""How much a document may ask for, and the process in which it is read.

A file that comes from outside is parsed in a child process: what it may burn is bounded there, and whatever
it does, the caller gets either a reading or an ``IntakeError``.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from engine.errors import IntakeError

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost; sizes in bytes, times in seconds."""

    max_bytes: int = 10 * MIB
    max_entries: int = 200
    max_unpacked: int = 100 * MIB
    max_ratio: int = 100
    max_rows: int = 20_000
    max_columns: int = 500
    max_cells: int = 500_000  # rows × columns, all sheets or tables of the document together
    max_pages: int = 200
    max_answer: int = 200 * MIB
    memory: int = 1024 * MIB
    cpu_seconds: int = 30
    wall_seconds: float = 60.0


LIMITS = Limits()


def read_in_child(file: IO[bytes], name: str, limits: Limits) -> Mapping[str, Any]:
    """Return what ``intake.child`` answers for the open ``file``: the JSON object of a reading.

    Raises ``IntakeError`` with the child's own refusal, or ``READ_TIMEOUT``, ``READ_MEMORY``, ``READ_FAILED``
    where it was stopped.
    """
    with tempfile.TemporaryFile() as answer:
        try:
            status = _run_child(file, answer, name, limits)
        except subprocess.TimeoutExpired:
            raise _too_slow(name) from None
        except OSError as error:  # no process or no room for its answer
            raise failed(name, f"{type(error).__name__}: {error}") from error
        return _answer_of(answer, status, name, limits)


def _run_child(file: IO[bytes], answer: IO[bytes], name: str, limits: Limits) -> int:
    root = str(Path(__file__).resolve().parent.parent)
    search = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    return subprocess.run(
        [sys.executable, "-m", "intake.child", json.dumps({"name": name, "limits": asdict(limits)})],
        stdin=file,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        cwd=root,
        env={**os.environ, "PYTHONPATH": search},
        timeout=limits.wall_seconds,
        check=False,
    ).returncode


def _answer_of(answer: IO[bytes], status: int, name: str, limits: Limits) -> Mapping[str, Any]:
    if status == -signal.SIGXCPU:
        raise _too_slow(name)
    if status == -signal.SIGKILL:  # the system itself ran out of memory and chose the child
        raise too_much_memory(name)
    answer.seek(0)
    try:
        reading = json.loads(answer.read(limits.max_answer + 1))
    except (ValueError, RecursionError):
        raise failed(name, f"exit status {status}") from None
    if not isinstance(reading, dict):
        raise failed(name, "not an object")
    if "error" in reading:
        raise _refusal_of(reading, name)
    return reading


def _refusal_of(reading: Mapping[str, Any], name: str) -> IntakeError:
    error = reading["error"]
    if not isinstance(error, dict) or not error.get("code") or not error.get("message"):
        return failed(name, "malformed refusal")
    refusal = IntakeError(str(error["code"]), str(error["message"]))
    if error.get("detail"):
        refusal.__cause__ = RuntimeError(str(error["detail"]))
    return refusal


def too_much_memory(name: str) -> IntakeError:
    """Return the refusal of a document that needs more memory than ``Limits.memory``."""
    return IntakeError(
        "READ_MEMORY", f"“{name}”：读取所需的内存超过上限。请删除无关的工作表、图片和空白行列，另存后再导入。"
    )


def _too_slow(name: str) -> IntakeError:
    return IntakeError(
        "READ_TIMEOUT", f"“{name}”：读取时间超过上限，已停止。请删除无关的工作表和空白行列，另存后再导入。"
    )


def failed(name: str, detail: str) -> IntakeError:
    """Return the refusal of a document whose reading broke off; ``detail`` is its cause, for the operator."""
    error = IntakeError(
        "READ_FAILED",
        f"“{name}”：读取过程意外中止，没有导入任何内容。请用 Excel、Word 或 WPS 打开后另存一份再导入。",
    )
    error.__cause__ = RuntimeError(detail)
    return error


def apply_to_this_process(limits: Limits) -> None:
    """Bound CPU time, memory and written bytes of this process for good (where the system can)."""
    try:
        import resource
    except ImportError:  # not a POSIX system: the wall time alone is bounded, by the parent
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.max_answer, limits.max_answer))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def check_size(size: int, name: str, limits: Limits) -> None:
    """Raise ``FILE_TOO_LARGE`` or ``EMPTY_FILE`` unless a file of ``size`` bytes may be read."""
    if size > limits.max_bytes:
        raise IntakeError(
            "FILE_TOO_LARGE",
            f"“{name}”：文件有 {_mib(size)}，超过上限 {_mib(limits.max_bytes)}。请删除图片和无关的工作表，或拆成几个文件再导入。",
        )
    if size == 0:
        raise IntakeError(
            "EMPTY_FILE", f"“{name}”：文件是空的（0 字节）。请确认文件已经保存完整，再重新导入。"
        )


def check_archive(data: bytes, name: str, limits: Limits) -> None:
    """Raise an ``IntakeError`` unless the zip archive is whole, not encrypted and within ``limits``.

    Afterwards each entry is known to unpack to the size that it declares and to hold no XML entities,
    so that a parser may unpack it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_directory(archive.infolist(), name, limits)
            for entry in archive.infolist():
                _check_entry(archive, entry, name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise damaged(name) from error


def _check_directory(entries: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > limits.max_entries:
        raise IntakeError(
            "TOO_MANY_ENTRIES",
            f"“{name}”：文件内部有 {len(entries)} 个部件，超过上限 {limits.max_entries} 个。请删除图片和无关的工作表，另存后再导入。",
        )
    if unpacked > limits.max_unpacked:
        raise IntakeError(
            "UNPACKED_TOO_LARGE",
            f"“{name}”：展开后有 {_mib(unpacked)}，超过上限 {_mib(limits.max_unpacked)}。请只保留任务表，另存后再导入。",
        )
    if unpacked > limits.max_ratio * packed:
        raise IntakeError(
            "COMPRESSION_RATIO",
            f"“{name}”：压缩比超过上限 {limits.max_ratio}，可能是恶意文件。请用 Excel、Word 或 WPS 打开，确认内容后另存一份再导入。",
        )
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise encrypted(name)


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    # Office never writes a document type declaration; whoever does wants entities expanded.
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    tail = b""
    with archive.open(entry) as file:
        while chunk := file.read(64 * 1024):
            if is_xml and _declares_a_type(tail + chunk):
                raise IntakeError(
                    "XML_ENTITIES",
                    f"“{name}”：部件 {entry.filename} 含有 XML 实体声明，可能是恶意文件，已拒绝。请用 Excel、Word 或 WPS 打开，确认内容后另存一份再导入。",
                )
            tail = chunk[-32:]


def _declares_a_type(chunk: bytes) -> bool:
    # The zero bytes of UTF-16 are dropped, so that one search finds the declaration in either encoding.
    return b"<!DOCTYPE" in chunk or b"<!DOCTYPE" in chunk.replace(b"\0", b"")


def damaged(name: str) -> IntakeError:
    """Return the refusal of a file that is cut off or not what its format says."""
    return IntakeError(
        "DAMAGED_FILE",
        f"“{name}”：文件不完整或已损坏，无法读取。请重新下载或向发件人索取，用 Excel、Word 或 WPS 打开确认后另存一份再导入。",
    )


def encrypted(name: str) -> IntakeError:
    """Return the refusal of a file that wants a password."""
    return IntakeError(
        "ENCRYPTED_FILE",
        f"“{name}”：文件设有密码，无法读取。请打开后取消密码（文件 → 信息 → 保护），另存一份再导入。",
    )


def _mib(size: int) -> str:
    return f"{size / MIB:.1f} MB" if size >= MIB else f"{size} 字节"
