"""This module knows how the receipts of a sample are verified: each built from the ledger, and checked as anybody else would."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sharing.errors import TamperedError
from sharing.ledger import base64_strict, receipt
from sharing.ledger.policy import Policy
from sharing.ledger.report import Verdict, worst
from sharing.store import Store


@dataclass(frozen=True)
class Verified:
    """The outcome: entry id → (verdict, finding); the heads against which they hold; the receipts' texts."""

    verdicts: Mapping[uuid.UUID, tuple[str, str]]
    heads: tuple[str, ...]
    receipts: Mapping[uuid.UUID, str]

    @property
    def true(self) -> int:
        """How many verify."""
        return sum(verdict == Verdict.TRUE.words for verdict, _ in self.verdicts.values())


def verify_receipts(store: Store, entries: Iterable[uuid.UUID]) -> Verified:
    """Build and check the receipt of each entry against the installation's key.

    That shows that entry, tree and head fit each other here; against a history rewritten as a whole only a head kept elsewhere
    helps (docs/verifying.md).
    """
    policy = Policy().trusting(store.signer.verifier)
    verdicts, heads, texts = {}, set(), {}
    for entry_id in entries:
        text = store.receipt(entry_id)
        if text is None:
            verdicts[entry_id] = (Verdict.CANNOT_TELL.words, "no receipt can be made yet")
            continue
        texts[entry_id] = text
        verdicts[entry_id], head = _checked(text, policy, entry_id)
        heads |= {head} - {""}
    return Verified(verdicts, tuple(sorted(heads)), texts)


def _checked(text: str, policy: Policy, entry_id: uuid.UUID) -> tuple[tuple[str, str], str]:
    try:
        parsed = receipt.parse(text.encode())
        findings = receipt.check(parsed, policy)
        if parsed.entry.id != entry_id:
            return (Verdict.FALSE.words, "it is the receipt of another entry"), ""
    except TamperedError as error:
        return (Verdict.FALSE.words, str(error)), ""
    head = parsed.checkpoint
    named = f"{head.origin} {head.size} {base64_strict.encode(head.root)}"
    verdict = worst(each.weight for each in findings)
    return (verdict.words, "; ".join(each.message for each in findings if each.weight is not Verdict.TRUE)), named
