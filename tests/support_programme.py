"""What the laws of the programme share: one that is opened, and what is said in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

import ir_policy as ir
from ir_policy.testing import told

POLICY: Final = ir.load_policy("motion-mavericks")
SYDNEY: Final = ZoneInfo("Australia/Sydney")
ALL_THREE: Final = ("neon-outage", "share-token-leak", "mux-drm-incident")
MICROSECOND: Final = timedelta(microseconds=1)


def local(year: int, month: int, day: int = 1, hour: int = 0, minute: int = 0) -> datetime:
    """An instant on the clock of Sydney, as UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=SYDNEY).astimezone(timezone.utc)


def opened(at: datetime | None = None, **said: Any) -> ir.Programme:
    return ir.open_programme(POLICY, opening(at or local(2025, 1), **said)).programme


def opening(at: datetime, **said: Any) -> ir.ProgrammeOpened:
    event = told("programme-opened", at, programme="drills", **said)
    assert isinstance(event, ir.ProgrammeOpened)
    return event


def held(drill: str, at: datetime, *covers: str, **said: Any) -> ir.Event:
    kind = POLICY.about.exercises[drill].held_as if drill in POLICY.about.exercises else "drill-held"
    return told(kind, at, programme="drills", drill=drill, covers=covers, evidence=("minutes",), **said)


def attested(duty: str, at: datetime, **said: Any) -> ir.Event:
    return told("readiness-attested", at, programme="drills", duty=duty, **said)


def action(what: str, at: datetime, due: datetime | None = None, **said: Any) -> ir.Event:
    """An action opened where it has a due, else closed."""
    if due is None:
        return told("action-closed", at, programme="drills", action=what, **said)
    return told("action-opened", at, programme="drills", action=what, due=due, **{"owner": "kim", **said})


def after(programme: ir.Programme, *events: ir.Event) -> ir.Programme:
    for event in events:
        programme = ir.record(programme, event).programme
    return programme


def one(programme: ir.Programme, key: str, now: datetime) -> ir.Obligation:
    return next(each for each in ir.obligations(programme, now) if each.key == key)


def verdicts(programme: ir.Programme, duty: str, now: datetime) -> list[str]:
    """The verdict of each period so far, in order."""
    return [each.verdict for each in ir.obligations(programme, now) if each.duty == duty]


def whole(programme: ir.Programme, asked: Iterable[datetime]) -> tuple[object, ...]:
    """Everything that follows from a log, asked at these instants."""
    moments = list(asked)
    return (
        programme.opened_at,
        programme.violations,
        [ir.obligations(programme, at) for at in moments],
        [ir.next_wakeup(programme, at) for at in moments],
        [ir.reminders(programme, None, at) for at in moments],
        [ir.drills(programme, at).as_json()["exercises"] for at in moments],
    )


# --- logs by chance ---------------------------------------------------------------------------------------

FIRST: Final = local(2024, 12, 20)
INSTANTS: Final = st.integers(0, 500 * 24).map(lambda hours: FIRST + timedelta(hours=hours)) | st.sampled_from(
    [
        local(year, month) + step
        for year in (2025, 2026)
        for month in (1, 4, 7, 10)
        for step in (-MICROSECOND, timedelta(0))
    ]
)
COVERS: Final = st.lists(st.sampled_from(ALL_THREE), unique=True, max_size=3)

MENDED: Final = st.sampled_from(
    (
        {"at": "2025-03-31T12:59:59.999999Z"}, {"at": "2025-03-31T13:00:00Z"}, {"drill": "tabletop"}, {"covers": list(ALL_THREE)},
        {"due": None}, {"kind": "note"}, {"precision": "month"}, {"due": "2025-05-01T00:00:00Z"},
    )
)  # fmt: skip


@st.composite
def events(draw: st.DrawFn, number: int) -> ir.Event:
    at = draw(INSTANTS)
    said: dict[str, Any] = {
        "id": f"e-{number}",
        "recorded_at": at + timedelta(hours=draw(st.sampled_from((0, 5, 2000)))),
    }
    kind = draw(
        st.sampled_from(("tabletop", "tabletop", "recovery-drill", "action-review", "word", "action", "closed", "mend"))
    )
    if kind == "word":
        return attested(draw(st.sampled_from(("on-call-configured", "contact-lists-current"))), at, **said)
    if kind in ("action", "closed"):
        due = None if kind == "closed" else at + timedelta(days=draw(st.integers(-2, 90)))
        return action(draw(st.sampled_from(("a-1", "a-2"))), at, due, **said)
    if kind == "mend":
        target = draw(st.sampled_from(("opening", *(f"e-{n}" for n in range(number)), "nothing")))
        return told("corrected", at, programme="drills", event=target, fields=draw(MENDED), **said)
    if draw(st.integers(0, 3)) == 0:
        zone = draw(st.sampled_from((SYDNEY, timezone.utc, timezone(timedelta(hours=-9)))))
        first = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        precision = draw(st.sampled_from(("day", "month")))
        first = first.replace(day=1) if precision == "month" else first
        said = {"id": said["id"], "precision": precision}
        at = datetime.fromisoformat(first.isoformat())
    return held(kind, at, *(draw(COVERS) if kind == "tabletop" else ()), **said)


@st.composite
def stories(draw: st.DrawFn, most: int = 12) -> Sequence[ir.Event]:
    """The log of a programme: an opening somewhere, and what was said in it in any order."""
    count = draw(st.integers(0, most))
    said = [draw(events(number)) for number in range(count)]
    start = opening(
        draw(st.sampled_from((FIRST, local(2025, 1), local(2025, 2, 10), local(2025, 3, 31)))), id="opening"
    )
    return [start, *said]
