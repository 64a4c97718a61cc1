"""Which figures of a wording are promised, and which only stand beside a promise.

Parts of a total, what exists already, steps on the way, sizes and costs of what is counted, amounts a head, and what
each of many units is to have are no promises of their own. Some of them are where nothing else is promised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from itertools import takewhile

from intake import words
from intake.beside import Beside, besides, left_of
from intake.numerals import decimal_of
from intake.quantity_scan import Found, divisible, sentence_before


def _any(table: Iterable[str]) -> str:
    return _alternation(tuple(table))


@cache
def _alternation(table: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(table, key=len, reverse=True))


_VERBS = _any(words.numbers.VERBS)
_ACT = re.compile(_VERBS)
_CLAUSE_ENDS = re.compile(r"[，,；;。、（(]")
_FULL_CLAUSE_ENDS = re.compile(r"[，,；;。、]")
_LONG_CLAUSE_ENDS = re.compile(r"[，,；;]")
_CLAUSES = re.compile(r"[，,；;。\n]")
_PARTS = re.compile(r"[，,：:]")
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
_RAISED_BY = re.compile(rf"(?:{_any(words.numbers.RAISED)})\s*$")
_GROUP = re.compile(
    rf"(?P<number>\d+|[一二两三四五六七八九十]+)\s*(?:个|所|家)?(?:{_any(words.asides.GROUPS)})[和、及与]?"
)
_GROUPS = re.compile(rf"((?:{_GROUP.pattern.replace('?P<number>', '?:')})+)\s*$")
_NOUN = re.compile(r"的|[\u4e00-\u9fff]{2}")
_UNIT_EACH = re.compile(rf"每(?:一)?个?(?:{_any(words.asides.ALL_OF)})")
_ANY_YEAR = re.compile(r"(20\d\d)年")
_DIGIT = re.compile(r"\d")
_ANY_RAISED = re.compile(_any(words.numbers.RAISED))
_RAISED_NEXT = re.compile(rf"[^，,；;。、]{{0,6}}?(?:{_any(words.numbers.RAISED)})(?:到|至|为)")
_QUALIFIED = re.compile(r"(?:以上|以下|以内)$")
_OBJECT = re.compile(r"\s*(?:将|对|把|针对)")
_NAMED = re.compile(r"\s*(?:的)?[\u4e00-\u9fff]")
_NOT_LINKED = re.compile(r"[，,；;。、和及与]")
_COUNTED = re.compile(r"\d\s*(?:个|家|户|所|名|人|处)[^，,、]*$")
_PART_OF_YEAR = re.compile(words.asides.PART_OF_YEAR)
_COMPARED = re.compile(r"(?:同比|[比较](?:上|去)年|[比较]上年同期)[多少][增减招建]?")
_MANNER = re.compile(rf"\s*(?:{_any(words.asides.MANNER)})")
_STEPS = re.compile(_any(words.asides.STEPS))
_FILLERS = re.compile(r"^(?:项目|其|预计|计划|规划)+")
_THING = re.compile(r"[\u4e00-\u9fff“”□]{1,10}")
_NO_THING = re.compile(rf"{_VERBS}|[和及与]")
_IN_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")
_PART = re.compile(rf"(?:^|[，,（(、;；])(?:{_any(words.numbers.PART_WORDS)})")
_OPENS = re.compile(r"[^，,。；;]*[（(]\s*")
_CONCERNS = re.compile(r"[，,、（(]\s*涉及[^，,]*$")
_SHARED = re.compile(r"各[^，,、各]{0,8}$")
_SHARED_CLAUSES = re.compile(r"[，,；;。：:\n]")
_COSTS = words.numbers.INVESTMENT + words.asides.COSTS
_PEOPLE_UNITS = frozenset({"人", "名", "户", "位", "对"})


def promised(clean: str, found: list[Found], year: int | None) -> list[Found]:
    """The figures that are promised, in order; ``year`` is the plan's, for figures that name an earlier one."""
    latest = year or max((int(one) for one in _ANY_YEAR.findall(clean)), default=None)

    def never(one: Beside) -> bool:
        return _never(one) or _told(one.sentence, latest) or _step_of_target(one) or _compared(one)

    return _chosen(clean, _shared_out(clean, found), never)


def reported(clean: str, found: list[Found]) -> list[Found]:
    """The figures that a report or a month's target gives of the work itself, in order."""
    return _chosen(clean, found, _never)


def _chosen(clean: str, found: list[Found], never: Callable[[Beside], bool]) -> list[Found]:
    spoken = left_of(clean, besides(clean, found), never)
    if len(spoken) > 1:
        spoken = left_of(clean, spoken, _only_alone)
    kept: list[Found] = []
    for one in spoken:
        if not _belongs(clean, one, kept):
            kept.append(one.item)
    return kept


def each_of_many(text: str) -> list[str]:
    """The clauses that say what each unit is to have (每个街道至少1个): they make no headline."""
    return [
        clause.strip()
        for clause in _CLAUSES.split(text)
        if _DIGIT.search(clause) and ((_ALL.match(clause) and _bounded(clause)) or _unit_each(clause))
    ]


def _unit_each(clause: str) -> bool:
    return _UNIT_EACH.search(clause) is not None


def _bounded(clause: str) -> bool:
    return any(word in clause for word in words.asides.EACH_BOUNDS)


# --- What is never promised ---------------------------------------------------------------------------------------


def _never(one: Beside) -> bool:
    return _each(one) or _held_against(one) or _award(one) or _qualifies(one) or _funded(one)


def _each(one: Beside) -> bool:
    """每个街道至少1个, 每亩补助300元, 每月调度1次; but 提高到每人每月150元 and 每人每月提高20元 are standards."""
    clause = _CLAUSE_ENDS.split(one.sentence)[-1]
    often = _EACH_TIME.search(clause)
    if often and one.item.unit in words.numbers.TIMES:
        return True
    if _ALL.match(clause) and (_bounded(clause) or one.item.comparator == ">=") and "共" not in clause:
        return True
    each = _EACH.search(clause)
    if each is None or _RAISED.search(clause) or _RAISED_BY.search(clause, each.end()):
        return False
    return one.item.unit == "元" or not often or each.start() != often.start()


def _held_against(one: Beside) -> bool:
    """对照38项创建指标逐项整改: what the work is held against."""
    return _LONG_CLAUSE_ENDS.split(one.sentence)[-1].lstrip().startswith(words.asides.HELD_AGAINST)


def _award(one: Beside) -> bool:
    """最高奖励50万元, 人均补贴800元: what somebody gets."""
    if one.item.unit != "元" or _ANY_RAISED.search(one.clause):
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
    for clause in _PARTS.split(sentence):
        year = _YEAR.match(clause)
        past = bool(year and latest and int(year.group(1)) < latest)
        told = None if past else _EXISTING.search(_SET_WORDS.sub("□", clause))
        if past:
            background = True
        elif told:
            acts = _ACT.search(clause, told.end())
            background = bool(_PAST.search(clause)) or acts is None
        elif _PLANNED.match(clause) or year:
            background = False
    return background


def _qualifies(one: Beside) -> bool:
    """1000平方米以上的工地, 年营收500万元以下小微企业: which things are meant, not how many."""
    if not _QUALIFIED.search(one.item.quote):
        return False
    if one.following is not None and not one.between:
        return True
    if not _NOUN.match(one.tail):
        return False
    measured = divisible(one.item.unit) and one.item.unit not in ("%", "‰", "百分点")
    if measured and one.tail.startswith("的"):
        return True
    if measured and _OBJECT.fullmatch(one.clause):
        return True
    linked = _NOT_LINKED.search(one.between) is None and one.following is not None
    named = _NAMED.match(one.tail) is not None
    counted = _COUNTED.search(one.clause) is not None
    return named and (linked or (measured and counted))


def _funded(one: Beside) -> bool:
    return one.item.unit == "%" and any(word in one.clause for word in words.asides.FUNDING)


def _step_of_target(one: Beside) -> bool:
    """6月底前完成总任务的40%: a step to the target, not the target."""
    if one.item.unit != "%" or not any(word in one.clause for word in words.progress.SHARE_WORDS):
        return False
    return _PART_OF_YEAR.search(one.sentence) is not None


def _compared(one: Beside) -> bool:
    """同比多增200个: how much more than last year."""
    return one.item.unit not in ("%", "‰", "百分点") and _COMPARED.search(one.clause) is not None


# --- What is promised only where nothing else is ---------------------------------------------------------------------


def _only_alone(one: Beside) -> bool:
    return (
        _is_cost(one)
        or _is_attribute(one)
        or _is_size(one)
        or _MANNER.match(_LONG_CLAUSE_ENDS.split(one.sentence)[-1]) is not None
        or _STEPS.search(one.clause + one.tail) is not None
        or (one.item.unit == "个" and one.tail.startswith(words.asides.PARTS_OF_A_THING))
    )


def _is_cost(one: Beside) -> bool:
    """总投资3亿元, 投入资金500万元: what the work costs; 完成投资 is a promise."""
    before = one.clause.strip()
    return one.item.unit == "元" and (before == "投资" or before.endswith(_COSTS))


def _is_attribute(one: Beside) -> bool:
    """新建学校1所，建筑面积5800平方米: the size of what is counted."""
    bare = _FILLERS.sub("", one.clause.strip())
    return _of_single(one.sentence) or bare in words.numbers.ATTRIBUTES or bare.endswith("占地面积")


def _of_single(sentence: str) -> bool:
    """单个面积不小于120平方米，就餐人数不少于50人: how each is to be, until a clause that acts."""
    single = False
    for clause in _PARTS.split(sentence):
        single = _SINGLE.match(clause) is not None or (single and _PLANNED.match(clause) is None)
    return single


def _is_size(one: Beside) -> bool:
    """How big the things are that other figures count: 日供水2万立方米水厂1座, 路面宽3.5米."""
    if one.item.unit in ("米", "公里") and one.clause.rstrip().endswith(words.numbers.DIMENSIONS):
        return True
    if one.following is None or one.item.unit not in words.measures.DIVISIBLE - {"%", "‰", "百分点", "元"}:
        return False
    named = _THING.fullmatch(one.between) and not _NO_THING.search(one.between)
    return (
        bool(named) and one.following.unit in words.numbers.CONCRETE_MEASURES + words.numbers.COUNTED_LAST[:2]
    )


# --- What belongs to a promise before it ------------------------------------------------------------------------------


def _belongs(clean: str, one: Beside, kept: list[Found]) -> bool:
    return (
        _is_part(clean, one, kept)
        or _restated(one)
        or _was_so_far(one)
        or _concerned(one, kept)
        or _length_of_one(one, kept)
    )


def _is_part(clean: str, one: Beside, kept: list[Found]) -> bool:
    """其中…3个, 3个（含1个…）: parts of a total."""
    item = one.item
    sentence = one.item.start - len(one.sentence)
    beside = takewhile(lambda known: known.start >= sentence, reversed(kept))
    earlier = [known for known in beside if known.unit == item.unit]
    if not earlier:
        return False
    if item.bracket and not all(known.bracket for known in earlier):
        return True
    between = _IN_BRACKETS.sub("", clean[earlier[-1].end : item.start])
    return _PART.search(between) is not None


def _restated(one: Beside) -> bool:
    """A share that a figure in brackets restates: 完成20%点位(12个)."""
    if one.item.unit != "%" or one.following is None or not one.following.bracket:
        return False
    return bool(_OPENS.fullmatch(one.between))


def _was_so_far(one: Beside) -> bool:
    """从每月120元提高到150元: what is to be left behind."""
    clause = _FULL_CLAUSE_ENDS.split(one.sentence)[-1]
    if "由" not in clause and "从" not in clause:
        return False
    return _RAISED_NEXT.match(one.between or one.tail) is not None


def _concerned(one: Beside, kept: list[Found]) -> bool:
    """改造小区35个，涉及居民楼218栋: whom and what the work concerns; alone it is the promise."""
    concerned = _CONCERNS.search(one.sentence)
    start = one.item.start - len(one.sentence)
    return concerned is not None and any(start <= known.start < start + concerned.start() for known in kept)


def _length_of_one(one: Beside, kept: list[Found]) -> bool:
    """建设道路1条，全长4.8公里: the length of one thing."""
    return bool(kept) and kept[-1].quantity == 1 and one.clause.strip() in words.asides.LENGTHS


# --- 各 ---------------------------------------------------------------------------------------------------------------


def _shared_out(clean: str, found: list[Found]) -> list[Found]:
    """Groups that each take a number make one promise: 三县两区各1家 is 5家, 6个街道各新建1个 is 6个."""
    shared: list[Found] = []
    for item in found:
        clause = _SHARED_CLAUSES.split(sentence_before(clean, item.start))[-1]
        each = _SHARED.search(clause)
        if each is None:
            shared.append(item)
            continue
        group = _GROUPS.search(clause, 0, each.start())
        begins = item.start - len(clause)
        if group:
            number = sum(decimal_of(one.group("number")) for one in _GROUP.finditer(group.group()))
            shared = [one for one in shared if not begins + group.start() <= one.start < begins + group.end()]
            shared.append(replace(item, quantity=item.quantity * number, each=1))
        elif not any(begins <= one.start and one.unit in _PEOPLE_UNITS for one in shared):
            shared.append(item)
    return shared
