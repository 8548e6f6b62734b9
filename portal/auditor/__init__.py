"""The auditor's counter: the disclosure log, receipts, and the ledger, verified and exported."""

from portal.auditor import ledger, log, receipts  # noqa: F401  importing a module registers its pages
from portal.auditor.room import room

__all__ = ["room"]
