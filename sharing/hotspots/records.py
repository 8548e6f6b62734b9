"""This module knows how a place is written into the record and read back, to the last digit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sharing.hotspots.model import HotspotListRow, HotspotRow
from sharing.hotspots.periods import Period
from sharing.hotspots.trend import Label
from sharing.hotspots.views import Hotspot, HotspotList, Lead, Source
from sharing.places.lattice import Cell

_BESIDE = (
    "year",
    "recent",
    "before",
    "expected",
    "z",
    "times_listed",
    "permille",
    "cluster",
    "strong",
    "ward_name",
    "homes",
)
_PLAIN = ("rank", "size_m", "name", "score", "firm", "nominated", "ward", "explanation", *_BESIDE)


def counts_of(spot: Hotspot) -> dict[str, Any]:
    """Return a place's numbers that have no column of their own."""
    return {**{name: getattr(spot, name) for name in _BESIDE}, "by_source": [list(pair) for pair in spot.by_source]}


def plain(spot: Hotspot) -> dict[str, Any]:
    """Return a place as plain values: what is stored of those beside the list, and what is hashed of those on it."""
    return {
        **{name: getattr(spot, name) for name in _PLAIN},
        "cell": [*spot.cell],
        "label": spot.label.value,
        "by_source": [list(pair) for pair in spot.by_source],
    }


def from_plain(stored: Mapping[str, Any]) -> Hotspot:
    """Read back what `plain` gave."""
    return Hotspot(
        cell=Cell(*stored["cell"]),
        label=Label(stored["label"]),
        by_source=_pairs(stored["by_source"]),
        **{name: stored[name] for name in _PLAIN},
    )


def from_row(row: HotspotRow) -> Hotspot:
    """Return the view of a stored place."""
    return Hotspot(
        rank=row.rank,
        cell=Cell(row.cell_e, row.cell_n),
        size_m=row.size_m,
        name=row.name,
        score=row.score,
        by_source=_pairs(row.counts["by_source"]),
        label=Label(row.label),
        firm=row.firm,
        nominated=row.nominated,
        ward=row.ward,
        lead=Lead(row.lead_officer_id, row.lead_organisation),
        explanation=row.explanation,
        id=row.id,
        **{name: row.counts[name] for name in _BESIDE},
    )


def list_view(row: HotspotListRow, spots: tuple[Hotspot, ...]) -> HotspotList:
    """Return the view of a stored list with its places."""
    return HotspotList(
        partnership=row.partnership,
        period=row.period,
        period_in_words=Period.parse(row.period).in_words,
        size=row.size,
        window_m=row.window_m,
        method=row.method,
        digest=row.input_hash,
        entries=spots,
        emerging=tuple(from_plain(stored) for stored in row.beside["emerging"]),
        former=tuple(from_plain(stored) for stored in row.beside["former"]),
        sources=tuple(Source(**{**stored, "missing": tuple(stored["missing"])}) for stored in row.sources),
        owner=row.owner,
        edition=row.edition,
        id=row.id,
        published_at=row.published_at,
        published_by=row.published_by,
        replace_reason=row.replace_reason,
    )


def _pairs(stored: list[list[Any]]) -> tuple[tuple[str, int], ...]:
    return tuple((source, count) for source, count in stored)
