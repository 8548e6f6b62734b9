"""The officer's counter: actions, joint visits and requests; for police, council, fire and landlords' officers alike."""

from portal.officer import actions, requests, visits  # noqa: F401  importing a module registers its pages
from portal.officer.room import room

__all__ = ["room"]
