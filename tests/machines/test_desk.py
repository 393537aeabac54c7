"""Any sequence of events at the desk: what is taken in, refused, late, repeated or corrected breaks no promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import ir_policy as ir
from ir_policy import Event, Obligation, Phase, Severity, Truth
from ir_policy.log.events import to_wire
from ir_policy.rules.model import Policy
from ir_policy.terms import FINDINGS, LOWERINGS, MICROSECOND, OUTCOMES, rfc3339
from ir_policy.testing import facts, told
from ir_policy.testing.ways import way_to
from support_desk import breaches, of_one_state, of_one_step, owed

POLICY: Final = ir.load_policy("motion-mavericks")
START: Final = datetime.fromisoformat("2026-04-23T16:50:00+10:00").astimezone(timezone.utc)
"""Two days before Anzac Day, ten minutes before the office closes."""

CONTACTS: Final = tuple(role.contact for role in POLICY.roles.values())
BY: Final = st.sampled_from(("alex", "kim", *POLICY.roles, *CONTACTS))
PERSON: Final = st.sampled_from(("alex", "kim"))
ROLE: Final = st.sampled_from(tuple(POLICY.roles))
NUMBER: Final = st.integers(0, 99)
GAP: Final = st.sampled_from(
    [timedelta(0)] * 4
    + [timedelta(minutes=count) for count in (1, 4, 14, 15, 16, 31, 61)]
    + [timedelta(hours=count) for count in (2, 5, 25, 73)]
    + [MICROSECOND, timedelta(days=6), timedelta(days=31)]
)
"""How long after the event before it the next one happens."""
RECIPIENTS: Final = (
    "internal", "stakeholders", "oaic", "client/one", "client/two", "client/unspecified",
    "authority/at", "authority/be", "authority/unspecified",
)  # fmt: skip
STATES: Final = ("share-link-status", "mitigation-steps", "action-summary")
CHANNELS: Final = ("#inc-20260423-mux-down", "#inc-20260423-mux-down", "#inc-20260424-mux-down", "the bridge")
REACHED: Final[Counter[str]] = Counter()
"""What the machine came to see, so that a machine that sees nothing is noticed."""


class Desk(RuleBasedStateMachine):
    """An incident at the desk, fed with whatever people may say, in any order."""

    policy: Policy = POLICY
    incident: ir.Incident
    now: datetime
    count: int

    @initialize(drill=st.sampled_from([False, False, False, True]))
    def opened(self, drill: bool) -> None:
        self.count, self.now = 0, START
        signal = told("detected", START, id="e0", drill=drill)
        assert isinstance(signal, ir.Detected)
        self.incident = ir.open_incident(self.policy, signal).incident

    # --- taking in ---

    def happens(self, kind: str, gap: timedelta, by: str = "alex", **said: Any) -> None:
        """Something happens now, and the log learns of it."""
        self.now += gap
        self.take_in(self.event(kind, self.now, by, **said))

    def event(self, kind: str, at: datetime, by: str, **said: Any) -> Event:
        self.count += 1
        return told(kind, at, by, id=f"e{self.count}", **said)

    def take_in(self, event: Event) -> None:
        """Ask first, try it, then record what happened; look at what it did."""
        before = self.incident
        answers = (owed(before, self.now), before.severity, before.marks, before.violations)
        refusals = ir.check(before, event)
        step = ir.record(before, event)
        if refusals:
            with pytest.raises(ir.Refused) as refused:
                ir.apply(before, event)
            assert refused.value.refusals == refusals
        else:
            assert ir.apply(before, event).incident == step.incident
        assert (owed(before, self.now), before.severity, before.marks, before.violations) == answers
        assert [one.rule for one in step.incident.violations if one.event == event.id] == [one.rule for one in refusals]
        assert step.incident.log == (*before.log, event)
        assert ir.read_event(to_wire(event)) == event
        if not step.late:
            of_one_step(before, event, step)
        self.incident = step.incident
        self.count_what_was_reached(event, bool(refusals))

    def count_what_was_reached(self, event: Event, refused: bool) -> None:
        void = any(one.event == event.id and one.void for one in self.incident.violations)
        REACHED[f"{event.kind}, {'void' if void else 'refused' if refused else 'allowed'}"] += 1
        if isinstance(event, ir.Closed) and not void:
            REACHED[f"closed {event.outcome}, {'refused' if refused else 'allowed'}"] += 1
        REACHED["episodes"] = max(REACHED["episodes"], self.incident.episode + 1)

    # --- what people say ---

    @rule(gap=GAP, by=BY, known=facts(POLICY).filter(bool), back=st.none() | GAP)
    def facts_are_reported(self, gap: timedelta, by: str, known: dict[str, Truth], back: timedelta | None) -> None:
        since = None if back is None else self.now + gap - back
        self.happens("facts-reported", gap, by, facts=known, since=since)

    @rule(gap=GAP, by=BY, level=st.sampled_from(Severity), why=st.sampled_from(("", *LOWERINGS)), reason=st.booleans())
    def a_level_is_decided(self, gap: timedelta, by: str, level: Severity, why: str, reason: bool) -> None:
        self.happens("severity-decided", gap, by, severity=level, lowering=why, reason="because" if reason else "")

    @rule(
        gap=GAP,
        role=ROLE,
        person=PERSON,
        to=PERSON,
        kind=st.sampled_from(("role-taken", "role-released", "handover-accepted")),
    )
    def a_role_changes_hands(self, gap: timedelta, role: str, person: str, to: str, kind: str) -> None:
        said = {"to": to} if kind == "handover-accepted" else {}
        self.happens(kind, gap, person, role=role, person=person, **said)

    @rule(
        gap=GAP,
        phase=st.sampled_from(Phase),
        kind=st.sampled_from(("phase-entered", "phase-entered", "phase-not-applicable")),
        reason=st.sampled_from(("", "nothing to do")),
    )
    def a_phase_begins_or_does_not_apply(self, gap: timedelta, phase: Phase, kind: str, reason: str) -> None:
        self.happens(kind, gap, phase=phase, reason=reason)

    @rule(gap=GAP, step=st.sampled_from(tuple(POLICY.steps)))
    def a_step_is_done(self, gap: timedelta, step: str) -> None:
        self.happens("step-done", gap, step=step)

    @rule(
        gap=GAP,
        duties=st.lists(st.sampled_from(tuple(POLICY.duties)), min_size=1, max_size=3, unique=True),
        recipients=st.lists(st.sampled_from(RECIPIENTS), min_size=1, max_size=4, unique=True),
        states=st.sampled_from((STATES, STATES, STATES[:1])),
        promised=st.sampled_from((None, None, timedelta(hours=1), timedelta(minutes=10), -timedelta(hours=1))),
        kind=st.sampled_from(("notice-drafted", "notice-sent", "notice-sent")),
    )
    def a_notice_is_drafted_or_sent(
        self,
        gap: timedelta,
        duties: list[str],
        recipients: list[str],
        states: tuple[str, ...],
        promised: timedelta | None,
        kind: str,
    ) -> None:
        promise = None if promised is None else self.now + gap + promised
        self.happens(kind, gap, duties=duties, recipients=recipients, states=states, next_update_by=promise)

    @rule(gap=GAP)
    def the_draft_is_sent(self, gap: timedelta) -> None:
        self.happens("notice-sent", gap, notice="n-1")

    @rule(
        gap=GAP,
        by=BY,
        finding=st.sampled_from(FINDINGS),
        position=st.sampled_from(("", "", "controller", "processor")),
        back=st.none() | GAP,
    )
    def something_is_found(self, gap: timedelta, by: str, finding: str, position: str, back: timedelta | None) -> None:
        since = None if back is None else self.now + gap - back
        self.happens("breach-finding", gap, by, finding=finding, position=position, since=since)

    @rule(gap=GAP, by=BY, kind=st.sampled_from(("hold-started", "hold-extended", "hold-released")))
    def a_hold_is_held(self, gap: timedelta, by: str, kind: str) -> None:
        self.happens(kind, gap, by)

    @rule(
        gap=GAP,
        kind=st.sampled_from(("recovered", "documented", "processor-told", "postmortem-distributed", "ransom-paid")),
    )
    def something_is_achieved(self, gap: timedelta, kind: str) -> None:
        self.happens(kind, gap)

    @rule(gap=GAP, by=BY, number=NUMBER, gate=st.sampled_from((None, None, *POLICY.gates)))
    def somebody_waives(self, gap: timedelta, by: str, number: int, gate: str | None) -> None:
        keys = [*owed(self.incident, self.now), "nothing@internal#0"]
        named: dict[str, Any] = {"obligation": keys[number % len(keys)]} if gate is None else {"gate": gate}
        self.happens("waived", gap, by, **named)

    @rule(gap=GAP, by=BY, number=NUMBER)
    def somebody_decides_not_to_notify(self, gap: timedelta, by: str, number: int) -> None:
        owed_now = list(owed(self.incident, self.now).values())
        if owed_now:
            one = owed_now[number % len(owed_now)]
            self.happens("not-notifying", gap, by, duty=one.duty, recipient=one.recipient)

    @rule(gap=GAP, channel=st.sampled_from(CHANNELS))
    def a_channel_is_opened(self, gap: timedelta, channel: str) -> None:
        self.happens("channel-opened", gap, channel=channel)

    @rule(gap=GAP)
    def it_goes_on_as_another(self, gap: timedelta) -> None:
        self.happens("merged", gap)

    @rule(gap=GAP, due=GAP, ago=st.booleans(), action=st.sampled_from(("a-1", "a-2")), owner=PERSON)
    def an_action_is_taken_on(self, gap: timedelta, due: timedelta, ago: bool, action: str, owner: str) -> None:
        until = self.now + gap + (-due if ago else due)
        self.happens("action-opened", gap, action=action, owner=owner, due=until)

    @rule(gap=GAP, action=st.sampled_from(("a-1", "a-2", "a-3")))
    def an_action_is_closed(self, gap: timedelta, action: str) -> None:
        self.happens("action-closed", gap, action=action)

    @rule(
        gap=GAP,
        by=st.sampled_from(("incident-commander", "incident-commander", "alex")),
        outcome=st.sampled_from(OUTCOMES),
    )
    def it_is_closed(self, gap: timedelta, by: str, outcome: str) -> None:
        self.happens("closed", gap, by, outcome=outcome)

    @precondition(lambda self: not self.incident.closed)
    @rule(gap=GAP, outcome=st.sampled_from(OUTCOMES), known=st.booleans())
    def it_is_closed_by_the_book(self, gap: timedelta, outcome: str, known: bool) -> None:
        """Everything that outcome waits for is done first, as far as it can be; what outweighs it may be known."""
        if not known:
            worse = [name for name, state in self.incident.facts.items() if state.truth is Truth.YES]
            self.happens("facts-reported", gap, facts=dict.fromkeys(worse or ["rpo-breached"], Truth.NO))
        for kind, said in way_to(self.policy, ("outcome", outcome), ("event", "closed")):
            if kind == "severity-decided":
                said = {**said, "severity": self.incident.severity.governing or said["severity"]}
            if kind != "phase-entered" or said["phase"] is not self.incident.phase:
                self.happens(kind, timedelta(0), "incident-commander", **said)
        self.happens("waived", timedelta(0), "legal-liaison", gate="regulator-decision-before-close")
        self.happens("closed", timedelta(minutes=1), "incident-commander", outcome=outcome)

    @precondition(lambda self: self.incident.closed)
    @rule(gap=GAP)
    def it_is_reopened(self, gap: timedelta) -> None:
        self.happens("reopened", gap)

    # --- what arrives out of order ---

    @rule(
        back=GAP,
        kind=st.sampled_from(
            (
                "detected",
                "facts-reported",
                "recovered",
                "notice-sent",
                "step-done",
                "breach-finding",
                "role-taken",
                "closed",
                "merged",
                "channel-opened",
                "action-opened",
                "action-closed",
            )
        ),
        precision=st.sampled_from(("", "", "minute")),
        known=facts(POLICY).filter(bool),
        number=NUMBER,
    )
    def something_is_learnt_late(
        self, back: timedelta, kind: str, precision: str, known: dict[str, Truth], number: int
    ) -> None:
        keys = list(owed(self.incident, self.now).values())
        told_to = keys[number % len(keys)] if keys else None
        said: dict[str, dict[str, Any]] = {
            "facts-reported": {"facts": known},
            "notice-sent": {
                "duties": [told_to.duty if told_to else "internal-alert"],
                "recipients": [told_to.recipient if told_to else "internal"],
                "states": STATES,
            },
            "step-done": {"step": tuple(POLICY.steps)[number % len(POLICY.steps)]},
            "closed": {"outcome": OUTCOMES[number % len(OUTCOMES)]},
            "action-opened": {"due": self.now},
            "breach-finding": {"finding": FINDINGS[number % len(FINDINGS)]},
            "role-taken": {"role": "incident-commander"},
        }
        moment = self.now - back
        if precision:
            moment = moment.replace(second=0, microsecond=0)
        by = "incident-commander" if kind == "closed" else "alex"
        self.take_in(self.event(kind, moment, by, recorded_at=self.now, precision=precision, **said.get(kind, {})))

    @rule(by=BY, number=NUMBER, gap=GAP, later=st.booleans())
    def an_event_is_corrected(self, by: str, number: int, gap: timedelta, later: bool) -> None:
        target = self.incident.log[number % len(self.incident.log)]
        moment = min(target.at + gap, self.now) if later else target.at - gap
        self.happens("corrected", timedelta(0), by, event=target.id, fields={"at": rfc3339(moment)})

    @rule(number=NUMBER)
    def an_event_is_told_again(self, number: int) -> None:
        """What is known already changes nothing, whoever asks."""
        known = self.incident.log[number % len(self.incident.log)]
        doors: tuple[Callable[[ir.Incident, Event], ir.Step], ...] = (ir.record, ir.apply)
        for door in doors:
            assert door(self.incident, known).incident is self.incident

    @rule(gap=GAP)
    def time_passes(self, gap: timedelta) -> None:
        """Nothing clears a breach by waiting, and nothing else changes by it."""
        before = owed(self.incident, self.now)
        known = (self.incident.severity, self.incident.phase, self.incident.facts, self.incident.marks)
        self.now += gap
        after = owed(self.incident, self.now)
        assert before.keys() == after.keys()
        assert breaches(before) <= breaches(after)
        assert (self.incident.severity, self.incident.phase, self.incident.facts, self.incident.marks) == known

    # --- what holds always ---

    @invariant()
    def replaying_the_log_gives_this_incident(self) -> None:
        replayed = ir.replay(self.policy, self.incident.log)
        assert replayed == self.incident
        assert (replayed.severity, replayed.violations) == (self.incident.severity, self.incident.violations)
        assert (replayed.marks, replayed.facts, replayed.roles) == (
            self.incident.marks,
            self.incident.facts,
            self.incident.roles,
        )
        for moment in (self.now, self.now + timedelta(hours=74)):
            assert ir.obligations(replayed, moment) == ir.obligations(self.incident, moment)

    @invariant()
    def the_next_wake_up_lies_ahead(self) -> None:
        wake = ir.next_wakeup(self.incident, self.now)
        assert wake is None or wake > self.now

    @invariant()
    def every_promise_stands(self) -> None:
        of_one_state(self.incident, self.now)

    # --- the end ---

    def teardown(self) -> None:
        if not hasattr(self, "incident"):
            return
        self.comes_to_an_end()
        text = ir.write_log(self.incident.log, self.incident.pin)
        read = ir.read_log(text)
        assert ir.write_log(read.events, read.policy) == text
        assert ir.replay(self.policy, read) == self.incident

    def comes_to_an_end(self) -> None:
        """Wherever it stands, it can be closed as resolved with nothing against it, and nothing left owed."""
        self.settle()
        if not self.incident.closed:
            self.it_is_closed_for_good()
        self.settle()
        left = [one.key for one in owed(self.incident, self.now).values() if one.status in ("active", "pending")]
        assert (self.incident.closed, left) == (True, [])

    def it_is_closed_for_good(self) -> None:
        for kind, said in way_to(self.policy, ("outcome", "resolved"), ("event", "closed")):
            if kind != "phase-entered" or said["phase"] is not self.incident.phase:
                self.happens(kind, timedelta(0), "incident-commander", **said)
        self.settle()
        count = len(self.incident.violations)
        self.happens("closed", timedelta(minutes=1), "incident-commander", outcome="resolved")
        against = [(one.rule, one.missing) for one in self.incident.violations[count:]]
        assert not against, against

    def settle(self) -> None:
        """Meet whatever is owed, by the act its duty names."""
        for _ in range(3):  # an act may ask for another one
            for one in owed(self.incident, self.now).values():
                if one.status in ("active", "pending"):
                    self.meet(one)

    def meet(self, one: Obligation) -> None:
        duty = self.policy.duties[one.duty]
        act = duty.met_by[-1]
        if act.kind == "holding":
            self.happens("role-taken", timedelta(0), role=act.names[0], person="kim")
        elif act.kind == "hold":
            self.happens("hold-started", timedelta(0))
        elif act.kind == "level":
            self.happens("severity-decided", timedelta(0), "incident-commander", severity=Severity.SEV3, reason="seen")
        elif act.kind == "step":
            self.happens("step-done", timedelta(0), step=act.names[0])
        elif act.kind == "finding":
            self.happens("breach-finding", timedelta(0), finding=act.names[0])
        elif act.kind == "event":
            self.happens(act.names[0], timedelta(0), **({"action": one.item} if one.item else {}))
        else:
            named = {"duties": (one.duty,), "recipients": (one.recipient,), "states": duty.must_state}
            self.happens("notice-sent", timedelta(0), **named)


def test_no_sequence_of_events_breaks_a_promise() -> None:
    """Eighty incidents of fifty steps each; between them they are closed with every word, and reopened."""
    REACHED.clear()
    run_state_machine_as_test(Desk, settings=settings(max_examples=80, stateful_step_count=50))
    for outcome in OUTCOMES:
        assert REACHED[f"closed {outcome}, allowed"] + REACHED[f"closed {outcome}, refused"], outcome
    for how in ("closed resolved, allowed", "closed, allowed", "closed, refused", "closed, void"):
        assert REACHED[how], how
    assert REACHED["episodes"] > 2
    for kind in ("channel-opened", "recovered", "phase-entered", "hold-released", "waived"):
        assert REACHED[f"{kind}, allowed"], kind
