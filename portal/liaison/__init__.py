"""The liaison officer's counter: decisions on requests, the organisation's own records, protocols and their signatures."""

from portal.liaison import authorisations, decisions, protocols, records  # noqa: F401  importing a module registers its pages
from portal.liaison.room import room

__all__ = ["room"]
