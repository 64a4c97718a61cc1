"""Whether somebody writes that a message reached the wrong person: whole clauses only, in the writer's own words."""

from __future__ import annotations

import re
from enum import StrEnum


class Claim(StrEnum):
    """How plainly it is said. ``perhaps``: the words can also mean a slip in what they reported before."""

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
_MISTAKEN = r"(?:人|对象|收件人|单位|部门|地方|邮箱|地址)"
_NEWS = (
    rf"{_SENDER}{_HEDGES}(?:发|寄|找|联系|通知|提醒)错{_MISTAKEN}{_SOFT_END}",
    rf"{_SELF}{_BY_NOW}(?:不是|不再是|不再担任|不担任|不任|不做|不当).{{0,12}}?{_POSTS}{_SOFT_END}",
    rf"{_SELF}{_BY_NOW}(?:不再|不)(?:负责|分管|管|承担|经办){_THIS}{_SOFT_END}",
    rf"{_THIS}{_BY_NOW}(?:不归|不由){_SELF}(?:管|负责){_SOFT_END}",
    rf"{_SELF}{_BY_NOW}(?:调离|调走|离职|退休|离岗|转岗|换岗|调任|调到|离开)"
    rf"(?:了)?(?:(?:原|本|该|这个)?.{{0,10}}(?:岗位|单位|部门|局|委|办|街道|镇))?{_SOFT_END}",
    rf"{_THIS}(?:联络员|联系人){_BY_NOW}(?:换|更换|变更|改)(?:人|为|成|由)(?:了)?.{{0,20}}",
    rf"(?:收件人|联络员|联系人)(?:不是|并非){_SELF}{_SOFT_END}",
    r"(?:this is |this was |it(?:'s| is) |it was |you(?:'ve| have)?(?: got)? |you(?: have)? (?:reached|contacted|emailed|mailed) "
    r"|sent to )?(?:the )?wrong (?:person|recipient|contact|addressee|address|mailbox)",
    r"i(?:'m| am) (?:not|no longer)(?: the| a| your)? (?:right (?:person|contact)|liaison|contact(?: person)?|person in charge"
    r"|in charge|responsible)(?: (?:of|for|at) .{1,40})?(?: any ?more)?",
    r"i(?:'ve| have)? (?:retired|resigned|changed (?:jobs?|posts?)|left (?:the|this|my) "
    r"(?:bureau|department|office|unit|post|position|company|agency))",
)
_PLAIN = re.compile("|".join(f"(?:{one})" for one in _NEWS), re.I)
_PERHAPS = re.compile(rf"{_SENDER}{_HEDGES}发错{_SOFT_END}|(?:不是|并非){_SELF}{_SOFT_END}|not me", re.I)


def claims_wrong_person(text: str) -> Claim:
    """What the writer's own words claim; a clause that says anything else beside it claims nothing."""
    clauses = [form for one in _ENDS.split(text.translate(_SIMPLE).replace("’", "'")) for form in _forms(one)]
    if any(_PLAIN.fullmatch(one) for one in clauses):
        return Claim.PLAIN
    return Claim.PERHAPS if any(_PERHAPS.fullmatch(one) for one in clauses) else Claim.NONE


def _forms(clause: str) -> tuple[str, str]:
    """The clause without blanks between Chinese characters, and without the courtesies before it."""
    bare = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", clause.strip(" \t\r\"'“”‘’「」:："))
    return bare, _COURTESIES.sub("", bare)
