"""Other versions of the shipped policy for random logs to adopt: each other in one respect, loaded when first used."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any, Final

import ir_policy as ir
from ir_policy.log.events import Event, PolicyAdopted, event_from_wire
from ir_policy.rules.model import Policy
from ir_policy.terms import rfc3339
from support_documents import AU, EU, edited
from support_versions import (
    Edit,
    added,
    every,
    field,
    gate,
    lacking,
    mark,
    of_every,
    row,
    section,
    version,
    within,
    without,
)

COMMANDER: Final = "incident-commander"
EVERYBODY: Final = ["incident-commander", "security-lead", "comms-lead", "technical-sme", "scribe"]
CLIENTS: Final = {"each": "client", "unnamed": "client/unspecified"}
OUTCOMES: Final = ["false-positive", "duplicate", "superseded", "out-of-scope"]
NOTE: Final = {"event": "documented"}


def accepted(reading: str) -> Edit:
    """What a reading adds binds."""
    return lambda tree: tree["readings"][reading].update(accepted_by="the owner")


def cleared() -> dict[str, str]:
    """Counsel let every text go out that the holding text can become, in the middle of the days logs are of."""
    digest = ir.load_policy("motion-mavericks").templates["holding-text"].digest
    return {"by": "legal-liaison", "digest": digest, "on": "2025-06-01", "until": "2027-06-30"}


SHIPPED: Final = "the shipped one"
ANOTHER: Final = "another policy"
REVIEWED: Final = {"notice": "reviewed"}
NOTICES: Final[dict[str, tuple[Edit, ...]]] = {
    "accepted": (
        accepted("refer-an-unanswered-review"), accepted("approvals-go-stale"),
        field("client-update", "needs", {"duty": "legal-review", "lead": "10 minutes"}),
    ),
    "approvals go stale": (
        section("notices", approval={"good_for": "10 minutes"}), accepted("refer-an-unanswered-review"),
        field("legal-review", "when", {"severity": "SEV3 or worse"}),
    ),
    "more is reviewed": (
        accepted("refer-an-unanswered-review"), field("oaic-notice", "needs", {"duty": "legal-review", "lead": "24 hours"}),
        field("internal-alert", "needs", {"duty": "legal-review", "lead": "5 minutes"}), field("legal-review", "when", {"severity": "SEV2 or worse"}),
        field("client-update", "act", "update-clients"), field("resolution-message", "act", "update-clients"),
        field("eu-authority-notice", "needs", {"duty": "board-review", "lead": "2 hours"}),
        field("stakeholder-notice", "needs", {"duty": "board-review", "lead": "20 minutes"}),
        added("board-review", starts="enabling", within="latest start", met_by=[REVIEWED, NOTE], if_missed="lapses", per="incident", not_for=OUTCOMES),
    ),
    "nobody in drills": (lambda tree: tree["notices"].pop("in_drills"), gate("never-all", {"notice": "beyond-exercise"}, until={"author": "comms-lead"})),
    "more is inside": (section("notices", inside=["internal", "stakeholders", "client/acme"]), gate("no-word", {"notice": "beyond-exercise"}, until={"author": "another"})),
    "sendings are void": (
        lambda tree: tree["gates"]["approval-before-external"].update(void="yes", waivable_by=EVERYBODY),
        gate("by-another", {"notice": "external"}, until=[{"author": "another"}, {"role": "scribe"}]),
        gate("once-assessed", {"notice": "external"}, until={"severity": "SEV3 or worse"}),
    ),
    "anybody judges": (
        lambda tree: tree["gates"].pop("author-is-not-approver"), lambda tree: tree["gates"].pop("counsel-reviews"),
        lambda tree: tree["gates"].pop("commander-approves"), gate("rejected-by-command", {"event": "notice-rejected"}, until={"role": COMMANDER}, void="yes"),
        gate("approved-when-reviewed", {"event": "notice-approved"}, until=REVIEWED),
    ),
    "cleared beforehand": (lambda tree: tree.get("templates", {}).get("holding-text", {}).update(cleared=cleared()),),
    "reviews meet": (
        field("document", "met_by", REVIEWED), field("respond", "met_by", [{"holding": COMMANDER}, REVIEWED]),
        lambda tree: tree["gates"]["legal-review-before-external"].update(until=[{"author": "legal-liaison"}]),
    ),
    "nothing is reviewed": (without("legal-review"), lambda tree: [duty.pop("needs", None) for duty in tree["duties"].values()]),
}  # fmt: skip
"""Versions that say otherwise who is told what after whose word; many logs begin under one of them."""
VARIANTS: Final[dict[str, tuple[Edit, ...]]] = {
    "longer": (
        within("client-update", "4 hours"), within("internal-alert", "2 hours"), within("oaic-notice", "96 hours"),
        within("respond", {"SEV0": "30 minutes", "SEV1": "2 hours", "SEV2": "8 hours"}),
        within("recover", {"SEV0": "4 hours", "SEV1": "8 hours", "SEV2": "3 business days"}),
        within("postmortem", "10 business days"), within("dsr-freeze", "immediately (grace 60 minutes)"),
    ),
    "shorter": (
        within("client-update", "30 minutes"), within("internal-alert", "5 minutes"), within("oaic-notice", "24 hours"),
        within("respond", {"SEV0": "immediately (grace 1 minutes)", "SEV1": "10 minutes", "SEV2": "30 minutes"}),
        within("recover", "30 minutes"), within("postmortem", "2 business days"), within("document", "4 hours"),
        within("eu-authority-notice", "1 day"), within("resolution-message", "1 hour"),
        within("dsr-freeze", "immediately (grace 5 minutes)"), within("stakeholder-notice", "20 minutes"),
    ),
    "less": (
        without("document", "dsr-freeze", "stakeholder-notice", "internal-alert", "postmortem", "action-item", "next-update"),
    ),
    "more": (
        added("status-page", when={"severity": "SEV2 or worse"}, starts="detected", within="2 hours", met_by=NOTE),
        added("tell-the-board", when={"finding": "confirmed"}, starts="breach-confirmed", within="1 day", per="incident",
              met_by=NOTE, done_before="counts"),
        added("call-the-client", owed_to=CLIENTS, when={"severity": "SEV1 or worse"}, starts="severity-supported",
              within={"SEV0": "10 minutes", "SEV1": "40 minutes"}, met_by={"notice": "sent"}, act="update-clients"),
        added("count-the-freeze", when="personal-data-involved", starts="scope-met", within="1 hour", met_by=NOTE),
        field("client-update", "act", "update-clients"),
    ),
    "narrower": (
        field("internal-alert", "when", {"severity": "SEV0 or worse"}),
        field("client-update", "when", {"all": [{"severity": "SEV0 or worse"}, "clients-impacted"]}),
        field("respond", "when", {"severity": "SEV1 or worse"}), field("dsr-freeze", "when", "personal-data-involved"),
        field("oaic-notice", "when", {"all": [{"finding": "confirmed"}, "personal-data-involved", {"not": "drill"}]}),
        field("resolution-message", "when", {"all": [{"mark": "recovered"}, {"severity": "SEV1 or worse"}]}),
    ),
    "wider": (
        field("internal-alert", "when", {"severity": "SEV2 or worse"}),
        field("client-update", "when", {"severity": "SEV2 or worse"}),
        field("stakeholder-notice", "when", {"severity": "SEV1 or worse"}),
        field("dsr-freeze", "when", {"any": ["personal-data-involved", "privacy-suspected", "malicious-cause"]}),
        field("document", "when", {"severity": "SEV3 or worse"}), field("oaic-notice", "when", {"finding": "confirmed"}),
    ),
    "other recipients": (
        field("client-update", "owed_to", {"each": "client", "unnamed": "client/nobody"}),
        field("stakeholder-notice", "owed_to", "the-board"),
        field("oaic-notice", "owed_to", [{"when": "eu-establishment", "to": "authority/lead"}, {"to": "oaic"}]),
        field("eu-authority-notice", "owed_to", {"each": "affected-in", "as": "authority", "unnamed": "authority/unspecified"}),
    ),
    "not following": (field("resolution-message", "owed_to", CLIENTS), field("next-update", "owed_to", CLIENTS)),
    "following": (
        field("stakeholder-notice", "owed_to", {"owed": "client-update"}),
        field("eu-authority-notice", "owed_to", {"owed": "oaic-notice"}),
    ),
    "new marks": (
        mark("first-word", {"event": "notice-sent"}),
        mark("word-promised", {"event": "notice-sent", "saying": "next_update_by"}, per="incident"),
        mark("weighed", {"decision": "authorised"}), mark("believed", {"finding": "believed"}, {"fact": "asset-compromised"}, per="incident"),
        mark("impact-or-level", {"event": "detected", "at": "impact_started"}, {"level": "reached"}),
        field("client-update", "starts", {"earliest": ["first-word", "severity-supported"]}),
        field("internal-alert", "starts", "impact-or-level"),
        field("oaic-notice", "starts", {"earliest": ["breach-confirmed", "believed"]}),
        field("recover", "starts", {"latest": ["detected", "weighed"]}),
        added("keep-the-promise", starts="word-promised", within="2 hours", met_by=NOTE, per="incident"),
    ),
    "other sources": (
        mark("breach-confirmed", {"finding": "confirmed"}, {"finding": "aware"}, {"finding": "believed"}, per="incident"),
        mark("recovered", {"event": "recovered"}, {"event": "postmortem-distributed"}),
        mark("detected", {"event": "detected"}, {"event": "reopened"}, {"fact": "streaming-unavailable"}),
        mark("severity-decided", {"decision": "authorised"}, {"event": "documented"}, per="incident"),
        mark("channel-opened", {"event": "note"}, per="incident"),
    ),
    "sets": (
        mark("alerted"), mark("client-told"), mark("closed-out", per="incident"),
        field("internal-alert", "sets", "alerted"), field("client-update", "sets", "client-told"),
        field("action-item", "sets", "closed-out"),
        added("after-the-alert", starts="alerted", within="30 minutes", met_by=NOTE),
        added("after-the-update", starts={"earliest": ["client-told", "recovered"]}, within="1 hour", met_by=NOTE),
        added("after-the-action", starts="closed-out", within="3 days", met_by={"step": "checklist-updated"}, per="incident"),
    ),
    "met by less": (
        field("client-update", "must_state", ["mitigation-steps"]), lambda tree: tree["duties"]["resolution-message"].pop("must_state"),
        field("recover", "met_by", NOTE), field("respond", "met_by", [{"holding": COMMANDER}, {"level": "any"}]),
        field("dsr-freeze", "met_by", {"event": "hold-started"}), field("document", "met_by", {"step": "checklist-updated"}),
    ),
    "met by more": (
        field("client-update", "must_state", ["share-link-status", "mitigation-steps", "action-summary"]),
        field("internal-alert", "must_state", ["action-summary"]), field("internal-alert", "act", "alert-them"),
        field("oaic-notice", "met_by", {"notice": "sent", "stage": "final"}), field("oaic-notice", "act", "tell-eu-authority"),
        field("postmortem", "met_by", {"step": "checklist-updated"}),
    ),
    "counting": (every("done_before", "counts"),),
    "not counting": (every("done_before", "does-not-count"),),
    "by incident": (every("per", "incident"),),
    "by episode": (every("per", "episode"),),
    "let go": (every("on_scope_exit", "cancel"), every("if_missed", "lapses")),
    "held on to": (every("on_scope_exit", "keep"), every("if_missed", "still-owed")),
    "whatever the outcome": (lacking("not_for"),),
    "of no outcome": (every("not_for", OUTCOMES),),
    "waivable": (every("waivable_by", EVERYBODY),),
    "exempted": (
        field("oaic-notice", "unless", "risk-unlikely"),
        field("eu-authority-notice", "exempted_by", EVERYBODY), field("oaic-notice", "exempted_by", ["legal-liaison", COMMANDER]),
        field("respond", "unless", {"any": ["risk-unlikely", "false-positive"]}), field("respond", "exempted_by", EVERYBODY),
    ),
    "again": tuple(field(name, "again_on", "raise") for name in ("respond", "recover", "client-update", "oaic-notice")),
    "once": (field("internal-alert", "again_on", "raise to SEV0"), lambda tree: tree["duties"]["client-update"].pop("again_on")),
    "milder rows": (
        row("sev1-streaming", "SEV2"), row("sev1-privacy", "SEV2"), row("sev1-asset", "SEV3"), row("sev0-exfiltration", "SEV1"),
        row("sev0-cross-tenant", "SEV1"), row("sev2-partial-outage", "SEV3"), row("sev1-major-function", "SEV2"),
    ),
    "worse rows": (
        row("sev2-partial-outage", "SEV1"), row("sev1-streaming", "SEV0"), row("sev1-credentials", "SEV0"),
        row("sev2-degraded", "SEV1"), section("severity_raise", levels="2"),
    ),
    "gated": (
        gate("who-adopts", {"event": "policy-adopted"}, until={"role": ["scribe", "security-lead"]}),
        gate("adopted-with-reason", {"event": "policy-adopted"}, until={"states": ["reason"]}, void="yes"),
    ),
    "decided by others": (
        of_every("until", lambda until: {"role": ["security-lead", "comms-lead"]} if until == {"role": COMMANDER} else until),
    ),
    "other gates": (
        lambda tree: tree["gates"].pop("commander-closes"), lambda tree: tree["gates"].pop("channel-before-contain"),
        gate("note-nothing", {"event": "note"}, until={"settled": "internal-alert"}),
        gate("no-late-action", {"event": "action-opened"}, until={"settled": "statute"}, void="yes"),
    ),
    "given": (
        field("action-item", "met_by", {"event": "postmortem-distributed"}), field("action-item", "if_missed", "lapses"),
        field("next-update", "basis", "advisory"), field("next-update", "per", "incident"),
    ),
    "no longer given": (
        within("action-item", "2 days"), lambda tree: tree["duties"]["action-item"].pop("given"),
        field("document", "within", "given by the event"), field("document", "given", {"due": "due"}),
        field("document", "starts", "action-opened"),
    ),
    "hours": (section("calendar", opens="06:00", closes="22:00"),),
    "other hours": (
        section("calendar", opens="10:00", closes="12:00", workdays=["monday", "tuesday", "saturday"]),
        section("at_risk", share="1/2", at_least="30 minutes"),
    ),
    "other words": (
        every("title", "said better"), every("clause", "metadata/status"), every("owed_by", "scribe"),
        section("roles", scribe={"title": "Scribe", "contact": "reliability-partner", "does": "writes"}),
    ),
    "before closing": (
        within("postmortem", "before closed"), within("document", "before closed"), within("compliance-evidence", "5 days"),
        within("recover", "before closed"), within("client-update", {"limit": "before closed"}),
    ),
    "opens later": (
        field("unassessed-alert", "opens_after", "30 minutes"), within("unassessed-alert", "5 minutes"),
        field("internal-alert", "opens_after", "10 minutes"), field("recover", "opens_after", "1 hour"),
    ),
    "advisory": (
        within("internal-alert", {"limit": "5 minutes", "basis": "advisory"}), within("client-update", {"limit": "1 hour", "basis": "advisory"}),
        within("unassessed-alert", {"limit": "15 minutes", "basis": "policy"}), within("recover", {"limit": "1 hour", "basis": "advisory"}),
    ),
    "reopened elsewhere": (lambda tree: tree.update(reopens_to="contain"),),
    **NOTICES,
    ANOTHER: (lambda tree: tree.update(id="motion-mavericks-2"),),
}  # fmt: skip
LAWS: Final[dict[str, tuple[str, ...]]] = {
    "other laws": (
        edited(EU, ("within: 72 hours", "within: 48 hours"), ("sets: initial-notice-sent", "must_state: [action-summary]")),
        edited(AU, ("within: 30 days", "within: 10 days"), ("in_force_from: 2018-02-22", "in_force_from: 2026-02-22")),
    ),
    "laws without these": (
        edited(EU, ("starts: {earliest: [aware/controller, processor-told]}", "starts: aware"), ("done_before: counts", "done_before: does-not-count")),
        edited(AU, ("in_force_from: 2018-02-22", "in_force_to: 2026-02-22")),
    ),
}  # fmt: skip
NAMES: Final = (SHIPPED, *VARIANTS, *LAWS)
FELT: Final = (
    "shorter",
    "shorter",
    "longer",
    "more",
    "wider",
    "worse rows",
    "sets",
    "before closing",
    "other recipients",
    "accepted",
    "more is reviewed",
)
"""Versions that reach what runs in many logs: half of the adoptions are of these."""


@cache
def variant(name: str) -> Policy:
    """The version of that name."""
    if name == SHIPPED:
        return ir.load_policy("motion-mavericks")
    return version(*VARIANTS.get(name, ()), number=f"0.3.{NAMES.index(name)}", documents=LAWS.get(name, ()))


def begun_under(rng: random.Random) -> Policy:
    """The policy a log is begun under: mostly the shipped one, else one that says otherwise of notices."""
    return variant(rng.choice(sorted(NOTICES)) if rng.random() < 0.4 else SHIPPED)


# --- adoptions in a log -----------------------------------------------------------------------------------


def with_adoptions(rng: random.Random, log: list[Event]) -> list[Event]:
    """The log with one or two adoptions at random places, most of them by somebody who may and in their turn."""
    for number in range(rng.choice((1, 1, 2))):
        place = rng.randrange(1, len(log) + 1)
        sendings = [index for index, event in enumerate(log) if event.kind == "notice-sent" and index]
        if sendings and rng.random() < 0.5:
            place = rng.choice(sendings)
        name = rng.choices((SHIPPED, ANOTHER, rng.choice(NAMES), rng.choice(FELT)), (1, 1, 8, 8))[0]
        adoption = event_from_wire(_adoption(rng, log[:place], variant(name)) | {"id": f"adopted-{number}"})
        log = [*log[:place], adoption, *log[place:]]
        if rng.random() < 0.08:
            log.append(_correction(log[-1], adoption.id))
    return log


def _adoption(rng: random.Random, before: list[Event], policy: Policy) -> dict[str, Any]:
    last = max(event.recorded_at or event.at for event in before)
    at = last + rng.choice((timedelta(0), timedelta(0), timedelta(minutes=1), timedelta(hours=3)))
    line: dict[str, Any] = {"kind": "policy-adopted", "incident": before[0].incident, "reason": "in force from now on"}
    line["policy"] = {"id": policy.id, "version": policy.version, "digest": policy.digest}
    line["by"] = (
        COMMANDER if rng.random() < 0.8 else rng.choice(("ana", "bo", "reliability-partner", "scribe", "security-lead"))
    )
    if rng.random() < 0.5:
        line["recorded_at"] = rfc3339(at)
    if rng.random() < 0.12:
        at -= rng.choice((timedelta(minutes=5), timedelta(hours=2), timedelta(days=2)))
    line["at"] = rfc3339(at)
    return line


def _correction(last: Event, adoption: str) -> Event:
    return event_from_wire({
        "kind": "corrected", "id": f"{adoption}-corrected", "incident": last.incident, "at": rfc3339(last.at), "by": COMMANDER,
        "event": adoption, "fields": {"reason": "said later"}, "reason": "wrongly noted", "evidence": ["ticket 7"],
    })  # fmt: skip


def adopted_in(events: Iterable[Event]) -> list[Policy]:
    """The documents those events name: the last number of a version is its place among the variants."""
    found = {}
    for event in events:
        if isinstance(event, PolicyAdopted):
            one = variant(SHIPPED)
            if event.policy.digest != one.digest:
                one = variant(NAMES[int(event.policy.version.rpartition(".")[2])])
            assert one.digest == event.policy.digest
            found[one.digest] = one
    return list(found.values())
