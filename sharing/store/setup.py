"""This module knows how an installation begins: keys on disk, and one row that names it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.errors import InvalidError
from sharing.ledger.checkpoint import new_signing_key
from sharing.store.clock import offset_to
from sharing.store.engine import open_engine
from sharing.store.model import Installation
from sharing.store.store import SIGNING_KEY, StoreSettings
from sharing.vault import Keyring


def set_up(
    settings: StoreSettings, name: str, *, demonstration_day: date | None = None, secrets: Sequence[str] = ()
) -> None:
    """Create keyring and installation row over a migrated, empty database.

    `demonstration_day` marks the installation as a demonstration whose business time begins on that day. `secrets` names random
    32-byte secrets that the caller wants kept in the keyring. Raises InvalidError
    when there is an installation already: keys are never overwritten.
    """
    engine = open_engine(settings.database_url)
    try:
        with Session(engine) as session:
            if session.scalar(select(Installation)) is not None:
                raise InvalidError.one("This installation is set up already.", mend="Use it, or name another folder.")
            _make_keys(settings.home / "keys", name, secrets)
            session.add(_installation(name, demonstration_day))
            session.commit()
    finally:
        engine.dispose()


def _installation(name: str, demonstration_day: date | None) -> Installation:
    now = datetime.now(UTC)
    offset = offset_to(demonstration_day, now) if demonstration_day else timedelta(0)
    return Installation(
        name=name,
        demonstration=demonstration_day is not None,
        business_offset_seconds=int(offset.total_seconds()),
        created_at=now,
    )


def _make_keys(folder: Path, name: str, secrets: Sequence[str]) -> None:
    keyring = Keyring.create(folder)
    keyring.set_secret(SIGNING_KEY, new_signing_key(name).encode())
    for secret in secrets:
        keyring.set_secret(secret, os.urandom(32))
