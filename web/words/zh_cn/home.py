"""页面措辞。键与 en/home.py 完全相同；花括号里是数据。"""

from __future__ import annotations

WORDS: dict[str, str] = {
    "export.xlsx": "导出 Excel",
}
