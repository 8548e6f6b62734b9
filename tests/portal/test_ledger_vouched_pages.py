"""The page on which a co-signed head is handed in, as the auditor and the co-ordinator meet it."""

from __future__ import annotations

import io
import re
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from protocols.actor import Actor
from sharing.ledger import absence, checkpoint, cosignature, note, read, witnesses
from sharing.ledger.checkpoint import Signer

PATH = "/auditor/ledger/vouched"
P = "model-csp"


@pytest.fixture
def world(model):
    return model[1]


@pytest.fixture
def police(world) -> Signer:
    """The police's key for co-signing, registered."""
    signer = Signer.load(note.new_signing_key("police.example", note.COSIGNATURE))
    command = witnesses.RegisterWitness(P, "model-police", str(signer.verifier), date(2020, 1, 1))
    with world.store.unit(Actor(operator="test", partnership=P)) as unit:
        witnesses.register_witness(unit, command)
    return signer


def head(world) -> note.Note:
    world.store.integrate()
    with world.store.reading() as session:
        return note.parse(read.head(session, read.logs(session, P)[0].origin).encode())


def send(visitor, data: bytes):
    return visitor.send(PATH, file=(io.BytesIO(data), "a.head"))


def test_the_auditor_hands_in_what_a_partner_co_signed_and_sees_who_vouches(model, world, police):
    auditor = model[0].sign_in("auditor@council.example")
    before = auditor.get(PATH).text
    assert "Nobody but us vouches for this log" in before
    assert "Never" in before
    answer = send(auditor, cosignature.cosign(head(world), police, int(time.time())).render().encode())
    assert answer.status_code == 200
    assert "Model Police co-signed the first" in answer.text
    assert datetime.now(UTC).strftime("%Y") in answer.text
    assert "Model Police co-signed the first" in auditor.get("/auditor/ledger").text


def test_the_coordinator_may_and_nobody_else(model, world, police):
    counter, _ = model
    signed = cosignature.cosign(head(world), police, int(time.time())).render().encode()
    coordinator = counter.sign_in("coordinator@council.example")
    assert send(coordinator, signed).status_code == 200
    officer = counter.sign_in("officer@police.example")
    assert officer.get(PATH).status_code == 403


def test_what_is_wrong_with_a_file_is_said_at_the_file_and_nothing_is_kept(model, world, police):
    auditor = model[0].sign_in("auditor@council.example")
    stranger = Signer.load(note.new_signing_key("stranger.example", note.COSIGNATURE))
    assert "Choose the file" in auditor.send(PATH).text
    for data, words in (
        (b"hello", "This is no head"),
        (head(world).render().encode(), "No partner whose key is registered"),
        (cosignature.cosign(head(world), stranger, 5).render().encode(), "stranger.example"),
    ):
        answer = send(auditor, data)
        assert answer.status_code == 400
        assert any(words in each for each in auditor.errors(answer)), auditor.errors(answer)
    assert "Nobody but us vouches for this log" in auditor.get(PATH).text


def test_a_second_history_under_our_own_key_is_an_alarm_on_the_page_and_in_the_ledger(model, world, police):
    auditor = model[0].sign_in("auditor@council.example")
    ours = checkpoint.parse_text(head(world).text)
    own = Signer.load(world.store.keyring.secret("ledger-signing-key").decode())
    other = checkpoint.sign(checkpoint.Checkpoint(ours.origin, ours.size, bytes(32)), own)
    answer = send(auditor, cosignature.cosign(other, police, int(time.time())).render().encode())
    assert answer.status_code == 409
    assert "the log was rewritten" in answer.text
    world.store.integrate()
    with world.store.reading() as session:
        kinds = [each.entry.type for each in read.entries(session, ours.origin)]
    assert "ledger:contradicted" in kinds


ABSENCE = "/auditor/ledger/absence"


def asked(day: date, reference: str = "MH-2026-0001") -> dict[str, str]:
    parts = {"day": str(day.day), "month": str(day.month), "year": str(day.year)}
    return {"reference": reference, **{f"{n}-{part}": v for n in ("first", "last") for part, v in parts.items()}}


def test_the_auditor_asks_whether_anything_left_and_takes_the_answer_away(model, world):
    world.deposit()
    auditor = model[0].sign_in("auditor@council.example")
    ended = datetime.now(UTC).date() - timedelta(days=2)
    answer = auditor.send(ABSENCE, **asked(ended))
    assert "Nothing about MH-2026-0001 left" in answer.text
    assert "Not shown: what was never recorded" in answer.text
    file = auditor.send(ABSENCE, **asked(ended), **{"as": "file"})
    assert absence.parse(file.data).question.reference == "MH-2026-0001"
    assert "attachment" in file.headers["Content-Disposition"]


def test_days_that_are_not_over_or_none_are_told_at_their_inputs(model, world):
    auditor = model[0].sign_in("auditor@council.example")
    today = datetime.now(UTC).date()
    answer = auditor.send(ABSENCE, **asked(today))
    assert answer.status_code == 400
    assert any("is not over" in each for each in auditor.errors(answer))
    assert auditor.send(ABSENCE, **asked(today, "")).status_code == 400
    assert auditor.send(ABSENCE, reference="x").status_code == 400
    assert model[0].sign_in("coordinator@council.example").get(ABSENCE).status_code == 403


def test_the_auditor_reads_beside_a_disclosure_that_the_rules_give_the_same_answer_again(model, world):
    world.deposit()
    world.decide(world.ask().request_id)
    auditor = model[0].sign_in("auditor@council.example")
    link = re.search(r"/auditor/log/[0-9a-f-]{36}", auditor.get("/auditor/log").text).group()
    assert "Judged again as at that day: the same answer." in auditor.get(link).text
