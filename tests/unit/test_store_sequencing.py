"""Group commit: one run of the sequencer serves all who wait, whoever fails, dies or leaves; the thread runs it unasked."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from sqlalchemy import select, text

from protocols.actions import Event
from protocols.actor import Actor
from sharing.errors import TamperedError, UnreachableError
from sharing.ledger import append_only, audit, checkpoint, outbox, read, receipt, sequencer, tree
from sharing.ledger.model import CHECKPOINT, LedgerEntry
from sharing.ledger.policy import Policy
from sharing.ledger.report import Verdict
from sharing.store import Store, StoreSettings, sequencing, set_up
from sharing.store.sequencing import Sequencing

THREADS = 8
SOON = 10.0


def together(*works: Callable[[], object]) -> list[object]:
    """Do all of it at once, each in a thread of its own; return what each gave, or the exception that ended it."""
    given: list[object] = [None] * len(works)

    def do(place: int) -> None:
        try:
            given[place] = works[place]()
        except BaseException as error:  # noqa: BLE001  handed to the test
            given[place] = error

    threads = [threading.Thread(target=do, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON * 3)
        assert not thread.is_alive(), "somebody still waits"
    return given


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds that must hold soon."""
    end = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


# -- the turns alone: what is committed is a list, and the run copies it


class Desk:
    """Stands for the record: `commit` adds to the outbox, the run empties it, as slowly as the test wants."""

    def __init__(self) -> None:
        self.outbox: list[int] = []
        self.tree: list[int] = []
        self.runs = 0
        self.go = threading.Event()
        self.go.set()
        self.fault: BaseException | None = None
        self.sequencing = Sequencing(self.run)

    def run(self) -> None:
        self.runs += 1
        taken, self.outbox = self.outbox, []
        assert self.go.wait(SOON)
        fault, self.fault = self.fault, None
        if fault is not None:
            self.outbox = taken + self.outbox
            raise fault
        self.tree += taken

    def commit_and_settle(self, number: int) -> bool:
        self.outbox.append(number)
        self.sequencing.settle()
        return number in self.tree

    def during_a_run(self, *works: Callable[[], object]) -> list[object]:
        """Let somebody lead, have the others come while the run goes on, and let it end."""
        self.go.clear()

        def release() -> None:
            until(lambda: self.runs == 1)
            time.sleep(0.2)  # the others stand in line by now
            self.go.set()

        def late(work: Callable[[], object]) -> Callable[[], object]:
            def do() -> object:
                until(lambda: self.runs == 1)
                return work()

            return do

        return together(lambda: self.commit_and_settle(0), release, *map(late, works))


def test_those_who_wait_during_a_run_share_the_next_one():
    desk = Desk()
    given = desk.during_a_run(*(lambda n=n: desk.commit_and_settle(n) for n in range(1, THREADS)))
    assert [given[0], *given[2:]] == [True] * THREADS
    assert desk.runs == 2


def test_nobody_is_answered_by_a_run_that_began_before_the_commit():
    desk = Desk()
    for number in range(20):
        assert desk.commit_and_settle(number)
    given = together(*(lambda n=n: [desk.commit_and_settle(n * 100 + m) for m in range(50)] for n in range(1, THREADS)))
    assert given == [[True] * 50] * (THREADS - 1)


def test_a_leader_that_is_interrupted_leaves_the_lead_to_the_next_and_hangs_nobody():
    desk = Desk()
    desk.fault = KeyboardInterrupt()
    given = desk.during_a_run(*(lambda n=n: desk.commit_and_settle(n) for n in range(1, THREADS)))
    assert isinstance(given[0], KeyboardInterrupt)
    assert given[2:] == [True] * (THREADS - 1)
    assert 0 in desk.tree


def test_a_failure_is_told_to_each_of_the_group_and_the_next_goes_on():
    desk = Desk()
    desk.go.clear()
    failed = TamperedError("the tree does not fit")

    def lead() -> bool:
        return desk.commit_and_settle(0)

    def release() -> None:
        until(lambda: desk.runs == 1)
        time.sleep(0.2)
        desk.go.set()
        until(lambda: desk.runs == 2)

    def follow() -> None:
        until(lambda: desk.runs == 1)
        desk.outbox.append(1)
        desk.sequencing.settle()

    original = desk.run

    def fail_second() -> None:
        original()
        if desk.runs == 2:
            raise failed

    desk.sequencing = Sequencing(fail_second)
    given = together(lead, release, follow, follow, follow)
    assert given == [True, None, failed, failed, failed]
    assert desk.commit_and_settle(7)


def test_who_waits_too_long_is_told_that_what_was_stored_is_stored(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sequencing, "PATIENCE", 0.05)
    desk = Desk()
    given = desk.during_a_run(lambda: desk.commit_and_settle(1))
    assert isinstance(given[2], UnreachableError)
    assert "What was stored is stored" in str(given[2])
    desk.sequencing.settle()
    assert desk.tree == [0, 1]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the thread gather for a moment only."""
    monkeypatch.setattr(sequencing, "LINGER", 0.05)
    monkeypatch.setattr(sequencing, "PAUSE", 0.05)


@pytest.mark.usefixtures("quick")
def test_the_thread_runs_once_for_all_that_gathers_and_the_committer_does_not_wait():
    desk = Desk()
    desk.sequencing.start()
    until(lambda: desk.runs == 1)  # what a process that died left
    desk.go.clear()
    for number in range(50):
        desk.outbox.append(number)
        desk.sequencing.follow()
    desk.go.set()
    until(lambda: desk.tree == list(range(50)))
    assert desk.runs <= 3
    desk.sequencing.stop()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("fault", [TamperedError("does not fit"), ZeroDivisionError()], ids=["refusal", "defect"])
def test_the_thread_tries_again_after_a_failure(fault: Exception, caplog: pytest.LogCaptureFixture):
    desk = Desk()
    desk.fault, desk.outbox = fault, [1]
    with caplog.at_level(logging.WARNING):
        desk.sequencing.start()
        until(lambda: desk.tree == [1])
    assert desk.runs >= 2
    assert len(caplog.records) == 1
    desk.sequencing.stop()


def test_stopping_runs_what_waits_and_afterwards_the_caller_runs_it_itself():
    desk = Desk()
    desk.sequencing.start()
    desk.outbox.append(1)
    desk.sequencing.follow()
    desk.sequencing.stop()  # long before the thread would have run it
    assert desk.tree == [1]
    desk.outbox.append(2)
    desk.sequencing.follow()
    assert desk.tree == [1, 2]
    runs = desk.runs
    desk.sequencing.stop()
    assert desk.runs == runs


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), TamperedError("does not fit"), ZeroDivisionError()], ids=type)
def test_what_a_run_left_undone_is_done_at_the_close_although_nobody_asks_again(fault: BaseException):
    desk = Desk()
    desk.fault = fault
    with pytest.raises(type(fault)):
        desk.commit_and_settle(1)
    assert desk.tree == []
    desk.sequencing.stop()
    assert desk.tree == [1]


# -- over a record


@pytest.fixture(params=[False, True], ids=["at once", "served"])
def recording(request: pytest.FixtureRequest, store: Store) -> Iterator[Store]:
    """A record whose units sequence for themselves, and one with the server's thread."""
    if request.param:
        store.start_sequencer()
    return store


def waiting(store: Store) -> int:
    with store.reading() as session:
        return outbox.waiting(session)


def record(store: Store, number: int = 0, partnership: str | None = None):
    with store.unit(Actor(operator="test", partnership=partnership)) as unit:
        return unit.record(Event.COMMAND_RUN, facts={"number": number})


def assert_one_history(store: Store, numbers: list[int]) -> None:
    """Every entry once, no gap, the root over all of them signed, and all of it true for an auditor."""
    with store.reading() as session:
        (log,) = read.logs(session, None)
        rows = session.execute(select(LedgerEntry.idx, LedgerEntry.body).order_by(LedgerEntry.idx)).all()
        head, note = checkpoint.parse(read.head(session, log.origin).encode())
        reports = audit.verify_database(session, Policy().trusting(store.signer.verifier))
        views = read.entries(session, log.origin, limit=len(rows))[:-1]  # the oldest opens the log
    assert [row.idx for row in rows] == list(range(len(numbers) + 1))
    assert sorted(view.entry.facts["number"] for view in views) == sorted(numbers)
    assert (head.size, head.root) == (len(rows), tree.root_of(tree.leaf_hashes([row.body for row in rows])))
    assert Policy().trusting(store.signer.verifier).check(head, note)
    assert {report.verdict for report in reports} == {Verdict.TRUE}


def test_eight_threads_make_one_history_and_each_caller_has_its_receipt(recording: Store):
    each = 12
    policy = Policy().trusting(recording.signer.verifier)

    def work(place: int) -> list[int]:
        kept = []
        for number in range(place * each, (place + 1) * each):
            made = record(recording, number)
            told = recording.receipt(made.id)
            assert told is not None
            found = receipt.parse(told.encode())
            assert found.entry.id == made.id
            assert all(finding.weight is Verdict.TRUE for finding in receipt.check(found, policy))
            kept.append(found.entry.facts["number"])
        return kept

    given = together(*(lambda place=place: work(place) for place in range(THREADS)))
    assert given == [list(range(place * each, (place + 1) * each)) for place in range(THREADS)]
    assert_one_history(recording, list(range(THREADS * each)))


def test_two_servers_over_one_database_make_one_history(database_url: str, tmp_path: Path):
    if database_url.startswith("sqlite"):
        database_url += "?timeout=30"  # a server and a command beside it
    settings = StoreSettings(database_url, tmp_path / "home")
    set_up(settings, "accord.test")
    stores = [Store.open(settings) for _ in range(2)]
    stores[0].start_sequencer()

    def work(place: int) -> bool:
        store = stores[place % 2]
        made = [record(store, place * 10 + number) for number in range(10)]
        return all(store.receipt(one.id) for one in made[::3])

    assert together(*(lambda place=place: work(place) for place in range(4))) == [True] * 4
    for store in stores:
        store.close()
    again = Store.open(settings)
    assert waiting(again) == 0
    assert_one_history(again, list(range(40)))
    again.close()


def test_a_server_does_not_make_the_change_wait_and_gives_the_receipt_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sequencing, "LINGER", SOON)
    store.start_sequencer()
    made = record(store)
    assert waiting(store) == 1
    with store.reading() as session:
        assert read.find(session, made.id).index is None
    assert store.receipt(made.id) is not None
    assert waiting(store) == 0


@pytest.mark.usefixtures("quick")
def test_a_server_needs_nobody_to_ask(store: Store):
    store.start_sequencer()
    made = record(store)
    until(lambda: waiting(store) == 0)
    with store.reading() as session:
        assert read.find(session, made.id).index == 1


def test_closing_drains_what_waits(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sequencing, "LINGER", SOON)
    settings = StoreSettings(database_url, tmp_path / "home")
    set_up(settings, "accord.test")
    store = Store.open(settings)
    store.start_sequencer()
    for number in range(5):
        record(store, number)
    assert waiting(store) == 5
    store.close()
    again = Store.open(settings)
    assert waiting(again) == 0
    assert_one_history(again, list(range(5)))
    again.close()


@pytest.mark.usefixtures("quick")
def test_a_server_begins_with_what_a_process_that_died_left(store: Store, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr(Store, "_after_commit", lambda _store: None)
        record(store)
    assert waiting(store) == 1
    store.start_sequencer()

    def is_signed() -> bool:
        with store.reading() as session:
            return [log.signed for log in read.logs(session, None)] == [2]

    until(is_signed)
    assert waiting(store) == 0
    assert_one_history(store, [0])


def test_more_entries_than_one_batch_are_all_there_when_the_call_returns(store: Store, monkeypatch: pytest.MonkeyPatch):
    from sharing.store import store as opened

    monkeypatch.setattr(opened, "BATCH", 3)
    with store.unit(Actor(operator="test")) as unit:
        made = [unit.record(Event.COMMAND_RUN, facts={"number": number}) for number in range(10)]
    assert store.receipt(made[-1].id) is not None
    assert_one_history(store, list(range(10)))
    with store.reading() as session:
        assert len(session.execute(select(CHECKPOINT.c.size)).all()) == 4


def test_a_run_ends_although_others_go_on_committing(store: Store, monkeypatch: pytest.MonkeyPatch):
    runs = []
    integrate = sequencer.integrate

    def while_others_commit(session, limit):
        runs.append(limit)
        grown = integrate(session, limit)
        session.commit()
        with monkeypatch.context() as patch:
            patch.setattr(Store, "_turn_to_write", lambda _store: nullcontext())
            patch.setattr(Store, "_after_commit", lambda _store: None)
            record(store, len(runs))
        return grown

    monkeypatch.setattr(sequencer, "integrate", while_others_commit)
    made = record(store)
    assert len(runs) == 1
    assert waiting(store) == 1
    assert store.receipt(made.id) is not None


def test_a_log_that_was_tampered_with_keeps_no_other_from_its_head(store: Store):
    record(store, partnership="northtown")
    with store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            connection.exec_driver_sql("DROP TRIGGER ledger_head_update")
        connection.execute(text("UPDATE ledger_head SET size = 9, root = :root"), {"root": bytes(32)})
        if connection.dialect.name == "sqlite":
            for statement in append_only.statements("sqlite"):
                if "ledger_head_update" in statement:
                    connection.exec_driver_sql(statement)
    made = record(store, partnership="southtown")
    with pytest.raises(TamperedError, match="northtown"):
        store.integrate()
    assert store.receipt(made.id) is not None


def test_asking_within_a_unit_never_waits_for_oneself(store: Store, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr(Store, "_after_commit", lambda _store: None)
        before = record(store)
    on_sqlite = store.engine.dialect.name == "sqlite"
    began = time.monotonic()
    with store.unit(Actor(operator="test")) as unit:
        made = unit.record(Event.COMMAND_RUN)
        assert store.receipt(made.id) is None  # nothing of it is committed
        assert (store.receipt(before.id) is None) == on_sqlite
        if on_sqlite:
            with pytest.raises(RuntimeError, match="after it"):
                store.integrate()
    assert time.monotonic() - began < SOON
    assert store.receipt(made.id) is not None
    assert store.receipt(before.id) is not None


def test_the_sequencer_signs_only_what_was_committed_before(store: Store, monkeypatch: pytest.MonkeyPatch):
    sizes = []
    sign = sequencer.sign

    def look_first(session, log, *signers):
        with store.reading() as other:
            sizes.append(read.logs(other, None)[0].size)
        head = sign(session, log, *signers)
        assert sizes[-1] == head.size
        return head

    monkeypatch.setattr(sequencer, "sign", look_first)
    record(store)
    record(store)
    assert sizes == [2, 3]
