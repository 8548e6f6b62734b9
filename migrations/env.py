"""This module knows how Alembic meets our database: the whole metadata, batch mode for SQLite, one transaction a revision."""

from __future__ import annotations

from alembic import context

from sharing import tables
from sharing.store.engine import open_engine

url = context.config.get_main_option("sqlalchemy.url") or ""
engine = open_engine(url)
try:
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=tables.METADATA,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
finally:
    engine.dispose()
