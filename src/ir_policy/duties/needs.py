"""What a gate that is shut still waits for, as things stand: only what is not so yet, and what is open of what must be settled.

The one wording of it: refusals, violations, the brief and explanations all ask here.
"""

from __future__ import annotations

from datetime import datetime

from ir_policy.duties.ledger import Ledger
from ir_policy.log.history import History
from ir_policy.rules.conditions import All, Any, Atom, Condition, Not
from ir_policy.rules.model import Duty, Gate, Per, Policy, Release
from ir_policy.rules.words import atom_words, condition_words, listed, release_words
from ir_policy.terms import Truth, rfc3339

__all__ = ["Needs", "truth_of"]


def truth_of(policy: Policy, atom: Atom, known: tuple[int, int]) -> Truth:
    """What is known of one atom."""
    bit, (yes, no) = policy.bits.get(atom, 0), known
    return Truth.YES if bit & yes else Truth.NO if bit & no else Truth.UNKNOWN


class Needs:
    """What would open gates in one state, at one instant; ``known`` are the atoms known to be so and not so then."""

    def __init__(self, policy: Policy, history: History, ledger: Ledger, known: tuple[int, int], at: datetime) -> None:
        self.policy = policy
        self.history = history
        self.ledger = ledger
        self.known = known
        self.at = at

    def of(self, gate: Gate) -> tuple[str, ...]:
        """Everything that is missing, in words; several ways through are one entry, joined by "or"."""
        ways = [self._lacking_of(release) for release in gate.until]
        if gate.only_on_yes and not gate.until:
            so = self._so(gate.when.source) or [condition_words(self.policy, gate.when.source)]
            ways.append([f"an end of this first: {listed(so)}"])
        elif not gate.when.holds(*self.known):
            ways.append(self._lacking(gate.when.source, so=False))
        if len(ways) == 1:
            return tuple(ways[0])
        return (", or ".join(" and ".join(way) for way in ways),)

    def _lacking_of(self, release: Release) -> list[str]:
        if release.condition is not None:
            return self._lacking(release.condition.source, so=True)
        detected = self.history.detection
        day = self.policy.calendar.local_date(detected.at).strftime("%Y%m%d") if detected is not None else ""
        return [release_words(self.policy, release, day)]

    def _lacking(self, condition: Condition, so: bool) -> list[str]:
        """What must still come for the condition to be so, or not so; all of it is needed."""
        if isinstance(condition, Not):
            return self._lacking(condition.part, not so)
        if isinstance(condition, Atom):
            wanted = Truth.YES if so else Truth.NO
            return [] if truth_of(self.policy, condition, self.known) is wanted else [self._wanted([condition], so)]
        if isinstance(condition, All) is so:
            return self._all_lacking(condition.parts, so)
        ways = [self._lacking(part, so) for part in condition.parts]
        return [", or ".join(" and ".join(way) for way in ways)] if all(ways) else []

    def _all_lacking(self, parts: tuple[Condition, ...], so: bool) -> list[str]:
        """What is lacking of several that are all needed; answers of one kind are asked for in one breath."""
        facts: dict[bool, list[Atom]] = {True: [], False: []}
        found: list[str] = []
        for part in parts:
            inner, sign = (part.part, not so) if isinstance(part, Not) else (part, so)
            if isinstance(inner, Atom) and inner.kind == "fact":
                if self._lacking(inner, sign):
                    facts[sign].append(inner)
            else:
                found += self._lacking(part, so)
        return [*found, *(self._wanted(asked, sign) for sign, asked in facts.items() if asked)]

    def _wanted(self, atoms: list[Atom], so: bool) -> str:
        """The answer to facts, or the thing itself, that is wanted."""
        if atoms[0].kind in ("fact", "some"):
            families = {atom.name.partition("/")[0] for atom in atoms}
            named = [atom_words(self.policy, atom) for atom in atoms]
            if len(families) == 1:  # what the members mean is said once
                named[:-1] = [atom.name for atom in atoms[:-1]]
            return f"a {'yes' if so else 'no'} to {listed(named)}"
        (atom,) = atoms
        if atom.kind == "settled" and so:
            return self._settled(atom.name)
        words = atom_words(self.policy, atom)
        return words if so else f"not {words}"

    def _settled(self, name: str) -> str:
        """What is open of a duty, or of all that a statute stands behind, each with its limit."""
        rules = self.policy.rules_of(name)
        if rules:
            duty = rules[-1]
            return f"'{duty.title}' to be settled (open: {'; '.join(self._open(duty))})"
        by_law = self.policy.asked_about(name)
        still = [f"'{one.title}': {'; '.join(self._open(one))}" for one in by_law if self._open(one)]
        return f"what a {name} asks for to be settled (open: {'; '.join(still)})"

    def _open(self, duty: Duty) -> list[str]:
        found = []
        for entry in self.ledger.open_of(duty.id, None if duty.per is Per.INCIDENT else self.history.episode):
            if not entry.is_open(self.at):
                continue
            due = entry.due
            if due is not None and due.deadline is not None:
                found.append(f"{entry.key}, due {rfc3339(due.deadline.at)}")
            else:
                found.append(f"{entry.key}, due {due.within.limit}" if due is not None else entry.key)
        return found

    def _so(self, condition: Condition) -> list[str]:
        """What is known to be so among what a condition asks."""
        if isinstance(condition, (All, Any)):
            return [words for part in condition.parts for words in self._so(part)]
        if isinstance(condition, Not):
            return []
        return [atom_words(self.policy, condition)] if truth_of(self.policy, condition, self.known) is Truth.YES else []
