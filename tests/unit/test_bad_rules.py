"""Slips in the rules about closing, promises and forms: each is one problem at its place with a way out."""

from __future__ import annotations

from importlib import resources
from typing import Final

import pytest

import ir_policy as ir

POLICY: Final = (
    resources.files("ir_policy.rules").joinpath("catalog", "motion-mavericks.yaml").read_text(encoding="utf-8")
)
OUTCOMES: Final = "write one of: resolved, false-positive, duplicate, superseded, out-of-scope"
FORM: Final = 'until: {field: channel, like: "#inc-{day}-{summary}", at_most: 80}'
RESOLVED: Final = "forbids: [{outcome: resolved}]\n    until: {settled: recover}"
GIVEN: Final = "    given: {due: due, item: action, owner: owner}\n"
PROMISED: Final = "{event: notice-sent, saying: next_update_by}"

SLIPS: Final = {
    "an outcome nobody knows": (
        RESOLVED, RESOLVED.replace("resolved", "solved"),
        "gates.recovery-before-close.forbids[0].outcome: 'solved' is not an outcome", OUTCOMES,
    ),
    "a duty nobody knows": (
        RESOLVED, RESOLVED.replace("recover}", "recovr}"),
        "gates.recovery-before-close.until: unknown duty 'recovr'", "did you mean 'recover'?",
    ),
    "a duty that asks what is settled": (
        "    when: {mark: recovered}\n", "    when: {settled: recover}\n",
        "duties.resolution-message.when: only gates may ask whether a duty is settled",
        "let the duty start from a mark that the other one sets",
    ),
    "an outcome a duty is not for": (
        "    per: incident\n\ngates:", "    per: incident\n    not_for: [solved]\n\ngates:",
        "duties.action-item.not_for[0]: 'solved' is not an outcome", OUTCOMES,
    ),
    "a recipient in two ways": (
        "{owed: client-update}", "{owed: client-update, told: yes}",
        "duties.resolution-message.owed_to: must say one of to, each, owed, told", "",
    ),
    "following a duty nobody knows": (
        "{owed: client-update}", "{owed: client-updat}",
        "duties.resolution-message.owed_to: unknown duty 'client-updat'", "did you mean 'client-update'?",
    ),
    "following a duty that follows another": (
        "    owed_to: stakeholders\n", "    owed_to: {owed: resolution-message}\n",
        "duties.stakeholder-notice.owed_to: 'resolution-message' itself follows another duty", "follow that one",
    ),
    "told in another word": (
        "{told: yes}", "{told: true}", "duties.next-update.owed_to.told: 'told' knows only 'yes'",
        "whoever the sending goes to",
    ),
    "told by an event that goes to nobody": (
        "    owed_by: incident-commander\n    starts: action-opened\n",
        "    owed_by: incident-commander\n    owed_to: {told: yes}\n    starts: action-opened\n",
        "duties.action-item.owed_to: unknown field of 'action-opened' 'recipients'", "",
    ),
    "told where nothing is given": (
        "    owed_to: stakeholders\n", "    owed_to: {told: yes}\n",
        "duties.stakeholder-notice.owed_to: 'told' belongs to a limit that is given by the event", "",
    ),
    "a limit given by nothing": (
        GIVEN, "", "duties.action-item: 'given' is missing", "say which field of the event says until when",
    ),
    "a limit given and written": (
        f"    within: given by the event\n{GIVEN}", f"    within: 3 hours\n{GIVEN}",
        "duties.action-item.given: belongs to one limit that is 'given by the event'", "",
    ),
    "until when, said by nothing": (
        GIVEN, "    given: {item: action}\n", "duties.action-item.given: 'due' is missing",
        "name the field of the event that says until when",
    ),
    "until when, in a field that is no instant": (
        GIVEN, "    given: {due: owner}\n", "duties.action-item.given.due: unknown instant of 'action-opened' 'owner'", "",
    ),
    "an item in a field nobody knows": (
        GIVEN, "    given: {due: due, item: actoin}\n",
        "duties.action-item.given: unknown field of 'action-opened' 'actoin'", "did you mean 'action'?",
    ),
    "a word of given nobody knows": (
        GIVEN, "    given: {due: due, itm: action}\n", "duties.action-item.given.itm: unknown key 'itm'",
        "known here: due, item, owner",
    ),
    "asked for by a mark that no event sets": (
        "    starts: action-opened\n", "    starts: suspected\n",
        "duties.action-item.starts: is set by no event that could say until when", "",
    ),
    "a mark that waits for a field nobody knows": (
        PROMISED, PROMISED.replace("update_by", "updateby"),
        "marks.notice-promised.set_by[0].saying: unknown field of 'notice-sent' 'next_updateby'",
        "did you mean 'next_update_by'?",
    ),
    "a form of a field nobody knows": (
        FORM, FORM.replace("field: channel", "field: chanel"),
        "gates.channel-is-named-by-day.until: unknown field of 'channel-opened' 'chanel'", "did you mean 'channel'?",
    ),
    "a form with a word that stands for nothing": (
        FORM, FORM.replace("{day}", "{date}"),
        "gates.channel-is-named-by-day.until.like: '{date}' stands for nothing", "known are {day} and {summary}",
    ),
    "a form of no length": (
        FORM, FORM.replace("80", "0"), "gates.channel-is-named-by-day.until.at_most: is not a number of characters",
        "write one from 1 to 1000",
    ),
    "a form without an end": (
        FORM, FORM.replace(", at_most: 80", ""), "gates.channel-is-named-by-day.until: 'at_most' is missing",
        "say which field, like what, and how long at most",
    ),
    "a statement in a field nobody knows": (
        "forbids: [{decision: differing}]\n    until: {states: [reason]}",
        "forbids: [{decision: differing}]\n    until: {states: [reasn]}",
        "gates.difference-has-a-reason.until: unknown field of 'severity-decided' 'reasn'", "did you mean 'reason'?",
    ),
    "a step of a phase nobody knows": (
        "steps: [clean-up, patch,", "steps: [clean-up, pach,", "phases.eradicate.steps: unknown step 'pach'",
        "did you mean 'patch'?",
    ),
    "a notice met by something else": (
        "met_by: {notice: any}", "met_by: {notice: some}",
        "duties.next-update.met_by.notice: 'notice' knows only 'sent' and 'any'", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("about", SLIPS)
def test_one_slip_is_one_problem(about: str) -> None:
    """One change to the shipped policy is one problem: its place, what is wrong, and the way out."""
    old, new, said, hint = SLIPS[about]
    assert POLICY.count(old) == 1, f"{old!r} stands there {POLICY.count(old)} times"
    with pytest.raises(ir.PolicyInvalid) as refused:
        ir.load_policy(POLICY.replace(old, new))
    (problem,) = refused.value.problems
    place, _, path = problem.where.partition(": ")
    assert (f"{path}: {problem.what}", problem.hint) == (said, hint)
    line = POLICY.replace(old, new).split("\n")[int(place.split(":")[1]) - 1]
    assert line.strip(), "the place is a line of the document"


def test_no_outcome_ends_a_duty_of_law() -> None:
    """A law that says its duty ends with the incident is refused: closing never settles what a statute asks for."""
    law = resources.files("ir_policy.rules").joinpath("catalog", "law", "au-ndb.yaml").read_text(encoding="utf-8")
    slip = law.replace("    owed_by: legal-liaison\n", "    owed_by: legal-liaison\n    not_for: [duplicate]\n", 1)
    assert slip != law
    with pytest.raises(ir.PolicyInvalid) as refused:
        ir.load_policy(POLICY, documents=[slip])
    (problem,) = refused.value.problems
    assert (problem.what, problem.hint) == ("no outcome of closing ends a statutory duty", "remove it")
