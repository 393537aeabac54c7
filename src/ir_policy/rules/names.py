"""The names of one policy's documents: which there are, whether a used one is among them, and where it went wrong.

Conditions get their bits here. Nothing here knows how a rule is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ir_policy.errors import Problem
from ir_policy.rules.conditions import BARE, Atom, Condition, ConditionFault, Mask, atoms, compile_mask
from ir_policy.rules.dead import Flaw
from ir_policy.rules.model import Fact, Family, MarkRule, Reading, RoleRule
from ir_policy.rules.shape import Shaped, in_one_line
from ir_policy.terms import EVENT_FIELDS, FINDINGS, Basis, FrozenMap, nearest

__all__ = ["Names", "TemplatePlace", "named_in"]

_Path = tuple[str | int, ...]
_MOST_HINTS: Final = 100
"""Finding the nearest word takes milliseconds; a document with more slips than this has another trouble."""


class Names:
    """Every register of names, filled in as the documents are linked, and the problems found with them."""

    roles: FrozenMap[str, RoleRule]
    steps: frozenset[str]
    facts: FrozenMap[str, Fact]
    families: FrozenMap[str, Family]
    readings: FrozenMap[str, Reading]
    marks: FrozenMap[str, MarkRule]
    _duty_ids: set[str]

    def __init__(self, parts: list[Shaped], whole: bool) -> None:
        self.parts = parts
        self.company = parts[0]
        self.problems: list[Problem] = []
        self._bits: dict[Atom, int] = {}
        self._groups: dict[str, frozenset[str]] = {}
        # What is defined but could not be read has been reported there; who uses it is not to blame.
        self._half_read = {what: set(named_in(parts, section)) for what, section in _DEFINED.items()}
        roots = [part.tree.root for part in parts]
        self._unread = {w for w, s in _DEFINED.items() if any(not isinstance(root.get(s, {}), dict) for root in roots)}
        # A law that was not found is reported where it is named; who asks for its duties is not to blame.
        if not whole or any(not isinstance(root.get("duties", {}), dict) for root in roots):
            self._unread.add("duty")
        for what, sections in (("program", ("people", "signals")), ("person or role", ("people", "roles"))):
            if not all(_read_whole(self.company, section) for section in sections):
                self._unread.add(what)

    def _mask(self, part: Shaped, path: _Path, condition: Condition, *, of_gate: bool = False) -> Mask:
        for atom in atoms(condition):
            register: Iterable[str] | None = {
                "mark": self.marks, "step": self.steps, "finding": FINDINGS, "some": self.families
            }.get(atom.kind)  # fmt: skip
            if atom.kind == "settled":
                if not of_gate:
                    what = "only gates may ask whether a duty is settled"
                    self._flaw(part, path, what, "let the duty start from a mark that the other one sets")
                    continue
                self._known(part, path, "duty", atom.name, {*self._duty_ids, Basis.STATUTE.value})
            if atom.kind == "fact":
                self._known_fact(part, path, atom.name)
            elif register is not None:
                self._known(part, path, {"some": "family"}.get(atom.kind, atom.kind), atom.name, register)
        try:
            return compile_mask(condition, self._bit)
        except ConditionFault as fault:
            self._flaw(part, path, fault.what, fault.hint)
            return Mask((), 0, condition)

    def _bit(self, atom: Atom) -> int:
        return self._bits.setdefault(atom, 1 << len(self._bits))

    def _known_fact(self, part: Shaped, path: _Path, name: str) -> None:
        family, slash, member = name.partition("/")
        rule = self.families.get(family) if slash else None
        if rule is not None and (not rule.members or member in rule.members):
            return
        self._known(part, path, "fact", name, (*self.facts, *BARE))

    def _known(
        self, part: Shaped, path: _Path, what: str, name: str, register: Iterable[str], *, key: bool = False
    ) -> None:
        known = list(register)
        if name not in known and what not in self._unread and name not in self._half_read.get(what, ()):
            hint = nearest(name, known) if len(self.problems) < _MOST_HINTS else ""
            self._flaw(part, path, f"unknown {what} '{name[:60]}'", hint, key=key)

    def known(self, path: _Path, what: str, name: str, register: Iterable[str] | None = None) -> None:
        """Report a name of the company's document unless it is known; for its descriptive sections."""
        if what == "fact":
            self._known_fact(self.company, path, name)
            return
        rules: dict[str, Iterable[str]] = {
            "duty": self._duty_ids, "reading": self.readings, "role": self.roles, "step": self.steps
        }  # fmt: skip
        self._known(self.company, path, what, name, rules[what] if register is None else register)

    def flaw(self, path: _Path, what: str, hint: str = "") -> None:
        """Report something wrong in the company's document; for its descriptive sections."""
        self._flaw(self.company, path, what, hint)

    def _field_of(self, part: Shaped, path: _Path, field: str, kinds: Iterable[str]) -> None:
        """Every one of these kinds of event can say the field."""
        for kind in kinds:
            if kind in EVENT_FIELDS:
                must, may = EVENT_FIELDS[kind]
                self._known(part, path, f"field of '{kind}'", field, (*must, *may))

    def _reading(self, part: Shaped, path: _Path, name: str) -> None:
        if name:
            self._known(part, path, "reading", name, self.readings)

    def _flaw(self, part: Shaped, path: _Path, what: str, hint: str = "", *, key: bool = False) -> None:
        self.problems.append(Problem(part.tree.where(path, key=key), in_one_line(what), hint))

    def _flaws(self, part: Shaped, path: _Path, found: Iterable[Flaw]) -> None:
        for below, what, hint in found:
            self._flaw(part, (*path, *below), what, hint)

    def _missing(self, section: str, hint: str = "") -> None:
        self.problems.append(
            Problem(f"{self.company.tree.name}: {section}", f"'{section}' is missing or incomplete", hint)
        )


class TemplatePlace:
    """One template of a document: names it uses are looked up, and what is wrong is reported below it."""

    def __init__(self, names: Names, part: Shaped, path: _Path) -> None:
        self._names, self._part, self._path = names, part, path

    def known(self, path: _Path, what: str, names: Iterable[str]) -> None:
        """Report each name unless it is known: a duty, a reading, a role or person."""
        owner = self._names
        register: Iterable[str] = {
            "duty": owner._duty_ids, "reading": owner.readings, "role or person": (*owner.roles, *owner.company.held["people"])
        }[what]  # fmt: skip
        for name in names:
            if name:
                owner._known(self._part, (*self._path, *path), what, name, register)

    def flaw(self, path: _Path, what: str, hint: str = "") -> None:
        """Report something that is wrong at that place."""
        self._names._flaw(self._part, (*self._path, *path), what, hint)


_DEFINED: Final = {
    "fact": "facts", "family": "families", "group": "groups", "mark": "marks", "reading": "readings", "role": "roles",
    "step": "steps", "channel": "channels", "chapter": "clauses", "dependency": "dependencies", "function": "functions",
    "open question": "open_questions", "person": "people", "reference": "references",
}  # fmt: skip


def _read_whole(part: Shaped, section: str) -> bool:
    """Whether every rule of a section could be read."""
    written = part.tree.root.get(section, {})
    return isinstance(written, dict) and len(part.held.get(section, written)) == len(written)


def named_in(parts: Iterable[Shaped], section: str) -> Iterator[str]:
    """Every name a section defines, whether or not what stands behind it could be read."""
    for part in parts:
        written = part.tree.root.get(section)
        if isinstance(written, dict):
            yield from written
