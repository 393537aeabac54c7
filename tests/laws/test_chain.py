"""Chained logs: what was written cannot be changed unseen, and a person can be taken out without breaking the chain."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import Event, Incident
from ir_policy.terms import canonical_json
from ir_policy.testing import logs, told
from support_duties import POLICY, T0, minutes

SALTS: Final = tuple(f"{number:032x}" for number in range(1, 200))
HANDED: Final[tuple[Event, ...]] = (
    told("detected", T0, "mux-monitor", summary="Dana Moss says playback is down"),
    told("role-taken", minutes(1), "dana", role="incident-commander", person="dana"),
    told("handover-accepted", minutes(5), "dana", role="incident-commander", person="dana", to="kim"),
    told("severity-decided", minutes(6), "kim", severity=ir.Severity.SEV1, reason="guests are out"),
    told("action-opened", minutes(7), "kim", action="a-1", owner="dana", due=minutes(700)),
    told("note", minutes(8), "kim", text="dana is asleep"),
    told(
        "corrected", minutes(9), "kim", event="none", fields={"by": "dana", "reason": "dana meant it so"}, reason="slip"
    ),
)


def chained(events: Sequence[Event], salts: Sequence[str] = SALTS) -> tuple[Incident, list[str]]:
    """The incident of those events with a chained log, and its lines."""
    first, *others = events
    assert isinstance(first, ir.Detected)
    step = ir.open_incident(POLICY, first, salt=salts[0])
    lines = [step.incident.header, step.line]
    for event, salt in zip(others, salts[1:], strict=False):
        step = ir.record(step.incident, event, salt=salt)
        lines += [step.line] if step.line else []
    return step.incident, lines


def text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


@cache
def handed() -> tuple[Incident, str]:
    incident, lines = chained(HANDED)
    return incident, text(lines)


def refusal(lines: str | bytes, **kept: Any) -> ir.LogInvalid:
    with pytest.raises(ir.LogInvalid) as refused:
        ir.read_log(lines, **kept)
    return refused.value


class TestTheChain:
    """Design 5.2: an optional envelope over canonical bytes, with a head a host keeps."""

    @settings(max_examples=60)
    @given(log=logs(POLICY))
    def test_read_back_it_is_the_same_incident(self, log: list[Event]) -> None:
        """Events, head and count; and the same as the incident of the plain log."""
        first = next(event for event in log if isinstance(event, ir.Detected))
        events = [first, *(event for event in log if event is not first)]
        incident, lines = chained(events, [f"{n:040x}" for n in range(len(events))])
        back = ir.replay(POLICY, ir.read_log(text(lines)))
        assert (back, back.head, back.seq) == (incident, incident.head, len(lines) - 1)
        plain = ir.replay(POLICY, events)
        assert (plain, plain.head) == (incident, None)
        assert ir.obligations(back, events[-1].at) == ir.obligations(plain, events[-1].at)

    def test_it_goes_on_after_it_was_read(self) -> None:
        """Read in the middle and continued, the lines are those that would have been written in one go."""
        _, lines = chained(HANDED)
        for cut in range(2, len(lines)):
            incident = ir.replay(POLICY, ir.read_log(text(lines[:cut])))
            on = []
            for event, salt in zip(HANDED[cut - 1 :], SALTS[cut - 1 :], strict=False):
                step = (
                    ir.apply(incident, event, salt=salt)
                    if event.kind not in ("corrected", "handover-accepted")  # nobody had offered it
                    else ir.record(incident, event, salt=salt)
                )
                incident = step.incident
                on.append(step.line)
            assert lines[:cut] + on == lines

    def test_each_line_has_its_form(self) -> None:
        """Canonical JSON: the event as it is, the hash before, its own, and the salts of names and texts."""
        incident, lines = chained(HANDED[:2])
        plain = ir.read_event(ir.write_log([HANDED[1]]).strip())
        line = lines[2]
        assert line.startswith('{"event":{"at":"2026-03-10T22:01:00Z","by":"dana",')
        assert line.endswith(
            '"salts":{"by":"' + line.split('"by":"')[2][:32] + '","person":"' + line.split('"by":"')[2][:32] + '"}}'
        )
        assert f'"hash":"{incident.head}","prev":"' in line
        assert ir.read_log(text(lines)).events[1] == plain

    def test_said_twice_it_is_written_once(self) -> None:
        """What the log holds already adds no line, with a salt or without."""
        incident, _ = handed()
        for again in (ir.record(incident, HANDED[1], salt=SALTS[9]), ir.record(incident, HANDED[1])):
            assert (again.known, again.line, again.incident.head) == (True, "", incident.head)

    def test_a_plain_log_stays_plain(self) -> None:
        """Its steps say the plain line, and a salt is refused rather than left unused."""
        first = HANDED[0]
        assert isinstance(first, ir.Detected)
        step = ir.open_incident(POLICY, first)
        assert (step.incident.head, step.line, step.known) == (None, ir.write_log([first]).strip(), False)
        with pytest.raises(ir.QuestionInvalid, match="the log is a plain one"):
            ir.record(step.incident, HANDED[1], salt=SALTS[0])

    @pytest.mark.parametrize("salt", ["", "ab", "A" * 32, "g" * 32, "0" * 31, "0" * 129])
    def test_a_salt_is_one(self, salt: str) -> None:
        """Too short to hide a name, or no hexadecimal digits: refused with the way out, and the incident stands."""
        incident, _ = handed()
        with pytest.raises(ir.QuestionInvalid, match="token_hex"):
            ir.record(incident, told("note", minutes(20), "kim", text="on"), salt=salt)


class TestTampering:
    """Whatever was changed is found, at the first entry that is not as it was written."""

    def test_every_byte_counts(self) -> None:
        """Any one bit of any one entry: the entry is named, and what stands before it reads as it did."""
        _, whole = handed()
        data = whole.encode()
        after_header = data.index(b"\n") + 1
        examined = 0
        for position in range(after_header, len(data) - 1, 3):
            changed = bytearray(data)
            changed[position] ^= 1 << (position % 7)
            index = data.count(b"\n", 0, position)
            assert refusal(bytes(changed)).index == index, bytes(changed[position - 20 : position + 20])
            examined += 1
        assert examined > 900

    def test_a_changed_header_shows_at_the_first_entry(self) -> None:
        """The first entry follows on the header: another policy cannot be put in its place."""
        _, whole = handed()
        assert refusal(whole.replace('"version":"', '"version":"1', 1)).index == 1

    def test_lines_taken_out_put_in_or_moved(self) -> None:
        """The line after the gap is named; one twice and a plain one among them as well."""
        _, lines = chained(HANDED)
        assert refusal(text([*lines[:3], *lines[4:]])).index == 3
        assert refusal(text([*lines[:3], lines[4], lines[3], *lines[5:]])).index == 3
        assert refusal(text([*lines[:4], lines[3], *lines[4:]])).index == 4
        assert refusal(text([*lines[:3], ir.write_log([HANDED[2]]).strip(), *lines[3:]])).index == 3
        assert refusal(text(lines[1:])).index == 0

    def test_a_line_of_another_log(self) -> None:
        """A chain of the same events with other salts is another chain."""
        _, ours = chained(HANDED)
        _, theirs = chained(HANDED, SALTS[50:])
        assert refusal(text([*ours[:4], *theirs[4:]])).index == 4

    def test_the_tail_needs_a_head_kept_elsewhere(self) -> None:
        """A log cut short reads as whole; held against a head it once had, it does not. One that has grown since does."""
        incident, lines = chained(HANDED)
        short = text(lines[:-2])
        assert ir.read_log(short).events == HANDED[:-2]
        assert "lines are missing at its end" in refusal(short, head=incident.head).why
        before = ir.replay(POLICY, ir.read_log(short)).head
        assert ir.read_log(text(lines), head=before).events == HANDED
        assert ir.read_log(text(lines), head=incident.head).events == HANDED
        assert "a plain one" in refusal(ir.write_log(HANDED), head=incident.head).why

    def test_how_many_there_must_be(self) -> None:
        """More or fewer events than were written are refused, in plain logs too."""
        _, whole = handed()
        assert ir.read_log(whole, seq=len(HANDED)).events == HANDED
        assert "holds 7 events, where 8 were written" in refusal(whole, seq=8).why
        assert "holds 7 events, where 6 were written" in refusal(ir.write_log(HANDED), seq=6).why

    def test_torn_while_it_was_written(self) -> None:
        """A torn last line is named; the lines before it are whole."""
        _, whole = handed()
        torn = whole[: whole.rindex('"hash"')]
        error = refusal(torn)
        assert (error.index, "torn" in error.why) == (len(HANDED), True)
        assert ir.read_log(torn.split("\n")[: error.index]).events == HANDED[:-1]

    @pytest.mark.parametrize(
        ("was", "put"),
        [
            ('"prev":', '"perv":'),
            ('"salts":{', '"salts":{"at":"00",'),
            ('"salts":{"by":"', '"salts":{"by":1,"x":"'),
            ('{"event":', '{"event": '),
            ('{"event":', '{"else":1,"event":'),
        ],
    )
    def test_other_forms(self, was: str, put: str) -> None:
        """Fields that are missing, more, or of another form, and any other layout than the canonical one."""
        _, whole = handed()
        assert refusal(whole.replace(was, put, 1)).index == 1


class TestErasing:
    """Names and free text can go; the chain, and what follows from the log, stay."""

    def test_a_person_becomes_a_digest_everywhere(self) -> None:
        """In every field that names people, in corrections too, by the same digest; other people and texts stay."""
        incident, whole = handed()
        left = ir.erase(whole, names=["dana"])
        log = ir.read_log(left, head=incident.head)
        assert '"dana"' not in left
        taken, handover, decided, opened, said, corrected = log.events[1:]
        assert isinstance(taken, ir.RoleChange)
        assert isinstance(handover, ir.RoleChange)
        assert isinstance(opened, ir.ActionEvent)
        assert isinstance(corrected, ir.Corrected)
        digest = taken.by
        assert digest.startswith("erased-")
        assert (taken.person, handover.person, opened.owner, corrected.fields["by"]) == (digest,) * 4
        assert (handover.to, decided.by, said) == ("kim", "kim", HANDED[5])

    def test_free_text_goes_by_event(self) -> None:
        """Every text of the events named, and nothing else."""
        incident, whole = handed()
        left = ir.erase(whole, texts=[HANDED[0].id, HANDED[5].id, HANDED[6].id])
        assert "Dana Moss" not in left
        assert "asleep" not in left
        assert "meant it so" not in left
        assert "slip" not in left
        assert "guests are out" in left
        assert ir.read_log(left, head=incident.head).events[1:5] == HANDED[1:5]

    def test_in_steps_or_at_once(self) -> None:
        """One after another gives the same bytes as together, and what is erased cannot be erased again."""
        _, whole = handed()
        at_once = ir.erase(whole, names=["dana", "kim"], texts=[HANDED[0].id])
        assert ir.erase(ir.erase(ir.erase(whole, texts=[HANDED[0].id]), names=["kim"]), names=["dana"]) == at_once
        with pytest.raises(ir.QuestionInvalid, match="no line holds 'dana'"):
            ir.erase(at_once, names=["dana"])

    def test_it_goes_on(self) -> None:
        """After erasing, the log is added to as before."""
        incident, whole = handed()
        event = told("note", minutes(20), "kim", text="on")
        left = ir.replay(POLICY, ir.read_log(ir.erase(whole, names=["dana"])))
        step = ir.record(left, event, salt=SALTS[20])
        assert step.incident.head == ir.record(incident, event, salt=SALTS[20]).incident.head
        assert step.incident.seq == incident.seq + 1

    def test_a_digest_put_in_by_hand_is_found(self) -> None:
        """Another person's digest in place of a name does not pass for an erasure."""
        _, whole = handed()
        left = ir.erase(whole, names=["dana"])
        line = left.split("\n")[2]
        digest = line.split('"by":"')[1][:47]
        assert refusal(left.replace(digest, digest[:-1] + ("0" if digest[-1] != "0" else "1"), 1)).index == 2
        assert refusal(left.replace(digest, "kim", 1)).index == 2

    @settings(max_examples=40)
    @given(log=logs(POLICY), data=st.data())
    def test_what_follows_stays(self, log: list[Event], data: st.DataObject) -> None:
        """Without a person the same is owed by the same instants, met and missed as before: only the name is another."""
        first = next(event for event in log if isinstance(event, ir.Detected))
        incident, lines = chained(
            [first, *(event for event in log if event is not first)], [f"{n:040x}" for n in range(len(log))]
        )
        known = {*POLICY.roles, *(role.contact for role in POLICY.roles.values())}
        people = sorted({event.by for event in log} - known)
        gone = data.draw(st.lists(st.sampled_from(people), unique=True)) if people else []
        left = ir.read_log(ir.erase(text(lines), names=gone), head=incident.head)
        now = max(event.at for event in log)
        after = ir.replay(POLICY, left)
        assert canonical_json([[v.rule, v.void] for v in after.violations]) == canonical_json(
            [[v.rule, v.void] for v in incident.violations]
        )
        assert [(o.key, o.due, o.verdict, o.status) for o in ir.obligations(after, now)] == [
            (o.key, o.due, o.verdict, o.status) for o in ir.obligations(incident, now)
        ]

    @pytest.mark.parametrize(
        ("given_", "what"),
        [
            ({"names": "dana"}, "is not a list of words"),
            ({"texts": [1]}, "is not a list of words"),
            ({"names": ["nobody"]}, "no line holds 'nobody'"),
        ],
    )
    def test_slips(self, given_: dict[str, list[str]], what: str) -> None:
        """One text for a list, no text, a name nobody has."""
        with pytest.raises(ir.QuestionInvalid, match=what):
            ir.erase(handed()[1], **given_)

    def test_a_plain_log_is_edited_by_its_owner(self) -> None:
        """No chain holds a plain log to its words."""
        with pytest.raises(ir.QuestionInvalid, match="plain log"):
            ir.erase(ir.write_log(HANDED), names=["dana"])
