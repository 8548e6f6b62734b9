"""This module knows whether a folder holds a demonstration, and makes one where there is none.

Half a demonstration is never used: it would answer questions wrongly. A marker in the folder is held and locked while one is
being loaded; a marker that nobody holds says that loading was broken off, and what was made under it is cleared away. Nothing
else ever is.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from portal.config import Settings
from portal.demo.fixed import DAY, NAME
from portal.demo.progress import say
from portal.demo.sign_ins import FILE, SignIn, read_sign_ins, write_sign_ins
from protocols.actions import Event
from sharing.errors import InvalidError, NotPermittedError, UnreachableError
from sharing.ledger import read as ledger
from sharing.store import Store, set_up

MARKER = "demo-loading"
_PAGE = 500


@dataclass(frozen=True)
class Demonstration:
    """A whole demonstration: the seed of its made-up figures, the key of its ledger, and who can sign in."""

    seed: int
    key: str
    sign_ins: tuple[SignIn, ...] = field(repr=False)


def ensure_demonstration(settings: Settings, seed: int) -> Demonstration:
    """Return the folder's demonstration, loading it where there is none.

    Raises InvalidError for a folder that holds anything else, or one with another seed; UnreachableError while somebody else is
    loading it.
    """
    home = settings.home
    marker = home / MARKER
    if not marker.exists():
        found = _found(settings)
        if found is not None:
            if found.seed != seed:
                raise InvalidError.one(
                    f"The demonstration in {home} was loaded with seed {found.seed}.",
                    where="--seed",
                    mend="Name another folder with ACCORD_HOME, or remove this one.",
                )
            return found
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _held(marker) as was_broken_off:
        if was_broken_off:
            say("loading was broken off the last time; clearing that away and starting afresh")
            _clear(settings)
        return _make(settings, seed)


def found_demonstration(settings: Settings) -> Demonstration:
    """Return the folder's demonstration. Raises NotPermittedError where there is none, or half a one."""
    found = None if (settings.home / MARKER).exists() else _found(settings)
    if found is None:
        raise NotPermittedError(
            f"There is no demonstration in {settings.home}. Run `accord demo`.", rule="demonstration"
        )
    return found


def _found(settings: Settings) -> Demonstration | None:
    """The demonstration, or None where the folder is clean. Raises InvalidError for anything else."""
    if not _is_there(settings):
        return None
    store = Store.open(settings.store)
    try:
        if not store.installation.demonstration:
            raise InvalidError.one(
                f"{settings.home} holds an installation that is no demonstration. It is left as it is.",
                where="ACCORD_HOME",
                mend="Name another folder with ACCORD_HOME.",
            )
        return Demonstration(_loaded_with(store), store.verifier_key, read_sign_ins(settings.home))
    finally:
        store.close()


def _loaded_with(store: Store) -> int:
    """The seed of the entry that was recorded last. Raises InvalidError where it was never recorded."""
    with store.reading() as session:
        for log in ledger.logs(session, None):
            before: int | None = None
            while page := ledger.entries(session, log.origin, before=before, limit=_PAGE):
                for view in page:
                    if view.entry.type == Event.DEMONSTRATION_LOADED:
                        return int(view.entry.facts["seed"])
                before = page[-1].index
    raise InvalidError.one(
        "This demonstration was never loaded whole, and is not used.",
        where="ACCORD_HOME",
        mend="Remove the folder, or name another with ACCORD_HOME.",
    )


def _make(settings: Settings, seed: int) -> Demonstration:
    if _is_there(settings):
        raise InvalidError.one(
            "This database or folder holds something already.", where="ACCORD_HOME", mend="Name a clean one."
        )
    from portal.app import WEB_KEY  # these cost a second of imports, and only making one needs them
    from portal.demo.load import load_demonstration
    from sharing.store import migrate

    say(f"loading two partnerships into {settings.home}; this takes about a minute")
    migrate.upgrade(settings.store.database_url)
    set_up(settings.store, NAME, demonstration_day=DAY, secrets=(WEB_KEY,))
    store = Store.open(settings.store)
    try:
        sign_ins = load_demonstration(store, seed)
        write_sign_ins(settings.home, sign_ins)
        return Demonstration(seed, store.verifier_key, tuple(sign_ins))
    finally:
        store.close()


@contextmanager
def _held(marker: Path) -> Iterator[bool]:
    """Hold the marker while a demonstration is loaded; tell whether it was there already. It goes when all went well."""
    was_there = marker.exists()
    with marker.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UnreachableError(
                "Somebody else is loading the demonstration into this folder. Wait for it."
            ) from None
        yield was_there
        marker.unlink()


def _is_there(settings: Settings) -> bool:
    return (settings.home / "keys").exists() or any(path.exists() for path in _database_files(settings))


def _database_files(settings: Settings) -> tuple[Path, ...]:
    """SQLite's files; none for a database on a server."""
    url = settings.store.database_url
    if not url.startswith("sqlite:///"):
        return ()
    path = url.removeprefix("sqlite:///")
    return tuple(Path(path + ending) for ending in ("", "-wal", "-shm", "-journal"))


def _clear(settings: Settings) -> None:
    """Take away what a broken-off loading has made; only ever called under the marker that it left."""
    files = _database_files(settings)
    if not files:
        raise InvalidError.one(
            "A database on a server cannot be cleared from here.",
            where="ACCORD_DATABASE_URL",
            mend="Name an empty one.",
        )
    for path in (*files, settings.home / FILE, (settings.home / FILE).with_suffix(".part")):
        path.unlink(missing_ok=True)
    shutil.rmtree(settings.home / "keys", ignore_errors=True)
