"""Slips in the texts a policy keeps ready: each is one problem at its place with a way out."""

from __future__ import annotations

from typing import Final

import pytest

import ir_policy as ir
from ir_policy.rules.templates import LONGEST, MOST_FILLINGS
from support_documents import AU, NOT_AN_ID, POLICY, Slip, assert_one_problem, edited, problems, where

HOLDING: Final = ir.load_policy("motion-mavericks").templates["holding-text"]
END: Final = "    reading: reviewed-or-cleared-beforehand\n  resolution-message:"
ALERT: Final = "    fields:\n      news:"


def cleared(words: str) -> str:
    """The end of the holding text with such a clearance."""
    return END.replace("\n", f"\n    cleared: {{{words}}}\n", 1)


GOOD: Final = f"by: legal-liaison, digest: {HOLDING.digest}, until: 2026-04-30"
STATUS: Final = "one_of: [first alert, the level was raised, the first alert was in error]"

SLIPS: Final = (
    Slip("a duty nobody knows", "    for: resolution-message\n", "    for: resolution-mesage\n", "for: ¦resolution-mesage",
         "templates.resolution-message.for", "unknown duty 'resolution-mesage'", "did you mean 'resolution-message'?"),
    Slip("no duty", "    for: resolution-message\n", "", "    ¦clause: response-phases/recover\n    audience",
         "templates.resolution-message.for", "'for' is missing"),
    Slip("an audience nobody knows", "    for: resolution-message\n    audience: guest-facing", "    for: resolution-message\n    audience: guests",
         "audience: ¦guests", "templates.resolution-message.audience", "is not one of the words allowed here",
         "write 'guest-facing' or 'internal'"),
    Slip("a key nobody knows", "    states: action-summary\n", "    state: action-summary\n", "¦state: action", "templates.resolution-message.state",
         "unknown key 'state'", "did you mean 'states'?"),
    Slip("a reading nobody knows", "    reading: texts-kept-ready\n  client-update:", "    reading: texts-kept-redy\n  client-update:",
         "reading: ¦texts-kept-redy", "templates.internal-alert.reading", "unknown reading 'texts-kept-redy'", "did you mean 'texts-kept-ready'?"),
    Slip("a clause in no chapter", "    clause: comms-cadence/initial-alert\n    for:", "    clause: comms/initial-alert\n    for:",
         "clause: ¦comms/initial", "templates.internal-alert.clause", "unknown chapter 'comms'"),
    Slip("a gap nobody fills", "What was done: {action-summary}", "What was done: {action-sumary} {action-summary}", "text: ¦|-\n      The incident at",
         "templates.resolution-message.text", "nothing is said of '{action-sumary}'", "did you mean 'action-summary'?"),
    Slip("a gap unlike any", "What was done: {action-summary}", "What was done: {action-summary} {who}", "text: ¦|-\n      The incident at",
         "templates.resolution-message.text", "nothing is said of '{who}'", "say under 'fields' what may be filled in"),
    Slip("a field that is not in the text", "What was done: {action-summary}", "What was done: see below", "¦{means: what was done to end it",
         "templates.resolution-message.fields.action-summary", "no '{action-summary}' stands in the text", "put it there, or take the field out"),
    Slip("a brace that is no field's", "What was done: {action-summary}", "What was done: {{action-summary}", "text: ¦|-\n      The incident at",
         "templates.resolution-message.text", "holds a brace that is no field's", "fields are written {field-id}, and nothing else has braces"),
    Slip("a format with a conversion", "What was done: {action-summary}", "What was done: {action-summary} {0!r}", "text: ¦|-\n      The incident at",
         "templates.resolution-message.text", "holds a brace that is no field's", "fields are written {field-id}, and nothing else has braces"),
    Slip("a subject of two lines", "    subject: An incident at the Motion Mavericks Portal\n", '    subject: "An incident\\nBcc: all@example.com"\n',
         'subject: ¦"An incident', "templates.holding-text.subject", "is longer than one line", "put the rest into 'text'"),
    Slip("a state that is no field", "    states: action-summary\n", "    states: [action-summary, action-sumary]\n", "states: ¦[action-summary, action-sumary]",
         "templates.resolution-message.states", "'action-sumary' is no field of this template", "did you mean 'action-summary'?"),
    Slip("fixed texts and free words", STATUS, "one_of: [a, b], free: yes, at_most: 80", "news: ¦{means", "templates.internal-alert.fields.news",
         "takes either fixed texts or free words", "say 'one_of', or 'free: yes' and 'at_most'"),
    Slip("neither fixed texts nor free words", STATUS, "at_most: 80", "news: ¦{means", "templates.internal-alert.fields.news",
         "takes either fixed texts or free words", "say 'one_of', or 'free: yes' and 'at_most'"),
    Slip("free words without an end", "free: yes, at_most: 1500", "free: yes", "action-summary: ¦{means: what was", "templates.resolution-message.fields.action-summary",
         "'at_most' belongs to free words", "say 'free: yes' and how many characters at most"),
    Slip("fixed texts of a length", STATUS, "one_of: [a, b], at_most: 80", "news: ¦{means", "templates.internal-alert.fields.news",
         "'at_most' belongs to free words", "say 'free: yes' and how many characters at most"),
    Slip("free words of no length", "free: yes, at_most: 1500", "free: yes, at_most: 0", "at_most: ¦0", "templates.resolution-message.fields.action-summary.at_most",
         "is not a number of characters", "write one from 1 to 5000"),
    Slip("free words of a huge length", "free: yes, at_most: 1500", "free: yes, at_most: 5001", "at_most: ¦5001", "templates.resolution-message.fields.action-summary.at_most",
         "is not a number of characters", "write one from 1 to 5000"),
    Slip("a text that may grow too long", "What was done: {action-summary}", f"What was done: {'{action-summary}' * 14}", "text: ¦|-\n      The incident at",
         "templates.resolution-message.text", f"can become longer than {LONGEST} characters", "allow fewer in its fields"),
    Slip("one fixed text twice", STATUS, "one_of: [first alert, raised, 'first alert ']", "¦'first alert '", "templates.internal-alert.fields.news.one_of[2]",
         "stands here twice", "keep one of them"),
    Slip("no fixed text", STATUS, "one_of: []", "one_of: ¦[]", "templates.internal-alert.fields.news.one_of", "must be a list with something in it"),
    Slip("a fixed text of two lines in the subject", "one_of: [SEV0, SEV1, not assessed yet]", 'one_of: [SEV0, "SEV1\\nx", not assessed yet]', '¦"SEV1',
         "templates.internal-alert.fields.level.one_of[1]", "is longer than one line, and stands in the subject", "shorten it"),
    Slip("a field that is no id", ALERT, ALERT.replace("news", "News"), "¦News: {means", "templates.internal-alert.fields.News", "'News' is not an id", NOT_AN_ID),
    # --- cleared beforehand ---
    Slip("cleared by nobody known", END, cleared(GOOD.replace("legal-liaison", "legal-liason")), "¦legal-liason", "templates.holding-text.cleared.by",
         "unknown role or person 'legal-liason'", "did you mean 'legal-liaison'?"),
    Slip("cleared for ever", END, cleared(GOOD.rpartition(",")[0]), "cleared: ¦{by", "templates.holding-text.cleared.until", "'until' is missing"),
    Slip("cleared until before it was", END, cleared(f"{GOOD}, on: 2026-05-01"), "until: ¦2026-04-30", "templates.holding-text.cleared.until",
         "the clearance ends before it begins", "check both days"),
    Slip("cleared by a digest of another kind", END, cleared(GOOD.replace(HOLDING.digest, "md5:7f0c")), "¦md5:7f0c", "templates.holding-text.cleared.digest",
         "is not a digest", "write sha256: and 64 hexadecimal digits; ir-policy draft --list says it"),
    Slip("changed since it was cleared", END, cleared(GOOD.replace(HOLDING.digest, "sha256:" + "0" * 64)), "digest: ¦sha256", "templates.holding-text.cleared.digest",
         "the template was changed since it was cleared", f"have it cleared again; it is {HOLDING.digest} now"),
    Slip("free words cleared", "    reading: texts-kept-ready\n\n# ---", f"    reading: texts-kept-ready\n    cleared: {{{GOOD}}}\n\n# ---", "cleared: ¦{by",
         "templates.resolution-message.cleared", "'action-summary' takes free words, which nobody can clear beforehand",
         "give each field fixed texts, or take 'cleared' out"),
    # --- the tools that views fill ---
    Slip("a code word that is none", "code_words: [alder,", "code_words: [Alder,", "code_words: [¦Alder", "tooling.incident-channel-name.code_words[0]",
         "is not a code word", "write one lower-case word of 20 letters at most"),
    Slip("a code word twice", "code_words: [alder, amber,", "code_words: [alder, alder,", "[alder, ¦alder", "tooling.incident-channel-name.code_words[1]",
         "stands here twice", "keep one of them"),
    Slip("a view nobody draws", "shown_by: board", "shown_by: card", "shown_by: ¦card", "tooling.incident-board.shown_by", "is not one of the words allowed here",
         "write 'board' or 'evidence'"),
    Slip("kept from an event that has no evidence", "signed-postmortems: postmortem-distributed", "signed-postmortems: documented", "signed-postmortems: ¦documented",
         "tooling.evidence-folder.kept_from.signed-postmortems", "unknown event with evidence 'documented'"),
    Slip("kept and not held", "      signed-postmortems: postmortem-distributed", "      signed-postmortem: postmortem-distributed", "kept_from:\n      ¦evidence",
         "tooling.evidence-folder.kept_from", "unknown part of what it holds 'signed-postmortem'", "did you mean 'signed-postmortems'?"),
)  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.about)
def test_slip(slip: Slip) -> None:
    """One problem that names its place, says what is wrong, and the way out."""
    assert_one_problem(slip)


def test_more_texts_than_can_be_cleared() -> None:
    """A template may stand for ten thousand texts when it is cleared, and for no more."""
    start, end = (
        POLICY.index("  holding-text:"),
        POLICY.index("  resolution-message:\n    clause: response-phases/recover\n    for"),
    )

    def with_fields(*sizes: int, digest: str) -> str:
        fields = "\n".join(
            f"      f{n}: {{means: x, one_of: [{', '.join(f'w{i}' for i in range(size))}]}}"
            for n, size in enumerate(sizes)
        )
        gaps = " ".join(f"{{f{n}}}" for n in range(len(sizes)))
        said = f"cleared: {{by: legal-liaison, digest: {digest}, until: 2026-04-30}}"
        text = f"  holding-text:\n    clause: x/y\n    for: client-update\n    audience: guest-facing\n    text: '{gaps}'\n    fields:\n{fields}\n    {said}\n"
        return POLICY[:start] + text.replace("x/y", "comms-cadence/client-updates") + POLICY[end:]

    zeros = "sha256:" + "0" * 64
    most = problems(with_fields(100, 100, digest=zeros))
    assert [one.what for one in most] == ["the template was changed since it was cleared"]
    digest = most[0].hint.removeprefix("have it cleared again; it is ").removesuffix(" now")
    template = ir.load_policy(with_fields(100, 100, digest=digest)).templates["holding-text"]
    assert (template.count, template.digest) == (MOST_FILLINGS, digest)
    assert [one.what for one in problems(with_fields(100, 101, digest=zeros))] == [
        "it can become 10100 texts, more than the 10000 that can be cleared at once"
    ]


class TestTheDigestOfATemplate:
    """It covers all that counsel judges and nothing else."""

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("      A fuller update will follow.", "      A fuller update will follow soon."),
            ("    subject: An incident at the", "    subject: News of an incident at the"),
            ("          - none yet\n", "          - nothing yet\n"),
            ("          - none yet\n", ""),
            ("        means: what is being done about it\n", "        means: what is planned\n"),
        ],
    )
    def test_it_changes_with_the_words(self, old: str, new: str) -> None:
        """Any word of it, and any of its fixed texts."""
        assert ir.load_policy(edited(POLICY, (old, new))).templates["holding-text"].digest != HOLDING.digest

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (END, END.replace("reviewed-or-cleared-beforehand", "texts-kept-ready")),
            (
                "    clause: privacy-integration/legal-review\n    for:",
                "    clause: comms-cadence/client-updates\n    for:",
            ),
            ("      news: {means", "      # a remark\n      news: {means"),
        ],
    )
    def test_it_stays_with_all_else(self, old: str, new: str) -> None:
        """Not with the clause, the reading, a remark or another template."""
        assert ir.load_policy(edited(POLICY, (old, new))).templates["holding-text"].digest == HOLDING.digest


def test_a_contract_keeps_texts_of_its_own() -> None:
    """They stand below its prefix; a law keeps none."""
    contract = """document: contract
id: acme
version: 1.0.0
title: With Acme
prefix: acme
templates:
  news: {clause: c/1, for: client-update, audience: guest-facing, text: "Hello {who}", fields: {who: {means: x, one_of: [you]}}}
"""
    policy = edited(POLICY, ("laws: [au-ndb", "contracts: acme@1.0.0\nlaws: [au-ndb")).replace(
        "contracts: acme@1.0.0", "contracts: [acme@1.0.0]"
    )
    loaded = ir.load_policy(policy, documents=[contract])
    assert ir.draft(loaded, "acme.news", {"who": "you"}).text == "Hello you"
    assert loaded.templates["acme.news"].document == "acme"
    law = edited(AU, ("marks:\n", "templates: {}\nmarks:\n"))
    found = problems(POLICY, law)
    assert [(one.where, one.what) for one in found] == [
        (where(law, "¦templates: {}", "templates", "documents[0]"), "unknown key 'templates' in a law")
    ]
