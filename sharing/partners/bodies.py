"""This module knows which kinds of body there are, as the rulebook's law data has them."""

from __future__ import annotations

from protocols.law_reading import shipped


def body_types() -> frozenset[str]:
    """The codes of every kind of body."""
    return frozenset(shipped().bodies)


def is_public_authority(body_type: str) -> bool:
    """Whether bodies of this kind are public authorities unless a file says otherwise (DPA 2018 section 7)."""
    return shipped().bodies[body_type].public_authority


def gateways() -> frozenset[str]:
    """The codes of every gateway that can be switched on."""
    return frozenset(shipped().gateways)


def fields_and_forms() -> frozenset[tuple[str, str]]:
    """Every field of the registry with each of its forms."""
    return frozenset((code, form.name) for code, kind in shipped().registry.items() for form in kind.forms)
