"""This module knows the page of a published hotspot list: map and table for everybody, counts only for those who may see them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.coordinator.room import room
from portal.desk import declare, desk
from portal.directory import Directory, directory
from protocols.actions import Action
from sharing import hotspots, partners
from sharing.errors import NotFoundError
from sharing.hotspots import HotspotList, MapView, PublicHotspotList
from sharing.returns import Quarter, neutral
from sharing.store import Session


def _asked(reading: Session) -> HotspotList | None:
    """The list of the period in the address, or the latest; None where nothing is published at all."""
    period, owner = request.args.get("period") or None, request.args.get("owner") or None
    try:
        return hotspots.published_list(reading, desk().partnership, period, owner=owner)
    except NotFoundError:
        if period or owner:
            raise
        return None


@room.get("/hotspots")
@declare(Action.READ_HOTSPOTS)
def read_hotspots() -> ResponseReturnValue:
    """The published list of a period, the latest unless another is asked for."""
    counts = desk().may(Action.READ_HOTSPOT_COUNTS)
    with desk().reading() as reading:
        found = _asked(reading)
        lists = hotspots.published_lists(reading, desk().partnership)
        names = directory(reading)
        drawn = draw(reading, found, names, counts=counts) if found else None
    shown = found if counts or found is None else hotspots.without_counts(found)
    return render_template(
        "coordinator/read_hotspots.html" if counts else "coordinator/read_hotspots_without_counts.html",
        found=shown,
        owner=found.owner if found else "",
        published_at=found.published_at if found else None,
        lists=lists,
        drawn=drawn,
        names=names,
        sources=source_lines(found) if found and counts else [],
        coming=Quarter.of(desk().store.clock.today()).preceding,
    )


def draw(reading: Session, found: HotspotList | hotspots.Draft, names: Directory, *, counts: bool) -> MapView | None:
    """The map of a list, with the wards hatched in which a landlord that sent nothing has homes, by code or by name."""
    view = found.view if isinstance(found, hotspots.Draft) else found
    missing = {code for code, name in names.organisations.items() if name in view.missing}
    homes = partners.homes(reading, desk().partnership, desk().store.clock.today()) if missing else ()
    wards = {held.area for held in homes if held.organisation in missing and held.homes}
    called = {area.name for area in partners.areas(reading, desk().partnership) if area.code in wards}
    return hotspots.take_map(reading, found, counts=counts, missing_wards=wards | called)


def source_lines(found: HotspotList) -> list[str]:
    """What each source gave, how complete it is, and how many of its rows were placed."""
    return [hotspots.describe_source(source) for source in found.sources]


@room.get("/hotspots.csv")
@declare(Action.READ_HOTSPOTS)
def fetch_hotspots() -> ResponseReturnValue:
    """The list as a CSV file, with counts for those who may see them; no cell can run as a formula."""
    with desk().reading() as reading:
        found = _asked(reading)
        names = directory(reading)
    if found is None:
        raise NotFoundError("No hotspot list is published yet.")
    if desk().may(Action.READ_HOTSPOT_COUNTS):
        text = _csv(*_with_counts(found, names))
    else:
        text = _csv(*_without_counts(hotspots.without_counts(found), names))
    # Spreadsheet programs take a file without this mark for another encoding.
    return Response(
        text.encode("utf-8-sig"),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="hotspots-{found.period}.csv"'},
    )


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return out.getvalue()


def _with_counts(found: HotspotList, names: Directory) -> tuple[list[str], list[list[object]]]:
    sources = sorted({source for spot in found.entries for source, _ in spot.by_source})
    head = [
        "Rank",
        "Name",
        "Ward",
        "What it is",
        "How sure",
        *(s.capitalize() for s in sources),
        "Reports in 12 months",
    ]
    rows: list[list[object]] = []
    for spot in found.entries:
        by_source = dict(spot.by_source)
        lead = names.officer(spot.lead.officer_id) if spot.lead else ""
        agency = names.organisation(spot.lead.organisation) if spot.lead else ""
        rows.append(
            [
                spot.rank,
                spot.name,
                spot.ward_name,
                str(spot.label),
                sure(spot.firm),
                *(by_source.get(source, 0) for source in sources),
                spot.year,
                lead,
                agency,
                *spot.centre,
                spot.explanation,
            ]
        )
    return [*head, "Lead officer", "Agency", "Easting", "Northing", "Explanation"], rows


def _without_counts(found: PublicHotspotList, names: Directory) -> tuple[list[str], list[list[object]]]:
    head = ["Rank", "Name", "Ward", "What it is", "Reports in 12 months", "Led by"]
    return head, [
        [s.rank, s.name, s.ward_name, str(s.label), s.band, names.organisation(s.lead_organisation)]
        for s in found.entries
    ]


def sure(firm: bool | None) -> str:
    """How sure it is that a place belongs on the list."""
    return "" if firm is None else "firm" if firm else "borderline"
