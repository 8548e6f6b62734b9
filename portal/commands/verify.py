"""This module knows `accord verify`: the offline verifier, under the same command as everything else."""

from __future__ import annotations

from collections.abc import Sequence

from sharing.ledger import verify


def run(_name: str, arguments: Sequence[str]) -> int:
    """Hand over to the verifier: no settings, no database."""
    return verify.main(arguments)
