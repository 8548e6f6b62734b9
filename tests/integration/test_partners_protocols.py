"""Protocols in the record: drafts, completeness, signatures, what is refused."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import delete, select

from protocols import world as rulebook
from protocols.actions import Event
from protocols.actor import Actor
from protocols.completeness import needs_section
from protocols.sections import SECTIONS
from protocols.terms import load
from sharing import partners
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError
from sharing.ledger.model import LedgerEntry
from sharing.partners.model import Signature, Training

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "tests" / "data" / "partnership-example.toml").read_text("utf-8")
PLACE = "waltham-forest"
COUNCIL, POLICE, ASCHAM, FOREST, HEALTH = (
    "lb-waltham-forest",
    "met-north-east",
    "ascham-homes",
    "forest-homes",
    "north-east-london-icb",
)
PARTIES = [COUNCIL, POLICE, ASCHAM, FOREST]
PURPOSE = """
[[purpose]]
code = "asb-case"
text = "Acting in a case of anti-social behaviour"
provision = "CDA1998-s17"
strategy_area = "crime-and-disorder"
"""
LINES = """
[[line]]
id = "4.2"
purposes = ["asb-case"]
fields = ["subject.name", "subject.dob"]
form = { "subject.dob" = "age-band" }
from = ["kind:police"]
to = ["ascham-homes", "kind:housing-association"]
gateway = "CDA115"
basis = ["6(1)(e)-council", "6(1)(e)", "6(1)(f)"]
channels = ["view", "export"]
safeguards = ["four-eyes"]
"""


def _codes(table, *wanted):
    from protocols import lawbook

    known = lawbook.rows(table)
    return [code for code in wanted if code in known] or [next(iter(known))]


def protocol_text(number=1, *, kind="statutory", ref="WF-ISP", today, parties=PARTIES, leave_out=(), **changes):
    starts = changes.pop("starts_on", today - timedelta(days=30))
    head = {
        "ref": ref,
        "title": f"{PLACE} information-sharing protocol",
        "partnership": PLACE,
        "kind": kind,
        "version": number,
        "aliases": ["Joint Information Exchange"],
        "marking": "OFFICIAL-SENSITIVE",
        "parties": parties,
        **changes,
    }
    days = {"starts_on": starts, "review_by": starts + timedelta(days=360), "adopted_on": starts}
    text = "[protocol]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in head.items())
    text += "".join(f"{key} = {value.isoformat()}\n" for key, value in days.items())
    text += PURPOSE
    lines = LINES.replace(
        '["6(1)(e)-council", "6(1)(e)", "6(1)(f)"]', json.dumps(_codes("bases", "6(1)(e)", "6(1)(f)"))
    )
    text += lines.replace('"ascham-homes", ', '"ascham-homes", ' if ASCHAM in parties else "") + "[text]\n"
    draft = load(text + 'roles = "x"\n')
    for code, section in SECTIONS.items():
        if needs_section(draft, section) and code not in leave_out:
            text += f'{code} = "Written for a test: every line is covered."\n'
    return text


class Room:
    """The example partnership, with a way to act as any of its officers."""

    def __init__(self, store):
        self.store = store
        self.operator = Actor(operator="test")
        with store.unit(self.operator) as unit:
            partners.load_partnership(unit, EXAMPLE)

    @property
    def today(self):
        return self.store.clock.today()

    @property
    def now(self):
        return self.store.clock.business_now()

    def actor(self, name):
        with self.store.reading() as session:
            view = next(view for view in self.people(session) if view.name.endswith(name))
        return Actor(view.user_id, view.id, view.organisation, PLACE, view.roles)

    def people(self, session):
        return partners.officers(session, PLACE, self.now, self.today, also_former=True)

    def load(self, *args, actor=None, **kwargs):
        with self.store.unit(actor or self.operator) as unit:
            return partners.load_protocol(unit, partners.LoadProtocol(protocol_text(*args, today=self.today, **kwargs)))

    def sign(self, name, version, seniority="director"):
        with self.store.unit(self.actor(name)) as unit:
            command = partners.SignProtocol(version.ref, version.number, version.digest, seniority)
            return partners.sign_protocol(unit, command)

    def do(self, name, service, command):
        with self.store.unit(self.actor(name)) as unit:
            return service(unit, command)

    def ask(self, query, *args, **kwargs):
        with self.store.reading() as session:
            return query(session, PLACE, *args, **kwargs)

    def standing(self, supplier=POLICE, recipient=FOREST, purpose="asb-case", at=None):
        return self.ask(partners.protocol_in_force, supplier, recipient, purpose, at or self.now)

    def entries(self, event):
        self.store.integrate()
        with self.store.reading() as session:
            return [
                row for row in session.scalars(select(LedgerEntry)) if f'"{event.value}"'.encode() in bytes(row.body)
            ]


@pytest.fixture
def room(store):
    return Room(store)


@pytest.fixture
def signed(room):
    version = room.load()
    for name in ("Osei", "Lindqvist", "Marsh", "Whitfield"):
        room.sign(name, version)
    return version


def test_a_complete_protocol_can_be_signed_and_an_incomplete_one_stays_a_draft_that_says_what_is_missing(room):
    assert room.load(1).complete
    draft = room.load(2, leave_out=("breach", "complaints"))
    assert not draft.complete
    assert {gap.where for gap in draft.missing} == {"text.breach", "text.complaints"}
    view = room.ask(partners.protocol, "WF-ISP", room.now, number=2)
    assert view.status == "draft"
    assert any("Complaints" in line for line in view.missing)
    with pytest.raises(InvalidError) as refused:
        room.sign("Osei", draft)
    assert "Complaints" in str(refused.value)


@pytest.mark.parametrize("part", ["fields", "from", "to", "purposes", "safeguards"])
def test_a_draft_that_lacks_one_of_the_five_answers_stays_a_draft(room, part):
    text = protocol_text(today=room.today)
    line = next(line for line in text.splitlines() if line.startswith(f"{part} = ") and "kind" not in line[:6])
    text = text.replace("\n" + line, f"\n{part} = []", 1)
    if part == "fields":
        text = text.replace('form = { "subject.dob" = "age-band" }\n', "")
    with room.store.unit(room.operator) as unit:
        loaded = partners.load_protocol(unit, partners.LoadProtocol(text))
    assert not loaded.complete
    assert loaded.missing


def test_a_file_that_is_wrong_is_refused_with_path_and_line(room):
    text = protocol_text(today=room.today).replace("marking = ", "making = ")
    with pytest.raises(InvalidError) as refused, room.store.unit(room.operator) as unit:
        partners.load_protocol(unit, partners.LoadProtocol(text))
    assert any("(line " in problem.where for problem in refused.value.problems)


def test_a_party_that_is_no_member_is_refused(room):
    with pytest.raises(InvalidError) as refused:
        room.load(parties=[*PARTIES, "nobody-homes"])
    assert "nobody-homes" in str(refused.value)


def test_a_partnership_has_one_statutory_protocol(room):
    room.load()
    with pytest.raises(InvalidError) as refused:
        room.load(ref="SECOND-ISP")
    assert refused.value.problems[0].where == "protocol.kind"


def test_a_purpose_protocol_needs_its_parent(room):
    with pytest.raises(InvalidError):
        room.load(ref="WF-DV", kind="purpose", parent="WF-ISP")
    room.load()
    assert room.load(ref="WF-DV", kind="purpose", parent="WF-ISP").complete


def test_an_old_name_finds_the_protocol(room, signed):
    for words in ("joint information", "exchange", "wf isp", "JOINT  Information-Exchange"):
        assert [view.ref for view in room.ask(partners.find_protocols, words, room.now)] == ["WF-ISP"]
    for words in ("%", "_", "", "elephant", "xchange"):
        assert room.ask(partners.find_protocols, words, room.now) == ()


def test_the_register_shows_version_date_and_signer_of_a_landlord(room, signed):
    register = room.ask(partners.signatories, "WF-ISP", room.now)
    forest = next(line for line in register.signatures if line.organisation == FOREST)
    assert (forest.number, forest.name, forest.post, forest.seniority, forest.status) == (
        1,
        "Jo Whitfield",
        "Housing services manager",
        "director",
        "signed",
    )
    assert forest.signed_at <= room.now
    assert forest.digest == signed.digest


def test_a_responsible_authority_that_has_not_signed_is_a_gap_and_stops_nobody_else(room, signed):
    register = room.ask(partners.signatories, "WF-ISP", room.now)
    assert [(gap.kind, gap.organisation) for gap in register.gaps if gap.kind == "reg4-gap"] == [("reg4-gap", HEALTH)]
    assert ("no-liaison-officer", HEALTH, "red") in {(gap.kind, gap.organisation, gap.colour) for gap in register.gaps}
    assert room.standing().protocol.number == 1


def test_a_protocol_is_in_force_once_both_have_signed(room):
    version = room.load()
    room.sign("Lindqvist", version)
    assert room.standing().protocol is None
    assert room.standing().reasons == ("Forest Homes Housing Association has not signed the version that counts.",)
    room.sign("Whitfield", version)
    assert room.standing().protocol.status == "in force"
    assert room.standing(purpose="gossip").protocol is None


def test_a_withdrawal_bites_at_once_and_keeps_what_was_done(room, signed):
    room.do("Whitfield", partners.withdraw_from_protocol, partners.WithdrawFromProtocol("WF-ISP"))
    assert room.standing().reasons == ("Forest Homes Housing Association has withdrawn from it.",)
    register = room.ask(partners.signatories, "WF-ISP", room.now)
    assert [line.status for line in register.signatures if line.organisation == FOREST] == ["withdrawn"]
    assert room.standing(POLICE, ASCHAM).protocol is not None
    with pytest.raises(InvalidError):
        room.do("Whitfield", partners.withdraw_from_protocol, partners.WithdrawFromProtocol("WF-ISP"))


def test_an_organisation_that_has_withdrawn_may_sign_again(room, signed):
    room.do("Whitfield", partners.withdraw_from_protocol, partners.WithdrawFromProtocol("WF-ISP"))
    room.sign("Whitfield", signed)
    assert room.standing().protocol is not None


def test_a_suspension_stops_all_until_the_body_that_began_it_resumes(room, signed):
    room.do("Sharma", partners.suspend_protocol, partners.SuspendProtocol("WF-ISP"))
    assert room.standing().reasons == ("It is suspended by London Borough of Waltham Forest.",)
    assert room.ask(partners.protocol, "WF-ISP", room.now).status == "suspended"
    room.do("Sharma", partners.resume_protocol, partners.ResumeProtocol("WF-ISP"))
    assert room.standing().protocol is not None
    with pytest.raises(InvalidError):
        room.do("Sharma", partners.resume_protocol, partners.ResumeProtocol("WF-ISP"))


def test_an_overdue_review_ends_it_and_a_review_brings_it_back(room):
    version = room.load(starts_on=room.today - timedelta(days=365))
    room.sign("Lindqvist", version)
    room.sign("Whitfield", version)
    assert room.standing().reasons == ("Its review is overdue.",)
    assert room.ask(partners.protocol, "WF-ISP", room.now).status == "review overdue"
    room.do("Sharma", partners.review_protocol, partners.ReviewProtocol("WF-ISP", 1, room.today, "no change"))
    assert room.standing().protocol is not None


def test_a_review_in_the_future_is_refused(room, signed):
    with pytest.raises(InvalidError):
        room.do(
            "Sharma", partners.review_protocol, partners.ReviewProtocol("WF-ISP", 1, room.today + timedelta(1), "fine")
        )


def test_the_digest_must_be_that_of_the_text_which_the_signer_saw(room):
    version = room.load()
    with pytest.raises(StaleError), room.store.unit(room.actor("Osei")) as unit:
        partners.sign_protocol(unit, partners.SignProtocol("WF-ISP", 1, "0" * 64, "director"))
    changed = room.load(reply_days=7)
    assert changed.digest != version.digest
    with pytest.raises(StaleError):
        room.sign("Osei", version)
    room.sign("Osei", changed)


def test_a_signed_text_never_changes(room, signed):
    with pytest.raises(InvalidError) as refused:
        room.load(reply_days=7)
    assert "has been signed" in str(refused.value)
    assert room.load().digest == signed.digest


def test_a_signature_binds_one_version_only(room, signed):
    newer = room.load(2, reply_days=7, overlap_days=0)
    register = room.ask(partners.signatories, "WF-ISP", room.now)
    assert {line.status for line in register.signatures} == {"signed version 1 only"}
    assert room.standing().protocol is None
    assert room.ask(partners.protocol, "WF-ISP", room.now, number=1).status == "superseded"
    room.sign("Lindqvist", newer)
    room.sign("Whitfield", newer)
    assert room.standing().protocol.number == 2


@pytest.mark.parametrize("name", ["Sharma", "Hale", "Begum", "Adeyemi", "Katz"])
def test_only_a_signatory_signs(room, name):
    version = room.load()
    with pytest.raises(NotPermittedError) as refused:
        room.sign(name, version)
    assert refused.value.rule == "role"


def test_an_operator_never_signs_not_even_for_somebody(room):
    version = room.load()
    actor = room.actor("Osei")
    for_somebody = Actor(actor.user_id, actor.officer_id, actor.organisation, PLACE, actor.roles, operator="root")
    for who in (room.operator, for_somebody):
        with pytest.raises(NotPermittedError) as refused, room.store.unit(who) as unit:
            partners.sign_protocol(unit, partners.SignProtocol("WF-ISP", 1, version.digest, "director"))
        assert refused.value.rule == "operator"


def test_an_organisation_signs_a_version_once(room):
    version = room.load()
    room.sign("Osei", version)
    with pytest.raises(InvalidError):
        room.sign("Osei", version)


def test_somebody_who_is_no_party_does_not_sign(room):
    version = (
        room.load(parties=[COUNCIL, POLICE, FOREST, HEALTH], ref="OTHER", kind="purpose", parent="WF-ISP")
        if room.load()
        else None
    )
    with pytest.raises(InvalidError) as refused:
        room.sign("Marsh", version)
    assert "no party" in str(refused.value)


def test_a_signature_is_recorded_with_version_and_digest_and_without_a_name(room, signed):
    entries = room.entries(Event.PROTOCOL_SIGNED)
    assert len(entries) == 4
    for entry in entries:
        body = bytes(entry.body)
        assert signed.digest.encode() in body
        assert PLACE in entry.log
        assert not any(name in body for name in (b"Osei", b"Whitfield", b"Marsh", b"Lindqvist", b"director"))


def test_a_coordinator_of_another_partnership_does_not_find_it(room, signed):
    with room.store.unit(room.operator) as unit:
        partners.load_partnership(unit, EXAMPLE.replace('code = "waltham-forest"', 'code = "newham"'))
    with room.store.reading() as session:
        abroad = next(v for v in partners.officers(session, "newham", room.now, room.today) if v.name == "Priya Sharma")
    actor = Actor(abroad.user_id, abroad.id, abroad.organisation, "newham", abroad.roles)
    with pytest.raises(NotFoundError), room.store.unit(actor) as unit:
        partners.suspend_protocol(unit, partners.SuspendProtocol("WF-ISP"))
    with pytest.raises(NotPermittedError), room.store.unit(actor) as unit:
        partners.load_protocol(unit, partners.LoadProtocol(protocol_text(2, today=room.today)))
    with room.store.reading() as session, pytest.raises(NotFoundError):
        partners.protocol(session, "newham", "WF-ISP", room.now)


def test_the_world_is_valid_against_its_schema_and_the_rulebook_reads_it(room, signed):
    room.do(
        "Sharma", partners.suspend_protocol, partners.SuspendProtocol("WF-ISP", until_at=room.now + timedelta(days=1))
    )
    room.do("Whitfield", partners.withdraw_from_protocol, partners.WithdrawFromProtocol("WF-ISP"))
    room.load(2, leave_out=("breach",))
    plain = room.ask(partners.world)
    schema = json.loads((ROOT / "docs" / "schema" / "world.schema.json").read_text("utf-8"))
    assert not [error.message for error in Draft202012Validator(schema).iter_errors(plain)]
    assert json.loads(json.dumps(plain)) == plain
    compiled = rulebook.load(plain)
    assert set(compiled.organisations) == {*PARTIES, HEALTH}
    assert "Sharma" not in json.dumps(plain)


def test_a_compiled_world_is_kept_until_something_changes(room, signed):
    first = room.ask(partners.compiled_world)
    assert room.ask(partners.compiled_world) is first
    room.do("Whitfield", partners.withdraw_from_protocol, partners.WithdrawFromProtocol("WF-ISP"))
    assert room.ask(partners.compiled_world) is not first


def test_a_change_that_is_undone_leaves_no_compiled_world_behind(room, signed):
    def withdraw_and_fail(unit, command):
        partners.withdraw_from_protocol(unit, command)
        partners.compiled_world(unit.session, PLACE)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        room.do("Whitfield", withdraw_and_fail, partners.WithdrawFromProtocol("WF-ISP"))
    assert room.standing().protocol is not None


def test_who_has_signed_nothing_may_not_ask(room):
    version = room.load()
    room.sign("Lindqvist", version)
    assert not room.ask(partners.has_signed_protocol_in_force, FOREST, room.now)
    room.sign("Whitfield", version)
    assert room.ask(partners.has_signed_protocol_in_force, FOREST, room.now)
    assert not room.ask(partners.has_signed_protocol_in_force, ASCHAM, room.now)


def test_who_may_see_what_follows_from_the_lines_in_force(room, signed):
    lines = room.ask(partners.sharing_lines, FOREST, room.now)
    assert [(line.gives, line.other, line.line) for line in lines] == [(False, POLICE, "4.2")]
    assert ("subject.dob", "age-band") in lines[0].fields
    assert [line.other for line in room.ask(partners.sharing_lines, POLICE, room.now)] == [ASCHAM, FOREST]
    room.do("Whitfield", partners.withdraw_from_protocol, partners.WithdrawFromProtocol("WF-ISP"))
    assert room.ask(partners.sharing_lines, FOREST, room.now) == ()


def test_fifty_signings_at_once_leave_one_signature(room):
    version = room.load()
    actor = room.actor("Osei")
    outcomes = []

    def sign():
        try:
            with room.store.unit(actor) as unit:
                partners.sign_protocol(unit, partners.SignProtocol("WF-ISP", 1, version.digest, "director"))
            outcomes.append("signed")
        except (InvalidError, StaleError):
            outcomes.append("refused")

    threads = [threading.Thread(target=sign) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 49 + ["signed"]
    with room.store.reading() as session:
        assert len(session.scalars(select(Signature)).all()) == 1


def test_a_trained_liaison_officer_authorises_one_line_for_a_year_at_most(room, signed):
    hale = next(view for view in room.ask(lambda session, _: room.people(session)) if view.name.endswith("Hale"))
    command = partners.AuthoriseDecider(hale.id, "WF-ISP", "4.2")
    with room.store.unit(room.operator) as unit:
        lindqvist = room.actor("Lindqvist").officer_id
        partners.record_training(unit, partners.RecordTraining(lindqvist, "again", room.today, partnership=PLACE))
    ends = room.do("Lindqvist", partners.authorise_decider, command)
    assert ends - room.today >= timedelta(days=365)
    assert room.ask(partners.compiled_world).organisations[POLICE].authorisations[0].officer == str(hale.id)
    for wrong in (
        partners.AuthoriseDecider(hale.id, "WF-ISP", "9.9"),
        partners.AuthoriseDecider(hale.id, "WF-ISP", "4.2", until_on=room.today),
        partners.AuthoriseDecider(room.actor("Osei").officer_id, "WF-ISP", "4.2"),
    ):
        with pytest.raises(InvalidError):
            room.do("Lindqvist", partners.authorise_decider, wrong)


@pytest.mark.parametrize("name", ["Hale", "Whitfield", "Sharma"])
def test_who_is_no_liaison_officer_authorises_nobody(room, signed, name):
    command = partners.AuthoriseDecider(room.actor(name).officer_id, "WF-ISP", "4.2")
    with pytest.raises(NotPermittedError):
        room.do(name, partners.authorise_decider, command)


def test_a_liaison_officer_whose_training_has_run_out_authorises_nobody(room, signed):
    with room.store.engine.begin() as connection:
        connection.execute(delete(Training))
    command = partners.AuthoriseDecider(room.actor("Hale").officer_id, "WF-ISP", "4.2")
    with pytest.raises(NotPermittedError) as refused:
        room.do("Lindqvist", partners.authorise_decider, command)
    assert refused.value.rule == "decision"
