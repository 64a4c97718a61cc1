"""Which numbered paragraphs are items: decided by evidence, in this one place.

1. **Units answer for them.** Where two entries of a part name units (or one under the title of a plan, all others
   beginning as those of plans do; an entry at whose units the page ends counts as well), the entries with units are items whatever the title says: 责任单位 is written only where somebody is to be held to something.
   An entry without units beside them is an item if it promises a quantity or reports, and is not under a heading that
   says how the plan is carried out (组织领导, 工作要求); the missing unit becomes a finding.
2. **Reports.** Entries below which 完成情况 stands are items likewise, and those of a document that reports
   (进展情况 in its title) where something is named or promised and how far it is.
3. **A plan without units.** Only under a title that announces a plan (工作要点, 重点工作, 实事) and none of other
   writing (讲话, 纪要, 招聘, 办法, 会议). Then the entries that promise are items: a quantity, or a sentence that begins
   as those of plans do (推进, 加快, 新建). At least three of them, at least half of all entries, and at least one
   with a quantity (where nearly all promise, the rest are items too), or five below headings that nearly all begin so; else the numbers are those of a letter, a rule or a form, and nothing is taken.

4. **A list of projects by name.** Below a sentence that announces it (今年的十件实事是：) the names of projects
   need no quantity: three at least, nearly all of which say what is built or done (half of them where there are
   exactly as many as announced).

Invented items are worse than missing ones: where no rule says yes, the answer is no.
"""

from __future__ import annotations

import re

from intake import words
from intake.entries import Entry
from intake.outline import Node, sentences, stated_number
from intake.wording import bare_end, title_and_rest

_LEAST_ITEMS = 3
_LEAST_WITHOUT_FIGURES = 5
_LEAST_SHARE = 0.5
_LONGEST_NAME = 45
_NEARLY_ALL = 0.8  # from this share on the rest is of the same kind, only worded otherwise


def items_of(
    entries: list[Entry], part: Node, document: str, tables_told: bool, reporting: bool = False
) -> list[Entry]:
    """The entries of a part that are items.

    The title of the document counts where that of the part says nothing; ``tables_told`` when tables have
    already given the tasks; ``reporting`` when the document tells how far its tasks are. Else what stands below
    上年工作情况 is past and promises nothing.
    """
    entries = [entry for entry in entries if reporting or entry.bound or not entry.past]
    own = part.text
    title = own if announces_plan(own) or _announces_other(own) else f"{own} {document}"
    told = [entry for entry in entries if entry.bound or entry.reported]
    if told and entries[-1].cut:
        told.append(entries[-1])
    if sum(does(entry) or entry.reported for entry in told) * 2 < len(told):
        return []  # names of offices or forms beside their labels: nothing is to be done there
    if len(told) >= 2:
        return [entry for entry in entries if entry in told or _belongs(entry, told)]
    if told and announces_plan(title):
        ours = [entry for entry in entries if entry in told or not entry.how]
        if all(entry in told or _like(entry, told[0]) for entry in ours):
            return ours
    if not announces_plan(title):
        return []
    named = part.style in ("list", "titled") and any(word in own for word in words.plans.PROJECT_LISTS)
    if (
        named
        and part.style == "list"
        and len(entries) == stated_number(own)
        and sum(map(does, entries)) >= max(_LEAST_ITEMS, len(entries) // 2)
    ):
        return entries
    return (_of_list(entries) if named else []) or _of_plan(entries, tables_told)


def _of_list(entries: list[Entry]) -> list[Entry]:
    """Names of projects, short and each with what is built or done; what is asked of everybody (要…, 各…) is none."""
    named = [
        one
        for one in entries
        if does(one)
        and len(title_and_rest(one.text)[0]) <= _LONGEST_NAME
        and not any(part.startswith(words.plans.ASKING) for part in sentences(one.text))
    ]
    return entries if len(named) >= max(_LEAST_ITEMS, _NEARLY_ALL * len(entries)) else []


def announces_plan(title: str) -> bool:
    """True for a title of a plan; 关于召开重点工作会议的通知 is none."""
    return any(word in title for word in words.plans.PLAN_TITLES) and not _announces_other(title)


def _announces_other(title: str) -> bool:
    for only_said in words.plans.TOLD_BELOW:
        title = title.replace(only_said, "")
    return any(word in title for word in words.plans.OTHER_TITLES)


def _belongs(entry: Entry, told: list[Entry]) -> bool:
    """An entry without unit among items: of their kind, and with a quantity."""
    if entry.how:
        return False
    if any(one.path == entry.path and one.node.style == entry.node.style for one in told):
        return entry.promises or _rows_in_step(entry, told)
    return entry.promises and any(one.node.style == entry.node.style for one in told)


def _like(entry: Entry, told: Entry) -> bool:
    """Numbered as the one entry that has units, and begun as those of plans are."""
    return entry.node.style == told.node.style and acts(entry)


def _rows_in_step(entry: Entry, told: list[Entry]) -> bool:
    """Below the same heading nearly all have units: the one without is a row whose unit was forgotten."""
    beside = sum(one.path == entry.path for one in told)
    return beside >= max(_LEAST_ITEMS, _NEARLY_ALL * (beside + 1))


def _of_plan(entries: list[Entry], tables_told: bool) -> list[Entry]:
    ours = [entry for entry in entries if not entry.how]
    promising = [entry for entry in ours if entry.promises or (not tables_told and acts(entry))]
    counted = any(entry.promises for entry in promising)
    if not counted and not tables_told and _all_act(ours):
        return ours
    if not counted or len(promising) < max(_LEAST_ITEMS, _LEAST_SHARE * len(ours)):
        return []
    return ours if len(promising) >= _NEARLY_ALL * len(ours) else promising


def _all_act(entries: list[Entry]) -> bool:
    """Many below headings, nearly every one begun as those of plans are: a plan that counts nothing."""
    acting = sum(acts(entry) for entry in entries if entry.path)
    return acting >= max(_LEAST_WITHOUT_FIGURES, _NEARLY_ALL * len(entries))


def does(entry: Entry) -> bool:
    """True for a wording that says anywhere what is done, or how much of it."""
    said = entry.text + "".join(
        one.cell.text for one in entry.every_label if one.column.role in ("task", "goal")
    )
    if title_and_rest(bare_end(said))[0].endswith(words.plans.PROJECT_ENDINGS):
        return True
    return entry.promises or any(verb in said for verb in (*words.plans.PLAN_VERBS, *words.numbers.VERBS))


def acts(entry: Entry) -> bool:
    """True for a paragraph that begins as a plan's do, in its title or its first sentence, and rules nobody."""
    title, rest = title_and_rest(entry.text)
    if any(word in entry.text for word in words.plans.NORMATIVE) or entry.text.startswith(words.plans.ASKING):
        return False
    return _begins_with_act(title) or _begins_with_act(rest)


def _begins_with_act(text: str) -> bool:
    adverbs = "|".join(sorted(words.plans.PLAN_ADVERBS, key=len, reverse=True))
    bare = re.sub(rf"^(?:{adverbs})*", "", text.strip())
    verbs = (*words.plans.PLAN_VERBS, *words.numbers.VERBS)
    return text.startswith(verbs) or bare.startswith(verbs)
