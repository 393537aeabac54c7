"""The pages about what happens in an incident: severity, phases, people, communications, privacy."""

from __future__ import annotations

from collections.abc import Iterator

from ir_policy.present.pages.machines import diagram, stops
from ir_policy.present.pages.markdown import bullets, code, link, sentence, table, text
from ir_policy.present.pages.messages import life_of_a_notice
from ir_policy.present.pages.readings import reading_link, readings_of_page
from ir_policy.present.pages.rules import (
    at_home,
    clause_words,
    duties_in_full,
    duty_link,
    duty_table,
    gate_table,
    of_company,
    source_words,
)
from ir_policy.present.pages.texts import templates
from ir_policy.present.pages.words import (
    basis_words,
    conditions,
    counted_from,
    levels_of,
    limit_at,
    limits,
    people,
    recipients,
    roles,
    setting,
    when_owed,
)
from ir_policy.rules.machines.handover import HANDOVER
from ir_policy.rules.model import Duty, Gate, Per, Polarity, Policy, RoleRule, SeverityRow
from ir_policy.rules.words import listed
from ir_policy.terms import LEVELS

__all__ = ["communications", "phases", "privacy", "severity", "who_does_what"]


# --- severity -------------------------------------------------------------------------------------------


def severity(policy: Policy) -> Iterator[str]:
    yield ("The worst row that is known to be so gives the level. The rules propose it, the commander decides it, and what is not"
           " known yet is a question, never a no.")  # fmt: skip
    yield ""
    yield "## What makes which level"
    yield ""
    yield from table(("Level", "When", "For example", "Row"), (_row(policy, row) for row in policy.rows))
    yield from _raise(policy)
    yield "## What each level owes"
    yield ""
    yield from table(("What", *(level.value for level in LEVELS)), _by_level(policy))
    yield from duties_in_full(policy, "severity")
    yield "## What can be reported"
    yield ""
    yield "Each of these is reported as yes, no or not known. A group with a name behind the stroke has one fact for each member."
    yield ""
    yield from table(("Fact", "Yes means", "A yes makes matters"), _facts(policy))
    yield from readings_of_page(policy, "severity")


def _row(policy: Policy, row: SeverityRow) -> tuple[str, ...]:
    when = "nothing else applies" if row.otherwise else conditions(policy, row.when.source)
    reading = f", read as {reading_link(row.reading)}" if row.reading else ""
    return row.level.value, sentence(when), sentence(text(row.example)), f"{code(row.id)}, {code(row.clause)}{reading}"


def _raise(policy: Policy) -> Iterator[str]:
    rule = policy.raises
    if not rule.rules:
        return
    levels = "one level" if rule.levels == 1 else f"{rule.levels} levels"
    reading = f", read as {reading_link(rule.reading)}" if rule.reading else ""
    yield f"The level is then raised by {levels}, once and never past {LEVELS[0].value}, when one of these holds ({code(rule.clause)}{reading}):"
    yield ""
    yield from bullets(f"{sentence(conditions(policy, mask.source))} ({code(id_)})" for id_, mask in rule.rules.items())


def _by_level(policy: Policy) -> Iterator[tuple[str, ...]]:
    """The duties that depend on the level, with the limit at each."""
    for duty in sorted(policy.duties.values(), key=lambda duty: (duty.title, duty.id)):
        owed = levels_of(policy, duty)
        said = [sentence(limit_at(duty, level)) if level in owed else "not owed" for level in LEVELS]
        if len(set(said)) > 1:
            yield duty_link(policy, duty), *said


def _facts(policy: Policy) -> Iterator[tuple[str, ...]]:
    worse = {Polarity.WORSE: "worse", Polarity.BETTER: "better", Polarity.NEITHER: "neither better nor worse"}
    for fact in policy.facts.values():
        yield code(fact.id), sentence(text(fact.means)), worse[fact.polarity]
    for family in policy.families.values():
        members = f" ({listed(code(name) for name in sorted(family.members))})" if family.members else ""
        yield code(f"{family.id}/…"), f"{sentence(text(family.means))}{members}", worse[family.polarity]


# --- phases ---------------------------------------------------------------------------------------------


def phases(policy: Policy) -> Iterator[str]:
    yield ("The phases follow each other. One that does not apply is said not to, with a reason; none is skipped in silence. A gate"
           " holds something back until its condition is met, and what is not known keeps it shut.")  # fmt: skip
    yield ""
    for rule in policy.phases:
        name = rule.phase.value
        yield f"## {sentence(name)}"
        yield ""
        yield f"{sentence(text(rule.means))} ({code(rule.clause)})."
        yield ""
        if rule.steps:
            yield from table(
                ("Step", "What is done"), ((code(step), sentence(text(policy.steps[step]))) for step in rule.steps)
            )
        gates = [gate for gate in policy.gates.values() if _phase_of(policy, gate) == name]
        if gates:
            yield from gate_table(policy, gates)
    placed = {step for rule in policy.phases for step in rule.steps}
    others = [gate for gate in policy.gates.values() if _phase_of(policy, gate) is None]
    yield "## At any time"
    yield ""
    if set(policy.steps) - placed:
        steps = sorted(set(policy.steps) - placed)
        yield from table(("Step", "What is done"), ((code(step), sentence(text(policy.steps[step]))) for step in steps))
    yield from gate_table(policy, others)
    yield f"A closed incident that is reopened goes back to {text(policy.reopens_to.value)}."
    yield ""
    yield from duties_in_full(policy, "phases")
    yield from readings_of_page(policy, "phases")


def _phase_of(policy: Policy, gate: Gate) -> str | None:
    """The phase a gate belongs to: the one whose clause it stands in, or into whose clause it leads."""
    if of_company(policy, gate.document):
        for rule in policy.phases:
            if gate.clause == rule.clause or gate.clause.startswith(f"{rule.clause}/"):
                return rule.phase.value
    return None


# --- people ---------------------------------------------------------------------------------------------


def who_does_what(policy: Policy) -> Iterator[str]:
    yield "While nobody has taken a role, its first contact may act in it. One person may hold several."
    yield ""
    found = sorted(policy.roles.values(), key=lambda role: (role.title, role.id))
    yield from table(("Role", "First contact", "Does"), (_role(policy, role) for role in found))
    for role in found:
        yield f"## {text(role.title)}"
        yield ""
        yield from _holding(policy, role)
        owed = [duty for duty in policy.duties.values() if duty.owed_by == role.id]
        if owed:
            yield from duty_table(policy, sorted(owed, key=lambda duty: (duty.title, duty.id)))
        else:
            yield "Nothing is owed by this role under a clock of its own."
            yield ""
        yield from _may(policy, role.id)
    if policy.about.people:
        yield "## Names"
        yield ""
        yield from table(("Id", "Called"), ((code(id_), text(name)) for id_, name in policy.about.people.items()))
    yield from _programs(policy)
    yield from _handing_over()
    yield from duties_in_full(policy, "who-does-what")
    yield from readings_of_page(policy, "who-does-what")


def _role(policy: Policy, role: RoleRule) -> tuple[str, ...]:
    named = f"{link(text(role.title), 'who-does-what', role.title)} ({code(role.id)})"
    return named, sentence(people(policy, (role.contact,))), sentence(text(role.does))


def _holding(policy: Policy, role: RoleRule) -> Iterator[str]:
    """How a role is held, who follows on whom, and what one should not be alone with."""
    said = ["One person holds it at a time: whoever takes it ends the tenure before"] if role.held_by_one else []
    if role.succession:
        names = "; then ".join(
            roles(policy, (name,)) if name in policy.roles else people(policy, (name,)) for name in role.succession
        )
        said.append(
            f"When whoever acts in it does not answer a page in time, it may be taken for the time being by {names}"
        )
    if role.warns_with:
        said.append(f"Whoever holds it should not alone be {roles(policy, role.warns_with)} too")
    if role.readings:
        said.append(f"Read as {listed(reading_link(name) for name in role.readings)}")
    if said:
        yield from bullets(said)


def _programs(policy: Policy) -> Iterator[str]:
    if policy.programs:
        yield "## Programs"
        yield ""
        yield f"They act, and decide nothing that takes a person: {listed(code(name) for name in sorted(policy.programs))}."
        yield ""


def _handing_over() -> Iterator[str]:
    """The life of an offer, drawn from its rows."""
    yield "## How a role is handed over"
    yield ""
    yield "Until the offer is accepted, whoever offered keeps everything."
    yield ""
    yield from diagram(HANDOVER)
    yield from stops(HANDOVER)


def _may(policy: Policy, role: str) -> Iterator[str]:
    """What a role can see to, waive and decide."""
    said = [f"Sees to it that {text(gate.says)}" for gate in policy.gates.values() if role in gate.who]
    said += [f"May waive that {text(gate.says)}" for gate in policy.gates.values() if role in gate.waivable_by]
    for duty in policy.duties.values():
        if role in duty.waivable_by:
            said.append(f"May waive: {duty_link(policy, duty)}")
        if role in duty.exempted_by:
            said.append(f"May decide that it is not required: {duty_link(policy, duty)}")
    said += [f"Keeps true that {text(one.means)}" for one in policy.about.assumptions.values() if one.kept_by == role]
    said += [
        f"Is to see to the {text(one.title)} in each {text(one.every)}; nothing counts it yet"
        for one in policy.about.exercises.values()
        if one.owed_by == role
    ]
    if said:
        yield from bullets(said)


# --- communications -------------------------------------------------------------------------------------


def communications(policy: Policy) -> Iterator[str]:
    yield "Who hears what, how soon, and what a message must say. One message may meet several of these when it goes to the same people."
    yield ""
    yield "## Messages"
    yield ""
    yield from table(
        ("Message", "To whom", "When", "How soon", "Counted", "Must state"),
        (
            (
                duty_link(policy, duty),
                sentence(recipients(policy, duty)),
                sentence(when_owed(policy, duty)),
                sentence(limits(policy, duty)),
                sentence(counted_from(policy, duty)),
                listed(text(name.replace("-", " ")) for name in duty.must_state),
            )
            for duty in _messages(policy)
        ),
    )
    if policy.about.channels:
        yield "## Channels"
        yield ""
        yield from table(("Channel", "Is", "Carries", "Depends on", "When it fails"), _channels(policy))
    yield from templates(policy)
    yield from life_of_a_notice(policy)
    yield from duties_in_full(policy, "communications")
    yield from readings_of_page(policy, "communications")


def _messages(policy: Policy) -> list[Duty]:
    """The company's duties that a message meets."""
    found = [duty for duty in policy.duties.values() if of_company(policy, duty.document)]
    told = [duty for duty in found if any(act.kind == "notice" for act in duty.met_by)]
    return sorted(told, key=lambda duty: (duty.title, duty.id))


def _channels(policy: Policy) -> Iterator[tuple[str, ...]]:
    services = policy.about.dependencies
    for channel in policy.about.channels.values():
        fallback = setting(channel.fallback, "nothing is said")
        if channel.fallback is not None and channel.fallback.question:
            fallback += f", see {link('open question', 'open-questions', channel.fallback.question)}"
        yield (
            code(channel.id),
            f"{sentence(text(channel.means))} ({code(channel.clause)})",
            listed(duty_link(policy, policy.duties[name]) for name in channel.carries),
            listed(text(services[name].title) for name in channel.depends_on),
            fallback,
        )


# --- privacy --------------------------------------------------------------------------------------------


def privacy(policy: Policy) -> Iterator[str]:
    yield ("What this policy promises and what the law says stand side by side and are never merged: each has its own clock, and"
           " where one message meets several the earliest binds. Nothing here is legal advice.")  # fmt: skip
    yield ""
    yield "## Promises and law"
    yield ""
    yield from table(
        ("What", "Whose rule", "Trigger", "Only if", "Clock", "Source", "How sure"),
        (_clock(policy, duty) for duty in _clocks(policy)),
    )
    yield from duties_in_full(policy, "privacy")
    yield from readings_of_page(policy, "privacy")


def _clocks(policy: Policy) -> list[Duty]:
    """Every duty of a law or contract, those that stand on this page, and what else outlives an episode."""
    at_page = set(at_home(policy, "privacy"))
    found = [d for d in policy.duties.values() if d in at_page or (d.per is Per.INCIDENT and d.given is None)]
    return sorted(found, key=lambda duty: (duty.act or duty.title, not of_company(policy, duty.document), duty.id))


def _clock(policy: Policy, duty: Duty) -> tuple[str, ...]:
    source = duty.source
    return (
        f"{duty_link(policy, duty)}, {roles(policy, (duty.owed_by,))}",
        f"{sentence(basis_words(duty))}, {clause_words(policy, duty.clause, duty.document)}",
        sentence(counted_from(policy, duty)),
        sentence(when_owed(policy, duty)),
        sentence(limits(policy, duty)),
        source_words(source) if source is not None else "our own",
        sentence(text(source.evidence or "not said")) if source is not None else "our own",
    )
