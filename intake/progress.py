"""Progress wording: status, figures, blockers, forecast; whether it only repeats the target or contradicts itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from intake import words
from intake.contradictions import contradictions
from intake.draft import IndicatorDraft, QuantityDraft
from intake.english import english_sentences, holds_up, in_english, reported_status
from intake.judging import SHARES, reached, shares_of_target, status_by_figures, status_by_shares
from intake.quantities import read_quantities
from intake.quantity_scan import alike, clauses, narrow
from intake.units import is_none

_SLIP = 1  # characters by which a repetition may differ from its target, fillers aside
_BEGINNINGS = "|".join(words.progress.BEGUN)
_BEGUN = re.compile(
    rf"(?:{_BEGINNINGS})[^，,、\d]{{0,4}}\d|\d[^，,]*(?:已|均|全部|全面)+(?:{_BEGINNINGS})(?:建设)?$"
)
_NOT_BEGUN = rf"(?!(?:{_BEGINNINGS}))"  # 已全部开工 is no 已全部完成
_SHARE_FOLLOWS = _NOT_BEGUN + r"(?![^，,。；;]{0,6}?的?\s*(?:\d[\d.]*\s*[%％]|百分之|[一二三四五六七八九]成))"
_SCOPE = 5  # characters of a clause that only says of when the next one speaks (本月，)
_WHOLE_OF = re.compile(r"[^，,]*?\d\S*?(?<!施工|建设|推进|办理|进行)中$")
_OWN_MONTH = re.compile(r"(?<![-－—~～至到\d])(?:1[0-2]|[1-9])月份?(?!底|末|前|中旬|上旬|下旬)")


@dataclass(frozen=True, slots=True)
class Status:
    """What a report says: the status, its figures, what holds it up and when it expects to be done (its words)."""

    status: str
    quantities: tuple[QuantityDraft, ...] = ()
    blockers: tuple[str, ...] = ()
    forecast: str | None = None
    echoed: bool = False
    contradictions: tuple[str, ...] = ()  # one sentence each


def read_status(text: str, indicators: Sequence[IndicatorDraft] = (), target: str = "") -> Status:
    """What ``text`` reports against the promises and the period's target; words win over figures.

    Figures of preparation (已确定50个小区名单) are left out where a promise of the same measure could be taken
    for delivered. Where words and figures contradict one another the status is that of the words.
    A report that only repeats its target proves nothing: neither its words nor its figures count.
    """
    if is_none(text):
        return Status("unknown")
    if in_english(text):
        return _english_status(text, indicators, target)
    told = told_figures(text, indicators, words.progress.EXPECTING)
    figures = tuple(_without_target(text, told, indicators))
    echoed = echoes(text, target)
    if echoed:
        figures = tuple(replace(one, counts=False) for one in figures)
    best = reached(figures, indicators)
    shares = shares_of_target(text)
    said = None if echoed else _in_words(text, indicators)
    if said == "not_started" and any(one.quantity for one in best.values()):
        said = None
    judged = status_by_figures(best, indicators)
    if judged == "in_progress":
        judged = status_by_shares(shares) or judged
    return Status(
        status=judged if said == "done" and judged == "over_fulfilled" else said or judged,
        quantities=figures,
        blockers=tuple(one for one in clauses(text) if any(word in one for word in words.progress.BLOCKERS)),
        forecast=_forecast(text),
        echoed=echoed,
        contradictions=tuple(contradictions(text, said, best, indicators, shares)),
    )


def _english_status(text: str, indicators: Sequence[IndicatorDraft], target: str) -> Status:
    figures = tuple(told_figures(text, indicators))
    blockers = tuple(said for said in english_sentences(text) if holds_up(said))
    said, judged = reported_status(text), status_by_figures(reached(figures, indicators), indicators)
    # 120 homes completed, of 250: the word speaks of what the figure counts.
    partly = said == "done" and judged == "in_progress" and any(one.counts for one in figures)
    status = judged if partly else said or judged
    return Status(status, figures, blockers, echoed=echoes(text, target))


def told_figures(
    text: str, indicators: Sequence[IndicatorDraft], unsaid: Sequence[str] = ()
) -> list[QuantityDraft]:
    """The figures that speak of the promises; clauses of preparation, or with a word of ``unsaid``, tell none.

    Parts of a total that has been told are left out; what a month brought by itself and mere beginnings are marked
    as not counting.
    """
    if in_english(text):
        return [one for one in read_quantities(text) if not indicators or _speaks_of(one, indicators)]
    kept: list[QuantityDraft] = []
    scope = ""
    summed = any(word in text for word in words.progress.CUMULATIVE)
    for clause in clauses(text):
        plain = clause
        for plan in words.progress.PLANS:
            plain = plain.replace(plan, "")
        preparing = any(word in plain for word in [*words.progress.PREPARING, *unsaid])
        alone = _of_period(scope + clause, summed)
        figures = [
            replace(one, counts=not (alone or (unsaid and _under_way(clause, indicators))))
            for one in read_quantities(clause)
        ]
        scope = clause if not figures and len(clause) <= _SCOPE else ""
        if unsaid and _WHOLE_OF.match(clause):
            continue  # 20座公厕中: the whole of which the report tells a part
        if any(word in clause for word in words.progress.SUMS):
            kept = [one for one in kept if all(one.unit != total.unit for total in figures)]
        figures = [one for one in figures if not (_is_part(clause, one, kept) and one.counts)]
        figures = [one for one in figures if not _compares(clause, one, indicators)]
        kept += [one for one in figures if not indicators or (_speaks_of(one, indicators) and not preparing)]
    return kept


def _under_way(clause: str, indicators: Sequence[IndicatorDraft]) -> bool:
    """已开工18座, 20座已全部开工 of 新建20座, 在建22部: nothing of it is done yet."""
    if any(word in clause for word in words.progress.IN_THE_MAKING):
        return True
    promised = "".join(one.subject + one.quote for one in indicators)
    return _BEGUN.search(clause) is not None and not any(word in promised for word in words.progress.BEGUN)


def _of_period(clause: str, summed: bool) -> bool:
    """本月新增6台; 9月完工12台 where another figure is said to be the sum."""
    if any(word in clause for word in words.progress.OF_PERIOD):
        return True
    cumulative = any(word in clause for word in words.progress.CUMULATIVE)
    return summed and not cumulative and _OWN_MONTH.search(clause) is not None


def _is_part(clause: str, figure: QuantityDraft, kept: Sequence[QuantityDraft]) -> bool:
    """其中东片20台 after the total of the same measure."""
    return clause.startswith(words.progress.PARTS) and any(one.unit == figure.unit for one in kept)


def _compares(clause: str, figure: QuantityDraft, indicators: Sequence[IndicatorDraft]) -> bool:
    """同比增长12% beside a promise of things: how much more than last year."""
    shares = any(one.unit in SHARES for one in indicators)
    compared = any(word in clause for word in words.progress.COMPARED)
    return compared and figure.unit in SHARES and bool(indicators) and not shares


def echoes(text: str, target: str) -> bool:
    """True when a report adds nothing to its target but 已 or 完成, and leaves nothing out.

    A figure that is said to be reached (已新建12座 of 新建12座) is progress; a figure repeated word by word is not.
    """
    said, meant = _core(text), _core(target)
    if len(meant) < 4 or not said:
        return False
    if re.search(r"\d", narrow(said)) and _bare(text) != _bare(target):
        return False
    return said == meant or _differing(said, meant) <= _SLIP


def _differing(said: str, meant: str) -> int:
    """How many characters one of two texts has more than what they have in common."""
    if abs(len(said) - len(meant)) > _SLIP:
        return max(len(said), len(meant))
    blocks = SequenceMatcher(None, said, meant).get_matching_blocks()
    return max(len(said), len(meant)) - sum(block.size for block in blocks)


def _bare(text: str) -> str:
    return re.sub(r"[^\w]", "", text)


def _core(text: str) -> str:
    bare = _bare(text)
    for filler in words.progress.ECHO_FILLERS:
        bare = bare.replace(filler, "")
    return bare


def _speaks_of(figure: QuantityDraft, indicators: Sequence[IndicatorDraft]) -> bool:
    return figure.unit in ("%", "‰") or any(alike(figure.unit, one.unit) for one in indicators)


def _without_target(
    text: str, figures: Sequence[QuantityDraft], indicators: Sequence[IndicatorDraft]
) -> list[QuantityDraft]:
    """新增床位200张，目前已完成140张: the clause before 目前 says the target again, it reports nothing."""
    parts = clauses(text)
    targets = [one for one, after in pairwise(parts) if after.startswith(words.progress.SO_FAR)]
    kept = list(figures)
    for target in [one for one in targets if not any(word in one for word in words.progress.REACHED)]:
        for said in read_quantities(target):
            known = any(said.quantity == one.quantity and alike(said.unit, one.unit) for one in indicators)
            if known and said in kept:
                kept.remove(said)
    return kept


def _said_to_be_so(text: str) -> list[str]:
    """The clauses but those about what is hoped for; after 下一步 the whole rest of a sentence is."""
    said: list[str] = []
    for sentence in re.split(r"[。；;\n]", text):
        done = re.split("|".join(words.progress.FROM_NOW_ON), sentence)[0]
        said += [one for one in clauses(done) if not _hoped_for(one)]
    return said


def _in_words(text: str, indicators: Sequence[IndicatorDraft]) -> str | None:
    """What the words say is so; clauses about what is hoped for or not yet done say nothing of it."""
    if re.sub(r"[\s。，,；;.]", "", text) in dict(words.progress.LIGHTS)["done"]:
        return "done"
    said = _said_to_be_so(text)
    for status, phrases in words.progress.STATUS_WORDS:
        within = clauses(text) if status in ("not_started", "lagging", "suspended") else said
        within = [one for one in within if status != "done" or not _prepares(one)]
        if any(re.search(f"{phrase}{_SHARE_FOLLOWS}", one) for phrase in phrases for one in within):
            return _resumed(text) if status == "suspended" else status
    return "done" if _finished(text, said, indicators) else None


def _prepares(clause: str) -> bool:
    """设计方案、概算编制均已完成: what is finished is the preparation, and no target is named."""
    preparing = any(word in clause for word in words.progress.PREPARING)
    return preparing and not any(word in clause for word in words.progress.SHARE_WORDS)


def _hoped_for(clause: str) -> bool:
    if any(word in clause for word in words.progress.NOT_YET):
        return True
    return "已" not in clause and any(word in clause for word in words.progress.TO_COME)


def _finished(text: str, said: Sequence[str], indicators: Sequence[IndicatorDraft]) -> bool:
    """文化馆已建成投用, where one thing was promised and nothing of it is left to do."""
    single = all(one.quantity <= 1 and one.unit not in SHARES for one in indicators)
    if not single or any(word in text.replace("未来", "") for word in words.progress.UNFINISHED):
        return False
    return any(word in one for word in words.progress.FINISHED for one in said)


def _resumed(text: str) -> str:
    """A suspension that is over is progress again."""
    stopped = max(text.rfind(word) for word in dict(words.progress.STATUS_WORDS)["suspended"])
    return (
        "in_progress" if any(text.rfind(word) > stopped for word in words.progress.RESUMED) else "suspended"
    )


def _forecast(text: str) -> str | None:
    for clause in clauses(text):
        match = re.search(rf"(?:{'|'.join(words.progress.FORECASTS)}).*?(?:月|季度|年)[^，,。；;]*", clause)
        if match and re.search(r"完成|完工|竣工|建成|交付|投用|开工|启用", match.group()):
            return match.group()
    return None
