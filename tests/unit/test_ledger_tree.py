"""The Merkle tree against published vectors and against its definition (RFC 6962)."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.ledger import tiles, tree

VECTORS = Path(__file__).parents[1] / "vectors" / "rfc6962"


def _vectors(kind):
    files = sorted((VECTORS / kind).rglob("*.json"))
    return [pytest.param(json.loads(file.read_text()), id=f"{file.parent.name}/{file.stem}") for file in files]


def _hashes(vector):
    return [base64.b64decode(part) for part in vector["proof"] or []]


def test_every_shipped_vector_is_here():
    for kind, count, refused in (("inclusion", 53, 49), ("consistency", 43, 40)):
        found = [param.values[0]["wantErr"] for param in _vectors(kind)]
        assert (len(found), sum(found)) == (count, refused)


@pytest.mark.parametrize("vector", _vectors("inclusion"))
def test_inclusion_proofs_are_accepted_and_refused_as_the_vectors_say(vector):
    leaf, root = base64.b64decode(vector["leafHash"] or ""), base64.b64decode(vector["root"] or "")
    accepted = tree.check_inclusion(leaf, vector["leafIdx"], vector["treeSize"], _hashes(vector), root)
    assert accepted is not vector["wantErr"]


@pytest.mark.parametrize("vector", _vectors("consistency"))
def test_consistency_proofs_are_accepted_and_refused_as_the_vectors_say(vector):
    one, two = base64.b64decode(vector["root1"] or ""), base64.b64decode(vector["root2"] or "")
    accepted = tree.check_consistency(vector["size1"], vector["size2"], one, two, _hashes(vector))
    assert accepted is not vector["wantErr"]


# The definitions of RFC 9162 sections 2.1.1, 2.1.3.1 and 2.1.4.1, written down as they stand there.


def mth(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = max(2**i for i in range(20) if 2**i < len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m, leaves):
    if len(leaves) == 1:
        return []
    k = max(2**i for i in range(20) if 2**i < len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m, leaves, whole):
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = max(2**i for i in range(20) if 2**i < len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


LEAVES = [str(n).encode() * (n % 5) for n in range(70)]
ROW = tree.leaf_hashes(LEAVES)


def over(row):
    return lambda start, count: tree.root_of(row[start * 32 : (start + count) * 32])


@pytest.mark.parametrize("size", range(71))
def test_roots_and_every_proof_are_those_of_the_definition(size):
    leaves, read = LEAVES[:size], over(ROW)
    root = mth(leaves)
    assert tree.root_of(ROW[: size * 32]) == root
    assert tree.range_hash(0, size, read) == root
    for index in range(size):
        proof = tree.prove_inclusion(index, size, read)
        assert proof == path(index, leaves)
        assert tree.check_inclusion(tree.leaf_hash(leaves[index]), index, size, proof, root)
    for old in range(1, size + 1):
        proof = tree.prove_consistency(old, size, read)
        assert proof == subproof(old, leaves, True)
        assert tree.check_consistency(old, size, mth(leaves[:old]), root, proof)


@given(st.integers(1, 70), st.integers(1, 70), st.data())
def test_a_proof_with_one_bit_changed_or_for_another_place_is_refused(size, old, data):
    old = min(old, size)
    read = over(ROW)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(
        st.integers(0, size - 1).filter(lambda n: LEAVES[n] != LEAVES[index]) if size > 2 else st.just(index)
    )
    proof, root = tree.prove_inclusion(index, size, read), tree.range_hash(0, size, read)
    leaf = ROW[index * 32 : index * 32 + 32]
    if other != index:
        assert not tree.check_inclusion(leaf, other, size, proof, root)
        assert not tree.check_inclusion(ROW[other * 32 : other * 32 + 32], index, size, proof, root)
    for candidate, check in (
        (proof, lambda p: tree.check_inclusion(leaf, index, size, p, root)),
        (
            tree.prove_consistency(old, size, read),
            lambda p: tree.check_consistency(old, size, tree.range_hash(0, old, read), root, p),
        ),
    ):
        assert not check([*candidate, bytes(32)])
        if candidate:
            at, bit = data.draw(st.integers(0, len(candidate) - 1)), data.draw(st.integers(0, 255))
            flipped = (int.from_bytes(candidate[at], "big") ^ 1 << bit).to_bytes(32, "big")
            assert not check([*candidate[:at], flipped, *candidate[at + 1 :]])
            assert not check(candidate[:-1])


def corrupted(proof: list[bytes]) -> list[list[bytes]]:
    """The corruptions that the published vectors make of a proof: cut, lengthened at either end, one bit changed, swapped."""
    garbage = hashlib.sha256(b"garbage").digest()
    wrong = [[*proof, garbage], [garbage, *proof], [*proof, bytes(32)]]
    if proof:
        wrong += [proof[:-1], proof[1:], []]
        wrong += [[bytes([proof[0][0] ^ 4]) + proof[0][1:], *proof[1:]]]
    return wrong + ([proof[::-1]] if proof != proof[::-1] else [])


def test_the_corruptions_of_the_vectors_are_refused_at_every_place_of_every_size():
    tried, read = {"inclusion": 0, "consistency": 0}, over(ROW)
    for size in range(1, 34):
        root = tree.range_hash(0, size, read)
        for at in range(size):
            leaf, proof = ROW[at * 32 : at * 32 + 32], tree.prove_inclusion(at, size, read)
            for wrong in corrupted(proof):
                assert not tree.check_inclusion(leaf, at, size, wrong, root), (at, size)
                tried["inclusion"] += 1
        for old in range(1, size):
            one, proof = tree.range_hash(0, old, read), tree.prove_consistency(old, size, read)
            for wrong in corrupted(proof):
                assert not tree.check_consistency(old, size, one, root, wrong), (old, size)
                tried["consistency"] += 1
            assert not tree.check_consistency(old, size, root, one, proof)
            assert not tree.check_consistency(old + 1, size, one, root, proof) or old + 1 == size
    assert min(tried.values()) >= 1000


def test_what_cannot_be_proved_is_refused_by_the_prover_too():
    for index, size in ((0, 0), (5, 5), (-1, 5)):
        with pytest.raises(ValueError, match="not in a tree"):
            tree.prove_inclusion(index, size, over(ROW))
    for old, new in ((0, 5), (6, 5), (-1, 5)):
        with pytest.raises(ValueError, match="no proof"):
            tree.prove_consistency(old, new, over(ROW))
    assert tree.check_consistency(0, 5, tree.EMPTY_ROOT, mth(LEAVES[:5]), [])
    assert not tree.check_consistency(0, 5, mth(LEAVES[:1]), mth(LEAVES[:5]), [])


def test_a_growing_range_knows_its_root_at_every_size():
    growing = tree.Range()
    assert growing.root() == tree.EMPTY_ROOT
    for size in range(1, 71):
        growing.push(ROW[(size - 1) * 32 : size * 32])
        assert growing.root() == mth(LEAVES[:size])


def test_a_range_takes_whole_subtrees_where_they_are_aligned_and_nowhere_else():
    growing = tree.Range()
    growing.push(mth(LEAVES[:64]), 6)
    growing.push(mth(LEAVES[64:68]), 2)
    assert growing.root() == mth(LEAVES[:68])
    growing.push(tree.leaf_hash(LEAVES[68]))
    with pytest.raises(ValueError, match="cannot begin"):
        growing.push(bytes(32), 2)


# -- tiles

MANY = tree.leaf_hashes([n.to_bytes(4, "big") for n in range(70_000)])


@given(st.lists(st.sampled_from([1, 2, 3, 100, 255, 256, 257, 700]), min_size=1, max_size=8), st.integers(0, 600))
def test_tiles_grown_in_any_steps_are_those_of_the_whole_tree(steps, before):
    size, edge, kept = 0, {}, {}
    for step in [before, *steps]:
        changed, edge = tiles.grow(edge, size, MANY[size * 32 : (size + step) * 32])
        size += step
        kept.update({(tile.level, tile.n): tile.data for tile in changed})
        assert tiles.edge_root(edge) == tree.root_of(MANY[: size * 32])
    assert {place: len(data) // 32 for place, data in kept.items()} == {
        (level, n): width for level, n, width in tiles.needed(size)
    }


def test_a_tree_of_70000_entries_has_the_tiles_that_the_specification_names():
    widths = {level: (full, partial) for level, full, partial in tiles.widths(70_000)}
    assert widths == {0: (273, 112), 1: (1, 17), 2: (0, 1)}
    assert {level: (full, partial) for level, full, partial in tiles.widths(256)} == {0: (1, 0), 1: (0, 1)}


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65_536, 70_000])
def test_proofs_read_from_tiles_check_at_every_size(size):
    changed, _ = tiles.grow({}, 0, MANY[: size * 32])
    kept = {(tile.level, tile.n): tile.data for tile in changed}
    reader = tiles.Reader(lambda level, n: kept[level, n])
    root = tree.root_of(MANY[: size * 32])
    for index in {0, size // 3, size - 1}:
        proof = tree.prove_inclusion(index, size, reader)
        assert tree.check_inclusion(MANY[index * 32 : index * 32 + 32], index, size, proof, root)
    for old in {1, size // 2 or 1, size}:
        proof = tree.prove_consistency(old, size, reader)
        assert tree.check_consistency(old, size, tree.root_of(MANY[: old * 32]), root, proof)


def test_a_reader_says_which_tile_lacks_hashes():
    reader = tiles.Reader(lambda level, n: MANY[: 3 * 32])
    with pytest.raises(LookupError, match="tile 0/0 lacks"):
        tree.range_hash(0, 8, reader)


@pytest.mark.parametrize(
    ("level", "n", "width", "expected"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        (1, 5, 17, "tile/1/005.p/17"),
        ("entries", 1000, 3, "tile/entries/x001/000.p/3"),
    ],
)
def test_tile_paths_are_those_of_the_specification(level, n, width, expected):
    assert tiles.path(level, n, width) == expected
    assert tiles.parse_path(expected) == (level, n, width)


@pytest.mark.parametrize(
    "text",
    [
        "tile/0/1",
        "tile/00/001",
        "tile/64/001",
        "tile/0/x000/001",
        "tile/0/001.p/256",
        "tile/0/001.p/0",
        "tile/0/001/002",
    ],
)
def test_other_spellings_of_a_tile_path_are_refused(text):
    with pytest.raises(ValueError, match="tile"):
        tiles.parse_path(text)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entry_bundles_give_back_their_entries(entries):
    packed = tiles.pack_entries(entries)
    assert tiles.unpack_entries(packed) == entries
    if packed:
        with pytest.raises(ValueError, match="middle of an entry"):
            tiles.unpack_entries(packed + b"\x00")
