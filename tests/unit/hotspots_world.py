"""Made-up boroughs and the real Preston of 2022, as counts."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np

from sharing.hotspots.counts import Count, Counts
from sharing.hotspots.parameters import Parameters, SourceState
from sharing.hotspots.periods import Period, month_text
from sharing.hotspots.rules import Drawn, Inputs, Window, draw_list
from sharing.places.grid import to_grid
from sharing.places.lattice import cells_of

GEO = Path(__file__).parents[1] / "data" / "geo"
QUARTER = Period.parse("2022-Q4")
POLICE = SourceState("police", "2020-01", "2022-12")
COUNCIL = SourceState("council", "2020-01", "2022-12")


def months(first: str, last: str) -> list[str]:
    from sharing.hotspots.periods import month_number

    return [month_text(number) for number in range(month_number(first), month_number(last) + 1)]


def quiet_borough(seed: int = 1, reports: int = 3000, side: int = 120) -> list[Count]:
    """Reports strewn evenly over three years and a borough of 6 km by 6 km, by one source."""
    draw = np.random.default_rng(seed)
    all_months = months("2020-01", "2022-12")
    e, n = draw.integers(0, side, (2, reports))
    when = draw.integers(0, len(all_months), reports)
    return [
        Count(10_000 + int(a), 3_000 + int(b), all_months[m], "police", "noise", 1)
        for a, b, m in zip(e, n, when, strict=True)
    ]


def planted(cell: tuple[int, int], per_month: int, first: str, last: str, source: str = "police") -> list[Count]:
    return [Count(*cell, month, source, "noise", per_month) for month in months(first, last)]


def draw(
    rows: Iterable[Count],
    *,
    sources: tuple[SourceState, ...] = (POLICE,),
    earlier: tuple[tuple[Window, ...], ...] = (),
    period: Period = QUARTER,
    **more: object,
) -> Drawn:
    given = {name: more.pop(name) for name in ("nominated", "homes") if name in more}
    return draw_list(Inputs(period, Counts.of(rows), sources, Parameters(**more), earlier, **given))


@cache
def preston() -> Counts:
    """Every ASB row that was published for Preston in 2022."""
    lines = gzip.decompress((GEO / "preston_asb_2022.tab.gz").read_bytes()).decode().splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    e, n = cells_of(*to_grid([float(r[2]) for r in rows], [float(r[1]) for r in rows]))
    tally = Counter((int(a), int(b), r[0][:7]) for a, b, r in zip(e, n, rows, strict=True))
    return Counts.of(Count(a, b, month, "police", "asb", count) for (a, b, month), count in tally.items())
