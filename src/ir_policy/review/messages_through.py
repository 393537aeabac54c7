"""Whether words get through: channels that fail with what they report, texts that lack what they must say, texts not cleared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ir_policy.review.findings import ADVICE, DEFECT, Flaw, ask, decided_at, length_of, names
from ir_policy.rules.about import Channel
from ir_policy.rules.model import Duty, Policy
from ir_policy.rules.templates import Template
from ir_policy.terms import Clause, Severity

__all__ = ["channels_stand_alone", "texts_are_cleared", "texts_state_it"]


# --- channels -------------------------------------------------------------------------------------------


def channels_stand_alone(policy: Policy, _: date | None) -> Iterator[Flaw]:
    """What carries a duty's messages does not fail together with the service whose failure it has to report."""
    for channel in policy.about.channels.values():
        if channel.carries:
            named = channel.fallback.value if channel.fallback is not None else None
            other = policy.about.channels.get(named) if named is not None else None
            yield from _without(policy, channel) if other is None else _both(policy, channel, other)


def _without(policy: Policy, channel: Channel) -> Iterator[Flaw]:
    question = channel.fallback.question if channel.fallback is not None else ""
    hint = ask([question], "name a 'fallback' that depends on something else")
    carried = f"{names(channel.carries)} {'go' if len(channel.carries) > 1 else 'goes'} by '{channel.id}'"
    field = "fallback" if channel.fallback is not None else "depends_on"
    path = ("channels", channel.id, field)
    if channel.depends_on:
        facts = names(sorted(_fails_with(policy, channel)))
        what = f"{carried}, which depends on {names(channel.depends_on)}: its failure is an incident itself ({facts}), and no fallback is set"
        yield Flaw(policy.id, path, what, hint, channel.clause, DEFECT)
    elif channel.fallback is not None:
        what = f"{carried}; what that depends on is not said, and no fallback is set"
        yield Flaw(policy.id, path, what, hint, channel.clause, ADVICE)


def _both(policy: Policy, channel: Channel, other: Channel) -> Iterator[Flaw]:
    """Two services may be one under two names: what fails together has the same fact."""
    shared = sorted(_fails_with(policy, channel) & _fails_with(policy, other))
    if shared:
        question = channel.fallback.question if channel.fallback is not None else ""
        what = f"'{other.id}' stands in for '{channel.id}', and both fail with {names(shared)}"
        hint = ask([question], "name a fallback that depends on something else")
        yield Flaw(policy.id, ("channels", channel.id, "fallback"), what, hint, channel.clause, DEFECT)


def _fails_with(policy: Policy, channel: Channel) -> frozenset[str]:
    """The facts that say what a channel depends on has failed; a service without one stands for itself."""
    services = policy.about.dependencies
    return frozenset(services[one].fact or one for one in channel.depends_on if one in services)


# --- texts ----------------------------------------------------------------------------------------------


def texts_state_it(policy: Policy, _: date | None) -> Iterator[Flaw]:
    """A text kept ready for a duty carries every field that a message meeting it must state."""
    for template in policy.templates.values():
        for duty in [policy.duties[id_] for id_ in template.duties if id_ in policy.duties]:
            missing = [field for field in duty.must_state if field not in template.states]
            if missing:
                what = f"this text is for '{duty.id}' and does not state {names(missing)}, which that must"
                hint = f"add {names(missing)} to 'states', 'fields' and the text, or take '{duty.id}' out of 'for'"
                path = ("templates", template.id, "states")
                yield Flaw(template.document, path, what, hint, template.clause, DEFECT)
    kept = {id_ for template in policy.templates.values() for id_ in template.duties}
    for duty in policy.duties.values():
        if duty.must_state and duty.id not in kept and any(match.kind == "notice" for match in duty.met_by):
            what = f"a message that meets '{duty.id}' must state {names(duty.must_state)}, and no text is kept ready for it"
            path = ("duties", duty.id, "must_state")
            hint = f"keep a template with '{duty.id}' in its 'for'"
            yield Flaw(duty.document, path, what, hint, duty.clause, ADVICE)


def texts_are_cleared(policy: Policy, as_of: date | None) -> Iterator[Flaw]:
    """Where counsel reviews what is due within hours, at least one text for it is cleared beforehand."""
    for duty in policy.duties.values():
        first = policy.duties.get(duty.needs.duty) if duty.needs is not None else None
        reviewed = first is not None and any(_review(match.kind, match.names) for match in first.met_by)
        hours = [limit for level in Severity if (limit := _limit_at(policy, duty, level)) is not None]
        if first is None or not reviewed or not hours:
            continue
        texts = [one for one in policy.templates.values() if duty.id in one.duties and one.guest_facing]
        if not any(_good(text, as_of) for text in texts):
            kept = f"none of {names(text.id for text in texts)} is cleared" if texts else "no text is kept ready for it"
            what = f"'{duty.id}' waits for '{first.id}', and {kept}: while nobody reviews, nobody can be told"
            hint = ask(_questions(policy, duty, first), "have a text with fixed fields cleared beforehand")
            path = ("duties", duty.id, "needs")
            yield Flaw(duty.document, path, what, hint, Clause(first.clause), ADVICE)


def _review(kind: str, stages: tuple[str, ...]) -> bool:
    return kind == "notice" and "reviewed" in stages


def _limit_at(policy: Policy, duty: Duty, level: Severity) -> object | None:
    within = duty.within[level.index]
    return length_of(within.limit) if within is not None and decided_at(policy, duty, level) else None


def _good(text: Template, as_of: date | None) -> bool:
    """Whether it may go out without being asked about; without a day only that it was cleared counts."""
    cleared = text.cleared
    if cleared is None or as_of is None:
        return cleared is not None
    return (cleared.on is None or cleared.on <= as_of) and as_of <= cleared.until


def _questions(policy: Policy, duty: Duty, first: Duty) -> Iterator[str]:
    """The open questions about the readings behind the review and behind whatever lets a cleared text through."""
    gates = [
        gate for gate in policy.gates.values() if any(one.notice == "cleared" for one in gate.until) and not gate.void
    ]
    readings = {first.reading, *(gate.reading for gate in gates)} - {""}
    for question in policy.about.open_questions.values():
        if readings & set(question.readings):
            yield question.id
