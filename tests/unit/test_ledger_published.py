"""Bytes that others wrote: a head that a public log signed and four strangers' witnesses co-signed, and C2SP's own example."""

from __future__ import annotations

from pathlib import Path

import pytest

from sharing.errors import TamperedError
from sharing.ledger import checkpoint, cosignature, note, policy
from sharing.ledger.note import Verifier

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "c2sp"
HEAD = (VECTORS / "cosigned.head").read_bytes()
POLICY = (VECTORS / "witnesses.policy").read_text()
WITNESSES = sorted(policy.parse(POLICY).witnesses)
AT = 1_779_573_024
"""The second at which the four of them co-signed, 2026-05-23 21:50:24 UTC."""


def test_a_public_logs_head_satisfies_a_quorum_of_all_its_witnesses():
    head, signed = checkpoint.parse(HEAD)
    held = policy.parse(POLICY)
    assert (head.origin, head.size) == ("arche2025h1.staging.ct.transparency.dev", 1_432_088_532)
    assert [key.name for key in held.check(head, signed)] == [head.origin]
    assert signed.render().encode() == HEAD


@pytest.mark.parametrize("name", WITNESSES)
def test_each_strangers_co_signature_verifies_by_itself_and_over_nothing_else(name):
    assert len(WITNESSES) == 4
    verifier = policy.parse(POLICY).witnesses[name]
    signed = note.parse(HEAD)
    seen = cosignature.cosigned_by(signed, verifier)
    assert seen is not None
    assert seen.at == AT
    for changed in (signed.text.replace("1432088532", "1432088533"), signed.text.replace("U7WM", "U7WN")):
        assert cosignature.cosigned_by(note.Note(changed, signed.signatures), verifier) is None


@pytest.mark.parametrize("name", WITNESSES)
def test_the_quorum_misses_each_one_that_is_taken_away(name):
    held = policy.parse(POLICY)
    head, signed = checkpoint.parse(HEAD)
    mine = signed.by(held.witnesses[name])
    without = note.Note(signed.text, tuple(line for line in signed.signatures if line not in mine))
    with pytest.raises(TamperedError, match="too few witnesses"):
        held.check(head, without)


def test_the_example_of_the_specification_of_signed_notes_verifies():
    verifier = Verifier.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    signed = note.parse((VECTORS / "signed-note.txt").read_bytes())
    assert signed.text == "This is an example message.\n"
    assert signed.signed_by([verifier]) == [verifier]
