"""Findings of documents and workbooks with their names and figures: each Chinese sentence that a finding may bring
beside the same in English. Known by their wording, as they come out of reading a file; what is not here is told by
its code (``findings``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from intake.contacts import LOCALES, POSTS, UNIT_KINDS
from intake.report_sheet import YES
from intake.workbook_layout import COMPARATORS, KINDS, STATUSES

TOLD: tuple[tuple[str, str], ...] = (
    (
        "文件说有{number}项，读到的是{projects}个项目、{subtasks}个子任务。请对照原文，看看有没有漏读、多读，或文件本身不完整。",
        "The document speaks of {number} tasks; {projects} projects with {subtasks} sub-tasks were read. Compare them with the original.",
    ),
    (
        "有{n}处内容无法判断属于哪一行、哪一栏，未导入；其余各行已经读取。请对照原文补上，或改用原始的 .xlsx、.docx 文件。",
        "Of {n} cells it cannot be told to which row or column they belong; they were left out, all else was read. Add them, or use the original .xlsx or .docx.",
    ),
    (
        "全部{n}个子任务都没有牵头单位，无人可催办。请在原表中增加“牵头单位”一栏后重新导入，或存入后导出计划补上。",
        "None of the {n} sub-tasks has a lead unit, so nobody can be reminded. Add a column for it and import again, or export the plan once it is stored.",
    ),
    (
        "全部 {n} 个子任务都没有牵头单位：作为草稿入库，补上牵头单位之前不催办。",
        "None of the {n} sub-tasks has a lead unit: they are stored as drafts, and nobody is reminded until one is added.",
    ),
    (
        "牵头一栏写的是人名（“{name}”等{n}人），已按原名作为牵头单位，同时记为责任人。请在单位名录中为其登记邮箱，或改为所在部门。",
        "Persons stand where lead units should (“{name}”; {n} in all). They were kept as leads; give them an address, or write their departments.",
    ),
    (
        "子任务{no}没有牵头单位，无人可催办。请在原表中补上后重新导入，或存入后导出计划补上。",
        "Sub-task {no} has no lead unit, so nobody can be reminded. Add it and import again, or export the plan once it is stored.",
    ),
    (
        "“{task}”没有牵头单位：作为草稿入库，补上牵头单位之前不催办。",
        "“{task}” has no lead unit: it is stored as a draft, and nobody is reminded until one is added.",
    ),
    (
        "新任务“{task}”没有牵头单位：作为草稿入库，补上牵头单位之前不催办。",
        "The new task “{task}” has no lead unit: it is stored as a draft, and nobody is reminded until one is added.",
    ),
    (
        "子任务{no}有{units}个牵头单位、{persons}名责任人，无法按顺序一一对应。请核对。",
        "Sub-task {no} has {units} lead units and {persons} persons in charge: who belongs where cannot be told by their order.",
    ),
    (
        "“{name}”是集合称谓，保留原名。请在单位名录中为它指定成员，之后才能逐一通知。",
        "“{name}” stands for several units and was kept as a name. Say its members in the contacts workbook to reach each of them.",
    ),
    (
        "“{name}”按成员名单展开为 {n} 个单位：{names}。",
        "“{name}” was expanded to its {n} members: {names}.",
    ),
    (
        "“{name}”是统称，还没有成员名单：{sentence}。请写明它包括哪些单位。",
        "“{name}” stands for several units and has no list of members: {sentence}. Say which units it means.",
    ),
    ("牵头单位须落实到具体单位，否则无人收到提醒", "as it leads, nobody is reminded"),
    ("提醒只发给牵头单位，不受影响", "reminders go to lead units and are not touched"),
    (
        "与子任务{no}的内容相同，可能是同一承诺重复列入。请确认是否只保留一项。",
        "The same as sub-task {no}; the promise may stand in the document twice. Keep one, or both if that is meant.",
    ),
    (
        "各单位分解量合计{total}，与总任务{target}不一致。请核对分解量后再确认。",
        "The shares of the units add up to {total}, the total is {target}. Check the shares.",
    ),
    (
        "各单位分解量之和是 {total}，总量是 {target}，两者不符。请核对。",
        "The shares of the units add up to {total}, the total is {target}. Check them.",
    ),
    (
        "“{subject}”改为 {figure}，原来的分解量合计 {total} 没有跟着改：请补报分解量。",
        "“{subject}” is now {figure}, but the shares still add up to {total}. Say the new shares.",
    ),
    (
        "“{unit}”一栏的内容读不出分解量，未计入。请改成“数字+计量单位”，没有任务的填“--”。",
        "No share can be read in the column of “{unit}”; it was not counted. Write a figure with its unit, or -- for none.",
    ),
    (
        "任务表述中没有总量，按各单位分解量合计读作{figure}。请核对。",
        "The row states no total; the sum of its shares, {figure}, was taken. Check it.",
    ),
    (
        "“{text}”没有固定日期，将按计划的执行期截止日处理。另有日期的，请存入后导出计划，补充日期。",
        "“{text}” names no date; the end of the execute phase applies. If there is another, add it once the plan is stored.",
    ),
    (
        "“{text}”是经常性工作，没有截止日期，将按计划的执行期截止日处理。需要定期提醒的，请存入后导出计划，补充日期。",
        "“{text}” is regular work without a deadline; the end of the execute phase applies. Add dates once the plan is stored.",
    ),
    (
        "提到制约因素“{said}”，可能需要协调。",
        "The report names something that holds the work up (“{said}”); it may need coordination.",
    ),
    (
        "进展情况写有预计完成时间“{said}”。",
        "The report says when it expects to be done: “{said}”.",
    ),
    (
        "文件写明的年度是{said}年，与指定的{year}年不一致，已按{taken}年读取。如系误填，请改正年度后重新导入。",
        "The document says {said}, the year given is {year}: it was read as {taken}. Correct the year if that is wrong.",
    ),
    (
        "文件跨{first}—{last}年，按{taken}年读取。如为其他年度，请指明年度或从中选定。",
        "The document speaks of {first} to {last} and was read as {taken}. Choose another year if that is wrong.",
    ),
    (
        "工作表“{title}”是隐藏的，没有读取。如需导入，请取消隐藏后重新导入。",
        "The hidden sheet “{title}” was left out. Show it and import again if it holds tasks.",
    ),
    (
        "网页里有 {n} 个字无法辨认，显示为“�”。请对照原网页核对。",
        "{n} characters of the page are broken and show as “�”. Compare them with the page.",
    ),
    (
        "第 {pages} 页没有文字（扫描件或图片），没有读取。请对照原文补上。",
        "Pages without text (scans or pictures), which were not read: {pages}. Add what they hold.",
    ),
    (
        "{sentence}请核对各栏；如有出入，请在原表中补上“序号、任务、牵头单位、完成时限”等表头后重新导入。",
        "{sentence} Check the columns, or say below what they are.",
    ),
    ("没见过“{heading}”这个表头，按内容判断这一栏。", "The heading “{heading}” is not known; the column was told by what it holds."),
    ("这张表没有表头，各栏按内容判断。", "This table has no headings; its columns were told by what they hold."),
    ("表头比各行少一栏，按内容判断哪一栏的表头跨两栏。", "There is one heading less than columns; which one spans two was told by what they hold."),
    (
        "没有见过单位“{name}”：可能就是 {names}，如是请选择；否则作为新单位入库。",
        "“{name}” has not been seen before; it may be {names}. Choose that if it is, else it is stored as a new unit.",
    ),
    (
        "没有见过这 {n} 个单位，将作为新单位入库，请核对写法：{names}。",
        "These {n} units have not been seen before and will be stored as new ones. Check how they are written: {names}.",
    ),
    (
        "“{long}”和“{short}”可能是同一个单位：如是请选择，否则分别入库。",
        "“{long}” and “{short}” may be the same unit. Choose that if they are, else both are stored.",
    ),
    (
        "节点“{text}”的时间“{period}”无法确定到月：没有入库，请补写月份。",
        "The month of the milestone “{text}” cannot be told from “{period}”; it is not stored. Add the month.",
    ),
    (
        "进展的时间“{period}”无法确定到月：没有入库，请补写月份。",
        "The month of the report cannot be told from “{period}”; it is not stored. Add the month.",
    ),
    (
        "{what}中的“{figures}”是当期或在建的数字，不是累计完成数：没有入库，请补充累计数。",
        "“{figures}” is of the month alone or of what has only begun, no total: it is not stored. Add the total so far.",
    ),
    (
        "{what}中的“{figures}”对不上“{task}”的任何一个指标：只保留文字，不参与计算。",
        "“{figures}” fits none of the indicators of “{task}”; only the words are kept.",
    ),
    (
        "新文件里“{task}”没有指标“{subject}”：仍保留；确已取消请选择删去。",
        "The new document names no indicator “{subject}” of “{task}”: it stays, unless you choose to remove it.",
    ),
    (
        "新文件里没有“{task}”：仍保留，照常催办；确已取消请选择{answer}。",
        "The new document does not name “{task}”: it stays and is followed up as before, unless you choose to end it.",
    ),
    (
        "计划里没有“{task}”：进展表不增加任务，没有导入。",
        "The plan does not have “{task}”; a progress table adds no tasks, so it was left out.",
    ),
    (
        "“{task}”的“{subject}”在 {before} 是 {less}，在 {after} 却是 {more}，累计数变少了：请核对。",
        "“{subject}” of “{task}” was {less} in {before} and is {more} in {after}: a total does not fall. Check it.",
    ),
    # Cells of workbooks
    ("不是数量（计量单位是“{unit}”），没有读取。请只写数字，如 16000 或 1.6万。", "That is no figure (its unit of measure is “{unit}”). Write digits only, such as 16000."),
    ("不是数量，没有读取。请只写数字，如 16000 或 1.6万。", "That is no figure. Write digits only, such as 16000."),
    ("不是日期，没有读取。请写成 2024-11-30。", "That is no date. Write it like 2024-11-30."),
    ("没有这个选项，按“{default}”读取。可选：{choices}。", "There is no such choice; it was read as “{default}”. Possible: {choices}."),
    ("累计数不能小于零。请填写年初以来的累计完成数。", "A total cannot be less than zero. Write what is done since the year began."),
    ("这一行没有任务编号，没有读取。请在重新下载的填报表里填写，不要增加行。", "This row has no hidden number. Download the workbook again, fill in its rows and add none."),
    ("这一行没有指标，不能填数量。请写在“进展说明”里。", "This row has no indicator, so it takes no figure. Write it among the words."),
    ("“{name}”已经是 {where} 的名称、简称或别名，这一行没有读取。请改名或删除重复的行。", "“{name}” is a name of {where} already. Rename it, or delete the row that stands twice."),
    ("成员单位“{member}”不在“单位”表里。请补上这个单位，或改成表里的名称。", "The member “{member}” is not in the sheet of units. Add it there, or write its name as it stands there."),
    ("集合单位没有写明成员单位，无法分到具体单位。请填写“成员单位”列。", "A collective unit without members reaches nobody. Fill in its members."),
    ("{unit}的{post}已在 {where} 填写，这一行没有读取。请只保留一行。", "{unit} has a {post} already, at {where}. Keep one of the rows."),
    ("这个单位不在“单位”表里，这一行没有读取。请先在“单位”表里补上，或改成表里的名称。", "This unit is not in the sheet of units. Add it there, or write its name as it stands there."),
    ("没有这种岗位，这一行没有读取。可选：{choices}。", "There is no such post. Possible: {choices}."),
    ("不是有效的电子邮箱，这一行没有读取。请写成 liaison@example.com 这样的一个地址。", "That is no mail address. Write one like liaison@example.com."),
    ("渠道里写了邮箱，但没有填电子邮箱，这一行没有读取。请填写电子邮箱，或去掉邮箱这个渠道。", "The channels name e-mail, but there is no mail address. Fill it in, or take e-mail out of the channels."),
    ("{sentence}这一行没有读取。", "{sentence}"),
    ("看不懂“{part}”。请写成 渠道名:账号，或只写渠道名。", "“{part}” cannot be read. Write channel:account, or the channel alone."),
    ("“{part}”后面不用写地址。邮箱地址请写在“电子邮箱”列。", "“{part}” takes no address. Mail addresses stand in their own column."),
    ("渠道“{channel}”写了两次。请每个渠道只写一次。", "The channel “{channel}” stands there twice. Write each channel once."),
    ("这一行没有单位名称，没有读取。请填写。", "This row names no unit. Fill it in."),
    # What a unit is asked about
    ("{name}：{value} 低于上次填报的 {before}，请核对是否为累计数。", "{name}: {value} is less than the {before} of the report before. Is it the total since the year began?"),
    ("{name}：{value} 超过目标的三倍，请核对单位。", "{name}: {value} is more than three times the target. Check the unit of measure."),
    ("进展说明只是重复了任务内容，请写实际进展。", "The words only repeat the task. Write what has been done."),
)  # fmt: skip
# Choices of workbooks, which are read by their code, too.
_CODES: Mapping[str, str] = {
    word: code
    for words in (UNIT_KINDS, POSTS, LOCALES, YES, KINDS, STATUSES, COMPARATORS)
    for code, word in words.items()
}
_AMOUNTS = ("figure", "less", "more", "target", "total")
_JOINED = re.compile(r"(?<=\d)(?=[A-Za-z])")  # where a unit in letters follows its figure
_LISTS = ("names", "choices", "figures", "pages")


def told_in_english(sentence: str) -> str:
    """The same with its names and figures in English; an empty text for a sentence that is not here."""
    for pattern, english in _patterns():
        found = pattern.fullmatch(sentence)
        values = {name: _value(name, text) for name, text in found.groupdict().items()} if found else {}
        if found and all(values.values()):
            return english.format(**values)
    return ""


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The sentences as patterns; those with most words of their own first, for they say most."""
    by_words = sorted(TOLD, key=lambda pair: -len(re.sub(r"\{\w+\}", "", pair[0])))
    return [(pattern_of(chinese), english) for chinese, english in by_words]


def pattern_of(sentence: str) -> re.Pattern[str]:
    """What matches the sentence with anything in place of its names and figures."""
    parts = re.split(r"\{(\w+)\}", sentence)
    names = (f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile("".join(names), re.DOTALL)


def _value(name: str, text: str) -> str:
    if name == "sentence":
        return told_in_english(text)
    if name in _LISTS:
        return ", ".join(_CODES.get(part, part) for part in text.split("、"))
    text = _CODES.get(text, text)
    return _JOINED.sub(" ", text) if name in _AMOUNTS else text
