"""This module knows how a draft list is made for a partnership and a period: a reading, which changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from sharing import places
from sharing.hotspots import read
from sharing.hotspots.explain import explain, take_source
from sharing.hotspots.intake import Intake, take_in
from sharing.hotspots.naming import Surroundings, name_places
from sharing.hotspots.parameters import METHOD, Parameters
from sharing.hotspots.periods import Period
from sharing.hotspots.rules import Drawn, Inputs, draw_list
from sharing.hotspots.views import Hotspot, HotspotList, Source


@dataclass(frozen=True)
class Draft:
    """A list that is not published, with what it was drawn from."""

    view: HotspotList
    inputs: Inputs = field(repr=False)


def rank(
    session: Session,
    partnership: str,
    period: str,
    *,
    owner: str | None = None,
    parameters: Parameters | None = None,
    intake: Intake | None = None,
) -> Draft:
    """Return the draft list of a period ('2022-Q4' or '2022-12').

    `owner` is the organisation whose earlier lists count (default: whichever published last). `intake` are counts and
    sources from elsewhere than the returns. Raises InvalidError for a period that is none, or where one stray report
    makes the map too large.
    """
    parameters = parameters or Parameters()
    when = Period.parse(period)
    taken = intake or take_in(session, partnership, when, parameters)
    owner = owner or next((who for who, _, _ in read.published_lists(session, partnership)), None)
    homes = places.homes_by_cell(session, partnership)
    named = read.nominations(session, partnership, str(when))
    inputs = Inputs(
        when,
        taken.counts,
        taken.sources,
        parameters,
        read.earlier_windows(session, partnership, owner, when) if owner else (),
        tuple(cell for cell, _ in named),
        tuple(homes),
    )
    ground = Surroundings(
        places.gazetteer(session, partnership),
        places.areas(session, partnership, "ward"),
        homes or None,
        dict(named),
    )
    drawn = draw_list(inputs)
    return Draft(_view(partnership, owner, drawn, inputs, ground), inputs)


def _view(partnership: str, owner: str | None, drawn: Drawn, inputs: Inputs, ground: Surroundings) -> HotspotList:
    entries, emerging, former = (
        tuple(_explained(spot, inputs) for spot in group) for group in name_places(drawn, inputs.counts, ground)
    )
    return HotspotList(
        partnership=partnership,
        period=str(drawn.period),
        period_in_words=drawn.period.in_words,
        size=inputs.parameters.size,
        window_m=inputs.parameters.window_m,
        method=METHOD,
        digest=drawn.digest,
        entries=entries,
        emerging=emerging,
        former=former,
        sources=_sources(drawn, inputs),
        owner=owner,
    )


def _explained(spot: Hotspot, inputs: Inputs) -> Hotspot:
    return replace(spot, explanation=explain(spot, months=inputs.period.months, lists=len(inputs.earlier)))


def _sources(drawn: Drawn, inputs: Inputs) -> tuple[Source, ...]:
    weights, other = inputs.parameters.weights, inputs.parameters.other_weight
    return tuple(
        take_source(state, weights.get(state.source, other), used=state.source in drawn.used)
        for state in sorted(inputs.sources, key=lambda state: state.source)
    )
