"""Hotspots: how a list is drawn, published, shown with and without counts, and put on a map."""

from sharing.hotspots.change import NameLeadOfficer, NominateHotspot, Origin, name_lead_officer, nominate_hotspot
from sharing.hotspots.explain import describe_source
from sharing.hotspots.figure import take_map
from sharing.hotspots.intake import Intake
from sharing.hotspots.map import MapView
from sharing.hotspots.parameters import METHOD, Parameters, SourceState
from sharing.hotspots.periods import Period
from sharing.hotspots.publish import PublishHotspots, publish_hotspots
from sharing.hotspots.ranking import Draft, rank
from sharing.hotspots.read import Redrawn, hotspot, published_list, published_lists, redraw
from sharing.hotspots.suppress import PublicHotspot, PublicHotspotList, without_counts
from sharing.hotspots.trend import Label
from sharing.hotspots.views import Hotspot, HotspotList, Lead, Source

__all__ = [
    "METHOD",
    "Draft",
    "Hotspot",
    "HotspotList",
    "Intake",
    "Label",
    "Lead",
    "MapView",
    "NameLeadOfficer",
    "NominateHotspot",
    "Origin",
    "Parameters",
    "Period",
    "PublicHotspot",
    "PublicHotspotList",
    "PublishHotspots",
    "Redrawn",
    "Source",
    "SourceState",
    "describe_source",
    "hotspot",
    "name_lead_officer",
    "nominate_hotspot",
    "publish_hotspots",
    "published_list",
    "published_lists",
    "rank",
    "redraw",
    "take_map",
    "without_counts",
]
