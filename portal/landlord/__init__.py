"""The landlord's counter: returns from template to receipt, loads of police and council data, and the standards."""

from portal.landlord import loads, returns, sign_off, sign_up, standards, upload  # noqa: F401  importing a module registers its pages
from portal.landlord.room import room

__all__ = ["room"]
