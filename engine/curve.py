"""What the plan asks for by which day: exact, by calendar days, without floats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from math import isqrt

ZERO = Decimal(0)
Point = tuple[int, Decimal]


@dataclass(frozen=True, slots=True)
class Curve:
    """Expected cumulative quantity: points of (day ordinal, quantity), linear between them, never falling.

    A ``late`` curve has two points and goes with the square of the time between them.
    """

    points: tuple[Point, ...]
    late: bool = False

    @classmethod
    def through(
        cls,
        start: date,
        marks: Iterable[tuple[date, Decimal]],
        deadline: date,
        quantity: Decimal,
        shape: str = "linear",
    ) -> Curve:
        """From 0 on ``start`` through the marks to ``quantity`` on ``deadline``; ``shape`` serves only without marks.

        A mark that asks for less than an earlier one asks for as much; one before the start counts from the start.
        """
        first = start.toordinal()
        days = [(day.toordinal(), asked) for day, asked in marks]
        late = shape == "late" and not days
        days.append((deadline.toordinal(), quantity))
        days.sort()
        points = [(first, ZERO)]
        highest = ZERO
        for day, asked in days:
            highest = max(highest, asked)
            points.append((max(day, first), highest))
        return cls(tuple(points), late)

    def expected(self, day: date, places: int = 0) -> Decimal:
        """The quantity asked for by the end of ``day``, rounded down to so many decimal places."""
        ordinal = day.toordinal()
        left = self.points[0]
        if ordinal < left[0]:
            return ZERO
        for right in self.points:
            if ordinal < right[0]:
                return self._between(left, right, ordinal, places)
            left = right
        return left[1].quantize(Decimal(1).scaleb(-places), ROUND_FLOOR)

    def required_on(self, quantity: Decimal) -> date | None:
        """The first day on which the plan asks for ``quantity``; ``None`` if it never asks for so much."""
        left = self.points[0]
        for right in self.points:
            if quantity <= right[1]:
                return date.fromordinal(left[0] + self._days(left, right, quantity)[1])
            left = right
        return None

    def last_within(self, quantity: Decimal) -> date | None:
        """The last day on which the plan asks for no more than ``quantity``; ``None`` if it never asks for more."""
        left = self.points[0]
        for right in self.points:
            if quantity < right[1]:
                return date.fromordinal(left[0] + self._days(left, right, quantity)[0])
            left = right
        return None

    def _between(self, left: Point, right: Point, day: int, places: int) -> Decimal:
        span, passed = right[0] - left[0], day - left[0]
        if self.late:
            span, passed = span * span, passed * passed
        scaled = (left[1] * span + (right[1] - left[1]) * passed).scaleb(places) // span
        return scaled.scaleb(-places)

    def _days(self, left: Point, right: Point, quantity: Decimal) -> tuple[int, int]:
        """How many days after ``left`` the quantity is not yet exceeded, and from when it is asked for."""
        span, rise, climbed = right[0] - left[0], right[1] - left[1], quantity - left[1]
        if climbed <= 0 or not span:
            return 0, 0
        if not self.late:
            whole, rest = divmod(climbed * span, rise)
            return int(whole), int(whole) + (rest > 0)
        whole, rest = divmod(climbed * span * span, rise)
        root = isqrt(int(whole))
        return root, root + (rest > 0 or root * root < whole)
