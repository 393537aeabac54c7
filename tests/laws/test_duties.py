"""What each duty of the policy promises: when it opens, by when it is due, and what meets it.

Every due instant is written by hand with its offset, for the marks people get wrong: both sides of both changes of
the clocks in Sydney in 2026, the edges of the working day, the weekend, the eve of a holiday, the last day of the year.
Each is tried a microsecond before, at the instant, and a microsecond after.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import NO, UNKNOWN, YES, Breach, Event, Obligation, Severity, Truth
from ir_policy.duties import watch
from ir_policy.duties.entries import Attempt
from ir_policy.rules.model import Policy
from ir_policy.terms import MICROSECOND
from ir_policy.testing import logs, told
from support_time import at

POLICY: Final = ir.load_policy("motion-mavericks")
SEV0, SEV1, SEV2, SEV3 = Severity
T0: Final = at("2026-03-11 09:00+11:00")
COMMANDER: Final = "incident-commander"
LEGAL: Final = "legal-liaison"
FACT_OF: Final = {SEV0: "exfiltration-likely", SEV1: "streaming-unavailable", SEV2: "partial-outage"}
STATED: Final = ("share-link-status", "mitigation-steps")
"""What an update to a client must state."""

UNION: Final = (
    "at", "be", "bg", "cy", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hr", "hu", "ie", "it", "lt", "lu", "lv",
    "mt", "nl", "pl", "pt", "ro", "se", "si", "sk",
)  # fmt: skip
"""The member states, by hand."""

MARKS: Final = {
    "last minute of summer time": at("2026-04-05 02:59+11:00"),
    "clocks just went back": at("2026-04-05 02:00+10:00"),
    "last minute of winter time": at("2026-10-04 01:59+10:00"),
    "clocks just went forward": at("2026-10-04 03:00+11:00"),
    "Wednesday 06:00": at("2026-03-11 06:00+11:00"),
    "Friday 16:55": at("2026-03-13 16:55+11:00"),
    "Friday 17:00": at("2026-03-13 17:00+11:00"),
    "Friday 18:00": at("2026-03-13 18:00+11:00"),
    "Saturday noon": at("2026-03-14 12:00+11:00"),
    "eve of Anzac Day": at("2026-04-24 16:30+10:00"),
    "New Year's Eve": at("2026-12-31 15:00+11:00"),
}

DUE: Final = {
    "5 minutes": {
        "last minute of summer time": "2026-04-05 02:04+10:00",
        "clocks just went back": "2026-04-05 02:05+10:00",
        "last minute of winter time": "2026-10-04 03:04+11:00",
        "clocks just went forward": "2026-10-04 03:05+11:00",
        "Wednesday 06:00": "2026-03-11 06:05+11:00",
        "Friday 16:55": "2026-03-13 17:00+11:00",
        "Friday 17:00": "2026-03-13 17:05+11:00",
        "Friday 18:00": "2026-03-13 18:05+11:00",
        "Saturday noon": "2026-03-14 12:05+11:00",
        "eve of Anzac Day": "2026-04-24 16:35+10:00",
        "New Year's Eve": "2026-12-31 15:05+11:00",
    },
    "15 minutes": {
        "last minute of summer time": "2026-04-05 02:14+10:00",
        "clocks just went back": "2026-04-05 02:15+10:00",
        "last minute of winter time": "2026-10-04 03:14+11:00",
        "clocks just went forward": "2026-10-04 03:15+11:00",
        "Wednesday 06:00": "2026-03-11 06:15+11:00",
        "Friday 16:55": "2026-03-13 17:10+11:00",
        "Friday 17:00": "2026-03-13 17:15+11:00",
        "Friday 18:00": "2026-03-13 18:15+11:00",
        "Saturday noon": "2026-03-14 12:15+11:00",
        "eve of Anzac Day": "2026-04-24 16:45+10:00",
        "New Year's Eve": "2026-12-31 15:15+11:00",
    },
    "30 minutes": {
        "last minute of summer time": "2026-04-05 02:29+10:00",
        "clocks just went back": "2026-04-05 02:30+10:00",
        "last minute of winter time": "2026-10-04 03:29+11:00",
        "clocks just went forward": "2026-10-04 03:30+11:00",
        "Wednesday 06:00": "2026-03-11 06:30+11:00",
        "Friday 16:55": "2026-03-13 17:25+11:00",
        "Friday 17:00": "2026-03-13 17:30+11:00",
        "Friday 18:00": "2026-03-13 18:30+11:00",
        "Saturday noon": "2026-03-14 12:30+11:00",
        "eve of Anzac Day": "2026-04-24 17:00+10:00",
        "New Year's Eve": "2026-12-31 15:30+11:00",
    },
    "1 hour": {
        "last minute of summer time": "2026-04-05 02:59+10:00",
        "clocks just went back": "2026-04-05 03:00+10:00",
        "last minute of winter time": "2026-10-04 03:59+11:00",
        "clocks just went forward": "2026-10-04 04:00+11:00",
        "Wednesday 06:00": "2026-03-11 07:00+11:00",
        "Friday 16:55": "2026-03-13 17:55+11:00",
        "Friday 17:00": "2026-03-13 18:00+11:00",
        "Friday 18:00": "2026-03-13 19:00+11:00",
        "Saturday noon": "2026-03-14 13:00+11:00",
        "eve of Anzac Day": "2026-04-24 17:30+10:00",
        "New Year's Eve": "2026-12-31 16:00+11:00",
    },
    "2 hours": {
        "last minute of summer time": "2026-04-05 03:59+10:00",
        "clocks just went back": "2026-04-05 04:00+10:00",
        "last minute of winter time": "2026-10-04 04:59+11:00",
        "clocks just went forward": "2026-10-04 05:00+11:00",
        "Wednesday 06:00": "2026-03-11 08:00+11:00",
        "Friday 16:55": "2026-03-13 18:55+11:00",
        "Friday 17:00": "2026-03-13 19:00+11:00",
        "Friday 18:00": "2026-03-13 20:00+11:00",
        "Saturday noon": "2026-03-14 14:00+11:00",
        "eve of Anzac Day": "2026-04-24 18:30+10:00",
        "New Year's Eve": "2026-12-31 17:00+11:00",
    },
    "4 hours": {
        "last minute of summer time": "2026-04-05 05:59+10:00",
        "clocks just went back": "2026-04-05 06:00+10:00",
        "last minute of winter time": "2026-10-04 06:59+11:00",
        "clocks just went forward": "2026-10-04 07:00+11:00",
        "Wednesday 06:00": "2026-03-11 10:00+11:00",
        "Friday 16:55": "2026-03-13 20:55+11:00",
        "Friday 17:00": "2026-03-13 21:00+11:00",
        "Friday 18:00": "2026-03-13 22:00+11:00",
        "Saturday noon": "2026-03-14 16:00+11:00",
        "eve of Anzac Day": "2026-04-24 20:30+10:00",
        "New Year's Eve": "2026-12-31 19:00+11:00",
    },
    "24 hours": {
        "last minute of summer time": "2026-04-06 01:59+10:00",
        "clocks just went back": "2026-04-06 02:00+10:00",
        "last minute of winter time": "2026-10-05 02:59+11:00",
        "clocks just went forward": "2026-10-05 03:00+11:00",
        "Wednesday 06:00": "2026-03-12 06:00+11:00",
        "Friday 16:55": "2026-03-14 16:55+11:00",
        "Friday 17:00": "2026-03-14 17:00+11:00",
        "Friday 18:00": "2026-03-14 18:00+11:00",
        "Saturday noon": "2026-03-15 12:00+11:00",
        "eve of Anzac Day": "2026-04-25 16:30+10:00",
        "New Year's Eve": "2027-01-01 15:00+11:00",
    },
    "72 hours": {
        "last minute of summer time": "2026-04-08 01:59+10:00",
        "clocks just went back": "2026-04-08 02:00+10:00",
        "last minute of winter time": "2026-10-07 02:59+11:00",
        "clocks just went forward": "2026-10-07 03:00+11:00",
        "Wednesday 06:00": "2026-03-14 06:00+11:00",
        "Friday 16:55": "2026-03-16 16:55+11:00",
        "Friday 17:00": "2026-03-16 17:00+11:00",
        "Friday 18:00": "2026-03-16 18:00+11:00",
        "Saturday noon": "2026-03-17 12:00+11:00",
        "eve of Anzac Day": "2026-04-27 16:30+10:00",
        "New Year's Eve": "2027-01-03 15:00+11:00",
    },
    "same business day (not before 2 hours)": {
        "last minute of summer time": "2026-04-07 17:00+10:00",
        "clocks just went back": "2026-04-07 17:00+10:00",
        "last minute of winter time": "2026-10-06 17:00+11:00",
        "clocks just went forward": "2026-10-06 17:00+11:00",
        "Wednesday 06:00": "2026-03-11 17:00+11:00",
        "Friday 16:55": "2026-03-13 18:55+11:00",
        "Friday 17:00": "2026-03-16 17:00+11:00",
        "Friday 18:00": "2026-03-16 17:00+11:00",
        "Saturday noon": "2026-03-16 17:00+11:00",
        "eve of Anzac Day": "2026-04-24 18:30+10:00",
        "New Year's Eve": "2026-12-31 17:00+11:00",
    },
    "5 business days": {
        "last minute of summer time": "2026-04-13 17:00+10:00",
        "clocks just went back": "2026-04-13 17:00+10:00",
        "last minute of winter time": "2026-10-12 17:00+11:00",
        "clocks just went forward": "2026-10-12 17:00+11:00",
        "Wednesday 06:00": "2026-03-18 17:00+11:00",
        "Friday 16:55": "2026-03-20 17:00+11:00",
        "Friday 17:00": "2026-03-20 17:00+11:00",
        "Friday 18:00": "2026-03-20 17:00+11:00",
        "Saturday noon": "2026-03-20 17:00+11:00",
        "eve of Anzac Day": "2026-05-04 17:00+10:00",
        "New Year's Eve": "2027-01-08 17:00+11:00",
    },
    "30 days": {
        "last minute of summer time": "2026-05-06 00:00+10:00",
        "clocks just went back": "2026-05-06 00:00+10:00",
        "last minute of winter time": "2026-11-04 00:00+11:00",
        "clocks just went forward": "2026-11-04 00:00+11:00",
        "Wednesday 06:00": "2026-04-11 00:00+10:00",
        "Friday 16:55": "2026-04-13 00:00+10:00",
        "Friday 17:00": "2026-04-13 00:00+10:00",
        "Friday 18:00": "2026-04-13 00:00+10:00",
        "Saturday noon": "2026-04-14 00:00+10:00",
        "eve of Anzac Day": "2026-05-25 00:00+10:00",
        "New Year's Eve": "2027-01-31 00:00+11:00",
    },
}
"""For each limit and each mark the last moment, or the first moment after where the limit is in civil days."""


# --- telling stories ------------------------------------------------------------------------------------


def minutes(count: float) -> datetime:
    return T0 + timedelta(minutes=count)


def hours(count: float) -> datetime:
    return T0 + timedelta(hours=count)


def detected(at: datetime = T0, **said: object) -> Event:
    return told("detected", at, **said)


def reported(at: datetime, known: dict[str, Truth], **said: object) -> Event:
    return told("facts-reported", at, facts=known, **said)


def supports(level: Severity, at: datetime, truth: Truth = YES, **said: object) -> Event:
    """The fact that supports a level, so or not so."""
    return reported(at, {FACT_OF[level]: truth}, **said)


def decided(level: Severity, at: datetime, by: str = COMMANDER, **said: object) -> Event:
    return told("severity-decided", at, by, severity=level, **{"reason": "because", **said})


def found(finding: str, at: datetime, **said: object) -> Event:
    return told("breach-finding", at, LEGAL, finding=finding, **said)


def sent(duty: str, recipient: str, at: datetime, states: tuple[str, ...] = STATED, **said: object) -> Event:
    return told("notice-sent", at, duties=(duty,), recipients=(recipient,), states=states, **said)


def not_notifying(duty: str, recipient: str, at: datetime, by: str = LEGAL) -> Event:
    return told("not-notifying", at, by, duty=duty, recipient=recipient)


def closed(at: datetime) -> Event:
    return told("closed", at, COMMANDER)


def reopened(at: datetime) -> Event:
    return told("reopened", at)


def takes_command(at: datetime) -> Event:
    return told("role-taken", at, role="incident-commander", person="alex")


def at_level(level: Severity) -> Callable[[datetime], list[Event]]:
    """An incident that is of that level from its first instant."""
    return lambda mark: [detected(mark), supports(level, mark)]


def confirmed(mark: datetime) -> list[Event]:
    """A breach of personal data, detected and confirmed at one instant, of people in Germany."""
    return [detected(mark), reported(mark, {"affected-in/de": YES}), found("confirmed", mark)]


def incident(story: Sequence[Event], policy: Policy = POLICY) -> ir.Incident:
    return ir.replay(policy, story)


def owed(story: Sequence[Event], now: datetime, policy: Policy = POLICY) -> dict[str, Obligation]:
    """Everything owed and settled as of an instant, by key."""
    return {one.key: one for one in ir.obligations(incident(story, policy), now)}


def keys(story: Sequence[Event], duty: str, now: datetime = T0 + timedelta(days=400)) -> list[str]:
    """To whom, and which number, a duty is owed or was."""
    return [one.key.partition("@")[2] for one in owed(story, now).values() if one.duty == duty]


def verdicts(story: Sequence[Event], duty: str, now: datetime) -> dict[str, str]:
    """The verdict of each obligation of a duty, by recipient and number."""
    return {one.key.partition("@")[2]: one.verdict for one in owed(story, now).values() if one.duty == duty}


@cache
def variant(*edits: tuple[str, str]) -> Policy:
    """The shipped policy with some of its lines written otherwise."""
    text = resources.files("ir_policy.rules").joinpath("catalog", "motion-mavericks.yaml").read_text("utf-8")
    for before, after in edits:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return ir.load_policy(text)


# --- promises -------------------------------------------------------------------------------------------


class Promise(NamedTuple):
    """A duty as its clause states it, and the shortest story in which it runs from a mark."""

    key: str
    clause: str
    basis: str
    owed_by: str
    mark: str
    limit: str
    """In words; by the same words the due instants stand in the table."""
    kind: str
    story: Callable[[datetime], list[Event]]
    act: Callable[[datetime], Event]
    document: str = "motion-mavericks"
    written: str = ""
    """The limit as the document writes it, where that is not the plain length."""

    @property
    def inclusive(self) -> bool:
        return self.kind != "calendar-days"

    @property
    def binds(self) -> bool:
        return self.basis in ("statute", "contract", "policy")


READING: Final = {
    "respond": "commander-in-place",
    "document": "disposition-is-a-record",
    "recover": "recovery-from-detection",
    "internal-alert": "alert-again-on-raise",
    "stakeholder-notice": "two-audiences",
    "client-update": "everyone-not-excluded",
    "oaic-notice": "seventy-two-hours-is-ours",
    "eu-authority-notice": "each-member-state",
    "eu.gdpr.33-1": "eu.gdpr.elapsed-hours",
    "dsr-freeze": "freeze-within-fifteen-minutes",
    "postmortem": "five-days-from-recovery",
    "au.ndb.assess": "au.ndb.calendar-days",
}
"""How we read each duty's clause."""
READING_OF_LIMIT: Final = {
    "5 minutes": "immediate-has-five-minutes",
    "same business day (not before 2 hours)": "same-business-day",
}
"""Limits that have a reading of their own."""


def holds(promise: Promise, name: str) -> None:
    """The promise runs from the mark to the instant in the table, and flips exactly there, done or left undone."""
    mark, due = MARKS[name], at(DUE[promise.limit][name])
    story = promise.story(mark)
    too_late = due + MICROSECOND if promise.inclusive else due
    breach = Breach(due, too_late, "deadline") if promise.binds else None

    one = owed(story, mark)[promise.key]
    assert (f"{one.duty}@{one.recipient}#{one.period}", one.episode) == (promise.key, 0)
    assert (one.clause, one.basis, one.owed_by, one.document) == (
        promise.clause, promise.basis, promise.owed_by, promise.document,
    )  # fmt: skip
    assert (one.mark, one.anchor, one.opened_at) == (promise.mark, mark, mark)
    assert (one.limit, one.due_kind, one.due) == (promise.written or promise.limit, promise.kind, due)
    assert one.reading == READING_OF_LIMIT.get(promise.limit, READING[one.duty])
    assert one.boundary == ("inclusive" if promise.inclusive else "exclusive")
    assert one.binding == (due if promise.binds else None)
    assert (one.breach, one.met_at, one.late_by) == (None, None, None)

    for moment in (due - MICROSECOND, due, due + MICROSECOND):
        late = moment >= too_late
        undone = owed(story, moment)[promise.key]
        assert undone.breach == (breach if late else None), moment
        assert undone.verdict == (("missed" if promise.binds else "open") if late else "at-risk"), moment
        assert undone.status == "active"

        act = promise.act(moment)
        done = owed([*story, act], moment)[promise.key]
        assert done.breach == (breach if late else None), moment
        assert done.verdict == ("met-late" if late and promise.binds else "met"), moment
        assert (done.status, done.met_at) == ("discharged", moment)
        assert done.late_by == (moment - due if late else None)
        assert owed([*story, act], moment + timedelta(days=900))[promise.key] == done


# --- the duties -----------------------------------------------------------------------------------------


RESPOND: Final = {
    SEV0: Promise("respond@internal#0", "severity-matrix/response-target", "advisory", COMMANDER,
                  "severity-supported", "5 minutes", "immediate", at_level(SEV0), takes_command,
                  written="immediately (grace 5 minutes)"),
    SEV1: Promise("respond@internal#0", "severity-matrix/response-target", "policy", COMMANDER,
                  "severity-supported", "30 minutes", "elapsed", at_level(SEV1), takes_command),
    SEV2: Promise("respond@internal#0", "severity-matrix/response-target", "policy", COMMANDER,
                  "severity-supported", "2 hours", "elapsed", at_level(SEV2), takes_command),
}  # fmt: skip


class TestRespond:
    """From the mildest level but one upwards somebody takes command: at once at the worst level, then within half an
    hour, then within two; holding the role is what counts, not a click on an alert."""

    @pytest.mark.parametrize("mark", MARKS)
    @pytest.mark.parametrize("level", RESPOND)
    def test_it_is_due(self, level: Severity, mark: str) -> None:
        """At each level, from each mark, to the microsecond; the five minutes at the worst level only advise."""
        holds(RESPOND[level], mark)

    def test_at_the_mildest_level_nobody_need_take_command(self) -> None:
        """An incident of the mildest level owes no response."""
        assert keys([detected(), decided(SEV3, minutes(1))], "respond") == []

    def test_a_commander_who_was_in_place_before_meets_it(self) -> None:
        """A tenure that began earlier counts, from when the clock started."""
        story = [detected(), takes_command(minutes(1)), decided(SEV3, minutes(2), "alex"), supports(SEV1, minutes(60))]
        one = owed(story, minutes(60))["respond@internal#0"]
        assert (one.verdict, one.anchor, one.met_at) == ("met", minutes(60), minutes(60))

    @pytest.mark.parametrize("kind", ["handover-accepted", "role-taken"])
    def test_an_acting_commander_and_one_who_was_handed_the_role_meet_it(self, kind: str) -> None:
        """However the role came to be held, it is held."""
        how = {"acting": True} if kind == "role-taken" else {"to": "kim"}
        story = [*at_level(SEV1)(T0), told(kind, minutes(30), role="incident-commander", person="alex", **how)]
        assert owed(story, minutes(30))["respond@internal#0"].verdict == "met"

    def test_other_roles_and_other_signs_of_life_do_not(self) -> None:
        """A scribe, a decision by the commander's contact and an acknowledged page put no commander in place."""
        story = [
            *at_level(SEV1)(T0),
            told("role-taken", minutes(1), role="scribe", person="alex"),
            told("page-acknowledged", minutes(2)),
            decided(SEV1, minutes(3), "reliability-partner"),
        ]
        assert owed(story, minutes(3))["respond@internal#0"].status == "active"

    def test_a_commander_who_left_before_does_not(self) -> None:
        """The role must be held when the duty is owed, or taken later."""
        left = told("role-released", minutes(5), role="incident-commander", person="alex")
        story = [detected(), takes_command(minutes(1)), left, supports(SEV1, minutes(10))]
        assert owed(story, minutes(10))["respond@internal#0"].status == "active"

    def test_once_met_it_stays_met(self) -> None:
        """A commander who leaves later, or a raise, takes nothing back."""
        left = told("role-released", minutes(60), role="incident-commander", person="alex")
        story = [*at_level(SEV2)(T0), takes_command(minutes(5))]
        met = owed(story, minutes(5))
        more = owed([*story, left, supports(SEV0, minutes(70))], minutes(500))
        assert more["respond@internal#0"] == met["respond@internal#0"]

    def test_an_advisory_limit_is_no_breach(self) -> None:
        """Six minutes at the worst level is late by one minute and breaches nothing."""
        one = owed([*at_level(SEV0)(T0), takes_command(minutes(6))], minutes(6))["respond@internal#0"]
        assert (one.verdict, one.late_by, one.breach, one.binding) == ("met", timedelta(minutes=1), None, None)

    def test_beside_an_advisory_limit_the_binding_one_of_a_milder_level_stays(self) -> None:
        """A raise to the worst level shows its five minutes; the two hours owed before still bind."""
        one = owed([*at_level(SEV2)(T0), supports(SEV0, minutes(10))], minutes(10))["respond@internal#0"]
        assert (one.due, one.binding, one.basis) == (minutes(5), minutes(120), "advisory")
        late = owed([*at_level(SEV2)(T0), supports(SEV0, minutes(10))], minutes(121))["respond@internal#0"]
        assert (late.verdict, late.breach) == ("missed", Breach(minutes(120), minutes(120) + MICROSECOND, "deadline"))


DOCUMENT: Final = Promise(
    "document@internal#0", "severity-matrix/sev3", "policy", "scribe", "detected", "24 hours", "elapsed",
    lambda mark: [detected(mark), decided(SEV3, mark)], lambda at: told("documented", at),
)  # fmt: skip


class TestDocument:
    """An incident of the mildest level is written down within a day, with what it was and what became of it."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """Twenty-four hours by a stopwatch from the signal."""
        holds(DOCUMENT, mark)

    def test_it_is_owed_once_somebody_said_it_is_mild(self) -> None:
        """While nobody has assessed the incident, and at any worse level, it is not owed."""
        assert keys([detected()], "document") == []
        assert keys([detected(), supports(SEV2, minutes(1))], "document") == []
        assert keys([detected(), decided(SEV3, minutes(1))], "document") == ["internal#0"]

    def test_it_runs_from_the_signal_and_not_from_the_decision(self) -> None:
        """Who decides after two days has missed it already."""
        one = owed([detected(), decided(SEV3, hours(48))], hours(48))["document@internal#0"]
        assert (one.due, one.verdict) == (hours(24), "missed")
        assert one.breach == Breach(hours(24), hours(48), "born-overdue")

    def test_a_raise_does_not_end_it(self) -> None:
        """Owed once, it stays owed when the incident turns out worse."""
        story = [detected(), decided(SEV3, minutes(1)), supports(SEV1, minutes(5))]
        assert owed(story, minutes(5))["document@internal#0"].verdict == "open"


def restores(at: datetime) -> Event:
    return told("recovered", at)


RECOVER: Final = {
    SEV0: Promise("recover@internal#0", "severity-matrix/recovery-target", "policy", "technical-sme", "detected",
                  "1 hour", "elapsed", at_level(SEV0), restores),
    SEV1: Promise("recover@internal#0", "severity-matrix/recovery-target", "policy", "technical-sme", "detected",
                  "4 hours", "elapsed", at_level(SEV1), restores),
    SEV2: Promise("recover@internal#0", "severity-matrix/recovery-target", "policy", "technical-sme", "detected",
                  "same business day (not before 2 hours)", "same-business-day", at_level(SEV2), restores),
}  # fmt: skip


class TestRecover:
    """Service is restored within an hour, within four, or on the same business day, counted from detection whatever
    happens to the level later."""

    @pytest.mark.parametrize("mark", MARKS)
    @pytest.mark.parametrize("level", RECOVER)
    def test_it_is_due(self, level: Severity, mark: str) -> None:
        """At each level from each mark; the business day is the one meant, and never ends before the response is due."""
        holds(RECOVER[level], mark)

    def test_a_raise_counts_from_detection_and_may_be_late_at_once(self) -> None:
        """Clients feel the outage and not our label: raised after three hours, the one hour is past."""
        story = [*at_level(SEV1)(T0), supports(SEV0, hours(3))]
        before, after = (owed(story, now)["recover@internal#0"] for now in (hours(3) - MICROSECOND, hours(3)))
        assert (before.due, before.verdict, before.breach) == (hours(4), "open", None)
        assert (after.due, after.verdict) == (hours(1), "missed")
        assert after.breach == Breach(hours(1), hours(3), "raised-after-limit")

    def test_the_instant_a_raise_was_recorded_is_when_the_breach_was_known(self) -> None:
        """A raise that reached the log later was known later."""
        raised = supports(SEV0, hours(3), recorded_at=hours(5))
        one = owed([*at_level(SEV1)(T0), raised], hours(6))["recover@internal#0"]
        assert one.breach == Breach(hours(1), hours(5), "raised-after-limit")

    def test_a_level_reached_after_its_limit_is_born_overdue(self) -> None:
        """Decided after two days that it was grave, the obligation opens late."""
        one = owed([detected(), decided(SEV1, hours(48))], hours(48))["recover@internal#0"]
        assert (one.due, one.opened_at, one.breach) == (
            hours(4),
            hours(48),
            Breach(hours(4), hours(48), "born-overdue"),
        )

    def test_entering_the_phase_is_not_recovering(self) -> None:
        """The phase of that name and the steps in it restore nothing by themselves."""
        story = [
            *at_level(SEV1)(T0),
            told("phase-entered", hours(1), phase="recover"),
            told("step-done", hours(1), step="fix-validated"),
        ]
        assert owed(story, hours(1))["recover@internal#0"].status == "active"


INTERNAL_ALERT: Final = Promise(
    "internal-alert@internal#0", "comms-cadence/initial-alert", "policy", "comms-lead", "severity-supported",
    "15 minutes", "elapsed", at_level(SEV1), lambda at: sent("internal-alert", "internal", at),
)  # fmt: skip


class TestInternalAlert:
    """The internal list hears within a quarter of an hour of a grave incident, and again when it gets worse."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """Fifteen minutes by a stopwatch, at night and on a holiday too."""
        holds(INTERNAL_ALERT, mark)

    @pytest.mark.parametrize(("level", "expected"), [(SEV0, ["internal#0"]), (SEV1, ["internal#0"]), (SEV2, [])])
    def test_it_is_owed_at_the_two_worst_levels(self, level: Severity, expected: list[str]) -> None:
        """Milder incidents alert nobody."""
        assert keys(at_level(level)(T0), "internal-alert") == expected

    def test_a_message_to_others_or_about_something_else_is_no_alert(self) -> None:
        """A sending counts for the duty and the recipient it names, and for no other."""
        story = [
            *at_level(SEV1)(T0),
            sent("internal-alert", "stakeholders", minutes(1)),
            sent("client-update", "internal", minutes(2)),
        ]
        one = owed(story, minutes(2))["internal-alert@internal#0"]
        assert (one.status, one.attempts) == ("active", ())

    def test_an_alert_since_the_level_was_reached_counts(self) -> None:
        """Sent after the signal and before anybody had named the level, it was in time; sent before that, it said nothing
        of it."""
        early = [detected(), sent("internal-alert", "internal", minutes(1)), supports(SEV1, minutes(2))]
        assert owed(early, minutes(2))["internal-alert@internal#0"].met_at == minutes(1)
        decided_first = [detected(), decided(SEV3, minutes(1)), sent("internal-alert", "internal", minutes(2))]
        for since, status in ((minutes(2), "discharged"), (minutes(2) + MICROSECOND, "active")):
            story = [*decided_first, supports(SEV1, minutes(3), since=since)]
            assert owed(story, minutes(3))["internal-alert@internal#0"].status == status

    @pytest.mark.parametrize("named", ["internal-alert", "unassessed-alert"])
    def test_one_alert_is_both(self, named: str) -> None:
        """What went to the internal list before anybody had assessed the incident told it already."""
        story = [detected(), sent(named, "internal", minutes(16)), supports(SEV1, minutes(20))]
        assert verdicts(story, "unassessed-alert", minutes(20)) == {"internal#0": "met"}
        one = owed(story, minutes(20))["internal-alert@internal#0"]
        assert (one.verdict, one.met_at, one.late_by) == ("met-late", minutes(16), timedelta(minutes=1))

    def test_a_draft_is_no_sending(self) -> None:
        """Only what was sent counts; the sending takes from its draft what it leaves out."""
        draft = told("notice-drafted", minutes(1), duties=("internal-alert",), recipients=("internal",), notice="n-7")
        story = [*at_level(SEV1)(T0), draft]
        assert owed(story, minutes(1))["internal-alert@internal#0"].status == "active"
        done = [*story, told("notice-sent", minutes(2), notice="n-7")]
        assert owed(done, minutes(2))["internal-alert@internal#0"].met_at == minutes(2)


class TestAgainOnRaise:
    """Whoever has been told hears again when the incident gets worse; whoever has not been told is owed the first
    message still."""

    ALERTED: Final = (*at_level(SEV1)(T0), sent("internal-alert", "internal", minutes(5)))

    def test_a_raise_after_the_alert_owes_another(self) -> None:
        """The new one runs from the raise, and the old one stays met."""
        story = [*self.ALERTED, supports(SEV0, minutes(30))]
        first, second = (
            owed(story, minutes(30))["internal-alert@internal#0"],
            owed(story, minutes(30))["internal-alert@internal#1"],
        )
        assert (first.verdict, first.met_at) == ("met", minutes(5))
        assert (second.anchor, second.due, second.opened_at, second.period) == (
            minutes(30),
            minutes(45),
            minutes(30),
            1,
        )

    def test_it_runs_from_since_when_the_raise_was_held(self) -> None:
        """A raise that is dated back owes its alert from there, and may be late at once."""
        story = [*self.ALERTED, supports(SEV0, minutes(30), since=minutes(10))]
        one = owed(story, minutes(30))["internal-alert@internal#1"]
        assert (one.anchor, one.due) == (minutes(10), minutes(25))
        assert one.breach == Breach(minutes(25), minutes(30), "raised-after-limit")

    def test_a_raise_before_the_alert_owes_no_second(self) -> None:
        """One message then tells everything."""
        assert keys([*at_level(SEV1)(T0), supports(SEV0, minutes(3))], "internal-alert") == ["internal#0"]

    def test_news_that_makes_nothing_worse_owes_none(self) -> None:
        """More facts of the same level, a decision that confirms it, and a lowering repeat nothing."""
        story = [
            *self.ALERTED,
            reported(minutes(10), {"major-function-lost": YES}),
            decided(SEV1, minutes(11)),
            decided(SEV3, minutes(12)),
        ]
        assert keys(story, "internal-alert") == ["internal#0"]

    def test_each_raise_owes_one(self) -> None:
        """Lowered and raised again, people hear again."""
        story = [
            *self.ALERTED,
            supports(SEV0, minutes(30)),
            sent("internal-alert", "internal", minutes(31)),
            decided(SEV1, minutes(40)),
            decided(SEV0, minutes(50)),
        ]
        assert verdicts(story, "internal-alert", minutes(50)) == {
            "internal#0": "met",
            "internal#1": "met",
            "internal#2": "open",
        }

    def test_the_second_alert_is_owed_for_itself(self) -> None:
        """The first alert does not meet the second, and a further raise while it is open owes no third."""
        story = [detected(), decided(SEV2, minutes(1)), supports(SEV1, minutes(10)), sent("internal-alert", "internal", minutes(12)),
                 supports(SEV0, minutes(20)), decided(SEV0, minutes(25))]  # fmt: skip
        assert verdicts(story, "internal-alert", minutes(26)) == {"internal#0": "met", "internal#1": "open"}

    def test_what_was_sent_before_the_raise_is_no_second_alert(self) -> None:
        """Also where acts done before count, the repeat is owed for itself and runs from the raise."""
        story = [
            detected(),
            decided(SEV3, minutes(1)),
            decided(SEV1, minutes(10)),
            sent("internal-alert", "internal", minutes(11)),
            decided(SEV0, minutes(20)),
        ]
        policy = variant(
            (
                "    act: alert-internal\n    done_before: counts-since-mark\n",
                "    act: alert-internal\n    done_before: counts\n",
            )
        )
        for rules in (POLICY, policy):
            one = owed(story, minutes(20), rules)["internal-alert@internal#1"]
            assert (one.status, one.anchor, one.due) == ("active", minutes(20), minutes(35))

    def test_clients_hear_again_when_the_worst_level_is_reached(self) -> None:
        """A raise to the level below is no second update; a raise to the worst is."""
        story = [
            detected(),
            reported(T0, {"clients-impacted": YES, "client/acme": YES}),
            decided(SEV1, minutes(1)),
            sent("client-update", "client/acme", minutes(2)),
            decided(SEV2, minutes(3)),
            decided(SEV1, minutes(4)),
        ]
        assert verdicts(story, "client-update", minutes(4)) == {"client/acme#0": "met"}
        raised = [*story, decided(SEV0, minutes(5))]
        assert verdicts(raised, "client-update", minutes(5)) == {"client/acme#0": "met", "client/acme#1": "open"}

    def test_clients_hear_again_and_stakeholders_do_not(self) -> None:
        """The duty says whether it repeats."""
        story = [
            *at_level(SEV1)(T0),
            reported(T0, {"clients-impacted": YES, "client/acme": YES}),
            sent("client-update", "client/acme", minutes(5)),
            supports(SEV0, minutes(30)),
            sent("stakeholder-notice", "stakeholders", minutes(31)),
            decided(SEV1, minutes(32)),
            decided(SEV0, minutes(33)),
        ]
        assert verdicts(story, "client-update", minutes(33)) == {"client/acme#0": "met", "client/acme#1": "open"}
        assert verdicts(story, "stakeholder-notice", minutes(33)) == {"stakeholders#0": "met"}


UNASSESSED: Final = at("2026-03-11 09:15+11:00")


class TestUnassessedAlert:
    """An incident nobody has assessed a quarter of an hour after the signal is made known internally; that limit is our
    addition, so it advises."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_opens_by_time_alone(self, mark: str) -> None:
        """Pending until a quarter of an hour has passed, due at that instant, late afterwards and never a breach."""
        start, due = MARKS[mark], at(DUE["15 minutes"][mark])
        story = [detected(start)]
        for moment, status, verdict in (
            (start, "pending", "pending"),
            (due - MICROSECOND, "pending", "pending"),
            (due, "active", "at-risk"),
            (due + MICROSECOND, "active", "open"),
        ):
            one = owed(story, moment)["unassessed-alert@internal#0"]
            assert (one.status, one.verdict, one.breach) == (status, verdict, None), moment
            assert (one.due, one.binding, one.basis, one.anchor) == (due, None, "advisory", start)
            assert (one.clause, one.owed_by, one.mark) == ("comms-cadence/initial-alert", "comms-lead", "detected")
        for moment in (due - MICROSECOND, due, due + MICROSECOND):
            for act in (sent("unassessed-alert", "internal", moment), supports(SEV2, moment), decided(SEV3, moment)):
                done = owed([*story, act], moment).get("unassessed-alert@internal#0")
                if act.kind != "notice-sent" and moment < due:
                    assert done is None
                    continue
                assert done is not None
                assert (done.verdict, done.met_at) == ("met", moment)
                assert done.late_by == (MICROSECOND if moment > due else None)

    def test_assessed_in_time_it_never_was(self) -> None:
        """A level before the quarter of an hour is over leaves no trace of it."""
        for assessment in (supports(SEV2, minutes(14)), decided(SEV3, minutes(14)), decided(SEV1, minutes(14), "alex")):
            assert keys([detected(), assessment], "unassessed-alert") == []

    def test_facts_that_support_no_level_assess_nothing(self) -> None:
        """An anomaly that is watched, or a leak nobody can rule out, is no assessment."""
        story = [detected(), reported(minutes(1), {"access-log-anomaly": YES, "exfiltration-likely": UNKNOWN})]
        assert owed(story, minutes(15))["unassessed-alert@internal#0"].status == "active"

    def test_none_opens_while_the_incident_is_closed(self) -> None:
        """A pending one never was once the incident is closed, and nothing opens it afterwards."""
        story = [
            detected(),
            closed(minutes(5)),
            told("note", minutes(6)),
            reported(minutes(7), {"client/acme": NO}),
            detected(minutes(8)),
        ]
        assert keys(story[:1], "unassessed-alert") == ["internal#0"]
        assert [keys(story[:end], "unassessed-alert") for end in range(2, 6)] == [[], [], [], []]

    def test_a_reopened_incident_is_unassessed_again(self) -> None:
        """With no level ever decided, the next episode has its own quarter of an hour."""
        story = [detected(), closed(minutes(5)), reopened(minutes(60))]
        one = owed(story, minutes(60))["unassessed-alert@internal#0"]
        assert (one.status, one.due, one.episode) == ("pending", minutes(75), 1)


STAKEHOLDERS: Final = Promise(
    "stakeholder-notice@stakeholders#0", "severity-matrix/sev0", "policy", "comms-lead", "severity-supported",
    "1 hour", "elapsed", at_level(SEV0), lambda at: sent("stakeholder-notice", "stakeholders", at),
)  # fmt: skip


class TestStakeholderNotice:
    """At the worst level those who own and use the portal hear within the hour."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """One hour by a stopwatch from when the worst level was supported."""
        holds(STAKEHOLDERS, mark)

    def test_it_is_owed_at_the_worst_level_only(self) -> None:
        """One level below, stakeholders are owed nothing."""
        assert keys(at_level(SEV1)(T0), "stakeholder-notice") == []

    def test_one_message_may_meet_two_duties(self) -> None:
        """A message that names both audiences and both duties meets both; naming one meets one."""
        story = [*at_level(SEV0)(T0), reported(T0, {"clients-impacted": YES, "client/acme": YES})]
        both = told("notice-sent", minutes(9), duties=("client-update", "stakeholder-notice"),
                    recipients=("stakeholders", "client/acme"), states=STATED)  # fmt: skip
        one = sent("stakeholder-notice", "stakeholders", minutes(9))
        assert verdicts([*story, both], "client-update", minutes(9)) == {"client/acme#0": "met"}
        assert verdicts([*story, both], "stakeholder-notice", minutes(9)) == {"stakeholders#0": "met"}
        assert verdicts([*story, one], "client-update", minutes(9)) == {"client/acme#0": "open"}


def impacted(*clients: str, level: Severity = SEV1) -> Callable[[datetime], list[Event]]:
    """A grave incident that affects these clients, known from its first instant."""
    known = dict.fromkeys(("clients-impacted", *(f"client/{client}" for client in clients)), YES)
    return lambda mark: [*at_level(level)(mark), reported(mark, known)]


CLIENTS: Final = Promise(
    "client-update@client/acme#0", "comms-cadence/client-updates", "policy", "comms-lead", "severity-supported",
    "1 hour", "elapsed", impacted("acme"), lambda at: sent("client-update", "client/acme", at),
)  # fmt: skip


class TestClientUpdate:
    """Each client who may be affected by a grave incident hears within the hour what became of share links and what
    they can do; while nobody is named, the update is owed all the same."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """One hour by a stopwatch for each client."""
        holds(CLIENTS, mark)

    @pytest.mark.parametrize("impact", Truth)
    @pytest.mark.parametrize("client", Truth)
    def test_it_is_owed_on_a_definite_yes(self, impact: Truth, client: Truth) -> None:
        """Once it is known that clients, or one of them, are affected; while neither is, no update is owed."""
        story = [*at_level(SEV1)(T0), reported(T0, {"clients-impacted": impact, "client/acme": client})]
        if YES not in (impact, client):
            assert keys(story, "client-update") == []
        else:
            assert keys(story, "client-update") == ["client/unspecified#0" if client is NO else "client/acme#0"]

    def test_everyone_not_excluded_counts(self) -> None:
        """A client about whom nobody is sure is owed the update; one known not to be affected is not."""
        known = {"clients-impacted": YES, "client/acme": YES, "client/blue": UNKNOWN, "client/coda": NO}
        assert keys([*at_level(SEV1)(T0), reported(T0, known)], "client-update") == ["client/acme#0", "client/blue#0"]

    @given(truths=st.dictionaries(st.sampled_from(["acme", "blue", "coda", "dune"]), st.sampled_from(Truth)))
    def test_the_recipients_are_those_not_excluded(self, truths: dict[str, Truth]) -> None:
        """Whoever was reported yes or unknown, in order; with nobody left, the placeholder."""
        known = {"clients-impacted": YES} | {f"client/{client}": truth for client, truth in truths.items()}
        expected = sorted(f"client/{client}#0" for client, truth in truths.items() if truth is not NO)
        assert keys([*at_level(SEV1)(T0), reported(T0, known)], "client-update") == (
            expected or ["client/unspecified#0"]
        )

    @pytest.mark.parametrize("missing", STATED)
    def test_a_message_that_leaves_something_out_is_kept_as_an_attempt(self, missing: str) -> None:
        """It does not count, but it is in the record with what it lacked; one that says all counts."""
        states = tuple(field for field in STATED if field != missing)
        lacking = sent("client-update", "client/acme", minutes(5), states, id="lacking")
        story = [*impacted("acme")(T0), lacking]
        one = owed(story, minutes(5))["client-update@client/acme#0"]
        assert (one.status, one.attempts) == ("active", (Attempt("lacking", minutes(5), (missing,)),))
        done = owed([*story, sent("client-update", "client/acme", minutes(6))], minutes(6))[
            "client-update@client/acme#0"
        ]
        assert (done.verdict, done.met_at, done.attempts) == ("met", minutes(6), one.attempts)

    def test_each_client_is_told_for_itself(self) -> None:
        """A message counts for the clients it went to."""
        story = [*impacted("acme", "blue")(T0), sent("client-update", "client/blue", minutes(5))]
        assert verdicts(story, "client-update", minutes(5)) == {"client/acme#0": "open", "client/blue#0": "met"}

    def test_a_client_found_later_is_late_from_the_start(self) -> None:
        """There is no "once we knew": found after two hours, the hour is past, and the record says why."""
        story = [*impacted("acme")(T0), reported(hours(2), {"client/blue": YES})]
        one = owed(story, hours(2))["client-update@client/blue#0"]
        assert (one.due, one.opened_at, one.breach) == (hours(1), hours(2), Breach(hours(1), hours(2), "born-overdue"))

    def test_a_client_who_turns_out_unaffected_stays_owed_what_was_missed(self) -> None:
        """Ruled out in time, the update is cancelled; ruled out after the hour, the breach stays and so does the duty."""
        for now, verdict in ((hours(1), "cancelled"), (hours(1) + MICROSECOND, "missed")):
            story = [*impacted("acme", "blue")(T0), reported(now, {"client/acme": NO})]
            assert verdicts(story, "client-update", now)["client/acme#0"] == verdict


class TestPlaceholder:
    """While nobody is named the duty is owed to a placeholder; the first one named takes over its clock and its breach."""

    RAISED: Final = (
        detected(),
        decided(SEV1, minutes(1)),
        reported(minutes(2), {"clients-impacted": YES}),
        decided(SEV0, hours(3)),
    )

    def test_the_first_named_takes_over_the_clock(self) -> None:
        """Everybody named late runs from where SEV1 was reached, also after a raise: slow naming buys no time."""
        story = [*self.RAISED, reported(hours(3.5), {"client/blue": YES, "client/acme": YES})]
        assert owed(self.RAISED, hours(3))["client-update@client/unspecified#0"].due == hours(1)
        now = owed(story, hours(3.5))
        assert {key: (one.anchor, one.due, one.status) for key, one in now.items() if one.duty == "client-update"} == {
            "client-update@client/acme#0": (T0, hours(1), "active"),
            "client-update@client/blue#0": (T0, hours(1), "active"),
            "client-update@client/unspecified#0": (T0, hours(1), "cancelled"),
        }

    def test_the_breach_goes_with_it(self) -> None:
        """The placeholder's miss passes to the first one named; who else is named late is born overdue."""
        before, after = self.RAISED, [*self.RAISED, reported(hours(3.5), {"client/blue": YES, "client/acme": YES})]
        missed = [
            {
                key: (one.breach.at, one.breach.cause)
                for key, one in owed(story, hours(3.5)).items()
                if one.breach and one.duty == "client-update"
            }
            for story in (before, after)
        ]
        assert missed == [
            {"client-update@client/unspecified#0": (hours(1), "deadline")},
            {
                "client-update@client/acme#0": (hours(1), "deadline"),
                "client-update@client/blue#0": (hours(1), "born-overdue"),
            },
        ]

    def test_what_the_placeholder_was_sent_hands_nothing_over(self) -> None:
        """A message to everybody unnamed met that obligation; those named later have their own."""
        story = [
            *impacted()(T0),
            sent("client-update", "client/unspecified", minutes(5)),
            reported(minutes(10), {"client/acme": YES}),
        ]
        assert verdicts(story, "client-update", minutes(10)) == {"client/acme#0": "open", "client/unspecified#0": "met"}

    def test_a_breach_nobody_takes_over_stays(self) -> None:
        """Where the only one named has been told already, what the placeholder missed is still what was missed."""
        story = [
            *impacted("acme")(T0),
            sent("client-update", "client/acme", minutes(5)),
            reported(minutes(10), {"client/acme": NO}),
            reported(hours(3), {"client/acme": YES}),
        ]
        now = owed(story, hours(3))
        assert now["client-update@client/acme#0"].verdict == "met"
        placeholder = now["client-update@client/unspecified#0"]
        assert placeholder.verdict == "cancelled"
        assert placeholder.breach == Breach(hours(1), hours(1) + MICROSECOND, "deadline")

    def test_it_comes_back_when_nobody_is_left(self) -> None:
        """With every named client ruled out in time the placeholder is owed again from its old clock."""
        story = [
            *impacted()(T0),
            reported(minutes(5), {"client/acme": YES}),
            reported(minutes(10), {"client/acme": NO}),
        ]
        assert verdicts(story, "client-update", minutes(10)) == {
            "client/acme#0": "cancelled",
            "client/unspecified#0": "open",
        }
        assert owed(story, minutes(10))["client-update@client/unspecified#0"].due == hours(1)
        missed = owed(story, hours(2))["client-update@client/unspecified#0"]
        assert missed.breach == Breach(hours(1), hours(1) + MICROSECOND, "deadline")


def notice(duty: str, recipient: str) -> Callable[[datetime], Event]:
    return lambda at: sent(duty, recipient, at)


OAIC: Final = Promise(
    "oaic-notice@oaic#0", "comms-cadence/regulator-notice", "policy", LEGAL, "breach-confirmed", "72 hours", "elapsed",
    confirmed, notice("oaic-notice", "oaic"),
)  # fmt: skip
EU: Final = Promise(
    "eu-authority-notice@authority/de#0", "comms-cadence/regulator-notice", "policy", LEGAL, "breach-confirmed",
    "72 hours", "elapsed", confirmed, notice("eu-authority-notice", "authority/de"),
)  # fmt: skip
GDPR: Final = Promise(
    "eu.gdpr.33-1@authority/de#0", "art-33-1", "statute", LEGAL, "aware/controller", "72 hours", "elapsed",
    confirmed, notice("eu.gdpr.33-1", "authority/de"), "eu-gdpr",
)  # fmt: skip


class TestOaicNotice:
    """The Australian regulator hears within seventy-two hours of a confirmed breach of personal data; that is our
    promise, not the statute's number."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """Seventy-two hours by a stopwatch: weekends, holidays and changes of the clocks count."""
        holds(OAIC, mark)

    @pytest.mark.parametrize(
        "finding", ["suspected", "believed", "aware", "not-a-breach", "remediated", "statement-completed"]
    )
    def test_nothing_but_a_confirmation_starts_it(self, finding: str) -> None:
        """Suspicion, belief and awareness have clocks of their own."""
        assert keys([detected(), found(finding, minutes(1))], "oaic-notice") == []

    def test_it_runs_from_since_when_the_grounds_were_held(self) -> None:
        """Signing the finding late buys no time."""
        one = owed([detected(), found("confirmed", hours(100), since=hours(1))], hours(100))["oaic-notice@oaic#0"]
        assert (one.anchor, one.due, one.breach) == (hours(1), hours(73), Breach(hours(73), hours(100), "born-overdue"))

    def test_an_earlier_confirmation_found_later_moves_it_earlier_and_never_later(self) -> None:
        """The earliest grounds count, in whatever order the findings are signed."""
        story = [detected(), found("confirmed", hours(10))]
        earlier, later = found("confirmed", hours(20), since=hours(2)), found("confirmed", hours(20))
        assert owed([*story, earlier], hours(20))["oaic-notice@oaic#0"].due == hours(74)
        assert owed([*story, later], hours(20))["oaic-notice@oaic#0"].due == hours(82)

    def test_a_notice_before_the_confirmation_counts(self) -> None:
        """Who told the regulator on suspicion has told it, at that time."""
        story = [detected(), sent("oaic-notice", "oaic", hours(1)), found("confirmed", hours(5))]
        one = owed(story, hours(5))["oaic-notice@oaic#0"]
        assert (one.verdict, one.met_at, one.late_by) == ("met", hours(1), None)

    REGULATORS: Final = ("oaic-notice", "eu-authority-notice", "eu.gdpr.33-1", "au.ndb.assess", "postmortem")

    def test_a_drill_tells_no_regulator(self) -> None:
        """In an exercise nothing is owed to an authority, under the policy or a statute; a real signal ends the exercise."""
        story = [
            detected(drill=True),
            found("suspected", minutes(1)),
            found("confirmed", minutes(2)),
            restores(minutes(3)),
        ]
        for signal, owed_to in (
            (detected(minutes(9), drill=True), set()),
            (detected(minutes(9)), set(self.REGULATORS)),
        ):
            duties = {one.duty for one in owed([*story, signal], hours(1)).values()}
            assert duties & set(self.REGULATORS) == owed_to

    def test_no_signal_makes_a_drill_of_an_incident(self) -> None:
        """Who calls it an exercise afterwards has ended nothing."""
        assert keys([detected(), detected(minutes(1), drill=True), found("confirmed", minutes(2))], "oaic-notice") == [
            "oaic#0"
        ]

    def test_it_is_owed_once_in_an_incident(self) -> None:
        """A reopened incident has the same privacy clocks; confirming again starts no second one."""
        story = [*confirmed(T0), closed(hours(1)), reopened(hours(2)), found("confirmed", hours(3))]
        one = owed(story, hours(3))["oaic-notice@oaic#0"]
        assert keys(story, "oaic-notice") == ["oaic#0"]
        assert (one.episode, one.due) == (0, hours(72))


class TestEuAuthorityNotice:
    """European authorities hear within seventy-two hours of a confirmed breach: each member state where affected people
    live, or the lead authority alone where the company is established in the Union."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """Seventy-two hours by a stopwatch from the confirmation."""
        holds(EU, mark)

    @pytest.mark.parametrize("duty", ["eu-authority-notice", "eu.gdpr.33-1"])
    def test_each_member_state_has_its_own_notice(self, duty: str) -> None:
        """Residents reported or not ruled out count; the United Kingdom and Australia are no member states."""
        known = dict.fromkeys(("affected-in/fr", "affected-in/de", "affected-in/gb", "affected-in/au"), YES)
        story = [
            detected(),
            reported(T0, {**known, "affected-in/it": UNKNOWN, "affected-in/es": NO}),
            found("confirmed", T0),
        ]
        assert keys(story, duty) == ["authority/de#0", "authority/fr#0", "authority/it#0"]
        told_one = [*story, sent(duty, "authority/fr", hours(1))]
        assert verdicts(told_one, duty, hours(1)) == {
            "authority/de#0": "open",
            "authority/fr#0": "met",
            "authority/it#0": "open",
        }

    @pytest.mark.parametrize("duty", ["eu-authority-notice", "eu.gdpr.33-1"])
    def test_while_no_country_is_known_it_is_owed_all_the_same(self, duty: str) -> None:
        """Residence nobody knows keeps the notice owed; residence ruled out in the whole Union does not."""
        assert keys([detected(), found("confirmed", T0)], duty) == ["authority/unspecified#0"]
        assert keys([detected(), reported(T0, {"affected-in/eu": UNKNOWN}), found("confirmed", T0)], duty) == [
            "authority/unspecified#0"
        ]
        assert keys([detected(), reported(T0, {"affected-in/eu": NO}), found("confirmed", T0)], duty) == []
        each_state = {f"affected-in/{country}": NO for country in UNION}
        assert keys([detected(), reported(T0, each_state), found("confirmed", T0)], duty) == []
        all_but_one = {**each_state, "affected-in/se": UNKNOWN}
        assert keys([detected(), reported(T0, all_but_one), found("confirmed", T0)], duty) == ["authority/se#0"]

    @pytest.mark.parametrize("duty", ["eu-authority-notice", "eu.gdpr.33-1"])
    def test_the_first_country_named_takes_over(self, duty: str) -> None:
        """Named after seventy-two hours, the first authority has the breach, and it stays owed."""
        story = [
            detected(),
            found("confirmed", T0),
            reported(hours(80), {"affected-in/fr": YES, "affected-in/de": YES}),
        ]
        now = owed(story, hours(80))
        assert now[f"{duty}@authority/unspecified#0"].verdict == "cancelled"
        assert now[f"{duty}@authority/unspecified#0"].breach is None
        for country in ("de", "fr"):
            one = now[f"{duty}@authority/{country}#0"]
            assert (one.anchor, one.due, one.verdict) == (T0, hours(72), "missed")

    @pytest.mark.parametrize("duty", ["eu-authority-notice", "eu.gdpr.33-1"])
    def test_with_an_establishment_the_lead_authority_is_told(self, duty: str) -> None:
        """One notice to one authority, wherever affected people live: the one the document names, or it says none."""
        known = {"eu-establishment": YES, "affected-in/de": YES, "affected-in/fr": YES}
        story = [detected(), reported(T0, known), found("confirmed", T0)]
        irish = owed(story, T0, variant(("status: draft\n", "status: draft\nlead_authority: ie\n")))
        assert [one.recipient for one in irish.values() if one.duty == duty] == ["authority/ie"]
        assert keys(story, duty) == ["authority/unspecified#0"]

    @pytest.mark.parametrize("truth", [NO, UNKNOWN])
    def test_an_establishment_nobody_is_sure_of_brings_no_lead_authority(self, truth: Truth) -> None:
        """The privilege of one authority needs a definite yes."""
        known = {"eu-establishment": truth, "affected-in/de": YES}
        assert keys([detected(), reported(T0, known), found("confirmed", T0)], "eu-authority-notice") == [
            "authority/de#0"
        ]

    def test_a_country_that_drops_out_stays_owed(self) -> None:
        """A notice to a regulator is not cancelled because a fact changed: somebody must decide that and say why."""
        story = [*confirmed(T0), reported(hours(1), {"affected-in/de": NO, "affected-in/fr": YES})]
        assert verdicts(story, "eu-authority-notice", hours(1)) == {"authority/de#0": "open", "authority/fr#0": "open"}


class TestOneActForTwoDuties:
    """The policy's notice and the statute's are one act: each keeps its own number, and one sending meets both."""

    @pytest.mark.parametrize("named", ["eu-authority-notice", "eu.gdpr.33-1"])
    def test_naming_either_meets_both(self, named: str) -> None:
        """For the authority it went to, and no other."""
        story = [*confirmed(T0), reported(T0, {"affected-in/fr": YES}), sent(named, "authority/de", hours(2))]
        for duty in ("eu-authority-notice", "eu.gdpr.33-1"):
            assert verdicts(story, duty, hours(2)) == {"authority/de#0": "met", "authority/fr#0": "open"}
        assert verdicts(story, "oaic-notice", hours(2)) == {"oaic#0": "open"}

    def test_the_earlier_of_both_binds(self) -> None:
        """Each shows its own due; what binds is the earliest limit the same act meets."""
        story = [detected(), reported(T0, {"affected-in/de": YES}), found("aware", T0), found("confirmed", hours(5))]
        policy, statute = (
            owed(story, hours(5))[f"{duty}@authority/de#0"] for duty in ("eu-authority-notice", "eu.gdpr.33-1")
        )
        assert (policy.due, statute.due) == (hours(77), hours(72))
        assert (policy.binding, statute.binding) == (hours(72), hours(72))
        assert (policy.basis, statute.basis) == ("policy", "statute")

    def test_a_duty_that_is_settled_binds_nothing_else(self) -> None:
        """Once the statute asks nothing any more, the policy's own number binds."""
        story = [detected(), reported(T0, {"affected-in/de": YES, "risk-unlikely": YES}), found("aware", T0), found("confirmed", hours(5)),
                 not_notifying("eu.gdpr.33-1", "authority/de", hours(6))]  # fmt: skip
        assert owed(story, hours(6))["eu-authority-notice@authority/de#0"].binding == hours(77)


class TestGdprNotice:
    """Article 33(1): the controller tells the authority within seventy-two hours of becoming aware, or of hearing from
    its processor, unless a risk is unlikely and somebody has decided so."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """Seventy-two hours by a stopwatch; a confirmation presumes awareness at the same instant."""
        holds(GDPR, mark)

    @pytest.mark.parametrize(
        ("finding", "position", "expected"),
        [
            ("aware", "", ["authority/de#0"]),
            ("aware", "controller", ["authority/de#0"]),
            ("aware", "processor", []),
            ("confirmed", "controller", ["authority/de#0"]),
            ("confirmed", "processor", []),
            ("suspected", "", []),
            ("believed", "controller", []),
        ],
    )
    def test_the_awareness_of_the_controller_starts_it(self, finding: str, position: str, expected: list[str]) -> None:
        """A finding that names no position speaks for both; a processor's awareness starts no notice of ours."""
        story = [detected(), reported(T0, {"affected-in/de": YES}), found(finding, minutes(1), position=position)]
        assert keys(story, "eu.gdpr.33-1") == expected

    def test_what_a_processor_tells_us_starts_it(self) -> None:
        """Our own clock starts with its message, or with our own awareness where that was earlier."""
        story = [detected(), reported(T0, {"affected-in/de": YES}), told("processor-told", hours(2))]
        one = owed(story, hours(2))["eu.gdpr.33-1@authority/de#0"]
        assert (one.mark, one.anchor, one.due) == ("processor-told", hours(2), hours(74))
        moved = owed([*story, found("aware", hours(3), since=hours(1))], hours(3))["eu.gdpr.33-1@authority/de#0"]
        assert (moved.mark, moved.anchor, moved.due) == ("aware/controller", hours(1), hours(73))
        kept = owed([*story, found("aware", hours(3))], hours(3))["eu.gdpr.33-1@authority/de#0"]
        assert (kept.mark, kept.anchor, kept.due) == ("processor-told", hours(2), hours(74))

    def test_telling_the_authority_is_remembered_as_an_instant(self) -> None:
        """What later notices count from is the first one sent."""
        story = [*confirmed(T0), sent("eu.gdpr.33-1", "authority/de", hours(3))]
        assert incident(story).marks["initial-notice-sent"] == hours(3)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [("2018-05-24 23:59:59.999999+10:00", []), ("2018-05-25 00:00+10:00", ["authority/unspecified#0"])],
    )
    def test_it_applies_from_the_day_it_came_into_force(self, text: str, expected: list[str]) -> None:
        """An awareness on the day before, in the calendar's zone, starts nothing."""
        assert keys([detected(at(text)), found("aware", at(text))], "eu.gdpr.33-1", at(text)) == expected


class TestExemption:
    """Not to notify takes a ground that definitely holds and a person who may decide it; the rest of the duties stand,
    and when the ground falls away the duty is owed again from its old clock."""

    UNLIKELY: Final = (*confirmed(T0), reported(hours(1), {"risk-unlikely": YES, "affected-in/fr": YES}))

    def test_the_ground_alone_exempts_from_nothing(self) -> None:
        """That a risk is unlikely is a fact; that nobody is told is a decision."""
        assert owed(self.UNLIKELY, hours(1))["eu.gdpr.33-1@authority/de#0"].status == "active"

    def test_a_decision_exempts_one_duty_to_one_recipient(self) -> None:
        """Decided for Germany under the statute, everything else is still owed."""
        story = [*self.UNLIKELY, not_notifying("eu.gdpr.33-1", "authority/de", hours(2))]
        assert verdicts(story, "eu.gdpr.33-1", hours(2)) == {"authority/de#0": "not-required", "authority/fr#0": "open"}
        assert verdicts(story, "eu-authority-notice", hours(2)) == {"authority/de#0": "open", "authority/fr#0": "open"}

    @pytest.mark.parametrize("truth", [NO, UNKNOWN])
    def test_without_a_definite_ground_it_has_no_effect(self, truth: Truth) -> None:
        """While the ground is not known to hold, the decision is void and kept."""
        story = [
            *confirmed(T0),
            reported(hours(1), {"risk-unlikely": truth}),
            not_notifying("eu.gdpr.33-1", "authority/de", hours(2)),
        ]
        assert owed(story, hours(2))["eu.gdpr.33-1@authority/de#0"].status == "active"
        assert [(one.rule, one.void) for one in incident(story).violations] == [("eu.gdpr.33-1", True)]

    def test_from_somebody_else_it_has_no_effect(self) -> None:
        """Only those the duty names may decide it."""
        story = [*self.UNLIKELY, not_notifying("eu.gdpr.33-1", "authority/de", hours(2), by="alex")]
        assert owed(story, hours(2))["eu.gdpr.33-1@authority/de#0"].status == "active"

    def test_when_the_ground_falls_away_it_is_owed_again(self) -> None:
        """Revived with its old anchor and deadline, late if that has passed meanwhile."""
        story = [
            *self.UNLIKELY,
            not_notifying("eu.gdpr.33-1", "authority/de", hours(2)),
            reported(hours(90), {"risk-unlikely": NO}),
        ]
        one = owed(story, hours(90))["eu.gdpr.33-1@authority/de#0"]
        assert (one.anchor, one.due, one.verdict) == (T0, hours(72), "missed")
        assert one.breach == Breach(hours(72), hours(90), "born-overdue")

    def test_the_decision_stands_when_the_ground_comes_back(self) -> None:
        """It was decided for that ground; while the ground holds it exempts."""
        story = [*self.UNLIKELY, not_notifying("eu.gdpr.33-1", "authority/de", hours(2)),
                 reported(hours(3), {"risk-unlikely": UNKNOWN}), reported(hours(4), {"risk-unlikely": YES})]  # fmt: skip
        assert [owed(story[:end], hours(9))["eu.gdpr.33-1@authority/de#0"].verdict for end in (6, 7)] == [
            "open",
            "not-required",
        ]

    def test_a_decision_after_the_deadline_leaves_the_breach(self) -> None:
        """Nothing is owed any more, and what was missed was missed."""
        story = [*self.UNLIKELY, not_notifying("eu.gdpr.33-1", "authority/de", hours(80))]
        one = owed(story, hours(80))["eu.gdpr.33-1@authority/de#0"]
        assert (one.verdict, one.breach) == ("not-required", Breach(hours(72), hours(72) + MICROSECOND, "deadline"))

    def test_a_breach_before_the_decision_keeps_its_story(self) -> None:
        """Missed, then exempted, then owed again: it was missed at its deadline, and not by what revived it."""
        story = [
            *self.UNLIKELY,
            not_notifying("eu.gdpr.33-1", "authority/de", hours(80)),
            reported(hours(90), {"risk-unlikely": NO}),
        ]
        one = owed(story, hours(90))["eu.gdpr.33-1@authority/de#0"]
        assert (one.verdict, one.breach) == ("missed", Breach(hours(72), hours(72) + MICROSECOND, "deadline"))

    def test_a_notice_that_is_sent_all_the_same_is_not_counted_against_nothing(self) -> None:
        """While nothing is owed a sending meets nothing; it counts once the duty is owed again."""
        story = [
            *self.UNLIKELY,
            not_notifying("eu.gdpr.33-1", "authority/de", hours(2)),
            sent("eu.gdpr.33-1", "authority/de", hours(3)),
        ]
        assert owed(story, hours(3))["eu.gdpr.33-1@authority/de#0"].verdict == "not-required"
        again = owed([*story, reported(hours(90), {"risk-unlikely": NO})], hours(90))["eu.gdpr.33-1@authority/de#0"]
        assert (again.verdict, again.met_at) == ("met", hours(3))


FREEZE: Final = Promise(
    "dsr-freeze@internal#0", "privacy-integration/freeze", "advisory", "security-lead", "scope-met", "15 minutes",
    "immediate", lambda mark: [detected(mark), reported(mark, {"personal-data-involved": YES})],
    lambda at: told("hold-started", at), written="immediately (grace 15 minutes)",
)  # fmt: skip


class TestDsrFreeze:
    """Destructive steps on requests of data subjects stop at once when personal data is, or may be, involved; the
    grace is our addition, so it advises."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """Fifteen minutes from when its own condition first held."""
        holds(FREEZE, mark)

    @pytest.mark.parametrize("fact", ["personal-data-involved", "privacy-suspected"])
    def test_it_runs_from_the_first_yes(self, fact: str) -> None:
        """Either fact starts it, since when it was held; the second one, or saying it again, moves nothing."""
        story = [detected(), reported(hours(2), {fact: YES}, since=hours(1))]
        more = reported(hours(3), {"personal-data-involved": YES, "privacy-suspected": YES})
        assert owed([*story, more], hours(3))["dsr-freeze@internal#0"].due == hours(1.25)

    @pytest.mark.parametrize("truth", [NO, UNKNOWN])
    def test_it_needs_a_definite_yes(self, truth: Truth) -> None:
        """What is not known, and what is not so, freezes nothing."""
        assert (
            keys(
                [detected(), reported(T0, {"personal-data-involved": truth, "privacy-suspected": truth})], "dsr-freeze"
            )
            == []
        )

    def test_a_freeze_in_force_counts(self) -> None:
        """Who froze at the first doubt is not late when it is confirmed; a freeze that was released is none."""
        frozen = [detected(), told("hold-started", hours(1)), told("hold-extended", hours(1.5))]
        suspected = reported(hours(2), {"privacy-suspected": YES})
        one = owed([*frozen, suspected], hours(2))["dsr-freeze@internal#0"]
        assert (one.verdict, one.met_at) == ("met", hours(2))
        released = [*frozen, told("hold-released", hours(1.75), LEGAL), suspected]
        assert owed(released, hours(2))["dsr-freeze@internal#0"].status == "active"
        void = [*frozen, told("hold-released", hours(1.75), "alex"), suspected]
        assert owed(void, hours(2))["dsr-freeze@internal#0"].verdict == "met"

    def test_it_belongs_to_the_incident_and_not_to_the_episode(self) -> None:
        """Reopening neither asks for it again nor forgets that it was never done."""
        story = [detected(), reported(minutes(1), {"privacy-suspected": YES}), closed(hours(1)), reopened(hours(2))]
        assert keys(story, "dsr-freeze") == ["internal#0"]
        assert owed(story, hours(2))["dsr-freeze@internal#0"].due == minutes(16)


POSTMORTEM: Final = Promise(
    "postmortem@internal#0", "comms-cadence/internal-summary", "policy", COMMANDER, "recovered", "5 business days",
    "business-days", lambda mark: [detected(mark), restores(mark)], lambda at: told("postmortem-distributed", at),
)  # fmt: skip


class TestPostmortem:
    """Every real incident has a postmortem within five business days of recovery or closing, whichever came first."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """At close of the fifth business day after the day of recovery."""
        holds(POSTMORTEM, mark)

    def test_the_first_of_recovery_and_closing_starts_it(self) -> None:
        """Closing after recovery lets it run; closing without recovery starts it."""
        friday = at("2026-03-13 16:55+11:00")
        for first, then in ((restores(friday), closed(hours(200))), (closed(friday), restores(hours(200)))):
            one = owed([detected(), first, then], hours(200))["postmortem@internal#0"]
            assert (one.anchor, one.due, one.mark) == (friday, at("2026-03-20 17:00+11:00"), first.kind)

    def test_it_never_lapses(self) -> None:
        """Missed and closed, it is owed still, and met late when it comes."""
        story = [detected(), restores(T0), closed(hours(1))]
        assert owed(story, hours(24 * 60))["postmortem@internal#0"].verdict == "missed"
        late = [*story, told("postmortem-distributed", hours(24 * 60))]
        assert owed(late, hours(24 * 60))["postmortem@internal#0"].verdict == "met-late"

    def test_a_drill_has_none(self) -> None:
        """What did not happen is not explained."""
        assert keys([detected(drill=True), restores(hours(1)), closed(hours(2))], "postmortem") == []


ASSESS: Final = Promise(
    "au.ndb.assess@internal#0", "s-26wh-2", "statute", LEGAL, "suspected", "30 days", "calendar-days",
    lambda mark: [detected(mark), found("suspected", mark)], lambda at: found("believed", at), "au-ndb",
)  # fmt: skip


class TestAssessment:
    """Section 26WH(2): a suspected breach is assessed within thirty days; the day of suspicion does not count, and the
    last day counts to its end in the place's own zone."""

    @pytest.mark.parametrize("mark", MARKS)
    def test_it_is_due(self, mark: str) -> None:
        """At the first instant after the thirtieth day, whatever the clocks did meanwhile."""
        holds(ASSESS, mark)

    @pytest.mark.parametrize("finding", ["believed", "confirmed", "not-a-breach", "remediated"])
    def test_a_conclusion_meets_it(self, finding: str) -> None:
        """Any conclusion ends the assessment, one that there was no breach among them."""
        story = [detected(), found("suspected", T0), found(finding, hours(5))]
        assert owed(story, hours(5))["au.ndb.assess@internal#0"].met_at == hours(5)

    @pytest.mark.parametrize("finding", ["suspected", "aware", "statement-completed"])
    def test_other_findings_do_not(self, finding: str) -> None:
        """Suspecting again, or being aware, concludes nothing."""
        story = [detected(), found("suspected", T0), found(finding, hours(5))]
        assert owed(story, hours(5))["au.ndb.assess@internal#0"].status == "active"

    def test_the_fact_of_a_suspicion_starts_it_too(self) -> None:
        """Grounds to suspect start it whether they are told as a finding or as a fact, since when they were held."""
        one = owed([detected(), reported(hours(48), {"privacy-suspected": YES}, since=T0)], hours(48))[
            "au.ndb.assess@internal#0"
        ]
        assert (one.anchor, one.due) == (T0, at("2026-04-11 00:00+10:00"))

    def test_a_conclusion_since_the_grounds_were_held_counts(self) -> None:
        """A breach confirmed outright needs no assessment when the suspicion is recorded late; an older conclusion was of
        something else."""
        story = [detected(), found("confirmed", hours(1))]
        dated_back = owed([*story, found("suspected", hours(2), since=hours(1))], hours(2))["au.ndb.assess@internal#0"]
        assert (dated_back.verdict, dated_back.met_at) == ("met", hours(1))
        fresh = [*story, found("suspected", hours(2))]
        moved = [*fresh, found("suspected", hours(3), since=T0)]
        for told_so_far in (fresh, moved):
            assert owed(told_so_far, hours(3))["au.ndb.assess@internal#0"].status == "active"

    @pytest.mark.parametrize(
        ("text", "expected"), [("2018-02-21 23:59:59.999999+11:00", []), ("2018-02-22 00:00+11:00", ["internal#0"])]
    )
    def test_it_applies_from_the_day_it_came_into_force(self, text: str, expected: list[str]) -> None:
        """A suspicion on the day before starts nothing."""
        assert keys([detected(at(text)), found("suspected", at(text))], "au.ndb.assess", at(text)) == expected


PROMISES: Final = (
    *RESPOND.values(), DOCUMENT, *RECOVER.values(), INTERNAL_ALERT, STAKEHOLDERS, CLIENTS, OAIC, EU, GDPR, FREEZE,
    POSTMORTEM, ASSESS,
)  # fmt: skip


def test_every_duty_of_the_policy_has_its_promise_here() -> None:
    """No duty is left out of this page."""
    assert {promise.key.partition("@")[0] for promise in PROMISES} | {"unassessed-alert"} == set(POLICY.duties)


class TestScopeExit:
    """An alert or update that is no longer owed ends only where it rested on an error, is not missed yet, and nobody
    was promised more; everything else stays owed."""

    GRAVE: Final = (detected(), supports(SEV1, T0))

    def lowered(self, at: datetime, why: str, level: Severity = SEV3) -> Event:
        return decided(level, at, lowering=why)

    def test_what_was_classified_in_error_is_cancelled(self) -> None:
        """Lowered because it was wrong, the alert is not owed; the duties that say nothing of it stay."""
        story = [*self.GRAVE, self.lowered(minutes(5), "classified-in-error")]
        assert verdicts(story, "internal-alert", minutes(5)) == {"internal#0": "cancelled"}
        assert verdicts(story, "recover", minutes(5)) == {"internal#0": "open"}
        assert verdicts(story, "respond", minutes(5)) == {"internal#0": "open"}

    def test_what_improved_stays_owed(self) -> None:
        """Lowered because it got better, everybody still hears that it was grave."""
        story = [*self.GRAVE, self.lowered(minutes(5), "situation-improved")]
        assert verdicts(story, "internal-alert", minutes(5)) == {"internal#0": "open"}

    def test_a_decision_that_lowers_nothing_cancels_nothing(self) -> None:
        """Only a lowering can say that the level was an error; a raise that uses the word cannot."""
        story = [
            *self.GRAVE,
            self.lowered(minutes(5), "situation-improved"),
            self.lowered(minutes(6), "classified-in-error", SEV2),
        ]
        assert verdicts(story, "internal-alert", minutes(6)) == {"internal#0": "open"}

    def test_a_fact_taken_back_cancels(self) -> None:
        """The fact it rested on turned from yes to no; "we do not know any more" takes nothing back."""
        taken_back = [*self.GRAVE, supports(SEV1, minutes(5), NO)]
        doubted = [*self.GRAVE, supports(SEV1, minutes(5), UNKNOWN)]
        assert verdicts(taken_back, "internal-alert", minutes(5)) == {"internal#0": "cancelled"}
        assert verdicts(doubted, "internal-alert", minutes(5)) == {"internal#0": "open"}

    def test_ruling_out_what_nobody_had_claimed_takes_nothing_back(self) -> None:
        """A fact that was never a yes, and a client nobody had thought of, were no ground for anything."""
        never = {"partial-outage": NO, "client/zeta": NO, FACT_OF[SEV1]: UNKNOWN}
        assert verdicts([*self.GRAVE, reported(minutes(5), never)], "internal-alert", minutes(5)) == {
            "internal#0": "open"
        }
        named = reported(minutes(1), {"client/zeta": UNKNOWN})
        assert verdicts([*self.GRAVE, named, reported(minutes(5), never)], "internal-alert", minutes(5)) == {
            "internal#0": "cancelled"
        }

    @pytest.mark.parametrize(("after", "verdict"), [(timedelta(0), "cancelled"), (MICROSECOND, "missed")])
    def test_what_is_missed_is_not_cancelled(self, after: timedelta, verdict: str) -> None:
        """At its last moment it can be cancelled, a microsecond later it cannot."""
        now = minutes(15) + after
        story = [*self.GRAVE, self.lowered(now, "classified-in-error")]
        assert verdicts(story, "internal-alert", now) == {"internal#0": verdict}

    def test_what_was_promised_is_not_cancelled(self) -> None:
        """A client who was promised a next update is owed it, one who was not is not."""
        incomplete = sent("client-update", "client/acme", minutes(2), states=(), next_update_by=minutes(40))
        story = [*impacted("acme", "blue")(T0), incomplete, self.lowered(minutes(5), "classified-in-error")]
        assert verdicts(story, "client-update", minutes(5)) == {"client/acme#0": "open", "client/blue#0": "cancelled"}

    def test_a_promise_made_in_the_draft_counts(self) -> None:
        """What the draft promised was promised when it was sent."""
        draft = told(
            "notice-drafted",
            minutes(1),
            duties=("client-update",),
            recipients=("client/acme",),
            next_update_by=minutes(40),
        )
        story = [
            *impacted("acme")(T0),
            draft,
            told("notice-sent", minutes(2), notice="n-1"),
            self.lowered(minutes(5), "classified-in-error"),
        ]
        assert verdicts(story, "client-update", minutes(5)) == {"client/acme#0": "open"}

    def test_owed_again_it_has_its_old_clock(self) -> None:
        """Revived, it is the same obligation with the anchor and the deadline it had."""
        story = [*self.GRAVE, supports(SEV1, minutes(5), NO), supports(SEV1, minutes(10))]
        one = owed(story, minutes(10))["internal-alert@internal#0"]
        assert (one.status, one.anchor, one.due, one.breach) == ("active", T0, minutes(15), None)
        late = owed([*story[:3], supports(SEV1, minutes(20))], minutes(20))["internal-alert@internal#0"]
        assert (late.due, late.breach) == (minutes(15), Breach(minutes(15), minutes(20), "born-overdue"))

    def test_what_was_sent_meanwhile_counts_where_acts_before_count(self) -> None:
        """While it was cancelled nothing was owed; owed again, a duty takes what was done before as it always does."""
        story = [
            detected(),
            supports(SEV0, T0),
            supports(SEV0, minutes(5), NO),
            sent("internal-alert", "internal", minutes(7)),
            sent("stakeholder-notice", "stakeholders", minutes(7)),
            supports(SEV0, minutes(10)),
        ]
        assert verdicts(story, "internal-alert", minutes(10)) == {"internal#0": "met"}
        assert verdicts(story, "stakeholder-notice", minutes(10)) == {"stakeholders#0": "open"}

    @pytest.mark.parametrize("truth", [YES, UNKNOWN])
    def test_a_recipient_ruled_out_is_taken_back(self, truth: Truth) -> None:
        """A client who may have been affected, and is not, is not owed the update any more."""
        story = [*impacted("acme")(T0), reported(T0, {"client/blue": truth}), reported(minutes(5), {"client/blue": NO})]
        assert verdicts(story, "client-update", minutes(5)) == {"client/acme#0": "open", "client/blue#0": "cancelled"}


class TestRatchet:
    """A running deadline may get earlier, never later, whatever is decided, found or taken back."""

    def test_a_raise_tightens_and_a_lowering_does_not_loosen(self) -> None:
        """Two hours become thirty minutes; lowered again, thirty minutes stay."""
        story = [
            *at_level(SEV2)(T0),
            supports(SEV1, minutes(10)),
            supports(SEV1, minutes(20), NO),
            decided(SEV2, minutes(21)),
        ]
        assert [owed(story[:end], minutes(30))["respond@internal#0"].due for end in (2, 3, 4, 5)] == [
            minutes(120), minutes(30), minutes(30), minutes(30),
        ]  # fmt: skip

    def test_a_breach_is_a_fact(self) -> None:
        """What was missed stays missed at that instant though a later raise would have missed it earlier."""
        story = [*at_level(SEV1)(T0), supports(SEV0, hours(5))]
        one = owed(story, hours(5))["recover@internal#0"]
        assert one.breach == Breach(hours(4), hours(4) + MICROSECOND, "deadline")

    @settings(max_examples=60)
    @given(log=logs(POLICY))
    def test_no_event_moves_a_deadline_later(self, log: list[Event]) -> None:
        """Event by event in the order they happened, no due and no binding due of an obligation gets later."""
        story = sorted(
            (event for event in log if event.kind != "corrected"),
            key=lambda event: (event.at, event.recorded_at or event.at),
        )
        start = next(index for index, event in enumerate(story) if event.kind == "detected")
        step = ir.replay(POLICY, story[: start + 1])
        before = {one.key: one for one in ir.obligations(step, story[start].at)}
        for event in story[start + 1 :]:
            step = ir.record(step, event).incident
            after = {one.key: one for one in ir.obligations(step, event.at)}
            for key in before.keys() & after.keys():
                was, now = before[key].due, after[key].due
                assert was is None or (now is not None and now <= was), (key, event)
            before = after


class TestClosing:
    """Alerts and updates end when the incident is closed, and keep their breach; everything else stays owed."""

    GRAVE: Final = (detected(), supports(SEV1, T0))

    def test_what_was_missed_lapses(self) -> None:
        """A missed alert is not owed for ever, and a later one does not meet it."""
        story = [*self.GRAVE, closed(minutes(20))]
        one = owed(story, minutes(20))["internal-alert@internal#0"]
        assert (one.status, one.verdict, one.breach) == (
            "lapsed",
            "missed",
            Breach(minutes(15), minutes(15) + MICROSECOND, "deadline"),
        )
        assert (
            owed([*story, sent("internal-alert", "internal", minutes(21))], minutes(21))["internal-alert@internal#0"]
            == one
        )

    def test_what_is_not_missed_yet_is_owed_until_it_is(self) -> None:
        """Closed in time, the alert can still be met up to its deadline, and lapses at the instant it is missed."""
        story = [*self.GRAVE, closed(minutes(5))]
        for moment, status, verdict in (
            (minutes(5), "active", "open"),
            (minutes(15), "active", "at-risk"),
            (minutes(15) + MICROSECOND, "lapsed", "missed"),
        ):
            one = owed(story, moment)["internal-alert@internal#0"]
            assert (one.status, one.verdict) == (status, verdict)
        in_time = [*story, sent("internal-alert", "internal", minutes(15))]
        too_late = [*story, sent("internal-alert", "internal", minutes(15) + MICROSECOND)]
        assert owed(in_time, minutes(16))["internal-alert@internal#0"].verdict == "met"
        assert owed(too_late, minutes(16))["internal-alert@internal#0"].verdict == "missed"

    def test_other_duties_outlive_it(self) -> None:
        """Response, recovery and what is owed to regulators do not end with the incident."""
        story = [*self.GRAVE, *confirmed(T0)[1:], closed(hours(100))]
        now = {one.duty: one.status for one in owed(story, hours(100)).values()}
        assert {now[duty] for duty in ("respond", "recover", "oaic-notice", "eu.gdpr.33-1", "postmortem")} == {"active"}

    def test_what_opens_while_it_is_closed_lapses_when_it_is_missed(self) -> None:
        """A grave fact after the closing owes an alert up to its deadline, and no longer."""
        story = [detected(), decided(SEV3, minutes(1)), closed(minutes(2)), supports(SEV1, minutes(10))]
        for moment, verdict, status in (
            (minutes(25), "at-risk", "active"),
            (minutes(25) + MICROSECOND, "missed", "lapsed"),
        ):
            one = owed(story, moment)["internal-alert@internal#0"]
            assert (one.verdict, one.status, one.due) == (verdict, status, minutes(25))

    def test_closed_at_the_instant_it_opens_it_has_opened(self) -> None:
        """A duty that opens by time alone is pending before its instant; closed then, it was owed and not done."""
        before, at_once = minutes(15) - MICROSECOND, minutes(15)
        assert keys([detected(), closed(before)], "unassessed-alert") == []
        assert verdicts([detected(), closed(at_once)], "unassessed-alert", at_once) == {"internal#0": "missed"}

    def test_a_void_closing_ends_nothing(self) -> None:
        """What somebody without the power closed is open."""
        story = [*self.GRAVE, told("closed", minutes(20), "alex")]
        assert owed(story, minutes(20))["internal-alert@internal#0"].status == "active"


class TestReopening:
    """A new episode owes its service duties anew, with the next number; what the last one left open it still owes."""

    def test_each_episode_has_its_own_service_duties(self) -> None:
        """The second episode's clocks run from the reopening; the first one's keep theirs."""
        story = [detected(), supports(SEV1, T0), decided(SEV1, minutes(1)), closed(hours(1)), reopened(hours(30))]
        now = {
            key: (one.episode, one.due)
            for key, one in owed(story, hours(30)).items()
            if one.duty in ("recover", "respond")
        }
        assert now == {
            "recover@internal#0": (0, hours(4)),
            "recover@internal#1": (1, hours(34)),
            "respond@internal#0": (0, minutes(30)),
            "respond@internal#1": (1, hours(30.5)),
        }

    def test_an_act_meets_what_every_episode_left_open(self) -> None:
        """Service restored is restored for both; the first is late."""
        story = [detected(), supports(SEV1, T0), closed(hours(1)), reopened(hours(30)), restores(hours(31))]
        assert verdicts(story, "recover", hours(31)) == {"internal#0": "met-late", "internal#1": "met"}

    def test_a_raise_in_the_next_episode_tightens_nothing_of_the_last(self) -> None:
        """What an earlier episode left open keeps its deadline."""
        story = [detected(), supports(SEV2, T0), closed(minutes(5)), reopened(minutes(10)), supports(SEV0, minutes(20))]
        now = owed(story, minutes(20))
        assert now["recover@internal#0"].due == at("2026-03-11 17:00+11:00")
        assert now["recover@internal#1"].due == minutes(70)


WAIVABLE: Final = (
    "  document:\n    title: document the incident\n",
    "  document:\n    title: document the incident\n    waivable_by: [security-lead]\n",
)


class TestWaiver:
    """Somebody the document names may release an obligation by its key; the breach it had stays."""

    def waived(self, at: datetime, by: str = "security-lead", key: str = "document@internal#0") -> Event:
        return told("waived", at, by, obligation=key)

    STORY: Final = (detected(), decided(SEV3, minutes(1)))

    def test_it_is_released(self) -> None:
        """Waived in time, nothing is missed afterwards, and a later act changes nothing."""
        story = [*self.STORY, self.waived(minutes(5))]
        one = owed(story, hours(100), variant(WAIVABLE))["document@internal#0"]
        assert (one.status, one.verdict, one.breach) == ("waived", "waived", None)
        later = [*story, told("documented", minutes(6))]
        assert owed(later, hours(100), variant(WAIVABLE))["document@internal#0"] == one

    def test_what_was_missed_was_missed(self) -> None:
        """A waiver after the deadline ends what is owed, and not the breach."""
        story = [*self.STORY, self.waived(hours(25))]
        one = owed(story, hours(100), variant(WAIVABLE))["document@internal#0"]
        assert (one.verdict, one.breach) == ("waived", Breach(hours(24), hours(24) + MICROSECOND, "deadline"))

    def test_nobody_else_waives_and_nothing_else_is_waived(self) -> None:
        """By somebody else, of a duty nobody may waive, of no obligation, or of one that is met: void."""
        met = told("documented", minutes(3))
        for story in (
            [*self.STORY, self.waived(minutes(5), "alex")],
            [*self.STORY, self.waived(minutes(5), key="document@internal#1")],
            [*self.STORY, self.waived(minutes(5), key="nothing@internal#0")],
            [*self.STORY, met, self.waived(minutes(5))],
        ):
            void = incident(story, variant(WAIVABLE)).violations
            assert [one.void for one in void] == [True]
            without = owed(story[:-1], hours(1), variant(WAIVABLE))
            assert owed(story, hours(1), variant(WAIVABLE)) == without
        unwaivable = incident([*self.STORY, self.waived(minutes(5))]).violations
        assert [(one.rule, one.void) for one in unwaivable] == [("document", True)]


STAGED: Final = (
    "    met_by: {notice: sent}\n    act: tell-oaic\n",
    "    met_by: {notice: sent, stage: final}\n    act: tell-oaic\n",
)


class TestStages:
    """Where a duty asks for a stage of the notice, another stage does not meet it."""

    def test_only_the_stage_asked_for_counts(self) -> None:
        """A first notice is kept as an attempt, the final one meets the duty."""
        policy = variant(STAGED)
        first = sent("oaic-notice", "oaic", hours(1), stage="initial", id="first")
        story = [*confirmed(T0), first]
        one = owed(story, hours(1), policy)["oaic-notice@oaic#0"]
        assert (one.status, [attempt.event for attempt in one.attempts]) == ("active", ["first"])
        final = sent("oaic-notice", "oaic", hours(2), stage="final")
        assert owed([*story, final], hours(2), policy)["oaic-notice@oaic#0"].verdict == "met"


SEV3_ONLY: Final = "    when: {all: [{severity: SEV3 or worse}, {not: {severity: SEV2 or worse}}]}\n"


class TestConditions:
    """A duty opens when its own condition is a definite yes, whatever that condition asks."""

    def opens(self, condition: str, *events: Event) -> bool:
        """Whether the duty to document, with this condition instead of its own, is owed after these events."""
        policy = variant((SEV3_ONLY, f"    when: {condition}\n"))
        return "document" in {one.duty for one in owed([detected(), *events], hours(9), policy).values()}

    CLOSED: Final = told("closed", hours(1), COMMANDER)
    REOPENED: Final = told("reopened", hours(2))

    @pytest.mark.parametrize(
        ("condition", "event", "again"),
        [
            ("{step: isolate}", told("step-done", minutes(5), step="isolate"), False),
            ("{mark: recovered}", told("recovered", minutes(5)), False),
            ("{mark: breach-confirmed}", found("confirmed", minutes(5)), True),
            ("{finding: believed}", found("believed", minutes(5)), True),
            ("{phase: assess}", told("phase-entered", minutes(5), phase="assess"), True),
            ("{phase: contain}", told("phase-entered", minutes(5), phase="contain"), False),
            ("rpo-breached", reported(minutes(5), {"rpo-breached": YES}), True),
            ("{severity: SEV1 or worse}", decided(SEV0, minutes(5)), True),
        ],
    )
    def test_each_thing_it_may_ask(self, condition: str, event: Event, again: bool) -> None:
        """Not before it is so, and once it is; what is counted per episode starts afresh with the next one."""
        assert not self.opens(condition, told("note", minutes(5)))
        assert self.opens(condition, event)
        policy = variant((SEV3_ONLY, f"    when: {condition}\n"))
        story = [detected(), event, self.CLOSED, self.REOPENED, told("note", hours(3))]
        numbers = [one.period for one in owed(story, hours(9), policy).values() if one.duty == "document"]
        assert numbers == ([0, 1] if again else [0])

    def test_a_drill_is_one_while_every_signal_says_so(self) -> None:
        """From the first signal on, until a real one comes."""
        policy = variant((SEV3_ONLY, "    when: {not: drill}\n"))
        exercise = detected(drill=True)
        for story, expected in (([exercise], []), ([exercise, detected(minutes(1))], [0])):
            assert [one.period for one in owed(story, hours(9), policy).values() if one.duty == "document"] == expected

    @given(truths=st.lists(st.sampled_from(Truth), min_size=1, max_size=3))
    def test_some_of_a_family_needs_one_yes(self, truths: list[Truth]) -> None:
        """One member reported yes is enough; without one it is not known, and never no."""
        event = reported(minutes(5), {f"client/c{number}": truth for number, truth in enumerate(truths)})
        assert self.opens("{some: client}", event) is (YES in truths)
        assert not self.opens("{not: {some: client}}", event)

    def test_unassessed_is_so_until_a_level_governs(self) -> None:
        """From the first signal on, and no longer once there is a level."""
        assert self.opens("unassessed")
        policy = variant((SEV3_ONLY, "    when: {not: unassessed}\n"))
        for story, expected in (([detected()], False), ([detected(), decided(SEV3, minutes(1))], True)):
            assert ("document@internal#0" in owed(story, hours(9), policy)) is expected

    @given(one=st.sampled_from(Truth), other=st.sampled_from(Truth))
    def test_all_any_and_not_know_three_answers(self, one: Truth, other: Truth) -> None:
        """All needs every yes, any needs one, not needs a definite no."""
        event = reported(minutes(5), {"rpo-breached": one, "high-risk-likely": other})
        both = "[rpo-breached, high-risk-likely]"
        assert self.opens(f"{{all: {both}}}", event) is (one is YES and other is YES)
        assert self.opens(f"{{any: {both}}}", event) is (one is YES or other is YES)
        assert self.opens(f"{{not: {{any: {both}}}}}", event) is (one is NO and other is NO)
        assert self.opens(f"{{not: {{all: {both}}}}}", event) is (one is NO or other is NO)


class TestFromItsOwnCondition:
    """A duty may run from the instant its own condition first held: in the episode, or in the incident."""

    @pytest.mark.parametrize(("per", "anchors"), [("episode", [minutes(5), hours(3)]), ("incident", [minutes(5)])])
    def test_it_runs_from_the_first_time_it_held(self, per: str, anchors: list[datetime]) -> None:
        """Saying it again moves nothing; the next episode has a first time of its own, unless the duty has only one."""
        policy = variant(
            (SEV3_ONLY + "    starts: detected\n", f"    when: rpo-breached\n    starts: scope-met\n    per: {per}\n"),
        )
        story = [
            detected(),
            reported(minutes(5), {"rpo-breached": YES}),
            reported(minutes(6), {"rpo-breached": YES}),
            closed(hours(1)),
            reported(hours(2), {"rpo-breached": NO}),
            reopened(hours(2)),
            reported(hours(3), {"rpo-breached": YES}),
        ]
        assert [one.anchor for one in owed(story, hours(3), policy).values() if one.duty == "document"] == anchors


class TestKnownMembers:
    """Clients the document knows exist for certain count as affected until somebody says that they are not."""

    def test_they_are_owed_without_being_named(self) -> None:
        """Together with those named; each until it is ruled out, and the placeholder when all are."""
        policy = variant(
            (
                "  client: {means: this agency or client is affected, polarity: worse}",
                "  client: {means: this agency or client is affected, polarity: worse, known: [acme, blue]}",
            )
        )
        for named, expected in (
            ({}, ["client/acme", "client/blue"]),
            ({"client/coda": YES, "client/acme": NO}, ["client/blue", "client/coda"]),
            ({"client/acme": NO, "client/blue": NO}, ["client/unspecified"]),
        ):
            story = [*at_level(SEV1)(T0), reported(T0, {"clients-impacted": YES, **named})]
            found = [one.recipient for one in owed(story, T0, policy).values() if one.duty == "client-update"]
            assert found == expected
        ruled_out = [*story[:2], reported(T0, {"clients-impacted": YES}), reported(minutes(5), {"client/acme": NO})]
        now = owed(ruled_out, minutes(5), policy)
        assert now["client-update@client/acme#0"].verdict == "cancelled"
        assert now["client-update@client/blue#0"].verdict == "open"


class TestLatestOfMarks:
    """A duty may run from the last of several marks: then it opens when all of them stand."""

    def test_it_waits_for_all_and_runs_from_the_last(self) -> None:
        """Neither alone opens it; the later one is the anchor, whichever it is."""
        policy = variant(("    starts: {earliest: [recovered, closed]}", "    starts: {latest: [recovered, closed]}"))
        for first, then in ((restores(hours(1)), closed(hours(5))), (closed(hours(1)), restores(hours(5)))):
            assert "postmortem@internal#0" not in owed([detected(), first], hours(5), policy)
            one = owed([detected(), first, then], hours(5), policy)["postmortem@internal#0"]
            assert (one.anchor, one.mark) == (hours(5), then.kind)


class TestDoneBefore:
    """What was done before a duty opened counts as the duty says: never, since its mark, or whenever in this episode (in
    the incident, where the duty belongs to that)."""

    def documented(self, manner: str, at: datetime) -> str:
        """The verdict on writing it down at an instant, decided mild an hour in; the mark is the signal at nine."""
        edit = ("    met_by: {event: documented}\n    done_before: counts-since-mark\n",
                f"    met_by: {{event: documented}}\n    done_before: {manner}\n")  # fmt: skip
        policy = POLICY if manner == "counts-since-mark" else variant(edit)
        story = [told("documented", at), detected(), decided(SEV3, hours(1))]
        return owed(story, hours(1), policy)["document@internal#0"].status

    @pytest.mark.parametrize(
        ("manner", "before", "since", "then"),
        [
            ("does-not-count", "active", "active", "discharged"),
            ("counts-since-mark", "active", "discharged", "discharged"),
            ("counts", "discharged", "discharged", "discharged"),
        ],
    )
    def test_each_manner(self, manner: str, before: str, since: str, then: str) -> None:
        """A microsecond before the mark, at the mark, and by the event after which it is owed."""
        assert self.documented(manner, T0 - MICROSECOND) == before
        assert self.documented(manner, T0) == since
        story = [detected(), decided(SEV3, hours(1)), told("documented", hours(2))]
        assert owed(story, hours(2))["document@internal#0"].status == then

    def test_the_earliest_counts(self) -> None:
        """Written down twice before it was decided that it is mild, it was written down the first time."""
        story = [detected(), told("documented", minutes(1)), told("documented", minutes(2)), decided(SEV3, minutes(5))]
        one = owed(story, minutes(5))["document@internal#0"]
        assert (one.verdict, one.met_at) == ("met", minutes(1))

    @pytest.mark.parametrize("manner", ["counts-since-mark", "counts"])
    def test_not_in_the_episode_before(self, manner: str) -> None:
        """The next episode is another thing to write down."""
        edit = ("    met_by: {event: documented}\n    done_before: counts-since-mark\n",
                f"    met_by: {{event: documented}}\n    done_before: {manner}\n")  # fmt: skip
        policy = POLICY if manner == "counts-since-mark" else variant(edit)
        story = [
            detected(),
            decided(SEV3, minutes(1)),
            told("documented", minutes(2)),
            closed(minutes(3)),
            reopened(minutes(4)),
        ]
        now = owed(story, minutes(4), policy)
        assert [now[f"document@internal#{n}"].status for n in (0, 1)] == ["discharged", "active"]

    def test_in_any_episode_for_what_belongs_to_the_incident(self) -> None:
        """A regulator told in the first episode has been told."""
        story = [
            detected(),
            sent("oaic-notice", "oaic", minutes(1)),
            closed(minutes(2)),
            reopened(hours(1)),
            found("confirmed", hours(2)),
        ]
        assert owed(story, hours(2))["oaic-notice@oaic#0"].met_at == minutes(1)


class TestDrafts:
    """A sending takes from the latest draft of its notice what it does not say itself."""

    def draft(self, at: datetime, kind: str = "notice-drafted", states: tuple[str, ...] = STATED) -> Event:
        return told(kind, at, duties=("client-update",), recipients=("client/acme",), states=states)

    @pytest.mark.parametrize(
        ("drafts", "said", "met"),
        [
            ([(1, "notice-drafted", STATED)], {}, True),
            ([(1, "notice-drafted", ())], {}, False),
            ([(1, "notice-drafted", ())], {"states": STATED}, True),
            ([(1, "notice-drafted", ()), (2, "notice-edited", STATED)], {}, True),
            ([(1, "notice-drafted", STATED), (2, "notice-edited", ())], {}, False),
            ([(1, "notice-drafted", STATED)], {"recipients": ("client/blue",)}, False),
            ([(1, "notice-drafted", STATED)], {"duties": ("internal-alert",)}, False),
        ],
    )
    def test_what_it_leaves_out(
        self, drafts: list[tuple[int, str, tuple[str, ...]]], said: dict[str, tuple[str, ...]], met: bool
    ) -> None:
        """Its own words stand before the draft's, the edited draft before the first."""
        drafted = [self.draft(minutes(count), kind, states) for count, kind, states in drafts]
        story = [*impacted("acme")(T0), *drafted, told("notice-sent", minutes(5), notice="n-1", **said)]
        assert (owed(story, minutes(5))["client-update@client/acme#0"].verdict == "met") is met

    def test_a_sending_without_its_draft_meets_nothing_until_it_comes(self) -> None:
        """The draft that reaches the log late was written before, so the sending counts from when it was sent."""
        orphan = told("notice-sent", minutes(5), notice="n-1")
        story = [*impacted("acme")(T0), orphan]
        assert owed(story, minutes(5))["client-update@client/acme#0"].verdict == "open"
        late = [*story, self.draft(minutes(1))]
        assert owed(late, minutes(5))["client-update@client/acme#0"].met_at == minutes(5)


class TestMarksThatDutiesSet:
    """A duty whose clock starts when another is met opens in the same step."""

    def test_it_opens_with_the_discharge(self) -> None:
        """The second duty runs from the act that met the first, not from when it was recorded."""
        policy = variant(
            ("    starts: breach-confirmed\n    within: 72 hours\n    met_by: {notice: sent}\n    act: tell-oaic\n",
             "    starts: breach-confirmed\n    within: 72 hours\n    met_by: {notice: sent}\n    act: tell-oaic\n    sets: told-oaic\n"),
            ("  closed: {means: the incident was closed,", "  told-oaic: {means: the regulator was told, per: incident}\n  closed: {means: the incident was closed,"),
            ("    starts: {earliest: [recovered, closed]}", "    starts: {earliest: [recovered, closed, told-oaic]}"),
        )  # fmt: skip
        story = [*confirmed(T0), sent("oaic-notice", "oaic", hours(1), recorded_at=hours(9))]
        one = owed(story, hours(1), policy)["postmortem@internal#0"]
        assert (one.mark, one.anchor, one.opened_at) == ("told-oaic", hours(1), hours(1))


class TestEveryDuty:
    """Looking only at the duties an event can touch gives the same as looking at every duty at every step."""

    def agree(self, log: Sequence[Event]) -> None:
        """With every duty visited at every event, each obligation is the same, now and later."""
        moments = [max(event.at for event in log) + timedelta(days=days) for days in (0, 40)]
        quick = [ir.obligations(incident(log), moment) for moment in moments]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(watch.Plan, "touched", lambda plan, *_: set(plan.everything))
            slow = [ir.obligations(incident(log), moment) for moment in moments]
        assert quick == slow

    @settings(max_examples=150)
    @given(log=logs(POLICY, max_size=14))
    def test_on_any_log(self, log: list[Event]) -> None:
        """Whatever happens, nothing that was not looked at would have changed."""
        self.agree(log)

    def test_where_a_fact_is_taken_back_on_which_nothing_rested(self) -> None:
        """An alert that is owed out of scope is not cancelled by whatever fact is taken back."""
        lowered = decided(SEV3, minutes(5), lowering="situation-improved")
        watched = [reported(minutes(count), {"access-log-anomaly": truth}) for count, truth in ((6, YES), (7, NO))]
        story = [*at_level(SEV1)(T0), lowered, *watched]
        self.agree(story)
        assert verdicts(story, "internal-alert", minutes(7)) == {"internal#0": "open"}
