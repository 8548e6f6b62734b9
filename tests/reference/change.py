"""This module knows the smallest lawful change by trying every candidate in every form, channel and text (page, section 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from .asks import CHANNELS, RULES, WEIGHTS, Ask, Candidate, Repair, non_personal
from .cases import Case
from .covers import beside_lines, cover, faults_of, is_own, lines_looked_at
from .force import considered
from .model import World
from .rules import asking_organisation, new_version

GROUPS = ("line", "own", "law:CDA17A", "open", "law:EMERGENCY", "listing")
NO_PROTOCOL = ("in-force", "line")  # where the partnership has no protocol at all, there is nothing to be a candidate
Acts = frozenset[Repair]


@dataclass(frozen=True)
class Choice:
    """A candidate, what is asked of it, and what then has to be done."""

    candidate: Candidate
    form: str
    acts: Acts
    key: tuple[Any, ...]


@dataclass(frozen=True)
class Reason:
    """Why a field is withheld, and the smallest change (none, weight null: nobody here can change it)."""

    failing: list[str]
    change: Acts
    weight: int | None


def once(acts: Iterable[Repair]) -> Acts:
    """The same act once; whoever names and trains somebody decides too."""
    every = frozenset(acts)
    return frozenset(a for a in every if not (a.repair == "decide" and a._replace(repair="name-and-train") in every))


def weigh(acts: Acts) -> int:
    return sum(WEIGHTS[act.repair] for act in acts)


def new_lines(ask: Ask) -> Iterator[Candidate]:
    """What is asked, under section 115: in each protocol to which both are parties, and in the statutory one."""
    record = ask.case.record
    for partnership, ref in sorted(ask.world.protocols):
        if partnership != record.partnership:
            continue
        version = considered(ask.world, partnership, ref, record.holder, ask.recipient, ask.at)
        if version.kind == "statutory" or {record.holder, ask.recipient} <= set(version.parties):
            yield Candidate("line", version, None)


def listings(ask: Ask, forms: Iterable[str]) -> Iterator[Candidate]:
    """Whatever a new version lists is open where nothing personal leaves (section 3, cover 3), whoever the line is for."""
    if not any(non_personal(ask, form) for form in forms):
        return
    texts = [one.version for one in (*lines_looked_at(ask), *new_lines(ask)) if one.version is not None]
    for ref in sorted({version.ref for version in texts}):
        yield Candidate("listing", ask.world.protocols[ask.case.record.partnership, ref][-1])


def every_candidate(ask: Ask, forms: Iterable[str]) -> list[Candidate]:
    if is_own(ask.case, ask.recipient):
        return [Candidate("own")]
    return [*lines_looked_at(ask), *beside_lines(ask, forms), *new_lines(ask), *listings(ask, forms)]


def forms_offered(ask: Ask, asked: str | None) -> list[tuple[str, Acts]]:
    """The form asked for; any coarser one for an act of the asker's. Where none is asked for, any form."""
    names = [form.name for form in ask.known.forms]
    if asked is None:
        return [(name, frozenset()) for name in names]
    org = asking_organisation(ask)
    coarser = names[ask.known.rank(asked) + 1 :]
    acts = [(n, frozenset({Repair("coarser-form", org, field=ask.field, form=n)})) for n in coarser]
    return [(asked, frozenset()), *acts]


def channels_offered(ask: Ask, candidate: Candidate) -> list[tuple[str, Acts]]:
    """The channel asked for; any other of the line for an act of the asker's. A meeting stays a meeting."""
    others: Iterable[str] = CHANNELS
    if candidate.cover == "line":
        others = () if candidate.line is None else candidate.line.channels
    if candidate.cover == "law:EMERGENCY":
        others = ("view", "verbal")
    if ask.case.recipient is None:
        others = ()
    org = asking_organisation(ask)
    acts = [
        (c, frozenset({Repair("other-channel", org, field=ask.field, channel=c)}))
        for c in CHANNELS
        if c in others and c != ask.channel
    ]
    return [(ask.channel, frozenset()), *acts]


def texts_offered(ask: Ask, candidate: Candidate) -> list[tuple[Candidate, Acts]]:
    """The text as it stands, or a new version of it; always new for a new line and for an incomplete version."""
    if candidate.version is None:
        return [(candidate, frozenset())]
    renewed = (replace(candidate, new_text=True), frozenset({new_version(ask.world, candidate.version)}))
    if candidate.line is None or not candidate.version.complete:
        return [renewed]
    return [(candidate, frozenset()), renewed]


def tie_key(candidate: Candidate, rank: int, channel: str) -> tuple[Any, ...]:
    """Ref, line id, new line last, newest version, finest form, channel in the order of the page."""
    version = candidate.version
    ref, number = ("", 0) if version is None else (version.ref, -version.number)
    line = "" if candidate.line is None else candidate.line.id
    return (
        *(GROUPS.index(candidate.cover), ref, candidate.line is None, line),
        *(number, rank, CHANNELS.index(channel)),
    )


def stuck(ask: Ask, candidate: Candidate, form: str) -> bool:
    """Nobody can mend it, and no other form, channel or text avoids it: not worth trying them all."""
    if candidate.cover == "own":
        return False
    avoidable = {"basis", "statement", "identify", "audience"} | (
        {"line"} if candidate.cover == "law:EMERGENCY" else set()
    )
    return any(f.repair is None and f.rule not in avoidable for f in faults_of(ask, candidate, form))


@dataclass
class Way:
    """A candidate asked for in a form, by a channel and with a text, and the acts that this alone takes."""

    candidate: Candidate
    text: Candidate
    form: str
    ask: Ask
    price: Acts


def ways(ask: Ask, offered: list[tuple[str, Acts]]) -> list[Way]:
    """Every choice there is, those that take the least by themselves first."""
    by = {channel: replace(ask, channel=channel) for channel in CHANNELS}
    found = [
        Way(candidate, text, form, by[channel], by_form | by_channel | by_text)
        for candidate in every_candidate(ask, [form for form, _ in offered])
        if not stuck(ask, candidate, offered[0][0])
        for channel, by_channel in channels_offered(ask, candidate)
        for text, by_text in texts_offered(ask, candidate)
        for form, by_form in offered
    ]
    return sorted(found, key=lambda way: weigh(way.price))


def choice(way: Way, most: int | None = None) -> Choice | None:
    """What then still has to be done; none if nobody here can, or (no need to read on) if it weighs more than `most`."""
    acts = set(way.price)
    for fault in faults_of(way.ask, way.text, way.form):
        if fault.repair is None:
            return None
        acts.add(fault.repair)
        if most is not None and weigh(once(acts)) > most:
            return None
    key = tie_key(way.candidate, way.ask.known.rank(way.form), way.ask.channel)
    return Choice(way.candidate, way.form, once(acts), key)


def choices(ask: Ask, offered: list[tuple[str, Acts]]) -> list[Choice]:
    """Everything that would release the field to this recipient."""
    return [found for way in ways(ask, offered) if (found := choice(way)) is not None]


def smallest(ask: Ask, offered: list[tuple[str, Acts]]) -> Choice | None:
    """The smallest of them; what takes more by itself than the best so far is not looked at."""
    best: Choice | None = None
    order: tuple[Any, ...] = ()
    for way in ways(ask, offered):
        if best is not None and weigh(way.price) > order[0]:
            break
        found = choice(way, order[0] if order else None)
        if found is not None:
            mine = (weigh(found.acts), len(found.acts), found.key)
            best, order = (found, mine) if best is None or mine < order else (best, order)
    return best


def failing(ask: Ask, candidate: Candidate, form: str) -> list[str]:
    """The rules that fail as asked, in table order."""
    rules = {fault.rule for fault in faults_of(ask, candidate, form)}
    return [rule for rule in RULES if rule in rules]


def hopeless(ask: Ask, asked: str | None, offered: list[tuple[str, Acts]]) -> list[str]:
    """Nobody here can change it: the failing rules of the candidate with the fewest that nobody can mend."""
    best: tuple[Any, ...] | None = None
    for candidate in every_candidate(ask, [form for form, _ in offered]):
        for form in [name for name, _ in offered] if asked is None else [asked]:
            faults = list(faults_of(ask, candidate, form))
            stuck = {fault.rule for fault in faults if fault.repair is None}
            rules = [rule for rule in RULES if rule in {fault.rule for fault in faults}]
            key = (len(stuck), len(rules), tie_key(candidate, ask.known.rank(form), ask.channel), rules)
            best = key if best is None or key < best else best
    return list(NO_PROTOCOL) if best is None else best[-1]


def reason_for_one(ask: Ask, asked: str | None) -> Reason:
    offered = forms_offered(ask, asked)
    best = smallest(ask, offered)
    if best is None:
        return Reason(hopeless(ask, asked, offered), frozenset(), None)
    return Reason(failing(ask, best.candidate, asked or best.form), best.acts, weigh(best.acts))


# --- meetings ---------------------------------------------------------------------------------------------------------


def best_of_each(found: Iterable[Choice]) -> list[Choice]:
    """For each set of acts the choice that wins its ties."""
    best: dict[Acts, Choice] = {}
    for choice in found:
        if choice.acts not in best or choice.key < best[choice.acts].key:
            best[choice.acts] = choice
    return list(best.values())


def worth_trying(options: list[list[Choice]]) -> list[list[Choice]]:
    """Leave out what alone weighs more than some way to serve everybody: one kept at its cheapest, the others at theirs."""
    cheapest = [min((weigh(c.acts) for c in some), default=0) for some in options]
    kept = [[weigh(c.acts) for c in some if c.candidate.cover != "outside"] for some in options]
    ways = [min(some) + sum(cheapest) - cheapest[place] for place, some in enumerate(kept) if some]
    return [[choice for choice in some if not ways or weigh(choice.acts) <= min(ways)] for some in options]


def options_of_each(asks: list[Ask], covered: list[bool], forms: list[tuple[str, Acts]]) -> list[list[Choice]]:
    """What could be done for each who attends: a candidate, or taken outside if without a cover as asked."""
    each: list[list[Choice]] = []
    for ask, has in zip(asks, covered, strict=True):
        options = best_of_each(choices(ask, forms))
        if not has:
            act = frozenset({Repair("outside-meeting", ask.recipient, field=ask.field)})
            options.append(Choice(Candidate("outside"), "", act, (len(GROUPS),)))
        each.append(options)
    return each


def joint(each: list[list[Choice]]) -> Iterator[tuple[Any, ...]]:
    """Every way to serve all who attend together, with what decides between them; somebody must be left."""
    for together in product(*each):
        outside = sum(choice.candidate.cover == "outside" for choice in together)
        if outside == len(together):
            continue
        acts = once(act for choice in together for act in choice.acts)
        yield (weigh(acts), len(acts), outside, tuple(choice.key for choice in together)), acts, together


def reason_for_meeting(asks: list[Ask], asked: str | None) -> Reason:
    covered = [cover(ask, asked) is not None for ask in asks]
    offered = forms_offered(asks[0], asked)
    together = [[one] for one in offered] if asked is not None else [offered]
    found = [way for forms in together for way in joint(worth_trying(options_of_each(asks, covered, forms)))]
    best = min(found, key=lambda way: way[0], default=None)
    rules = {"audience"}
    for place, ask in enumerate(asks):
        if covered[place]:
            continue
        if best is None:
            rules |= set(hopeless(ask, asked, offered))
        elif best[2][place].candidate.cover != "outside":
            rules |= set(failing(ask, best[2][place].candidate, asked or best[2][place].form))
    ordered = [rule for rule in RULES if rule in rules]
    if best is None:
        return Reason(ordered, frozenset(), None)
    return Reason(ordered, best[1], weigh(best[1]))


def reason(world: World, case: Case, field: str, asked: str | None) -> Reason:
    """Why a field that has no cover is withheld."""
    asks = [Ask(world, case, who, field, case.channel) for who in case.recipients]
    return reason_for_one(asks[0], asked) if len(asks) == 1 else reason_for_meeting(asks, asked)


# --- the whole case ---------------------------------------------------------------------------------------------------


def without_supersets(sets: Iterable[Acts]) -> list[Acts]:
    """What takes all that another takes, and more, is never the least."""
    kept: list[Acts] = []
    for acts in sorted(set(sets), key=len):
        if not any(smaller <= acts for smaller in kept):
            kept.append(acts)
    return kept


def least(options: list[Choice]) -> list[Choice]:
    kept = without_supersets(option.acts for option in options)
    return [option for option in options if option.acts in kept]


def every_way(world: World, case: Case, field: str, asked: str | None) -> list[Acts]:
    """Every set of acts that would let this field go to everybody who is left."""
    asks = [Ask(world, case, who, field, case.channel) for who in case.recipients]
    offered = forms_offered(asks[0], asked)
    if len(asks) == 1:
        return [found.acts for found in choices(asks[0], offered)]
    covered = [cover(ask, asked) is not None for ask in asks]
    together = [[one] for one in offered] if asked is not None else [offered]
    each = [[least(options) for options in options_of_each(asks, covered, forms)] for forms in together]
    return [acts for some in each for _, acts, _ in joint(some)]


def case_weight(world: World, case: Case, withheld: list[tuple[str, str | None, int]]) -> int:
    """The least weight after which each of these fields is allowed; the same act counts once over all of them."""
    if len(withheld) == 1:
        return withheld[0][2]
    bound = sum(weight for _, _, weight in withheld)
    sets = [
        without_supersets(acts for acts in every_way(world, case, field, asked) if weigh(acts) <= bound)
        for field, asked, _ in withheld
    ]
    return min(weigh(once(act for acts in together for act in acts)) for together in product(*sets))
