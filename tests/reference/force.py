"""This module knows which version of a protocol counts between two organisations, and what ails it (page, section 2)."""

from __future__ import annotations

from datetime import timedelta
from functools import wraps
from typing import Any

from .model import Version, World
from .times import days_after, midnight, years_on


def remembered(function: Any) -> Any:
    """Ask the same of the same world once only."""

    @wraps(function)
    def ask(world: World, *rest: Any) -> Any:
        key = (function, rest)
        if key not in world.memory:
            world.memory[key] = function(world, *rest)
        return world.memory[key]

    return ask


@remembered
def acts(world: World, partnership: str, ref: str) -> list[tuple[int, int, str, str, int | None]]:
    """Every signature and withdrawal on a protocol: when, place in the list, what, who, of which version."""
    found: list[tuple[int, int, str, str, int | None]] = []
    place = 0
    for version in world.listed:
        if (version.partnership, version.ref) != (partnership, ref):
            continue
        for organisation, signed, withdrew in version.signatures:
            if organisation in version.parties:
                found.append((signed, place, "signs", organisation, version.number))
            if withdrew is not None:
                found.append((withdrew, place + 1, "withdraws", organisation, None))
            place += 2
    return sorted(found, key=lambda act: act[:2])


@remembered
def signed(world: World, version: Version, organisation: str, at: int) -> bool:
    """Has signed this version by the moment, and no withdrawal has ended it since."""
    holds = False
    for when, _, what, who, number in acts(world, version.partnership, version.ref):
        if when > at or who != organisation:
            continue
        if what == "withdraws":
            holds = False
        elif number == version.number:
            holds = True
    return holds


def overlap_ended(version: Version, at: int) -> bool:
    return at >= days_after(version.adopted, version.overlap_days)


def superseded(versions: list[Version], version: Version, at: int) -> bool:
    """A newer complete version has started, and its overlap with what was before has ended."""
    return any(
        newer.number > version.number and newer.complete and newer.span.start <= at and overlap_ended(newer, at)
        for newer in versions
    )


@remembered
def counting(world: World, partnership: str, ref: str, supplier: str, recipient: str, at: int) -> Version | None:
    """The version that counts between the two, if one does."""
    versions = world.protocols.get((partnership, ref), [])
    both = [
        v
        for v in versions
        if v.complete and v.span.start <= at and signed(world, v, supplier, at) and signed(world, v, recipient, at)
    ]
    if not both or superseded(versions, both[-1], at):
        return None
    return both[-1]


@remembered
def considered(world: World, partnership: str, ref: str, supplier: str, recipient: str, at: int) -> Version:
    """The version that counts, else the newest complete one that has started, else the newest."""
    versions = world.protocols[partnership, ref]
    found: Version | None = counting(world, partnership, ref, supplier, recipient, at)
    if found is not None:
        return found
    started = [v for v in versions if v.complete and v.span.start <= at]
    return started[-1] if started else versions[-1]


@remembered
def candidates(world: World, partnership: str, ref: str, supplier: str, recipient: str, at: int) -> list[Version]:
    """The versions whose lines may cover, or are looked at for a repair (section 4)."""
    versions = world.protocols[partnership, ref]
    found = counting(world, partnership, ref, supplier, recipient, at)
    if found is not None:
        return [v for v in versions if v is found or (v.complete and v.number > found.number)]
    alive = [v for v in versions if v.complete and not superseded(versions, v, at)]
    return alive or [versions[-1]]


def review_day(version: Version, at: int) -> int:
    """The day from which the version is overdue for review, after the reviews that have been held by the moment, in order."""
    due = version.review_by
    for held in version.reviews:
        if midnight(held) <= at and held >= due - timedelta(days=90):
            due = years_on(max(held, due), 1)
    return midnight(due)


def suspenders(version: Version, at: int) -> list[str | None]:
    """The bodies whose suspension covers the moment, each once."""
    return sorted(
        {by for when, by in version.suspensions if when.covers(at)}, key=lambda by: (by is not None, by or "")
    )


@remembered
def parent_in_force(world: World, version: Version, supplier: str, recipient: str, at: int) -> bool:
    """Statutory protocols stand alone; the others need their parent."""
    if version.kind == "statutory":
        return True
    above = (
        None
        if version.parent is None
        else counting(world, version.partnership, version.parent, supplier, recipient, at)
    )
    return above is not None and in_force(world, above, supplier, recipient, at)


def in_force(world: World, version: Version, supplier: str, recipient: str, at: int) -> bool:
    """Section 2, (a) to (h)."""
    return (
        signed(world, version, supplier, at)
        and signed(world, version, recipient, at)
        and version.span.covers(at)
        and at < review_day(version, at)
        and not suspenders(version, at)
        and counting(world, version.partnership, version.ref, supplier, recipient, at) is version
        and parent_in_force(world, version, supplier, recipient, at)
    )
