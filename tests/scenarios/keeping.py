"""All that stands at the end of a scenario, a line for each thing: what the snapshots hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import ir_policy as ir
from expecting import as_of, state_of, words_of, written
from telling import HERE, Scenario, Told, scenarios, tell

SNAPSHOTS: Final = HERE / "snapshots"


def kept_of(scenario: Scenario, story: Told) -> dict[str, Any]:
    """All that stands at the scenario's last instant, a line for each thing."""
    shown = ir.brief(story.incident, scenario.last)
    then = as_of(story.incident, scenario.last)
    answer = shown.as_json()
    state = state_of(shown, answer)
    return {
        "level": "  ".join(f"{word} {state[word]}" for word in ("severity", "decided", "raised", "initial", "peak")),
        "proposed": f"{state['proposed']}, {state['range']}, by {', '.join(state['rows'])} ({clauses_of(story, scenario)})",
        "phase": f"{state['phase']}  episode {state['episode']}  {then.outcome or 'open'}",
        "marks": [f"{mark}  {written(at)}" for mark, at in then.marks.items()],
        "owed": [line_of(said) for said in answer["obligations"]],
        "refused": [f"{event.id}  {line}" for event, refusals in story.refused for line in map(refusal_line, refusals)],
        "blocked": [f"{one.rule}  {' or '.join(one.who)}" for one in (*shown.held_back, *shown.shut)],
        "against": [f"{said['event']}  {words_of(said)}  {said['clause']}" for said in answer["violations"]],
        "wakes": answer["next_wakeup"] or "none",
    }


def clauses_of(story: Told, scenario: Scenario) -> str:
    """The clauses the proposed level rests on, without the document and its version."""
    said = dict(ir.explain(story.incident, "severity", scenario.last).lines)
    return ", ".join(clause.partition(" of ")[0] for clause in said["clauses"].split(", "))


def line_of(said: dict[str, Any]) -> str:
    """One obligation: key, verdict, due (or why there is none), who owes it, basis, clause, reading, item."""
    due = said["due"] or said["due_kind"] or "none"
    words = [said["key"], said["verdict"], due, said["owed_by"], said["basis"], said["clause"], said["reading"]]
    return "  ".join(word for word in (*words, said["item"]) if word)


def refusal_line(refusal: ir.Refusal) -> str:
    """Who can supply what is missing; the words for what is missing are read by people and may change."""
    return f"{refusal.rule}  {refusal.clause}  {' or '.join(refusal.who) or 'nobody'}"


def snapshot_of(stories: Sequence[Scenario]) -> str:
    """The snapshot of one file's scenarios as text: canonical JSON, one thing a line."""
    kept = {scenario.name: kept_of(scenario, tell(scenario)) for scenario in stories}
    return json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def by_file() -> dict[str, list[Scenario]]:
    files: dict[str, list[Scenario]] = {}
    for scenario in scenarios():
        files.setdefault(scenario.file, []).append(scenario)
    return files
