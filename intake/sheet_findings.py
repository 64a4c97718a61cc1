"""What is said of the sheets and cells of a workbook that could not be read as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intake.draft import Finding
from intake.sheet_scan import letters_of
from intake.table import Place

MAX_FINDINGS_PER_SHEET = 20  # of one kind
_TODO = {
    "UNCOMPUTED_FORMULA": "公式没有保存计算结果，按空白读取。请用 Excel 或 WPS 打开并保存一次，或改填数值。",
    "UNREADABLE_CELL": "单元格里是错误值，按空白读取。请改正公式或填入数值。",
}


def hidden_sheet(title: str) -> Finding:
    """Return the note that a hidden sheet was left out."""
    note = f"工作表“{title}”是隐藏的，没有读取。如需导入，请取消隐藏后重新导入。"
    return Finding("note", "HIDDEN_SHEET", Place(sheet=title), title, note)


def hidden_lines(title: str, rows: int, columns: int) -> Finding:
    """Return the note how many filled rows and columns of a sheet were left out because they are hidden."""
    counts = [f"{count}{word}" for count, word in ((rows, "行"), (columns, "列")) if count]
    note = f"工作表“{title}”有隐藏的{'和'.join(counts)}，没有读取。如需导入，请取消隐藏（或清除筛选）后重新导入。"
    return Finding("note", "HIDDEN_CELLS", Place(sheet=title), "", note)


def note_cells(sheet: str, code: str, cells: Sequence[tuple[int, int, str]]) -> Iterator[Finding]:
    """Yield a finding for each of the first cells (row, column, quote), and one sentence for the others."""
    for row, column, quote in cells[:MAX_FINDINGS_PER_SHEET]:
        where = Place(sheet=sheet, cell=f"{letters_of(column)}{row}")
        yield Finding("warning", code, where, quote, _TODO[code])
    more = len(cells) - MAX_FINDINGS_PER_SHEET
    if more > 0:
        text = f"工作表“{sheet}”还有 {more} 处同样的问题：{_TODO[code]}"
        yield Finding("warning", code, Place(sheet=sheet), "", text)
