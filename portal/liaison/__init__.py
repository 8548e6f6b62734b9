"""The liaison officer's counter: decisions on requests, the organisation's own records, protocols and their signatures."""

from portal.liaison import (  # noqa: F401  importing a module registers its pages
    authorisations,
    breaches,
    corrections,
    decisions,
    protocol_consulting,
    protocol_directory,
    protocol_drafting,
    protocol_parts,
    protocol_reviewing,
    protocols,
    push_decisions,
    recalls,
    records,
    reply_times,
    retention,
    subject_items,
    subject_outside,
    subject_requests,
    subjects,
)
from portal.liaison.room import room

__all__ = ["room"]
