"""The wording that only messages in chats have: where their files are."""

from __future__ import annotations

ZH_CN = {
    "file.label": "附件：",
    "file.elsewhere": "{name}（群和即时消息里不带文件，请向督查员索取）",
}

EN = {
    "file.label": "Attachment: ",
    "file.elsewhere": "{name} (chats carry no files: please ask the supervision office for it)",
}
