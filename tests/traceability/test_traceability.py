"""Every sentence of the policy's source is alive in the document, and a scenario shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from traceability.trace import KINDS, OURS, Sentence, all_missing, all_places, files, sentences, stands

SENTENCES = 143
"""How many sentences, table cells and list items the source has."""


def test_every_sentence_is_there() -> None:
    """None was lost, and none stands there twice."""
    said = [one.says for one in sentences()]
    assert len(said) == SENTENCES
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("one", [*sentences(), *sentences(OURS)], ids=lambda one: one.says)
def test_it_became_something_or_nothing_for_a_reason(one: Sentence) -> None:
    """A sentence names its kind and the places it became; one that became nothing says why."""
    assert one.kind in KINDS
    assert bool(one.ids) != bool(one.reason)
    assert (one.kind == "nothing") == bool(one.reason)
    assert [place for place in one.ids if not stands(place)] == []
    sections = {"rule": "severity_r", "duty": ("duties.", "exercises."), "gate": "gates.", "step": "steps.", "option": "open_questions.",
                "assumption": "assumptions.", "view": "tooling."}  # fmt: skip
    if one.kind in sections:
        assert any(place.startswith(sections[one.kind]) for place in one.ids), one.kind


def test_nothing_stands_in_the_policy_that_nobody_asked_for() -> None:
    """Every rule, step, role and tool is asked for by a sentence, or is ours and says why."""
    asked = {place for one in (*sentences(), *sentences(OURS)) for place in one.ids}
    places = list(all_places())
    assert len(places) > 120
    assert [place for place in places if place not in asked] == []


def test_every_rule_is_shown_by_scenarios() -> None:
    """Where it holds, where it does not, and, for a limit, the last moment in time and the first one late."""
    assert all_missing() == []


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_the_page_says_what_the_map_says(path: Path) -> None:
    """The page and the data are written from the map; after a change run ``tests/tools/write_traceability.py``."""
    assert path.read_text(encoding="utf-8") == files()[path]
