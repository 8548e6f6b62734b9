"""From deposit to the end: once its time is over nothing of it can be opened anywhere, and the ledger still verifies."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy import text as sql

from portal import cli
from protocols.actions import Event
from sharing import disclosures
from sharing.errors import NotFoundError, NotPermittedError
from sharing.vault.model import RECORD_KEY
from tests.integration.backup_world import Two, everything_in
from tests.integration.disclosure_world import ADDRESS, HISTORY, NAME, PARTNERSHIP
from tests.integration.retention_world import EIGHT_YEARS, files_of, let_pass, sealed_bytes


def run_retention(two: Two) -> dict:
    """Look, then erase what was looked at, as the operator does."""
    seen = two.here.json("retention", "preview")
    assert seen["goes"]
    done = two.here.json("retention", "run", "--previewed", seen["code"])
    assert done["erased"] == len(seen["goes"])
    return seen


def a_receipt(two: Two) -> tuple[str, str]:
    """The receipt of the release, as its recipient keeps it, with the key to verify it with."""
    two.store.integrate()
    with two.store.reading() as session:
        made = disclosures.given_to(session, PARTNERSHIP, "model-police")[0]
    text = two.store.receipt(made.entry_id)
    assert text is not None
    return text, two.store.verifier_key


def test_after_its_time_nothing_can_be_opened_and_the_ledger_verifies(two: Two, tmp_path: Path):
    two.back_up("old.backup")
    kept, key = a_receipt(two)
    before = sealed_bytes(two.store)
    assert two.view()["subject.name"] == NAME
    assert before

    let_pass(two.store, EIGHT_YEARS)
    seen = run_retention(two)
    assert {"case_record", "disclosure", "information_request"} <= {each["table"] for each in seen["counts"]}

    # in the database: no key, no sealed cell, no index; the counts and what was decided stay
    assert sealed_bytes(two.store) == []
    with two.store.reading() as session:
        assert session.scalars(select(RECORD_KEY.c.record)).all() == []
        assert disclosures.records_of(session, PARTNERSHIP, "model-homes")[0].state == "shredded"
        (made,) = disclosures.given_to(session, PARTNERSHIP, "model-police")
        whole = disclosures.disclosure(session, PARTNERSHIP, made.id)
        assert {each.code for each in whole.fields if each.result != "withheld"} >= {"subject.name"}
    if two.store.engine.dialect.name == "sqlite":
        lying = b"".join(path.read_bytes() for path in files_of(two.store))
        assert not [cell for cell in before if cell in lying]
    with pytest.raises(NotPermittedError, match="may be kept has passed") as refused:
        two.view()
    assert refused.value.rule == "retention"

    # the receipt that the recipient kept, and the whole ledger, still verify
    kept_file = tmp_path / "kept.tlog-proof"
    kept_file.write_text(kept)
    assert two.here.run("verify", kept_file, "--key", key) == cli.DONE
    assert two.here.run("ledger", "verify", "--partnership", PARTNERSHIP) == cli.DONE

    # an old backup with the newest keys opens nothing, and those keys hold none of what went
    newest = Path(two.back_up("newest.backup")["keys_file"])
    packed = everything_in(newest)
    assert not [cell for cell in before if cell in packed or cell.hex().encode() in packed]
    two.there.take_keys_of(two.here.home)
    two.there.json("restore", two.file.with_name("old.backup"), "--keys", newest)
    with pytest.raises(NotFoundError):
        two.view_there()
    assert two.there.rows()["record_key"] == []


def test_an_old_backup_with_its_old_keys_repeats_the_erasures_from_an_export(two: Two, tmp_path: Path):
    two.back_up()
    let_pass(two.store, EIGHT_YEARS)
    gone = len(run_retention(two)["goes"])
    export = tmp_path / "export"
    assert two.here.run("ledger", "export", "--partnership", PARTNERSHIP, export) == cli.DONE
    assert two.restore("--export", export)["erased_again"] == gone
    with pytest.raises(NotFoundError):
        two.view_there()


def test_neither_the_log_nor_what_the_commands_say_holds_anything_of_it(
    sqlite_two: Two, caplog: pytest.LogCaptureFixture
):
    let_pass(sqlite_two.store, EIGHT_YEARS)
    assert sqlite_two.here.run("retention", "preview") == cli.DONE
    said = sqlite_two.here.capsys.readouterr()
    run_retention(sqlite_two)
    sqlite_two.store.integrate()
    with sqlite_two.store.reading() as session:
        bodies = session.scalars(sql("SELECT body FROM ledger_entry")).all()
    everything = said.out + said.err + caplog.text + "".join(map(str, bodies))
    assert str(Event.RECORD_SHREDDED) in everything
    for canary in (NAME, ADDRESS, HISTORY, "Quillfeather", "Marmalade"):
        assert canary not in everything


def test_a_year_that_is_over_is_destroyed_with_its_keys_so_that_no_backup_opens_it(two: Two):
    two.back_up()
    let_pass(two.store, EIGHT_YEARS)
    with two.store.reading() as session:
        made = disclosures.given_to(session, PARTNERSHIP, "model-police")[0]
    assert made.kept_until is not None
    year = str(made.kept_until.year)
    seen = two.here.json("keys", "shred", "--epoch", year)
    assert seen["records"] > 0
    assert two.here.run("keys", "shred", "--epoch", year, "--records", seen["records"] + 1) == cli.NO
    done = two.here.json("keys", "shred", "--epoch", year, "--records", seen["records"])
    assert done["records"] == seen["records"]
    assert done["keys"] > 0
    assert two.here.run("ledger", "verify", "--partnership", PARTNERSHIP) == cli.DONE
    two.restore()  # rows and keys of one old moment: only the keyring has changed since
    with pytest.raises(NotFoundError):
        two.view_there()


def test_one_record_is_erased_before_its_day_and_its_copies_with_it(sqlite_two: Two):
    with sqlite_two.store.reading() as session:
        record = disclosures.records_of(session, PARTNERSHIP, "model-homes")[0]
    assert sqlite_two.here.run("keys", "shred", record.id) == cli.NO  # nobody erases without saying why
    done = sqlite_two.here.json("keys", "shred", record.id, "--because", "erasure")
    assert len(done["copies"]) == 1
    with pytest.raises(NotPermittedError, match="erased"):
        sqlite_two.view()
    assert sqlite_two.here.run("keys", "shred", record.id, "--because", "erasure") == cli.NO
    assert "erased already" in sqlite_two.here.error()
