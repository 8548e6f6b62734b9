"""This module knows who acts: one officer in one post, or the operator at the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from protocols.actions import Action
from protocols.roles import ANYBODY, ROLES, SIGNED_IN, Role


@dataclass(frozen=True)
class Actor:
    """Somebody acting now: read afresh for each request, never kept in a session.

    `user_id` is the account; `officer_id` the post held at `organisation` in `partnership`. Nobody signed in has none of them.
    `operator` names whoever ran a command at the machine: an operator never opens a sealed field, signs or certifies.
    """

    user_id: UUID | None = None
    officer_id: UUID | None = None
    organisation: str | None = None
    partnership: str | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)
    operator: str | None = None

    @property
    def actions(self) -> frozenset[Action]:
        """Every action that this actor's roles hold, with what anybody and anybody signed in may do."""
        held = ANYBODY.union(*(ROLES[role] for role in self.roles))
        return held | SIGNED_IN if self.user_id else held

    @property
    def at_machine(self) -> bool:
        """Whether an operator acts alone at the command line, not on an officer's behalf (`--as USER`)."""
        return self.operator is not None and self.user_id is None

    @property
    def pseudonym(self) -> str:
        """The name in the ledger: an id whose owner is kept in an ordinary table that can be erased."""
        if self.operator:
            return f"operator:{self.operator}"
        return f"u_{self.user_id.hex}" if self.user_id else "anonymous"


ANONYMOUS = Actor()
