"""From the outbox into the tree: order, signed heads, a death between two transactions."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest
from ledger_world import World
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from sharing.errors import NotFoundError, TamperedError
from sharing.ledger import append_only, checkpoint, outbox, prove, read, sequencer, tiles, tree
from sharing.ledger import entry as entries
from sharing.ledger.model import CHECKPOINT, ENTRY, HEAD, LOG, OUTBOX, TILE, LedgerEntry


@pytest.fixture
def world(database_url):
    made = World(database_url)
    yield made
    made.close()


def stored(world, log=None):
    with world.session() as session:
        query = select(LedgerEntry.idx, LedgerEntry.body).where(LedgerEntry.log == (log or world.log))
        return session.execute(query.order_by(LedgerEntry.idx)).all()


def test_entries_are_numbered_in_the_order_of_the_outbox_behind_the_logs_opening(world):
    made = world.add(*(world.entry() for _ in range(5)))
    world.drain()
    rows = stored(world)
    assert [row.idx for row in rows] == list(range(6))
    assert entries.parse(rows[0].body).type == "ledger:opened"
    assert [row.body for row in rows[1:]] == [entry.encode() for entry in made]


def test_the_signed_head_is_the_root_over_the_stored_entries_at_any_size(world):
    for count in (1, 254, 1, 300):
        world.add(*(world.entry() for _ in range(count)))
        world.drain(limit=100)
        head, note = checkpoint.parse(world.head().encode())
        bodies = [row.body for row in stored(world)]
        assert head.size == len(bodies)
        assert head.root == tree.root_of(tree.leaf_hashes(bodies))
        assert world.policy.check(head, note)


def test_nothing_is_signed_before_it_is_committed(world):
    world.add(world.entry())
    with world.session() as session:
        (log,) = sequencer.integrate(session)
        with pytest.raises(RuntimeError, match="commit what was integrated"):
            sequencer.sign(session, log, world.signer)
        session.rollback()
    assert stored(world) == []
    world.drain()
    assert world.audit().verdict.words == "true"


def test_a_process_that_dies_between_the_two_transactions_leaves_a_head_that_the_next_run_signs(world):
    world.add(world.entry())
    with world.session() as session:
        sequencer.integrate(session)
        session.commit()
    with world.session() as session, pytest.raises(NotFoundError):
        read.head(session, world.log)
    with world.session() as session:
        assert sequencer.integrate(session) == [world.log]
        session.commit()
    world.drain()
    assert checkpoint.parse(world.head().encode())[0].size == 2


def test_signing_again_gives_the_same_head(world):
    world.fill(1)
    before = world.head()
    with world.session() as session:
        assert sequencer.sign(session, world.log, world.signer).size == 2
        session.commit()
    assert world.head() == before


def test_an_outbox_number_that_becomes_visible_late_is_not_passed_over(world):
    first, second = world.entry(), world.entry()
    with world.session() as session:
        for number, entry in ((7, second),):
            session.execute(
                insert(OUTBOX),
                [
                    {
                        "id": number,
                        "log": entry.log,
                        "entry_id": entry.id,
                        "type": entry.type,
                        "at": entries.moment_text(entry.at),
                        "body": entry.encode(),
                    }
                ],
            )
        session.commit()
    world.drain()
    with world.session() as session:
        session.execute(
            insert(OUTBOX),
            [
                {
                    "id": 3,
                    "log": first.log,
                    "entry_id": first.id,
                    "type": first.type,
                    "at": entries.moment_text(first.at),
                    "body": first.encode(),
                }
            ],
        )
        session.commit()
    world.drain()
    assert [row.body for row in stored(world)[1:]] == [second.encode(), first.encode()]


def test_each_partnership_and_the_operator_have_logs_of_their_own(world):
    one, two, mine = world.add(world.entry(), world.entry("southtown"), world.entry(None))
    world.drain()
    for entry in (one, two, mine):
        assert [row.body for row in stored(world, entry.log)][1:] == [entry.encode()]
    with world.session() as session:
        assert [view.origin for view in read.logs(session, "southtown")] == [two.log]
        assert [view.origin for view in read.logs(session, None)] == ["accord.test/operator/2026"]
        assert read.find(session, two.id).index == 1
        assert [view.index for view in read.entries(session, one.log)] == [1, 0]
        assert [view.index for view in read.entries(session, one.log, before=1)] == [0]
        with pytest.raises(NotFoundError):
            read.find(session, one.id.__class__(int=1))


def test_an_entry_is_found_before_it_has_its_place(world):
    (entry,) = world.add(world.entry())
    with world.session() as session:
        found = read.find(session, entry.id)
        assert (found.log, found.index, found.entry) == (entry.log, None, entry)
    world.drain()
    with world.session() as session:
        found = read.find(session, entry.id)
        assert (found.log, found.index, found.entry) == (entry.log, 1, entry)


def test_entries_of_one_change_are_appended_in_their_order_and_one_fault_undoes_them_all(world):
    made = [world.entry() for _ in range(3)]
    with world.session() as session, pytest.raises(IntegrityError) as caught:
        outbox.append(session, *made, made[0])
    assert str(made[0].about) not in str(caught.value)  # nothing of what the entry says
    with world.session() as session:
        assert outbox.waiting(session) == 0
        outbox.append(session, *made)
        session.commit()
        assert outbox.waiting(session) == len(made)
    world.drain()
    assert [row.body for row in stored(world)[1:]] == [entry.encode() for entry in made]


def test_the_sequencer_says_how_many_it_moved_so_that_its_caller_knows_when_none_is_left(world):
    world.add(*(world.entry() for _ in range(5)))
    with world.session() as session:
        for moved in (2, 2, 1, 0):
            sequencer.integrate(session, 2)
            session.commit()
            assert sequencer.moved(session) == moved


def test_a_new_year_begins_with_the_last_head_of_the_old_one(world):
    world.fill(3)
    last = world.head()
    head, _ = checkpoint.parse(last.encode())
    world.at = datetime(2027, 1, 1, tzinfo=UTC)
    (entry,) = world.fill(1)
    opening = entries.parse(stored(world, entry.log)[0].body)
    assert opening.facts["previous"] == world.log
    assert opening.facts["checkpoint"] == last
    assert opening.facts["size"] == head.size
    assert opening.at == entry.at


def test_an_entry_twice_in_the_outbox_is_refused_and_moves_nothing(world):
    (entry,) = world.fill(1)
    world.add(entry)
    with world.session() as session, pytest.raises(TamperedError, match="repeats an entry"):
        sequencer.integrate(session)
    assert len(stored(world)) == 2


def test_the_sequencer_stops_at_a_tree_that_does_not_fit_and_signs_nothing(world):
    world.fill(3)
    world.tamper("UPDATE ledger_head SET root = :root", root=bytes(32))
    world.add(world.entry())
    with world.session() as session, pytest.raises(TamperedError, match="does not fit its tiles"):
        sequencer.integrate(session)
    with world.session() as session, pytest.raises(TamperedError, match="nothing was signed"):
        sequencer.sign(session, world.log, world.signer)


def test_the_key_never_signs_a_history_that_leaves_out_what_it_signed_before(world):
    world.fill(3)
    world.tamper(
        "DELETE FROM ledger_entry", "DELETE FROM ledger_tile", "DELETE FROM ledger_head", "DELETE FROM ledger_log"
    )
    for count in (2, 2, 2):
        world.add(*(world.entry() for _ in range(count)))
        with world.session() as session:
            sequencer.integrate(session)
            session.commit()
        with world.session() as session, pytest.raises(TamperedError, match="what was signed before"):
            sequencer.sign(session, world.log, world.signer)


def test_consistency_proofs_lead_from_any_head_to_the_latest(world):
    world.fill(12)
    heads = {old: checkpoint.parse(world.head(old).encode())[0] for old in (2, 5, 13)}
    two = heads[13]
    with world.session() as session:
        for old, one in heads.items():
            proof = prove.consistency(session, world.log, old, two.size)
            assert tree.check_consistency(old, two.size, one.root, two.root, proof)


def test_the_tiles_in_the_database_are_those_of_the_entries(world):
    world.fill(600, at_a_time=170)
    leaves = tree.leaf_hashes([row.body for row in stored(world)])
    changed, _ = tiles.grow({}, 0, leaves)
    with world.session() as session:
        kept = {(row.level, row.n): row.data for row in session.execute(select(TILE))}
    assert kept == {(tile.level, tile.n): tile.data for tile in changed}


# -- the triggers


REFUSED = {
    "an entry is edited": update(ENTRY).values(body=b"x"),
    "an entry is deleted": delete(ENTRY),
    "a log is renamed": update(LOG).values(year=1999),
    "a log is dropped": delete(LOG),
    "a signed head is edited": update(CHECKPOINT).values(note="x"),
    "a signed head is deleted": delete(CHECKPOINT),
    "a tile is edited": update(TILE).values(data=bytes(8192)),
    "a tile is deleted": delete(TILE),
    "the head goes back": update(HEAD).values(size=1),
    "the head changes its root": update(HEAD).values(root=bytes(32)),
    "the head is deleted": delete(HEAD),
    "a waiting entry is edited": update(OUTBOX).values(body=b"x"),
    "a waiting entry is deleted": delete(OUTBOX),
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_the_database_itself_refuses_when(world, statement):
    world.fill(2)
    world.add(world.entry())
    with world.session() as session, pytest.raises(DBAPIError):
        session.execute(statement)


def test_the_database_itself_refuses_a_gap_in_the_numbers(world):
    world.fill(2)
    entry = world.entry()
    row = {
        "log": world.log,
        "idx": 9,
        "entry_id": entry.id,
        "type": entry.type,
        "at": "x",
        "body": b"x",
        "leaf_hash": b"x",
    }
    with world.session() as session, pytest.raises(DBAPIError, match="without a gap"):
        session.execute(insert(ENTRY), [row])
    with world.session() as session:
        session.execute(insert(ENTRY), [{**row, "idx": 3}])


def test_truncating_is_refused_where_the_database_knows_it(world):
    if world.engine.dialect.name == "postgresql":
        world.fill(1)
        for name in append_only.TRUNCATE_NAMES:
            with world.session() as session, pytest.raises(DBAPIError, match="no truncate"):
                session.execute(text(f"TRUNCATE {name.removesuffix('_truncate')} CASCADE"))
    assert {name.rsplit("_", 1)[1] for name in append_only.NAMES} == {"update", "delete", "insert"}


# -- many at once


def test_concurrent_writers_make_one_history(world):
    writers, each = 4, 25
    failures = []

    def write():
        try:
            for _ in range(each):
                world.add(world.entry())
                world.drain()
        except Exception as error:  # noqa: BLE001  reported below
            failures.append(error)

    lock = threading.Lock()
    make = world.entry

    def entry():
        with lock:
            return make()

    world.entry = entry
    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        with world.session() as session:
            known = session.scalar(select(func.count()).select_from(HEAD))
        if known:
            assert world.audit(now=datetime.now(UTC)).first_bad is None
        time.sleep(0.02)
    assert not failures
    assert [row.idx for row in stored(world)] == list(range(writers * each + 1))
    assert world.audit().verdict.words == "true"
    with Session(world.engine) as session:
        assert outbox.waiting(session) == 0
