"""Stories a policy owner can review: what happened, and what is owed then. One file for each subject.

A scenario has a `name` (a sentence), `events`, and `expect`: what must be so at one or more instants. Every value is
text; instants are RFC 3339. An event says `at`, `kind`, `by` and its fields; the incident and the event's id (`e1`,
`e2`, …) are filled in. It must be allowed, unless it says `refused: [rules]` (then it does not happen) or
`recorded: yes` (it happened against the rules, and counts as far as the rules let it). `policy_also_says` adds a line
to the shipped policy.

Beside what is written there, everything owed at a scenario's last instant is kept in `snapshots/`, so that a change
of one rule shows as the lines it changes. After a change that is meant, write them again and read the difference:

    python tests/scenarios/test_scenarios.py --write
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from difflib import unified_diff
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

import ir_policy as ir

HERE: Final = Path(__file__).parent
SNAPSHOTS: Final = HERE / "snapshots"
SHIPPED: Final = HERE.parents[1] / "src" / "ir_policy" / "rules" / "catalog" / "motion-mavericks.yaml"
FEWEST: Final = 24

SCENARIO_WORDS: Final = frozenset({"name", "policy_also_says", "events", "expect"})
EVENT_WORDS: Final = frozenset({"refused", "recorded"})
FLAGS: Final = frozenset({"drill", "acting"})
MOMENT_WORDS: Final = frozenset(
    {"now", "severity", "phase", "obligations", "not_owed", "violations", "blocked", "corrections"}
)
OBLIGATION_WORDS: Final = frozenset({"verdict", "due", "met_at", "basis", "breach"})


class Scenario:
    """One story: its events told to the desk, and what its file expects."""

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
        return max(instant(moment["now"]) for moment in self.said["expect"])

    def play(self) -> tuple[ir.Incident, list[str]]:
        """The incident after every event, and every answer of the desk that was not the one written."""
        incident, flaws = None, []
        for number, line in enumerate(self.said["events"], start=1):
            event = event_of(line, f"e{number}")
            if incident is None:
                assert isinstance(event, ir.Detected), f"{self}: begins with a signal"
                incident = ir.open_incident(self.policy, event).incident
                continue
            refused = sorted(refusal.rule for refusal in ir.check(incident, event))
            expected = sorted(line.get("refused", []))
            if line.get("recorded") == "yes":
                if not refused:
                    flaws.append(f"{event.id}: `recorded` is for what is against the rules; nothing forbids it")
                incident = ir.record(incident, event).incident
                continue
            if refused != expected:
                flaws.append(f"{event.id} {event.kind}: refused by {refused}, expected {expected}")
            if not refused:
                incident = ir.apply(incident, event).incident
        assert incident is not None, f"{self}: no events"
        return incident, flaws


@cache
def policy(also: str) -> ir.Policy:
    """The shipped policy, with another line where a scenario asks what that would change."""
    if not also:
        return ir.load_policy("motion-mavericks")
    return ir.load_policy(f"{SHIPPED.read_text(encoding='utf-8')}{also}\n")


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Every scenario of every file, in order."""
    found = []
    for file in sorted(HERE.glob("*.yaml")):
        found += [Scenario(file, said) for said in yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)]
    return tuple(found)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def written(at: datetime | None) -> str:
    """An instant as the snapshots write it; `none` where there is none."""
    return "none" if at is None else at.isoformat().replace("+00:00", "Z")


def event_of(line: Mapping[str, Any], default_id: str) -> ir.Event:
    """The event one mapping says."""
    said = {name: value for name, value in line.items() if name not in EVENT_WORDS}
    said.update({name: said[name] == "yes" for name in FLAGS & said.keys()})
    return ir.read_event({"id": default_id, "incident": "inc-1", **said})


# --- comparing ------------------------------------------------------------------------------------------


def flaws_at(incident: ir.Incident, moment: Mapping[str, Any]) -> Iterator[str]:
    """Everything that is otherwise at one instant than the scenario says."""
    now = instant(moment["now"])
    shown = ir.brief(incident, now)
    answer = shown.as_json()
    owed = {obligation.key: obligation for obligation in shown.obligations}
    yield from differing("severity", moment.get("severity"), answer["severity"]["governing"] or "unassessed")
    yield from differing("phase", moment.get("phase"), answer["phase"]["current"])
    for key, expected in moment.get("obligations", {}).items():
        if key not in owed:
            yield f"{key} is not owed; owed are {sorted(owed)}"
            continue
        assert expected.keys() <= OBLIGATION_WORDS, f"{key}: unknown words in {sorted(expected)}"
        for word, value in expected.items():
            yield from differing(f"{key}: {word}", value, said_of(owed[key], word, value))
    for prefix in moment.get("not_owed", []):
        yield from (f"{key} is owed, {prefix} was not to be" for key in owed if key.startswith(prefix))
    against = [f"{v.get('gate') or v['duty']}{' (without effect)' * v['without_effect']}" for v in answer["violations"]]
    yield from differing("violations", moment.get("violations"), against)
    yield from differing("blocked", moment.get("blocked"), [r.rule for r in (*shown.held_back, *shown.shut)])
    drawn_anew = [{"what": c.what, "before": c.before, "after": c.after} for c in shown.corrections]
    for expected in moment.get("corrections", []):
        if expected not in drawn_anew:
            yield f"no such correction: {expected}; there are {drawn_anew}"


def said_of(obligation: ir.Obligation, word: str, expected: str) -> str:
    """What an obligation says under one word; an instant in the words of the scenario if it is the same one."""
    if word == "breach":
        return obligation.breach.cause if obligation.breach is not None else "none"
    value = getattr(obligation, word)
    if not isinstance(value, datetime):
        return "none" if value is None else str(value)
    return expected if expected != "none" and instant(expected) == value else written(value)


def differing(what: str, expected: object, found: object) -> Iterator[str]:
    if expected is not None and expected != found:
        yield f"{what}: expected {expected}, found {found}"


def owed_by(scenario: Scenario) -> list[str]:
    """Everything owed at the scenario's last instant: key, verdict, due."""
    incident, _ = scenario.play()
    owed = ir.obligations(incident, scenario.last)
    return [f"{one.key}  {one.verdict}  {written(one.due)}" for one in owed]


def snapshot_of(told: Sequence[Scenario]) -> str:
    """The snapshot of one file's scenarios as text: canonical JSON, one obligation a line."""
    return json.dumps({one.name: owed_by(one) for one in told}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


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
            assert moment.keys() <= MOMENT_WORDS, scenario
            assert len(moment) > 1, f"{scenario}: nothing is expected at {moment['now']}"


@pytest.mark.parametrize("scenario", scenarios(), ids=repr)
def test_it_comes_out_as_written(scenario: Scenario) -> None:
    """Every event is allowed, refused or kept as the scenario says, and every instant shows what it expects."""
    incident, flaws = scenario.play()
    for moment in scenario.said["expect"]:
        flaws += [f"at {moment['now']} {flaw}" for flaw in flaws_at(incident, moment)]
    assert not flaws, "\n".join(["", str(scenario), *flaws])


@pytest.mark.parametrize("scenario", scenarios(), ids=repr)
def test_its_log_alone_gives_the_same_answers(scenario: Scenario) -> None:
    """Written down, read back and replayed, the story owes the same at every instant it asks about."""
    incident, _ = scenario.play()
    again = ir.replay(scenario.policy, ir.read_log(ir.write_log(incident.log, incident.pin)))
    assert again == incident
    for moment in scenario.said["expect"]:
        now = instant(moment["now"])
        assert ir.obligations(again, now) == ir.obligations(incident, now)


def test_everything_owed_is_as_in_the_snapshots() -> None:
    """What each scenario owes at its last instant is unchanged, to the line."""
    for file, told in by_file().items():
        kept = (SNAPSHOTS / f"{file}.json").read_text(encoding="utf-8")
        difference = list(unified_diff(kept.splitlines(), snapshot_of(told).splitlines(), "kept", "now", lineterm=""))
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
    for file, told in by_file().items():
        (SNAPSHOTS / f"{file}.json").write_text(snapshot_of(told), encoding="utf-8")
    sys.stdout.write(f"{len(scenarios())} scenarios of {len(by_file())} files written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
