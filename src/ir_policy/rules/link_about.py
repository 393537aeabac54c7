"""Linking the descriptive sections: every name they use is looked up, and what they say of each other must agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final, Protocol, TypeAlias

from ir_policy.rules.about import (
    NOT_SET,
    About,
    Acknowledgement,
    Assumption,
    Channel,
    Chapter,
    Covered,
    Dependency,
    Exercise,
    LeftOut,
    Objective,
    OpenQuestion,
    SeeAlso,
    Setting,
    Signal,
    Tool,
)  # fmt: skip
from ir_policy.rules.sections import ScopeDoc
from ir_policy.terms import EVENT_FIELDS, LEVELS, Clause, FrozenMap, Severity, is_id

__all__ = ["Registers", "link_about"]

_Path: TypeAlias = tuple[str | int, ...]


class Registers(Protocol):
    """What this module asks of whoever knows the names of the rules: :class:`~ir_policy.rules.names.Names`."""

    def known(self, path: _Path, what: str, name: str, register: Iterable[str] | None = None) -> None:
        """Report the name unless it is known: in the register given, else among the rules of that kind."""

    def flaw(self, path: _Path, what: str, hint: str = "") -> None:
        """Report something that is wrong at that place."""


def link_about(held: Mapping[str, Any], names: Registers) -> About:
    """The descriptive sections of the company's document, linked; what is wrong is reported to ``names``."""
    return _Linked(held, names).about()


class _Linked:
    """One pass over the descriptive sections."""

    def __init__(self, held: Mapping[str, Any], names: Registers) -> None:
        self.held = held
        self.flaw = names.flaw
        self.known = names.known
        self.scope: ScopeDoc = held["scope"] or ScopeDoc.model_construct(covers={}, leaves_out={})

    def about(self) -> About:
        held = self.held
        self._people()
        self._clauses()
        channels, dependencies = self._each("channels", self._channel), self._each("dependencies", self._dependency)
        self._channels_and_dependencies_agree()
        self._signals_differ()
        self._owed_under_names_of_their_own()
        if held["scope"] is not None and not self.scope.covers:
            self.flaw(("scope", "covers"), "the policy covers nothing", "say which kinds of incident it speaks about")
        return About(
            project=held["project"], owner=held["owner"], reviewers=held["reviewers"], language=held["language"],
            updated=held["updated"], tags=held["tags"], summary=held["summary"], context=held["context"],
            people=_sorted(held["people"]), functions=_sorted(held["functions"]),
            clauses=self._each("clauses", lambda id_, rule, _: Chapter(id_, rule.title, rule.page)),
            covers=self._scope_part("covers", self.scope.covers, self._covered),
            leaves_out=self._scope_part("leaves_out", self.scope.leaves_out, self._left_out),
            objectives=self._each("objectives", self._objective), dependencies=dependencies, channels=channels,
            signals=self._each("signals", lambda id_, rule, _: Signal(id_, Clause(rule.clause), rule.means, rule.source)),
            tooling=self._each("tooling", self._tool), exercises=self._each("exercises", self._exercise),
            assumptions=self._each("assumptions", self._assumption),
            open_questions=self._each("open_questions", self._open_question),
            references=self._each("references", self._see_also), drawn_from=self._each("drawn_from", self._see_also),
            calendar_reading=self._calendar_reading(),
        )  # fmt: skip

    def _each(self, section: str, build: Callable[[str, Any, _Path], Any]) -> FrozenMap[str, Any]:
        rules = sorted(self.held[section].items())
        return FrozenMap({id_: build(id_, rule, (section, id_)) for id_, rule in rules})

    def _scope_part(
        self, part: str, rules: Mapping[str, Any], build: Callable[[str, Any, _Path], Any]
    ) -> FrozenMap[str, Any]:
        return FrozenMap({id_: build(id_, rule, ("scope", part, id_)) for id_, rule in sorted(rules.items())})

    # --- one rule of each section ---

    def _covered(self, id_: str, rule: Any, path: _Path) -> Covered:
        self._all_known((*path, "facts"), "fact", rule.facts)
        return Covered(id_, Clause(rule.clause), rule.means, rule.facts)

    def _left_out(self, id_: str, rule: Any, path: _Path) -> LeftOut:
        self._all_known((*path, "fact"), "fact", (rule.fact,))
        return LeftOut(id_, Clause(rule.clause), rule.means, rule.fact, rule.unless)

    def _objective(self, id_: str, rule: Any, path: _Path) -> Objective:
        if bool(rule.target) == bool(rule.duty):
            self.flaw(path, "needs either 'target' or 'duty'", f"write 'target: {NOT_SET}' while nobody has given one")
        self._all_known((*path, "facts"), "fact", rule.facts)
        self._all_known((*path, "duty"), "duty", (rule.duty,))
        self._all_known((*path, "given_in"), "reference", (rule.given_in,))
        self._all_known((*path, "reading"), "reading", (rule.reading,))
        target = self._setting(path, "target", rule.target, rule.open_question)
        return Objective(
            id_, Clause(rule.clause), rule.means, target, rule.duty, rule.facts, rule.given_in, rule.reading
        )

    def _dependency(self, id_: str, rule: Any, path: _Path) -> Dependency:
        endangers = rule.endangers
        self._all_known((*path, "fact"), "fact", (rule.fact,))
        self._all_known((*path, "endangers", "functions"), "function", endangers.functions, self.held["functions"])
        self._all_known((*path, "endangers", "channels"), "channel", endangers.channels)
        self._all_known((*path, "reading"), "reading", (rule.reading,))
        return Dependency(id_, rule.title, Clause(rule.clause), rule.does, rule.fact, endangers.functions,
                          endangers.channels, rule.reading)  # fmt: skip

    def _channel(self, id_: str, rule: Any, path: _Path) -> Channel:
        self._all_known((*path, "carries"), "duty", rule.carries)
        self._all_known((*path, "depends_on"), "dependency", rule.depends_on)
        self._all_known((*path, "reading"), "reading", (rule.reading,))
        if rule.fallback not in ("", NOT_SET):
            self._fallback(id_, rule, (*path, "fallback"))
        fallback = self._setting(path, "fallback", rule.fallback, rule.open_question)
        return Channel(id_, Clause(rule.clause), rule.means, rule.carries, rule.depends_on, fallback, rule.reading)

    def _fallback(self, id_: str, rule: Any, path: _Path) -> None:
        """A channel that fails together with the one it stands in for is no way out."""
        if not is_id(rule.fallback):
            self.flaw(path, f"'{rule.fallback[:60]}' is not a channel", f"name one, or write '{NOT_SET}'")
            return
        self._all_known(path, "channel", (rule.fallback,))
        other = self.held["channels"].get(rule.fallback)
        if rule.fallback == id_:
            self.flaw(path, "a channel cannot stand in for itself", f"name another, or write '{NOT_SET}'")
        elif other is not None and set(other.depends_on) & set(rule.depends_on):
            shared = sorted(set(other.depends_on) & set(rule.depends_on))[0]
            self.flaw(path, f"'{rule.fallback}' depends on '{shared}' too", f"name another, or write '{NOT_SET}'")

    def _tool(self, id_: str, rule: Any, path: _Path) -> Tool:
        self._all_known((*path, "channel"), "channel", (rule.channel,))
        self._all_known((*path, "template"), "reference", (rule.template,))
        self._all_known((*path, "reading"), "reading", (rule.reading,))
        self._all_known((*path, "open_question"), "open question", (rule.open_question,))
        return Tool(
            id_, rule.title, Clause(rule.clause), rule.means, rule.channel, _sorted(rule.holds),
            self._kept_from(rule, path), rule.shown_by or "", rule.pattern,
            rule.template, rule.code_words, self._paging(rule.paging, (*path, "paging")), rule.reading, rule.open_question,
        )  # fmt: skip

    def _kept_from(self, rule: Any, path: _Path) -> FrozenMap[str, tuple[str, ...]]:
        """What a tool holds, by the kinds of event whose evidence it is: both are named where they are defined."""
        with_evidence = [kind for kind, (must, may) in EVENT_FIELDS.items() if "evidence" in (*must, *may)]
        for name, kinds in rule.kept_from.items():
            self._all_known((*path, "kept_from"), "part of what it holds", (name,), rule.holds)
            self._all_known((*path, "kept_from", name), "event with evidence", kinds, with_evidence)
        return FrozenMap({name: tuple(kinds) for name, kinds in sorted(rule.kept_from.items())})

    def _paging(self, rule: Any, path: _Path) -> Acknowledgement | None:
        if rule is None:
            return None
        self._all_people((*path, "levels"), rule.levels)
        for name in {name for name in rule.levels if rule.levels.count(name) > 1}:
            self.flaw((*path, "levels"), f"'{name}' stands here twice", "page each once, the next one after")
        self._all_known((*path, "exhausted", "page"), "role", rule.exhausted.page)
        if rule.answered_by is not None:
            self._all_known((*path, "answered_by", "role"), "role", (rule.answered_by.role,))
        both = sorted(set(rule.levels) & set(rule.exhausted.page) & set(self.held["roles"]))
        for name in both:  # a page names the level it went to, and no more
            self.flaw((*path, "exhausted", "page"), f"'{name}' is a level of the list already", "page a role by its id")
        readings = {}
        for field in ("unassessed", "answer_holds", "answered_by"):
            part = getattr(rule, field)
            if part is not None and part.reading:
                self._all_known((*path, field, "reading"), "reading", (part.reading,))
                readings[field] = part.reading
        return Acknowledgement(
            levels=rule.levels, within=_by_level(rule.acknowledge_within), then=rule.exhausted.page,
            repeat=rule.exhausted.repeat, times=rule.exhausted.times,
            unassessed=Severity[rule.unassessed.counts_as] if rule.unassessed is not None else None,
            holds=_by_level(rule.answer_holds.within if rule.answer_holds is not None else {}),
            answered_by=rule.answered_by.role if rule.answered_by is not None else "",
            readings=FrozenMap(readings),
        )  # fmt: skip

    def _exercise(self, id_: str, rule: Any, path: _Path) -> Exercise:
        self._all_known((*path, "owed_by"), "role", (rule.owed_by,))
        self._all_known((*path, "follows"), "reference", (rule.follows,))
        self._all_known((*path, "reading"), "reading", (rule.reading,))
        return Exercise(id_, rule.title, Clause(rule.clause), rule.every, rule.owed_by, rule.held_as, _sorted(rule.covers),
                        rule.follows, rule.reading)  # fmt: skip

    def _assumption(self, id_: str, rule: Any, path: _Path) -> Assumption:
        self._all_known((*path, "kept_by"), "role", (rule.kept_by,))
        self._all_known((*path, "reading"), "reading", (rule.reading,))
        return Assumption(id_, Clause(rule.clause), rule.means, rule.kept_by, rule.attested_within, rule.reading)

    def _open_question(self, id_: str, rule: Any, path: _Path) -> OpenQuestion:
        self._all_known((*path, "readings"), "reading", rule.readings)
        self._all_people((*path, "asked_of"), rule.asked_of)
        return OpenQuestion(id_, Clause(rule.clause), rule.text, rule.options, rule.readings, rule.asked_of,
                            rule.switched_off)  # fmt: skip

    def _see_also(self, id_: str, rule: Any, path: _Path) -> SeeAlso:
        return SeeAlso(id_, rule.title, Clause(rule.clause), rule.where, rule.used_for)

    def _calendar_reading(self) -> str:
        calendar = self.held["calendar"]
        if calendar is None:
            return ""
        self._all_known(("calendar", "reading"), "reading", (calendar.reading,))
        return str(calendar.reading)

    # --- names ---

    def _all_known(
        self, path: _Path, what: str, used: Iterable[str] | None, register: Iterable[str] | None = None
    ) -> None:
        section = _OWN.get(what)
        if section is not None:
            register = self.held[section]
        for name in used or ():  # what could not be read has been reported
            if name:
                self.known(path, what, name, register)

    def _all_people(self, path: _Path, used: Iterable[str] | None) -> None:
        """Where a document says who its people are, nobody else is named."""
        if self.held["people"]:
            self._all_known(path, "person", used)

    def _people(self) -> None:
        self._all_people(("owner",), (self.held["owner"],))
        self._all_people(("reviewers",), self.held["reviewers"])
        for id_, rule in self.held["roles"].items():
            self._all_people(("roles", id_, "contact"), (rule.contact,))
            self._role(id_, rule)
        sources = [rule.source for rule in self.held["signals"].values()]
        if self.held["people"] or sources:
            self._all_known(("programs",), "program", self.held["programs"], [*self.held["people"], *sources])

    def _role(self, id_: str, rule: Any) -> None:
        """Who follows on whom, and what one should not be alone with."""
        if self.held["people"]:
            successors = [*self.held["people"], *self.held["roles"]]
            self._all_known(("roles", id_, "succession"), "person or role", rule.succession, successors)
        self._all_known(("roles", id_, "warns_with"), "role", rule.warns_with)
        self._all_known(("roles", id_, "readings"), "reading", rule.readings)
        if rule.succession and rule.held_by != "one":
            self.flaw(("roles", id_, "succession"), "belongs to a role that one holds", "write 'held_by: one'")
        for field in ("succession", "warns_with"):
            if id_ in getattr(rule, field):
                self.flaw(("roles", id_, field), f"'{id_}' is this role itself", "name others")

    def _clauses(self) -> None:
        """Where a document lists the chapters of its source, every clause stands in one of them."""
        if self.held["clauses"]:
            for path, clause in _clauses_of(self.held, self.scope):
                self.known(path, "chapter", clause.partition("/")[0], self.held["clauses"])

    def _setting(self, path: _Path, field: str, said: str, question: str) -> Setting | None:
        self._all_known((*path, "open_question"), "open question", (question,))
        if said == NOT_SET and not question:
            self.flaw((*path, field), f"'{field}' is {NOT_SET} and nobody is asked", "name the 'open_question'")
        if not said:
            return None
        return Setting(None if said == NOT_SET else said, question)

    # --- what must agree ---

    def _channels_and_dependencies_agree(self) -> None:
        """What a service endangers and what depends on it are one fact, said from both ends."""
        channels, services = self.held["channels"], self.held["dependencies"]
        for id_, channel in channels.items():
            for service in channel.depends_on:
                if service in services and id_ not in services[service].endangers.channels:
                    self.flaw(("channels", id_, "depends_on"), f"'{service}' does not say that it endangers '{id_}'",
                              f"add it to dependencies.{service}.endangers.channels")  # fmt: skip
        for id_, service in services.items():
            for channel in service.endangers.channels:
                if channel in channels and id_ not in channels[channel].depends_on:
                    self.flaw(("dependencies", id_, "endangers", "channels"),
                              f"channel '{channel}' does not say that it depends on '{id_}'",
                              f"add it to channels.{channel}.depends_on")  # fmt: skip

    def _owed_under_names_of_their_own(self) -> None:
        """A programme owes exercises, confirmations and actions under their ids, so no two of them share one."""
        owed = dict.fromkeys(self.held["duties"], "a duty")
        for section, what in (("exercises", "an exercise"), ("assumptions", "an assumption")):
            for id_ in self.held[section]:
                if id_ in owed:
                    self.flaw((section, id_), f"'{id_}' is {owed[id_]} already", "give it an id of its own")
                owed.setdefault(id_, what)

    def _signals_differ(self) -> None:
        seen: dict[str, str] = {}
        for id_, rule in self.held["signals"].items():
            first = seen.setdefault(rule.source, id_)
            if first != id_:
                self.flaw(("signals", id_, "source"), f"'{rule.source}' is the word of '{first}' already",
                          "give each signal a word of its own")  # fmt: skip


_OWN: Final = {
    "function": "functions", "channel": "channels", "dependency": "dependencies", "reference": "references",
    "open question": "open_questions", "person": "people",
}  # fmt: skip
"""The sections in which names of these kinds are defined."""


def _by_level(lengths: Mapping[str, timedelta]) -> FrozenMap[Severity, timedelta]:
    """The lengths by level, the worst first."""
    return FrozenMap({level: lengths[level.value] for level in LEVELS if level.value in lengths})


def _sorted(texts: Mapping[str, str]) -> FrozenMap[str, str]:
    return FrozenMap(dict(sorted(texts.items())))


def _clauses_of(held: Mapping[str, Any], scope: ScopeDoc) -> Iterator[tuple[_Path, str]]:
    """Every clause the document names, with its place."""
    for section, rules in held.items():
        for id_, rule in rules.items() if isinstance(rules, dict) else ():
            if hasattr(rule, "clause"):
                yield (section, id_, "clause"), rule.clause
        if hasattr(rules, "clause"):
            yield (section, "clause"), rules.clause
    for part in ("covers", "leaves_out"):
        for id_, rule in getattr(scope, part).items():
            yield ("scope", part, id_, "clause"), rule.clause
