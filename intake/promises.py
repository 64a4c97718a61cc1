"""Which figures of a wording are promised, and which only stand beside a promise.

Parts of a total, what exists already, steps on the way, sizes and costs of what is counted, amounts a head, and what
each of many units is to have are no promises of their own. Some of them are where nothing else is promised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from intake import words
from intake.numerals import decimal_of
from intake.quantity_scan import Found, divisible


def _any(table: Iterable[str]) -> str:
    return _alternation(tuple(table))


@cache
def _alternation(table: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(table, key=len, reverse=True))


_VERBS = _any(words.numbers.VERBS)
_EACH = re.compile(
    rf"(?:平均)?每(?:一)?(?!(?:{_any(words.asides.RATES_OF)}))(?:{_any(words.asides.EACH_OF)})"
)
_EACH_TIME = re.compile(rf"每(?:个)?(?:{_any(words.numbers.EACH_TIME)})")
_ALL = re.compile(rf"^\s*各(?:{_any(words.asides.ALL_OF)})")
_EXISTING = re.compile(
    rf"(?:{_any(words.asides.EXISTING)})|(?:^|[^{''.join(set(''.join(words.asides.COMPARED)))}])(?:{_any(words.asides.PAST)})"
)
_SET_WORDS = re.compile(_any(words.asides.NOT_EXISTING))
_PAST = re.compile(_any(words.asides.PAST))
_PLANNED = re.compile(rf"\s*(?:[并且和]|同时)?(?:{_any(words.asides.PLANNED)}|{_VERBS})")
_YEAR = re.compile(r"^\s*(?:在|于)?(20\d\d)年(?!度?以来)")
_SINGLE = re.compile(rf"\s*(?:单个|单体|单座|单处|{_EACH.pattern})")
_RAISED = re.compile(rf"(?:{_any(words.numbers.RAISED)})(?:到|至|为)|标准(?:达到|不低于)")
_GROUP = re.compile(
    rf"(?P<number>\d+|[一二两三四五六七八九十]+)\s*(?:个|所|家)?(?:{_any(words.asides.GROUPS)})[和、及与]?"
)
_NOUN = re.compile(r"的|[\u4e00-\u9fff]{2}")
_COSTS = words.numbers.INVESTMENT + words.asides.COSTS
_PEOPLE_UNITS = frozenset({"人", "名", "户", "位", "对"})


@dataclass(frozen=True, slots=True)
class _Beside:
    """A figure with the words around it."""

    item: Found
    clause: str  # before the figure, since the last comma, bracket or full stop
    sentence: str  # before the figure, since the last full stop
    tail: str  # after the figure, up to the next comma, bracket or full stop
    line: str  # the whole sentence
    following: Found | None  # the next figure
    between: str  # what stands before the next figure


def promised(clean: str, found: list[Found], year: int | None) -> list[Found]:
    """The figures that are promised, in order; ``year`` is the plan's, for figures that name an earlier one."""
    latest = year or max((int(one) for one in re.findall(r"(20\d\d)年", clean)), default=None)

    def never(one: _Beside) -> bool:
        return _never(one) or _told(one.sentence, latest) or _step_of_target(one) or _compared(one)

    return _chosen(clean, _shared_out(clean, found), never)


def reported(clean: str, found: list[Found]) -> list[Found]:
    """The figures that a report or a month's target gives of the work itself, in order."""
    return _chosen(clean, found, _never)


def _chosen(clean: str, found: list[Found], never: Callable[[_Beside], bool]) -> list[Found]:
    spoken = [one for one in found if not never(_beside(clean, found, one))]
    if len(spoken) > 1:
        spoken = [one for one in spoken if not _only_alone(_beside(clean, spoken, one))]
    kept: list[Found] = []
    for one in spoken:
        if not _belongs(clean, _beside(clean, spoken, one), kept):
            kept.append(one)
    return kept


def each_of_many(text: str) -> list[str]:
    """The clauses that say what each unit is to have (每个街道至少1个): they make no headline."""
    return [
        clause.strip()
        for clause in re.split(r"[，,；;。\n]", text)
        if re.search(r"\d", clause) and ((_ALL.match(clause) and _bounded(clause)) or _unit_each(clause))
    ]


def _unit_each(clause: str) -> bool:
    return re.search(rf"每(?:一)?个?(?:{_any(words.asides.ALL_OF)})", clause) is not None


def _bounded(clause: str) -> bool:
    return any(word in clause for word in words.asides.EACH_BOUNDS)


def _beside(clean: str, found: Sequence[Found], item: Found) -> _Beside:
    index = found.index(item)
    following = found[index + 1] if index + 1 < len(found) else None
    start = max(clean.rfind(mark, 0, item.start) for mark in "。；;\n") + 1
    sentence = clean[start : item.start]
    return _Beside(
        item=item,
        clause=re.split(r"[，,：:、（(]", sentence)[-1],
        sentence=sentence,
        tail=re.split(r"[，,；;。、（()）\n]", clean[item.end :])[0],
        line=sentence + re.split(r"[；;。\n]", clean[item.start :])[0],
        following=following,
        between=clean[item.end : following.start] if following else "",
    )


# --- What is never promised ---------------------------------------------------------------------------------------


def _never(one: _Beside) -> bool:
    return _each(one) or _award(one) or _qualifies(one) or _funded(one)


def _each(one: _Beside) -> bool:
    """每个街道至少1个, 每亩补助300元, 每月调度1次; but 提高到每人每月150元 is a standard to be reached."""
    clause = re.split(r"[，,；;。、（(]", one.sentence)[-1]
    often = _EACH_TIME.search(clause)
    if often and one.item.unit in words.numbers.TIMES:
        return True
    if _ALL.match(clause) and (_bounded(clause) or one.item.comparator == ">=") and "共" not in clause:
        return True
    each = _EACH.search(clause)
    if each is None or _RAISED.search(clause):
        return False
    return one.item.unit == "元" or not often or each.start() != often.start()


def _award(one: _Beside) -> bool:
    """最高奖励50万元, 人均补贴800元: what somebody gets."""
    if one.item.unit != "元" or re.search(_any(words.numbers.RAISED), one.clause):
        return False
    said = one.clause + one.item.quote + one.tail
    if any(word in said for word in words.asides.AWARDS) and any(
        word in said for word in words.asides.AWARD_LIMITS
    ):
        return True
    return any(word in one.clause for word in words.asides.PER_HEAD) and any(
        word in one.clause for word in words.asides.PER_HEAD_GIVEN
    )


def _told(sentence: str, latest: int | None) -> bool:
    """全区现有公厕320座, 去年完成18个: background, until a clause begins that plans or acts."""
    background = False
    for clause in re.split(r"[，,：:]", sentence):
        year = _YEAR.match(clause)
        past = bool(year and latest and int(year.group(1)) < latest)
        told = None if past else _EXISTING.search(_SET_WORDS.sub("□", clause))
        if past:
            background = True
        elif told:
            acts = re.search(_VERBS, clause[told.end() :])
            background = bool(_PAST.search(clause)) or acts is None
        elif _PLANNED.match(clause) or year:
            background = False
    return background


def _qualifies(one: _Beside) -> bool:
    """1000平方米以上的工地, 年营收500万元以下小微企业: which things are meant, not how many."""
    if not re.search(r"(?:以上|以下|以内)$", one.item.quote):
        return False
    if one.following is not None and not one.between:
        return True
    if not _NOUN.match(one.tail):
        return False
    measured = divisible(one.item.unit) and one.item.unit not in ("%", "‰", "百分点")
    if measured and one.tail.startswith("的"):
        return True
    if measured and re.fullmatch(r"\s*(?:将|对|把|针对)", one.clause):
        return True
    linked = re.search(r"[，,；;。、和及与]", one.between) is None and one.following is not None
    named = re.match(r"\s*(?:的)?[\u4e00-\u9fff]", one.tail) is not None
    counted = re.search(r"\d\s*(?:个|家|户|所|名|人|处)[^，,、]*$", one.clause) is not None
    return named and (linked or (measured and counted))


def _funded(one: _Beside) -> bool:
    return one.item.unit == "%" and any(word in one.clause for word in words.asides.FUNDING)


def _step_of_target(one: _Beside) -> bool:
    """6月底前完成总任务的40%: a step to the target, not the target."""
    if one.item.unit != "%" or not any(word in one.clause for word in words.progress.SHARE_WORDS):
        return False
    return re.search(words.asides.PART_OF_YEAR, one.sentence) is not None


def _compared(one: _Beside) -> bool:
    """同比多增200个: how much more than last year."""
    return one.item.unit not in ("%", "‰", "百分点") and bool(
        re.search(r"(?:同比|[比较](?:上|去)年|[比较]上年同期)[多少][增减招建]?", one.clause)
    )


# --- What is promised only where nothing else is ---------------------------------------------------------------------


def _only_alone(one: _Beside) -> bool:
    return (
        _is_cost(one)
        or _is_attribute(one)
        or _is_size(one)
        or re.match(rf"\s*(?:{_any(words.asides.MANNER)})", re.split(r"[，,；;]", one.sentence)[-1])
        is not None
        or any(word in one.clause + one.tail for word in words.asides.STEPS)
        or (one.item.unit == "个" and one.tail.startswith(words.asides.PARTS_OF_A_THING))
    )


def _is_cost(one: _Beside) -> bool:
    """总投资3亿元, 投入资金500万元: what the work costs; 完成投资 is a promise."""
    before = one.clause.strip()
    return one.item.unit == "元" and (before == "投资" or before.endswith(_COSTS))


def _is_attribute(one: _Beside) -> bool:
    """新建学校1所，建筑面积5800平方米: the size of what is counted."""
    bare = re.sub(r"^(?:项目|其|预计|计划|规划)+", "", one.clause.strip())
    return _of_single(one.sentence) or bare in words.numbers.ATTRIBUTES or bare.endswith("占地面积")


def _of_single(sentence: str) -> bool:
    """单个面积不小于120平方米，就餐人数不少于50人: how each is to be, until a clause that acts."""
    single = False
    for clause in re.split(r"[，,：:]", sentence):
        single = _SINGLE.match(clause) is not None or (single and _PLANNED.match(clause) is None)
    return single


def _is_size(one: _Beside) -> bool:
    """How big the things are that other figures count: 日供水2万立方米水厂1座, 路面宽3.5米."""
    if one.item.unit in ("米", "公里") and one.clause.rstrip().endswith(words.numbers.DIMENSIONS):
        return True
    if one.following is None or one.item.unit not in words.measures.DIVISIBLE - {"%", "‰", "百分点", "元"}:
        return False
    named = re.fullmatch(r"[\u4e00-\u9fff“”□]{1,10}", one.between) and not re.search(
        rf"{_VERBS}|[和及与]", one.between
    )
    return (
        bool(named) and one.following.unit in words.numbers.CONCRETE_MEASURES + words.numbers.COUNTED_LAST[:2]
    )


# --- What belongs to a promise before it ------------------------------------------------------------------------------


def _belongs(clean: str, one: _Beside, kept: list[Found]) -> bool:
    return (
        _is_part(clean, one.item, kept)
        or _restated(one)
        or _was_so_far(one)
        or _concerned(clean, one.item, kept)
        or _length_of_one(one, kept)
    )


def _is_part(clean: str, item: Found, kept: list[Found]) -> bool:
    """其中…3个, 3个（含1个…）: parts of a total."""
    sentence = max(clean.rfind(mark, 0, item.start) for mark in "。；;\n")
    earlier = [one for one in kept if one.start > sentence and one.unit == item.unit]
    between = clean[earlier[0].end : item.start] if earlier else ""
    if item.bracket and [one for one in earlier if not one.bracket]:
        return True
    between = re.sub(r"[（(][^（()）]*[)）]", "", between)
    return any(re.search(rf"(?:^|[，,（(、;；]){word}", between) for word in words.numbers.PART_WORDS)


def _restated(one: _Beside) -> bool:
    """A share that a figure in brackets restates: 完成20%点位(12个)."""
    if one.item.unit != "%" or one.following is None or not one.following.bracket:
        return False
    return bool(re.fullmatch(r"[^，,。；;]*[（(]\s*", one.between))


def _was_so_far(one: _Beside) -> bool:
    """从每月120元提高到150元: what is to be left behind."""
    clause = re.split(r"[，,；;。、]", one.sentence)[-1]
    raised = re.match(
        rf"[^，,；;。、]{{0,6}}?(?:{_any(words.numbers.RAISED)})(?:到|至|为)", one.between or one.tail
    )
    return raised is not None and ("由" in clause or "从" in clause)


def _concerned(clean: str, item: Found, kept: list[Found]) -> bool:
    """改造小区35个，涉及居民楼218栋: whom and what the work concerns; alone it is the promise."""
    start = max(clean.rfind(mark, 0, item.start) for mark in "。；;\n") + 1
    concerned = re.search(r"[，,、（(]\s*涉及[^，,]*$", clean[start : item.start])
    return concerned is not None and any(start <= one.start < start + concerned.start() for one in kept)


def _length_of_one(one: _Beside, kept: list[Found]) -> bool:
    """建设道路1条，全长4.8公里: the length of one thing."""
    return bool(kept) and kept[-1].quantity == 1 and one.clause.strip() in words.asides.LENGTHS


# --- 各 ---------------------------------------------------------------------------------------------------------------


def _shared_out(clean: str, found: list[Found]) -> list[Found]:
    """Groups that each take a number make one promise: 三县两区各1家 is 5家, 6个街道各新建1个 is 6个."""
    shared: list[Found] = []
    for item in found:
        clause = re.split(r"[，,；;。：:\n]", clean[: item.start])[-1]
        each = re.search(r"各[^，,、各]{0,8}$", clause)
        if each is None:
            shared.append(item)
            continue
        group = re.search(rf"((?:{_GROUP.pattern.replace('?P<number>', '?:')})+)\s*$", clause[: each.start()])
        begins = item.start - len(clause)
        if group:
            number = sum(decimal_of(one.group("number")) for one in _GROUP.finditer(group.group()))
            shared = [one for one in shared if not begins + group.start() <= one.start < begins + group.end()]
            shared.append(replace(item, quantity=item.quantity * number, each=1))
        elif not any(begins <= one.start and one.unit in _PEOPLE_UNITS for one in shared):
            shared.append(item)
    return shared
