"""How a scenario is told: the words of its file, and the events and instants they stand for.

A scenario has a `name` (a sentence), `events`, and `expect`: what must be so at one or more instants. Every value is
text; instants are RFC 3339. An event says `at`, `kind`, `by` and its fields; the incident and the event's id (`e1`,
`e2`, …) are filled in. It must be allowed, unless it says `refused` (then it does not happen) or `recorded: yes` (it
happened against the rules, and counts as far as the rules let it). `refused` is a list of rules, or says of each what
it answers: `{rule: {clause: …, who: […], missing: […]}}`; `itself` is the rule somebody wants to waive.

Some things make a story shorter, each where a reader sees it:

- `day: 2026-05-05 +10:00` once in a scenario: a bare `10:05` is that day in that offset, and `2026-05-06 09:30` another
  day in it; an instant written out in full stands as it is;
- `step: [isolate, rotate-secrets]` is one event for each, in that order; so are `phase`, `gate` and `obligation`;
- `released: yes` on a sending stands for its text: drafted for the Comms Lead, reviewed for counsel and approved for the
  commander at that same instant, as `e7-drafted`, `e7-reviewed` and `e7-approved` where the sending is `e7`;
- `policy_also_says` adds a line to the shipped policy;
- `newer` is another version of it, `version` and what its `duties` say otherwise (`none`: it has no such duty), which a
  `policy-adopted` with `policy: newer` adopts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

import ir_policy as ir

HERE: Final = Path(__file__).parent
SHIPPED: Final = HERE.parents[1] / "src" / "ir_policy" / "rules" / "catalog" / "motion-mavericks.yaml"

SCENARIO_WORDS: Final = frozenset({"name", "day", "policy_also_says", "newer", "events", "expect"})
EVENT_WORDS: Final = frozenset({"refused", "recorded", "released"})
REFUSAL_WORDS: Final = frozenset({"clause", "who", "missing"})
FLAGS: Final = frozenset({"drill", "acting", "amount_known"})
ONE_EVENT_EACH: Final = ("step", "phase", "gate", "obligation")
INSTANTS: Final = frozenset(
    {"at", "recorded_at", "since", "impact_started", "next_update_by", "due", "until"}
    | {"now", "met_at", "binding", "anchor", "opened_at", "next_wakeup", "exhausted_at", "holds_until"}
)
"""Words whose value is an instant, in events and in what is expected; under `marks` every value is one."""


class Refused(NamedTuple):
    """An event that did not happen, and every reason why."""

    event: ir.Event
    refusals: tuple[ir.Refusal, ...]


class Told(NamedTuple):
    """A story played to its end; ``flaws`` are the answers of the desk that were not the ones written."""

    incident: ir.Incident
    flaws: tuple[str, ...]
    refused: tuple[Refused, ...]


class Scenario:
    """One story: its events, and what its file expects. ``said`` is what the file says, written out in full."""

    def __init__(self, file: Path, said: Mapping[str, Any]) -> None:
        self.file = file.stem
        self.name: str = said["name"]
        self.said = written_out(said)
        self.policy = policy(said.get("policy_also_says", ""))
        self.newer = [newer_version(said["newer"])] if "newer" in said else []

    def __repr__(self) -> str:
        return f"{self.file}: {self.name}"

    @property
    def last(self) -> datetime:
        """The last instant the scenario asks about."""
        return max(instant(moment["now"]) for moment in self.said["expect"])

    def play(self) -> tuple[ir.Incident, list[str]]:
        """The incident after every event, and every answer of the desk that was not the one written."""
        story = tell(self)
        return story.incident, list(story.flaws)


def tell(scenario: Scenario) -> Told:
    """Play a scenario: what may happen does, what is refused does not."""
    incident: ir.Incident | None = None
    refused, flaws = [], []
    numbered = enumerate(scenario.said["events"], start=1)
    for id_, line in (each for number, told in numbered for each in with_its_text(told, f"e{number}")):
        event = event_of(line, id_, scenario.newer)
        if incident is None:
            assert isinstance(event, ir.Detected), f"{scenario}: begins with a signal"
            incident = ir.open_incident(scenario.policy, event).incident.knowing(*scenario.newer)
            continue
        answer = ir.check(incident, event)
        recorded = line.get("recorded") == "yes"
        if not recorded or "refused" in line:
            flaws += [f"{event.id} {event.kind} {flaw}" for flaw in answered_otherwise(answer, refusals_in(line))]
        if recorded:
            if not answer:
                flaws.append(f"{event.id}: `recorded` is for what is against the rules; nothing forbids it")
            incident = ir.record(incident, event).incident
        elif answer:
            refused.append(Refused(event, answer))
        else:
            incident = ir.apply(incident, event).incident
    assert incident is not None, f"{scenario}: no events"
    return Told(incident, tuple(flaws), tuple(refused))


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Every scenario of every file, in order."""
    found = []
    for file in sorted(HERE.glob("*.yaml")):
        found += [Scenario(file, said) for said in yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)]
    return tuple(found)


@cache
def policy(also: str) -> ir.Policy:
    """The shipped policy, with another line where a scenario asks what that would change."""
    if not also:
        return ir.load_policy("motion-mavericks")
    return ir.load_policy(f"{SHIPPED.read_text(encoding='utf-8')}{also}\n")


def newer_version(said: Mapping[str, Any]) -> ir.Policy:
    """The shipped policy as another version of it says it."""
    tree = yaml.load(SHIPPED.read_text(encoding="utf-8"), yaml.BaseLoader)
    for duty, changed in said["duties"].items():
        if changed == "none":
            del tree["duties"][duty]
        else:
            tree["duties"][duty] = {**tree["duties"].get(duty, {}), **changed}
    return ir.load_policy(json.dumps({**tree, "version": said["version"]}))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- the long form of a story ---------------------------------------------------------------------------


def written_out(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a scenario says, with every instant in full and one event for each step and phase."""
    day = said.get("day", "")
    events = [line for one in said["events"] for line in one_by_one(one)]
    return {**said, "events": in_full(events, day, ""), "expect": in_full(said["expect"], day, "")}


def in_full(said: Any, day: str, word: str) -> Any:
    """The same with every instant written out; ``word`` is what it is said under."""
    if isinstance(said, dict):
        return {name: in_full(value, day, "at" if word == "marks" else name) for name, value in said.items()}
    if isinstance(said, list):
        return [in_full(value, day, word) for value in said]
    if word not in INSTANTS or "T" in said or said == "none":
        return said
    assert day, f"'{said}' is of no day; say `day`"
    date, offset = day.split(" ")
    other, _, clock = said.rpartition(" ")
    return f"{other or date}T{clock}{':00' * (clock.count(':') < 2)}{offset}"


def one_by_one(line: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A line for each step or phase it lists; the line itself where it lists none."""
    listed = [name for name in ONE_EVENT_EACH if isinstance(line.get(name), list)]
    if not listed:
        yield line
    for name in listed:
        yield from ({**line, name: each} for each in line[name])


_WORDS_OF_A_TEXT: Final = (("drafted", "comms-lead"), ("reviewed", "legal-liaison"), ("approved", "incident-commander"))
_OF_A_TEXT: Final = ("duties", "recipients", "states", "next_update_by", "stage")


def with_its_text(line: Mapping[str, Any], id_: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The line, after those of its text where it is `released`."""
    if line.get("released") != "yes":
        yield id_, line
        return
    drafted = "notice" in line  # then the story has told of its text already
    text = {
        name: line[name] if drafted else f"{start}{id_}" for name, start in (("notice", "n-"), ("digest", "sha256:"))
    }
    about = {name: line[name] for name in _OF_A_TEXT if name in line}
    for word, by in _WORDS_OF_A_TEXT[drafted:]:
        said = {"at": line["at"], "kind": f"notice-{word}", "by": by, **text, **(about if word == "drafted" else {})}
        yield f"{id_}-{word}", said
    yield id_, {**line, **text}


def event_of(line: Mapping[str, Any], default_id: str, newer: Sequence[ir.Policy] = ()) -> ir.Event:
    """The event one line says."""
    said = {name: value for name, value in line.items() if name not in EVENT_WORDS}
    if said.get("policy") == "newer":
        said["policy"] = {word: getattr(newer[0], word) for word in ("id", "version", "digest")}
    said.update({name: said[name] == "yes" for name in FLAGS & said.keys()})
    return ir.read_event({"id": default_id, "incident": "inc-1", **said})


# --- refusals -------------------------------------------------------------------------------------------


def refusals_in(line: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """By rule, what the line says of each refusal; nothing where it only names the rule."""
    said = line.get("refused", [])
    if said == "itself":
        said = [line["gate"] if "gate" in line else line["obligation"].partition("@")[0]]
    of_each: Mapping[str, Mapping[str, Any]] = said if isinstance(said, dict) else {rule: {} for rule in said}
    for rule, words in of_each.items():
        assert words.keys() <= REFUSAL_WORDS, f"{rule}: unknown words in {sorted(words)}"
    return of_each


def answered_otherwise(answer: tuple[ir.Refusal, ...], expected: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """How an answer differs from the one written."""
    rules = sorted(refusal.rule for refusal in answer)
    if rules != sorted(expected):
        yield f"refused by {rules}, expected {sorted(expected)}"
    for refusal in answer:
        for word, value in expected.get(refusal.rule, {}).items():
            found = getattr(refusal, word)
            found = list(found) if isinstance(found, tuple) else str(found)
            if found != value:
                yield f"{refusal.rule}: {word}: expected {value}, found {found}"
