"""The demonstration, loaded once: what its two partnerships show, and what they keep from each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from portal.config import Settings
from portal.demo import installation
from portal.demo.fixed import PARTNERSHIPS, SEED
from portal.demo.installation import Demonstration, ensure_demonstration
from portal.demo.people import FORENAMES, SURNAMES
from protocols.actor import Actor
from sharing import disclosures, hotspots, meetings, partners, recalls, requests, returns, standards, visits
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, UnreachableError
from sharing.ledger import audit
from sharing.ledger.policy import Policy
from sharing.meetings import ActionFilter, ActionStatus
from sharing.partners import AssignOfficer, WorkKind
from sharing.requests import RequestStatus
from sharing.returns import Kind, Quarter, State, read
from sharing.store import Session, Store

pytestmark = pytest.mark.timeout(600)  # the first test waits for the loading, on a busy machine too

DAY = date(2023, 1, 16)
LATE = {"preston": "Tulketh Housing Trust", "waltham-forest": "Bakers Green Homes"}


@dataclass
class Loaded:
    """The demonstration, with its record open."""

    settings: Settings
    found: Demonstration
    store: Store

    def actor(self, email: str, partnership: str) -> Actor:
        with self.store.reading() as session:
            return partners.actor_by_email(session, self.store.clock, email, partnership=partnership)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """Both partnerships, loaded as `accord demo load` does it."""
    settings = Settings(home=tmp_path_factory.mktemp("demo") / "home")
    found = ensure_demonstration(settings, SEED)
    store = Store.open(settings.store)
    yield Loaded(settings, found, store)
    store.close()


@pytest.fixture
def session(demo: Loaded) -> Iterator[Session]:
    with demo.store.reading() as session:
        yield session


def test_it_begins_on_its_day(demo: Loaded) -> None:
    assert demo.store.clock.today() == DAY


def test_a_second_start_loads_nothing_again(demo: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "_make", lambda *_: pytest.fail("it was loaded again"))
    again = ensure_demonstration(demo.settings, SEED)
    assert again == demo.found


def test_another_seed_needs_another_folder(demo: Loaded) -> None:
    with pytest.raises(InvalidError, match="was loaded with seed"):
        ensure_demonstration(demo.settings, SEED + 1)


# --- two partnerships ------------------------------------------------------------------------------


def test_no_organisation_officer_or_sign_in_belongs_to_both_partnerships(demo: Loaded, session: Session) -> None:
    here, there = (
        {body.code for body in partners.members(session, code, DAY, also_former=True)} for code in PARTNERSHIPS
    )
    assert here
    assert there
    assert not here & there
    assert all(len({post.partnership for post in person.posts}) == 1 for person in demo.found.sign_ins)


def test_an_officer_of_one_partnership_finds_nothing_of_the_other(demo: Loaded, session: Session) -> None:
    stranger = demo.actor("amy.wagtail@police.preston.example", "preston")
    theirs = requests.requests_of(session, "waltham-forest")[0]
    action = meetings.actions(session, "waltham-forest")[0]
    visit = visits.visits(session, "waltham-forest")[0]
    assert meetings.action(session, "preston", action.id) is None
    with pytest.raises(NotFoundError), demo.store.unit(stranger) as unit:
        requests.view_request(unit, theirs.id)
    with pytest.raises(NotFoundError), demo.store.unit(stranger) as unit:
        visits.view_visit(unit, visit.id)
    with pytest.raises(NotFoundError), demo.store.unit(stranger) as unit:
        meetings.accept_action(unit, action.id, action.version)


def test_each_partnership_has_a_ledger_of_its_own_and_every_ledger_verifies(demo: Loaded, session: Session) -> None:
    demo.store.integrate()
    trusted = Policy().trusting(demo.store.signer.verifier)
    for code in (*PARTNERSHIPS, "operator"):
        reports = audit.verify_database(session, trusted, partnership=code)
        assert reports
        assert all(int(report.verdict) == 0 for report in reports), [
            line for report in reports for line in report.lines()
        ]


# --- returns ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", PARTNERSHIPS)
def test_who_has_not_returned_has_an_answer_with_a_name(demo: Loaded, session: Session, code: str) -> None:
    states: dict[tuple[str, int], State] = {}
    for number in (2, 3, 4):
        status = returns.landlords_status(session, code, Quarter(2022, number), demo.store.clock.today())
        states |= {(row.name, number): row.state for row in status.rows}
    assert states[LATE[code], 3] is State.MISSING
    assert states[LATE[code], 4] is State.DUE
    assert {State.IN, State.NIL, State.LATE} <= set(states.values())


@pytest.mark.parametrize("code", PARTNERSHIPS)
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_merged_table_equals_what_the_sources_sent(session: Session, code: str, number: int) -> None:
    quarter = Quarter(2022, number)
    merged = returns.merged(session, code, quarter)
    landlords = {each.organisation for each in merged.counts if each.source == "landlords"}
    sent = 0
    for landlord in landlords:
        form = read.current_return(session, code, landlord, quarter)
        sheet = read.current_return(session, code, landlord, quarter, Kind.INCIDENTS)
        assert form is not None
        assert sheet is not None
        new = next(line.number for line in read.lines(session, code, form.id) if line.line == "new")
        assert new == sheet.rows_stored
        sent += new or 0
    assert merged.total(source="landlords") == sent
    police = sum(each.count for each in merged.counts if each.source == "police")
    bodies = partners.members(session, code, DAY)
    loaded = [
        view.rows_stored
        for body in bodies
        for view in read.returns_of(session, code, body.code)
        if view.kind is Kind.POLICE and view.period == str(quarter)
    ]
    assert police == sum(loaded) > 0


def test_all_real_rows_of_preston_are_there_and_every_one_is_placed(session: Session) -> None:
    assert returns.placed_of(session, "preston", "2022-01", "2022-12")["police"] == (7540, 7540)


def test_reports_about_streets_are_context_and_enter_no_score(session: Session) -> None:
    placed, rows = returns.placed_of(session, "waltham-forest", "2018-01", "2019-12")["council"]
    assert placed == 0
    assert rows > 0
    listed = hotspots.published_list(session, "waltham-forest")
    assert "council" not in {source.source for source in listed.sources if source.used}


# --- hotspots --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", PARTNERSHIPS)
def test_the_list_of_each_quarter_has_twenty_places_each_with_a_lead(session: Session, code: str) -> None:
    for period in ("2022-Q2", "2022-Q3", "2022-Q4"):
        listed = hotspots.published_list(session, code, period)
        assert [spot.rank for spot in listed.entries] == list(range(1, 21))
        assert all(spot.lead is not None and spot.name for spot in listed.entries)
    assert hotspots.published_list(session, code, "2022-Q4").missing == (LATE[code],)


@pytest.mark.parametrize("code", PARTNERSHIPS)
def test_a_list_drawn_again_from_what_is_stored_is_the_same(session: Session, code: str) -> None:
    for _, _, list_id in hotspots.published_lists(session, code):
        assert hotspots.redraw(session, code, list_id).same


# --- meetings --------------------------------------------------------------------------------------


def test_the_next_joint_operations_group_meets_a_fortnight_after_the_last_and_has_its_agenda(session: Session) -> None:
    series = meetings.series_by_code(session, "preston", "JOG", DAY)
    held = {each.held_on: each for each in meetings.meetings_of(session, "preston", series.id)}
    assert series.next_on == date(2023, 1, 17)
    assert held[date(2023, 1, 3)].minutes_agreed_at is not None
    agenda = held[date(2023, 1, 17)].agenda
    assert any(LATE["preston"] in line.text for item in agenda for line in item.lines)


@pytest.mark.parametrize("code", PARTNERSHIPS)
def test_there_is_an_action_in_every_state_and_one_that_rolled_over(session: Session, code: str) -> None:
    found = meetings.actions(session, code, ActionFilter())
    assert {action.status for action in found} == set(ActionStatus)
    assert any(action.rollovers for action in found)


# --- disclosure ------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", PARTNERSHIPS)
def test_one_request_is_released_one_is_stopped_and_one_waits(session: Session, code: str) -> None:
    found = {each.status: each for each in requests.requests_of(session, code)}
    assert set(found) == {RequestStatus.RELEASED, RequestStatus.BLOCKED, RequestStatus.WAITING}
    told = found[RequestStatus.BLOCKED].told
    assert any(each["change"] for each in told)


def test_the_stopped_request_goes_on_once_its_officer_is_assigned_to_the_action(demo: Loaded) -> None:
    here = "waltham-forest"
    with demo.store.reading() as session:
        blocked = next(r for r in requests.requests_of(session, here) if r.status is RequestStatus.BLOCKED)
    constable = demo.actor("jay.clover@police.waltham-forest.example", here)
    inspector = demo.actor("grace.foxglove@police.waltham-forest.example", here)
    work = AssignOfficer(blocked.officer_id, WorkKind.ACTION, blocked.linked_ref)
    with pytest.raises(NotPermittedError), demo.store.unit(constable) as unit:
        partners.assign_officer(unit, work)
    # What follows is undone again: the other tests look at the demonstration as it was loaded.
    with pytest.raises(UndoneError), demo.store.unit(inspector) as unit:
        partners.assign_officer(unit, work)
        unit.session.flush()
        unit.actor = constable
        assert requests.mend_request(unit, blocked.id, blocked.version, {}).status is RequestStatus.WAITING
        raise UndoneError


class UndoneError(Exception):
    """Ends a unit of work without storing anything."""


def test_what_was_released_stands_in_the_log_with_its_fields_and_without_its_values(session: Session) -> None:
    for code in PARTNERSHIPS:
        given = [
            view
            for body in partners.members(session, code, DAY)
            for view in disclosures.given_by(session, code, body.code)
        ]
        assert {view.outcome for view in given} >= {"released", "refused"}


def test_a_name_that_was_somebody_elses_is_taken_back_and_its_silence_is_on_the_next_agenda(session: Session) -> None:
    (silent,) = recalls.overdue(session, "preston", date(2023, 1, 17))
    assert (silent.supplier, silent.recipient) == ("ribble-bank", "preston-council")
    assert recalls.overdue(session, "preston", DAY) == ()
    (breach,) = recalls.breaches_of(session, "preston", None)
    assert breach.reported is None
    series = meetings.series_by_code(session, "preston", "JOG", DAY)
    held = {each.held_on: each for each in meetings.meetings_of(session, "preston", series.id)}
    lines = [line.text for item in held[date(2023, 1, 17)].agenda for line in item.lines]
    assert any(line.startswith(f"{silent.recall}: ") and "has not answered" in line for line in lines)
    assert recalls.recalls_of(session, "waltham-forest") == ()


def test_no_made_up_name_address_or_note_stands_in_the_database_in_clear(demo: Loaded) -> None:
    demo.store.integrate()
    raw = b"".join(path.read_bytes() for path in sorted(demo.settings.home.glob("accord.sqlite*")))
    for name in (
        "Seersucker",
        "Candlewick",
        "Gabardine",
        "Moquette",
        "Turnstone Court",
        "Whimbrel Court",
        "headphones",
    ):
        assert name.encode() not in raw, name
    staff = {person.name.split()[-1] for person in demo.found.sign_ins}
    assert not staff & set(SURNAMES)
    assert not any(f" {surname}".encode() in raw for surname in SURNAMES)
    assert len(FORENAMES) == len(set(FORENAMES))


def test_passwords_and_seeds_stand_in_one_file_that_its_owner_alone_can_read(demo: Loaded) -> None:
    path = demo.settings.home / "demo-sign-ins.json"
    assert path.stat().st_mode & 0o077 == 0
    raw = (demo.settings.home / "accord.sqlite").read_bytes()
    for person in demo.found.sign_ins:
        assert person.password.encode() not in raw
        assert person.totp_secret.encode() not in raw


# --- standards -------------------------------------------------------------------------------------


def test_the_consortium_is_held_back_by_one_blank_declaration_and_names_the_member(session: Session) -> None:
    five = standards.consortium(session, "waltham-forest", "wf-five", DAY)
    assert not five.status.complete
    assert len(five.status.members) == 5
    assert [member.name for member in five.status.members if not member.ready] == ["Epping Glade Housing Trust"]
    assert "Epping Glade Housing Trust" in five.status.reason


def test_both_founding_assessments_are_there_in_shape(session: Session) -> None:
    cannock = standards.assessments(session, "waltham-forest", "hollow-ponds", "RSHM")
    assert [(each.assessed_on.year, each.outcome) for each in cannock] == [(2008, "sign"), (2006, "defer")]
    (ascham,) = standards.assessments(session, "waltham-forest", "ascham-homes", "RSHM")
    wardens = ascham.judgements["RSHM-3.P4"]
    assert str(wardens.status) == "not-relevant"
    assert wardens.reason
    assert "Fifteen estates" in wardens.alternative


# --- half a demonstration --------------------------------------------------------------------------


def test_a_loading_that_was_broken_off_is_cleared_away_and_begun_afresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(home=tmp_path / "home")

    def break_off(store: Store, seed: int) -> list[object]:
        raise KeyboardInterrupt

    monkeypatch.setattr("portal.demo.load.load_demonstration", break_off)
    with pytest.raises(KeyboardInterrupt):
        ensure_demonstration(settings, SEED)
    assert (settings.home / "accord.sqlite").exists()
    with pytest.raises(NotPermittedError, match="There is no demonstration"):
        installation.found_demonstration(settings)
    kept = settings.home / "a-file-of-somebody-else"
    kept.write_text("kept")
    begun: list[int] = []

    def begin(store: Store, seed: int) -> list[object]:
        begun.append(seed)
        return []

    monkeypatch.setattr("portal.demo.load.load_demonstration", begin)
    ensure_demonstration(settings, SEED)
    assert begun == [SEED]
    assert kept.read_text() == "kept"
    assert not (settings.home / installation.MARKER).exists()
    assert "starting afresh" in capsys.readouterr().err


def test_two_loadings_into_one_folder_do_not_meet(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    settings.home.mkdir()
    with (
        installation._held(settings.home / installation.MARKER),
        pytest.raises(UnreachableError, match="Somebody else"),
    ):
        ensure_demonstration(settings, SEED)
