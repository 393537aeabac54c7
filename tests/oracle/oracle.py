"""A slow, obvious interpreter of logs, written from ``docs/semantics.md`` alone.

It exists to disagree: nothing here is shared with the engine beyond the policy's data, the limits and the events.
Every question folds the whole log from nothing. Each function names the paragraph it spells out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any as Anything

from ir_policy.clocks import Deadline, due_of
from ir_policy.errors import EventInvalid
from ir_policy.log.events import (
    BreachFinding,
    Corrected,
    Detected,
    Event,
    FactsReported,
    Notice,
    NotNotifying,
    Opaque,
    PhaseChange,
    RoleChange,
    SeverityDecided,
    StepDone,
    Waived,
    event_from_wire,
    to_wire,
)
from ir_policy.rules.conditions import All, Any, Atom, Condition, Not, atoms
from ir_policy.rules.model import (
    DoneBefore,
    Duty,
    Gate,
    IfMissed,
    MarkSource,
    OnScopeExit,
    Per,
    Policy,
    Recipients,
    Within,
)
from ir_policy.terms import NO, UNKNOWN, YES, Phase, Severity, Truth

# --- small values ---------------------------------------------------------------------------------------

Stamp = tuple[datetime, datetime]
"""First and last instant something can have happened; as tuples they compare by start, then by end."""
Register = Callable[[Atom], Truth]

PENDING, ACTIVE, DISCHARGED, WAIVED, CANCELLED, LAPSED = (
    "pending", "active", "discharged", "waived", "cancelled", "lapsed",
)  # fmt: skip

OPENED, RAISE, OTHERWISE = "opened", "raise", "otherwise"


@dataclass(frozen=True)
class Due:
    """A deadline with the limit it comes from, the anchor it was reckoned from and the event that set it."""

    within: Within
    anchor: Stamp
    event: Event
    early: Deadline | None
    late: Deadline | None
    kind: str
    how: str
    """Whether its event ``opened`` (or revived) the obligation, was a ``raise`` that tightened it, or something else."""

    @property
    def missed_first(self) -> tuple[datetime, datetime]:
        assert self.early is not None
        assert self.late is not None
        return self.early.missed_from, self.late.missed_from


@dataclass(eq=False)
class Obligation:
    """One duty, one recipient, one number."""

    duty: Duty
    recipient: str
    number: int
    episode: int
    opened_by: Event
    anchor: Stamp
    shown: Due | None = None
    binding: Due | None = None
    settled: str = ""
    """Empty while it is open or pending, else how it ended."""
    settled_at: Stamp | None = None
    not_required: bool = False
    superseded: bool = False
    repeat: bool = False
    level: Severity | None = None
    """The worst level that governed since it opened."""
    inside: bool = True
    """It was in scope when its duty was last looked at."""
    lapses: bool = False
    """The incident was closed while it ran: it lapses at the instant it is missed."""

    @property
    def key(self) -> str:
        return f"{self.duty.id}@{self.recipient}#{self.number}"

    def is_open(self) -> bool:
        return not self.settled

    def opens_at(self) -> datetime:
        return self.anchor[0] + (self.duty.opens_after or timedelta(0))

    def is_pending(self, at: datetime) -> bool:
        return self.is_open() and self.duty.opens_after is not None and at < self.opens_at()


@dataclass
class Episode:
    """What starts afresh when the incident is reopened."""

    detection: Stamp | None = None
    marks: dict[str, Stamp] = field(default_factory=dict)
    reached: dict[Severity, Stamp] = field(default_factory=dict)
    in_scope: dict[str, Stamp] = field(default_factory=dict)
    steps: set[str] = field(default_factory=set)
    entered: set[Phase] = field(default_factory=set)
    waived_gates: set[str] = field(default_factory=set)
    promised: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Sending:
    """A notice that was sent, completed from its draft."""

    duties: tuple[str, ...]
    recipients: tuple[str, ...]
    states: tuple[str, ...]
    stage: str


@dataclass(frozen=True)
class Act:
    """An effective event, kept because it may meet a duty now or later."""

    event: Event
    episode: int
    sending: Sending | None


@dataclass
class State:
    """All that is known after so many steps."""

    policy: Policy
    facts: dict[str, Truth] = field(default_factory=dict)
    findings: set[str] = field(default_factory=set)
    signals: list[bool] = field(default_factory=list)
    """For each ``detected`` so far, whether it said it was a drill."""
    drill: bool = False
    frozen_since: Stamp | None = None
    """Since when the freeze of data-subject requests is in force."""
    unknown_kind: bool = False
    closed: bool = False
    phase: Phase = Phase.DETECT
    not_applicable: set[Phase] = field(default_factory=set)
    tenures: dict[str, dict[str, Stamp]] = field(default_factory=dict)
    supported: Severity | None = None
    decided: Severity | None = None
    provisional: Severity | None = None
    remembered: Severity | None = None
    worst_so_far: Severity | None = None
    authorised: bool = False
    governing: Severity | None = None
    episodes: list[Episode] = field(default_factory=lambda: [Episode()])
    drafts: dict[str, Notice] = field(default_factory=dict)
    exempted: set[tuple[str, str]] = field(default_factory=set)
    acts: list[Act] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    violations: list[tuple[str, str]] = field(default_factory=list)

    @property
    def now(self) -> Episode:
        return self.episodes[-1]


@dataclass
class Step:
    """What one event did, as far as later parts of the same step ask."""

    event: Event
    raised: bool = False
    """The governing level got worse."""
    lowered_in_error: bool = False
    turned_to_no: bool = False
    authorised_before: bool = False
    governed_before: bool = False
    """There was a governing level before it."""

    def how(self) -> str:
        """*Deadlines*: what sets a due in this step: a raise, or an opening."""
        return RAISE if self.raised and self.governed_before else OPENED


@dataclass(frozen=True)
class Row:
    """How one obligation stands at an instant."""

    status: str
    due_at: datetime | None
    due_kind: str
    boundary: str
    binding_due_at: datetime | None
    verdict: str
    breach: tuple[datetime, datetime, str] | None
    met_at: datetime | None
    late_by: timedelta | None
    episode: int
    opened_at: datetime
    anchor: datetime


@dataclass
class World:
    """What a log means under a policy."""

    policy: Policy
    story: list[Event]
    """The events as corrected, in the order of the fold."""
    governing: Severity | None
    supported: Severity | None
    marks: dict[str, Stamp]
    violations: list[tuple[str, str]]
    state: State

    def obligations(self, now: datetime) -> dict[str, Row]:
        """Every obligation as it stands at ``now``: only what happened up to then counts."""
        before = [event for event in self.story if event.at <= now]
        state = self.state if len(before) == len(self.story) else fold_all(self.policy, before)
        return {obligation.key: read_off(state, obligation, now) for obligation in state.obligations}


# --- the whole ------------------------------------------------------------------------------------------


def interpret(policy: Policy, events: Iterable[Event], now: datetime | None = None) -> World:
    """*Order*: corrections first, then every event in the order of the fold, up to ``now``."""
    log = list(events)
    corrected, flaws = apply_corrections(policy, log)
    story = [event for event in in_order(corrected) if now is None or event.at <= now]
    state = fold_all(policy, story)
    state.violations += [("corrections", id_) for id_ in flaws]
    return World(policy, story, state.governing, state.supported, visible_marks(state), state.violations, state)


def in_order(events: Iterable[Event]) -> list[Event]:
    """*Order*: by ``at``, then ``recorded_at`` (an absent one sorts as ``at``), then position in the log."""
    return sorted(events, key=lambda event: (event.at, event.recorded_at or event.at))


def fold_all(policy: Policy, story: Iterable[Event]) -> State:
    """Every event is one step."""
    state = State(policy)
    for event in story:
        take_step(state, event)
    return state


def take_step(state: State, event: Event) -> None:
    """*Order*: forbidden, fold, level, scope, open, tighten, discharge; nothing of this where the event is void."""
    let_lapse(state, event.at)
    if forbid(state, event):
        return
    step = Step(event, authorised_before=state.authorised)
    fold(state, step)
    level(state, step)
    waiting = list(state.policy.duties.values())
    again: list[Duty] = []
    for duty in sorted(waiting, key=lambda duty: duty.id):
        again += look_at(state, step, duty)
    while again:  # duties that start from a mark a discharge has set are looked at again in the same step
        again = [later for duty in again for later in look_at(state, step, duty)]
    settle_by_name(state, step)


def visible_marks(state: State) -> dict[str, Stamp]:
    """The marks that stand now, by name; the two that have many stamps only where one of them is meant."""
    marks = {}
    for name, rule in state.policy.marks.items():
        stamp = mark_stamp(state, rule.id, len(state.episodes) - 1, rule.per)
        if stamp is not None:
            marks[name] = stamp
    return marks


# --- stamps and conditions ------------------------------------------------------------------------------


def stamp_of(event: Event) -> Stamp:
    """*Order*: ``since`` where the event has one, else ``at``, which is a span where it has a precision."""
    since = getattr(event, "since", None)
    if since is not None:
        return since, since
    return event.at, event.latest


def truth(condition: Condition, register: Register) -> Truth:
    """*Facts*: all, any and not over yes, no and not known, by plain recursion."""
    if isinstance(condition, Atom):
        return register(condition)
    if isinstance(condition, Not):
        inner = truth(condition.part, register)
        return {YES: NO, NO: YES, UNKNOWN: UNKNOWN}[inner]
    parts = [truth(part, register) for part in condition.parts]
    if isinstance(condition, All):
        if NO in parts:
            return NO
        return UNKNOWN if UNKNOWN in parts else YES
    assert isinstance(condition, Any)
    if YES in parts:
        return YES
    return UNKNOWN if UNKNOWN in parts else NO


def known(state: State) -> Register:
    """*Facts*: the table of atoms."""

    def register(atom: Atom) -> Truth:
        if atom.kind == "fact":
            return state.facts.get(atom.name, UNKNOWN)
        if atom.kind == "severity":
            if state.governing is None:
                return UNKNOWN
            return yes_or_no(not Severity[atom.name].worse_than(state.governing))
        if atom.kind == "mark":
            per = state.policy.marks[atom.name].per
            return yes_or_no(mark_stamp(state, atom.name, len(state.episodes) - 1, per) is not None)
        if atom.kind == "step":
            return yes_or_no(atom.name in state.now.steps)
        if atom.kind == "phase":
            return yes_or_no(state.phase.value == atom.name)
        if atom.kind == "finding":
            return yes_or_no(atom.name in state.findings)
        if atom.kind == "drill":
            return yes_or_no(state.drill)
        if atom.kind == "some":
            said = [value for fact, value in state.facts.items() if fact.partition("/")[0] == atom.name and "/" in fact]
            return YES if YES in said else UNKNOWN
        assert atom.kind == "unassessed"
        return yes_or_no(state.governing is None)

    return register


def yes_or_no(value: bool) -> Truth:
    return YES if value else NO


def definitely(state: State, condition: Condition) -> bool:
    """*Facts*: duties open on a definite yes."""
    return truth(condition, known(state)) is YES


# --- forbidden ------------------------------------------------------------------------------------------


def forbid(state: State, event: Event) -> bool:
    """*Forbidden*: record every refusal, on the state before the event; whether the event is void."""
    void = False
    for gate in state.policy.gates.values():
        if concerns(state, gate, event) and bites(state, gate, event):
            state.violations.append((gate.id, event.id))
            void = void or gate.void
    for rule in no_effect(state, event):
        state.violations.append((rule, event.id))
        void = True
    if phase_refused(state, event):
        state.violations.append(("phases", event.id))
    return void


def concerns(state: State, gate: Gate, event: Event) -> bool:
    """*Forbidden*: gates forbid a step, a phase being entered, a kind of event, a finding or a decision."""
    for forbidden in gate.forbids:
        if forbidden.kind == "event" and event.kind == forbidden.name:
            return True
        if forbidden.kind == "step" and isinstance(event, StepDone) and event.step == forbidden.name:
            return True
        if forbidden.kind == "finding" and isinstance(event, BreachFinding) and event.finding == forbidden.name:
            return True
        if forbidden.kind == "phase" and event.kind == "phase-entered":
            assert isinstance(event, PhaseChange)
            if event.phase.value == forbidden.name:
                return True
        if forbidden.kind == "decision" and isinstance(event, SeverityDecided):
            if forbidden.name in decision_is(state, event):
                return True
    return False


def decision_is(state: State, event: SeverityDecided) -> set[str]:
    """*Forbidden*: whether a decision is not-worse, lowering, differing, or several of these."""
    words = set()
    if not event.severity.worse_than(state.governing or Severity.SEV3):
        words.add("not-worse")
    if state.governing is not None and state.governing.worse_than(event.severity):
        words.add("lowering")
    if state.supported is not None and state.supported is not event.severity:
        words.add("differing")
    return words


def bites(state: State, gate: Gate, event: Event) -> bool:
    """*Forbidden*: its ``when`` bites, none of its releases is given, and it was not waived in this episode."""
    when = truth(gate.when.source, known(state))
    if when is NO or (gate.only_on_yes and when is not YES):
        return False
    if gate.id in state.now.waived_gates:
        return False
    for release in gate.until:
        if release.condition is not None and definitely(state, release.condition.source):
            return False
        if any(may_act(state, event.by, role) for role in release.roles):
            return False
        if release.states and all(getattr(event, name, None) for name in release.states):
            return False
    return True


def no_effect(state: State, event: Event) -> list[str]:
    """*Forbidden*: the other reasons for which an event is void, as rule ids."""
    rules = []
    if (event.kind == "reopened" and not state.closed) or (event.kind == "closed" and state.closed):
        rules.append("episodes")
    lowering = isinstance(event, SeverityDecided) and "lowering" in decision_is(state, event)
    if state.unknown_kind and (lowering or event.kind == "closed"):
        rules.append("unknown-events")
    if isinstance(event, Waived):
        rules += waiver_refused(state, event)
    if isinstance(event, NotNotifying):
        duty = state.policy.duties.get(event.duty)
        if (
            duty is None
            or duty.unless is None
            or not definitely(state, duty.unless.source)
            or not any(may_act(state, event.by, role) for role in duty.exempted_by)
        ):
            rules.append(event.duty)
    return rules


def waiver_refused(state: State, event: Waived) -> list[str]:
    """*Forbidden*: ``waived`` names no rule, an obligation that is not open, or a rule not the actor's to waive."""
    if event.gate:
        gate = state.policy.gates.get(event.gate)
        if gate is None or not any(may_act(state, event.by, role) for role in gate.waivable_by):
            return [event.gate]
        return []
    named = next((one for one in state.obligations if one.key == event.obligation and one.is_open()), None)
    if named is None:
        return [event.obligation]
    return [] if any(may_act(state, event.by, role) for role in named.duty.waivable_by) else [named.duty.id]


def phase_refused(state: State, event: Event) -> bool:
    """*Forbidden*: closed, already the current phase, an earlier phase left out, or ``detect``."""
    if event.kind != "phase-entered":
        return False
    assert isinstance(event, PhaseChange)
    if state.closed or event.phase is state.phase or event.phase is Phase.DETECT:
        return True
    phases = list(Phase)
    earlier = phases[1 : phases.index(event.phase)]  # detect is never entered
    return any(phase not in state.now.entered and phase not in state.not_applicable for phase in earlier)


def may_act(state: State, name: str, role: str) -> bool:
    """*Forbidden*, who may act: the role itself, a holder, and while nobody holds it its primary contact."""
    holders = state.tenures.get(role, {})
    if name == role or name in holders:
        return True
    rule = state.policy.roles.get(role)
    return rule is not None and not holders and name == rule.contact


# --- fold -----------------------------------------------------------------------------------------------


def fold(state: State, step: Step) -> None:
    """What an effective event changes, before levels and duties are looked at."""
    event = step.event
    if event.kind == "reopened":
        reopen(state, event)
    if isinstance(event, Opaque):
        state.unknown_kind = True
    if isinstance(event, Detected):
        state.signals.append(event.drill)
        state.drill = all(state.signals)
        if state.now.detection is None:
            state.now.detection = stamp_of(event)
    if isinstance(event, FactsReported):
        for fact, value in event.facts.items():
            if value is NO and counted(state, fact):
                step.turned_to_no = True
            state.facts[fact] = value
    if isinstance(event, BreachFinding):
        state.findings.add(event.finding)
    if isinstance(event, StepDone):
        state.now.steps.add(event.step)
    if isinstance(event, PhaseChange):
        change_phase(state, event)
    if isinstance(event, RoleChange):
        change_role(state, event)
    if event.kind == "closed":
        state.closed = True
    if event.kind in ("hold-started", "hold-extended"):
        state.frozen_since = state.frozen_since or stamp_of(event)
    if event.kind == "hold-released":
        state.frozen_since = None
    if isinstance(event, Waived) and event.gate:
        state.now.waived_gates.add(event.gate)
    if isinstance(event, NotNotifying):
        state.exempted.add((event.duty, event.recipient))
    sending = None
    if isinstance(event, Notice):
        if event.kind in ("notice-drafted", "notice-edited"):
            state.drafts[event.notice] = event
        if event.kind == "notice-sent":
            sending = complete(state, event)
            draft = state.drafts.get(event.notice) if event.notice else None
            if event.next_update_by is not None or (draft is not None and draft.next_update_by is not None):
                state.now.promised.update(sending.recipients)
    assert_marks(state, event)
    if isinstance(event, SeverityDecided):
        decide(state, step, event)
    state.acts.append(Act(event, len(state.episodes) - 1, sending))


def counted(state: State, fact: str) -> bool:
    """*Scope*: it was a yes; or, of a family, known or reported as anything but a no."""
    family, slash, member = fact.partition("/")
    if slash and family in state.policy.families:
        before = state.facts.get(fact)
        return member in state.policy.families[family].known if before is None else before is not NO
    return state.facts.get(fact) is YES


def reopen(state: State, event: Event) -> None:
    """*Governing level* and *Marks*: a new episode, in which nothing is reached yet."""
    state.episodes.append(Episode(detection=stamp_of(event)))
    state.not_applicable = set()
    state.closed = False
    state.phase = state.policy.reopens_to
    state.now.entered.add(state.policy.reopens_to)
    state.decided = state.worst_so_far
    state.provisional = None


def change_phase(state: State, event: PhaseChange) -> None:
    """*Forbidden*: a refused phase is recorded all the same; ``detect`` is never entered."""
    if event.kind == "phase-not-applicable":
        state.not_applicable.add(event.phase)
    elif event.phase is not Phase.DETECT:
        state.phase = event.phase
        state.now.entered.add(event.phase)


def change_role(state: State, event: RoleChange) -> None:
    """*Forbidden*, who may act: tenures begin and end; taking a role one holds changes nothing."""
    holders = state.tenures.setdefault(event.role, {})
    if event.kind == "role-taken":
        holders.setdefault(event.person, stamp_of(event))
    elif event.kind == "role-released":
        holders.pop(event.person, None)
    elif event.kind == "handover-accepted":
        holders.pop(event.person, None)
        holders.setdefault(event.to, stamp_of(event))


def complete(state: State, event: Notice) -> Sending:
    """*Duties* 5: a sending takes from the draft of the same notice what it leaves out."""
    draft = state.drafts.get(event.notice) if event.notice else None
    if draft is None:
        return Sending(event.duties, event.recipients, event.states, event.stage)
    return Sending(
        event.duties or draft.duties,
        event.recipients or draft.recipients,
        event.states or draft.states,
        event.stage or draft.stage,
    )


def decide(state: State, step: Step, event: SeverityDecided) -> None:
    """*Governing level*: an effective decision is authorised, or else a provisional raise."""
    if "lowering" in decision_is(state, event) and event.lowering == "classified-in-error":
        step.lowered_in_error = True
    state.worst_so_far = worst_of(state.worst_so_far, event.severity)
    if is_authorised(state, event):
        state.authorised = True
        state.decided = event.severity
        state.provisional = None
        state.remembered = supported_by(state)
    else:
        state.provisional = worst_of(state.provisional, event.severity)


def is_authorised(state: State, event: SeverityDecided) -> bool:
    """*Marks*: by somebody who may act in a role that releases a gate on not-worse decisions."""
    roles = {
        role
        for gate in state.policy.gates.values()
        if any(f.kind == "decision" and f.name == "not-worse" for f in gate.forbids)
        for release in gate.until
        for role in release.roles
    }
    return any(may_act(state, event.by, role) for role in roles)


# --- marks ----------------------------------------------------------------------------------------------


def assert_marks(state: State, event: Event) -> None:
    """*Marks*: every source of every mark that this event is."""
    for rule in state.policy.marks.values():
        for source in rule.sources:
            for stamp in asserted(state, source, event):
                set_mark(state, rule.id, stamp)


def asserted(state: State, source: MarkSource, event: Event) -> list[Stamp]:
    """*Marks*: the stamp this event gives to that source, if it is one."""
    if source.kind == "event" and event.kind == source.name:
        if not source.field:
            return [stamp_of(event)]
        instant = getattr(event, source.field)
        return [] if instant is None else [(instant, instant)]
    if source.kind == "finding" and isinstance(event, BreachFinding) and event.finding == source.name:
        if not source.position or not event.position or source.position == event.position:
            return [stamp_of(event)]
    if source.kind == "fact" and isinstance(event, FactsReported) and event.facts.get(source.name) is YES:
        return [stamp_of(event)]
    if source.kind == "decision" and isinstance(event, SeverityDecided) and is_authorised(state, event):
        return [stamp_of(event)]
    return []


def set_mark(state: State, name: str, stamp: Stamp) -> None:
    """*Marks*: the earliest stamp asserted is kept."""
    marks = state.now.marks
    marks[name] = min(marks.get(name, stamp), stamp)


def mark_stamp(
    state: State, name: str, episode: int, per: Per, duty: Duty | None = None, at_level: Severity | None = None
) -> Stamp | None:
    """*Marks*: as it stands in one episode, or the earliest in any."""
    rule = state.policy.marks[name]
    if rule.per is Per.INCIDENT or per is Per.INCIDENT:
        seen = state.episodes
    else:
        seen = [state.episodes[episode]]
    stamps = []
    for one in seen:
        if name in one.marks:
            stamps.append(one.marks[name])
        for source in rule.sources:
            if source.kind == "level":
                stamps += level_stamps(state, one, duty, at_level)
            if source.kind == "duty" and duty is not None and duty.id in one.in_scope:
                stamps.append(one.in_scope[duty.id])
    return min(stamps, default=None)


def level_stamps(state: State, episode: Episode, duty: Duty | None, at_level: Severity | None) -> list[Stamp]:
    """*Duties*, anchor: that level and milder ones with its limit, at which the duty would be owed."""
    governing = state.governing
    if duty is None:
        return [episode.reached[governing]] if governing in episode.reached else []
    if at_level is None:
        return []
    limits = dict(zip(Severity, duty.within, strict=True))
    found = []
    for level in Severity:
        if level.worse_than(at_level) or level not in episode.reached or limits[level] is not limits[at_level]:
            continue
        state.governing = level
        if definitely(state, duty.when.source):
            found.append(episode.reached[level])
        state.governing = governing
    return found


# --- the governing level --------------------------------------------------------------------------------


def worst_of(*levels: Severity | None) -> Severity | None:
    """The worst of these; no level is milder than any."""
    found = None
    for one in levels:
        if one is not None and (found is None or one.worse_than(found)):
            found = one
    return found


def is_worse(one: Severity | None, other: Severity | None) -> bool:
    """Whether the first is worse; no level is milder than any."""
    return one is not None and (other is None or one.worse_than(other))


def supported_by(state: State) -> Severity | None:
    """*Governing level*: the worst row that is definitely so, made worse once by the raise."""
    rows = [row for row in state.policy.rows if not row.otherwise and definitely(state, row.when.source)]
    found = worst_of(*(row.level for row in rows))
    if any(definitely(state, rule.source) for rule in state.policy.raises.rules.values()):
        otherwise = next(row for row in state.policy.rows if row.otherwise)
        found = (found or otherwise.level).raised(state.policy.raises.levels)
    return found


def level(state: State, step: Step) -> None:
    """*Governing level*: what governs after this step, and what is reached."""
    before = state.governing
    state.supported = supported_by(state)
    if state.decided is None:
        state.governing = worst_of(state.supported, state.provisional)
    else:
        newly = state.supported if is_worse(state.supported, state.remembered) else None
        state.governing = worst_of(state.decided, state.provisional, newly)
    step.raised = is_worse(state.governing, before)
    step.governed_before = before is not None
    reach(state, step)


def reach(state: State, step: Step) -> None:
    """*Reached*: each level once in an episode, and none before detection."""
    if state.now.detection is None:
        return
    top = worst_of(state.supported, state.decided, state.provisional)
    if top is None:
        return
    stamp = max(stamp_of(step.event), state.now.detection) if step.authorised_before else state.now.detection
    for one in Severity:
        if not one.worse_than(top):
            state.now.reached.setdefault(one, stamp)


# --- recipients, anchors, candidates --------------------------------------------------------------------


def recipients_case(state: State, duty: Duty) -> Recipients | None:
    """*Duties*: the first case whose ``when`` is absent or definitely yes."""
    for case in duty.owed_to:
        if case.when is None or definitely(state, case.when.source):
            return case
    return None


def named_recipients(state: State, case: Recipients) -> list[str]:
    """*Duties*, ``each``: members reported yes or unknown, and known members not reported no."""
    family = state.policy.families[case.each]
    members = {name.partition("/")[2] for name in state.facts if name.startswith(case.each + "/")}
    named = {member for member in members if state.facts[f"{case.each}/{member}"] is not NO}
    named |= {member for member in family.known if state.facts.get(f"{case.each}/{member}") is not NO}
    if case.group:
        named = {member for member in named if member in case.among}
    return sorted(f"{case.as_}/{member}" for member in named)


def present_recipients(state: State, duty: Duty) -> list[str]:
    """*Duties*: to whom the duty is owed now, in order."""
    case = recipients_case(state, duty)
    if case is None:
        return []
    if not case.each:
        return [case.to]
    named = named_recipients(state, case)
    if named or not case.unnamed:
        return named
    if case.group:
        every = [state.facts.get(f"{case.each}/{member}") for member in case.among]
        if state.facts.get(f"{case.each}/{case.group}") is NO or all(value is NO for value in every):
            return []
    return [case.unnamed]


def replaced_placeholder(state: State, duty: Duty) -> str:
    """*Hand-over*: the placeholder whose place named recipients have taken, or nothing."""
    case = recipients_case(state, duty)
    if not definitely(state, duty.when.source) or case is None or not case.each or not named_recipients(state, case):
        return ""
    return case.unnamed


def is_exempted(state: State, duty: Duty, recipient: str) -> bool:
    """*Scope*: an effective ``not-notifying`` for it while ``unless`` definitely holds."""
    return (duty.id, recipient) in state.exempted and duty.unless is not None and definitely(state, duty.unless.source)


def anchor_of(state: State, duty: Duty, episode: int, level: Severity | None) -> Stamp | None:
    """*Duties*: the earliest of the marks it starts from, or the latest where all must stand."""
    stamps = [mark_stamp(state, name, episode, duty.per, duty, level) for name in duty.starts]
    standing = [stamp for stamp in stamps if stamp is not None]
    if duty.starts_latest:
        anchor = max(standing) if standing and len(standing) == len(stamps) else None
    else:
        anchor = min(standing, default=None)
    return anchor if anchor is not None and in_force(state, duty, anchor) else None


def in_force(state: State, duty: Duty, anchor: Stamp) -> bool:
    """*Duties*: a rule of law applies only if the anchor's civil day lies in its force."""
    if duty.source is None:
        return True
    day = state.policy.calendar.local_date(anchor[0])
    first, after = duty.source.in_force_from, duty.source.in_force_to
    return (first is None or first <= day) and (after is None or day < after)


def candidate_from(
    state: State, duty: Duty, level: Severity | None, anchor: Stamp | None, step: Step, how: str
) -> Due | None:
    """*Duties*: the limit for that level from the anchor; a single limit serves also without a level."""
    if anchor is None:
        return None
    if all(within is duty.within[0] for within in duty.within):
        within = duty.within[0]
    elif level is None:
        within = None
    else:
        within = duty.within[level.index]
    if within is None:
        return None
    early, kind = due_of(within.limit, anchor[0], state.policy.calendar)
    late, _ = due_of(within.limit, anchor[1], state.policy.calendar)
    return Due(within, anchor, step.event, early, late or early, kind, how)


def earlier(one: Due | None, other: Due | None) -> Due | None:
    """*Deadlines*: earliest means missed first; the first given stays where neither is earlier."""
    if one is None or (one.early is None and other is not None and other.early is not None):
        return other
    if other is None or other.early is None:
        return one
    return other if other.missed_first < one.missed_first else one


# --- duties, step by step -------------------------------------------------------------------------------


def look_at(state: State, step: Step, duty: Duty) -> list[Duty]:
    """*Duties*, 1 to 5, for one duty; the duties that start from a mark its discharge has set."""
    note_scope(state, step, duty)
    superseded = leave_scope(state, step, duty)
    opened, revived = open_all(state, step, duty)
    hand_over(superseded, opened, step.event.at)
    tighten(state, step, duty)
    return discharge(state, step, duty, [*opened, *revived])


def note_scope(state: State, step: Step, duty: Duty) -> None:
    """*Marks*, ``duty: in-scope``: the stamp of the event at which its own ``when`` first held."""
    noted = state.episodes if duty.per is Per.INCIDENT else [state.now]
    if definitely(state, duty.when.source) and not any(duty.id in one.in_scope for one in noted):
        state.now.in_scope[duty.id] = stamp_of(step.event)


def concerned(state: State, duty: Duty) -> list[Obligation]:
    """*Scope*: obligations of this episode; for a duty counted per incident, all of them."""
    return [
        one
        for one in state.obligations
        if one.duty is duty and (duty.per is Per.INCIDENT or one.episode == len(state.episodes) - 1)
    ]


def in_scope_for(state: State, duty: Duty) -> list[str]:
    """*Scope*: ``when`` definitely holds, the recipient is present, and it is not exempted."""
    if not definitely(state, duty.when.source):
        return []
    return [who for who in present_recipients(state, duty) if not is_exempted(state, duty, who)]


def leave_scope(state: State, step: Step, duty: Duty) -> list[Obligation]:
    """*Duties* 1: what becomes of open obligations that are not in scope; the superseded ones."""
    superseded = []
    at = step.event.at
    here = in_scope_for(state, duty)
    for one in concerned(state, duty):
        was_inside, one.inside = one.inside, one.recipient in here
        if not one.is_open() or one.inside:
            continue
        if is_exempted(state, duty, one.recipient):
            settle(one, CANCELLED, (at, at))
            one.not_required = True
        elif one.is_pending(at):
            state.obligations.remove(one)
        elif one.recipient == replaced_placeholder(state, duty):
            settle(one, CANCELLED, (at, at))
            superseded.append(one)
        elif (
            duty.on_scope_exit is OnScopeExit.CANCEL
            and was_inside
            and (step.lowered_in_error or step.turned_to_no)
            and not surely_missed(one.binding, at)
            and one.recipient not in state.now.promised
        ):
            settle(one, CANCELLED, (at, at))
    return superseded


def open_all(state: State, step: Step, duty: Duty) -> tuple[list[Obligation], list[Obligation]]:
    """*Duties* 2: open, revive or repeat for every recipient in scope; what opened and what was revived."""
    opened: list[Obligation] = []
    revived: list[Obligation] = []
    anchor = anchor_of(state, duty, len(state.episodes) - 1, state.governing)
    if anchor is None or (duty.opens_after is not None and state.closed):
        return opened, revived
    for who in in_scope_for(state, duty):
        mine = [one for one in concerned(state, duty) if one.recipient == who]
        latest = mine[-1] if mine else None
        if latest is None:
            opened.append(open_one(state, step, duty, who, anchor))
        elif latest.settled == CANCELLED:
            revive(latest, step)
            latest.lapses = state.closed and duty.if_missed is IfMissed.LAPSES
            latest.level = worst_of(latest.level, state.governing)
            again = latest.anchor if latest.repeat else anchor_of(state, duty, len(state.episodes) - 1, latest.level)
            improve(latest, candidate_from(state, duty, latest.level, again, step, OPENED))
            revived.append(latest)
        elif repeats(state, step, duty) and latest.settled == DISCHARGED:
            repeat = open_one(state, step, duty, who, stamp_of(step.event))
            repeat.repeat = True
            opened.append(repeat)
    return opened, revived


def repeats(state: State, step: Step, duty: Duty) -> bool:
    """*Duties* 2, ``again_on``: the governing level got worse, and is as bad as the duty asks."""
    least = duty.again_on_raise
    return bool(least and state.governing and step.raised and not least.worse_than(state.governing))


def revive(one: Obligation, step: Step) -> None:
    """*Deadlines*: a revived due is set by the reviving event, unless it was missed before it was cancelled."""
    assert one.settled_at is not None
    missed_before = surely_missed(one.binding, one.settled_at[0])
    one.settled, one.settled_at = "", None
    one.not_required = one.superseded = False
    if not missed_before:
        one.shown, one.binding = set_anew(one.shown, step), set_anew(one.binding, step)


def set_anew(due: Due | None, step: Step) -> Due | None:
    return None if due is None else replace(due, event=step.event, how=OPENED)


def open_one(state: State, step: Step, duty: Duty, who: str, anchor: Stamp) -> Obligation:
    """*Duties*: numbered from 0 for that duty and recipient over the whole incident."""
    number = sum(one.duty is duty and one.recipient == who for one in state.obligations)
    one = Obligation(duty, who, number, len(state.episodes) - 1, step.event, anchor, level=state.governing)
    one.lapses = state.closed and duty.if_missed is IfMissed.LAPSES
    improve(one, candidate_from(state, duty, state.governing, anchor, step, step.how()))
    state.obligations.append(one)
    return one


def improve(one: Obligation, candidate: Due | None) -> None:
    """*Deadlines*: the due it shows is the earliest of any basis, the binding one the earliest that binds."""
    if candidate is not None:
        one.shown = earlier(one.shown, candidate)
        if candidate.within.basis.binds:
            one.binding = earlier(one.binding, candidate)


def hand_over(superseded: list[Obligation], opened: list[Obligation], at: datetime) -> None:
    """*Duties* 3: the first that opens takes over the placeholder's anchor and deadlines, and a breach as it is."""
    for old in superseded:
        for heir in [one for one in opened if not one.repeat][:1]:
            old.superseded = True  # with nobody to take it over the breach stays where it is: no power removes it
            heir.anchor = min(heir.anchor, old.anchor)
            heir.shown = earlier(old.shown, heir.shown)
            missed = surely_missed(old.binding, at)
            heir.binding = old.binding if missed else earlier(old.binding, heir.binding)


def tighten(state: State, step: Step, duty: Duty) -> None:
    """*Duties* 4: every open obligation, in scope or not; never later, and a binding due already missed stays."""
    for one in concerned(state, duty):
        if not one.is_open():
            continue
        one.level = worst_of(one.level, state.governing)
        if one.repeat:
            anchor: Stamp | None = one.anchor
        else:
            anchor = anchor_of(state, duty, len(state.episodes) - 1, one.level)
            if anchor is not None:
                one.anchor = min(one.anchor, anchor)
        missed = one.binding if surely_missed(one.binding, step.event.at) else None
        improve(one, candidate_from(state, duty, one.level, anchor, step, step.how() if step.raised else OTHERWISE))
        one.binding = missed or one.binding


def discharge(state: State, step: Step, duty: Duty, fresh: list[Obligation]) -> list[Duty]:
    """*Duties* 5: by an act of this event, by an act before, or by a state; the duties to look at again."""
    again: list[Duty] = []
    for one in state.obligations:
        if one.duty is not duty or not one.is_open():
            continue
        stamps = [stamp for match in duty.met_by for stamp in met_now(state, step, one, match)]
        early = duty.done_before is not DoneBefore.DOES_NOT_COUNT
        if early and not one.repeat and any(one is each for each in fresh):
            stamps += acts_before(state, step, one)
        if not stamps:
            continue
        settle(one, DISCHARGED, min(stamps))
        if duty.sets:
            before = mark_stamp(state, duty.sets, len(state.episodes) - 1, Per.EPISODE)
            set_mark(state, duty.sets, min(stamps))
            if mark_stamp(state, duty.sets, len(state.episodes) - 1, Per.EPISODE) != before:
                again += [other for other in state.policy.duties.values() if duty.sets in other.starts]
    return again


def met_now(state: State, step: Step, one: Obligation, match: Anything) -> list[Stamp]:
    """*Duties* 5: the stamp at which this event, or a state that stands now, meets the obligation."""
    if match.kind == "holding":
        starts = [start for role in match.names for start in state.tenures.get(role, {}).values()]
        return [max(min(starts), one.anchor)] if starts else []
    if match.kind == "hold":
        return [max(state.frozen_since, one.anchor)] if state.frozen_since is not None else []
    if match.kind == "level":
        return [(step.event.at, step.event.at)] if state.governing is not None else []
    if meets(state, state.acts[-1], one, match):
        return [stamp_of(step.event)]
    return []


def acts_before(state: State, step: Step, one: Obligation) -> list[Stamp]:
    """*Duties* 5, ``done_before: counts``: matching acts before, in this episode or in the incident."""
    return [
        stamp_of(act.event)
        for act in state.acts
        if act.event is not step.event
        and (one.duty.done_before is DoneBefore.COUNTS or stamp_of(act.event) >= one.anchor)
        and (one.duty.per is Per.INCIDENT or act.episode == len(state.episodes) - 1)
        and any(meets(state, act, one, match) for match in one.duty.met_by)
    ]


def meets(state: State, act: Act, one: Obligation, match: Anything) -> bool:
    """*Duties* 5: whether an act is of the kind asked, and a sending complete for this duty and recipient."""
    event = act.event
    if match.kind == "event":
        return event.kind in match.names
    if match.kind == "step":
        return isinstance(event, StepDone) and event.step in match.names
    if match.kind == "finding":
        return isinstance(event, BreachFinding) and event.finding in match.names
    if match.kind != "notice" or event.kind not in {f"notice-{name}" for name in match.names}:
        return False
    assert isinstance(event, Notice)
    sending = act.sending or Sending(event.duties, event.recipients, event.states, event.stage)
    named = [state.policy.duties[name] for name in sending.duties if name in state.policy.duties]
    names_it = any(duty is one.duty or (one.duty.act and duty.act == one.duty.act) for duty in named)
    return bool(
        names_it
        and one.recipient in sending.recipients
        and (not match.stage or match.stage == sending.stage)
        and all(name in sending.states for name in one.duty.must_state)
    )


def settle(one: Obligation, how: str, when: Stamp) -> None:
    one.settled, one.settled_at = how, when


def settle_by_name(state: State, step: Step) -> None:
    """*Duties* 6: waived by name; on an effective ``closed`` what lapses, lapses now or when it is missed."""
    event = step.event
    for one in list(state.obligations):
        if isinstance(event, Waived) and one.key == event.obligation and one.is_open():
            settle(one, WAIVED, (event.at, event.at))
        if event.kind != "closed" or not one.is_open() or one.episode != len(state.episodes) - 1:
            continue
        if one.duty.if_missed is not IfMissed.LAPSES:
            continue
        if one.is_pending(event.at):
            state.obligations.remove(one)
        elif one.binding is None or one.binding.early is None or surely_missed(one.binding, event.at):
            settle(one, LAPSED, (event.at, event.at))
        else:
            one.lapses = True


def let_lapse(state: State, at: datetime) -> None:
    """*Duties* 6: an obligation left open at closing lapses at the instant it is missed."""
    for one in state.obligations:
        if one.is_open() and one.lapses and surely_missed(one.binding, at):
            assert one.binding is not None
            assert one.binding.late is not None
            missed_from = one.binding.late.missed_from
            settle(one, LAPSED, (missed_from, missed_from))


# --- reading off ----------------------------------------------------------------------------------------


def maybe_missed(due: Due | None, at: datetime) -> bool:
    """Missed if the record is read at its worst."""
    return due is not None and due.early is not None and due.early.missed(at)


def surely_missed(due: Due | None, at: datetime) -> bool:
    """Missed for certain: in its latest form."""
    return due is not None and due.late is not None and due.late.missed(at)


def read_off(state: State, one: Obligation, now: datetime) -> Row:
    """*Deadlines* and *Verdicts*, at an instant not before the last event folded."""
    one = replace(one)
    if one.is_open() and one.lapses and surely_missed(one.binding, now):
        assert one.binding is not None
        assert one.binding.late is not None
        settle(one, LAPSED, (one.binding.late.missed_from, one.binding.late.missed_from))
    shown = one.shown.early if one.shown is not None else None
    met_at = one.settled_at[0] if one.settled == DISCHARGED and one.settled_at else None
    return Row(
        status=one.settled or (PENDING if one.is_pending(now) else ACTIVE),
        due_at=shown.at if shown else None,
        due_kind=one.shown.kind if one.shown else "",
        boundary=shown.boundary if shown else "",
        binding_due_at=one.binding.early.at if one.binding and one.binding.early else None,
        verdict=verdict(state, one, now),
        breach=breach(one, now),
        met_at=met_at,
        late_by=met_at - shown.at if met_at and shown and shown.missed(met_at) else None,
        episode=one.episode,
        opened_at=one.opens_at() if one.duty.opens_after is not None else one.opened_by.at,
        anchor=one.anchor[0],
    )


def breach(one: Obligation, now: datetime) -> tuple[datetime, datetime, str] | None:
    """*Deadlines*: an open one once its binding deadline is missed, a settled one if it was missed then."""
    due = one.binding
    if due is None or due.late is None or one.superseded or one.is_pending(now):
        return None
    until = now if one.settled_at is None else one.settled_at[0]
    if not due.late.missed(until):
        return None
    learnt = due.event.recorded_at or due.event.at
    return due.late.at, max(due.late.missed_from, learnt), cause(due)


def cause(due: Due) -> str:
    """*Deadlines*: ``deadline``, unless the due was already missed by the event that set it."""
    if surely_missed(due, due.event.at):
        return {OPENED: "born-overdue", RAISE: "raised-after-limit"}.get(due.how, "deadline")
    return "deadline"


def verdict(state: State, one: Obligation, now: datetime) -> str:
    """*Verdicts*: the table."""
    if one.settled == DISCHARGED:
        assert one.settled_at is not None
        first, last = one.settled_at
        if not maybe_missed(one.binding, last):
            return "met"
        return "met-late" if surely_missed(one.binding, first) else "undetermined"
    if one.settled == CANCELLED:
        return "not-required" if one.not_required else "cancelled"
    if one.settled == WAIVED:
        return "waived"
    if one.settled == LAPSED:
        return "missed"
    if one.is_pending(now):
        return "pending"
    if surely_missed(one.binding, now):
        return "missed"
    if maybe_missed(one.binding, now):
        return "undetermined"
    return "at-risk" if at_risk(state, one, now) else "open"


def at_risk(state: State, one: Obligation, now: datetime) -> bool:
    """*Deadlines*: before the shown deadline until it is missed, then before the binding one."""
    due = one.binding if maybe_missed(one.shown, now) else one.shown
    if due is None or due.early is None:
        return False
    left = due.early.at - now
    length = due.early.at - due.anchor[0]
    return left * state.policy.at_risk.one_in < length or left < state.policy.at_risk.at_least


# --- corrections ----------------------------------------------------------------------------------------


def apply_corrections(policy: Policy, log: list[Event]) -> tuple[list[Event], list[str]]:
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
        if not void_if_said_by(policy, after, mended, correction.by) and allowed(policy, current, after, correction):
            current = after
        else:
            flaws.append(correction.id)
    return current, flaws


def mend(target: Event, correction: Corrected) -> Event | None:
    """*Corrections*: the event as if the new fields had always stood there; nothing where that cannot be."""
    fields: Anything = to_wire(correction)["fields"]
    if isinstance(target, Corrected) or {"kind", "id", "incident", "by"} & set(fields):
        return None
    try:
        said = {**to_wire(target), **fields}
        return event_from_wire({name: value for name, value in said.items() if value is not None})
    except EventInvalid:
        return None


def void_if_said_by(policy: Policy, after: list[Event], mended: Event, author: str) -> bool:
    """*Corrections*: whether the event as corrected would be void, said by the correction's author at its own place."""
    story = in_order(after)
    place = next(index for index, event in enumerate(story) if event is mended)
    return forbid(fold_all(policy, story[:place]), event_from_wire({**to_wire(mended), "by": author}))


def allowed(policy: Policy, before: list[Event], after: list[Event], correction: Corrected) -> bool:
    """*Corrections*: moving a guarded mark later, or taking it away, asks for one of its roles at that instant."""
    old, new = fold_all(policy, in_order(before)), fold_all(policy, in_order(after))
    story = in_order(before)
    at_that_instant = fold_all(policy, story[: next(i for i, e in enumerate(story) if e is correction)])
    for rule in policy.marks.values():
        if not rule.corrected_by:
            continue
        was = mark_stamp(old, rule.id, len(old.episodes) - 1, Per.INCIDENT)
        is_now = mark_stamp(new, rule.id, len(new.episodes) - 1, Per.INCIDENT)
        moved = was is not None and (is_now is None or is_now > was)
        if moved and not any(may_act(at_that_instant, correction.by, role) for role in rule.corrected_by):
            return False
    return True


# --- severity by brute force ----------------------------------------------------------------------------


def severity_facts(policy: Policy) -> tuple[str, ...]:
    """Every fact a row or the raise asks about."""
    conditions = [row.when.source for row in policy.rows] + [rule.source for rule in policy.raises.rules.values()]
    return tuple(sorted({atom.name for condition in conditions for atom in atoms(condition)}))


class Levels:
    """The level of every complete set of facts, worked out once each; a set is a number with one bit a fact."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.facts = severity_facts(policy)
        self.worked_out = [self._work_out(mask) for mask in range(1 << len(self.facts))]
        self.index = [level.index for level, _ in self.worked_out]

    def mask(self, names: Iterable[str]) -> int:
        return sum(1 << self.facts.index(name) for name in names)

    def _work_out(self, mask: int) -> tuple[Severity, tuple[str, ...]]:
        """Level and deciding rules when exactly the facts of the mask are so."""
        yes = {name for position, name in enumerate(self.facts) if mask >> position & 1}

        def register(atom: Atom) -> Truth:
            return yes_or_no(atom.name in yes)

        holding = [row for row in self.policy.rows if not row.otherwise and truth(row.when.source, register) is YES]
        deciding = worst_of(*(row.level for row in holding))
        if deciding is None:
            holding = [row for row in self.policy.rows if row.otherwise]
            deciding = holding[0].level
        ids = [row.id for row in holding if row.level is deciding]
        threats = [id_ for id_, rule in self.policy.raises.rules.items() if truth(rule.source, register) is YES]
        raised = deciding.raised(self.policy.raises.levels) if threats else deciding
        return raised, tuple(sorted(ids + (threats if raised is not deciding else [])))


def classify(
    policy: Policy, facts: Mapping[str, Truth], levels: Levels | None = None
) -> tuple[Severity, Severity, Severity, tuple[str, ...]]:
    """Level of the facts known to be yes, best and worst over every completion, and the rules that decide."""
    levels = levels or Levels(policy)
    yes = levels.mask(name for name in levels.facts if facts.get(name) is YES)
    not_known = levels.mask(name for name in levels.facts if facts.get(name, UNKNOWN) is UNKNOWN)
    severity, determined_by = levels.worked_out[yes]
    outcomes = set()
    added = not_known
    while True:  # every subset of what is not known, as if those were so and the others not
        outcomes.add(levels.index[yes | added])
        if not added:
            break
        added = (added - 1) & not_known
    every = list(Severity)
    return severity, every[max(outcomes)], every[min(outcomes)], determined_by
