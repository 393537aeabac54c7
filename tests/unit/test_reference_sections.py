"""The descriptive sections of a policy document: what they hold, and how every slip in them is reported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import pytest

import ir_policy as ir
from ir_policy import Problem, Severity
from ir_policy.clocks import CalendarDays
from ir_policy.rules.about import PAGES, About, Setting
from ir_policy.rules.model import Policy
from ir_policy.rules.reader import read_document
from ir_policy.rules.sections import ABOUT_SECTIONS
from support_documents import AU, NOT_AN_ID, POLICY, Slip, assert_one_problem, edited, problems, stripped, where

SHIPPED: Final = ir.load_policy("motion-mavericks")
ABOUT: Final = SHIPPED.about
WORDS: Final = "is not one of the words allowed here"

SLIPS: Final = (
    # --- head and people ---
    Slip("project that is a list", "project: Motion Mavericks Portal", "project: [Motion]", "project: ¦[Motion]",
         "project", "must be text"),
    Slip("empty project", "project: Motion Mavericks Portal", "project: ''", "project: ¦''", "project", "is empty"),
    Slip("tag that is no id", "tags: [incident-response, security]", "tags: [Incident Response]", "tags: ¦[Incident", "tags",
         "'Incident Response' is not an id", NOT_AN_ID),
    Slip("owner nobody knows", "owner: reliability-partner\n", "owner: reliability-partnr\n", "owner: ¦reliability-partnr",
         "owner", "unknown person 'reliability-partnr'", "did you mean 'reliability-partner'?"),
    Slip("reviewer nobody knows", "reviewers: [security-specialist, client", "reviewers: [security-specialst, client",
         "reviewers: ¦[security-specialst", "reviewers", "unknown person 'security-specialst'",
         "did you mean 'security-specialist'?"),
    Slip("contact nobody knows", "{title: Scribe, contact: docs-agent,", "{title: Scribe, contact: doc-agent,",
         "contact: ¦doc-agent", "roles.scribe.contact", "unknown person 'doc-agent'", "did you mean 'docs-agent'?"),
    Slip("person who is a list", "  owen-backup: Owen\n", "  owen-backup: [Owen]\n", "owen-backup: ¦[Owen]",
         "people.owen-backup", "must be text"),
    Slip("reading of the calendar", "  reading: business-calendar\n", "  reading: business-calendr\n", "reading: ¦business-calendr",
         "calendar.reading", "unknown reading 'business-calendr'", "did you mean 'business-calendar'?"),
    # --- clauses ---
    Slip("page nobody draws", "title: Scope, page: index}", "title: Scope, page: scope}", "page: ¦scope", "clauses.scope.page",
         "no page is called 'scope'", f"write one of: {', '.join(PAGES)}"),
    Slip("chapter without a page", "{title: Scope, page: index}", "{title: Scope}", "¦{title: Scope}", "clauses.scope.page",
         "'page' is missing"),
    Slip("clause of a duty in no chapter", "    clause: comms-cadence/internal-summary\n    reading: five",
         "    clause: coms-cadence/internal-summary\n    reading: five", "clause: ¦coms-cadence", "duties.postmortem.clause",
         "unknown chapter 'coms-cadence'", "did you mean 'comms-cadence'?"),
    Slip("clause of a raise in no chapter", "  levels: 1\n  clause: severity-matrix/", "  levels: 1\n  clause: matrix/",
         "clause: ¦matrix/", "severity_raise.clause", "unknown chapter 'matrix'"),
    Slip("clause of the scope in no chapter", "{clause: scope/in-scope, means: personal data", "{clause: scop/e, means: personal data",
         "clause: ¦scop/e", "scope.covers.privacy.clause", "unknown chapter 'scop'", "did you mean 'scope'?"),
    # --- scope ---
    Slip("fact of the scope", "facts: [credentials-compromised]}", "facts: [credential-compromised]}",
         "facts: ¦[credential-comp", "scope.covers.credential-compromise.facts", "unknown fact 'credential-compromised'",
         "did you mean 'credentials-compromised'?"),
    Slip("scope without facts", ", facts: [credentials-compromised]}", ", facts: []}", "facts: ¦[]",
         "scope.covers.credential-compromise.facts", "must be an id or a list of ids with something in it"),
    Slip("key of the scope", "facts: [credentials-compromised]}", "fact: [credentials-compromised], facts: malicious-cause}",
         "¦fact: [cred", "scope.covers.credential-compromise.fact", "unknown key 'fact'", "did you mean 'facts'?"),
    Slip("key of what is left out", "{clause: scope/out-of-scope, means: something", "{clausse: x, clause: scope/out-of-scope, means: something",
         "¦clausse: x", "scope.leaves_out.office-events.clausse", "unknown key 'clausse'", "did you mean 'clause'?"),
    Slip("part of the scope", "  leaves_out:\n", "  leave_out: {}\n  leaves_out:\n", "¦leave_out:", "scope.leave_out",
         "unknown key 'leave_out'", "did you mean 'leaves_out'?"),
    Slip("fact of what is left out", "at an office, fact: outside-portal", "at an office, fact: outside-portall",
         "fact: ¦outside-portall", "scope.leaves_out.office-events.fact", "unknown fact 'outside-portall'",
         "did you mean 'outside-portal'?"),
    Slip("covered kind that is no id", "    data-leakage: {", "    Data Leakage: {", "¦Data Leakage", "scope.covers.Data Leakage",
         "'Data Leakage' is not an id", NOT_AN_ID),
    # --- objectives ---
    Slip("objective without a figure", ", target: 99.9 % of the time", "", "availability: ¦{clause: summary", "objectives.availability",
         "needs either 'target' or 'duty'", "write 'target: not set' while nobody has given one"),
    Slip("objective with two figures", "target: 99.9 % of the time", "target: 99.9 % of the time, duty: recover",
         "availability: ¦{clause: summary", "objectives.availability", "needs either 'target' or 'duty'",
         "write 'target: not set' while nobody has given one"),
    Slip("figure nobody is asked for", "    open_question: recovery-point\n", "", "target: ¦not set",
         "objectives.recovery-point.target", "'target' is not set and nobody is asked", "name the 'open_question'"),
    Slip("question nobody asks", "open_question: recovery-point\n", "open_question: recovery-pont\n", "open_question: ¦recovery-pont",
         "objectives.recovery-point.open_question", "unknown open question 'recovery-pont'", "did you mean 'recovery-point'?"),
    Slip("duty of an objective", "means: service is back in time, duty: recover}", "means: service is back in time, duty: recver}",
         "duty: ¦recver", "objectives.recovery-time.duty", "unknown duty 'recver'", "did you mean 'recover'?"),
    Slip("fact of an objective", "facts: [rpo-breached]", "facts: [rpo-breach]", "facts: ¦[rpo-breach]",
         "objectives.recovery-point.facts", "unknown fact 'rpo-breach'", "did you mean 'rpo-breached'?"),
    Slip("page of an objective", "given_in: disaster-recovery", "given_in: disaster-recover", "given_in: ¦disaster-recover",
         "objectives.recovery-point.given_in", "unknown reference 'disaster-recover'", "did you mean 'disaster-recovery'?"),
    Slip("reading of an objective", "    reading: no-recovery-point-no-answer\n    open", "    reading: no-recovery-point-no-anser\n    open",
         "reading: ¦no-recovery-point-no-anser", "objectives.recovery-point.reading", "unknown reading 'no-recovery-point-no-anser'",
         "did you mean 'no-recovery-point-no-answer'?"),
    # --- dependencies and channels ---
    Slip("fact of a dependency", "fact: service/upstash", "fact: service/upstahs", "fact: ¦service/upstahs",
         "dependencies.upstash.fact", "unknown fact 'service/upstahs'"),
    Slip("function", "{functions: [rate-limiting, task-tracking]}", "{functions: [rate-limitng, task-tracking]}",
         "functions: ¦[rate-limitng", "dependencies.upstash.endangers.functions", "unknown function 'rate-limitng'",
         "did you mean 'rate-limiting'?"),
    Slip("key of what is endangered", "{functions: [rate-limiting, task-tracking]}", "{function: x, functions: [rate-limiting, task-tracking]}",
         "¦function: x", "dependencies.upstash.endangers.function", "unknown key 'function'", "did you mean 'functions'?"),
    Slip("nothing endangered", "endangers: {functions: [rate-limiting, task-tracking]}", "endangers: nothing",
         "endangers: ¦nothing", "dependencies.upstash.endangers", "must be a mapping"),
    Slip("reading of a dependency", "{functions: [rate-limiting, task-tracking]}\n    reading: what-each",
         "{functions: [rate-limiting, task-tracking]}\n    reading: wat-each", "reading: ¦wat-each", "dependencies.upstash.reading",
         "unknown reading 'wat-each-service-carries'", "did you mean 'what-each-service-carries'?"),
    Slip("channel of a dependency", "{functions: [rate-limiting, task-tracking]}",
         "{functions: [rate-limiting, task-tracking], channels: [pagin]}", "channels: ¦[pagin]",
         "dependencies.upstash.endangers.channels", "unknown channel 'pagin'", "did you mean 'paging'?"),
    Slip("dependency of a channel", "    depends_on: resend\n", "    depends_on: [resend, resent]\n", "depends_on: ¦[resend, resent]",
         "channels.mail.depends_on", "unknown dependency 'resent'", "did you mean 'resend'?"),
    Slip("channel that depends and is not endangered", "{functions: [notifications], channels: [mail]}",
         "{functions: [notifications]}", "depends_on: ¦resend", "channels.mail.depends_on",
         "'resend' does not say that it endangers 'mail'", "add it to dependencies.resend.endangers.channels"),
    Slip("channel that is endangered and does not depend", "    depends_on: resend\n", "", "channels: ¦[mail]",
         "dependencies.resend.endangers.channels", "channel 'mail' does not say that it depends on 'resend'",
         "add it to channels.mail.depends_on"),
    Slip("duty a channel carries", "carries: [internal-alert, unassessed-alert]", "carries: [internal-alrt]", "carries: ¦[internal-alrt]",
         "channels.internal-list.carries", "unknown duty 'internal-alrt'", "did you mean 'internal-alert'?"),
    Slip("fallback that is a sentence", "    fallback: not set\n    reading", "    fallback: by telephone\n    reading",
         "fallback: ¦by telephone", "channels.mail.fallback", "'by telephone' is not a channel", "name one, or write 'not set'"),
    Slip("fallback nobody knows", "    fallback: not set\n    reading", "    fallback: pagin\n    reading", "fallback: ¦pagin\n",
         "channels.mail.fallback", "unknown channel 'pagin'", "did you mean 'paging'?"),
    Slip("fallback to itself", "    fallback: not set\n    reading", "    fallback: mail\n    reading", "fallback: ¦mail",
         "channels.mail.fallback", "a channel cannot stand in for itself", "name another, or write 'not set'"),
    Slip("fallback nobody is asked for", "    open_question: mail-fallback\n  internal-list:", "  internal-list:",
         "fallback: ¦not set\n    reading", "channels.mail.fallback", "'fallback' is not set and nobody is asked",
         "name the 'open_question'"),
    Slip("function as a list", "  sign-in: people sign in\n", "  sign-in: [people sign in]\n", "sign-in: ¦[people", "functions.sign-in",
         "must be text"),
    # --- signals ---
    Slip("word two signals share", "source: user-report}", "source: sentry}", "the support runbooks\", source: ¦sentry",
         "signals.user-reports.source", "'sentry' is the word of 'error-alerts' already", "give each signal a word of its own"),
    Slip("signal without a word", ", source: user-report}", "}", "user-reports: ¦{", "signals.user-reports.source",
         "'source' is missing"),
    # --- tooling ---
    Slip("person who is paged", "levels: [reliability-partner, owen-backup]", "levels: [reliability-partner, owen-backpu]",
         "levels: ¦[reliability", "tooling.paging-list.paging.levels", "unknown person 'owen-backpu'", "did you mean 'owen-backup'?"),
    Slip("person who is paged twice", "levels: [reliability-partner, owen-backup]", "levels: [owen-backup, owen-backup]",
         "levels: ¦[owen", "tooling.paging-list.paging.levels", "'owen-backup' stands here twice", "page each once, the next one after"),
    Slip("level of a timeout", "acknowledge_within: {SEV0:", "acknowledge_within: {SEV4: 5 minutes, SEV0:", "{¦SEV4: 5 minutes",
         "tooling.paging-list.paging.acknowledge_within.SEV4", WORDS, "write 'SEV0', 'SEV1', 'SEV2' or 'SEV3'"),
    Slip("timeout", "SEV2: 30 minutes}", "SEV2: half an hour}", "SEV2: ¦half an hour}", "tooling.paging-list.paging.acknowledge_within.SEV2",
         "'half an hour' is not a length of time; write minutes or hours, such as 15 minutes"),
    Slip("role paged at the end", "{page: [security-lead, comms-lead],", "{page: [security-led],", "{page: ¦[security-led]",
         "tooling.paging-list.paging.exhausted.page", "unknown role 'security-led'", "did you mean 'security-lead'?"),
    Slip("level that is paged again", "repeat: SEV1 or worse, times", "repeat: SEV1, times", "repeat: ¦SEV1, times", "tooling.paging-list.paging.exhausted.repeat",
         "'SEV1' is not a level", "write 'SEV1 or worse'"),
    Slip("paging without an end", "      exhausted: {page: [security-lead, comms-lead], repeat: SEV1 or worse, times: 1}\n", "", "    paging:\n      ¦levels:",
         "tooling.paging-list.paging.exhausted", "'exhausted' is missing"),
    Slip("how often it is paged again", "repeat: SEV1 or worse, times: 1}", "repeat: SEV1 or worse, times: 0}", "times: ¦0}",
         "tooling.paging-list.paging.exhausted.times", "'0' is not a number of times", "write a number from 1 to 9"),
    Slip("level of the unassessed", "{counts_as: SEV1,", "{counts_as: SEV9,", "{counts_as: ¦SEV9,",
         "tooling.paging-list.paging.unassessed.counts_as", WORDS, "write 'SEV0', 'SEV1', 'SEV2' or 'SEV3'"),
    Slip("reading of the unassessed", "SEV1, reading: unassessed-is-paged-like-sev1}", "SEV1, reading: unassessed-is-paged-like-sev2}",
         "SEV1, reading: ¦unassessed-is-paged-like-sev2}", "tooling.paging-list.paging.unassessed.reading",
         "unknown reading 'unassessed-is-paged-like-sev2'", "did you mean 'unassessed-is-paged-like-sev1'?"),
    Slip("how long an answer holds", "{SEV0: 30 minutes, SEV1: 1 hour", "{SEV0: a while, SEV1: 1 hour", "{SEV0: ¦a while",
         "tooling.paging-list.paging.answer_holds.within.SEV0", "'a while' is not a length of time; write minutes or hours, such as 15 minutes"),
    Slip("reading of an answer that holds", "reading: an-answer-goes-stale}", "reading: an-answer-goes-stal}", "reading: ¦an-answer-goes-stal}",
         "tooling.paging-list.paging.answer_holds.reading", "unknown reading 'an-answer-goes-stal'", "did you mean 'an-answer-goes-stale'?"),
    Slip("role that answers", "answered_by: {role: incident-commander,", "answered_by: {role: incident-comander,", "{role: ¦incident-comander,",
         "tooling.paging-list.paging.answered_by.role", "unknown role 'incident-comander'", "did you mean 'incident-commander'?"),
    Slip("reading of who answers", "reading: what-answers-a-page}", "reading: what-answers-page}", "reading: ¦what-answers-page}",
         "tooling.paging-list.paging.answered_by.reading", "unknown reading 'what-answers-page'", "did you mean 'what-answers-a-page'?"),
    Slip("key of paging", "      unassessed: {counts_as: SEV1,", "      unasessed: {counts_as: SEV1,", "¦unasessed: {", "tooling.paging-list.paging.unasessed",
         "unknown key 'unasessed'", "did you mean 'unassessed'?"),
    Slip("channel of a tool", "    channel: evidence-store\n", "    channel: evidence-stor\n", "channel: ¦evidence-stor\n",
         "tooling.evidence-folder.channel", "unknown channel 'evidence-stor'", "did you mean 'evidence-store'?"),
    Slip("template", "template: postmortem-template", "template: postmortem", "template: ¦postmortem\n", "tooling.incident-report.template",
         "unknown reference 'postmortem'", "did you mean 'postmortem-template'?"),
    Slip("field of a board", "      severity: its level\n", "      Severity: its level\n", "¦Severity: its level", "tooling.incident-board.holds.Severity",
         "'Severity' is not an id", NOT_AN_ID),
    # --- exercises and assumptions ---
    Slip("period", "every: half-year", "every: six months", "every: ¦six months", "exercises.recovery-drill.every", WORDS,
         "write 'month', 'quarter', 'half-year' or 'year'"),
    Slip("role that owes an exercise", "    every: half-year\n    owed_by: incident-commander", "    every: half-year\n    owed_by: commander",
         "owed_by: ¦commander", "exercises.recovery-drill.owed_by", "unknown role 'commander'", "did you mean 'incident-commander'?"),
    Slip("kind of event a session is", "held_as: review-held", "held_as: review", "held_as: ¦review\n", "exercises.action-review.held_as", WORDS,
         "write 'drill-held' or 'review-held'"),
    Slip("id of an exercise and a duty", "  action-review:\n    title", "  action-item:\n    title", "  action-item:\n    ¦title: review", "exercises.action-item",
         "'action-item' is a duty already", "give it an id of its own"),
    Slip("id of an exercise and an assumption", "  on-call-configured:\n    clause: assumptions", "  tabletop:\n    clause: assumptions",
         "  tabletop:\n    ¦clause: assumptions", "assumptions.tabletop", "'tabletop' is an exercise already", "give it an id of its own"),
    Slip("page an exercise follows", "follows: disaster-recovery", "follows: runbook", "follows: ¦runbook\n", "exercises.recovery-drill.follows",
         "unknown reference 'runbook'", "did you mean 'runbooks'?"),
    Slip("scenario as a list", "      neon-outage: the database is gone\n", "      neon-outage: [the database is gone]\n",
         "neon-outage: ¦[the", "exercises.tabletop.covers.neon-outage", "must be text"),
    Slip("role that keeps an assumption", "    kept_by: comms-lead\n", "    kept_by: coms-lead\n", "kept_by: ¦coms-lead",
         "assumptions.contact-lists-current.kept_by", "unknown role 'coms-lead'", "did you mean 'comms-lead'?"),
    Slip("age in hours", "kept_by: comms-lead\n    attested_within: 90 days", "kept_by: comms-lead\n    attested_within: 90 hours",
         "attested_within: ¦90 hours", "assumptions.contact-lists-current.attested_within", "'90 hours' is not an age",
         "write it like 90 days or 3 months"),
    # --- open questions, references ---
    Slip("reading of a question", "readings: [one-level-once]", "readings: [one-level-twice]", "readings: ¦[one-level-twice]",
         "open_questions.floor-under-threats.readings", "unknown reading 'one-level-twice'", "did you mean 'one-level-once'?"),
    Slip("person who is asked", "\"no, ask for help case by case\"]\n    asked_of: reliability-partner", "\"no, ask for help case by case\"]\n    asked_of: owner",
         "asked_of: ¦owner", "open_questions.forensic-retainer.asked_of", "unknown person 'owner'"),
    Slip("question without options", "options: [\"yes, a retainer\", \"no, ask for help case by case\"]", "options: []", "options: ¦[]",
         "open_questions.forensic-retainer.options", "must be a list with something in it"),
    Slip("question that is switched off by a flag", "switched_off: an outside firm can", "switchd_off: an outside firm can", "¦switchd_off: an",
         "open_questions.forensic-retainer.switchd_off", "unknown key 'switchd_off'", "did you mean 'switched_off'?"),
    Slip("reference without a use", "where: 16-02, used_for: what support does with reports of users}", "where: 16-02}", "runbooks: ¦{title",
         "references.runbooks.used_for", "'used_for' is missing"),
    Slip("source as a sentence", "  pagerduty-guide: {title: PagerDuty incident response guide, clause: sources/pagerduty, used_for: roles and paging}",
         "  pagerduty-guide: PagerDuty incident response guide", "pagerduty-guide: ¦PagerDuty", "drawn_from.pagerduty-guide", "must be a mapping"),
    # --- phases ---
    Slip("step of a phase", "steps: [clean-up, patch,", "steps: [clean-up, pacth,", "steps: ¦[clean-up, pacth", "phases.eradicate.steps",
         "unknown step 'pacth'", "did you mean 'patch'?"),
)  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.about)
def test_one_slip_is_one_problem(slip: Slip) -> None:
    """Each slip is one problem that names its place, says what is wrong, and the way out where there is one."""
    assert_one_problem(slip)


def test_every_section_has_a_slip() -> None:
    """No descriptive section is without bad input."""
    slipped = {slip.path.partition(".")[0] for slip in SLIPS}
    assert set(ABOUT_SECTIONS) - slipped == {"summary", "context"}
    assert len(SLIPS) > 50


@pytest.mark.parametrize("section", ABOUT_SECTIONS)
def test_no_section_takes_the_wrong_kind_of_value(section: str) -> None:
    """A section that is one of the other kinds of value is one problem at its place, whatever refers into it."""
    start = POLICY.index(f"\n{section}:") + 1
    end = min(at for at in (POLICY.find("\n" + key, start + 1) for key in tops()) if at > 0)
    wrong = "[a, [b]]" if section in ("project", "tags", "summary", "context") else "some text"
    text = f"{POLICY[:start]}{section}: {wrong}\n{POLICY[end + 1 :]}"
    found = problems(text)
    assert [problem.where for problem in found] == [where(text, f"\n{section}: ¦{wrong}", section)]


def tops() -> Iterator[str]:
    """Whatever can stand behind a section: a key at the start of a line, or a comment."""
    yield "# "
    yield from (f"{key}:" for key in read_document(POLICY, "document").root)


def test_a_scope_covers_something() -> None:
    """An empty scope is a slip: nothing never means everything."""
    start, end = POLICY.index("\nscope:\n"), POLICY.index("\nobjectives:\n")
    text = f"{POLICY[:start]}\nscope: {{covers: {{}}}}{POLICY[end:]}"
    what, hint = "the policy covers nothing", "say which kinds of incident it speaks about"
    assert problems(text) == (Problem(where(text, "scope: {covers: ¦{}", "scope.covers"), what, hint),)


def test_a_law_has_none_of_them() -> None:
    """What stands around the rules is the company's to say."""
    law = edited(AU, ("jurisdiction: au\n", "jurisdiction: au\nscope: {covers: {}}\n"))
    assert problems(POLICY, law) == (
        Problem(where(law, "¦scope: {", "scope", "documents[0]"), "unknown key 'scope' in a law", ""),
    )


class TestAPolicyWithoutThem:
    """A policy that says nothing around its rules loads all the same."""

    def test_it_loads(self) -> None:
        """Without the descriptive sections everything descriptive is empty, and every rule is as it was."""
        policy = ir.load_policy(stripped(POLICY))
        assert policy.about.summary == policy.about.project == ""
        empty = [
            policy.about.people,
            policy.about.clauses,
            policy.about.covers,
            policy.about.channels,
            policy.about.tooling,
        ]
        assert [len(section) for section in empty] == [0, 0, 0, 0, 0]
        assert set(policy.duties) == set(SHIPPED.duties)
        assert policy.digest != SHIPPED.digest


class TestWhatTheShippedPolicySays:
    def test_its_head(self) -> None:
        """Metadata is complete."""
        head = (ABOUT.project, ABOUT.owner, ABOUT.reviewers, ABOUT.language, ABOUT.updated, ABOUT.tags)
        assert head == (
            "Motion Mavericks Portal",
            "reliability-partner",
            ("security-specialist", "client-success-lead"),
            "en-AU",
            date(2025, 9, 19),
            ("incident-response", "security"),
        )
        assert (SHIPPED.status, SHIPPED.version) == ("draft", "0.2.0")

    def test_what_is_not_set_is_not_zero(self) -> None:
        """The recovery point and the way round the mail service are not known, and each says which question asks for it."""
        point = ABOUT.objectives["recovery-point"]
        assert (point.target, point.facts, point.given_in) == (
            Setting(None, "recovery-point"),
            ("rpo-breached",),
            "disaster-recovery",
        )
        assert ABOUT.channels["mail"].fallback == Setting(None, "mail-fallback")
        assert ABOUT.objectives["availability"].target == Setting("99.9 % of the time", "")

    def test_a_level_is_no_role_behind_the_list(self) -> None:
        """A page names the level it went to and no more, so the same id cannot stand in both places."""
        text = edited(
            POLICY,
            ("  owen-backup: Owen\n", "  owen-backup: Owen\n  security-lead: the one on duty\n"),
            ("levels: [reliability-partner, owen-backup]", "levels: [reliability-partner, security-lead]"),
        )
        spot = where(text, "page: ¦[security-lead, comms-lead]", "tooling.paging-list.paging.exhausted.page")
        says = "'security-lead' is a level of the list already"
        assert problems(text) == (Problem(spot, says, "page a role by its id"),)

    def test_paging(self) -> None:
        """Two people are paged in turn; how long each has is a number of the rule and only advises."""
        tool = ABOUT.tooling["paging-list"]
        assert tool.paging is not None
        assert tool.paging.levels == ("reliability-partner", "owen-backup")
        assert dict(tool.paging.within) == {
            Severity.SEV0: timedelta(minutes=5),
            Severity.SEV1: timedelta(minutes=15),
            Severity.SEV2: timedelta(minutes=30),
        }
        assert (tool.paging.then, tool.paging.repeat) == (("security-lead", "comms-lead"), Severity.SEV1)
        assert (tool.paging.times, tool.paging.unassessed) == (1, Severity.SEV1)
        assert dict(tool.paging.holds) == {
            Severity.SEV0: timedelta(minutes=30),
            Severity.SEV1: timedelta(hours=1),
            Severity.SEV2: timedelta(hours=4),
        }
        assert tool.paging.answered_by == "incident-commander"
        assert all(SHIPPED.readings[name].advisory for name in tool.paging.readings.values())
        assert set(tool.paging.readings) == {"unassessed", "answer_holds", "answered_by"}
        assert SHIPPED.readings[tool.reading].advisory

    def test_a_dependency_says_what_it_endangers(self) -> None:
        """When Resend is involved, notifications and mail are, and with mail what it carries."""
        resend = ABOUT.dependencies["resend"]
        assert (resend.fact, resend.functions, resend.channels) == ("service/resend", ("notifications",), ("mail",))
        assert ABOUT.channels["mail"].carries == ("client-update", "stakeholder-notice")
        assert {d.fact for d in ABOUT.dependencies.values()} == {
            f"service/{m}" for m in SHIPPED.families["service"].members
        }

    def test_exercises(self) -> None:
        """Three things are practised or reviewed, each in its own period."""
        said = {id_: (e.every, e.owed_by, e.held_as, tuple(e.covers), e.follows) for id_, e in ABOUT.exercises.items()}
        assert said == {
            "action-review": ("month", "incident-commander", "review-held", (), ""),
            "recovery-drill": ("half-year", "incident-commander", "drill-held", (), "disaster-recovery"),
            "tabletop": (
                "quarter",
                "incident-commander",
                "drill-held",
                ("mux-drm-incident", "neon-outage", "share-token-leak"),
                "",
            ),
        }

    def test_assumptions(self) -> None:
        """Each assumption has somebody who keeps it true, and an age that only advises."""
        said = {id_: (a.kept_by, a.attested_within) for id_, a in ABOUT.assumptions.items()}
        assert said == {
            "contact-lists-current": ("comms-lead", CalendarDays(90)),
            "on-call-configured": ("incident-commander", CalendarDays(90)),
        }
        assert all(SHIPPED.readings[a.reading].advisory for a in ABOUT.assumptions.values())

    def test_questions(self) -> None:
        """Two options are switched off, ten questions go back to the owner, each with the readings that stand meanwhile."""
        off = {id_ for id_, question in ABOUT.open_questions.items() if question.switched_off}
        assert off == {"forensic-retainer", "principals-by-sms"}
        others = [question for id_, question in ABOUT.open_questions.items() if id_ not in off]
        assert len(others) == 10
        assert all(question.readings and "reliability-partner" in question.asked_of for question in others)

    def test_every_worse_fact_is_in_scope_or_follows_from_it(self) -> None:
        """A fact that gives a level is one the scope speaks about: the matrix reaches no further than the policy does."""
        covered = {fact for kind in ABOUT.covers.values() for fact in kind.facts}
        worse = SHIPPED.worse_if_yes
        asked = {atom.name for atom, bit in SHIPPED.bits.items() if atom.kind == "fact" and worse & bit}
        assert len(asked) > 10
        assert asked - covered == set()

    def test_every_step_stands_in_one_phase(self) -> None:
        """The steps of the response are spread over its phases, each once."""
        placed = [step for phase in SHIPPED.phases for step in phase.steps]
        assert sorted(placed) == sorted(SHIPPED.steps)

    def test_it_can_be_told_apart(self) -> None:
        """What a policy says around its rules belongs to its digest."""
        changed = edited(POLICY, ("target: 99.9 % of the time", "target: 99.8 % of the time"))
        assert ir.load_policy(changed).digest != SHIPPED.digest
        assert isinstance(SHIPPED, Policy)
        assert isinstance(SHIPPED.about, About)
