"""This module knows every table: importing it makes the metadata whole, for migrations and for tests."""

from __future__ import annotations

from sharing.access import model as access
from sharing.base import Base
from sharing.disclosures import model as disclosures
from sharing.hotspots import model as hotspots
from sharing.ledger import model as ledger
from sharing.meetings import model as meetings
from sharing.partners import model as partners
from sharing.places import model as places
from sharing.requests import model as requests
from sharing.returns import model as returns
from sharing.standards import model as standards
from sharing.store import model as store
from sharing.vault import model as vault
from sharing.visits import model as visits

ROOMS = (
    access,
    disclosures,
    hotspots,
    ledger,
    meetings,
    partners,
    places,
    requests,
    returns,
    standards,
    store,
    vault,
    visits,
)
METADATA = Base.metadata

__all__ = ["METADATA", "ROOMS"]
