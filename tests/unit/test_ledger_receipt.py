"""Receipts: what proves an entry with nothing but a key."""

from __future__ import annotations

import base64
import json
import uuid

import pytest
from ledger_world import World

from sharing.errors import NotFoundError, TamperedError
from sharing.ledger import checkpoint, commitment, note, prove, receipt, tree
from sharing.ledger.checkpoint import Signer, new_signing_key
from sharing.ledger.entry import RECEIPT_BUDGET
from sharing.ledger.policy import Policy
from sharing.ledger.report import Verdict, worst

PAYLOAD = b'{"address":"12 Sample Street","name":"A. Person"}'


@pytest.fixture
def world(make_database):
    made = World(make_database("sqlite"))
    yield made
    made.close()


def a_release(world: World, records: int = 3, which: int = 1):
    """Record a release of some records; return its entry, the opening of one of them and its path."""
    openings = [commitment.open_for(uuid.uuid4(), ["name", "address"], PAYLOAD) for _ in range(records)]
    commitments = [opening.commitment() for opening in openings]
    entry = world.entry(kind="disclosure:released", protocol_sha256="ab", **commitment.batch_facts(commitments))
    world.add(entry)
    world.drain()
    return entry, openings[which], commitment.prove_in_batch(commitments, which)


def verdict(data: bytes, policy: Policy, **more) -> Verdict:
    return worst(found.weight for found in receipt.check(receipt.parse(data), policy, **more))


def test_a_receipt_proves_its_entry_with_nothing_but_the_key(world):
    made = world.fill(20)
    for entry in made:
        text = world.receipt(entry)
        read = receipt.parse(text.encode())
        assert read.body == entry.encode()
        assert read.entry.id == entry.id
        assert receipt.check(read, world.policy) == []
        assert read.render() == text


def test_strangers_can_check_a_receipt_from_the_specification_alone(world):
    entry = world.fill(5)[2]
    front, _, head = world.receipt(entry).partition("\n\n")
    first, extra, index, *path = front.split("\n")
    said = json.loads(base64.b64decode(extra.removeprefix("extra ")))
    assert first == "c2sp.org/tlog-proof@v1"
    assert set(said) == {"entry", "salt", "payload_sha256", "batch_path"}
    leaf = tree.leaf_hash(json.dumps(said["entry"], sort_keys=True, separators=(",", ":")).encode())
    origin, size, root = head.split("\n")[:3]
    proof = [base64.b64decode(part) for part in path]
    assert origin == world.log
    assert tree.check_inclusion(leaf, int(index.split()[1]), int(size), proof, base64.b64decode(root))


def test_an_entry_without_a_signed_head_has_no_receipt_yet(world):
    entry = world.entry()
    with world.session() as session, pytest.raises(NotFoundError):
        prove.receipt(session, entry.log, entry.id).render()
    world.fill(1)
    world.add(entry)
    with world.session() as session, pytest.raises(NotFoundError, match="not under a signed head"):
        prove.receipt(session, entry.log, entry.id).render()


def test_the_same_receipt_wrapped_in_json_reads_the_same(world):
    text = world.receipt(world.fill(1)[0])
    wrapped = receipt.wrap(text)
    assert json.loads(wrapped)["tlog_proof"] == text
    assert receipt.parse(wrapped.encode()) == receipt.parse(text.encode())
    with pytest.raises(TamperedError, match="not a receipt of Accord's"):
        receipt.parse(b'{"format":"other","tlog_proof":""}')


def test_a_receipt_of_the_largest_usual_entry_stays_below_8_kilobytes(world):
    world.fill(3)
    opening = commitment.open_for(uuid.uuid4(), [f"field_{n}" for n in range(9)], PAYLOAD)
    facts = commitment.batch_facts([opening.commitment()])
    entry = world.entry(text="x", **facts)
    spare = RECEIPT_BUDGET - len(entry.encode())
    entry = world.entry(text="x" * (spare + 1), **facts)
    assert len(entry.encode()) == RECEIPT_BUDGET
    world.add(entry)
    world.drain()
    with world.session() as session:
        made = prove.receipt(
            session, entry.log, entry.id, (opening, commitment.prove_in_batch([opening.commitment()], 0))
        )
    # A log of a hundred million entries has proofs of 27 hashes; a batch of a thousand, of 10.
    worst_case = len(made.render()) + (27 - len(made.path)) * 45 + 10 * 64
    assert worst_case < 8192


@pytest.mark.parametrize("opened", [False, True])
def test_each_single_bit_of_a_receipt_counts(world, opened):
    world.fill(2)
    entry, opening, batch = a_release(world)
    with world.session() as session:
        text = prove.receipt(session, entry.log, entry.id, (opening, batch) if opened else None).render()
    data = text.encode()
    assert verdict(data, world.policy) is Verdict.TRUE
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        assert reason_against(bytes(changed), world.policy), bit


def reason_against(data: bytes, policy: Policy) -> str:
    """Say why a receipt is false; nothing when it is not."""
    try:
        read = receipt.parse(data)
    except TamperedError as error:
        return str(error)
    findings = receipt.check(read, policy)  # raises nothing: what is wrong is a finding
    return " ".join(found.message for found in findings if found.weight is Verdict.FALSE)


def test_a_payload_is_bound_to_the_entry_that_released_it(world):
    entry, opening, batch = a_release(world)
    with world.session() as session:
        data = prove.receipt(session, entry.log, entry.id, (opening, batch)).render().encode()
    assert verdict(data, world.policy, payload=PAYLOAD) is Verdict.TRUE
    (found,) = receipt.check(receipt.parse(data), world.policy, payload=PAYLOAD + b" ")
    assert "not what was handed over" in found.message


@pytest.mark.parametrize(
    "change",
    [
        {"salt": bytes(32)},
        {"record": uuid.uuid4()},
        {"fields": ("name",)},
        {"payload_sha256": bytes(32)},
    ],
)
def test_an_opening_of_something_else_is_seen(world, change):
    entry, opening, batch = a_release(world)
    other = commitment.Opening(**{**opening.__dict__, **change})
    with world.session() as session:
        data = prove.receipt(session, entry.log, entry.id, (other, batch)).render().encode()
    (found,) = receipt.check(receipt.parse(data), world.policy)
    assert "not in the batch" in found.message


def test_a_receipt_without_a_payload_cannot_tell_about_a_file(world):
    data = world.receipt(world.fill(1)[0]).encode()
    assert verdict(data, world.policy, payload=b"x") is Verdict.CANNOT_TELL


def test_an_opening_that_the_entry_does_not_commit_to_is_refused(world):
    (entry,) = world.fill(1)
    opening = commitment.open_for(uuid.uuid4(), ["name"], PAYLOAD)
    batch = commitment.prove_in_batch([opening.commitment()], 0)
    with world.session() as session:
        data = prove.receipt(session, entry.log, entry.id, (opening, batch)).render().encode()
    assert verdict(data, world.policy) is Verdict.FALSE


def test_without_anything_held_the_answer_is_cannot_tell(world):
    data = world.receipt(world.fill(1)[0]).encode()
    (found,) = receipt.check(receipt.parse(data), Policy())
    assert found.weight is Verdict.CANNOT_TELL
    assert found.message.startswith("Consistent with itself; not checked against anything you hold.")


def test_a_head_kept_elsewhere_stands_in_for_the_key_and_shows_a_fork(world):
    world.fill(3)
    data = world.receipt(world.fill(1)[0]).encode()
    mine, _ = checkpoint.parse(world.head().encode())
    older, _ = checkpoint.parse(world.head(2).encode())
    other = checkpoint.Checkpoint(mine.origin, mine.size, bytes(32))
    assert verdict(data, Policy(), heads=[mine]) is Verdict.TRUE
    assert verdict(data, Policy(), heads=[older]) is Verdict.CANNOT_TELL
    assert verdict(data, world.policy, heads=[older]) is Verdict.TRUE
    assert verdict(data, world.policy, heads=[other]) is Verdict.FALSE


def test_a_receipt_signed_by_another_key_is_refused(world):
    data = world.receipt(world.fill(1)[0]).encode()
    stranger = Policy((Signer.load(new_signing_key("accord.test")).verifier,))
    (found,) = receipt.check(receipt.parse(data), stranger)
    assert found.message == "No key that you hold has signed this head."


def test_an_entry_moved_under_a_head_of_another_log_is_seen(world):
    made = receipt.parse(world.receipt(world.fill(1)[0]).encode())
    head = checkpoint.Checkpoint("accord.test/southtown/2026", made.checkpoint.size, made.checkpoint.root)
    moved = receipt.Receipt(made.body, made.index, made.path, checkpoint.sign(head, world.signer))
    assert [found.code for found in receipt.check(moved, world.policy)] == ["log"]


def test_a_cosigned_receipt_reads_and_verifies(world):
    made = receipt.parse(world.receipt(world.fill(1)[0]).encode())
    stranger = note.sign(made.head.text, Signer.load(new_signing_key("police.example")))
    cosigned = receipt.Receipt(made.body, made.index, made.path, made.head.with_signature(stranger.signatures[0]))
    assert receipt.check(receipt.parse(cosigned.render().encode()), world.policy) == []


@pytest.mark.parametrize(
    "change",
    [
        ("extra ", "extr "),
        ("index ", "index 0"),
        ("index 1", "index -1"),
        ("index 1", "index 1 "),
        ("\n\n", "\nnot base64\n\n"),
        ("@v1", "@v2"),
        ("\n\n", "\n"),
    ],
)
def test_what_is_no_receipt_is_refused_with_a_reason(world, change):
    text = world.receipt(world.fill(1)[0])
    changed = text.replace(*change, 1)
    assert changed != text
    with pytest.raises(TamperedError):
        receipt.parse(changed.encode())
    with pytest.raises(TamperedError, match="too long"):
        receipt.parse(b"x" * (1 << 20 | 1))


def test_missing_hashes_are_said_and_no_receipt_is_made_up(world):
    entry = world.fill(5)[2]
    world.tamper("DELETE FROM ledger_tile")
    with pytest.raises(TamperedError, match="tile 0/0 lacks hashes"):
        world.receipt(entry)


# -- commitments


def test_commitments_of_equal_payloads_differ_and_their_parts_cannot_be_shifted():
    record = uuid.uuid4()
    one, two = (commitment.open_for(record, ["a", "b"], PAYLOAD) for _ in range(2))
    assert one.commitment() != two.commitment()
    shifted = commitment.Opening(record, ("a",), one.salt, one.payload_sha256)
    assert shifted.commitment() != one.commitment()
    assert commitment.open_for(record, ["b", "a"], PAYLOAD).fields == ("a", "b")
    for fields in (["a,b"], ["a", "a"], [""]):
        with pytest.raises(ValueError, match="field names"):
            commitment.open_for(record, fields, PAYLOAD)


@pytest.mark.parametrize("records", [1, 2, 3, 7, 100])
def test_each_record_of_a_batch_is_proved_by_itself(records):
    openings = [commitment.open_for(uuid.uuid4(), ["name"], PAYLOAD) for _ in range(records)]
    commitments = [opening.commitment() for opening in openings]
    root = commitment.batch_root(commitments)
    for at in range(records):
        path = commitment.prove_in_batch(commitments, at)
        assert path.leads_to(commitments[at], root)
        assert not path.leads_to(commitments[at - 1], root) or records == 1
        value = commitment.to_json(openings[at], path)
        assert commitment.from_json(json.loads(json.dumps(value))) == (openings[at], path)


@pytest.mark.parametrize(
    "change",
    [
        {"salt": None},
        {"batch_path": None},
        {"batch_path": {}},
        {"record": "x"},
        {"record": "0196B0C1-7C3E-7D11-8A55-1F2E3D4C5B6A"},
        {"fields": "b,a"},
        {"index": True},
        {"index": "0"},
        {"path": ["x"]},
        {"path": None},
        {"payload_sha256": "AAAA"},
    ],
)
def test_a_malformed_opening_is_refused(change):
    opening = commitment.open_for(uuid.uuid4(), ["a", "b"], PAYLOAD)
    value = commitment.to_json(opening, commitment.prove_in_batch([opening.commitment()], 0))
    for key, new in change.items():
        (value if key in value else value["batch_path"])[key] = new
    with pytest.raises(TamperedError):
        commitment.from_json(value)
