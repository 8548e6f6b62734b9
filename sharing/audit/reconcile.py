"""This module knows the reconciliation: every figure of an audit, in the order in which an auditor asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sharing.audit import duties, reading, releases
from sharing.audit.figure import Figure, Finder, Scope
from sharing.errors import NotFoundError

FIGURES: Mapping[str, Finder] = MappingProxyType(
    {
        "without-cover": releases.without_cover,
        "told-outside": duties.told_outside,
        "over-retention": releases.over_retention,
        "reads-without-task": reading.without_task,
        "unusual-volume": releases.unusual_volume,
        "overdue-replies": duties.overdue_replies,
        "vacancies": duties.vacancies,
        "reviews-due": duties.reviews_due,
        "clauses-never-used": releases.clauses_never_used,
        "refusals": releases.refusals,
        "onward": releases.onward,
        "most-reads": reading.most_reads,
        "by-gateway": releases.by_gateway,
    }
)
"""What each figure means: docs/auditing.md."""


def reconcile(scope: Scope) -> tuple[Figure, ...]:
    """Every figure, worked out anew from the record. Nothing is stored, and no sealed value is read."""
    return tuple(find(scope) for find in FIGURES.values())


def figure(scope: Scope, code: str) -> Figure:
    """One figure with its list. Raises NotFoundError for a code that is none."""
    find = FIGURES.get(code)
    if find is None:
        raise NotFoundError("There is no such figure.")
    return find(scope)
