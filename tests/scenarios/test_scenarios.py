"""Stories a policy owner can review: what happened, and what is owed then. One file for each subject.

How a story is told stands in `telling.py`, what it may expect in `expecting.py`. Beside what is written there, all that
stands at a scenario's last instant is kept in `snapshots/`, with every refusal of the story, so that a change of one
rule shows as the lines it changes. After a change that is meant, write them again and read the difference:

    python tests/scenarios/test_scenarios.py --write
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from difflib import unified_diff
from functools import cache
from typing import Any, Final

import pytest
from expecting import MOMENT_WORDS, as_of, flaws_at, state_of, words_of, written
from telling import HERE, SCENARIO_WORDS, Scenario, Told, play, scenarios

import ir_policy as ir

SNAPSHOTS: Final = HERE / "snapshots"
FEWEST: Final = 100

# --- snapshots ------------------------------------------------------------------------------------------


@cache
def told(scenario: Scenario) -> Told:
    """The story played once, for all who ask."""
    return play(scenario)


def kept_of(scenario: Scenario) -> dict[str, Any]:
    """All that stands at the scenario's last instant, a line for each thing."""
    story = told(scenario)
    shown = ir.brief(story.incident, scenario.last)
    then = as_of(story.incident, scenario.last)
    answer = shown.as_json()
    state = state_of(shown, answer)
    return {
        "level": "  ".join(f"{word} {state[word]}" for word in ("severity", "decided", "raised", "initial", "peak")),
        "proposed": f"{state['proposed']}, {state['range']}, by {', '.join(state['rows'])}",
        "phase": f"{state['phase']}  episode {state['episode']}  {then.outcome or 'open'}",
        "marks": [f"{mark}  {written(at)}" for mark, at in then.marks.items()],
        "owed": [line_of(said) for said in answer["obligations"]],
        "refused": [f"{event.id}  {line}" for event, refusals in story.refused for line in map(refusal_line, refusals)],
        "blocked": [f"{one.rule}  {' or '.join(one.who)}" for one in (*shown.held_back, *shown.shut)],
        "against": [f"{said['event']}  {words_of(said)}  {said['clause']}" for said in answer["violations"]],
        "wakes": answer["next_wakeup"] or "none",
    }


def line_of(said: dict[str, Any]) -> str:
    """One obligation: key, verdict, due (or why there is none), who owes it, basis, clause, reading, item."""
    due = said["due"] or said["due_kind"] or "none"
    words = [said["key"], said["verdict"], due, said["owed_by"], said["basis"], said["clause"], said["reading"]]
    return "  ".join(word for word in (*words, said["item"]) if word)


def refusal_line(refusal: ir.Refusal) -> str:
    missing = "; ".join(refusal.missing)
    return f"{refusal.rule}  {refusal.clause}  {' or '.join(refusal.who) or 'nobody'}  needs {missing}"


def snapshot_of(stories: Sequence[Scenario]) -> str:
    """The snapshot of one file's scenarios as text: canonical JSON, one thing a line."""
    kept = {scenario.name: kept_of(scenario) for scenario in stories}
    return json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def by_file() -> dict[str, list[Scenario]]:
    files: dict[str, list[Scenario]] = {}
    for scenario in scenarios():
        files.setdefault(scenario.file, []).append(scenario)
    return files


# --- tests ----------------------------------------------------------------------------------------------


def test_the_scenarios_are_there_and_well_written() -> None:
    """There are enough of them, each named once by a whole sentence, and none holds a word nobody reads."""
    names = [scenario.name for scenario in scenarios()]
    assert len(names) >= FEWEST, f"{len(names)} scenarios examined"
    assert len(set(names)) == len(names)
    assert [name for name in names if len(name.split()) < 4] == []
    for scenario in scenarios():
        assert {"name", "events", "expect"} <= scenario.said.keys() <= SCENARIO_WORDS, scenario
        assert scenario.said["expect"], scenario
        for moment in scenario.said["expect"]:
            assert moment.keys() <= MOMENT_WORDS, f"{scenario}: unknown words in {sorted(moment)}"
            assert len(moment) > 1, f"{scenario}: nothing is expected at {moment['now']}"


@pytest.mark.parametrize("scenario", scenarios(), ids=repr)
def test_it_comes_out_as_written(scenario: Scenario) -> None:
    """Every event is allowed, refused or kept as the scenario says, and every instant shows what it expects."""
    story = told(scenario)
    flaws = list(story.flaws)
    for moment in scenario.said["expect"]:
        flaws += [f"at {moment['now']} {flaw}" for flaw in flaws_at(scenario, story.incident, moment)]
    assert not flaws, "\n".join(["", str(scenario), *flaws])


@pytest.mark.parametrize("scenario", scenarios(), ids=repr)
def test_its_log_alone_gives_the_same_answers(scenario: Scenario) -> None:
    """Written down, read back and replayed, the story owes the same at every instant it asks about."""
    incident = told(scenario).incident
    again = ir.replay(scenario.policy, ir.read_log(ir.write_log(incident.log, incident.pin)))
    assert again == incident
    for moment in scenario.said["expect"]:
        now = scenario.instant(moment["now"])
        assert ir.obligations(again, now) == ir.obligations(incident, now)


def test_all_that_stands_is_as_in_the_snapshots() -> None:
    """What stands at each scenario's last instant, and what was refused in it, is unchanged to the line."""
    files = by_file()
    assert files
    for file, stories in files.items():
        kept = (SNAPSHOTS / f"{file}.json").read_text(encoding="utf-8")
        difference = list(
            unified_diff(kept.splitlines(), snapshot_of(stories).splitlines(), "kept", "now", lineterm="")
        )
        assert not difference, "\n".join([f"{file}: if this is meant, run this file with --write", *difference])


def test_every_snapshot_belongs_to_a_file_of_scenarios() -> None:
    """Nothing is kept that nobody compares."""
    assert sorted(path.stem for path in SNAPSHOTS.iterdir()) == sorted(by_file())


# --- writing the snapshots ------------------------------------------------------------------------------


def main(arguments: Sequence[str]) -> int:
    if list(arguments) != ["--write"]:
        sys.stderr.write("usage: python tests/scenarios/test_scenarios.py --write\n")
        return 2
    SNAPSHOTS.mkdir(exist_ok=True)
    for file, stories in by_file().items():
        (SNAPSHOTS / f"{file}.json").write_text(snapshot_of(stories), encoding="utf-8")
    sys.stdout.write(f"{len(scenarios())} scenarios of {len(by_file())} files written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
