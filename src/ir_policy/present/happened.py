"""Events in plain words: what somebody did, from the fields they filled in and the meanings the policy gives to names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from ir_policy.duties.severity import known_fact
from ir_policy.duties.unproven import no_evidence_words
from ir_policy.log.events import (
    ActionEvent,
    BreachFinding,
    ChannelOpened,
    Closed,
    Corrected,
    Detected,
    Documented,
    Event,
    EvidenceMoved,
    FactsReported,
    Hold,
    Merged,
    Milestone,
    Note,
    Notice,
    NotNotifying,
    Page,
    PhaseChange,
    PolicyAdopted,
    ProcessorTold,
    ProgrammeOpened,
    RansomPaid,
    ReadinessAttested,
    Reopened,
    RoleChange,
    Session,
    SeverityDecided,
    StepDone,
    Waived,
)
from ir_policy.rules.model import Policy
from ir_policy.rules.words import listed
from ir_policy.terms import Truth, rfc3339

__all__ = ["event_words"]


_STRANGE: Final = "which the policy does not know"
"""What was recorded though the policy has no such name: kept, and said of it wherever it is shown."""


class Say(NamedTuple):
    """What the words of an event depend on: the meanings of names, and how an instant is written."""

    policy: Policy
    when: Callable[[datetime], str]


def event_words(policy: Policy, event: Event, when: Callable[[datetime], str] = rfc3339) -> str:
    """What happened, on one line and without who did it. A kind nobody here knows is named as it is."""
    words = _WORDS.get(type(event), _not_known)(Say(policy, when), event)
    why, evidence = getattr(event, "reason", ""), getattr(event, "evidence", ())
    because = f"; because: {why}" if why else ""
    lacking = no_evidence_words(policy, event)
    shown = f"; evidence: {', '.join(evidence)}" if evidence else f"; {lacking}" if lacking else ""
    return _line(f"{words}{because}{shown}")


def _line(text: str) -> str:
    return " ".join(text.split())


def _not_known(say: Say, event: Event) -> str:
    return f"{event.kind}, which this version does not know"


def _detected(say: Say, event: Detected) -> str:
    drill = "a drill, " if event.drill else ""
    return f"detected by {drill}{event.source}" + (f": {event.summary}" if event.summary else "")


def _facts_reported(say: Say, event: FactsReported) -> str:
    by_truth: dict[Truth, list[str]] = {}
    for fact, truth in event.facts.items():
        by_truth.setdefault(truth, []).append(fact)
    parts = [f"{truth.value} to {listed(by_truth[truth])}" for truth in Truth if truth in by_truth]
    strange = [fact for fact in event.facts if not known_fact(say.policy, fact)]
    parts += [f"the policy does not know {listed(strange)}"] if strange else []
    return "; ".join(parts) + _since(say, event)


def _severity_decided(say: Say, event: SeverityDecided) -> str:
    how = f" ({event.lowering.replace('-', ' ')})" if event.lowering else ""
    return f"decided {event.severity.value}{how}"


def _role_changed(say: Say, event: RoleChange) -> str:
    role = say.policy.roles[event.role].title if event.role in say.policy.roles else event.role
    person = "" if event.person == event.by else f"{event.person} "
    words = {
        "role-taken": f"{person}took the role {role}{' for the time being' if event.acting else ''}",
        "role-released": f"{person}gave up the role {role}",
        "handover-offered": f"{person}offered the role {role} to {event.to}",
        "handover-accepted": f"{event.to} took over the role {role} from {event.person}",
        "handover-declined": f"{event.to} declined the role {role} that {event.person} offered",
    }
    return words[event.kind]


def _page(say: Say, event: Page) -> str:
    words = {
        "page-sent": f"paged {event.person} ({event.level})",
        "page-acknowledged": f"{event.person} ({event.level}) acknowledged the page",
        "page-failed": f"the page to {event.person} ({event.level}) failed",
    }
    return words[event.kind] + (f": {event.outcome}" if event.outcome else "")


def _phase_changed(say: Say, event: PhaseChange) -> str:
    if event.kind == "phase-entered":
        return f"entered phase {event.phase.value}"
    return f"found that phase {event.phase.value} does not apply"


def _step_done(say: Say, event: StepDone) -> str:
    means = say.policy.steps.get(event.step)
    return f"did step {event.step}" + (f" ({means})" if means else f", {_STRANGE}")


def _notice(say: Say, event: Notice) -> str:
    titles = [say.policy.duties[duty].title if duty in say.policy.duties else duty for duty in event.duties]
    about = f"notice '{event.notice}'" if event.notice else "a notice"
    words = [_OF_NOTICES[event.kind].format(about)]
    if titles:
        words.append(f"meant to {listed(titles)}")
    if event.recipients:
        words.append(f"to {listed(event.recipients)}")
    if event.stage:
        words.append(f"stage {event.stage}")
    if event.states:
        words.append(f"stating {listed(event.states)}")
    if event.next_update_by is not None:
        words.append(f"promising the next update by {say.when(event.next_update_by)}")
    if event.channel:
        words.append(f"by {event.channel}")
    if event.reasons_for_delay:
        words.append(f"late because: {event.reasons_for_delay}")
    return ", ".join(words)


def _found(say: Say, event: BreachFinding) -> str:
    position = f" as {event.position}" if event.position else ""
    return f"found: {event.finding.replace('-', ' ')}{position}{_since(say, event)}"


def _not_notifying(say: Say, event: NotNotifying) -> str:
    title = say.policy.duties[event.duty].title if event.duty in say.policy.duties else event.duty
    return f"decided that '{title}' to {event.recipient} is not owed, on the ground: {event.ground}"


def _hold(say: Say, event: Hold) -> str:
    what = {"hold-started": "froze privacy requests", "hold-extended": "extended the freeze of privacy requests",
            "hold-released": "released the freeze of privacy requests"}[event.kind]  # fmt: skip
    until = f", until {say.when(event.until)}" if event.until is not None else ""
    return f"{what}: {event.scope}{until}"


def _milestone(say: Say, event: Milestone) -> str:
    return "service was restored" if event.kind == "recovered" else "distributed the postmortem"


def _waived(say: Say, event: Waived) -> str:
    return f"waived {'gate ' + event.gate if event.gate else event.obligation}"


def _action(say: Say, event: ActionEvent) -> str:
    what = "opened" if event.kind == "action-opened" else "closed"
    owner = f", owner {event.owner}" if event.owner else ""
    due = f", due {say.when(event.due)}" if event.due is not None else ""
    return f"{what} action '{event.action}'{owner}{due}"


def _held(say: Say, event: Session) -> str:
    exercise = say.policy.about.exercises.get(event.drill)
    covered = f", covering {listed(event.covers)}" if event.covers else ""
    return f"held {exercise.title if exercise is not None else event.drill + ', ' + _STRANGE}{covered}"


def _attested(say: Say, event: ReadinessAttested) -> str:
    assumption = say.policy.about.assumptions.get(event.duty)
    return f"confirmed {event.duty}" + (f": {assumption.means}" if assumption is not None else f", {_STRANGE}")


def _adopted(say: Say, event: PolicyAdopted) -> str:
    return f"adopted policy {event.policy.id} {event.policy.version}, {event.policy.digest[:15]}"


def _corrected(say: Say, event: Corrected) -> str:
    return f"corrected {event.event}: {listed(sorted(event.fields))}"


def _since(say: Say, event: FactsReported | BreachFinding) -> str:
    return f", held since {say.when(event.since)}" if event.since is not None else ""


_OF_NOTICES: Final = {
    "notice-drafted": "drafted {}",
    "notice-edited": "edited {}",
    "notice-review-requested": "asked for a review of {}",
    "notice-reviewed": "reviewed {}",
    "notice-approved": "approved {}",
    "notice-rejected": "rejected {}",
    "notice-sent": "sent {}",
    "notice-delivered": "{} was delivered",
    "notice-failed": "{} did not arrive",
    "notice-withdrawn": "withdrew {}",
}
_WORDS: Final[dict[type[Event], Callable[[Say, Any], str]]] = {
    Detected: _detected,
    FactsReported: _facts_reported,
    SeverityDecided: _severity_decided,
    RoleChange: _role_changed,
    Page: _page,
    PhaseChange: _phase_changed,
    StepDone: _step_done,
    ChannelOpened: lambda say, event: f"opened channel {event.channel}",
    Documented: lambda say, event: f"documented it: {event.summary}; disposition: {event.disposition}",
    Notice: _notice,
    BreachFinding: _found,
    ProcessorTold: lambda say, event: f"{event.vendor}, our processor, told us of a breach",
    RansomPaid: lambda say, event: "a ransom was paid" + ("" if event.amount_known else "; the amount is not known"),
    NotNotifying: _not_notifying,
    Hold: _hold,
    Milestone: _milestone,
    Closed: lambda say, event: f"closed it as {event.outcome}",
    Reopened: lambda say, event: "reopened it",
    Merged: lambda say, event: f"merged it into {event.into}",
    Waived: _waived,
    ActionEvent: _action,
    ProgrammeOpened: lambda say, event: "opened the programme",
    Session: _held,
    ReadinessAttested: _attested,
    EvidenceMoved: lambda say, event: f"{event.person} handed {event.item} over to {event.to}",
    PolicyAdopted: _adopted,
    Corrected: _corrected,
    Note: lambda say, event: f"note: {event.text}",
}
