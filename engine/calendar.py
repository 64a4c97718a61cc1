"""Working days: which days are worked, and offsets and counts between them.

Look-up order of a year: the operator's year file, published data, a statutory estimate.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from engine.errors import DubanError, IntakeError

FIRST_YEAR, LAST_YEAR = 1950, 2100  # beyond them not even an estimate of the lunar holidays exists
DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class YearFile:
    """What the operator entered of one year: days off (weekends need not be named) and make-up days 调休."""

    year: int
    days_off: frozenset[date]
    makeup_days: frozenset[date]


class WorkCalendar:
    """The working days of one jurisdiction; every answer costs two list look-ups once its years are built.

    Days outside 1950 to 2100 raise ``DubanError`` with the code ``CALENDAR_OUT_OF_RANGE``.
    """

    def __init__(self, years: Iterable[YearFile] = ()) -> None:
        self._files = {file.year: file for file in years}
        self._table: _Table | None = None

    def is_working_day(self, day: date) -> bool:
        """Whether the day is worked, make-up days included."""
        return self.offset(day, 0) == day

    def offset(self, day: date, n: int) -> date:
        """The working day ``n`` steps from the last working day not after ``day``.

        0 is that last working day itself, +1 the first working day after ``day``, -1 the one before it.
        """
        ordinal = day.toordinal()
        table = self._covering(ordinal, ordinal)
        place = table.ranks[ordinal - table.first] - 1 + n
        while not 0 <= place < len(table.days):
            table = self._widened(table, earlier=place < 0)
            place = table.ranks[ordinal - table.first] - 1 + n
        return table.days[place]

    def working_days_between(self, after: date, until: date) -> int:
        """The number of working days after ``after`` up to and including ``until``; 0 if there is none."""
        first, last = after.toordinal(), until.toordinal()
        if last <= first:
            return 0
        table = self._covering(first, last)
        return table.ranks[last - table.first] - table.ranks[first - table.first]

    def last_working_day(self, first: date, last: date) -> date | None:
        """The last working day from ``first`` to ``last``, both included, or ``None`` if there is none."""
        day = self.offset(last, 0)
        return day if first <= day <= last else None

    def next_working_day(self, day: date) -> date:
        """The first working day strictly after ``day``."""
        return self.offset(day, 1)

    def is_estimated(self, day: date) -> bool:
        """Whether the year of that day is only estimated, so that dates computed from it may move."""
        return self.source(day.year) == "estimate"

    def source(self, year: int) -> str:
        """Where the year comes from: ``operator``, ``data`` (published) or ``estimate`` (statutory days)."""
        if year in self._files:
            return "operator"
        return "data" if _published(year) is not None else "estimate"

    def _covering(self, first: int, last: int) -> _Table:
        """A table that holds both ordinals; a new one takes the old one's place if years were missing."""
        table = self._table
        if table is not None and table.first <= first and last <= table.last:
            return table
        years = {date.fromordinal(first).year, date.fromordinal(last).year}
        if table is not None:
            years |= {table.first_year, table.last_year}
        return self._build(min(years), max(years))

    def _widened(self, table: _Table, earlier: bool) -> _Table:
        return self._build(table.first_year - earlier, table.last_year + (not earlier))

    def _build(self, first_year: int, last_year: int) -> _Table:
        # Tables are never changed, only replaced, so that threads may share one calendar.
        if first_year < FIRST_YEAR or last_year > LAST_YEAR:
            raise DubanError(
                "CALENDAR_OUT_OF_RANGE",
                f"日期超出工作日历的范围（{FIRST_YEAR}年至{LAST_YEAR}年），请核对年份。",
            )
        self._table = _Table.of(first_year, last_year, self._files)
        return self._table


@dataclass(frozen=True, slots=True)
class _Table:
    """Whole years in a row: for each day the number of working days up to it, and the working days."""

    first_year: int
    last_year: int
    first: int
    last: int
    ranks: list[int]
    days: list[date]

    @classmethod
    def of(cls, first_year: int, last_year: int, files: dict[int, YearFile]) -> _Table:
        ranks: list[int] = []
        days: list[date] = []
        for year in range(first_year, last_year + 1):
            off, makeup = _exceptions(year, files.get(year))
            for day in _days(date(year, 1, 1), date(year, 12, 31)):
                if (day.weekday() < SATURDAY and day not in off) or day in makeup:
                    days.append(day)
                ranks.append(len(days))
        first, last = date(first_year, 1, 1), date(last_year, 12, 31)
        return cls(first_year, last_year, first.toordinal(), last.toordinal(), ranks, days)


def _exceptions(year: int, file: YearFile | None) -> tuple[frozenset[date], frozenset[date]]:
    """Days off and make-up days of a year, from the best source there is."""
    if file is not None:
        return file.days_off, file.makeup_days
    return _published(year) or (_statutory(year), frozenset())


@lru_cache(maxsize=256)
def _published(year: int) -> tuple[frozenset[date], frozenset[date]] | None:
    import chinese_calendar  # imported late: most commands need no calendar

    try:
        chinese_calendar.is_workday(date(year, 7, 1))
    except NotImplementedError:  # its answer for a year that was not published yet
        return None
    off = frozenset(day for day in chinese_calendar.holidays if day.year == year)
    return off, frozenset(day for day in chinese_calendar.workdays if day.year == year)


@lru_cache(maxsize=256)
def _statutory(year: int) -> frozenset[date]:
    import holidays  # imported late: it is large, and only years without data need it

    return frozenset(day for day in holidays.country_holidays("CN", years=year) if day.year == year)


def parse_year_file(text: str) -> YearFile:
    """The year that an operator wrote down, as TOML or as CSV.

    TOML: ``year = 2027``, ``days_off = ["2027-01-01", "2027-02-05..2027-02-11"]``, ``makeup_days = [...]``.
    CSV: a day or span and ``off`` or ``work`` (休, 班) on each line. Raises ``IntakeError`` with a code
    beginning ``CALENDAR_`` when a line cannot be read, lies in another year or contradicts another.
    """
    text = text.lstrip("\ufeff")
    return _checked(_from_toml(text) if "=" in text else _from_csv(text))


def _from_toml(text: str) -> YearFile:
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refused("unreadable", f"年历文件不是有效的 TOML：{error}。") from error
    unknown = sorted(set(entries) - {"year", "days_off", "makeup_days"})
    if unknown:
        raise _refused(
            "unknown_key", f"年历文件中有不认识的项“{unknown[0]}”，只用 year、days_off、makeup_days。"
        )
    year = entries.get("year")
    if not isinstance(year, int) or isinstance(year, bool):
        raise _refused("no_year", "年历文件缺少年份，请写一行如 year = 2027。")
    return YearFile(year, _spans(entries.get("days_off", [])), _spans(entries.get("makeup_days", [])))


KINDS = {"off": False, "休": False, "放假": False, "work": True, "班": True, "上班": True}


def _from_csv(text: str) -> YearFile:
    days: dict[bool, set[date]] = {False: set(), True: set()}
    for number, row in enumerate(csv.reader(text.splitlines()), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if len(cells) < 2 or cells[1].lower() not in KINDS:
            raise _refused("unreadable", f"年历文件第{number}行应为“日期,休”或“日期,班”：{','.join(cells)}。")
        days[KINDS[cells[1].lower()]] |= set(_span(cells[0]))
    first = min(days[False] | days[True], default=None)
    if first is None:
        raise _refused("empty", "年历文件里没有任何日期，请每行写一个日期和“休”或“班”。")
    return YearFile(first.year, frozenset(days[False]), frozenset(days[True]))


def _spans(entries: object) -> frozenset[date]:
    if not isinstance(entries, list):
        raise _refused("unreadable", '日期应写成列表，如 ["2027-01-01", "2027-02-05..2027-02-11"]。')
    return frozenset(day for entry in entries for day in _span(str(entry)))


def _span(text: str) -> Iterator[date]:
    first, _, last = text.partition("..")
    try:
        start, end = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
    except ValueError as error:
        raise _refused(
            "bad_date", f"无法读懂日期“{text}”，请写成 2027-02-05 或 2027-02-05..2027-02-11。"
        ) from error
    if end < start or (end - start).days > 366:
        raise _refused("bad_date", f"日期段“{text}”的先后或长度不对，请核对。")
    return _days(start, end)


def _checked(file: YearFile) -> YearFile:
    """The same file; refused where a day lies in another year or a make-up day was worked anyway."""
    for day in sorted(file.days_off | file.makeup_days):
        if day.year != file.year:
            raise _refused("other_year", f"{day} 不在 {file.year} 年内，请一年一个文件。")
    for day in sorted(file.makeup_days):
        if day in file.days_off:
            raise _refused("contradiction", f"{day} 既写了放假又写了调休上班，请只留一处。")
        if day.weekday() < SATURDAY:
            raise _refused("not_a_weekend", f"{day} 不是周末，不必写成调休上班，请核对日期。")
    if not FIRST_YEAR <= file.year <= LAST_YEAR:
        raise _refused("out_of_range", f"年份 {file.year} 超出范围，请核对。")
    return file


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _refused(code: str, message: str) -> IntakeError:
    return IntakeError(f"CALENDAR_{code.upper()}", message)
