"""Somebody who owns the database changes it. The audit on the spot has to name the first entry that is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ledger_world import World
from sqlalchemy import text

from sharing.ledger import audit, checkpoint, keychange, tiles, tree
from sharing.ledger import entry as entries
from sharing.ledger.checkpoint import Signer, new_signing_key
from sharing.ledger.entry import Entry
from sharing.ledger.examine import Examination
from sharing.ledger.policy import Policy
from sharing.ledger.report import Verdict


@pytest.fixture
def world(database_url):
    made = World(database_url)
    yield made
    made.close()


def forged(world: World, index: int, **changes) -> bytes:
    """Return the bytes of a stored entry with something changed: well formed, in its place, and untrue."""
    with world.engine.connect() as connection:
        body = connection.execute(text("SELECT body FROM ledger_entry WHERE idx = :i"), {"i": index}).scalar_one()
    old = entries.parse(bytes(body))
    return Entry(**{**old.__dict__, **changes}).encode()


def rewrite(world: World, bodies: list[bytes], *, sign: bool = False) -> None:
    """Put another history in place of the log's, with every hash and the head to fit; sign it if the key was stolen too."""
    leaves = tree.leaf_hashes(bodies)
    changed, edge = tiles.grow({}, 0, leaves)
    world.tamper("DELETE FROM ledger_entry", "DELETE FROM ledger_tile")
    for index, body in enumerate(bodies):
        said = entries.parse(body)
        world.tamper(
            "INSERT INTO ledger_entry (log, idx, entry_id, type, at, body, leaf_hash) VALUES (:l, :i, :e, :t, :a, :b, :h)",
            l=world.log,
            i=index,
            e=said.id.hex,
            t=said.type,
            a=entries.moment_text(said.at),
            b=body,
            h=tree.leaf_hash(body),
        )
    for tile in changed:
        statement = "INSERT INTO ledger_tile (log, level, n, data) VALUES (:l, :v, :n, :d)"
        world.tamper(statement, l=world.log, v=tile.level, n=tile.n, d=tile.data)
    root = tiles.edge_root(edge)
    world.tamper("UPDATE ledger_head SET size = :s, root = :r", s=len(bodies), r=root)
    world.tamper("DELETE FROM ledger_checkpoint WHERE size > :s", s=len(bodies))
    if sign:
        head = checkpoint.Checkpoint(world.log, len(bodies), root)
        note = checkpoint.sign(head, world.signer).render()
        world.tamper("DELETE FROM ledger_checkpoint")
        statement = "INSERT INTO ledger_checkpoint (log, size, note) VALUES (:l, :s, :n)"
        world.tamper(statement, l=world.log, s=len(bodies), n=note)


def bodies_of(world: World) -> list[bytes]:
    with world.engine.connect() as connection:
        return [
            bytes(body) for body in connection.execute(text("SELECT body FROM ledger_entry ORDER BY idx")).scalars()
        ]


def test_a_clean_log_raises_no_alarm_at_any_size(world):
    for count in (1, 3, 251, 1, 300):
        world.fill(count, at_a_time=50)
        report = world.audit(world.head(), world.head(2))
        assert report.findings == ()
        assert report.verdict is Verdict.TRUE


def test_an_edited_entry_is_named(world):
    world.fill(9)
    world.tamper("UPDATE ledger_entry SET body = :b WHERE idx = 4", b=forged(world, 4, facts={"rows": 13}))
    report = world.audit()
    assert report.verdict is Verdict.FALSE
    assert report.first_bad == 4
    assert any("Entry 4 is not what was recorded there" in found.message for found in report.findings)


def test_an_entry_edited_together_with_the_hash_beside_it_is_named(world):
    world.fill(9)
    body = forged(world, 4, actor="u_00")
    world.tamper("UPDATE ledger_entry SET body = :b, leaf_hash = :h WHERE idx = 4", b=body, h=tree.leaf_hash(body))
    assert world.audit().first_bad == 4


def test_an_entry_edited_with_every_hash_made_to_fit_is_named_by_the_signed_heads(world):
    world.fill(9)
    bodies = bodies_of(world)
    bodies[4] = forged(world, 4, actor="u_00")
    rewrite(world, bodies)
    assert world.audit().first_bad == 4


def test_a_history_rewritten_and_signed_with_the_stolen_key_is_seen_by_a_head_kept_elsewhere(world):
    world.fill(9)
    kept = [world.head(size) for size in (3, 5, 10)]
    bodies = bodies_of(world)
    bodies[4] = forged(world, 4, actor="u_00")
    rewrite(world, bodies, sign=True)
    assert world.audit().verdict is Verdict.TRUE  # nothing on the spot can tell
    assert world.audit(kept[2]).verdict is Verdict.FALSE
    report = world.audit(*kept)
    (found,) = [found for found in report.findings if found.code == "changed"]
    assert (found.index, found.last) == (3, 4)
    assert "one of 3 to 4" in found.message
    assert "the head that you hold" in found.message


def test_a_deleted_entry_is_named(world):
    world.fill(9)
    world.tamper("DELETE FROM ledger_entry WHERE idx = 4")
    report = world.audit()
    assert report.first_bad == 4
    assert any(found.message == "Entry 4 is missing." for found in report.findings)


def test_a_deleted_entry_is_named_when_the_later_ones_were_moved_up(world):
    world.fill(9)
    world.tamper("DELETE FROM ledger_entry WHERE idx = 4")
    for index in range(5, 10):
        world.tamper("UPDATE ledger_entry SET idx = :to WHERE idx = :i", to=index - 1, i=index)
    assert world.audit().first_bad == 4
    bodies = bodies_of(world)
    rewrite(world, bodies)
    assert world.audit().first_bad == 4


def test_reordered_entries_are_named(world):
    world.fill(9)
    for to, index in ((-1, 4), (4, 6), (6, -1)):
        world.tamper("UPDATE ledger_entry SET idx = :to WHERE idx = :i", to=to, i=index)
    assert world.audit().first_bad == 4
    rewrite(world, bodies_of(world))
    assert world.audit().first_bad == 4


def test_an_inserted_entry_is_named(world):
    world.fill(9)
    bodies = bodies_of(world)
    bodies.insert(4, forged(world, 4, id=world.entry().id))
    rewrite(world, bodies)
    assert world.audit().first_bad == 4


def test_a_repeated_id_and_a_second_opening_are_seen(world):
    world.fill(3)
    bodies = bodies_of(world)
    examination = Examination(world.log)
    examination.take([*bodies, bodies[2], bodies[0]])
    assert [(found.code, found.index) for found in examination.findings] == [("repeated", 4), ("opening", 5)]
    assert "(1 more like it.)" in examination.findings[0].message
    headless = Examination(world.log)
    headless.take(bodies[1:])
    assert [(found.code, found.index) for found in headless.findings] == [("opening", 0)]


def test_a_log_cut_short_is_named_at_the_first_missing_entry(world):
    world.fill(9)
    world.tamper("DELETE FROM ledger_entry WHERE idx >= 6")
    assert world.audit().first_bad == 6


def test_a_log_cut_short_with_everything_else_is_seen_by_a_newer_head(world):
    world.fill(9)
    kept = world.head()
    rewrite(world, bodies_of(world)[:6])
    assert world.audit().verdict is Verdict.TRUE  # an earlier state, whole in itself
    report = world.audit(kept)
    assert report.first_bad == 6
    assert "Entries 6 to 9 are missing" in " ".join(found.message for found in report.findings)


def test_a_log_cut_short_whose_signed_heads_were_left_is_seen_without_any_head(world):
    world.fill(9)
    bodies = bodies_of(world)[:6]
    with world.engine.connect() as connection:
        heads = connection.execute(text("SELECT size, note FROM ledger_checkpoint WHERE size > 6")).all()
    rewrite(world, bodies)
    for size, note in heads:
        statement = "INSERT INTO ledger_checkpoint (log, size, note) VALUES (:l, :s, :n)"
        world.tamper(statement, l=world.log, s=size, n=note)
    assert world.audit().first_bad == 6


def test_an_older_head_still_fits_a_log_that_only_grew(world):
    world.fill(3)
    kept = world.head()
    world.fill(4)
    assert world.audit(kept).findings == ()


def test_an_entry_smuggled_in_behind_the_head_is_seen(world):
    world.fill(3)
    world.tamper(
        "INSERT INTO ledger_entry (log, idx, entry_id, type, at, body, leaf_hash) VALUES (:l, 4, :e, 'a:b', 'x', :b, :b)",
        l=world.log,
        e=world.entry().id.hex,
        b=b"x",
    )
    report = world.audit()
    assert report.first_bad == 4
    assert [found.code for found in report.findings] == ["beyond"]


COLUMNS = {
    "id": ("UPDATE ledger_entry SET entry_id = :v WHERE idx = 4", "0196b0c17c3e7d118a551f2e3d4c5b6a", "columns"),
    "type": ("UPDATE ledger_entry SET type = :v WHERE idx = 4", "disclosure:refused", "columns"),
    "time": ("UPDATE ledger_entry SET at = :v WHERE idx = 4", "2026-03-02T09:00:00.000000Z", "columns"),
    "hash": ("UPDATE ledger_entry SET leaf_hash = :v WHERE idx = 4", bytes(32), "leaf-hash"),
}


@pytest.mark.parametrize(("statement", "value", "code"), COLUMNS.values(), ids=COLUMNS)
def test_a_column_beside_an_entry_cannot_say_something_else(world, statement, value, code):
    world.fill(9)
    world.tamper(statement, v=value)
    report = world.audit()
    assert report.verdict is Verdict.FALSE
    assert report.first_bad == 4
    assert [found.code for found in report.findings] == [code]


def test_a_changed_tile_is_told_apart_from_a_changed_entry(world):
    world.fill(300, at_a_time=300)
    for level, size in ((0, 8192), (1, 32)):
        world.tamper("UPDATE ledger_tile SET data = :d WHERE level = :l AND n = 0", d=bytes(size), l=level)
        report = world.audit()
        assert report.verdict is Verdict.FALSE
        assert any("the entries themselves are as they were signed" in found.message for found in report.findings)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_tile WHERE level = 1",
        "DELETE FROM ledger_tile WHERE level = 0 AND n = 1",
        "INSERT INTO ledger_tile (log, level, n, data) SELECT log, 0, 7, data FROM ledger_tile WHERE level = 1",
        "INSERT INTO ledger_tile (log, level, n, data) SELECT log, 2, 0, data FROM ledger_tile WHERE level = 1",
        "DELETE FROM ledger_head",
        "UPDATE ledger_log SET year = 2025",
        "UPDATE ledger_log SET partnership = 'southtown'",
        "UPDATE ledger_log SET opened = '2026-03-02T09:00:00.000000Z'",
        "DELETE FROM ledger_log",
        "UPDATE ledger_head SET size = 200",
        "UPDATE ledger_head SET size = 400",
    ],
)
def test_a_row_of_the_ledgers_own_that_was_changed_is_seen(world, statement):
    world.fill(300, at_a_time=300)
    world.tamper(statement)
    assert world.audit().verdict is Verdict.FALSE


def test_a_changed_head_is_told_apart_from_changed_entries(world):
    world.fill(9)
    world.tamper("UPDATE ledger_head SET root = :r", r=bytes(32))
    assert [found.code for found in world.audit().findings] == ["head"]


def test_a_changed_or_strange_signed_head_is_seen(world):
    world.fill(5)
    good = world.head(4)
    for bad in (
        good.replace("\n4\n", "\n5\n"),
        good.replace("northtown", "southtown"),
        good[:-8] + "AAAAAA=\n",
        good.partition("\n\n")[0],
        world.head(3),
        checkpoint.sign(checkpoint.parse(good.encode())[0], Signer.load(new_signing_key("accord.test"))).render(),
        checkpoint.sign(checkpoint.Checkpoint(world.log, 4, bytes(32)), world.signer).render(),
    ):
        world.tamper("UPDATE ledger_checkpoint SET note = :n WHERE size = 4", n=bad)
        assert world.audit().verdict is Verdict.FALSE, bad
    world.tamper("UPDATE ledger_checkpoint SET note = :n WHERE size = 4", n=good)
    assert world.audit().verdict is Verdict.TRUE


def test_a_removed_last_head_is_noticed_once_it_should_have_been_there(world):
    world.fill(5)
    world.tamper("DELETE FROM ledger_checkpoint WHERE size = 6")
    assert world.audit().verdict is Verdict.TRUE
    later = world.audit(now=world.at + timedelta(minutes=5))
    assert later.verdict is Verdict.CANNOT_TELL
    assert "1 entries are in the log and not signed yet" in later.findings[0].message
    world.drain()
    assert world.audit(now=world.at + timedelta(minutes=5)).findings == ()


def test_a_changed_entry_in_the_outbox_is_seen_and_a_forgotten_one_reported(world):
    world.fill(2)
    world.add(world.entry())
    assert world.audit().verdict is Verdict.TRUE
    assert world.audit(now=world.at + timedelta(minutes=5)).verdict is Verdict.CANNOT_TELL
    world.tamper("UPDATE ledger_outbox SET type = 'x:y'")
    assert world.audit().verdict is Verdict.FALSE
    world.tamper("UPDATE ledger_outbox SET body = :b", b=b"{}")
    assert world.audit().verdict is Verdict.FALSE


def test_without_the_key_an_audit_cannot_tell(world):
    world.fill(2)
    assert world.audit(policy=Policy()).verdict is Verdict.CANNOT_TELL


def test_a_clock_that_goes_back_or_ahead_is_reported_and_breaks_nothing(world):
    world.fill(3)
    world.at += timedelta(days=1)
    world.fill(1)
    world.at -= timedelta(days=1, hours=1)
    world.fill(2)
    world.at += timedelta(hours=1)
    report = world.audit()
    assert report.verdict is Verdict.TRUE
    assert {found.code: found.index for found in report.findings} == {"clock-back": 5, "clock-ahead": 4}


# -- more than one log


def everything(world, *heads, partnership=None):
    with world.session() as session:
        kept = [checkpoint.parse(head.encode())[0] for head in heads]
        return audit.verify_database(session, world.policy, partnership=partnership, heads=kept, now=world.at)


def over_two_years(world):
    world.fill(3)
    world.at = datetime(2027, 1, 1, tzinfo=UTC)
    world.fill(2)
    world.add(world.entry("southtown"), world.entry(None))
    world.drain()


def test_all_logs_are_audited_or_one_partnerships_alone(world):
    over_two_years(world)
    reports = everything(world)
    assert [report.verdict for report in reports] == [Verdict.TRUE] * 5
    assert [r.log for r in everything(world, partnership="southtown")][:-1] == ["accord.test/southtown/2027"]
    assert [r.log for r in everything(world, partnership="operator")][:-1] == ["accord.test/operator/2027"]


def test_a_year_cut_short_or_dropped_is_seen_from_the_year_after(world):
    over_two_years(world)
    old = "accord.test/northtown/2026"
    tables = ("ledger_checkpoint", "ledger_head", "ledger_tile", "ledger_entry")
    world.tamper(
        "DELETE FROM ledger_checkpoint WHERE log = :l AND size = 4",
        "DELETE FROM ledger_entry WHERE log = :l AND idx = 3",
        l=old,
    )
    with world.engine.connect() as connection:
        note = connection.execute(
            text("SELECT note FROM ledger_checkpoint WHERE log = :l AND size = 3"), {"l": old}
        ).scalar_one()
    root = checkpoint.parse(note.encode())[0].root
    world.tamper("UPDATE ledger_head SET size = 3, root = :r WHERE log = :l", l=old, r=root)
    world.tamper("UPDATE ledger_tile SET data = substr(data, 1, 96) WHERE log = :l", l=old)
    (report,) = [report for report in everything(world) if report.log == old]
    assert report.first_bad == 3
    assert "the opening of accord.test/northtown/2027" in report.findings[0].message
    world.tamper(*(f"DELETE FROM {table} WHERE log = :l" for table in tables), l=old)
    world.tamper("DELETE FROM ledger_log WHERE origin = :l", l=old)
    (gone,) = [report for report in everything(world) if report.verdict is Verdict.FALSE]
    assert gone.log == old
    assert "is not here" in gone.findings[0].message


def test_a_log_that_is_gone_is_missed_by_whoever_holds_its_head(world):
    world.fill(2)
    kept = world.head()
    for table in ("ledger_checkpoint", "ledger_head", "ledger_tile", "ledger_entry", "ledger_log"):
        world.tamper(f"DELETE FROM {table}")
    assert [report.verdict for report in everything(world, kept)] == [Verdict.FALSE, Verdict.TRUE]
    assert [report.verdict for report in everything(world, kept, partnership="southtown")] == [Verdict.TRUE]


def test_missing_triggers_are_reported(world):
    world.fill(1)
    on = " ON ledger_entry" if world.engine.dialect.name == "postgresql" else ""
    with world.engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER ledger_entry_update{on}"))
    (report,) = [report for report in everything(world) if report.kind == "guards"]
    assert report.verdict is Verdict.CANNOT_TELL
    assert "ledger_entry_update" in report.findings[0].message


# -- changes of key


def rotate(world) -> Signer:
    """Announce a new key, let both sign, then hand over to the new one."""
    old, new = world.signer, Signer.load(new_signing_key("accord.test"))
    world.add(world.entry(kind="keys:rotated", **keychange.facts(old.verifier, new.verifier)))
    world.drain(old, new)
    world.signer = new
    world.fill(2)
    return old


def test_a_log_over_three_keys_audits_by_the_latest_and_by_the_first(world):
    world.fill(2)
    first = rotate(world)
    rotate(world)
    assert world.audit().findings == ()
    assert world.audit(policy=Policy((first.verifier,))).findings == ()


def test_a_change_of_key_that_the_old_key_did_not_sign_is_refused(world):
    world.fill(2)
    old, thief = world.signer, Signer.load(new_signing_key("accord.test"))
    world.add(world.entry(kind="keys:rotated", **keychange.facts(old.verifier, thief.verifier)))
    world.drain(thief)
    assert world.audit(policy=Policy((old.verifier,))).verdict is Verdict.FALSE


def test_a_malformed_announcement_of_a_key_is_seen(world):
    world.add(world.entry(kind="keys:rotated", ledger_key="x"))
    world.add(world.entry(kind="keys:rotated", epoch="2026-Q1"))
    world.drain()
    report = world.audit()
    assert [(found.code, found.index) for found in report.findings] == [("entry-form", 1)]
