"""The wording of the report pages in English; the keys are those of words_link_zh_cn.py."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "message.link": "Open the report form",
    "message.link.whose": "as the unit that got this message, without sign-in",
    # links that open nothing
    "link.unknown": "There is no such page",
    "link.unknown.do": "Please check the address, or open the link in the latest mail.",
    "link.expired": "This report link has expired",
    "link.expired.do": "It was for the report of {period}, whose time has passed. Please open the link in the latest mail.",
    "link.superseded": "This report link has been replaced",
    "link.superseded.do": "Your unit has received a newer mail. Please open the link in the latest one; everything reported is kept.",
    "link.revoked": "This report link has been withdrawn",
    "link.revoked.do": "Please ask the supervision office for a new one; everything reported is kept.",
    "link.restored": "This report link has been withdrawn",
    "link.restored.do": "The system was restored from a backup and earlier links are no longer used. Please wait for a new mail.",
    "link.whose": "{unit} · {period}",
    "link.ask": "Questions? Please contact {who}.",
    "link.error.404": "There is no such page",
    "link.error.404.do": "Please check the address, or open the link in the latest mail.",
    "link.error.503": "Not possible just now",
    "link.error.503.do": "Please try again in a while; everything submitted is kept.",
    "link.error.500": "Something went wrong",
    "link.error.500.do": "Please try again in a while; everything submitted is kept.",
    # the unit's page
    "link.title": "{unit}: report for {period}",
    "link.head": "Report for {period}",
    "link.until": "This page works until {date}, for {unit} only. Please do not forward it.",
    "link.tasks": "Tasks of this period",
    "link.tasks.none": "Nothing is to be reported for this period.",
    "link.done.all": "All {n} tasks of this period are reported, thank you. Open one to correct its figures.",
    "link.done.some": "{n} tasks this period, {left} still to be reported.",
    "link.todo": "to report",
    "link.reported": "reported",
    "link.target": "asked for by now: {target}",
    "link.last": "last reported: {figures}",
    "link.more": "Other matters",
}
