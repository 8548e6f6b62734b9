"""The co-ordinator's counter: returns in, hotspots, meetings; what each who reads them may see."""

from portal.coordinator import hotspots, meetings, minutes, publishing, returns, series, tasking  # noqa: F401  importing a module registers its pages
from portal.coordinator.room import room

__all__ = ["room"]
