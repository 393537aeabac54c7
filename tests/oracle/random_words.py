"""What random logs are made of: facts, people, duties, instants worth a visit, and turns of events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

MATRIX: Final = (
    "cross-tenant-critical", "exfiltration-likely", "share-token-leak-broad", "major-function-lost",
    "privacy-suspected", "streaming-unavailable", "notifications-blocked", "credentials-compromised",
    "asset-compromised", "performance-degraded", "partial-outage", "share-links-failing", "integrity-threatened",
    "residency-threatened",
)  # fmt: skip
PRIVACY: Final = (
    "privacy-suspected", "personal-data-involved", "risk-unlikely", "eu-establishment", "malicious-cause",
    "affected-in/de", "affected-in/fr", "affected-in/au", "affected-in/eu",
)  # fmt: skip
CLIENTS: Final = ("clients-impacted", "clients-impacted", "client/acme", "client/blue", "client/coda")
PEOPLE: Final = ("ana", "bo", "cy")
ROLES: Final = ("incident-commander", "security-lead", "comms-lead", "scribe", "technical-sme", "legal-liaison")
CONTACTS: Final = ("reliability-partner", "security-specialist", "client-success-lead", "docs-agent", "legal-counsel")
FINDINGS: Final = ("suspected", "believed", "aware", "confirmed", "not-a-breach", "remediated", "statement-completed")
CHECKS: Final = ("validate-integrity", "confirm-playback", "confirm-milestones")
PAPERS: Final = ("report-drafted", "lessons-captured", "backlog-filed", "change-log-updated", "checklist-updated")
STEPS: Final = (
    "clean-up", "remove-access", "restore-configuration", "forensic-snapshot", "isolate", "patch", "restore-playbook",
    *CHECKS, *CHECKS, *PAPERS,
)  # fmt: skip
OUTCOMES: Final = ("resolved", "false-positive", "duplicate", "superseded", "out-of-scope")
OTHER_FACTS: Final = (
    "affected-role/admin", "affected-role/agency", "affected-role/guest", "rpo-breached", "rpo-breached",
    "false-positive", "outside-portal", "malicious-cause",
)  # fmt: skip
RECIPIENTS: Final = {
    "internal-alert": ("internal",), "unassessed-alert": ("internal",), "stakeholder-notice": ("stakeholders",),
    "resolution-message": ("client/acme", "client/blue", "client/coda", "client/unspecified"),
    "client-update": ("client/acme", "client/blue", "client/coda", "client/unspecified"), "oaic-notice": ("oaic",),
    "eu-authority-notice": ("authority/de", "authority/fr", "authority/unspecified"),
    "eu.gdpr.33-1": ("authority/de", "authority/fr", "authority/unspecified"),
}  # fmt: skip
STATES: Final = ("share-link-status", "mitigation-steps", "action-summary")

STARTS: Final = (
    "2025-04-04T16:55:00+11:00",  # the Friday before the clocks go back
    "2025-04-06T01:40:00+11:00",
    "2025-04-17T16:40:00+10:00",  # the eve of Good Friday
    "2025-10-03T16:55:00+10:00",  # Friday before Labour Day and the clocks going forward
    "2025-10-05T01:30:00+10:00",
    "2025-12-24T15:10:00+11:00",
    "2025-12-31T23:20:00+11:00",
    "2026-01-23T16:55:00+11:00",
    "2026-04-02T16:55:00+11:00",
    "2026-04-05T02:10:00+10:00",
    "2026-04-24T14:59:59+10:00",
    "2026-06-05T16:55:00+10:00",
    "2026-10-02T17:00:00+10:00",
    "2026-10-04T03:05:00+11:00",
    "2026-12-24T10:00:00+11:00",
    "2027-03-24T16:30:00+11:00",
    "2027-04-04T01:59:00+11:00",
    "2027-06-11T08:59:59+10:00",
)
EXACT_STEPS: Final = (
    timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2),
    timedelta(hours=4), timedelta(hours=24), timedelta(hours=72),
)  # fmt: skip

CONTACT_OF: Final = {
    "incident-commander": "reliability-partner", "security-lead": "security-specialist",
    "legal-liaison": "legal-counsel",
}  # fmt: skip


ALWAYS: Final = ("kind", "incident", "at", "recorded_at", "precision")
_REASON: Final = {"by": "incident-commander", "reason": "looked again"}
_WITHOUT_RISK: Final = {"ground": "no risk", "reason": "looked at it", "by": "legal-liaison"}
PLOTS: Final[tuple[tuple[tuple[str, dict[str, Any]], ...], ...]] = (
    (
        ("facts-reported", {"facts": {"risk-unlikely": "yes"}}),
        ("not-notifying", {"duty": "eu.gdpr.33-1", "recipient": "authority/unspecified", **_WITHOUT_RISK}),
        ("breach-finding", {"finding": "aware"}),
        ("facts-reported", {"facts": {"risk-unlikely": "no"}}),
        ("facts-reported", {"facts": {"risk-unlikely": "yes"}}),
    ),
    (
        ("breach-finding", {"finding": "confirmed"}),
        ("facts-reported", {"facts": {"affected-in/de": "yes"}}),
        ("breach-finding", {"finding": "not-a-breach", "by": "legal-liaison"}),
        ("not-notifying", {"duty": "eu-authority-notice", "recipient": "authority/de", **_WITHOUT_RISK}),
        ("not-notifying", {"duty": "oaic-notice", "recipient": "oaic", **_WITHOUT_RISK}),
    ),
    (
        ("severity-decided", {"severity": "SEV0", **_REASON}),
        ("severity-decided", {"severity": "SEV2", "lowering": "classified-in-error", **_REASON}),
        ("severity-decided", {"severity": "SEV0", **_REASON}),
    ),
    (
        ("facts-reported", {"facts": {"streaming-unavailable": "yes"}}),
        ("facts-reported", {"facts": {"streaming-unavailable": "no"}}),
    ),
    (
        ("facts-reported", {"facts": {"clients-impacted": "yes", "major-function-lost": "yes"}}),
        ("facts-reported", {"facts": {"client/acme": "yes", "client/blue": "unknown"}}),
        ("notice-sent", {"duties": ["client-update"], "recipients": ["client/acme"], "states": list(STATES)}),
        ("facts-reported", {"facts": {"client/blue": "no", "client/acme": "no"}}),
        ("severity-decided", {"severity": "SEV0", "by": "ana"}),
    ),
    (
        ("facts-reported", {"facts": {"exfiltration-likely": "yes"}}),
        ("notice-sent", {"duties": ["internal-alert", "stakeholder-notice"], "recipients": ["internal"],
                         "next_update_by": "2028-01-01T00:00:00Z"}),
        ("facts-reported", {"facts": {"exfiltration-likely": "no"}}),
    ),
    (
        ("closed", {"outcome": "resolved", "by": "incident-commander"}),
        ("reopened", {"reason": "it came back"}),
        ("postmortem-distributed", {}),
    ),
    (
        ("severity-decided", {"severity": "SEV2", **_REASON}),
        ("facts-reported", {"facts": {"notifications-blocked": "yes"}}),
        ("notice-sent", {"duties": ["internal-alert"], "recipients": ["internal"]}),
        ("severity-decided", {"severity": "SEV0", "by": "bo"}),
    ),
    (
        ("breach-finding", {"finding": "aware", "precision": "minute"}),
        ("breach-finding", {"finding": "aware", "tie": True}),
    ),
    (
        ("facts-reported", {"facts": {"clients-impacted": "yes", "asset-compromised": "yes", "client/acme": "yes"}}),
        ("notice-sent", {"duties": ["internal-alert"], "recipients": ["client/acme", "stakeholders"],
                         "next_update_by": "2028-01-01T00:00:00Z"}),
        ("facts-reported", {"facts": {"client/acme": "no"}}),
    ),
    (
        ("phase-not-applicable", {"phase": "contain", "reason": "nothing to contain"}),
        ("phase-not-applicable", {"phase": "eradicate", "reason": "nothing to remove"}),
        ("phase-entered", {"phase": "recover"}),
        ("closed", {"outcome": "resolved", "by": "incident-commander"}),
        ("reopened", {"reason": "it came back"}),
        ("phase-entered", {"phase": "recover"}),
    ),
    (
        ("role-taken", {"role": "incident-commander", "person": "ana"}),
        ("role-taken", {"role": "incident-commander", "person": "bo"}),
        ("facts-reported", {"facts": {"partial-outage": "yes"}}),
        ("role-released", {"role": "incident-commander", "person": "ana"}),
    ),
    (
        ("breach-finding", {"finding": "confirmed"}),
        ("facts-reported", {"facts": {"affected-in/fr": "unknown", "affected-in/de": "no"}}),
        ("facts-reported", {"facts": {"eu-establishment": "yes"}}),
        ("facts-reported", {"facts": {"eu-establishment": "no"}}),
    ),
    (
        ("facts-reported", {"facts": {"clients-impacted": "yes", "major-function-lost": "yes"}}),
        ("recovered", {}),
        ("facts-reported", {"facts": {"client/acme": "yes", "client/blue": "yes"}}),
        ("notice-sent", {"duties": ["resolution-message"], "recipients": ["client/acme"], "states": list(STATES)}),
        ("facts-reported", {"facts": {"client/blue": "no", "client/acme": "no"}}),
    ),
    (
        ("notice-drafted", {"notice": "n3", "digest": "d", "duties": ["client-update"], "recipients": ["client/acme"],
                            "states": list(STATES), "next_update_by": "2024-01-01T00:00:00Z"}),
        ("notice-sent", {"notice": "n3"}),
        ("notice-sent", {"notice": "n3", "next_update_by": "2028-01-01T00:00:00Z"}),
        ("closed", {"outcome": "false-positive", "by": "incident-commander"}),
    ),
    (
        ("action-opened", {"action": "a1", "owner": "ana", "due": "2027-12-01T00:00:00Z"}),
        ("action-opened", {"action": "a1", "owner": "bo", "due": "2024-12-01T00:00:00Z"}),
        ("action-closed", {"action": "a1"}),
        ("action-opened", {"action": "a1", "owner": "cy", "due": "2027-11-01T00:00:00Z"}),
    ),
    (
        ("facts-reported", {"facts": {"asset-compromised": "yes", "client/acme": "yes"}}),
        ("closed", {"outcome": "duplicate", "by": "incident-commander"}),
        ("notice-sent", {"duties": ["client-update"], "recipients": ["client/acme"], "states": list(STATES)}),
        ("step-done", {"step": "checklist-updated"}),
        ("reopened", {"reason": "it came back"}),
        ("closed", {"outcome": "resolved", "by": "incident-commander"}),
    ),
    (
        ("closed", {"outcome": "resolved", "by": "incident-commander", "precision": "minute"}),
        ("step-done", {"step": "checklist-updated", "tie": True}),
        ("step-done", {"step": "checklist-updated"}),
    ),
)  # fmt: skip
