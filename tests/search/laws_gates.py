"""What must not happen, and what must: who decides and lowers, the order of phases, what waits for what, how it is closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from ir_policy import Phase, Severity, Truth
from ir_policy.log.events import ChannelOpened, Closed, FactsReported, PhaseChange, SeverityDecided, StepDone
from search.laws_shared import OPEN, PERSONAL, SEV0, SEV1, SEV2, SEV3, THREATS, is_no, is_yes, milder
from search.story import COMMANDER, Finding, State, Turn

SYDNEY: Final = ZoneInfo("Australia/Sydney")


ROW_OF: Final = {
    "exfiltration-likely": SEV0,
    "streaming-unavailable": SEV1,
    "privacy-suspected": SEV1,
    "partial-outage": SEV2,
}
CHECKS: Final = ("validate-integrity", "confirm-playback", "confirm-milestones")
PAPERS: Final = ("report-drafted", "lessons-captured", "backlog-filed", "change-log-updated", "checklist-updated")
BEFORE_CLOSING: Final = ("recover", "resolution-message", "compliance-evidence")
"""What nobody closes an incident over as resolved."""
REGULATORS: Final = ("oaic-notice", "eu-authority-notice", "au.ndb.assess", "eu.gdpr.33-1")
"""What nobody closes an incident over at all."""


def a_threat_is_one_level_worse(turn: Turn) -> Iterator[Finding]:
    """A threat to integrity or residency raises what the matrix says by one level, once, and nothing gets milder by it."""
    if isinstance(turn.event, FactsReported):
        facts = {fact for fact, said in turn.after.incident.facts.items() if said.truth is Truth.YES}
        rows = [ROW_OF[fact] for fact in facts if fact in ROW_OF]
        threatened = any(threat in facts for threat in THREATS)
        expected = min(rows, key=lambda level: level.index) if rows else SEV3
        expected = Severity[f"SEV{max(0, expected.index - threatened)}"]
        proposed = turn.after.incident.proposed.severity
        yield "" if proposed is expected else f"{proposed} is proposed, not {expected}"
        if any(turn.event.facts.get(threat) is Truth.YES for threat in THREATS):
            before, after = turn.before.incident.severity.governing, turn.after.incident.severity.governing
            yield "" if after is not None and not milder(before, after) else "a threat made it milder"
            undecided = turn.after.incident.severity.decided is None
            if undecided:
                yield (
                    ""
                    if after is not None and not expected.worse_than(after)
                    else f"{after} governs under a threat that proposes {expected}"
                )


def nobody_lowers_under_a_threat(turn: Turn) -> Iterator[Finding]:
    """While a threat is known no decision makes the level milder (severity matrix)."""
    if isinstance(turn.event, SeverityDecided) and _threatened(turn.before):
        before, after = turn.before.incident.severity.governing, turn.after.incident.severity.governing
        if before is not None and before.worse_than(turn.event.severity):
            refused = any(one.rule == "no-lowering-under-threat" for one in turn.refusals)
            yield "" if refused and after is before else f"lowered from {before} to {after} under a threat"


def only_the_commander_lowers(turn: Turn) -> Iterator[Finding]:
    """Anybody may raise; what is not a raise counts only from the commander, and lowering only with a reason."""
    if isinstance(turn.event, SeverityDecided):
        before, after = turn.before.incident.severity, turn.after.incident.severity
        commands = turn.event.by == COMMANDER
        yield "" if commands or not milder(before.governing, after.governing) else "somebody lowered it"
        yield "" if commands or after.decided is before.decided else "somebody decided the level"
        if commands and not turn.refusals:
            yield "" if after.decided is turn.event.severity else "the commander's word does not count"
        lowered = before.governing is not None and before.governing.worse_than(turn.event.severity)
        if lowered and not turn.event.reason:
            yield "" if after.governing is before.governing else "lowered without a reason"


# --- phases, steps and closing --------------------------------------------------------------------------


def phases_come_in_order(turn: Turn) -> Iterator[Finding]:
    """A phase begins once each earlier one was entered or found not to apply; what is reopened begins at assessment."""
    history = turn.before.incident._case.history
    if isinstance(turn.event, PhaseChange) and turn.event.kind == "phase-entered":
        order = list(Phase)
        earlier = order[1 : order.index(turn.event.phase)]
        ready = all(phase in history.phases_entered or phase in history.not_applicable for phase in earlier)
        fits = (
            ready
            and turn.event.phase not in (Phase.DETECT, turn.before.incident.phase)
            and not turn.before.incident.closed
        )
        refused = any(one.rule == "phases" for one in turn.refusals)
        yield (
            "" if fits is not refused else f"{turn.event.phase} after {sorted(p.value for p in history.phases_entered)}"
        )
    if turn.event.kind == "reopened":
        after = turn.after.incident
        if turn.before.incident.closed:
            yield "" if after.phase is Phase.ASSESS and not after.closed else f"reopened to {after.phase}"
        else:
            yield "" if turn.void else "reopened while open"


def containment_waits_for_assessment(turn: Turn) -> Iterator[Finding]:
    """Containment waits for a decided level, a channel and the names of who is hit; closing as resolved for level and names,
    also where containment was left out."""
    marks = turn.before.incident.marks
    roles = [f"affected-role/{role}" for role in ("admin", "agency", "guest")]
    named = any(is_yes(turn.before, role) for role in roles) or all(is_no(turn.before, role) for role in roles)
    assessed = "severity-decided" in marks and named
    if isinstance(turn.event, PhaseChange) and turn.event.kind == "phase-entered" and turn.event.phase is Phase.CONTAIN:
        yield "" if (assessed and "channel-opened" in marks) or turn.refusals else "contained before it was assessed"
    if isinstance(turn.event, Closed) and turn.event.outcome == "resolved":
        yield "" if assessed or turn.refusals else "resolved without having been assessed"


def the_channel_has_its_name(turn: Turn) -> Iterator[Finding]:
    """The channel is called after the day of detection in Sydney."""
    if isinstance(turn.event, ChannelOpened):
        day = turn.before.incident._case.history.detection.at.astimezone(SYDNEY).strftime("%Y%m%d")
        fits = turn.event.channel.startswith(f"#inc-{day}-")
        yield "" if fits is not bool(turn.refusals) else f"{turn.event.channel} on {day}"


def clean_up_waits_for_the_snapshot(turn: Turn) -> Iterator[Finding]:
    """Nothing is deleted, removed or put back before a forensic snapshot, unless it is known that nobody is behind it and
    that no personal data is involved; the Security Lead may say otherwise."""
    if isinstance(turn.event, StepDone) and turn.event.step in ("clean-up", "remove-access", "restore-configuration"):
        history = turn.before.incident._case.history
        harmless = all(is_no(turn.before, fact) for fact in ("malicious-cause", "personal-data-involved"))
        free = harmless or "forensic-snapshot" in history.steps or "snapshot-before-cleanup" in history.waived_gates
        yield "" if free is not bool(turn.refusals) else f"{turn.event.step} after {sorted(history.steps)}"


def recovery_is_checked(turn: Turn) -> Iterator[Finding]:
    """Service counts as restored once data, playback and milestones were checked; and after the restore playbook, unless
    it is known that no more data is lost than allowed."""
    if turn.event.kind == "recovered":
        steps = turn.before.incident._case.history.steps
        restored = is_no(turn.before, "rpo-breached") or "restore-playbook" in steps
        ready = restored and all(step in steps for step in CHECKS)
        yield "" if ready is not bool(turn.refusals) else f"recovered after {sorted(steps)}"


def closing_has_its_papers(turn: Turn) -> Iterator[Finding]:
    """Nobody closes as resolved without report, lessons, backlog, change log and compliance evidence of this episode."""
    if isinstance(turn.event, Closed) and turn.event.outcome == "resolved" and not turn.void:
        missing = [step for step in PAPERS if step not in turn.before.incident._case.history.steps]
        yield "" if bool(missing) is bool(turn.refusals) else f"closed without {missing}, refused {turn.refusals}"
        on_record = {one.rule for one in turn.after.incident.violations if one.event == turn.event.id}
        yield "" if len(on_record) >= len(missing) else f"{missing} are missing, and on record is {on_record}"


def closing_leaves_nothing_owed(turn: Turn) -> Iterator[Finding]:
    """Nobody closes as resolved while recovery, a message of its end, evidence or a regulator's notice or decision is owed;
    nor in any way over a regulator, unless legal has moved that elsewhere."""
    if isinstance(turn.event, Closed) and not turn.refusals:
        waived = "regulator-decision-before-close" in turn.before.incident._case.history.waived_gates
        for one in turn.was.values():
            if one.duty in REGULATORS:
                yield "" if waived or one.status not in OPEN else f"closed while {one.key} was owed"
            elif one.duty in BEFORE_CLOSING and one.episode == turn.before.incident.episode:
                fine = turn.event.outcome != "resolved" or one.status not in OPEN
                yield "" if fine else f"closed while {one.key} was owed"


def closing_waits_for_the_freeze(turn: Turn) -> Iterator[Finding]:
    """Nobody closes as resolved with personal data involved, or maybe involved, and privacy requests never frozen."""
    if isinstance(turn.event, Closed) and turn.event.outcome == "resolved" and not turn.refusals:
        personal = any(is_yes(turn.before, fact) for fact in PERSONAL)
        yield "" if not personal or "requests-frozen" in turn.before.incident.marks else "closed without a freeze"


def only_the_commander_closes(turn: Turn) -> Iterator[Finding]:
    """Closing counts from the commander alone, and once."""
    if isinstance(turn.event, Closed):
        may = turn.event.by == COMMANDER and not turn.before.incident.closed
        yield "" if may is not turn.void else f"closed by {turn.event.by}"
        yield "" if turn.after.incident.closed is (may or turn.before.incident.closed) else "closed to no effect"


def an_outcome_is_found_first(turn: Turn) -> Iterator[Finding]:
    """A false alarm and what lies outside the portal are found so, and outweighed by anything worse that is known; what goes
    on as another incident names that one."""
    if isinstance(turn.event, Closed) and not turn.void and turn.event.outcome != "resolved":
        facts = {fact for fact, said in turn.before.incident.facts.items() if said.truth is Truth.YES}
        needed = {"false-positive": "false-positive", "out-of-scope": "outside-portal"}.get(turn.event.outcome)
        if needed is None:
            free = "merged" in turn.before.incident.marks
        else:
            free = needed in facts and not facts & {*ROW_OF, *THREATS, "rpo-breached", "clients-impacted"}
        yield "" if free is not bool(turn.refusals) else f"closed as {turn.event.outcome} while {sorted(facts)}"


def _threatened(state: State) -> bool:
    return any(is_yes(state, threat) for threat in THREATS)
