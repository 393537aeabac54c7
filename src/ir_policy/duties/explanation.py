"""Any answer back to facts, rules, clauses and sources; also why something is *not* owed.

An explanation is lines of (label, text) for people, and the same lines as data for programs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from attrs import frozen

from ir_policy.clocks import in_words
from ir_policy.duties.case import Case
from ir_policy.duties.judge import Obligation
from ir_policy.duties.severity import classify_bits
from ir_policy.duties.watch import recipients_of
from ir_policy.rules.conditions import Atom, Mask, atoms, literals
from ir_policy.rules.model import Duty, Gate, Policy, Within
from ir_policy.rules.words import atom_words
from ir_policy.terms import LEVELS, Severity, Source, Truth, rfc3339

__all__ = ["Explanation", "explain_duty", "explain_gate", "explain_obligation", "explain_severity"]


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


def explain_obligation(case: Case, obligation: Obligation, now: datetime) -> Explanation:
    """One obligation: from which rule, facts and mark it follows, and how it stands."""
    duty = case.policy.duties[obligation.duty]
    lines = [
        ("now", _standing(obligation, now)),
        *_rule_lines(case.policy, duty, obligation.recipient),
        ("owed when", f"{duty.when.source}: {_truth(duty.when, case)}"),
        *_atom_lines(duty.when, case),
        ("from", f"{obligation.mark} at {rfc3339(obligation.anchor)} ({case.policy.marks[obligation.mark].means})"),
        *_reading_lines(case.policy, case.policy.marks[obligation.mark].reading),
        ("until", _until(obligation)),
        *_unless_lines(duty, case),
        *(
            ("attempt", f"sent {rfc3339(a.at)} ({a.event}), does not count: {', '.join(a.missing)} missing")
            for a in obligation.attempts
        ),
    ]
    return Explanation(obligation.key, duty.title, tuple(lines))


def explain_duty(case: Case, duty: Duty) -> Explanation:
    """A duty nothing is owed under: what it waits for."""
    waits = list(_waiting(case, duty))
    lines = [
        ("waits for", "; ".join(waits) if waits else "nothing: it was met, or dropped before it opened"),
        *_rule_lines(case.policy, duty, ""),
        ("owed when", f"{duty.when.source}: {_truth(duty.when, case)}"),
        *_atom_lines(duty.when, case),
        ("from", " or ".join(f"{mark} ({case.policy.marks[mark].means})" for mark in duty.starts)),
        ("until", _limits_in_words(duty.within)),
        *_unless_lines(duty, case),
    ]
    return Explanation(duty.id, f"not owed: {duty.title}", tuple(lines))


def explain_gate(case: Case, gate: Gate, now: datetime) -> Explanation:
    """A gate: whether it is shut now, what it forbids, what opens it, and who can."""
    yes, no = case.known(now)
    if gate.id in case.history.waived_gates:
        state = "waived in this episode"
    elif not gate.bites(yes, no):
        state = "open: its condition does not hold"
    elif gate.opened(yes, no):
        state = "open: released"
    else:
        state = "shut"
    until = [
        str(r.condition.source) if r.condition is not None else
        f"a decision by {' or '.join(r.roles)}" if r.roles else f"the event states {' and '.join(r.states)}"
        for r in gate.until
    ]  # fmt: skip
    lines = [
        ("now", state),
        ("says", gate.says),
        ("clause", _clause(case.policy, gate.document, gate.clause)),
        ("forbids", ", ".join(f"{f.kind} {f.name}" for f in gate.forbids)),
        ("when", f"{gate.when.source}: {_truth(gate.when, case)}"),
        *_atom_lines(gate.when, case),
        ("until", " or ".join(until) if until else "its condition is no longer so"),
        ("who", ", ".join(gate.who)),
        *_reading_lines(case.policy, gate.reading),
    ]
    return Explanation(gate.id, f"gate, {state}", tuple(lines))


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


def _waiting(case: Case, duty: Duty) -> Iterator[str]:
    """What would have to come for the duty to be owed."""
    truth = duty.when.truth(case.history.yes, case.history.no)
    if truth is not Truth.YES:
        for atom, sign in dict.fromkeys(literals(duty.when.source)):
            needed = Truth.YES if sign else Truth.NO
            if _atom_truth(case, atom) is not needed:
                words = atom_words(case.policy, atom)
                yield f"{words if sign else f'not {words}'} ({_word(_atom_truth(case, atom))} now)"
    elif not recipients_of(duty, case.history, case.ledger, case.policy):
        yield "somebody it is owed to: all are ruled out"
    standing = [mark for mark in duty.starts if case.history.mark(mark, duty.per) is not None]
    computed = any(s.kind in ("level", "duty") for mark in duty.starts for s in case.policy.marks[mark].sources)
    if not standing and not computed:
        for mark in duty.starts:
            yield f"mark {mark}: {case.policy.marks[mark].means}"


def _rule_lines(policy: Policy, duty: Duty, recipient: str) -> Iterator[tuple[str, str]]:
    role = policy.roles[duty.owed_by]
    yield "owed by", f"{role.title} ({duty.owed_by}; {role.contact} while nobody holds the role)"
    if recipient:
        yield "owed to", recipient
    yield "clause", _clause(policy, duty.document, duty.clause)
    yield "basis", duty.basis.value
    if duty.source is not None:
        yield "source", _source(duty.source)
    yield from _reading_lines(policy, duty.reading)
    yield (
        "met by",
        " or ".join(f"{act.kind} {'/'.join(act.names)}" for act in duty.met_by)
        + (f", stating {' and '.join(duty.must_state)}" if duty.must_state else ""),
    )


def _reading_lines(policy: Policy, name: str) -> Iterator[tuple[str, str]]:
    reading = policy.readings.get(name)
    if reading is not None:
        yield "reading", f"{name}: {reading.text}{' (advisory until accepted)' if reading.advisory else ''}"


def _unless_lines(duty: Duty, case: Case) -> Iterator[tuple[str, str]]:
    if duty.unless is not None:
        by = " or ".join(duty.exempted_by)
        yield "unless", f"{duty.unless.source}: {_truth(duty.unless, case)}; decided by {by}, with a reason"


def _atom_lines(mask: Mask, case: Case) -> Iterator[tuple[str, str]]:
    """Each thing a condition of several asks, with its answer."""
    asked = list(dict.fromkeys(atoms(mask.source)))
    if len(asked) < 2:
        return
    for atom in asked:
        yield "", f"{atom_words(case.policy, atom)}: {_word(_atom_truth(case, atom))}"


def _atom_truth(case: Case, atom: Atom) -> Truth:
    bit = case.policy.bits.get(atom, 0)
    if case.history.yes & bit:
        return Truth.YES
    return Truth.NO if case.history.no & bit else Truth.UNKNOWN


def _truth(mask: Mask, case: Case) -> str:
    return _word(mask.truth(case.history.yes, case.history.no))


def _word(truth: Truth) -> str:
    return "not known" if truth is Truth.UNKNOWN else truth.value


def _standing(obligation: Obligation, now: datetime) -> str:
    words = obligation.verdict.replace("-", " ")
    if obligation.met_at is not None:
        words += f" at {rfc3339(obligation.met_at)}"
    if obligation.late_by is not None:
        words += f", late by {in_words(obligation.late_by)}"
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
