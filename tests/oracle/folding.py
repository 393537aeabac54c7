"""*Facts*, *Marks* and *The governing level*: what an effective event changes before duties are looked at."""

from __future__ import annotations

from ir_policy.log.events import (
    BreachFinding,
    Closed,
    Detected,
    Event,
    FactsReported,
    Notice,
    NotNotifying,
    Opaque,
    Page,
    PhaseChange,
    RoleChange,
    SeverityDecided,
    StepDone,
    Waived,
)
from ir_policy.rules.model import MarkSource
from ir_policy.terms import NO, YES, Phase, Severity
from oracle.asking import (
    complete_if_sent,
    decision_is,
    definitely,
    is_authorised,
    is_worse,
    may_act,
    stamp_of,
    stated,
    worst_of,
)
from oracle.notices import record
from oracle.state import Act, Episode, Sending, Stamp, State, Step


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
    if isinstance(event, Page) and event.kind != "page-failed":
        state.pages.append((len(state.episodes) - 1, event))
    if isinstance(event, Closed):
        state.closing = event
    if event.kind in ("hold-started", "hold-extended"):
        state.frozen_since = state.frozen_since or stamp_of(event)
    if event.kind == "hold-released":
        state.frozen_since = None
    if isinstance(event, Waived) and event.gate:
        state.now.waived_gates.add(event.gate)
    if isinstance(event, NotNotifying):
        state.exempted.add((event.duty, event.recipient))
    record(state, event)
    sending = complete_if_sent(state, event)
    if sending is not None and sending.next_update_by is not None:
        state.now.promised.update(sending.recipients)
    assert_marks(state, event, sending)
    if isinstance(event, SeverityDecided):
        decide(state, step, event)
    deciding = (stamp_of(event),) if isinstance(event, SeverityDecided) and is_authorised(state, event) else ()
    text = state.drafts.get(event.notice) if isinstance(event, Notice) else None
    state.acts.append(Act(event, len(state.episodes) - 1, sending, deciding, text))


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
    state.closing = None
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
    if event.kind in ("role-released", "handover-accepted"):
        holders.pop(event.person, None)
    begins = {"role-taken": event.person, "handover-accepted": event.to}.get(event.kind)
    if begins is not None:
        if event.role in state.policy.roles and state.policy.roles[event.role].held_by_one:
            for other in [one for one in holders if one != begins]:
                del holders[other]
        holders.setdefault(begins, stamp_of(event))
    offer = (event.role, event.person, event.to)
    if event.kind in ("handover-accepted", "handover-declined", "handover-offered") and offer in state.offers:
        state.offers.remove(offer)
    if event.kind == "handover-offered":
        state.offers.append(offer)
    state.offers = [one for one in state.offers if may_act(state, one[1], one[0])]


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


# --- marks ----------------------------------------------------------------------------------------------


def assert_marks(state: State, event: Event, sending: Sending | None) -> None:
    """*Marks*: every source of every mark that this event is."""
    for rule in state.policy.marks.values():
        for source in rule.sources:
            for stamp in asserted(state, source, event, sending):
                set_mark(state, rule.id, stamp)


def asserted(state: State, source: MarkSource, event: Event, sending: Sending | None) -> list[Stamp]:
    """*Marks*: the stamp this event gives to that source, if it is one; of a sending, what it was sent as."""
    if source.saying and stated(event, source.saying, sending) in (None, "", (), False):
        return []
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


# --- the governing level --------------------------------------------------------------------------------


def supported_by(state: State) -> Severity | None:
    """*Governing level*: the worst row that is definitely so, made worse once by the raise."""
    rows = [row for row in state.policy.rows if not row.otherwise and definitely(state, row.when.source)]
    found = worst_of(*(row.level for row in rows))
    if any(definitely(state, rule.source) for rule in state.policy.raises.rules.values()):
        otherwise = next(row for row in state.policy.rows if row.otherwise)
        found = (found or otherwise.level).raised(state.policy.raises.levels)
    return found


def governed_by(state: State) -> Severity | None:
    """*Governing level*: the level that follows from what is supported, decided and provisionally raised."""
    if state.decided is None:
        return worst_of(state.supported, state.provisional)
    newly = state.supported if is_worse(state.supported, state.remembered) else None
    return worst_of(state.decided, state.provisional, newly)


def level(state: State, step: Step) -> None:
    """*Governing level*: what governs after this step, and what is reached."""
    before = state.governing
    state.supported = supported_by(state)
    state.governing = governed_by(state)
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
