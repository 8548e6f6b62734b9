"""Returns in the record: accepted once, superseded without loss, counted by cell, sealed where they must be."""

from __future__ import annotations

import base64
import csv
import io
import threading
import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from protocols.actions import Event
from protocols.actor import Actor
from protocols.roles import Role
from sharing import returns
from sharing.base import Base
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError
from sharing.ledger.model import LedgerEntry
from sharing.partners import model as partners
from sharing.places import Locator, PostcodeBook, PostcodePlace
from sharing.returns import Certificate, Cover, Kind, Quarter, Setting, State, SubmitNilReturn, SubmitReturn, read
from sharing.returns.cells import recount
from sharing.returns.model import CellMonth, Incident, Submission
from sharing.store import Store

HERE, LANDLORD, COUNCIL, POLICE = "cannock-csp", "ascham-homes", "cannock-council", "staffordshire-police"
QUARTER = Quarter(2026, 1)
TODAY = date(2026, 4, 10)
COVER = Cover("asb-protocol", "d" * 64)
BOOK = PostcodeBook.of(
    [
        PostcodePlace("WS11 1AA", 398_012, 310_213, None, None),
        PostcodePlace("WS11 1AB", 398_412, 310_913, None, None),
    ],
    "2014-08",
)
HEAD = ["Reference", "Date reported", "Category", "Postcode", "Address", "Note"]
FORM = ["Line", "Category", "Area or place", "Number"]
SECRET = "Zzyzx Court, Mrs Quuxley"


@dataclass(frozen=True)
class World:
    store: Store
    officer: Actor
    council: Actor
    police: Actor


@pytest.fixture
def world(store: Store, operator: Actor) -> World:
    with store.unit(operator) as unit:
        now = unit.clock.now()
        unit.session.add(partners.Partnership(code=HERE, name="Cannock", kind="CSP", area="Cannock", created_at=now))
        for code in (LANDLORD, COUNCIL, POLICE):
            unit.session.add(
                partners.Organisation(code=code, name=code, body_type="x", public_authority=True, created_at=now)
            )
        unit.record(Event.PARTNERSHIP_LOADED, about=HERE, partnership=HERE)
    actor = Actor(uuid.uuid4(), uuid.uuid4(), LANDLORD, HERE, frozenset({Role.RETURNS_OFFICER}))
    return World(store, actor, replace(actor, organisation=COUNCIL), replace(actor, organisation=POLICE))


def signed(*_: object) -> Cover:
    return COVER


def unsigned(*_: object) -> None:
    return None


def check(kind: str, head: list[str], rows: list[list[str]], quarter: Quarter = QUARTER):
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    setting = Setting(quarter, TODAY, returns.scheme(), locator=Locator((), BOOK))
    return returns.check_return(kind, "a.csv", out.getvalue().encode(), setting)


def sheet(count: int = 3, code: str = "WS11 1AA", quarter: Quarter = QUARTER):
    day = (quarter.starts_on + timedelta(days=9)).strftime("%d/%m/%Y")
    rows = [[f"R{n}", day, "Noise", code, f"{n} {SECRET}", f"note {SECRET}"] for n in range(count)]
    return check("incidents", HEAD, rows, quarter)


def form(new: int = 5, quarter: Quarter = QUARTER):
    flow = {
        "Homes in the area": 100,
        "Open at start": 1,
        "New cases": new,
        "Closed": 2,
        "Open at end": new - 1,
        "Hate related": 0,
    }
    rows = [[line, "", "", str(number)] for line, number in flow.items()]
    rows += [
        ["New cases by category", "Noise", "Queens Road", str(new - 1)],
        ["New cases by category", "Drugs", "Queens Road", "1"],
    ]
    return check("quarterly", FORM, rows, quarter)


def submit(world: World, checked, in_force=signed, actor: Actor | None = None, **more: object):
    with world.store.unit(actor or world.officer) as unit:
        return returns.submit_return(unit, SubmitReturn(HERE, LANDLORD, checked, COUNCIL, **more), in_force=in_force)


def cells(world: World) -> dict[tuple[str, int, int, str, str], int]:
    with world.store.reading() as session:
        rows = returns.cell_months(session, HERE, "2000-01", "2099-12")
    return {(row.month, row.cell_e, row.cell_n, row.source, row.category): row.n for row in rows}


def test_a_quarterly_form_is_stored_with_its_lines_and_a_receipt(world):
    done = submit(world, form())
    world.store.integrate()
    with world.store.reading() as session:
        (view,) = read.returns_of(session, HERE, LANDLORD)
        lines = read.lines(session, HERE, view.id)
    assert (view.kind, view.version, view.is_current, view.rows_stored, view.protocol) == (
        Kind.QUARTERLY,
        1,
        True,
        8,
        None,
    )
    assert sum(line.number or 0 for line in lines if line.part == "B") == 5
    receipt = world.store.receipt(done.entry_id)
    assert receipt is not None
    extra = next(line.removeprefix("extra ") for line in receipt.splitlines() if line.startswith("extra "))
    assert view.digest.encode() in base64.b64decode(extra)


def test_incidents_are_sealed_and_counted_by_the_cell_of_their_postcode(world):
    submit(world, sheet())
    assert cells(world) == {("2026-01", 398_012 // 50, 310_213 // 50, "landlords", "NOIS"): 3}
    with world.store.reading() as session:
        rows = session.scalars(select(Incident)).all()
        assert all(SECRET not in repr(row.address) and SECRET not in repr(row.note) for row in rows)
        assert {row.precision for row in rows} == {"postcode"}
        for table in Base.metadata.sorted_tables:
            for row in session.execute(text(f"SELECT * FROM {table.name}")):
                assert not any(word in str(row) for word in ("Zzyzx", "Quuxley", "WS11", "'R1'")), table.name


def test_the_raw_database_file_never_holds_what_is_sealed(world, tmp_path):
    submit(world, sheet(50))
    if world.store.engine.dialect.name != "sqlite":
        return
    held = b"".join(path.read_bytes() for path in tmp_path.glob("accord-*"))
    assert len(held) > 10_000
    assert b"Zzyzx" not in held
    assert b"WS11 1AA" not in held


def test_incidents_need_a_protocol_in_force_and_the_quarterly_form_none(world):
    with pytest.raises(NotPermittedError) as refused:
        submit(world, sheet(), in_force=unsigned)
    assert refused.value.rule == "in-force"
    assert cells(world) == {}
    submit(world, form(), in_force=unsigned)


def test_the_protocol_is_asked_for_between_landlord_and_council_on_this_day(world):
    asked = []
    submit(world, sheet(), in_force=lambda session, *rest: asked.append(rest) or COVER)
    assert asked == [(HERE, LANDLORD, COUNCIL, returns.PURPOSE, world.store.clock.today())]
    with world.store.reading() as session:
        assert read.returns_of(session, HERE, LANDLORD)[0].protocol == "asb-protocol"


def test_the_same_file_sent_twice_is_one_return(world):
    first = submit(world, sheet())
    again = submit(world, sheet())
    assert (again.id, again.version, again.is_repeat) == (first.id, 1, True)
    assert sum(cells(world).values()) == 3
    with world.store.reading() as session:
        assert len(read.returns_of(session, HERE, LANDLORD)) == 1


def test_the_same_file_sent_by_several_at_once_is_one_return(world):
    checked, answers = sheet(), []
    threads = [threading.Thread(target=lambda: answers.append(submit(world, checked))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer.id for answer in answers}) == 1
    assert sorted(answer.is_repeat for answer in answers) == [False, True, True, True]
    assert sum(cells(world).values()) == 3


def test_the_same_file_sent_for_another_quarter_is_refused(world):
    submit(world, form())
    other = replace(form(), quarter=Quarter(2026, 2))
    with pytest.raises(InvalidError, match="already the return for 2026-Q1"):
        submit(world, other)


def test_another_file_does_not_replace_a_return_unless_it_says_so(world):
    first = submit(world, sheet())
    with pytest.raises(StaleError, match="Replace"):
        submit(world, sheet(5))
    done = submit(world, sheet(5), replaces=first.id)
    assert (done.version, done.difference.words) == (2, "2 added, 0 removed, 0 changed, 3 the same")
    with pytest.raises(StaleError):
        submit(world, sheet(7), replaces=first.id)


def test_superseding_keeps_the_earlier_version_and_takes_its_counts_back(world):
    first = submit(world, sheet(3))
    second = submit(world, sheet(2, "WS11 1AB"), replaces=first.id)
    assert cells(world) == {("2026-01", 398_412 // 50, 310_913 // 50, "landlords", "NOIS"): 2}
    with world.store.reading() as session:
        versions = read.returns_of(session, HERE, LANDLORD)
        assert [(view.version, view.is_current) for view in versions] == [(2, True), (1, False)]
        assert len(read.incidents_of(session, HERE, LANDLORD, first.id)) == 3
        assert len(read.incidents_of(session, HERE, LANDLORD, second.id)) == 2
        assert session.scalars(select(CellMonth)).all()[0].n == 2


def test_going_back_to_an_earlier_file_is_an_explicit_new_version(world):
    first = submit(world, sheet(3))
    second = submit(world, sheet(2), replaces=first.id)
    third = submit(world, sheet(3), replaces=second.id)
    assert (third.version, third.is_repeat) == (3, False)
    assert sum(cells(world).values()) == 3


def test_replacing_needs_to_say_what(world):
    with world.store.unit(world.officer) as unit, pytest.raises(InvalidError, match="which version"):
        returns.supersede_return(unit, SubmitReturn(HERE, LANDLORD, form()), in_force=signed)


def test_the_counts_always_equal_the_incidents_of_current_versions(world):
    last = None
    for count, code in ((3, "WS11 1AA"), (4, "WS11 1AB"), (0, ""), (2, "WS11 1AA")):
        if count:
            last = submit(world, sheet(count, code), replaces=last.id if last else None)
    with world.store.reading() as session:
        current = session.scalars(select(Submission.id).where(Submission.status == "current")).all()
        assert dict(recount(session, HERE, current)) == cells(world)


def test_a_file_with_problems_is_refused_whole_with_every_problem(world):
    checked = check("incidents", HEAD, [["R1", "31/04/2026", "Nonsense", "E", "", ""]])
    with pytest.raises(InvalidError) as refused:
        submit(world, checked)
    assert len(refused.value.problems) == 3
    assert all(problem.where.startswith("Row 2") for problem in refused.value.problems)
    with world.store.reading() as session:
        assert read.returns_of(session, HERE, LANDLORD) == ()


def test_what_is_to_be_checked_needs_a_reason_that_names_nobody(world):
    checked = check("incidents", HEAD, [["R1", "10/01/2026", "Noise", "", "", "x"]])
    assert checked.asks == ("no-place",)
    for reason in ("", " ", "x" * 501, "ring Mr Smith on 07700 900123"):
        with pytest.raises(InvalidError):
            submit(world, checked, reasons={"no-place": reason})
    submit(world, checked, reasons={"no-place": "reported by a caller who gave none"})
    with world.store.reading() as session:
        assert read.returns_of(session, HERE, LANDLORD)[0].reasons == {"no-place": "reported by a caller who gave none"}


def test_another_organisation_cannot_submit_or_read_it(world):
    with pytest.raises(NotPermittedError) as refused:
        submit(world, form(), actor=world.council)
    assert refused.value.rule == "own-organisation"
    done = submit(world, form())
    with world.store.reading() as session, pytest.raises(NotFoundError):
        read.return_of(session, HERE, COUNCIL, done.id)


def test_a_nil_return_takes_the_place_of_a_form_and_gives_it_back(world):
    with world.store.unit(world.officer) as unit:
        nil = returns.submit_nil_return(unit, SubmitNilReturn(HERE, LANDLORD, QUARTER))
    with world.store.unit(world.officer) as unit:
        again = returns.submit_nil_return(unit, SubmitNilReturn(HERE, LANDLORD, QUARTER))
    assert (again.id, again.is_repeat) == (nil.id, True)
    with pytest.raises(StaleError):
        submit(world, form())
    assert submit(world, form(), replaces=nil.id).version == 2


def test_who_certified_is_kept_and_that_somebody_did_so_alone(world):
    second = uuid.uuid4()
    submit(world, form(), certificate=Certificate(second))
    with world.store.unit(world.officer) as unit:
        returns.submit_nil_return(
            unit,
            SubmitNilReturn(HERE, LANDLORD, Quarter(2025, 4), Certificate(world.officer.officer_id, is_alone=True)),
        )
    with world.store.reading() as session:
        views = read.returns_of(session, HERE, LANDLORD)
    assert [(view.certified_by, view.certified_alone) for view in views] == [
        (second, False),
        (world.officer.officer_id, True),
    ]


def expected() -> list[returns.Expected]:
    return [returns.Expected(LANDLORD, "Ascham Homes", 4_000), returns.Expected("other-homes", "Other Homes", 1_000)]


def test_status_names_every_landlord_with_the_denominator(world):
    with world.store.reading() as session:
        before = returns.status(session, HERE, QUARTER, expected(), date(2026, 4, 10))
        after = returns.status(session, HERE, QUARTER, expected(), date(2026, 5, 1))
    assert (before.due_on, before.count(State.DUE), before.expected) == (date(2026, 4, 30), 2, 2)
    assert (after.count(State.MISSING), after.rows[0].days_left) == (2, -1)
    submit(world, form())
    with world.store.reading() as session:
        now = returns.status(session, HERE, QUARTER, expected(), TODAY)
        (row, _) = now.rows
    assert row.state is (State.IN if row.submitted_on <= row.due_on else State.LATE)
    assert (now.received, now.expected, now.reporting_homes) == (1, 2, (4_000, 5_000))


@pytest.mark.parametrize(
    ("kind", "sent_on", "today", "state"),
    [
        (None, None, 30, State.DUE),
        (None, None, 31, State.MISSING),
        (Kind.QUARTERLY, 30, 31, State.IN),
        (Kind.QUARTERLY, 31, 31, State.LATE),
        (Kind.NIL, 30, 30, State.NIL),
        (Kind.NIL, 31, 31, State.LATE),
    ],
)
def test_a_return_is_due_in_nil_late_or_missing(kind, sent_on, today, state):
    from sharing.returns.rules import Sent, state_of

    sent = Sent(kind, date(2026, 1, sent_on)) if kind else None
    assert state_of(sent, date(2026, 1, 30), date(2026, 1, today)) is state


def test_the_merged_picture_adds_up_with_its_sources_and_names_who_is_missing(world):
    submit(world, form(5))
    submit(world, sheet(3))
    police = (
        "Month,Longitude,Latitude,Crime type\n"
        + "2026-01,-2.03,52.69,Anti-social behaviour\n" * 4
        + "2026-02,-2.03,52.69,Drugs\n"
    ).encode()
    with world.store.unit(world.police) as unit:
        returns.load_police_data(
            unit, returns.LoadReports(HERE, POLICE, returns.read_police("p.csv", police, returns.PoliceChoice()))
        )
    council = b"Date,Category,Postcode,Reporter\n10/01/2026,Graffiti,WS11 1AA,Mrs Quuxley\n"
    choice = returns.CouncilChoice(TODAY, locator=Locator((), BOOK))
    with world.store.unit(world.council) as unit:
        returns.load_council_reports(
            unit, returns.LoadReports(HERE, COUNCIL, returns.read_council("c.csv", council, choice))
        )
    with world.store.reading() as session:
        picture = returns.merged(session, HERE, QUARTER, expected())
        placed = returns.placed_of(session, HERE, "2026-01", "2026-03")
        previous = read.previous_numbers(session, HERE, LANDLORD, QUARTER.following)
    assert {(each.category, each.source, each.organisation): each.count for each in picture.counts} == {
        ("NOIS", "landlords", LANDLORD): 4,
        ("DRUG", "landlords", LANDLORD): 1,
        ("ASBX", "police", POLICE): 4,
        ("DAMG", "council", COUNCIL): 1,
    }
    assert (picture.total(), picture.total(source="landlords"), picture.missing) == (10, 5, ("Other Homes",))
    assert placed == {"landlords": (3, 3), "police": (4, 4), "council": (1, 1)}
    assert (previous["open-at-end", "", ""], previous["new-by-category", "NOIS", "queens road"]) == (4, 4)


def test_a_police_file_is_loaded_month_by_month_and_a_later_one_takes_its_place(world):
    def load(text_: str):
        result = returns.read_police("p.csv", text_.encode(), returns.PoliceChoice())
        with world.store.unit(world.police) as unit:
            return returns.load_police_data(unit, returns.LoadReports(HERE, POLICE, result))

    head, row = "Month,Longitude,Latitude,Crime type\n", "{},-2.03,52.69,Anti-social behaviour\n"
    first = load(head + row.format("2026-01") * 2 + row.format("2026-02"))
    assert first.months == ("2026-01", "2026-02")
    again = load(head + row.format("2026-01") * 2 + row.format("2026-02"))
    assert (again.months, again.already, again.entry_id) == ((), ("2026-01", "2026-02"), None)
    later = load(head + row.format("2026-02") * 5)
    assert later.months == ("2026-02",)
    assert sorted((key[0], n) for key, n in cells(world).items()) == [("2026-01", 2), ("2026-02", 5)]


def test_a_file_with_no_report_in_it_is_refused(world):
    result = returns.read_police(
        "p.csv", b"Month,Longitude,Latitude,Crime type\n2026-01,-2,52,Drugs\n", returns.PoliceChoice()
    )
    with world.store.unit(world.police) as unit, pytest.raises(InvalidError, match="no report"):
        returns.load_police_data(unit, returns.LoadReports(HERE, POLICE, result))


def test_a_mapping_is_kept_and_read_back(world):
    mapping = returns.SavedMapping({"wert": "number"}, {"x1": "NOIS"}, "nsir-2011")
    for kept in (mapping, replace(mapping, scheme="common")):
        with world.store.unit(world.officer) as unit:
            returns.keep_mapping(unit, returns.KeepMapping(HERE, LANDLORD, "quarterly", kept))
        with world.store.reading() as session:
            assert returns.kept_mapping(session, HERE, LANDLORD, "quarterly") == kept
    wrong = returns.SavedMapping(categories={"x": "NOPE"})
    with world.store.unit(world.officer) as unit, pytest.raises(InvalidError):
        returns.keep_mapping(unit, returns.KeepMapping(HERE, LANDLORD, "quarterly", wrong))


def test_nothing_of_a_return_stands_if_its_unit_fails(world):
    def fail() -> None:
        with world.store.unit(world.officer) as unit:
            returns.submit_return(unit, SubmitReturn(HERE, LANDLORD, sheet(), COUNCIL), in_force=signed)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert cells(world) == {}
    with world.store.reading() as session:
        assert read.returns_of(session, HERE, LANDLORD) == ()
        assert session.scalars(select(Incident)).all() == []


def test_the_ledger_holds_counts_and_digests_and_nothing_of_a_cell(world):
    first = submit(world, sheet(3))
    submit(world, sheet(4), replaces=first.id)
    world.store.integrate()
    with world.store.reading() as session:
        bodies = [bytes(row.body) for row in session.scalars(select(LedgerEntry))]
    assert sum(b"return:submitted" in body for body in bodies) == 2
    assert sum(b"return:superseded" in body for body in bodies) == 1
    assert not any(word in body for body in bodies for word in (b"Zzyzx", b"Quuxley", b"WS11", b"R1"))
