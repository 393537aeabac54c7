"""Linking duties: to whom, from which mark, within what, met by what, and what must come first.

Nothing here reads a file; ``link.py`` links what all documents share and the gates.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ir_policy.clocks import GivenByEvent, LatestStart
from ir_policy.rules.conditions import ALWAYS
from ir_policy.rules.dead import duty_flaws
from ir_policy.rules.model import (
    INTERNAL,
    ActMatch,
    DoneBefore,
    Duty,
    Given,
    IfMissed,
    Need,
    OnScopeExit,
    Per,
    Recipients,
    Within,
)  # fmt: skip
from ir_policy.rules.names import Names
from ir_policy.rules.parts import LimitDoc
from ir_policy.rules.shape import Shaped
from ir_policy.terms import EVENT_INSTANTS, FINDINGS, OF_INCIDENTS, Basis, Clause, Severity, Source

__all__ = ["DutyLinks", "prefix_of"]

_Path = tuple[str | int, ...]
ENABLING: Final = "enabling"
"""What a duty starts from whose clock is set by those that need it."""


class DutyLinks(Names):
    """The duties of one policy's documents, every name in them looked up."""

    def _duty(self, part: Shaped, full: str, id_: str, rule: Any) -> Duty:
        path: _Path = ("duties", id_)
        self._reading(part, (*path, "reading"), rule.reading)
        for section, names in (
            ("owed_by", (rule.owed_by,)),
            ("waivable_by", rule.waivable_by),
            ("exempted_by", rule.exempted_by),
        ):
            for name in names:
                self._known(part, (*path, section), "role", name, self.roles)
        for role in rule.refers_to:
            self._known(part, (*path, "refers_to"), "role", role, self.roles)
        enables = any(isinstance(limit.limit, LatestStart) for limit in rule.within.values())
        marks, latest = ((), False) if enables else rule.starts
        for mark in marks:
            self._known(part, (*path, "starts"), "mark", mark, self.marks)
        if rule.sets:
            self._known(part, (*path, "sets"), "mark", rule.sets, self.marks)
        self._flaws(part, path, duty_flaws(rule))
        if rule.basis is None:
            basis = {"law": Basis.STATUTE, "contract": Basis.CONTRACT}.get(part.kind, Basis.POLICY)
        else:
            basis = rule.basis
        statutory = Basis.STATUTE in (basis, *(limit.basis for limit in rule.within.values()))
        if statutory and rule.waivable_by:
            self._flaw(part, (*path, "waivable_by"), "a statutory duty cannot be waived", "remove it")
        if statutory and rule.not_for:
            self._flaw(part, (*path, "not_for"), "no outcome of closing ends a statutory duty", "remove it")
        per = Per(rule.per) if rule.per else (Per.EPISODE if part.kind == "policy" else Per.INCIDENT)
        return Duty(
            id=full, title=rule.title, clause=Clause(rule.clause), document=part.id,
            basis=self._effective(basis, rule.reading), source=_source(rule.source), reading=rule.reading,
            owed_by=rule.owed_by, owed_to=self._recipients(part, path, rule.owed_to),
            when=self._mask(part, (*path, "when"), rule.when if rule.when is not None else ALWAYS),
            unless=self._mask(part, (*path, "unless"), rule.unless) if rule.unless is not None else None,
            starts=marks, starts_latest=latest, within=self._within(part, path, rule.within, basis, rule.reading),
            opens_after=rule.opens_after, met_by=tuple(self._act(part, path, act) for act in rule.met_by),
            must_state=rule.must_state, sets=rule.sets, act=rule.act, per=per,
            on_scope_exit=OnScopeExit(rule.on_scope_exit), if_missed=IfMissed(rule.if_missed),
            done_before=DoneBefore(rule.done_before), again_on_raise=rule.again_on,
            waivable_by=rule.waivable_by, exempted_by=rule.exempted_by, given=self._given(part, path, rule),
            not_for=tuple(sorted(rule.not_for)), needs=self._need(part, path, rule), refers_to=rule.refers_to,
        )  # fmt: skip

    def _need(self, part: Shaped, path: _Path, rule: Any) -> Need | None:
        """What comes first; and what is owed because others need it has no clock and no recipients of its own."""
        if any(isinstance(limit.limit, LatestStart) for limit in rule.within.values()):
            if rule.starts != ((ENABLING,), False):
                hint = f"write 'starts: {ENABLING}': what needs it sets its clock"
                self._flaw(part, (*path, "starts"), "a latest start has no mark of its own", hint)
            if len(rule.within) != 1:
                self._flaw(part, (*path, "within"), "'latest start' is one limit for every level")
            for word in ("owed_to", "needs", "opens_after", "again_on", "sets"):
                if getattr(rule, word) != type(rule).model_fields[word].default:
                    self._flaw(part, (*path, word), f"'{word}' does not belong to a latest start", "remove it")
        if rule.needs is None:
            return None
        self._known(part, (*path, "needs", "duty"), "duty", rule.needs.duty, self._duty_ids)
        return Need(rule.needs.duty, rule.needs.lead)

    def _given(self, part: Shaped, path: _Path, rule: Any) -> Given | None:
        """What the events that ask for it say; one limit and one mark, and an item where one recipient may owe more."""
        asked = any(isinstance(limit.limit, GivenByEvent) for limit in rule.within.values())
        if rule.given is None:
            if asked:
                self._flaw(part, path, "'given' is missing", "say which field of the event says until when")
            elif any(doc.told for doc in rule.owed_to):
                self._flaw(part, (*path, "owed_to"), "'told' belongs to a limit that is given by the event")
            return None
        if not asked or len(rule.within) != 1:
            self._flaw(part, (*path, "given"), "belongs to one limit that is 'given by the event'")
        marks = [self.marks[mark] for mark in rule.starts[0] if mark in self.marks]
        kinds = tuple(sorted(s.name for mark in marks for s in mark.sources if s.kind == "event"))
        if not kinds and marks:
            self._flaw(part, (*path, "starts"), "is set by no event that could say until when")
        if any(doc.told for doc in rule.owed_to):
            self._field_of(part, (*path, "owed_to"), "recipients", kinds)
        for field in filter(None, (rule.given.item, rule.given.owner)):
            self._field_of(part, (*path, "given"), field, kinds)
        for kind in kinds:
            known = EVENT_INSTANTS.get(kind, ())
            self._known(part, (*path, "given", "due"), f"instant of '{kind}'", rule.given.due, known)
        return Given(kinds, rule.given.due, rule.given.item, rule.given.owner)

    def _check_followed(self, duties: dict[str, Duty]) -> None:
        """A duty owed to whoever another one is owed to follows one that does not follow any itself."""
        for part in self.parts:
            for id_, rule in part.held["duties"].items():
                for doc in rule.owed_to:
                    if doc.owed and any(case.owed for case in getattr(duties.get(doc.owed), "owed_to", ())):
                        what = f"'{doc.owed}' itself follows another duty"
                        self._flaw(part, ("duties", id_, "owed_to"), what, "follow that one")

    def _check_needed(self, duties: dict[str, Duty]) -> None:
        """What enables is needed by something, and what is needed enables."""
        needed = {duty.needs.duty for duty in duties.values() if duty.needs is not None}
        for part in self.parts:
            for id_, rule in part.held["duties"].items():
                duty = duties.get(prefix_of(part) + id_)
                if duty is not None and duty.enables and duty.id not in needed:
                    self._flaw(part, ("duties", id_), "no duty needs it", "name it under 'needs' of those that do")
                other = duties.get(rule.needs.duty) if rule.needs is not None else None
                if other is not None and not other.enables:
                    what = f"'{other.id}' has a clock of its own"
                    self._flaw(part, ("duties", id_, "needs", "duty"), what, "write 'within: latest start' there")

    def _effective(self, basis: Basis, *readings: str) -> Basis:
        """What stands behind a limit: a reading that adds to the source only advises until it is accepted."""
        for name in readings:
            reading = self.readings.get(name)
            if reading is not None and reading.advisory and basis.binds:
                return Basis.ADVISORY
        return basis

    def _within(
        self, part: Shaped, path: _Path, limits: dict[Severity | None, LimitDoc], basis: Basis, reading: str
    ) -> tuple[Within | None, ...]:
        built: dict[Severity | None, Within] = {}
        for level, doc in limits.items():
            self._reading(part, (*path, "within", *((level.value,) if level else ()), "reading"), doc.reading)
            own = doc.reading or reading
            built[level] = Within(doc.limit, self._effective(doc.basis or basis, reading, doc.reading), own)
        return tuple(built.get(level, built.get(None)) for level in Severity)

    def _recipients(self, part: Shaped, path: _Path, docs: Iterable[Any]) -> tuple[Recipients, ...]:
        found = []
        for doc in docs:
            when = self._mask(part, (*path, "owed_to"), doc.when) if doc.when is not None else None
            if doc.owed:
                self._known(part, (*path, "owed_to"), "duty", doc.owed, self._duty_ids)
            if doc.owed or doc.told:
                found.append(Recipients(when, "", owed=doc.owed, told=doc.told))
            elif doc.each:
                self._known(part, (*path, "owed_to"), "family", doc.each, self.families)
                if doc.among:
                    self._known(part, (*path, "owed_to"), "group", doc.among, self._groups)
                found.append(Recipients(when, "", doc.each, self._groups.get(doc.among, frozenset()), doc.among,
                                        doc.as_ or doc.each, doc.unnamed))  # fmt: skip
            else:
                found.append(Recipients(when, self._lead(doc.to)))
        return tuple(found) or (Recipients(None, INTERNAL),)

    def _lead(self, recipient: str) -> str:
        """``authority/lead`` is whatever country the company says leads; nobody in particular until it does."""
        group, slash, member = recipient.partition("/")
        if not slash or member != "lead":
            return recipient
        return f"{group}/{self.company.held['lead_authority'] or 'unspecified'}"

    def _act(self, part: Shaped, path: _Path, act: Any) -> ActMatch:
        register: dict[str, Iterable[str]] = {
            "event": OF_INCIDENTS, "step": self.steps, "finding": FINDINGS, "holding": self.roles
        }  # fmt: skip
        word = "role" if act.kind == "holding" else act.kind
        for name in act.names if act.kind in register else ():
            self._known(part, (*path, "met_by"), word, name, register[act.kind])
        return ActMatch(act.kind, act.names, act.stage)


def prefix_of(part: Shaped) -> str:
    return f"{part.held['prefix']}." if part.held.get("prefix") else ""


def _source(doc: Any) -> Source | None:
    if doc is None:
        return None
    return Source(doc.cite, doc.checked, doc.review_by, doc.in_force_from, doc.in_force_to, doc.evidence)
