"""Opening an incident: from a signal and a mapping of facts to the level, the state and every deadline that applies."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

import ir_policy as ir
from bench.peers.agree import agree
from bench.peers.calendars import holidays_rolling
from bench.peers.deadlines import Closings, instants, limits
from bench.peers.engines import ternary
from bench.peers.installed import Peer, Peers
from bench.peers.lifecycle import acts
from bench.peers.machines import transitions
from bench.peers.matrix import PYTHON, Line, chain_source, compiled, identifier, lines, names
from bench.peers.measure import Case
from bench.peers.tables import Table, Workload
from ir_policy.clocks import Elapsed, Immediate, Limit, SameBusinessDay
from ir_policy.rules.conditions import All, Atom, Condition, Not, atoms
from ir_policy.rules.model import Duty, Policy

__all__ = ["drawn", "hand", "owed_source", "workload"]

NO_LEVEL: Final = 9
"""Milder than any level: nothing known supports one yet."""
SAMPLE: Final = 1_500
TRIED: Final = 6_000

Asked: TypeAlias = tuple[dict[str, str], datetime]
Owed: TypeAlias = tuple[int, tuple[tuple[str, datetime | None], ...]]
"""The level, and every obligation with the instant it is due; ``None`` where no instant can be said."""
Due = Callable[[datetime], datetime | None]


def workload(policy: Policy, peers: Peers) -> Workload:
    by_hand = hand(policy)
    asked = drawn(policy)
    built = peers.built(STACKS, policy)
    answers: dict[str, Callable[[Asked], Owed]] = {"ir_policy": ours(policy), "by hand": by_hand}
    answers |= {name: stack for name, (stack, _) in built.items()}
    agreed = agree("the level and every obligation with its deadline", asked, answers, str)
    cases = [
        Case("ir_policy: open, report facts, ask what is owed", "ours", ours(policy), asked),
        Case("by hand: an if-chain, a list of duties, a table of closings, a frozen value", "floor", by_hand, asked),
        *(Case(name, "peer", stack, asked, package=package) for name, (stack, package) in built.items()),
    ]
    return Workload("opening", (Table("opening", "incident", (agreed,), cases=tuple(cases)),))


def ours(policy: Policy) -> Callable[[Asked], Owed]:
    def opened(asked: Asked) -> Owed:
        facts, at = asked
        step = ir.open_incident(policy, ir.Detected(incident="inc-1", id="e1", at=at, by="sentry", source="sentry"))
        news = ir.FactsReported(incident="inc-1", id="e2", at=at, by="sentry", facts=facts)  # type: ignore[arg-type]  # as a host may write them
        incident = ir.apply(step.incident, news).incident
        level = incident.severity.governing
        due = {owed.key: owed.due for owed in ir.obligations(incident, at)}
        return NO_LEVEL if level is None else level.index, tuple(sorted(due.items()))

    return opened


def drawn(policy: Policy) -> list[Asked]:
    """Facts and instants in which every level that facts can support, and none, comes as often as it can be found."""
    chance = random.Random(5)
    level_of = compiled(chain_source(policy, supported(policy)), "level_of")
    asked = [*names(policy), *_more_facts(policy)]
    whens = instants(policy.calendar)
    by_level: dict[int, list[dict[str, str]]] = {}
    for number in range(TRIED):
        rare = (0.03, 0.15, 0.5)[number % 3]  # few facts are a yes in most incidents
        facts = {fact: "yes" if chance.random() < rare else "no" for fact in asked}
        by_level.setdefault(level_of(facts), []).append(facts)
    fewest = min(len(found) for found in by_level.values())
    return [
        (facts, chance.choice(whens))
        for together in zip(*(found[:fewest] for found in by_level.values()), strict=True)
        for facts in together
    ][:SAMPLE]


def _more_facts(policy: Policy) -> list[str]:
    """Facts that no row asks about, but some duty does that can be owed from the start."""
    found = [atom.name for row in _duties(policy) for atom in atoms(row.when.source) if atom.kind == "fact"]
    return [fact for fact in dict.fromkeys(found) if fact not in names(policy)]


def supported(policy: Policy) -> tuple[Line, ...]:
    """The matrix where nothing known supports a level: the row for everything else gives none."""
    *chain, _ = lines(policy)
    return (*chain, Line(None, NO_LEVEL))


# --- by hand ---------------------------------------------------------------------------------------------


@frozen
class Opened:
    """What one would keep of a new incident."""

    level: int
    phase: str
    at: datetime
    owed: tuple[tuple[str, datetime | None], ...]


def hand(
    policy: Policy, same_day: Due | None = None, level_of: Callable[[dict[str, str]], int] | None = None
) -> Callable[[Asked], Owed]:
    """An if-chain, then one ``if`` for each duty that can be owed from the start, as one would write them."""
    level = level_of or compiled(chain_source(policy, supported(policy)), "level_of")
    source, known = owed_source(policy, same_day or _same_day(policy))
    owed = compiled(source, "owed", **known)
    phase = policy.phases[0].phase.value

    def opened(asked: Asked) -> Owed:
        facts, at = asked
        at_level = level(facts)
        incident = Opened(at_level, phase, at, tuple(sorted(owed(at_level, facts, at))))
        return incident.level, incident.owed

    return opened


def _same_day(policy: Policy) -> Due:
    return Closings(policy.calendar, limits(policy)).same_day


def owed_source(policy: Policy, same_day: Due) -> tuple[str, dict[str, object]]:
    """The function of all duties, and the lengths and calendars it uses by name.

    What has to come before a message, its review, is written beside it: due so long before, where there is reason for one.
    """
    body, known, reviewed = [], dict[str, object](), set[str]()
    for number, duty in enumerate(_duties(policy)):
        dues = tuple(_due_of(within.limit, policy, same_day) if within is not None else None for within in duty.within)
        known[f"due_{number}"] = dues
        at_level = f"due_{number}[level](at)" if len(set(duty.within)) > 1 else f"due_{number}[0](at)"
        (recipient,) = duty.owed_to
        key = f"{duty.id}@{recipient.unnamed or recipient.to}#0"
        body.append(f"    if {_when(policy, duty)}:\n        found.append(({key!r}, {at_level}))")
        if duty.needs is not None and policy.notices.outside(told := recipient.unnamed or recipient.to):
            first = f"{duty.needs.duty}@{told}#0"
            if first in reviewed:
                raise ValueError(f"two messages need {first}: write down which is due first")
            reviewed.add(first)
            known[f"lead_{number}"] = duty.needs.lead
            needed = _words(policy.duties[duty.needs.duty].when.source, True)
            body.append(f"        if {needed}:\n            found.append(({first!r}, {at_level} - lead_{number}))")
    return "\n".join(
        ["def owed(level, facts, at):", "    get, found = facts.get, []", *body, "    return found", ""]
    ), known


def _duties(policy: Policy) -> list[Duty]:
    """Duties that can be owed when all there is are a signal and facts, and no finding, mark or promise."""
    marks = {
        id_
        for id_, rule in policy.marks.items()
        if any(_from_start(source.kind, source.name) for source in rule.sources)
    }
    return [
        duty
        for duty in policy.duties.values()
        if marks.intersection(duty.starts) and duty.given is None and not any(atom.kind in ("finding", "mark") for atom in atoms(duty.when.source))
    ]  # fmt: skip


def _from_start(kind: str, name: str) -> bool:
    return kind in ("level", "duty", "fact") or (kind, name) == ("event", "detected")


def _due_of(limit: Limit, policy: Policy, same_day: Due) -> Due:
    if isinstance(limit, Elapsed | Immediate):
        length: timedelta = limit.length if isinstance(limit, Elapsed) else limit.grace
        return lambda at: at + length
    if isinstance(limit, SameBusinessDay):
        return same_day
    calendar = policy.calendar

    def due(at: datetime) -> datetime | None:  # civil days: nobody writes these by hand otherwise
        deadline = limit.deadline(at, calendar)
        return deadline.at if deadline is not None else None

    return due


def _when(policy: Policy, duty: Duty) -> str:
    """Whether the duty is owed: its condition is a definite yes, and its mark stands."""
    parts = [_words(duty.when.source, True)]
    sources = [source for mark in duty.starts for source in policy.marks[mark].sources]
    if not any((source.kind, source.name) in (("event", "detected"), ("duty", "in-scope")) for source in sources):
        facts = [f'get("{source.name}") == "yes"' for source in sources if source.kind == "fact"]
        parts.append(" or ".join(facts) if facts else f"level < {NO_LEVEL}")
    return " and ".join(f"({part})" for part in parts if part != "True") or "True"


def _words(condition: Condition, so: bool) -> str:
    """Whether the condition is definitely so, or definitely not so, over ``level`` and ``get``."""
    if isinstance(condition, Not):
        return _words(condition.part, not so)
    if isinstance(condition, Atom):
        return _atom_words(condition, so)
    if not condition.parts:
        return str(so)
    joint = " and " if isinstance(condition, All) is so else " or "
    return joint.join(f"({_words(part, so)})" for part in condition.parts)


def _atom_words(atom: Atom, so: bool) -> str:
    if atom.kind == "severity":
        place = ir.Severity(atom.name).index
        return f"level <= {place}" if so else f"{place} < level < {NO_LEVEL}"
    if atom.kind == "fact":
        return f'get("{atom.name}") == "{"yes" if so else "no"}"'
    if atom.kind == "unassessed":
        return f"level {'==' if so else '!='} {NO_LEVEL}"
    return str(not so)  # no drill, and no member of a family was reported


# --- what a team would put together ----------------------------------------------------------------------


def stack(policy: Policy) -> Callable[[Asked], Owed]:
    """Facts validated by pydantic, the level by zen-engine, business days by holidays, the state in transitions."""
    import pydantic
    import zen

    facts = [*names(policy), *_more_facts(policy)]
    fields: dict[str, Any] = {identifier(fact): (Literal["yes", "no"], pydantic.Field(alias=fact)) for fact in facts}
    model = pydantic.create_model("Facts", __config__=pydantic.ConfigDict(frozen=True), **fields)
    expression = zen.compile_expression(ternary(supported(policy), PYTHON))
    phases: Sequence[str] = [rule.phase.value for rule in policy.phases]
    new: Any = transitions(phases, acts(policy))

    def level_of(given: dict[str, str]) -> int:
        known = model.model_validate(given)
        level = int(expression.evaluate({name: answer == "yes" for name, answer in known}))
        new().leave()
        return level

    return hand(policy, holidays_rolling(policy.calendar, limits(policy)), level_of)


STACKS: Final = (Peer("pydantic, zen-engine, holidays and transitions together", "", stack),)
