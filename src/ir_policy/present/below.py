"""What stands below the first screen of a brief: the response, every clock, all that is held back and open, the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ir_policy.duties.anew import Correction
from ir_policy.duties.case import Case
from ir_policy.duties.explanation import late_words, why_ended
from ir_policy.duties.judge import Obligation, before_closing, promptly
from ir_policy.errors import Refusal
from ir_policy.log.events import Event
from ir_policy.present.blocked import refusal_lines, unanswered
from ir_policy.present.endangered import endangered_lines
from ir_policy.present.groups import grouped, urgency
from ir_policy.present.lines import WIDTH, LocalClock
from ir_policy.present.questions import Ask
from ir_policy.present.response import response_lines

if TYPE_CHECKING:
    from ir_policy.duties.calls import Paging

__all__ = ["Below"]

SAME_DAY: Final = timedelta(hours=20)
"""A clock that ends sooner after its start is read without the day of the start beside it."""
OPEN_VERDICTS: Final = frozenset({"open", "at-risk", "missed", "undetermined", "pending"})


class Below:
    """Everything the first screen has no room for, in sections; lines may be wider than the screen."""

    def __init__(
        self,
        case: Case,
        obligations: Sequence[Obligation],
        refusals: Sequence[Refusal],
        questions: Sequence[Ask],
        clock: LocalClock,
        log: Sequence[Event],
        paging: Paging,
    ) -> None:
        self.case = case
        self.obligations = obligations
        self.refusals = refusals
        self.questions = questions
        self.clock = clock
        self.log = log
        self.paging = paging

    def sections(self, corrections: Sequence[Correction], more_questions: bool) -> Iterator[tuple[str, list[str]]]:
        """Each heading with its lines; a section with nothing in it is left out.

        ``more_questions`` says that the first screen had no room for all there is to find out.
        """
        from ir_policy.present.calling import paging_lines

        found = {
            "RESPONSE": list(response_lines(self.case, self.log, self.clock)),
            "COMMAND": list(self._command()),
            "PAGING": list(paging_lines(self.case.policy, self.paging, self.clock)),
            "WORDS": list(self._words()),
            "ENDANGERED": list(endangered_lines(self.case)),
            "EVERY CLOCK": list(self._clocks()),
            "HELD BACK": list(self._held_back()),
            "OPEN QUESTIONS": list(self._questions(more_questions)),
            "AGAINST THE RULES": list(self._against()),
            "CONCLUSIONS DRAWN ANEW": [f"  {c.what}: {c.before} -> {c.after} ({c.reason})" for c in corrections],
        }
        yield from ((heading, lines) for heading, lines in found.items() if lines)

    def footing(self, left_out: int) -> Iterator[str]:
        """Which document answered, and what was left out."""
        policy = self.case.policy
        yield f"policy {policy.id} {policy.version} ({policy.status}), {policy.digest[:19]}, semantics {policy.semantics}, zones {policy.zone_data}"
        if left_out:
            yield f"{left_out} events of the log are later than this instant and left out"

    def _command(self) -> Iterator[str]:
        """Who is in command; nothing while nobody took a role and nothing is to be careful about."""
        from ir_policy.duties.commanders import command_of  # few need it
        from ir_policy.present.commanding import command_lines

        found = command_of(self.case, "", self.clock.now)
        if found.history or found.cautions:
            yield from command_lines(found, self.clock)

    def _words(self) -> Iterator[str]:
        """What became of every message; nothing while nobody wrote one and no way is in doubt."""
        from ir_policy.duties.messages import notices_of  # few need it
        from ir_policy.present.wording import notices_lines

        yield from notices_lines(self.case, notices_of(self.case, "", self.clock.now), self.clock)

    # --- every clock ---

    def _clocks(self) -> Iterator[str]:
        in_order = sorted(grouped(self.obligations), key=lambda g: (g[0].verdict not in OPEN_VERDICTS, urgency(g[0])))
        for group in in_order:
            for index, obligation in enumerate(group):
                yield from self._clock_lines(obligation, index)

    def _clock_lines(self, obligation: Obligation, index: int) -> Iterator[str]:
        also = "  same act: " if index else "  "
        about = f": {obligation.item}" if obligation.item else ""
        head, why = (
            f"{also}{obligation.key}{about}  {obligation.verdict.replace('-', ' ')}",
            self._why_ended(obligation),
        )
        fits = not why or len(f"{head}, {why}") <= WIDTH
        yield f"{head}, {why}" if why and fits else head
        yield f"      {self._limit(obligation)}{self._met(obligation)}{'' if fits else f'; {why}'}"
        basis = obligation.basis if obligation.source is None else f"{obligation.basis}, {obligation.source.cite}"
        yield f"      {basis}; clause {obligation.clause}; {obligation.owed_by}"
        if obligation.breach is not None:
            yield f"      breach {self.clock.full(obligation.breach.at)} ({obligation.breach.cause})"

    def _why_ended(self, obligation: Obligation) -> str:
        if obligation.status in ("active", "pending"):
            return ""
        entry = self.case.ledger.entries[obligation.key]
        return why_ended(entry, next((event for event in self.log if event.id == entry.settled_by), None))

    def _limit(self, obligation: Obligation) -> str:
        """Until when, by which limit, and since when that is counted."""
        anchor = obligation.anchor.astimezone(self.clock.zone)
        soon = obligation.due is not None and obligation.due - obligation.anchor < SAME_DAY
        since = f"{'' if soon else f'{anchor:%a %d %b} '}{anchor:%H:%M} ({obligation.mark})"
        if before_closing(obligation):
            return f"due before closing, since {since}"
        if promptly(obligation):
            return f"due {obligation.limit}, since {since}"
        if obligation.due is None:
            return f"due {obligation.due_kind.replace('-', ' ') or 'without a limit'}, {obligation.limit or 'no limit'} from {since}"
        word = "overdue" if obligation.overdue_by(self.clock.now) is not None else "due"
        return f"{word} {self.clock.full(obligation.due)}, {obligation.limit or 'no limit'} from {since}"

    def _met(self, obligation: Obligation) -> str:
        if obligation.met_at is None:
            return ""
        entry = self.case.ledger.entries[obligation.key]
        assert entry.settled is not None
        late = late_words(obligation, entry)
        return f"; met {self.clock.span(entry.settled.at, entry.settled.latest)}{f', {late}' if late else ''}"

    # --- what is held back, what is not known ---

    def _held_back(self) -> Iterator[str]:
        for refusal in self.refusals:
            says, needs, rule = refusal_lines(self.case, refusal)
            yield f"  {says} ({rule})"
            yield f"      {needs}"

    def _questions(self, all_of_them: bool) -> Iterator[str]:
        """Facts nobody has answered: what a yes would bring, and which gates stay shut without them."""
        for ask in self.questions if all_of_them else ():
            yield f"{ask.in_full(self.clock.now)}{self._said(ask.fact)}"
        asked: dict[str, list[str]] = {}
        for refusal in self.refusals:
            gate = self.case.policy.gates.get(refusal.rule)
            for fact in unanswered(self.case, gate) if gate is not None else ():
                asked.setdefault(fact, []).append(refusal.rule)
        for fact, rules in asked.items():
            rule = self.case.policy.facts.get(fact)
            means = f" {rule.means};" if rule is not None else ""
            yield f"  {fact}?{means} without a no it keeps shut: {', '.join(rules)}{self._said(fact)}"

    def _said(self, fact: str) -> str:
        """Whether somebody was asked and did not know."""
        said = self.case.history.facts.get(fact)
        return f" ({said.by} did not know, {self.clock.full(said.at)})" if said is not None else ""

    # --- the record ---

    def _against(self) -> Iterator[str]:
        for violation in self.case.violations:
            effect = ", without effect" if violation.void else ""
            yield f"  {self.clock.full(violation.at)} {violation.rule} (clause {violation.clause}){effect}"
