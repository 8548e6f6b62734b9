"""A past disclosure is judged again: on its own day with the same answer, on another by the law and the texts of then."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from portal import cli
from sharing import disclosures
from sharing.errors import NotFoundError
from tests.integration.disclosure_world import ADDRESS, NAME, PARTNERSHIP
from tests.integration.ledger_public_world import Public, make_public


@pytest.fixture
def public(store, database_url, tmp_path, monkeypatch, capsys) -> Public:
    made = make_public(store, database_url, tmp_path, monkeypatch, capsys)
    made.world.deposit()
    made.world.decide(
        made.world.ask().request_id,
        allow={"subject.name": "as-is", "subject.dob": "age-band", "subject.address": "as-is"},
    )
    return made


def ref_of(public: Public, *, outcome: str = "") -> str:
    query = disclosures.LogQuery(outcome=outcome)
    with public.world.store.reading() as session:
        _, (found, *_) = disclosures.search_log(session, PARTNERSHIP, query)
    return found.ref


def replay(public: Public, *arguments: object) -> int:
    code = public.place.run("protocol", "replay", *arguments, "--partnership", PARTNERSHIP)
    public.out, public.err = public.place.capsys.readouterr()
    return code


def test_on_its_own_day_the_answer_is_the_same_and_cites_the_law(public):
    ref = ref_of(public)
    assert replay(public, ref) == cli.DONE, public.err
    assert "Judged again as at that day: the same answer." in public.out
    assert "gateway CDA115: CDA 1998 s115" in public.out
    assert replay(public, ref, "--json") == cli.DONE
    said = public.said()
    assert (said["same"], said["differs"]) == (True, {})
    assert said["answer"]["fields"]["subject.dob"]["form"] == "age-band"


def test_as_at_another_day_the_law_and_the_texts_of_that_day_answer(public):
    ref, store = ref_of(public), public.world.store
    before = store.clock.today() - timedelta(days=100)  # the protocol starts sixty days ago
    assert replay(public, ref, "--at", before, "--json") == cli.NO
    said = public.said()
    assert said["as_at"] == before.isoformat()
    assert said["differs"]["subject.name"] == {"was": "as-is", "now": None}
    assert said["answer"]["fields"]["subject.name"]["rule"] == "in-force"
    after = store.clock.today() + timedelta(days=300)  # its review was due
    assert replay(public, ref, "--at", after) == cli.NO
    assert "subject.name was as-is, would be withheld" in public.out


def test_judging_again_shows_no_value_leaves_no_entry_and_changes_nothing(public):
    ref, size = ref_of(public), public.size()
    assert replay(public, ref, "--json") == cli.DONE
    for value in (NAME, ADDRESS):
        assert value not in public.out
    json.loads(public.out)
    assert public.size() == size


def test_a_refusal_without_a_record_cannot_be_judged_and_an_unknown_reference_is_not_there(public):
    made = public.world.ask(subject_ref="MH-2026-0404")
    refuse = dict.fromkeys(("subject.name", "subject.dob", "subject.address"), ("discretion", "Not held"))
    public.world.decide(made.request_id, allow={}, refuse=refuse)
    with public.world.store.reading() as session:
        _, found = disclosures.search_log(session, PARTNERSHIP, disclosures.LogQuery(subject_ref="MH-2026-0404"))
        (each,) = found
        again = disclosures.judge_again(session, PARTNERSHIP, each.ref)
        assert again.answer is None
        assert "held no record" in again.told
        for partnership, ref in ((PARTNERSHIP, "D1999-00001"), ("elsewhere", each.ref)):
            with pytest.raises(NotFoundError):
                disclosures.judge_again(session, partnership, ref)
    assert replay(public, each.ref) == cli.CANNOT_TELL
    assert replay(public, "D1999-00001") == cli.NO
