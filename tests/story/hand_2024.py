"""Seven sub-tasks of the plan, their year, and the reminders it must lead to: worked out by hand.

Working days of 2024 around the holidays (休 off, 班 make-up day):
清明 4–6 April off, Sunday 7 April worked; 五一 1–5 May off, Sunday 28 April and Saturday 11 May worked;
端午 10 June off; 中秋 15–17 September off, Saturday 14 September worked; 国庆 1–7 October off, Sunday
29 September and Saturday 12 October worked.

The plan is issued on 28 February: every task starts there, so February (2 working days) owes no report.
Reports fall due on the last working day of each month: 29.3 30.4 31.5 28.6 31.7 30.8 30.9 31.10 29.11 31.12.
Three working days before: 26.3 26.4 (29, 28 班, 26) 28.5 25.6 26.7 27.8 26.9 (29 班, 27, 26) 28.10 26.11 26.12.
End of execute 30 November, a Saturday: counted from Friday the 29th, so deadline −20 −10 −5 −1 0 are
1.11 15.11 22.11 28.11 29.11. Day n of the task is 28 February + n: 31.3 = 32, 30.4 = 62, 31.5 = 93,
30.6 = 123, 31.7 = 154, 31.8 = 185, 30.9 = 215, 31.10 = 246, 30.11 = 276 of 276.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

Line = tuple[str, date, int]  # rule, day on which it is said (its nominal day), number

MONTH_ENDS = ("3.29", "4.30", "5.31", "6.28", "7.31", "8.30", "9.30", "10.31", "11.29")
THREE_BEFORE = ("3.26", "4.26", "5.28", "6.25", "7.26", "8.27", "9.26", "10.28", "11.26")
PERIODS = tuple(f"2024-{month:02}" for month in range(3, 12))
DEADLINE = ("11.1", "11.15", "11.22", "11.28", "11.29")

ACCEPT = "accept"
# (day, time, figure or ACCEPT, period; without one that of the day)
Doing = tuple[str, str, int | str, str]


def said(rule: str, days: str) -> Iterator[Line]:
    """The days as one episode, numbered from 1."""
    for number, day in enumerate(days.split(), 1):
        month, day_of_month = map(int, day.split("."))
        yield rule, date(2024, month, day_of_month), number


def each_month(first: int = 3, last: int = 11) -> Iterator[Line]:
    """Report due: −3 and 0 of each month, an episode a month."""
    for month in range(first - 3, last - 2):
        yield from said("report_due", f"{THREE_BEFORE[month]} {MONTH_ENDS[month]}")


def on_the_last_day(figures: Sequence[int]) -> list[Doing]:
    """A report at 16:00 of each due day, from March on: after the slot, so both notices have gone out."""
    return [
        (day, "16:00", figure, period)
        for day, figure, period in zip(MONTH_ENDS, figures, PERIODS, strict=False)
    ]


# 九.1, 200台, exactly the planned whole number at each month's end: 200 × n / 276 = 23.2 44.9 67.4 89.1
# 111.6 134.1 155.8 178.3 200. Complete on 29.11 at 16:00; acceptance on the next working day.
LIFTS: list[Doing] = [
    *on_the_last_day((23, 44, 67, 89, 111, 134, 155, 178, 200)),
    ("12.3", "10:00", ACCEPT, ""),
]
LIFTS_SAID = [*each_month(), *said("deadline_due", " ".join(DEADLINE)), *said("acceptance", "12.2")]

# 九.2, 15个, silent all year. Late on working days 1, 3, 5… after each due day, until the next report is late in
# its turn. April: 1 2 3 7班 8 9 10 11 12 15 … 26 28班 29 30; May: 6–10 11班 13…; June: 3–7 11…; Sept.: 2–6 9–13
# 14班 18… 27 29班 30; Oct.: 8–11 12班 14…. On 31 May, the 21st after 30 April, the May report is due but not late:
# April's still is. So on 28.6 (19th), 31.7 (23rd), 30.9 (21st), 31.10 (19th), 29.11 (21st); not on 30.4, 30.8,
# 31.12, the 22nd.
# Gap fill: working days 1 4 7 10 13 16 after 30.11 are 2 5 10 13 18 23; 25 26 27 30 31 are the last five.
WATER: list[Doing] = []
WATER_SAID = [
    *each_month(),
    *said("report_due", "12.26 12.31"),
    *said("report_late", "4.1 4.3 4.8 4.10 4.12 4.16 4.18 4.22 4.24 4.26 4.29"),
    *said("report_late", "5.6 5.8 5.10 5.13 5.15 5.17 5.21 5.23 5.27 5.29 5.31"),
    *said("report_late", "6.3 6.5 6.7 6.12 6.14 6.18 6.20 6.24 6.26 6.28"),
    *said("report_late", "7.1 7.3 7.5 7.9 7.11 7.15 7.17 7.19 7.23 7.25 7.29 7.31"),
    *said("report_late", "8.1 8.5 8.7 8.9 8.13 8.15 8.19 8.21 8.23 8.27 8.29"),
    *said("report_late", "9.2 9.4 9.6 9.10 9.12 9.14 9.19 9.23 9.25 9.27 9.30"),
    *said("report_late", "10.8 10.10 10.12 10.15 10.17 10.21 10.23 10.25 10.29 10.31"),
    *said("report_late", "11.1 11.5 11.7 11.11 11.13 11.15 11.19 11.21 11.25 11.27 11.29"),
    *said("report_late", "12.2 12.4 12.6 12.10 12.12 12.16 12.18 12.20 12.24 12.26 12.30"),
    *said("deadline_due", " ".join(DEADLINE)),
    *said("gap_fill", "12.2 12.5 12.10 12.13 12.18 12.23 12.25 12.26 12.27 12.30 12.31"),
]

# 四.2, 630户. 29.3: 40; the 41st was due on day 17.96 → 17 March; 18–22 and 25–29 March make 10 > 5: lagging
# since 29.3, said on working days 1 6 11 16 21 after it: 1.4 9.4 16.4 23.4 29.4.
# 30.4: 130; the 131st on day 57.4 → 26 April; 28班 29 30 make 3: quiet.
# 31.5: 160; the 161st on day 70.5 → 9 May; 10 11班 13–17 20–24 27–31 make 17: lagging since 31.5.
# 28.6: 170; the 171st on day 74.9 → 13 May; 33 by 28 June: red, the same episode, so 1 6 11 16 21 26 after
# 31.5 are 3.6 11.6 18.6 25.6 2.7 9.7. On 10.7 June is corrected to 270: the 271st on day 118.7 → 26 June,
# 27 and 28 make 2: quiet. Then above plan; complete on 30.9: acceptance 1 and 6 after it, 8.10 and 14.10.
SAFETY: list[Doing] = [
    *on_the_last_day((40, 130, 160, 170)),
    ("7.10", "10:00", 270, "2024-06"),
    ("7.31", "16:00", 351, "2024-07"),
    ("8.30", "16:00", 500, "2024-08"),
    ("9.30", "16:00", 630, "2024-09"),
    ("10.15", "10:00", ACCEPT, ""),
]
SAFETY_SAID = [
    *each_month(3, 9),
    *said("lagging", "4.1 4.9 4.16 4.23 4.29"),
    *said("lagging", "6.3 6.11 6.18 6.25 7.2 7.9"),
    *said("acceptance", "10.8 10.14"),
]

# 八.1, 3426户 with milestones 1000 by 30 June (a Sunday; from Friday 28: −10 −5 −1 0 = 14.6 21.6 27.6 28.6,
# as 10.6 is off) and 2400 by 30 September (−1 = Sunday 29班, −5: 29 27 26 25 24, −10: 23 20 19 18 14班).
# As planned: 1000 × n / 123 = 260.2 504.1 756.1. 28.6: 900, unmet; judged on the 30th, so red from 1 July:
# working days 1 and 4 after 30.6 are 1.7 and 4.7. It is 8 behind too (901st on day 110.8 → 18 June), but the
# milestone mutes that. On 8.7 June is corrected to 1010: met. 1000 + 1400 × n / 92: 1471.7 (31.7), 1943.5 (31.8)
# and 2400 (30.9); 2400 + 1026 × 31 / 61 = 2921.4 (31.10). Complete on 28.11 at 16:00: no −0, no report due 29.11.
HOMES_MILESTONES = {date(2024, 6, 30): 1000, date(2024, 9, 30): 2400}
HOMES: list[Doing] = [
    *on_the_last_day((260, 504, 756, 900)),
    ("7.8", "14:00", 1010, "2024-06"),
    ("7.31", "16:00", 1471, "2024-07"),
    ("8.30", "16:00", 1990, "2024-08"),
    ("9.30", "16:00", 2400, "2024-09"),
    ("10.31", "16:00", 2921, "2024-10"),
    ("11.28", "16:00", 3426, "2024-11"),
    ("11.29", "15:00", ACCEPT, ""),
]
HOMES_SAID = [
    *each_month(3, 10),
    *said("report_due", "11.26"),
    *said("milestone_due", "6.14 6.21 6.27 6.28"),
    *said("milestone_overdue", "7.1 7.4"),
    *said("milestone_due", "9.14 9.24 9.29 9.30"),
    *said("deadline_due", "11.1 11.15 11.22 11.28"),
    *said("acceptance", "11.29"),
]

# 七.1, 4所 by 25 August (a Sunday; from Friday 23: −1 22.8, −5 16.8, −10 9.8, −20 26.7). 4 × n / 179 = 0.7 1.4
# 2.1 2.7 3.4. The August report comes on 28.8 with 3: unmet, judged that day; working days 1 4 7 10 13 after it
# are 29.8 3.9 6.9 11.9 14.9班. Complete on 19.9; acceptance on 20.9.
SCHOOLS_DEADLINE = date(2024, 8, 25)
SCHOOLS: list[Doing] = [
    *on_the_last_day((0, 1, 2, 2, 3)),
    ("8.28", "14:00", 3, "2024-08"),
    ("9.19", "10:00", 4, "2024-09"),
    ("9.25", "10:00", ACCEPT, ""),
]
SCHOOLS_SAID = [
    *each_month(3, 7),
    *said("report_due", "8.27"),
    *said("deadline_due", "7.26 8.9 8.16 8.22 8.23"),
    *said("overdue", "8.29 9.3 9.6 9.11 9.14"),
    *said("acceptance", "9.20"),
]

# 六.2, 60人, above plan and early, silent in June until 8.7 (late on working days 1 3 5 after 28.6: 1.7 3.7 5.7).
# 26.3 at 08:30 is before the slot: no notice in March. April comes on Sunday 28班, after −3. 156 of 60 on 20.8.
CHILDREN: list[Doing] = [
    ("3.26", "08:30", 10, "2024-03"),
    ("4.28", "14:00", 20, "2024-04"),
    ("5.27", "10:00", 25, "2024-05"),
    ("7.8", "11:00", 30, "2024-06"),
    ("7.25", "10:00", 40, "2024-07"),
    ("8.20", "10:00", 156, "2024-08"),
    ("8.21", "14:00", ACCEPT, ""),
]
CHILDREN_SAID = [
    *said("report_due", "4.26"),
    *said("report_due", "6.25 6.28"),
    *said("report_late", "7.1 7.3 7.5"),
    *said("acceptance", "8.21"),
]

# 十.1, 48个, as planned (5.6 10.8 16.2 21.4 26.8 32.2 37.4 42.8) but 46 at the end of November: on the gap list,
# working days 1 4 7 after 30.11 are 2.12 5.12 10.12. Complete on 11.12, accepted on the 12th.
QUARTERS: list[Doing] = [
    *on_the_last_day((5, 10, 16, 21, 26, 32, 37, 42, 46)),
    ("12.11", "10:00", 48, "2024-12"),
    ("12.12", "15:00", ACCEPT, ""),
]
QUARTERS_SAID = [
    *each_month(),
    *said("deadline_due", " ".join(DEADLINE)),
    *said("gap_fill", "12.2 12.5 12.10"),
    *said("acceptance", "12.12"),
]

DOINGS: dict[str, list[Doing]] = {
    "九.1": LIFTS,
    "九.2": WATER,
    "四.2": SAFETY,
    "八.1": HOMES,
    "七.1": SCHOOLS,
    "六.2": CHILDREN,
    "十.1": QUARTERS,
}
SAID: dict[str, list[Line]] = {
    "九.1": LIFTS_SAID,
    "九.2": WATER_SAID,
    "四.2": SAFETY_SAID,
    "八.1": HOMES_SAID,
    "七.1": SCHOOLS_SAID,
    "六.2": CHILDREN_SAID,
    "十.1": QUARTERS_SAID,
}
