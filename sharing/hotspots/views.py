"""This module knows how a list is seen: frozen values, the same for a draft and for a published list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sharing.hotspots.trend import Label
from sharing.places.lattice import CELL_M, Cell


@dataclass(frozen=True)
class Source:
    """One source of a list: its weight, whether it entered the score, how much of it reported, who did not."""

    source: str
    weight: int
    used: bool
    reporting: int = 1
    of: int = 1
    missing: tuple[str, ...] = ()
    placed: int | None = None
    rows: int | None = None


@dataclass(frozen=True)
class Lead:
    """Who leads at a place: an officer in a post, and the post's organisation."""

    officer_id: UUID
    organisation: str


@dataclass(frozen=True)
class Hotspot:
    """One place.

    `rank` is None for what emerges and what was listed before; `expected` and `z` where nothing can be compared.

    `recent`, `expected` and `z` are of the sources that can be compared; `year` and `by_source` of all that entered the
    score.
    """

    rank: int | None
    cell: Cell
    size_m: int
    name: str
    score: float
    year: int
    recent: int
    before: int
    expected: float | None
    z: float | None
    by_source: tuple[tuple[str, int], ...]
    label: Label
    times_listed: int
    firm: bool | None = None
    permille: int | None = None
    cluster: str | None = None
    strong: bool = False
    nominated: bool = False
    ward: str | None = None
    ward_name: str = ""
    homes: int | None = None
    lead: Lead | None = None
    explanation: str = ""
    id: UUID | None = None

    @property
    def centre(self) -> tuple[int, int]:
        """Easting and northing of the middle of the window, in metres."""
        return self.cell.e * CELL_M + self.size_m // 2, self.cell.n * CELL_M + self.size_m // 2

    @property
    def anchor(self) -> str:
        """The name of its row on the page, to link to from the map."""
        return f"row-{self.rank}" if self.rank else f"row-{self.cell.e}-{self.cell.n}"


@dataclass(frozen=True)
class HotspotList:
    """A list. A draft has no id and no moment of publication. `digest` is that of everything that it was drawn from."""

    partnership: str
    period: str
    period_in_words: str
    size: int
    window_m: int
    method: str
    digest: str
    entries: tuple[Hotspot, ...]
    emerging: tuple[Hotspot, ...]
    former: tuple[Hotspot, ...]
    sources: tuple[Source, ...]
    owner: str | None = None
    edition: int = 1
    id: UUID | None = None
    published_at: datetime | None = None
    published_by: UUID | None = None
    replace_reason: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Everybody whose return is missing, by name, each once."""
        return tuple(sorted({name for source in self.sources for name in source.missing}))
