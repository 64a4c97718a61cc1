"""Wordings of answers that say that a message reached the wrong person, and their near misses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.wrong_person import Claim, claims_wrong_person


@pytest.mark.parametrize(
    "text",
    [
        "发错人了",
        "你们发错人了。",
        "您好，您好像发错人了吧？",
        "这封邮件发错人了，谢谢！",
        "是不是发错人了？",
        "找错人了",
        "发错单位了",
        "發錯人了",
        "發 錯 人 了",
        "我不是联络员",
        "我已不是联络员了，请联系李四",
        "抱歉，本人已不再担任区民政局联络员。",
        "我不是这项工作的联系人",
        "我不是聯絡員",
        "我不负责这项工作",
        "我现在不负责此项任务了",
        "本人已不分管",
        "这项工作不归我管",
        "我已退休",
        "本人已经调离原单位。",
        "我已离职，请发给新的同志",
        "联络员已换人",
        "联络员已变更为李四",
        "收件人不是我",
        "“发错人了”",
        "wrong person",
        "Wrong person.",
        "Sorry, you have the wrong person",
        "sent to the wrong person",
        "I'm not the liaison",
        "I’m no longer the contact person for this bureau.",
        "I am not responsible for this any more",
        "Hello, I have left the department. Please ask Li Si.",
        "1.1 完成26台\n另外，我不是联络员，以后请发给李四",
        "你们发错地址了",
        "我已离开原岗位",
        "我已离开联络员岗位，请联系李四",
        "我已调离单位",
        "发错人了，请重新发给李四",  # an order, no promise
        "我已离职，以后发给李四",
        "我已退休，明天起由李四报",
        "我不是联络员，明天我让联络员报",
        "我已调离，之后李四会报",
        "我不负责这项工作，不要再发了",
        "I have left the department, I will send this to the new liaison",
        "I have left the post, Li Si will report",
    ],
)
def test_who_says_so_plainly_is_understood(text: str) -> None:
    assert claims_wrong_person(text) is Claim.PLAIN


@pytest.mark.parametrize(
    "text",
    [
        "发错了",
        "你们发错了",
        "发错了，应该是完成26台",
        "不是我",
        "不是本人",
        "Not me",
        "发错地址了",
        "这封邮件发错邮箱了",
        "我已离开单位",  # for today, or for good
        "我已经离开",
        "我已离开办公室了",
        "I have left the office",
        "I've left",
    ],
)
def test_words_that_can_mean_a_slip_are_told_apart(text: str) -> None:
    assert claims_wrong_person(text) is Claim.PERHAPS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "收到",
        "没有发错人",
        "没发错",
        "不会发错人了",
        "数据发错了，更正为26台",
        "上次发错了附件",
        "刚才发错了，应该是完成26台",
        "我发错人了",  # a slip of their own
        "我昨天把表格发错单位了",
        "我不是说过了吗",
        "我不是很清楚",
        "我不负责的话谁负责",
        "1.2 我不负责",  # one of several tasks, not the person
        "1.2 这项工作不归我管",
        "不归我局管",  # the unit, not its contact
        "联络员已换手机号",
        "联络员换了邮箱",
        "联络员已到位",
        "我已调整方案",
        "我已离开会场",
        "我是联络员",
        "请不要再给我发了",
        "已联系到负责人",
        "责任单位写错了",
        "我已离开单位，明早补报",
        "我已经离开，明天上班再报",
        "发错地址了，重新发一遍附件",
        "发错人了，我重新发一遍",
        "刚才发错单位了，马上重新发附件",
        "我已离开单位，下周一报送",
        "我已离开单位，明天我把数据报上来",
        "发错了，稍后补报给您",
        "I have left the office, will report tomorrow",
        "I've left the office. I'll send the figures to you on Monday.",
        "not the wrong person",
        "Did I write to the wrong person by mistake",
        "I am not sure",
        "I am not finished",
        "I have left it as it was",
        "the wrong figure",
        "We are responsible for this",
        "不归您管？请回复“发错了”，能写明该由谁负责更好；督查室更正后，您不会再收到。",
    ],
)
def test_near_misses_claim_nothing(text: str) -> None:
    assert claims_wrong_person(text) is Claim.NONE


@given(st.text(max_size=200))
def test_any_text_is_read_without_error(text: str) -> None:
    assert claims_wrong_person(text) in Claim
