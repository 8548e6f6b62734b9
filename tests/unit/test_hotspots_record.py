"""Lists in the record: published with a lead for every place, kept as adopted, redrawn from what was stored."""

from __future__ import annotations

import gzip
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hotspots_world import QUARTER, planted, preston, quiet_borough
from sqlalchemy import update

from protocols.actions import Event
from protocols.actor import Actor
from protocols.roles import Role
from sharing import hotspots, places
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError
from sharing.hotspots.counts import Counts
from sharing.hotspots.intake import Intake, Reporting, take_states
from sharing.hotspots.model import HotspotListRow, HotspotRow
from sharing.hotspots.parameters import SourceState
from sharing.hotspots.periods import month_text
from sharing.partners import model as partners
from sharing.places.lattice import Cell
from sharing.returns import model as returns
from sharing.store import Store

GEO = Path(__file__).parents[1] / "data" / "geo"
STATE = SourceState("police", "2022-01", "2022-12", placed=7540, rows=7540)
HERE = "preston-csp"


@dataclass(frozen=True)
class World:
    """A partnership with wards, a coordinator, two officers and an elected member."""

    store: Store
    coordinator: Actor
    reader: Actor
    lead: uuid.UUID
    other: uuid.UUID
    elected: uuid.UUID
    gone: uuid.UUID
    intake: Intake


def officer(organisation: str, **more: object) -> partners.Officer:
    return partners.Officer(
        id=uuid.uuid4(),
        partnership=HERE,
        organisation=organisation,
        name="A. Officer",
        post="Post",
        **{"roles": ["officer"], "from_on": date(2020, 1, 1), **more},
    )


@pytest.fixture
def world(store: Store, operator: Actor) -> World:
    council, police = "preston-council", "lancashire-police"
    people = [
        officer(council),
        officer(police),
        officer(council, elected=True, roles=["reader"]),
        officer(police, to_at=datetime(2021, 1, 1, tzinfo=UTC)),
    ]
    with store.unit(operator) as unit:
        now = unit.clock.now()
        unit.session.add(partners.Partnership(code=HERE, name="Preston", kind="CSP", area="Preston", created_at=now))
        for code in (council, police):
            unit.session.add(
                partners.Organisation(code=code, name=code, body_type="x", public_authority=True, created_at=now)
            )
        unit.session.flush()
        unit.session.add_all(people)
        unit.session.add(partners.Area(partnership=HERE, code="preston", name="Preston", kind="borough"))
        unit.session.add(partners.Area(partnership=HERE, code="E05012196", name="City Centre", kind="ward"))
        unit.session.flush()
        unit.session.add(partners.WardLead(partnership=HERE, area="preston", officer_id=people[0].id))
        unit.session.add(partners.WardLead(partnership=HERE, area="E05012196", officer_id=people[1].id))
        places.load_places(
            unit,
            places.LoadPlaces(
                HERE,
                wards=(GEO / "preston_wards2022.geojson.gz").read_bytes(),
                names=(GEO / "preston_place_names.csv.gz").read_bytes(),
            ),
        )
    coordinator = Actor(uuid.uuid4(), people[0].id, council, HERE, frozenset({Role.COORDINATOR}))
    reader = replace(coordinator, roles=frozenset({Role.READER}))
    ids = [person.id for person in people]
    return World(store, coordinator, reader, ids[1], ids[0], ids[2], ids[3], Intake(preston(), (STATE,)))


def publish(world: World, period: str = "2022-Q4", **more: object) -> hotspots.HotspotList:
    with world.store.unit(world.coordinator) as unit:
        return hotspots.publish_hotspots(unit, hotspots.PublishHotspots(HERE, period, **more), intake=world.intake)


def draft(world: World, period: str = "2022-Q4") -> hotspots.HotspotList:
    with world.store.reading() as session:
        return hotspots.rank(session, HERE, period, intake=world.intake).view


def test_a_draft_changes_nothing_and_is_what_is_published(world):
    seen = draft(world)
    published = publish(world, digest=seen.digest)
    bare = [replace(spot, id=None, lead=None) for spot in published.entries]
    assert bare == list(seen.entries)
    assert (published.emerging, published.former, published.sources) == (seen.emerging, seen.former, seen.sources)
    assert (published.size, len(published.entries), published.owner) == (20, 20, "preston-council")


def test_every_published_place_has_the_lead_of_its_ward_or_of_the_whole_area(world):
    published = publish(world)
    for spot in published.entries:
        assert spot.lead is not None
        assert spot.lead.officer_id == (world.lead if spot.ward_name == "City Centre" else world.other)
    assert {spot.ward_name for spot in published.entries} > {"City Centre"}


def test_a_list_with_a_place_that_nobody_leads_is_refused_and_every_such_place_is_named(world):
    with world.store.unit(Actor(operator="test")) as unit:
        unit.session.execute(update(partners.WardLead).values(officer_id=world.gone))
        unit.record(Event.PARTNERSHIP_LOADED, about=HERE, partnership=HERE)
    with pytest.raises(InvalidError) as caught:
        publish(world)
    assert len(caught.value.problems) == 20
    assert all(problem.mend for problem in caught.value.problems)
    with world.store.reading() as session, pytest.raises(NotFoundError):
        hotspots.published_list(session, HERE)


def test_an_elected_member_or_somebody_not_in_post_cannot_lead(world):
    first = draft(world).entries[0]
    for who in (world.elected, world.gone, uuid.uuid4()):
        with pytest.raises(InvalidError, match="place 1"):
            publish(world, leads={first.cell: who})


def test_a_lead_and_a_name_given_for_a_place_stand(world):
    first = draft(world).entries[0]
    published = publish(world, leads={first.cell: world.other}, names={first.cell: "Friargate and the station"})
    assert published.entries[0].name == "Friargate and the station"
    assert published.entries[0].explanation.startswith("1. Friargate and the station (firm).")
    assert published.entries[0].lead == hotspots.Lead(world.other, "preston-council")


def test_a_name_for_a_place_that_is_not_on_the_list_is_refused(world):
    with pytest.raises(InvalidError, match="not on the list"):
        publish(world, names={Cell(1, 1): "Nowhere"})


def test_a_list_is_not_published_when_the_returns_have_changed_since_it_was_looked_at(world):
    with pytest.raises(StaleError):
        publish(world, digest="0" * 64)


def test_a_second_list_for_a_period_needs_a_reason_and_is_a_new_edition(world):
    first = publish(world)
    with pytest.raises(InvalidError, match="published already"):
        publish(world)
    second = publish(world, replace_reason="A landlord's return came late.")
    assert (first.edition, second.edition) == (1, 2)
    with world.store.reading() as session:
        assert hotspots.published_list(session, HERE, "2022-Q4").id == second.id


def test_only_a_coordinator_of_the_partnership_publishes(world):
    command = hotspots.PublishHotspots(HERE, "2022-Q4")
    elsewhere = replace(world.coordinator, partnership="another-csp")
    for actor in (world.reader, elsewhere, Actor(operator="test")):
        with world.store.unit(actor) as unit, pytest.raises(NotPermittedError):
            hotspots.publish_hotspots(unit, command, intake=world.intake)


def test_the_entry_holds_digests_and_counts_and_no_name_or_place(world):
    with world.store.unit(world.coordinator) as unit:
        hotspots.publish_hotspots(unit, hotspots.PublishHotspots(HERE, "2022-Q4"), intake=world.intake)
        (entry,) = unit.recorded
    assert entry.type == Event.HOTSPOTS_PUBLISHED
    assert entry.facts["places"] == 20
    assert len(entry.facts["list_sha256"]) == len(entry.facts["input_sha256"]) == 64
    assert "Officer" not in repr(entry.facts)


def test_an_adopted_list_redraws_bit_for_bit_from_what_was_stored(world):
    published = publish(world)
    with world.store.reading() as session:
        assert hotspots.redraw(session, HERE, published.id) == hotspots.Redrawn(same=True)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"input_hash": "0" * 64}, "not those that the list was drawn from"),
        ({"method": "placed-windows/0"}, "drawn by placed-windows/0"),
    ],
)
def test_a_list_that_was_tampered_with_does_not_redraw(world, values, why):
    published = publish(world)
    with world.store.unit(Actor(operator="test")) as unit:
        unit.session.execute(update(HotspotListRow).values(**values))
        unit.record(Event.COMMAND_RUN)
    with world.store.reading() as session:
        found = hotspots.redraw(session, HERE, published.id)
    assert not found.same
    assert why in found.why


def test_a_stored_score_that_was_edited_is_noticed(world):
    published = publish(world)
    with world.store.unit(Actor(operator="test")) as unit:
        unit.session.execute(update(HotspotRow).where(HotspotRow.rank == 20).values(score=99.0))
        unit.record(Event.COMMAND_RUN)
    with world.store.reading() as session:
        assert not hotspots.redraw(session, HERE, published.id).same


def test_earlier_lists_make_places_stick_and_give_them_their_words(world):
    for period in ("2022-Q2", "2022-Q3"):
        publish(world, period)
    last = publish(world)
    with world.store.reading() as session:
        before = hotspots.published_list(session, HERE, "2022-Q3")
        assert [period for _, period, _ in hotspots.published_lists(session, HERE)] == ["2022-Q4", "2022-Q3", "2022-Q2"]
    kept = {spot.cell for spot in last.entries} & {spot.cell for spot in before.entries}
    assert len(kept) >= 18
    assert {spot.label for spot in last.entries} <= {hotspots.Label.RECURRING, hotspots.Label.NEW}
    assert "On 2 of the last 2 lists: recurring." in last.entries[0].explanation


def test_monthly_lists_do_not_count_as_earlier_quarterly_lists(world):
    publish(world, "2022-09")
    assert draft(world).entries[0].times_listed == 0


def test_a_lead_is_changed_by_name_and_never_to_nobody(world):
    spot = publish(world).entries[0]
    command = hotspots.NameLeadOfficer(HERE, spot.id, world.other)
    with world.store.unit(world.coordinator) as unit:
        changed = hotspots.name_lead_officer(unit, command)
    assert changed.lead == hotspots.Lead(world.other, "preston-council")
    with world.store.reading() as session:
        assert hotspots.hotspot(session, HERE, spot.id) == changed
    for nobody, error in ((None, "without a lead"), (world.elected, "elected"), (world.gone, "not in post")):
        with world.store.unit(world.coordinator) as unit, pytest.raises(InvalidError, match=error):
            hotspots.name_lead_officer(unit, replace(command, officer_id=nobody))
    with world.store.unit(world.coordinator) as unit, pytest.raises(StaleError):
        hotspots.name_lead_officer(unit, replace(command, version=99))
    with world.store.unit(world.reader) as unit, pytest.raises(NotPermittedError):
        hotspots.name_lead_officer(unit, command)


def test_another_partnership_s_place_cannot_be_found(world):
    spot = publish(world).entries[0]
    with world.store.reading() as session:
        with pytest.raises(NotFoundError):
            hotspots.hotspot(session, "another-csp", spot.id)
        with pytest.raises(NotFoundError):
            hotspots.published_list(session, "another-csp")


def test_a_nominated_place_is_on_the_period_s_list_under_its_name_and_the_twenty_first_is_refused(world):
    def nominate(at: int) -> Cell:
        easting, northing = 352_000 + 300 * (at % 5), 430_000 + 300 * (at // 5)
        with world.store.unit(world.coordinator) as unit:
            return hotspots.nominate_hotspot(
                unit,
                hotspots.NominateHotspot(HERE, "2022-Q4", easting, northing, f"Walk {at}", hotspots.Origin.WALK),
            )

    first = nominate(0)
    with pytest.raises(InvalidError, match="overlaps Walk 0"):
        nominate(0)
    entry = next(spot for spot in draft(world).entries if spot.nominated)
    assert (entry.cell, entry.name, len(draft(world).entries)) == (first, "Walk 0", 20)
    for at in range(1, 20):
        nominate(at)
    with pytest.raises(InvalidError, match="21st is refused"):
        nominate(20)
    published = publish(world)
    assert all(spot.nominated for spot in published.entries)
    with pytest.raises(InvalidError, match="published already"):
        nominate(21)


def test_a_place_outside_the_area_cannot_be_nominated(world):
    with world.store.unit(world.coordinator) as unit, pytest.raises(InvalidError, match="outside"):
        hotspots.nominate_hotspot(
            unit, hotspots.NominateHotspot(HERE, "2022-Q4", 538_000, 188_000, "Leyton", hotspots.Origin.WALK)
        )


def test_the_map_of_a_published_list_is_that_of_its_draft(world):
    with world.store.reading() as session:
        before = hotspots.take_map(session, hotspots.rank(session, HERE, "2022-Q4", intake=world.intake), counts=True)
    published = publish(world)
    with world.store.reading() as session:
        after = hotspots.take_map(session, published, counts=True, missing_wards={"Ashton"})
        public = hotspots.take_map(session, published, counts=False)
    assert before is not None
    assert after == replace(before, missing=after.missing, missing_names=("Ashton",), description=after.description)
    assert public is not None
    for spot, bare in zip(public.spots, published.entries, strict=True):
        assert f"{bare.year} reports" not in spot.title
        assert hotspots.without_counts(published).entries[spot.rank - 1].band in spot.title


def test_places_are_loaded_by_the_operator_and_replace_the_older_ones(world):
    postcodes = gzip.compress(b"postcode,easting,northing\nPR1 2HE,353900,429300\nPR9 9ZZ,333000,417000\n")
    command = places.LoadPlaces(HERE, postcodes=postcodes, edition="Test 2022-12")
    for _ in range(2):
        with world.store.unit(Actor(operator="test")) as unit:
            loaded = places.load_places(unit, command)
    assert (loaded.postcodes, loaded.postcodes_outside) == (1, 1)
    with world.store.reading() as session:
        found = places.find_postcode(session, HERE, "pr12he")
        assert found.ward == "E05012196"
        with pytest.raises(InvalidError, match="outside"):
            places.find_postcode(session, HERE, "PR9 9ZZ")
        assert places.homes_by_cell(session, HERE) == {found.cell: 1}
        assert places.homes_by_area(session, HERE, "ward") == {"E05012196": 1}
        assert len(places.areas(session, HERE, "ward")) == 16
        assert places.areas(session, "another-csp", "ward") == ()
    with world.store.unit(world.coordinator) as unit, pytest.raises(NotPermittedError):
        places.load_places(unit, command)
    with world.store.unit(Actor(operator="test")) as unit, pytest.raises(InvalidError, match="edition"):
        places.load_places(unit, replace(command, edition=" "))


def test_without_boundaries_no_postcode_is_said_to_lie_outside(world):
    command = places.LoadPlaces(HERE, postcodes=b"postcode,easting,northing\nPR9 9ZZ,333000,417000\n", edition="Test")
    with world.store.unit(Actor(operator="test")) as unit:
        unit.session.execute(places.model.AreaBoundary.__table__.delete())
        assert places.load_places(unit, command).postcodes_outside == 0


def test_a_record_without_boundaries_has_no_map_but_a_list(world):
    with world.store.unit(Actor(operator="test")) as unit:
        unit.session.execute(places.model.AreaBoundary.__table__.delete())
        unit.record(Event.COMMAND_RUN)
    with world.store.reading() as session:
        found = hotspots.rank(session, HERE, "2022-Q4", intake=world.intake)
        assert hotspots.take_map(session, found, counts=True) is None
        assert len(found.view.entries) == 20


# -- what the returns hand over


def test_counts_and_sources_come_from_the_returns_with_missing_landlords_named(world):
    with world.store.unit(Actor(operator="test")) as unit:
        for code, name in (("ribble", "Ribble Homes"), ("gateway", "Gateway Housing")):
            unit.session.add(
                partners.Organisation(
                    code=code, name=name, body_type="x", public_authority=False, created_at=unit.clock.now()
                )
            )
            unit.session.flush()
            unit.session.add(
                partners.Membership(partnership=HERE, organisation=code, tier="co-operating", from_on=date(2020, 1, 1))
            )
            unit.session.add(
                partners.Homes(
                    partnership=HERE, organisation=code, area="preston", homes=3000, as_at_on=date(2022, 1, 1)
                )
            )
        counts = preston()
        for e, n, month, count in zip(
            *(column.tolist() for column in (counts.cell_e, counts.cell_n, counts.month, counts.n)), strict=True
        ):
            unit.session.add(
                returns.CellMonth(
                    partnership=HERE,
                    cell_e=e,
                    cell_n=n,
                    month=month_text(month),
                    source="police",
                    category="asb",
                    n=count,
                )
            )
        unit.record(Event.POLICE_DATA_LOADED)
    with world.store.reading() as session:
        found = hotspots.rank(session, HERE, "2022-Q4").view
    assert [spot.cell for spot in found.entries] == [spot.cell for spot in draft(world).entries]
    police, landlords = found.sources[1], found.sources[0]
    assert (police.source, police.used, landlords.source, landlords.used) == ("police", True, "landlords", False)
    assert (landlords.reporting, landlords.of) == (0, 6000)
    assert found.missing == ("Gateway Housing", "Ribble Homes")


def test_a_missing_month_of_police_data_shortens_what_can_be_compared():
    rows = [row for row in quiet_borough() if row.month != "2022-06"]
    nobody = Reporting(0, 0, ())
    (state,) = take_states(Counts.of(rows), QUARTER, {"police": (90, 100)}, nobody)
    assert (state.first_month, state.last_month, state.placed, state.rows) == ("2022-07", "2022-12", 90, 100)


def test_landlords_are_complete_as_far_as_their_homes_go():
    rows = [*quiet_borough(), *planted((10_010, 3_010), 1, "2022-02", "2022-10", "landlords")]
    states = take_states(Counts.of(rows), QUARTER, {}, Reporting(6000, 8000, ("Ascham",)))
    landlords = next(state for state in states if state.source == "landlords")
    assert (landlords.first_month, landlords.last_month) == ("2022-02", "2022-12")
    assert (landlords.reporting, landlords.of, landlords.missing) == (6000, 8000, ("Ascham",))
