"""This module knows `accord hotspots`: rank a draft list, publish it as a co-ordinator."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from portal import cli
from portal.commands import opening
from sharing.errors import NotFoundError

if TYPE_CHECKING:
    from sharing.hotspots import Hotspot, HotspotList
    from sharing.store import Session, Store


def run(_name: str, arguments: Sequence[str]) -> int:
    """Run `accord hotspots rank|publish`."""
    parser = cli.Parser(prog="accord hotspots", description="The list of places where most is reported.")
    actions = parser.add_subparsers(dest="action", required=True)
    rank = actions.add_parser("rank", help="draw a draft list; nothing is stored")
    publish = actions.add_parser("publish", help="publish it: every place with its ward's lead")
    for one in (rank, publish):
        one.add_argument("--partnership", required=one is rank, metavar="P")
        one.add_argument("--period", required=True, metavar="Q", help="a quarter, 2022-Q4, or a month, 2022-12")
        one.add_json()
    rank.add_argument(
        "--area", metavar="A", help="only places of this ward (its code or its name), ranks as on the list"
    )
    rank.add_argument(
        "--top", type=int, default=20, metavar="N", help="how many places the list holds; 20 unless given"
    )
    publish.add_argument("--as", dest="user", required=True, metavar="USER", help="the co-ordinator's address")
    publish.add_argument("--reason", default="", help="why a published list is corrected")
    options = parser.parse_args(arguments)
    with opening.opened() as store:
        return _rank(store, options) if options.action == "rank" else _publish(store, options)


def _rank(store: Store, options: Namespace) -> int:
    from sharing import hotspots, partners
    from sharing.hotspots import Parameters

    parameters = Parameters(size=options.top, sticky_rank=max(options.top, Parameters().sticky_rank))
    with store.reading() as session:
        partners.partnership(session, options.partnership)  # says so if there is no such partnership
        found = hotspots.rank(session, options.partnership, options.period, parameters=parameters).view
    if options.area:
        found = _only(found, options.area)
    opening.show(_plain(found), as_json=options.json, lines=_lines(found))
    return cli.DONE


def _only(found: HotspotList, area: str) -> HotspotList:
    kept = tuple(
        spot for spot in found.entries if area.casefold() in {(spot.ward or "").casefold(), spot.ward_name.casefold()}
    )
    if not kept:
        raise NotFoundError(f"No place of the list lies in {area}. Name a ward by its code or its name.")
    return replace(found, entries=kept, emerging=(), former=())


def _publish(store: Store, options: Namespace) -> int:
    from sharing import hotspots, partners

    who = opening.operator().operator
    with store.reading() as session:
        actor = partners.actor_by_email(
            session, store.clock, options.user, partnership=options.partnership, operator=who
        )
    command = hotspots.PublishHotspots(actor.partnership or "", options.period, replace_reason=options.reason)
    with store.unit(actor) as unit:
        found = hotspots.publish_hotspots(unit, command)
    with store.reading() as session:
        leads = _leads(session, store, found)
    opening.show(_plain(found), as_json=options.json, lines=[*_lines(found), "", "Lead officers:", *leads])
    return cli.DONE


def _leads(session: Session, store: Store, found: HotspotList) -> list[str]:
    from sharing import partners

    clock = store.clock
    people = {o.id: o for o in partners.officers(session, found.partnership, clock.business_now(), clock.today())}
    return [
        f"{spot.rank:>3}. {people[spot.lead.officer_id].name} ({spot.lead.organisation})"
        for spot in found.entries
        if spot.lead and spot.lead.officer_id in people
    ]


def _plain(found: HotspotList) -> dict[str, Any]:
    return {
        "partnership": found.partnership,
        "period": found.period,
        "edition": found.edition,
        "published_at": found.published_at,
        "method": found.method,
        "input_sha256": found.digest,
        "missing": list(found.missing),
        "places": [_place(spot) for spot in found.entries],
        "emerging": [_place(spot) for spot in found.emerging],
    }


def _place(spot: Hotspot) -> dict[str, Any]:
    return {
        "rank": spot.rank,
        "name": spot.name,
        "ward": spot.ward_name,
        "centre": list(spot.centre),
        "reports": spot.year,
        "by_source": dict(spot.by_source),
        "label": str(spot.label),
        "firm": spot.firm,
        "lead": str(spot.lead.officer_id) if spot.lead else None,
        "explanation": spot.explanation,
    }


def _lines(found: HotspotList) -> list[str]:
    from sharing import hotspots

    state = f"published, edition {found.edition}" if found.published_at else "draft, not published"
    lines = [f"{found.period_in_words}: {len(found.entries)} places of {found.window_m} m ({state})", ""]
    lines += [spot.explanation for spot in found.entries]
    lines += ["", "Emerging:", *(spot.explanation for spot in found.emerging)] if found.emerging else []
    lines += ["", *(hotspots.describe_source(source) for source in found.sources)]
    lines += [f"Missing: {', '.join(found.missing)}."] if found.missing else []
    return lines
