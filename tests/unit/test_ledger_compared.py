"""Two people hold heads of one log: do they show one history? What decides, and what cannot be told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ledger_world import World
from partner_world import Officer

from portal import cli
from sharing.ledger import checkpoint
from sharing.ledger.checkpoint import Checkpoint, Signer, new_signing_key


@pytest.fixture
def world(make_database):
    made = World(make_database("sqlite"))
    made.fill(9)
    yield made
    made.close()


@pytest.fixture
def officer(tmp_path, capsys) -> Officer:
    return Officer(tmp_path / "officer", capsys)


@pytest.fixture
def bundle(world, tmp_path) -> Path:
    return world.export(tmp_path / "bundle")


def head(world: World, size: int, fill: int | None = None, signer: Signer | None = None) -> str:
    if fill is None:
        return world.head(size)
    return checkpoint.sign(Checkpoint(world.log, size, bytes([fill] * 32)), signer or world.signer).render()


def codes(officer: Officer) -> set[str]:
    return {found["code"] for found in officer.said()["findings"]}


def test_the_same_head_is_the_same_whoever_signed_besides(officer, world):
    one = officer.keep("one.head", head(world, 10))
    vkey = officer.make_key()
    assert officer.cosign(one, "-o", officer.folder / "two.head") == cli.DONE
    assert officer.compare(one, officer.folder / "two.head", "--json") == cli.DONE
    said = officer.said()
    assert [len(each["signers"]) for each in said["heads"]] == [1, 2]
    assert said["heads"][1]["signers"][1] == f"police.example ({vkey.split('+')[1]})"
    assert codes(officer) == {"same", "head", "unchecked"}


def test_a_split_view_is_told_with_log_size_roots_and_signers(officer, world):
    one, two = officer.keep("one.head", head(world, 10)), officer.keep("two.head", head(world, 10, 7))
    assert officer.compare(one, two) == cli.NO
    for told in (world.log, "first 10 entries", str(one), str(two), head(world, 10).split("\n")[2], "BwcHBwcH"):
        assert told in officer.out
    assert officer.out.count(f"signed by {world.log} (") == 2
    assert "not checked" in officer.out
    assert officer.compare(two, one, "--key", world.key) == cli.NO
    assert "not checked" not in officer.out


def test_a_head_that_the_log_did_not_sign_proves_no_split(officer, world):
    stranger = Signer.load(new_signing_key("accord.test"))
    one, two = officer.keep("one.head", head(world, 10)), officer.keep("two.head", head(world, 10, 7, stranger))
    assert officer.compare(one, two, "--key", world.key, "--json") == cli.NO
    assert codes(officer) == {"signature", "head"}
    false = head(world, 10).replace("\n10\n", "\n11\n")
    assert officer.compare(one, officer.keep("three.head", false), "--key", world.key, "--json") == cli.NO
    assert codes(officer) == {"signature", "head"}


def test_heads_of_two_sizes_need_the_log(officer, world, bundle):
    one, two = officer.keep("one.head", head(world, 4)), officer.keep("two.head", head(world, 10))
    for first, second in ((one, two), (two, one)):
        assert officer.compare(first, second, "--json") == cli.CANNOT_TELL
        assert "unrelated-head" in codes(officer)
        assert officer.compare(first, second, "--bundle", bundle, "--key", world.key, "--json") == cli.DONE
        assert codes(officer) == {"consistent", "head"}


@pytest.mark.parametrize(
    ("sizes", "forged"), [((4, 10), "older"), ((4, 10), "newer"), ((4, 10), "both"), ((4, 7), "newer")]
)
def test_the_log_says_which_head_shows_another_history(officer, world, bundle, sizes, forged):
    old, new = (
        head(world, size, 7 if forged in {name, "both"} else None)
        for size, name in zip(sizes, ("older", "newer"), strict=True)
    )
    one, two = officer.keep("older.head", old), officer.keep("newer.head", new)
    assert officer.compare(one, two, "--bundle", bundle, "--key", world.key, "--json") == cli.NO
    (fork,) = [found["message"] for found in officer.said()["findings"] if found["code"] == "fork"]
    assert [str(path) in fork for path in (one, two)] == [forged in {"older", "both"}, forged in {"newer", "both"}]
    (changed,) = [found for found in officer.said()["findings"] if found["code"] == "changed"]
    assert (changed["index"], changed["last"]) == ((0, 3) if forged != "newer" else (4, sizes[1] - 1))


def test_a_bundle_that_proves_nothing_is_called_so(officer, world, bundle, tmp_path):
    world.fill(2)
    one, two = officer.keep("one.head", head(world, 4)), officer.keep("two.head", head(world, 12))
    assert officer.compare(one, two, "--bundle", bundle, "--json") == cli.CANNOT_TELL
    assert "short-bundle" in codes(officer)
    forged = officer.keep("forged.head", head(world, 4, 7))
    assert officer.compare(forged, two, "--bundle", bundle) == cli.NO  # it reaches as far as the older one
    later = world.export(tmp_path / "later")
    empty = tmp_path / "empty"
    empty.mkdir()
    for break_it in ("tile", "checkpoint", "manifest.json"):
        broken = Path(shutil.copytree(later, tmp_path / f"without-{break_it}"))
        if break_it == "tile":
            shutil.rmtree(broken / break_it)
        else:
            (broken / break_it).write_bytes((broken / break_it).read_bytes()[:-9])
        assert officer.compare(one, two, "--bundle", broken, "--json") == cli.CANNOT_TELL
        assert "bundle" in codes(officer)
    assert officer.compare(one, two, "--bundle", empty) == cli.CANNOT_TELL
    assert officer.compare(one, two, "--bundle", later) == cli.DONE


def test_the_bundle_too_has_to_be_signed_by_the_key_that_is_held(officer, world, bundle):
    one, two = officer.keep("one.head", head(world, 4)), officer.keep("two.head", head(world, 10))
    own, _ = checkpoint.parse((bundle / "checkpoint").read_bytes())
    (bundle / "checkpoint").write_text(checkpoint.sign(own, Signer.load(new_signing_key("accord.test"))).render())
    assert officer.compare(one, two, "--bundle", bundle, "--key", world.key) == cli.CANNOT_TELL


def test_a_quorum_is_not_asked_of_heads_that_are_compared(officer, world, bundle):
    one, two = officer.keep("one.head", head(world, 4)), officer.keep("two.head", head(world, 10))
    policy = officer.keep("policy", f"log {world.key}\nwitness police {officer.make_key()}\nquorum police\n")
    assert officer.compare(one, two, "--bundle", bundle, "--policy", policy) == cli.DONE


def test_heads_of_other_logs_and_files_that_are_none_are_wrong_usage(officer, world, bundle):
    one = officer.keep("one.head", head(world, 4))
    other = officer.keep(
        "other.head", checkpoint.sign(Checkpoint("accord.test/southtown/2026", 4, bytes(32)), world.signer).render()
    )
    assert officer.compare(one, other) == cli.USAGE
    assert "southtown" in officer.err
    assert (
        officer.compare(
            other, officer.keep("larger.head", other.read_text().replace("\n4\n", "\n5\n")), "--bundle", bundle
        )
        == 2
    )
    assert officer.compare(one, bundle / "manifest.json") == cli.USAGE
    assert officer.compare(one, officer.folder / "none.head") == cli.USAGE
    assert officer.compare(one, one, "--bundle", officer.folder / "none") == cli.USAGE
    assert officer.compare(one, one, "--key", "x") == cli.USAGE
    assert officer.compare(one) == cli.USAGE
