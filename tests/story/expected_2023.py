"""What the year of the 45 items must bring, worked out from the rules before it was ever run.

The table of March 2023 comes in with its figures on Monday 3 April and is followed from then; the office adds the
phases: execute until Thursday 30 November, gap-fill in December. Deadlines are 30 November; tasks start on 1 January.
Working days around the holidays: 5 April off; Sunday 23 April worked, 29 April – 3 May off, Saturday 6 May worked;
22–24 June off, Sunday 25 June worked; 29 September – 6 October off, 7 and 8 October worked. Reports fall due on
28.4 31.5 30.6 31.7 31.8 28.9 31.10 30.11. Everybody signs on 4.4, 区妇联 when reminded again on 10.4 (4 6 7 10).

30 养老床位 400张, 区民政局. 60 in the April report: 61 were asked for on day 50.8, 21 February; far more than 20: red and
lagging since 28.4, said on working days 1 6 11 16 21 after it: 4.5 10.5 17.5 24.5 31.5. The report is accepted on 5.5: a
real action, so the clock starts that day; head after 5 (6班 8 9 10 11) on 11.5, leader after 10 on 18.5, case after 15 on
25.5. The reply is due 5 later (26 29 30 31 1) on 1.6, said on 31.5 and 1.6; answered on 1.6 at 16:00, closed on 5.6.
On 31.5 at 16:00 the unit is back on plan.

39 充电桩 900个, 区交通委. The April report is sent back on 4.5; asked again on 5.5 and reported again that day.

15 暑托班 40个, 团区委 with 区教育局. Suspended from 12.6, resumed on 1.8: nothing in between, no report for June and July.
28 on 31.8: 29 are asked for on day 241.4: green.

16 职工保障 100000人, 区总工会. 101000 in March already: complete the day it came in, acceptance asked on 4.4, accepted on 6.4;
no signing, no report. Evaluation due 20 later on 6.5 (7, 10–14, 17–21, 23班, 24–28, 4, 5, 6班), said 5 before on 26.4; archive due
on 2.6, said on 26.5.

17 失业青年 730名, 区人力资源社会保障局. 1898 on 22.8: 260 %, early; acceptance asked on 23.8, accepted on 24.8.

45 示范路 5条, 区交通委. −20 of 30.11 is 2.11. On 15.11 extended to 22 December: −20 −10 −5 of it are 24.11 8.12 15.12. Complete
on 18.12, acceptance asked on 19.12, accepted on 20.12. Never on the gap list.

37 智慧菜场 3家, 区商务委. 2 on 30.11: on the gap list, working days 1 4 7 10 after 30.11 are 1.12 6.12 11.12 14.12. Complete on
15.12, acceptance asked on 18.12, accepted on 19.12.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

LIAISON, HEAD, LEADER, DESK = "联络员", "负责人", "分管领导", "督查员"
Line = tuple[str, str, str, date]  # sub-task, rule, post of the recipient, day


def _said(no: str, rule: str, post: str, days: str) -> Iterator[Line]:
    for day in days.split():
        number, month = map(int, day.split("."))
        yield no, rule, post, date(2023, month, number)


NOT_YET = ("follow_up",)  # falls due after the story's last day
# Of these sub-tasks everything that these rules say to these posts in the year, and nothing else.
SAID: list[Line] = [
    *_said("30", "lagging", LIAISON, "4.5 10.5 17.5 24.5 31.5"),
    *_said("30", "escalated", HEAD, "11.5"),
    *_said("30", "escalated", LEADER, "18.5"),
    *_said("30", "escalated", DESK, "25.5"),
    *_said("30", "case_notice", LIAISON, "25.5"),
    *_said("30", "case_notice", HEAD, "25.5"),
    *_said("30", "case_due", LIAISON, "31.5 1.6"),
    *_said("30", "case_due", HEAD, "31.5 1.6"),
    *_said("39", "returned", LIAISON, "5.5"),
    *_said("20", "acknowledge", LIAISON, "4.4 10.4"),
    *_said("39", "acknowledge", LIAISON, "4.4"),
    *_said("16", "acceptance", DESK, "4.4"),
    *_said("16", "follow_up", LIAISON, "26.4 26.5"),
    *_said("17", "acceptance", DESK, "23.8"),
    *_said("45", "deadline_due", LIAISON, "2.11 24.11 8.12 15.12"),
    *_said("45", "acceptance", DESK, "19.12"),
    *_said("37", "gap_fill", LIAISON, "1.12 6.12 11.12 14.12"),
    *_said("37", "acceptance", DESK, "18.12"),
]
# Of these nothing is ever said.
NEVER = [
    ("15", "lagging"),
    ("15", "report_late"),
    ("15", "escalated"),
    ("30", "case_late"),
    ("39", "report_late"),
    ("16", "acknowledge"),
    ("16", "report_due"),
    ("17", "deadline_due"),
    ("45", "gap_fill"),
    ("45", "overdue"),
]
# The light on the evening of the day.
LIGHTS = [
    ("16", date(2023, 4, 3), "done"),
    ("1", date(2023, 4, 3), "green"),
    ("30", date(2023, 4, 28), "red"),
    ("30", date(2023, 5, 31), "green"),
    ("15", date(2023, 6, 12), "grey"),
    ("15", date(2023, 7, 31), "grey"),
    ("15", date(2023, 8, 31), "green"),
    ("17", date(2023, 8, 22), "done"),
    ("45", date(2023, 12, 1), "green"),
    ("37", date(2023, 12, 1), "red"),
    ("37", date(2023, 12, 15), "done"),
]
QUIET = ("15", date(2023, 6, 13), date(2023, 7, 31))  # a suspended task: not one word of it
PERCENT = ("17", 260)
