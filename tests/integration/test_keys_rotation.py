"""Every key-encrypting key is replaced while people work, whatever is killed and whenever; on both databases."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from portal import cli
from protocols.actions import Event
from protocols.actor import Actor
from sharing import access
from sharing.access import second_factor, seeds
from sharing.access.model import Draft, SecondFactor, User
from sharing.base import new_id
from sharing.errors import AccordError
from sharing.ledger import read
from sharing.store import Store
from sharing.vault import Keyring
from sharing.vault.needed import prove
from tests.integration.backup_world import Two, raw_keys
from tests.integration.disclosure_world import NAME

SEED = "JBSWY3DPEHPK3PXP"
TYPED = {"address": "3 Rotterdam Row"}


@pytest.fixture
def ann(two: Two):
    """Somebody with a phone's seed, one that waits, and a draft: all three sealed under the root."""
    for number in range(4):
        two.world.deposit(f"MH-2026-10{number}")
    user_id = new_id()
    with two.store.unit(Actor(operator="test")) as unit:
        now = unit.clock.now()
        unit.session.add(User(id=user_id, email="ann@example.org", state="active", created_at=now))
        unit.session.flush()
        sealed = [seeds.seal(unit.vault, second_factor.PURPOSE, user_id, SEED) for _ in range(2)]
        unit.session.add(SecondFactor(user_id=user_id, seed=sealed[0], pending_seed=sealed[1]))
        access.save_draft(unit, user_id, "visit:log", TYPED)
        unit.record(Event.COMMAND_RUN)
    return user_id


def everything_opens(two: Two, ann) -> None:
    """A released record, a seed, a waiting seed, a draft and the ledger, as another process finds them."""
    store = two.here.opened()
    try:
        assert two.view(store)["subject.name"] == NAME
        with store.reading() as session:
            assert prove(session, store.keyring) >= 2
            row = session.get_one(SecondFactor, ann)
            for sealed in (row.seed, row.pending_seed):
                assert seeds.unseal(store.vault, second_factor.PURPOSE, ann, sealed) == SEED
            assert access.read_draft(session, store.vault, ann, "visit:log").fields == TYPED
        assert store.signer.verifier == two.store.signer.verifier
    finally:
        store.close()


def test_everything_opens_after_a_rotation_and_nothing_lies_under_an_old_key(two: Two, ann, tmp_path):
    before = tmp_path / "before"
    shutil.copytree(two.here.home / "keys", before)
    old = set(raw_keys(two.here.home / "keys"))
    done = two.here.json("keys", "rotate", "--settle", "0")
    assert (done["root"], done["resumed"], done["secrets"], done["unreadable_secrets"]) == (2, False, 3, 0)
    assert done["records"] >= 5
    assert done["agencies"] >= 2
    everything_opens(two, ann)
    status = two.here.json("keys", "status")
    assert status["root"] == {"pending": 0, "active": 1, "decrypt-only": 0, "destroyed": 1}
    assert status["epoch"]["decrypt-only"] == 0
    assert status["epoch"]["destroyed"] == status["epoch"]["active"] == done["epoch_keys_retired"]
    assert set(status["agency"]) == {"active"}
    assert [status[key] for key in ("records_to_rewrap", "agencies_to_rewrap", "secrets_to_reseal")] == [0, 0, 0]
    assert status["rotation"] == "none"
    still = old & set(raw_keys(two.here.home / "keys"))
    assert still == {two.store.keyring.secret("ledger-signing-key")}  # partners hold its public half
    with two.store.reading() as session, pytest.raises(AccordError):
        prove(
            session, Keyring.open(before)
        )  # whoever copied the keys before the rotation opens nothing that is written now


def test_a_rotation_is_on_the_record_from_its_beginning(two: Two, ann):
    two.here.json("keys", "rotate", "--settle", "0")
    with two.store.reading() as session:
        (log,) = read.logs(session, None)
        found = [v.entry.facts for v in read.entries(session, log.origin) if v.entry.type == Event.KEY_ROTATED]
    assert [facts["stage"] for facts in found] == ["finished", "begun"]
    assert found[0]["secrets"] == 3
    assert two.here.run("ledger", "verify", "--partnership", "operator") == cli.DONE


KILLED = """
import os, signal, sys
from pathlib import Path
from protocols.actor import Actor
from sharing.access.reseal import reseal
from sharing.store import Store, StoreSettings, rotation
from sharing.vault import Keyring, rotate
left, within = 0, sys.argv[3] == "within"
def tick():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
class Killed(Keyring):
    def begin_rotation(self):
        tick(); made = super().begin_rotation(); tick(); return made
    def retire_epoch(self, epoch):
        made = super().retire_epoch(epoch); tick(); return made
    def retire_roots(self):
        tick(); return super().retire_roots()
real = rotation._Rotation._step
def step(self, work):
    def doing(unit):
        done = work(unit)
        if within:
            unit.session.flush(); tick()
        return done
    done = real(self, doing)
    if not within:
        tick()
    return done
rotation._Rotation._step = step
some = rotate.rewrap_record_keys
rotate.rewrap_record_keys = lambda session, keyring, after=None, size=2: some(session, keyring, after, 2)
def run():
    store = Store.open(StoreSettings(sys.argv[1], Path(sys.argv[2])))
    store.keyring.__class__ = Killed
    rotation.rotate_keys(store, Actor(operator="killed"), lambda unit: reseal(unit, 1), lambda line: None, settle=0)
for line in sys.stdin:
    left = int(line)
    child = os.fork()
    if child == 0:
        try:
            run()
            os._exit(0)
        finally:
            os._exit(1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Killer:
    """Rotates the keys in processes of their own, each of which is killed after so many steps."""

    def __init__(self, two: Two, where: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", KILLED, two.here.url, str(two.here.home), where],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def after(self, ticks: int) -> int:
        """Rotate, to be killed after so many steps; return how the process ended."""
        self._process.stdin.write(f"{ticks}\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        assert code in {0, -signal.SIGKILL}
        return code

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


@pytest.fixture
def killing(two: Two) -> Iterator[Callable[[str], Killer]]:
    made: list[Killer] = []

    def make(where: str) -> Killer:
        made.append(Killer(two, where))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.mark.parametrize("where", ["within", "between"])
def test_killed_anywhere_everything_opens_and_the_next_run_goes_on(two: Two, ann, killing, where: str):
    killer, ended, kills = killing(where), -signal.SIGKILL, 0
    for ticks in (1, 2, 3, 4, 5, 6, 8, 40):
        ended = killer.after(ticks)
        kills += ended != 0
        everything_opens(two, ann)
        if ended == 0:
            break
    assert ended == 0
    assert kills >= 5
    status = two.here.json("keys", "status")
    assert [status[key] for key in ("records_to_rewrap", "agencies_to_rewrap", "secrets_to_reseal")] == [0, 0, 0]
    assert (status["root"]["decrypt-only"], status["epoch"]["decrypt-only"], status["rotation"]) == (0, 0, "none")


def test_the_status_says_what_an_interrupted_rotation_has_left(two: Two, ann, killing):
    assert killing("between").after(2) == -signal.SIGKILL  # the keyring is new, nothing is wrapped anew
    status = two.here.json("keys", "status")
    assert status["rotation"] == "under way: run accord keys rotate again"
    assert status["secrets_to_reseal"] == 3
    assert status["agencies_to_rewrap"] >= 2
    done = two.here.json("keys", "rotate", "--settle", "0")
    assert (done["resumed"], done["root"], done["secrets"]) == (True, 2, 3)


def test_people_seal_and_open_while_keys_rotate(two: Two, ann):
    stop, failed, counted = threading.Event(), [], []

    def work(store: Store) -> None:
        number = 0
        try:
            while not stop.is_set():
                number += 1
                two.view(store)
                type(two.world)(store).deposit(f"MH-{threading.get_ident()}-{number}")
                with store.unit(Actor(operator="test")) as unit:
                    access.save_draft(unit, ann, "visit:log", TYPED)
                    unit.record(Event.COMMAND_RUN)
        except Exception as error:  # noqa: BLE001  whatever it is, the test says so
            failed.append(error)
        counted.append(number)

    people = threading.Thread(target=work, args=(two.store,))
    people.start()
    try:
        for _ in range(2):
            two.here.json("keys", "rotate", "--settle", "0.3")
    finally:
        stop.set()
        people.join()
    assert failed == []
    assert counted[0] >= 2
    everything_opens(two, ann)
    status = two.here.json("keys", "status")
    assert [status[key] for key in ("records_to_rewrap", "agencies_to_rewrap", "secrets_to_reseal")] == [0, 0, 0]


def test_a_draft_that_nobody_can_open_does_not_hold_the_rotation_up(two: Two, ann):
    with two.store.unit(Actor(operator="test")) as unit:
        sealed = unit.session.query(Draft).one().payload
        unit.session.execute(update(Draft).values(payload=sealed[:-1] + bytes([sealed[-1] ^ 1])))
        unit.record(Event.COMMAND_RUN)
    assert two.here.run("keys", "rotate", "--settle", "0") == cli.DONE
    assert "1 seeds or drafts open under no key" in two.here.error()


def test_a_negative_pause_is_refused(two: Two):
    assert two.here.run("keys", "rotate", "--settle", "-1") == cli.NO
    assert not two.store.keyring.is_rotating
