"""This module knows how a value is made coarser, and how the payload of a release is put into bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date

AS_IS = "as-is"


class UnknownFormError(ValueError):
    """A field has no such form: the release stops, for guessing would let something finer out."""


def generalise(code: str, form: str, value: str, areas: Mapping[str, str], on: date) -> str:
    """Return a value in the form in which it may leave.

    `areas` names the areas that the record lies in (`ward`, `lsoa`, `cell-250`, `borough`). Raises UnknownFormError for
    a form that this field does not have.
    """
    if form == AS_IS:
        return value
    if form in areas:
        return areas[form]
    made = _COARSER.get(form)
    if made is None:
        raise UnknownFormError(f"{code} cannot be given as {form}: the record does not hold what that takes.")
    return made(value, on)


def age_band(born: str, on: date) -> str:
    """The ten-year band of the age on a day. Raises UnknownFormError when the date of birth is not an ISO day."""
    try:
        birth = date.fromisoformat(born.strip())
    except ValueError:
        raise UnknownFormError("The date of birth is not a day, so it has no age band.") from None
    age = on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
    low = age // 10 * 10
    return f"{low} to {low + 9}"


def initials(name: str, _on: date) -> str:
    """The first letters of a name's parts."""
    return " ".join(f"{part[0].upper()}." for part in name.split())


def outward_postcode(address: str, _on: date) -> str:
    """The outward part of the postcode that an address ends with. Raises UnknownFormError when there is none."""
    words = address.replace(",", " ").upper().split()
    inward = words[-1] if words else ""
    whole = inward if len(inward) > 3 else f"{words[-2]}{inward}" if len(words) > 1 else ""  # noqa: PLR2004  the inward part
    outward, last = whole[:-3], whole[-3:]
    if not (outward[:1].isalpha() and outward[-1:].isalnum() and last[:1].isdigit() and last[1:].isalpha()):
        raise UnknownFormError("The address has no postcode at its end, so its first half is not known.")
    return outward


def four_hours(value: str, _on: date) -> str:
    """The four hours of the day that a time, or a day with a time, lies in."""
    clock = value.strip()[-5:]
    if not (clock[:2].isdigit() and clock[2:3] == ":"):
        raise UnknownFormError("There is no time of day, so it has no four hours.")
    low = int(clock[:2]) // 4 * 4
    return f"{low:02d}:00 to {low + 4:02d}:00"


_COARSER: Mapping[str, Callable[[str, date], str]] = {
    "age-band": age_band,
    "four-hours": four_hours,
    "initials": initials,
    "month": lambda value, _on: value[:7],
    "outward-postcode": outward_postcode,
    "quarter": lambda value, _on: f"{value[:4]}-Q{(int(value[5:7]) + 2) // 3}",
    "week": lambda value, _on: "{}-W{:02d}".format(*date.fromisoformat(value[:10]).isocalendar()),
    "year": lambda value, _on: value[:4],
    "yes-no": lambda value, _on: "no" if value.strip().casefold() in {"no", "none", "nil", "0"} else "yes",
}
"""How each coarser form is made from the value itself; a form that is an area is read from the record's own areas."""


def payload(values: Mapping[str, str]) -> bytes:
    """The bytes that a receipt's payload digest is over: the released values as JSON with sorted keys (RFC 8785's profile)."""
    return json.dumps(dict(values), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def outcome_of(results: Mapping[str, str]) -> str:
    """`released` when every field left, `refused` when none did or none was asked for, else `partly`."""
    left = [result != "withheld" for result in results.values()]
    if left and all(left):
        return "released"
    return "partly" if any(left) else "refused"
