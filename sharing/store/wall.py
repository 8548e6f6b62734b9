"""This module knows which rows a transaction has changed, seen at the cursor, below every way in which SQLAlchemy can write."""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from sharing.base import Base
from sharing.errors import UnrecordedError
from sharing.vault.bulk import WATCHER

OPTION = WATCHER


class Watcher(Protocol):
    """Whoever wants to know that a table's rows are about to change."""

    def changed(self, table: str) -> None:
        """Note that rows of `table` change in this transaction."""


@cache
def housekeeping() -> dict[str, str]:
    """Every table that may change without a ledger entry, with the reason that its class gives."""
    return {
        mapper.local_table.name: mapper.class_.housekeeping  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if mapper.class_.housekeeping
    }


def watch(engine: Engine) -> None:
    """Report each change to the unit that the connection carries; refuse text that could hide one."""

    @event.listens_for(engine, "before_cursor_execute")
    def _before(conn: Connection, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:  # noqa: ANN401  the hook's own signature
        watcher: Watcher | None = conn.get_execution_options().get(OPTION)
        if watcher is None:
            return
        if context is not None and (context.isinsert or context.isupdate or context.isdelete) and context.compiled:
            watcher.changed(context.compiled.compile_state.dml_table.name)
        elif not statement.lstrip().upper().startswith(("SELECT", "WITH", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            raise UnrecordedError("A statement that the unit of work cannot read was refused.")
