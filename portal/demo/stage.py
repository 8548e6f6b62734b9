"""This module knows how the story of the demonstration is played: on which day, and by whom.

Everything is done through the ordinary services, by the made-up officers in their posts or by the operator. Only a record that is
marked as a demonstration can be played in: its business time may be offset.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from protocols.actor import Actor
from sharing import partners
from sharing.errors import NotFoundError, NotPermittedError
from sharing.partners import OfficerView
from sharing.store import Clock, Session, Store, Unit
from sharing.store.clock import offset_to

OPERATOR = "demonstration"
AN_HOUR = timedelta(hours=1)


class Stage:
    """One partnership's record while its story is played."""

    def __init__(self, store: Store, partnership: str) -> None:
        """Keep the record and the partnership. Raises NotPermittedError where the record is not a demonstration's."""
        if not store.installation.demonstration:
            raise NotPermittedError("Only a demonstration has a story to play.", rule="demonstration")
        self.store, self.partnership = store, partnership
        self._known: dict[tuple[str, str | None], OfficerView] = {}

    def on(self, day: date) -> None:
        """Set business time to eight in the morning of a day: an hour before the demonstration itself begins on its own."""
        self.store.clock = Clock(offset_to(day, datetime.now(UTC)) - AN_HOUR)

    @property
    def today(self) -> date:
        """The business day that is played."""
        return self.store.clock.today()

    def officer(self, email: str, organisation: str | None = None) -> OfficerView:
        """The officer with this address, in the post at this organisation where there are several. Raises NotFoundError.

        Looked up once: no post of the story begins or ends after it was first needed.
        """
        known = self._known.get((email, organisation))
        if known is None:
            known = self._known[email, organisation] = self._find(email, organisation)
        return known

    def _find(self, email: str, organisation: str | None) -> OfficerView:
        with self.store.reading() as session:
            found = partners.officers(session, self.partnership, self.store.clock.business_now(), self.today)
        mine = [each for each in found if each.email == email and organisation in {None, each.organisation}]
        if len(mine) != 1:
            raise NotFoundError(f"{email} has {len(mine)} posts here.")
        return mine[0]

    def actor(self, email: str, organisation: str | None = None) -> Actor:
        """The officer, acting in that post."""
        officer = self.officer(email, organisation)
        with self.store.reading() as session:
            return partners.actor_in_post(session, self.store.clock, officer.id)

    def officer_id(self, email: str, organisation: str | None = None) -> uuid.UUID:
        """The id of the officer's post."""
        return self.officer(email, organisation).id

    @contextmanager
    def by(self, email: str, organisation: str | None = None) -> Iterator[Unit]:
        """A change made by an officer."""
        with self.store.unit(self.actor(email, organisation)) as unit:
            yield unit

    @contextmanager
    def by_operator(self) -> Iterator[Unit]:
        """A change made by the operator at the machine."""
        with self.store.unit(Actor(operator=OPERATOR)) as unit:
            yield unit

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A look into the record."""
        with self.store.reading() as session:
            yield session
