"""Rules that can be read and would never do anything. Each is a slip of the pen, and silence would hide it.

Nothing here looks up names; ``link.py`` gives each flaw its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from ir_policy.rules.model import Duty, MarkRule

__all__ = ["Flaw", "duty_flaws", "gate_flaws", "never_set"]

Flaw: TypeAlias = tuple[tuple[str | int, ...], str, str]
"""Where below the rule, what is wrong, and the way out."""


def duty_flaws(rule: Any) -> Iterator[Flaw]:
    """What in one duty contradicts the rest of it."""
    if rule.unless is not None and not rule.exempted_by:
        yield ("unless",), "needs 'exempted_by'", "an exemption needs a person who decides it"
    if rule.exempted_by and rule.unless is None:
        yield ("exempted_by",), "needs 'unless'", "an exemption needs a ground"
    for index, case in enumerate(rule.owed_to[:-1]):
        if case.when is None:
            what = "a case without 'when' applies always: none behind it ever does"
            yield ("owed_to", index), what, "put it last, or write one duty for each recipient"
    if rule.source is not None:
        yield from _source_flaws(rule.source)


def gate_flaws(rule: Any) -> Iterator[Flaw]:
    """A gate that is always shut, with nothing that opens it."""
    if rule.when is None and not rule.until and not rule.waivable_by:
        yield (), "nothing ever opens this gate", "say when it is shut, what releases it, or who may waive it"


def never_set(duties: Mapping[str, Duty], marks: Mapping[str, MarkRule]) -> Iterator[tuple[str, str]]:
    """Duties that can never start, each with the first mark they would start from that nothing can set."""
    able = {name for name, mark in marks.items() if mark.sources}
    duties = {id_: duty for id_, duty in duties.items() if not duty.enables}
    waiting = {id_: duty for id_, duty in duties.items() if not _can_start(duty, able)}
    sets = {duty.sets for id_, duty in duties.items() if id_ not in waiting and duty.sets} - able
    while sets:
        able |= sets
        started = [duty for duty in waiting.values() if _can_start(duty, able)]
        waiting = {id_: duty for id_, duty in waiting.items() if not _can_start(duty, able)}
        sets = {duty.sets for duty in started if duty.sets} - able
    for id_, duty in waiting.items():
        yield id_, next(mark for mark in duty.starts if mark not in able)


# --- helpers --------------------------------------------------------------------------------------------


def _can_start(duty: Duty, able: set[str]) -> bool:
    enough = all if duty.starts_latest else any
    return enough(mark in able for mark in duty.starts)


def _source_flaws(source: Any) -> Iterator[Flaw]:
    """Days that are out of order."""
    begins, ends = source.in_force_from, source.in_force_to
    if begins and ends and ends <= begins:
        yield ("source", "in_force_to"), "the rule ends before it begins", "check both days"
    if source.checked and source.review_by and source.review_by < source.checked:
        yield ("source", "review_by"), "it is due for review before it was checked", "check both days"
