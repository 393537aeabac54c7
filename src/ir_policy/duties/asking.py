"""Duties whose limit is given by the event: each event that asks for something opens an obligation of its own."""

from __future__ import annotations

from attrs import evolve

from ir_policy.clocks import Deadline
from ir_policy.duties.entries import Due, Entry, earlier
from ir_policy.duties.moment import Moment, binding_of, known_when
from ir_policy.duties.watch import recipients_of
from ir_policy.rules.model import Duty, Given

__all__ = ["ask"]


def ask(moment: Moment, duty: Duty, given: Given, *, opens: bool) -> None:
    """Open what the event asks for, once for each thing and recipient; the same thing again may only come earlier.

    A former rule ``opens`` nothing: it hears only of what was asked for before.
    """
    event, within = moment.event, duty.within[0]
    until = moment.history.said(event, given.due) if event.kind in given.kinds else None
    if until is None or within is None:
        return
    due = Due(Deadline(until), Deadline(until), within.limit.kind, within, moment.stamp.at, event.at, known_when(event),
              "born-overdue")  # fmt: skip
    item, owner = (str(moment.history.said(event, name) or "") if name else "" for name in (given.item, given.owner))
    told = any(case.told for case in duty.owed_to)
    recipients = moment.history.said(event, "recipients") if told else None
    for recipient in (
        sorted(recipients or ()) if told else recipients_of(duty, moment.history, moment.ledger, moment.policy)
    ):
        standing = [e for e in moment.open_entries(duty) if (e.recipient, e.item) == (recipient, item)]
        if standing:
            _sooner(moment, standing[-1], due, owner)
        if standing or not opens:
            continue
        entry = evolve(
            moment.new_entry(duty, recipient, moment.stamp, duty.starts[0], due),
            item=item,
            owner=owner,
        )
        moment.ledger.put(entry)
        moment.moves.opened.append(entry.key)
        moment.asked.add(entry.key)


def _sooner(moment: Moment, entry: Entry, due: Due, owner: str) -> None:
    """The same thing asked for again: whoever is named now owes it, and never later than before."""
    firm = entry.firm if entry.missed(moment.event.at) else earlier(entry.firm, binding_of(due))
    changed = evolve(entry, due=earlier(entry.due, due), firm=firm, owner=owner or entry.owner)
    moment.ledger.put(changed)
    if changed.due is not entry.due:
        moment.moves.tightened.append(entry.key)
