"""What somebody pastes or pipes into the command instead of naming a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from intake.limits import LIMITS

STANDARD_INPUT = Path("-")
SHOWN_AS = "粘贴的文字"


@contextmanager
def file_of(named: Path) -> Iterator[Path]:
    """The file named; for ``-`` one that holds what comes on standard input, gone when the work is done."""
    if named != STANDARD_INPUT:
        yield named
        return
    if sys.stdin.isatty():
        print("请粘贴任务表，最后另起一行按 Ctrl-D（Windows 按 Ctrl-Z 再回车）。", file=sys.stderr)
    with TemporaryDirectory() as folder:
        path = Path(folder) / SHOWN_AS
        path.write_bytes(sys.stdin.buffer.read(LIMITS.max_bytes + 1))
        yield path
