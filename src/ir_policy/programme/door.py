"""The door of a programme: open one, ask what is allowed, record what was held, replay a log, and ask what is owed.

The functions of ``desk.py`` and ``answers.py`` come here with a programme; the promises are the same as for an incident.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import evolve

from ir_policy.duties.anew import Correction, inverted, order
from ir_policy.duties.entries import Entry, Status
from ir_policy.duties.judge import changes_of, obligations_of
from ir_policy.errors import LogInvalid, Problem, QuestionInvalid, Refusal
from ir_policy.incident import pin_of
from ir_policy.log.events import Event, ProgrammeOpened, ReadinessAttested, Session
from ir_policy.log.grown import LogSoFar
from ir_policy.log.wire import header_line
from ir_policy.programme.owing import entries_at
from ir_policy.programme.told import Told, refusals_of, told
from ir_policy.programme.value import Programme, ProgrammeStep
from ir_policy.rules.model import Policy
from ir_policy.terms import nearest, rfc3339

if TYPE_CHECKING:
    from ir_policy.log.chain import Chain

__all__ = [
    "Programme", "ProgrammeStep", "all_corrected", "folded", "next_change", "open_programme", "recorded", "refusals", "unknown_words",
]  # fmt: skip


def open_programme(policy: Policy, event: ProgrammeOpened, *, salt: str = "") -> ProgrammeStep:
    """A new programme, owed from the event's ``at`` on; with a ``salt`` its log is a chained one.

    From then on every exercise of the policy is owed in every calendar period, the one it is opened in included and in
    full, and what the policy takes for granted is to be confirmed. A salt is what it is for :func:`open_incident`. Raises
    :class:`~ir_policy.errors.QuestionInvalid` when the event is no opening, or the salt is none.
    """
    if not isinstance(policy, Policy):
        raise QuestionInvalid([Problem("policy", "is not a loaded policy", "pass what load_policy returned")])
    if not isinstance(event, ProgrammeOpened):
        raise QuestionInvalid([Problem("event", "a programme is opened by its opening", "pass ir.ProgrammeOpened(…)")])
    programme = Programme(policy, LogSoFar([event]), told(policy, [event]))
    step = _step(programme, event, None)
    if not salt:
        return step
    from ir_policy.log.chain import Chain  # few need it

    return _linked(step, Chain.begun(header_line(pin_of(policy))), salt)


def folded(policy: Policy, events: Sequence[Event], chain: Chain | None = None) -> Programme:
    """The programme those events of one log say; raises :class:`~ir_policy.errors.LogInvalid` where none opens it."""
    story = told(policy, events)
    if story.opening is None:
        raise LogInvalid(0, "nothing opened this programme; a log holds at least one 'programme-opened'")
    return Programme(policy, LogSoFar(events), story, chain)


def refusals(programme: Programme, event: Event) -> tuple[Refusal, ...]:
    """Every reason why an event the log does not hold may not happen."""
    return refusals_of(programme.policy, programme.log, event)


def recorded(programme: Programme, event: Event, salt: str) -> ProgrammeStep:
    """Take in an event the log does not hold."""
    log = programme._log.plus(event)
    after = Programme(programme.policy, log, told(programme.policy, log.events.whole()))
    step = _step(after, event, programme)
    return _linked(step, programme._chain, salt) if programme._chain is not None else step


def _linked(step: ProgrammeStep, chain: Chain, salt: str) -> ProgrammeStep:
    longer, line = chain.link(step.event, salt)
    return evolve(step, programme=evolve(step.programme, chain=longer), line=line)


def unknown_words(policy: Policy, event: Event) -> list[Problem]:
    """Ids in an event that this policy does not know: most likely slips of the pen."""
    about = policy.about
    if isinstance(event, ReadinessAttested) and event.duty not in about.assumptions:
        return [Problem("duty", f"unknown assumption '{event.duty}'", nearest(event.duty, about.assumptions))]
    if not isinstance(event, Session):
        return []
    exercise = about.exercises.get(event.drill)
    if exercise is None:
        return [Problem("drill", f"unknown exercise '{event.drill}'", nearest(event.drill, about.exercises))]
    problems = []
    if event.kind != exercise.held_as:
        what = f"a session of '{event.drill}' is not said by '{event.kind}'"
        problems.append(Problem("kind", what, f"write '{exercise.held_as}'"))
    for name in event.covers:
        if name not in exercise.covers:
            hint = nearest(name, exercise.covers) or (
                f"known are {', '.join(exercise.covers)}" if exercise.covers else "it covers none; leave it out"
            )
            problems.append(Problem("covers", f"unknown scenario '{name}'", hint))
    return problems


# --- what an event did ----------------------------------------------------------------------------------


def _step(after: Programme, event: Event, before: Programme | None) -> ProgrammeStep:
    """What moved, seen from the latest instant the log speaks of."""
    at = max(one.at for one in after.log)
    old = entries_at(after.policy, before._told, at) if before is not None else {}
    new = entries_at(after.policy, after._told, at)
    fresh = [one for one in after.violations if before is None or one not in before.violations]
    late = before is not None and inverted(event, max(order(one) for one in before.log))
    anew = tuple(corrected(before, after, event, at)) if before is not None and late else ()
    step = ProgrammeStep(after, event, violations=tuple(fresh), corrections=anew, late=late)
    return evolve(_moved(step, old, new), suggested=tuple(_suggested(after, event)))


def _moved(step: ProgrammeStep, old: Mapping[str, Entry], new: Mapping[str, Entry]) -> ProgrammeStep:
    both = sorted(old.keys() & new.keys())
    met = {key for key in both if (old[key].status, new[key].status) == (Status.ACTIVE, Status.DISCHARGED)}
    again = {key for key in both if (old[key].status, new[key].status) == (Status.DISCHARGED, Status.ACTIVE)}
    moved = [
        key
        for key in both
        if new[key].status is Status.ACTIVE and key not in again and _until(old[key]) != _until(new[key])
    ]
    fresh = sorted(new.keys() - old.keys())
    met |= {key for key in fresh if new[key].status is Status.DISCHARGED}
    return evolve(
        step, opened=tuple(fresh), tightened=tuple(moved), discharged=tuple(sorted(met)), revived=tuple(sorted(again)),
        dropped=tuple(sorted(old.keys() - new.keys())),
    )  # fmt: skip


def _until(entry: Entry) -> object:
    return entry.due.deadline if entry.due is not None else None


def corrected(before: Programme, after: Programme, event: Event, at: datetime) -> Iterator[Correction]:
    """The conclusions that a late or corrected event changed."""
    old, new = (_conclusions(one.policy, one._told, at) for one in (before, after))
    reason = getattr(event, "reason", "") or f"recorded late: {event.kind} at {rfc3339(event.at)}"
    for what in sorted(old.keys() | new.keys()):
        if old.get(what) != new.get(what):
            yield Correction(what, old.get(what, "nothing"), new.get(what, "nothing"), event.id, reason)


def all_corrected(policy: Policy, log: Sequence[Event]) -> tuple[Correction, ...]:
    """Every conclusion that was drawn once and is drawn otherwise now, in the order the log learnt better."""
    found: list[Correction] = []
    before: Programme | None = None
    for count, event in enumerate(log, start=1):
        events = log[:count]
        after = Programme(policy, LogSoFar(events), told(policy, events))
        if before is not None and inverted(event, max(order(one) for one in before.log)):
            found.extend(corrected(before, after, event, max(one.at for one in events)))
        before = after
    return tuple(found)


def _conclusions(policy: Policy, story: Told, at: datetime) -> dict[str, str]:
    said = {}
    for one in obligations_of(entries_at(policy, story, at), at, policy.at_risk):
        due = f", due {rfc3339(one.due)}" if one.due is not None else ""
        said[one.key] = f"{one.verdict}{due}"
    for violation in story.violations:
        said[f"violation of {violation.rule} by {violation.event}"] = "violated"
    return said


def _suggested(after: Programme, event: Event) -> Iterator[str]:
    """What a person should know or do next."""
    for problem in unknown_words(after.policy, event):
        yield f"recorded, but {problem}"
    against = [one for one in after.violations if one.event == event.id]
    if against:
        needs = dict.fromkeys(missing for one in against for missing in one.missing)
        yield f"kept in the log without effect: it needs {' and '.join(needs)}"
    if isinstance(event, Session) and not event.evidence:
        yield "nothing is named to show for it: say evidence"


def next_change(programme: Programme, story: Told, now: datetime) -> datetime | None:
    """The first instant later than ``now`` at which some obligation changes, or opens, by time alone."""
    entries = entries_at(programme.policy, story, now, ahead=True)
    changes = changes_of(entries.values(), programme.policy.at_risk)
    return next((at for at in changes if at > now), None)
