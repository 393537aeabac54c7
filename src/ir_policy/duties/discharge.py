"""What meets an obligation: an act of this very event, an earlier act where those count, or a state that lasts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import evolve

from ir_policy.duties.entries import Attempt, Entry, Status
from ir_policy.duties.moment import Moment
from ir_policy.log.history import Act, Stamp
from ir_policy.rules.model import DoneBefore, Duty, Per

__all__ = ["discharge", "met_again"]

LASTING: Final = ("holding", "hold", "level")
"""What is met by a state, whatever this event does."""


def discharge(moment: Moment, duty: Duty, opened: set[str]) -> None:
    """Meet what this event meets; ``opened`` are the keys that opened or were revived in this very step."""
    if not (moment.acts or opened or any(match.kind in LASTING for match in duty.met_by)):
        return
    for entry in moment.ledger.open_of(duty.id, None):
        if entry.duty is not duty:
            continue  # it ends by the rule of that name it opened under
        # What opens in this very step may be met in it, even where it would lapse at once.
        if not (entry.key in opened or entry.is_open(moment.event.at)) or entry.key in moment.asked:
            continue
        met = _met(moment, entry, entry.key in opened)
        if met is None:
            continue
        stamp, by = met
        moment.ledger.put(
            evolve(moment.ledger.entries[entry.key], status=Status.DISCHARGED, settled=stamp, settled_by=by)
        )
        moment.moves.discharged.append(entry.key)
        if duty.sets:
            moment.history.set_mark(moment.policy, duty.sets, stamp)


def _met(moment: Moment, entry: Entry, just_opened: bool) -> tuple[Stamp, str] | None:
    """The act that meets the obligation: a state that lasts, an earlier act where those count, or this event's."""
    state = _met_by_state(moment, entry)
    if state is not None:
        return state
    acts: Iterable[Act] = moment.acts
    if just_opened and entry.duty.done_before is not DoneBefore.DOES_NOT_COUNT and not entry.repeat:
        acts = [act for act in moment.history.acts if _counts(moment, entry, act)]
    matching = [act for act in acts if _matches(moment, entry, act)]
    if not matching:
        return None
    first = min(matching, key=lambda act: act.stamp)
    return first.stamp, first.event


def met_again(moment: Moment, entry: Entry, failed: str) -> tuple[Stamp, str] | None:
    """What else met an obligation whose sending failed: the earliest act after that one that would have met it."""
    acts = list(moment.history.acts)
    begin = next((index for index, act in enumerate(acts) if act.event == failed), len(acts))
    matching = [act for act in acts[begin:] if act.episode == entry.episode and _matches(moment, entry, act)]
    first = min(matching, key=lambda act: act.stamp, default=None)
    return (first.stamp, first.event) if first is not None else None


def _counts(moment: Moment, entry: Entry, act: Act) -> bool:
    """Whether an act done before the obligation opened may meet it."""
    if (
        entry.duty.done_before is DoneBefore.COUNTS_SINCE_MARK
        and act.event != moment.event.id
        and act.stamp < entry.anchor
    ):
        return False
    return entry.duty.per is Per.INCIDENT or act.episode == moment.history.episode


def _met_by_state(moment: Moment, entry: Entry) -> tuple[Stamp, str] | None:
    found = []
    for match in entry.duty.met_by:
        if match.kind == "holding":
            for role in match.names:
                for tenure in moment.history.holders.get(role, {}).values():
                    found.append(max(tenure.since, entry.anchor))
        elif match.kind == "hold" and moment.history.hold_since is not None:
            found.append(max(moment.history.hold_since, entry.anchor))
        elif match.kind == "level" and moment.level.governing is not None:
            found.append(Stamp(moment.event.at, moment.event.latest))
    return (min(found), moment.event.id) if found else None


def _matches(moment: Moment, entry: Entry, act: Act) -> bool:
    for match in entry.duty.met_by:
        if match.kind != act.kind:
            continue
        if match.kind != "notice":
            if act.name in match.names and _is_about(moment, entry):
                return True
            continue
        if not _told(moment, entry, act, reviewed="reviewed" in match.names):
            continue
        if "any" not in match.names and not _is_named(moment, entry.duty, act):
            continue
        missing = tuple(state for state in entry.duty.must_state if state not in act.states)
        if match.stage and match.stage != act.stage:
            missing = (f"stage {match.stage}", *missing)
        if not missing:
            return True
        _attempted(moment, entry, act, missing)
    return False


def _is_about(moment: Moment, entry: Entry) -> bool:
    """Whether this event is about the same thing as the obligation; what is asked for one by one is met one by one."""
    given = entry.duty.given
    return given is None or not entry.item or moment.history.said(moment.event, given.item) == entry.item


def _told(moment: Moment, entry: Entry, act: Act, reviewed: bool) -> bool:
    """Whether a sending reached the recipient as far as is known, or a review was of a text for them."""
    if (act.name == "reviewed") is not reviewed or not act.reaches(entry.recipient):
        return False
    failed = moment.history.undelivered.get(act.event, ())
    return not failed or not (entry.recipient in failed or (act.to_all and moment.policy.notices.in_drills in failed))


def _is_named(moment: Moment, duty: Duty, act: Act) -> bool:
    if duty.id in act.duties:
        return True
    if duty.enables:
        rules = (rule for name in act.duties for rule in moment.policy.rules_of(name))
        return any(rule.needs is not None and rule.needs.duty == duty.id for rule in rules)
    return bool(duty.act) and any(
        other.act == duty.act for name in act.duties for other in moment.policy.rules_of(name)
    )


def _attempted(moment: Moment, entry: Entry, act: Act, missing: tuple[str, ...]) -> None:
    attempt = Attempt(act.event, act.stamp.at, missing)
    standing = moment.ledger.entries[entry.key]
    if attempt not in standing.attempts:
        moment.ledger.put(evolve(standing, attempts=(*standing.attempts, attempt)))
