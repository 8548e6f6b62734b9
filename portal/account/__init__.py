"""The front door and one's own account: signing in, the first page, posts, people of one's organisation."""

from portal.account import home, people, set_up, sign_in  # noqa: F401  importing a module registers its pages
from portal.account.room import room

__all__ = ["room"]
