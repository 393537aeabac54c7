"""Duties and gates as every page shows them: a table to find one, and each in full where it belongs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ir_policy.present.pages.markdown import bullets, code, link, sentence, table, text
from ir_policy.present.pages.readings import LAWS, OTHERWISE, reading_link
from ir_policy.present.pages.words import (
    acts,
    basis_words,
    conditions,
    counted_from,
    forbidden,
    gate_when,
    limits,
    recipients,
    released,
    roles,
    title_of,
    when_owed,
)
from ir_policy.rules.model import DoneBefore, Duty, Gate, IfMissed, OnScopeExit, Per, Policy
from ir_policy.rules.words import listed
from ir_policy.terms import LEVELS, Clause, Source

__all__ = [
    "at_home", "clause_words", "duties_in_full", "duty_link", "duty_table", "gate_table", "home_of", "of_company", "source_words",
]  # fmt: skip

# --- where things stand ---------------------------------------------------------------------------------


def of_company(policy: Policy, document: str) -> bool:
    """Whether a rule stands in the company's own document."""
    return document == policy.id


def home_of(policy: Policy, clause: Clause, document: str) -> str:
    """The page a rule is shown on in full; empty where its clause stands in no chapter."""
    if not of_company(policy, document):
        return LAWS
    chapter = policy.about.clauses.get(clause.partition("/")[0])
    return chapter.page if chapter is not None else ""


def at_home(policy: Policy, page: str) -> list[Duty]:
    """The duties a page shows in full, in the order of their titles."""
    found = [
        duty for duty in policy.duties.values() if (home_of(policy, duty.clause, duty.document) or OTHERWISE) == page
    ]
    return sorted(found, key=lambda duty: (duty.document != policy.id, duty.title, duty.id))


def clause_words(policy: Policy, clause: Clause, document: str) -> str:
    """A clause with the document it stands in, where that is not the company's own."""
    title = next((one.title for one in policy.documents if one.id == document), document)
    return code(clause) if of_company(policy, document) else f"{code(clause)} of “{text(title)}”"


# --- duties ---------------------------------------------------------------------------------------------


def duty_link(policy: Policy, duty: Duty) -> str:
    """The duty's title, leading to where it stands in full."""
    page = home_of(policy, duty.clause, duty.document) or OTHERWISE
    return link(sentence(title_of(policy, duty)), page, _heading(duty))


def duty_table(policy: Policy, duties: Iterable[Duty]) -> Iterator[str]:
    """Duties in a line each: what, to whom, within what, from when."""
    yield from table(
        ("What", "To whom", "How soon", "Counted"),
        (
            (
                duty_link(policy, duty),
                sentence(recipients(policy, duty)),
                sentence(limits(policy, duty)),
                sentence(counted_from(policy, duty)),
            )
            for duty in duties
        ),
    )


def duties_in_full(policy: Policy, page: str) -> Iterator[str]:
    """Every duty that is at home on the page, with all it says; nothing where none is."""
    found = at_home(policy, page)
    if found:
        yield "## Duties in full"
        yield ""
    for duty in found:
        yield f"### {_heading(duty)}"
        yield ""
        yield from bullets(f"{label}: {said}" for label, said in _lines(policy, duty))


def _heading(duty: Duty) -> str:
    return f"{sentence(text(duty.title))} ({duty.id})"


def _lines(policy: Policy, duty: Duty) -> Iterator[tuple[str, str]]:
    yield "Owed by", roles(policy, (duty.owed_by,))
    yield "Owed to", recipients(policy, duty)
    yield "When", when_owed(policy, duty)
    yield "How soon", f"{limits(policy, duty)}, {counted_from(policy, duty)}"
    yield "Met by", acts(policy, duty)
    if duty.must_state:
        yield "It must state", listed(text(name.replace("-", " ")) for name in duty.must_state)
    if duty.unless is not None:
        who = roles(policy, duty.exempted_by)
        yield "Not required", f"if {conditions(policy, duty.unless.source)}, once the {who} decides so with a reason"
    yield from _life(policy, duty)
    yield "Stands in", f"{clause_words(policy, duty.clause, duty.document)}; {basis_words(duty)}"
    if duty.source is not None:
        yield "Source", source_words(duty.source)
        yield "How sure", text(duty.source.evidence or "not said")
    named = dict.fromkeys(name for name in (duty.reading, *(w.reading for w in duty.within if w is not None)) if name)
    if named:
        yield "Read as", listed(reading_link(name) for name in named)


def _life(policy: Policy, duty: Duty) -> Iterator[tuple[str, str]]:
    """What happens to the duty later: again, earlier, missed, taken back, waived."""
    if duty.again_on_raise is not None:
        worst = "" if duty.again_on_raise is LEVELS[-1] else f" to {duty.again_on_raise.value}"
        yield "Again", f"whenever the level is raised{worst} afterwards"
    if duty.done_before is DoneBefore.COUNTS:
        yield "Done earlier", "counts"
    elif duty.done_before is DoneBefore.COUNTS_SINCE_MARK:
        yield "Done earlier", "counts from that moment on"
    if duty.on_scope_exit is OnScopeExit.CANCEL:
        yield "Taken back", "when the reason for it proves to have been an error, unless it was late or promised"
    if duty.if_missed is IfMissed.LAPSES:
        yield "Missed", "ends when the incident is closed, and the miss stays on record"
    if duty.per is Per.INCIDENT:
        yield "Reopened", "reopening the incident starts no new clock"
    if duty.waivable_by:
        yield "May be waived by", roles(policy, duty.waivable_by)
    same = [other for other in policy.duties.values() if duty.act and other.act == duty.act and other.id != duty.id]
    if same:
        yield "The same message also meets", listed(duty_link(policy, other) for other in same)


def source_words(source: Source) -> str:
    """What a number of law rests on, and when somebody last looked."""
    said = [text(source.cite)]
    days = (
        ("in force from", source.in_force_from),
        ("to", source.in_force_to),
        ("checked", source.checked),
        ("to be checked again by", source.review_by),
    )
    said += [f"{word} {day.isoformat()}" for word, day in days if day is not None]
    return ", ".join(said)


# --- gates ----------------------------------------------------------------------------------------------


def gate_table(policy: Policy, gates: Iterable[Gate]) -> Iterator[str]:
    """Gates in a line each: the rule, what it holds back, when, until what, who can help, who may waive it."""
    yield from table(
        ("Rule", "Holds back", "When", "Until", "Who can see to it", "May be waived by"),
        (_gate(policy, gate) for gate in gates),
    )


def _gate(policy: Policy, gate: Gate) -> tuple[str, ...]:
    effect = "; what is done against it has no effect" if gate.void else ""
    reading = f"; read as {reading_link(gate.reading)}" if gate.reading else ""
    clause = clause_words(policy, gate.clause, gate.document)
    return (
        f"{sentence(text(gate.says))} ({code(gate.id)}, {clause}{reading}){effect}",
        sentence(forbidden(policy, gate)),
        sentence(gate_when(policy, gate)),
        sentence(released(policy, gate)),
        roles(policy, gate.who),
        roles(policy, gate.waivable_by) or "nobody",
    )
