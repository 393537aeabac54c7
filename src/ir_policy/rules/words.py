"""Rules as sentences: every name with what it means, so that a message needs no glossary.

One place words what a condition asks, what a gate forbids and what opens it, and what meets a duty; refusals, the brief,
explanations and the timeline all take their words from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ir_policy.rules.conditions import All, Any, Atom, Condition, Not
from ir_policy.rules.model import Duty, Forbidden, Form, Gate, MarkRule, Policy, Release

__all__ = [
    "atom_words", "condition_words", "definite_words", "forbidden_words", "form_words", "listed", "met_by_words", "release_words",
    "until_words",
]  # fmt: skip


def condition_words(policy: Policy, condition: Condition) -> str:
    """The condition with the meaning of each name beside it."""
    if isinstance(condition, Atom):
        return atom_words(policy, condition)
    if isinstance(condition, Not):
        words = condition_words(policy, condition.part)
        return f"not {words}" if isinstance(condition.part, Atom) else f"not ({words})"
    joint = " and " if isinstance(condition, All) else " or "
    loose = Any if isinstance(condition, All) else All
    parts = [
        f"({condition_words(policy, part)})" if isinstance(part, loose) and len(part.parts) > 1
        else condition_words(policy, part)
        for part in condition.parts
    ]  # fmt: skip
    return joint.join(parts) if parts else "always"


def definite_words(policy: Policy, condition: Condition, so: bool = True) -> str:
    """What makes the condition definitely so, or not so: the answers to facts, and the findings."""
    if isinstance(condition, Not):
        return definite_words(policy, condition.part, not so)
    if isinstance(condition, Atom):
        words = atom_words(policy, condition)
        if condition.kind in ("fact", "some"):
            return f"a definite {'yes' if so else 'no'} to {words}"
        if condition.kind == "finding" and so:
            return f"the finding {condition.name}"
        return words if so else f"not {words}"
    joint = " and " if isinstance(condition, All) is so else " or "
    return joint.join(definite_words(policy, part, so) for part in condition.parts)


def atom_words(policy: Policy, atom: Atom) -> str:
    """One atom with its meaning: ``malicious-cause (the cause is or may be an attacker)``."""
    name = atom.name
    if atom.kind == "fact":
        family, _, member = name.partition("/")
        if member and family in policy.families:
            return f"{name} ({policy.families[family].means})"
        return f"{name} ({policy.facts[name].means})" if name in policy.facts else name
    if atom.kind == "some" and name in policy.families:
        family_rule = policy.families[name]
        members = sorted(family_rule.members)
        some = listed([f"{name}/{member}" for member in members], "or") if members else f"some {name}"
        return f"{some} ({family_rule.means})"
    if atom.kind == "mark" and name in policy.marks:
        return f"{name} ({policy.marks[name].means}{_how(policy.marks[name])})"
    if atom.kind == "step" and name in policy.steps:
        return f"step {name} ({policy.steps[name]})"
    if atom.kind == "phase":
        means = next((rule.means for rule in policy.phases if rule.phase.value == name), "")
        return f"phase {name} ({means})" if means else f"phase {name}"
    if atom.kind == "settled" and name in policy.duties:
        return f"'{policy.duties[name].title}' settled ({name})"
    if atom.kind == "settled":
        return f"all that a {name} asks for settled"
    return str(atom)


def forbidden_words(policy: Policy, act: Forbidden) -> str:
    """What a gate forbids, as something one does."""
    if act.kind == "step":
        return atom_words(policy, Atom("step", act.name))
    if act.kind == "decision":
        return f"a decision that is {act.name.replace('-', ' ')}"
    words: dict[str, str] = {"phase": "entering phase {0}", "event": "{0}", "finding": "finding {0}",
                             "outcome": "closing as {0}"}  # fmt: skip
    if act.kind == "notice":
        return _SENDINGS[act.name]
    return words[act.kind].format(act.name)


def until_words(policy: Policy, gate: Gate) -> str:
    """Every way through a gate, whatever has come true of it so far."""
    if not gate.until:
        return "its condition is no longer so"
    return " or ".join(release_words(policy, release) for release in gate.until)


def release_words(policy: Policy, release: Release, day: str = "") -> str:
    """One way through a gate. ``day`` is the local day of detection where a form asks for it."""
    if release.condition is not None:
        return condition_words(policy, release.condition.source)
    if release.roles:
        return f"somebody acting as {' or '.join(release.roles)}"
    if release.person:
        return "a person to do it, and no program"
    if release.form is not None:
        return form_words(release.form, day)
    if release.notice:
        return _TEXTS[release.notice]
    if release.author:
        another = release.author == "another"
        return (
            "somebody who did not write the text"
            if another
            else f"a text written by somebody acting as {release.author}"
        )
    return f"the event to state its {' and '.join(release.states)}"


def form_words(form: Form, day: str = "") -> str:
    """The form a text must have, with the day written out where it is known."""
    like = form.like.replace("{day}", day or "YYYYMMDD").replace("{summary}", "<summary>")
    return (
        f"a {form.field} of the form {like}, with lower-case words joined by '-' and at most {form.at_most} characters"
    )


def met_by_words(policy: Policy, duty: Duty) -> str:
    """What discharges a duty, and what it must state to count."""
    ways = []
    for act in duty.met_by:
        if act.kind == "step":
            ways += [atom_words(policy, Atom("step", name)) for name in act.names]
        elif act.kind == "notice":
            sent = _NOTICES[act.names[0]]
            ways.append(f"{sent} at stage {act.stage}" if act.stage else sent)
        else:
            ways.append(_MET.get(act.kind, "{0}").format("/".join(act.names)))
    given = f" of the same {duty.given.item}" if duty.given is not None and duty.given.item else ""
    stating = f", stating {' and '.join(duty.must_state)}" if duty.must_state else ""
    return " or ".join(ways) + given + stating


_TEXTS: Final = {
    "reviewed": "a review of this very text",
    "approved": "an approval of this very text for whoever it is sent to",
    "cleared": "a text cleared beforehand whose gaps hold fixed words only",
}
_SENDINGS: Final = {
    "external": "sending a notice to anybody outside the company",
    "beyond-exercise": "sending a notice to anybody who does not hear in place of others",
}
_NOTICES: Final = {
    "sent": "notice sent", "any": "any notice sent to them", "reviewed": "a review of a text for them",
}  # fmt: skip
_MET: Final = {
    "event": "event {0}",
    "finding": "finding {0}",
    "holding": "somebody holding {0}",
    "hold": "the freeze in force",
    "level": "any level set",
}


def listed(items: Iterable[str], last: str = "and") -> str:
    """``a, b and c``; nothing where there is none."""
    found = list(items)
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} {last} {found[-1]}"


def _how(mark: MarkRule) -> str:
    """Which events set a mark, where its name does not say so already."""
    kinds = []
    for source in mark.sources:
        if source.kind == "event":
            kinds.append(source.name)
        elif source.kind == "finding":
            kinds.append(f"finding {source.name}")
        elif source.kind == "fact":
            kinds.append(f"{source.name}=yes")
    if not kinds or mark.id in kinds:
        return ""
    return f", by {listed(kinds, 'or')}"
