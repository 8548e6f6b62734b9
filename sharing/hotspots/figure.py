"""This module knows how the map of a list is put together: marks over ground that is shaded by the list's own counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from sqlalchemy.orm import Session

from sharing import places
from sharing.hotspots import read
from sharing.hotspots.map import Ground, MapView, draw_map, places_with_counts, places_without_counts
from sharing.hotspots.periods import MONTHS_A_YEAR
from sharing.hotspots.ranking import Draft
from sharing.hotspots.rules import Inputs
from sharing.hotspots.suppress import without_counts
from sharing.hotspots.views import HotspotList
from sharing.places.areas import Area, find_areas
from sharing.places.lattice import CELL_M


def take_map(
    session: Session, found: HotspotList | Draft, *, counts: bool, missing_wards: Collection[str] = ()
) -> MapView | None:
    """Return the map of a published list, or of a draft; None where no boundaries are loaded.

    With `counts=False` the marks tell bands, and places told by their ward only are left off. `missing_wards` are codes
    or names of wards to hatch, because a landlord with homes there sent no return.
    """
    view = found.view if isinstance(found, Draft) else found
    wards = places.areas(session, view.partnership, "ward")
    lsoas = places.areas(session, view.partnership, "lsoa") or wards
    if not lsoas:
        return None
    inputs = _inputs(session, found)
    missing = tuple(ward for ward in wards if ward.code in missing_wards or ward.name in missing_wards)
    ground = Ground(lsoas, reports_by_area(inputs, lsoas), wards, missing)
    marks = places_with_counts(view) if counts else places_without_counts(without_counts(view))
    return draw_map(f"Hotspots, {view.period_in_words}", ground, marks)


def reports_by_area(inputs: Inputs, areas: Sequence[Area]) -> Mapping[str, int]:
    """Return the reports of twelve months by area, each cell counted where its middle lies."""
    counts = inputs.counts
    chosen = (counts.month > inputs.period.last - MONTHS_A_YEAR) & (counts.month <= inputs.period.last)
    cells = np.stack([counts.cell_e[chosen], counts.cell_n[chosen]], 1)
    different, back = np.unique(cells, axis=0, return_inverse=True)
    reports = np.bincount(back.ravel(), counts.n[chosen], len(different)).astype(np.int64)
    at = find_areas(areas, different[:, 0] * CELL_M + CELL_M / 2, different[:, 1] * CELL_M + CELL_M / 2)
    total: Counter[str] = Counter()
    for index, count in zip(at.tolist(), reports.tolist(), strict=True):
        if index >= 0:
            total[areas[index].code] += count
    return total


def _inputs(session: Session, found: HotspotList | Draft) -> Inputs:
    if isinstance(found, Draft):
        return found.inputs
    if found.id is None:
        raise ValueError("a list without an id is a draft: give the draft")
    return read.stored_inputs(session, found.partnership, found.id)
