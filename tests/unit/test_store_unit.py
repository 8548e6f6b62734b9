"""The unit of work: a change and its entry are both there or neither is, whatever dies and whenever."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from protocols.actions import Event
from protocols.actor import Actor
from sharing.access.model import User
from sharing.errors import StaleError, TamperedError, UnreachableError, UnrecordedError
from sharing.ledger import audit, outbox, sequencer
from sharing.ledger.model import LedgerEntry, OutboxEntry
from sharing.ledger.policy import Policy
from sharing.ledger.report import Verdict
from sharing.partners.model import Organisation
from sharing.store import Store, StoreSettings, Unit, set_up
from sharing.store.wall import housekeeping

STEPS = ("_flush", "_append", "_commit")


def organisation(code: str) -> Organisation:
    return Organisation(
        code=code,
        name=code.title(),
        body_type="council",
        public_authority=True,
        created_at=datetime(2023, 1, 16, tzinfo=UTC),
    )


def add(unit: Unit, code: str) -> None:
    unit.session.add(organisation(code))
    unit.record(Event.ORGANISATION_CHANGED, about=code, facts={"code": code})


def rows_and_entries(store: Store, code: str) -> tuple[int, int]:
    """How many rows have the code, and how many entries speak of it, in the outbox or in the tree."""
    with store.reading() as session:
        rows = session.scalar(select(func.count()).where(Organisation.code == code)) or 0
        needle = f'"about":"{code}"'.encode()
        bodies = [*session.scalars(select(LedgerEntry.body)), *session.scalars(select(OutboxEntry.body))]
        return rows, sum(needle in bytes(body) for body in bodies)


def waiting(store: Store) -> int:
    """How many entries stand in the outbox."""
    with store.reading() as session:
        return outbox.waiting(session)


def test_a_change_and_its_entry_are_committed_together_and_the_receipt_follows(store: Store, operator: Actor):
    with store.unit(operator) as unit:
        add(unit, "one")
        recorded = unit.record(Event.COMMAND_RUN)
    assert rows_and_entries(store, "one") == (1, 1)
    receipt = store.receipt(recorded.id)
    assert receipt is not None
    assert receipt.startswith("c2sp.org/tlog-proof@v1\n")


def test_a_change_without_an_entry_is_refused_and_undone(store: Store, operator: Actor):
    with pytest.raises(UnrecordedError, match="organisation"), store.unit(operator) as unit:
        unit.session.add(organisation("silent"))
    assert rows_and_entries(store, "silent") == (0, 0)


def test_a_change_by_core_without_an_entry_is_refused_as_well(store: Store, operator: Actor):
    with store.unit(operator) as unit:
        add(unit, "core")
    with pytest.raises(UnrecordedError), store.unit(operator) as unit:
        unit.session.execute(update(Organisation).values(name="Changed behind the back"))
    with store.reading() as session:
        assert session.scalar(select(Organisation.name)) == "Core"


def test_a_change_by_a_text_statement_is_refused_before_it_runs(store: Store, operator: Actor):
    with pytest.raises(UnrecordedError), store.unit(operator) as unit:
        unit.record(Event.COMMAND_RUN)
        unit.session.execute(text("UPDATE organisation SET name = 'x'"))


def test_nobody_but_the_unit_commits(store: Store, operator: Actor):
    with pytest.raises(UnrecordedError, match="Only the unit"), store.unit(operator) as unit:
        add(unit, "early")
        unit.session.commit()
    assert rows_and_entries(store, "early") == (0, 0)


def test_an_exception_in_the_block_undoes_everything(store: Store, operator: Actor):
    class DoorbellError(Exception):
        pass

    with pytest.raises(DoorbellError), store.unit(operator) as unit:
        add(unit, "half")
        raise DoorbellError
    assert rows_and_entries(store, "half") == (0, 0)


@pytest.mark.parametrize("step", STEPS)
def test_a_fault_before_each_step_leaves_neither_row_nor_entry(
    store: Store, operator: Actor, step: str, monkeypatch: pytest.MonkeyPatch
):
    class PlugPulledError(Exception):
        pass

    def pull(_unit: Unit) -> None:
        raise PlugPulledError

    with monkeypatch.context() as patch:
        patch.setattr(Unit, step, pull)
        with pytest.raises(PlugPulledError), store.unit(operator) as unit:
            add(unit, "faulty")
    assert rows_and_entries(store, "faulty") == (0, 0)
    with store.unit(operator) as unit:  # and the next change goes through
        add(unit, "after")
    assert rows_and_entries(store, "after") == (1, 1)


def test_a_fault_after_the_commit_loses_nothing_and_the_next_unit_integrates(
    store: Store, operator: Actor, monkeypatch: pytest.MonkeyPatch
):
    def fail(_session: Session, _limit: int) -> list[str]:
        from sqlalchemy.exc import OperationalError

        raise OperationalError("integrate", {}, Exception("disk"))

    with monkeypatch.context() as patch:
        patch.setattr(sequencer, "integrate", fail)
        with store.unit(operator) as unit:
            add(unit, "late")
            recorded = unit.record(Event.COMMAND_RUN)
        assert rows_and_entries(store, "late") == (1, 1)
        assert store.receipt(recorded.id) is None
    assert waiting(store) == 2
    with store.unit(operator) as unit:
        unit.record(Event.COMMAND_RUN)
    assert waiting(store) == 0
    assert store.receipt(recorded.id) is not None


@pytest.mark.parametrize("step", ["integrate", "sign"])
def test_a_receipt_that_is_asked_for_makes_up_for_a_fault_after_the_commit(
    store: Store, operator: Actor, step: str, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> list[str]:
        raise TamperedError("a fault")

    with monkeypatch.context() as patch:
        patch.setattr(sequencer, step, fail)
        with store.unit(operator) as unit:
            add(unit, "late")
            recorded = unit.record(Event.COMMAND_RUN)
        assert rows_and_entries(store, "late") == (1, 1)
        assert store.receipt(recorded.id) is None
        with pytest.raises(TamperedError, match="a fault"):
            store.integrate()
    assert store.receipt(recorded.id) is not None
    assert waiting(store) == 0
    assert rows_and_entries(store, "late") == (1, 1)


KILLED = textwrap.dedent(
    """
    import os, pathlib, signal, sys, time
    from datetime import datetime, timezone
    from protocols.actions import Event
    from protocols.actor import Actor
    import sharing.access.model
    from sharing.ledger import sequencer
    from sharing.partners.model import Organisation
    from sharing.store import Store, StoreSettings, Unit
    url, home, step = sys.argv[1:]
    store = Store.open(StoreSettings(url, pathlib.Path(home)))
    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)
    if step == "after commit":
        Store._after_commit = die
    elif step in ("integrate", "sign"):
        setattr(sequencer, step, die)
    elif step == "in the thread":
        sequencer.sign = die
        store.start_sequencer()
    else:
        setattr(Unit, step, die)
    with store.unit(Actor(operator="test")) as unit:
        unit.session.add(Organisation(code="killed", name="K", body_type="council", public_authority=True,
                                      created_at=datetime(2023, 1, 16, tzinfo=timezone.utc)))
        unit.record(Event.ORGANISATION_CHANGED, about="killed")
    time.sleep(20)
    """
)


AFTERWARDS = ("after commit", "integrate", "sign", "in the thread")


@pytest.mark.parametrize("step", [*STEPS, *AFTERWARDS])
def test_kill_minus_nine_at_each_step_leaves_both_or_neither(
    database_url: str, tmp_path: Path, operator: Actor, step: str
):
    settings = StoreSettings(database_url, tmp_path / "home")
    set_up(settings, "accord.test")
    died = subprocess.run([sys.executable, "-c", KILLED, database_url, str(settings.home), step], check=False)
    assert died.returncode == -9
    store = Store.open(settings)
    expected = (1, 1) if step in AFTERWARDS else (0, 0)
    assert rows_and_entries(store, "killed") == expected
    with store.unit(operator) as unit:  # whoever comes next finishes what was left in the outbox
        recorded = unit.record(Event.COMMAND_RUN)
    assert rows_and_entries(store, "killed") == expected
    assert store.receipt(recorded.id) is not None
    assert waiting(store) == 0
    with store.reading() as session:
        reports = audit.verify_database(session, Policy().trusting(store.signer.verifier))
    assert {report.verdict for report in reports} == {Verdict.TRUE}
    store.close()


def test_two_people_editing_one_record_do_not_overwrite_each_other(store: Store, operator: Actor):
    with store.unit(operator) as unit:
        add(unit, "shared")
    with store.reading() as session:
        mine = session.get_one(Organisation, "shared")
    with store.unit(operator) as unit:
        unit.session.get_one(Organisation, "shared").name = "Theirs"
        unit.record(Event.ORGANISATION_CHANGED, about="shared")
    with pytest.raises(StaleError, match="Somebody else"), store.unit(operator) as unit:
        mine.name = "Mine"
        unit.session.add(mine)
        unit.record(Event.ORGANISATION_CHANGED, about="shared")
    with store.reading() as session:
        assert session.get_one(Organisation, "shared").name == "Theirs"


def test_the_same_thing_twice_is_a_clear_error_that_shows_no_value(store: Store, operator: Actor):
    with store.unit(operator) as unit:
        add(unit, "twice")
    with pytest.raises(StaleError) as caught, store.unit(operator) as unit:
        unit.session.add(organisation("twice"))
        unit.record(Event.ORGANISATION_CHANGED)
    assert "twice" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_reading_session_cannot_write(store: Store):
    with pytest.raises(UnreachableError), store.reading() as session:
        session.execute(update(User).values(email="x"))
        session.commit()


def test_every_table_that_may_change_without_an_entry_says_why(store: Store):
    assert store
    assert set(housekeeping()) >= {"ledger_outbox", "ledger_entry", "ledger_head"}
    assert all(len(reason.split()) > 3 for reason in housekeeping().values())


def test_an_unreachable_database_is_said_in_words(tmp_path: Path, make_database: Callable[[str], str]):
    settings = StoreSettings(make_database("sqlite"), tmp_path / "home")
    set_up(settings, "accord.test")
    gone = StoreSettings("postgresql://127.0.0.1:1/none", settings.home)
    store = Store.open(gone)
    with pytest.raises(UnreachableError):
        _ = store.installation
    store.close()


def test_facts_with_a_float_never_reach_the_ledger(store: Store, operator: Actor):
    with pytest.raises(ValueError, match=r".+"), store.unit(operator) as unit:
        unit.record(Event.COMMAND_RUN, about=uuid.uuid4(), facts={"share": 0.5})


def test_postgresql_knows_who_acts_within_the_unit_and_forgets_it_afterwards(
    tmp_path: Path, make_database: Callable[[str], str]
):
    settings = StoreSettings(make_database("postgresql"), tmp_path / "home")
    set_up(settings, "accord.test")
    store = Store.open(settings)
    told = select(func.current_setting("accord.partnership", True), func.current_setting("accord.organisation", True))
    odd = r"o'brien \ %s; SELECT 1"
    with store.unit(Actor(operator="test", partnership="northtown", organisation=odd)) as unit:
        assert unit.session.execute(told).one() == ("northtown", odd)
    with store.unit(Actor(operator="test")) as unit:
        assert unit.session.execute(told).one() == ("", "")
    with store.unit(Actor(operator="test", partnership="northtown")):
        pass  # nothing was asked of the database, and the transaction ends all the same
    with Session(store.engine) as session:  # the same connection, given back
        assert session.execute(told).one() == ("", "")
    store.close()
