"""What a verdict means for a message that was sent as a test: it is not kept, so nothing is promised of it."""

from __future__ import annotations

# Ends of sentences about messages that are kept, and what is true of a test in their place.
PROMISES = (
    ("信件留着，更正后自动发出。", "更正后请再测试一次。"),
    ("信件留着，过一会儿再发。", "请过一会儿再测试。"),
    ("信件留着，之后自动重试。", "请稍后再测试。"),
    ("信件留着。", "更正后请再测试一次。"),
    ("之后自动重试。", "请稍后再测试。"),
    ("消息会等待，到时自动发出。", "请过一会儿再测试。"),
    ("消息会等待并自动重试。", "请稍后再测试。"),
    ("消息会自动重试。", "请稍后再测试。"),
    ("消息会自动重试，可能重复。", "请先查看对方是否收到，再决定要不要重测。"),
    ("；会再次发送，收件人可能看到两次。", "：请先查看对方是否收到，再决定要不要重测。"),
    (
        "；将以同一 Message-ID 原样重发，对方可能收到两封一样的。",
        "：请先查看对方是否收到，再决定要不要重测。",
    ),
    (" The message waits and leaves by itself.", " Test again in a while."),
    (" The message waits and leaves afterwards.", " Then test again."),
    (" The message waits and is tried again.", " Test again later."),
    (" The message waits a while.", " Test again in a while."),
    (" The message waits.", " Then test again."),
    (" The message is tried again.", " Test again later."),
    (" It is tried again.", " Test again later."),
    (" The message is tried again and may arrive twice.", " See whether it arrived before you test again."),
    (
        "; it is sent again, so that the recipient may see it twice.",
        ". See whether it arrived before you test again.",
    ),
    (
        "; it is repeated unchanged under the same Message-ID, so that the recipient may see it twice.",
        ". See whether it arrived before you test again.",
    ),
)


def about_a_test(reason: str) -> str:
    """The sentence without promises that hold for kept messages only."""
    for promise, instead in PROMISES:
        if reason.endswith(promise):
            return reason.removesuffix(promise) + instead
    return reason
