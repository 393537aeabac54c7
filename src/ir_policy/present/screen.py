"""The brief: what a tired commander needs on one screen of 24 lines by 80 columns, and every clock below it.

DO NOW is what is overdue or at risk, NEXT what is due later, BLOCKED what the policy holds back and who can release
it, UNKNOWN what to find out. What one act meets is one line. Nothing is decided here, and nothing depends on the
terminal: colour and width are arguments.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import field, frozen

from ir_policy.answers import next_wakeup, state_at
from ir_policy.clocks import in_words
from ir_policy.desk import Incident
from ir_policy.duties.anew import Correction, all_drawn_anew
from ir_policy.duties.case import Case
from ir_policy.duties.judge import Obligation
from ir_policy.duties.severity import Classification, classify_bits
from ir_policy.errors import Problem, QuestionInvalid, Refusal
from ir_policy.present.blocked import held_back, shut_gates
from ir_policy.present.result import (
    correction_json,
    obligation_json,
    policy_json,
    refusal_json,
    severity_json,
    violation_json,
)  # fmt: skip
from ir_policy.rules.conditions import atoms
from ir_policy.rules.model import Gate
from ir_policy.terms import instant, rfc3339

__all__ = ["Brief", "brief"]

WIDTH: Final = 80
NAMES: Final = 30
"""Columns for the names at the end of a line of the first screen."""
SAME_DAY: Final = timedelta(hours=20)
"""A clock that ends sooner after its start is read without the day of the start beside it."""
MOST: Final = {"DO NOW": 7, "NEXT": 4, "BLOCKED": 2, "UNKNOWN": 2}
"""Lines of each part on the first screen, the "and more" line included; with the head they make 24."""
OPEN_VERDICTS: Final = frozenset({"open", "at-risk", "missed", "undetermined", "pending"})


@frozen(eq=False)
class Brief:
    """An incident as of an instant, for people (:meth:`text`) and for programs (:meth:`as_json`)."""

    incident: Incident
    now: datetime
    obligations: tuple[Obligation, ...]
    proposed: Classification
    held_back: tuple[Refusal, ...]
    """Why the next phase may not be entered yet."""
    shut: tuple[Refusal, ...]
    """Gates on steps that are shut now, each with what it forbids among what is missing."""
    next_wakeup: datetime | None
    corrections: tuple[Correction, ...]
    left_out: int
    """Events of the log that are later than ``now``."""
    _case: Case = field(repr=False)

    @property
    def overdue(self) -> tuple[Obligation, ...]:
        """What is owed and past a limit that binds."""
        return tuple(o for o in self.obligations if o.status == "active" and o.verdict == "missed")

    @property
    def past_advice(self) -> tuple[Obligation, ...]:
        """What is owed and past a limit that only advises."""
        late = (o for o in self.obligations if o.overdue_by(self.now) is not None)
        return tuple(o for o in late if o.verdict != "missed")

    def as_json(self) -> dict[str, Any]:
        """The brief as plain JSON material; the same incident and instant give the same bytes."""
        incident, case = self.incident, self._case
        return {
            "as_of": rfc3339(self.now),
            "policy": policy_json(incident.policy),
            "incident": incident.id,
            "seq": incident.seq,
            "head": incident.head,
            "severity": severity_json(case, self.proposed),
            "phase": {
                "current": case.history.phase.value,
                "episode": case.history.episode,
                "closed": case.history.closed_at is not None,
                "blocked_by": [refusal_json(refusal) for refusal in self.held_back],
            },
            "obligations": [obligation_json(obligation, self.now) for obligation in self.obligations],
            "next_wakeup": rfc3339(self.next_wakeup) if self.next_wakeup is not None else None,
            "violations": [violation_json(incident.policy, violation) for violation in case.violations],
            "corrections": [correction_json(correction) for correction in self.corrections],
        }

    def text(self, *, colour: bool = False) -> str:
        """The brief as text, 80 columns wide: the first 24 lines are the screen, below it every clock."""
        lines = list(_Screen(self, colour).lines())
        return "\n".join(line.rstrip() for line in lines) + "\n"

    def __str__(self) -> str:
        return self.text()


def brief(incident: Incident, now: datetime) -> Brief:
    """What an incident needs as of ``now``.

    Events later than ``now`` are left out and counted. What conclusions were drawn anew is worked out from the whole log,
    which takes a fold for each late or corrected event. Raises :class:`~ir_policy.errors.QuestionInvalid` for a naive
    ``now`` and for one before the first signal.
    """
    at = instant(now, "now")
    case, _ = state_at(incident, at)
    if case.history.detection is None:
        first = min(event.at for event in incident.log)
        raise QuestionInvalid([Problem("now", f"incident '{incident.id}' was not detected yet then",
                                       f"ask for {rfc3339(first)} or later")])  # fmt: skip
    policy = incident.policy
    return Brief(
        incident=incident,
        now=at,
        obligations=case.obligations(at),
        proposed=classify_bits(policy, case.history.yes, case.history.no),
        held_back=(held := held_back(case, at, incident.id)),
        shut=tuple(refusal for refusal in shut_gates(case, at) if refusal.rule not in {one.rule for one in held}),
        next_wakeup=next_wakeup(incident, at),
        corrections=all_drawn_anew(policy, [event for event in incident.log if event.at <= at]),
        left_out=sum(event.at > at for event in incident.log),
        case=case,
    )


# --- the screen -----------------------------------------------------------------------------------------


class _Screen:
    """The text of one brief."""

    def __init__(self, shown: Brief, colour: bool) -> None:
        self.brief = shown
        self.now = shown.now
        self.case = shown._case
        self.policy = shown.incident.policy
        self.zone = self.policy.calendar.zone
        self.colour = colour

    def lines(self) -> Iterator[str]:
        yield from self._head()
        parts = {
            "DO NOW": list(self._do_now()),
            "NEXT": list(self._next()),
            "BLOCKED": list(self._blocked()),
            "UNKNOWN": list(self._unknown()),
        }
        spare = sum(max(0, MOST[name] - max(1, len(rows))) for name, rows in parts.items())
        for name, rows in parts.items():
            most = MOST[name]
            if len(rows) > most:
                taken = min(spare, len(rows) - most)
                most, spare = most + taken, spare - taken
            yield self._bold(name)
            yield from _cut(rows, most)
        for line in self._below():
            yield from _wrapped(line)

    def _head(self) -> Iterator[str]:
        level = self.case.level
        governing = level.governing.value if level.governing is not None else "UNASSESSED"
        yield self._bold(_fit(f"{self.brief.incident.id}  {governing}  {self._why()}"))
        state = "closed" if self.case.history.closed_at is not None else f"phase {self.case.history.phase.value}"
        episode = f", episode {self.case.history.episode + 1}" if self.case.history.episode else ""
        drill = "DRILL, " if self.case.history.drill else ""
        local = self.now.astimezone(self.zone)
        yield _fit(f"{drill}{state}{episode} · {local:%a %d %b %Y %H:%M} {self.policy.calendar.zone_name}"
                   f" ({self.now:%d %b %H:%MZ})")  # fmt: skip
        yield _fit(self._summary())

    def _why(self) -> str:
        level, proposed = self.case.level, self.brief.proposed
        rules = ", ".join(proposed.determined_by)
        if level.decided is None and level.raised is None:
            if level.supported is None:
                return "no fact supports a level yet; nobody has decided one"
            return f"proposed by {rules}; nobody has decided"
        how = "decided" if level.raised is None else "raised provisionally"
        if level.supported is not None and level.supported is not level.governing:
            return f"{how}; the rules propose {proposed.severity.value} ({rules})"
        return f"{how}; facts: {', '.join(proposed.facts) or 'none'}"

    def _summary(self) -> str:
        overdue = len(_grouped(self.brief.overdue))
        words = [f"{overdue} overdue" if overdue else "nothing overdue"]
        advice = len(_grouped(self.brief.past_advice))
        if advice:
            words.append(f"{advice} past advice")
        owed = [o for o in self.brief.obligations if _is_owed(o)]
        words.append(f"{len(owed)} owed")
        if self.case.violations:
            words.append(f"{len(self.case.violations)} against the rules")
        if self.case.history.opaque:
            words.append("INCOMPLETE: unknown events in the log")
        wake = self.brief.next_wakeup
        if wake is not None:
            words.append(f"next change {self._clock(wake)}")
        return " · ".join(words)

    def _do_now(self) -> Iterator[str]:
        level = self.case.level
        if level.decided is None and level.governing is not None and self.case.history.closed_at is None:
            yield f"! decide the level: the rules propose {self.brief.proposed.severity.value}"
        urgent = [
            o for o in self.brief.obligations if _is_owed(o) and o.verdict in ("missed", "at-risk", "undetermined")
        ]
        urgent += [o for o in self.brief.past_advice if o not in urgent]
        yield from self._rows(urgent)

    def _next(self) -> Iterator[str]:
        late = {o.key for o in self.brief.past_advice}
        later = [o for o in self.brief.obligations if o.verdict in ("open", "pending") and o.key not in late]
        yield from self._rows(later)

    def _blocked(self) -> Iterator[str]:
        for refusal in {refusal.rule: refusal for refusal in (*self.brief.held_back, *self.brief.shut)}.values():
            gate = self.policy.gates.get(refusal.rule)
            who = self._from(refusal)
            yield f"  {_fit(gate.says if gate is not None else _needs(refusal), WIDTH - 2 - len(who))}{who}"
            unknown = self._unknown_of(gate) if gate is not None else ()
            if unknown:
                yield _fit(f"    only because nobody has said no to: {', '.join(unknown)}")

    def _unknown_of(self, gate: Gate) -> tuple[str, ...]:
        """The facts a gate bites on for want of an answer; empty where it bites on what is known."""
        yes, no = self.case.history.yes, self.case.history.no
        if gate.only_on_yes or gate.when.holds(yes, no):
            return ()
        asked = dict.fromkeys(atoms(gate.when.source))
        return tuple(atom.name for atom in asked if not (yes | no) & self.policy.bits.get(atom, 0))

    def _unknown(self) -> Iterator[str]:
        for question in self.brief.proposed.open_questions:
            yield _fit(f"  {question.fact}? {question.means}; yes: {question.if_yes.best.value}")

    # --- one line for one act ---

    def _rows(self, owed: Iterable[Obligation]) -> Iterator[str]:
        for group in sorted(_grouped(owed), key=lambda group: _urgency(group[0])):
            yield self._row(group)
            for at, missing in dict.fromkeys((a.at, a.missing) for obligation in group for a in obligation.attempts):
                yield _fit(f"    sent {self._clock(at)}, does not count: {', '.join(missing)} missing")

    def _row(self, group: list[Obligation]) -> str:
        first = group[0]
        over, left = first.overdue_by(self.now), first.time_left(self.now)
        flag = "!" if first.verdict in ("missed", "at-risk", "undetermined") or over is not None else " "
        if over is not None:
            state = f"overdue {_short(over)}"
        elif left is not None:
            state = f"due {_short(left)}"
        else:
            state = f"due {first.due_kind.replace('-', ' ')}"
        when = self._near(first.due) if first.due is not None else ""
        who = f" ({_fit(self._owner(first.owed_by), NAMES)})"
        head = f"{flag} {state:<14} {when:<15} "
        advice = " (advice)" if first in self.brief.past_advice else ""
        line = head + _titled(first.title, group, WIDTH - len(head) - len(who) - len(advice)) + advice + who
        return self._tint(line, "31" if over is not None else "33" if flag == "!" else "")

    def _owner(self, role: str) -> str:
        holders = self.case.history.holders.get(role)
        if holders:
            return ", ".join(holders)
        # An action is owed by whoever its event names, and that is a person already.
        return self.policy.roles[role].contact if role in self.policy.roles else role

    def _from(self, refusal: Refusal) -> str:
        return f" ({_fit(', '.join(self._owner(role) for role in refusal.who), NAMES)})" if refusal.who else ""

    def _near(self, at: datetime) -> str:
        """Local time with UTC beside it today; the day and local time on another day (UTC stands below)."""
        local, today = at.astimezone(self.zone), self.now.astimezone(self.zone)
        if local.date() == today.date():
            return f"{local:%H:%M} ({at:%H:%MZ})"
        return f"{local:%a} {local.day} {local:%b %H:%M}"

    def _clock(self, at: datetime) -> str:
        """Local time with UTC beside it; the day where it is not today."""
        local, today = at.astimezone(self.zone), self.now.astimezone(self.zone)
        day = "" if local.date() == today.date() else f"{local:%a %d %b} "
        return f"{day}{local:%H:%M} ({at:%H:%MZ})"

    # --- below the first screen ---

    def _below(self) -> Iterator[str]:
        yield ""
        yield self._bold("EVERY CLOCK")
        for group in sorted(_grouped(self.brief.obligations), key=lambda g: (_settled(g[0]), _urgency(g[0]))):
            for index, obligation in enumerate(group):
                yield from self._clock_lines(obligation, index)
        if self.case.violations:
            yield ""
            yield self._bold("AGAINST THE RULES")
            for violation in self.case.violations:
                effect = ", without effect" if violation.void else ""
                yield f"  {self._clock(violation.at)} {violation.rule} (clause {violation.clause}){effect}"
        if self.brief.corrections:
            yield ""
            yield self._bold("CONCLUSIONS DRAWN ANEW")
            for correction in self.brief.corrections:
                yield f"  {correction.what}: {correction.before} -> {correction.after} ({correction.reason})"
        yield ""
        policy = self.policy
        yield f"policy {policy.id} {policy.version} ({policy.status}), {policy.digest[:19]}, semantics {policy.semantics}, zones {policy.zone_data}"
        if self.brief.left_out:
            yield f"{self.brief.left_out} events of the log are later than this instant and left out"

    def _clock_lines(self, obligation: Obligation, index: int) -> Iterator[str]:
        verdict = obligation.verdict.replace("-", " ")
        if obligation.status == "lapsed":
            verdict += ", lapsed when the incident was closed"
        if obligation.due is not None:
            word = "overdue" if obligation.overdue_by(self.now) is not None else "due"
            when = f"{word} {self._clock(obligation.due)}"
        else:
            when = f"due {obligation.due_kind.replace('-', ' ') or 'without a limit'}"
        also = "  same act: " if index else "  "
        yield f"{also}{obligation.key}  {verdict}"
        basis = obligation.basis if obligation.source is None else f"{obligation.basis}, {obligation.source.cite}"
        met = f"; met {self._clock(obligation.met_at)}" if obligation.met_at is not None else ""
        late = f", late by {in_words(obligation.late_by)}" if obligation.late_by is not None else ""
        anchor = obligation.anchor.astimezone(self.zone)
        day = (
            ""
            if obligation.due is not None and obligation.due - obligation.anchor < SAME_DAY
            else f"{anchor:%a %d %b} "
        )
        start = f"{day}{anchor:%H:%M} ({obligation.mark})"
        yield f"      {when}, {obligation.limit or 'no limit'} from {start}{met}{late}"
        yield f"      {basis}; clause {obligation.clause}; {obligation.owed_by}"
        if obligation.breach is not None:
            yield f"      breach {self._clock(obligation.breach.at)} ({obligation.breach.cause})"

    # --- ink ---

    def _bold(self, text: str) -> str:
        return self._tint(text, "1")

    def _tint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text


# --- helpers --------------------------------------------------------------------------------------------


def _grouped(owed: Iterable[Obligation]) -> list[list[Obligation]]:
    """Obligations that one act can meet at one time, the most urgent first in each group."""
    groups: dict[tuple[object, ...], list[Obligation]] = {}
    for obligation in owed:
        if obligation.act:
            name: tuple[object, ...] = (obligation.act, obligation.recipient, obligation.status)
        else:
            name = (obligation.duty, obligation.due, obligation.verdict, obligation.attempts)
        groups.setdefault(name, []).append(obligation)
    return [sorted(group, key=_urgency) for group in groups.values()]


def _urgency(obligation: Obligation) -> tuple[bool, datetime, bool, str]:
    due = obligation.due
    binds = obligation.basis in ("statute", "contract", "policy")
    return due is None, due if due is not None else obligation.anchor, not binds, obligation.key


def _settled(obligation: Obligation) -> bool:
    return obligation.verdict not in OPEN_VERDICTS


def _titled(title: str, group: list[Obligation], room: int) -> str:
    """What to do and for whom: by name where there is room, else how many."""
    members = sorted({o.recipient.partition("/")[2] for o in group} - {""})
    named = f"{title}: {', '.join(members)}" if members else title
    if len(named) <= room or len(members) < 2:
        return _fit(named, room)
    return _fit(f"{title} x{len(members)}", room)


def _is_owed(obligation: Obligation) -> bool:
    return obligation.status in ("active", "pending")


def _needs(refusal: Refusal) -> str:
    return " and ".join(refusal.missing) or refusal.rule


def _short(length: timedelta) -> str:
    """A length of time in its two largest units, without spaces."""
    return (
        in_words(length)
        .replace(" min", "m")
        .replace(" h", "h")
        .replace(" d", "d")
        .replace(" ", "")
        .replace("underaminute", "<1m")
    )


def _fit(text: str, width: int = WIDTH) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def _wrapped(line: str) -> list[str]:
    """The line in as many lines as it needs, the later ones set in."""
    if len(line) <= WIDTH and "\n" not in line:
        return [line]
    text = line.lstrip(" ")
    margin = " " * (len(line) - len(text))
    return textwrap.wrap(text, WIDTH, initial_indent=margin, subsequent_indent=f"{margin}  ", break_on_hyphens=False)


def _cut(rows: list[str], most: int) -> Iterator[str]:
    if not rows:
        yield "  nothing"
        return
    if len(rows) <= most:
        yield from rows
        return
    yield from rows[: most - 1]
    yield f"  and {len(rows) - most + 1} more below"
