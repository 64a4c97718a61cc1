"""The wording of these pages in English; the keys are those of zh_cn/settings.py."""

from __future__ import annotations

WORDS: dict[str, str] = {}
