"""What a person should know or do next after an event, in words, where no field of the step says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ir_policy.duties.case import Case, Violation
from ir_policy.duties.entries import OPEN
from ir_policy.duties.ledger import Moves
from ir_policy.duties.level import deciding_roles
from ir_policy.duties.outcome import brought_against, known_against
from ir_policy.duties.unproven import without_evidence
from ir_policy.errors import Problem
from ir_policy.log.events import (
    Detected,
    Event,
    Merged,
    Milestone,
    Notice,
    PolicyAdopted,
    RoleChange,
    SeverityDecided,
    StepDone,
)
from ir_policy.log.history import Stamp
from ir_policy.rules.model import MarkRule, MarkSource, Per, Policy
from ir_policy.terms import rfc3339

__all__ = ["suggestions"]


def suggestions(
    case: Case, event: Event, moves: Moves, unknown: Sequence[Problem], fresh: Sequence[Violation]
) -> tuple[str, ...]:
    """Everything worth a remark; ``unknown`` are ids in the event that the policy does not know, ``fresh`` the
    violations that it brought."""
    words = [f"recorded, but {problem}" for problem in unknown]
    void = [violation for violation in fresh if violation.event == event.id and violation.void]
    if void:
        needs = dict.fromkeys(missing for violation in void for missing in violation.missing)
        words.append(f"kept in the log without effect: it needs {' and '.join(needs)}")
        return tuple(words)
    if isinstance(event, Notice) and event.kind == "notice-sent":
        words += _of_sending(case, event, moves, quiet=bool(words))
    if isinstance(event, (StepDone, Milestone)) and not event.evidence and not unknown:
        words += _of_evidence(case.policy, event)
    if isinstance(event, Merged):
        words += _of_merging(case, event)
    if isinstance(event, PolicyAdopted):
        words += _of_adopting(case)
    if isinstance(event, RoleChange):
        words += _of_roles(case, event)
    words += _of_privacy_and_level(case, event)
    words += _of_closing(case, event)
    return tuple(words)


def _of_sending(case: Case, event: Event, moves: Moves, quiet: bool) -> Iterator[str]:
    lacking = [
        (entry.key, a.missing) for entry in case.ledger.entries.values() for a in entry.attempts if a.event == event.id
    ]
    for key, missing in lacking:
        yield f"does not count for {key}: {', '.join(missing)} missing"
    if not (moves.discharged or lacking or quiet):
        yield "met no open obligation: none of the duties it names is owed to these recipients now"


def _of_evidence(policy: Policy, event: StepDone | Milestone) -> Iterator[str]:
    """A step or milestone that something rests on, and that names nothing to show for it."""
    rules = without_evidence(policy, event)
    if rules:
        rests = ", ".join(f"{rule.id} (clause {rule.clause})" for rule in rules)
        yield f"it names no evidence, and this rests on it: {rests}; record what shows it was done"


def _of_merging(case: Case, event: Merged) -> Iterator[str]:
    """What the incident that goes on must know: its clocks run from the earliest signal and awareness of either."""
    first, by_signal = case.history.first_marks, case.policy.mark_sources.get(Detected.only_kind, ())
    signals = [first[mark.id] for mark, source in by_signal if not source.field and mark.id in first]
    for stamp in sorted(signals)[:1]:
        yield f"record in '{event.into}': detected at {rfc3339(stamp.at)}"
    told: set[tuple[Stamp, str]] = set()
    for stamp, mark, source in sorted(_privacy_marks(case), key=lambda known: (known[0], not known[2].position)):
        # A finding with a position sets the mark without one too; said once more it would speak for both positions.
        if (stamp, source.name) not in told or source.position:
            told.add((stamp, source.name))
            yield f"record in '{event.into}': {_recorded_by(source)}, since {rfc3339(stamp.at)} ({mark.means})"


def _privacy_marks(case: Case) -> Iterator[tuple[Stamp, MarkRule, MarkSource]]:
    """Marks that stand and that only some roles may move later, in whatever episode; and what sets each.

    One that only a discharge sets is left out: what was met here was not met there.
    """
    for name, stamp in case.history.first_marks.items():
        mark = case.policy.marks[name]
        if mark.corrected_by and mark.per is Per.INCIDENT and mark.sources:
            yield stamp, mark, mark.sources[0]


def _recorded_by(source: MarkSource) -> str:
    """The event that sets a mark, with what it says."""
    if source.kind == "finding":
        return f"breach-finding {source.name}" + (f", position {source.position}" if source.position else "")
    return f"facts-reported {source.name}=yes" if source.kind == "fact" else source.name


def _of_adopting(case: Case) -> Iterator[str]:
    """What runs on by rules that the newer version changed or dropped."""
    for formers in case.policy.former.values():
        for former in formers:
            keys = [
                entry.key
                for entry in case.ledger.of(former.duty.id)
                if entry.duty is former.duty and entry.status in OPEN
            ]
            if keys:
                yield f"goes on by the rule of {former.policy}: {', '.join(keys)}"


def _of_roles(case: Case, event: RoleChange) -> Iterator[str]:
    """What whoever now holds the role should know."""
    from ir_policy.duties.commanders import cautions_of  # few need it

    newcomer = {"role-taken": event.person, "handover-accepted": event.to}.get(event.kind)
    yield from (one.says for one in cautions_of(case) if one.person == newcomer and event.role in one.roles)
    if event.kind == "handover-offered":
        yield f"{event.person} keeps the role {event.role} until {event.to} accepts it"


def _of_privacy_and_level(case: Case, event: Event) -> Iterator[str]:
    confirmed = event.kind == "breach-finding" and getattr(event, "finding", "") == "confirmed"
    if confirmed and "aware" not in case.history.findings:
        yield "a confirmed breach presumes awareness at the same instant"
    if event.kind == "facts-reported" and case.level.decided is None and case.level.supported is not None:
        yield f"the rules propose {case.level.supported.value}: the commander has not decided a level yet"
    yield from _of_worsening(case, event)


def _of_closing(case: Case, event: Event) -> Iterator[str]:
    """What came to be known of a closed incident, and speaks against the way it was closed."""
    for gate in brought_against(case, event):
        known = known_against(case, gate)
        said = f" ({', '.join(known)})" if known else ""
        yield f"closed as {case.history.outcome}, and now this speaks against it: {gate.says}{said}; reopen it"


def _of_worsening(case: Case, event: Event) -> Iterator[str]:
    """A level that got worse than the one decided, by facts or by somebody's raise, has to be decided."""
    level, roles = case.level, " or ".join(deciding_roles(case.policy))
    if not level.worsened or level.governing is None or level.governing is level.decided or not roles:
        return
    decided = f", decided is {level.decided.value}" if level.decided is not None and level.authorised else ""
    if isinstance(event, SeverityDecided):
        yield f"raised to {level.governing.value} provisionally{decided}: {roles} decides the level"
    elif decided:
        yield f"the level is {level.governing.value} by facts now{decided}: {roles} decides the level"
