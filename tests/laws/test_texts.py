"""Texts to send: put together from the policy's templates, bound by their digest, cleared beforehand or not."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import date, datetime, timedelta, timezone
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import Problem, QuestionInvalid
from ir_policy.rules.cleared import cleared_digest, why_not_cleared
from ir_policy.rules.templates import fillings
from support_documents import POLICY, edited

SHIPPED: Final = ir.load_policy("motion-mavericks")
NOW: Final = datetime(2026, 4, 3, 8, 5, tzinfo=timezone.utc)
HOLDING: Final = SHIPPED.templates["holding-text"]
STATUS: Final = ("affected", "not affected", "under investigation")
STEPS: Final = HOLDING.gaps["mitigation-steps"].one_of
SAID: Final = {"share-link-status": "affected", "mitigation-steps": "none yet"}


def cleared(**more: str) -> ir.Policy:
    """The shipped policy in which counsel cleared the holding text."""
    said = {"by": "legal-liaison", "digest": HOLDING.digest, "until": "2026-04-30", **more}
    words = ", ".join(f"{name}: {value}" for name, value in said.items())
    old = "    reading: reviewed-or-cleared-beforehand\n  resolution-message:"
    return ir.load_policy(edited(POLICY, (old, old.replace("\n", f"\n    cleared: {{{words}}}\n", 1))))


def wrong(policy: ir.Policy, template: str, fields: object, **more: object) -> tuple[Problem, ...]:
    with pytest.raises(QuestionInvalid) as refused:
        ir.draft(policy, template, fields, **more)  # type: ignore[arg-type]  # what a caller may get wrong
    assert type(refused.value) is QuestionInvalid
    return refused.value.problems


class TestAClientUpdateStatesShareLinksAndSteps:
    """Clients hear within the hour at the two worst levels, with the state of share links and what is being done."""

    @given(status=st.sampled_from(STATUS), steps=st.sampled_from(STEPS))
    def test_the_holding_text(self, status: str, steps: str) -> None:
        """Each pair of fixed texts gives one text that carries both, whole."""
        text = ir.draft(
            SHIPPED,
            "holding-text",
            {"share-link-status": status, "mitigation-steps": steps},
            recipients=["client/unspecified"],
        )
        assert text.subject == "An incident at the Motion Mavericks Portal"
        assert text.text == (
            "We are looking into an incident at the Motion Mavericks Portal and do not know everything yet.\n\n"
            f"Share links: {status}\nWhat we are doing: {steps}\n\nA fuller update will follow."
        )
        assert (text.states, text.duties) == (HOLDING.states, ("client-update", "stakeholder-notice"))
        assert (text.recipients, text.audience, text.allowed) == (("client/unspecified",), "guest-facing", ())

    @pytest.mark.parametrize("template", SHIPPED.templates.values(), ids=lambda template: template.id)
    def test_each_text_carries_what_its_duties_ask_for(self, template: object) -> None:
        """No text kept ready leaves out a field that a duty it is for must state."""
        found = SHIPPED.templates[template.id]  # type: ignore[attr-defined]  # ids make the parameter an object
        needed = {name for duty in found.duties for name in SHIPPED.duties[duty].must_state}
        assert needed <= set(found.states) <= set(found.gaps)

    def test_it_meets_the_duty_once_sent(self) -> None:
        """The draft's event says what the update must state, so the sending of that notice meets the client update."""
        step = ir.open_incident(SHIPPED, ir.Detected(incident="inc-7", at=NOW, by="sentry", source="sentry"))
        facts = {"streaming-unavailable": ir.YES, "clients-impacted": ir.YES}
        step = ir.apply(step.incident, ir.FactsReported(incident="inc-7", at=NOW, by="dana", facts=facts))
        text = ir.draft(SHIPPED, "holding-text", SAID, recipients=["client/unspecified"])
        step = ir.record(step.incident, text.event(incident="inc-7", at=NOW, by="dana", notice="n-1"))
        sent = ir.Notice(kind="notice-sent", incident="inc-7", at=NOW, by="dana", notice="n-1", digest=text.digest)
        owed = ir.obligations(ir.record(step.incident, sent).incident, NOW)
        assert [one.verdict for one in owed if one.duty == "client-update"] == ["met"]


class TestTheDigest:
    """Counsel reviews drafts before they leave: a review binds the exact text, and any edit voids it."""

    @given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=60))
    def test_any_language_can_compute_it(self, words: str) -> None:
        """Normal form C, line feeds, UTF-8, SHA-256: the digest of a text written elsewhere is that and nothing more."""
        if not words.strip():
            return
        whole = unicodedata.normalize("NFC", f"{words}\n{words}").encode()
        assert ir.digest(f"{words}\r\n{words}\n") == f"sha256:{hashlib.sha256(whole).hexdigest()}"

    def test_a_subject_belongs_to_it(self) -> None:
        """A subject and an empty line stand before the text; another subject is another digest."""
        text = ir.draft(SHIPPED, "holding-text", SAID)
        whole = f"{text.subject}\n\n{text.text}"
        assert text.digest == ir.digest(text.text, text.subject) == ir.digest(whole)
        assert text.digest == f"sha256:{hashlib.sha256(whole.encode()).hexdigest()}"
        assert ir.digest(text.text, "Another subject") != text.digest != ir.digest(text.text)

    def test_equal_looks_are_equal_digests(self) -> None:
        """Composed and decomposed letters, and the line ends of other systems, are the same text."""
        assert ir.digest("Zürich\nBern") == ir.digest("Zu\u0308rich\r\nBern\r\n") == ir.digest("Zürich\rBern")


class TestClearedBeforehand:
    """A holding text that counsel cleared beforehand may go out at once, in each of its fixed wordings, until a day."""

    def test_the_shipped_one_is_not_cleared(self) -> None:
        """Counsel cleared nothing yet: that is an open question, and no text passes for cleared meanwhile."""
        text = ir.draft(SHIPPED, "holding-text", SAID)
        assert not text.is_cleared(NOW)
        assert text.why_not_cleared(NOW) == "nobody cleared it beforehand"
        assert not any(cleared_digest(SHIPPED, name, text.digest, NOW) for name in SHIPPED.templates)

    @given(status=st.sampled_from(STATUS), steps=st.sampled_from(STEPS))
    def test_each_filling_and_no_other_text(self, status: str, steps: str) -> None:
        """Each of the fifteen texts is cleared; one with a word more is not, nor is one of another template."""
        policy = cleared()
        fields = {"share-link-status": status, "mitigation-steps": steps}
        text = ir.draft(policy, "holding-text", fields)
        assert text.is_cleared(NOW)
        assert cleared_digest(policy, "holding-text", text.digest, NOW)
        assert not cleared_digest(policy, "holding-text", ir.digest(f"{text.text} Today.", text.subject), NOW)
        assert not cleared_digest(policy, "client-update", text.digest, NOW)
        assert not cleared_digest(policy, "nobody-knows", text.digest, NOW)
        assert len(fillings(policy.templates["holding-text"])) == 15

    def test_from_its_first_day_to_its_last(self) -> None:
        """Both days count whole, in the policy's zone: in Sydney, and not in UTC."""
        policy = cleared(on="2026-04-03")
        digest = ir.draft(policy, "holding-text", SAID).digest
        midnight = datetime(2026, 4, 2, 13, 0, tzinfo=timezone.utc)
        end = datetime(2026, 4, 30, 14, 0, tzinfo=timezone.utc)
        tick = timedelta(microseconds=1)
        asked = (midnight - tick, midnight, end - tick, end)
        assert [cleared_digest(policy, "holding-text", digest, at) for at in asked] == [False, True, True, False]
        assert [why_not_cleared(policy, "holding-text", at) for at in asked] == [
            "it is cleared from 2026-04-03 on", "", "", "it was cleared until 2026-04-30",
        ]  # fmt: skip
        assert policy.templates["holding-text"].cleared.until == date(2026, 4, 30)  # type: ignore[union-attr]

    def test_free_words_are_never_cleared(self) -> None:
        """A template with a gap for free words needs a review each time."""
        fields = {"action-summary": "The share links were withdrawn and made anew."}
        text = ir.draft(SHIPPED, "resolution-message", fields)
        assert text.why_not_cleared(NOW) == "it takes free words, which nobody can clear beforehand"
        assert fillings(SHIPPED.templates["resolution-message"]) == frozenset()

    def test_clearing_changes_the_policy(self) -> None:
        """What is cleared can change what may happen, so it is part of the policy's digest."""
        assert len({SHIPPED.digest, cleared().digest, cleared(until="2026-05-01").digest}) == 3


class TestWhatIsFilledIn:
    """A text is put together in one pass from named fields; nothing filled in is ever taken for an instruction."""

    def test_every_slip_at_once(self) -> None:
        """Missing, unknown and wrong fields are one error with a way out for each."""
        said = {"share-link-status": "afected", "mitigation": "none", "what-you-may-notice": 7}
        assert wrong(SHIPPED, "client-update", said) == (
            Problem("fields.mitigation-steps", "is missing", "say what is being done about it, in 1000 characters at most"),
            Problem("fields.share-link-status", "is not one of its fixed texts", "write one of: affected, not affected, under investigation"),
            Problem("fields.what-you-may-notice", "is not text", ""),
            Problem("fields", "'mitigation' is no field of 'client-update'", "did you mean 'mitigation-steps'?"),
        )  # fmt: skip

    @pytest.mark.parametrize(
        "value", ["{share-link-status}", "{0.__class__}", "%s %(x)s", "${PATH}", "{{x}}", "a/../b", "C:\\x", "🚨 ok"]
    )
    def test_a_value_stays_as_it_was_said(self, value: str) -> None:
        """Braces, percent signs, dollars and paths are letters like others."""
        text = ir.draft(SHIPPED, "resolution-message", {"action-summary": value})
        assert f"What was done: {value}\n" in text.text
