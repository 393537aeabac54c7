"""Rules in plain words: limits, conditions, recipients, acts, gates. What a word means is what the documents say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from ir_policy.clocks import (
    BeforeClosed,
    BusinessDays,
    CalendarDays,
    CalendarMonths,
    GivenByEvent,
    Immediate,
    LatestStart,
    Limit,
    PeriodEnd,
    SameBusinessDay,
)
from ir_policy.present.pages.markdown import code, text
from ir_policy.rules.about import Setting
from ir_policy.rules.conditions import All, Any, Atom, Condition, Not
from ir_policy.rules.model import INTERNAL, ActMatch, Duty, Forbidden, Gate, Policy, Recipients, Release
from ir_policy.rules.words import listed
from ir_policy.terms import LEVELS, Basis, Severity

__all__ = [
    "acts", "basis_words", "conditions", "counted_from", "forbidden", "gate_when", "length", "levels_of", "limit_at", "limit_words",
    "limits", "people", "recipients", "released", "roles", "setting", "title_of", "when_owed",
]  # fmt: skip

MANY: Final = 4
"""Parts of a condition that still read as one sentence; more are a list."""


def roles(policy: Policy, ids: Iterable[str], last: str = "or") -> str:
    """Roles by their titles."""
    return listed((text(policy.roles[id_].title) if id_ in policy.roles else code(id_) for id_ in ids), last)


def people(policy: Policy, ids: Iterable[str], last: str = "and") -> str:
    """People and teams as the document calls them."""
    return listed((text(policy.about.people.get(id_, id_.replace("-", " "))) for id_ in ids), last)


def setting(said: Setting | None, nothing: str) -> str:
    """A figure or name that is given; or that it is not, in so many words."""
    if said is None:
        return nothing
    return text(said.value) if said.value is not None else "**not set**, hence not known"


# --- limits ---------------------------------------------------------------------------------------------


def limit_words(limit: Limit) -> str:
    """A limit as one says it."""
    if isinstance(limit, Immediate):
        return f"immediately, at the latest after {length(limit.grace)}"
    if isinstance(limit, SameBusinessDay):
        return f"by close of the same business day, never before {length(limit.not_before)} have passed"
    if isinstance(limit, BusinessDays):
        return f"within {limit}, by close of business on the last"
    if isinstance(limit, CalendarDays | CalendarMonths):
        return f"within {limit}, to the end of the last day"
    if isinstance(limit, BeforeClosed):
        return "before the incident is closed"
    if isinstance(limit, GivenByEvent):
        return "by the time that was stated"
    if isinstance(limit, LatestStart):
        return "while there is still time before what needs it is due"
    if isinstance(limit, PeriodEnd):
        return f"by the end of the {limit.period}"
    words = str(limit)
    return f"within {words}" if words[:1].isdigit() else words


def length(span: timedelta) -> str:
    """A length of time in hours where it is whole hours, else in minutes."""
    minutes = int(span.total_seconds()) // 60
    count, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f"{count} {unit}{'s' * (count != 1)}"


def limits(policy: Policy, duty: Duty) -> str:
    """All limits of a duty, by level where they differ, with those that only advise marked."""
    levels = levels_of(policy, duty)
    said = {level: limit_at(duty, level) for level in levels}
    if len(set(said.values())) <= 1:
        return next(iter(said.values()), "no limit")
    return "; ".join(f"{level.value}: {words}" for level, words in said.items())


def limit_at(duty: Duty, level: Severity) -> str:
    """The limit at one level."""
    within = duty.within[level.index]
    if within is None:
        return "no limit"
    return f"{limit_words(within.limit)}{'' if within.basis.binds else ' (advice)'}"


def levels_of(policy: Policy, duty: Duty) -> tuple[Severity, ...]:
    """The levels at which the duty can be owed and has a limit."""
    return tuple(
        level for level in LEVELS if duty.within[level.index] is not None and _can_be_owed(policy, duty, level)
    )


def _can_be_owed(policy: Policy, duty: Duty, level: Severity) -> bool:
    """Whether the duty's condition can hold at that level, whatever else is so."""
    yes = no = 0
    for atom, bit in policy.bits.items():
        if atom.kind == "severity" and Severity[atom.name].worse_than(level):
            no |= bit
        elif atom.kind == "severity":
            yes |= bit
    return duty.when.possible(yes, no)


_BASES: Final = {
    Basis.STATUTE: "law",
    Basis.CONTRACT: "contract",
    Basis.POLICY: "this policy",
    Basis.GUIDANCE: "guidance: a miss is shown and is no breach",
    Basis.ADVISORY: "advice: a miss is shown and is no breach",
}


def basis_words(duty: Duty) -> str:
    """What stands behind a duty."""
    return _BASES[duty.basis]


# --- conditions -----------------------------------------------------------------------------------------


def conditions(policy: Policy, condition: Condition) -> str:
    """A condition by what its names mean."""
    if isinstance(condition, Atom):
        return _atom(policy, condition)
    if isinstance(condition, Not):
        return _negated(policy, condition.part)
    loose = Any if isinstance(condition, All) else All
    parts = [_bracketed(policy, part, loose) for part in _without_ladder(condition.parts)]
    if len(parts) > MANY:
        return f"{'all' if isinstance(condition, All) else 'one'} of these {'hold' if isinstance(condition, All) else 'holds'}: {'; '.join(parts)}"
    return (" and " if isinstance(condition, All) else " or ").join(parts) if parts else "always"


def when_owed(policy: Policy, duty: Duty) -> str:
    """When a duty is owed at all, and when it no longer is."""
    source = duty.when.source
    said = "in every incident" if source == All(()) else conditions(policy, source)
    if duty.not_for:
        said += f"; not once it is closed as {listed((name.replace('-', ' ') for name in duty.not_for), 'or')}"
    return said


def _bracketed(policy: Policy, part: Condition, loose: type[All] | type[Any]) -> str:
    words = conditions(policy, part)
    return f"({words})" if isinstance(part, loose) and len(part.parts) > 1 else words


def _without_ladder(parts: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """``SEV3 or worse and not SEV2 or worse`` is one level: said as ``{severity: SEV3}`` alone."""
    at_least = [p for p in parts if isinstance(p, Atom) and p.kind == "severity"]
    not_worse = [p for p in parts if isinstance(p, Not) and isinstance(p.part, Atom) and p.part.kind == "severity"]
    if len(at_least) != 1 or len(not_worse) != 1:
        return parts
    level, worse = Severity[at_least[0].name], Severity[_name(not_worse[0])]
    if worse.index != level.index - 1:
        return parts
    rest = tuple(part for part in parts if part not in (at_least[0], not_worse[0]))
    return (Atom("only", level.value), *rest)


def _name(part: Not) -> str:
    return part.part.name if isinstance(part.part, Atom) else ""


def _atom(policy: Policy, atom: Atom) -> str:
    kind, name = atom.kind, atom.name
    if kind == "severity":
        return name if Severity[name] is LEVELS[0] else f"{name} or worse"
    if kind == "only":
        return name
    if kind == "fact":
        return _fact(policy, name)
    if kind == "mark" and name in policy.marks:
        return text(policy.marks[name].means)
    if kind == "some" and name in policy.families:
        return f"{text(policy.families[name].means)} (at least one {text(name)})"
    if kind == "settled" and name in policy.duties:
        return f"nothing is owed any more under “{title_of(policy, policy.duties[name])}”"
    if kind == "settled":
        return f"nothing is owed any more that a {text(name)} asks for"
    return _PLAIN.get(kind, "{0}").format(code(name) if kind in ("step", "finding") else text(name))


_PLAIN: Final = {
    "step": "the step {0} is done",
    "finding": "there is a finding {0}",
    "phase": "the phase is {0}",
    "drill": "it is a drill",
    "unassessed": "no level is set yet",
}


def _negated(policy: Policy, part: Condition) -> str:
    if isinstance(part, Atom) and part.kind in _PLAIN_NOT:
        return _PLAIN_NOT[part.kind].format(code(part.name))
    return f"it is ruled out that {conditions(policy, part)}"


_PLAIN_NOT: Final = {
    "drill": "it is no drill",
    "unassessed": "a level is set",
    "step": "the step {0} is not done",
    "finding": "there is no finding {0}",
}


def _fact(policy: Policy, name: str) -> str:
    if name in policy.facts:
        return text(policy.facts[name].means)
    family, _, member = name.partition("/")
    if family in policy.families:
        return f"{text(policy.families[family].means)} ({text(member)})"
    return code(name)


# --- duties ---------------------------------------------------------------------------------------------


def title_of(policy: Policy, duty: Duty) -> str:
    """A duty's title; with the law beside it where it is a law's, because a law often asks what the policy asks too."""
    document = next((one for one in policy.documents if one.id == duty.document), None)
    if document is None or document.kind == "policy":
        return text(duty.title)
    return f"{text(duty.title)} ({text(document.title)})"


def counted_from(policy: Policy, duty: Duty) -> str:
    """What the clock of a duty starts from."""
    if duty.enables:
        return "back from when what needs it is due"
    marks = [text(policy.marks[mark].means) for mark in duty.starts]
    if len(marks) == 1:
        said = f"from when {marks[0]}"
    else:
        said = f"from the {'last' if duty.starts_latest else 'first'} of these: {'; '.join(marks)}"
    return f"{said}; owed once {length(duty.opens_after)} have passed" if duty.opens_after is not None else said


def recipients(policy: Policy, duty: Duty) -> str:
    """To whom a duty is owed."""
    return "; ".join(_recipient(policy, one) for one in duty.owed_to)


def _recipient(policy: Policy, one: Recipients) -> str:
    if one.owed:
        said = f"everybody “{title_of(policy, policy.duties[one.owed])}” was owed to"
    elif one.told:
        said = "whoever the message went to"
    elif one.each:
        said = _each(policy, one)
    elif one.to.endswith("/unspecified"):
        said = f"the leading {text(one.to.partition('/')[0])}, once the policy names it"
    else:
        said = "inside the company" if one.to == INTERNAL else people(policy, (one.to,))
    return f"if {conditions(policy, one.when.source)}: {said}" if one.when is not None else said


def _each(policy: Policy, one: Recipients) -> str:
    among = f" among {code(one.group)}" if one.group else ""
    means = text(policy.families[one.each].means)
    return f"each {text(one.as_)}{among} that is not ruled out ({means}), and one in general while none is named"


def acts(policy: Policy, duty: Duty) -> str:
    """What meets a duty."""
    return " or ".join(_act(policy, act) for act in duty.met_by)


def _act(policy: Policy, act: ActMatch) -> str:
    names = listed((code(name) for name in act.names), "or")
    if act.kind == "notice":
        any_message = _MESSAGES[act.names[0]]
        return f"{any_message} (stage {code(act.stage)})" if act.stage else any_message
    if act.kind == "step":
        return listed((f"the step {code(name)} ({text(policy.steps[name])})" for name in act.names), "or")
    if act.kind == "holding":
        return f"somebody holding the role of {roles(policy, act.names)}"
    said = {
        "event": "the record {0}",
        "finding": "a finding {0}",
        "hold": "the freeze being in force",
        "level": "a level being set",
    }
    return said.get(act.kind, f"{text(act.kind)} {{0}}").format(names)


# --- gates ----------------------------------------------------------------------------------------------


def gate_when(policy: Policy, gate: Gate) -> str:
    """When a gate holds back."""
    source = gate.when.source
    if source == All(()):
        return "always"
    if gate.only_on_yes:
        return f"when it is known that {conditions(policy, source)}"
    return f"when {conditions(policy, source)}, and while that is not ruled out"


def forbidden(policy: Policy, gate: Gate) -> str:
    """What a gate holds back."""
    return listed((_forbidden(one) for one in gate.forbids), "and")


def _forbidden(one: Forbidden) -> str:
    if one.kind == "decision":
        return _DECISIONS.get(one.name, code(one.name))
    if one.kind in ("phase", "outcome"):
        return f"{'entering' if one.kind == 'phase' else 'closing as'} {text(one.name.replace('-', ' '))}"
    if one.kind == "notice":
        return _SENDINGS[one.name]
    return f"the {text(one.kind)} {code(one.name)}"


_MESSAGES: Final = {
    "sent": "the message being sent",
    "any": "any message sent to them",
    "reviewed": "a text for them being reviewed",
}
_SENDINGS: Final = {
    "external": "sending a message to anybody outside the company",
    "beyond-exercise": "sending a message to anybody outside but the exercise list",
}
_TEXTS: Final = {
    "reviewed": "that very text has been reviewed",
    "approved": "that very text has been approved, for whoever it goes to",
    "cleared": "it is a text cleared beforehand whose gaps hold fixed words only",
}
_DECISIONS: Final = {
    "lowering": "lowering the level",
    "not-worse": "deciding a level that is not worse",
    "differing": "deciding a level the rules do not propose",
}


def released(policy: Policy, gate: Gate) -> str:
    """What opens a gate."""
    if not gate.until:
        return "that is over"
    return "; or ".join(_release(policy, release) for release in gate.until)


def _release(policy: Policy, release: Release) -> str:
    if release.condition is not None:
        return conditions(policy, release.condition.source)
    if release.roles:
        return f"it is done by the {roles(policy, release.roles)}"
    if release.person:
        return "it is done by a person, and by no program"
    if release.form is not None:
        form = release.form
        return f"{code(form.field)} reads like {code(form.like)} and has at most {form.at_most} characters"
    if release.notice:
        return _TEXTS[release.notice]
    if release.author == "another":
        return "somebody else wrote the text"
    if release.author:
        return f"the text was written by the {roles(policy, (release.author,))}"
    return f"it states its {listed(text(name.replace('-', ' ')) for name in release.states)}"
