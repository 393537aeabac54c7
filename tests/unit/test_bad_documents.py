"""Documents: every slip is reported at its place in plain words, and what loads means the same everywhere."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

import ir_policy as ir
from ir_policy import PolicyInvalid, Problem, QuestionInvalid
from ir_policy.clocks import FORMS_IN_WORDS
from ir_policy.rules.reader import read_document
from support_documents import AU, EU, NOT_AN_ID, NSW, POLICY, Slip, assert_one_problem, edited, problems, turned, where
from support_time import at

CONDITION_WORDS: Final = "all, any, not, severity, mark, step, phase, finding, some, settled"


def questioned(ask: Callable[[], object]) -> tuple[Problem, ...]:
    """What is wrong with a call."""
    with pytest.raises(QuestionInvalid) as refused:
        ask()
    assert type(refused.value) is QuestionInvalid
    return refused.value.problems


SLIPS: Final = (
    # --- words nobody knows ---
    Slip("kind of document", "document: policy\n", "document: polcy\n", "document: ¦polcy", "document",
         "does not say what kind of document it is", "write 'document:' with one of policy, law, contract, calendar"),
    Slip("key nobody knows", "status: draft\n", "status: draft\nstats: x\n", "¦stats: x", "stats",
         "unknown key 'stats' in a policy", "did you mean 'status'?"),
    Slip("key at the wrong level", "status: draft\n", "status: draft\nowed_by: scribe\n", "¦owed_by: scribe\nowner", "owed_by",
         "unknown key 'owed_by' in a policy"),
    Slip("key of a rule", "    owed_by: scribe\n", "    owed_by: scribe\n    owed_bye: x\n", "¦owed_bye: x",
         "duties.document.owed_bye", "unknown key 'owed_bye'", "did you mean 'owed_by'?"),
    Slip("key of a row", "{level: SEV2, when: partial-outage,", "{level: SEV2, wehn: x, when: partial-outage,",
         "¦wehn: x", "severity_rows.sev2-partial-outage.wehn", "unknown key 'wehn'", "did you mean 'when'?"),
    Slip("level of a limit", "      SEV1: 30 minutes", "      SEV4: 30 minutes", "¦SEV4: 30 minutes",
         "duties.respond.within.SEV4", "unknown key 'SEV4'", "known here: SEV0, SEV1, SEV2, SEV3"),
    Slip("word of a condition", "when: {severity: SEV0 or worse}", "when: {sevrity: SEV0 or worse}",
         "{sevrity: ¦SEV0", "duties.stakeholder-notice.when.sevrity", "'sevrity' is not a word of conditions",
         f"use one of {CONDITION_WORDS}"),
    Slip("choice", "if_missed: lapses\n\n  stakeholder-notice", "if_missed: forgotten\n\n  stakeholder-notice",
         "if_missed: ¦forgotten", "duties.unassessed-alert.if_missed", "is not one of the words allowed here",
         "write 'still-owed' or 'lapses'"),
    Slip("flag", "    until: {role: legal-liaison}\n    who: legal-liaison\n    void: yes\n\n  privacy-finding",
         "    until: {role: legal-liaison}\n    who: legal-liaison\n    void: true\n\n  privacy-finding", "void: ¦true",
         "gates.legal-releases-the-freeze.void", "must be yes or no"),
    # --- names nobody defines ---
    Slip("mark", "    starts: {earliest: [recovered, closed]}", "    starts: {earliest: [recoverd, closed]}",
         "starts: ¦{earliest: [recoverd", "duties.postmortem.starts", "unknown mark 'recoverd'", "did you mean 'recovered'?"),
    Slip("role", "    owed_by: scribe", "    owed_by: scribbler", "owed_by: ¦scribbler", "duties.document.owed_by",
         "unknown role 'scribbler'", "did you mean 'scribe'?"),
    Slip("fact", "    when: unassessed", "    when: unasessed", "when: ¦unasessed", "duties.unassessed-alert.when",
         "unknown fact 'unasessed'", "did you mean 'unassessed'?"),
    Slip("member of a closed family", "    when: unassessed", "    when: affected-role/gust", "when: ¦affected-role/gust",
         "duties.unassessed-alert.when", "unknown fact 'affected-role/gust'"),
    Slip("step", "{step: clean-up}", "{step: cleanup}", "{step: ¦cleanup}",
         "gates.snapshot-before-cleanup.forbids[0].step", "unknown step 'cleanup'", "did you mean 'clean-up'?"),
    Slip("event", "met_by: {event: documented}", "met_by: {event: documentd}", "met_by: ¦{event: documentd}",
         "duties.document.met_by", "unknown event 'documentd'", "did you mean 'documented'?"),
    Slip("phase", "forbids: [{phase: contain}, {outcome: resolved}]\n    until: {mark: severity", "forbids: [{phase: containment}, {outcome: resolved}]\n    until: {mark: severity", "{phase: ¦containment}",
         "gates.severity-before-contain.forbids[0].phase", "'containment' is not a phase"),
    Slip("decision", "forbids: [{decision: not-worse}]", "forbids: [{decision: worse}]", "{decision: ¦worse}",
         "gates.commander-decides-severity.forbids[0].decision", "is not a kind of decision",
         "write one of: lowering, not-worse, differing"),
    Slip("reading", "    reading: commander-in-place\n", "    reading: commander-in-plac\n", "reading: ¦commander-in-plac\n",
         "duties.respond.reading", "unknown reading 'commander-in-plac'", "did you mean 'commander-in-place'?"),
    Slip("family", "{each: client, unnamed: client/unspecified}", "{each: clients, unnamed: client/unspecified}",
         "owed_to: ¦{each: clients", "duties.client-update.owed_to", "unknown family 'clients'", "did you mean 'client'?"),
    Slip("group", "      - {each: affected-in, among: eu, as: authority, unnamed: authority/unspecified}",
         "      - {each: affected-in, among: ue, as: authority, unnamed: authority/unspecified}",
         "owed_to:\n      ¦- {when: eu-establishment", "duties.eu-authority-notice.owed_to", "unknown group 'ue'"),
    Slip("field a mark is set at", "set_by: [{event: detected, at: impact_started}]",
         "set_by: [{event: detected, at: impact_strated}]", "at: ¦impact_strated", "marks.impact-started.set_by[0].at",
         "unknown instant of 'detected' 'impact_strated'", "did you mean 'impact_started'?"),
    Slip("law", "laws: [au-ndb@2026.11.0,", "laws: [au-nbd@2026.11.0,", "[¦au-nbd", "laws[0]",
         "no law 'au-nbd@2026.11.0' is known", "did you mean 'au-ndb'?"),
    Slip("version of a law", "laws: [au-ndb@2026.11.0,", "laws: [au-ndb@2025.11.0,", "[¦au-ndb@2025", "laws[0]",
         "no law 'au-ndb@2025.11.0' is known", "known is au-ndb@2026.11.0"),
    Slip("law that is a calendar", "laws: [au-ndb@2026.11.0,", "laws: [au-nsw,", "[¦au-nsw", "laws[0]",
         "no law 'au-nsw' is known", "'au-nsw' is a calendar"),
    Slip("law named twice", "laws: [au-ndb@2026.11.0,", "laws: [au-ndb@2026.11.0, au-ndb,", "¦au-ndb, eu", "laws[1]",
         "'au-ndb' is named twice", "keep one of them"),
    Slip("holidays of an unknown place", "holidays: au-nsw@2026.11.0", "holidays: sg@2026.1.0", "holidays: ¦sg",
         "calendar.holidays", "no calendar 'sg@2026.1.0' is known", "pass Holidays of the place in `documents`"),
    Slip("zone", "zone: Australia/Sydney", "zone: Australia/Sidney", "zone: ¦Australia/Sidney", "calendar.zone",
         "no zone is called 'Australia/Sidney'", "use an IANA name such as Australia/Sydney"),
    # --- values that say nothing sensible ---
    Slip("limit without a unit we know", "within: 24 hours", "within: 24 hrs", "within: ¦24 hrs",
         "duties.document.within", f"'24 hrs' is not a limit; write one of: {FORMS_IN_WORDS}"),
    Slip("fraction of an hour", "within: 24 hours", "within: 1.5 hours", "within: ¦1.5 hours", "duties.document.within",
         f"'1.5 hours' is not a limit; write one of: {FORMS_IN_WORDS}"),
    Slip("limit of nothing", "within: 24 hours", "within: 0 hours", "within: ¦0 hours", "duties.document.within",
         f"'0 hours' is not a limit; write one of: {FORMS_IN_WORDS}"),
    Slip("digits of another script", "within: 24 hours", "within: ٢٤ hours", "within: ¦٢٤ hours",
         "duties.document.within", f"'٢٤ hours' is not a limit; write one of: {FORMS_IN_WORDS}"),
    Slip("limit beyond all sense", "within: 24 hours", "within: 999999 hours", "within: ¦999999 hours",
         "duties.document.within", "'999999 hours' is longer than ten years; write a shorter limit"),
    Slip("limit over two lines", "within: 24 hours", 'within: "24\\nhours"', 'within: ¦"24', "duties.document.within",
         f"'24\\nhours' is not a limit; write one of: {FORMS_IN_WORDS}"),
    Slip("time of day", "opens: 09:00", "opens: 9am", "opens: ¦9am", "calendar.opens", "'9am' is not a time of day",
         "write it like 09:00"),
    Slip("end of the day", "closes: 17:00", "closes: 24:00", "closes: ¦24:00", "calendar.closes",
         "'24:00' is not a time of day", "write it like 09:00"),
    Slip("closing at the opening", "closes: 17:00", "closes: 09:00", "closes: ¦09:00", "calendar.closes",
         "business does not close after it opens", "make 'closes' later than 'opens'"),
    Slip("day of the week", "[monday, tuesday,", "[monday, teusday,", "workdays: ¦[monday", "calendar.workdays",
         "'teusday' is not a weekday", "write monday, tuesday, wednesday, thursday, friday, saturday, sunday"),
    Slip("day and month swapped", "updated: 2025-09-19", "updated: 2025-19-09", "updated: ¦2025", "updated",
         "'2025-19-09' is not a day of the calendar", "check month and day"),
    Slip("day in another order", "updated: 2025-09-19", "updated: 19/09/2025", "updated: ¦19", "updated",
         "'19/09/2025' is not a day", "write it like 2026-04-27"),
    Slip("version", "version: 0.2.0", "version: v2", "version: ¦v2", "version", "'v2' is not a version",
         "write it like 0.2.0"),
    Slip("share", "share: 1/5", "share: 0.2", "share: ¦0.2", "at_risk.share", "is not a share", "write it like 1/5"),
    Slip("id with capitals", "id: motion-mavericks\n", "id: Motion Mavericks\n", "id: ¦Motion", "id",
         "'Motion Mavericks' is not an id", NOT_AN_ID),
    Slip("letter that only looks right", "{level: SEV0, when: cross-tenant", "{level: ЅEV0, when: cross-tenant",
         "{level: ¦ЅEV0", "severity_rows.sev0-cross-tenant.level", "is not one of the words allowed here",
         "write 'SEV0', 'SEV1', 'SEV2' or 'SEV3'"),
    Slip("no text", "title: put a commander in place", "title: ' '", "title: ¦' '", "duties.respond.title", "is empty"),
    Slip("nothing", "    within: 24 hours\n", "    within:\n", "    ¦within:\n    met_by: {event: documented}",
         "duties.document.within", "nothing stands behind 'within'", "write a value or delete this"),
    Slip("mapping for a phase", "forbids: [{phase: contain}, {outcome: resolved}]\n    until: {mark: severity", "forbids: [{phase: {not: contain}}, {outcome: resolved}]\n    until: {mark: severity", "{phase: ¦{not",
         "gates.severity-before-contain.forbids[0].phase", "must be text"),
    Slip("mapping for a basis", "within: 24 hours", "within: {limit: 24 hours, basis: {of: policy}}", "basis: ¦{of",
         "duties.document.within.basis", "is not a basis", "write one of: statute, contract, policy, guidance, advisory"),
    Slip("mapping where a word belongs", "    owed_by: scribe", "    owed_by: {role: scribe}", "owed_by: ¦{role",
         "duties.document.owed_by", "must be text"),
    Slip("nobody", "    who: incident-commander\n    void: yes\n\n  no-lowering", "    who: []\n    void: yes\n\n  no-lowering",
         "who: ¦[]", "gates.commander-decides-severity.who", "must be an id or a list of ids with something in it"),
    Slip("condition on nothing", "when: {all: [{severity: SEV1 or worse}, {any: [clients-impacted, {some: client}]}]}", "when: {all: []}",
         "all: ¦[]", "duties.client-update.when.all", "'all' needs a list with something in it"),
    Slip("level without or worse", "when: {severity: SEV0 or worse}", "when: {severity: SEV0}", "{severity: ¦SEV0}",
         "duties.stakeholder-notice.when.severity", "'SEV0' is not a level", "write 'SEV1 or worse'"),
    Slip("condition with two keys", "when: {severity: SEV0 or worse}", "when: {severity: SEV0 or worse, not: drill}",
         "when: ¦{severity: SEV0", "duties.stakeholder-notice.when", "a condition is a fact or a mapping with one key",
         f"one of {CONDITION_WORDS}"),
    Slip("list of marks without a word", "starts: {earliest: [recovered, closed]}", "starts: [recovered, closed]",
         "starts: ¦[recovered", "duties.postmortem.starts", "must be a mapping", "with earliest or latest"),
    Slip("id of a raise rule", "    raise-integrity: i", "    Raise: i", "¦Raise: i", "severity_raise.rules.Raise",
         "'Raise' is not an id", NOT_AN_ID),
    # --- rules that contradict themselves ---
    Slip("atom with both signs", "when: {any: [personal-data-involved, privacy-suspected]}\n    starts: scope",
         "when: {any: [privacy-suspected, {not: privacy-suspected}]}\n    starts: scope", "when: ¦{any: [privacy-suspected,",
         "duties.dsr-freeze.when", "'privacy-suspected' stands in one condition both as such and under 'not'",
         "split the rule in two"),
    Slip("fact worse in one row and better in another", "when: partial-outage", "when: {not: performance-degraded}",
         "sev2-degraded: ¦{level", "severity_rows.sev2-degraded",
         "'performance-degraded' makes the level worse here and better in 'sev2-partial-outage'"),
    Slip("severity row on a mark", "when: cross-tenant-critical", "when: {mark: detected}", "when: ¦{mark: detected}",
         "severity_rows.sev0-cross-tenant.when", "severity is decided by facts alone, not by 'detected has happened'",
         "ask for a fact"),
    Slip("raise on a finding", "raise-integrity: integrity-threatened", "raise-integrity: {finding: confirmed}",
         "raise-integrity: ¦{finding", "severity_raise.rules.raise-integrity",
         "severity is decided by facts alone, not by 'there is a finding confirmed'", "ask for a fact"),
    Slip("row with two conditions", "{level: SEV3, otherwise: yes,", "{level: SEV3, otherwise: yes, when: false-positive,",
         "sev3-otherwise: ¦{level", "severity_rows.sev3-otherwise", "needs either 'when' or 'otherwise: yes'"),
    Slip("statutory duty that may be waived", "    title: notify the OAIC\n",
         "    title: notify the OAIC\n    basis: statute\n    waivable_by: [comms-lead]\n", "waivable_by: ¦[comms-lead]",
         "duties.oaic-notice.waivable_by", "a statutory duty cannot be waived", "remove it"),
    Slip("duty with a statutory limit that may be waived", "within: 24 hours",
         "within: {limit: 24 hours, basis: statute}\n    waivable_by: [scribe]", "waivable_by: ¦[scribe]",
         "duties.document.waivable_by", "a statutory duty cannot be waived", "remove it"),
    Slip("exemption nobody decides", "    when: {not: drill}\n    starts: {earliest",
         "    when: {not: drill}\n    unless: false-positive\n    starts: {earliest", "unless: ¦false-positive",
         "duties.postmortem.unless", "needs 'exempted_by'", "an exemption needs a person who decides it"),
    Slip("each of a family, and nobody while none is named", "{each: client, unnamed: client/unspecified}",
         "{each: client}", "owed_to: ¦{each: client}", "duties.client-update.owed_to", "'unnamed' is missing",
         "say to whom it is owed while nobody is named"),
    Slip("one recipient with a stand-in", "owed_to: stakeholders", "owed_to: {to: stakeholders, unnamed: x}",
         "unnamed: ¦x}", "duties.stakeholder-notice.owed_to.unnamed", "'unnamed' belongs to 'each'",
         "name one recipient, or each of a family"),
    Slip("position of an event", "set_by: [{event: recovered}]", "set_by: [{event: recovered, position: controller}]",
         "recovered, position: ¦controller}", "marks.recovered.set_by[0].position", "'position' belongs to 'finding'"),
    Slip("fact called like a word of conditions", "  outside-portal: {", "  drill: {means: x, polarity: worse}\n  outside-portal: {",
         "¦drill: {means", "facts.drill", "'drill' is a word of conditions", "name the fact otherwise"),
    # --- YAML that means more than it says ---
    Slip("anchor", "    owed_by: scribe", "    owed_by: &who scribe", "owed_by: ¦&who", "duties.document.owed_by",
         "anchor '&who' is refused", "delete it"),
    Slip("alias", "    owed_by: scribe", "    owed_by: *who", "owed_by: ¦*who", "duties.document.owed_by",
         "alias '*who' is refused", "write the value out here"),
    Slip("tag that makes objects", "    owed_by: scribe", "    owed_by: !!python/name:os.system scribe", "owed_by: ¦!!python",
         "duties.document.owed_by", "tag '!!python/name:os.system' is refused", "delete it; every value is read as text"),
    Slip("merge key", "    owed_by: scribe", "    <<: {title: x}\n    owed_by: scribe", "¦<<: {title", "duties.document.<<",
         "merge keys such as '<<' are refused", "write the keys out"),
    Slip("second document", "at_risk:", "---\nat_risk:", "¦---\nat_risk", "", "a second document starts here",
         "keep one document in each file"),
    Slip("half a character", "title: put a commander in place", "title: put a \ud800 in place", "put a ¦\ud800", "",
         "here stands half a character (U+D800)", "delete it"),
    Slip("text that runs the other way", "title: put a commander in place", "title: put a \u202ecommander in place",
         "put a ¦\u202e", "", "here stands a bidirectional control (U+202E)", "delete it"),
)  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.about)
def test_one_slip_is_one_problem(slip: Slip) -> None:
    """Each slip is one problem that names its place, says what is wrong, and the way out where there is one."""
    assert_one_problem(slip)


def test_a_key_that_stands_twice() -> None:
    """Of two values under one key neither is believed, and the message names both lines."""
    text = edited(POLICY, ("    owed_by: scribe\n", "    owed_by: scribe\n    # and again\n    owed_by: comms-lead\n"))
    first = text.count("\n", 0, text.index("    owed_by: scribe")) + 1
    expected = Problem(
        where(text, "    # and again\n    ¦owed_by", "duties.document.owed_by"),
        f"key 'owed_by' stands here twice, before in line {first}",
        "keep one of them",
    )
    assert problems(text) == (expected,)


class TestTheMatrix:
    def test_no_otherwise_row(self) -> None:
        """Without its otherwise row the matrix would leave some incidents without an answer."""
        text = edited(POLICY, ("{level: SEV3, otherwise: yes,", "{level: SEV3, when: false-positive,"))
        assert problems(text) == (
            Problem(
                "document: severity_rows",
                "'severity_rows' is missing or incomplete",
                "exactly one row says 'otherwise: yes', so that the matrix always answers",
            ),
        )

    def test_unreachable_level(self) -> None:
        """A level that no row gives is a level nobody can reach."""
        text = POLICY.replace("{level: SEV2, when:", "{level: SEV1, when:")
        assert text != POLICY
        expected = Problem("document: severity_rows", "'severity_rows' is missing or incomplete", "no row gives SEV2")
        assert problems(text) == (expected,)

    def test_no_matrix_at_all(self) -> None:
        """A misspelt section is the unknown key and the missing section, and nothing that follows from them."""
        text = edited(POLICY, ("\nseverity_rows:\n", "\nseverity_row:\n"))
        assert problems(text) == (
            Problem(
                where(text, "\n¦severity_row:", "severity_row"),
                "unknown key 'severity_row' in a policy",
                "did you mean 'severity_rows'?",
            ),
            Problem(
                "document: severity_rows",
                "'severity_rows' is missing or incomplete",
                "say which facts make which level",
            ),
        )

    def test_an_empty_matrix(self) -> None:
        """A matrix without rows is no matrix."""
        start, end = POLICY.index("severity_rows:\n"), POLICY.index("severity_raise:\n")
        assert problems(POLICY[:start] + "severity_rows: {}\n" + POLICY[end:]) == (
            Problem(
                "document: severity_rows",
                "'severity_rows' is missing or incomplete",
                "say which facts make which level",
            ),
        )

    def test_a_row_that_cannot_be_read(self) -> None:
        """A slip in the otherwise row is that slip, and not a matrix without one."""
        text = edited(POLICY, ("{level: SEV3, otherwise: yes,", "{level: SEV3, otherwise: yse,"))
        expected = Problem(
            where(text, "otherwise: ¦yse", "severity_rows.sev3-otherwise.otherwise"), "must be yes or no"
        )
        assert problems(text) == (expected,)

    def test_a_missing_phase(self) -> None:
        """Each of the six phases has its clause, and a phase of one's own is none of them."""
        text = edited(POLICY, ("  recover:\n    clause: response-phases/", "  recovery:\n    clause: response-phases/"))
        assert problems(text) == (
            Problem(
                where(text, "  ¦recovery:\n", "phases.recovery"), "unknown phase 'recovery'", "did you mean 'recover'?"
            ),
            Problem(
                "document: phases.recover",
                "'phases.recover' is missing or incomplete",
                "each of the six phases has its clause",
            ),
        )


class TestManySlips:
    def test_ten_slips_are_reported_in_one_go(self) -> None:
        """Ten slips are ten problems in the order a reader meets them, from the top of the document to its end."""
        ten = [slip for slip in SLIPS if slip.about in (
            "version", "law", "zone", "key nobody knows", "choice", "mark", "role", "word of a condition",
            "atom with both signs", "step",
        )]  # fmt: skip
        assert len(ten) == 10
        text = edited(POLICY, *((slip.old, slip.new) for slip in ten))
        expected = [Problem(where(text, slip.spot, slip.path), slip.what, slip.hint) for slip in ten]
        expected.sort(key=lambda problem: [int(part) for part in problem.where.split(":")[1:3]])
        assert problems(text) == tuple(expected)

    def test_the_message_counts_the_others(self) -> None:
        """The error's own sentence is its first problem and the number of the others."""
        text = edited(POLICY, ("    owed_by: scribe", "    owed_by: scribbler"), ("zone: Australia/", "zone: Austria/"))
        with pytest.raises(PolicyInvalid) as refused:
            ir.load_policy(text)
        first, others = refused.value.problems
        assert (str(refused.value), others.what) == (f"{first} (and 1 more)", "unknown role 'scribbler'")

    def test_a_slip_in_a_definition_is_not_blamed_on_its_users(self) -> None:
        """A fact, role, mark or step that could not be read is one problem, however many rules use it."""
        for old, new, spot, path, what, hint in (
            ("  scribe: {title: Scribe,", "  scribe: {titel: x, title: Scribe,", "¦titel: x", "roles.scribe.titel",
             "unknown key 'titel'", "did you mean 'title'?"),
            ("the portal is slow, polarity: worse", "the portal is slow, polarity: bad", "polarity: ¦bad",
             "facts.performance-degraded.polarity", "is not one of the words allowed here",
             "write 'worse', 'better' or 'neither'"),
            ("  clean-up: delete or", "  clean-up: [a] # delete or", "clean-up: ¦[a]", "steps.clean-up", "must be text", ""),
            ("\nsteps:\n  isolate:", "\nsteps: [isolate]\ngroupes:\n  isolate:", "steps: ¦[isolate]", "steps",
             "must be a mapping of ids to rules", ""),
        ):  # fmt: skip
            text = edited(POLICY, (old, new))
            found = [problem for problem in problems(text) if "groupes" not in problem.where]
            assert found == [Problem(where(text, spot, path), what, hint)]


class TestTheReader:
    """The whole text is refused before any rule is looked at."""

    @pytest.mark.parametrize(
        ("text", "place", "what", "hint"),
        [
            ("", "document", "the document is empty", "write at least one key and its value"),
            ("# nothing but a comment\n", "document", "the document is empty", "write at least one key and its value"),
            ("- document: policy\n", "document:1:1", "the top level of the document is not a mapping", "start with 'key: value'"),
            ("document: policy\n# " + "x" * 2_000_000, "document", "the document is longer than 1048576 bytes", "split it"),
            ("document: " + "[" * 100_000, "document:1:30: document" + "[0]" * 19, "this is nested more than 20 levels deep", "flatten it"),
            ('{"a": ' + "[" * 100_000, "document:1:26: a" + "[0]" * 19, "this is nested more than 20 levels deep", "flatten it"),
            ('{"document": "policy", "document": "law"}', "document: document", "key 'document' stands here twice", "keep one of them"),
            ('{"document": "policy", "title": NaN}', "document: title", "'NaN' is not a number", "write the number out"),
            ("document: policy\ntitle: @x\n", "document:2:8", "this is not YAML: found character that cannot start any token",
             "indent with spaces, and quote text that starts with '@', '`' or '%'"),
        ],
        ids=["empty", "comment", "list", "2 MB", "deep YAML", "deep JSON", "JSON key twice", "JSON NaN", "no YAML"],
    )  # fmt: skip
    def test_refused(self, text: str, place: str, what: str, hint: str) -> None:
        """Text that is no document at all is one problem with its place and a way out."""
        assert problems(text) == (Problem(place, what, hint),)

    def test_an_alias_bomb(self) -> None:
        """Aliases are refused one by one before anything unfolds: a kilobyte cannot become a billion values."""
        bomb = "l0: &l0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
            f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 10)
        )
        found = problems(bomb)
        assert found[0] == Problem("document:1:5: l0", "anchor '&l0' is refused", "delete it")
        assert {problem.what[:6] for problem in found} == {"anchor", "alias "}
        assert len(found) == 10 + 9 * 9

    def test_a_recursive_alias(self) -> None:
        """A value that contains itself is refused like every other alias."""
        assert problems("a: &a [*a]\n") == (
            Problem("document:1:4: a", "anchor '&a' is refused", "delete it"),
            Problem("document:1:8: a[0]", "alias '*a' is refused", "write the value out here"),
        )


class TestTheCall:
    @pytest.mark.parametrize(
        ("source", "documents", "expected"),
        [
            ("motion-maverics", (), Problem("document", "no document 'motion-maverics' is shipped", "did you mean 'motion-mavericks'?")),
            ("zzz", (), Problem("document", "no document 'zzz' is shipped", "shipped are au-ndb, au-nsw, eu-gdpr, motion-mavericks")),
            ("motion-mavericks@9.9.9", (), Problem("document", "no document 'motion-mavericks@9.9.9' is shipped", "shipped is motion-mavericks@0.2.0")),
            ("motion-mavericks@../au-ndb", (), Problem("document", "no document 'motion-mavericks@../au-ndb' is shipped", "shipped is motion-mavericks@0.2.0")),
            (f"motion-mavericks@{'9' * 5000}", (), None),
            (None, (), Problem("document", "is neither an id, a path nor text", "pass an id, a pathlib.Path, or what the file holds")),
            (b"document: policy", (), Problem("document", "is neither an id, a path nor text", "pass an id, a pathlib.Path, or what the file holds")),
            (Path("nowhere/at/all.yaml"), (), None),
            (Path("a\0b"), (), Problem("a\\x00b", "cannot be read: this can be no path", "check the path")),
            ("motion-mavericks", None, Problem("documents", "is not a list of documents", "put it in brackets")),
            ("motion-mavericks", "au-ndb", Problem("documents", "is not a list of documents", "put it in brackets")),
            ("motion-mavericks", ["au-nbd"], Problem("documents[0]", "no document 'au-nbd' is shipped", "did you mean 'au-ndb'?")),
            ("motion-mavericks", [None], Problem("documents[0]", "is neither an id, a path nor text", "pass an id, a pathlib.Path, or what the file holds")),
        ],
        ids=["typo", "unknown", "version", "way out of the folder", "endless version", "nothing", "bytes", "no file", "no path",
             "no documents", "documents as text", "unknown document", "no document"],
    )  # fmt: skip
    def test_malformed(self, source: Any, documents: Any, expected: Problem | None) -> None:
        """A call that names no document is a question nobody can answer, and the message says what would do."""
        (found,) = questioned(lambda: ir.load_policy(source, documents=documents))
        assert expected is None or found == expected
        assert len(str(found)) < 400
        assert found.hint

    def test_shipped_by_id_and_version(self) -> None:
        """An id is the newest shipped document, and with its version that one for ever."""
        newest, pinned = ir.load_policy("motion-mavericks"), ir.load_policy("motion-mavericks@0.2.0")
        assert (pinned.id, pinned.version) == ("motion-mavericks", "0.2.0")
        assert (newest.digest, newest.canonical) == (pinned.digest, pinned.canonical)

    def test_text_and_path_and_id_are_one(self, tmp_path: Path) -> None:
        """It does not matter how a document arrives."""
        file = tmp_path / "own.yaml"
        file.write_text(POLICY, encoding="utf-8")
        digests = {ir.load_policy(source).digest for source in (POLICY, file, "motion-mavericks")}
        assert len(digests) == 1


# --- the same rules, whatever their layout --------------------------------------------------------------


def plain(text: str) -> dict[str, object]:
    return read_document(text, "document").root


class TestLayout:
    """The digest covers what the rules say, not how they are written down."""

    def test_json(self) -> None:
        """The JSON form compiles to the same digests as the YAML form, documents included."""
        ours, theirs = ir.load_policy(POLICY), ir.load_policy(json.dumps(plain(POLICY), indent=1))
        assert (ours.digest, ours.canonical) == (theirs.digest, theirs.canonical)
        assert [d.digest for d in ours.documents] == [d.digest for d in theirs.documents]

    def test_comments_and_line_ends(self) -> None:
        """Comments, blank lines and line ends change nothing."""
        noisy = "# a comment\r\n\r\n" + POLICY.replace("\n", "  # and another\r\n\r\n", 3).replace("\n", "\r\n")
        assert noisy.count("#") > POLICY.count("#")
        assert ir.load_policy(noisy).digest == ir.load_policy(POLICY).digest

    @pytest.mark.parametrize("flow", [True, False, None])
    def test_style(self, flow: bool | None) -> None:
        """Block or flow style and sorted keys change nothing."""
        text = yaml.safe_dump(plain(POLICY), sort_keys=True, default_style='"', default_flow_style=flow)
        assert text != POLICY
        assert ir.load_policy(text).digest == ir.load_policy(POLICY).digest

    def test_order(self) -> None:
        """The order of keys, rules and whole sections means nothing, in any document."""
        other = [json.dumps(turned(plain(text))) for text in (AU, EU, NSW)]
        policy = ir.load_policy(json.dumps(turned(plain(POLICY))), documents=other)
        assert policy.digest == ir.load_policy("motion-mavericks").digest

    def test_digests_name_what_they_are(self) -> None:
        """A digest names its function, and each document of a policy has its own."""
        policy = ir.load_policy("motion-mavericks")
        digests = [policy.digest, *(document.digest for document in policy.documents)]
        assert len(set(digests)) == 5
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in digests)


NUMBERS: Final = re.compile(
    r"[0-9]+(?= (?:minutes?|hours?|days?|business days?)\b)|(?<=levels: )1|(?<=share: 1/)5|(?<=opens: 0)9|(?<=closes: 1)7"
    r"|(?<=in_force_from: 20)18"
)


def numbers() -> Iterable[tuple[int, str, int]]:
    """Every number of a rule in the shipped policy and laws: which document, and where in it."""
    for index, text in enumerate((POLICY, AU, EU)):
        for found in NUMBERS.finditer(text):
            line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
            if not line.lstrip().startswith(("text:", "options:", "#")):
                yield index, text, found.start()


class TestNumbers:
    def test_every_number_counts(self) -> None:
        """Whatever number of a rule is changed by one, the digest is another one."""
        digests = [ir.load_policy("motion-mavericks").digest]
        for index, text, start in numbers():
            found = NUMBERS.match(text, start)
            assert found is not None
            changed = f"{text[:start]}{int(found[0]) + 1}{text[found.end() :]}".replace("opens: 010:00", "opens: 10:00")
            documents = [changed] if index else []
            digests.append(ir.load_policy(changed if not index else POLICY, documents=documents).digest)
        assert len(digests) > 25
        assert len(set(digests)) == len(digests)


# --- the same everywhere --------------------------------------------------------------------------------

ANSWERS: Final = """
import hashlib, sys
from datetime import datetime, timedelta, timezone
import ir_policy as ir

policy = ir.load_policy("motion-mavericks")
T = datetime(2026, 3, 11, 1, tzinfo=timezone.utc)
facts = {"exfiltration-likely": "unknown", "streaming-unavailable": "yes", "client/b": "yes", "client/a": "unknown",
         "clients-impacted": "yes", "privacy-suspected": "yes", "affected-in/fr": "yes", "affected-in/de": "yes"}
events = [
    ir.Detected(incident="i", at=T, by="a", source="s"),
    ir.FactsReported(incident="i", at=T + timedelta(minutes=1), by="a", facts=facts),
    ir.BreachFinding(incident="i", at=T + timedelta(minutes=2), by="a", finding="confirmed"),
]
incident = ir.replay(policy, events)
verdict = ir.classify(policy, facts)
try:
    ir.load_policy("document: policy\\nb: 1\\na: 2\\n")
    raise SystemExit("loaded")
except ir.PolicyInvalid as error:
    slips = error.problems
said = [
    policy.digest, policy.canonical, [d.digest for d in policy.documents], verdict.determined_by, verdict.facts,
    verdict.open_questions, ir.write_log(incident.log, incident.pin), ir.obligations(incident, T + timedelta(hours=3)),
    ir.next_wakeup(incident, T), slips, [str(gate.when.source) for gate in policy.gates.values()],
]
sys.stdout.write(hashlib.sha256(repr(said).encode()).hexdigest())
"""


class TestEverywhere:
    def test_hash_seed_zone_and_locale(self) -> None:
        """Digests, questions, obligations and messages are the same under any hash seed, zone and locale."""
        said = set()
        for seed, zone, locale in (
            ("0", "UTC", "C.UTF-8"),
            ("1", "Australia/Sydney", "C"),
            ("2", "America/New_York", "C"),
        ):
            environment = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PATH": os.environ.get("PATH", "")}
            done = subprocess.run(
                [sys.executable, "-W", "error", "-c", ANSWERS], env=environment, capture_output=True, text=True, check=False
            )  # fmt: skip
            assert (done.returncode, done.stderr) == (0, "")
            said.add(done.stdout)
        assert len(said) == 1
        assert len(said.pop()) == 64

    def test_pickle(self) -> None:
        """A policy can be sent to another process and gives the same answers there."""
        policy = ir.load_policy("motion-mavericks")
        twin = pickle.loads(pickle.dumps(policy))
        assert (twin.digest, twin.canonical, repr(twin)) == (policy.digest, policy.canonical, repr(policy))
        facts: dict[str, ir.Truth] = {
            "exfiltration-likely": ir.UNKNOWN,
            "integrity-threatened": ir.YES,
            "client/acme": ir.YES,
        }
        first, second = ir.classify(policy, facts), ir.classify(twin, facts)
        assert (first.severity, first.range, first.determined_by) == (
            second.severity,
            second.range,
            second.determined_by,
        )
        assert first.open_questions == second.open_questions
        detected = ir.Detected(incident="i", at=at("2026-03-11 01:00+00:00"), by="a", source="s")
        reported = ir.FactsReported(incident="i", at=detected.at, by="a", facts=facts)
        ours, theirs = (ir.replay(p, [detected, reported]) for p in (policy, twin))
        assert ours == theirs
        assert ir.obligations(ours, reported.at) == ir.obligations(theirs, reported.at) != ()

    def test_an_incident_can_be_pickled_too(self) -> None:
        """An incident carries its policy along and is equal to what it was."""
        policy = ir.load_policy("motion-mavericks")
        detected = ir.Detected(incident="i", at=at("2026-03-11 01:00+00:00"), by="a", source="s")
        incident = ir.open_incident(policy, detected).incident
        assert pickle.loads(pickle.dumps(incident)) == incident


# --- a law of one's own ---------------------------------------------------------------------------------
