"""Any answer back to facts, rules, clauses and sources; also why something is *not* owed.

An explanation is lines of (label, text) for people, and the same lines as data for programs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from ir_policy.clocks import in_words
from ir_policy.duties.case import Case
from ir_policy.duties.entries import OPEN, Entry, Status
from ir_policy.duties.judge import Obligation, before_closing, promptly
from ir_policy.duties.needs import truth_of
from ir_policy.duties.own_rules import OWN_RULES, PHASES, who_may
from ir_policy.duties.severity import classify_bits
from ir_policy.duties.unproven import no_evidence_words
from ir_policy.duties.watch import recipients_of
from ir_policy.log.events import Closed, Event, NotNotifying, SeverityDecided
from ir_policy.rules.conditions import Atom, Mask, atoms, literals
from ir_policy.rules.model import Duty, Gate, Policy, Within
from ir_policy.rules.words import atom_words, forbidden_words, listed, met_by_words, until_words
from ir_policy.terms import LEVELS, Phase, Severity, Source, Truth, rfc3339

__all__ = [
    "Explanation",
    "explain_duty",
    "explain_gate",
    "explain_obligation",
    "explain_own_rule",
    "explain_severity",
    "late_words",
    "why_ended",
]

_FROM_WHAT_NEEDS_IT: Final = "the deadline of what needs it, reckoned backwards"


@frozen
class Explanation:
    """Why an answer is what it is. ``lines`` are pairs of a label and a text; ``str`` lays them out."""

    subject: str
    headline: str
    lines: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        width = max((len(label) for label, _ in self.lines), default=0)
        body = [f"  {label:<{width}}  {text}" for label, text in self.lines]
        return "\n".join([f"{self.subject}: {self.headline}", *body])


def explain_obligation(case: Case, obligation: Obligation, now: datetime, log: Sequence[Event]) -> Explanation:
    """One obligation: from which rule, facts, mark and event it follows, and how it stands. ``log`` is what happened by then."""
    entry = case.ledger.entries[obligation.key]
    duty = entry.duty
    lines = [
        ("now", _standing(obligation, entry, now)),
        *_ending_lines(case.policy, obligation, entry, log),
        *_asked_lines(case, duty, entry, log),
        ("owed by", _owner(case.policy, duty, obligation.owed_by)),
        ("owed to", obligation.recipient),
        *_because_lines(case, duty, entry),
        *_rule_lines(case.policy, duty),
        ("owed when", f"{duty.when.source}: {_truth(duty.when, case)}"),
        *_atom_lines(duty.when, case),
        ("from", f"{obligation.mark} at {rfc3339(obligation.anchor)} ({case.policy.marks[obligation.mark].means})"),
        *_reading_lines(case.policy, case.policy.marks[obligation.mark].reading),
        ("until", _until(obligation)),
        *_unless_lines(duty, case),
        *_channel_lines(case, duty),
        *(
            ("attempt", f"sent {rfc3339(a.at)} ({a.event}), does not count: {', '.join(a.missing)} missing")
            for a in obligation.attempts
        ),
    ]
    about = f": {obligation.item}" if obligation.item else ""
    return Explanation(obligation.key, f"{duty.title}{about}", tuple(lines))


def explain_duty(case: Case, duty: Duty) -> Explanation:
    """A duty nothing is owed under: what it waits for."""
    waits = list(_waiting(case, duty))
    lines = [
        ("waits for", "; ".join(waits) if waits else "nothing: it was met, or dropped before it opened"),
        ("owed by", _owner(case.policy, duty, duty.owed_by)),
        *_rule_lines(case.policy, duty),
        ("owed when", f"{duty.when.source}: {_truth(duty.when, case)}"),
        *_atom_lines(duty.when, case),
        (
            "from",
            " or ".join(f"{mark} ({case.policy.marks[mark].means})" for mark in duty.starts) or _FROM_WHAT_NEEDS_IT,
        ),
        ("until", _limits_in_words(duty.within)),
        *_unless_lines(duty, case),
    ]
    return Explanation(duty.id, f"not owed: {duty.title}", tuple(lines))


def explain_gate(case: Case, gate: Gate, now: datetime) -> Explanation:
    """A gate: whether it is shut now, what it forbids, what opens it, what of that is missing, and who can supply it."""
    yes, no = case.known(now)
    if gate.id in case.history.waived_gates:
        state = "waived in this episode"
    elif not gate.bites(yes, no):
        state = "open: its condition does not hold"
    elif gate.opened(yes, no):
        state = "open: released"
    else:
        state = "shut"
    lines = [
        ("now", state),
        ("says", gate.says),
        ("clause", _clause(case.policy, gate.document, gate.clause)),
        ("forbids", ", ".join(forbidden_words(case.policy, act) for act in gate.forbids)),
        ("when", f"{gate.when.source}: {_word(gate.when.truth(yes, no))}"),
        *_atom_lines(gate.when, case),
        ("until", until_words(case.policy, gate)),
        *_labelled("missing", case.needs(gate, now) if state == "shut" else ()),
        ("who", ", ".join(gate.who)),
        *_reading_lines(case.policy, gate.reading),
    ]
    return Explanation(gate.id, f"gate, {state}", tuple(lines))


def explain_own_rule(case: Case, rule: str) -> Explanation:
    """A rule of the library itself: what it says, how things stand under it, who can help, and what was against it."""
    history, policy = case.history, case.policy
    state = f"closed as {history.outcome}" if history.closed_at is not None else f"open, phase {history.phase.value}"
    lines = [("now", state), ("says", OWN_RULES[rule])]
    if rule == PHASES:
        lines += [(one.phase.value, f"{_phase_words(case, one.phase)} (clause {one.clause})") for one in policy.phases]
        lines.append(("who", ", ".join(who_may(policy, "phase-entered"))))
    for broken in case.violations:
        if broken.rule == rule:
            lines.append(
                ("against it", f"{rfc3339(broken.at)} ({broken.event}): needed {' and '.join(broken.missing)}")
            )
    return Explanation(rule, "a rule of every policy", tuple(lines))


def _phase_words(case: Case, phase: Phase) -> str:
    if phase in case.history.not_applicable:
        return f"does not apply: {' '.join(case.history.not_applicable[phase].split()) or 'no reason given'}"
    return "entered" if phase in case.history.phases_entered else "neither entered nor found not applicable"


def explain_severity(case: Case) -> Explanation:
    """The governing level: what was decided, what the rules propose from which facts, and what is still open."""
    level = case.level
    proposed = classify_bits(case.policy, case.history.yes, case.history.no)
    governing = level.governing.value if level.governing is not None else "unassessed"
    clauses = {row.id: row.clause for row in case.policy.rows}
    lines = [
        ("decided", _level(level.decided)),
        ("raised", _level(level.raised)),
        ("proposed", f"{proposed.severity.value} by {', '.join(proposed.determined_by)}"),
        (
            "clauses",
            ", ".join(
                dict.fromkeys(
                    _clause(case.policy, case.policy.id, clauses.get(rule, case.policy.raises.clause))
                    for rule in proposed.determined_by
                )
            ),
        ),
        ("facts", ", ".join(proposed.facts) or "none known to be yes"),
        ("range", f"{proposed.range.best.value} at best, {proposed.range.worst.value} at worst"),
        *(
            ("unknown", f"{q.fact} ({q.means}): yes leaves {_span(q.if_yes.best, q.if_yes.worst)}, "
                        f"no leaves {_span(q.if_no.best, q.if_no.worst)}")
            for q in proposed.open_questions
        ),
    ]  # fmt: skip
    return Explanation("severity", governing, tuple(lines))


# --- lines ----------------------------------------------------------------------------------------------


def _labelled(label: str, texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Several texts under one label, said once."""
    for index, text in enumerate(texts):
        yield "" if index else label, text


def _waiting(case: Case, duty: Duty) -> Iterator[str]:
    """What would have to come for the duty to be owed."""
    outcome = case.history.outcome
    if outcome in duty.not_for:
        yield f"nothing: the incident was closed as {outcome}, and the duty is not owed for such a one"
        return
    truth = duty.when.truth(case.history.yes, case.history.no)
    if truth is not Truth.YES:
        for atom, sign in dict.fromkeys(literals(duty.when.source)):
            needed = Truth.YES if sign else Truth.NO
            if _atom_truth(case, atom) is not needed:
                words = atom_words(case.policy, atom)
                yield f"{words if sign else f'not {words}'} ({_word(_atom_truth(case, atom))} now)"
    elif duty.given is None and not recipients_of(duty, case.history, case.ledger, case.policy):
        followed = [case.policy.rules_of(to.owed)[-1].title for to in duty.owed_to if to.owed]
        yield f"somebody '{followed[0]}' is owed to" if followed else "somebody it is owed to: all are ruled out"
    standing = [mark for mark in duty.starts if case.history.mark(mark, duty.per) is not None]
    computed = any(s.kind in ("level", "duty") for mark in duty.starts for s in case.policy.marks[mark].sources)
    if not standing and not computed:
        for mark in duty.starts:
            yield f"mark {mark}: {case.policy.marks[mark].means}"


def _owner(policy: Policy, duty: Duty, owner: str) -> str:
    """The role that owes it, or whoever the event that asks for it named."""
    role = policy.roles.get(owner)
    if role is None:
        return f"{owner} (named by the event that asks for it; else {duty.owed_by})"
    return f"{role.title} ({owner}; {role.contact} while nobody holds the role)"


def _rule_lines(policy: Policy, duty: Duty) -> Iterator[tuple[str, str]]:
    former = next((one for one in policy.former.get(duty.id, ()) if one.duty is duty), None)
    if former is None:
        yield "clause", _clause(policy, duty.document, duty.clause)
    else:
        yield "clause", f"{duty.clause} of {duty.document}"
        yield "rule of", f"{former.policy}, under which it opened; it ends by that rule"
    yield "basis", duty.basis.value
    if duty.source is not None:
        yield "source", _source(duty.source)
    yield from _reading_lines(policy, duty.reading)
    yield "met by", met_by_words(policy, duty)
    if duty.not_for:
        yield "not for", f"an incident closed as {listed(duty.not_for, 'or')}"


def _asked_lines(case: Case, duty: Duty, entry: Entry, log: Sequence[Event]) -> Iterator[tuple[str, str]]:
    """Which event asks for it, where each event asks for something of its own."""
    given = duty.given
    if given is None:
        return
    for event in log:
        if event.kind not in given.kinds or case.history.said(event, given.due) is None:
            continue
        to = case.history.said(event, "recipients") or ()
        if entry.item == str(case.history.said(event, given.item) or "") if given.item else entry.recipient in to:
            if entry.opened_at <= event.at and (entry.settled is None or event.at <= entry.settled.at):
                until = rfc3339(case.history.said(event, given.due))
                yield "asked by", f"{event.kind} of {event.by} at {rfc3339(event.at)} ({event.id}): by {until}"


def _because_lines(case: Case, duty: Duty, entry: Entry) -> Iterator[tuple[str, str]]:
    """Why it is owed to this recipient and not to somebody else."""
    for to in duty.owed_to:
        if to.owed:
            followed = [one for one in case.ledger.of(to.owed) if one.recipient == entry.recipient]
            for one in followed[-1:]:
                yield "because", f"'{one.duty.title}' was owed to them ({one.key})"
        elif to.each and entry.recipient == to.unnamed:
            yield "because", "nobody is named yet, and not everybody is ruled out"
        elif to.each:
            fact = f"{to.each}/{entry.recipient.partition('/')[2]}"
            state = case.history.facts.get(fact)
            if state is not None:
                yield "because", f"{fact} is reported {state.truth.value} by {state.by}, since {rfc3339(state.since)}"


def _ending_lines(
    policy: Policy, obligation: Obligation, entry: Entry, log: Sequence[Event]
) -> Iterator[tuple[str, str]]:
    """By which event it ended, and why, where it is over; and what shows it, where somebody did something for it."""
    if obligation.status in (Status.ACTIVE.value, Status.PENDING.value):
        return
    ended = next((event for event in log if event.id == entry.settled_by), None)
    by = f"{ended.kind} of {ended.by} at {rfc3339(ended.at)} ({ended.id})" if ended is not None else ""
    yield "ended by", "; ".join(part for part in (by, why_ended(entry, ended)) if part)
    if ended is not None and entry.status is Status.DISCHARGED:
        shown = ", ".join(getattr(ended, "evidence", ())) or no_evidence_words(policy, ended)
        if shown:
            yield "evidence", shown


def why_ended(entry: Entry, ended: Event | None) -> str:
    """Why an obligation ended that nobody met or waived; ``ended`` is the event that ended it, if any did. Empty: it was met."""
    if entry.status is Status.LAPSED:
        return "lapsed when the incident was closed"
    if entry.status in OPEN and entry.lapses:
        return "its limit passed after the incident was closed"
    if entry.status is not Status.CANCELLED:
        return ""
    if entry.not_required:
        if isinstance(ended, Closed):
            return f"closed as {ended.outcome}"
        decided = isinstance(ended, NotNotifying)
        return "decided, with a reason, that it need not be done" if decided else "nothing needs it any more"
    if entry.handed_over:
        return "named recipients took its place"
    return "classified in error" if isinstance(ended, SeverityDecided) else "what it rested on was taken back"


def _reading_lines(policy: Policy, name: str) -> Iterator[tuple[str, str]]:
    reading = policy.readings.get(name)
    if reading is not None:
        yield "reading", f"{name}: {reading.text}{' (advisory until accepted)' if reading.advisory else ''}"


def _unless_lines(duty: Duty, case: Case) -> Iterator[tuple[str, str]]:
    if duty.unless is not None:
        by = " or ".join(duty.exempted_by)
        yield "unless", f"{duty.unless.source}: {_truth(duty.unless, case)}; decided by {by}, with a reason"


def _channel_lines(case: Case, duty: Duty) -> Iterator[tuple[str, str]]:
    """The ways its message goes, and whether the service below one of them is what failed."""
    about = case.policy.about
    for channel in about.channels.values():
        if duty.id not in channel.carries:
            continue
        words = channel.means
        failed = [
            about.dependencies[name] for name in channel.depends_on if _is_yes(case, about.dependencies[name].fact)
        ]
        if failed:
            instead = channel.fallback.value if channel.fallback is not None else None
            words += f"; {', '.join(one.title for one in failed)} below it is involved: "
            words += f"use {instead}" if instead else "no other way is named, so agree on one now"
        yield "goes by", words


def _is_yes(case: Case, fact: str) -> bool:
    said = case.history.facts.get(fact)
    return said is not None and said.truth is Truth.YES


def _atom_lines(mask: Mask, case: Case) -> Iterator[tuple[str, str]]:
    """Each thing a condition of several asks, with its answer."""
    asked = list(dict.fromkeys(atoms(mask.source)))
    if len(asked) < 2:
        return
    for atom in asked:
        yield "", f"{atom_words(case.policy, atom)}: {_word(_atom_truth(case, atom))}{_never_asked(case, atom)}"


def _atom_truth(case: Case, atom: Atom) -> Truth:
    return truth_of(case.policy, atom, (case.history.yes, case.history.no))


def _never_asked(case: Case, atom: Atom) -> str:
    """What was said about a fact that is not known: nothing yet, or that nobody knows."""
    if atom.kind != "fact" or _atom_truth(case, atom) is not Truth.UNKNOWN:
        return ""
    said = case.history.facts.get(atom.name)
    return f" (reported unknown by {said.by}, {rfc3339(said.at)})" if said is not None else " (nobody has said)"


def _truth(mask: Mask, case: Case) -> str:
    return _word(mask.truth(case.history.yes, case.history.no))


def _word(truth: Truth) -> str:
    return "not known" if truth is Truth.UNKNOWN else truth.value


def late_words(obligation: Obligation, entry: Entry) -> str:
    """How late it was met; at least so late, where the record knows only a span. Empty: not late."""
    if obligation.late_by is None:
        return ""
    exact = entry.settled is None or entry.settled.latest - entry.settled.at < timedelta(minutes=1)
    return f"late by {in_words(obligation.late_by)}{'' if exact else ' or more'}"


def _standing(obligation: Obligation, entry: Entry, now: datetime) -> str:
    words = obligation.verdict.replace("-", " ")
    if obligation.met_at is not None:
        words += f" at {rfc3339(obligation.met_at)}"
    if obligation.late_by is not None:
        words += f", {late_words(obligation, entry)}"
    over, left = obligation.overdue_by(now), obligation.time_left(now)
    if over is not None:
        words += f", overdue by {in_words(over)}"
    elif left is not None:
        words += f", {in_words(left)} left"
    if obligation.breach is not None:
        words += f"; breach at {rfc3339(obligation.breach.at)} ({obligation.breach.cause})"
    return words


def _until(obligation: Obligation) -> str:
    if not obligation.limit:
        return "no limit at this level"
    if before_closing(obligation):
        return f"{obligation.limit}: whenever that is; done at the instant of closing is late"
    if promptly(obligation):
        return f"{obligation.limit}: no instant can be computed; owed since {rfc3339(obligation.anchor)}"
    if obligation.due is None:
        return f"{obligation.limit}: no instant can be computed ({obligation.due_kind})"
    ends = "inclusive" if obligation.boundary == "inclusive" else "the first instant after"
    binding = ""
    if obligation.binding is not None and obligation.binding != obligation.due:
        binding = f"; {rfc3339(obligation.binding)} binds"
    advises = "" if obligation.basis in ("statute", "contract", "policy") else f", {obligation.basis} only"
    return f"{obligation.limit}: due {rfc3339(obligation.due)} ({ends}{advises}){binding}"


def _limits_in_words(within: tuple[Within | None, ...]) -> str:
    if all(limit is within[0] for limit in within):
        return str(within[0].limit) if within[0] is not None else "no limit"
    pairs = zip(LEVELS, within, strict=True)
    return ", ".join(f"{level.value} {limit.limit}" for level, limit in pairs if limit is not None)


def _clause(policy: Policy, document: str, clause: str) -> str:
    version = next((doc.version for doc in policy.documents if doc.id == document), "")
    return f"{clause} of {document} {version}"


def _source(source: Source) -> str:
    checked = f", checked {source.checked.isoformat()}" if source.checked is not None else ""
    evidence = f", {source.evidence}" if source.evidence else ""
    return f"{source.cite}{checked}{evidence}"


def _level(level: Severity | None) -> str:
    return level.value if level is not None else "nothing"


def _span(best: Severity, worst: Severity) -> str:
    return best.value if best is worst else f"{worst.value} to {best.value}"
