"""The wording of the pages in English. The same keys as in zh_cn/settings.py; braces hold data."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "nav.settings": "Settings",
    "settings.lead": "How messages leave, by which numbers the rules judge, who may use the system. Every change is on record.",
    "settings.save": "Save",
    "settings.cancel": "Cancel",
    "settings.reason": "Reason",
    "settings.now": "Now: {value}",
}
