"""The public names as an embedder types them. Never run: ``mypy --strict`` must accept every line of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, assert_type

import ir_policy as ir


def documents() -> ir.Policy:
    """Documents become a policy, in whatever form they come."""
    by_id = ir.load_policy("motion-mavericks")
    by_path = ir.load_policy(Path("own.yaml"), documents=["document: law\n", Path("law.yaml")])
    days = ir.Holidays("sg", date(2026, 1, 1), date(2026, 12, 31), {date(2026, 8, 9): "National Day"})
    assert_type(ir.load_policy("own", documents=[days]), ir.Policy)
    calendar = ir.Calendar("Asia/Singapore", time(9), time(18), frozenset(range(5)), days)
    assert_type(calendar.is_open(datetime(2026, 8, 9, tzinfo=timezone.utc)), bool)
    assert_type(by_id.digest, str)
    assert_type(by_id.duties["respond"].owed_by, str)
    return by_path


def severity(policy: ir.Policy) -> ir.Severity:
    """Facts become a severity with its reasons."""
    verdict = ir.classify(policy, {"streaming-unavailable": ir.YES, "exfiltration-likely": ir.UNKNOWN})
    assert_type(verdict, ir.Classification)
    assert_type(verdict.severity, ir.Severity)
    assert_type(verdict.range, ir.Range)
    assert_type(verdict.range.worst.worse_than(ir.Severity.SEV1), bool)
    assert_type(verdict.determined_by, tuple[str, ...])
    for question in verdict.open_questions:
        assert_type(question, ir.Question)
        assert_type(question.if_yes, ir.Range)
    in_words: Mapping[str, ir.Truth | str] = {"streaming-unavailable": "yes"}
    return ir.classify(policy, in_words).severity


def incident(policy: ir.Policy) -> ir.Incident:
    """What happens becomes an incident."""
    t0 = datetime(2026, 4, 3, 8, 5, tzinfo=timezone.utc)
    step = ir.open_incident(policy, ir.Detected(incident="inc-7", at=t0, by="sentry", source="sentry"))
    assert_type(step, ir.Step)
    reported = ir.FactsReported(incident="inc-7", at=t0, by="ana", facts={"streaming-unavailable": ir.YES}, since=t0)
    decided = ir.SeverityDecided(incident="inc-7", at=t0, by="ana", severity=ir.Severity.SEV1, reason="seen")
    entered = ir.PhaseChange(kind="phase-entered", incident="inc-7", at=t0, by="ana", phase=ir.Phase.ASSESS)
    taken = ir.RoleChange(kind="role-taken", incident="inc-7", at=t0, by="ana", role="scribe", person="ana")
    done = ir.StepDone(incident="inc-7", at=t0, by="ana", step="isolate", evidence=("log.txt",))
    sent = ir.Notice(
        kind="notice-sent",
        incident="inc-7",
        at=t0,
        by="ana",
        duties=("internal-alert",),
        recipients=("internal",),
        next_update_by=t0 + timedelta(hours=1),
    )
    events: Iterable[ir.Event] = (reported, decided, entered, taken, done, sent)
    for event in events:
        for refusal in ir.check(step.incident, event):
            assert_type(refusal, ir.Refusal)
            assert_type(refusal.missing, tuple[str, ...])
        step = ir.record(step.incident, event)
    try:
        step = ir.apply(step.incident, ir.Note(incident="inc-7", at=t0, by="ana", text="calm"))
    except ir.Refused as error:
        assert_type(error.refusals, tuple[ir.Refusal, ...])
    assert_type(step.opened, tuple[str, ...])
    assert_type(step.level, tuple[ir.Severity | None, ir.Severity | None])
    assert_type(step.violations, tuple[ir.Violation, ...])
    return step.incident


def answers(incident: ir.Incident, now: datetime) -> timedelta | None:
    """An incident at an instant."""
    left: timedelta | None = None
    for owed in ir.obligations(incident, now, known_at=now):
        assert_type(owed, ir.Obligation)
        assert_type(owed.due, datetime | None)
        assert_type(owed.breach, ir.Breach | None)
        left = owed.time_left(now)
    assert_type(ir.by_act(ir.obligations(incident, now)), tuple[tuple[ir.Obligation, ...], ...])
    assert_type(ir.next_wakeup(incident, now), datetime | None)
    assert_type(ir.explain(incident, "oaic-notice", now), ir.Explanation)
    assert_type(ir.brief(incident, now), ir.Brief)
    assert_type(ir.brief(incident, now).text(colour=False), str)
    told = ir.timeline(incident, now)
    assert_type(told, ir.Timeline)
    assert_type(told.entries, tuple[ir.TimelineEntry, ...])
    assert_type(told.text(colour=False), str)
    for correction in ir.corrections(incident):
        assert_type(correction, ir.Correction)
    paging = ir.paging(incident, now)
    assert_type(paging, ir.Paging)
    assert_type(paging.tries, tuple[ir.PageTry, ...])
    assert_type([one.outcome for one in paging.tries], list[ir.PageOutcome | None])
    assert_type(paging.due(now), tuple[ir.NextPage, ...])
    assert_type(paging.skipped, tuple[ir.Skipped, ...])
    words = ir.notices(incident, now)
    assert_type(words, ir.Notices)
    assert_type(words.messages, tuple[ir.Message, ...])
    assert_type(words.messages[0].approval, ir.Judgement | None)
    assert_type(words.ways, tuple[ir.Way, ...])
    assert_type(words.next, tuple[ir.NextWord, ...])
    commands = ir.command(incident, now)
    assert_type(commands, ir.Command)
    assert_type(commands.role("incident-commander"), ir.RoleHeld)
    assert_type(commands.role("incident-commander").may_act, tuple[ir.Candidate, ...])
    assert_type(commands.cautions, tuple[ir.Caution, ...])
    assert_type(ir.lint(incident.policy, as_of=now.date()), tuple[ir.Finding, ...])
    plan = ir.page_plan(incident.policy, ir.Severity.SEV0, now, on_call={"owen-backup": None})
    assert_type(plan, ir.PagePlan)
    assert_type(plan.pages, tuple[ir.PlannedPage, ...])
    target = {"id": "P1", "type": "user_reference"}
    aims: dict[str, Any] = {
        "reliability-partner": target,
        "owen-backup": [target],
        "security-lead": target,
        "comms-lead": target,
    }
    assert_type(ir.escalation_policy(incident.policy, ir.Severity.SEV0, aims), dict[str, Any])
    assert_type(incident.severity, ir.Levels)
    assert_type(incident.severity.governing, ir.Severity | None)
    assert_type(incident.phase, ir.Phase)
    assert_type(incident.merged_into, str)
    assert_type(incident.marks.get("detected"), datetime | None)
    return left


def log(policy: ir.Policy, lines: str) -> ir.Incident:
    """The log as text and back."""
    read = ir.read_log(lines)
    assert_type(read, ir.Log)
    assert_type(read.events, tuple[ir.Event, ...])
    assert_type(read.policy, ir.PolicyPin | None)
    assert_type(ir.read_event({"kind": "note"}), ir.Event)
    body: dict[str, Any] = ir.read_object(b'{"kind": "note", "text": "calm"}', longest=1000)
    assert_type(ir.read_said(body, "inc-7", datetime(2026, 4, 3, tzinfo=timezone.utc), by="ana", id="n-1"), ir.Event)
    incident = ir.replay(policy, read)
    assert_type(ir.write_log(incident.log, incident.pin), str)
    assert_type(ir.event_schema(), dict[str, Any])
    assert_type(ir.schema("brief"), dict[str, Any])
    said: list[dict[str, Any]] = ir.as_json(ir.obligations(incident, t0 := incident.log[0].at), "obligations", now=t0)
    assert_type(said, list[dict[str, Any]])
    checked: dict[str, Any] = ir.as_json(ir.check(incident, incident.log[0]), "check", incident, t0)
    assert_type(checked, dict[str, Any])
    return ir.replay(policy, incident.log, known_at=datetime(2026, 4, 3, tzinfo=timezone.utc))


def errors(source: str) -> tuple[ir.Problem, ...]:
    """What can be wrong, as values."""
    try:
        ir.load_policy(source)
    except (ir.PolicyInvalid, ir.EventInvalid, ir.QuestionInvalid) as error:
        return error.problems
    except ir.PolicyMismatch as error:
        assert_type(error.expected, str)
    except ir.LogInvalid as error:
        assert_type((error.index, error.why), tuple[int, str])
    except ir.CalendarExhausted as error:
        assert_type(error.covers, tuple[date, date])
    except ir.IRPolicyError as error:
        assert_type(str(error), str)
    return ()


def truth(reported: ir.Truth) -> str:
    """Not known is an answer of its own, and the type checker sees that each was thought of."""
    if reported is ir.YES:
        return "yes"
    if reported is ir.NO:
        return "no"
    return "unknown" if reported is ir.UNKNOWN else ir.Basis.POLICY.value


def every_kind(at: datetime) -> tuple[ir.Event, ...]:
    """Each class of event with what it must say."""
    return (
        ir.ChannelOpened(incident="i", at=at, by="a", channel="#inc-7"),
        ir.Page(kind="page-sent", incident="i", at=at, by="a", level="primary", person="ana"),
        ir.BreachFinding(incident="i", at=at, by="a", finding="confirmed", since=at),
        ir.ProcessorTold(incident="i", at=at, by="a", vendor="mux"),
        ir.PolicyAdopted(incident="i", at=at, by="a", policy=ir.PolicyPin("p", "1", "sha256:1"), reason="r"),
        ir.RansomPaid(incident="i", at=at, by="a", amount_known=False),
        ir.NotNotifying(
            incident="i", at=at, by="a", duty="oaic-notice", recipient="oaic", ground="no breach", reason="x"
        ),
        ir.Hold(kind="hold-started", incident="i", at=at, by="a", scope="deletion", until=at),
        ir.Documented(incident="i", at=at, by="a", summary="x", disposition="x"),
        ir.Milestone(kind="recovered", incident="i", at=at, by="a"),
        ir.Closed(incident="i", at=at, by="a", outcome="resolved"),
        ir.Reopened(incident="i", at=at, by="a", reason="x"),
        ir.Merged(incident="i", at=at, by="a", into="j", reason="x"),
        ir.Waived(incident="i", at=at, by="a", gate="snapshot-before-cleanup", reason="x"),
        ir.ProgrammeOpened(programme="p", at=at, by="a"),
        ir.Session(kind="drill-held", programme="p", at=at, by="a", drill="tabletop", covers=("neon-outage",)),
        ir.ReadinessAttested(programme="p", at=at, by="a", duty="on-call-configured"),
        ir.ActionEvent(kind="action-opened", incident="i", at=at, by="a", action="x", owner="b", due=at),
        ir.Corrected(incident="i", at=at, by="a", event="e", fields={"by": "b"}, reason="x", evidence=("x",)),
    )


def chained(policy: ir.Policy, first: ir.Detected, salt: str, now: datetime) -> str:
    """A log whose lines are chained, and what a host is told when it wakes."""
    step = ir.open_incident(policy, first, salt=salt)
    step = ir.record(step.incident, ir.Note(incident="inc-7", at=now, by="ana", text="calm"), salt=salt)
    assert_type(step.known, bool)
    lines = [step.incident.header, step.line]
    log = ir.read_log(lines, head=step.incident.head)
    for reminder in ir.reminders(ir.replay(policy, log), now, now + timedelta(hours=1)):
        assert_type(reminder, ir.Reminder)
        assert_type(reminder.due, datetime | None)
    told: list[ir.Reminder | dict[str, object]] = [
        *ir.reminders(step.incident, None, now),
        {"key": "kept as JSON", "sent_at": now},
    ]
    assert_type(ir.export(lines, policy, now, told=told, head=step.incident.head, seq=2), str)
    return ir.erase(lines, names=["ana"], texts=[step.event.id])


def texts(policy: ir.Policy, incident: ir.Incident, now: datetime) -> ir.Notice:
    """A text is put together, and what binds reviews to it."""
    text = ir.draft(
        policy, "holding-text", {"share-link-status": "affected"}, recipients=["client/unspecified"], allow=()
    )
    assert_type(text, ir.Draft)
    assert_type(text.digest, str)
    assert_type(text.is_cleared(now), bool)
    assert_type(text.why_not_cleared(now), str)
    assert_type(ir.digest(text.text, text.subject), str)
    assert_type(ir.channel_name(incident, "mux is down", taken=["#inc-1"], restricted=False), str)
    return text.event(incident=incident.id, at=now, by="ana", notice="n-1")


def practised(policy: ir.Policy, opening: ir.ProgrammeOpened, session: ir.Session, now: datetime) -> str:
    """A programme takes the same verbs as an incident, and each gives back its own kind."""
    step = ir.open_programme(policy, opening)
    assert_type(step, ir.ProgrammeStep)
    assert_type(step.programme, ir.Programme)
    assert_type(ir.check(step.programme, session), tuple[ir.Refusal, ...])
    assert_type(ir.apply(step.programme, session), ir.ProgrammeStep)
    step = ir.record(step.programme, session)
    again = ir.replay(policy, ir.read_log(ir.write_log(step.programme.log, step.programme.pin)), stream=ir.Programme)
    assert_type(again, ir.Programme)
    assert_type(ir.obligations(again, now), tuple[ir.Obligation, ...])
    assert_type(ir.next_wakeup(again, now), datetime | None)
    assert_type(ir.reminders(again, None, now), tuple[ir.Reminder, ...])
    assert_type(ir.lint_programme(again, now), tuple[ir.Finding, ...])
    shown = ir.drills(again, now)
    assert_type(shown, ir.Drills)
    assert_type(shown.overdue, tuple[str, ...])
    return shown.svg() + str(ir.explain(again, "tabletop", now))


def views(incident: ir.Incident, now: datetime) -> ir.EvidenceMoved:
    """The card on the tracking board, and the list of what is kept."""
    card = ir.board(incident, now)
    assert_type(card, ir.Board)
    assert_type(card.text(), str)
    kept = ir.evidence(incident, now)
    assert_type(kept, ir.Manifest)
    assert_type(kept.digest, str)
    return ir.EvidenceMoved(
        incident=incident.id, at=now, by="ana", item=kept.items[0].reference, person="ana", to="lee"
    )
