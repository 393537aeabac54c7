"""How a scenario is told: the words of its file, and the events and instants they stand for.

A scenario has a `name` (a sentence), `events`, and `expect`: what must be so at one or more instants. Every value is
text; instants are RFC 3339. An event says `at`, `kind`, `by` and its fields; the incident and the event's id (`e1`,
`e2`, …) are filled in. It must be allowed, unless it says `refused` (then it does not happen) or `recorded: yes` (it
happened against the rules, and counts as far as the rules let it). `refused` is a list of rules, or says of each what
it answers: `{rule: {clause: …, who: […], missing: […]}}`.

Three things make a story shorter, each where a reader sees it:

- `day: 2026-05-05 +10:00` once in a scenario: a bare `10:05` is that day in that offset, and `2026-05-06 09:30` another
  day in it; an instant written out in full stands as it is;
- `step: [isolate, rotate-secrets]` and `phase: [assess, contain]` are one event for each, in that order;
- `policy_also_says` adds a line to the shipped policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

import ir_policy as ir

HERE: Final = Path(__file__).parent
SHIPPED: Final = HERE.parents[1] / "src" / "ir_policy" / "rules" / "catalog" / "motion-mavericks.yaml"

SCENARIO_WORDS: Final = frozenset({"name", "day", "policy_also_says", "events", "expect"})
EVENT_WORDS: Final = frozenset({"refused", "recorded"})
REFUSAL_WORDS: Final = frozenset({"clause", "who", "missing"})
FLAGS: Final = frozenset({"drill", "acting", "amount_known"})
INSTANTS: Final = frozenset({"at", "recorded_at", "since", "impact_started", "next_update_by", "due", "until"})
ONE_EVENT_EACH: Final = frozenset({"step", "phase"})


class Line(NamedTuple):
    """One event, and what a scenario says of it beside its fields: who refuses it, or that it happened all the same."""

    event: ir.Event
    refused: Mapping[str, Mapping[str, Any]]
    recorded: bool


class Refused(NamedTuple):
    """An event that did not happen, and every reason why."""

    event: ir.Event
    refusals: tuple[ir.Refusal, ...]


class Told(NamedTuple):
    """A story played to its end."""

    incident: ir.Incident
    refused: tuple[Refused, ...]
    flaws: tuple[str, ...]
    """Every answer of the desk that was not the one written."""


class Scenario:
    """One story: its events, and what its file expects."""

    def __init__(self, file: Path, said: Mapping[str, Any]) -> None:
        self.file = file.stem
        self.name: str = said["name"]
        self.said = said
        self.policy = policy(said.get("policy_also_says", ""))

    def __repr__(self) -> str:
        return f"{self.file}: {self.name}"

    @property
    def last(self) -> datetime:
        """The last instant the scenario asks about."""
        return max(self.instant(moment["now"]) for moment in self.said["expect"])

    def instant(self, text: str) -> datetime:
        """The instant a text means in this scenario."""
        return datetime.fromisoformat(self.whole(text))

    def whole(self, text: str) -> str:
        """An instant written out in full: what the scenario's `day` leaves unsaid is filled in from there."""
        if "T" in text:
            return text
        assert "day" in self.said, f"{self}: '{text}' is of no day; say `day`"
        day, offset = self.said["day"].split(" ")
        date, _, clock = text.rpartition(" ")
        return f"{date or day}T{clock}{':00' * (clock.count(':') < 2)}{offset}"

    def lines(self) -> Iterator[Line]:
        """Its events in the order they are told."""
        number = 0
        for told in self.said["events"]:
            for line in one_by_one(told):
                number += 1
                fields = {name: value for name, value in line.items() if name not in EVENT_WORDS}
                fields.update({name: self.whole(fields[name]) for name in INSTANTS & fields.keys()})
                fields.update({name: fields[name] == "yes" for name in FLAGS & fields.keys()})
                event = ir.read_event({"id": f"e{number}", "incident": "inc-1", **fields})
                yield Line(event, refusals_in(line), line.get("recorded") == "yes")


def play(scenario: Scenario) -> Told:
    """The incident after every event; `flaws` are the answers that are not as written."""
    incident: ir.Incident | None = None
    refused, flaws = [], []
    for line in scenario.lines():
        event = line.event
        if incident is None:
            assert isinstance(event, ir.Detected), f"{scenario}: begins with a signal"
            incident = ir.open_incident(scenario.policy, event).incident
            continue
        answer = ir.check(incident, event)
        if line.recorded:
            if not answer:
                flaws.append(f"{event.id}: `recorded` is for what is against the rules; nothing forbids it")
            incident = ir.record(incident, event).incident
            continue
        flaws += [f"{event.id} {event.kind} {flaw}" for flaw in answered_otherwise(answer, line.refused)]
        if answer:
            refused.append(Refused(event, answer))
        else:
            incident = ir.apply(incident, event).incident
    assert incident is not None, f"{scenario}: no events"
    return Told(incident, tuple(refused), tuple(flaws))


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


# --- helpers --------------------------------------------------------------------------------------------


def one_by_one(told: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A line for each step or phase it lists; the line itself where it lists none."""
    listed = [name for name in ONE_EVENT_EACH & told.keys() if isinstance(told[name], list)]
    if not listed:
        yield told
        return
    assert len(listed) == 1, f"{told}: list one thing in a line"
    for each in told[listed[0]]:
        yield {**told, listed[0]: each}


def refusals_in(line: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """By rule, what the line says of each refusal; nothing where it only names the rule."""
    said = line.get("refused", [])
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
