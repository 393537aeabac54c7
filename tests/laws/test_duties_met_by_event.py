"""A duty that is met by a kind of event is met by whatever kind the policy names (design of a duty: what meets it)."""

from __future__ import annotations

from typing import Any, Final

import pytest

import ir_policy as ir
from ir_policy import YES, Event
from ir_policy.terms import OF_INCIDENTS as KINDS
from ir_policy.testing import told
from support_duties import COMMANDER, LEGAL, detected, found, hours, minutes, reported
from support_versions import added, version

WATCHING: Final = version(
    *(
        added(f"on-{kind}", starts="detected", within="2 hours", met_by={"event": kind}, per="incident",
              waivable_by=[COMMANDER])
        for kind in KINDS
    )
)  # fmt: skip
"""The shipped policy with a duty for each kind of event."""

SAID: Final[dict[str, dict[str, Any]]] = {
    "facts-reported": {"facts": {"partial-outage": YES}},
    "severity-decided": {"severity": ir.Severity.SEV2, "by": COMMANDER},
    "role-taken": {"role": "scribe"},
    "role-released": {"role": "scribe"},
    "handover-offered": {"role": "scribe", "to": "bo"},
    "handover-accepted": {"role": "scribe", "to": "bo"},
    "handover-declined": {"role": "scribe", "to": "bo"},
    "phase-entered": {"phase": "assess"},
    "phase-not-applicable": {"phase": "eradicate"},
    "step-done": {"step": "checklist-updated"},
    "notice-drafted": {"duties": ["internal-alert"], "recipients": ["internal"]},
    "evidence-moved": {"item": "image 7", "to": "bo"},
    "notice-reviewed": {"by": LEGAL},
    "notice-approved": {"by": COMMANDER},
    "notice-edited": {"duties": ["internal-alert"], "recipients": ["internal"]},
    "notice-sent": {"duties": ["resolution-message"], "recipients": ["internal"]},
    "breach-finding": {"finding": "aware", "by": LEGAL},
    "not-notifying": {"duty": "eu.gdpr.33-1", "recipient": "authority/unspecified", "by": LEGAL},
    "hold-released": {"by": LEGAL},
    "closed": {"by": COMMANDER},
    "waived": {"obligation": "on-closed@internal#0", "by": COMMANDER},
    "policy-adopted": {"policy": ir.PolicyPin(WATCHING.id, WATCHING.version, WATCHING.digest), "by": COMMANDER},
    "corrected": {"event": "signal", "fields": {"source": "a person"}, "by": COMMANDER},
}
"""What an event of a kind must say to have an effect, beside what is filled in."""

DRAFTED: Final = told("notice-drafted", minutes(20), "somebody", duties=["internal-alert"], recipients=["internal"])

BEFORE: Final[dict[str, tuple[Event, ...]]] = {
    "notice-reviewed": (DRAFTED,),
    "notice-approved": (DRAFTED,),
    "reopened": (told("closed", minutes(20), COMMANDER),),
    "not-notifying": (found("aware", minutes(20)), reported(minutes(21), {"risk-unlikely": YES})),
}
"""What must have happened before it has an effect."""


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_met_by_an_event_of_that_kind_and_by_no_other(kind: str) -> None:
    """At its instant; a duty for each other kind of event stays as it was, also where the event does much else."""
    said = dict(SAID.get(kind, {}))
    event = told(kind, minutes(30), said.pop("by", "somebody"), **said)
    signal = detected(id="signal")
    story = [signal, *BEFORE.get(kind, ()), *((event,) if kind != "detected" else ())]
    incident = ir.replay(WATCHING, story)
    assert not [one for one in incident.violations if one.void]
    watched = {
        one.duty: (one.verdict, one.met_at, one.due)
        for one in ir.obligations(incident, hours(1))
        if one.duty.startswith("on-")
    }
    met = {f"on-{one.kind}": one.at for one in reversed(story)}
    expected = {
        f"on-{each}": ("met" if f"on-{each}" in met else "open", met.get(f"on-{each}"), hours(2)) for each in KINDS
    }
    if kind == "waived":
        expected["on-closed"] = ("waived", None, hours(2))
    assert watched == expected
