"""One-change mutants of the shipped policy: every number, literal, role, row and switch that decides something.

A mutant is a place in the document and the document with that one thing changed. What stands only to be read (titles,
meanings, texts, examples, clauses) is left alone here; the pages are held against the document elsewhere.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import yaml

from ir_policy.terms import OUTCOMES

Tree = dict[str, Any]
Path = tuple[str | int, ...]


class Mutant(NamedTuple):
    """One change to the policy; ``text`` is the changed document, as JSON."""

    where: str
    change: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.where}: {self.change}"


def mutants_of(text: str) -> tuple[Mutant, ...]:
    """Every mutant of a policy document, in the order of the document."""
    tree = yaml.load(text, yaml.BaseLoader)
    found = [
        Mutant(".".join(str(part) for part in path), change, _changed(tree, path, new))
        for path, change, new in _changes(tree)
    ]
    names = [one.name for one in found]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    return tuple(found)


_GONE: Final = object()
"""The new value of something that is left out."""


def _changed(tree: Tree, path: Path, new: object) -> str:
    twin = copy.deepcopy(tree)
    node: Any = twin
    for part in path[:-1]:
        node = node[part]
    if new is _GONE:
        del node[path[-1]]
    else:
        node[path[-1]] = new
    return json.dumps(twin)


def _at(tree: Any, path: Path) -> Any:
    for part in path:
        tree = tree[part]
    return tree


_Change = tuple[Path, str, object]


def _changes(tree: Tree) -> Iterator[_Change]:
    roles = list(tree["roles"])
    yield from _calendar(tree)
    yield from _durations(tree, ("at_risk", "at_least"))
    yield ("at_risk", "share"), "one part more", "1/6"
    for role, rule in tree["roles"].items():
        yield (
            ("roles", role, "contact"),
            "another person",
            _next(rule["contact"], [r["contact"] for r in tree["roles"].values()]),
        )
        yield from _command(("roles", role), rule)
    for index, program in enumerate(tree["programs"]):
        yield ("programs", index), f"{program} is a person", _GONE
    yield from _notices(tree)
    for tool, rule in tree["tooling"].items():
        if "paging" in rule:
            yield from _paging(tree, ("tooling", tool, "paging"), rule["paging"], roles)
    for name, reading in tree["readings"].items():
        if reading.get("adds") == "yes" and name in _used_readings(tree):
            yield ("readings", name, "adds"), "adds nothing", "no"
    for mark, rule in tree["marks"].items():
        yield from _mark(mark, rule)
    yield from _severity(tree)
    yield ("reopens_to",), "another phase", "contain"
    for duty, rule in tree["duties"].items():
        yield from _duty(tree, ("duties", duty), rule, roles)
    for gate, rule in tree["gates"].items():
        yield from _gate(tree, ("gates", gate), rule, roles)


def _next(one: str, among: list[str]) -> str:
    """Another of the words, the same one each time."""
    return among[(among.index(one) + 1) % len(among)]


def _used_readings(tree: Tree) -> set[str]:
    """Those behind something that decides: what only advises is no breach, and ends no approval."""
    used = {tree["notices"]["approval"].get("reading")}
    for rule in tree["duties"].values():
        used.add(rule.get("reading"))
        within = rule["within"]
        limits = within.values() if isinstance(within, dict) else [within]
        used |= {limit.get("reading") for limit in limits if isinstance(limit, dict)}
    return used


# --- numbers -----------------------------------------------------------------------------------------------

_NUMBER: Final = re.compile(r"\d+")


def _durations(tree: Tree, path: Path) -> Iterator[_Change]:
    """Each number in a limit one more and one less."""
    text = _at(tree, path)
    for match in _NUMBER.finditer(text):
        for by in (1, -1):
            number = int(match[0]) + by
            words = text[: match.start()] + str(number) + text[match.end() :]
            if number == 1:
                words = re.sub(r"\b1 (minute|hour|day)s\b", r"1 \1", words)
            else:
                words = re.sub(rf"\b{number} (minute|hour|day)\b", rf"{number} \1s", words)
            yield path, words, words


def _calendar(tree: Tree) -> Iterator[_Change]:
    yield ("calendar", "zone"), "another zone", "Australia/Brisbane"
    yield ("calendar", "opens"), "a minute earlier", "08:59"
    yield ("calendar", "opens"), "a minute later", "09:01"
    yield ("calendar", "closes"), "a minute earlier", "16:59"
    yield ("calendar", "closes"), "a minute later", "17:01"
    days = tree["calendar"]["workdays"]
    yield ("calendar", "workdays"), "Saturday too", [*days, "saturday"]
    yield ("calendar", "workdays"), "Friday off", [day for day in days if day != "friday"]


# --- people and words --------------------------------------------------------------------------------------


def _command(path: Path, rule: Tree) -> Iterator[_Change]:
    """Who holds a role, who acts in it in whose place, and beside whom a holder is warned."""
    if "held_by" in rule:
        yield (*path, "held_by"), "several", _GONE
    succession = rule.get("succession", [])
    if len(succession) > 1:
        yield (*path, "succession"), "the other way round", succession[::-1]
    for word in ("succession", "warns_with"):
        for index, name in enumerate(rule.get(word, ())):
            yield (*path, word, index), f"without {name}", _GONE


def _notices(tree: Tree) -> Iterator[_Change]:
    rule, path = tree["notices"], ("notices",)
    outside = sorted(_told_by(tree) - {*rule["inside"], rule["in_drills"]})
    for one in rule["inside"]:
        yield (*path, "inside"), f"{one} is outside", [outside[0]]
    yield from (((*path, "inside"), f"{one} is inside", [*rule["inside"], one]) for one in outside)
    yield (*path, "in_drills"), "nobody in place of others", _GONE
    yield (*path, "in_drills"), "others in their place", outside[0]
    yield from _durations(tree, (*path, "approval", "good_for"))
    yield (*path, "approval", "reading"), "without the reading", _GONE
    yield (*path, "approval"), "without end", _GONE


def _told_by(tree: Tree) -> set[str]:
    """Whom some duty tells by name."""
    return {duty["owed_to"] for duty in tree["duties"].values() if isinstance(duty.get("owed_to"), str)}


def _paging(tree: Tree, path: Path, rule: Tree, roles: list[str]) -> Iterator[_Change]:
    yield (*path, "levels"), "the other way round", rule["levels"][::-1]
    for index, name in enumerate(rule["levels"]):
        yield (*path, "levels", index), f"without {name}", _GONE
    for within in ((*path, "acknowledge_within"), (*path, "answer_holds", "within")):
        for level in _at(tree, within):
            yield (*within, level), "no time", _GONE
            yield from _durations(tree, (*within, level))
    exhausted = (*path, "exhausted")
    for index, name in enumerate(rule["exhausted"]["page"]):
        yield (*exhausted, "page", index), f"without {name}", _GONE
    for level in ("SEV0", "SEV2"):
        yield (*exhausted, "repeat"), level, f"{level} or worse"
    yield (*exhausted, "repeat"), "at no level", _GONE
    yield (*exhausted, "times"), "twice", "2"
    for level in ("SEV0", "SEV2"):
        yield (*path, "unassessed", "counts_as"), level, level
    yield (*path, "unassessed"), "nobody is paged", _GONE
    yield (*path, "answer_holds"), "for ever", _GONE
    yield (*path, "answered_by", "role"), "another role", _next(rule["answered_by"]["role"], roles)
    yield (*path, "answered_by"), "nobody", _GONE


# --- severity, marks ---------------------------------------------------------------------------------------


def _severity(tree: Tree) -> Iterator[_Change]:
    for row, rule in tree["severity_rows"].items():
        path: Path = ("severity_rows", row)
        if "otherwise" in rule:
            continue  # the one row every policy must have
        yield path, "dropped", _GONE
        for level in ("SEV0", "SEV1", "SEV2", "SEV3"):
            if level != rule["level"]:
                yield (*path, "level"), level, level
        yield from _literals(tree, (*path, "when"))
    yield ("severity_raise", "levels"), "two", "2"
    for rule in tree["severity_raise"]["rules"]:
        yield ("severity_raise", "rules", rule), "dropped", _GONE
        yield from _literals(tree, ("severity_raise", "rules", rule))


def _mark(mark: str, rule: Tree) -> Iterator[_Change]:
    path: Path = ("marks", mark)
    yield (*path, "per"), "the other", "episode" if rule.get("per") == "incident" else "incident"
    for index, source in enumerate(rule["set_by"]):
        if len(rule["set_by"]) > 1:
            yield (*path, "set_by", index), "dropped", _GONE
        if "saying" in source:
            yield (*path, "set_by", index, "saying"), "whatever it says", _GONE
    if "corrected_by" in rule:
        yield (*path, "corrected_by"), "by anybody", _GONE
        yield (*path, "corrected_by"), "by the scribe", ["scribe"]


# --- conditions --------------------------------------------------------------------------------------------


def _literals(tree: Tree, path: Path) -> Iterator[_Change]:
    """Each literal of a condition with its sign flipped; each left out where others stand beside it; `all` as `any`."""
    node = _at(tree, path)
    if isinstance(node, str):
        yield path, f"not {node}", {"not": node}
        return
    ((word, inner),) = node.items()
    if word in ("all", "any"):
        yield path, f"{word} of them as {'any' if word == 'all' else 'all'}", {"any" if word == "all" else "all": inner}
        for index in range(len(inner)):
            if len(inner) > 1:
                yield (*path, word, index), "left out", _GONE
            yield from _literals(tree, (*path, word, index))
    elif word == "yes":
        yield path, "unless a definite no", inner
        yield from _literals(tree, (*path, word))
    elif word == "not":
        yield path, "without the not", inner
    elif word == "severity":
        level = inner.removesuffix(" or worse")
        yield path, "a level worse", {"severity": f"{_WORSE[level]} or worse"}
        yield path, "a level milder", {"severity": f"{_MILDER[level]} or worse"}
    else:
        yield path, f"not {word}", {"not": node}


_WORSE: Final = {"SEV0": "SEV1", "SEV1": "SEV0", "SEV2": "SEV1", "SEV3": "SEV2"}
_MILDER: Final = {"SEV0": "SEV2", "SEV1": "SEV2", "SEV2": "SEV3", "SEV3": "SEV1"}


# --- duties ------------------------------------------------------------------------------------------------

_SWITCHES: Final = {
    "per": {None: "incident", "incident": "episode"},
    "on_scope_exit": {None: "cancel", "cancel": "keep"},
    "if_missed": {None: "lapses", "lapses": "still-owed"},
    "done_before": {None: "counts", "counts": "does-not-count", "counts-since-mark": "does-not-count"},
    "again_on": {None: "raise", "raise": None, "raise to SEV0": "raise"},
}


def _duty(tree: Tree, path: Path, rule: Tree, roles: list[str]) -> Iterator[_Change]:
    yield path, "dropped", _GONE
    yield (*path, "owed_by"), "another role", _next(rule["owed_by"], roles)
    for condition in ("when", "unless"):
        if condition in rule:
            yield (*path, condition), "dropped", _GONE
            yield from _literals(tree, (*path, condition))
    yield from _starts(tree, path, rule)
    yield from _within(tree, path, rule["within"])
    if "opens_after" in rule:
        yield from _durations(tree, (*path, "opens_after"))
        yield (*path, "opens_after"), "at once", _GONE
    yield from _recipients(path, rule)
    if isinstance(rule["met_by"], list):
        for index in range(len(rule["met_by"])):
            yield (*path, "met_by", index), "left out", _GONE
    for index in range(len(rule.get("must_state", ()))):
        yield (*path, "must_state", index), "left out", _GONE
    for key, words in _SWITCHES.items():
        new = words[rule.get(key)]
        yield (*path, key), new or "once", _GONE if new is None else new
    if "act" in rule:
        yield (*path, "act"), "its own", _GONE
    for index, outcome in enumerate(rule.get("not_for", ())):
        yield (*path, "not_for", index), f"for {outcome} too", _GONE
    if "not_for" not in rule:
        yield (*path, "not_for"), "for what is resolved only", [one for one in OUTCOMES if one != "resolved"]
    if "exempted_by" in rule:
        yield (*path, "exempted_by"), "by the scribe", ["scribe"]
    if "needs" in rule:
        yield (*path, "needs"), "nothing first", _GONE
        yield from _durations(tree, (*path, "needs", "lead"))
    for index, role in enumerate(rule.get("refers_to", ())):
        yield (*path, "refers_to", index), f"not to {role}", _GONE
    for field in ("item", "owner"):
        if field in rule.get("given", {}):
            yield (*path, "given", field), "not said", _GONE
    yield (*path, "waivable_by"), "by the commander", ["incident-commander"]


def _starts(tree: Tree, path: Path, rule: Tree) -> Iterator[_Change]:
    starts = rule["starts"]
    if isinstance(starts, str):
        if "given" not in rule:
            other = "detected" if starts != "detected" else "recovered"
            yield (*path, "starts"), other, other
        return
    ((which, marks),) = starts.items()
    yield (*path, "starts"), "the other end", {"latest" if which == "earliest" else "earliest": marks}
    for mark in marks:
        yield (*path, "starts"), mark, mark


def _within(tree: Tree, path: Path, within: Any) -> Iterator[_Change]:
    if isinstance(within, str):
        yield from _durations(tree, (*path, "within"))
        return
    for level, limit in within.items():
        place = (*path, "within", level)
        yield place, "no limit", _GONE
        yield from _durations(tree, (*place, "limit") if isinstance(limit, dict) else place)
        if isinstance(limit, dict) and "reading" in limit:
            yield (*place, "reading"), "without the reading", _GONE


def _recipients(path: Path, rule: Tree) -> Iterator[_Change]:
    owed_to = rule.get("owed_to")
    if owed_to is None:
        yield (*path, "owed_to"), "stakeholders", "stakeholders"
    elif isinstance(owed_to, str):
        yield (*path, "owed_to"), "nobody outside", _GONE
    elif isinstance(owed_to, list):
        for index, case in enumerate(owed_to):
            yield (*path, "owed_to", index), "left out", _GONE
            if "when" in case:
                yield (*path, "owed_to", index, "when"), "always", _GONE
            if "among" in case:
                yield (*path, "owed_to", index, "among"), "of all countries", _GONE
    else:
        yield (*path, "owed_to"), "nobody outside", _GONE
        if "unnamed" in owed_to:
            yield (*path, "owed_to", "unnamed"), "another placeholder", "client/nobody"


# --- gates -------------------------------------------------------------------------------------------------


def _gate(tree: Tree, path: Path, rule: Tree, roles: list[str]) -> Iterator[_Change]:
    yield path, "dropped", _GONE
    for index, act in enumerate(rule["forbids"]):
        if len(rule["forbids"]) > 1:
            yield (*path, "forbids", index), f"{'/'.join(act.values())} allowed", _GONE
    if "when" in rule:
        yield (*path, "when"), "always", _GONE
        yield from _literals(tree, (*path, "when"))
    else:
        yield (*path, "when"), "only on a definite yes", {"yes": "malicious-cause"}
    if "until" in rule:
        yield (*path, "until"), "never", _GONE
        yield from _until(tree, (*path, "until"), roles)
    who = [rule["who"]] if isinstance(rule["who"], str) else rule["who"]
    yield (*path, "who"), "another role", [_next(who[0], roles)]
    if "waivable_by" in rule:
        yield (*path, "waivable_by"), "by nobody", _GONE
        yield (*path, "waivable_by"), "by the scribe", ["scribe"]
    else:
        yield (*path, "waivable_by"), "by the commander", ["incident-commander"]
    yield (*path, "void"), "the other", "no" if rule.get("void") == "yes" else "yes"


def _until(tree: Tree, path: Path, roles: list[str]) -> Iterator[_Change]:
    until = _at(tree, path)
    if isinstance(until, list):
        for index in range(len(until)):
            yield (*path, index), "left out", _GONE
            yield from _until(tree, (*path, index), roles)
    elif isinstance(until, dict) and "role" in until:
        named = [until["role"]] if isinstance(until["role"], str) else until["role"]
        yield (*path, "role"), "another role", [_next(named[-1], roles)]
        for index in range(len(named)):
            if len(named) > 1:
                yield (*path, "role", index), "left out", _GONE
    elif isinstance(until, dict) and "author" in until and until["author"] in roles:
        yield (*path, "author"), "another role", _next(until["author"], roles)
    elif isinstance(until, dict) and until.keys() & {"by", "author", "notice"}:
        ((word, said),) = until.items()
        if said in ("reviewed", "approved"):
            yield (*path, word), "the other", {"reviewed": "approved", "approved": "reviewed"}[said]
    elif isinstance(until, dict) and "states" in until:
        yield (*path, "states"), "something else", ["severity"]
    elif isinstance(until, dict) and "like" in until:
        yield from _durations(tree, (*path, "at_most"))
        for change, like in (("without the day", "#inc-{summary}"), ("without the mark", "inc-{day}-{summary}")):
            yield (*path, "like"), change, like
    else:
        yield from _literals(tree, path)
