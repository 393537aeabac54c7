"""To whom something is owed, and why it is owed to nobody any more."""

from __future__ import annotations

from typing import Final

import pytest

import ir_policy as ir
from ir_policy.rules.model import Policy
from support_brief import at, event, facts, part, sent, told

DOWN: Final = facts(at(10, 2), streaming_unavailable="yes", clients_impacted="yes")
DECIDED: Final = event(ir.SeverityDecided, at(10, 3), severity="SEV1")
NAMED: Final = facts(at(10, 20), client__acme="yes")
TAKEN_BACK: Final = facts(at(10, 20), clients_impacted="no")
IN_ERROR: Final = event(
    ir.SeverityDecided, at(10, 20), severity="SEV3", reason="a test rig", lowering="classified-in-error"
)
NOBODY: Final = "client-update@client/unspecified#0"


class TestToWhom:
    """One line names everybody that one act has to reach."""

    def test_recipients_of_every_kind_are_named(self, policy: Policy) -> None:
        """Clients by name, and audiences that have no family; a title that names its only recipient says it once."""
        promise = sent(
            at(10, 10), "client-update", to=("client/acme", "stakeholders", "internal"), next_update_by=at(12)
        )
        grave = facts(at(10, 2), share_token_leak_broad="yes", client__acme="yes")
        lines = part(ir.brief(told(policy, grave, promise), at(10, 11)), "NEXT")
        assert lines[-3:-1] == [
            "  due 1h49m      12:00 (02:00Z)  send the promised update x3 (client-success-l…)",
            "    to acme, internal, stakeholders",
        ]
        assert "  due 49m        11:00 (01:00Z)  tell the stakeholders (client-success-lead)" in lines

    def test_one_whose_name_does_not_fit_beside_what_is_to_be_done_stands_below_it(self, policy: Policy) -> None:
        """A name is never cut to make room for who owes it."""
        promise = sent(at(10, 10), "client-update", to=("stakeholders",), next_update_by=at(12))
        lines = part(ir.brief(told(policy, DOWN, promise), at(10, 11)), "NEXT")
        assert lines[:3] == [
            "  due 49m        11:00 (01:00Z)  update the client: unspecified (client-succes…)",
            "  due 1h49m      12:00 (02:00Z)  send the promised update (client-success-lead)",
            "    to stakeholders",
        ]

    def test_two_of_one_name_are_told_apart(self, policy: Policy) -> None:
        """A client and an authority of the same name keep their families."""
        promise = sent(at(10, 10), "client-update", to=("client/de", "authority/de"), next_update_by=at(12))
        assert "    to authority/de, client/de" in part(ir.brief(told(policy, DOWN, promise), at(10, 11)), "NEXT")


class TestWhyItEnded:
    """What stood in for recipients nobody had named ends for its own reason, and the same one everywhere."""

    @pytest.mark.parametrize(
        ("event_", "why"),
        [
            (NAMED, "named recipients took its place"),
            (TAKEN_BACK, "what it rested on was taken back"),
            (IN_ERROR, "classified in error"),
        ],
    )
    def test_the_placeholder(self, event_: ir.Event, why: str, policy: Policy) -> None:
        """Named recipients took over, or nobody is impacted after all, or the level was a mistake."""
        incident = told(policy, DOWN, DECIDED, event_)
        ended = [text for label, text in ir.explain(incident, NOBODY, at(10, 30)).lines if label == "ended by"]
        assert [text.rpartition("; ")[2] for text in ended] == [why]
        clock = " ".join(ir.brief(incident, at(10, 30)).text().partition(f"{NOBODY}  cancelled")[2].split())
        assert why in clock.partition("policy; clause")[0]
        told_as = [
            e.text for e in ir.timeline(incident, at(10, 30)).entries if (e.kind, e.about) == ("cancelled", NOBODY)
        ]
        assert [text.rpartition(": ")[2] for text in told_as] == [why]

    def test_what_lapses_after_closing_was_not_lapsed_by_it(self, policy: Policy) -> None:
        """Its limit passed later, while nobody owed anything any more; what was met in time just was."""
        closed = event(ir.Closed, at(10, 30), outcome="resolved")
        incident = told(policy, DOWN, DECIDED, NAMED, closed)
        key = "client-update@client/acme#0"
        assert (
            dict(ir.explain(incident, key, at(12)).lines)["ended by"]
            == "its limit passed after the incident was closed"
        )
        alert = "internal-alert@internal#0"
        assert dict(ir.explain(incident, alert, at(12)).lines)["ended by"].endswith(
            "lapsed when the incident was closed"
        )
        update = sent(
            at(10, 40), "client-update", to=("client/acme",), states=("share-link-status", "mitigation-steps")
        )
        met = ir.record(incident, update).incident
        assert "lapsed" not in dict(ir.explain(met, key, at(12)).lines)["ended by"]
