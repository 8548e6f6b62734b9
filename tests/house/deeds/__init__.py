"""This module knows every way in which a form of the portal succeeds, and which entries that leaves."""

from tests.house.deeds import (
    account,
    audit,
    authorisations,
    casework,
    landlord,
    ledger,
    protocols,
    recalls,
    registers,
    releases,
    requests,
    standards,
    subjects,
    tasking,
)
from tests.house.deeds.registry import DEEDS, Deed, Sending, Watched
from tests.house.deeds.world import DeedWorld, poisoned

ROOMS = (
    account,
    audit,
    authorisations,
    casework,
    landlord,
    ledger,
    protocols,
    recalls,
    registers,
    releases,
    requests,
    standards,
    subjects,
    tasking,
)
"""Importing a room's deeds puts them into `DEEDS`."""

__all__ = ["DEEDS", "ROOMS", "Deed", "DeedWorld", "Sending", "Watched", "poisoned"]
