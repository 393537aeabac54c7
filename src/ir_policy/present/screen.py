"""The brief: what a tired commander needs on one screen of 24 lines by 80 columns, and every clock below it.

DO NOW is what is overdue or at risk, or owed as soon as it can be done; NEXT what is due later; BLOCKED what the policy
holds back and who can release it; UNKNOWN what to find out. What one act meets is one line. Nothing is decided here, and
nothing depends on the terminal: colour and width are arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from ir_policy.answers import detected_state, next_wakeup, paging
from ir_policy.duties.anew import Correction, all_drawn_anew, in_order
from ir_policy.duties.case import Case
from ir_policy.duties.judge import Obligation, before_closing, promptly
from ir_policy.duties.level import deciding_roles
from ir_policy.duties.outcome import against_outcome, known_against
from ir_policy.duties.own_rules import rule_says, who_may
from ir_policy.duties.severity import Classification, classify_bits
from ir_policy.errors import Refusal
from ir_policy.incident import Incident
from ir_policy.log.events import Closed, Event
from ir_policy.present.below import Below
from ir_policy.present.blocked import asked_of, held_back, holds_overdue, may_be_closed, shut_gates, unanswered
from ir_policy.present.endangered import endangered_json
from ir_policy.present.groups import grouped, urgency
from ir_policy.present.levels import level_words, to_decide
from ir_policy.present.lines import WIDTH, LocalClock, fit, short, wrapped
from ir_policy.present.questions import Ask, asked_now
from ir_policy.present.response import channels_of, response_json
from ir_policy.present.result import (
    correction_json,
    obligation_json,
    policy_json,
    refusal_json,
    severity_json,
    violation_json,
)  # fmt: skip
from ir_policy.rules.model import Per
from ir_policy.terms import OUTCOMES, instant, rfc3339

if TYPE_CHECKING:
    from ir_policy.duties.calls import Paging

__all__ = ["Brief", "brief"]

NAMES: Final = 30
"""Columns for the names at the end of a line of the first screen."""
SHORTEST_NAME: Final = 12
"""Columns that a name keeps however long it is what there is to do."""
MOST: Final = {"DO NOW": 7, "NEXT": 4, "BLOCKED": 3, "UNKNOWN": 2}
"""Lines of each part on the first screen, the "and more" line included; with the head they make 23."""


@frozen(eq=False)
class Brief:
    """An incident as of an instant, for people (:meth:`text`) and for programs (:meth:`as_json`)."""

    incident: Incident
    now: datetime
    obligations: tuple[Obligation, ...]
    proposed: Classification
    held_back: tuple[Refusal, ...]
    """Why what comes next may not happen yet: recovery, the next phase, or at the end the closing."""
    shut: tuple[Refusal, ...]
    """The other gates on steps, on phases to come and on what would meet something owed that are shut now."""
    questions: tuple[Ask, ...]
    """What to find out: facts that could change the level, or make something owed as things stand."""
    next_wakeup: datetime | None
    corrections: tuple[Correction, ...]
    paging: Paging
    """Whom to page, what was tried and who is next."""
    left_out: int
    """Events of the log that are later than ``now``."""
    _case: Case = field(repr=False)
    _log: tuple[Event, ...] = field(repr=False)
    """What had happened by then, as corrections left it."""

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
        from ir_policy.duties.commanders import command_of
        from ir_policy.duties.messages import notices_of
        from ir_policy.present.calling import paging_json
        from ir_policy.present.commanding import command_json
        from ir_policy.present.wording import notices_part_json

        incident, case = self.incident, self._case
        return {
            "as_of": rfc3339(self.now),
            "policy": policy_json(case.policy),
            "incident": incident.id,
            "seq": incident.seq,
            "head": incident.head,
            "severity": severity_json(case, self.proposed),
            "phase": {
                "current": case.history.phase.value,
                "episode": case.history.episode,
                "closed": case.history.closed_at is not None,
                "outcome": case.history.outcome or None,
                **response_json(case),
                "blocked_by": [refusal_json(refusal) for refusal in self.held_back],
            },
            "merged_into": case.history.merged_into or None,
            "endangered": endangered_json(case),
            "channels": list(channels_of(case, self._log)),
            "command": command_json(command_of(case, incident.id, self.now)),
            "paging": paging_json(self.paging),
            "words": notices_part_json(notices_of(case, incident.id, self.now)),
            "obligations": [obligation_json(obligation, self.now) for obligation in self.obligations],
            "next_wakeup": rfc3339(self.next_wakeup) if self.next_wakeup is not None else None,
            "violations": [violation_json(case.policy, violation) for violation in case.violations],
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
    case = detected_state(incident, at)
    policy = case.policy
    return Brief(
        incident=incident,
        now=at,
        obligations=case.obligations(at),
        proposed=(proposed := classify_bits(policy, case.history.yes, case.history.no)),
        held_back=(held := held_back(case, at, incident.id)),
        shut=tuple(refusal for refusal in shut_gates(case, at) if refusal.rule not in {one.rule for one in held}),
        questions=asked_now(case, proposed, at, incident.id),
        next_wakeup=next_wakeup(incident, at),
        corrections=all_drawn_anew(incident.opened_under, [event for event in incident.log if event.at <= at]),
        paging=paging(incident, at),
        left_out=sum(event.at > at for event in incident.log),
        case=case,
        log=tuple(event for event in in_order(incident.opened_under, incident.log)[0] if event.at <= at),
    )


# --- the screen -----------------------------------------------------------------------------------------


class _Screen:
    """The text of one brief."""

    def __init__(self, shown: Brief, colour: bool) -> None:
        self.brief = shown
        self.now = shown.now
        self.case = shown._case
        self.policy = shown._case.policy
        self.clock = LocalClock(self.policy.calendar.zone, shown.now)
        self.colour = colour

    def lines(self) -> Iterator[str]:
        yield from self._head()
        parts = {
            "DO NOW": list(self._do_now()),
            "NEXT": list(self._next()),
            "BLOCKED": list(self._blocked()),
            "UNKNOWN": list(self._unknown()),
        }
        room = _room(parts)
        for name, rows in parts.items():
            yield self._bold(name)
            yield from _cut(rows, room[name])
        shown = self.brief
        below = Below(
            self.case, shown.obligations, (*shown.held_back, *shown.shut), shown.questions, self.clock, shown._log,
            shown.paging,
        )  # fmt: skip
        more_questions = len(parts["UNKNOWN"]) > room["UNKNOWN"]
        for heading, lines in below.sections(shown.corrections, more_questions):
            yield ""
            yield self._bold(heading)
            for line in lines:
                yield from wrapped(line)
        yield ""
        for line in below.footing(shown.left_out):
            yield from wrapped(line)

    # --- the head ---

    def _head(self) -> Iterator[str]:
        level = self.case.level
        governing = level.governing.value if level.governing is not None else "UNASSESSED"
        why = level_words(self.case, self.brief.proposed, self.brief._log)
        yield self._bold(fit(f"{self.brief.incident.id}  {governing}  {why}"))
        history = self.case.history
        state = f"closed as {history.outcome}" if history.closed_at is not None else f"phase {history.phase.value}"
        episode = f", episode {history.episode + 1}" if history.episode else ""
        drill = "DRILL, " if history.drill else ""
        local, zone = self.now.astimezone(self.clock.zone), self.policy.calendar.zone_name
        day = f"{drill}{state}{episode} · {local:%a %d %b %Y %H:%M}"
        utc = f"{self.now:%H:%MZ}"
        widths = f"{day} {zone} ({self.now:%d %b} {utc})", f"{day} {zone} ({utc})", f"{day} ({utc})"
        yield next((line for line in widths if len(line) <= WIDTH), fit(widths[-1]))
        yield self._summary()

    def _summary(self) -> str:
        """What one must not miss first; what does not fit any more is left to the parts below."""
        history, words = self.case.history, []
        if history.opaque:
            words.append("INCOMPLETE: unknown events in the log")
        if history.merged_into:
            words.append(f"goes on as {history.merged_into}")
        overdue = len(grouped(self.brief.overdue))
        words.append(f"{overdue} overdue" if overdue else "nothing overdue")
        advice = len(grouped(self.brief.past_advice))
        if advice:
            words.append(f"{advice} past advice")
        words.append(f"{sum(_is_owed(o) for o in self.brief.obligations)} owed")
        lapsed = len(grouped(o for o in self.brief.obligations if o.status == "lapsed"))
        if lapsed:  # nothing can be done about them any more, and they are not forgotten
            words.append(f"{lapsed} lapsed")
        if self.case.violations:
            words.append(f"{len(self.case.violations)} against the rules")
        wake = self.brief.next_wakeup
        if wake is not None:
            words.append(f"next change {self.clock.full(wake)}")
        words += [f"{who} commands" for who in self._commanding()]
        said = fit(words[0])
        for more in words[1:]:
            said = f"{said} · {more}" if len(f"{said} · {more}") <= WIDTH else said
        return said

    def _commanding(self) -> Iterator[str]:
        """Who holds the role that decides the level."""
        for role in deciding_roles(self.policy)[:1]:
            held = self.case.history.holders.get(role, {})
            yield from (f"{one.person}{' (acting)' if one.acting else ''}" for one in held.values())

    # --- the four parts ---

    def _do_now(self) -> Iterator[str]:
        why = to_decide(self.case, self.brief.proposed, self.brief._log)
        if why:
            yield self._asked(f"! decide the level: {why}", deciding_roles(self.policy))
        yield from self._reopen()
        yield from self._to_page()
        yield from self._rows(self._urgent())

    def _to_page(self) -> Iterator[str]:
        """Whom to page now, and who has not answered."""
        if self.brief.paging.due(self.now):
            from ir_policy.present.calling import to_page  # only while somebody is to be told

            yield from (
                self._tint(fit(f"! {said}"), "31") for said in to_page(self.policy, self.brief.paging, self.now)
            )

    def _reopen(self) -> Iterator[str]:
        """What is known now speaks against the way it was closed: which rule says so, and on what it rests."""
        against = against_outcome(self.case, self.now)
        if against:
            closed = f"! reopen it: closed as {self.case.history.outcome}, which is in doubt"
            yield self._asked(closed, tuple(dict.fromkeys(role for gate in against for role in gate.who)))
        for gate in against:
            yield from wrapped(f"    {gate.says}", WIDTH)
            known = known_against(self.case, gate)
            if known:
                yield fit(f"    known: {', '.join(known)}")

    def _urgent(self) -> list[Obligation]:
        late = ("missed", "at-risk", "undetermined")
        found = [o for o in self.brief.obligations if _is_owed(o) and (o.verdict in late or promptly(o))]
        return found + [o for o in self.brief.past_advice if o not in found]

    def _next(self) -> Iterator[str]:
        now = {o.key for o in self._urgent()}
        later = [o for o in self.brief.obligations if o.verdict in ("open", "pending") and o.key not in now]
        yield from self._rows(later)
        if may_be_closed(self.case, self.now, self.brief.incident.id):
            yield self._asked(f"  may be closed as {OUTCOMES[0]} now", who_may(self.policy, Closed.only_kind))

    def _blocked(self) -> Iterator[str]:
        held = (*self.brief.held_back, *self.brief.shut)
        for refusal in sorted(held, key=lambda refusal: not holds_overdue(self.case, refusal, self.now)):
            gate = self.policy.gates.get(refusal.rule)
            yield self._asked(f"  {rule_says(self.policy, refusal.rule)}", refusal.who)
            unknown = unanswered(self.case, gate) if gate is not None else ()
            if unknown:
                yield fit(f"    only because nobody has said no to: {', '.join(unknown)}")

    def _unknown(self) -> Iterator[str]:
        for ask in self.brief.questions:
            yield ask.line(self.now)

    # --- one line for one act ---

    def _rows(self, owed: Iterable[Obligation]) -> Iterator[str]:
        for group in sorted(grouped(owed), key=lambda group: urgency(group[0])):
            names = [] if self._told_by_title(group[0]) else _names(o.recipient for o in group)
            line = self._row(group, names)
            yield line
            if ", ".join(names) not in line:
                yield fit(f"    to {', '.join(names)}")
            refers = self.case.ledger.entries[group[0].key].duty.refers_to
            if refers and group[0].overdue_by(self.now) is not None:
                yield fit(f"    not answered in time: refer it to {asked_of(self.case, refers)}")
            if self._left_over(group[0]):
                yield f"    left over from episode {group[0].episode + 1}"
            for at, missing in dict.fromkeys((a.at, a.missing) for obligation in group for a in obligation.attempts):
                yield fit(f"    sent {self.clock.full(at)}, does not count: {', '.join(missing)} missing")

    def _row(self, group: list[Obligation], names: list[str]) -> str:
        first = group[0]
        over = first.overdue_by(self.now)
        flag = "!" if first.verdict in ("missed", "at-risk", "undetermined") or over is not None else " "
        head = f"{flag} {self._when(first)} "
        advice = " (advice)" if first in self.brief.past_advice else ""
        owner, room = fit(self._owner(first.owed_by), NAMES), WIDTH - len(head) - len(advice) - len(" ()")
        if len(_title(first)) > room - len(owner):  # a column left empty is worth less than a whole name
            head = min(head, f"{head.rstrip()}  ", key=len)
            room = WIDTH - len(head) - len(advice) - len(" ()")
        title = _titled(_title(first), first.item, names, room - len(owner), room - min(len(owner), SHORTEST_NAME))
        if len(title) > room - len(owner):  # what to do comes before the whole name of who
            owner = fit(owner, max(SHORTEST_NAME, room - len(title)))
        line = f"{head}{fit(title, room - len(owner))}{advice} ({owner})"
        return self._tint(line, "31" if over is not None else "33" if flag == "!" else "")

    def _left_over(self, owed: Obligation) -> bool:
        """Whether it is owed since an episode that is over, where another one began since."""
        return self.case.ledger.entries[owed.key].duty.per is Per.EPISODE and owed.episode != self.case.history.episode

    def _told_by_title(self, owed: Obligation) -> bool:
        """Whether the duty has one recipient that is always the same, and no other name than what is to be done."""
        to = self.case.ledger.entries[owed.key].duty.owed_to
        return len(to) == 1 and to[0].to == owed.recipient and "/" not in owed.recipient

    def _when(self, owed: Obligation) -> str:
        over, left = owed.overdue_by(self.now), owed.time_left(self.now)
        if before_closing(owed):
            return f"{'due before closing':<30}"
        if promptly(owed):
            return f"{'due promptly':<14} {f'since {self.clock.since(owed.anchor)}':<15}"
        if over is not None:
            state = f"overdue {short(over)}"
        else:
            state = f"due {short(left)}" if left is not None else f"due {owed.due_kind.replace('-', ' ')}"
        return f"{state:<14} {self.clock.near(owed.due) if owed.due is not None else '':<15}"

    def _owner(self, owner: str) -> str:
        """Who holds the role, or else its contact; the person where the event that asks for it named one."""
        holders = self.case.history.holders.get(owner)
        if holders:
            return ", ".join(holders)
        return self.policy.roles[owner].contact if owner in self.policy.roles else owner

    def _asked(self, words: str, roles: tuple[str, ...]) -> str:
        """The words on one line, with whoever acts in the roles at its end."""
        names = dict.fromkeys(self._owner(role) for role in roles)
        who = f" ({fit(', '.join(names), NAMES)})" if names else ""
        return f"{fit(words, WIDTH - len(who))}{who}"

    # --- ink ---

    def _bold(self, text: str) -> str:
        return self._tint(text, "1")

    def _tint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text


# --- helpers --------------------------------------------------------------------------------------------


def _title(owed: Obligation) -> str:
    return f"{owed.title}: {owed.item}" if owed.item else owed.title


def _titled(title: str, item: str, names: list[str], room: int, most: int) -> str:
    """What to do and for whom: by name where there is room, else how many. What it is about is never what is cut.

    A single name may take the room of a long name of who owes it, up to ``most``.
    """
    if item and len(title) > room:
        title = f"{item}: {title.removesuffix(f': {item}')}"
    named = f"{title}: {', '.join(names)}" if names else title
    if len(names) > 1:
        return named if len(named) <= room else f"{title} x{len(names)}"
    return named if len(named) <= most else title


def _names(recipients: Iterable[str]) -> list[str]:
    """Each recipient by name; with its family where two families have the same name."""
    found = sorted(set(recipients))
    names = [recipient.partition("/")[2] or recipient for recipient in found]
    return names if len(set(names)) == len(names) else found


def _is_owed(obligation: Obligation) -> bool:
    return obligation.status in ("active", "pending")


def _room(parts: Mapping[str, list[str]]) -> dict[str, int]:
    """How many lines each part gets: its own, and what the others leave over, the more urgent part first."""
    spare = sum(max(0, MOST[name] - max(1, len(rows))) for name, rows in parts.items())
    room = {}
    for name, rows in parts.items():
        taken = min(spare, max(0, len(rows) - MOST[name]))
        room[name], spare = MOST[name] + taken, spare - taken
    return room


def _cut(rows: list[str], most: int) -> Iterator[str]:
    if not rows:
        yield "  nothing"
        return
    if len(rows) <= most:
        yield from rows
        return
    yield from rows[: most - 1]
    yield f"  and {len(rows) - most + 1} more below"
