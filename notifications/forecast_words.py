"""Forecasts in words, for messages and pages alike."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine.forecast import Forecast
from notifications.words import day, quantity, say


def forecast_sentence(forecast: Forecast, seen_on: date, locale: str) -> str:
    """When it will be complete at the present pace, or why that cannot be told, with the figures that say so."""
    inputs = dict(forecast.reason.inputs)
    if forecast.reason.code == "forecast_unknown":
        return say(locale, "forecast.unknown", points=inputs["points"])
    pace = Decimal(inputs["pace"])
    words = {
        "points": inputs["points"],
        "pace": quantity(pace, inputs["unit"]),
        "remaining": quantity(Decimal(inputs["remaining"]), inputs["unit"]),
        "deadline": _day(inputs["deadline"], seen_on, locale),
    }
    why = say(locale, "forecast.pace" if pace > 0 else "forecast.idle", **words)
    if forecast.on is None:
        return say(locale, "forecast.never", why=why, **words)
    on = day(forecast.on, seen_on, locale, weekday=False)
    return say(locale, "forecast.late" if forecast.late else "forecast.in_time", on=on, why=why, **words)


def _day(text: str, seen_on: date, locale: str) -> str:
    return day(date.fromisoformat(text), seen_on, locale, weekday=False)
