"""A brief names what goes down with a service that is involved, which way of telling people fails, and aims at risk."""

from __future__ import annotations

from datetime import timedelta
from importlib import resources
from typing import Any

import pytest

import ir_policy as ir
from ir_policy import NO, UNKNOWN, YES, Truth
from ir_policy.testing import told as event
from support_duties import T0

POLICY = ir.load_policy("motion-mavericks")
CATALOG = resources.files("ir_policy.rules").joinpath("catalog")
SHIPPED = CATALOG.joinpath("motion-mavericks.yaml").read_text(encoding="utf-8")
NOW = T0 + timedelta(minutes=10)
NOT_SET = {"objective": "recovery-point", "target": "not set", "facts": ["rpo-breached"], "known": False}
SAID = (
    "  recovery-point (no more data is lost than agreed) is not set, so rpo-breached\n"
    "    is not known until somebody says so: not known is not no"
)


def shown(facts: dict[str, Truth], *more: ir.Event) -> ir.Brief:
    signal = event("detected", T0, source="user-report")
    assert isinstance(signal, ir.Detected)
    incident = ir.open_incident(POLICY, signal).incident
    for one in (*((event("facts-reported", T0, facts=facts),) if facts else ()), *more):
        incident = ir.record(incident, one).incident
    return ir.brief(incident, NOW)


def endangered(facts: dict[str, Truth]) -> dict[str, Any]:
    answer: dict[str, Any] = shown(facts).as_json()["endangered"]
    return answer


def section(brief: ir.Brief) -> str:
    return brief.text().partition("\nENDANGERED\n")[2].partition("\n\n")[0]


def test_nothing_is_involved_until_somebody_says_so() -> None:
    """Only the recovery point, which has no figure, cannot be judged."""
    assert endangered({}) == {"services": [], "objectives": [NOT_SET]}
    assert section(shown({})) == SAID
    assert endangered({"service/resend": NO})["services"] == []


def test_the_mail_service_takes_the_mail_with_it() -> None:
    """What it carries, that it is certain, and that no other way is named yet."""
    assert endangered({"service/resend": YES})["services"] == [
        {
            "service": "resend",
            "certain": True,
            "functions": ["notifications"],
            "channels": [{"channel": "mail", "fallback": None}],
        }
    ]
    said = " ".join(section(shown({"service/resend": YES})).split())
    assert "Resend is involved, which endangers notifications (people are told by mail what changed)" in said
    assert "the channel mail, which carries client-update, stakeholder-notice; no other way is named" in said


def test_what_may_be_involved_is_shown_as_such() -> None:
    """Unknown is neither yes nor no."""
    (service,) = endangered({"service/mux": UNKNOWN})["services"]
    assert (service["service"], service["certain"]) == ("mux", False)
    assert section(shown({"service/mux": UNKNOWN})).startswith("  Mux may be involved, which endangers playback")


def test_an_aim_is_at_risk_once_a_fact_says_so() -> None:
    """Residency has a figure and is at risk by a yes; the recovery point is judged by a yes or a no."""
    residency = {"objective": "residency", "target": "Australia", "facts": ["residency-threatened"], "known": True}
    assert endangered({"residency-threatened": YES})["objectives"] == [NOT_SET, residency]
    assert endangered({"rpo-breached": NO})["objectives"] == []
    assert endangered({"rpo-breached": UNKNOWN})["objectives"] == [NOT_SET]
    assert endangered({"rpo-breached": YES})["objectives"] == [{**NOT_SET, "known": True}]


@pytest.mark.parametrize("fact", ["major-function-lost", "partial-outage", "streaming-unavailable"])
def test_the_portal_being_available_is_at_risk_while_it_is_not(fact: str) -> None:
    """Each outage says so by itself, with the figure; a portal that is only slow is there."""
    risk = f"availability (the portal is available: 99.9 % of the time) is at risk: {fact}"
    assert risk in " ".join(section(shown({fact: YES})).split())
    assert "availability" not in section(shown({"performance-degraded": YES}))


def test_a_figure_that_is_set_is_judged_by_people_alone() -> None:
    """Once the policy names a recovery point, nobody is told that it is missing."""
    text = SHIPPED.replace(
        "    means: no more data is lost than agreed\n    target: not set\n",
        "    means: no more data is lost than agreed\n    target: fifteen minutes of data\n",
    ).replace("    reading: no-recovery-point-no-answer\n    open_question: recovery-point\n", "")
    assert text != SHIPPED
    signal = event("detected", T0, source="user-report")
    assert isinstance(signal, ir.Detected)
    incident = ir.open_incident(ir.load_policy(text), signal).incident
    assert ir.brief(incident, NOW).as_json()["endangered"] == {"services": [], "objectives": []}


def test_a_closed_incident_endangers_nothing() -> None:
    """It is over; the record stays below."""
    closed = event("closed", T0 + timedelta(minutes=1), by="incident-commander", outcome="resolved")
    assert "ENDANGERED" not in shown({"service/neon": YES}, closed).text()


def test_the_explanation_of_a_message_says_by_which_way_it_goes() -> None:
    """Whoever owes the update sees that the mail below it failed."""
    facts = {"notifications-blocked": YES, "clients-impacted": YES, "client/acme": YES}
    before = ir.explain(shown(facts).incident, "client-update", NOW)
    assert ("goes by", "mail to agencies and clients") in before.lines
    after = ir.explain(shown({**facts, "service/resend": YES}).incident, "client-update", NOW)
    way = "mail to agencies and clients; Resend below it is involved: no other way is named, so agree on one now"
    assert ("goes by", way) in after.lines
