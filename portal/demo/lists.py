"""This module knows when the demonstration's hotspot lists are published: those of the last three quarters of 2022."""

from __future__ import annotations

from datetime import date

from portal.demo.programme import Programme
from portal.demo.stage import Stage
from sharing import hotspots
from sharing.hotspots import PublishHotspots

PUBLISHED = {"2022-Q2": date(2022, 8, 2), "2022-Q3": date(2022, 11, 2), "2022-Q4": date(2023, 1, 13)}
"""Period -> the day of its list. The last is adopted with one landlord's return still missing, and says so."""


def plan_lists(stage: Stage, programme: Programme, coordinator: str) -> None:
    """Add the publication of each list; each place gets its ward's lead, or the co-ordinator where no ward covers it."""

    def publish(period: str) -> None:
        here, owner = stage.partnership, stage.officer(coordinator)
        with stage.reading() as session:
            draft = hotspots.rank(session, here, period, owner=owner.organisation).view
        leads = {spot.cell: owner.id for spot in draft.entries if spot.ward is None}
        with stage.by(coordinator) as unit:
            hotspots.publish_hotspots(unit, PublishHotspots(here, period, digest=draft.digest, leads=leads))

    for period, day in PUBLISHED.items():
        programme.add(day, "hotspot lists published", lambda p=period: publish(p))  # type: ignore[misc]
