"""This module knows the outer line of areas side by side: what is left without the lines that two of them share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sharing.places.areas import FEWEST_CORNERS, Area, Ring


def outline(areas: Sequence[Area]) -> tuple[Ring, ...]:
    """Return the outer lines of areas together: the edges that only one of them has, joined end to end."""
    edges: dict[tuple[tuple[int, int], tuple[int, int]], int] = {}
    for ring in (ring for area in areas for ring in area.rings):
        corners = [(int(e), int(n)) for e, n in ring.tolist()]
        for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
            edges[min(a, b), max(a, b)] = edges.get((min(a, b), max(a, b)), 0) + 1
    return _join([edge for edge, times in sorted(edges.items()) if times == 1])


def _join(edges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> tuple[Ring, ...]:
    """Join edges end to end into rings; an edge that closes nothing is left out."""
    near: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for a, b in edges:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    rings = []
    for start in sorted(near):
        while near[start]:
            ring, at = [start], near[start].pop()
            near[at].remove(start)
            while at != start and near[at]:
                ring.append(at)
                onward = near[at].pop()
                near[onward].remove(at)
                at = onward
            if at == start and len(ring) >= FEWEST_CORNERS:
                rings.append(np.array(ring, np.int64))
    return tuple(rings)
