"""A backend in miniature: store lines, ask before acting, show what is owed, wake at one instant.

Run it with ``python examples/embed_in_backend.py``. Time is a list of instants here; a real host uses its clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import ir_policy as ir

policy = ir.load_policy("motion-mavericks")
table: list[str] = []  # one append-only row for each event: what a real host keeps in its database


def append(step: ir.Step) -> ir.Incident:
    """Store the event; everything else can be derived again."""
    table.append(ir.write_log([step.event]))
    return step.incident


def handle(incident: ir.Incident, event: ir.Event) -> ir.Incident:
    """A request: refuse with the clause, or store and answer."""
    try:
        step = ir.apply(incident, event)
    except ir.Refused as refused:
        for refusal in refused.refusals:
            print(f"409 {refusal}")
        return incident
    print(f"201 {event.kind}: opened {list(step.opened)}, discharged {list(step.discharged)}")
    return append(step)


def remind(incident: ir.Incident, now: datetime) -> datetime | None:
    """The poller's work: say what needs somebody, and when to come back."""
    for owed in ir.obligations(incident, now):
        if owed.verdict in ("at-risk", "missed"):
            print(f"{now:%H:%M} {owed.verdict}: {owed.title} ({owed.owed_by}), clause {owed.clause}")
    return ir.next_wakeup(incident, now)


start = datetime(2026, 4, 3, 8, 5, tzinfo=timezone.utc)
about = {"incident": "inc-7", "by": "dana"}
incident = append(ir.open_incident(policy, ir.Detected(at=start, source="sentry", **about)))
minute = timedelta(minutes=1)
for event in (
    ir.FactsReported(at=start + 2 * minute, facts={"streaming-unavailable": ir.YES}, **about),
    ir.SeverityDecided(at=start + 3 * minute, severity=ir.Severity.SEV3, **about),
    ir.RoleChange(kind="role-taken", at=start + 4 * minute, role="incident-commander", person="dana", **about),
    ir.SeverityDecided(at=start + 5 * minute, severity=ir.Severity.SEV1, **about),
):
    incident = handle(incident, event)

wake: datetime | None = start + 5 * minute
while wake is not None and wake < start + timedelta(hours=5):
    wake = remind(incident, wake)

assert ir.replay(policy, ir.read_log("".join(table))) == incident  # the log is the incident
