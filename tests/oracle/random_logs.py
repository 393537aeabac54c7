"""Random logs of one incident: plausible in outline, nasty in detail, the same for the same seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from ir_policy.log.events import Event, event_from_wire
from ir_policy.terms import MICROSECOND, NO, Truth, rfc3339
from oracle.oracle import World

UTC: Final = timezone.utc
EAST: Final = timezone(timedelta(hours=10))

UNKNOWN_KIND: Final = "satellite-lost"
WEIGHTS: Final = {
    "detected": 1.5, "facts-reported": 21, "severity-decided": 9, "role-taken": 4, "role-released": 2.3,
    "handover-accepted": 2, "phase-entered": 5, "phase-not-applicable": 2, "step-done": 4, "documented": 2.4,
    "notice-drafted": 3, "notice-sent": 14, "breach-finding": 7, "processor-told": 2, "not-notifying": 3,
    "hold-started": 2.5, "hold-released": 2.5, "recovered": 2.5, "postmortem-distributed": 2.2, "closed": 2.5,
    "reopened": 2, "waived": 2.4, "corrected": 4, "note": 2,
}  # fmt: skip
KINDS_USED: Final = (*WEIGHTS, UNKNOWN_KIND)

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
STEPS: Final = ("clean-up", "remove-access", "restore-configuration", "forensic-snapshot", "isolate", "patch")
RECIPIENTS: Final = {
    "internal-alert": ("internal",), "unassessed-alert": ("internal",), "stakeholder-notice": ("stakeholders",),
    "client-update": ("client/acme", "client/blue", "client/coda", "client/unspecified"), "oaic-notice": ("oaic",),
    "eu-authority-notice": ("authority/de", "authority/fr", "authority/unspecified"),
    "eu.gdpr.33-1": ("authority/de", "authority/fr", "authority/unspecified"),
}  # fmt: skip
STATES: Final = ("share-link-status", "mitigation-steps")

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


class _Writer:
    """The state of one log while it is being made up."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.lines: list[dict[str, Any]] = []
        self.at = self._start()
        self.clock = self.at
        self.said: dict[str, str] = {}
        self.closed = False
        self.drafts: list[str] = []
        self.drill = rng.random() < 0.08
        self.opaque = rng.random() < 0.2
        self.lean = rng.choice(("privacy", "outage", "clients", "mixed", "mixed"))
        self.quick = rng.random() < 0.5

    def _start(self) -> datetime:
        rng = self.rng
        if rng.random() < 0.4:
            return datetime.fromisoformat(rng.choice(STARTS)).astimezone(UTC)
        first = datetime(2025, 1, 1, tzinfo=UTC)
        start = first + timedelta(seconds=rng.randrange(3 * 365 * 86400))
        return start + timedelta(microseconds=rng.choice((0, 0, 1, 999_999, 250_000)))

    # --- time -------------------------------------------------------------------------------------------

    def next_at(self) -> datetime:
        rng = self.rng
        chance = rng.random()
        if chance < 0.21:
            return self.at
        if chance < 0.30:
            return self.at + timedelta(seconds=rng.randrange(1, 60))
        if self.quick and chance < 0.93:
            return self.at + timedelta(seconds=rng.randrange(10, 700))
        if chance < 0.60:
            return self.at + timedelta(minutes=rng.randrange(1, 60), seconds=rng.choice((0, 0, 17)))
        if chance < 0.70:
            return self.at + rng.choice(EXACT_STEPS) + rng.choice((-1, 0, 0, 1)) * MICROSECOND
        if chance < 0.90:
            return self.at + timedelta(minutes=rng.randrange(60, 15 * 60))
        return self.at + timedelta(hours=rng.randrange(12, 24 * 20))

    def before(self, at: datetime) -> datetime:
        """Some instant not after the given one."""
        rng = self.rng
        back = rng.choice((timedelta(0), MICROSECOND, timedelta(minutes=7), timedelta(minutes=40), timedelta(hours=3),
                           timedelta(hours=26), timedelta(days=4)))  # fmt: skip
        if self.lines and rng.random() < 0.3:
            other = datetime.fromisoformat(rng.choice(self.lines)["at"].replace("Z", "+00:00")).astimezone(UTC)
            return min(other, at)
        return at - back

    def plot(self) -> None:
        """A few events that belong together, such as chance alone seldom brings about."""
        rng = self.rng
        for kind, given in rng.choice(_PLOTS):
            if rng.random() < 0.3:
                self.write(rng.choice(("note", "facts-reported", "severity-decided", "notice-sent")))
            self.write(kind, **given)

    # --- one event --------------------------------------------------------------------------------------

    def write(self, kind: str, **given: Any) -> None:
        """One line of that kind; what is given replaces what would have been made up."""
        rng = self.rng
        line: dict[str, Any] = {"kind": kind, "incident": "inc-1"}
        at = self.at if not self.lines else self.next_at()
        late = bool(self.lines) and rng.random() < 0.11
        if late:
            at = self.before(self.at - timedelta(seconds=rng.choice((1, 30, 600))))
        else:
            self.at = at
        if given.pop("tie", False):
            at = datetime.fromisoformat(self.lines[-1]["at"].replace("Z", "+00:00")).astimezone(UTC)
        elif "precision" in given or rng.random() < 0.05:
            line["precision"] = given.get("precision") or rng.choice(("minute", "minute", "day"))
        if line.get("precision"):
            if line["precision"] == "day":
                at = at.astimezone(EAST).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
            else:
                at = at.replace(second=0, microsecond=0)
        # A day is a day of some place: it keeps its offset, an instant does not.
        line["at"] = at.astimezone(EAST).isoformat() if line.get("precision") == "day" else rfc3339(at)
        self.clock = max(self.clock, at)
        if rng.random() < (0.8 if late else 0.47):
            self.clock += timedelta(seconds=rng.choice((0, 0, 0, 5, 90, 4000)))
            line["recorded_at"] = rfc3339(rng.choice((at, self.clock)))
        fields = getattr(self, "_" + kind.replace("-", "_"), self._unknown)(at)
        line.update(fields)
        if given:
            line = {name: value for name, value in line.items() if name in _ALWAYS} | given
        line.setdefault("by", self.somebody())
        line["id"] = f"e{len(self.lines) + 1}"
        told_apart = kind not in ("closed", "severity-decided", UNKNOWN_KIND)
        if not given and told_apart and rng.random() < 0.08:
            # An id left out is a digest of the rest; the line number keeps two of the same words apart.
            line["by"] = f"{line['by']} {len(self.lines)}"
            del line["id"]
        self.lines.append(line)

    def somebody(self, role: str = "", trust: float = 0.75) -> str:
        rng = self.rng
        if role and rng.random() < trust:
            return rng.choice((role, role, _CONTACT_OF[role]))
        return rng.choice((*PEOPLE, *ROLES, *CONTACTS))

    def _detected(self, at: datetime) -> dict[str, Any]:
        fields: dict[str, Any] = {"source": self.rng.choice(("sentry", "mux", "user-report"))}
        if self.rng.random() < 0.3:
            fields["impact_started"] = rfc3339(self.before(at))
        if self.drill and self.rng.random() < 0.8:
            fields["drill"] = True
        return fields

    def _facts_reported(self, at: datetime) -> dict[str, Any]:
        rng = self.rng
        pool = {"privacy": PRIVACY * 2 + MATRIX, "clients": CLIENTS * 4 + MATRIX, "outage": MATRIX}.get(
            self.lean, MATRIX + PRIVACY + CLIENTS
        )
        facts: dict[str, str] = {}
        for _ in range(rng.choice((1, 1, 2, 3))):
            facts[rng.choice(pool)] = rng.choice(("yes", "yes", "yes", "no", "unknown"))
        yes = [fact for fact, value in self.said.items() if value != "no"]
        if yes and rng.random() < 0.25:
            facts[rng.choice(yes)] = "no"
        self.said.update(facts)
        fields: dict[str, Any] = {"facts": facts}
        if rng.random() < 0.32:
            fields["since"] = rfc3339(self.before(at))
        return fields

    def _severity_decided(self, at: datetime) -> dict[str, Any]:
        rng = self.rng
        fields: dict[str, Any] = {
            "severity": rng.choice(("SEV0", "SEV1", "SEV1", "SEV2", "SEV2", "SEV3")),
            "by": self.somebody("incident-commander", 0.65),
        }
        if rng.random() < 0.7:
            fields["reason"] = "seen enough"
        if rng.random() < 0.55:
            fields["lowering"] = rng.choice(("classified-in-error", "situation-improved"))
        return fields

    def _role(self) -> str:
        return self.rng.choice(("incident-commander", "incident-commander", *ROLES))

    def _role_taken(self, at: datetime) -> dict[str, Any]:
        return {"role": self._role(), "person": self.rng.choice(PEOPLE), "acting": self.rng.random() < 0.3}

    def _role_released(self, at: datetime) -> dict[str, Any]:
        return {"role": self._role(), "person": self.rng.choice(PEOPLE)}

    def _handover_accepted(self, at: datetime) -> dict[str, Any]:
        one, other = self.rng.sample(PEOPLE, 2)
        return {"role": self._role(), "person": one, "to": other}

    def _phase_entered(self, at: datetime) -> dict[str, Any]:
        return {"phase": self.rng.choice(("assess", "assess", "contain", "contain", "eradicate", "recover", "close",
                                          "detect"))}  # fmt: skip

    def _phase_not_applicable(self, at: datetime) -> dict[str, Any]:
        return {"phase": self.rng.choice(("assess", "contain", "eradicate", "recover")), "reason": "nothing to do"}

    def _step_done(self, at: datetime) -> dict[str, Any]:
        return {"step": self.rng.choice(STEPS)}

    def _documented(self, at: datetime) -> dict[str, Any]:
        return {"summary": "what it was", "disposition": "what became of it"}

    def _about(self) -> dict[str, Any]:
        rng = self.rng
        duties = rng.sample(sorted(RECIPIENTS), rng.choice((1, 1, 1, 2)))
        recipients = {rng.choice(RECIPIENTS[duty]) for duty in duties}
        if rng.random() < 0.3:
            recipients |= set(RECIPIENTS[rng.choice(duties)])
        if rng.random() < 0.1:
            recipients.add(rng.choice(("internal", "oaic", "individuals")))
        fields: dict[str, Any] = {"duties": duties, "recipients": sorted(recipients)}
        states = rng.choice((STATES, STATES, STATES, STATES[:1], ()))
        if states:
            fields["states"] = list(states)
        if rng.random() < 0.08:
            fields["stage"] = rng.choice(("initial", "final"))
        return fields

    def _notice_drafted(self, at: datetime) -> dict[str, Any]:
        notice = f"n{self.rng.randrange(1, 4)}"
        self.drafts.append(notice)
        fields = {"notice": notice, "digest": f"sha256:{len(self.lines)}", **self._about()}
        if self.rng.random() < 0.1:
            fields["next_update_by"] = rfc3339(at + timedelta(hours=2))
        return fields

    def _notice_sent(self, at: datetime) -> dict[str, Any]:
        rng = self.rng
        fields: dict[str, Any] = {}
        if rng.random() < 0.35 and (self.drafts or rng.random() < 0.1):
            fields["notice"] = rng.choice(self.drafts or ["n9"])
            about = self._about()
            for name in about if rng.random() < 0.3 else ():
                if rng.random() < 0.5:
                    fields[name] = about[name]
        else:
            fields.update(self._about())
        if rng.random() < 0.12:
            fields["next_update_by"] = rfc3339(at + timedelta(hours=rng.choice((1, 4))))
        return fields

    def _breach_finding(self, at: datetime) -> dict[str, Any]:
        rng = self.rng
        finding = rng.choice((*FINDINGS, "confirmed", "confirmed", "aware", "suspected"))
        fields: dict[str, Any] = {"finding": finding, "by": self.somebody("legal-liaison", 0.5)}
        if rng.random() < 0.25:
            fields["position"] = rng.choice(("controller", "processor"))
        if rng.random() < 0.32:
            fields["since"] = rfc3339(self.before(at))
        return fields

    def _processor_told(self, at: datetime) -> dict[str, Any]:
        return {"vendor": "neon"}

    def _not_notifying(self, at: datetime) -> dict[str, Any]:
        rng = self.rng
        duty = rng.choice(("eu.gdpr.33-1", "eu.gdpr.33-1", "eu.gdpr.33-1", "eu-authority-notice", "oaic-notice",
                           "oaic-notice", "respond", "no-such-duty"))  # fmt: skip
        recipient = rng.choice(RECIPIENTS.get(duty, ("internal",)))
        return {"duty": duty, "recipient": recipient, "ground": "no risk", "reason": "looked at it",
                "by": self.somebody("legal-liaison", 0.85)}  # fmt: skip

    def _hold_started(self, at: datetime) -> dict[str, Any]:
        return {"scope": "all requests"}

    def _hold_released(self, at: datetime) -> dict[str, Any]:
        return {"scope": "all requests", "by": self.somebody("legal-liaison", 0.6)}

    def _recovered(self, at: datetime) -> dict[str, Any]:
        return {}

    def _postmortem_distributed(self, at: datetime) -> dict[str, Any]:
        return {"evidence": ["the signed copy"]}

    def _closed(self, at: datetime) -> dict[str, Any]:
        by = self.somebody("incident-commander", 0.85)
        self.closed = self.closed or by == "incident-commander"
        return {"outcome": self.rng.choice(("resolved", "false-positive")), "by": by}

    def _reopened(self, at: datetime) -> dict[str, Any]:
        self.closed = False
        return {"reason": "it came back"}

    def _waived(self, at: datetime) -> dict[str, Any]:
        rng = self.rng
        by = self.somebody("security-lead", 0.6)
        if rng.random() < 0.6:
            gate = rng.choice(
                ("snapshot-before-cleanup", "snapshot-before-cleanup", "commander-closes", "no-such-gate")
            )
            return {"gate": gate, "reason": "no other way", "by": by}
        key = rng.choice(("internal-alert@internal#0", "respond@internal#0", "client-update@client/acme#0",
                          "recover@internal#1", "no-such-duty@internal#0", "anything"))  # fmt: skip
        return {"obligation": key, "reason": "no other way", "by": by}

    def _corrected(self, at: datetime) -> dict[str, Any]:
        rng = self.rng
        targets = [line for line in self.lines if "id" in line] or [{"id": "e404", "kind": "note", "at": rfc3339(at)}]
        guarded = [line for line in targets if line["kind"] in ("breach-finding", "processor-told", "detected")]
        target = rng.choice(guarded if guarded and rng.random() < 0.45 else targets)
        name = target["id"] if rng.random() < 0.93 else f"e{rng.choice((404, len(self.lines) + 2))}"
        fields = self._mended(target)
        return {"event": name, "fields": fields, "reason": "wrongly noted", "evidence": ["ticket 7"],
                "by": self.somebody("legal-liaison", 0.5)}  # fmt: skip

    def _mended(self, target: dict[str, Any]) -> dict[str, Any]:
        """Other values for one field of the event, mostly such as it has."""
        rng = self.rng
        at = datetime.fromisoformat(target["at"].replace("Z", "+00:00")).astimezone(UTC)
        moved = at + rng.choice((-1, -1, 1, 1)) * rng.choice(
            (timedelta(minutes=9), timedelta(hours=5), timedelta(days=3))
        )
        kind = target["kind"]
        choices: list[dict[str, Any]] = [{"at": rfc3339(moved)}, {"at": rfc3339(moved), "recorded_at": None}]
        choices += [{"by": self.somebody()}]
        if kind in ("facts-reported", "breach-finding"):
            choices += [{"since": rfc3339(self.before(at))}] * 3 + [{"since": None}]
        if kind == "facts-reported":
            choices += [{"facts": {fact: rng.choice(("yes", "no", "unknown")) for fact in target["facts"]}}] * 3
        if kind == "breach-finding":
            choices += [{"finding": rng.choice(FINDINGS)}, {"position": rng.choice(("controller", "processor"))}]
        if kind == "severity-decided":
            choices += [{"severity": rng.choice(("SEV0", "SEV1", "SEV2", "SEV3"))}, {"reason": "said later"}]
        if kind == "notice-sent":
            choices += [{"states": list(STATES)}, {"recipients": ["internal", "client/acme"]}]
        if kind == "detected":
            choices += [{"drill": rng.random() < 0.3}, {"impact_started": rfc3339(self.before(at))}]
        choices += [rng.choice(({"kind": "note"}, {"id": "e1"}, {"nonsense": 1}, {"precision": "minute"},
                                {"at": "yesterday"}, {"incident": "inc-2"}))]  # fmt: skip
        return rng.choice(choices)

    def _note(self, at: datetime) -> dict[str, Any]:
        return {"text": f"line {len(self.lines)}"}

    def _unknown(self, at: datetime) -> dict[str, Any]:
        return {"payload": {"n": len(self.lines)}}


_CONTACT_OF: Final = {
    "incident-commander": "reliability-partner", "security-lead": "security-specialist",
    "legal-liaison": "legal-counsel",
}  # fmt: skip


_ALWAYS: Final = ("kind", "incident", "at", "recorded_at", "precision")
_REASON: Final = {"by": "incident-commander", "reason": "looked again"}
_WITHOUT_RISK: Final = {"ground": "no risk", "reason": "looked at it", "by": "legal-liaison"}
_PLOTS: Final[tuple[tuple[tuple[str, dict[str, Any]], ...], ...]] = (
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
)  # fmt: skip


def random_log(rng: random.Random) -> list[Event]:
    """One incident's log, 1 to 40 events in recorded order."""
    writer = _Writer(rng)
    length = rng.choice((rng.randrange(1, 10), rng.randrange(5, 25), rng.randrange(10, 41)))
    if rng.random() < 0.95:
        writer.write("detected")
    while len(writer.lines) < length:
        if rng.random() < 0.045 and len(writer.lines) < 28:
            writer.plot()
            continue
        weights = dict(WEIGHTS)
        if writer.opaque:
            weights[UNKNOWN_KIND] = 12
        if writer.lean == "privacy":
            for kind in ("breach-finding", "not-notifying", "hold-started", "processor-told"):
                weights[kind] *= 1.7
        if writer.closed:
            weights["reopened"] = 18
        writer.write(rng.choices(list(weights), list(weights.values()))[0])
    return [_event(line) for line in writer.lines]


def _event(line: dict[str, Any]) -> Event:
    """The event of a line; a line without an id gets the digest of its words."""
    if "id" in line:
        return event_from_wire(line)
    from ir_policy.log.events import KINDS

    said = {name: value for name, value in line.items() if name != "acting" or value}
    return KINDS[line["kind"]].cls(**said)


# --- what was made up -----------------------------------------------------------------------------------


def mix(logs: Iterable[Sequence[Event]]) -> Counter[str]:
    """How often each kind came, and how often the nasty things: ties, late entries and others."""
    counted: Counter[str] = Counter()
    for log in logs:
        counted["= logs"] += 1
        reported: dict[str, Truth] = {}
        retracted = False
        for index, event in enumerate(log):
            counted[event.kind] += 1
            counted["= events"] += 1
            before = log[index - 1] if index else None
            counted["= tie"] += before is not None and before.at == event.at
            counted["= late"] += any(earlier.at > event.at for earlier in log[:index])
            counted["= precision"] += bool(event.precision)
            counted["= recorded_at"] += event.recorded_at is not None
            if event.kind in ("facts-reported", "breach-finding"):
                counted["= facts and findings"] += 1
                counted["= since"] += getattr(event, "since", None) is not None
            for fact, value in getattr(event, "facts", {}).items() if event.kind == "facts-reported" else ():
                if value is NO and fact.startswith(("client/", "affected-in/")):
                    retracted = retracted or reported.get(fact, NO) is not NO
                reported[fact] = value
        counted["= logs reopened"] += any(event.kind == "reopened" for event in log)
        counted["= logs with recipients retracted"] += retracted
        counted["= logs with a drill"] += any(getattr(event, "drill", False) for event in log)
    return counted


def share(counted: Counter[str], what: str) -> float:
    """Of all events, or of what else it is a part of, in per cent."""
    whole = {"= since": "= facts and findings"}.get(what, "= logs" if what.startswith("= logs ") else "= events")
    return 100 * counted[what] / max(1, counted[whole])


def mix_in_words(counted: Counter[str]) -> str:
    """The mix as lines of per cent, the most frequent first."""
    rows = [f"{counted['= logs']} logs, {counted['= events']} events"]
    for what, _ in sorted(counted.items(), key=lambda item: (item[0].startswith("="), -item[1], item[0])):
        if what not in ("= logs", "= events", "= facts and findings"):
            rows.append(f"  {share(counted, what):5.1f} %  {what}")
    return "\n".join(rows)


def probe_instants(world: World, rng: random.Random, count: int) -> list[datetime]:
    """Instants at which something may turn: when events happened, when deadlines near or end, or beside it."""
    first, last = world.story[0].at, world.story[-1].at
    instants = {event.at for event in world.story}
    for row in world.obligations(last).values():
        for due in (row.due_at, row.binding_due_at):
            if due is not None:
                nearly = {due, due - (due - row.anchor) / 5, due - timedelta(minutes=5)}
                instants |= {one + beside for one in nearly for beside in (-MICROSECOND, timedelta(0), MICROSECOND)}
    span = (last - first) // MICROSECOND
    instants |= {first + timedelta(microseconds=rng.randrange(span + 1)) for _ in range(3)}
    instants |= {last + timedelta(seconds=rng.randrange(1, 40 * 86400)) for _ in range(2)}
    kept = sorted(instant for instant in instants if instant >= first)
    return sorted(rng.sample(kept, min(count, len(kept))))
