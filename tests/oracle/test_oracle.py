"""The engine agrees with an independent interpreter: on random logs, and on every set of facts of the matrix."""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import product
from typing import Final, NamedTuple

import pytest

import ir_policy as ir
from ir_policy.rules.model import Policy
from ir_policy.terms import NO, UNKNOWN, YES, Severity, Truth
from oracle import matrix
from oracle.compare import Both, in_words
from oracle.mix import mix, mix_in_words, outcome, probe_instants, share
from oracle.random_logs import KINDS_USED, random_log
from oracle.random_policies import begun_under, with_adoptions
from oracle.random_words import MATRIX

LOGS: Final = 1_000
LOGS_TO_PROVE: Final = 20_000
ADOPTING: Final = 0.25
"""The share of logs in which another version of the policy is adopted."""
AT_LEAST: Final = {
    "= tie": 10, "= late": 5, "= since": 10, "= precision": 3, "= logs reopened": 10,
    "= logs with recipients retracted": 5, "= logs contained or later": 25, "= logs closed, then reopened": 8,
    "= logs closed without effect": 5, "= logs closed resolved": 15, "= logs closed false-positive": 4,
    "= logs closed duplicate": 4, "= logs closed superseded": 4, "= logs closed out-of-scope": 4,
    "= logs closed resolved, nothing against it": 5, "= logs closed false-positive, nothing against it": 1,
    "= logs closed duplicate, nothing against it": 1, "= logs closed superseded, nothing against it": 1,
    "= logs closed out-of-scope, nothing against it": 1,
    "= duty action-item met": 5, "= duty action-item missed": 5, "= duty next-update met": 5,
    "= duty next-update missed": 5, "= duty resolution-message met": 5, "= duty resolution-message not-required": 1,
    "= duty compliance-evidence met": 5, "= duty compliance-evidence missed": 3,
    "= duty compliance-evidence not-required": 5, "= duty recover not-required": 1, "= duty respond not-required": 1,
    "= duty postmortem not-required": 2,
    "= logs adopting": 14, "= logs adopting without effect": 5, "= logs with something open by a former rule": 3,
    **dict.fromkeys((f"= logs with {what}" for what in (
        "refused for no row", "refused for another text", "refused for nobody it goes to", "a judgement void by the rule",
        "a judgement past its end", "a judgement not for all it goes to", "a gate passed by notice reviewed",
        "a gate passed by notice approved", "a gate passed by author legal-liaison", "a gate passed by author another",
        "a gate not passed by author another", "review opened", "review met", "review cancelled as not needed",
        "review cancelled by a text", "review due later", "opened again as not told",
        "met by another act instead", "a breach for gate",
        "something 1 gates block", "something 2 gates block",
    )), 1),
    **dict.fromkeys((f"= logs refused by {gate}" for gate in (
        "approval-before-external", "legal-review-before-external", "author-is-not-approver", "commander-approves",
        "counsel-reviews", "drills-stay-inside", "notices",
    )), 1),
    "= logs with a judgement under another version": 0.2, "= logs with met by a delivery": 0.3, "= logs with opened again while closed": 0.5, "= logs with an approval gone stale": 0.1, "= logs with review due earlier": 0.4,
    "= logs tightened by the rule in force": 1.5, "= logs opened by adopting": 1.2, "= logs born overdue by adopting": 1,
}  # fmt: skip
"""Per cent of what each is a part of: less would mean that the comparison no longer sees it."""


@cache
def policy() -> Policy:
    return ir.load_policy("motion-mavericks")


# --- logs -----------------------------------------------------------------------------------------------


class Examined(NamedTuple):
    """What one log was made of and came to, how many obligations were compared, and what differs."""

    counted: Counter[str]
    compared: int
    flaw: str


def examine(seed: int, prefixes: int, instants: int) -> Examined:
    """One log at some of its prefixes and some instants each."""
    rng = random.Random(seed)
    log = random_log(rng)
    begun = begun_under(rng)
    if rng.random() < ADOPTING:
        log = with_adoptions(rng, log)
    counted = mix([log])
    shorter = rng.sample(range(1, len(log)), min(prefixes - 1, len(log) - 1))
    compared = 0
    for length in [*sorted(shorter), len(log)]:
        both = Both(begun, log[:length])
        for now in probe_instants(both.world, rng, instants):
            if both.differ(now):
                flaw = f"log {seed} under {begun.version}, {length} events, {in_words(begun, log, length, now)}"
                return Examined(counted, compared, flaw)
        compared += both.compared
    return Examined(counted + outcome(both.world), compared, "")


def _examine_to_prove(seed: int) -> Examined:
    return examine(seed, 15, 1)


def assert_agreement(examined: Iterable[Examined], logs: int) -> None:
    counted: Counter[str] = Counter()
    compared, flaws = 0, []
    for one in examined:
        counted += one.counted
        compared += one.compared
        flaws += [one.flaw] if one.flaw else []
    report = f"{mix_in_words(counted)}\n{compared} obligations compared, {len(flaws)} logs differ"
    print(report)  # noqa: T201
    assert not flaws, "\n\n".join([report, *sorted(flaws, key=len)[:5]])
    assert counted["= logs"] == logs
    assert compared > 10 * logs
    rare = {kind: share(counted, kind) for kind in KINDS_USED if share(counted, kind) < 0.9}
    assert not rare, f"hardly ever made up: {rare}"
    lost = {what: share(counted, what) for what, least in AT_LEAST.items() if share(counted, what) < least}
    assert not lost, f"hardly ever comes about: {lost}"
    one_sided = {gate: share(counted, f"= gate {gate} shut") for gate in policy().gates}
    one_sided = {gate: shut for gate, shut in one_sided.items() if not 1 < shut < 99}
    assert not one_sided, f"hardly ever shut, or hardly ever open: {one_sided}"


def test_the_engine_agrees_with_the_oracle_on_random_logs() -> None:
    """A thousand logs, each whole and at two shorter prefixes, as of three instants; a quarter adopts another version."""
    assert_agreement((examine(seed, 3, 3) for seed in range(LOGS)), LOGS)


@pytest.mark.prove
def test_the_engine_agrees_with_the_oracle_on_very_many_logs() -> None:
    """Twenty thousand other logs, each at up to fifteen prefixes."""
    seeds = range(1_000_000, 1_000_000 + LOGS_TO_PROVE)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert_agreement(pool.imap_unordered(_examine_to_prove, seeds, chunksize=50), LOGS_TO_PROVE)


# --- severity -------------------------------------------------------------------------------------------

# By hand, from the policy's source and the vocabulary: which row each fact is, and how bad.
ROW_OF: Final = {
    "cross-tenant-critical": (0, "sev0-cross-tenant"),
    "exfiltration-likely": (0, "sev0-exfiltration"),
    "share-token-leak-broad": (0, "sev0-share-token-leak"),
    "major-function-lost": (1, "sev1-major-function"),
    "privacy-suspected": (1, "sev1-privacy"),
    "streaming-unavailable": (1, "sev1-streaming"),
    "notifications-blocked": (1, "sev1-notifications"),
    "credentials-compromised": (1, "sev1-credentials"),
    "asset-compromised": (1, "sev1-asset"),
    "performance-degraded": (2, "sev2-degraded"),
    "partial-outage": (2, "sev2-partial-outage"),
    "share-links-failing": (2, "sev2-share-links"),
}
RAISED_BY: Final = {"integrity-threatened": "raise-integrity", "residency-threatened": "raise-residency"}
IN_PARTS: Final = (
    "cross-tenant-critical", "exfiltration-likely", "privacy-suspected", "streaming-unavailable",
    "credentials-compromised", "performance-degraded", "partial-outage", "share-links-failing",
    "integrity-threatened", "residency-threatened",
)  # fmt: skip


def by_hand(yes: set[str]) -> tuple[int, list[str]]:
    """The worst row wins, SEV3 where there is none; a threat raises by one, once, and never beyond SEV0."""
    worst = min((ROW_OF[fact][0] for fact in yes if fact in ROW_OF), default=3)
    rules = [ROW_OF[fact][1] for fact in yes if fact in ROW_OF and ROW_OF[fact][0] == worst] or ["sev3-otherwise"]
    threats = [RAISED_BY[fact] for fact in yes if fact in RAISED_BY]
    if threats and worst > 0:
        return worst - 1, sorted(rules + threats)
    return worst, sorted(rules)


def test_every_complete_set_of_facts_has_the_level_of_the_table() -> None:
    """All 2^14 answers to the fourteen facts of the matrix."""
    assert {*ROW_OF, *RAISED_BY} == set(MATRIX) == set(matrix.severity_facts(policy()))
    levels = matrix.Levels(policy())
    for answers in product((YES, NO), repeat=len(MATRIX)):
        facts = dict(zip(MATRIX, answers, strict=True))
        index, rules = by_hand({fact for fact, answer in facts.items() if answer is YES})
        level = Severity[f"SEV{index}"]
        assert matrix.classify(policy(), facts, levels) == (level, level, level, tuple(rules)), facts
        assert _by_the_engine(facts) == (level, level, level, tuple(rules)), facts


def test_every_partial_set_of_ten_facts_has_the_range_of_its_completions() -> None:
    """All 3^10 answers to ten facts, both threats among them; the other four are not known."""
    levels = matrix.Levels(policy())
    for number, answers in enumerate(product((YES, NO, UNKNOWN), repeat=len(IN_PARTS))):
        facts = dict(zip(IN_PARTS, answers, strict=True))
        if number % 2:  # never asked is the same as unknown
            facts = {fact: answer for fact, answer in facts.items() if answer is not UNKNOWN}
        assert _by_the_engine(facts) == matrix.classify(policy(), facts, levels), facts


def _by_the_engine(facts: dict[str, Truth]) -> tuple[Severity, Severity, Severity, tuple[str, ...]]:
    found = ir.classify(policy(), facts)
    return found.severity, found.range.best, found.range.worst, tuple(sorted(found.determined_by))
