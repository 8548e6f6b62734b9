"""This module knows the release rules one by one: what each asks of one field on its way from supplier to recipient.

A `Setting` is a case seen from one recipient. Its questions are the rules of docs/release-rules.md; the numbers are theirs.
Rule 3 stands in `in_force`, rule 13's other half (every attending organisation) in `decide`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from protocols import moments
from protocols.actions import Action
from protocols.cases import Case, SupplierDecision
from protocols.facts import World
from protocols.law import Basis, FieldKind, Gateway
from protocols.organisations import Organisation
from protocols.routes import Route
from protocols.versions import Line, Version
from protocols.vocabulary import CHANNEL_ACTION, ENOUGH_HOMES, NEED_CONDITION

CDA115 = "CDA115"


@dataclass(slots=True)
class Setting:
    """One case seen from one recipient; what does not depend on a field is answered once."""

    world: World
    case: Case
    route: Route
    own: bool
    retained: bool
    _answer: bool | None = field(default=None, repr=False)
    _role: bool | None = field(default=None, repr=False)
    _listed: bool | None = field(default=None, repr=False)
    _deciding: bool | None = field(default=None, repr=False)
    _holds_post: bool = field(default=False, repr=False)

    @classmethod
    def of(cls, world: World, case: Case, recipient: str) -> Setting:
        """See the case from one recipient."""
        record, moment = case.record, case.moment
        return cls(
            world=world,
            case=case,
            route=world.route(record.partnership, record.holder, recipient, case.purpose, moment),
            own=record.holder in record.controllers and recipient in record.controllers,
            retained=record.state == "live" and (moment < record.retain_until or record.hold),
        )

    @property
    def supplier(self) -> Organisation:
        """The holder of the record."""
        return self.route.supplier

    @property
    def recipient(self) -> Organisation:
        """The organisation to which the fields would go."""
        return self.route.recipient

    # --- rules 10, 11 and 13 --------------------------------------------------------------------

    def may_keep_own(self) -> bool:
        """Rule 10 for one's own record: frozen is read-only."""
        case, record = self.case, self.case.record
        if record.state == "shredded" or not (case.moment < record.retain_until or record.hold):
            return False
        return record.state == "live" or case.channel == "view"

    def is_confidential(self) -> bool:
        """Rule 11's second half: in a meeting, confidentiality was accepted."""
        return self.case.channel != "meeting" or self.case.accepted(self.recipient.code)

    def may_be_spoken(self, kind: str | None) -> bool:
        """Rule 13's second half: a location meeting carries nothing personal."""
        return kind is None or self.case.meeting is None or self.case.meeting not in self.world.law.location_meetings

    # --- rule 12: what counts as personal -------------------------------------------------------

    def class_of(self, kind: FieldKind, form: int) -> str | None:
        """The class that a form counts as when it leaves: None if it is not personal (rule 12)."""
        shape = kind.forms[form]
        if shape.personal:
            return shape.kind
        return None if self.identifies_nobody(kind, form) else "personal"

    def identifies_nobody(self, kind: FieldKind, form: int) -> bool:
        """Rule 12 for one field: no free text; a location has enough homes, and is no finer than the borough if flagged."""
        if kind.free_text:
            return False
        if not kind.location:
            return True
        record, shape = self.case.record, kind.forms[form]
        if record.flags and not shape.borough:
            return False
        return record.public_place or record.homes.get(shape.name, 0) >= ENOUGH_HOMES

    # --- rule 1 ---------------------------------------------------------------------------------

    def has_role(self) -> bool:
        """Rule 1, first half: the officer belongs to the asking side, is in post, and the role has the channel's action."""
        if self._role is None:
            self._role = self._has_role()
        return self._role

    def _has_role(self) -> bool:
        officer = self.world.officers.get(self.case.officer)
        if officer is None or self.case.moment not in officer.span:
            return False
        sides = (self.supplier.code,) if self.case.pushed else self.case.recipients
        channel = self.case.channel
        action = Action.VIEW_OWN_RECORD if self.own and channel == "view" else CHANNEL_ACTION[channel]
        return officer.organisation in sides and action in officer.actions

    def may_answer(self) -> bool:
        """Rules 1 (role) and 10, which every cover but one's own asks."""
        if self._answer is None:
            self._answer = self.retained and self.has_role()
        return self._answer

    def is_assigned(self, kind: str | None) -> bool:
        """Rule 1, second half, for the class that leaves; of one's own records it asks for the flagged ones only."""
        if self.own:
            return self.case.assigned or not self.case.record.flags
        return self.case.assigned or kind is None

    def may_carry_personal(self, code: str) -> bool:
        """A quick look: False where no line can carry the field if it is personal, whatever else is so (rules 1, 8, 9).

        A line whose gateway stands in for one of these rules is not meant.
        """
        case = self.case
        if not (case.assigned and self.is_stated()):
            return False
        return (case.decision is not None and code in case.decision.allowed) or bool(case.earlier)

    # --- rule 4 ---------------------------------------------------------------------------------

    def line_reaches(self, line: Line) -> bool:
        """Rule 4 but for purpose, sides, field and channel: category, area and flags (its dates stand in the route)."""
        record = self.case.record
        return (
            (record.category in line.categories or "*" in line.categories)
            and (record.area in line.areas or "*" in line.areas)
            and record.flags <= line.flags
        )

    # --- rule 5 ---------------------------------------------------------------------------------

    def may_pass_on(self, code: str) -> bool:
        """Rule 5: the holder is the origin, or the origin or an order has allowed this onward use."""
        record = self.case.record
        return record.holder == record.origin or self.case.allows_onward(code)

    # --- rule 6 ---------------------------------------------------------------------------------

    def opens(self, gateway: Gateway, code: str) -> bool:
        """Rule 6 but for standing."""
        return self.route.opens(gateway) and self.case.holds_all(gateway.needs, code)

    def admits(self, gateway: Gateway, code: str) -> bool:
        """Rule 6."""
        return self.route.admits(gateway) and (not gateway.needs or self.opens(gateway, code))

    # --- rule 7 ---------------------------------------------------------------------------------

    def basis_is_valid(self, basis: Basis, code: str) -> bool:
        """Whether a basis is valid for supplier and recipient at the moment, with what it needs."""
        return self.route.is_valid(basis) and (not basis.needs or self.case.holds_all(basis.needs, code))

    def basis_among(self, codes: tuple[str, ...], code: str) -> str | None:
        """The first of these bases that is valid for a field."""
        bases = self.world.law.bases
        for name in codes:
            if self.basis_is_valid(bases[name], code):
                return name
        return None

    def condition_among(self, codes: tuple[str, ...], kind: str, code: str) -> bool:
        """Whether one of these conditions allows a class that needs one."""
        if kind not in NEED_CONDITION:
            return True
        return any(
            kind in row.classes and row.stands(self.case.moment) and self.case.holds_all(row.needs, code)
            for row in map(self.world.law.conditions.__getitem__, codes)
        )

    def part3_is_answered(self, version: Version | None) -> bool:
        """Rule 7's last half: a PART3 record for a civil purpose needs its authority recorded (DPA 2018 s36(4))."""
        if self.case.record.regime != "PART3" or self.case.part3_authority:
            return True
        purpose = version.purposes.get(self.case.purpose) if version else None
        return purpose is not None and purpose.law_enforcement

    # --- rule 8 ---------------------------------------------------------------------------------

    def is_stated(self) -> bool:
        """Rule 8's first half: necessity and proportionality are present."""
        return self.case.statement.necessity and self.case.statement.proportionality

    def provision_is_listed(self, version: Version | None) -> bool:
        """Rule 8's second half, for section 115: the purpose's provision of the 1998 Act is on the dated list."""
        code = self.case.provision
        if code is None:
            purpose = version.purposes.get(self.case.purpose) if version else None
            return self._is_listed(purpose.provision if purpose else None)
        if self._listed is None:
            self._listed = self._is_listed(code)
        return self._listed

    def _is_listed(self, code: str | None) -> bool:
        row = self.world.law.provisions.get(code) if code else None
        return row is not None and row.stands(self.case.moment)

    # --- rule 9 ---------------------------------------------------------------------------------

    def is_refused(self, code: str) -> bool:
        """Whether the supplier has refused the field; nothing here overrides that."""
        decision = self.case.decision
        return decision is not None and code in decision.refused

    def knows_line(self, ref: str, line: str) -> bool:
        """Whether anything is known of this very line: somebody authorised to decide on it, or an earlier release."""
        if any(one.protocol == ref and one.line == line for one in self.supplier.authorisations):
            return True
        return any(one.protocol == ref and one.line == line for one in self.case.earlier)

    def is_decided(self, version: Version, line: Line, code: str, form: int) -> bool:
        """Rule 9 for a field that is personal as it leaves."""
        return self.was_decided(version, line.id, code, form) or self._was_released(version, line, code, form)

    def was_decided(self, version: Version, line: str | None, code: str, form: int) -> bool:
        """Whether somebody authorised, not the asker, has allowed the field in time (`line` None: a line yet to be written)."""
        decision, moment = self.case.decision, self.case.moment
        if decision is None or decision.allowed.get(code, form + 1) > form or not self._may_have_decided(decision):
            return False
        if moment >= moments.days_on(decision.decided_at, version.reply_days):
            return False
        return self._holds_post or self.supplier.may_decide(decision.officer, version.ref, line, decision.decided_at)

    def _may_have_decided(self, decision: SupplierDecision) -> bool:
        """Whether the decision is not the asker's own and not yet to come; settles whether its officer held the liaison post."""
        if self._deciding is None:
            self._deciding = decision.officer != self.case.officer and decision.decided_at <= self.case.moment
            self._holds_post = self.supplier.liaises(decision.officer, decision.decided_at)
        return self._deciding

    def _was_released(self, version: Version, line: Line, code: str, form: int) -> bool:
        """A view of what has been released before under this protocol and line, within its retention."""
        case = self.case
        if case.channel != "view":
            return False
        for earlier in case.earlier:
            if (
                earlier.field == code
                and earlier.form <= form
                and (earlier.purpose, earlier.protocol, earlier.line) == (case.purpose, version.ref, line.id)
                and earlier.decided
                and not earlier.recalled
                and earlier.recipient in (None, self.recipient.code)
                and earlier.at
                <= case.moment
                < moments.days_on(earlier.at, self._retention(version, line, earlier.version))
            ):
                return True
        return False

    def _retention(self, version: Version, line: Line, number: int | None) -> int:
        """Days for which a release under a version's line may be kept; none where that line no longer stands."""
        if number is None:
            return line.retention_days
        protocol = self.world.partnerships[version.partnership].protocols[version.ref]
        lines = (each for other in protocol.versions if other.number == number for each in other.lines)
        return next((each.retention_days for each in lines if each.id == line.id), 0)
