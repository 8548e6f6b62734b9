"""The unit of work and the reading session: how the record is changed, and how it is read."""

from sqlalchemy.orm import Session

from sharing.store.clock import Clock
from sharing.store.reference import next_ref
from sharing.store.setup import set_up
from sharing.store.store import Store, StoreSettings
from sharing.store.unit import RecordedEntry, Unit
from sharing.store.versions import refuse_older

__all__ = ["Clock", "RecordedEntry", "Session", "Store", "StoreSettings", "Unit", "next_ref", "refuse_older", "set_up"]
