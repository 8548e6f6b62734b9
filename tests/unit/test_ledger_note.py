"""Signed notes and their keys, against notes that others signed."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.errors import InvalidError, TamperedError
from sharing.ledger import base64_strict, checkpoint, cosignature, note, policy, tree
from sharing.ledger.checkpoint import Checkpoint, Comparison
from sharing.ledger.note import COSIGNATURE, Signer, Verifier, new_signing_key
from sharing.ledger.policy import Policy

# The example key and note of golang.org/x/mod/sumdb/note (BSD-3-Clause): another implementation's bytes.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NOTE = (
    TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

LOG = "accord.example/northtown/2026"
HEAD = Checkpoint(LOG, 3, tree.root_of(bytes(96)))


def a_signer(name="accord.example", kind=note.ED25519) -> Signer:
    return Signer.load(new_signing_key(name, kind))


def test_a_note_that_go_signed_verifies_and_ours_has_the_same_bytes():
    verifier = Verifier.parse(VKEY)
    read = note.parse(NOTE.encode())
    assert read.text == TEXT
    assert read.signed_by([verifier]) == [verifier]
    assert verifier.vkey == str(verifier) == VKEY
    assert note.sign(TEXT, Signer.load(SKEY)).render() == NOTE


def test_a_new_key_reads_back_and_never_shows_itself():
    text = new_signing_key("accord.example")
    signer = Signer.load(text)
    assert text.startswith("PRIVATE+KEY+accord.example+")
    assert Verifier.parse(signer.verifier.vkey) == signer.verifier
    secret = text.rsplit("+", 1)[1]
    assert secret not in repr(signer)
    with pytest.raises(ValueError, match="cannot name a key"):
        new_signing_key("two words")


@pytest.mark.parametrize("change", [("accord", "accorb"), ("PRIVATE", "PUBLIC"), ("+AQ", "+BQ"), ("=", "")])
def test_a_damaged_signing_key_is_refused_without_showing_it(change):
    text = "PRIVATE+KEY+accord.example+00000000+AQ" + "A" * 41 + "="
    with pytest.raises(TamperedError) as caught:
        Signer.load(text.replace(*change))
    assert "AAAA" not in str(caught.value)


@pytest.mark.parametrize(
    "vkey",
    ["", "a+b", "a+0000000g+AQ==", VKEY.replace("c7", "c8"), VKEY.replace("Peter", "Petra"), VKEY[:-1], "+" + VKEY],
)
def test_a_damaged_verification_key_is_refused(vkey):
    with pytest.raises(TamperedError):
        Verifier.parse(vkey)


@given(st.integers(0, len(NOTE.encode()) * 8 - 1))
def test_every_single_bit_of_a_signed_note_counts(bit):
    data = bytearray(NOTE.encode())
    data[bit // 8] ^= 1 << bit % 8
    try:
        signed = note.parse(bytes(data)).signed_by([Verifier.parse(VKEY)])
    except TamperedError:
        return
    assert not signed


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        NOTE.encode()[:-1],
        NOTE.replace("\n\n", "\n").encode(),
        NOTE.replace("— ", "- ").encode(),
        NOTE.replace("you ", "you\t").encode(),
        NOTE.replace("\n", "\r\n").encode(),
        b"\xff" + NOTE.encode(),
        (NOTE + "— Peter AAAA\n").encode(),
        (NOTE + "— Peter+ AAAAAAAA\n").encode(),
        (NOTE + "— Peter AAAAAAA=\n\n").encode(),
        NOTE.encode() + b"\xe2\x80\x94 x AAAAAAAA\n" * 64,
        b"x" * 300_000,
    ],
)
def test_what_is_no_signed_note_is_refused(data):
    with pytest.raises(TamperedError):
        note.parse(data)


def test_a_false_signature_of_a_known_key_makes_the_whole_note_worthless():
    one, two = a_signer("one.example"), a_signer("two.example")
    good = note.sign(TEXT, one, two)
    wrong = note.Signature("two.example", two.verifier.key_id, bytes(64))
    bad = note.Note(good.text, (good.signatures[0], wrong))
    assert good.signed_by([one.verifier, two.verifier]) == [one.verifier, two.verifier]
    assert bad.signed_by([one.verifier]) == [one.verifier]
    with pytest.raises(TamperedError, match="does not fit"):
        bad.signed_by([one.verifier, two.verifier])


def test_lines_of_unknown_keys_are_passed_over_even_under_a_known_name():
    mine, other = a_signer(), a_signer()
    signed = note.sign(TEXT, mine, other)
    assert signed.signed_by([mine.verifier]) == [mine.verifier]
    assert note.sign(TEXT, other).signed_by([mine.verifier]) == []


# -- heads


def test_a_head_reads_back_and_its_key_signs_under_the_logs_own_name():
    signer = a_signer()
    head = checkpoint.sign(HEAD, signer)
    read, read_note = checkpoint.parse(head.render().encode())
    assert read == HEAD
    assert [line.name for line in read_note.signatures] == [LOG]
    assert Policy((signer.verifier,)).check(read, read_note) == [signer.verifier.named(LOG)]
    assert Policy((signer.verifier.named(LOG),)).check(read, read_note) == [signer.verifier.named(LOG)]


@pytest.mark.parametrize("name", ["accord.exampl", "accord.example/northtow", "other.example", LOG + "/x"])
def test_a_key_speaks_only_for_the_logs_beneath_its_name(name):
    with pytest.raises(ValueError, match="does not sign for"):
        checkpoint.sign(HEAD, a_signer(name))
    head = checkpoint.sign(HEAD, a_signer())
    with pytest.raises(TamperedError, match="the key that you hold is for"):
        Policy((a_signer(name).verifier,)).check(HEAD, head)


ROOT = base64_strict.encode(HEAD.root)


@pytest.mark.parametrize(
    "text",
    [
        f"{LOG}\n03\n{ROOT}\n",
        f"{LOG}\n-3\n{ROOT}\n",
        f"{LOG}\n\uff13\n{ROOT}\n",
        f"{LOG}\n3\n{ROOT[:-4]}\n",
        f"{LOG}\n3\n{ROOT}",
        f"\n3\n{ROOT}\n",
        f"{LOG}\n3\n{ROOT}\nextension\n",
        f"{LOG}\n0\n{ROOT}\n",
        f"{LOG}\n3\n",
    ],
)
def test_a_head_in_another_form_is_refused(text):
    with pytest.raises(TamperedError):
        checkpoint.parse_text(text)


def test_two_heads_compare_by_size_and_root_alone():
    assert checkpoint.compare(HEAD, HEAD) is Comparison.SAME
    assert checkpoint.compare(HEAD, Checkpoint(LOG, 3, bytes(32))) is Comparison.FORKED
    assert checkpoint.compare(HEAD, Checkpoint(LOG, 4, bytes(32))) is Comparison.NEEDS_PROOF
    assert checkpoint.compare(HEAD, Checkpoint("x", 3, HEAD.root)) is Comparison.OTHER_LOG


# -- witnesses and policies


def test_a_cosignature_counts_only_over_the_head_that_was_seen():
    witness = a_signer("police.example", COSIGNATURE)
    head = cosignature.cosign(checkpoint.sign(HEAD, a_signer()), witness, 1_790_000_000)
    seen = cosignature.cosigned_by(note.parse(head.render().encode()), witness.verifier)
    assert seen is not None
    assert seen.at == 1_790_000_000
    other = note.Note(head.text.replace("3", "4", 1), head.signatures)
    assert cosignature.cosigned_by(other, witness.verifier) is None
    assert cosignature.cosigned_by(head, a_signer("police.example", COSIGNATURE).verifier) is None
    with pytest.raises(ValueError, match="not for co-signing"):
        cosignature.cosign(head, a_signer(), 1)


def test_a_policy_wants_its_log_and_its_quorum():
    log, other = a_signer(), a_signer()
    police, council, housing = (a_signer(f"{n}.example", COSIGNATURE) for n in ("police", "council", "housing"))
    held = policy.parse(
        f"# the partners\nlog {log.verifier.vkey}\n\nwitness police {police.verifier.vkey}\n"
        f"witness council {council.verifier.vkey} https://council.example/\n\twitness housing {housing.verifier.vkey}\n"
        "group public any police council\ngroup both all public housing\nquorum both\n"
    )
    head = checkpoint.sign(HEAD, log)
    with pytest.raises(TamperedError, match="quorum 'both'"):
        held.check(HEAD, head)
    head = cosignature.cosign(head, council, 1)
    with pytest.raises(TamperedError, match="too few witnesses"):
        held.check(HEAD, head)
    head = cosignature.cosign(head, housing, 2)
    assert held.check(HEAD, head)
    with pytest.raises(TamperedError, match="no key that you hold"):
        held.check(HEAD, checkpoint.sign(HEAD, other))


LOG_KEY = a_signer().verifier.vkey
WITNESS = a_signer("w.example", COSIGNATURE).verifier.vkey


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("", "", "no quorum"),
        ("quorum none\nquorum none", "line 2", "second quorum"),
        ("quorum someone", "line 1", "not defined above"),
        (f"log {LOG_KEY}\nlog {LOG_KEY}\nquorum none", "line 2", "twice"),
        (f"log {WITNESS}\nquorum none", "line 1", "0x01"),
        (f"witness a {LOG_KEY}\nquorum none", "line 1", "0x04"),
        (f"witness none {WITNESS}\nquorum none", "line 1", "taken"),
        (f"witness a {WITNESS}\nwitness b {WITNESS}\nquorum none", "line 2", "twice"),
        (f"witness a {WITNESS}\ngroup g 2 a\nquorum g", "line 2", "cannot need"),
        (f"witness a {WITNESS}\ngroup g 0 a\nquorum g", "line 2", "cannot need"),
        (f"witness a {WITNESS}\ngroup g any a a\nquorum g", "line 2", "already"),
        (f"witness a {WITNESS}\ngroup g any a\ngroup h any a\nquorum g", "line 3", "already"),
        ("group g any g\nquorum none", "line 1", "not defined"),
        ("trust everybody\nquorum none", "line 1", "unknown word"),
        ("log\nquorum none", "line 1", "expected: log"),
        ("quorum none\r\n", "line 1", "control"),
        ("log x+1+2\nquorum none", "line 1", "not a verification key"),
    ],
    ids=itertools.count(),
)
def test_a_wrong_policy_is_refused_at_its_line(text, where, why):
    with pytest.raises(InvalidError) as caught:
        policy.parse(text)
    assert any(problem.where == where and why in problem.message for problem in caught.value.problems)
