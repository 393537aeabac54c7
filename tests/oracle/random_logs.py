"""Random logs of one incident: plausible in outline, nasty in detail, the same for the same seed."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from typing import Any, Final
from zoneinfo import ZoneInfo

from ir_policy.log.events import KINDS, Event, event_from_wire
from ir_policy.terms import MICROSECOND, rfc3339
from oracle.random_lives import life
from oracle.random_notices import COMMAND, COUNSEL, NOTICES, Notices, notice_life
from oracle.random_words import (
    ALWAYS,
    CLIENTS,
    CONTACT_OF,
    CONTACTS,
    EXACT_STEPS,
    FINDINGS,
    MATRIX,
    OTHER_FACTS,
    OUTCOMES,
    PEOPLE,
    PLOTS,
    PRIVACY,
    RECIPIENTS,
    ROLES,
    STARTS,
    STATES,
    STEPS,
)

UTC: Final = timezone.utc
EAST: Final = timezone(timedelta(hours=10))
SYDNEY: Final = ZoneInfo("Australia/Sydney")

UNKNOWN_KIND: Final = "satellite-lost"
WEIGHTS: Final = {
    "detected": 2, "facts-reported": 17, "severity-decided": 8, "role-taken": 3, "role-released": 9,
    "handover-accepted": 10, "phase-entered": 3, "phase-not-applicable": 4, "step-done": 3, "documented": 2,
    "notice-drafted": 3, "notice-edited": 3, "notice-sent": 11, "breach-finding": 6, "processor-told": 9,
    "not-notifying": 3.5, "hold-started": 3.4, "hold-released": 9, "recovered": 2, "postmortem-distributed": 8,
    "closed": 4, "reopened": 4, "waived": 7, "corrected": 9, "note": 1, "channel-opened": 2, "merged": 6,
    "action-opened": 3.5, "action-closed": 3, "notice-review-requested": 1.5, "notice-reviewed": 1.5, "notice-approved": 1.5,
    "notice-rejected": 6, "notice-delivered": 2.5, "notice-failed": 3, "notice-withdrawn": 8,
}  # fmt: skip
KINDS_USED: Final = (*WEIGHTS, UNKNOWN_KIND)


class _Writer:
    """The state of one log while it is being made up."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.lines: list[dict[str, Any]] = []
        self.at = self._start()
        self.clock = self.at
        self.said: dict[str, str] = {}
        self.closed = False
        self.notices = Notices(rng)
        self.actions: list[str] = []
        self.drill = rng.random() < 0.12
        self.notices.drill = self.drill
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
        for kind, given in rng.choice(PLOTS):
            if rng.random() < 0.3:
                self.write(rng.choice(("note", "facts-reported", "severity-decided", "notice-sent")))
            self.write(kind, **given)

    def live(self) -> None:
        """A life of the incident up to its closing, in which little, some or much is forgotten."""
        rng = self.rng
        forgotten = rng.choice((0, 0, 0.02, 0.05, 0.15))
        self.quick = rng.random() < 0.75
        for kind, given in life(rng, rng.choice(("resolved", "resolved", "resolved", *OUTCOMES))):
            if rng.random() < forgotten:
                continue
            if rng.random() < 0.06:
                self.write(rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0])
            self.write(kind, **given)

    def notice(self) -> None:
        """A notice from its first word to its end, with something in between now and then."""
        rng = self.rng
        quick, self.quick = self.quick, rng.random() < 0.8
        for kind, given in notice_life(self.notices):
            if rng.random() < 0.05:
                continue
            if rng.random() < 0.08:
                self.write(rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0])
            self.write(kind, **given)
        self.quick = quick

    # --- one event --------------------------------------------------------------------------------------

    def write(self, kind: str, **given: Any) -> None:
        """One line of that kind; what is given replaces what would have been made up."""
        rng = self.rng
        line: dict[str, Any] = {"kind": kind, "incident": "inc-1"}
        at = self.at if not self.lines else self.next_at()
        if "after" in given:
            at = self.at + given.pop("after")
        late = bool(self.lines) and rng.random() < 0.11
        if late:
            at = self.before(self.at - timedelta(seconds=rng.choice((1, 30, 600))))
        else:
            self.at = at
        if given.pop("tie", False):
            at = datetime.fromisoformat(self.lines[-1]["at"].replace("Z", "+00:00")).astimezone(UTC)
        elif "precision" in given or rng.random() < (0.15 if kind == "closed" else 0.05):
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
            line = {name: value for name, value in line.items() if name in ALWAYS} | _dated(given, at)
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
            return rng.choice((role, role, CONTACT_OF[role]))
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
        pool += OTHER_FACTS
        facts: dict[str, str] = {}
        for _ in range(rng.choice((1, 1, 2, 3))):
            facts[rng.choice(pool)] = rng.choice(("yes", "yes", "yes", "no", "unknown"))
        yes = [fact for fact, value in self.said.items() if value != "no"]
        if yes and rng.random() < 0.25:
            facts[rng.choice(yes)] = "no"
        self.said.update(facts)
        fields: dict[str, Any] = {"facts": facts}
        if rng.random() < 0.6:
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
        fields: dict[str, Any] = {"phase": self.rng.choice(("assess", "contain", "eradicate", "recover"))}
        return fields | ({"reason": "nothing to do"} if self.rng.random() < 0.8 else {})

    def _channel_opened(self, at: datetime) -> dict[str, Any]:
        """Mostly named after the day of detection; else another day, letters, length or joint."""
        rng = self.rng
        signals = [line["at"] for line in self.lines if line["kind"] in ("detected", "reopened")] or [rfc3339(at)]
        first = datetime.fromisoformat(rng.choice((signals[0], signals[-1])).replace("Z", "+00:00"))
        day = first.astimezone(SYDNEY).strftime("%Y%m%d")
        if rng.random() < 0.75:
            return {"channel": f"#inc-{day}-{rng.choice(('mux-down', 'login', '2-clients-hit', 'x' * 66))}"}
        return {"channel": rng.choice((
            f"#inc-{first.astimezone(UTC):%Y%m%d}-mux-down", f"#inc-{at.astimezone(SYDNEY):%Y%m%d}-mux-down",
            f"#inc-{day}-Mux-down", f"#inc-{day}-mux--down", f"#inc-{day}-mux_down", f"#inc-{day}-", f"#inc-{day}",
            f"#inc-{day}-{'x' * 67}", f"#inc-{day}-down-", f"inc-{day}-down", f"##inc-{day}-down", "the bridge",
        ))}  # fmt: skip

    def _merged(self, at: datetime) -> dict[str, Any]:
        return {"into": "inc-2", "reason": "the same cause"}

    def _action_opened(self, at: datetime) -> dict[str, Any]:
        rng = self.rng
        action = f"a{rng.randrange(1, 4)}"
        self.actions.append(action)
        due = rng.choice((timedelta(hours=-2), timedelta(0), timedelta(minutes=10), timedelta(hours=5),
                          timedelta(days=3), timedelta(days=30)))  # fmt: skip
        return {"action": action, "owner": rng.choice(PEOPLE), "due": rfc3339(at + due)}

    def _action_closed(self, at: datetime) -> dict[str, Any]:
        return {"action": self.rng.choice((*self.actions, *self.actions, "a1", "a9"))}

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
        rng = self.rng
        notice = rng.choice(NOTICES)
        fields = self.notices.text(notice)
        if rng.random() < 0.6:
            fields.update(self._about())
        if rng.random() < 0.2:
            fields = fields | {"next_update_by": rfc3339(at + timedelta(hours=2))}
        return fields

    def _notice_edited(self, at: datetime) -> dict[str, Any]:
        return self._notice_drafted(at)

    def _notice_review_requested(self, at: datetime) -> dict[str, Any]:
        notice = self.notices.some()
        return {"notice": notice, "digest": self.notices.digest(notice)}

    def _notice_reviewed(self, at: datetime) -> dict[str, Any]:
        return (
            self._notice_review_requested(at) | _dated(self.notices.until(), at) | {"by": self.notices.by(COUNSEL, 0.8)}
        )

    def _notice_approved(self, at: datetime) -> dict[str, Any]:
        return (
            self._notice_review_requested(at) | _dated(self.notices.until(), at) | {"by": self.notices.by(COMMAND, 0.8)}
        )

    def _notice_rejected(self, at: datetime) -> dict[str, Any]:
        return self._notice_review_requested(at) | {"reason": "not so"}

    def _notice_delivered(self, at: datetime) -> dict[str, Any]:
        notice = self.notices.some()
        return {"notice": notice, **self.notices.whom(notice)}

    def _notice_failed(self, at: datetime) -> dict[str, Any]:
        return self._notice_delivered(at)

    def _notice_withdrawn(self, at: datetime) -> dict[str, Any]:
        return {"notice": self.notices.some()}

    def _notice_sent(self, at: datetime) -> dict[str, Any]:
        rng = self.rng
        fields: dict[str, Any] = {}
        if rng.random() < 0.5 and (self.notices.texts or rng.random() < 0.1):
            fields["notice"] = self.notices.some()
            if rng.random() < 0.4:
                fields["digest"] = self.notices.digest(fields["notice"])
            about = self._about()
            for name in about if rng.random() < 0.3 else ():
                if rng.random() < 0.5:
                    fields[name] = about[name]
        else:
            fields.update(self._about())
        if rng.random() < 0.14:
            promised = rng.choice((timedelta(minutes=10), timedelta(hours=1), timedelta(hours=4), timedelta(hours=-1)))
            fields["next_update_by"] = rfc3339(at + promised)
        return fields

    def _breach_finding(self, at: datetime) -> dict[str, Any]:
        rng = self.rng
        finding = rng.choice((*FINDINGS, "confirmed", "confirmed", "aware", "suspected"))
        fields: dict[str, Any] = {"finding": finding, "by": self.somebody("legal-liaison", 0.5)}
        if rng.random() < 0.25:
            fields["position"] = rng.choice(("controller", "processor"))
        if rng.random() < 0.6:
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
        return {"outcome": self.rng.choice(("resolved", "resolved", *OUTCOMES)), "by": by}

    def _reopened(self, at: datetime) -> dict[str, Any]:
        self.closed = False
        return {"reason": "it came back"}

    def _waived(self, at: datetime) -> dict[str, Any]:
        rng = self.rng
        by = self.somebody("security-lead", 0.6)
        if rng.random() < 0.6:
            gate = rng.choice(
                ("snapshot-before-cleanup", "snapshot-before-cleanup", "commander-closes", "no-such-gate",
                 "regulator-decision-before-close", "regulator-decision-before-close", "report-before-close")
            )  # fmt: skip
            if gate == "regulator-decision-before-close":
                by = self.somebody("legal-liaison", 0.7)
            return {"gate": gate, "reason": "no other way", "by": by}
        key = rng.choice(("internal-alert@internal#0", "respond@internal#0", "client-update@client/acme#0",
                          "recover@internal#1", "action-item@internal#0", "next-update@internal#0",
                          "no-such-duty@internal#0", "anything"))  # fmt: skip
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
        if kind in ("notice-reviewed", "notice-approved"):
            choices += [{"until": rfc3339(moved)}, {"digest": "sha256:other"}, {"notice": self.notices.some()}] * 2
        if kind in ("notice-failed", "notice-delivered", "notice-withdrawn"):
            choices += [{"notice": self.notices.some()}, {"recipients": ["client/acme"]}, {"recipients": None}] * 2
        if kind in ("notice-edited", "notice-rejected", "notice-review-requested", "notice-sent", "notice-drafted"):
            choices += [{"digest": self.notices.digest(self.notices.some())}]
        if kind in ("notice-sent", "notice-drafted", "notice-edited"):
            choices += [{"states": list(STATES)}, {"recipients": ["internal", "client/acme"]}]
            choices += [{"next_update_by": rfc3339(moved)}, {"next_update_by": None}]
        if kind == "closed":
            choices += [{"outcome": rng.choice(OUTCOMES)}] * 3 + [{"by": "incident-commander"}]
        if kind == "channel-opened":
            choices += [self._channel_opened(at)] * 2
        if kind == "action-opened":
            choices += [{"due": rfc3339(moved)}, {"owner": "cy"}, {"action": "a2"}]
        if kind == "action-closed":
            choices += [{"action": "a1"}]
        if kind == "step-done":
            choices += [{"step": rng.choice(STEPS)}]
        if kind == "detected":
            choices += [{"drill": rng.random() < 0.3}, {"impact_started": rfc3339(self.before(at))}]
        choices += [rng.choice(({"kind": "note"}, {"id": "e1"}, {"nonsense": 1}, {"precision": "minute"},
                                {"at": "yesterday"}, {"incident": "inc-2"}))]  # fmt: skip
        return rng.choice(choices)

    def _note(self, at: datetime) -> dict[str, Any]:
        return {"text": f"line {len(self.lines)}"}

    def _unknown(self, at: datetime) -> dict[str, Any]:
        return {"payload": {"n": len(self.lines)}}


def random_log(rng: random.Random) -> list[Event]:
    """One incident's log, 1 to about 90 events in recorded order."""
    writer = _Writer(rng)
    length = rng.choice((rng.randrange(1, 10), rng.randrange(5, 25), rng.randrange(10, 41)))
    if rng.random() < 0.95:
        writer.write("detected")
    if rng.random() < 0.3:
        writer.notice()
    if rng.random() < 0.5:
        writer.live()
        length = len(writer.lines) + rng.choice((0, 0, rng.randrange(1, 10), rng.randrange(5, 20)))
    while len(writer.lines) < length:
        if rng.random() < 0.045 and len(writer.lines) < 28:
            writer.plot()
            continue
        if rng.random() < 0.08 and len(writer.lines) < 36:
            writer.notice()
            continue
        weights = dict(WEIGHTS)
        if writer.opaque:
            weights[UNKNOWN_KIND] = 70
        if writer.lean == "privacy":
            for kind in ("breach-finding", "not-notifying", "hold-started", "processor-told"):
                weights[kind] *= 1.7
        if writer.closed:
            weights["reopened"] = 18
        writer.write(rng.choices(list(weights), list(weights.values()))[0])
        if writer.lines[-1]["kind"] == "reopened" and len(writer.lines) < 40 and rng.random() < 0.15:
            writer.live()
    return [_event(line) for line in writer.lines]


def _dated(given: dict[str, Any], at: datetime) -> dict[str, Any]:
    """What is said of how long something is good, as an instant."""
    fields = {name: value for name, value in given.items() if not name.startswith("good_for")}
    if "good_for" in given:
        fields["until"] = rfc3339(at + given["good_for"])
    if "good_for_more" in given:
        fields["next_update_by"] = rfc3339(at + timedelta(hours=2))
    return fields


def _event(line: dict[str, Any]) -> Event:
    """The event of a line; a line without an id gets the digest of its words."""
    if "id" in line:
        return event_from_wire(line)
    said = {name: value for name, value in line.items() if name != "acting" or value}
    return KINDS[line["kind"]].cls(**said)
