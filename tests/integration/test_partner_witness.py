"""Whoever owns the host rewrites history, with every key that is on it. A partner who kept a head finds out, and can prove it.

What the partner has is files: heads, a key of its own, exports that it asked for. Each test also shows that the same commands
pass an honest log that grew, and that nothing on the host itself could have told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portal import cli
from protocols.actions import Event
from protocols.actor import Actor
from sharing.ledger import checkpoint, note, read
from sharing.store import Store
from tests.integration.backup_world import Place
from tests.integration.rewriting import AT, Change, edit, remove, rewrite, smuggle, swap
from tests.unit.partner_world import Officer

P = "northtown"


@dataclass
class Host:
    """An installation, its command line, and whoever owns the machine."""

    store: Store
    place: Place
    exports: Path

    @property
    def key(self) -> str:
        return str(self.store.signer.verifier)

    @property
    def log(self) -> str:
        with self.store.reading() as session:
            return read.logs(session, P)[0].origin

    def work(self, times: int) -> None:
        """Something is done, so many times, each under a head of its own."""
        for number in range(times):
            with self.store.unit(Actor(operator="test", partnership=P)) as unit:
                unit.record(Event.LEDGER_EXPORTED, facts={"n": number})

    def head(self) -> str:
        assert self.place.run("ledger", "head", "--partnership", P) == cli.DONE
        return self.place.capsys.readouterr().out

    def export(self) -> Path:
        directory = self.exports / str(len(list(self.exports.iterdir())))
        assert self.place.run("ledger", "export", "--partnership", P, directory) == cli.DONE
        return directory

    def verify(self, *kept: Path) -> tuple[int, list[dict[str, Any]]]:
        """Verify where the log is kept; return the exit code, and what is false."""
        given = [part for head in kept for part in ("--from", head)]
        code = self.place.run("ledger", "verify", "--partnership", P, "--json", *given)
        reports = json.loads(self.place.capsys.readouterr().out)
        return code, [found for report in reports for found in report["findings"] if found["weight"] == "false"]

    def rewrite(self, change: Change) -> None:
        rewrite(self.store, self.place.url, self.log, change)


@pytest.fixture
def host(store, database_url, tmp_path, monkeypatch, capsys) -> Host:
    (tmp_path / "exports").mkdir()
    made = Host(store, Place(tmp_path / "home", database_url, monkeypatch, capsys), tmp_path / "exports")
    made.work(2)
    return made


@pytest.fixture
def police(tmp_path, capsys) -> Officer:
    return Officer(tmp_path / "police", capsys)


@pytest.fixture
def council(tmp_path, capsys) -> Officer:
    return Officer(tmp_path / "council", capsys)


def kept_over_time(host: Host, police: Officer) -> dict[int, Path]:
    """The partner keeps a head now and then: of 3, 5, 6 and 8 entries; then work goes on to 12."""
    heads = {}
    for times in (0, 2, 1, 2):
        host.work(times)
        text = host.head()
        size = checkpoint.parse(text.encode())[0].size
        heads[size] = police.keep(f"{size}.head", text)
    assert list(heads) == [3, 5, 6, 8]
    host.work(4)
    return heads


@pytest.mark.parametrize("change", [edit, remove, smuggle, swap])
def test_a_rewritten_history_is_seen_by_whoever_kept_last_months_head(host, police, change):
    heads = kept_over_time(host, police)
    honest = host.export()
    assert host.verify(*heads.values()) == (0, [])
    assert police.run("verify", honest, "--key", host.key, "--head", heads[8]) == cli.DONE

    host.rewrite(change)
    assert host.verify() == (0, [])  # nothing on the spot can tell
    code, (found,) = host.verify(heads[8])
    assert (code, found["index"], found["last"]) == (cli.NO, 0, 7)
    assert "the head that you hold states another root for the first 8 entries" in found["message"]
    rewritten = host.export()
    assert police.run("verify", rewritten, "--key", host.key) == cli.DONE  # nor the files alone
    assert police.run("verify", rewritten, "--key", host.key, "--head", heads[8]) == cli.NO
    assert police.run("verify", honest, "--key", host.key, "--head", heads[8]) == cli.DONE


@pytest.mark.parametrize(
    ("sizes", "first", "last"), [((8,), 0, 7), ((3, 8), 3, 7), ((5, 8), 5, 7), ((5, 6), 5, 5), ((3, 5, 6, 8), 5, 5)]
)
def test_the_first_wrong_entry_is_named_as_closely_as_the_heads_kept_allow(host, police, sizes, first, last):
    heads = kept_over_time(host, police)
    kept = [heads[size] for size in sizes]
    assert host.verify(*kept) == (0, [])
    host.rewrite(edit)
    assert host.verify() == (0, [])
    code, (found,) = host.verify(*kept)
    assert (code, found["index"], found["last"]) == (cli.NO, first, last)
    assert first <= AT <= last
    given = [part for head in kept for part in ("--head", head)]
    assert police.run("verify", host.export(), "--key", host.key, *given, "--json") == cli.NO
    (report,) = police.said()["reports"]
    (found,) = [found for found in report["findings"] if found["weight"] == "false"]
    assert (found["index"], found["last"]) == (first, last)


def test_two_partners_who_were_shown_two_histories_find_out_from_each_other(host, police, council):
    host.work(6)
    early = police.keep("early.head", host.head())
    honest = council.keep("honest.head", host.head())
    assert police.compare(early, honest, "--key", host.key) == cli.DONE
    host.work(2)
    seen = police.keep("seen.head", host.head())
    assert police.compare(early, seen, "--key", host.key) == cli.CANNOT_TELL
    assert police.compare(early, seen, "--key", host.key, "--bundle", host.export()) == cli.DONE

    seen.write_text(host.head())
    host.rewrite(edit)
    shown = council.keep("shown.head", host.head())
    assert (host.verify(), council.run("verify", shown, "--key", host.key)) == ((0, []), cli.DONE)
    assert police.compare(seen, shown, "--key", host.key, "--json") == cli.NO
    said = police.said()
    assert [found["code"] for found in said["findings"] if found["weight"] == "false"] == ["fork"]
    assert said["log"] == host.log
    assert [head["size"] for head in said["heads"]] == [said["size"]] * 2
    assert len({head["root"] for head in said["heads"]}) == 2
    assert all(head["signers"][0].startswith(host.log) for head in said["heads"])


def test_two_histories_of_two_lengths_are_told_apart_with_either_export(host, police, council):
    host.work(6)
    honest, seen = host.export(), police.keep("seen.head", host.head())
    host.rewrite(edit)
    host.work(3)
    shown = council.keep("shown.head", host.head())
    assert police.compare(seen, shown, "--key", host.key) == cli.CANNOT_TELL
    assert police.compare(seen, shown, "--key", host.key, "--bundle", host.export(), "--json") == cli.NO
    (changed,) = [found for found in police.said()["findings"] if found["code"] == "changed"]
    assert changed["index"] <= AT <= changed["last"]
    assert str(seen) in changed["message"]
    assert police.compare(seen, shown, "--key", host.key, "--bundle", honest) == cli.CANNOT_TELL  # it ends before


def policy(host: Host, folder: Path, police: str, council: str) -> Path:
    path = folder / "policy"
    witnesses = f"witness police {police}\nwitness council {council}\n"
    path.write_text(f"log {host.key}\n{witnesses}group partners all police council\nquorum partners\n")
    return path


def test_under_a_quorum_a_head_that_the_partners_did_not_co_sign_is_refused(host, police, council, tmp_path):
    rules = policy(host, tmp_path, police.make_key(), council.make_key("council.example"))
    host.work(6)
    head, signed = police.keep("a.head", host.head()), council.folder / "a.head"
    assert police.cosign(head, "--log-key", host.key, "-o", head) == cli.DONE
    assert police.run("verify", head, "--policy", rules) == cli.NO
    assert council.cosign(head, "--log-key", host.key, "-o", signed) == cli.DONE
    assert police.run("verify", signed, "--policy", rules) == cli.DONE
    assert police.run("verify", host.export(), "--key", host.key, "--head", signed) == cli.DONE

    grown = police.keep("grown.head", host.head())
    assert police.run("verify", grown, "--policy", rules) == cli.NO
    assert "Too few witnesses" in police.out
    bundle = host.export()
    for officer in (police, council):
        assert officer.cosign(grown, "--bundle", bundle, "-o", grown) == cli.DONE
    assert police.run("verify", grown, "--policy", rules) == cli.DONE


def test_partners_co_sign_no_rewritten_history_and_their_lines_cannot_be_moved_to_it(host, police, council, tmp_path):
    rules = policy(host, tmp_path, police.make_key(), council.make_key("council.example"))
    host.work(6)
    head = police.keep("a.head", host.head())
    for officer in (police, council):
        assert officer.cosign(head, "--log-key", host.key, "-o", head) == cli.DONE

    host.rewrite(edit)
    fork = police.keep("fork.head", host.head())
    lines = note.parse(head.read_bytes()).signatures[1:]
    moved = note.parse(fork.read_bytes())
    for line in lines:
        moved = moved.with_signature(line)
    assert police.run("verify", police.keep("moved.head", moved.render()), "--policy", rules) == cli.NO
    assert police.cosign(fork) == cli.NO
    host.work(2)
    longer, bundle = police.keep("longer.head", host.head()), host.export()
    for officer in (police, council):
        assert officer.cosign(longer, "--bundle", bundle) == cli.NO
        assert "another history" in officer.err
        assert officer.cosign(head) == cli.DONE
    assert police.run("verify", longer, "--policy", rules) == cli.NO
    assert police.run("verify", head, "--policy", rules) == cli.DONE
