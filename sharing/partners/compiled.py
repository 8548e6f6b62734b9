"""This module knows the compiled form of a partnership's world, and when it may be used again.

Every command about partners ends in `note_change`: the rulebook must be able to read what the command leaves behind,
and a new stamp makes everything compiled before useless. Whoever decides reads the stamp in the same transaction, so no
decision is made on old facts.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.reading import WrongInputError
from protocols.world import World, load
from sharing.errors import InvalidError
from sharing.partners.model import WorldVersion
from sharing.partners.rulebook_world import world
from sharing.store import Unit

KEPT = 16
"""Compiled worlds that are kept: two versions each of as many partnerships as an installation is likely to have."""

_kept: OrderedDict[uuid.UUID, World] = OrderedDict()
_lock = threading.Lock()


def compiled_world(session: Session, partnership: str) -> World:
    """Return the partnership's world, compiled, as this transaction sees it."""
    stamp = session.scalar(select(WorldVersion.stamp).where(WorldVersion.partnership == partnership))
    with _lock:
        found = _kept.get(stamp) if stamp else None
    if found is None:
        found = load(world(session, partnership))
        if stamp is not None:
            _keep(stamp, found)
    return found


def note_change(unit: Unit, partnership: str) -> None:
    """Note that what the rulebook reads of this partnership has changed.

    Raises InvalidError if it could not be read any more.
    """
    unit.session.flush()
    stamp = uuid.uuid4()
    row = unit.session.get(WorldVersion, partnership, with_for_update=True)
    if row is None:
        unit.session.add(WorldVersion(partnership=partnership, stamp=stamp))
    else:
        row.stamp = stamp
    unit.session.flush()
    try:
        load(world(unit.session, partnership))
    except WrongInputError as error:
        raise InvalidError.one(
            f"The rules could not be applied after this change: {error}", mend="Change it and try again."
        ) from None


def _keep(stamp: uuid.UUID, compiled: World) -> None:
    with _lock:
        _kept[stamp] = compiled
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
