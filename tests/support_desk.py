"""What may never come about at the desk, said of one step and of one state; each reads what is public and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import ir_policy as ir
from ir_policy import NO, YES, Obligation, Phase, Severity
from ir_policy.log.events import ChannelOpened, Closed, Event, FactsReported, PhaseChange, SeverityDecided, StepDone

SETTLED: Final = ("discharged", "waived", "lapsed")
MANY_STAMPS: Final = ("severity-supported", "scope-met")
"""Marks that stand for each level, or for each duty, at another instant."""
THREATS: Final = ("integrity-threatened", "residency-threatened")
GRAVE: Final = (Severity.SEV0, Severity.SEV1)
CHECKS: Final = ("validate-integrity", "confirm-playback", "confirm-milestones")
PAPERS: Final = ("report-drafted", "lessons-captured", "backlog-filed", "change-log-updated", "checklist-updated")
REGULATORS: Final = ("oaic-notice", "eu-authority-notice", "au.ndb.assess", "eu.gdpr.33-1")
BINDING: Final = ("statute", "contract", "policy")
NAME: Final = re.compile(r"#inc-[0-9]{8}-[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)

Owed = dict[str, Obligation]


def owed(incident: ir.Incident, now: datetime) -> Owed:
    return {one.key: one for one in ir.obligations(incident, now)}


def breaches(obligations: Owed) -> set[tuple[str, datetime]]:
    """What was missed, by duty; the first one named takes a placeholder's breach over."""
    return {(one.duty, one.breach.at) for one in obligations.values() if one.breach is not None}


# --- one step -------------------------------------------------------------------------------------------


def of_one_step(before: ir.Incident, event: Event, step: ir.Step) -> None:
    """What an event in its turn may not do; one that comes late draws everything anew and is not asked."""
    after = step.incident
    moved_on(owed(before, event.at), owed(after, event.at))
    assert after.violations[: len(before.violations)] == before.violations, "a violation was taken back"
    if before.episode == after.episode:
        for mark, was in before.marks.items():
            assert mark in MANY_STAMPS or after.marks[mark] <= was, f"{mark} moved later"
    against = [one for one in after.violations if one.event == event.id]
    if any(one.void for one in against):
        assert (after.severity, after.phase, after.facts, after.closed) == (
            before.severity, before.phase, before.facts, before.closed,
        )  # fmt: skip
        return
    _effective(before, event, after)
    if not against:
        _allowed(before, event, after)


def moved_on(before: Owed, after: Owed) -> None:
    """No event clears a breach, touches what is settled, or moves a due later."""
    assert breaches(before) <= breaches(after)
    for key, was in before.items():
        is_now = after.get(key)
        if is_now is None:
            assert was.status == "pending", key
            continue
        if was.status in SETTLED:
            assert is_now == was
        if was.due is not None:
            assert is_now.due is not None
            assert is_now.due <= was.due, key
        sooner = is_now.due is not None and (was.due is None or is_now.due < was.due)
        assert is_now.anchor <= was.anchor or sooner, key
        assert is_now.opened_at == was.opened_at


def _effective(before: ir.Incident, event: Event, after: ir.Incident) -> None:
    """What no event with an effect does, whether it was allowed or only happened."""
    if isinstance(event, SeverityDecided):
        governed = before.severity.governing
        if not event.severity.worse_than(governed or Severity.SEV3):
            assert may_act(before, event.by, "incident-commander")
        if governed is not None and governed.worse_than(event.severity):
            assert event.reason
            assert not any(_fact(before, threat) is YES for threat in THREATS)
    if isinstance(event, FactsReported) and any(event.facts.get(threat) is YES for threat in THREATS):
        was, is_now = before.severity.governing, after.severity.governing
        assert is_now is not None
        assert was is None or not was.worse_than(is_now)
    if isinstance(event, Closed):
        assert may_act(before, event.by, "incident-commander")
        assert (before.closed, after.closed, after.outcome) == (False, True, event.outcome)
        in_episode = {one.duty for one in owed(after, event.at).values() if one.episode == after.episode}
        if event.outcome == "resolved" and not after.drill and "detected" in after.marks:
            assert {"postmortem", "compliance-evidence"} <= in_episode
    if event.kind == "reopened":
        assert before.closed
        assert (after.closed, after.phase, after.episode) == (False, Phase.ASSESS, before.episode + 1)
    if event.kind == "hold-released":
        assert may_act(before, event.by, "legal-liaison")


def _allowed(before: ir.Incident, event: Event, after: ir.Incident) -> None:
    """What must have come first where nothing was said against an event."""
    done = {one.step for one in before.log if isinstance(one, StepDone)}
    waived = {getattr(one, "gate", "") for one in before.log if one.kind == "waived"}
    if isinstance(event, ChannelOpened):
        assert NAME.fullmatch(event.channel)
        assert len(event.channel) <= 80
    if isinstance(event, PhaseChange) and event.kind == "phase-entered":
        seen = {one.phase for one in before.log if isinstance(one, PhaseChange)} | {Phase.DETECT, Phase.ASSESS}
        assert set(list(Phase)[: list(Phase).index(event.phase)]) <= seen
        if event.phase is Phase.CONTAIN:
            assert {"severity-decided", "channel-opened"} <= set(before.marks)
            impacted = [_fact(before, f"affected-role/{role}") for role in ("admin", "agency", "guest")]
            assert YES in impacted or impacted == [NO] * 3
    if event.kind == "recovered":
        assert set(CHECKS) <= done
        assert _fact(before, "rpo-breached") is NO or "restore-playbook" in done
    if isinstance(event, Closed):
        _closed_by_the_book(before, event, done, waived)


def _closed_by_the_book(before: ir.Incident, event: Closed, done: set[str], waived: set[str]) -> None:
    open_now = [one for one in owed(before, event.at).values() if one.status in ("active", "pending")]
    if "regulator-decision-before-close" not in waived:
        assert not [one.key for one in open_now if one.duty in REGULATORS]
    if event.outcome == "resolved":
        assert set(PAPERS) <= done
        assert before.phase is Phase.CLOSE
        here = [one for one in open_now if one.episode == before.episode]
        assert not [one.key for one in here if one.duty in ("recover", "resolution-message")]
    finding = {"false-positive": "false-positive", "out-of-scope": "outside-portal"}.get(event.outcome)
    assert finding is None or _fact(before, finding) is YES
    assert event.outcome not in ("duplicate", "superseded") or "merged" in before.marks


def may_act(incident: ir.Incident, name: str, role: str) -> bool:
    """The role itself, who holds it, and while nobody does its contact."""
    holders = {tenure.person for tenure in incident.roles.get(role, ())}
    return name == role or name in holders or (not holders and name == incident.policy.roles[role].contact)


def _fact(incident: ir.Incident, name: str) -> ir.Truth | None:
    state = incident.facts.get(name)
    return None if state is None else state.truth


# --- one state ------------------------------------------------------------------------------------------


def of_one_state(incident: ir.Incident, now: datetime) -> None:
    """What holds of every incident, whatever happened to it."""
    found = owed(incident, now)
    here = [one for one in found.values() if one.episode == incident.episode]
    _exists(incident, {one.duty for one in found.values()}, {one.duty for one in here})
    _is_due(incident, found, here)
    _threatened(incident)
    for one in found.values():
        assert not (one.basis == "statute" and one.status == "waived"), one.key
        _told_late(one)
        _runs_out(incident, one)


def _exists(incident: ir.Incident, ever: set[str], here: set[str]) -> None:
    """Duties that must be there, open or settled."""
    if not incident.drill and "breach-confirmed" in incident.marks:
        assert "oaic-notice" in ever
        countries = [name for name in incident.facts if name.startswith("affected-in/")]
        if _fact(incident, "eu-establishment") is YES or not any(_fact(incident, name) is NO for name in countries):
            assert "eu-authority-notice" in ever
    if YES in (_fact(incident, "personal-data-involved"), _fact(incident, "privacy-suspected")):
        assert "dsr-freeze" in ever
    if incident.closed or "detected" not in incident.marks:
        return
    if incident.severity.governing is None:
        assert "unassessed-alert" in here
    if incident.severity.governing in GRAVE:
        assert "internal-alert" in here
        if _fact(incident, "clients-impacted") is YES:
            assert "client-update" in here
    if not incident.drill:
        assert "compliance-evidence" in here


LENGTHS: Final[Mapping[str, tuple[timedelta, ...]]] = {
    "internal-alert": (timedelta(minutes=15),),
    "unassessed-alert": (timedelta(minutes=15),),
    "client-update": (timedelta(hours=1),),
    "stakeholder-notice": (timedelta(hours=1),),
    "document": (timedelta(hours=24),),
    "oaic-notice": (timedelta(hours=72),),
    "eu-authority-notice": (timedelta(hours=72),),
    "eu.gdpr.33-1": (timedelta(hours=72),),
    "respond": (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)),
}
"""How long after its anchor each is due, by hand."""
RECOVERY: Final = {Severity.SEV0: timedelta(hours=1), Severity.SEV1: timedelta(hours=4)}


def _is_due(incident: ir.Incident, found: Owed, here: list[Obligation]) -> None:
    """Every deadline by a plain sum, and none later than the level that governs asks."""
    for one in found.values():
        if one.duty in LENGTHS and one.due is not None:
            assert one.due - one.anchor in LENGTHS[one.duty], one.key
        if one.duty == "oaic-notice" and one.due is not None and "breach-confirmed" in incident.marks:
            assert one.due <= incident.marks["breach-confirmed"] + timedelta(hours=72) or one.status != "active"
    governing = incident.severity.governing
    for one in here:
        if one.status != "active" or governing is None or one.due is None or "detected" not in incident.marks:
            continue
        if one.duty == "recover" and governing in RECOVERY:
            assert one.due <= incident.marks["detected"] + RECOVERY[governing]
        if one.duty == "postmortem":
            assert one.due_kind == "business-days"


def _threatened(incident: ir.Incident) -> None:
    """A threat makes what the facts propose one level worse, once, or it is the worst already."""
    known = {name: state.truth for name, state in incident.facts.items()}
    calm = ir.classify(incident.policy, {name: truth for name, truth in known.items() if name not in THREATS})
    proposed = incident.proposed.severity
    if any(known.get(threat) is YES for threat in THREATS) and calm.severity is not Severity.SEV0:
        assert list(Severity).index(proposed) == list(Severity).index(calm.severity) - 1
    else:
        assert proposed is calm.severity


def _told_late(one: Obligation) -> None:
    """Late is what was met after its due, at the very instant only where the due ends before it."""
    if one.status != "discharged" or one.due is None:
        assert one.late_by is None, one.key
        return
    assert one.met_at is not None
    late = one.met_at > one.due if one.boundary == "inclusive" else one.met_at >= one.due
    assert one.late_by == (one.met_at - one.due if late else None), one.key


def _runs_out(incident: ir.Incident, one: Obligation) -> None:
    """Left alone, what is owed and has an end is missed in the end, and shown as missed."""
    if one.status not in ("active", "pending") or one.due is None or one.basis not in BINDING:
        return
    last = one.due + timedelta(days=32)  # no span of an imprecise record is longer
    left = owed(incident, max(last, *(event.at for event in incident.log))).get(one.key)
    assert left is not None
    assert (left.status in ("active", "lapsed"), left.verdict, left.breach is not None) == (True, "missed", True), (
        one.key
    )
