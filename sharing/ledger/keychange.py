"""This module knows how a log changes its signing key: an entry names the new one, under a head that the old one signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from protocols.actions import Event
from sharing.errors import TamperedError
from sharing.ledger.checkpoint import Checkpoint
from sharing.ledger.entry import Entry
from sharing.ledger.note import Note, Verifier
from sharing.ledger.policy import Policy

FACT = "ledger_key"


@dataclass(frozen=True)
class KeyChange:
    """Entry `index` of a log says that `new` follows `old`. Nobody need believe it until `old` has signed a head over it."""

    index: int
    old: Verifier
    new: Verifier


def facts(old: Verifier, new: Verifier) -> dict[str, Any]:
    """Return the facts of the `keys:rotated` entry that announces a new signing key."""
    return {FACT: {"old": old.vkey, "new": new.vkey}}


def read(index: int, entry: Entry) -> KeyChange | None:
    """Return the change that the entry announces, or None. Raises TamperedError when it announces a malformed one."""
    if entry.type != Event.KEY_ROTATED or FACT not in entry.facts:
        return None
    said = entry.facts[FACT]
    if not isinstance(said, dict) or said.keys() != {"old", "new"}:
        raise TamperedError("the announced change of key is malformed")
    return KeyChange(index, Verifier.parse(str(said["old"])), Verifier.parse(str(said["new"])))


def follow(
    policy: Policy,
    changes: Sequence[KeyChange],
    heads: Sequence[tuple[Checkpoint, Note]],
    roots: Mapping[int, bytes],
) -> Policy:
    """Return the policy with every key that the held ones vouch for, directly or through one another.

    A key is taken over only when a key already trusted signed a head that covers the announcement and fits the entries (`roots`
    gives the recomputed root at each head's size). An unsigned change is no change.
    """
    for change in changes:
        known = [held for held in policy.logs if held.public == change.old.public]
        if known and any(_vouches(known[0], change.index, head, note, roots) for head, note in heads):
            policy = policy.trusting(change.new)
    return policy


def _vouches(held: Verifier, index: int, head: Checkpoint, note: Note, roots: Mapping[int, bytes]) -> bool:
    if head.size <= index or roots.get(head.size) != head.root:
        return False
    try:
        return bool(note.signed_by([held.named(head.origin)]))
    except TamperedError:
        return False


def precede(policy: Policy, changes: Sequence[KeyChange]) -> Policy:
    """Return the policy with the keys that a trusted one took over from: whoever holds today's key can check older heads."""
    for change in reversed(changes):
        if any(held.public == change.new.public for held in policy.logs):
            policy = policy.trusting(change.old)
    return policy
