"""This module knows the triggers that keep the ledger append-only, as SQL for SQLite and for PostgreSQL.

They stop defects and honest mistakes. Whoever owns the database can drop them, which is why heads are kept elsewhere.

- Entries, logs and signed heads are never updated or deleted, and an entry's number follows on from the last.
- A tile only grows, and the head only advances.
- An entry leaves the outbox only once it stands in the log, and never changes there.
"""

from __future__ import annotations

_NEVER = ("ledger_entry", "ledger_log", "ledger_checkpoint")
_NO_DELETE = ("ledger_tile", "ledger_head")

NAMES = (
    *(f"{table}_{event}" for table in _NEVER for event in ("update", "delete")),
    *(f"{table}_{event}" for table in _NO_DELETE for event in ("update", "delete")),
    "ledger_entry_insert",
    "ledger_outbox_update",
    "ledger_outbox_delete",
)
"""Every trigger, so that an audit can say which is missing."""

TRUNCATE_NAMES = tuple(f"{table}_truncate" for table in (*_NEVER, *_NO_DELETE, "ledger_outbox"))
"""Those that only PostgreSQL needs."""

_GROWS = (
    "substr(NEW.data, 1, length(OLD.data)) = OLD.data AND NEW.log = OLD.log AND NEW.level = OLD.level AND NEW.n = OLD.n"
)
_ADVANCES = "NEW.log = OLD.log AND NEW.size >= OLD.size AND (NEW.size > OLD.size OR NEW.root = OLD.root)"
_STANDS = (
    "EXISTS (SELECT 1 FROM ledger_entry e WHERE e.log = OLD.log AND e.entry_id = OLD.entry_id AND e.body = OLD.body)"
)
_FOLLOWS = "NEW.idx = (SELECT coalesce(max(e.idx) + 1, 0) FROM ledger_entry e WHERE e.log = NEW.log)"

_RULES: tuple[tuple[str, str, str, str], ...] = (
    # trigger, table and event, what must hold ("" for never), what is said otherwise
    *(
        (f"{table}_{event}", f"{event.upper()} ON {table}", "", f"{table} is append-only: no {event}")
        for table in _NEVER
        for event in ("update", "delete")
    ),
    *((f"{t}_delete", f"DELETE ON {t}", "", f"{t} is append-only: no delete") for t in _NO_DELETE),
    ("ledger_tile_update", "UPDATE ON ledger_tile", _GROWS, "a tile of the ledger only grows"),
    ("ledger_head_update", "UPDATE ON ledger_head", _ADVANCES, "a head of the ledger only advances"),
    ("ledger_entry_insert", "INSERT ON ledger_entry", _FOLLOWS, "entries are numbered without a gap"),
    ("ledger_outbox_update", "UPDATE ON ledger_outbox", "", "an entry in the outbox never changes"),
    (
        "ledger_outbox_delete",
        "DELETE ON ledger_outbox",
        _STANDS,
        "an entry leaves the outbox only for the log",
    ),
)


def statements(dialect: str) -> tuple[str, ...]:
    """Return the statements that install the triggers on a database with the tables ("sqlite" or "postgresql")."""
    if dialect == "sqlite":
        return tuple(_sqlite(*rule) for rule in _RULES)
    return tuple(statement for rule in _RULES for statement in _postgresql(*rule)) + tuple(
        statement for name in TRUNCATE_NAMES for statement in _truncate(name)
    )


def _sqlite(name: str, event: str, holds: str, message: str) -> str:
    when = f"WHEN NOT ({holds}) " if holds else ""
    return f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW {when}BEGIN SELECT RAISE(ABORT, '{message}'); END"


# PostgreSQL can look at all rows of a statement at once, where a look at each row would halve the sequencer's pace.
_SET_BASED = {
    "ledger_entry_insert": (
        "REFERENCING NEW TABLE AS new_rows",
        (
            "EXISTS (SELECT 1 FROM new_rows r GROUP BY r.log HAVING max(r.idx) - min(r.idx) + 1 <> count(*)"
            " OR min(r.idx) <> (SELECT coalesce(max(e.idx) + 1, 0) FROM ledger_entry e"
            " WHERE e.log = r.log AND e.idx < min(r.idx))"
            " OR max(r.idx) <> (SELECT max(e.idx) FROM ledger_entry e WHERE e.log = r.log))"
        ),
    ),
    "ledger_outbox_delete": (
        "REFERENCING OLD TABLE AS old_rows",
        (
            "EXISTS (SELECT 1 FROM old_rows r WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e"
            " WHERE e.entry_id = r.entry_id AND e.log = r.log AND e.body = r.body))"
        ),
    ),
}


def _postgresql_set(name: str, event: str, message: str) -> tuple[str, str]:
    rows, wrong = _SET_BASED[name]
    refuse = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation';"
    body = f"BEGIN IF {wrong} THEN {refuse} END IF; RETURN NULL; END"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"CREATE TRIGGER {name} AFTER {event} {rows} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    )


def _postgresql(name: str, event: str, holds: str, message: str) -> tuple[str, str]:
    if name in _SET_BASED:
        return _postgresql_set(name, event, message)
    refuse = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation';"
    body = f"IF NOT ({holds}) THEN {refuse} END IF;" if holds else refuse
    row = "OLD" if event.startswith("DELETE") else "NEW"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN {row}; END $$",
        f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


def _truncate(name: str) -> tuple[str, str]:
    table = name.removesuffix("_truncate")
    refuse = f"RAISE EXCEPTION '{table} is append-only: no truncate' USING ERRCODE = 'restrict_violation';"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuse} END $$",
        f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    )
