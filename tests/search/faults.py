"""Faults to plant, one rule each: in the document, or in the engine. The search must find every one of them.

A fault in the document is an edit of it; one in the engine replaces a single function. Each says in which slice it
shows, which law breaks, and how many moves away: the search is breadth first, so there is no shorter way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timezone
from typing import Any, Final, NamedTuple

import pytest
from attrs import evolve

from ir_policy.clocks import Deadline
from ir_policy.duties import gates, judge
from ir_policy.duties.entries import OPEN, Entry, Status, candidate
from ir_policy.duties.step import _Step
from ir_policy.duties.watch import Plan
from ir_policy.log.history import History, Stamp
from ir_policy.rules.model import Duty, Policy
from ir_policy.terms import Truth
from search.documents import Document, Edit

Patch = pytest.MonkeyPatch


class Fault(NamedTuple):
    """One rule gone wrong."""

    slice: str
    law: str
    """The law that breaks first."""
    moves: int
    """How many moves the shortest way to it has, time that passes among them."""
    edit: Edit | None = None
    patch: Callable[[Patch], None] | None = None


# --- in the document ------------------------------------------------------------------------------------


def _set(section: str, name: str, **fields: Any) -> Edit:
    """Fields of a rule written otherwise; ``None`` takes one out."""

    def edit(document: Document) -> None:
        rule = document[section][name]
        rule.update({field: value for field, value in fields.items() if value is not None})
        for field in [field for field, value in fields.items() if value is None]:
            del rule[field]

    return edit


def _without(section: str, name: str) -> Edit:
    return lambda document: document[section].pop(name)


def _privacy_by_episode(document: Document) -> None:
    _set("marks", "breach-confirmed", per="episode")(document)
    _set("duties", "oaic-notice", per="episode")(document)


# --- in the engine --------------------------------------------------------------------------------------


def marks_move_on(patch: Patch) -> None:
    """A finding that is made again sets its mark anew."""

    def set_mark(self: History, policy: Policy, name: str, stamp: Stamp) -> None:
        self.marks = {**self.marks, name: stamp}
        self.first_marks = {**self.first_marks, name: stamp}
        self.changed_marks.add(name)
        self.set_atom(policy, "mark", name, Truth.YES)

    patch.setattr(History, "set_mark", set_mark)


def lowering_gives_time(patch: Patch) -> None:
    """What is owed is reckoned at the present level, not at the worst one that governed."""
    tighten = _Step._tighten

    def relax(self: _Step, duty: Duty, opened: set[str]) -> None:
        tighten(self, duty, opened)
        for entry in self.open_entries(duty):
            found = self._anchor(duty, self.level.governing)
            due = (
                candidate(self.policy, duty, self.level.governing, found[0], self.event, "deadline") if found else None
            )
            if due is not None:
                self.ledger.put(evolve(entry, due=due, firm=due))

    patch.setattr(_Step, "_tighten", relax)


def anybody_waives(patch: Patch) -> None:
    """A waiver asks for no power."""
    patch.setattr(gates, "_power_bites", lambda *asked: iter(()))


def deadlines_exclude_their_instant(patch: Patch) -> None:
    """Done at the very instant is late."""
    patch.setattr(Deadline, "missed_from", property(lambda self: self.at))


def closing_clears_breaches(patch: Patch) -> None:
    """What lapses lapses without its breach."""
    breach = judge._breach
    patch.setattr(judge, "_breach", lambda entry, now: None if entry.status is Status.LAPSED else breach(entry, now))


def born_overdue_looks_open(patch: Patch) -> None:
    """What is overdue when it opens is shown as open."""
    label = judge._label

    def flattering(entry: Entry, now: Any, at_risk: Any) -> tuple[Status, str]:
        born = entry.status in OPEN and entry.firm is not None and entry.firm.missed_when_set()
        return (Status.ACTIVE, "open") if born else label(entry, now, at_risk)

    patch.setattr(judge, "_label", flattering)


def followers_are_forgotten(patch: Patch) -> None:
    """Whoever is named after the service was restored hears nothing of it."""
    patch.setattr(Plan, "in_order", lambda self, duties: sorted(duties))


def nobody_is_woken(patch: Patch) -> None:
    """Time alone changes nothing, says the engine."""
    patch.setattr(judge, "cuts", lambda entry, at_risk: ())


def phases_in_any_order(patch: Patch) -> None:
    """Phases are entered as one likes."""
    patch.setattr(gates, "_phase_bites", lambda *asked: iter(()))


def lapsed_is_met_later(patch: Patch) -> None:
    """What lapsed by time after closing is met by a later sending all the same."""
    patch.setattr(Entry, "is_open", lambda self, at: self.status in OPEN)


def the_day_is_read_in_utc(patch: Patch) -> None:
    """The channel is called after the day of detection somewhere else."""
    has_form = gates._has_form

    def elsewhere(policy: Policy, history: History, form: Any, text: str) -> bool:
        assert history.detection is not None
        day = history.detection.at.astimezone(timezone.utc)
        return text.startswith(f"#inc-{day:%Y%m%d}-") or has_form(policy, history, form, "")

    patch.setattr(gates, "_has_form", elsewhere)


def a_breach_stays_with_the_placeholder(patch: Patch) -> None:
    """Who takes over from an unnamed recipient starts afresh, and the breach is with nobody."""
    patch.setattr(_Step, "_taken_over", lambda self, entry, placeholder: entry)


def reopening_settles(patch: Patch) -> None:
    """What earlier episodes left open is dropped when the incident comes back."""
    settle = _Step.settle_by_power

    def forgetful(self: _Step) -> None:
        settle(self)
        if self.event.kind == "reopened":
            for entry in [one for one in self.ledger.entries.values() if one.status is Status.LAPSED]:
                self.ledger.put(evolve(entry, status=Status.CANCELLED))

    patch.setattr(_Step, "settle_by_power", forgetful)


FAULTS: Final = {
    "a breach confirmed again counts from then": Fault("regulators", "anchors_only_move_back", 3, patch=marks_move_on),
    "lowering gives more time": Fault("restoring", "lowering_moves_no_clock", 2, patch=lowering_gives_time),
    "closing does not ask about the OAIC": Fault(
        "regulators", "closing_leaves_nothing_owed", 2,
        edit=_set("gates", "regulator-decision-before-close", until={"all": [{"mark": "detected"}]}),
    ),
    "anybody waives what the law asks": Fault("europe", "no_statute_is_waived", 2, patch=anybody_waives),
    "the very instant is too late": Fault("clients", "what_is_owed_ends_or_is_missed", 1, patch=deadlines_exclude_their_instant),
    "a threat stops no lowering": Fault(
        "document", "nobody_lowers_under_a_threat", 2, edit=_without("gates", "no-lowering-under-threat")
    ),
    "not knowing lets a clean-up pass": Fault(
        "cleaning", "clean_up_waits_for_the_snapshot", 1,
        edit=_set("gates", "snapshot-before-cleanup", when={"yes": {"any": ["malicious-cause", "personal-data-involved"]}}),
    ),
    "reopening starts the three days anew": Fault(
        "regulators", "closing_leaves_nothing_owed", 4, edit=_privacy_by_episode
    ),
    "closing clears a breach": Fault("alert", "no_event_clears_a_breach", 4, patch=closing_clears_breaches),
    "born overdue looks open": Fault("alert", "labels_tell_the_truth", 5, patch=born_overdue_looks_open),
    "the message of the end is forgotten": Fault(
        "endings", "whoever_was_owed_an_update_hears_of_the_end", 2, patch=followers_are_forgotten
    ),
    "nobody is woken": Fault("postmortem", "what_is_owed_ends_or_is_missed", 2, patch=nobody_is_woken),
    "phases in any order": Fault("phases", "phases_come_in_order", 1, patch=phases_in_any_order),
    "what lapsed is met later": Fault("alert", "what_is_settled_stays_so", 5, patch=lapsed_is_met_later),
    "the day is read in UTC": Fault("phases", "the_channel_has_its_name", 1, patch=the_day_is_read_in_utc),
    "a breach stays with the placeholder": Fault(
        "clients", "no_event_clears_a_breach", 4, patch=a_breach_stays_with_the_placeholder
    ),
    "reopening takes lapsed duties up": Fault("alert", "what_is_settled_stays_so", 5, patch=reopening_settles),
    "the postmortem waits for recovery": Fault(
        "postmortem", "what_is_closed_owes_a_postmortem", 2, edit=_set("duties", "postmortem", starts="recovered")
    ),
    "suspicion freezes nothing": Fault(
        "freeze", "a_freeze_is_owed_at_once", 1, edit=_set("duties", "dsr-freeze", when="personal-data-involved")
    ),
    "anybody closes": Fault("papers", "only_the_commander_closes", 1, edit=_set("gates", "commander-closes", void=None)),
    "evidence may come with the closing": Fault(
        "papers", "evidence_comes_before_closing", 1, edit=_set("duties", "compliance-evidence", within="1 hour")
    ),
    "SEV1 is restored in eight hours": Fault(
        "restoring", "targets_follow_the_level", 1,
        edit=_set("duties", "recover", within={"SEV0": "1 hour", "SEV1": "8 hours", "SEV2": "same business day (not before 2 hours)"}),
    ),
    "no playbook without a known loss": Fault(
        "recovery", "recovery_is_checked", 4, edit=_set("gates", "restore-before-recovered", when={"yes": "rpo-breached"})
    ),
    "a raise owes no new alert to the clients": Fault(
        "clients", "clients_are_owed_an_update", 1, edit=_set("duties", "client-update", within="2 hours")
    ),
}  # fmt: skip
