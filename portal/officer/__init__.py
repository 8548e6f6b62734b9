"""The officer's counter: actions, joint visits and requests; for police, council, fire and landlords' officers alike."""

from portal.officer import (  # noqa: F401  importing a module registers its pages
    actions,
    alerts,
    referrals,
    registers,
    releases,
    request_emergency,
    request_loop,
    request_pushes,
    requests,
    visits,
)
from portal.officer.room import room

__all__ = ["room"]
