"""What the whole year of the matrix plan must bring, worked out from the rules before it was ever run.

The plan is issued and followed from Wednesday 28 February; everybody signs on the 29th, 区残联 only when reminded.
Units report on the last working day of each month at 16:00 what the plan asks for, the coordinators accept
on the second working day after. Working days: see hand_2024. The others' year is as planned; these are not:

四.2 630户, 区民政局. 160 on 31.5: 161 were asked for on 9 May; 10 11班 13–17 20–24 27–31 make 17: yellow, lagging
since 31.5, said on working days 1 6 11 16 21 26 31 36 41 46 after it: 3.6 11.6 18.6 25.6 2.7 9.7 16.7 23.7 30.7 6.8.
170 on 28.6: 33 behind, red. The report is accepted on 2.7: a real action, so the clock starts that day: head after 5
(3 4 5 8 9) on 9.7, leader after 10 on 16.7, case after 15 on 23.7. The reply is due 5 later (24 25 26 29 30) on
30.7; reminders on 29.7 and 30.7, late on 31.7 and 2.8, second notice 3 after 30.7 on 2.8. 200 on 31.7: still
red, accepted on 2.8: the clock starts anew; the reply on 5.8 starts it again, so that the head would hear on 12.8;
but on 9.8 the unit reports 375: 376 are asked for on day 164.7, the 11th; green. The case is closed that day.

九.1 200台, 区住建局. The April report is sent back on 6.5 at 10:00; asked again on the next working day, 7.5, and
reported again that day at 14:00.

三.1 200场, 区卫健局. Suspended from 3.6 by a higher authority, resumed on 1.8: nothing is said of it in between, no
report is owed for June and July, whose due days 28.6 and 31.7 lie inside. 130 on 30.8: 131 were asked for on day 180.8,
the 27th; 28 29 30 make 3: green. (Without the suspension 67, the figure of May, would be red.)

六.2 60人, 区残联. 156 on 20.8, 260 %: early and over-fulfilled. Accepted on 21.8. The evaluation is due 20 working days
later on 19.9 (22 23, 26–30, 2–6, 9–13, 14班, 18, 19), said 5 before on 11.9 (18 14班 13 12 11), done on 18.9; the archive
40 later on 22.10 (20, 23–27, 29班, 30, 8–11, 12班, 14–18, 21, 22), said on 15.10, done that day.

五.1 4家, 区卫健局. 4 on 30.9: complete two months early; asked for acceptance on 8.10, accepted on 9.10.

十.1 48个, 区住建局. Asked on 18.11 to be extended to 20 December, approved on 20.11: deadline steps −20 −10 of 30.11 were said
on 1.11 and 15.11; of 20.12 come −20 on 22.11, −10 on 6.12, −5 on 13.12. Complete on 16.12: no more. Accepted on 18.12:
on time after an extension. Never on the gap list.

九.2 15个, 区城管 (执法). 13 on 29.11: on the gap list, working days 1 4 7 10 after 30.11 are 2 5 10 13 December. Complete on
16.12, acceptance asked on 17.12, accepted on 18.12.

The year's marks: the plan's last table on 31.12, the evaluation of the year after December's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

LIAISON, HEAD, LEADER, DESK = "联络员", "负责人", "分管领导", "督查员"
Line = tuple[str, str, str, date]  # sub-task, rule, post of the recipient, day


def _said(no: str, rule: str, post: str, days: str) -> Iterator[Line]:
    for day in days.split():
        number, month = map(int, day.split("."))
        yield no, rule, post, date(2024, month, number)


NOT_YET = ("follow_up",)  # falls due after the story's last day
# Of these sub-tasks everything that these rules say to these posts in the year, and nothing else.
SAID: list[Line] = [
    *_said("四.2", "lagging", LIAISON, "3.6 11.6 18.6 25.6 2.7 9.7 16.7 23.7 30.7 6.8"),
    *_said("四.2", "escalated", HEAD, "9.7"),
    *_said("四.2", "escalated", LEADER, "16.7"),
    *_said("四.2", "escalated", DESK, "23.7"),
    *_said("四.2", "case_notice", LIAISON, "23.7 2.8"),
    *_said("四.2", "case_notice", HEAD, "23.7 2.8"),
    *_said("四.2", "case_due", LIAISON, "29.7 30.7"),
    *_said("四.2", "case_due", HEAD, "29.7 30.7"),
    *_said("四.2", "case_late", LIAISON, "31.7 2.8"),
    *_said("四.2", "case_late", HEAD, "31.7 2.8"),
    *_said("九.1", "returned", LIAISON, "7.5"),
    *_said("六.2", "acknowledge", LIAISON, "29.2 5.3"),
    *_said("九.1", "acknowledge", LIAISON, "29.2"),
    *_said("六.2", "acceptance", DESK, "21.8"),
    *_said("六.2", "follow_up", LIAISON, "11.9 15.10"),
    *_said("五.1", "acceptance", DESK, "8.10"),
    *_said("十.1", "deadline_due", LIAISON, "1.11 15.11 22.11 6.12 13.12"),
    *_said("十.1", "acceptance", DESK, "17.12"),
    *_said("九.2", "gap_fill", LIAISON, "2.12 5.12 10.12 13.12"),
    *_said("九.2", "acceptance", DESK, "17.12"),
    *_said(
        "三.1",
        "report_due",
        LIAISON,
        "26.3 29.3 26.4 30.4 28.5 31.5 27.8 30.8 26.9 30.9 28.10 31.10 26.11 29.11",
    ),
]
# Of these nothing is ever said.
NEVER = [
    ("三.1", "lagging"),
    ("三.1", "report_late"),
    ("三.1", "escalated"),
    ("九.1", "lagging"),
    ("九.1", "report_late"),
    ("十.1", "gap_fill"),
    ("十.1", "overdue"),
    ("五.1", "deadline_due"),
    ("六.2", "deadline_due"),
]
# The light on the evening of the day.
LIGHTS = [
    ("四.2", date(2024, 5, 31), "yellow"),
    ("四.2", date(2024, 6, 28), "red"),
    ("四.2", date(2024, 8, 5), "red"),
    ("四.2", date(2024, 8, 9), "green"),
    ("三.1", date(2024, 6, 3), "grey"),
    ("三.1", date(2024, 7, 31), "grey"),
    ("三.1", date(2024, 8, 30), "green"),
    ("六.2", date(2024, 8, 20), "done"),
    ("五.1", date(2024, 9, 30), "done"),
    ("十.1", date(2024, 12, 2), "green"),
    ("九.2", date(2024, 12, 2), "red"),
    ("九.2", date(2024, 12, 16), "done"),
]
QUIET = ("三.1", date(2024, 6, 4), date(2024, 7, 31))  # a suspended task: not one word of it
PERCENT = ("六.2", 260)
