"""The map from each sentence of the policy's source to what became of it, and the page and data made of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import yaml
from attrs import frozen

import ir_policy as ir
from ir_policy.clocks import BeforeClosed, BusinessDays, Elapsed, GivenByEvent, Immediate, SameBusinessDay
from ir_policy.rules.model import Duty
from traceability.evidence import LATE, NEGATIVE, ON_TIME, POSITIVE, Found, evidence

HERE: Final = Path(__file__).parent
DOCS: Final = HERE.parents[1] / "docs"
MAP: Final = HERE / "motion-mavericks.yaml"
OURS: Final = HERE / "ours.yaml"

KINDS: Final = {
    "rule": "decides a level",
    "gate": "forbids until something is so",
    "duty": "is owed, with a clock where it has one",
    "step": "is a step that is recorded",
    "fact": "is asked as a fact or kept as a mark",
    "option": "is an open question, switched off",
    "assumption": "is assumed",
    "view": "is answered from what is on record: whom to page, what a card shows, what is kept",
    "shown-only": "is shown and decides nothing",
    "nothing": "became nothing, for a reason",
}


@frozen
class Sentence:
    """One sentence, cell or item of the source, in our words."""

    says: str
    clause: str
    kind: str
    ids: tuple[str, ...]
    reason: str


@cache
def sentences(path: Path = MAP) -> tuple[Sentence, ...]:
    """Every sentence of the map, in the order of the source."""
    lines = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    words = {"says", "clause", "kind", "ids", "reason"}
    for line in lines:
        assert line.keys() <= words, f"{line.get('says')}: unknown words in {sorted(line)}"
    return tuple(Sentence(line["says"], line["clause"], line["kind"], tuple(line.get("ids", ())), line.get("reason", ""))
                 for line in lines)  # fmt: skip


@cache
def document() -> dict[str, Any]:
    """The shipped policy as text, by section and name."""
    text = resources.files("ir_policy.rules").joinpath("catalog", "motion-mavericks.yaml").read_text(encoding="utf-8")
    tree: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    return tree


def stands(place: str) -> bool:
    """Whether there is such a place in the document."""
    node: Any = document()
    for part in place.split("."):
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return True


MUST_BE_ASKED_FOR: Final = (
    "severity_rows", "severity_raise.rules", "gates", "duties", "templates", "steps", "roles", "phases", "scope.covers",
    "scope.leaves_out", "objectives", "dependencies", "channels", "signals", "tooling", "exercises", "assumptions",
    "open_questions", "references", "drawn_from",
)  # fmt: skip


def all_places() -> Iterator[str]:
    """Every place of the document that some sentence asks for, or that we added and say so."""
    for section in MUST_BE_ASKED_FOR:
        node: Any = document()
        for part in section.split("."):
            node = node[part]
        yield from (f"{section}.{name}" for name in node)


# --- what must be shown --------------------------------------------------------------------------------------


def wanted(place: str) -> list[tuple[str, str]]:
    """What the scenarios must show of a place: where it holds, where not, and both sides of each limit."""
    section, _, name = place.rpartition(".")
    if section in ("severity_rows", "severity_raise.rules", "gates", "facts", "exercises", "assumptions"):
        return [(POSITIVE, ""), (NEGATIVE, "")]
    if section in ("steps", "marks", "families"):
        return [(POSITIVE, "")]
    if section == "duties":
        duty = ir.load_policy("motion-mavericks").duties[name]
        sides = [(side, limit) for limit in limits_of(duty) for side in (ON_TIME, LATE)]
        # What is done before the closing has no instant to be compared with: the closing is still to come.
        return [(POSITIVE, ""), (NEGATIVE, ""), *(one for one in sides if one != (ON_TIME, str(BeforeClosed())))]
    return []


def limits_of(duty: Duty) -> list[str]:
    """The limits of a duty that end at an instant, in words."""
    timed = [w.limit for w in duty.within if w is not None and w.limit.kind in _TIMED]
    return list(dict.fromkeys(str(limit) for limit in timed))


_TIMED: Final = (
    Elapsed.kind,
    Immediate.kind,
    SameBusinessDay.kind,
    BusinessDays.kind,
    GivenByEvent.kind,
    BeforeClosed.kind,
)


def missing(place: str) -> list[str]:
    """What no scenario shows of a place."""
    found = evidence().get(place, ())
    return [
        f"{place}: no scenario {kind}{f' of {limit}' if limit else ''}"
        for kind, limit in wanted(place)
        if not any(one.kind == kind and limit in ("", one.limit) for one in found)
    ]


def shown(place: str) -> dict[str, str]:
    """For each thing the scenarios must show of a place, the first that does."""
    found = evidence().get(place, ())
    chosen = {}
    for kind, limit in wanted(place):
        one = next((one for one in found if one.kind == kind and limit in ("", one.limit)), None)
        if one is not None:
            chosen[f"{kind}{f', {limit}' if limit else ''}"] = one.scenario
    return chosen


# --- the page and the data -----------------------------------------------------------------------------------


def as_json() -> str:
    """The map with the scenarios that exercise each place, for programs."""
    lines = [
        {
            "sentence": number,
            "says": one.says,
            "clause": one.clause,
            "kind": one.kind,
            "ids": {place: shown(place) for place in one.ids},
            **({"reason": one.reason} if one.reason else {}),
        }
        for number, one in enumerate(sentences(), start=1)
    ]
    return json.dumps(lines, indent=1, ensure_ascii=False) + "\n"


def as_page() -> str:
    """The map as a page: what became of each sentence, and which story shows it."""
    counts = Counter(one.kind for one in sentences())
    parts = [
        "# What became of each sentence",
        "",
        "Every sentence, table cell and list item of the policy's source, in our words, in the order of the source, with what it",
        "became in the document and a story that shows it. The same as data: `traceability.json`. Written from",
        "`tests/traceability/`; a sentence without its rule, and a rule without its story, fails the tests.",
        "",
        f"{len(sentences())} sentences: {', '.join(f'{counts[kind]} {kind}' for kind in KINDS if counts[kind])}.",
        "",
        "| kind | means that the sentence |",
        "|---|---|",
        *(f"| {kind} | {means} |" for kind, means in KINDS.items()),
    ]
    chapter = ""
    for number, one in enumerate(sentences(), start=1):
        if one.clause.partition("/")[0] != chapter:
            chapter = one.clause.partition("/")[0]
            title = document()["clauses"][chapter]["title"]
            parts += ["", f"## {title}", "", "| | sentence | kind | became | shown by |", "|---|---|---|---|---|"]
        became = ", ".join(f"`{place}`" for place in one.ids) or one.reason
        stories = dict.fromkeys(story for place in one.ids for story in shown(place).values())
        parts.append(f"| {number} | {one.says} | {one.kind} | {became} | {'; '.join(list(stories)[:3])} |")
    parts += ["", "## What we added", "", "Rules no sentence asks for, each with the reason why it is there.", "",
              "| rule | why |", "|---|---|",
              *(f"| {', '.join(f'`{place}`' for place in one.ids)} | {one.says} |" for one in sentences(OURS))]  # fmt: skip
    return "\n".join(parts) + "\n"


def files() -> dict[Path, str]:
    return {DOCS / "traceability.md": as_page(), DOCS / "traceability.json": as_json()}


def all_missing() -> list[str]:
    """What no scenario shows of any place that is asked for."""
    places = dict.fromkeys(place for one in (*sentences(), *sentences(OURS)) for place in one.ids)
    return [gap for place in places for gap in missing(place)]


__all__ = [
    "KINDS",
    "MUST_BE_ASKED_FOR",
    "Found",
    "Sentence",
    "all_missing",
    "all_places",
    "as_json",
    "as_page",
    "files",
    "sentences",
    "stands",
]
