"""One policy after another in a running incident: the newer one's rules, and what the incident brings along.

A rule that the newer policy has word for word goes on as its own. One that it changed or dropped stays beside it as a
former rule: nothing opens under it any more, and what opened under it ends by it. See "Another version of the policy" in
``docs/semantics.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from attrs import evolve, frozen

from ir_policy.rules.conditions import Atom, Mask, compile_mask
from ir_policy.rules.model import Duty, Former, MarkRule, MarkSource, Policy
from ir_policy.terms import FrozenMap

__all__ = ["Succession", "having", "succession", "with_newer"]

T = TypeVar("T")


@frozen(eq=False, repr=False)
class Succession:
    """What an incident goes on under from an adoption."""

    policy: Policy
    """The newer policy with the former rules; its atoms keep their bits, those only former rules ask about come after."""
    becomes: Mapping[Duty, Duty]
    """For each rule before the adoption the rule it is from then on."""


@lru_cache(maxsize=16)
def with_newer(policy: Policy, newer: tuple[Policy, ...]) -> Policy:
    """The policy with those documents at hand; the same policy for the same documents."""
    if all(policy.newer.get(one.digest) is one for one in newer):
        return policy
    # Whoever goes on under another may also come back.
    known = {policy.digest: policy, **policy.newer, **{one.digest: one for one in newer}}
    return having(policy, FrozenMap(dict(sorted(known.items()))))


@lru_cache(maxsize=16)
def having(policy: Policy, newer: FrozenMap[str, Policy]) -> Policy:
    """The policy with those documents at hand, and no others."""
    return evolve(policy, newer=newer)


@lru_cache(maxsize=16)
def succession(standing: Policy, newer: Policy) -> Succession:
    """What follows when an incident under one policy adopts another."""
    from ir_policy.rules.canonical import canonical_text  # few need it

    bits = dict(newer.bits)
    becomes: dict[Duty, Duty] = {}
    former: dict[str, list[Former]] = {}
    for one in _rules(standing):
        same = newer.duties.get(one.duty.id)
        if same is not None:
            reworded = _as_written(one.duty, same)
            if canonical_text(reworded, standing.bits) == canonical_text(same, newer.bits):
                becomes[one.duty] = same
                continue
        kept = becomes[one.duty] = _with_bits(one.duty, bits)
        former.setdefault(kept.id, []).append(evolve(one, duty=kept))
    policy = evolve(
        newer,
        roles=_joined(newer.roles, standing.roles),
        facts=_joined(newer.facts, standing.facts),
        families=_joined(newer.families, standing.families),
        marks=_joined(newer.marks, standing.marks),
        readings=_joined(newer.readings, standing.readings),
        steps=_joined(newer.steps, standing.steps),
        bits=FrozenMap(bits),
        bit_index=FrozenMap({(atom.kind, atom.name): bit for atom, bit in bits.items()}),
        mark_sources=_sources(newer, standing),
        former=FrozenMap({id_: tuple(former[id_]) for id_ in sorted(former)}),
        newer=standing.newer,
    )
    return Succession(policy, becomes)


def _rules(standing: Policy) -> Iterable[Former]:
    """Every rule that stands, with where it is from: those brought along already first, as they are older."""
    for formers in standing.former.values():
        yield from formers
    for duty in standing.duties.values():
        yield Former(duty, f"{standing.id} {standing.version}", standing.digest)


def _as_written(duty: Duty, same: Duty) -> Duty:
    """The rule in the words of the other one, where words change nothing: a better title does not make it another rule."""
    source, other = duty.source, same.source
    if source is not None and other is not None:
        if (source.in_force_from, source.in_force_to) == (other.in_force_from, other.in_force_to):
            source = other
    return evolve(duty, title=same.title, clause=same.clause, reading=same.reading, owed_by=same.owed_by, source=source)


def _with_bits(duty: Duty, bits: dict[Atom, int]) -> Duty:
    """The rule with its conditions over these bits; atoms that are new here get the next ones."""

    def bit(atom: Atom) -> int:
        if atom not in bits:
            bits[atom] = 1 << len(bits)
        return bits[atom]

    def again(mask: Mask) -> Mask:
        return compile_mask(mask.source, bit)

    return evolve(
        duty,
        when=again(duty.when),
        unless=again(duty.unless) if duty.unless is not None else None,
        owed_to=tuple(evolve(case, when=again(case.when)) if case.when is not None else case for case in duty.owed_to),
    )


def _joined(newer: FrozenMap[str, T], standing: FrozenMap[str, T]) -> FrozenMap[str, T]:
    """What the newer one says, and what only the standing one has: former rules and old events may name it."""
    return FrozenMap({**newer, **{name: value for name, value in standing.items() if name not in newer}})


def _sources(newer: Policy, standing: Policy) -> FrozenMap[str, tuple[tuple[MarkRule, MarkSource], ...]]:
    found = dict(newer.mark_sources)
    for kind, pairs in standing.mark_sources.items():
        found[kind] = (*found.get(kind, ()), *(pair for pair in pairs if pair[0].id not in newer.marks))
    return FrozenMap(found)
