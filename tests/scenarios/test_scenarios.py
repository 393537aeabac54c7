"""Stories a policy owner can review: what happened, and what is owed then. One file for each subject.

How a story is told stands in `telling.py`, what it may expect in `expecting.py`. Beside what is written there, all that
stands at a scenario's last instant is kept in `snapshots/`, with every refusal of the story, so that a change of one
rule shows as the lines it changes. After a change that is meant, write them again and read the difference:

    python tests/scenarios/test_scenarios.py --write
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import unified_diff
from functools import cache
from typing import Final

import pytest

import ir_policy as ir
from expecting import MOMENT_WORDS, flaws_at
from ir_policy.terms import OUTCOMES
from keeping import SNAPSHOTS, by_file, snapshot_of
from telling import SCENARIO_WORDS, Scenario, Told, instant, scenarios, tell

FEWEST: Final = 200


@cache
def told(scenario: Scenario) -> Told:
    """The story played once, for all who ask."""
    return tell(scenario)


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
            empty = [
                word
                for word in ("obligations", "not_owed", "marks", "corrections", "shows")
                if moment.get(word) in ([], {})
            ]
            assert not empty, f"{scenario}: {empty} ask for nothing at {moment['now']}"


@pytest.mark.parametrize("scenario", scenarios(), ids=repr)
def test_it_comes_out_as_written(scenario: Scenario) -> None:
    """Every event is allowed, refused or kept as the scenario says, and every instant shows what it expects."""
    story = told(scenario)
    flaws = list(story.flaws)
    for moment in scenario.said["expect"]:
        flaws += [f"at {moment['now']} {flaw}" for flaw in flaws_at(story.incident, moment)]
    assert not flaws, "\n".join(["", str(scenario), *flaws])


@pytest.mark.parametrize("scenario", scenarios(), ids=repr)
def test_its_log_alone_gives_the_same_answers(scenario: Scenario) -> None:
    """Written down, read back and replayed, the story owes the same at every instant it asks about."""
    incident = told(scenario).incident
    again = ir.replay(scenario.policy, ir.read_log(ir.write_log(incident.log, incident.pin)), adopted=scenario.newer)
    assert again == incident
    for moment in scenario.said["expect"]:
        now = instant(moment["now"])
        assert ir.obligations(again, now) == ir.obligations(incident, now)


def test_every_rule_of_the_policy_is_told_in_some_scenario() -> None:
    """Each gate refuses, each duty is owed, each row decides, and each fact, step, phase, outcome and role is told."""
    rules, missing = ir.load_policy("motion-mavericks"), untold()
    named = {name for names in missing.values() for name in names}
    assert not named, f"no scenario tells of {missing}"
    assert len(rules.gates) > 20
    assert len(rules.duties) > 15


def untold() -> dict[str, set[str]]:
    """What the policy knows and no scenario speaks of, by section."""
    rules = ir.load_policy("motion-mavericks")
    families = {f"{name}/{member}" for name, family in rules.families.items() for member in family.members}
    missing = {
        "gates": set(rules.gates),
        "duties": set(rules.duties),
        "rows": {row.id for row in rules.rows} | set(rules.raises.rules),
        "facts": set(rules.facts) | families,
        "steps": set(rules.steps),
        "phases": {phase.value for phase in ir.Phase},
        "outcomes": set(OUTCOMES),
        "roles": set(rules.roles),
    }
    for scenario in scenarios():
        story = told(scenario)
        missing["gates"] -= {refusal.rule for _, refusals in story.refused for refusal in refusals}
        for moment in scenario.said["expect"]:
            missing["duties"] -= {key.partition("@")[0] for key in moment.get("obligations", {})}
            missing["rows"] -= set(moment.get("rows", ())) | set(story.incident.proposed.determined_by)
        for event in story.incident.log:
            missing["facts"] -= set(getattr(event, "facts", ()))
            for section, field in (("steps", "step"), ("outcomes", "outcome"), ("roles", "role")):
                missing[section].discard(getattr(event, field, ""))
            if isinstance(event, ir.PhaseChange):
                missing["phases"].discard(event.phase.value)
    missing["phases"].discard("detect")  # where every incident begins; it is never entered
    return missing


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
