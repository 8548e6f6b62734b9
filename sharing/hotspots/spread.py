"""This module knows how marks are moved apart, so that each can be read and touched."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

STEPS = 200


def spread(points: Sequence[tuple[int, int]], radius: int, size: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the points moved apart until no two circles of this radius overlap, at most 200 steps; all on the page."""
    if not points:
        return []
    at = np.array(points, float)
    # Points in one place would have no direction to part in: a fan of small steps gives each its own.
    turn = np.arange(len(at)) * 2.4
    at += np.stack([np.cos(turn), np.sin(turn)], 1)
    low, high = np.full(2, float(radius)), np.array(size, float) - radius
    for _ in range(STEPS):
        push, apart = _pushes(at, 2.0 * radius + 1)
        at = np.clip(at + push, low, high)
        if apart:
            break
    return [(round(x), round(y)) for x, y in at.tolist()]


def _pushes(at: NDArray[np.float64], least: float) -> tuple[NDArray[np.float64], bool]:
    """Return how far each point is pushed by those too near it, half of the lack each, and whether none is."""
    away = at[:, None] - at[None, :]
    distance = np.hypot(away[..., 0], away[..., 1])
    np.fill_diagonal(distance, np.inf)
    lack = np.clip(least - distance, 0, None)
    direction = away / np.maximum(distance, 1e-9)[..., None]
    return (direction * (lack / 2)[..., None]).sum(1), not bool((lack > 0).any())
