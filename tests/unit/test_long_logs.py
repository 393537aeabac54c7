"""Much at once: ten thousand events in one log, many threads on one incident, a document as large as one may be.

What is counted is work, not time: how many events are folded and how many words compared, so that a slow machine fails
nothing and a quadratic answer does.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

import ir_policy as ir
from ir_policy.cli import main
from ir_policy.duties.case import Case
from ir_policy.errors import Problem
from ir_policy.rules.model import Policy
from ir_policy.terms import rfc3339
from support_bad import BAD

MANY: Final = 10_000
START: Final = datetime.fromisoformat("2026-03-11T01:00:00+00:00")
FACTS: Final = (
    "streaming-unavailable",
    "partial-outage",
    "malicious-cause",
    "clients-impacted",
    "personal-data-involved",
)


def busy(count: int, late_every: int = 0, corrected_every: int = 0) -> Iterator[ir.Event]:
    """Events of people and monitors, one each twenty seconds; some are known an hour late, some mend an earlier one."""
    yield ir.Detected(incident="inc-1", id="e0", at=START, by="monitor", source="monitor")
    for number in range(1, count):
        known = START + timedelta(seconds=20 * number)
        late = late_every and number % late_every == 0
        at = max(START, known - timedelta(hours=1)) if late else known
        said: dict[str, Any] = {"incident": "inc-1", "id": f"e{number}", "at": at, "recorded_at": known, "by": "dana"}
        if corrected_every and number % corrected_every == 0:
            fields = {"text": "what it should have said"}
            yield ir.Corrected(
                event=f"e{number - number % 5 - 1}", fields=fields, reason="typo", evidence=("x",), **said
            )
        elif number % 5 == 0:
            yield ir.FactsReported(facts={FACTS[number % 7 % 5]: ("yes", "no", "unknown")[number % 3]}, **said)  # type: ignore[dict-item]
        elif number % 5 == 1:
            yield ir.Notice(kind="notice-sent", duties=("internal-alert",), recipients=("internal",), **said)
        elif number % 5 == 2:
            yield ir.StepDone(step=("isolate", "clean-up")[number % 2], **said)
        elif number % 5 == 3:
            yield ir.RoleChange(kind="role-taken", role="scribe", person=f"person-{number % 9}", **said)
        else:
            yield ir.Note(text="what was seen", **said)


@pytest.fixture
def folded(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], tuple[Any, int]]:
    """Do something, and count how many events were folded for it."""
    count = 0
    advance = Case.advance

    def counted(case: Case, *given: Any) -> Any:
        nonlocal count
        count += 1
        return advance(case, *given)

    monkeypatch.setattr(Case, "advance", counted)

    def work(do: Callable[[], Any]) -> tuple[Any, int]:
        nonlocal count
        count = 0
        return do(), count

    return work


Folded = Callable[[Callable[[], Any]], tuple[Any, int]]


class TestTenThousandEvents:
    """A log of ten thousand events costs as much as ten logs of a thousand, and none of them is lost."""

    def test_replay_and_brief(self, policy: Policy, folded: Folded) -> None:
        """Each event is folded once to know what is so, and once more to know what was drawn anew: nothing.

        Beside that the brief tries each fact that nobody knows once.
        """
        log = tuple(busy(MANY))
        incident, work = folded(lambda: ir.replay(policy, log))
        assert (incident.seq, incident.log, work) == (MANY, log, MANY)
        shown, work = folded(lambda: ir.brief(incident, log[-1].at + timedelta(hours=1)))
        assert shown.corrections == ()
        assert MANY < work < MANY + 3 * len(policy.facts)
        assert ir.read_log(ir.write_log(incident.log)).events == log

    def test_late_and_corrected_events(self, policy: Policy, folded: Folded) -> None:
        """What comes late is folded in from its own place, and a correction from the place of what it mends."""
        log = tuple(busy(MANY, late_every=77, corrected_every=900))
        late = sum(event.recorded_at is not None and event.at < event.recorded_at for event in log)
        mended = sum(event.kind == "corrected" for event in log)
        assert (late, mended) == (129, 11)
        incident = ir.replay(policy, log)
        _, work = folded(lambda: ir.brief(incident, log[-1].at))
        assert incident.seq == MANY
        assert MANY < work < MANY + 3 * len(policy.facts) + (late + mended) * (180 + 2 * 64)

    def test_one_more_from_the_command_line(
        self, policy: Policy, folded: Folded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Adding reads and folds the log once, whether the event is allowed, refused or late; what stood there stands."""
        log = tuple(busy(MANY))
        path = tmp_path / "inc-1.jsonl"
        path.write_text(ir.write_log(log, ir.replay(policy, log).pin), encoding="utf-8")
        before = path.read_bytes()
        now = rfc3339(log[-1].at + timedelta(minutes=1))
        add = ["add", str(path), "note", "text=seen", "by=dana", "id=new", "--now", now]
        assert folded(lambda: main(add)) == (0, MANY + 1)
        refused = ["add", str(path), "closed", "outcome=resolved", "by=dana", "--now", now]
        assert folded(lambda: main(refused)) == (1, MANY + 1)
        late = ["add", str(path), "note", "text=seen", "by=dana", "id=late", f"at={rfc3339(START)}", "--now", now]
        code, work = folded(lambda: main([*late, "--record"]))
        assert code == 0
        assert MANY < work < 3 * MANY
        capsys.readouterr()
        after = path.read_bytes()
        assert after.startswith(before)
        assert [event.id for event in ir.read_log(after).events[MANY:]] == ["new", "late"]

    def test_one_by_one(self, policy: Policy, folded: Folded) -> None:
        """Recording one by one folds each event once, and comes to the same incident."""
        first, *rest = busy(MANY // 10)
        assert isinstance(first, ir.Detected)

        def record_all() -> ir.Incident:
            incident = ir.open_incident(policy, first).incident
            for event in rest:
                incident = ir.record(incident, event).incident
            return incident

        incident, work = folded(record_all)
        assert (work, incident) == (MANY // 10, ir.replay(policy, [first, *rest]))


class TestManyAtOnce:
    def test_threads_share_a_policy_and_an_incident(self, policy: Policy) -> None:
        """Both are values: whoever asks or records beside others gets what he would get alone."""
        log = tuple(busy(200, late_every=20))
        incident, last = ir.replay(policy, log), log[-1].at

        def asked(number: int) -> tuple[object, ...]:
            note = ir.Note(incident="inc-1", id=f"n{number}", at=last, by="dana", text="seen")
            step = ir.record(incident, note)
            moments = [last + timedelta(minutes=minutes) for minutes in (0, number, 600)]
            return (
                step.incident.seq,
                [ir.obligations(step.incident, now) for now in moments],
                [ir.next_wakeup(incident, now) for now in moments],
                ir.corrections(incident),
                str(ir.explain(incident, "internal-alert", last)),
            )

        alone = [asked(number) for number in range(24)]
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(asked, range(24)))
        assert together == alone
        assert incident == ir.replay(policy, log)


class TestLargeDocuments:
    """A document as large as one may be is refused or loaded after work that grows with its length only."""

    PLAIN: Final = (BAD / "plain.yaml").read_text(encoding="utf-8")

    @pytest.fixture
    def compared(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """How many words each search for the nearest one compared."""
        sizes: list[int] = []
        search = difflib.get_close_matches

        def counted(word: str, words: Sequence[str], **said: Any) -> list[str]:
            sizes.append(len(words))
            return search(word, words, **said)

        monkeypatch.setattr(difflib, "get_close_matches", counted)
        return sizes

    def test_a_thousand_slips_among_thousands_of_facts(self, compared: list[int]) -> None:
        """Each slip has its problem; the nearest word is looked for among few, and for the first hundred."""
        facts = "".join(f"  fact-number-{number}: {{means: m, polarity: worse}}\n" for number in range(3000))
        duty = "owed_by: commander, starts: detected, within: 1 hour, met_by: {event: documented}"
        duties = "".join(
            f"  d{number}: {{title: t, clause: c, when: fact-numbre-{number}, {duty}}}\n" for number in range(1000)
        )
        text = self.PLAIN.replace("facts:\n", f"facts:\n{facts}").replace("duties:\n", f"duties:\n{duties}")
        with pytest.raises(ir.PolicyInvalid) as refused:
            ir.load_policy(text)
        found = refused.value.problems
        line = text[: text.index("  d0: ")].count("\n") + 1
        assert found[0] == Problem(
            f"document:{line}:35: duties.d0.when", "unknown fact 'fact-numbre-0'", "did you mean 'fact-number-0'?"
        )
        assert len(found) == 1000
        assert (len(compared), max(compared)) == (100, 300)

    def test_thousands_of_severity_rows(self) -> None:
        """They load, and each decides by its own fact."""
        facts = "".join(f"  f{number}: {{means: m, polarity: worse}}\n" for number in range(2000))
        rows = "".join(f"  r{n}: {{level: SEV2, when: f{n}, clause: c, example: e}}\n" for n in range(2000))
        text = self.PLAIN.replace("facts:\n", f"facts:\n{facts}").replace("severity_rows:\n", f"severity_rows:\n{rows}")
        verdict = ir.classify(ir.load_policy(text), {"f1999": ir.YES})
        assert (verdict.severity, verdict.determined_by) == (ir.Severity.SEV2, ("r1999",))
