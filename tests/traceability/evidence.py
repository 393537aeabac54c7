"""Which scenarios exercise a rule: where it holds, where it does not, and both sides of each of its limits.

Only what a scenario states counts: a level, an obligation with its verdict, a refusal, a violation. What merely happens
on the way is no evidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

import ir_policy as ir
from ir_policy.duties.gates import acts_of
from ir_policy.duties.texts import sendings_of
from ir_policy.log.events import Notice, StepDone
from practised import stories
from telling import Scenario, instant, policy, scenarios

POSITIVE, NEGATIVE, ON_TIME, LATE = "positive", "negative", "at the limit", "just after it"
JUST_AFTER: Final = timedelta(seconds=1)
HELD: Final = frozenset({"met", "open", "at-risk", "pending"})
NOT_HELD: Final = frozenset({"missed", "met-late", "not-required", "cancelled", "waived", "undetermined"})


class Found(NamedTuple):
    """One scenario that shows something of a rule; ``limit`` is the limit in words where it shows one."""

    kind: str
    scenario: str
    limit: str = ""


Evidence = Mapping[str, tuple[Found, ...]]
"""By place in the document, such as ``duties.recover``."""


@cache
def evidence() -> Evidence:
    """Everything the scenarios show, in order; worked out once."""
    found: dict[str, dict[Found, None]] = defaultdict(dict)
    for scenario in scenarios():
        if scenario.policy is not policy(""):
            continue  # what another policy would do shows nothing of this one
        incident, _ = scenario.play()
        for place, one in (*_of_events(scenario, incident), *_of_moments(scenario, incident)):
            found[place][one] = None
    for place, one in _of_programmes():
        found[place][one] = None
    return {place: tuple(sorted(ones)) for place, ones in sorted(found.items())}


def _of_programmes() -> Iterator[tuple[str, Found]]:
    """What the stories of a programme show of its exercises and of what it takes for granted."""
    sections = {
        **dict.fromkeys(policy("").about.exercises, "exercises"),
        **dict.fromkeys(policy("").about.assumptions, "assumptions"),
    }
    for story in stories():
        for moment in story.said["expect"]:
            shown = {key: {words.get("verdict")} <= HELD for key, words in moment.get("obligations", {}).items()}
            shown |= dict.fromkeys(moment.get("past_advice", ()), False)
            for key, held in shown.items():
                duty = key.partition("@")[0]
                if duty in sections:
                    yield f"{sections[duty]}.{duty}", Found(POSITIVE if held else NEGATIVE, story.name)


# --- what was told -----------------------------------------------------------------------------------------


def _of_events(scenario: Scenario, incident: ir.Incident) -> Iterator[tuple[str, Found]]:
    for line in scenario.said["events"]:
        for rule in line.get("refused", ()):
            yield f"gates.{rule}", Found(POSITIVE, scenario.name)
    yes, no = Found(POSITIVE, scenario.name), Found(NEGATIVE, scenario.name)
    against = {(violation.event, violation.rule) for violation in incident.violations}
    for event, gates in _asked(incident):
        for gate in gates:
            yield f"gates.{gate}", yes if (event.id, gate) in against else no
        if isinstance(event, StepDone):
            yield f"steps.{event.step}", yes
        if isinstance(event, ir.FactsReported):
            for fact, truth in event.facts.items():
                family = fact.partition("/")[0]
                for place in (f"facts.{fact}", f"families.{family}"):
                    yield place, yes if truth is ir.YES else no


def _asked(incident: ir.Incident) -> Iterator[tuple[ir.Event, list[str]]]:
    """Each event with the gates that forbid such an act, asked on the state before it."""
    so_far = None
    for event in sorted(incident.log, key=lambda one: (one.at, one.recorded_at or one.at)):
        if so_far is None:
            assert isinstance(event, ir.Detected)
            so_far = ir.open_incident(incident.policy, event).incident
            continue
        case = so_far._case
        sent = sendings_of(incident.policy, case.history, event) if isinstance(event, Notice) else ()
        acts = {*acts_of(case.level, event), *sent}
        yield (
            event,
            [
                gate.id
                for gate in incident.policy.gates.values()
                if acts & {(act.kind, act.name) for act in gate.forbids}
            ],
        )
        so_far = ir.record(so_far, event).incident


# --- what is expected --------------------------------------------------------------------------------------


def _of_moments(scenario: Scenario, incident: ir.Incident) -> Iterator[tuple[str, Found]]:
    for moment in scenario.said["expect"]:
        now = instant(moment["now"])
        if "severity" in moment:
            yield from _of_level(scenario, ir.brief(incident, now))
        owed = {one.key: one for one in ir.obligations(incident, now)}
        for key, expected in moment.get("obligations", {}).items():
            if key in owed:
                yield from _of_obligation(scenario, owed[key], expected, now)
        for mark in moment.get("marks", ()):
            yield f"marks.{mark}", Found(POSITIVE, scenario.name)
        for prefix in moment.get("not_owed", ()):
            yield f"duties.{prefix.partition('@')[0]}", Found(NEGATIVE, scenario.name)


def _of_level(scenario: Scenario, shown: ir.Brief) -> Iterator[tuple[str, Found]]:
    rules = shown.incident.policy
    for section, names in (
        ("severity_rows", [row.id for row in rules.rows]),
        ("severity_raise.rules", [*rules.raises.rules]),
    ):
        for name in names:
            decided = name in shown.proposed.determined_by
            yield f"{section}.{name}", Found(POSITIVE if decided else NEGATIVE, scenario.name)


def _of_obligation(
    scenario: Scenario, one: ir.Obligation, expected: Mapping[str, Any], now: datetime
) -> Iterator[tuple[str, Found]]:
    place, verdict = f"duties.{one.duty}", expected.get("verdict")
    if verdict in HELD:
        yield place, Found(POSITIVE, scenario.name)
    elif verdict in NOT_HELD:
        yield place, Found(NEGATIVE, scenario.name)
    yield f"marks.{one.mark}", Found(POSITIVE, scenario.name)
    if verdict is None or one.due is None:
        return
    at = one.met_at if one.met_at is not None else now
    last, in_time = one.due, at == one.due
    if one.boundary == "exclusive":  # nothing can be done a microsecond before an instant nobody knows beforehand
        last = one.due - timedelta(microseconds=1)
        in_time = last - JUST_AFTER <= at <= last
    if in_time and verdict in HELD:
        yield place, Found(ON_TIME, scenario.name, one.limit)
    elif last < at <= last + JUST_AFTER and (verdict in NOT_HELD or one.basis in ("advisory", "guidance")):
        yield place, Found(LATE, scenario.name, one.limit)
