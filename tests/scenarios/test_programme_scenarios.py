"""Stories of a programme a policy owner can review; how they are told stands in `practised.py`."""

from __future__ import annotations

import pytest

import ir_policy as ir
from practised import WORDS, Story, flaws_at, instant, played, stories
from telling import policy


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
