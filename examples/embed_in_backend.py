"""A backend in miniature: store lines, ask before acting, show what is owed, wake at one instant.

Run it with ``python examples/embed_in_backend.py``. Time is a list of instants here; a real host uses its clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import ir_policy as ir

policy = ir.load_policy("motion-mavericks")
table: list[str] = []  # append-only: what a real host keeps in its database, one row for each ``seq``
told: set[tuple[str, str]] = set()  # what people were told already


def store(step: ir.Step) -> ir.Incident:
    """Keep the event if it is new; everything else can be derived again. The first row pins the document."""
    if len(table) < step.incident.seq:
        table.append(ir.write_log([step.event], None if table else step.incident.pin))
    return step.incident


def handle(incident: ir.Incident, event: ir.Event) -> ir.Incident:
    """A request: refuse with the clause, or store and answer. A retry of a known event changes nothing."""
    try:
        step = ir.apply(incident, event)
    except ir.Refused as refused:
        print(*(f"409 {refusal}" for refusal in refused.refusals), sep="\n")
        return incident
    print(f"201 {event.kind}: opened {list(step.opened)}, discharged {list(step.discharged)}")
    return store(step)


def remind(incident: ir.Incident, now: datetime) -> datetime | None:
    """The poller's work: say once what needs somebody, and when to come back."""
    for owed in ir.obligations(incident, now):
        late = owed.overdue_by(now) is not None
        if (owed.verdict == "at-risk" or late) and (owed.key, owed.verdict) not in told:
            told.add((owed.key, owed.verdict))
            print(f"{now:%H:%M} {owed.verdict}: {owed.title} ({owed.owed_by}), clause {owed.clause}")
    return ir.next_wakeup(incident, now)


start, minute = datetime(2026, 4, 3, 8, 5, tzinfo=timezone.utc), timedelta(minutes=1)
about = {"incident": "inc-7", "by": "dana"}  # ``by`` comes from the host's own authentication
times = [{"at": start + n * minute, "recorded_at": start + n * minute} for n in range(6)]
incident = store(ir.open_incident(policy, ir.Detected(source="sentry", **about, **times[0])))
for event in (
    ir.FactsReported(facts={"streaming-unavailable": ir.YES}, **about, **times[2]),
    ir.SeverityDecided(severity=ir.Severity.SEV3, **about, **times[3]),
    ir.RoleChange(kind="role-taken", role="incident-commander", person="dana", **about, **times[4]),
    ir.SeverityDecided(severity=ir.Severity.SEV1, **about, **times[5]),
):
    incident = handle(incident, event)
wake: datetime | None = times[5]["at"]
while wake is not None and wake < start + timedelta(hours=5):
    wake = remind(incident, wake)
assert ir.replay(policy, ir.read_log("".join(table))) == incident  # the log is the incident
