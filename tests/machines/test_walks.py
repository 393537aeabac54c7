"""Every state of every machine with every event: a row or a stop with its clause, and the desk does what the table says."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

import ir_policy as ir
from ir_policy import Event, Phase, Refusal, Severity
from ir_policy.duties.own_rules import EPISODES, HANDOVERS, NOTICES, PHASES
from ir_policy.rules.machines import Machine, Row, Stop
from ir_policy.rules.machines.handover import HANDOVER, OFFER_ENDS
from ir_policy.rules.machines.notice import NOTICE
from ir_policy.rules.machines.on_call import ON_CALL
from ir_policy.testing import told
from support_duties import COMMANDER, POLICY, T0

MACHINES: Final = {
    NOTICE: ("communications.md", (11, 10)), HANDOVER: ("who-does-what.md", (5, 4)), ON_CALL: ("readiness.md", (6, 14)),
}  # fmt: skip
"""The page each one is drawn on, and how many states and events it has."""
PAGES: Final = Path(__file__).parents[2] / "docs" / "policy"


def pairs(machine: Machine) -> list[tuple[str, str]]:
    return list(product(machine.states, machine.events))


def opened() -> ir.Incident:
    signal = told("detected", T0, id="e0")
    assert isinstance(signal, ir.Detected)
    return ir.open_incident(POLICY, signal).incident


def later(incident: ir.Incident, minutes: float = 1) -> datetime:
    return max(event.at for event in incident.log) + timedelta(minutes=minutes)


def coming(incident: ir.Incident, kind: str, by: str = "sam", **said: Any) -> Event:
    return told(kind, later(incident), by, id=f"e{len(incident.log)}", **said)


def by_rule(incident: ir.Incident, event: Event, rule: str) -> list[Refusal]:
    return [one for one in ir.check(incident, event) if one.rule == rule]


class TestTables:
    """A table answers every pair, in words and with a clause of the policy."""

    @pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.id)
    def test_every_pair_is_a_row_or_a_stop(self, machine: Machine) -> None:
        found = {pair: machine.after(*pair) for pair in pairs(machine)}
        assert (len(machine.states), len(machine.events)) == MACHINES[machine][1]
        assert len(found) == len(machine.states) * len(machine.events) > 0
        for (state, event), step in found.items():
            assert step.state == state
            assert step.event in (event, "*")
            assert step.clause.partition("/")[0] in POLICY.about.clauses
            assert isinstance(step, Row) or step.needs
        assert {row.event for row in machine.rows} == set(machine.events), "an event nothing follows from"

    @pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.id)
    def test_every_state_can_be_reached(self, machine: Machine) -> None:
        assert set(ways(machine)) == set(machine.states)

    @pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.id)
    def test_its_picture_shows_every_row_and_nothing_more(self, machine: Machine) -> None:
        page = (PAGES / MACHINES[machine][0]).read_text(encoding="utf-8")
        drawings = [part.partition("```")[0] for part in page.split("```mermaid\n")[1:]]
        ours = [one for one in drawings if f"[*] --> {machine.start.replace('-', '_')}\n" in one]
        assert len(ours) == 1
        shown, names = [], {}
        for line in ours[0].splitlines()[1:]:
            word, _, rest = line.strip().partition(" ")
            if word == "state":
                label, _, name = rest.rpartition(" as ")
                names[name] = label.strip('"')
            elif word != "[*]":
                arrow, _, events = line.strip().partition(": ")
                state, _, to = arrow.partition(" --> ")
                shown += [(names[state], event, names[to]) for event in events.split(", ")]
        assert sorted(shown) == sorted((row.state, row.event, row.to) for row in machine.rows)
        assert set(names.values()) == set(machine.states)

    def test_no_other_machine_is_drawn(self) -> None:
        drawn = sum(page.read_text(encoding="utf-8").count("stateDiagram-v2") for page in PAGES.glob("*.md"))
        assert drawn == len(MACHINES)


def ways(machine: Machine) -> dict[str, tuple[str, ...]]:
    """The fewest events that lead from the start to each state."""
    found: dict[str, tuple[str, ...]] = {machine.start: ()}
    todo = deque([machine.start])
    while todo:
        state = todo.popleft()
        for event in machine.events:
            step = machine.after(state, event)
            if isinstance(step, Row) and step.to not in found:
                found[step.to] = (*found[state], event)
                todo.append(step.to)
    return found


class TestNotices:
    """What may happen to a text is what the table lets happen, and what happened against it has the effect the page says."""

    @pytest.mark.parametrize(("state", "event"), pairs(NOTICE))
    def test_the_desk_follows_the_table(self, state: str, event: str) -> None:
        before, step = a_notice(state), NOTICE.after(state, event)
        what = of_notice(before, event)
        refusals = by_rule(before, what, NOTICES)
        after = life_of(ir.record(before, what).incident)
        if isinstance(step, Row):
            assert (refusals, after) == ([], step.to)
            return
        assert [(one.missing, one.clause) for one in refusals] == [((step.needs,), step.clause)]
        happened = {"notice-drafted": "drafted", "notice-edited": "drafted", "notice-sent": "sent"}
        assert after == happened.get(event, state)

    @pytest.mark.parametrize(
        ("state", "event"), [pair for pair in pairs(NOTICE) if pair[1] in ("notice-reviewed", "notice-approved")]
    )
    def test_a_power_against_the_table_is_void(self, state: str, event: str) -> None:
        before = a_notice(state)
        what = of_notice(before, event)
        found = [one.void for one in ir.record(before, what).violations if one.rule == NOTICES]
        assert found == ([True] if isinstance(NOTICE.after(state, event), Stop) else [])


def life_of(incident: ir.Incident) -> str:
    """The state of the one notice."""
    record = incident._case.history.notices.get("n-1")
    return record.state if record is not None else NOTICE.start


BY: Final = {"notice-reviewed": "legal-liaison", "notice-approved": COMMANDER, "notice-rejected": COMMANDER}


def of_notice(incident: ir.Incident, kind: str) -> Event:
    said: dict[str, Any] = {"notice": "n-1", "digest": "d-1"}
    if kind not in ("notice-review-requested", *BY):
        said |= {"recipients": ("internal",), "duties": ("internal-alert",)}
    return coming(incident, kind, BY.get(kind, "sam"), **said)


@cache
def a_notice(state: str) -> ir.Incident:
    """An incident with a notice in that state, by what was allowed and nothing else."""
    incident = opened()
    for kind in ways(NOTICE)[state]:
        incident = ir.apply(incident, of_notice(incident, kind)).incident
    assert life_of(incident) == state
    return incident


class TestHandovers:
    """An offer by alex to kim, who holds the role again where an earlier offer was accepted or ended."""

    @pytest.mark.parametrize(("state", "event"), pairs(HANDOVER))
    def test_the_desk_follows_the_table(self, state: str, event: str) -> None:
        before, step = an_offer(state), HANDOVER.after(state, event)
        if event == OFFER_ENDS:
            what = coming(before, "role-released", "alex", role=COMMANDER, person="alex")
        else:
            what = coming(
                before, event, "alex" if event == "handover-offered" else "kim", role=COMMANDER, person="alex", to="kim"
            )
        refusals = by_rule(before, what, HANDOVERS)
        after = ir.record(before, what).incident
        stands = isinstance(step, Row) and step.to == "offered"
        holder = {"handover-accepted": ("kim",), OFFER_ENDS: ()}.get(event, ("alex",))
        assert standing(after) == (stands, holder)
        if (
            isinstance(step, Row) or event == OFFER_ENDS
        ):  # the end of a tenure is no event of its own, and nothing refuses it
            assert refusals == []
        else:
            assert [(one.missing, one.clause) for one in refusals] == [((step.needs.partition(":")[0],), step.clause)]


def standing(incident: ir.Incident) -> tuple[bool, tuple[str, ...]]:
    """Whether the offer stands, and who holds the role."""
    role = ir.command(incident, later(incident)).role(COMMANDER)
    offered = ("alex", "kim") in [(one.person, one.to) for one in role.offers]
    return offered, tuple(one.person for one in role.holders)


STORIES: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "not-offered": (),
    "offered": (("handover-offered", "alex", "kim"),),
    "accepted": (
        ("handover-offered", "alex", "kim"), ("handover-accepted", "alex", "kim"),
        ("handover-offered", "kim", "alex"), ("handover-accepted", "kim", "alex"),
    ),
    "declined": (("handover-offered", "alex", "kim"), ("handover-declined", "alex", "kim")),
    "ended": (("handover-offered", "alex", "kim"), ("role-released", "alex", ""), ("role-taken", "alex", "")),
}  # fmt: skip


@cache
def an_offer(state: str) -> ir.Incident:
    incident = opened()
    for kind, person, to in (("role-taken", "alex", ""), *STORIES[state]):
        by = to if kind in ("handover-accepted", "handover-declined") else person
        said = {"to": to} if to else {}
        incident = ir.apply(incident, coming(incident, kind, by, role=COMMANDER, person=person, **said)).incident
    assert standing(incident) == (state == "offered", ("alex",))
    return incident


class TestOnCall:
    """Paging refuses nothing: what the table stops changes nothing."""

    @pytest.mark.parametrize(("state", "event"), pairs(ON_CALL))
    def test_paging_follows_the_table(self, state: str, event: str) -> None:
        step = ON_CALL.after(state, event)
        if (state, event) in NOT_ALONE:
            assert isinstance(step, Stop)
            return
        before = paged(state, mild=(state, event) == ("over", "reopened"))
        for kind, by, said in AS_WELL.get((state, event), ()):
            before = recorded(before, kind, by, **said)
        assert ir.paging(before, later(before, 0)).state == state
        wait = WAITS.get((state, event), WAITS.get((ON_CALL.id, event)))
        after = before
        for kind, by, said in () if wait else DONE[event]:
            after = recorded(after, kind, by, **said)
        found = ir.paging(after, later(after, wait or 0)).state
        assert found == (step.to if isinstance(step, Row) else state)

    def test_few_pairs_cannot_be_had_alone(self) -> None:
        """Where one event brings about another by itself, the pair is left to the table."""
        assert len(NOT_ALONE) == 3 < len(pairs(ON_CALL))
        assert set(DONE) | {event for _, event in WAITS} == set(ON_CALL.events)


Told = tuple[str, str, dict[str, Any]]


def level(severity: Severity) -> Told:
    return "severity-decided", COMMANDER, {"severity": severity, "reason": "seen", "lowering": "situation-improved"}


def page(kind: str, of: str) -> Told:
    return f"page-{kind}", "sam", {"level": of, "person": of}


FIRST, SECOND = "reliability-partner", "owen-backup"
TAKEN: Final[Told] = ("role-taken", "kim", {"role": COMMANDER, "person": "kim"})
RECOVERED: Final[Told] = ("recovered", "sam", {})
CLOSED: Final[Told] = ("closed", COMMANDER, {"outcome": "duplicate"})
DONE: Final[dict[str, tuple[Told, ...]]] = {
    "needed": (level(Severity.SEV1),),
    "not-needed": (level(Severity.SEV3),),
    "page-sent": (page("sent", FIRST),),
    "page-failed": (page("failed", FIRST),),
    "list-ended": (page("failed", FIRST), page("failed", SECOND)),
    "page-acknowledged": (page("acknowledged", FIRST),),
    "raised": (level(Severity.SEV0),),
    "role-taken": (TAKEN,),
    "role-released": (("role-released", "kim", {"role": COMMANDER, "person": "kim"}),),
    "recovered": (RECOVERED,),
    "closed": (CLOSED,),
    "reopened": (("reopened", COMMANDER, {}),),
}
"""What brings the event about."""
WAITS: Final = {
    (ON_CALL.id, "no-answer"): 16, (ON_CALL.id, "answer-stale"): 62, ("answered", "no-answer"): 16, ("exhausted", "list-ended"): 32,
}  # fmt: skip
"""How many minutes do."""
NOT_ALONE: Final = {
    ("waiting", "list-ended"),  # two pages fail before
    ("waiting", "answer-stale"),  # time is up before
    ("not-needed", "raised"),  # somebody is needed then
}
AS_WELL: Final[dict[tuple[str, str], tuple[Told, ...]]] = {
    ("answered", "role-released"): (TAKEN,), ("over", "reopened"): (CLOSED,),
}  # fmt: skip
"""What comes first besides."""


def recorded(incident: ir.Incident, kind: str, by: str, minutes: float = 1, **said: Any) -> ir.Incident:
    event = told(kind, later(incident, minutes), by, id=f"e{len(incident.log)}", **said)
    return ir.record(incident, event).incident


@cache
def paged(state: str, mild: bool) -> ir.Incident:
    story: dict[str, tuple[Told, ...]] = {
        "to-page": (),
        "waiting": (page("sent", FIRST),),
        "exhausted": (page("failed", FIRST), page("failed", SECOND)),
        "answered": (page("sent", FIRST), page("acknowledged", FIRST)),
        "over": (RECOVERED,),
    }
    incident = opened()
    milder = mild or state == "not-needed"
    for kind, by, said in (level(Severity.SEV3 if milder else Severity.SEV1), *story.get(state, ())):
        incident = recorded(incident, kind, by, **said)
    return incident


class TestPhases:
    """Phases follow each other; none is skipped in silence, and a closed incident has none to enter."""

    ORDER: Final = tuple(Phase)

    @pytest.mark.parametrize(("now", "closed"), list(product(Phase, (False, True))))
    @pytest.mark.parametrize("entered", Phase)
    def test_entering(self, now: Phase, closed: bool, entered: Phase) -> None:
        before = in_phase(now, closed)
        what = coming(before, "phase-entered", phase=entered, reason="")
        refusals = by_rule(before, what, PHASES)
        skipped = self.ORDER.index(entered) > self.ORDER.index(now) + 1
        assert bool(refusals) == (closed or skipped or entered in (now, Phase.DETECT))
        assert [one.clause for one in refusals] == [POLICY.phases[self.ORDER.index(entered)].clause][: len(refusals)]
        after = ir.record(before, what)
        assert not [one for one in after.violations if one.rule == PHASES and one.void]
        assert after.incident.phase is (now if entered is Phase.DETECT else entered)

    @pytest.mark.parametrize(("now", "other", "reason"), list(product(Phase, Phase, ("", "nothing to do"))))
    def test_finding_one_not_applicable(self, now: Phase, other: Phase, reason: str) -> None:
        """It takes a reason and nothing else, moves nothing, and stands in for having entered it."""
        before = in_phase(now, False)
        what = coming(before, "phase-not-applicable", phase=other, reason=reason)
        assert [one.missing for one in by_rule(before, what, PHASES)] == (
            [] if reason else [("the event to state its reason",)]
        )
        after = ir.record(before, what).incident
        assert after.phase is now
        following = self.ORDER[self.ORDER.index(now) + 2 : self.ORDER.index(now) + 3]
        if following and other is self.ORDER[self.ORDER.index(now) + 1]:
            assert not by_rule(after, coming(after, "phase-entered", phase=following[0], reason=""), PHASES)

    @pytest.mark.parametrize(("now", "closed"), list(product(Phase, (False, True))))
    def test_closing_and_reopening(self, now: Phase, closed: bool) -> None:
        before = in_phase(now, closed)
        closing, again = coming(before, "closed", COMMANDER, outcome="duplicate"), coming(before, "reopened", COMMANDER)
        assert bool(by_rule(before, closing, EPISODES)) is closed
        assert bool(by_rule(before, again, EPISODES)) is not closed
        assert (ir.record(before, closing).incident.closed, ir.record(before, closing).incident.phase) == (True, now)
        reopened = ir.record(before, again).incident
        assert (reopened.phase, reopened.closed) == ((Phase.ASSESS, False) if closed else (now, False))


@cache
def in_phase(phase: Phase, closed: bool) -> ir.Incident:
    incident = opened()
    for one in TestPhases.ORDER[1 : TestPhases.ORDER.index(phase) + 1]:
        incident = recorded(incident, "phase-entered", "sam", phase=one, reason="")
    if closed:
        incident = recorded(incident, "closed", COMMANDER, outcome="duplicate")
    assert (incident.phase, incident.closed) == (phase, closed)
    return incident


class TestTheFreeze:
    """It stands from its first start until counsel releases it; what extends it starts it where nothing was frozen."""

    @pytest.mark.parametrize(
        ("frozen", "kind", "by"),
        [*product((False, True), ("hold-started", "hold-extended", "hold-released"), ("sam", "legal-liaison"))],
    )
    def test_each_event_on_each_state(self, frozen: bool, kind: str, by: str) -> None:
        before = recorded(opened(), "hold-started", "sam") if frozen else opened()
        what = coming(before, kind, by)
        refusals = [(one.rule, one.clause) for one in ir.check(before, what)]
        refused = kind == "hold-released" and by == "sam"
        assert refusals == ([("legal-releases-the-freeze", "privacy-integration/freeze")] if refused else [])
        after = ir.record(before, what).incident
        if kind == "hold-released":
            assert after.frozen_since == (before.frozen_since if refused else None)
        else:
            assert after.frozen_since == (before.frozen_since if frozen else what.at)


def test_everything_was_walked() -> None:
    """No machine, state or event is left out above."""
    walked = [pair for machine in MACHINES for pair in pairs(machine)]
    assert len(walked) == 11 * 10 + 5 * 4 + 6 * 14
    assert {state for machine in MACHINES for state in machine.states} == {state for state, _ in walked}
    assert set(STORIES) == set(HANDOVER.states)
    assert all(ways(NOTICE)[state] or state == NOTICE.start for state in NOTICE.states)
