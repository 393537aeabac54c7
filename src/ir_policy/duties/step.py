"""One event over the ledger: scope, open, hand over, tighten, discharge.

See "Duties" in ``docs/semantics.md``. Only duties whose watched bits, marks, families or acts changed are looked at.
Nothing here names a duty: whatever is special about one is a field of its rule.
"""

from __future__ import annotations

from typing import Any

from attrs import evolve

from ir_policy.clocks import BeforeClosed
from ir_policy.duties.asking import ask
from ir_policy.duties.discharge import discharge
from ir_policy.duties.enabling import enable
from ir_policy.duties.entries import Due, Entry, Status, candidate, earlier, ended_at
from ir_policy.duties.ledger import Ledger, Moves
from ir_policy.duties.level import Level, as_if
from ir_policy.duties.moment import Moment, binding_of, known_when
from ir_policy.duties.undelivered import reconsider
from ir_policy.duties.watch import plan_of, recipients_of
from ir_policy.log.events import Closed, Event, PolicyAdopted, Reopened, SeverityDecided, Waived
from ir_policy.log.history import History, Stamp
from ir_policy.rules.machines.notice import NOTICE
from ir_policy.rules.model import Duty, IfMissed, OnScopeExit, Per, Policy
from ir_policy.terms import LEVELS, Severity, worst

__all__ = ["step"]


def step(
    policy: Policy,
    history: History,
    level: Level,
    ledger: Ledger,
    event: Event,
    before: tuple[int, int, Severity | None],
) -> Moves:
    """Step every duty this event touches; ``before`` is the bits and the governing level before it."""
    moves, plan = Moves(), plan_of(policy)
    if isinstance(event, Reopened):
        ledger.in_scope = {}
    todo, met = plan.touched(history, before, level.governing, event), plan.met(history, event)
    if not (todo or met or history.words_end or event.kind in NOTICE.events):
        return moves
    one = _Step(policy, history, level, event, ledger, moves, before[2])
    visited: set[str] = set()
    while todo or met:
        bits = history.yes, history.no
        history.changed_marks = set()
        coming = plan.in_order(todo | met)
        only_met = met - todo - plan.following
        for duty_id in coming:
            as_before = duty_id in only_met and not history.changed_marks and bits == (history.yes, history.no)
            # What former rules opened is looked at in full: there are few of them, in few incidents.
            if policy.former or not (as_before and one.meet(policy.duties[duty_id])):
                for duty in policy.rules_of(duty_id):
                    one.visit(duty, again=duty_id in visited)
        visited.update(coming)
        # A discharge may have set a mark that other duties start from or ask about.
        todo = plan.watching(bits[0] ^ history.yes | bits[1] ^ history.no) | plan.started_by(history.changed_marks)
        met = frozenset()
    one.settle_by_power()
    if event.kind in ("notice-failed", "notice-delivered"):
        reconsider(one)
    enable(one)
    return moves


class _Step(Moment):
    """Scope, opening and tightening at one moment."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._anchors: dict[Severity | None, tuple[Stamp, str] | None] = {}
        """From where the duty now visited runs at a level: the same for all its recipients."""

    def visit(self, duty: Duty, again: bool) -> None:
        """Scope, open, hand over, tighten, discharge: one duty, all its recipients."""
        if duty.enables:
            return  # owed because others are: looked at once they have been
        self._anchors.clear()  # a visit before may have set a mark
        holds = duty.when.holds(self.history.yes, self.history.no)
        if self.history.closing is not None and self.history.outcome in duty.not_for:
            holds = False
            if isinstance(self.event, Closed):
                self._rule_out(duty)
        former = duty is not self.policy.duties.get(duty.id)
        if holds and not former:
            self.ledger.enter(duty.id, self.stamp)
        elif duty.id not in self.ledger.of_duty:
            return  # not owed, and never was
        if duty.given is not None:
            # What was asked for before is met first: a sending keeps the last promise before it makes the next.
            discharge(self, duty, set())
            if holds and not again:
                ask(self, duty, duty.given, opens=not former)
            return
        present = recipients_of(duty, self.history, self.ledger, self.policy) if holds else ()
        owed = [recipient for recipient in present if not self._exempted(duty, recipient)]
        handed = self._leave_scope(duty, present, owed)
        if former and handed is None:
            owed = [recipient for recipient in owed if self._opened_before(duty, recipient)]
        opened = self._open(duty, owed, handed, again) if owed else set()
        if len(opened) < len(self.ledger.open_keys.get(duty.id, ())):
            self._tighten(duty, opened)
        discharge(self, duty, opened)

    def meet(self, duty: Duty) -> bool:
        """Discharge alone, where nothing changed that scope, opening and limits rest on; whether that is all there is."""
        if duty.given is not None or duty.enables or duty.id not in self.ledger.in_scope:
            return False
        if any(worst(entry.level, self.level.governing) is not entry.level for entry in self.open_entries(duty)):
            return False
        discharge(self, duty, set())  # also what is open still from an episode before
        return True

    def settle_by_power(self) -> None:
        """Waived by name, or lapsed because the incident was closed."""
        if isinstance(self.event, Waived) and self.event.obligation:
            entry = self.ledger.entries[self.event.obligation]
            if entry.is_open(self.event.at):
                self.ledger.put(evolve(entry, status=Status.WAIVED, settled=self.when(), settled_by=self.event.id))
                self.moves.waived.append(entry.key)
        if isinstance(self.event, Closed):
            for entry in list(self.ledger.entries.values()):
                if entry.episode != self.history.episode and entry.duty.per is Per.EPISODE:
                    continue
                if entry.is_open(self.event.at):
                    self._end(entry)
                if entry.episode == self.history.episode and entry.duty.if_missed is IfMissed.LAPSES:
                    self._lapse(self.ledger.entries[entry.key])

    def _end(self, entry: Entry) -> None:
        """What had to be done before closing is missed by the closing."""
        due, firm = (self._ended(due) for due in (entry.due, entry.firm))
        if entry.duty is not self.policy.duties.get(entry.duty.id):
            # The rule in force may have given it an instant; it had to come before the closing all the same.
            own = self._ended(candidate(self.policy, entry.duty, entry.level, entry.anchor, self.event, "deadline"))
            if own is not None and own.kind == BeforeClosed.kind and not entry.missed(self.event.at):
                due, firm = earlier(due, own), earlier(firm, binding_of(own))
        if (due, firm) != (entry.due, entry.firm):
            self.ledger.put(evolve(entry, due=due, firm=firm))
            self.moves.tightened.append(entry.key)

    def _ended(self, due: Due | None) -> Due | None:
        return ended_at(due, self.when(), self.event.at, known_when(self.event), "deadline")

    def _lapse(self, entry: Entry) -> None:
        at = self.event.at
        if not entry.is_open(at):
            return
        if entry.opens_at is not None and at < entry.opens_at:
            self._drop(entry)
        elif entry.firm is None or entry.firm.latest is None or entry.missed(at):
            self.ledger.put(evolve(entry, status=Status.LAPSED, settled=self.when(), settled_by=self.event.id))
            self.moves.lapsed.append(entry.key)
        else:
            self.ledger.put(evolve(entry, lapses=True))

    # --- scope ---

    def _rule_out(self, duty: Duty) -> None:
        """Closed with an outcome the duty is not for: what is not missed is owed no more, what is ends with its breach."""
        tells = any(match.kind == "notice" for match in duty.met_by)
        for entry in self.own_entries(duty):
            if entry.opens_at is not None and self.event.at < entry.opens_at:
                self._drop(entry)
            elif entry.missed(self.event.at):
                self.ledger.put(evolve(entry, status=Status.LAPSED, settled=self.when(), settled_by=self.event.id))
                self.moves.lapsed.append(entry.key)
            elif not tells or entry.recipient not in self.history.promised:  # who was promised to hear more, does
                self._cancel(entry, not_required=True)

    def _leave_scope(self, duty: Duty, present: tuple[str, ...], owed: list[str]) -> Entry | None:
        """Treat what is no longer in scope; returns a placeholder whose obligation passes to named recipients."""
        entries = self.own_entries(duty)
        if not entries:
            return None
        handed, among = None, frozenset(owed)
        for entry in entries:
            if entry.recipient in among:
                if not entry.in_scope:
                    self.ledger.put(evolve(entry, in_scope=True))
                continue
            if self._exempted(duty, entry.recipient):
                self._cancel(entry, not_required=True)
            elif entry.opens_at is not None and self.event.at < entry.opens_at:
                self._drop(entry)
            elif present and self._is_placeholder(duty, entry.recipient):
                handed = entry
                self._cancel(entry, handed_over=True)
            elif self._may_cancel(entry):
                self._cancel(entry)
            elif entry.in_scope:
                self.ledger.put(evolve(entry, in_scope=False))
        return handed

    def _may_cancel(self, entry: Entry) -> bool:
        """Only what was classified in error, or rested on a fact taken back; never a breach, never a promise."""
        event = self.event
        in_error = (
            isinstance(event, SeverityDecided)
            and event.lowering == "classified-in-error"
            and self.governed is not None
            and self.governed.worse_than(event.severity)
        )
        return (
            entry.in_scope
            and entry.duty.on_scope_exit is OnScopeExit.CANCEL
            and (in_error or bool(self.history.retracted))
            and not entry.missed(event.at)
            and entry.recipient not in self.history.promised
        )

    def _cancel(self, entry: Entry, not_required: bool = False, handed_over: bool = False) -> None:
        self.ledger.put(
            evolve(
                entry, status=Status.CANCELLED, settled=self.when(), settled_by=self.event.id,
                not_required=not_required, handed_over=handed_over,
            )
        )  # fmt: skip
        self.moves.cancelled.append(entry.key)

    def _drop(self, entry: Entry) -> None:
        self.ledger.drop(entry)
        self.moves.dropped.append(entry.key)

    def _exempted(self, duty: Duty, recipient: str) -> bool:
        return (
            duty.unless is not None
            and (duty.id, recipient) in self.history.exempted
            and duty.unless.holds(self.history.yes, self.history.no)
        )

    def _is_placeholder(self, duty: Duty, recipient: str) -> bool:
        followed = [rule for case in duty.owed_to if case.owed for rule in self.policy.rules_of(case.owed)]
        return any(case.unnamed == recipient for one in (duty, *followed) for case in one.owed_to if case.each)

    # --- open ---

    def _open(self, duty: Duty, owed: list[str], handed: Entry | None, again: bool) -> set[str]:
        """Open, revive or repeat what is owed; returns the keys this step opened or revived."""
        opened: set[str] = set()
        found = self._anchor(duty, self.level.governing)
        if found is None or (duty.opens_after is not None and self.history.closed_at is not None):
            return opened
        anchor, mark = found
        for recipient in owed:
            latest = self.latest(duty, recipient)
            if latest is None:
                entry = self._opened(duty, recipient, anchor, mark)
                if handed is not None:
                    # A breach goes with the clock; where nobody takes over, it stays with the placeholder.
                    self.ledger.put(evolve(self.ledger.entries[handed.key], superseded=True))
                    entry, handed = self._taken_over(entry, handed), None
                self.ledger.put(entry)
                self.moves.opened.append(entry.key)
            elif latest.status is Status.CANCELLED:
                entry = self._revived(duty, latest)
                self.moves.revived.append(entry.key)
            elif self._repeats(duty) and latest.status is Status.DISCHARGED and not again:
                entry = self._opened(duty, recipient, self.stamp, mark, repeat=True)
                self.ledger.put(entry)
                self.moves.opened.append(entry.key)
                continue
            else:
                continue
            opened.add(entry.key)
        return opened

    def _opened_before(self, duty: Duty, recipient: str) -> bool:
        """Whether a former rule may revive what it opened. It opens nothing else, but lets whoever is named take over
        what was owed to nobody in particular."""
        latest = self.latest(duty, recipient)
        return latest is not None and latest.duty is duty and latest.status is Status.CANCELLED

    def _repeats(self, duty: Duty) -> bool:
        """Whether this step is a raise after which the duty is owed again."""
        least, governing = duty.again_on_raise, self.level.governing
        return least is not None and governing is not None and self.level.worsened and not least.worse_than(governing)

    def _opened(self, duty: Duty, recipient: str, anchor: Stamp, mark: str, repeat: bool = False) -> Entry:
        due = candidate(self.policy, duty, self.level.governing, anchor, self.event, self.cause())
        return self.new_entry(duty, recipient, anchor, mark, due, repeat)

    def _taken_over(self, entry: Entry, placeholder: Entry) -> Entry:
        """The first one named takes over the placeholder's anchor and deadlines, and a breach with them."""
        missed = placeholder.missed(self.event.at)
        return evolve(
            entry,
            anchor=min(entry.anchor, placeholder.anchor),
            due=earlier(placeholder.due, entry.due),
            firm=placeholder.firm if missed else earlier(placeholder.firm, entry.firm),
        )

    def _revived(self, duty: Duty, entry: Entry) -> Entry:
        """Owed again: the original anchor, and whichever deadline is earlier."""
        level = worst(entry.level, self.level.governing)
        found = (entry.anchor, entry.mark) if entry.repeat else self._anchor(duty, level)
        due = candidate(self.policy, duty, level, found[0], self.event, "born-overdue") if found is not None else None
        if self.history.closing is not None and due is not None:
            due = ended_at(due, self.history.closing, due.set_at, due.known_at, due.cause)
        standing, firm = (self._set_again(entry, old) for old in (entry.due, entry.firm))
        revived = evolve(
            entry, duty=duty, status=Status.ACTIVE if entry.opens_at is None else Status.PENDING, settled=None, settled_by="",
            level=level, in_scope=True, not_required=False, handed_over=False, superseded=False, due=earlier(standing, due), firm=earlier(firm, binding_of(due)),
            lapses=self.lapses_from_the_start(duty),
        )  # fmt: skip
        self.ledger.put(revived)
        return revived

    def _set_again(self, entry: Entry, due: Due | None) -> Due | None:
        """A due as this event sets it; one that was missed before it was cancelled keeps its own story."""
        if due is None or due.latest is None or (entry.settled is not None and due.latest.missed(entry.settled.at)):
            return due
        return evolve(due, set_at=self.event.at, known_at=known_when(self.event), cause="born-overdue")

    def _anchor(self, duty: Duty, level: Severity | None) -> tuple[Stamp, str] | None:
        """The stamp of the mark the duty starts from at that level, and the mark's name."""
        if level not in self._anchors:
            self._anchors[level] = self._anchor_of(duty, level)
        return self._anchors[level]

    def _anchor_of(self, duty: Duty, level: Severity | None) -> tuple[Stamp, str] | None:
        stamps = [(stamp, mark) for mark in duty.starts if (stamp := self._stamp(duty, mark, level)) is not None]
        if not stamps or (duty.starts_latest and len(stamps) < len(duty.starts)):
            return None
        anchor, mark = max(stamps) if duty.starts_latest else min(stamps)
        source = duty.source
        if source is not None and (source.in_force_from is not None or source.in_force_to is not None):
            day = self.policy.calendar.local_date(anchor.at)
            if (source.in_force_from is not None and day < source.in_force_from) or (
                source.in_force_to is not None and day >= source.in_force_to
            ):
                return None
        return anchor, mark

    def _stamp(self, duty: Duty, mark: str, level: Severity | None) -> Stamp | None:
        stamps = [self.history.mark(mark, duty.per)]
        for source in self.policy.marks[mark].sources:
            if source.kind == "level":
                stamps.extend(self._reached(duty, level))
            elif source.kind == "duty":
                register = self.ledger.in_scope_first if duty.per is Per.INCIDENT else self.ledger.in_scope
                stamps.append(register.get(duty.id))
        return min((stamp for stamp in stamps if stamp is not None), default=None)

    def _reached(self, duty: Duty, governing: Severity | None) -> list[Stamp]:
        """When the levels were reached that this limit of the duty is for: the one given and milder ones.

        A duty for SEV1 or worse runs from when SEV1 was reached, also when the incident is worse by now. Levels with
        another limit, and those at which it would not be owed, do not count.
        """
        reached = self.level.reached_first if duty.per is Per.INCIDENT else self.level.reached
        if governing is None:
            return []
        limit, found = duty.within[governing.index], []
        for level in LEVELS[governing.index :]:
            if level not in reached or duty.within[level.index] is not limit:
                continue
            yes, no = as_if(self.policy, self.history, level)
            if duty.when.holds(yes, no):
                found.append(reached[level])
        return found

    # --- tighten ---

    def _tighten(self, duty: Duty, opened: set[str]) -> None:
        """A running deadline may get earlier, never later: a raise or an earlier mark tightens, a lowering does not."""
        set_anew = self.level.worsened or isinstance(self.event, PolicyAdopted)
        cause = self.cause() if set_anew else "deadline"
        former = duty is not self.policy.duties.get(duty.id)
        dues: dict[tuple[Severity | None, Stamp], Due | None] = {}
        for entry in self.own_entries(duty) if former else self.open_entries(duty):
            if entry.key in opened:
                continue
            level = worst(entry.level, self.level.governing)
            found = (entry.anchor, entry.mark) if entry.repeat else self._anchor(duty, level)
            due = None
            if found is not None:
                since = level, found[0]
                if since not in dues:
                    dues[since] = candidate(self.policy, duty, *since, self.event, cause)
                due = dues[since]
            new_due = earlier(entry.due, due)
            # A breach is a fact: once the binding deadline is missed, no later event sets another.
            new_firm = entry.firm if entry.missed(self.event.at) else earlier(entry.firm, binding_of(due))
            new_anchor = min(entry.anchor, found[0]) if found is not None else entry.anchor
            if (new_due, new_firm, new_anchor, level) == (entry.due, entry.firm, entry.anchor, entry.level):
                continue
            mark = found[1] if found is not None and new_anchor != entry.anchor else entry.mark
            self.ledger.put(evolve(entry, due=new_due, firm=new_firm, anchor=new_anchor, mark=mark, level=level))
            if new_due is not entry.due or new_firm is not entry.firm:
                self.moves.tightened.append(entry.key)
