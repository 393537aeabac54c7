"""*Order* and *Corrections*: the fold of a whole log, and what corrections make of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any as Anything

from ir_policy.errors import EventInvalid
from ir_policy.log.events import Corrected, Event, PolicyAdopted, event_from_wire, to_wire
from ir_policy.rules.model import Duty, Per, Policy
from oracle.adopting import out_of_turn, put_under
from oracle.asking import mark_stamp, may_act
from oracle.enabling import look_at_what_comes_first
from oracle.folding import fold, level
from oracle.forbidden import forbid
from oracle.settling import let_lapse, settle_by_name
from oracle.state import Stamp, State, Step
from oracle.stepping import look_at
from oracle.unreached import not_told


@dataclass(frozen=True)
class Documents:
    """The policy a log was begun under, and what its adoptions name."""

    policy: Policy
    others: Mapping[str, Policy]
    """By digest."""
    out_of_turn: frozenset[str]
    """The ids of adoptions that do not stand after everything the log held when it learnt of them."""


def documents(policy: Policy, adopted: Iterable[Policy], log: list[Event]) -> Documents:
    others = {one.digest: one for one in (policy, *adopted)}
    return Documents(policy, others, frozenset(out_of_turn(log)))


# --- order ----------------------------------------------------------------------------------------------


def once(log: Iterable[Event]) -> list[Event]:
    """*Order*: of an event that stands there again under its id the first counts."""
    found: dict[str, Event] = {}
    for event in log:
        found.setdefault(event.id, event)
    return list(found.values())


def in_order(events: Iterable[Event]) -> list[Event]:
    """*Order*: by ``at``, then ``recorded_at`` (an absent one sorts as ``at``), then position in the log."""
    return sorted(events, key=lambda event: (event.at, event.recorded_at or event.at))


def fold_all(world: Documents, story: Iterable[Event]) -> State:
    """Every event is one step."""
    state = State(world.policy, world.others, world.out_of_turn)
    for event in story:
        take_step(state, event)
    return state


def take_step(state: State, event: Event) -> None:
    """*Order*: forbidden, fold, level, scope, open, tighten, discharge; nothing of this where the event is void."""
    let_lapse(state, event.at)
    if forbid(state, event):
        return
    step = Step(event, authorised_before=state.authorised)
    if isinstance(event, PolicyAdopted):
        step.adopts = put_under(state, state.documents[event.policy.digest])
    fold(state, step)
    level(state, step)
    again: list[Duty] = []
    every = sorted(state.rules(), key=lambda duty: (follows(duty), duty.id))  # former rules stay before the other
    for duty in every:
        again += [] if duty.enables else look_at(state, step, duty)
    while again:  # duties that start from a mark a discharge has set are looked at again in the same step
        again = [later for duty in again for later in look_at(state, step, duty)]
    settle_by_name(state, step)
    not_told(state, event)
    for duty in every:
        if duty.enables:
            look_at_what_comes_first(state, step, duty)


def follows(duty: Duty) -> bool:
    """*Duties*: whether it is owed to those another duty is owed to; such duties come after all the others."""
    return any(case.owed for case in duty.owed_to)


# --- corrections ----------------------------------------------------------------------------------------


def apply_corrections(world: Documents, log: list[Event]) -> tuple[list[Event], list[str]]:
    """*Corrections*: the log with them applied in the order of the fold, and the ids of those without effect."""
    current = list(log)
    flaws = []
    for correction in in_order(event for event in log if isinstance(event, Corrected)):
        assert isinstance(correction, Corrected)
        place = next(index for index, event in enumerate(current) if event is correction)
        target = next((i for i, event in enumerate(current[:place]) if event.id == correction.event), None)
        mended = mend(current[target], correction) if target is not None else None
        if mended is None or not correction.evidence:
            flaws.append(correction.id)
            continue
        assert target is not None
        after = [*current[:target], mended, *current[target + 1 :]]
        if not void_if_said_by(world, after, mended, correction.by) and allowed(world, current, after, correction):
            current = after
        else:
            flaws.append(correction.id)
    return current, flaws


def mend(target: Event, correction: Corrected) -> Event | None:
    """*Corrections*: the event as if the new fields had always stood there; nothing where that cannot be."""
    fields: Anything = to_wire(correction)["fields"]
    if isinstance(target, (Corrected, PolicyAdopted)) or {"kind", "id", "incident", "by"} & set(fields):
        return None
    settled = ("notice-drafted", "notice-edited", "notice-rejected", "notice-withdrawn")
    if target.kind in settled or fields.get("drill") is True:
        return None
    if target.kind.startswith("notice-") and {"notice", "digest"} & set(fields):
        return None
    try:
        said = {**to_wire(target), **fields}
        return event_from_wire({name: value for name, value in said.items() if value is not None})
    except EventInvalid:
        return None


def void_if_said_by(world: Documents, after: list[Event], mended: Event, author: str) -> bool:
    """*Corrections*: whether the event as corrected would be void, said by the correction's author at its own place."""
    story = in_order(after)
    place = next(index for index, event in enumerate(story) if event is mended)
    return forbid(fold_all(world, story[:place]), event_from_wire({**to_wire(mended), "by": author}))


def allowed(world: Documents, before: list[Event], after: list[Event], correction: Corrected) -> bool:
    """*Corrections*: moving a guarded mark later, or taking it away, asks for one of its roles at that instant."""
    old, new = fold_all(world, in_order(before)), fold_all(world, in_order(after))
    story = in_order(before)
    at_that_instant = fold_all(world, story[: next(i for i, e in enumerate(story) if e is correction)])
    for rule in at_that_instant.policy.marks.values():
        if not rule.corrected_by:
            continue
        was, is_now = (earliest(state, rule.id) for state in (old, new))
        moved = was is not None and (is_now is None or is_now > was)
        if moved and not any(may_act(at_that_instant, correction.by, role) for role in rule.corrected_by):
            return False
    return True


def earliest(state: State, mark: str) -> Stamp | None:
    """In whatever episode; nothing also where no policy in force up to then has a mark of that name."""
    return mark_stamp(state, mark, len(state.episodes) - 1, Per.INCIDENT) if mark in state.policy.marks else None
