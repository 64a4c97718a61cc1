"""The pages in English. The keys are the same as in words_zh_cn.py; braces hold data."""

from __future__ import annotations

WORDS: dict[str, str] = {}
