"""This module knows how a database is brought to this version: Alembic, configured in code."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from sharing.base import Base
from sharing.store.engine import open_engine

ROOT = Path(__file__).resolve().parents[2]


def scripts() -> Path:
    """The folder of revisions: beside the packages in a clone, inside `portal` in a wheel."""
    inside = ROOT / "portal" / "migrations"
    return inside if inside.is_dir() else ROOT / "migrations"


def config(url: str) -> Config:
    """Alembic's configuration for a database."""
    made = Config()
    made.set_main_option("script_location", str(scripts()))
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return made


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database up to a revision."""
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database down to a revision; the ledger's own revision is the floor."""
    command.downgrade(config(url), revision)


def differences(url: str) -> list[str]:
    """What the database has that the models have not, or the other way round; empty when they are equal."""
    engine = open_engine(url)
    try:
        return _compare(engine)
    finally:
        engine.dispose()


def _compare(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        return [str(difference) for difference in compare_metadata(context, Base.metadata)]
