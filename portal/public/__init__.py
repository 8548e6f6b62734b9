"""What anybody may read: the front page, help, the notices, and how to verify a receipt."""

from portal.public import link  # noqa: F401  importing a module registers its pages
from portal.public.routes import room

__all__ = ["room"]
