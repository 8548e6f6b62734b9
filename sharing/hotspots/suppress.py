"""This module knows what of a list may be seen by those who see no counts: elected members, residents, the public.

Bands for counts (1 to 4 is never told apart; ONS and the Government Statistical Service treat cells below 5 as unsafe),
no scores, no expectation, no source; a place with few homes near it, or one that stands for a protected group, by its
ward only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sharing.hotspots.trend import Label
from sharing.hotspots.views import Hotspot, HotspotList

BANDS = ((50, "50 or more"), (25, "25 to 49"), (10, "10 to 24"), (5, "5 to 9"), (1, "fewer than 5"))
NONE = "none"
FEWEST_HOMES = 8
_PROTECTED = re.compile(
    r"\b(?:travell?ers?|gypsy|gypsies|roma|caravan|mosque|masjid|synagogue|shul|gurdwara|mandir|temple|church|chapel"
    r"|refuge|hostel)\b(?!\s+(?:street|st|road|rd|lane|row|close|avenue|way|walk|hill|court|place|terrace|drive|gardens|green)\b)",
    re.IGNORECASE,
)
"""Words for sites that stand for a protected group, unless they are part of a street's name ("Church Row")."""


@dataclass(frozen=True)
class PublicHotspot:
    """A place as those without counts see it. `centre` is None where only the ward may be told."""

    rank: int | None
    name: str
    ward_name: str
    band: str
    label: Label
    nominated: bool
    centre: tuple[int, int] | None
    size_m: int
    lead_organisation: str | None

    @property
    def anchor(self) -> str:
        """The name of its row on the page, to link to from the map."""
        return f"row-{self.rank}" if self.rank else ""


@dataclass(frozen=True)
class PublicHotspotList:
    """A published list without counts. What emerges has no rank, and stands in order of its band and name."""

    partnership: str
    period: str
    period_in_words: str
    entries: tuple[PublicHotspot, ...]
    emerging: tuple[PublicHotspot, ...]
    missing: tuple[str, ...]


def band(count: int) -> str:
    """Return the band of a count of reports."""
    return next((word for least, word in BANDS if count >= least), NONE)


def without_counts(found: HotspotList) -> PublicHotspotList:
    """Return a list as those without counts may see it."""
    emerging = sorted(
        (_hide(spot) for spot in found.emerging), key=lambda spot: (_order(spot.band), spot.name, spot.ward_name)
    )
    return PublicHotspotList(
        found.partnership,
        found.period,
        found.period_in_words,
        tuple(_hide(spot) for spot in found.entries),
        tuple(emerging),
        found.missing,
    )


def is_named(spot: Hotspot) -> bool:
    """Whether a place may be named and mapped: 8 homes or more near it, or not known how many; no protected group's site."""
    enough = spot.homes is None or spot.homes >= FEWEST_HOMES
    return enough and not _PROTECTED.search(spot.name)


def _hide(spot: Hotspot) -> PublicHotspot:
    named = is_named(spot)
    ward_only = f"A place in {spot.ward_name}" if spot.ward_name else "A place in the area"
    return PublicHotspot(
        spot.rank,
        spot.name if named else ward_only,
        spot.ward_name,
        band(spot.year),
        spot.label,
        spot.nominated,
        spot.centre if named else None,
        spot.size_m,
        spot.lead.organisation if spot.lead else None,
    )


def _order(word: str) -> int:
    return next((at for at, (_, name) in enumerate(BANDS) if name == word), len(BANDS))
