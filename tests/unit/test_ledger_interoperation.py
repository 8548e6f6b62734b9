"""Our ledger and a transparency log not written here (tlog-scales, by Florian Larysch) read each other, and refuse the same.

It has its own parser of heads and keys, its own Merkle proofs, its own reader and writer of tile directories. Where it is more
lenient than we are (it re-reads loose base64 and other line ends), the tests say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ledger_world import World
from tlog_scales import reader, signing, tlog, writer
from tlog_scales.backend import LocalBackend

from sharing.errors import TamperedError
from sharing.ledger import checkpoint, cosignature, note, prove, tiles, tree
from sharing.ledger.checkpoint import Verifier
from sharing.ledger.note import Signer
from sharing.ledger.policy import Policy

SIZES = (1, 2, 3, 7, 8, 255, 256, 257, 300)
"""Trees on both sides of a full tile, and of powers of two."""


@pytest.fixture(scope="module")
def ours(make_database_once) -> Iterator[World]:
    """A log of 300 entries, with heads of the sizes above."""
    world = World(make_database_once())
    grown = 0
    for size in SIZES:
        if size > 1:  # the log's own opening is its first entry
            world.fill(size - max(grown, 1), at_a_time=1_000)
        grown = size
    yield world
    world.close()


@pytest.fixture(scope="module")
def make_database_once(tmp_path_factory) -> Callable[[], str]:
    """A ledger's tables in a file for the whole module."""
    from sqlalchemy import create_engine

    from sharing.tables import METADATA

    def make() -> str:
        url = f"sqlite:///{tmp_path_factory.mktemp('interoperation')}/ledger.sqlite"
        engine = create_engine(url)
        METADATA.create_all(engine)
        engine.dispose()
        return url

    return make


@pytest.fixture(scope="module")
def exported(ours, tmp_path_factory) -> Path:
    return ours.export(tmp_path_factory.mktemp("bundle") / "export")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory) -> tuple[Path, str]:
    """A log that their writer made, and its key as text."""
    root = tmp_path_factory.mktemp("theirs") / "log"
    signer = signing.PlainEd25519Signer("strangers.example/log", bytes(range(32)))
    log = writer.TilesWriter.create(root, "strangers.example/log")
    for start, end in ((0, 5), (5, 256), (256, 300)):
        for number in range(start, end):
            log.add_leaf(f"leaf {number}".encode())
        log.commit([signer])
    return root, signer.vkey.serialize()


def their_key(world: World) -> signing.Vkey:
    """Our key as they read it, under the log's own name, as docs/verifying.md says."""
    return signing.Vkey.from_string(world.signer.verifier.named(world.log).vkey)


def heads(world: World) -> dict[int, str]:
    return {size: world.head(size) for size in SIZES[1:]}


def test_they_read_and_verify_every_head_of_ours_byte_for_byte(ours):
    for size, text in heads(ours).items():
        head = tlog.Checkpoint.from_text(text)
        head.verify(their_key(ours))
        assert (head.origin, head.size, head.serialize()) == (ours.log, size, text)


def test_they_verify_our_partners_co_signatures_and_read_when_they_were_made(ours):
    partner = Signer.load(note.new_signing_key("police.example", note.COSIGNATURE))
    signed = cosignature.cosign(note.parse(ours.head().encode()), partner, 1_780_000_000)
    head = tlog.Checkpoint.from_text(signed.render())
    key = signing.Vkey.from_string(partner.verifier.vkey)
    head.verify(key)
    assert signing.Ed25519CosignatureVerifier.get_timestamp(head.signatures[-1].payload) == 1_780_000_000
    valid = signing.VkeySet(key, their_key(ours)).verify(head.signatures, head)
    assert {each.name for each, _ in valid} == {"police.example", ours.log}


def test_a_co_signature_of_a_kind_that_we_do_not_know_is_passed_over_and_the_head_holds(ours):
    stranger = signing.MLDSA44CosignatureSigner("new.example", bytes(32))
    head = tlog.Checkpoint.from_text(ours.head())
    both = replace(head, signatures=[*head.signatures, stranger.sign(head)])
    both.verify(stranger.vkey)
    read, signed = checkpoint.parse(both.serialize().encode())
    assert ours.policy.check(read, signed)
    assert len(signed.signatures) == 2


def test_they_compute_our_root_from_our_export_and_read_our_entries(ours, exported):
    log = reader.TilesReader(LocalBackend(exported))
    head = log.get_checkpoint()
    assert log.calculate_root_hash() == head.root_hash
    lines = (exported / "entries.jsonl").read_bytes().splitlines()
    assert [log.get_entry(index) for index in range(head.size)] == lines


def test_our_proofs_of_inclusion_and_of_consistency_verify_there(ours, exported):
    found = {size: tlog.Checkpoint.from_text(text) for size, text in heads(ours).items()}
    leaves = [tree.leaf_hash(line) for line in (exported / "entries.jsonl").read_bytes().splitlines()]
    with ours.session() as session:
        for size, head in found.items():
            subtree = prove.reader(session, ours.log, size)
            for index in {0, 1, size // 2, size - 2, size - 1}:
                path = tree.prove_inclusion(index, size, subtree)
                tlog.InclusionProof(index, size, path).check(leaves[index], head.root_hash)
            for old, before in found.items():
                if old < size:
                    path = prove.consistency(session, ours.log, old, size)
                    tlog.ConsistencyProof(old, size, path).check(before.root_hash, head.root_hash)


def test_their_proofs_over_our_tiles_verify_here(ours, exported):
    log = reader.TilesReader(LocalBackend(exported))
    head = log.get_checkpoint()
    for index in (0, 1, 128, 255, 256, 299):
        path = log.get_inclusion_proof(index, head.size).node_hashes
        assert tree.check_inclusion(tree.leaf_hash(log.get_entry(index)), index, head.size, path, head.root_hash)
    for old, text in heads(ours).items():
        root, _ = checkpoint.parse(text.encode())
        path = log.get_consistency_proof(old, head.size).node_hashes
        assert tree.check_consistency(old, head.size, root.root, head.root_hash, path)


def test_their_log_verifies_here_head_tiles_entries_and_proofs(theirs):
    root, vkey = theirs
    head, signed = checkpoint.parse((root / "checkpoint").read_bytes())
    assert Policy((Verifier.parse(vkey),)).check(head, signed)
    assert head.size == 300
    subtree = tiles.Reader(lambda level, n: (root / tiles.path(level, n, tile_width(head.size, level, n))).read_bytes())
    assert tree.range_hash(0, head.size, subtree) == head.root
    entries = [
        entry
        for n, width in ((0, 256), (1, 44))
        for entry in tiles.unpack_entries((root / tiles.path("entries", n, width)).read_bytes())
    ]
    assert entries == [f"leaf {number}".encode() for number in range(300)]
    log = reader.TilesReader(LocalBackend(root))
    log.set_size(head.size)
    for index in (0, 255, 256, 299):
        path = tree.prove_inclusion(index, head.size, subtree)
        assert path == log.get_inclusion_proof(index, head.size).node_hashes
        assert tree.check_inclusion(tree.leaf_hash(entries[index]), index, head.size, path, head.root)
    for old in (1, 5, 255, 256, 257):
        path = tree.prove_consistency(old, head.size, subtree)
        assert path == log.get_consistency_proof(old, head.size).node_hashes
        assert tree.check_consistency(old, head.size, log.mth(0, old), head.root, path)


def tile_width(size: int, level: int, n: int) -> int:
    """How many hashes of a level stand in its n-th tile."""
    return min(tiles.WIDTH, size // tiles.WIDTH**level - n * tiles.WIDTH)


def flips(data: bytes) -> Iterator[bytes]:
    """Every way of turning over one bit."""
    for at in range(len(data)):
        for bit in range(8):
            yield data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def test_each_single_bit_flip_of_a_head_is_refused_here_and_there_unless_they_read_the_very_same(ours):
    text = ours.head().encode()
    key, whole = their_key(ours), tlog.Checkpoint.from_text(text.decode())
    lenient = 0
    for flipped in flips(text):
        with pytest.raises(TamperedError):
            ours.policy.check(*checkpoint.parse(flipped))
        try:
            read = tlog.Checkpoint.from_text(flipped.decode())
            read.verify(key)
        except Exception:  # noqa: BLE001  they raise whatever their parser meets
            continue
        assert read == whole  # the same origin, size, root and signature out of other bytes
        lenient += 1
    assert lenient < len(text) // 4  # of eight times as many flips


def test_each_single_bit_flip_of_a_proof_is_refused_here_and_there(ours, exported):
    leaf = tree.leaf_hash((exported / "entries.jsonl").read_bytes().splitlines()[256])
    old, new = (checkpoint.parse(ours.head(size).encode())[0] for size in (257, 300))
    with ours.session() as session:
        path = tree.prove_inclusion(256, 300, prove.reader(session, ours.log, 300))
        grown = prove.consistency(session, ours.log, 257, 300)
    for at, part in enumerate(path):
        for flipped in flips(part):
            wrong = [*path[:at], flipped, *path[at + 1 :]]
            assert not tree.check_inclusion(leaf, 256, 300, wrong, new.root)
            with pytest.raises(tlog.InclusionProofInvalid):
                tlog.InclusionProof(256, 300, wrong).check(leaf, new.root)
    for at, part in enumerate(grown):
        for flipped in flips(part):
            wrong = [*grown[:at], flipped, *grown[at + 1 :]]
            assert not tree.check_consistency(257, 300, old.root, new.root, wrong)
            with pytest.raises(tlog.ConsistencyProofInvalid):
                tlog.ConsistencyProof(257, 300, wrong).check(old.root, new.root)


def test_a_head_under_another_key_and_a_proof_of_another_place_are_refused_here_and_there(ours, exported):
    stranger = signing.PlainEd25519Signer(ours.log, bytes(32))
    head = tlog.Checkpoint.from_text(ours.head())
    forged = replace(head, signatures=[stranger.sign(head)])
    with pytest.raises(RuntimeError):
        forged.verify(their_key(ours))
    with pytest.raises(TamperedError):
        ours.policy.check(*checkpoint.parse(forged.serialize().encode()))
    leaf = tree.leaf_hash((exported / "entries.jsonl").read_bytes().splitlines()[5])
    with ours.session() as session:
        path = tree.prove_inclusion(5, 300, prove.reader(session, ours.log, 300))
    for wrong in (4, 6, 133, 299):
        assert not tree.check_inclusion(leaf, wrong, 300, path, head.root_hash)
        with pytest.raises(tlog.InclusionProofInvalid):
            tlog.InclusionProof(wrong, 300, path).check(leaf, head.root_hash)
