"""This module knows how a list is published: adopted as it stands, with a lead for every place, and never computed again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from uuid import UUID

from protocols.actions import Action, Event
from sharing.base import new_id
from sharing.errors import InvalidError, Problem, StaleError
from sharing.hotspots import read
from sharing.hotspots.intake import Intake
from sharing.hotspots.leads import take_leads
from sharing.hotspots.model import HotspotListRow, HotspotRow
from sharing.hotspots.parameters import Parameters, canonical
from sharing.hotspots.ranking import Draft, rank
from sharing.hotspots.records import counts_of, plain
from sharing.hotspots.views import Hotspot, HotspotList
from sharing.places.lattice import Cell
from sharing.store import Unit

LONGEST_NAME = 160
LONGEST_REASON = 200


@dataclass(frozen=True)
class PublishHotspots:
    """Publish the list of a period.

    `digest` is that of the draft that was looked at: where the returns have changed since, nothing is published.
    `leads` and `names` say, by south-west cell, who leads and what a place is called; where they say nothing the ward's
    lead and the gazetteer's name stand. `replace_reason` is needed to publish a corrected edition of a list.
    """

    partnership: str
    period: str
    digest: str | None = None
    leads: Mapping[Cell, UUID] = field(default_factory=dict)
    names: Mapping[Cell, str] = field(default_factory=dict)
    parameters: Parameters = field(default_factory=Parameters)
    replace_reason: str = ""
    owner: str | None = None


def publish_hotspots(unit: Unit, command: PublishHotspots, *, intake: Intake | None = None) -> HotspotList:
    """Publish the list and return it.

    Raises NotPermittedError; StaleError where the draft has changed; InvalidError with every place that has no lead, a
    second list for the period without a reason, more places than the list holds, or no place at all.
    """
    unit.require(Action.PUBLISH_HOTSPOTS, partnership=command.partnership)
    owner = command.owner or unit.actor.organisation
    if owner is None:
        raise InvalidError.one("it is not said whose list this is", where="owner", mend="Name the organisation.")
    draft = rank(
        unit.session, command.partnership, command.period, owner=owner, parameters=command.parameters, intake=intake
    )
    if command.digest is not None and command.digest != draft.view.digest:
        raise StaleError(
            "The returns have changed since you looked at the list. Look at it again before you publish it."
        )
    edition = _edition(unit, command, owner, draft.view.period)
    spots = _led(unit, command, draft.view)
    row = _store(unit, command, draft, owner, edition)
    rows = [_spot_row(row, spot) for spot in spots]
    unit.session.add_all(rows)
    unit.session.flush()
    unit.record(
        Event.HOTSPOTS_PUBLISHED,
        about=row.id,
        partnership=command.partnership,
        facts={
            "owner": owner,
            "period": draft.view.period,
            "edition": edition,
            "method": draft.view.method,
            "places": len(spots),
            "input_sha256": draft.view.digest,
            "list_sha256": hashlib.sha256(canonical([plain(spot) for spot in spots])).hexdigest(),
            "missing": list(draft.view.missing),
        },
    )
    return read.published_list(unit.session, command.partnership, draft.view.period, owner=owner)


def _edition(unit: Unit, command: PublishHotspots, owner: str, period: str) -> int:
    """Return the number of this edition: 1, or one more than the last where a reason is given."""
    mine = [
        list_id
        for who, when, list_id in read.published_lists(unit.session, command.partnership)
        if (who, when) == (owner, period)
    ]
    if not mine:
        return 1
    if not command.replace_reason.strip():
        raise InvalidError.one(
            f"a list for {period} is published already",
            where="period",
            mend="It stays as it was adopted. To publish a corrected edition, say why.",
        )
    last = unit.session.get_one(HotspotListRow, mine[0])
    return last.edition + 1


def _led(unit: Unit, command: PublishHotspots, draft: HotspotList) -> tuple[Hotspot, ...]:
    """Return the places with lead and name; every problem at once."""
    leads = take_leads(unit, command.partnership)
    problems = _problems(command, draft)
    led: list[Hotspot] = []
    for spot in draft.entries:
        lead = leads.find(spot, command.leads.get(spot.cell))
        if isinstance(lead, Problem):
            problems.append(lead)
            continue
        led.append(_named(replace(spot, lead=lead), command.names))
    if problems:
        raise InvalidError(tuple(problems))
    return tuple(led)


def _problems(command: PublishHotspots, draft: HotspotList) -> list[Problem]:
    problems = []
    if not draft.entries:
        problems.append(Problem("there is no report to draw a list from", "period", "Load the period's returns first."))
    unknown = [cell for cell in (*command.leads, *command.names) if cell not in {spot.cell for spot in draft.entries}]
    problems += [
        Problem("this place is not on the list", f"cell {cell[0]}, {cell[1]}") for cell in sorted(set(unknown))
    ]
    problems += [
        Problem(f"a name has 1 to {LONGEST_NAME} letters", f"cell {cell[0]}, {cell[1]}")
        for cell, name in command.names.items()
        if not 1 <= len(name.strip()) <= LONGEST_NAME
    ]
    if len(command.replace_reason) > LONGEST_REASON:
        problems.append(Problem(f"a reason has at most {LONGEST_REASON} letters", "replace_reason"))
    return problems


def _named(spot: Hotspot, names: Mapping[Cell, str]) -> Hotspot:
    """Return the place under the name that was given to it; the paragraph begins with the name, so it changes too."""
    name = names.get(spot.cell, spot.name).strip()
    if name == spot.name:
        return spot
    return replace(
        spot, name=name, explanation=spot.explanation.replace(f"{spot.rank}. {spot.name}", f"{spot.rank}. {name}", 1)
    )


def _store(unit: Unit, command: PublishHotspots, draft: Draft, owner: str, edition: int) -> HotspotListRow:
    row = HotspotListRow(
        id=new_id(),
        partnership=command.partnership,
        owner=owner,
        period=draft.view.period,
        edition=edition,
        size=draft.view.size,
        window_m=draft.view.window_m,
        method=draft.view.method,
        setting=draft.inputs.setting(),
        counts=draft.inputs.counts.pack(),
        input_hash=draft.view.digest,
        sources=[{**asdict(source), "missing": list(source.missing)} for source in draft.view.sources],
        missing=list(draft.view.missing),
        beside={
            "emerging": [plain(spot) for spot in draft.view.emerging],
            "former": [plain(spot) for spot in draft.view.former],
        },
        published_at=unit.clock.business_now(),
        published_by=unit.actor.officer_id,
        replace_reason=command.replace_reason.strip(),
    )
    unit.session.add(row)
    unit.session.flush()
    return row


def _spot_row(row: HotspotListRow, spot: Hotspot) -> HotspotRow:
    if spot.lead is None or spot.rank is None:
        raise InvalidError.one("nobody leads here", where=spot.name, mend="Name a lead officer.")
    return HotspotRow(
        id=new_id(),
        partnership=row.partnership,
        list_id=row.id,
        rank=spot.rank,
        cell_e=spot.cell.e,
        cell_n=spot.cell.n,
        size_m=spot.size_m,
        name=spot.name,
        ward=spot.ward,
        score=spot.score,
        label=spot.label.value,
        firm=spot.firm,
        nominated=spot.nominated,
        counts=counts_of(spot),
        explanation=spot.explanation,
        lead_officer_id=spot.lead.officer_id,
        lead_organisation=spot.lead.organisation,
    )
