"""The timeline: what happened, what fell due and what is still to come, as people and programs read it."""

from __future__ import annotations

import random
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import pytest

import ir_policy as ir
from ir_policy.log.events import KINDS
from ir_policy.present.happened import event_words
from ir_policy.present.happening_schemas import TOLD
from ir_policy.rules.model import Policy
from ir_policy.terms import MICROSECOND, OF_PROGRAMMES
from oracle.random_logs import random_log
from support_schema import faults
from support_time import REPO

EXAMPLES: Final = sorted((REPO / "examples" / "incidents").glob("*.jsonl"))
SYDNEY: Final = timezone(timedelta(hours=10))
TEN: Final = datetime(2026, 5, 5, 0, 0, tzinfo=timezone.utc)
"""Ten in the morning in Sydney on an ordinary Tuesday."""


def at(hours: int, minutes: int = 0) -> datetime:
    """A time of the clock in Sydney that day."""
    return TEN + timedelta(hours=hours - 10, minutes=minutes)


def event(form: type[ir.Event], when: datetime, by: str = "ravi", **said: Any) -> ir.Event:
    return form(incident="inc-7", at=when, by=by, **said)


def told(policy: Policy, *events: ir.Event) -> ir.Incident:
    """The incident in which these happened after a signal at ten."""
    return ir.replay(policy, [event(ir.Detected, TEN, "sentry", source="sentry", id="signal"), *events])


PLAYBACK_IS_DOWN: Final = event(ir.FactsReported, at(10, 5), facts={"streaming-unavailable": "yes"}, id="down")
ALERTED: Final = event(
    ir.Notice, at(10, 20), "lee", kind="notice-sent", duties=("internal-alert",), recipients=("internal",), id="alerted"
)


def shown(policy: Policy, now: datetime, *events: ir.Event) -> ir.Timeline:
    return ir.timeline(told(policy, *events), now)


class TestText:
    """For people: local time, how long after detection, one line a thing, what did it before what it did."""

    def test_the_whole_page_of_a_late_alert(self, policy: Policy) -> None:
        """From the signal to what is still to come; the miss stands at its deadline, before the alert that came late."""
        assert shown(policy, at(10, 25), PLAYBACK_IS_DOWN, ALERTED).text().splitlines() == [
            "inc-7  timeline as of Tue 05 May 2026 10:25 Australia/Sydney (05 May 00:25Z)",
            "times are local; + counts from detection",
            "",
            "Tue 05 May 2026",
            "  10:00 +0        sentry: detected by sentry",
            "                    owed: update the compliance evidence, before closing; security-lead",
            "                    owed from 10:15, if still so then: alert the internal list, unassessed, by 10:15",
            "                      (advisory only); comms-lead",
            "  10:05 +5m       ravi: yes to streaming-unavailable",
            "                    level unassessed -> SEV1",
            "                    owed: alert the internal list, by 10:15; comms-lead",
            "                    owed: restore the service, by 14:00; technical-sme",
            "                    owed: put a commander in place, by 10:30; incident-commander",
            "                    never came to be owed: alert the internal list, unassessed",
            "! 10:15 +15m      MISSED: alert the internal list; comms-lead, clause comms-cadence/initial-alert",
            "  10:20 +20m      lee: sent a notice, meant to alert the internal list, to internal",
            "                    met: alert the internal list, late by 5 min, due 10:15",
            "",
            "STILL TO COME, if nothing happens",
            "",
            "Tue 05 May 2026",
            "  10:30 +30m      due: put a commander in place; incident-commander, clause",
            "                    severity-matrix/response-target",
            "  13:12 +3h12m    at risk: restore the service, by 14:00; technical-sme",
            "  14:00 +4h00m    due: restore the service; technical-sme, clause severity-matrix/recovery-target",
        ]

    def test_several_recipients_of_one_thing_are_one_line(self, policy: Policy) -> None:
        """Two clients are told of in one breath, and in the data each for itself."""
        clients = event(ir.FactsReported, at(10, 10), facts={"client/acme": "yes", "client/zen": "yes"})
        page = shown(policy, at(10, 12), PLAYBACK_IS_DOWN, clients)
        assert "owed: update the client (client/acme and client/zen), by 11:00; comms-lead" in page.text()
        assert [entry.about for entry in page.entries if entry.kind == "opened" and "client" in entry.about] == [
            "client-update@client/acme#0", "client-update@client/zen#0",
        ]  # fmt: skip

    def test_against_the_rules_and_without_effect(self, policy: Policy) -> None:
        """A violation says which rule, its clause, and what it needed; an act without power that it did nothing."""
        cleaned = event(ir.StepDone, at(10, 6), step="clean-up", id="cleaned")
        closed = event(ir.Closed, at(10, 7), outcome="duplicate", id="closed")
        entries = shown(policy, at(10, 8), PLAYBACK_IS_DOWN, cleaned, closed).entries
        against = {(entry.event, entry.about): entry.text for entry in entries if entry.kind == "violation"}
        assert against[("cleaned", "snapshot-before-cleanup")].startswith(
            "AGAINST snapshot-before-cleanup: the forensic snapshot comes before clean-up (clause response-phases/contain); it "
            "needed step forensic-snapshot (save an image of what was touched), or a no to malicious-cause "
        )
        assert against[("closed", "commander-closes")] == (
            "AGAINST commander-closes: the commander closes the incident (clause response-phases/close); it needed somebody "
            "acting as incident-commander; without effect"
        )

    def test_what_was_concluded_anew_stands_where_the_log_learnt_of_it(self, policy: Policy) -> None:
        """A restore that nobody wrote down in time stands at its own instant; the withdrawn miss when it became known."""
        restored = ir.Milestone(
            kind="recovered", incident="inc-7", by="ravi", id="late", at=at(12), recorded_at=at(15), evidence=("graph",)
        )
        entries = shown(policy, at(16), PLAYBACK_IS_DOWN, restored).entries
        assert [entry.at for entry in entries if entry.kind == "event" and entry.event == "late"] == [at(12)]
        anew = [entry for entry in entries if entry.kind == "correction"]
        assert [(entry.at, entry.about, entry.by) for entry in anew] == [(at(15), "recover@internal#0", "ravi")]
        assert anew[0].text == (
            "concluded anew: recover@internal#0: missed, due 2026-05-05T04:00:00Z -> met, due 2026-05-05T04:00:00Z "
            "(recorded late: recovered at 2026-05-05T02:00:00Z)"
        )

    def test_a_raise_and_what_was_past_when_it_came(self, policy: Policy) -> None:
        """After an hour the level is raised: recovery was due within it, and that is a miss of the raise's own."""
        raised = event(ir.FactsReported, at(11, 30), facts={"exfiltration-likely": "yes"}, id="raise")
        texts = [
            entry.text
            for entry in shown(policy, at(11, 31), PLAYBACK_IS_DOWN, raised).entries
            if entry.event == "raise"
        ]
        assert "level SEV1 -> SEV0" in texts
        assert "due earlier: restore the service, by 11:00; technical-sme; it was 14:00" in texts
        assert (
            "MISSED: restore the service, due 11:00; technical-sme, clause severity-matrix/recovery-target; past when the "
            "level was raised"
        ) in texts

    def test_imprecise_records_say_how_exact_they_are(self, policy: Policy) -> None:
        """A day is no time of the clock."""
        note = ir.Note(
            incident="inc-7", at=datetime(2026, 5, 6, tzinfo=SYDNEY), by="ana", text="it\nrained", precision="day"
        )
        page = shown(policy, at(10) + timedelta(days=3), note)
        (entry,) = [entry for entry in page.entries if entry.text == "note: it rained"]
        assert entry.precision == "day"
        assert "  day   +14h00m   ana: note: it rained\n" in page.text()

    def test_colour_adds_codes_and_nothing_else(self, policy: Policy) -> None:
        """With its codes taken out the coloured text is the plain one; red is what was missed."""
        page = shown(policy, at(10, 25), PLAYBACK_IS_DOWN)
        coloured = page.text(colour=True)
        assert re.sub(r"\x1b\[\d*m", "", coloured) == page.text() == str(page)
        assert "\x1b[31m! 10:15" in coloured


class TestData:
    """For programs: every entry with its keys, in the order of time."""

    def test_one_entry_in_full(self, policy: Policy) -> None:
        """UTC, how long after detection, what did it, what it is about, and that it is still to come."""
        data = shown(policy, at(10, 12), PLAYBACK_IS_DOWN).as_json()
        assert data["detected"] == "2026-05-05T00:00:00Z"
        assert next(one for one in data["entries"] if one["kind"] == "due") == {
            "at": "2026-05-05T00:15:00Z",
            "precision": None,
            "since_detection": "PT15M",
            "kind": "due",
            "text": "due: alert the internal list; comms-lead, clause comms-cadence/initial-alert",
            "by": None,
            "event": None,
            "about": "internal-alert@internal#0",
            "ahead": True,
        }

    def test_before_detection_an_offset_has_a_minus(self, policy: Policy) -> None:
        """An earlier signal that was linked later moves detection; what came before it counts backwards."""
        early = event(ir.Note, TEN - timedelta(minutes=4), "ana", text="slow since breakfast")
        data = shown(policy, at(10, 1), early).as_json()
        assert data["entries"][0]["since_detection"] == "-PT4M"
        assert "  09:56 -4m       ana: note: slow since breakfast\n" in shown(policy, at(10, 1), early).text()

    def test_less_than_a_minute(self, policy: Policy) -> None:
        """Seconds are not shown, and are not nothing."""
        soon = event(ir.Note, TEN + timedelta(seconds=30), "ana", text="looking")
        assert "  10:00 +<1m      ana: note: looking\n" in shown(policy, at(10, 1), soon).text()

    def test_what_is_later_is_left_out_and_counted(self, policy: Policy) -> None:
        """As of an earlier instant the later events have not happened."""
        page = shown(policy, at(10, 5), PLAYBACK_IS_DOWN, ALERTED)
        assert page.left_out == page.as_json()["left_out"] == 1
        assert [entry.event for entry in page.entries if entry.kind == "event"] == ["signal", "down"]
        assert "1 events of the log are later than this instant and left out" in page.text()

    def test_a_question_before_the_first_signal(self, policy: Policy) -> None:
        """There is nothing to tell yet, and the error says from when there is."""
        with pytest.raises(ir.QuestionInvalid) as refused:
            shown(policy, TEN - MICROSECOND, PLAYBACK_IS_DOWN)
        assert refused.value.problems == (
            ir.Problem("now", "incident 'inc-7' was not detected yet then", "ask for 2026-05-05T00:00:00Z or later"),
        )
        with pytest.raises(ir.QuestionInvalid):
            shown(policy, TEN.replace(tzinfo=None))
        with pytest.raises(ir.QuestionInvalid):
            ir.timeline("inc-7", TEN)  # type: ignore[arg-type]  # what somebody may pass


class TestAgreement:
    """It says nothing that the other answers do not, and leaves nothing of them out."""

    def test_breaches_meetings_and_events_of_random_logs(self, policy: Policy) -> None:
        """Every event, breach, meeting and violation is told once or more; every miss told is a breach, passed to the
        recipient that took a placeholder's place, or turned out to be none; the page is never too wide."""
        examined, kinds = 0, set()
        for seed in range(25):
            log = random_log(random.Random(seed))
            if not any(one.kind == "detected" for one in log):
                continue
            incident = ir.replay(policy, log)
            last = max(one.at for one in incident.log)
            for now in (last, last + timedelta(days=3)):
                page = ir.timeline(incident, now)
                kinds |= {entry.kind for entry in page.entries}
                examined += self.agrees(page)
        assert examined > 300
        assert (
            {"event", "level", "mark", "opened", "met", "missed", "violation", "correction", "due"}
            <= kinds
            <= set(TOLD)
        )

    def agrees(self, page: ir.Timeline) -> int:
        been = [entry for entry in page.entries if not entry.ahead]
        assert [entry.at for entry in been] == sorted(entry.at for entry in been)
        owed = {one.key: one for one in ir.obligations(page.incident, page.now)}
        missed = {entry.about for entry in been if entry.kind == "missed"}
        breached = {key for key, one in owed.items() if one.breach is not None}
        assert breached <= missed
        # A later word may say that it was done in time: an act that is dated back, a sending that did arrive.
        late_words = {entry.about for entry in been if entry.kind == "met" and _dated_back(entry, owed[entry.about])}
        assert all(owed[key].status == "cancelled" for key in missed - breached - late_words)
        met = {entry.about for entry in been if entry.kind == "met"}
        assert {key for key, one in owed.items() if one.status == "discharged"} <= met
        assert sorted(entry.event for entry in been if entry.kind == "event") == sorted(e.id for e in page.incident.log)
        assert len([entry for entry in been if entry.kind == "violation"]) == len(page.incident.violations)
        assert all(entry.at >= page.now for entry in page.entries if entry.ahead)
        assert [line for line in page.text().splitlines() if len(line) > 100 or "\x1b" in line] == []
        assert faults("timeline", page.as_json()) == []
        return len(owed)

    @pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
    def test_the_next_thing_to_come_is_the_next_wakeup(self, path: Path, policy: Policy) -> None:
        """What the timeline says comes first changes at the instant a host is woken at, from event to event."""
        incident = ir.replay(policy, ir.read_log(path.read_bytes()))
        examined = 0
        for one in incident.log:
            known = ir.replay(policy, [other for other in incident.log if other.at <= one.at])
            ahead = [entry.at for entry in ir.timeline(known, one.at).entries if entry.ahead]
            wake = ir.next_wakeup(known, one.at)
            assert (wake is None) == (not ahead)
            if wake is not None:
                # an inclusive deadline passes a microsecond after it; one known to the minute up to a minute after
                assert timedelta(0) <= wake - ahead[0] <= timedelta(minutes=1)
                examined += 1
        assert examined >= 5


def _dated_back(entry: ir.TimelineEntry, owed: ir.Obligation) -> bool:
    """Whether it was met in time, and the event that says so came later than what met it."""
    return owed.verdict == "met" and owed.met_at is not None and owed.met_at < entry.at


JUDGED: Final = {"notice": "n1", "digest": "sha256:1"}
DRAFT: Final = {**JUDGED, "duties": ("client-update",), "recipients": ("client/acme",), "next_update_by": at(12)}


def whose(kind: str) -> dict[str, str]:
    """The log an event of that kind belongs to."""
    return {"programme": "drills"} if kind in OF_PROGRAMMES else {"incident": "inc-7"}


def test_every_kind_of_event_has_its_words(policy: Policy) -> None:
    """In random logs and below each kind is told in words of its own, on one line; a kind of tomorrow is named."""
    seen: dict[str, str] = {}
    for seed in range(120):
        for one in random_log(random.Random(seed)):
            seen[one.kind] = event_words(policy, one)
    for kind, said in {
        "page-failed": {"level": "owen-backup", "person": "owen", "outcome": "no answer"},
        "handover-declined": {"role": "scribe", "person": "ana", "to": "lee"},
        "ransom-paid": {}, "processor-told": {"vendor": "mux"}, "documented": {"summary": "an alert", "disposition": "false"},
        "hold-extended": {"scope": "all stores", "until": at(12)}, "notice-withdrawn": {"notice": "n1"},
        "evidence-moved": {"item": "image 1", "person": "ana", "to": "lee"}, "action-closed": {"action": "a-1"}, "action-opened": {"action": "a-1", "owner": "ana", "due": at(12)},
        "page-sent": {"level": "owen-backup", "person": "owen"}, "page-acknowledged": {"level": "owen-backup", "person": "owen"},
        "handover-offered": {"role": "scribe", "person": "ana", "to": "lee"}, "merged": {"into": "inc-2", "reason": "the same"},
        "handover-accepted": {"role": "scribe", "person": "ana", "to": "lee"}, "channel-opened": {"channel": "#inc"},
        "role-released": {"role": "scribe", "person": "ana"}, "hold-released": {"scope": "all stores"},
        "notice-edited": {**DRAFT}, "notice-drafted": {**DRAFT}, "notice-review-requested": {**JUDGED},
        "notice-reviewed": {**JUDGED}, "notice-approved": {**JUDGED}, "notice-rejected": {**JUDGED, "reason": "too early"},
        "notice-delivered": {"notice": "n1"}, "notice-failed": {"notice": "n1"},
        "programme-opened": {}, "drill-held": {"drill": "tabletop", "covers": ["neon-outage"]},
        "review-held": {"drill": "action-review"}, "readiness-attested": {"duty": "on-call-configured"},
        "policy-adopted": {"policy": {"id": "p", "version": "0.3.0", "digest": "sha256:0123456789"}, "reason": "in force"},
    }.items():  # fmt: skip
        seen[kind] = event_words(policy, KINDS[kind].cls(kind=kind, at=TEN, by="ravi", **whose(kind), **said))
    known = {kind: words for kind, words in seen.items() if kind in KINDS}
    assert set(known) == set(KINDS)
    assert [kind for kind, words in known.items() if "does not know" in words or "\n" in words or not words] == []
    assert seen["page-failed"] == "the page to owen (owen-backup) failed: no answer"
    assert seen["hold-extended"] == "extended the freeze of privacy requests: all stores, until 2026-05-05T02:00:00Z"
    assert seen["notice-drafted"] == (
        "drafted notice 'n1', meant to update the client, to client/acme, promising the next update by 2026-05-05T02:00:00Z"
    )
    newer = {"kind": "satellite-lost", "id": "s", "incident": "inc-7", "at": "2026-05-05T13:00:00+10:00", "by": "nasa"}
    assert event_words(policy, ir.read_event(newer)) == "satellite-lost, which this version does not know"
