"""This module knows that action and minute text is kept in the clear, and refuses what looks like personal data in it.

The names and numbers of staff, organisations and listed places are no hint: they stand in every agenda. Everything else that
`sharing.returns.hints` sees is refused with its place. Hints are no guarantee: the confidentiality statement still holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy.orm import Session

from sharing import hotspots, partners
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.returns import hints
from sharing.store import Clock, Unit

WORDS: Mapping[str, str] = {
    "looks-like-email": "an e-mail address",
    "looks-like-phone": "a telephone number",
    "looks-like-postcode": "a full postcode",
    "looks-like-birth": "a date of birth",
    "looks-like-number": "a National Insurance or NHS number",
    "looks-like-house": "a house or flat number",
    "looks-like-name": "somebody’s name",
    "may-be-name": "somebody’s name",
}
MEND = "Write the street or the place, or a case reference. What is about a person goes into a request, where it is sealed."


def refuse_personal(unit: Unit, texts: Mapping[str, str]) -> None:
    """Raise InvalidError with every place in these texts (name of the input → text) that looks like personal data."""
    if not any(text.strip() for text in texts.values()):
        return
    known = known_words(unit.session, unit.clock, unit.actor.partnership or "")
    year = unit.clock.today().year
    found = tuple(problem for where, text in texts.items() for problem in personal_problems(text, where, known, year))
    if found:
        raise InvalidError(found)


def personal_problems(text: str, where: str, known: Iterable[str], year: int) -> Iterator[Problem]:
    """The places in a text that look like personal data, by line; `known` words are looked over, `year` is the present one."""
    masked = mask(text, known)
    lines = masked.splitlines()
    for number, line in enumerate(lines, 1):
        place = f"Line {number}" if len(lines) > 1 else "This"
        for hint in hints(line, year):
            yield Problem(f"{place} seems to hold {WORDS[hint]}.", where, MEND)


def mask(text: str, known: Iterable[str]) -> str:
    """The text without the known words, whatever their case and spacing; a longer word goes before a shorter one in it."""
    words = sorted({word.strip() for word in known if word.strip()}, key=len, reverse=True)
    if not words:
        return text
    either = "|".join(r"\s+".join(map(re.escape, word.split())) for word in words)
    return re.sub(rf"(?<!\w)(?:{either})(?!\w)", "…", text, flags=re.IGNORECASE)


def known_words(session: Session, clock: Clock, partnership: str) -> tuple[str, ...]:
    """Names and work contacts of staff and members, former ones included, and the names of the listed places."""
    day = clock.today()
    people = partners.officers(session, partnership, clock.business_now(), day, also_former=True)
    bodies = partners.members(session, partnership, day, also_former=True)
    staff = [word for person in people for word in (person.name, person.post, person.phone, person.email) if word]
    organisations = [word for body in bodies for word in (body.name, body.phone) if word]
    return (*staff, *organisations, *_place_names(session, partnership))


def _place_names(session: Session, partnership: str) -> list[str]:
    try:
        found = hotspots.published_list(session, partnership)
    except NotFoundError:
        return []
    return [spot.name for spot in (*found.entries, *found.emerging, *found.former)]
