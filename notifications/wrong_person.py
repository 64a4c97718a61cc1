"""Whether somebody writes that a message reached the wrong person: whole clauses only, in the writer's own words."""

from __future__ import annotations

import re
from enum import StrEnum


class Claim(StrEnum):
    """How plainly it is said. ``perhaps``: the words can also mean a slip in what they sent before, or that
    they have gone home for the day."""

    NONE = ""
    PERHAPS = "perhaps"
    PLAIN = "plain"


_SIMPLE = str.maketrans(
    "發錯聯絡員這負責調離職經換個項務業們給單領導繫寄崗併擔當該貴對過已",
    "发错联络员这负责调离职经换个项务业们给单领导系寄岗并担当该贵对过已",
)
_ENDS = re.compile(r"[\n。！!；;，,？?、~～…]+|\.(?=\s|$)")
_COURTESIES = re.compile(
    r"^(?:(?:您好|你好|抱歉|不好意思|对不起|请问|sorry|hello|hi|dear \w+|excuse me|please note(?: that)?)[\s:：]*)+",
    re.I,
)
_SOFT_END = r"(?:了)?(?:吧|啊|哦|呢|的|哈)?"
_SENDER = r"(?:您|你|您们|你们|贵办|贵室|督查室|(?:这|此|该)?(?:封|条|个|份)?(?:邮件|消息|信息|通知|提醒)?)"
_HEDGES = r"(?:是不是|好像|可能|应该|估计|怕是|又|已经|是)*"
_SELF = r"(?:我|本人)"
_BY_NOW = r"(?:已经|已|现在|目前|早已|早就|并)*"
_THIS = r"(?:这|此|该|本)?(?:项|个|块|件|方面|些)?(?:的)?(?:工作|任务|业务|事项|事情|事)?"
_POSTS = r"(?:联络员|联系人|负责人|分管领导|督查员)"
_ADDRESSER = r"(?:您|你|您们|你们|贵办|贵室|督查室)"
_PERSON = r"(?:人|对象|收件人|单位|部门)"
_PLACE = r"(?:地方|邮箱|地址)"
_BUREAU = r"(?:.{0,10}(?:单位|部门|局|委|办|办公室|街道|镇))"
_NEWS = (
    rf"{_SENDER}{_HEDGES}(?:发|寄|找|联系|通知|提醒)错{_PERSON}{_SOFT_END}",
    rf"{_ADDRESSER}{_HEDGES}(?:发|寄)错{_PLACE}{_SOFT_END}",
    rf"{_SELF}{_BY_NOW}(?:不是|不再是|不再担任|不担任|不任|不做|不当).{{0,12}}?{_POSTS}{_SOFT_END}",
    rf"{_SELF}{_BY_NOW}(?:不再|不)(?:负责|分管|管|承担|经办){_THIS}{_SOFT_END}",
    rf"{_THIS}{_BY_NOW}(?:不归|不由){_SELF}(?:管|负责){_SOFT_END}",
    rf"{_SENDER}{_HEDGES}(?:找|联系|通知|提醒)错{_PLACE}{_SOFT_END}",
    rf"{_SELF}{_BY_NOW}离开(?:了)?.{{0,10}}岗位{_SOFT_END}",
    rf"{_SELF}{_BY_NOW}(?:调离|调走|离职|退休|离岗|转岗|换岗|调任|调到)"
    rf"(?:了)?(?:(?:原|本|该|这个)?.{{0,10}}(?:岗位|单位|部门|局|委|办|街道|镇))?{_SOFT_END}",
    rf"{_THIS}(?:联络员|联系人){_BY_NOW}(?:换|更换|变更|改)(?:人|为|成|由)(?:了)?.{{0,20}}",
    rf"(?:收件人|联络员|联系人)(?:不是|并非){_SELF}{_SOFT_END}",
    r"(?:this is |this was |it(?:'s| is) |it was |you(?:'ve| have)?(?: got)? |you(?: have)? (?:reached|contacted|emailed|mailed) "
    r"|sent to )?(?:the )?wrong (?:person|recipient|contact|addressee|address|mailbox)",
    r"i(?:'m| am) (?:not|no longer)(?: the| a| your)? (?:right (?:person|contact)|liaison|contact(?: person)?|person in charge"
    r"|in charge|responsible)(?: (?:of|for|at) .{1,40})?(?: any ?more)?",
    r"i(?:'ve| have)? (?:retired|resigned|changed (?:jobs?|posts?)|left (?:the|this|my) "
    r"(?:bureau|department|post|position|company|agency))",
)
_PLAIN = re.compile("|".join(f"(?:{one})" for one in _NEWS), re.I)
_MAYBES = (
    rf"{_SENDER}{_HEDGES}发错{_PLACE}?{_SOFT_END}",
    rf"(?:不是|并非){_SELF}{_SOFT_END}",
    rf"{_SELF}{_BY_NOW}离开(?:了)?{_BUREAU}?{_SOFT_END}",
    r"not me",
    r"i(?:'ve| have)? left(?: (?:the|this|my) (?:office|unit))?",
)
_PERHAPS = re.compile("|".join(f"(?:{one})" for one in _MAYBES), re.I)
# Who says that a report of their own will follow is no wrong person, whatever else they write.
_WE = r"(?:我这边|我们|我局|我单位|我委|我办|本单位|我|本人)"
_WHEN = (
    r"(?:[今明后](?:天|日|早|晚|晨)|下?(?:周|星期)[一二三四五六日]?|早上|上午|中午|下午|晚上|晚些|晚点|节后|稍后|稍候"
    r"|随后|马上|立即|立刻|尽快|待会儿?|等会儿?|一会儿?|回头|回来|回去|到岗|到单位|上班|之后|后|时|再|就|会|将|来|先)"
)
_DEED = r"(?:填报|上报|补报|报送|报告|汇报|报|补发|重发|发送|发|补交|提交|交|补填|填写|填|补送|送)"
_WHAT = (
    r"(?:一遍|一次|一下|一份)?(?:上来|过来|过去|上|来)?(?:给(?:您|你们|你|贵办|督查室))?"
    rf"(?:.{{0,6}}(?:附件|表格?|数据|数字|材料|进展|情况|邮件|资料|报告|报表|内容))?{_SOFT_END}"
)
_OBJECT = r"(?:把.{1,8}?)?"
_PROMISES = (
    rf"(?:{_WE}|{_WHEN}){{0,6}}{_WHEN}{_WE}?{_OBJECT}(?:补|重新|重)?{_DEED}{_WHAT}",
    rf"{_WE}?{_OBJECT}(?:补|重新|重){_DEED}{_WHAT}",
    rf"{_WE}?{_OBJECT}(?:补报|补发|重发|补交|补填|补送){_WHAT}",
    r"(?:and |but )?(?:(?:i|we)(?:'ll| will| shall)|will|shall) (?:(?!to )\w+ ){0,3}?"
    r"(?:report|send|resend|submit|file|reply)\b(?!.* to (?!you)).{0,40}",
)
_PROMISE = re.compile("|".join(f"(?:{one})" for one in _PROMISES), re.I)


def claims_wrong_person(text: str) -> Claim:
    """What the writer's own words claim; a clause that says anything else beside it claims nothing, and nothing is
    claimed by who promises a report."""
    clauses = [form for one in _ENDS.split(text.translate(_SIMPLE).replace("’", "'")) for form in _forms(one)]
    if any(_PROMISE.fullmatch(one) for one in clauses):
        return Claim.NONE
    if any(_PLAIN.fullmatch(one) for one in clauses):
        return Claim.PLAIN
    return Claim.PERHAPS if any(_PERHAPS.fullmatch(one) for one in clauses) else Claim.NONE


def _forms(clause: str) -> tuple[str, str]:
    """The clause without blanks between Chinese characters, and without the courtesies before it."""
    bare = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", clause.strip(" \t\r\"'“”‘’「」:："))
    return bare, _COURTESIES.sub("", bare)
