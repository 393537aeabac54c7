"""Stories of a programme a policy owner can review; how they are told stands in `practised.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

import pytest
import yaml

import ir_policy as ir
from practised import WORDS, Story, flaws_at, instant, played, stories
from telling import SHIPPED, policy


def test_there_are_stories_and_they_are_well_written() -> None:
    """Each is named once by a whole sentence, and expects something that somebody reads."""
    names = [story.name for story in stories()]
    assert len(set(names)) == len(names) >= 10
    assert [name for name in names if len(name.split()) < 4] == []
    for story in stories():
        assert story.said.keys() == {"name", "events", "expect"}, story
        assert story.said["expect"], story
        for moment in story.said["expect"]:
            assert {"now"} < moment.keys() <= WORDS, story


@pytest.mark.parametrize("story", stories(), ids=repr)
def test_it_comes_out_as_written(story: Story) -> None:
    """Every event is allowed or refused as the story says, and every instant shows what it expects."""
    programme, flaws = played(story)
    for moment in story.said["expect"]:
        flaws += [f"at {moment['now']} {flaw}" for flaw in flaws_at(programme, moment)]
    assert not flaws, "\n".join(["", str(story), *flaws])


@pytest.mark.parametrize("story", stories(), ids=repr)
def test_its_log_alone_gives_the_same_answers(story: Story) -> None:
    """Written down, read back and replayed, it owes the same at every instant it asks about."""
    programme, _ = played(story)
    log = ir.read_log(ir.write_log(programme.log, programme.pin))
    again = ir.replay(policy(""), log, stream=ir.Programme)
    assert again == programme
    for moment in story.said["expect"]:
        now = instant(moment["now"])
        assert ir.drills(again, now).as_json() == ir.drills(programme, now).as_json()


def test_everything_a_programme_owes_is_told() -> None:
    """Each exercise, assumption and action is met in some story and missed, or too old, in another."""
    rules = policy("").about
    told = {
        (key.partition("@")[0], words.get("verdict"), words.get("status"))
        for story in stories()
        for moment in story.said["expect"]
        for key, words in moment.get("obligations", {}).items()
    }
    verdicts = {(duty, verdict) for duty, verdict, _ in told}
    assert len(rules.exercises) == 3
    for id_ in (*rules.exercises, "action-item"):
        assert {(id_, "met"), (id_, "missed")} <= verdicts
    late = {
        key.partition("@")[0]
        for story in stories()
        for moment in story.said["expect"]
        for key in moment.get("past_advice", ())
    }
    assert late == set(rules.assumptions)


# --- each number, word and switch matters ---------------------------------------------------------------------


def changes() -> Iterator[tuple[tuple[str, ...], Any]]:
    """One change to what a programme rests on: where, and what stands there then; ``None`` is nothing."""
    tree = DOCUMENT
    yield ("calendar", "zone"), "Australia/Brisbane"
    yield ("readings", "readiness-goes-stale", "adds"), "no"
    for id_, rule in tree["exercises"].items():
        yield (
            ("exercises", id_, "every"),
            {"month": "quarter", "quarter": "half-year", "half-year": "year"}[rule["every"]],
        )
        yield ("exercises", id_, "owed_by"), "scribe"
        yield ("exercises", id_, "held_as"), "drill-held" if rule.get("held_as") else "review-held"
        for scenario in rule.get("covers", ()):
            yield ("exercises", id_, "covers", scenario), None
    for id_, rule in tree["assumptions"].items():
        yield ("assumptions", id_, "kept_by"), "scribe"
        number = int(rule["attested_within"].split()[0])
        yield from ((("assumptions", id_, "attested_within"), f"{number + by} days") for by in (1, -1))


DOCUMENT: Final[dict[str, Any]] = yaml.load(SHIPPED.read_text(encoding="utf-8"), yaml.BaseLoader)
CHANGES: Final = tuple(changes())


def test_there_are_enough_changes() -> None:
    """Every exercise and every assumption is among them."""
    assert len(CHANGES) >= 20
    assert {path[1] for path, _ in CHANGES} >= {*DOCUMENT["exercises"], *DOCUMENT["assumptions"]}


@pytest.mark.parametrize(
    ("path", "new"), CHANGES, ids=lambda one: ".".join(one) if isinstance(one, tuple) else str(one)
)
def test_some_story_notices(path: tuple[str, ...], new: Any) -> None:
    """With that one thing changed, some story comes out otherwise."""
    tree = deepcopy(DOCUMENT)
    node = tree
    for part in path[:-1]:
        node = node[part]
    node.pop(path[-1], None)
    if new is not None:
        node[path[-1]] = new
    rules = ir.load_policy(json.dumps(tree))
    assert any(_otherwise(story, rules) for story in stories())


def _otherwise(story: Story, rules: ir.Policy) -> bool:
    try:
        programme, flaws = played(story, rules)
    except ir.EventInvalid:
        return True  # it speaks of something these rules do not know
    return bool(flaws) or any(flaw for moment in story.said["expect"] for flaw in flaws_at(programme, moment))
