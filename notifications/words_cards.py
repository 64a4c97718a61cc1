"""The wording that only cards need: readers of a chat cannot answer by mail, and no long table is in front of them."""

from __future__ import annotations

ZH_CN = {
    "card.how.report": "怎么办：请把各项截至今天的累计数和一两句说明告诉{who}，由其登记。",
    "card.how.head": "怎么办：请督促经办报送进展；期限或目标确需变更的，请告诉{who}。",
    "card.how.leader": "需要协调的，请告诉{who}。",
    "card.contact": "有疑问或发错了人，请告诉{who}。",
    "card.left_off": "其余从略，可向{who}索取全表。",
    "card.left_off.office": "其余从略，督办台上列全。",
}
EN = {
    "card.how.report": "What to do: please tell {who} each total as of today with a sentence or two; they will record it.",
    "card.how.head": "What to do: please see that progress is reported; if the date or the target must change, tell {who}.",
    "card.how.leader": "If something needs coordination, please tell {who}.",
    "card.contact": "Questions, or the wrong person? Please tell {who}.",
    "card.left_off": "The rest is left out; {who} has the whole table.",
    "card.left_off.office": "The rest is left out; the desk lists everything.",
}
