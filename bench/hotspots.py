"""This module knows how good and how fast our lists are, beside what is commonly done, on the same rows in the same run.

python -m bench.hotspots [--asb FOLDER] [--boroughs A,B] [--quick]

Without a folder the rows are the demonstration's: burglary of Waltham Forest, twelve years. A folder holds the street
files of one force as data.police.uk publishes them (plain or gzipped); ASB rows are taken, borough by borough. Every
rule ranks on months before the one it is scored on, and lists twenty places of the same size. esda and geopandas are
timed where they are installed; where they are not, the bench says so. Fairness: esda takes any polygons, ours only
squares.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import importlib.util
import io
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sharing.hotspots.cluster import average_ranks, gi_star, significant
from sharing.hotspots.counts import Count, Counts
from sharing.hotspots.map import Ground, draw_map
from sharing.hotspots.parameters import SourceState
from sharing.hotspots.periods import Period, month_text
from sharing.hotspots.rules import Inputs, Window, draw_list
from sharing.places.files import read_areas
from sharing.places.grid import to_grid
from sharing.places.lattice import CELL_M, Cell, cells_of

DATA = Path(__file__).parents[1] / "portal" / "demo" / "data"
ASB = "Anti-social behaviour"
SIDE, PLACES, QUARTER, YEAR = 5, 20, 3, 12
T = TypeVar("T")
Grid = NDArray[np.float64]


@dataclass(frozen=True)
class Borough:
    """One borough's reports as a cube: months by rows by columns of 50 m cells, padded so that every origin fits."""

    name: str
    cube: Grid
    west: int
    south: int
    first: int

    def list_at(
        self, t: int, earlier: tuple[tuple[Window, ...], ...] = ()
    ) -> tuple[list[Window], list[Window], list[int]]:
        """Return our list of the months before `t`, what emerges, and the reports before of each of the latter."""
        month, row, column = np.nonzero(self.cube[:t])
        counts = Counts.of(
            Count(
                int(c) + self.west,
                int(r) + self.south,
                month_text(int(m) + self.first),
                "police",
                "x",
                int(self.cube[m, r, c]),
            )
            for m, r, c in zip(month, row, column, strict=True)
        )
        state = SourceState("police", month_text(self.first), month_text(self.first + t - 1))
        drawn = draw_list(Inputs(Period(self.first + t - 1, QUARTER), counts, (state,), earlier=earlier))
        rising = [entry.window for entry in drawn.emerging]
        return [e.window for e in drawn.entries], rising, [e.trend.before for e in drawn.emerging]

    def corner(self, window: Window) -> tuple[int, int]:
        """Return a window's row and column in the cube."""
        return window.cell.n - self.south, window.cell.e - self.west


# --- rows ----------------------------------------------------------------------------------------


def read_rows(paths: Iterable[Path], kind: str | None) -> Iterator[tuple[str, str, float, float]]:
    """Give borough, month, latitude and longitude of each placed row."""
    for path in paths:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
        for row in csv.DictReader(io.StringIO(text)):
            if row["Longitude"] and row["LSOA name"] and kind in {None, row["Crime type"]}:
                yield row["LSOA name"][:-5], row["Month"], float(row["Latitude"]), float(row["Longitude"])


def boroughs_of(rows: Iterable[tuple[str, str, float, float]], least: int = 3000) -> list[Borough]:
    """Gather rows by borough; boroughs with few rows, and rows far from their borough, are left out."""
    by_name: dict[str, list[tuple[str, float, float]]] = {}
    for name, month, lat, lon in rows:
        by_name.setdefault(name, []).append((month, lat, lon))
    return [make_borough(name, found) for name, found in sorted(by_name.items()) if len(found) >= least]


def make_borough(name: str, rows: Sequence[tuple[str, float, float]]) -> Borough:
    """Lay out one borough's rows."""
    e, n = cells_of(*to_grid([r[1] for r in rows], [r[2] for r in rows]))
    months = np.array([int(r[0][:4]) * YEAR + int(r[0][5:7]) - 1 for r in rows])
    low, high = np.percentile(np.stack([e, n]), [0.1, 99.9], axis=1)
    near = (e > low[0] - 40) & (e < high[0] + 40) & (n > low[1] - 40) & (n < high[1] + 40)
    e, n, months = e[near], n[near], months[near]
    west, south = int(e.min()) - 2 * SIDE, int(n.min()) - 2 * SIDE
    cube = np.zeros((months.max() - months.min() + 1, n.max() - south + 2 * SIDE, e.max() - west + 2 * SIDE))
    np.add.at(cube, (months - months.min(), n - south, e - west), 1)
    return Borough(name, cube, west, south, int(months.min()))


# --- what others do ------------------------------------------------------------------------------


def fixed(score: Grid, shift: int = 0) -> list[tuple[int, int]]:
    """Return the corners of the fullest squares of a fixed grid."""
    high, wide = (score.shape[0] - shift) // SIDE, (score.shape[1] - shift) // SIDE
    sums = fold(score[shift : shift + high * SIDE, shift : shift + wide * SIDE])
    best = np.argsort(-sums.ravel(), kind="stable")[:PLACES]
    return [(shift + int(b) // wide * SIDE, shift + int(b) % wide * SIDE) for b in best]


def fold(cells: Grid) -> Grid:
    """Add up cells to squares."""
    return np.asarray(cells.reshape(cells.shape[0] // SIDE, SIDE, cells.shape[1] // SIDE, SIDE).sum((1, 3)))


def by_squares(cube: Grid, rule: Callable[[Grid, NDArray[np.bool_]], Grid]) -> list[tuple[int, int]]:
    """Return the corners of the squares that a rule ranks highest, of those that ever held a report."""
    high, wide = cube.shape[1] // SIDE, cube.shape[2] // SIDE
    months = np.stack([fold(month[: high * SIDE, : wide * SIDE]) for month in cube])
    study = months.sum(0) > 0
    score = np.where(study, rule(months[-YEAR:].sum(0), study), -np.inf)
    best = np.argsort(-score.ravel(), kind="stable")[:PLACES]
    return [(int(b) // wide * SIDE, int(b) % wide * SIDE) for b in best]


def blur(squares: Grid, metres: float = 200.0) -> Grid:
    """Return the kernel density with a Gaussian of so many metres."""
    width = metres / (SIDE * CELL_M)
    steps = np.arange(-4, 5)
    kernel = np.exp(-(steps**2) / (2 * width * width))
    kernel /= kernel.sum()
    for axis in (0, 1):
        squares = np.apply_along_axis(lambda line: np.convolve(line, kernel, "same"), axis, squares)
    return squares


def hits(truth: Grid, corners: Iterable[tuple[int, int]]) -> float:
    """Return the share of reports that lie in the places."""
    return float(sum(truth[r : r + SIDE, c : c + SIDE].sum() for r, c in corners) / max(truth.sum(), 1))


# --- how good ------------------------------------------------------------------------------------


def origins(borough: Borough, quick: bool) -> range:
    """Return the months at which lists are drawn."""
    months = borough.cube.shape[0]
    start = 36 if months > 48 else 15
    step = 6 if months > 48 else 1
    return range(start, months - QUARTER + 1, step * (4 if quick else 1))


def score_rules(boroughs: Sequence[Borough], quick: bool) -> None:
    """Print what share of the next quarter each rule's twenty places hold."""
    found: dict[str, list[float]] = {}
    for borough in boroughs:
        for t in origins(borough, quick):
            past, truth = borough.cube[max(0, t - 36) : t], borough.cube[t : t + QUARTER].sum(0)
            decayed = np.tensordot(0.5 ** (np.arange(len(past))[::-1] / 6), past, 1)
            year = past[-YEAR:].sum(0)
            rules = {
                "ours: placed windows": [[borough.corner(w) for w in borough.list_at(t)[0]]],
                "fixed squares, decayed count": [fixed(decayed, s) for s in range(SIDE)],
                "fixed squares, 12-month count": [fixed(year, s) for s in range(SIDE)],
                "Gi* z of squares": [by_squares(past, lambda x, study: np.nan_to_num(gi_star(x, study), nan=-9.0))],
                "kernel density, 200 m": [by_squares(past, lambda x, _: blur(x))],
            }
            for name, lists in rules.items():
                found.setdefault(name, []).append(float(np.mean([hits(truth, corners) for corners in lists])))
    ours = np.array(found["ours: placed windows"])
    draws = np.random.default_rng(1).integers(0, ours.size, (2000, ours.size))
    print(f"Share of the next quarter in 20 places of 250 m, {ours.size} lists (ratio of ours, 95% bootstrap interval)")
    for name, values in found.items():
        theirs = np.array(values)
        low, high = np.percentile(ours[draws].mean(1) / theirs[draws].mean(1), [2.5, 97.5])
        print(
            f"  {name:32s} {100 * theirs.mean():5.1f}%   {ours.mean() / theirs.mean():.3f}x ({low:.3f} to {high:.3f})"
        )


def score_sticking(boroughs: Sequence[Borough]) -> None:
    """Print how many places stay from quarter to quarter, and what that costs."""
    kept, sticky_hits, fresh_hits, fixed_hits = [], [], [], []
    for borough in boroughs:
        months = borough.cube.shape[0]
        before: tuple[tuple[Window, ...], ...] = ()
        for t in range(max(15, months - 24), months - QUARTER + 1, QUARTER):
            truth, past = borough.cube[t : t + QUARTER].sum(0), borough.cube[max(0, t - 36) : t]
            sticky = borough.list_at(t, before)[0]
            if before:
                kept.append(len(set(sticky) & set(before[0])) / len(sticky))
                sticky_hits.append(hits(truth, map(borough.corner, sticky)))
                fresh_hits.append(hits(truth, map(borough.corner, borough.list_at(t)[0])))
                fixed_hits.append(float(np.mean([hits(truth, fixed(past[-YEAR:].sum(0), s)) for s in range(SIDE)])))
            before = (tuple(sticky), *before)
    print(
        f"Sticky lists, {len(kept)} pairs: {100 * np.mean(kept):.0f}% of places kept; hits {100 * np.mean(sticky_hits):.1f}% "
        f"against {100 * np.mean(fresh_hits):.1f}% placed fresh and {100 * np.mean(fixed_hits):.1f}% fixed "
        f"({np.mean(sticky_hits) / np.mean(fixed_hits):.3f}x fixed)"
    )


def score_emerging(boroughs: Sequence[Borough], quick: bool) -> None:
    """Print how much of a flagged rise lasts: next quarter over what the borough's change would give, at equal length."""
    ours, common = np.zeros(3), np.zeros(3)
    for borough in boroughs:
        for t in origins(borough, quick):
            _, rising, before = borough.list_at(t)
            truth = borough.cube[t : t + QUARTER].sum(0)
            recent, year = borough.cube[t - 3 : t].sum(0), borough.cube[t - 15 : t - 3].sum(0)
            growth = truth.sum() / max(year.sum(), 1)
            for window, baseline in zip(rising, before, strict=True):
                r, c = borough.corner(window)
                ours += truth[r : r + SIDE, c : c + SIDE].sum(), baseline * growth, 1
            for r, c in risen(recent, year)[: len(rising)]:
                common += truth[r : r + SIDE, c : c + SIDE].sum(), year[r : r + SIDE, c : c + SIDE].sum() * growth, 1
    print(
        f"Emerging, {int(ours[2])} places flagged: next quarter / expected {ours[0] / max(ours[1], 1):.2f}; common practice "
        f"(+25% and 5 or more, largest first, as many) {common[0] / max(common[1], 1):.2f}"
    )


def risen(recent: Grid, year: Grid) -> list[tuple[int, int]]:
    """Return squares with 5 or more recent reports and a quarter more than the borough's change, the most reports first."""
    high, wide = recent.shape[0] // SIDE, recent.shape[1] // SIDE
    r, a = fold(recent[: high * SIDE, : wide * SIDE]), fold(year[: high * SIDE, : wide * SIDE])
    chosen = np.argwhere((r >= 5) & (r >= 1.25 * a * recent.sum() / max(year.sum(), 1)))
    ranked = sorted(((int(row), int(column)) for row, column in chosen), key=lambda at: (-r[at], at))
    return [(row * SIDE, column * SIDE) for row, column in ranked]


def score_clusters(boroughs: Sequence[Borough], maps: int) -> None:
    """Print in how many shuffled maps Gi* of counts, and of ranks, finds a cluster that is not there (BH at 5%)."""
    draws = np.random.default_rng(7)
    for borough in boroughs[:3]:
        cube = borough.cube
        high, wide = cube.shape[1] // SIDE, cube.shape[2] // SIDE
        study = fold(cube[:, : high * SIDE, : wide * SIDE].sum(0)) > 0
        year = fold(cube[-YEAR:, : high * SIDE, : wide * SIDE].sum(0))
        false = Counter[str]()
        for _ in range(maps):
            values = draws.permutation(year[study])
            for name, taken in (("counts", values), ("ranks", average_ranks(values))):
                grid = np.zeros(study.shape)
                grid[study] = taken
                false[name] += bool(significant(gi_star(grid, study)).any())
        print(
            f"False clusters in {maps} shuffled maps of {borough.name}: Gi* of ranks {100 * false['ranks'] / maps:.0f}%, "
            f"of counts {100 * false['counts'] / maps:.0f}%"
        )


# --- how fast ------------------------------------------------------------------------------------


def best(work: Callable[[], T], times: int = 5) -> tuple[float, T]:
    """Return the shortest of several runs in milliseconds, and the last answer."""
    shortest, answer = float("inf"), work()
    for _ in range(times):
        start = time.perf_counter()
        answer = work()
        shortest = min(shortest, time.perf_counter() - start)
    return 1000 * shortest, answer


def time_list(borough: Borough) -> None:
    """Print how long one list takes, beside the bare fixed-grid count of the same months."""
    t = borough.cube.shape[0]
    month, row, column = np.nonzero(borough.cube[-36:])
    counts = Counts.of(
        Count(
            int(c) + borough.west, int(r) + borough.south, month_text(int(m) + borough.first + t - 36), "police", "x", 1
        )
        for m, r, c in zip(month, row, column, strict=True)
    )
    last = borough.first + t - 1
    state = SourceState("police", month_text(int(counts.month.min())), month_text(last))
    inputs = Inputs(Period(last, QUARTER), counts, (state,))
    ours, drawn = best(lambda: draw_list(inputs))
    bare, _ = best(lambda: fixed(borough.cube[-YEAR:].sum(0)))
    print(
        f"One list of {borough.name}, {len(counts.n):,} rows: {ours:.0f} ms with places, labels, draws and clusters; a bare "
        f"fixed-grid count of the same {bare:.1f} ms ({ours / bare:.0f}x)"
    )
    spot = Cell(*drawn.entries[0].window.cell)
    print(f"  first place at cell {spot.e}, {spot.n}; digest {drawn.digest[:12]}")


def time_gi_star(borough: Borough) -> None:
    """Print how long Gi* takes, beside esda where it is installed, on the same squares."""
    high, wide = borough.cube.shape[1] // SIDE, borough.cube.shape[2] // SIDE
    squares = fold(borough.cube[:, : high * SIDE, : wide * SIDE].sum(0))
    study = squares > 0
    ours, z = best(lambda: gi_star(squares, study))
    if not (importlib.util.find_spec("esda") and importlib.util.find_spec("geopandas")):
        print(f"Gi* of {study.sum()} squares: {ours:.2f} ms; esda is not installed here, so nothing to compare with")
        return
    import warnings

    import esda
    import geopandas
    import shapely
    from libpysal.graph import Graph

    rows, columns = np.nonzero(study)

    def theirs() -> Grid:
        frame = geopandas.GeoDataFrame(geometry=shapely.box(columns, rows, columns + 1, rows + 1))
        weights = Graph.build_contiguity(frame, rook=False)
        return np.asarray(esda.G_Local(squares[study], weights, transform="B", star=True, permutations=0).Zs)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        slow, zs = best(theirs, 3)
    print(
        f"Gi* of {study.sum()} squares, weights included: {ours:.2f} ms, esda {esda.__version__} {slow:.0f} ms "
        f"({slow / ours:.0f}x); largest difference {np.nanmax(np.abs(z[study] - zs)):.1e}"
    )


def time_binning(points: int = 100_000) -> None:
    """Print how long points take to become counts by cell, beside a spatial join where geopandas is installed."""
    draws = np.random.default_rng(2)
    e, n = draws.uniform(534_000, 540_000, points), draws.uniform(185_000, 196_000, points)

    def ours() -> NDArray[np.int64]:
        columns, rows = cells_of(e, n)
        return np.bincount((rows - rows.min()) * 200 + columns - columns.min())

    fast, counted = best(ours)
    if not importlib.util.find_spec("geopandas"):
        print(f"{points:,} points to cells: {fast:.1f} ms; geopandas is not installed here, so nothing to compare with")
        return
    import geopandas
    import shapely

    west, south = np.meshgrid(np.arange(534_000, 540_000, CELL_M), np.arange(185_000, 196_000, CELL_M))
    boxes = shapely.box(west.ravel(), south.ravel(), west.ravel() + CELL_M, south.ravel() + CELL_M)
    squares = geopandas.GeoDataFrame(geometry=boxes, crs=27700)

    def theirs() -> int:
        frame = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(e, n), crs=27700)
        return int(geopandas.sjoin(frame, squares, predicate="within").groupby("index_right").size().sum())

    slow, joined = best(theirs, 1)
    ratio = f"{slow:.0f} ms ({slow / fast:.0f}x)"
    print(f"{points:,} points to cells: {fast:.1f} ms, geopandas sjoin {ratio}, equal {joined == counted.sum()}")


def weigh_map() -> None:
    """Print the bytes of the ground of a map, beside those of the GeoJSON that a map drawn in the browser would fetch."""
    raw = (DATA / "waltham-forest" / "lsoa2011.geojson.gz").read_bytes()
    areas = read_areas(raw, "lsoa")
    ground = Ground(areas, {area.code: at for at, area in enumerate(areas)})
    took, view = best(lambda: draw_map("Map", ground, ()))
    paths = "".join(item.path for item in view.classes) + view.outline
    ours, theirs = len(gzip.compress(paths.encode(), 6)), len(gzip.compress(gzip.decompress(raw), 6))
    ratio = f"{theirs / 1000:.1f} kB ({theirs / ours:.1f}x)"
    print(f"Map of {len(areas)} LSOAs: {took:.0f} ms, {ours / 1000:.1f} kB gzipped; its GeoJSON {ratio}")


def main() -> None:
    """Run every comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--asb", type=Path, help="folder of one force's street files")
    parser.add_argument("--boroughs", help="only these, separated by commas")
    parser.add_argument("--quick", action="store_true", help="a quarter of the lists")
    given = parser.parse_args()
    if given.asb:
        paths, kind = sorted(given.asb.rglob("*street.csv*")), ASB
    else:
        paths, kind = [DATA / "waltham-forest" / "burglary_2010-12_to_2022-12.csv.gz"], None
    boroughs = boroughs_of(read_rows(paths, kind))
    if given.boroughs:
        boroughs = [borough for borough in boroughs if borough.name in given.boroughs.split(",")]
    print(
        "Boroughs:", ", ".join(f"{b.name} ({int(b.cube.sum()):,} reports, {b.cube.shape[0]} months)" for b in boroughs)
    )
    score_rules(boroughs, given.quick)
    score_sticking(boroughs)
    score_emerging(boroughs, given.quick)
    score_clusters(boroughs, 30 if given.quick else 100)
    time_list(boroughs[0])
    time_gi_star(boroughs[0])
    time_binning()
    weigh_map()


if __name__ == "__main__":
    main()
