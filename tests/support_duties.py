"""What the laws of duties share: instants and due instants by hand, events in short, what a promise consists of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

import ir_policy as ir
from ir_policy import YES, Breach, Event, Obligation, Severity, Truth
from ir_policy.rules.model import Policy
from ir_policy.terms import MICROSECOND
from ir_policy.testing import told
from support_time import DUE, MARKS, at

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


DOCUMENT: Final = Promise(
    "document@internal#0", "severity-matrix/sev3", "policy", "scribe", "detected", "24 hours", "elapsed",
    lambda mark: [detected(mark), decided(SEV3, mark)], lambda at: told("documented", at),
)  # fmt: skip


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


INTERNAL_ALERT: Final = Promise(
    "internal-alert@internal#0", "comms-cadence/initial-alert", "policy", "comms-lead", "severity-supported",
    "15 minutes", "elapsed", at_level(SEV1), lambda at: sent("internal-alert", "internal", at),
)  # fmt: skip


UNASSESSED: Final = at("2026-03-11 09:15+11:00")


STAKEHOLDERS: Final = Promise(
    "stakeholder-notice@stakeholders#0", "severity-matrix/sev0", "policy", "comms-lead", "severity-supported",
    "1 hour", "elapsed", at_level(SEV0), lambda at: sent("stakeholder-notice", "stakeholders", at),
)  # fmt: skip


def impacted(*clients: str, level: Severity = SEV1) -> Callable[[datetime], list[Event]]:
    """A grave incident that affects these clients, known from its first instant."""
    known = dict.fromkeys(("clients-impacted", *(f"client/{client}" for client in clients)), YES)
    return lambda mark: [*at_level(level)(mark), reported(mark, known)]


CLIENTS: Final = Promise(
    "client-update@client/acme#0", "comms-cadence/client-updates", "policy", "comms-lead", "severity-supported",
    "1 hour", "elapsed", impacted("acme"), lambda at: sent("client-update", "client/acme", at),
)  # fmt: skip


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


FREEZE: Final = Promise(
    "dsr-freeze@internal#0", "privacy-integration/freeze", "advisory", "security-lead", "scope-met", "15 minutes",
    "immediate", lambda mark: [detected(mark), reported(mark, {"personal-data-involved": YES})],
    lambda at: told("hold-started", at), written="immediately (grace 15 minutes)",
)  # fmt: skip


POSTMORTEM: Final = Promise(
    "postmortem@internal#0", "comms-cadence/internal-summary", "policy", COMMANDER, "recovered", "5 business days",
    "business-days", lambda mark: [detected(mark), restores(mark)], lambda at: told("postmortem-distributed", at),
)  # fmt: skip


ASSESS: Final = Promise(
    "au.ndb.assess@internal#0", "s-26wh-2", "statute", LEGAL, "suspected", "30 days", "calendar-days",
    lambda mark: [detected(mark), found("suspected", mark)], lambda at: found("believed", at), "au-ndb",
)  # fmt: skip


PROMISES: Final = (
    *RESPOND.values(), DOCUMENT, *RECOVER.values(), INTERNAL_ALERT, STAKEHOLDERS, CLIENTS, OAIC, EU, GDPR, FREEZE,
    POSTMORTEM, ASSESS,
)  # fmt: skip


WAIVABLE: Final = (
    "  document:\n    title: document the incident\n",
    "  document:\n    title: document the incident\n    waivable_by: [security-lead]\n",
)


STAGED: Final = (
    "    met_by: {notice: sent}\n    act: tell-oaic\n",
    "    met_by: {notice: sent, stage: final}\n    act: tell-oaic\n",
)


SEV3_ONLY: Final = "    when: {all: [{severity: SEV3 or worse}, {not: {severity: SEV2 or worse}}]}\n"
