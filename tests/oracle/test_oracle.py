"""The engine agrees with an independent interpreter: on random logs, and on every set of facts of the matrix."""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Final

import pytest

import ir_policy as ir
from ir_policy.log.events import Event
from ir_policy.rules.model import Policy
from ir_policy.terms import NO, UNKNOWN, YES, Severity, Truth
from oracle import oracle
from oracle.compare import Both, in_words
from oracle.random_logs import KINDS_USED, MATRIX, mix, mix_in_words, probe_instants, random_log, share

LOGS: Final = 1_000
LOGS_TO_PROVE: Final = 20_000


@cache
def policy() -> Policy:
    return ir.load_policy("motion-mavericks")


# --- logs -----------------------------------------------------------------------------------------------


def examine(seed: int, prefixes: int, instants: int) -> tuple[list[Event], int, str]:
    """One log at some of its prefixes and some instants each: the log, rows compared, what differs."""
    rng = random.Random(seed)
    log = random_log(rng)
    shorter = rng.sample(range(1, len(log)), min(prefixes - 1, len(log) - 1))
    compared = 0
    for length in [*sorted(shorter), len(log)]:
        both = Both(policy(), log[:length])
        for now in probe_instants(both.world, rng, instants):
            if both.differ(now):
                return log, compared, f"log {seed}, {length} events, {in_words(policy(), log, length, now)}"
        compared += both.compared
    return log, compared, ""


def _examine_to_prove(seed: int) -> tuple[list[Event], int, str]:
    return examine(seed, 15, 1)


def assert_agreement(examined: Iterator[tuple[list[Event], int, str]], logs: int) -> None:
    counted: Counter[str] = Counter()
    compared, flaws = 0, []
    for log, rows, flaw in examined:
        counted += mix([log])
        compared += rows
        flaws += [flaw] if flaw else []
    report = f"{mix_in_words(counted)}\n{compared} obligations compared, {len(flaws)} logs differ"
    print(report)  # noqa: T201
    assert not flaws, "\n\n".join([report, *sorted(flaws, key=len)[:5]])
    assert counted["= logs"] == logs
    assert compared > 10 * logs
    rare = {kind: share(counted, kind) for kind in KINDS_USED if share(counted, kind) < 1}
    assert not rare, f"hardly ever made up: {rare}"
    for what, least in (("= tie", 10), ("= late", 5), ("= since", 20), ("= precision", 3)):
        assert share(counted, what) > least, what
    assert share(counted, "= logs reopened") > 10
    assert share(counted, "= logs with recipients retracted") > 5


def test_the_engine_agrees_with_the_oracle_on_random_logs() -> None:
    """A thousand logs, each whole and at two shorter prefixes, as of three instants."""
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
    assert {*ROW_OF, *RAISED_BY} == set(MATRIX) == set(oracle.severity_facts(policy()))
    levels = oracle.Levels(policy())
    for answers in product((YES, NO), repeat=len(MATRIX)):
        facts = dict(zip(MATRIX, answers, strict=True))
        index, rules = by_hand({fact for fact, answer in facts.items() if answer is YES})
        level = Severity[f"SEV{index}"]
        assert oracle.classify(policy(), facts, levels) == (level, level, level, tuple(rules)), facts
        assert _by_the_engine(facts) == (level, level, level, tuple(rules)), facts


def test_every_partial_set_of_ten_facts_has_the_range_of_its_completions() -> None:
    """All 3^10 answers to ten facts, both threats among them; the other four are not known."""
    levels = oracle.Levels(policy())
    for number, answers in enumerate(product((YES, NO, UNKNOWN), repeat=len(IN_PARTS))):
        facts = dict(zip(IN_PARTS, answers, strict=True))
        if number % 2:  # never asked is the same as unknown
            facts = {fact: answer for fact, answer in facts.items() if answer is not UNKNOWN}
        assert _by_the_engine(facts) == oracle.classify(policy(), facts, levels), facts


def _by_the_engine(facts: dict[str, Truth]) -> tuple[Severity, Severity, Severity, tuple[str, ...]]:
    found = ir.classify(policy(), facts)
    return found.severity, found.range.best, found.range.worst, tuple(sorted(found.determined_by))
