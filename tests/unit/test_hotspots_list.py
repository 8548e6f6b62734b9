"""How a list is drawn.

Planted places are found, ties are settled, nobody swamps anybody, and it redraws to the last bit.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from hotspots_world import COUNCIL, POLICE, QUARTER, draw, planted, preston, quiet_borough
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.errors import InvalidError
from sharing.hotspots.counts import Count, Counts, window_sums
from sharing.hotspots.parameters import Parameters, SourceState
from sharing.hotspots.periods import Period
from sharing.hotspots.place import Spot, place_windows
from sharing.hotspots.rules import Inputs, Window, draw_list
from sharing.hotspots.trend import Label
from sharing.places.lattice import Cell

FROZEN = Path(__file__).parents[1] / "data" / "geo" / "preston_lists.json"


def holds(window: Window, cell: tuple[int, int]) -> bool:
    side = window.size_m // 50
    return window.cell.e <= cell[0] < window.cell.e + side and window.cell.n <= cell[1] < window.cell.n + side


# -- placing


def test_a_planted_hotspot_is_first_on_the_list():
    spot = (10_061, 3_047)
    drawn = draw([*quiet_borough(), *planted(spot, 6, "2022-01", "2022-12")])
    assert holds(drawn.entries[0].window, spot)
    assert drawn.entries[0].firm
    assert len(drawn.entries) == 20


def test_a_hotspot_across_a_grid_line_is_found_whole():
    spots = [(10_059, 3_049), (10_060, 3_049), (10_059, 3_050), (10_060, 3_050)]
    drawn = draw([*quiet_borough(), *(row for spot in spots for row in planted(spot, 2, "2022-01", "2022-12"))])
    assert all(holds(drawn.entries[0].window, spot) for spot in spots)


def test_no_two_windows_of_a_list_overlap():
    drawn = draw(quiet_borough())
    windows = [entry.window for entry in drawn.entries]
    for at, one in enumerate(windows):
        for other in windows[:at]:
            assert abs(one.cell.e - other.cell.e) >= 5 or abs(one.cell.n - other.cell.n) >= 5


def test_ties_go_to_the_more_recent_then_the_southernmost_then_the_westernmost():
    score = np.zeros((12, 12))
    recent = np.zeros((12, 12), np.int64)
    for spot in ((1, 8), (1, 2), (8, 2), (8, 8)):
        score[spot] = 7.0
    recent[8, 8] = 1
    assert place_windows(score, recent, 3, 9) == [Spot(8, 8), Spot(1, 2), Spot(1, 8), Spot(8, 2)]


def test_equal_reports_give_exactly_equal_scores_however_they_are_split():
    one = planted((10_010, 3_010), 4, "2021-01", "2022-12")
    four = [row for n in range(4) for row in planted((10_090 + n, 3_090), 1, "2021-01", "2022-12")]
    drawn = draw([*one, *four])
    assert drawn.entries[0].score == drawn.entries[1].score
    assert drawn.entries[0].window.cell.n < drawn.entries[1].window.cell.n


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_windows_are_placed_as_a_plain_search_would_place_them(seed):
    draws = np.random.default_rng(seed)
    cells = draws.integers(0, 3, (14, 14)) * draws.integers(0, 2, (14, 14))
    sums = window_sums(cells, 3)
    found = place_windows(sums.astype(float), sums, 3, 4)
    left = {(r, c): int(cells[r : r + 3, c : c + 3].sum()) for r in range(12) for c in range(12)}
    for spot in found:
        best = max(left.values())
        assert spot == min(where for where, total in left.items() if total == best)
        left = {w: t for w, t in left.items() if abs(w[0] - spot.row) >= 3 or abs(w[1] - spot.column) >= 3}


# -- sticking


def test_a_listed_place_stays_while_it_is_worth_the_thirtieth_place():
    rows = quiet_borough()
    first = draw(rows, period=Period.parse("2022-Q3"))
    fresh = draw(rows)
    second = draw(rows, earlier=(tuple(entry.window for entry in first.entries),))
    kept = {e.window for e in second.entries} & {e.window for e in first.entries}
    fresh_kept = {e.window for e in fresh.entries} & {e.window for e in first.entries}
    assert len(kept) > len(fresh_kept)
    assert [entry.score for entry in second.entries] == sorted((e.score for e in second.entries), reverse=True)


def test_a_listed_place_that_went_quiet_leaves():
    spot = (10_061, 3_047)
    rows = [*quiet_borough(), *planted(spot, 6, "2020-01", "2020-12")]
    was = Window(Cell(spot[0], spot[1]), 250)
    drawn = draw([row for row in rows if (row.cell_e, row.cell_n) != spot or row.month < "2020-03"], earlier=((was,),))
    assert was not in {entry.window for entry in drawn.entries}
    assert was in {entry.window for entry in drawn.former}
    assert drawn.former[0].label is Label.FORMER


def test_an_earlier_place_outside_the_map_is_let_go():
    far = Window(Cell(99_999, 99_999), 250)
    drawn = draw(quiet_borough(), earlier=((far,),))
    assert len(drawn.entries) == 20
    assert far not in {entry.window for entry in (*drawn.entries, *drawn.former)}


def test_a_nominated_place_stands_on_the_list_with_its_computed_score():
    quiet = Cell(10_003, 3_003)
    drawn = draw(quiet_borough(), nominated=(quiet,))
    (entry,) = [entry for entry in drawn.entries if entry.nominated]
    assert entry.window.cell == quiet
    assert entry.rank == 20
    assert len(drawn.entries) == 20
    assert entry.score < drawn.entries[0].score


# -- weighing


def test_a_source_that_records_a_hundred_times_as_much_cannot_swamp_another():
    council_spot = (10_020, 3_020)
    police = [*quiet_borough(reports=200), *planted((10_100, 3_100), 1, "2022-01", "2022-12")]
    council = [Count(r.cell_e, r.cell_n, r.month, "council", r.category, 1) for r in quiet_borough(2, reports=50)]
    council += planted(council_spot, 1, "2022-01", "2022-12", "council")
    louder = [Count(r.cell_e, r.cell_n, r.month, r.source, r.category, r.n * 100) for r in council]
    both = draw([*police, *council], sources=(POLICE, COUNCIL))
    loud = draw([*police, *louder], sources=(POLICE, COUNCIL))
    assert [e.window for e in loud.entries] == [e.window for e in both.entries]
    assert [e.score for e in loud.entries] == [e.score for e in both.entries]


def test_all_scores_together_are_at_most_a_thousand():
    rows = planted((10_010, 3_010), 3, "2022-01", "2022-12") + planted(
        (10_010, 3_010), 5, "2022-01", "2022-12", "council"
    )
    drawn = draw(rows, sources=(POLICE, COUNCIL))
    assert drawn.entries[0].score == 1000.0
    assert len(drawn.entries) == 1


def test_a_source_without_returns_for_the_whole_period_is_left_out_of_score_and_counts():
    late = SourceState("council", "2020-01", "2022-11", missing=("Customer services",))
    rows = [*quiet_borough(), *planted((10_020, 3_020), 50, "2022-01", "2022-11", "council")]
    drawn = draw(rows, sources=(POLICE, late))
    assert drawn.used == ("police",)
    assert [e.window for e in drawn.entries] == [e.window for e in draw(quiet_borough()).entries]


def test_landlords_weigh_by_the_homes_that_reported():
    rows = planted((10_010, 3_010), 2, "2022-01", "2022-12") + planted(
        (10_080, 3_080), 2, "2022-01", "2022-12", "landlords"
    )
    whole = draw(rows, sources=(POLICE, SourceState("landlords", "2020-01", "2022-12", 8000, 8000)))
    half = draw(rows, sources=(POLICE, SourceState("landlords", "2020-01", "2022-12", 4000, 8000)))
    none = draw(rows, sources=(POLICE, SourceState("landlords", "2020-01", "2022-12", 0, 8000)))
    assert [e.score for e in whole.entries] == [666.667, 333.333]
    assert [e.score for e in half.entries] == [800.0, 200.0]
    assert [e.score for e in none.entries] == [1000.0]


def test_a_report_six_months_old_weighs_half():
    rows = [
        Count(10_010, 3_010, "2022-12", "police", "noise", 10),
        Count(10_080, 3_080, "2022-06", "police", "noise", 10),
        Count(10_080, 3_010, "2019-12", "police", "noise", 10),
    ]
    drawn = draw(rows)
    assert [e.score for e in drawn.entries] == [666.667, 333.333]


def test_harm_moves_a_rank_but_within_bounds():
    rows = [
        *(Count(10_010, 3_010, m, "police", "litter", 3) for m in ("2022-10", "2022-11", "2022-12")),
        *(Count(10_080, 3_080, m, "police", "violence", 2) for m in ("2022-10", "2022-11", "2022-12")),
    ]
    assert draw(rows).entries[0].window.cell.e < 10_050
    assert draw(rows, harm_tenths={"violence": 20}).entries[0].window.cell.e > 10_050
    with pytest.raises(InvalidError, match="between 10 and 50"):
        Parameters(harm_tenths={"violence": 51})


@pytest.mark.parametrize(
    "wrong", [{"window_m": 200}, {"size": 0}, {"size": 51}, {"sticky_rank": 5}, {"weights": {"police": -1}}]
)
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(InvalidError):
        Parameters(**wrong)


# -- sureness


def test_places_far_ahead_are_firm_and_places_among_equals_are_not():
    rows = [row for n in range(60) for row in planted((10_000 + 7 * n, 3_000), 2, "2022-01", "2022-12")]
    rows += [row for n in range(5) for row in planted((10_000 + 7 * n, 3_050), 20, "2022-01", "2022-12")]
    drawn = draw(rows)
    assert [entry.firm for entry in drawn.entries] == [True] * 5 + [False] * 15
    assert all(entry.permille is not None and 0 <= entry.permille <= 1000 for entry in drawn.entries)


def test_more_reports_of_the_same_share_make_a_list_surer():
    few = [row for n in range(40) for row in planted((10_000 + 7 * n, 3_000), 1 + n // 20, "2022-07", "2022-12")]
    many = [Count(r.cell_e, r.cell_n, r.month, r.source, r.category, r.n * 40) for r in few]
    assert sum(e.firm for e in draw(few).entries) < sum(e.firm for e in draw(many).entries)


# -- the same again


def test_a_list_redraws_bit_for_bit_from_what_is_stored():
    first = draw(quiet_borough(), period=Period.parse("2022-Q3"))
    inputs = Inputs(
        QUARTER,
        Counts.of(quiet_borough()),
        (POLICE,),
        Parameters(size=15),
        (tuple(e.window for e in first.entries),),
        (Cell(10_003, 3_003),),
        (Cell(10_000, 3_000), Cell(10_050, 3_050)),
    )
    stored = json.loads(json.dumps(inputs.setting()))
    again = Inputs.from_stored(stored, inputs.counts.pack())
    assert again.digest == inputs.digest
    assert draw_list(again) == draw_list(inputs)
    assert repr(draw_list(again)) == repr(draw_list(inputs))


def test_the_order_of_rows_changes_nothing():
    rows = quiet_borough()
    shuffled = rows.copy()
    random.Random(5).shuffle(shuffled)
    split = [Count(r.cell_e, r.cell_n, r.month, r.source, r.category, 1) for r in rows]
    assert draw(rows) == draw(shuffled) == draw(split)


def test_one_report_more_changes_the_digest():
    rows = quiet_borough()
    more = [*rows, Count(10_000, 3_000, "2020-01", "police", "noise", 1)]
    assert Inputs(QUARTER, Counts.of(rows), (POLICE,)).digest != Inputs(QUARTER, Counts.of(more), (POLICE,)).digest


def test_real_reports_of_preston_give_the_lists_that_were_frozen():
    counts, state = preston(), SourceState("police", "2022-01", "2022-12", placed=7540, rows=7540)
    frozen = json.loads(FROZEN.read_text())
    earlier: tuple[tuple[Window, ...], ...] = ()
    for text in ("2022-Q2", "2022-Q3", "2022-Q4"):
        drawn = draw_list(Inputs(Period.parse(text), counts, (state,), earlier=earlier))
        earlier = (tuple(entry.window for entry in drawn.entries), *earlier)
        assert drawn.digest == frozen[text]["digest"]
        assert [plain(entry) for entry in drawn.entries] == frozen[text]["entries"]
        assert [plain(entry) for entry in drawn.emerging] == frozen[text]["emerging"]


def plain(entry) -> list[object]:
    """What of an entry is frozen."""
    return [
        entry.rank,
        *entry.window.cell,
        entry.score,
        entry.year,
        entry.trend.recent,
        entry.trend.expected,
        entry.trend.z,
        entry.label.value,
        entry.permille,
        entry.cluster,
    ]


# -- what cannot be drawn


def test_no_reports_give_an_empty_list_rather_than_an_error():
    drawn = draw([])
    assert drawn.entries == drawn.emerging == drawn.former == ()


def test_a_borough_with_three_reports_lists_no_more_places_than_it_has():
    rows = [Count(10_000 + 20 * n, 3_000, "2022-12", "police", "noise", 1) for n in range(3)]
    assert [entry.rank for entry in draw(rows).entries] == [1, 2, 3]


def test_one_stray_report_is_named_instead_of_filling_the_memory():
    with pytest.raises(InvalidError) as caught:
        draw([*quiet_borough(), Count(9_000_000, 3_000, "2022-12", "police", "noise", 1)])
    (problem,) = caught.value.problems
    assert "9000000" in problem.where
    assert problem.mend


@pytest.mark.parametrize("text", ["2022-Q5", "2022-13", "2022", "Q4 2022", "", "2022-Q4 "])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(InvalidError):
        Period.parse(text)


def test_periods_are_read_and_written_the_same():
    for text in ("2022-Q1", "2022-Q4", "2023-07", "2023-12"):
        assert str(Period.parse(text)) == text
    assert Period.parse("2022-Q4").in_words == "October to December 2022"
    assert Period.parse("2023-01").in_words == "January 2023"
