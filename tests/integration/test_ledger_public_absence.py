"""The answer that nothing about a reference left: made here, checked by a stranger against the whole log, and by nothing less."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from portal import cli
from protocols.moments import LONDON
from sharing.ledger import absence, read
from tests.integration.disclosure_world import NAME
from tests.integration.ledger_public_world import P, Public, make_public

REF, OTHER = "MH-2026-0001", "MH-2026-0002"


@pytest.fixture
def public(store, database_url, tmp_path, monkeypatch, capsys) -> Iterator[Public]:
    """Two days ago something about one record left. In the first days of a year its log would be another one."""
    today = datetime.now(UTC)
    today += timedelta(days=5 if (today.month, today.day) < (1, 6) else 0)
    with time_machine.travel(today - timedelta(days=2), tick=True):
        made = make_public(store, database_url, tmp_path, monkeypatch, capsys)
        made.world.deposit(REF)
        made.world.deposit(OTHER)
        made.world.decide(made.world.ask().request_id)
    with time_machine.travel(today, tick=True):
        yield made


def days(back: int = 2) -> tuple[str, str]:
    day = (datetime.now(LONDON) - timedelta(days=back)).date().isoformat()
    return day, day


def ask(public: Public, reference: str, *more: object, back: int = 2) -> int:
    first, last = days(back)
    given = ("--partnership", P, "--reference", reference, "--from", first, "--to", last)
    return public.run("none", *given, *more)


def answered(public: Public, reference: str = OTHER) -> Path:
    path = public.folder / "answer.absence.json"
    assert ask(public, reference, "-o", path) == cli.DONE, public.err
    return path


def verify(public: Public, *arguments: object) -> tuple[int, list[dict]]:
    code = public.police.run("verify", *arguments, "--json")
    reports = public.police.said()["reports"] if public.police.out else []
    return code, [finding for report in reports for finding in report["findings"] if report["kind"] == "absence"]


def codes(findings: list[dict]) -> set[str]:
    return {finding["code"] for finding in findings}


def test_a_stranger_checks_the_answer_against_an_export_and_reads_what_it_does_not_show(public):
    path = answered(public)
    assert "Nothing about" in public.out
    assert "what goes under another reference" in public.out
    code, found = verify(public, path, public.export(), "--key", public.key)
    assert (code, codes(found)) == (cli.DONE, {"absent", "mentioned", "not-shown"})
    (mentioned,) = [finding["message"] for finding in found if finding["code"] == "mentioned"]
    assert "record:deposited" in mentioned
    assert f"Nothing about “{OTHER}” from {days()[0]}" in found[0]["message"]


def test_what_did_leave_is_named_and_no_answer_is_made(public):
    path = public.folder / "answer.absence.json"
    assert ask(public, REF, "-o", path, "--json") == cli.NO
    (left,) = public.said()["left"]
    assert not path.exists()
    with public.world.store.reading() as session:
        found = read.entries(session, public.log, before=left["index"] + 1, limit=1)[0]
    assert (found.entry.type, found.entry.facts["subject_ref"]) == ("disclosure:released", REF)
    assert ask(public, REF, back=3) == cli.DONE  # the day before, nothing did


def test_another_spelling_of_the_reference_hides_nothing(public):
    for spelling in (REF.lower(), f" {REF} ", REF.replace("-2026", "- 2026")):
        assert ask(public, spelling) == cli.NO


def test_an_answer_that_was_written_for_something_that_left_is_false(public):
    path = answered(public)
    said = json.loads(path.read_text())
    path.write_bytes(absence.canonical.encode({**said, "reference": REF}) + b"\n")
    code, found = verify(public, path, public.export(), "--key", public.key)
    assert code == cli.NO
    assert codes(found) == {"left", "mentioned", "not-shown"}


def test_without_the_whole_log_or_a_key_nobody_can_tell(public):
    path, bundle = answered(public), public.export()
    assert verify(public, path, "--key", public.key)[0] == cli.CANNOT_TELL
    assert verify(public, path, bundle)[0] == cli.CANNOT_TELL
    early = public.folder / "early"
    early.mkdir()
    short = json.loads(path.read_text())
    later = public.run("head", "--partnership", P)
    assert later == cli.DONE
    for _ in range(2):  # the log grows, and the answer is given anew
        longer = public.folder / f"longer{len(list(public.folder.iterdir()))}.absence.json"
        assert ask(public, OTHER, "-o", longer) == cli.DONE
    code, found = verify(public, longer, bundle, "--key", public.key)
    assert (code, codes(found)) == (cli.CANNOT_TELL, {"no-log", "not-shown"})
    assert short["heads"] != json.loads(longer.read_text())["heads"]


def test_an_export_that_lacks_an_entry_or_was_altered_does_not_carry_the_answer(public):
    path, bundle = answered(public), public.export()
    for file in bundle.rglob("tile/entries/**/*"):
        if file.is_file():
            data = file.read_bytes()
            assert REF.encode() in data
            file.write_bytes(data.replace(REF.encode(), b"MH-2026-0009"))
    code, found = verify(public, path, bundle, "--key", public.key)
    assert code == cli.NO
    assert "absent" not in codes(found)


def test_a_day_that_is_not_over_is_not_answered(public):
    assert ask(public, OTHER, back=0) == cli.NO
    assert "is not over" in public.err
    assert ask(public, "  ") == cli.NO


def test_days_before_the_log_began_are_answered_by_what_its_first_entry_says(public):
    path = public.folder / "answer.absence.json"
    given = ("--partnership", P, "--reference", OTHER, "--from", "2019-01-01", "--to", "2019-03-31")
    assert public.run("none", *given, "-o", path) == cli.DONE
    bundle = public.export()
    code, found = verify(public, path, bundle, "--key", public.key)
    assert (code, codes(found)) == (cli.DONE, {"absent", "begins", "not-shown"})
    assert verify(public, path, "--key", public.key)[0] == cli.CANNOT_TELL


def test_an_answer_made_to_look_as_if_the_day_were_over_is_not_believed(public):
    path = answered(public)
    said = json.loads(path.read_text())
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    ends = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC) + timedelta(days=1)
    ahead = {**said, "to": tomorrow.isoformat(), "ends": absence.moment_text(ends)}
    path.write_bytes(absence.canonical.encode(ahead) + b"\n")
    code, found = verify(public, path, public.export(), "--key", public.key)
    assert code == cli.CANNOT_TELL
    assert "too-early" in codes(found)
    for changed in ({"starts": said["ends"]}, {"heads": []}, {"from": "2026-13-01"}, {"reference": ""}, {"more": 1}):
        path.write_bytes(absence.canonical.encode({**said, **changed}) + b"\n")
        assert verify(public, path, "--key", public.key)[0] == cli.NO


def test_the_reference_asked_about_is_written_nowhere_in_the_ledger(public):
    assert ask(public, NAME) == cli.DONE
    public.world.store.integrate()
    with public.world.store.reading() as session:
        found = read.entries(session, public.log, limit=1)[0].entry
    assert found.type == "ledger:stated_absence"
    assert set(found.facts) == {"from", "to"}
