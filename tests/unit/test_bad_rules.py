"""Slips in the rules about closing, promises and forms: each is one problem at its place with a way out."""

from __future__ import annotations

from typing import Final

import pytest

from support_documents import AU, POLICY, Slip, assert_one_problem, edited, problems

SLIPS: Final = (
    Slip('an outcome nobody knows', 'forbids: [{outcome: resolved}]\n    until: {settled: recover}',
         'forbids: [{outcome: solved}]\n    until: {settled: recover}',
         ' ¦solved}]', 'gates.recovery-before-close.forbids[0].outcome',
         "'solved' is not an outcome", 'write one of: resolved, false-positive, duplicate, superseded, out-of-scope'),
    Slip('a duty nobody knows', 'forbids: [{outcome: resolved}]\n    until: {settled: recover}',
         'forbids: [{outcome: resolved}]\n    until: {settled: recovr}',
         '¦{settled: recovr}', 'gates.recovery-before-close.until',
         "unknown duty 'recovr'", "did you mean 'recover'?"),
    Slip('a duty that asks what is settled', '    when: {mark: recovered}\n',
         '    when: {settled: recover}\n',
         'n: ¦{settled: re', 'duties.resolution-message.when',
         'only gates may ask whether a duty is settled', 'let the duty start from a mark that the other one sets'),
    Slip('an outcome a duty is not for', '    per: incident\n\ngates:',
         '    per: incident\n    not_for: [solved]\n\ngates:',
         '¦solved]', 'duties.action-item.not_for[0]',
         "'solved' is not an outcome", 'write one of: resolved, false-positive, duplicate, superseded, out-of-scope'),
    Slip('a recipient in two ways', '{owed: client-update}',
         '{owed: client-update, told: yes}',
         '¦{owed: clien', 'duties.resolution-message.owed_to',
         'must say one of to, each, owed, told', ''),
    Slip('following a duty nobody knows', '{owed: client-update}',
         '{owed: client-updat}',
         '¦{owed: clien', 'duties.resolution-message.owed_to',
         "unknown duty 'client-updat'", "did you mean 'client-update'?"),
    Slip('following a duty that follows another', '    owed_to: stakeholders\n',
         '    owed_to: {owed: resolution-message}\n',
         '¦{owed: resol', 'duties.stakeholder-notice.owed_to',
         "'resolution-message' itself follows another duty", 'follow that one'),
    Slip('told in another word', '{told: yes}',
         '{told: true}',
         '¦true}', 'duties.next-update.owed_to.told',
         "'told' knows only 'yes'", 'whoever the sending goes to'),
    Slip('told by an event that goes to nobody', '    owed_by: incident-commander\n    starts: action-opened\n',
         '    owed_by: incident-commander\n    owed_to: {told: yes}\n    starts: action-opened\n',
         'r\n    owed_to: ¦{told: yes}', 'duties.action-item.owed_to',
         "unknown field of 'action-opened' 'recipients'", ''),
    Slip('told where nothing is given', '    owed_to: stakeholders\n',
         '    owed_to: {told: yes}\n',
         's\n    owed_by: comms-lead\n    owed_to: ¦{told: yes}', 'duties.stakeholder-notice.owed_to',
         "'told' belongs to a limit that is given by the event", ''),
    Slip('a limit given by nothing', '    given: {due: due, item: action, owner: owner}\n',
         '',
         '¦title: close', 'duties.action-item',
         "'given' is missing", 'say which field of the event says until when'),
    Slip('a limit given and written', '    within: given by the event\n    given: {due: due, item: action, owner: owner}\n',
         '    within: 3 hours\n    given: {due: due, item: action, owner: owner}\n',
         '¦{due: due, i', 'duties.action-item.given',
         "belongs to one limit that is 'given by the event'", ''),
    Slip('until when, said by nothing', '    given: {due: due, item: action, owner: owner}\n',
         '    given: {item: action}\n',
         '¦{item: actio', 'duties.action-item.given',
         "'due' is missing", 'name the field of the event that says until when'),
    Slip('until when, in a field that is no instant', '    given: {due: due, item: action, owner: owner}\n',
         '    given: {due: owner}\n',
         '¦owner}', 'duties.action-item.given.due',
         "unknown instant of 'action-opened' 'owner'", ''),
    Slip('an item in a field nobody knows', '    given: {due: due, item: action, owner: owner}\n',
         '    given: {due: due, item: actoin}\n',
         '¦{due: due, i', 'duties.action-item.given',
         "unknown field of 'action-opened' 'actoin'", "did you mean 'action'?"),
    Slip('a word of given nobody knows', '    given: {due: due, item: action, owner: owner}\n',
         '    given: {due: due, itm: action}\n',
         '¦itm: action}', 'duties.action-item.given.itm',
         "unknown key 'itm'", 'known here: due, item, owner'),
    Slip('asked for by a mark that no event sets', '    starts: action-opened\n',
         '    starts: suspected\n',
         's: ¦suspected', 'duties.action-item.starts',
         'is set by no event that could say until when', ''),
    Slip('a mark that waits for a field nobody knows', '{event: notice-sent, saying: next_update_by}',
         '{event: notice-sent, saying: next_updateby}',
         '¦next_updateb', 'marks.notice-promised.set_by[0].saying',
         "unknown field of 'notice-sent' 'next_updateby'", "did you mean 'next_update_by'?"),
    Slip('a form of a field nobody knows', 'until: {field: channel, like: "#inc-{day}-{summary}", at_most: 80}',
         'until: {field: chanel, like: "#inc-{day}-{summary}", at_most: 80}',
         '¦{field: chan', 'gates.channel-is-named-by-day.until',
         "unknown field of 'channel-opened' 'chanel'", "did you mean 'channel'?"),
    Slip('a form with a word that stands for nothing', 'until: {field: channel, like: "#inc-{day}-{summary}", at_most: 80}',
         'until: {field: channel, like: "#inc-{date}-{summary}", at_most: 80}',
         '¦"#inc-{date}', 'gates.channel-is-named-by-day.until.like',
         "'{date}' stands for nothing", 'known are {day} and {summary}'),
    Slip('a form of no length', 'until: {field: channel, like: "#inc-{day}-{summary}", at_most: 80}',
         'until: {field: channel, like: "#inc-{day}-{summary}", at_most: 0}',
         '¦0}', 'gates.channel-is-named-by-day.until.at_most',
         'is not a number of characters', 'write one from 1 to 1000'),
    Slip('a form without an end', 'until: {field: channel, like: "#inc-{day}-{summary}", at_most: 80}',
         'until: {field: channel, like: "#inc-{day}-{summary}"}',
         '¦{field: chan', 'gates.channel-is-named-by-day.until',
         "'at_most' is missing", 'say which field, like what, and how long at most'),
    Slip('a statement in a field nobody knows', 'forbids: [{decision: differing}]\n    until: {states: [reason]}',
         'forbids: [{decision: differing}]\n    until: {states: [reasn]}',
         '¦{states: [reasn]}', 'gates.difference-has-a-reason.until',
         "unknown field of 'severity-decided' 'reasn'", "did you mean 'reason'?"),
    Slip('a step of a phase nobody knows', 'steps: [clean-up, patch,',
         'steps: [clean-up, pach,',
         '¦[clean-up, p', 'phases.eradicate.steps',
         "unknown step 'pach'", "did you mean 'patch'?"),
    Slip('a notice met by something else', 'met_by: {notice: any}',
         'met_by: {notice: some}',
         '¦some}', 'duties.next-update.met_by.notice',
         "'notice' knows only 'sent', 'any' and 'reviewed'", ''),
)  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.about)
def test_one_slip_is_one_problem(slip: Slip) -> None:
    """One change to the shipped policy is one problem: its place, what is wrong, and the way out."""
    assert_one_problem(slip)


def test_no_outcome_ends_a_duty_of_law() -> None:
    """A law that says its duty ends with the incident is refused: closing never settles what a statute asks for."""
    slip = edited(AU, ("    owed_by: legal-liaison\n", "    owed_by: legal-liaison\n    not_for: [duplicate]\n"))
    (problem,) = problems(POLICY, slip)
    assert (problem.what, problem.hint) == ("no outcome of closing ends a statutory duty", "remove it")
