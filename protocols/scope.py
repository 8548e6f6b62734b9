"""This module knows which records an officer could ever be given something of: `scope`, the question before `decide`.

A scope is plain data: grants, each a set of conditions on a record. A record that no grant selects is refused whatever the case
says; for a record that one selects there is some case (fields, purpose, statement, decision, papers held) that is allowed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from protocols import witnesses
from protocols.actions import Action
from protocols.cases import Record
from protocols.facts import World
from protocols.law import FieldKind
from protocols.moments import Instant
from protocols.organisations import Officer
from protocols.routes import Clause, Route
from protocols.vocabulary import CHANNEL_ACTION, ENOUGH_HOMES, FLAGS, MARKINGS, Cover

_CHANNELS: Final = {action: channel for channel, action in CHANNEL_ACTION.items()} | {Action.VIEW_OWN_RECORD: "view"}
_ANY: Final = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class Grant:
    """Conditions on a record under which something of it could go to `recipient`; all have to hold.

    `own`: holder and recipient are both among its controllers (True), or not both (False). `flags`: the flags it may have.
    `marking`: the highest it may have. `place`: a location form that has to name enough homes, or a public place. `fields`
    are the fields that could go, `purpose` the purpose (None: any).
    """

    cover: Cover
    partnership: str | None
    holder: str
    recipient: str
    own: bool
    states: frozenset[str]
    purpose: str | None = None
    protocol: str | None = None
    version: int | None = None
    line: str | None = None
    fields: frozenset[str] = frozenset()
    categories: frozenset[str] = _ANY
    areas: frozenset[str] = _ANY
    flags: frozenset[str] = frozenset(FLAGS)
    marking: int = len(MARKINGS) - 1
    data_set: str | None = None
    place: str | None = None

    def selects(self, record: Record, instant: Instant) -> bool:
        """Whether a record meets the conditions at the instant."""
        both = self.holder in record.controllers and self.recipient in record.controllers
        return (
            record.holder == self.holder
            and self.partnership in (None, record.partnership)
            and both == self.own
            and record.state in self.states
            and (instant < record.retain_until or record.hold)
            and (record.category in self.categories or "*" in self.categories)
            and (record.area in self.areas or "*" in self.areas)
            and record.flags <= self.flags
            and record.marking <= self.marking
            and self.data_set in (None, record.data_set)
            and (self.place is None or record.public_place or record.homes.get(self.place, 0) >= ENOUGH_HOMES)
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """What an officer could be given at an instant by one action: the records that any grant selects."""

    officer: str
    action: Action
    instant: Instant
    grants: tuple[Grant, ...]

    def selects(self, record: Record) -> bool:
        """Whether some case of the officer about this record could be allowed."""
        return any(grant.selects(record, self.instant) for grant in self.grants)

    @property
    def holders(self) -> frozenset[str]:
        """The organisations of whose records something could be given: the first cut of any query."""
        return frozenset(grant.holder for grant in self.grants)


def scope(world: World, officer: str, action: Action, instant: Instant) -> Scope:
    """The records of which an officer could be given, or could give, something by this action at the instant.

    `action` is a channel's action, or `record:view_own`. Nobody unknown, out of post or without the action has any.
    """
    post = world.officers.get(officer)
    channel = _CHANNELS.get(action)
    if post is None or channel is None or instant not in post.span or action not in post.actions:
        return Scope(officer, action, instant, ())
    return Scope(officer, action, instant, _gathered(_grants(_Reach(world, post, action, channel, instant))))


def _gathered(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Grants of the same conditions as one, with the fields of all."""
    fields: dict[Grant, set[str]] = defaultdict(set)
    for grant in grants:
        fields[replace(grant, fields=frozenset())] |= grant.fields
    return tuple(replace(grant, fields=frozenset(each)) for grant, each in fields.items())


@dataclass(frozen=True, slots=True)
class _Reach:
    world: World
    post: Officer
    action: Action
    channel: str
    instant: Instant


def _grants(reach: _Reach) -> Iterator[Grant]:
    organisations, mine = reach.world.organisations, reach.post.organisation
    yield from _own(reach)
    if reach.action is Action.VIEW_OWN_RECORD:
        return
    pairs = dict.fromkeys([*((one, mine) for one in organisations), *((mine, one) for one in organisations)])
    for supplier, recipient in pairs:
        for partnership in dict.fromkeys([*organisations[supplier].memberships, *reach.world.partnerships]):
            yield from _between(reach, partnership, supplier, recipient)


def _own(reach: _Reach) -> Iterator[Grant]:
    """One's own: the viewing of it has an action of its own; other channels have theirs, and may also push it to a controller."""
    if (reach.channel == "view") != (reach.action is Action.VIEW_OWN_RECORD):
        return
    states = frozenset({"live", "frozen"} if reach.channel == "view" else {"live"})
    mine = reach.post.organisation
    for other in reach.world.organisations:
        yield Grant(Cover.OWN, None, other, mine, own=True, states=states)
        if other != mine:
            yield Grant(Cover.OWN, None, mine, other, own=True, states=states)


def _between(reach: _Reach, partnership: str, supplier: str, recipient: str) -> Iterator[Grant]:
    route = reach.world.route(partnership, supplier, recipient, "", reach.instant)
    base = Grant(Cover.LINE, partnership, supplier, recipient, own=False, states=frozenset({"live"}))
    yield from _by_lines(reach, partnership, base)
    if not route.are_members(None):
        return
    for kind in reach.world.law.registry.values():
        yield from _by_duty(reach, route, base, kind)
        yield from _by_openness(reach, route, base, kind)
    if reach.channel in ("view", "verbal") and witnesses.can_allow_emergency(route, reach.post.code, reach.instant):
        yield from _by_emergency(reach, route, replace(base, cover=Cover.EMERGENCY))


# --- lines --------------------------------------------------------------------------------------


def _by_lines(reach: _Reach, partnership: str, base: Grant) -> Iterator[Grant]:
    for where, purpose, code in reach.world.lines:
        if where != partnership:
            continue
        route = reach.world.route(partnership, base.holder, base.recipient, purpose, reach.instant)
        for clause in route.clauses(code):
            if reach.channel in clause.line.channels:
                yield from _by_clause(reach, route, replace(base, purpose=purpose), clause, code)


def _by_clause(reach: _Reach, route: Route, base: Grant, clause: Clause, code: str) -> Iterator[Grant]:
    kind = reach.world.law.registry[code]
    line, version = clause.line, clause.version
    marking = base.marking if "marking" in clause.gateway.stands_in_for else version.marking
    grant = replace(
        base,
        protocol=version.ref,
        version=version.number,
        line=line.id,
        fields=frozenset({code}),
        categories=line.categories,
        areas=line.areas,
        flags=line.flags,
        marking=marking,
    )
    if witnesses.can_carry_personal(route, clause, kind, reach.post.code, reach.channel, reach.instant):
        yield grant
        return
    yield from _not_personal(grant, kind, range(clause.form, len(kind.forms)))


def _not_personal(grant: Grant, kind: FieldKind, places: range) -> Iterator[Grant]:
    """The forms that are not personal: anywhere; of a location only with enough homes, of a flagged record only the borough."""
    for form in (kind.forms[place] for place in places):
        if form.personal or kind.free_text:
            continue
        if not kind.location:
            yield grant
        else:
            flags = grant.flags if form.borough else frozenset[str]()
            yield replace(grant, place=form.name, flags=flags)


# --- what needs no line -------------------------------------------------------------------------


def _by_duty(reach: _Reach, route: Route, base: Grant, kind: FieldKind) -> Iterator[Grant]:
    for code in reach.world.law.prescribed:
        finest = witnesses.prescribed_form(route, code, kind.code, reach.instant)
        if finest is not None:
            grant = replace(base, cover=Cover.CDA17A, data_set=code, fields=frozenset({kind.code}))
            yield from _not_personal(grant, kind, range(finest, len(kind.forms)))


def _by_openness(reach: _Reach, route: Route, base: Grant, kind: FieldKind) -> Iterator[Grant]:
    on_line = reach.world.open_forms.get((route.partnership, kind.code))
    listed = route.supplier.open_list.get(kind.code, frozenset())
    for place in range(len(kind.forms)):
        if place in listed or (on_line is not None and on_line <= place):
            grant = replace(base, cover=Cover.OPEN, fields=frozenset({kind.code}))
            yield from _not_personal(grant, kind, range(place, place + 1))


def _by_emergency(reach: _Reach, route: Route, base: Grant) -> Iterator[Grant]:
    for code, kind in reach.world.law.registry.items():
        grant = replace(base, fields=frozenset({code}))
        if witnesses.can_be_told_in_emergency(route, kind, reach.instant):
            yield grant
        else:
            yield from _not_personal(grant, kind, range(len(kind.forms)))
