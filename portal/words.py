"""This module knows how days, moments, quarters and counts read in plain English."""

from __future__ import annotations

from datetime import date, datetime

from sharing.store.clock import LONDON


def day(value: date | None) -> str:
    """`16 January 2023`; nothing for no day."""
    return f"{value.day} {value:%B %Y}" if value else ""


def short_day(value: date | None) -> str:
    """`16 Jan 2023`, for tables."""
    return f"{value.day} {value:%b %Y}" if value else ""


def moment(value: datetime | None) -> str:
    """`16 January 2023 at 9:05am`, London time."""
    if value is None:
        return ""
    local = value.astimezone(LONDON)
    hour = local.strftime("%I").lstrip("0")
    return f"{day(local.date())} at {hour}:{local:%M}{local:%p}".replace("AM", "am").replace("PM", "pm")


def quarter(value: str) -> str:
    """`2023-Q1` as `January to March 2023`."""
    year, number = value.split("-Q")
    months = ("January to March", "April to June", "July to September", "October to December")
    return f"{months[int(number) - 1]} {year}"


def count(number: int, one: str, many: str = "") -> str:
    """`1 row`, `2 rows`, `1,204 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(items: list[str]) -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


FILTERS = {"day": day, "short_day": short_day, "moment": moment, "quarter": quarter, "count": count, "listed": listed}
