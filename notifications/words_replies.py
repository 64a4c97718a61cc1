"""The wording of answers to answers: what of a reply was recorded and what was not understood."""

from __future__ import annotations

ZH_CN = {
    "reply.subject.stored": "已记录：{unit} {count}项进展（回复邮件）",
    "reply.subject.partly": "请核对：{unit} 的回复有{count}处没有记录",
    "reply.subject.nothing": "没有记录：{unit} 的回复没有看懂",
    "reply.headline.stored": "您的回复已记录，等待审核。",
    "reply.headline.partly": "您的回复只记录了一部分，请看下面没有记录的内容。",
    "reply.headline.nothing": "您的回复没有记录，请按下面的写法再回复一次。",
    "reply.stored": "已记录",
    "reply.unclear": "没有记录",
    "reply.figures": "累计完成 {figures}",
    "reply.no_figures": "文字说明",
    "reply.check": "请核对：{warning}",
    "reply.said": "原话：{text}",
    "reply.which_task": "看不出说的是哪一项任务：请在行首写任务序号，例如“1.1 完成26台”。",
    "reply.no_figure": "没有看到完成数量：请写明年初以来的累计数，例如“{no} 完成26台”。",
    "reply.which_figure": "看不出数量对应哪一个指标：请写出指标名称，例如“{no} {example}”。",
    "reply.refused": "{sentence}",
    "reply.how": "写错了也没有关系：按“序号 累计数量”再回复一次本邮件，以最后一次为准。数量请填年初以来的累计数。",
    "reply.why": "收到这封邮件，是因为有人从登记的邮箱回复了督办提醒。如果不是您回复的，请告诉{contact}。",
}
EN = {
    "reply.subject.stored": "Recorded: {count} report(s) of {unit} by reply",
    "reply.subject.partly": "Please check: {count} part(s) of the reply of {unit} were not recorded",
    "reply.subject.nothing": "Not recorded: the reply of {unit} was not understood",
    "reply.headline.stored": "Your reply is recorded and waits for review.",
    "reply.headline.partly": "Only part of your reply is recorded; see below what is not.",
    "reply.headline.nothing": "Your reply is not recorded; please answer again as shown below.",
    "reply.stored": "Recorded",
    "reply.unclear": "Not recorded",
    "reply.figures": "{figures} so far",
    "reply.no_figures": "in words",
    "reply.check": "Please check: {warning}",
    "reply.said": "You wrote: {text}",
    "reply.which_task": "Which task is meant? Begin the line with its number, for example “1.1 完成26台”.",
    "reply.no_figure": "No figure was found. Give the total since January, for example “{no} 完成26台”.",
    "reply.which_figure": "Which figure is meant? Name it, for example “{no} {example}”.",
    "reply.refused": "{sentence}",
    "reply.how": "A slip does no harm: answer this mail once more with “number, total so far”; the last answer counts. "
    "Totals are counted from January.",
    "reply.why": "You get this because somebody answered a reminder from the registered address. "
    "If it was not you, please tell {contact}.",
}
