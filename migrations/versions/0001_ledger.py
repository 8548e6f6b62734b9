"""The installation and its append-only ledger: the floor, below which nothing goes.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


APPEND_ONLY = {
    "sqlite": [
        "CREATE TRIGGER ledger_entry_update BEFORE UPDATE ON ledger_entry FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only: no update'); END",
        "CREATE TRIGGER ledger_entry_delete BEFORE DELETE ON ledger_entry FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only: no delete'); END",
        "CREATE TRIGGER ledger_log_update BEFORE UPDATE ON ledger_log FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'ledger_log is append-only: no update'); END",
        "CREATE TRIGGER ledger_log_delete BEFORE DELETE ON ledger_log FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'ledger_log is append-only: no delete'); END",
        "CREATE TRIGGER ledger_checkpoint_update BEFORE UPDATE ON ledger_checkpoint FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'ledger_checkpoint is append-only: no update'); END",
        "CREATE TRIGGER ledger_checkpoint_delete BEFORE DELETE ON ledger_checkpoint FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'ledger_checkpoint is append-only: no delete'); END",
        "CREATE TRIGGER ledger_tile_delete BEFORE DELETE ON ledger_tile FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'ledger_tile is append-only: no delete'); END",
        "CREATE TRIGGER ledger_head_delete BEFORE DELETE ON ledger_head FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'ledger_head is append-only: no delete'); END",
        "CREATE TRIGGER ledger_tile_update BEFORE UPDATE ON ledger_tile FOR EACH ROW WHEN NOT (substr(NEW.data, 1, length(OLD.data)) = OLD.data AND NEW.log = OLD.log AND NEW.level = OLD.level AND NEW.n = OLD.n) BEGIN SELECT RAISE(ABORT, 'a tile of the ledger only grows'); END",
        "CREATE TRIGGER ledger_head_update BEFORE UPDATE ON ledger_head FOR EACH ROW WHEN NOT (NEW.log = OLD.log AND NEW.size >= OLD.size AND (NEW.size > OLD.size OR NEW.root = OLD.root)) BEGIN SELECT RAISE(ABORT, 'a head of the ledger only advances'); END",
        "CREATE TRIGGER ledger_entry_insert BEFORE INSERT ON ledger_entry FOR EACH ROW WHEN NOT (NEW.idx = (SELECT coalesce(max(e.idx) + 1, 0) FROM ledger_entry e WHERE e.log = NEW.log)) BEGIN SELECT RAISE(ABORT, 'entries are numbered without a gap'); END",
        "CREATE TRIGGER ledger_outbox_update BEFORE UPDATE ON ledger_outbox FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'an entry in the outbox never changes'); END",
        "CREATE TRIGGER ledger_outbox_delete BEFORE DELETE ON ledger_outbox FOR EACH ROW WHEN NOT (EXISTS (SELECT 1 FROM ledger_entry e WHERE e.log = OLD.log AND e.entry_id = OLD.entry_id AND e.body = OLD.body)) BEGIN SELECT RAISE(ABORT, 'an entry leaves the outbox only for the log'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION ledger_entry_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_entry is append-only: no update' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        "CREATE TRIGGER ledger_entry_update BEFORE UPDATE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_update()",
        "CREATE FUNCTION ledger_entry_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_entry is append-only: no delete' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        "CREATE TRIGGER ledger_entry_delete BEFORE DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_delete()",
        "CREATE FUNCTION ledger_log_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_log is append-only: no update' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        "CREATE TRIGGER ledger_log_update BEFORE UPDATE ON ledger_log FOR EACH ROW EXECUTE FUNCTION ledger_log_update()",
        "CREATE FUNCTION ledger_log_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_log is append-only: no delete' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        "CREATE TRIGGER ledger_log_delete BEFORE DELETE ON ledger_log FOR EACH ROW EXECUTE FUNCTION ledger_log_delete()",
        "CREATE FUNCTION ledger_checkpoint_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_checkpoint is append-only: no update' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        "CREATE TRIGGER ledger_checkpoint_update BEFORE UPDATE ON ledger_checkpoint FOR EACH ROW EXECUTE FUNCTION ledger_checkpoint_update()",
        "CREATE FUNCTION ledger_checkpoint_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_checkpoint is append-only: no delete' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        "CREATE TRIGGER ledger_checkpoint_delete BEFORE DELETE ON ledger_checkpoint FOR EACH ROW EXECUTE FUNCTION ledger_checkpoint_delete()",
        "CREATE FUNCTION ledger_tile_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_tile is append-only: no delete' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        "CREATE TRIGGER ledger_tile_delete BEFORE DELETE ON ledger_tile FOR EACH ROW EXECUTE FUNCTION ledger_tile_delete()",
        "CREATE FUNCTION ledger_head_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_head is append-only: no delete' USING ERRCODE = 'restrict_violation'; RETURN OLD; END $$",
        "CREATE TRIGGER ledger_head_delete BEFORE DELETE ON ledger_head FOR EACH ROW EXECUTE FUNCTION ledger_head_delete()",
        "CREATE FUNCTION ledger_tile_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT (substr(NEW.data, 1, length(OLD.data)) = OLD.data AND NEW.log = OLD.log AND NEW.level = OLD.level AND NEW.n = OLD.n) THEN RAISE EXCEPTION 'a tile of the ledger only grows' USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER ledger_tile_update BEFORE UPDATE ON ledger_tile FOR EACH ROW EXECUTE FUNCTION ledger_tile_update()",
        "CREATE FUNCTION ledger_head_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT (NEW.log = OLD.log AND NEW.size >= OLD.size AND (NEW.size > OLD.size OR NEW.root = OLD.root)) THEN RAISE EXCEPTION 'a head of the ledger only advances' USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER ledger_head_update BEFORE UPDATE ON ledger_head FOR EACH ROW EXECUTE FUNCTION ledger_head_update()",
        "CREATE FUNCTION ledger_entry_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM new_rows r GROUP BY r.log HAVING max(r.idx) - min(r.idx) + 1 <> count(*) OR min(r.idx) <> (SELECT coalesce(max(e.idx) + 1, 0) FROM ledger_entry e WHERE e.log = r.log AND e.idx < min(r.idx)) OR max(r.idx) <> (SELECT max(e.idx) FROM ledger_entry e WHERE e.log = r.log)) THEN RAISE EXCEPTION 'entries are numbered without a gap' USING ERRCODE = 'restrict_violation'; END IF; RETURN NULL; END $$",
        "CREATE TRIGGER ledger_entry_insert AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_insert()",
        "CREATE FUNCTION ledger_outbox_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an entry in the outbox never changes' USING ERRCODE = 'restrict_violation'; RETURN NEW; END $$",
        "CREATE TRIGGER ledger_outbox_update BEFORE UPDATE ON ledger_outbox FOR EACH ROW EXECUTE FUNCTION ledger_outbox_update()",
        "CREATE FUNCTION ledger_outbox_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM old_rows r WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.entry_id = r.entry_id AND e.log = r.log AND e.body = r.body)) THEN RAISE EXCEPTION 'an entry leaves the outbox only for the log' USING ERRCODE = 'restrict_violation'; END IF; RETURN NULL; END $$",
        "CREATE TRIGGER ledger_outbox_delete AFTER DELETE ON ledger_outbox REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_outbox_delete()",
        "CREATE FUNCTION ledger_entry_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_entry is append-only: no truncate' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER ledger_entry_truncate BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_truncate()",
        "CREATE FUNCTION ledger_log_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_log is append-only: no truncate' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER ledger_log_truncate BEFORE TRUNCATE ON ledger_log FOR EACH STATEMENT EXECUTE FUNCTION ledger_log_truncate()",
        "CREATE FUNCTION ledger_checkpoint_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_checkpoint is append-only: no truncate' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER ledger_checkpoint_truncate BEFORE TRUNCATE ON ledger_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION ledger_checkpoint_truncate()",
        "CREATE FUNCTION ledger_tile_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_tile is append-only: no truncate' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER ledger_tile_truncate BEFORE TRUNCATE ON ledger_tile FOR EACH STATEMENT EXECUTE FUNCTION ledger_tile_truncate()",
        "CREATE FUNCTION ledger_head_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_head is append-only: no truncate' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER ledger_head_truncate BEFORE TRUNCATE ON ledger_head FOR EACH STATEMENT EXECUTE FUNCTION ledger_head_truncate()",
        "CREATE FUNCTION ledger_outbox_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_outbox is append-only: no truncate' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER ledger_outbox_truncate BEFORE TRUNCATE ON ledger_outbox FOR EACH STATEMENT EXECUTE FUNCTION ledger_outbox_truncate()",
    ],
}


def upgrade():
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("business_offset_seconds", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("log", sa.String(length=200), nullable=False),
        sa.Column("idx", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("log", "idx", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_ledger_entry_entry_id")),
    )
    op.create_table(
        "ledger_log",
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("opened", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_ledger_log")),
    )
    op.create_index(op.f("ix_ledger_log_partnership"), "ledger_log", ["partnership"], unique=False)
    op.create_table(
        "ledger_outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("log", sa.String(length=200), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_outbox")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_ledger_outbox_entry_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("log", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["ledger_log.origin"], name=op.f("fk_ledger_checkpoint_log_ledger_log")),
        sa.PrimaryKeyConstraint("log", "size", name=op.f("pk_ledger_checkpoint")),
    )
    op.create_table(
        "ledger_head",
        sa.Column("log", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["ledger_log.origin"], name=op.f("fk_ledger_head_log_ledger_log")),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "ledger_tile",
        sa.Column("log", sa.String(length=200), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(length=8192), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["ledger_log.origin"], name=op.f("fk_ledger_tile_log_ledger_log")),
        sa.PrimaryKeyConstraint("log", "level", "n", name=op.f("pk_ledger_tile")),
    )
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade():
    raise NotImplementedError("The ledger has no way down: what was recorded stays recorded.")
