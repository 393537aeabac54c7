"""A closed incident of which something came to be known that speaks against the way it was closed."""

from __future__ import annotations

from typing import Final

import pytest

import ir_policy as ir
from ir_policy.rules.model import Policy
from support_brief import at, event, facts, part, told

WRONG: Final = facts(at(10, 2), false_positive="yes")
OUTSIDE: Final = facts(at(10, 2), outside_portal="yes")
LEAK: Final = facts(at(11), share_token_leak_broad="yes", clients_impacted="yes")
SENTENCE: Final = "what is known to be in scope and worse outweighs a false alarm and an incident out of scope"


def closed(outcome: str) -> ir.Event:
    return event(ir.Closed, at(10, 30), outcome=outcome)


class TestInDoubt:
    """Nothing is owed for a false alarm: so a false alarm that was none must not look calm."""

    @pytest.mark.parametrize(("found", "outcome"), [(WRONG, "false-positive"), (OUTSIDE, "out-of-scope")])
    def test_the_brief_says_that_it_is_to_be_reopened(self, found: ir.Event, outcome: str, policy: Policy) -> None:
        """In the words of the rule that would forbid that closing today, with what is known, and who may."""
        calm = told(policy, found, closed(outcome))
        assert part(ir.brief(calm, at(11)), "DO NOW") == ["  nothing"]
        assert part(ir.brief(told(policy, found, closed(outcome), LEAK), at(11)), "DO NOW") == [
            f"! reopen it: closed as {outcome}, which is in doubt (dana)",
            "    what is known to be in scope and worse outweighs a false alarm and an",
            "      incident out of scope",
            "    known: share-token-leak-broad, clients-impacted",
        ]

    def test_so_does_the_step_that_brought_it_and_no_other(self, policy: Policy) -> None:
        """Who reports it hears it at once; a later report of something else says nothing again."""
        step = ir.apply(told(policy, WRONG, closed("false-positive")), LEAK)
        assert step.suggested[-1] == (
            f"closed as false-positive, and now this speaks against it: {SENTENCE} "
            "(share-token-leak-broad, clients-impacted); reopen it"
        )
        later = ir.apply(step.incident, facts(at(11, 5), eu_establishment="yes"))
        assert not [words for words in later.suggested if "reopen it" in words]

    def test_members_of_a_family_are_named(self, policy: Policy) -> None:
        """Guests are affected, and admins are not."""
        hit = facts(at(11), affected_role__guest="yes", affected_role__admin="no")
        rows = part(ir.brief(told(policy, WRONG, closed("false-positive"), hit), at(11)), "DO NOW")
        assert rows[-1] == "    known: affected-role/guest"

    def test_a_finding_taken_back_speaks_against_it_too(self, policy: Policy) -> None:
        """Nobody finds the alert wrong any more: the rule that asks for the finding says so."""
        doubted = facts(at(11), false_positive="no")
        step = ir.apply(told(policy, WRONG, closed("false-positive")), doubted)
        assert "a person found the alert wrong before it is closed as one; reopen it" in step.suggested[-1]
        rows = part(ir.brief(step.incident, at(11)), "DO NOW")
        assert rows[1:] == ["    a person found the alert wrong before it is closed as one"]

    def test_it_is_gone_once_it_is_reopened_or_over(self, policy: Policy) -> None:
        """Reopened there is an incident again, and a no to everything makes the alarm a false one again."""
        reopened = event(ir.Reopened, at(11, 5), reason="it leaks")
        over = facts(at(11, 5), share_token_leak_broad="no", clients_impacted="no")
        for after in (reopened, over):
            shown = ir.brief(told(policy, WRONG, closed("false-positive"), LEAK, after), at(11, 6))
            assert not [row for row in part(shown, "DO NOW") if "reopen it" in row]

    def test_what_is_resolved_or_goes_on_elsewhere_stays_closed(self, policy: Policy) -> None:
        """Resolved owes what it owes, and a duplicate that was merged is worked on as the other incident."""
        merged = event(ir.Merged, at(10, 20), into="inc-8", reason="the same outage")
        for story in ((closed("resolved"),), (merged, closed("duplicate"))):
            shown = ir.brief(told(policy, *story, LEAK), at(11))
            assert not [row for row in part(shown, "DO NOW") if "reopen it" in row]
