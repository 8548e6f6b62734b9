"""Partners' co-signatures come back in, verified, and go out again with every head, export and receipt."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from portal import cli
from protocols.actions import Event
from protocols.actor import Actor
from sharing.ledger import checkpoint, cosignature, note, receipt, vouched
from sharing.ledger.checkpoint import Signer, Verifier
from tests.integration.ledger_public_world import COUNCIL, POLICE, P, Public, make_public
from tests.integration.rewriting import edit, rewrite


@pytest.fixture
def public(store, database_url, tmp_path, monkeypatch, capsys) -> Public:
    return make_public(store, database_url, tmp_path, monkeypatch, capsys)


def work(public: Public, times: int = 3) -> list:
    """Something is done, so many times; return the entries."""
    made = []
    for number in range(times):
        with public.world.store.unit(Actor(operator="test", partnership=P)) as unit:
            made.append(unit.record(Event.LEDGER_EXPORTED, facts={"n": number}))
    return made


def stranger(name: str) -> Verifier:
    """The key of a witness whom nobody here knows."""
    return Signer.load(note.new_signing_key(name, note.COSIGNATURE)).verifier


def test_a_co_signed_head_is_taken_in_once_and_goes_out_with_its_lines(public):
    assert "Nobody but us vouches for this log" in public.standing()["says"]
    police, council = public.register(public.police, POLICE), public.register(public.council, COUNCIL)
    file = public.cosigned(public.police, public.council)
    assert public.take(file) == cli.DONE, public.err
    assert public.out.count(". Kept.") == 2
    (facts,) = public.entries("ledger:took_cosignature")
    assert sorted(by["organisation"] for by in facts["by"]) == [COUNCIL, POLICE]

    before = public.size()
    assert public.take(file) == cli.DONE
    assert "was here already" in public.out
    assert public.size() == before  # nothing changed, nothing is recorded

    handed_out = public.folder / "signed.head"
    handed_out.write_text(public.head("--cosigned", "2"))
    assert handed_out.read_bytes() == file.read_bytes()
    rules = public.policy(police, council)
    assert public.police.run("verify", handed_out, "--policy", rules) == cli.DONE
    plain = public.police.keep("plain.head", public.head())
    assert public.police.run("verify", plain, "--policy", rules) == cli.NO
    assert public.run("head", "--partnership", P, "--cosigned", "3") == cli.NO


def test_an_export_as_of_the_co_signed_head_passes_the_quorum_and_one_of_now_says_how_far_it_goes(public):
    rules = public.policy(public.register(public.police, POLICE), public.register(public.council, COUNCIL))
    assert public.police.run("verify", public.export(), "--policy", rules) == cli.NO
    assert public.take(public.cosigned(public.police, public.council)) == cli.DONE
    work(public)
    assert public.police.run("verify", public.export("--cosigned", "2"), "--policy", rules) == cli.DONE
    now = public.export()
    assert public.police.run("verify", now, "--policy", rules, "--json") == cli.CANNOT_TELL
    (found,) = [each for each in public.police.said()["reports"][0]["findings"] if each["weight"] == "cannot tell"]
    assert found["code"] == "partly-vouched"
    assert "stand only under the log's own signature" in found["message"]
    unmet = public.policy(*(str(stranger(name)) for name in ("one.example", "two.example")))
    assert public.police.run("verify", now, "--policy", unmet) == cli.NO


def test_a_receipt_is_made_under_the_head_that_most_partners_co_signed(public):
    police, council = public.register(public.police, POLICE), public.register(public.council, COUNCIL)
    early, *_ = work(public)
    assert public.take(public.cosigned(public.police, public.council, name="a.head")) == cli.DONE
    (middle,) = work(public, 1)
    assert public.take(public.cosigned(public.police, name="b.head")) == cli.DONE
    (late,) = work(public, 1)
    rules = public.policy(police, council)
    answers = {}
    for name, made in {"early": early, "middle": middle, "late": late}.items():
        path = public.folder / f"{name}.tlog-proof"
        path.write_text(public.world.store.receipt(made.id))
        assert public.police.run("verify", path, "--key", public.key) == cli.DONE
        answers[name] = (
            len(receipt.parse(path.read_bytes()).head.signatures),
            public.police.run("verify", path, "--policy", rules),
        )
    assert answers == {"early": (3, cli.DONE), "middle": (2, cli.NO), "late": (1, cli.NO)}


def test_the_gap_is_said_plainly_with_who_vouches_and_since_when_nobody_does(public):
    public.register(public.police, POLICE)
    public.register(public.council, COUNCIL)
    assert public.take(public.cosigned(public.police)) == cli.DONE
    work(public, 2)
    said = public.standing()
    assert said["by"] == [POLICE]
    assert 0 < said["covered"] < said["size"]
    assert said["says"].startswith(f"{POLICE} co-signed the first {said['covered']} entries. Nobody but us vouches")
    assert {each["organisation"]: each["size"] for each in said["witnesses"]} == {
        POLICE: said["covered"],
        COUNCIL: None,
    }
    with public.world.store.reading() as session:
        (found,) = vouched.standings(session, P)
    later = found.since + timedelta(days=40, hours=1)
    assert "Nobody but us vouches for the last 40 days" in found.told(later)


def test_a_line_that_is_false_of_an_unknown_key_or_outside_the_keys_days_is_not_kept(public):
    assert public.take(public.police.keep("none.head", public.head())) == cli.NO
    vkey = public.register(public.police, POLICE)
    public.council.make_key("stranger.example")
    stranger = public.cosigned(public.council, name="stranger.head")
    assert public.take(stranger) == cli.NO
    assert "No partner whose key is registered" in public.err

    good = public.cosigned(public.police)
    text = good.read_text()
    signed = note.parse(good.read_bytes())
    line = signed.signatures[-1]
    bad = note.Signature(line.name, line.key_id, line.value[:-1] + bytes([line.value[-1] ^ 1]))
    false = public.police.keep("false.head", note.Note(signed.text, (*signed.signatures[:-1], bad)).render())
    assert public.take(false) == cli.NO
    assert "The co-signature is false" in public.err

    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date()
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date()
    again = ("witness", vkey, "--partnership", P, "--organisation", POLICE)
    for days in (("--from", tomorrow), ("--from", "2020-01-01", "--until", yesterday)):
        assert public.run(*again, *days) == cli.DONE
        assert public.take(good) == cli.NO
        assert "The key counts from" in public.err
    assert public.run(*again, "--from", "2020-01-01") == cli.DONE
    assert public.take(good) == cli.DONE
    assert text == good.read_text()


def test_a_co_signature_from_the_future_or_under_another_head_is_refused(public):
    public.register(public.police, POLICE)
    signer = Signer.load(public.police.key.read_text())
    plain = note.parse(public.head().encode())
    ahead = cosignature.cosign(plain, signer, int(time.time()) + 3 * 86_400)
    assert public.take(public.police.keep("ahead.head", ahead.render())) == cli.NO
    assert "a time that has not come" in public.err
    old = cosignature.cosign(plain, signer, int(time.time()))
    work(public)
    moved = note.parse(public.head().encode()).with_signature(old.signatures[-1])
    assert public.take(public.police.keep("moved.head", moved.render())) == cli.NO
    assert public.entries("ledger:took_cosignature") == []


def test_one_key_is_one_organisations_and_only_a_members(public):
    vkey = public.register(public.police, POLICE)
    given = ("witness", vkey, "--partnership", P)
    assert public.run(*given, "--organisation", COUNCIL) == cli.NO
    assert f"registered already, for {POLICE}" in public.err
    assert public.run(*given, "--organisation", "nobody-here") == cli.NO
    renamed = str(Verifier.parse(vkey).named("other.example"))
    assert public.run("witness", renamed, "--partnership", P, "--organisation", COUNCIL) == cli.NO
    assert public.run("witness", public.key, "--partnership", P, "--organisation", COUNCIL) == cli.NO
    assert "not for co-signing" in public.err
    size = public.size()
    assert public.run(*given, "--organisation", POLICE) == cli.DONE
    assert public.size() == size  # nothing was changed
    assert len(public.entries("ledger:registered_witness")) == 1


def test_a_head_that_our_own_key_signed_and_our_history_contradicts_is_an_entry_and_an_alarm(public):
    public.register(public.police, POLICE)
    work(public, 4)
    honest = public.cosigned(public.police)
    rewrite(public.world.store, public.place.url, public.log, edit)
    assert public.take(honest) == cli.NO
    assert "the log was rewritten, or the database was put back" in public.err
    (facts,) = public.entries("ledger:contradicted")
    assert facts["missing"] is False
    assert public.entries("ledger:took_cosignature") == []

    larger = Signer.load(public.world.store.keyring.secret("ledger-signing-key").decode())
    lost = checkpoint.sign(checkpoint.Checkpoint(public.log, 9_999, bytes(32)), larger)
    assert public.take(public.police.keep("lost.head", lost.render())) == cli.NO
    assert [each["missing"] for each in public.entries("ledger:contradicted")] == [True, False]


def test_a_strangers_log_and_a_strangers_key_are_turned_away(public):
    public.register(public.police, POLICE)
    own = Signer.load(public.world.store.keyring.secret("ledger-signing-key").decode())
    elsewhere = checkpoint.sign(checkpoint.Checkpoint("accord.test/elsewhere/2026", 3, bytes(32)), own)
    assert public.take(public.police.keep("elsewhere.head", elsewhere.render())) == cli.NO
    assert "There is no log" in public.err
    thief = Signer.load(note.new_signing_key("accord.test"))
    forged = checkpoint.sign(checkpoint.Checkpoint(public.log, 3, bytes(32)), thief)
    assert public.take(public.police.keep("forged.head", forged.render())) == cli.NO
    assert "not signed by this installation's key" in public.err
    assert public.entries("ledger:contradicted") == []


def test_partners_lines_never_stand_in_for_the_logs_own_signature(public):
    police, council = public.register(public.police, POLICE), public.register(public.council, COUNCIL)
    signed = note.parse(public.cosigned(public.police, public.council).read_bytes())
    only = public.police.keep("only.head", note.Note(signed.text, signed.signatures[1:]).render())
    assert public.police.run("verify", only, "--policy", public.policy(police, council)) == cli.NO
    assert public.take(only) == cli.NO
