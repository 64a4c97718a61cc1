"""The wording of the pages in English. The same keys as in zh_cn/settings.py; braces hold data."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "nav.settings": "Settings",
    "settings.lead": "How messages leave, by which numbers the rules judge, who may use the system. Every change is on record.",
    "settings.save": "Save",
    "settings.cancel": "Cancel",
    "settings.reason": "Reason",
    "lack.no_admin": "No administrator can sign in: nobody can change channels, templates and users. Ask whoever runs the server to invite one.",
    "lack.plain_http": "The pages have an http address: passwords and sessions travel over the network unencrypted. Ask whoever runs the server for https, then change the address.",
    "lack.desk_unreached": "No message reaches anybody of the coordinating office: requests to accept and faults are seen by nobody.",
    "lack.settle": "Settle it",
    "settings.now": "Now: {value}",
}
