"""The auditor's counter: the disclosure log, receipts, and the ledger, verified and exported."""

from portal.auditor import (  # noqa: F401  importing a module registers its pages
    absence,
    glass,
    ledger,
    log,
    outside,
    receipts,
    reconciliation,
    samples,
    vouched,
)
from portal.auditor.room import room

__all__ = ["room"]
