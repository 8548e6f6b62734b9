"""A partner co-signs heads with its own key, and never two that are not one history."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from ledger_world import World
from partner_world import Officer

from portal import cli
from portal.commands import witness
from sharing.errors import InvalidError
from sharing.ledger import checkpoint, cosignature, cosigner, note
from sharing.ledger.checkpoint import Checkpoint, Signer, new_signing_key
from sharing.ledger.compared import Named
from sharing.ledger.cosigner import Cosigner
from sharing.ledger.note import Verifier


@pytest.fixture
def world(make_database):
    made = World(make_database("sqlite"))
    made.fill(9)
    yield made
    made.close()


@pytest.fixture
def officer(tmp_path, capsys, monkeypatch) -> Officer:
    for name in ("ACCORD_HOME", "ACCORD_DATABASE_URL"):
        monkeypatch.setenv(name, str(tmp_path / "nowhere"))
    made = Officer(tmp_path / "officer", capsys)
    made.vkey = made.make_key()
    return made


def forged(world: World, size: int, *, signer: Signer | None = None) -> str:
    """A head of another history, signed as the installation signs."""
    return checkpoint.sign(Checkpoint(world.log, size, bytes([size] * 32)), signer or world.signer).render()


def remembered(officer: Officer) -> dict[str, int]:
    logs = json.loads(officer.memory.read_text())["logs"]
    return {log: checkpoint.parse(each["head"].encode())[0].size for log, each in logs.items()}


# -- keys


def test_a_new_key_is_private_and_its_public_half_stands_in_a_policy(officer):
    assert stat.S_IMODE(officer.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(officer.memory.stat().st_mode) == 0o600
    verifier = Verifier.parse(officer.vkey)
    assert (verifier.name, verifier.kind) == ("police.example", note.COSIGNATURE)
    assert officer.key.read_text().rsplit("+", 1)[1].strip() not in officer.out + officer.err


@pytest.mark.parametrize("gone", ["", ".seen"])
def test_a_key_or_its_memory_is_never_overwritten(officer, gone):
    before = [path.read_bytes() for path in (officer.key, officer.memory)]
    if gone:
        officer.key.rename(officer.key.with_name("aside"))
    assert officer.run("ledger", "new-key", "police.example", "-o", officer.key) == cli.NO
    assert "never overwritten" in officer.err
    if gone:
        assert not officer.key.exists()
        officer.key.with_name("aside").rename(officer.key)
    assert [path.read_bytes() for path in (officer.key, officer.memory)] == before


def test_a_name_that_no_key_can_bear_is_refused(officer):
    assert officer.run("ledger", "new-key", "two words", "-o", officer.folder / "x") == cli.NO
    assert not (officer.folder / "x").exists()


def not_private(path: Path) -> None:
    path.chmod(0o640)


def damaged(path: Path) -> None:
    path.write_text(path.read_text().replace("police", "polite"))


def a_log_key(path: Path) -> None:
    path.write_text(new_signing_key("police.example"))


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [not_private, damaged, a_log_key, gone])
def test_what_is_no_private_co_signing_key_is_wrong_usage(officer, world, change):
    change(officer.key)
    assert officer.cosign(officer.keep("a.head", world.head())) == cli.USAGE
    assert officer.out == ""


# -- co-signing


def test_a_head_is_co_signed_with_the_time_and_kept_in_mind(officer, world):
    head = officer.keep("a.head", world.head())
    assert officer.cosign(head, "--log-key", world.key, "-o", officer.folder / "b.head") == cli.DONE, officer.err
    signed = note.parse((officer.folder / "b.head").read_bytes())
    seen = cosignature.cosigned_by(signed, Verifier.parse(officer.vkey))
    assert seen is not None
    assert abs(seen.at - (officer.folder / "b.head").stat().st_mtime) < 60
    assert signed.text == note.parse(head.read_bytes()).text
    assert signed.signed_by([world.signer.verifier.named(world.log)])
    assert remembered(officer) == {world.log: 10}
    assert officer.run("verify", officer.folder / "b.head", "--key", world.key) == cli.DONE


def test_without_a_place_the_head_is_printed_and_what_was_not_checked_is_said(officer, world):
    head = officer.keep("a.head", world.head())
    assert officer.cosign(head) == cli.DONE
    assert cosignature.cosigned_by(note.parse(officer.out.encode()), Verifier.parse(officer.vkey))
    assert "first head" in officer.err
    assert "--log-key" in officer.err
    assert officer.cosign(head, "--json") == cli.DONE
    assert officer.said()["size"] == 10
    assert "first head" not in officer.err


def test_the_same_head_can_be_co_signed_again_and_bears_one_line_of_each_key(officer, world):
    head = officer.keep("a.head", world.head())
    for _ in range(3):
        assert officer.cosign(head, "-o", head) == cli.DONE
    assert len(note.parse(head.read_bytes()).signatures) == 2


def test_a_head_that_the_log_did_not_sign_is_refused_once_its_key_is_known(officer, world):
    other = Signer.load(new_signing_key("accord.test"))
    bad = officer.keep("bad.head", forged(world, 10, signer=other))
    good = officer.keep("good.head", world.head())
    assert officer.cosign(bad, "--log-key", world.key) == cli.NO
    assert remembered(officer) == {}
    assert officer.cosign(good, "--log-key", world.key) == cli.DONE
    assert officer.cosign(bad) == cli.NO  # the key was remembered
    assert "not signed by the log's key that you hold" in officer.err
    assert officer.cosign(good) == cli.DONE
    assert "--log-key" not in officer.err


def test_a_fork_of_the_same_size_is_refused_with_both_roots_and_signers(officer, world):
    assert officer.cosign(officer.keep("a.head", world.head())) == cli.DONE
    fork = officer.keep("fork.head", forged(world, 10))
    assert officer.cosign(fork) == cli.NO
    for text in (world.head(), forged(world, 10)):
        assert text.split("\n")[2] in officer.err
    assert officer.err.count(world.log) >= 3
    assert remembered(officer) == {world.log: 10}
    assert officer.cosign(officer.folder / "a.head") == cli.DONE


def test_an_older_head_is_refused_even_with_the_log_at_hand(officer, world, tmp_path):
    assert officer.cosign(officer.keep("a.head", world.head())) == cli.DONE
    old = officer.keep("old.head", world.head(5))
    for more in ((), ("--bundle", world.export(tmp_path / "bundle"))):
        assert officer.cosign(old, *more) == cli.NO
        assert "co-signed one with 10 already" in officer.err
    assert officer.cosign(officer.folder / "a.head") == cli.DONE


def test_a_larger_head_needs_the_log_and_passes_with_it(officer, world, tmp_path):
    assert officer.cosign(officer.keep("a.head", world.head(5)), "--log-key", world.key) == cli.DONE
    later = officer.keep("b.head", world.head())
    assert officer.cosign(later) == cli.CANNOT_TELL
    assert "accord ledger export" in officer.err
    assert remembered(officer) == {world.log: 5}
    assert officer.cosign(later, "--bundle", world.export(tmp_path / "bundle")) == cli.DONE
    assert remembered(officer) == {world.log: 10}


def test_a_bundle_that_ends_too_soon_or_is_in_disorder_relates_nothing(officer, world, tmp_path):
    early = world.export(tmp_path / "early")
    assert officer.cosign(officer.keep("a.head", world.head(5))) == cli.DONE
    world.fill(5)
    later = officer.keep("b.head", world.head())
    assert officer.cosign(later, "--bundle", early) == cli.CANNOT_TELL
    assert "ends before the 15 entries" in officer.err
    bundle = world.export(tmp_path / "bundle")
    lines = (bundle / "entries.jsonl").read_bytes()
    (bundle / "entries.jsonl").write_bytes(lines[:-1])
    assert officer.cosign(later, "--bundle", bundle) == cli.CANNOT_TELL
    (bundle / "entries.jsonl").write_bytes(lines)
    (entries,) = (file for file in (bundle / "tile/entries").rglob("*") if file.is_file())
    whole = entries.read_bytes()
    entries.write_bytes(whole.replace(b"u_7f", b"u_00", 1))
    assert officer.cosign(later, "--bundle", bundle) == cli.CANNOT_TELL
    assert remembered(officer) == {world.log: 5}
    entries.write_bytes(whole)
    assert officer.cosign(later, "--bundle", bundle) == cli.DONE


def test_a_bundle_under_a_strangers_key_relates_nothing(officer, world, tmp_path):
    assert officer.cosign(officer.keep("a.head", world.head(5)), "--log-key", world.key) == cli.DONE
    bundle = world.export(tmp_path / "bundle")
    head, _ = checkpoint.parse((bundle / "checkpoint").read_bytes())
    stranger = checkpoint.sign(head, Signer.load(new_signing_key("accord.test"))).render()
    (bundle / "checkpoint").write_text(stranger)
    assert officer.cosign(officer.keep("b.head", world.head()), "--bundle", bundle) == cli.CANNOT_TELL


def test_a_bundle_of_another_log_or_none_is_wrong_usage(officer, world, tmp_path):
    world.add(world.entry("southtown"))
    world.drain()
    other = world.export(tmp_path / "other", "accord.test/southtown/2026")
    assert officer.cosign(officer.keep("a.head", world.head(5))) == cli.DONE
    later = officer.keep("b.head", world.head())
    assert officer.cosign(later, "--bundle", other) == cli.USAGE
    assert officer.cosign(later, "--bundle", tmp_path / "none") == cli.USAGE
    assert officer.cosign(officer.folder / "none.head") == cli.USAGE
    assert officer.cosign(officer.key) == cli.USAGE
    assert officer.cosign(later, "--log-key", officer.vkey) == cli.USAGE
    assert "--log-key:" in officer.err


def test_logs_are_remembered_apart(officer, world):
    world.add(world.entry("southtown"))
    world.drain()
    southtown = checkpoint.sign(Checkpoint("accord.test/southtown/2026", 2, bytes(32)), world.signer).render()
    assert officer.cosign(officer.keep("a.head", world.head())) == cli.DONE
    assert officer.cosign(officer.keep("s.head", southtown)) == cli.DONE
    assert remembered(officer) == {world.log: 10, "accord.test/southtown/2026": 2}


# -- the memory


@pytest.mark.parametrize("content", [None, "", "{}", '{"format": "accord-seen@v1", "logs": {"x": {}}}', "[]"])
def test_without_its_memory_a_key_signs_nothing(officer, world, content):
    head = officer.keep("a.head", world.head())
    good = officer.memory.read_text()
    if content is None:
        officer.memory.unlink()
    else:
        officer.memory.write_text(content)
    assert officer.cosign(head) == cli.NO
    assert officer.out == ""
    officer.memory.write_text(good)
    assert officer.cosign(head) == cli.DONE


def test_a_memory_that_calls_one_log_another_is_damaged(officer, world):
    head = officer.keep("a.head", world.head())
    assert officer.cosign(head) == cli.DONE
    document = json.loads(officer.memory.read_text())
    document["logs"] = {"accord.test/southtown/2026": document["logs"][world.log]}
    officer.memory.write_text(json.dumps(document))
    assert officer.cosign(head) == cli.NO


def test_of_two_who_co_sign_at_once_only_one_does(officer, world):
    one, other = Cosigner(officer.key), Cosigner(officer.key)
    assert one.cosign(Named.read("a", world.head().encode()), 1)
    with pytest.raises(InvalidError, match="meanwhile"):
        other.cosign(Named.read("b", forged(world, 10).encode()), 1)
    assert [path.name for path in officer.folder.glob("*.part")] == []
    assert remembered(officer) == {world.log: 10}


def test_a_memory_half_written_stops_the_next_one_and_says_so(officer, world):
    head = officer.keep("a.head", world.head())
    part = officer.memory.with_name(officer.memory.name + ".part")
    part.write_text("half")
    assert officer.cosign(head) == cli.NO
    assert str(part) in officer.err
    part.unlink()
    assert officer.cosign(head) == cli.DONE


def test_it_is_remembered_before_the_signature_leaves(officer, world, monkeypatch):
    order = []
    monkeypatch.setattr(cosigner, "_settle", lambda folder: order.append("remembered"))
    monkeypatch.setattr(witness, "_write", lambda output, text: order.append("left"))
    officer.cosign(officer.keep("a.head", world.head()), "-o", officer.folder / "b.head")
    assert order == ["remembered", "left"]


def test_another_file_is_not_written_over_and_nothing_is_signed(officer, world):
    head, other = officer.keep("a.head", world.head()), officer.keep("b.head", world.head(5))
    assert officer.cosign(head, "-o", other) == cli.NO
    assert officer.cosign(head, "-o", officer.key) == cli.USAGE
    assert remembered(officer) == {}
    assert other.read_text() == world.head(5)


def test_a_head_that_is_full_of_signatures_is_left_alone(officer, world):
    full = world.head() + "— x AAAAAAAA\n" * 63
    assert officer.cosign(officer.keep("full.head", full)) == cli.NO
    assert remembered(officer) == {}
