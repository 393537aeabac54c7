"""What holds an obligation back: the gates its sending has to pass and no text passes yet, and reviews nobody answered.

It changes no duty and no deadline. It says what an open obligation waits for, and whether a miss was a wait.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ir_policy.calendar import start_of_day
from ir_policy.duties.entries import Entry
from ir_policy.duties.texts import good_until, is_released, meets_any, reaching, texts_for
from ir_policy.log.history import History
from ir_policy.log.messages import NoticeRecord, Wait
from ir_policy.rules.model import Gate, Policy
from ir_policy.terms import MICROSECOND

__all__ = ["HeldBack", "endings"]


class HeldBack:
    """Asked of one state at one instant; ``known`` are the atoms known to be so and not so then."""

    def __init__(self, policy: Policy, history: History, known: tuple[int, int], at: datetime) -> None:
        self.policy = policy
        self.history = history
        self.at = at
        self._gates = {word: tuple(self._shut(word, known)) for word in ("external", "beyond-exercise")}

    def _shut(self, word: str, known: tuple[int, int]) -> list[Gate]:
        return [
            gate
            for _, gate in sorted(self.policy.gates.items())
            if any((act.kind, act.name) == ("notice", word) for act in gate.forbids)
            and gate.id not in self.history.waived_gates
            and gate.bites(*known)
            and not gate.opened(*known)
        ]

    def blocked_by(self, entry: Entry) -> tuple[str, ...]:
        """The gates that no text for it passes as things stand; none where nothing is to be sent outside."""
        rules, recipient = self.policy.notices, entry.recipient
        told = any(match.kind == "notice" and "reviewed" not in match.names for match in entry.duty.met_by)
        if not told or not rules.outside(recipient):
            return ()
        gates = self._gates["external"]
        if not (self.history.drill and rules.in_drills):
            beyond = self._gates["beyond-exercise"]
            gates = tuple(sorted({*gates, *beyond}, key=lambda gate: gate.id)) if beyond else gates
        if not gates:
            return ()
        texts = texts_for(self.policy, self.history, (entry.duty,), recipient)
        shut = [
            self._shut_to(gates, record, reaching(self.history, self.policy, record, recipient)) for record in texts
        ]
        return min(shut, key=lambda one: (len(one), one), default=tuple(gate.id for gate in gates))

    def _shut_to(self, gates: Iterable[Gate], record: NoticeRecord, to: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the gates that a text does not pass as it stands, were it sent now to these."""
        return tuple(
            gate.id
            for gate in gates
            if not any(is_released(self.policy, one, record, to, self.at) for one in gate.until)
        )

    def stopped(self, record: NoticeRecord) -> tuple[str, ...]:
        """The gates that a text does not pass as it stands, were it sent now to all it is for."""
        rules = self.policy.notices
        outside = [one for one in record.recipients if rules.outside(one)]
        beyond = any(one != rules.in_drills for one in outside)
        gates = {*(self._gates["external"] if outside else ()), *(self._gates["beyond-exercise"] if beyond else ())}
        return self._shut_to(sorted(gates, key=lambda gate: gate.id), record, record.recipients)

    def waited(self, entry: Entry, at: datetime) -> bool:
        """Whether a text for it was waiting at that instant for a review that had been asked for."""
        for record in self.history.notices.values():
            for wait in record.waits:
                if wait.since <= at and (wait.until is None or at < wait.until) and self._is_for(entry, wait):
                    return True
        return False

    def _is_for(self, entry: Entry, wait: Wait) -> bool:
        if entry.recipient not in wait.recipients and not self.history.in_place(self.policy, wait.recipients):
            return False
        if meets_any(entry.duty):
            return True
        act = entry.duty.act
        return entry.duty.id in wait.duties or (
            bool(act) and any(rule.act == act for name in wait.duties for rule in self.policy.rules_of(name))
        )


def endings(policy: Policy, history: History) -> tuple[datetime, ...]:
    """The instants from which a review, an approval or a clearance of a text is good no more, or first is."""
    found = []
    for record in history.notices.values():
        if record.state == "withdrawn" or record.draft is None:
            continue  # what was sent may be sent again by another way
        ends = [record.review.until if record.review is not None else None]
        ends.append(good_until(policy.notices, record.approval) if record.approval is not None else None)
        found += [end + MICROSECOND for end in ends if end is not None]
        template = policy.templates.get(record.draft.template)
        if template is not None and template.cleared is not None:
            cleared, zone = template.cleared, policy.calendar.zone
            found.append(start_of_day(cleared.until + timedelta(days=1), zone))
            found += [start_of_day(cleared.on, zone)] if cleared.on is not None else []
    return tuple(sorted(set(found)))
