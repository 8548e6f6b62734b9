"""This module knows which bodies sign a standard only with the agreement of a parent authority."""

from __future__ import annotations

NEED_PARENT = frozenset({"almo", "tmo", "pfi-manager"})
"""Arm's-length, tenant-run and privately financed managers of a council's homes (Guide for Landlords, 2007)."""


def needs_parent_consent(body_type: str) -> bool:
    """Whether a body of this type needs its parent authority's agreement."""
    return body_type in NEED_PARENT
