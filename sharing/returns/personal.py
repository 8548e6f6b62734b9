"""This module knows what personal data looks like in text that must hold none: hints, never a guarantee.

Used for the clear text of returns, actions, agendas and minutes; never for sealed text, which may hold whatever it
must.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sharing.returns.forenames import FORENAMES

_WAY = (
    r"(?:street|st|road|rd|lane|ln|avenue|ave|close|court|ct|drive|dr|way|place|pl|terrace|gardens|gdns|crescent|cres|square"
    r"|grove|walk|row|mews|hill|park|house|rise|view|green|tower|point|lodge|villas|parade)"
)
_STOP = (
    r"(?:in|on|at|the|of|near|by|to|from|and|or|for|with|a|an|new|open|closed|cases?|incidents?|reports?|calls?"
    r"|youths?|people|homes|flats?|times?|nights?|evenings?|days?|weeks?|months?|hours?|pm|am|st|nd|rd|th|per|this"
    r"|last|other|more|around|outside|behind)"
)

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\d.])(?:\+44|\(?0|\b0044)[\d\s().-]{8,16}\d(?![\d])")
_POSTCODE = re.compile(r"\b(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? {0,2}\d[ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE)
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)$")
_BORN = re.compile(r"\b(?:d\.?o\.?b\b\.?|date of birth|born (?:on|in)\b|birthday)", re.IGNORECASE)
_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]((?:19|20)\d{2})\b|\b((?:19|20)\d{2})-\d{2}-\d{2}\b")
_INSURANCE = re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d{2} ?){3}[A-D]\b", re.IGNORECASE)
_TEN = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
_FLAT = re.compile(r"\b(?:flat|apartment|apt|house no|no\.?|number|unit|bedsit)\s*\d+[a-z]?\b", re.IGNORECASE)
_HOUSE = re.compile(
    rf"(?<![\w/.,-])\d{{1,4}}[a-z]?(?:\s*[-/&]\s*\d{{1,4}})?,?\s+(?:(?!{_STOP}\b)[\w'\u2019.-]+\s+){{1,3}}?{_WAY}\b",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"\b(?:blocks?|phase|route|bus|zone|ward|area|plot|stairs?|floor|level)\s*$", re.IGNORECASE)
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Mister)\b\.?\s+(?:[A-Z]\.?\s+)?[A-Z][a-z'\u2019-]+")
_PAIR = re.compile(r"(?<!\w)([A-Z][a-z'\u2019]+)\s+([A-Z][a-z'\u2019-]+)(?:\s+([A-Z][a-z'\u2019-]+))?")
_PLACE_WORD = re.compile(
    rf"(?:{_WAY}|estate|ward|school|centre|center|library|station|field|fields|common|wood|church|bridge|flats|block"
    r"|playground|college|hospital|club|shops|market|precinct|north|south|east|west|housing|homes|association|trust|council|police)$",
    re.IGNORECASE,
)
_OLDEST_EVENT = 10
"""Years: a full date further back than this is more likely a birth than an incident."""


def hints(text: str, year: int) -> tuple[str, ...]:
    """The rules that the text seems to break, each once. `year` is the present one, to tell a birth from an event."""
    return tuple(dict.fromkeys(_hints(text, year)))


def _hints(text: str, year: int) -> Iterator[str]:
    if _EMAIL.search(text):
        yield "looks-like-email"
    if any(_is_phone(found.group()) for found in _PHONE.finditer(text)):
        yield "looks-like-phone"
    if any(not _ORDINAL.search(found.group()) for found in _POSTCODE.finditer(text)):
        yield "looks-like-postcode"
    if _BORN.search(text) or any(int(a or b) < year - _OLDEST_EVENT for a, b in _DATE.findall(text)):
        yield "looks-like-birth"
    if _INSURANCE.search(text) or any(_is_nhs(found.group()) for found in _TEN.finditer(text)):
        yield "looks-like-number"
    if _FLAT.search(text) or any(not _BLOCK.search(text[: found.start()]) for found in _HOUSE.finditer(text)):
        yield "looks-like-house"
    if _TITLE.search(text):
        yield "looks-like-name"
    elif any(_is_name(found) for found in _PAIR.finditer(text)):
        yield "may-be-name"


def _is_phone(text: str) -> bool:
    """Ten or eleven figures after the country's code is taken off: what every UK number has."""
    figures = re.sub(r"\D", "", text.replace("+44", "0", 1))
    figures = figures.removeprefix("0044")
    return len(figures.removeprefix("0")) in (9, 10)


def _is_nhs(text: str) -> bool:
    """Whether ten figures carry an NHS number's check figure (modulus 11, NHS Data Dictionary)."""
    figures = [int(letter) for letter in text if letter.isdigit()]
    check = 11 - sum(figure * weight for figure, weight in zip(figures, range(10, 1, -1), strict=False)) % 11
    return check != 10 and check % 11 == figures[9]  # noqa: PLR2004  the modulus-11 rule's own number


def _is_name(found: re.Match[str]) -> bool:
    first, second, third = found.groups()
    return first in FORENAMES and not _PLACE_WORD.match(second) and not (third and _PLACE_WORD.match(third))
