"""Laws, contracts and calendars beside a policy: what is wrong with them is told at its place, and one is added by a file."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

import pytest

import ir_policy as ir
from ir_policy import Basis, Holidays, Problem
from support_documents import AU, EU, NSW, POLICY, edited, problems, where
from support_time import local


class TestLaws:
    """A law is checked together with the policy that names it; its problems carry its own place."""

    def slip(self, law: str, old: str, new: str, spot: str, path: str, what: str, hint: str = "") -> None:
        text = edited(law, (old, new))
        expected = Problem(where(text, spot, path, "documents[0]"), what, hint)
        assert problems(POLICY, text) == (expected,)

    def test_another_polarity(self) -> None:
        """A fact means the same in every document: a law cannot turn what makes it better into worse."""
        self.slip(AU, "facts:\n", "facts:\n  false-positive: {means: x, polarity: worse}\n", "¦false-positive: {",
                  "facts.false-positive", "'false-positive': an earlier document has another polarity of this fact")  # fmt: skip

    def test_another_group(self) -> None:
        """A group of countries has the same members wherever it stands."""
        self.slip(EU, "  eu: [at, be,", "  eu: [be,", "¦eu: [be", "groups.eu",
                  "'eu': an earlier document has another group of that name")  # fmt: skip

    def test_another_count_of_a_mark(self) -> None:
        """A mark counts per incident everywhere or nowhere."""
        self.slip(AU, "    per: incident\n", "    per: episode\n", "¦suspected:\n    means", "marks.suspected",
                  "'suspected': an earlier document counts this mark per incident")  # fmt: skip

    def test_no_prefix(self) -> None:
        """A law's rules are named below its prefix, so it must state one."""
        self.slip(AU, "prefix: au.ndb\n", "", "¦document: law", "prefix",
                  "'prefix' is missing: a law's rules are named below it")  # fmt: skip

    def test_waivable(self) -> None:
        """What a statute demands nobody in the company can waive."""
        self.slip(AU, "    within: 30 days\n", "    within: 30 days\n    waivable_by: [legal-liaison]\n",
                  "waivable_by: ¦[legal", "duties.assess.waivable_by", "a statutory duty cannot be waived", "remove it")  # fmt: skip

    def test_ends_before_it_begins(self) -> None:
        """Days in force that are out of order are a slip of the pen."""
        self.slip(AU, "      in_force_from: 2018-02-22\n", "      in_force_from: 2018-02-22\n      in_force_to: 2018-02-22\n",
                  "in_force_to: ¦2018", "duties.assess.source.in_force_to", "the rule ends before it begins", "check both days")  # fmt: skip

    def test_a_section_of_the_company(self) -> None:
        """Only the company's policy has roles and a severity matrix."""
        self.slip(AU, "duties:\n", "severity_rows: {}\nduties:\n", "¦severity_rows", "severity_rows",
                  "unknown key 'severity_rows' in a law")  # fmt: skip

    def test_two_laws_with_one_duty(self) -> None:
        """Two rules of one name would hide each other, so the second is refused."""
        other = edited(AU, ("id: au-ndb", "id: au-other"), ("  au.ndb.calendar-days:", "  other-days:"),
                       ("    reading: au.ndb.calendar-days", "    reading: other-days"))  # fmt: skip
        source = edited(POLICY, ("laws: [au-ndb@2026.11.0,", "laws: [au-ndb@2026.11.0, au-other,"))
        expected = Problem(
            where(other, "¦assess:\n", "duties.assess", "documents[0]"),
            "'au.ndb.assess' is already a rule of an earlier document",
        )
        assert problems(source, other) == (expected,)

    def test_saying_the_same_twice_is_fine(self) -> None:
        """Facts, groups, families and readings that agree may stand in several documents."""
        reading = AU[AU.index("  au.ndb.calendar-days:") : AU.index("\nduties:")]
        again = edited(EU, ("readings:\n", f"readings:\n{reading}"))
        policy = ir.load_policy(POLICY, documents=[again])
        assert policy.readings["au.ndb.calendar-days"].text.startswith("The day of suspicion is not counted")

    def test_members_known_from_a_contract(self) -> None:
        """Each document may add members of a family that exist for certain."""
        contract = (
            "document: contract\nid: acme-terms\nversion: 1.0\nprefix: acme\ntitle: Terms of Acme\n"
            "families:\n  client: {means: this agency or client is affected, polarity: worse, known: [acme]}\n"
        )
        source = edited(POLICY, ("\ncalendar:\n", "\ncontracts: [acme-terms]\n\ncalendar:\n"))
        policy = ir.load_policy(source, documents=[contract])
        assert policy.families["client"].known == ("acme",)

    def test_a_law_nobody_names(self) -> None:
        """A law that is passed in and not named would silently not be there, so that is a problem of its own."""
        law = edited(AU, ("id: au-ndb", "id: au-other"))
        expected = Problem(
            where(law, "id: ¦au-other", "id", "documents[0]"),
            "'au-other@2026.11.0' is passed in but the policy does not name it",
            "name it in the policy, or leave it out",
        )
        assert problems(POLICY, law) == (expected,)

    def test_a_law_passed_in_twice(self) -> None:
        """Of two documents with one name only one could count, so the second is refused."""
        expected = Problem(
            where(AU, "id: ¦au-ndb", "id", "documents[1]"),
            "'au-ndb@2026.11.0' is passed in twice",
            "keep one of them",
        )
        assert problems(POLICY, AU, AU) == (expected,)

    def test_slips_of_all_documents_at_once(self) -> None:
        """The policy, a law and the calendar are read in one pass, and each problem says in which it stands."""
        source = edited(POLICY, ("    owed_by: scribe", "    owed_by: scribbler"))
        law = edited(AU, ("    within: 30 days\n", "    within: 30 dayz\n"))
        calendar = edited(NSW, ("  2020-01-27:", "  2020-13-27:"))
        assert {problem.where for problem in problems(source, law, calendar)} == {
            where(source, "owed_by: ¦scribbler", "duties.document.owed_by"),
            where(law, "within: ¦30 dayz", "duties.assess.within", "documents[0]"),
            where(calendar, "¦2020-13-27", "days.2020-13-27", "documents[1]"),
        }

    def test_a_law_is_no_policy(self) -> None:
        """Only the company's policy can be loaded; it names its laws."""
        assert problems("au-ndb") == (
            Problem(
                where(AU, "document: ¦law", "document", "au-ndb.yaml"),
                "is not a policy",
                "load the company's policy; it names its laws",
            ),
        )


class TestCalendars:
    @pytest.mark.parametrize(
        ("old", "new", "spot", "path", "what", "hint"),
        [
            ("to: 2032-12-31}", "to: 2019-12-31}", "to: ¦2019", "covers.to", "the list ends before it begins", "check both days"),
            ("  2020-01-27:", "  2020-13-27:", "¦2020-13-27", "days.2020-13-27", "'2020-13-27' is not a day of the calendar",
             "write it like 2026-04-27"),
            ("  2020-01-27:", "  20200127:", "¦20200127", "days.20200127", "'20200127' is not a day of the calendar",
             "write it like 2026-04-27"),
            ("  2020-01-27:", "  2019-01-27:", "¦2019-01-27", "days.2019-01-27",
             "'2019-01-27' lies outside the days the list covers", "widen 'covers'"),
            ("2020-01-27: {name: Australia Day, source: act}", "2020-01-27: {name: Australia Day, source: akt}", "source: ¦akt",
             "days.2020-01-27.source", "no source of this document is called 'akt'", "did you mean 'act'?"),
            ("2020-01-27: {name: Australia Day,", "2020-01-27: {nam: Australia Day, name: x,", "¦nam: Aus", "days.2020-01-27.nam",
             "unknown key 'nam'", "did you mean 'name'?"),
        ],
        ids=["ends too early", "no day", "day in digits", "day outside", "source", "key"],
    )  # fmt: skip
    def test_slip(self, old: str, new: str, spot: str, path: str, what: str, hint: str) -> None:
        """A slip in a calendar document is one problem with its place."""
        text = edited(NSW, (old, new))
        assert problems(POLICY, text) == (Problem(where(text, spot, path, "documents[0]"), what, hint),)

    def test_no_span(self) -> None:
        """A list of holidays says from when to when it speaks; beyond that it would lie by silence."""
        text = edited(NSW, ("covers: {from: 2020-01-01, to: 2032-12-31}\n", ""))
        expected = Problem("documents[0]: covers", "'covers' is missing", "say from which day to which the list speaks")
        assert problems(POLICY, text) == (expected,)

    def test_no_calendar(self) -> None:
        """Without a calendar no business day can be counted."""
        start, end = POLICY.index("calendar:\n"), POLICY.index("at_risk:")
        assert problems(POLICY[:start] + POLICY[end:]) == (
            Problem("document: calendar", "'calendar' is missing", "say zone, hours, workdays and holidays"),
        )

    def test_holidays_of_another_place(self) -> None:
        """Any place's dates can be passed in, and a day that is a holiday there is no business day."""
        days = Holidays("sg", date(2026, 1, 1), date(2027, 12, 31), {date(2026, 3, 12): "a holiday of its own"})
        source = edited(POLICY, ("holidays: au-nsw@2026.11.0", "holidays: sg"))
        policy = ir.load_policy(source, documents=[days])
        assert policy.calendar.holidays is days
        assert [document.kind for document in policy.documents] == ["policy", "law", "law"]
        event = ir.Detected(incident="i", at=local("2026-03-11T10:00"), by="a", source="s")
        incident = ir.open_incident(policy, event).incident
        back = ir.Milestone(kind="recovered", incident="i", at=local("2026-03-11T12:00"), by="a")
        incident = ir.record(incident, back).incident
        (postmortem,) = (o for o in ir.obligations(incident, back.at) if o.duty == "postmortem")
        assert postmortem.due == local("2026-03-19T17:00")
        assert postmortem.due - local("2026-03-18T17:00") == timedelta(days=1)

    def test_holidays_nobody_names(self) -> None:
        """Holidays of a place the policy does not name would have no effect, so they are refused."""
        days = Holidays("sg", date(2026, 1, 1), date(2027, 12, 31), {})
        assert problems(POLICY, days) == (
            Problem(
                "documents",
                "holidays of 'sg' are passed in but the policy does not name them",
                "its calendar names 'au-nsw'",
            ),
        )


SINGAPORE: Final = """\
document: law
id: sg-pdpa
version: 1.0
prefix: sg.pdpa
title: Personal Data Protection Act, notification of data breaches
jurisdiction: sg

facts:
  significant-scale: {means: five hundred people or more are affected, polarity: worse}
  serious-harm-likely: {means: serious harm to somebody is likely, polarity: worse}

marks:
  assessed-notifiable:
    means: the breach was assessed as one that must be notified
    per: incident
    corrected_by: [legal-liaison]
    set_by: [{finding: confirmed}]

readings:
  sg.pdpa.days-end-locally:
    clause: s-26d
    text: The three calendar days end with the third day after the assessment.
    options: [seventy-two hours]

duties:
  26d:
    title: notify the Commission
    clause: s-26d
    source:
      cite: Personal Data Protection Act 2012 s 26D(1)
      checked: 2026-11-01
      in_force_from: 2021-02-01
      in_force_to: 2030-07-01
      evidence: unverified
    reading: sg.pdpa.days-end-locally
    owed_by: legal-liaison
    owed_to: pdpc
    when: {all: [{not: drill}, {any: [significant-scale, serious-harm-likely]}]}
    starts: assessed-notifiable
    within: 3 days
    met_by: {notice: sent}
    done_before: counts

gates:
  no-closing-before-the-notice:
    says: the incident stays open until the breach was assessed
    clause: s-26c
    forbids: [{event: closed}]
    when: significant-scale
    until: {mark: assessed-notifiable}
    who: legal-liaison
"""


class TestOwnLaw:
    """A law of one's own stands beside the shipped ones, under its own names."""

    POLICY: Final = edited(POLICY, ("laws: [au-ndb@2026.11.0,", "laws: [sg-pdpa@1.0, au-ndb@2026.11.0,"))

    def incident(self, found_at: datetime, law: str = SINGAPORE) -> ir.Incident:
        policy = ir.load_policy(self.POLICY, documents=[law])
        start = found_at - timedelta(minutes=5)
        return ir.replay(
            policy,
            [
                ir.Detected(at=start, incident="i", by="a", source="s"),
                ir.FactsReported(at=start, incident="i", by="a", facts={"significant-scale": ir.YES}),
                ir.BreachFinding(at=found_at, incident="i", by="a", finding="confirmed"),
            ],
        )

    def test_its_ids_stand_below_its_prefix(self) -> None:
        """Its duties and gates carry its prefix, its facts and marks are shared, and it is named in the policy."""
        policy, without = ir.load_policy(self.POLICY, documents=[SINGAPORE]), ir.load_policy(POLICY)
        assert set(policy.duties) - set(without.duties) == {"sg.pdpa.26d"}
        assert set(policy.gates) - set(without.gates) == {"sg.pdpa.no-closing-before-the-notice"}
        assert set(policy.facts) - set(without.facts) == {"significant-scale"}
        assert set(policy.marks) - set(without.marks) == {"assessed-notifiable"}
        duty = policy.duties["sg.pdpa.26d"]
        assert (duty.document, duty.basis, duty.per.value) == ("sg-pdpa", Basis.STATUTE, "incident")
        assert [(d.kind, d.id, d.version) for d in policy.documents[:2]] == [
            ("policy", "motion-mavericks", "0.2.0"),
            ("law", "sg-pdpa", "1.0"),
        ]
        assert policy.digest != without.digest

    def test_its_duty_arises(self) -> None:
        """A confirmed breach of significant scale owes the notice by the end of the third day, under its own clause."""
        incident = self.incident(local("2026-03-11T10:00"))
        (owed,) = (o for o in ir.obligations(incident, local("2026-03-11T11:00")) if o.recipient == "pdpc")
        assert (owed.key, owed.due, owed.boundary) == ("sg.pdpa.26d@pdpc#0", local("2026-03-15T00:00"), "exclusive")
        assert (owed.basis, owed.clause, owed.document) == ("statute", "s-26d", "sg-pdpa")
        assert owed.source is not None
        assert owed.source.cite == "Personal Data Protection Act 2012 s 26D(1)"

    def test_its_gate_bites(self) -> None:
        """Its gate forbids closing until the mark of the law stands."""
        policy = ir.load_policy(self.POLICY, documents=[SINGAPORE])
        start = local("2026-03-11T10:00")
        step = ir.open_incident(policy, ir.Detected(incident="i", at=start, by="a", source="s"))
        closing = ir.Closed(incident="i", at=start, by="incident-commander", outcome="resolved")
        assert "sg.pdpa.no-closing-before-the-notice" in {refusal.rule for refusal in ir.check(step.incident, closing)}

    @pytest.mark.parametrize(
        ("found_at", "owed"),
        [
            (local("2021-01-31T23:59"), False),
            (local("2021-02-01T00:00"), True),
            (local("2030-06-30T23:59"), True),
            (local("2030-07-01T00:00"), False),
        ],
        ids=["the day before", "first day in force", "last day in force", "first day after"],
    )
    def test_in_force(self, found_at: datetime, owed: bool) -> None:
        """The law applies to breaches whose clock starts on a day it is in force: the first day counts, the end does not."""
        keys = {o.key for o in ir.obligations(self.incident(found_at), found_at)}
        assert ("sg.pdpa.26d@pdpc#0" in keys) is owed

    def test_its_version_is_pinned(self) -> None:
        """A policy that names another version of it does not get this one."""
        source = edited(POLICY, ("laws: [au-ndb@2026.11.0,", "laws: [sg-pdpa@2.0, au-ndb@2026.11.0,"))
        found = problems(source, SINGAPORE)
        assert found[0] == Problem(
            where(source, "[¦sg-pdpa@2.0", "laws[0]"), "no law 'sg-pdpa@2.0' is known", "known is sg-pdpa@1.0"
        )

    def test_it_replaces_a_shipped_one_of_its_name(self) -> None:
        """A document of one's own comes before a shipped one of the same name and version."""
        stricter = edited(AU, ("    within: 30 days\n", "    within: 10 days\n"))
        policy = ir.load_policy(POLICY, documents=[stricter])
        assert {str(within.limit) for within in policy.duties["au.ndb.assess"].within if within} == {"10 days"}
