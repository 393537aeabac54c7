"""Sendings that turn out not to have reached somebody, and those that did after all.

What was met by a sending that failed for its recipient is owed again, with the clock it had: nobody was told. See
"Notices" in ``docs/semantics.md``.
"""

from __future__ import annotations

from attrs import evolve

from ir_policy.duties.discharge import met_again
from ir_policy.duties.entries import Entry, Status
from ir_policy.duties.moment import Moment
from ir_policy.log.events import Notice

__all__ = ["reconsider"]


def reconsider(moment: Moment) -> None:
    """Owe again what this event shows was not met, and meet what it shows was."""
    event, history = moment.event, moment.history
    assert isinstance(event, Notice)
    record = history.notices.get(event.notice)
    if record is None:
        return
    sendings = {one.event for one in record.told if one.state == "sent"}
    for entry in list(moment.ledger.entries.values()):
        if event.kind == "notice-failed" and entry.status is Status.DISCHARGED and entry.settled_by in sendings:
            _not_told(moment, entry)
        elif event.kind == "notice-delivered" and entry.is_open(event.at) and not sendings.isdisjoint(entry.undone):
            _told_after_all(moment, entry, sendings)


def _not_told(moment: Moment, entry: Entry) -> None:
    duty, history = entry.duty, moment.history
    failed = history.undelivered.get(entry.settled_by, frozenset())
    act = next((act for act in history.acts if act.event == entry.settled_by and act.name == "sent"), None)
    in_place = act is not None and act.to_all and moment.policy.notices.in_drills in failed
    if act is None or not (entry.recipient in failed or in_place):
        return
    if history.closing is not None and history.outcome in duty.not_for:
        return  # what ended so is owed to nobody any more
    undone = (*entry.undone, act.event)
    again = met_again(moment, entry, act.event)
    if again is not None:
        moment.ledger.put(evolve(entry, settled=again[0], settled_by=again[1], undone=undone))
        return
    lapses = entry.lapses or moment.lapses_from_the_start(duty)
    moment.ledger.put(evolve(entry, status=Status.ACTIVE, settled=None, settled_by="", lapses=lapses, undone=undone))
    moment.moves.revived.append(entry.key)


def _told_after_all(moment: Moment, entry: Entry, sendings: set[str]) -> None:
    """The first of the sendings that met it before and are known by now to have arrived meets it again."""
    failed, in_drills = moment.history.undelivered, moment.policy.notices.in_drills
    for act in moment.history.acts:
        if act.event not in sendings or act.event not in entry.undone or act.name != "sent":
            continue
        still = failed.get(act.event, frozenset())
        if entry.recipient in still or (act.to_all and in_drills in still):
            continue
        moment.ledger.put(evolve(entry, status=Status.DISCHARGED, settled=act.stamp, settled_by=act.event,
                                 undone=tuple(one for one in entry.undone if one != act.event)))  # fmt: skip
        moment.moves.discharged.append(entry.key)
        return
