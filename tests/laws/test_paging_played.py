"""Paging over random logs: a slow reading by hand, half a minute after the other, says the same as the library.

The reading below is written from the clauses and holds its own figures. It walks through time in half minutes, knows nothing of
rows or of instants computed ahead, and asks at every step whether somebody's time is out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import Event, Severity
from ir_policy.terms import MICROSECOND
from ir_policy.testing import logs, told
from support_duties import POLICY, T0, decided, detected, supports

SEV0, SEV1, SEV2, SEV3 = Severity
LIST: Final = ("reliability-partner", "owen-backup")
BEHIND: Final = ("security-lead", "comms-lead")
TIMES: Final = {SEV0: 5, SEV1: 15, SEV2: 30}
HOLDS: Final = {SEV0: 30, SEV1: 60, SEV2: 240}
NOBODY: Final = ("nobody-on-duty", "no-contact-method", "target-unknown")
HALF: Final = timedelta(seconds=30)


# --- random nights --------------------------------------------------------------------------------------

LEVELS: Final = st.sampled_from((*LIST, *LIST, *BEHIND, "elsewhere"))
PEOPLE: Final = st.sampled_from(("pat", "kim"))
PAGES: Final = st.fixed_dictionaries({"level": LEVELS, "person": PEOPLE})
ACTS: Final = st.one_of(
    st.tuples(st.just("page-sent"), PAGES),
    st.tuples(st.just("page-sent"), PAGES),
    st.tuples(st.just("page-acknowledged"), PAGES),
    st.tuples(st.just("page-failed"), PAGES),
    st.tuples(st.just("page-failed"), st.fixed_dictionaries({"level": LEVELS, "person": PEOPLE, "outcome": st.sampled_from((*NOBODY, "declined"))})),
    st.tuples(st.just("fact"), st.sampled_from((SEV0, SEV1, SEV2))),
    st.tuples(st.just("decided"), st.sampled_from(Severity)),
    st.tuples(st.sampled_from(("role-taken", "role-released")), PEOPLE),
    st.tuples(st.sampled_from(("recovered", "closed", "reopened")), st.none()),
)  # fmt: skip
GAPS: Final = st.sampled_from((0, 0, 1, 2, 4, 5, 6, 14, 15, 16, 30, 31, 61, 241))
NIGHTS: Final = st.lists(st.tuples(GAPS, ACTS), max_size=14)


def event_of(at: datetime, kind: str, said: Any, number: int) -> Event:
    id_ = f"e{number}"
    if kind == "fact":
        return supports(said, at, id=id_)
    if kind == "decided":
        return decided(said, at, id=id_, lowering="situation-improved")
    if kind == "closed":
        return told("closed", at, "incident-commander", id=id_)
    if kind.startswith("role"):
        return told(kind, at, said, role="incident-commander", person=said, id=id_)
    return told(kind, at, "pager", id=id_, **(said or {}))


class Known(NamedTuple):
    """An event that had its effect, with what the desk makes of the incident after it."""

    event: Event
    level: Severity | None
    led_by: tuple[str, ...]
    closed: bool


# --- the slow reading -----------------------------------------------------------------------------------


class Slow:
    """Where paging stands, half minute after half minute."""

    def __init__(self) -> None:
        self.state = "not-needed"
        self.tries: list[list[Any]] = []
        """Level, person, outcome, and in which round it was."""
        self.round = 0
        self.spot = 0
        self.paged_at: datetime | None = None
        self.silent_after: datetime | None = None
        self.loops = 0
        self.done: set[str] = set()
        self.broken: set[str] = set()
        self.answer: tuple[str, Severity] | None = None
        self.stale_after: datetime | None = None
        self.level: Severity | None = None
        self.before_over: Severity | None = None
        self.led: tuple[str, ...] = ()
        self.seen = False

    def tick(self, now: datetime) -> None:
        """What is out by then; asked before anything that happens at that instant."""
        if self.state == "answered" and not self.led and self.stale_after is not None and now > self.stale_after:
            self.begin()
        elif self.silent_after is not None and now > self.silent_after:
            self.out()

    def out(self) -> None:
        self.finish("no-answer")
        if self.state == "waiting":
            self.go_on()
        else:
            self.loops, self.done, self.paged_at, self.silent_after = self.loops + 1, set(), None, None

    def begin(self) -> None:
        self.round += 1
        self.state, self.spot, self.loops = "to-page", 0, 1
        self.paged_at = self.silent_after = self.answer = self.stale_after = None
        self.done, self.broken = set(), set()

    def go_on(self) -> None:
        self.spot += 1
        while self.spot < len(LIST) and LIST[self.spot] in self.broken:
            self.spot += 1
        self.stand()

    def stand(self) -> None:
        self.state = "to-page" if self.spot < len(LIST) else "exhausted"
        self.paged_at, self.silent_after, self.done, self.loops = None, None, set(), 1

    def finish(self, outcome: str) -> None:
        for one in self.tries:
            one[2] = one[2] or outcome

    def stop(self, state: str) -> None:
        self.finish("passed-on")
        self.state = state
        self.silent_after = self.answer = self.stale_after = None

    def take(self, known: Known) -> None:
        event, was_led, before = known.event, self.led, self.level
        self.led = known.led_by
        self.seen = True
        at = event.at
        if event.kind in ("recovered", "closed"):
            self.stop("over")
            self.before_over = self.level
        elif event.kind == "reopened":
            self.state = "not-needed"
        elif isinstance(event, ir.Page):
            self.page(event)
        self.level = known.level or SEV1
        if self.level is SEV3:
            if self.state not in ("over", "not-needed"):
                self.stop("not-needed")
        elif self.state == "not-needed":
            self.begin()
        elif self.state == "answered":
            if (not self.led and self.answer is not None and self.level.worse_than(self.answer[1])) or (
                not self.led
                and self.answer is None
                and before is not None
                and self.level.worse_than(before)
                and not was_led
            ):
                self.begin()
        elif self.state == "over":
            if (
                not known.closed
                and not self.led
                and self.before_over is not None
                and self.level.worse_than(self.before_over)
            ):
                self.begin()
        elif (
            before is not None
            and self.level.worse_than(before)
            and self.paged_at is not None
            and self.silent_after is not None
        ):
            sooner = self.paged_at + timedelta(minutes=TIMES[self.level])
            self.silent_after = min(self.silent_after, sooner)
            if sooner < at:  # the raise itself leaves no time
                self.out()
        if self.led and self.state in ("to-page", "waiting", "exhausted"):
            self.finish("passed-on")
            self.state, self.silent_after = "answered", None
        elif was_led and not self.led and self.state == "answered":
            holds = self.answer is not None and not self.level.worse_than(self.answer[1])
            if not holds or (self.stale_after is not None and at > self.stale_after):
                self.begin()

    def page(self, page: ir.Page) -> None:
        on_list = page.level in (*LIST, *BEHIND)
        spot = LIST.index(page.level) if page.level in LIST else len(LIST)
        live = self.state in ("to-page", "waiting", "exhausted") and on_list
        mine = [one for one in self.tries if one[:2] == [page.level, page.person] and one[3] == self.round]
        if page.kind == "page-acknowledged":
            if mine:
                mine[-1][2] = "answered"
            else:
                self.tries.append([page.level, page.person, "answered", self.round])
            if (live or self.state == "answered") and on_list:
                assert self.level is not None
                self.finish("passed-on")
                self.state, self.silent_after = "answered", None
                self.answer = page.level, self.level
                self.stale_after = page.at + timedelta(minutes=HOLDS[self.level])
        elif page.kind == "page-sent":
            self.sent(page, spot, live)
        else:
            outcome = page.outcome or "failed"
            if mine and mine[-1][2] != "answered":
                mine[-1][2] = outcome
            else:
                self.tries.append([page.level, page.person, outcome, self.round])
            waits = [one for one in self.tries if one[0] == page.level and one[3] == self.round and one[2] is None]
            if live and not waits:
                self.failed(page, spot)

    def sent(self, page: ir.Page, spot: int, live: bool) -> None:
        one = [page.level, page.person, None if live else "passed-on", self.round]
        if live and spot >= self.spot:
            assert self.level is not None
            if spot > self.spot:
                self.finish("passed-on")
                self.spot = spot
                self.stand()
            limit = page.at + timedelta(minutes=TIMES[self.level])
            if page.level in self.done and self.silent_after is not None:
                limit = min(limit, self.silent_after)
            self.paged_at, self.silent_after = page.at, limit
            self.done.add(page.level)
            if self.state == "to-page":
                self.state = "waiting"
        if live:
            self.broken.discard(page.level)
        self.tries.append(one)

    def failed(self, page: ir.Page, spot: int) -> None:
        assert self.level is not None
        if spot == len(LIST):
            if self.state == "exhausted":
                self.done.add(page.level)
                self.paged_at, self.silent_after = page.at, page.at + timedelta(minutes=TIMES[self.level])
            return
        self.broken.add(page.level)
        if spot == self.spot and self.state in ("to-page", "waiting"):
            self.go_on()

    def told(self) -> list[str]:
        """Who is next."""
        if self.state == "to-page":
            return [LIST[self.spot]]
        if self.state == "waiting":
            later = [level for level in LIST[self.spot + 1 :] if level not in self.broken]
            return later[:1] or [*BEHIND]
        if self.state == "exhausted":
            left = [role for role in BEHIND if role not in self.done]
            again = self.level in (SEV0, SEV1)
            if left and (again or self.loops <= 1):
                return left
            return [*BEHIND] if again and self.silent_after is not None else []
        if self.state == "answered" and not self.led and self.stale_after is not None:
            return [LIST[0]]
        return []

    def said(self) -> tuple[Any, ...]:
        return self.state, self.told(), [tuple(one[:3]) for one in self.tries]


def of_library(paging: ir.Paging) -> tuple[Any, ...]:
    tries = [(one.level, one.person, one.outcome.value if one.outcome is not None else None) for one in paging.tries]
    return paging.state, [one.level for one in paging.next], tries


class TestTheSlowReading:
    """tooling/on-call: the library and half minutes counted by hand agree on every night."""

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(NIGHTS)
    def test_they_agree(self, night: list[tuple[int, tuple[str, Any]]]) -> None:
        """State, who is next and how every page ended, at every half minute of the night and four hours after it."""
        step = ir.open_incident(POLICY, detected())
        incident, slow, now = step.incident, Slow(), T0
        slow.take(Known(step.event, incident.severity.governing, (), False))
        examined = 0
        for number, (gap, (kind, said)) in enumerate([*night, (250, ("note", {"text": "later"}))]):
            end = T0 + (now - T0) + timedelta(minutes=gap)
            while now < end:
                assert of_library(ir.paging(incident, now)) == slow.said(), (now - T0, number)
                examined += 1
                now += HALF
                slow.tick(now)
            event = event_of(end, kind, said, number)
            step = ir.record(incident, event)
            incident = step.incident
            if not any(violation.void for violation in step.violations):
                led = tuple(tenure.person for tenure in incident.roles.get("incident-commander", ()))
                slow.take(Known(event, incident.severity.governing, led, incident.closed))
            assert of_library(ir.paging(incident, now)) == slow.said(), (now - T0, kind, said)
        assert examined >= 500


class TestAnyLog:
    """tooling/on-call: what holds of every log, also of those nobody would keep."""

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(logs(POLICY), st.integers(0, 400))
    def test_nothing_changes_before_the_wake_up(self, log: list[Event], later: int) -> None:
        """Between an instant and the next wake-up whom to page stays as it is, up to the very last microsecond."""
        incident = ir.replay(POLICY, log)
        now = max(event.at for event in log) + timedelta(minutes=later)
        for _ in range(4):
            wake, stands = ir.next_wakeup(incident, now), ir.paging(incident, now)
            last = wake - MICROSECOND if wake is not None else now + timedelta(days=400)
            assert ir.paging(incident, max(now, last)) == stands
            if wake is None:
                break
            now = wake

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(logs(POLICY))
    def test_pages_open_nothing_and_change_no_verdict(self, log: list[Event]) -> None:
        """Without its pages a log owes the same; the pages are a view of their own."""
        paged = ("page-sent", "page-acknowledged", "page-failed")
        bare = [event for event in log if event.kind not in (*paged, "corrected")]
        full = [event for event in log if event.kind != "corrected"]
        now = max(event.at for event in log) + timedelta(hours=1)
        assert ir.obligations(ir.replay(POLICY, bare), now) == ir.obligations(ir.replay(POLICY, full), now)

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(logs(POLICY))
    def test_told_once_under_one_key(self, log: list[Event]) -> None:
        """A host that asks at each wake-up hears of each change once, whatever it asked before, and never of one that is to come."""
        incident = ir.replay(POLICY, log)
        now = max(event.at for event in log)
        for _ in range(4):
            found = [one for one in ir.reminders(incident, None, now) if one.obligation.startswith("paging/")]
            assert len({one.key for one in found}) == len(found)
            assert all(one.at <= now for one in found)
            told_next = {one.level for one in ir.paging(incident, now).due(now)}
            assert {one.recipient for one in found if one.due is not None} <= told_next
            wake = ir.next_wakeup(incident, now)
            if wake is None:
                break
            again = {one.key for one in ir.reminders(incident, now, wake) if one.obligation.startswith("paging/")}
            assert not again & {one.key for one in found}
            now = wake


class TestThePlan:
    """tooling/on-call: a host that pages whoever is due, at each wake-up, tells those whom the plan names, when it says."""

    @settings(max_examples=60, deadline=None)
    @given(st.sampled_from((SEV0, SEV1, SEV2, None)), st.sets(st.sampled_from((*LIST, *BEHIND))))
    def test_played_live(self, severity: Severity | None, empty: set[str]) -> None:
        """Up to the microseconds that lie between the last moment in time and the first one late."""
        plan = ir.page_plan(POLICY, severity, T0, dict.fromkeys(empty))
        log: list[Event] = [detected(), *([supports(severity, T0)] if severity is not None else [])]
        pages: list[tuple[str, datetime]] = []
        now = T0
        for _ in range(60):
            if len(pages) >= len(plan.pages):
                break
            incident = ir.replay(POLICY, log)
            due = ir.paging(incident, now).due(now)
            if due:
                one = due[0]
                kind = "page-failed" if one.level in empty else "page-sent"
                outcome = {"outcome": "nobody-on-duty"} if one.level in empty else {}
                log.append(told(kind, now, level=one.level, person="pat", id=f"p{len(log)}", **outcome))
                if one.level not in empty:
                    pages.append((one.level, now.replace(microsecond=0)))
                continue
            coming = ir.paging(incident, now).next
            if not coming:
                break
            now = coming[0].at
        assert pages == [(one.level, one.at) for one in plan.pages]
        assert {gap.level for gap in plan.skipped} == empty
        assert [one.answer_by - one.at for one in plan.pages] == [timedelta(minutes=TIMES[severity or SEV1])] * len(
            plan.pages
        )

    def test_nobody_at_the_mildest_level(self) -> None:
        plan = ir.page_plan(POLICY, SEV3, T0)
        assert (plan.pages, plan.paged_as, plan.exhausted_at, plan.repeats_every) == ((), None, None, None)


def test_the_figures_by_hand_are_those_of_the_document() -> None:
    """If the owner changes a figure, this reading has to be changed with it."""
    rule = POLICY.about.tooling["paging-list"].paging
    assert rule is not None
    assert {level: int(length.total_seconds() // 60) for level, length in rule.within.items()} == TIMES
    assert {level: int(length.total_seconds() // 60) for level, length in rule.holds.items()} == HOLDS
    assert (rule.levels, rule.then, rule.repeat, rule.times, rule.unassessed) == (LIST, BEHIND, SEV1, 1, SEV1)
