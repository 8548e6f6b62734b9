"""Eleven ways of changing what was handed over, fifty times each, at seeded places; and a hundred logs that nobody touched."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ledger_world import World
from test_ledger_verify import bodies_in, changed, rewrite

from sharing.ledger import checkpoint
from sharing.ledger.checkpoint import Checkpoint, Signer, new_signing_key
from sharing.ledger.report import Verdict

TIMES = 50
CLEAN = 100
SIZE = 24

Attack = Callable[["Handed", random.Random], None]


class Handed:
    """A bundle that was handed over, with the heads that a partner keeps."""

    def __init__(self, world: World, directory: Path) -> None:
        self.world, self.directory = world, directory
        self.note = directory / "checkpoint"

    def head(self) -> Checkpoint:
        return checkpoint.parse(self.note.read_bytes())[0]

    def rewrite(self, bodies: list[bytes], chance: random.Random) -> None:
        """Put other entries in: alone, with every hash made to fit, or signed with the stolen key as well."""
        how = chance.choice(("entries alone", "every hash", "stolen key"))
        rewrite(
            self.directory,
            bodies,
            key=self.world.signer if how == "stolen key" else None,
            hashes=how != "entries alone",
        )

    def entries(self) -> list[bytes]:
        return bodies_in(self.directory)


def edit(handed: Handed, chance: random.Random) -> None:
    bodies = handed.entries()
    at = chance.randrange(len(bodies))
    bodies[at] = changed(bodies[at], actor=f"u_{chance.getrandbits(32):08x}")
    handed.rewrite(bodies, chance)


def delete(handed: Handed, chance: random.Random) -> None:
    bodies = handed.entries()
    del bodies[chance.randrange(len(bodies) - 1)]
    handed.rewrite(bodies, chance)


def truncate(handed: Handed, chance: random.Random) -> None:
    handed.rewrite(handed.entries()[: chance.randrange(1, SIZE)], chance)


def reorder(handed: Handed, chance: random.Random) -> None:
    bodies = handed.entries()
    one, two = chance.sample(range(len(bodies)), 2)
    bodies[one], bodies[two] = bodies[two], bodies[one]
    handed.rewrite(bodies, chance)


def insert(handed: Handed, chance: random.Random) -> None:
    bodies = handed.entries()
    at = chance.randrange(len(bodies))
    bodies.insert(at, changed(bodies[at], about=f"another-{chance.getrandbits(32)}"))
    handed.rewrite(bodies, chance)


def overwrite(handed: Handed, chance: random.Random) -> None:
    bodies = handed.entries()
    one, two = chance.sample(range(len(bodies)), 2)
    bodies[one] = bodies[two]
    handed.rewrite(bodies, chance)


def put_back_an_old_head(handed: Handed, chance: random.Random) -> None:
    handed.note.write_text(handed.world.head(chance.randrange(2, SIZE)))


def edit_the_head(handed: Handed, chance: random.Random) -> None:
    data = bytearray(handed.note.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    handed.note.write_bytes(data)


def strip_the_signature(handed: Handed, chance: random.Random) -> None:
    text = handed.note.read_text()
    body, _, _ = text.partition("\n\n")
    handed.note.write_text(chance.choice((body + "\n", body + "\n\n", text[: -chance.randrange(3, 40)] + "\n")))


def sign_with_another_key(handed: Handed, chance: random.Random) -> None:
    stranger = Signer.load(new_signing_key("accord.test"))
    head = handed.head()
    size = chance.randrange(1, head.size + 1)
    signed = Checkpoint(head.origin, size, head.root if size == head.size else bytes(chance.randbytes(32)))
    handed.note.write_bytes(checkpoint.sign(signed, stranger).render().encode())


def fork_under_the_stolen_key(handed: Handed, chance: random.Random) -> None:
    head = handed.head()
    forked = Checkpoint(head.origin, head.size, bytes(chance.randbytes(32)))
    handed.note.write_bytes(checkpoint.sign(forked, handed.world.signer).render().encode())


ATTACKS: tuple[Attack, ...] = (
    edit,
    delete,
    truncate,
    reorder,
    insert,
    overwrite,
    put_back_an_old_head,
    edit_the_head,
    strip_the_signature,
    sign_with_another_key,
    fork_under_the_stolen_key,
)


@pytest.fixture(scope="module")
def handed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Path]]:
    """A log of 24 entries, a head for each, and its bundle."""
    folder = tmp_path_factory.mktemp("torture")
    shutil.copy(sqlite_template, folder / "ledger.sqlite")
    world = World(f"sqlite:///{folder / 'ledger.sqlite'}")
    world.fill(SIZE - 1)
    yield world, world.export(folder / "bundle")
    world.close()


def test_there_are_as_many_as_were_promised():
    assert len(ATTACKS) * TIMES >= 550


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_every_change_is_seen_offline_by_who_holds_the_key_and_a_head(
    handed: tuple[World, Path], attack: Attack, tmp_path: Path
):
    world, bundle = handed
    kept, unseen = world.head(), []
    for seed in range(TIMES):
        copy = shutil.copytree(bundle, tmp_path / str(seed))
        attack(Handed(world, copy), random.Random(f"{attack.__name__} {seed}"))
        verdicts = {report.verdict for report in world.check(copy, heads=(kept,))}
        if Verdict.FALSE not in verdicts:
            unseen.append((seed, verdicts))
        shutil.rmtree(copy)
    assert unseen == []


def test_a_hundred_logs_that_nobody_touched_raise_no_alarm(sqlite_template: Path, tmp_path: Path):
    alarms, sizes = [], set()
    for number in range(CLEAN // 10):
        shutil.copy(sqlite_template, tmp_path / f"{number}.sqlite")
        world = World(f"sqlite:///{tmp_path / f'{number}.sqlite'}")
        for step in range(10):
            made = world.fill(1 + (number + step) % 7, at_a_time=1 + step % 3)
            bundle = world.export(tmp_path / f"{number}-{step}")
            heads = (world.head(), world.head(2))
            (report,) = world.check(bundle, heads=heads)
            sizes.add((number, report.size))
            if report.verdict is not Verdict.TRUE or report.findings:
                alarms.append((number, step, report.findings))
            proof = tmp_path / f"{number}-{step}.tlog-proof"
            proof.write_text(world.receipt(made[-1]))
            if world.check(proof)[0].verdict is not Verdict.TRUE:
                alarms.append((number, step, "receipt"))
        world.close()
    assert len(sizes) == CLEAN
    assert alarms == []
