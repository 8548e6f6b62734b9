"""This module knows how sure a list is: the places redrawn many times as chance could have had them.

A place's score is a sum of weighted reports. Its effective count is score^2 / variance, and with the
dispersion of such reports the redrawn score is a gamma number of shape count / dispersion and of the same
mean (a scaled Poisson sum).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def shares_on_list(
    scores: Sequence[float], variances: Sequence[float], dispersion: float, size: int, draws: int, seed: int
) -> NDArray[np.int64]:
    """Return in how many of `draws` redrawn lists each place is among the first `size`.

    All places that could be on the list must be given, not only those that are. The stream of numbers is
    numpy's legacy generator, whose draws are frozen for good (NEP 19), so that a list redraws the same under
    later versions.
    """
    score, variance = np.array(scores, float), np.array(variances, float)
    if not score.size:
        return np.zeros(0, np.int64)
    shape = score * score / (variance * dispersion)
    stream = np.random.RandomState(seed)
    drawn = stream.standard_gamma(shape, (draws, score.size)) * (score / shape)
    if score.size <= size:
        return np.full(score.size, draws, np.int64)
    bar = np.partition(drawn, score.size - size, axis=1)[:, score.size - size]
    on: NDArray[np.int64] = (drawn >= bar[:, None]).sum(0)
    return on
