"""The life of a message, drawn from the rows that decide it."""

from __future__ import annotations

from collections.abc import Iterator

from ir_policy.present.pages.machines import diagram, stops
from ir_policy.present.pages.markdown import code
from ir_policy.present.pages.readings import reading_link
from ir_policy.present.pages.words import length
from ir_policy.rules.machines.notice import NOTICE
from ir_policy.rules.model import Policy
from ir_policy.rules.words import listed

__all__ = ["life_of_a_notice"]


def life_of_a_notice(policy: Policy) -> Iterator[str]:
    """What may happen to one text, from its draft to its delivery, and how long a word about it is good."""
    rules = policy.notices
    yield "## The life of a message"
    yield ""
    yield ("A message is drafted, judged as it stands, sent, and its way to each recipient is followed. A review and an approval are of one"
           " text, told apart by its digest, for the recipients and under the version of this policy they were given for. An edit takes both away.")  # fmt: skip
    yield ""
    yield f"Inside the company is {listed(code(one) for one in rules.inside)}; everybody else is outside."
    if rules.in_drills:
        yield f"In a drill {code(rules.in_drills)} hears in place of everybody outside."
    if rules.approval_good_for is not None:
        asked = "is asked for again" if not rules.approval_binds else "is one no more"
        reading = f", read as {reading_link(rules.approval_reading)}" if rules.approval_reading else ""
        yield f"An approval {asked} after {length(rules.approval_good_for)}{reading}."
    if rules.rhythm is not None:
        every = listed(f"{length(span)} at {level.value}" for level, span in rules.rhythm.every.items())
        yield (f"After a message for {code(rules.rhythm.after)} the next word is suggested after {every}, until {listed((code(one) for one in rules.rhythm.until), 'or')}:"
               f" advice, read as {reading_link(rules.rhythm.reading)}; a time that was promised binds.")  # fmt: skip
    yield ""
    yield from diagram(NOTICE)
    yield from stops(NOTICE)
