"""How severe an incident is, from what is known of it: for every set of facts, whatever is not known yet.

The table of facts and levels is written here once more, by hand, from the policy's matrix; completions of what is not
known are tried one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import NO, UNKNOWN, YES, Severity, Truth
from ir_policy.duties.severity import Question, Range
from ir_policy.errors import Problem
from ir_policy.rules.model import Polarity
from ir_policy.testing import facts

POLICY: Final = ir.load_policy("motion-mavericks")
SEV0, SEV1, SEV2, SEV3 = Severity

ROW_OF: Final = {
    "cross-tenant-critical": (SEV0, "sev0-cross-tenant"),
    "exfiltration-likely": (SEV0, "sev0-exfiltration"),
    "share-token-leak-broad": (SEV0, "sev0-share-token-leak"),
    "major-function-lost": (SEV1, "sev1-major-function"),
    "privacy-suspected": (SEV1, "sev1-privacy"),
    "streaming-unavailable": (SEV1, "sev1-streaming"),
    "notifications-blocked": (SEV1, "sev1-notifications"),
    "credentials-compromised": (SEV1, "sev1-credentials"),
    "asset-compromised": (SEV1, "sev1-asset"),
    "performance-degraded": (SEV2, "sev2-degraded"),
    "partial-outage": (SEV2, "sev2-partial-outage"),
    "share-links-failing": (SEV2, "sev2-share-links"),
}
THREATS: Final = {"integrity-threatened": "raise-integrity", "residency-threatened": "raise-residency"}
ASKED: Final = (*ROW_OF, *THREATS)
WORSE: Final = tuple(fact for fact, rule in POLICY.facts.items() if rule.polarity is Polarity.WORSE)

FACTS: Final = facts(POLICY)
MATRIX: Final = st.dictionaries(st.sampled_from(ASKED), st.sampled_from(Truth), max_size=8)
"""Answers to what the matrix asks; what is left out was never asked."""


def level_of(yes: Iterable[str]) -> Severity:
    """The level when exactly these facts are so: the worst row wins, a threat raises it by one."""
    index = min((ROW_OF[fact][0].index for fact in yes if fact in ROW_OF), default=3)
    return tuple(Severity)[max(0, index - any(fact in THREATS for fact in yes))]


def yes_in(known: Mapping[str, Truth]) -> set[str]:
    return {fact for fact, truth in known.items() if truth is YES}


def completions(known: Mapping[str, Truth], open_facts: Iterable[str]) -> Iterator[dict[str, Truth]]:
    """Every way in which the open facts may turn out."""
    names = sorted(open_facts)
    for answers in product((YES, NO), repeat=len(names)):
        yield {**known, **dict(zip(names, answers, strict=True))}


def range_over(known: Mapping[str, Truth], open_facts: Iterable[str]) -> Range:
    levels = [level_of(yes_in(complete)) for complete in completions(known, open_facts)]
    return Range(max(levels, key=lambda level: level.index), min(levels, key=lambda level: level.index))


def within(inner: Range, outer: Range) -> bool:
    return not (outer.best.worse_than(inner.best) or inner.worst.worse_than(outer.worst))


def whole(found: ir.Classification) -> tuple[object, ...]:
    """Everything an answer says."""
    return found.severity, found.range, found.determined_by, found.facts, found.open_questions


class TestTheTable:
    """Each level has its signs, and any one of them is enough; what shows none of them is of the mildest level."""

    @pytest.mark.parametrize("fact", ROW_OF)
    def test_each_sign_alone_is_enough(self, fact: str) -> None:
        """One fact known to be so gives its row's level, and the row is named as the reason."""
        level, row = ROW_OF[fact]
        found = ir.classify(POLICY, {fact: YES})
        assert (found.severity, found.determined_by, found.facts) == (level, (row,), (fact,))

    def test_without_any_sign_it_is_the_mildest(self) -> None:
        """Nothing known supports no row, so the row for everything else applies."""
        found = ir.classify(POLICY, {})
        assert (found.severity, found.determined_by, found.facts) == (SEV3, ("sev3-otherwise",), ())

    def test_facts_of_no_row_leave_it_the_mildest(self) -> None:
        """An anomaly that is watched, and an alert that was wrong, are of the mildest level."""
        known = {fact: YES for fact in POLICY.facts if fact not in ASKED}
        assert known
        assert whole(ir.classify(POLICY, known)) == whole(ir.classify(POLICY, {}))

    @given(known=MATRIX)
    def test_the_worst_sign_known_wins(self, known: dict[str, Truth]) -> None:
        """Whatever else is so or not so, the answer is that of the worst row, raised where something is threatened."""
        assert ir.classify(POLICY, known).severity is level_of(yes_in(known))

    @given(known=FACTS, bettering=st.sets(st.sampled_from(sorted(set(POLICY.facts) - set(WORSE)))))
    def test_good_news_outweighs_no_sign(self, known: dict[str, Truth], bettering: set[str]) -> None:
        """A false positive, or harm that is unlikely, takes no level back that another fact supports."""
        good = dict.fromkeys(bettering, YES)
        assert ir.classify(POLICY, known | good).severity is ir.classify(POLICY, known).severity


class TestMonotone:
    """More bad news never makes an incident look better."""

    @given(known=FACTS, fact=st.sampled_from(WORSE))
    def test_one_more_bad_fact_never_makes_it_milder(self, known: dict[str, Truth], fact: str) -> None:
        """Level, best case and worst case stay or get worse when one more bad fact is known to be so."""
        without, with_it = ir.classify(POLICY, {**known, fact: NO}), ir.classify(POLICY, {**known, fact: YES})
        for before, after in (
            (without.severity, with_it.severity),
            (without.range.best, with_it.range.best),
            (without.range.worst, with_it.range.worst),
        ):
            assert not before.worse_than(after)

    @given(known=FACTS, more=st.sets(st.sampled_from(WORSE)))
    def test_many_more_bad_facts_never_make_it_milder(self, known: dict[str, Truth], more: set[str]) -> None:
        """The same holds for any number of them at once."""
        before, after = ir.classify(POLICY, known), ir.classify(POLICY, known | dict.fromkeys(more, YES))
        assert not before.severity.worse_than(after.severity)


class TestOrder:
    """It does not matter in which order things become known."""

    @given(known=FACTS, data=st.data())
    def test_the_order_of_the_facts_changes_nothing(self, known: dict[str, Truth], data: st.DataObject) -> None:
        """The same facts in another order give the same level, range, reasons and questions."""
        shuffled = dict(data.draw(st.permutations(list(known.items()))))
        assert whole(ir.classify(POLICY, shuffled)) == whole(ir.classify(POLICY, known))

    @given(known=FACTS)
    def test_a_truth_and_its_word_are_the_same(self, known: dict[str, Truth]) -> None:
        """Facts may be given as words, as they stand in a log."""
        in_words = {fact: truth.value for fact, truth in known.items()}
        assert whole(ir.classify(POLICY, in_words)) == whole(ir.classify(POLICY, known))


class TestNotKnown:
    """What is not known is neither so nor not so: it supports nothing and excludes nothing."""

    @given(known=FACTS)
    def test_unknown_is_the_same_as_never_asked(self, known: dict[str, Truth]) -> None:
        """Whoever says "we do not know" has changed nothing."""
        told = {fact: truth for fact, truth in known.items() if truth is not UNKNOWN}
        assert whole(ir.classify(POLICY, known)) == whole(ir.classify(POLICY, told))

    @given(known=MATRIX, fact=st.sampled_from(ASKED))
    def test_unknown_spans_both_answers(self, known: dict[str, Truth], fact: str) -> None:
        """The range of an open fact reaches from the best of both its answers to the worst of both."""
        open_, if_yes, if_no = (ir.classify(POLICY, {**known, fact: truth}).range for truth in (UNKNOWN, YES, NO))
        levels = (if_yes.best, if_yes.worst, if_no.best, if_no.worst)
        assert open_ == Range(max(levels, key=lambda one: one.index), min(levels, key=lambda one: one.index))

    def test_a_suspicion_nobody_can_answer_is_not_the_mildest_case(self) -> None:
        """A possible leak leaves the level where it is and the worst case open; a leak ruled out closes it."""
        open_ = ir.classify(POLICY, {"exfiltration-likely": UNKNOWN})
        ruled_out = ir.classify(POLICY, dict.fromkeys(ASKED, NO))
        assert (open_.severity, open_.range) == (SEV3, Range(SEV3, SEV0))
        assert (ruled_out.severity, ruled_out.range, ruled_out.open_questions) == (SEV3, Range(SEV3, SEV3), ())

    @given(known=MATRIX)
    def test_the_level_supported_lies_inside_the_range(self, known: dict[str, Truth]) -> None:
        """What is known to be so is the best case of all that may still turn out."""
        found = ir.classify(POLICY, known)
        assert found.severity is found.range.best


class TestRefinement:
    """Finding something out never leads to a level that was ruled out before."""

    @given(known=MATRIX, learnt=MATRIX)
    def test_what_is_learnt_stays_inside_the_range(self, known: dict[str, Truth], learnt: dict[str, Truth]) -> None:
        """After any answers to open questions the range lies inside the range before, and the level too."""
        settled = {fact: truth for fact, truth in known.items() if truth is not UNKNOWN}
        before, after = ir.classify(POLICY, known), ir.classify(POLICY, {**learnt, **settled})
        assert within(after.range, before.range)
        assert within(Range(after.severity, after.severity), before.range)

    @settings(max_examples=40)
    @given(known=MATRIX)
    def test_the_range_is_what_completions_reach(self, known: dict[str, Truth]) -> None:
        """Best and worst case are reached by some way in which the open facts may turn out, and nothing lies outside."""
        settled = {fact: truth for fact, truth in known.items() if truth is not UNKNOWN}
        complete = {**dict.fromkeys(ASKED[6:], NO), **settled}
        open_facts = set(ASKED[:6]) - settled.keys()
        assert ir.classify(POLICY, complete).range == range_over(complete, open_facts)


class TestThreats:
    """A threat to integrity or to where data lives makes the level worse by one, once, and not beyond the worst."""

    @given(known=MATRIX, threats=st.sets(st.sampled_from(sorted(THREATS)), min_size=1))
    def test_any_number_of_threats_raises_once(self, known: dict[str, Truth], threats: set[str]) -> None:
        """One threat and two raise alike: by one level from what the rows give, up to the worst."""
        calm = {fact: truth for fact, truth in known.items() if fact not in THREATS}
        before, after = ir.classify(POLICY, calm), ir.classify(POLICY, calm | dict.fromkeys(threats, YES))
        assert after.severity is before.severity.raised(1)
        raised = [THREATS[fact] for fact in THREATS if fact in threats and before.severity is not SEV0]
        assert after.determined_by == (*before.determined_by, *raised)

    def test_at_the_worst_level_a_threat_decides_nothing(self) -> None:
        """Nothing is worse than the worst level, so the threat is no reason for it."""
        worst = ir.classify(POLICY, {"exfiltration-likely": YES, "integrity-threatened": YES})
        assert (worst.severity, worst.determined_by) == (SEV0, ("sev0-exfiltration",))
        assert worst.facts == ("exfiltration-likely",)

    def test_a_threat_alone_raises_the_mildest_level(self) -> None:
        """With no other sign a threat makes the mildest level one worse."""
        alone = ir.classify(POLICY, {"residency-threatened": YES})
        assert (alone.severity, alone.determined_by) == (SEV2, ("sev3-otherwise", "raise-residency"))
        assert alone.facts == ("residency-threatened",)

    @given(known=MATRIX, threat=st.sampled_from(sorted(THREATS)))
    def test_a_possible_threat_raises_only_the_worst_case(self, known: dict[str, Truth], threat: str) -> None:
        """A threat nobody has confirmed moves no level, but stays in the range."""
        absent, possible = (ir.classify(POLICY, {**known, threat: truth}) for truth in (NO, UNKNOWN))
        assert possible.severity is absent.severity
        assert possible.range.worst is absent.range.worst.raised(int(not set(THREATS) & yes_in({**known, threat: NO})))


class TestReasons:
    """The rules an answer names are why it is the answer: take their facts away and it is another."""

    @given(known=MATRIX)
    def test_without_the_deciding_facts_the_answer_changes(self, known: dict[str, Truth]) -> None:
        """With all that decided no longer known the level is milder, or a milder row and a threat lead to it as well."""
        found = ir.classify(POLICY, known)
        without = ir.classify(POLICY, {fact: truth for fact, truth in known.items() if fact not in found.facts})
        if found.determined_by == ("sev3-otherwise",):
            assert (found.severity, found.facts) == (SEV3, ())
        elif found.severity is without.severity:
            assert not set(THREATS.values()) & set(found.determined_by)
            assert set(THREATS.values()) & set(without.determined_by)
        else:
            assert found.severity.worse_than(without.severity)

    @given(known=MATRIX)
    def test_the_deciding_facts_alone_give_the_answer(self, known: dict[str, Truth]) -> None:
        """Nothing else was needed: with only the facts named, level, rules and facts are the same."""
        found = ir.classify(POLICY, known)
        alone = ir.classify(POLICY, dict.fromkeys(found.facts, YES))
        assert whole(alone)[:1] + whole(alone)[2:4] == whole(found)[:1] + whole(found)[2:4]

    @given(known=MATRIX)
    def test_every_row_of_the_level_that_holds_is_named(self, known: dict[str, Truth]) -> None:
        """Several signs of the level that won are several reasons; the threats that raised it come last."""
        rows = [ROW_OF[fact] for fact in ROW_OF if known.get(fact) is YES]
        worst = min((level.index for level, _ in rows), default=3)
        named = sorted(row for level, row in rows if level.index == worst) or ["sev3-otherwise"]
        threats = [THREATS[fact] for fact in THREATS if known.get(fact) is YES and worst > 0]
        assert ir.classify(POLICY, known).determined_by == (*named, *threats)


class TestOpenQuestions:
    """What to find out next: the facts that could still change the level, the one that settles most first."""

    @settings(max_examples=60)
    @given(
        open_facts=st.sets(st.sampled_from(ASKED), max_size=5),
        rest=st.fixed_dictionaries({fact: st.sampled_from((NO, NO, NO, YES)) for fact in ASKED}),
    )
    def test_they_are_the_facts_that_matter(self, open_facts: set[str], rest: dict[str, Truth]) -> None:
        """A fact is asked if and only if some answers to the others leave the level to it; both ranges are right."""
        known = {fact: truth for fact, truth in rest.items() if fact not in open_facts}
        expected = {
            fact: Question(
                fact,
                POLICY.facts[fact].means,
                range_over({**known, fact: YES}, open_facts - {fact}),
                range_over({**known, fact: NO}, open_facts - {fact}),
            )
            for fact in open_facts
            if any(
                level_of(yes_in({**others, fact: YES})) is not level_of(yes_in({**others, fact: NO}))
                for others in completions(known, open_facts - {fact})
            )
        }
        asked = ir.classify(POLICY, known).open_questions
        assert {question.fact: question for question in asked} == expected
        assert len(asked) == len(expected)

    @given(known=MATRIX)
    def test_the_most_settling_one_comes_first(self, known: dict[str, Truth]) -> None:
        """They are ordered by how many levels both answers together leave open."""
        asked = ir.classify(POLICY, known).open_questions
        left = [
            sum(one.best.index - one.worst.index for one in (question.if_yes, question.if_no)) for question in asked
        ]
        assert left == sorted(left)

    def test_nothing_is_asked_once_the_worst_is_certain(self) -> None:
        """At the worst level no answer could change anything."""
        assert ir.classify(POLICY, {"cross-tenant-critical": YES}).open_questions == ()

    def test_at_first_everything_in_the_matrix_is_asked_and_nothing_else(self) -> None:
        """Facts no row reads are no question about the level."""
        assert {question.fact for question in ir.classify(POLICY, {}).open_questions} == set(ASKED)


class TestMalformedQuestions:
    """A slip of the pen is said, with the way out; it is never taken for "not known"."""

    def test_every_problem_is_named_at_once(self) -> None:
        """An unknown fact and a truth that is none are two problems of one error."""
        with pytest.raises(ir.QuestionInvalid) as refused:
            ir.classify(POLICY, {"exfiltration-likly": YES, "partial-outage": True})  # type: ignore[dict-item]
        assert refused.value.problems == (
            Problem("facts.exfiltration-likly", "unknown fact 'exfiltration-likly'", "did you mean 'exfiltration-likely'?"),
            Problem(
                "facts.partial-outage", "a fact is yes, no or unknown", "use ir.YES, ir.NO, ir.UNKNOWN or their words"
            ),
        )  # fmt: skip

    def test_members_of_a_closed_family_are_known_by_name(self) -> None:
        """A family that lists its members knows these and no others; an open family knows any."""
        assert ir.classify(POLICY, {"service/mux": YES, "client/anybody": NO}).severity is SEV3
        with pytest.raises(ir.QuestionInvalid):
            ir.classify(POLICY, {"service/akamai": YES})

    def test_a_truth_is_no_boolean(self) -> None:
        """Whoever writes `if truth` gets an error instead of "unknown counts as true"."""
        for truth in Truth:
            with pytest.raises(ir.QuestionInvalid):
                bool(truth)
