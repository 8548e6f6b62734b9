"""Somebody changes the files that were handed over. Whoever verifies them, offline, has to be told, and told where."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ledger_world import World

from sharing.errors import InvalidError, NotFoundError
from sharing.ledger import (
    bundle_check,
    certificate,
    checkpoint,
    cosignature,
    keychange,
    manifest,
    prove,
    receipt,
    tiles,
    tree,
    verify,
)
from sharing.ledger import entry as entries
from sharing.ledger.checkpoint import Signer, new_signing_key
from sharing.ledger.entry import Entry
from sharing.ledger.note import COSIGNATURE
from sharing.ledger.policy import Policy
from sharing.ledger.report import Verdict

NOBODY = Policy()


@pytest.fixture
def world(make_database):
    made = World(make_database("sqlite"))
    yield made
    made.close()


@pytest.fixture
def log(world, tmp_path) -> Path:
    """A bundle of ten entries, each under a head of its own."""
    world.fill(9)
    return world.export(tmp_path / "bundle")


def entry_file(directory: Path) -> Path:
    (file,) = (file for file in (directory / "tile/entries").rglob("*") if file.is_file())
    return file


def bodies_in(directory: Path) -> list[bytes]:
    return tiles.unpack_entries(entry_file(directory).read_bytes())


def changed(body: bytes, **changes) -> bytes:
    return Entry(**{**entries.parse(body).__dict__, **changes}).encode()


def rewrite(directory: Path, bodies: list[bytes], *, key: Signer | None = None, hashes: bool = True) -> None:
    """Put other entries into a bundle; with `hashes` every tile, readable line and digest to fit; with a key the head too."""
    head, _ = checkpoint.parse((directory / "checkpoint").read_bytes())
    if not hashes:
        entry_file(directory).write_bytes(tiles.pack_entries(bodies))
        return
    shutil.rmtree(directory / "tile")
    leaves = tree.leaf_hashes(bodies)
    changed_tiles, edge = tiles.grow({}, 0, leaves)
    files = {tiles.path(t.level, t.n, len(t.data) // 32): t.data for t in changed_tiles}
    for n in range(0, len(bodies), 256):
        part = bodies[n : n + 256]
        files[tiles.path("entries", n // 256, len(part))] = tiles.pack_entries(part)
    files["entries.jsonl"] = b"".join(body + b"\n" for body in bodies)
    if key:
        head = checkpoint.Checkpoint(head.origin, len(bodies), tiles.edge_root(edge))
        files["checkpoint"] = checkpoint.sign(head, key).render().encode()
        files["heads.jsonl"] = b""
    for path, data in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(data)
    listed = {
        file.relative_to(directory).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in directory.rglob("*")
        if file.is_file() and file.name != "manifest.json"
    }
    manifest.write(directory, head, listed)


# -- a bundle that nobody touched


@pytest.mark.parametrize("count", [1, 3, 255, 256, 300])
def test_an_exported_bundle_verifies_and_has_the_files_of_the_specification(world, tmp_path, count):
    world.fill(count, at_a_time=60)
    directory = world.export(tmp_path / "out")
    (report,) = world.check(directory, heads=(world.head(), world.head(min(61, count + 1))))
    assert report.findings == ()
    assert report.size == count + 1
    present = {f.relative_to(directory).as_posix() for f in directory.rglob("*") if f.is_file()}
    wanted = {tiles.path(level, n, width) for level, n, width in tiles.needed(count + 1)}
    wanted |= {tiles.path("entries", n, width) for level, n, width in tiles.needed(count + 1) if level == 0}
    assert present == wanted | {"checkpoint", "manifest.json", "entries.jsonl", "heads.jsonl"}
    lines = (directory / "entries.jsonl").read_text().splitlines()
    assert [json.loads(line)["log"] for line in lines] == [world.log] * (count + 1)


def test_an_export_never_overwrites(world, log, tmp_path):
    with pytest.raises(InvalidError, match="never overwrites"):
        world.export(log)
    with pytest.raises(NotFoundError):
        world.export(tmp_path / "other", "accord.test/nowhere/2026")


def test_an_export_holds_what_was_signed_even_if_more_has_come_in_since(world, log, tmp_path):
    from sharing.ledger import sequencer

    world.add(world.entry())
    with world.session() as session:
        sequencer.integrate(session)
        session.commit()
    directory = world.export(tmp_path / "later")
    (report,) = world.check(directory)
    assert (report.verdict, report.size) == (Verdict.TRUE, 10)


def test_a_bundle_without_anything_held_cannot_be_told(world, log):
    (report,) = world.check(log, policy=NOBODY)
    assert report.verdict is Verdict.CANNOT_TELL
    assert "not checked against anything you hold" in report.findings[0].message


def test_a_head_that_was_kept_is_enough_and_what_it_does_not_cover_is_said(world, log):
    (report,) = world.check(log, policy=NOBODY, heads=(world.head(),))
    assert report.findings == ()
    (report,) = world.check(log, policy=NOBODY, heads=(world.head(4),))
    assert report.verdict is Verdict.TRUE
    assert "covers the first 4 entries. The 6 after them" in report.findings[0].message


def test_a_head_of_another_log_says_nothing(world, log):
    world.add(world.entry("southtown"))
    world.drain()
    with world.session() as session:
        from sharing.ledger import read

        other = read.head(session, "accord.test/southtown/2026")
    (report,) = world.check(log, policy=NOBODY, heads=(other,))
    assert report.verdict is Verdict.CANNOT_TELL
    (report,) = world.check(log, heads=(other,))
    assert report.verdict is Verdict.TRUE


# -- a bundle that somebody changed


def edit(bodies):
    bodies[4] = changed(bodies[4], actor="u_00")


def delete(bodies):
    del bodies[4]


def swap(bodies):
    bodies[4], bodies[6] = bodies[6], bodies[4]


def insert(bodies):
    bodies.insert(4, changed(bodies[4], about="another"))


def duplicate(bodies):
    bodies.insert(4, bodies[3])


ATTACKS = {attack.__name__: attack for attack in (edit, delete, swap, insert, duplicate)}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("hashes", [False, True], ids=["entries alone", "every hash made to fit"])
def test_the_first_bad_entry_is_named(world, log, attack, hashes):
    bodies = bodies_in(log)
    attack(bodies)
    rewrite(log, bodies, hashes=hashes)
    for policy, heads in ((world.policy, ()), (NOBODY, ()), (NOBODY, (world.head(),))):
        (report,) = world.check(log, policy=policy, heads=heads)
        assert report.verdict is Verdict.FALSE
        assert report.first_bad == 4


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_consistent_rewrite_under_the_stolen_key_is_named_by_the_heads_kept(world, log, attack):
    bodies = bodies_in(log)
    attack(bodies)
    rewrite(log, bodies, key=world.signer)
    (report,) = world.check(log, heads=tuple(world.head(size) for size in (4, 5, 10)))
    assert report.verdict is Verdict.FALSE
    assert report.first_bad == 4


def test_a_rewrite_signed_by_another_key_is_seen_by_the_key_alone(world, log):
    bodies = bodies_in(log)
    edit(bodies)
    rewrite(log, bodies, key=Signer.load(new_signing_key("accord.test")))
    (report,) = world.check(log)
    assert [found.code for found in report.findings] == ["signature"]


def test_a_bundle_cut_short_is_named_at_the_first_missing_entry(world, log):
    rewrite(log, bodies_in(log)[:6], hashes=False)
    (report,) = world.check(log)
    assert report.first_bad == 6


def test_a_bundle_taken_back_to_an_earlier_head_is_seen_by_a_newer_one_alone(world, tmp_path):
    world.fill(5)
    old = world.export(tmp_path / "old")
    older = world.head(3)
    world.fill(4)
    assert world.check(old, heads=(older,))[0].verdict is Verdict.TRUE
    (report,) = world.check(old, heads=(world.head(),))
    assert report.first_bad == 6
    assert (
        "Entries 6 to 9 are missing: the head that you hold has 10 entries, here are 6." in report.findings[0].message
    )


def test_two_histories_are_a_fork_whichever_head_is_older(world, log, tmp_path):
    fork = shutil.copytree(log, tmp_path / "fork")
    bodies = bodies_in(log)
    edit(bodies)
    rewrite(fork, bodies, key=world.signer)
    theirs = (fork / "checkpoint").read_text()
    (report,) = world.check(log, heads=(theirs,))
    assert report.verdict is Verdict.FALSE
    assert "states another root for the first 10 entries" in report.findings[0].message


@pytest.mark.parametrize("path", ["checkpoint", "manifest.json", "entries.jsonl", "heads.jsonl", "tile/0/000.p/10"])
def test_any_bit_changed_in_any_file_is_seen(world, log, path):
    data = (log / path).read_bytes()
    for bit in range(0, len(data) * 8, max(1, len(data) // 5)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        (log / path).write_bytes(flipped)
        (report,) = world.check(log)
        assert report.verdict is Verdict.FALSE, bit


@pytest.mark.parametrize(
    "path", ["entries.jsonl", "heads.jsonl", "checkpoint", "tile/0/000.p/10", "tile/entries/000.p/10"]
)
def test_a_missing_file_is_named(world, log, path):
    (log / path).unlink()
    reports = (
        verify.verify([log], verify.Held(world.policy)) if path != "checkpoint" else world.check(log / "manifest.json")
    )
    assert reports[0].verdict is Verdict.FALSE
    if path != "checkpoint":
        assert any(path in found.message for found in reports[0].findings)


def test_a_changed_readable_line_is_named(world, log):
    lines = (log / "entries.jsonl").read_bytes().split(b"\n")
    lines[4] = lines[4].replace(b"u_7f", b"u_00")
    (log / "entries.jsonl").write_bytes(b"\n".join(lines))
    (report,) = world.check(log)
    assert report.first_bad == 4
    assert "Line 5 of entries.jsonl is not entry 4" in " ".join(found.message for found in report.findings)


def test_a_bundle_without_our_extras_is_a_plain_tile_directory_and_verifies(world, log):
    for name in ("manifest.json", "entries.jsonl", "heads.jsonl"):
        (log / name).unlink()
    (report,) = world.check(log)
    assert report.verdict is Verdict.TRUE
    assert [found.code for found in report.findings] == ["no-manifest"]


def test_a_manifest_cannot_point_outside_the_bundle(world, log, tmp_path):
    (tmp_path / "outside").write_bytes(b"x")
    said = json.loads((log / "manifest.json").read_text())
    said["files"]["../outside"] = hashlib.sha256(b"x").hexdigest()
    (log / "manifest.json").write_text(json.dumps(said))
    (report,) = world.check(log)
    assert any("../outside" in found.message for found in report.findings)
    assert report.verdict is Verdict.FALSE


def test_a_file_that_does_not_belong_is_mentioned(world, log):
    (log / "note.txt").write_text("hello")
    (report,) = world.check(log)
    assert report.verdict is Verdict.TRUE
    assert "note.txt is not in the manifest" in report.findings[0].message


def test_heads_of_another_log_in_a_bundle_are_refused(world, log):
    head = checkpoint.sign(checkpoint.Checkpoint("accord.test/southtown/2026", 1, bytes(32)), world.signer)
    (log / "heads.jsonl").write_text(json.dumps({"size": 1, "note": head.render()}) + "\n")
    assert any(found.code == "heads" for found in world.check(log)[0].findings)


def test_an_entry_of_another_log_under_a_true_signature_is_seen(world, log):
    bodies = bodies_in(log)
    bodies[4] = changed(bodies[4], log="accord.test/southtown/2026", partnership="southtown")
    bodies[7] = b'{"v":1}'
    rewrite(log, bodies, key=world.signer)
    (report,) = world.check(log)
    assert {found.code: found.index for found in report.findings} == {"other-log": 4, "entry-form": 7}


# -- several files at once


def test_a_directory_is_searched_and_its_files_are_held_against_each_other(world, log, tmp_path):
    entry = world.fill(1)[0]
    (tmp_path / "one.tlog-proof").write_text(world.receipt(entry))
    (tmp_path / "two.receipt.json").write_text(receipt.wrap(world.receipt(entry)))
    (tmp_path / "old.head").write_text(world.head(4))
    reports = world.check(tmp_path)
    assert [report.kind for report in reports] == ["bundle", "head", "receipt", "receipt"]
    assert {report.verdict for report in reports} == {Verdict.TRUE}
    assert {report.verdict for report in world.check(tmp_path, policy=NOBODY)} == {Verdict.CANNOT_TELL}


def test_a_bundle_that_a_kept_head_proves_vouches_for_the_receipts_beside_it(world, tmp_path):
    entry = world.fill(3)[1]
    (tmp_path / "early.tlog-proof").write_text(world.receipt(entry))
    world.fill(3)
    world.export(tmp_path / "bundle")
    reports = world.check(tmp_path, policy=NOBODY, heads=(world.head(),))
    assert [report.verdict for report in reports] == [Verdict.TRUE, Verdict.TRUE]


def test_a_receipt_of_another_history_than_the_bundle_beside_it_is_seen(world, log, tmp_path):
    bodies = bodies_in(log)
    fork = shutil.copytree(log, tmp_path / "fork")
    edit(bodies)
    rewrite(fork, bodies, key=world.signer)
    theirs = tmp_path / "theirs.head"
    theirs.write_bytes((fork / "checkpoint").read_bytes())
    reports = world.check(log, theirs)
    assert [report.verdict for report in reports] == [Verdict.TRUE, Verdict.FALSE]
    mine = tmp_path / "mine.head"
    mine.write_bytes((log / "checkpoint").read_bytes())
    reports = world.check(mine, theirs)
    assert [(report.kind, report.verdict) for report in reports][-1] == ("comparison", Verdict.FALSE)


def test_a_year_dropped_at_its_end_is_seen_from_the_year_after(world, tmp_path):
    world.fill(5)
    cut = world.export(tmp_path / "cut" / "2026")
    whole = tmp_path / "whole"
    world.fill(2)
    world.export(whole / "2026")
    world.at = datetime(2027, 1, 1, tzinfo=UTC)
    (entry,) = world.fill(1)
    for folder in (whole, cut.parent):
        world.export(folder / "2027", entry.log)
    assert [report.verdict for report in world.check(whole)] == [Verdict.TRUE, Verdict.TRUE]
    reports = world.check(cut.parent)
    assert reports[0].first_bad == 6
    assert "the opening of accord.test/northtown/2027 has 8 entries" in reports[0].findings[0].message


# -- keys


def test_a_bundle_over_three_keys_verifies_by_the_first_key_alone(world, tmp_path):
    world.fill(2)
    first = world.signer
    for _ in range(2):
        old, new = world.signer, Signer.load(new_signing_key("accord.test"))
        world.add(world.entry(kind="keys:rotated", **keychange.facts(old.verifier, new.verifier)))
        world.drain(old, new)
        world.signer = new
        world.fill(2)
    directory = world.export(tmp_path / "bundle")
    assert world.check(directory, policy=Policy((first.verifier,)))[0].findings == ()
    assert world.check(directory, policy=world.policy)[0].findings == ()
    stranger = Policy((Signer.load(new_signing_key("accord.test")).verifier,))
    assert world.check(directory, policy=stranger)[0].verdict is Verdict.FALSE


def test_a_new_key_that_the_old_one_never_signed_for_is_refused(world, tmp_path):
    world.fill(2)
    first, thief = world.signer, Signer.load(new_signing_key("accord.test"))
    world.add(world.entry(kind="keys:rotated", **keychange.facts(first.verifier, thief.verifier)))
    world.drain(thief)
    directory = world.export(tmp_path / "bundle")
    (report,) = world.check(directory, policy=Policy((first.verifier,)))
    assert [found.message for found in report.findings] == [
        "The bundle's head: no key that you hold has signed this head."
    ]


# -- the command


def run(*arguments: object) -> tuple[int, str, str]:
    """Run the command as a stranger would: another process, the network and every database forbidden."""
    program = (
        "import sys\n"
        "class Forbid:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in {'sqlalchemy', 'flask', 'socket', 'sqlite3', 'psycopg', 'ssl'}:\n"
        "            raise ImportError(f'{name} is forbidden here')\n"
        "sys.meta_path.insert(0, Forbid())\n"
        "import runpy\n"
        "sys.argv[0] = 'verify'\n"
        "runpy.run_module('sharing.ledger.verify', run_name='__main__', alter_sys=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_the_command_needs_no_database_no_web_and_no_network(world, log, tmp_path):
    proof = tmp_path / "a.tlog-proof"
    proof.write_text(world.receipt(world.fill(1)[0]))
    key = tmp_path / "northtown.vkey"
    key.write_text(world.key + "\n")
    head = tmp_path / "kept.head"
    head.write_text(world.head(5))
    code, out, err = run(log, proof, head, "--key", key, "--head", head)
    assert (code, err) == (0, "")
    assert out.startswith(f"true: {log} (bundle, accord.test/northtown/2026, 10 entries)\n")
    assert run(log, proof, "--key", world.key)[0] == 0


def test_the_command_answers_in_words_and_exit_codes(world, log, tmp_path):
    assert run(log)[0] == 4
    rewrite(log, bodies_in(log)[:6], hashes=False)
    code, out, _ = run(log, "--key", world.key)
    assert code == 1
    assert out.startswith("FALSE: ")
    assert "✗ " in out
    assert run(tmp_path / "nothing")[0] == 2


def test_the_command_answers_in_json(world, log):
    bodies = bodies_in(log)
    edit(bodies)
    rewrite(log, bodies)
    code, out, _ = run(log, "--key", world.key, "--json")
    answer = json.loads(out)
    assert (code, answer["exit"], answer["verdict"]) == (1, 1, "false")
    assert answer["reports"][0]["first_bad_entry"] == 4
    assert answer["reports"][0]["log"] == world.log


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["{log}", "--key", "nonsense"],
        ["{log}", "--policy", "{log}/checkpoint"],
        ["{log}", "--head", "{log}/manifest.json"],
        ["{log}", "--head", "/nowhere"],
        ["{log}", "--payload", "/nowhere"],
        ["{log}", "--key", "{key}", "--policy", "{log}/checkpoint"],
        ["{log}", "--unknown"],
        ["{log}/tile"],
    ],
)
def test_wrong_usage_is_said_and_ends_with_2(world, log, arguments, capsys):
    filled = [argument.format(log=log, key=world.key) for argument in arguments]
    assert verify.main(filled) == 2
    assert capsys.readouterr().err


def test_a_witness_key_is_not_taken_for_a_logs(log, capsys):
    witness = Signer.load(new_signing_key("police.example", COSIGNATURE)).verifier.vkey
    assert verify.main([str(log), "--key", witness]) == 2
    assert "a witness's key" in capsys.readouterr().err


def test_a_policy_file_can_ask_for_the_partners_cosignature(world, log, tmp_path, capsys):
    police = Signer.load(new_signing_key("police.example", COSIGNATURE))
    rules = tmp_path / "policy"
    rules.write_text(f"log {world.key}\nwitness police {police.verifier.vkey}\nquorum police\n")
    head = tmp_path / "a.head"
    head.write_text(world.head())
    assert verify.main([str(head), "--policy", str(rules)]) == 1
    assert "Too few witnesses" in capsys.readouterr().out
    _, note = checkpoint.parse(world.head().encode())
    head.write_text(cosignature.cosign(note, police, 1_790_000_000).render())
    assert verify.main([str(head), "--policy", str(rules)]) == 0


def test_a_file_that_is_nothing_known_is_refused(world, tmp_path):
    for name, data in (("a", b"hello"), ("a.head", b"hello"), ("a.tlog-proof", b""), ("a.receipt.json", b"{}")):
        (tmp_path / name).write_bytes(data)
        (report,) = world.check(tmp_path / name)
        assert report.verdict is Verdict.FALSE
        assert report.findings[0].message


def test_the_payload_of_a_receipt_can_be_given(world, tmp_path, capsys):
    import uuid

    from sharing.ledger import commitment

    opening = commitment.open_for(uuid.uuid4(), ["name"], b"payload")
    entry = world.entry(kind="disclosure:released", **commitment.batch_facts([opening.commitment()]))
    world.add(entry)
    world.drain()
    with world.session() as session:
        opened = (opening, commitment.prove_in_batch([opening.commitment()], 0))
        (tmp_path / "r.tlog-proof").write_text(prove.receipt(session, entry.log, entry.id, opened).render())
    (tmp_path / "right").write_bytes(b"payload")
    (tmp_path / "wrong").write_bytes(b"other")
    for name, code in (("right", 0), ("wrong", 1)):
        arguments = [str(tmp_path / "r.tlog-proof"), "--key", world.key, "--payload", str(tmp_path / name)]
        assert verify.main(arguments) == code


# -- certificates


def a_pdf(*streams: bytes) -> bytes:
    return b"%PDF-1.7\n" + b"".join(b"1 0 obj<<>>stream\n" + s + b"\nendstream endobj\n" for s in streams) + b"%%EOF\n"


@pytest.mark.parametrize("pack", [lambda data: data, zlib.compress], ids=["plain", "deflated"])
def test_the_receipt_attached_to_a_certificate_is_checked(world, tmp_path, pack):
    text = world.receipt(world.fill(1)[0]).encode()
    file = tmp_path / "certificate.pdf"
    file.write_bytes(a_pdf(b"page", pack(text), zlib.compress(b"another")))
    (report,) = world.check(file)
    assert (report.kind, report.verdict) == ("certificate", Verdict.TRUE)


def test_a_certificate_has_exactly_one_receipt(world, tmp_path):
    one, two = (world.receipt(entry).encode() for entry in world.fill(2))
    for streams, why in (((b"page",), "no receipt"), ((one, two), "more than one")):
        file = tmp_path / "certificate.pdf"
        file.write_bytes(a_pdf(*streams))
        assert why in world.check(file)[0].findings[0].message
    assert certificate.attached_receipt(a_pdf(one, one)) == one


def test_a_lineage_that_cannot_be_read_is_none(tmp_path, log):
    assert bundle_check.lineage(tmp_path) is None
    assert bundle_check.lineage(log) is None
