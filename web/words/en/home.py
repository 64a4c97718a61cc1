"""The wording of these pages in English; the keys are those of zh_cn/home.py."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "export.xlsx": "Export to Excel",
}
