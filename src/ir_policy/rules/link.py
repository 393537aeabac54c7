"""Linking: every name a rule uses is looked up, every condition gets its bits, every flaw its place.

Facts, families, marks, readings and groups are shared by all documents of a policy; rules are named within their
document. Nothing here reads a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any, Final

from attrs import astuple, evolve

from ir_policy.rules.about import About
from ir_policy.rules.conditions import ALWAYS, BARE, Atom, bits_of
from ir_policy.rules.dead import gate_flaws, never_set
from ir_policy.rules.link_about import link_about
from ir_policy.rules.link_duties import DutyLinks, prefix_of
from ir_policy.rules.link_templates import link_template
from ir_policy.rules.messages import Rhythm
from ir_policy.rules.model import (
    INTERNAL,
    Duty,
    Fact,
    Family,
    Forbidden,
    Form,
    Gate,
    MarkRule,
    MarkSource,
    NoticeRules,
    Per,
    PhaseRule,
    Polarity,
    RaiseRules,
    Reading,
    Release,
    RoleRule,
    SeverityRow,
)  # fmt: skip
from ir_policy.rules.names import TemplatePlace, named_in
from ir_policy.rules.shape import Shaped
from ir_policy.rules.templates import Template
from ir_policy.terms import (
    EVENT_INSTANTS,
    FINDINGS,
    OF_INCIDENTS,
    Clause,
    FrozenMap,
    Phase,
    Severity,
)

__all__ = ["Linker"]

_Path = tuple[str | int, ...]
_MOST_HINTS: Final = 100
"""Finding the nearest word takes milliseconds; a document with more slips than this has another trouble."""


class Linker(DutyLinks):
    """One pass over the documents of a policy; afterwards ``problems`` is empty or the parts are of no use."""

    def __init__(self, parts: list[Shaped], whole: bool) -> None:
        super().__init__(parts, whole)
        self._places: dict[str, tuple[Shaped, _Path]] = {}
        self._link_shared()
        self._link_severity()
        self._link_rules()
        self._check_rhythm()
        self.templates: FrozenMap[str, Template] = FrozenMap(self._link_templates())
        self.about: About = link_about(self.company.held, self)
        self.bits: FrozenMap[Atom, int] = FrozenMap(self._bits)

    # --- what all documents share -----------------------------------------------------------------------

    def _link_shared(self) -> None:
        held = self.company.held
        self.roles = FrozenMap(
            {
                id_: RoleRule(id_, rule.title, rule.contact, rule.does, rule.held_by == "one", rule.succession,
                              rule.warns_with, rule.readings)
                for id_, rule in held["roles"].items()
            }
        )  # fmt: skip
        self.notices = self._notices()
        self.steps = frozenset(held["steps"])
        self._groups = self._merged("groups", lambda _, members: frozenset(members), "another group of that name")
        self.facts: FrozenMap[str, Fact] = FrozenMap(
            self._merged("facts", lambda id_, rule: Fact(id_, rule.means, Polarity(rule.polarity)),
                         "another polarity of this fact", lambda fact: fact.polarity)
        )  # fmt: skip
        self.families: FrozenMap[str, Family] = FrozenMap(self._link_families())
        for part in self.parts:
            for id_ in part.held.get("facts", {}):
                if id_ in BARE:
                    self._flaw(
                        part, ("facts", id_), f"'{id_}' is a word of conditions", "name the fact otherwise", key=True
                    )
        self.readings: FrozenMap[str, Reading] = FrozenMap(
            self._merged("readings", _reading, "another reading of that name", astuple)
        )
        for name in self.notices.readings:
            self._reading(self.company, ("notices", "readings"), name)
        self._reading(self.company, ("notices", "approval", "reading"), self.notices.approval_reading)
        self.marks: FrozenMap[str, MarkRule] = FrozenMap(self._link_marks())
        by_kind: dict[str, list[tuple[MarkRule, MarkSource]]] = {}
        for mark in self.marks.values():
            for source in mark.sources:
                kind = {"finding": "breach-finding", "fact": "facts-reported"}.get(source.kind, source.name)
                if source.kind in ("event", "finding", "fact"):
                    by_kind.setdefault(kind, []).append((mark, source))
        self.mark_sources = FrozenMap({kind: tuple(found) for kind, found in by_kind.items()})

    def _notices(self) -> NoticeRules:
        rule = self.company.held["notices"]
        if rule is None:
            return NoticeRules((INTERNAL,), "", None, False, (), "", None)
        approval = rule.approval
        reading = approval.reading if approval is not None else ""
        own = self.company.held["readings"].get(reading)
        binds = approval is not None and (own is None or not own.adds or bool(own.accepted_by))
        return NoticeRules(tuple(sorted(rule.inside)), rule.in_drills,
                           approval.good_for if approval is not None else None, binds, rule.readings, reading, self._rhythm(rule.rhythm))  # fmt: skip

    def _rhythm(self, rule: Any) -> Rhythm | None:
        if rule is None:
            return None
        every = {Severity[level]: length for level, length in sorted(rule.every.items())}
        return Rhythm(rule.after, FrozenMap(every), rule.until, rule.reading)

    def _check_rhythm(self) -> None:
        """The duty and the marks that a rhythm names, once all are known."""
        rhythm, path = self.notices.rhythm, ("notices", "rhythm")
        if rhythm is None:
            return
        self._known(self.company, (*path, "after"), "duty", rhythm.after, self._duty_ids)
        for mark in rhythm.until:
            self._known(self.company, (*path, "until"), "mark", mark, self.marks)
        self._reading(self.company, (*path, "reading"), rhythm.reading)

    def _merged(
        self,
        section: str,
        build: Callable[[str, Any], Any],
        conflict: str,
        same: Callable[[Any], object] = lambda built: built,
    ) -> dict[str, Any]:
        """One register from a section of all documents. Saying a thing twice is fine when both agree."""
        merged: dict[str, Any] = {}
        for part in self.parts:
            for id_, rule in part.held.get(section, {}).items():
                built = build(id_, rule)
                if id_ in merged and same(merged[id_]) != same(built):
                    self._flaw(part, (section, id_), f"'{id_}': an earlier document has {conflict}", key=True)
                merged.setdefault(id_, built)
        return dict(sorted(merged.items()))

    def _link_families(self) -> dict[str, Family]:
        """Families of one name are one family; each document may add members known for certain."""
        families = self._merged(
            "families", _family, "another polarity or other members of this family", lambda f: (f.polarity, f.members)
        )
        for part in self.parts:
            for id_, rule in part.held.get("families", {}).items():
                strange = sorted(set(rule.known) - families[id_].members) if families[id_].members else []
                if strange:
                    what = f"'{strange[0][:60]}' is no member of the family"
                    self._flaw(part, ("families", id_, "known"), what, "name it under 'members' too")
                known = tuple(sorted({*families[id_].known, *rule.known}))
                families[id_] = evolve(families[id_], known=known)
        return families

    def _link_marks(self) -> dict[str, MarkRule]:
        """Marks of one name in several documents are one mark, set by anything that sets any of them."""
        marks: dict[str, MarkRule] = {}
        for part in self.parts:
            for id_, rule in part.held.get("marks", {}).items():
                sources = tuple(self._mark_source(part, id_, index, s) for index, s in enumerate(rule.set_by))
                before = marks.get(id_)
                if before is not None and before.per is not Per(rule.per):
                    what = f"'{id_}': an earlier document counts this mark per {before.per.value}"
                    self._flaw(part, ("marks", id_), what, key=True)
                for role in rule.corrected_by:
                    self._known(part, ("marks", id_, "corrected_by"), "role", role, self.roles)
                earlier = before.sources if before else ()
                new = tuple(s for s in sources if not any(_same_source(s, e) for e in earlier))
                corrected_by = tuple(dict.fromkeys((*(before.corrected_by if before else ()), *rule.corrected_by)))
                self._reading(part, ("marks", id_, "reading"), rule.reading)
                first = before if before is not None else rule
                marks[id_] = MarkRule(
                    id_, first.means, Per(rule.per), (*earlier, *new), first.reading or rule.reading, corrected_by
                )
        return dict(sorted(marks.items()))

    def _mark_source(self, part: Shaped, mark: str, index: int, source: Any) -> MarkSource:
        path = ("marks", mark, "set_by", index, source.kind)
        if source.kind == "event":
            self._known(part, path, "event", source.name, OF_INCIDENTS)
            if source.field and source.name in OF_INCIDENTS:
                fields = ("at", "recorded_at", *EVENT_INSTANTS.get(source.name, ()))
                place = (*path[:-1], "at")
                self._known(part, place, f"instant of '{source.name}'", source.field, fields)
            if source.saying:
                self._field_of(part, (*path[:-1], "saying"), source.saying, (source.name,))
        elif source.kind == "finding":
            self._known(part, path, "finding", source.name, FINDINGS)
        elif source.kind == "fact":
            self._known(part, path, "fact", source.name, self.facts)
        return MarkSource(source.kind, source.name, source.field, source.position, source.saying)

    # --- severity ---------------------------------------------------------------------------------------

    def _link_severity(self) -> None:
        held = self.company.held
        self.rows = tuple(self._row(id_, rule) for id_, rule in held["severity_rows"].items())
        self.rows = tuple(sorted(self.rows, key=lambda row: (row.level.index, row.id)))
        self._check_rows()
        rule = held["severity_raise"]
        if rule is None:
            if "severity_raise" not in self.company.tree.root:
                self._missing("severity_raise", "say what raises a level, and by how many")
            self.raises = RaiseRules(0, Clause(""), FrozenMap())
        else:
            self._reading(self.company, ("severity_raise", "reading"), rule.reading)
            masks = {
                id_: self._mask(self.company, ("severity_raise", "rules", id_), condition)
                for id_, condition in sorted(rule.rules.items())
            }
            self.raises = RaiseRules(rule.levels, Clause(rule.clause), FrozenMap(masks), rule.reading)
        self._check_one_sign()
        phases = held["phases"]
        for phase in Phase:
            if phase.value not in phases:
                self._missing(f"phases.{phase.value}", "each of the six phases has its clause")
        for name in phases:
            self._known(self.company, ("phases", name), "phase", name, [phase.value for phase in Phase], key=True)
        self.phases = tuple(
            PhaseRule(p, Clause(phases[p.value].clause), phases[p.value].means, phases[p.value].steps)
            for p in Phase
            if p.value in phases
        )
        for name, phase_rule in phases.items():
            for step in phase_rule.steps:
                self._known(self.company, ("phases", name, "steps"), "step", step, self.steps)
        for section in ("reopens_to", "at_risk"):
            if held[section] is None and section not in self.company.tree.root:
                self._missing(section)

    def _row(self, id_: str, rule: Any) -> SeverityRow:
        path = ("severity_rows", id_)
        self._reading(self.company, (*path, "reading"), rule.reading)
        if rule.otherwise == (rule.when is not None):
            self._flaw(self.company, path, "needs either 'when' or 'otherwise: yes'")
        mask = self._mask(self.company, (*path, "when"), rule.when if rule.when is not None else ALWAYS)
        level = Severity(rule.level)
        return SeverityRow(id_, Clause(rule.clause), level, mask, rule.otherwise, rule.example, rule.reading)

    def _check_rows(self) -> None:
        """The matrix always answers: one row is the explicit otherwise, and it is the mildest."""
        others = [row for row in self.rows if row.otherwise]
        written = self.company.tree.root.get("severity_rows", {})
        if not written:
            self._missing("severity_rows", "say which facts make which level")
            return
        if not isinstance(written, dict) or len(self.rows) < len(written):
            return  # what could not be read has been reported
        if len(others) != 1:
            self._missing("severity_rows", "exactly one row says 'otherwise: yes', so that the matrix always answers")
        elif any(others[0].level.worse_than(row.level) for row in self.rows):
            self._flaw(self.company, ("severity_rows", others[0].id), "the otherwise row is worse than another row")
        for level in Severity:
            if not any(row.level is level for row in self.rows):
                self._missing("severity_rows", f"no row gives {level.value}")

    def _check_one_sign(self) -> None:
        """Each fact makes the matrix worse or better, never both: then the range of what is open is exact."""
        positive: dict[Atom, str] = {}
        negative: dict[Atom, str] = {}
        rules = [(row.id, row.when, ("severity_rows", row.id, "when")) for row in self.rows]
        rules += [(id_, mask, ("severity_raise", "rules", id_)) for id_, mask in self.raises.rules.items()]
        by_bit = {bit: atom for atom, bit in self._bits.items()}
        for id_, mask, path in rules:
            musts, must_nots = reduce(lambda a, b: (a[0] | b[0], a[1] | b[1]), mask.terms, (0, 0))
            for bit in bits_of(mask.watch):
                atom = by_bit[bit]
                if musts & bit:
                    positive.setdefault(atom, id_)
                if must_nots & bit:
                    negative.setdefault(atom, id_)
                if atom.kind != "fact":
                    self._flaw(self.company, path, f"severity is decided by facts alone, not by '{atom}'",
                               "ask for a fact")  # fmt: skip
        self.worse_if_yes = sum(self._bits[atom] for atom in positive)
        self.worse_if_no = sum(self._bits[atom] for atom in negative)
        for atom in sorted(set(positive) & set(negative)):
            self._flaw(self.company, ("severity_rows", positive[atom]),
                       f"'{atom.name}' makes the level worse here and better in '{negative[atom]}'")  # fmt: skip

    # --- duties and gates -------------------------------------------------------------------------------

    def _link_rules(self) -> None:
        duties: dict[str, Duty] = {}
        gates: dict[str, Gate] = {}
        self._duty_ids = {prefix_of(part) + id_ for part in self.parts for id_ in named_in([part], "duties")}
        for part in self.parts:
            prefix = prefix_of(part)
            if part.kind != "policy" and not prefix:
                self._flaw(part, ("prefix",), "'prefix' is missing: a law's rules are named below it")
            for id_, rule in part.held["duties"].items():
                self._add(part, duties, "duties", prefix + id_, id_, self._duty(part, prefix + id_, id_, rule))
            for id_, rule in part.held["gates"].items():
                self._add(part, gates, "gates", prefix + id_, id_, self._gate(part, prefix + id_, id_, rule))
        self._check_followed(duties)
        self._check_starts(duties)
        self._check_needed(duties)
        self.duties = FrozenMap(dict(sorted(duties.items())))
        self.gates = FrozenMap(dict(sorted(gates.items())))

    def _check_starts(self, duties: dict[str, Duty]) -> None:
        """A duty whose clock nothing can start would silently not be there."""
        written = [part.tree.root.get("duties", {}) for part in self.parts]
        if sum(len(rules) if isinstance(rules, dict) else 1 for rules in written) > len(duties):
            return  # what could not be read may be what sets the mark, and has been reported
        for full, mark in never_set(duties, self.marks):
            if mark in self.marks:
                what = f"nothing can ever set the mark '{mark}'"
                self._flaw(*self._places[full], what, "say under 'marks' what sets it")

    def _add(self, part: Shaped, register: dict[str, Any], section: str, full: str, id_: str, rule: Any) -> None:
        if full in register:
            self._flaw(part, (section, id_), f"'{full}' is already a rule of an earlier document", key=True)
        register[full] = rule
        self._places[full] = (part, (section, id_, "starts"))

    def _link_templates(self) -> dict[str, Template]:
        """The texts kept ready, of the company and of its contracts."""
        found: dict[str, Template] = {}
        for part in self.parts:
            for id_, rule in part.held.get("templates", {}).items():
                full = prefix_of(part) + id_
                if full in found:
                    self._flaw(part, ("templates", id_), f"'{full}' is already a text of an earlier document", key=True)
                found[full] = link_template(full, rule, part.id, TemplatePlace(self, part, ("templates", id_)))
        return dict(sorted(found.items()))

    def _gate(self, part: Shaped, full: str, id_: str, rule: Any) -> Gate:
        path: _Path = ("gates", id_)
        self._reading(part, (*path, "reading"), rule.reading)
        self._flaws(part, path, gate_flaws(rule))
        for section in ("who", "waivable_by"):
            for name in getattr(rule, section):
                self._known(part, (*path, section), "role", name, self.roles)
        register: dict[str, Iterable[str]] = {"step": self.steps, "event": OF_INCIDENTS, "finding": FINDINGS}
        for index, forbidden in enumerate(rule.forbids):
            kind = forbidden.kind
            if kind in register:
                self._known(part, (*path, "forbids", index, kind), kind, forbidden.name, register[kind])
        until = []
        for release in rule.until:
            for name in release.roles:
                self._known(part, (*path, "until"), "role", name, self.roles)
            for name in (*release.states, *((release.form.field,) if release.form is not None else ())):
                self._field_of(part, (*path, "until"), name, _kinds_of(rule.forbids))
            mask = (
                self._mask(part, (*path, "until"), release.condition, of_gate=True)
                if release.condition is not None
                else None
            )
            form = Form(release.form.field, release.form.like, release.form.at_most) if release.form else None
            if release.author not in ("", "another"):
                self._known(part, (*path, "until"), "role", release.author, self.roles)
            until.append(
                Release(mask, release.roles, release.states, form, release.person, release.notice, release.author)
            )
        when = rule.when
        return Gate(
            id=full, clause=Clause(rule.clause), document=part.id, says=rule.says, reading=rule.reading,
            forbids=tuple(Forbidden(f.kind, f.name) for f in rule.forbids),
            when=self._mask(part, (*path, "when"), when.condition if when is not None else ALWAYS, of_gate=True),
            only_on_yes=when is not None and when.only_on_yes, until=tuple(until), who=rule.who,
            waivable_by=rule.waivable_by, void=rule.void,
        )  # fmt: skip


_KINDS_OF_ACT: Final = {
    "step": "step-done", "phase": "phase-entered", "finding": "breach-finding", "decision": "severity-decided",
    "outcome": "closed", "notice": "notice-sent",
}  # fmt: skip


def _kinds_of(forbids: Iterable[Any]) -> tuple[str, ...]:
    """The kinds of event a gate forbids."""
    return tuple(sorted({_KINDS_OF_ACT.get(act.kind, act.name) for act in forbids}))


def _same_source(one: MarkSource, other: MarkSource) -> bool:
    return astuple(one) == astuple(other)


def _family(id_: str, rule: Any) -> Family:
    return Family(id_, rule.means, Polarity(rule.polarity), frozenset(rule.members), tuple(sorted(rule.known)))


def _reading(id_: str, rule: Any) -> Reading:
    return Reading(id_, Clause(rule.clause), rule.text, rule.options, rule.adds, rule.accepted_by)
