"""This module knows which revision a database is at, which revisions this version of Accord knows, and which version it is."""

from __future__ import annotations

import tomllib
from importlib import metadata

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from sharing.store import migrate


def stored(connection: Connection) -> str | None:
    """Return the revision that a database is at; None when no migration has run."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Return the revision that this version brings a database to."""
    return _scripts().get_current_head()


def is_known(revision: str) -> bool:
    """Tell whether this version can bring a database on from a revision: it is that of this version or an older one."""
    try:
        return _scripts().get_revision(revision) is not None
    except CommandError:
        return False


def is_since(later: str, earlier: str) -> bool:
    """Tell whether a revision that this version knows is another one or comes after it."""
    return any(each.revision == earlier for each in _scripts().iterate_revisions(later, "base"))


def version() -> str:
    """Return the version of Accord that runs, installed or in a clone."""
    try:
        return metadata.version("accord")
    except metadata.PackageNotFoundError:
        project = tomllib.loads((migrate.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return str(project["version"])


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(migrate.config("sqlite://"))
