"""The paging list for PagerDuty and on the command line, and what is wrong with a question about it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

import pytest

import ir_policy as ir
from ir_policy import Problem, QuestionInvalid, Severity
from ir_policy.cli import main
from support_documents import POLICY as DOCUMENT
from support_documents import edited, stripped
from support_duties import POLICY, T0

SEV0, SEV1, SEV2, SEV3 = Severity
AIMS: Final[dict[str, Any]] = {
    "reliability-partner": {"id": "PRP", "type": "schedule_reference"},
    "owen-backup": {"id": "POW", "type": "user_reference"},
    "security-lead": {"id": "PSL", "type": "user_reference"},
    "comms-lead": [{"id": "PCL", "type": "user_reference"}, {"id": "PC2", "type": "user_reference"}],
}


def refused(*given: Any) -> tuple[Problem, ...]:
    with pytest.raises(QuestionInvalid) as error:
        ir.escalation_policy(*given)
    return error.value.problems


class TestPagerDuty:
    """tooling/on-call: the list as the service takes it."""

    def test_the_whole_body(self) -> None:
        """A rule for each level and one for the roles after it; where it repeats, as often as the service does."""
        assert ir.escalation_policy(POLICY, SEV0, AIMS) == {
            "escalation_policy": {
                "type": "escalation_policy",
                "name": f"{POLICY.title}, SEV0",
                "description": f"motion-mavericks {POLICY.version}, clause tooling/on-call",
                "num_loops": 9,
                "escalation_rules": [
                    {"escalation_delay_in_minutes": 5, "targets": [{"id": "PRP", "type": "schedule_reference"}]},
                    {"escalation_delay_in_minutes": 5, "targets": [{"id": "POW", "type": "user_reference"}]},
                    {
                        "escalation_delay_in_minutes": 5,
                        "targets": [{"id": one, "type": "user_reference"} for one in ("PSL", "PCL", "PC2")],
                    },
                ],
            }
        }

    @pytest.mark.parametrize(("level", "minutes", "loops"), [(SEV1, 15, 9), (SEV2, 30, 0), (None, 15, 9)])
    def test_times_and_loops_of_each_level(self, level: Severity | None, minutes: int, loops: int) -> None:
        """SEV2 is not repeated; what nobody has assessed is paged like SEV1."""
        body = ir.escalation_policy(POLICY, level, AIMS)["escalation_policy"]
        assert {rule["escalation_delay_in_minutes"] for rule in body["escalation_rules"]} == {minutes}
        assert (len(body["escalation_rules"]), body["num_loops"]) == (3, loops)

    def test_those_behind_the_list_as_often_as_the_document_says(self) -> None:
        """Twice below the level that repeats is the last rule twice."""
        twice = ir.load_policy(edited(DOCUMENT, ("SEV1 or worse, times: 1}", "SEV1 or worse, times: 2}")))
        rules = ir.escalation_policy(twice, SEV2, AIMS)["escalation_policy"]["escalation_rules"]
        assert len(rules) == 4
        assert rules[2] == rules[3]
        assert len(ir.page_plan(twice, SEV2, T0).pages) == 6

    def test_what_may_be_wrong(self) -> None:
        """Each problem names the level or role, and all of them come at once."""
        missing = {name: aim for name, aim in AIMS.items() if name != "owen-backup"}
        assert refused(POLICY, SEV0, missing) == (
            Problem("targets", "no target for 'owen-backup'", "add 'owen-backup': {'id': …, 'type': 'user_reference'}"),
        )
        found = refused(
            POLICY,
            SEV0,
            {**missing, "owen": {}, "comms-lead": {"id": "", "type": "user_reference"}, "security-lead": []},
        )
        assert [(one.where, one.what) for one in found] == [
            ("targets", "nobody is paged as 'owen'"), ("targets", "no target for 'owen-backup'"),
            ("targets.security-lead", "has 0 targets"), ("targets.comms-lead", "is not a target"),
        ]  # fmt: skip
        assert [one.where for one in refused(POLICY, SEV0, {**AIMS, "security-lead": [AIMS["owen-backup"]] * 9})] == [
            "targets"
        ]
        assert refused(POLICY, SEV3, AIMS)[0].what == "nobody is paged at SEV3"
        assert refused(POLICY, SEV0, None)[0].what == "is not a mapping"
        assert refused(POLICY, "SEV0", AIMS)[0].what == "is not a level"
        assert refused(None, SEV0, AIMS)[0].what == "is not a loaded policy"
        assert (
            refused(ir.load_policy(stripped(DOCUMENT)), SEV0, AIMS)[0].what == "'motion-mavericks' has no paging list"
        )


class TestThePlanAsAQuestion:
    def test_what_may_be_wrong(self) -> None:
        """Every problem at once, with the nearest name."""
        with pytest.raises(QuestionInvalid) as error:
            ir.page_plan(POLICY, "SEV0", T0, {"owen-backpu": "Sam", "comms-lead": " "})  # type: ignore[arg-type]  # a slip
        assert [(one.where, one.hint) for one in error.value.problems] == [
            ("severity", "pass ir.Severity.SEV1, or None for an incident nobody has assessed"),
            ("on_call", "did you mean 'owen-backup'?"),
            ("on_call.comms-lead", "write a name, or None where nobody is on duty"),
        ]

    def test_nobody_anywhere(self) -> None:
        """A list on which nobody stands is at its end at once, and everybody missing is named."""
        plan = ir.page_plan(POLICY, SEV0, T0, dict.fromkeys(AIMS))
        assert (plan.pages, plan.exhausted_at, plan.repeats_every) == ((), T0, None)
        assert [gap.level for gap in plan.skipped] == [*AIMS]


class TestTheCommand:
    def test_who(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Who would be told when at SEV0, in local time, as text."""
        words = ["who", "--severity", "SEV0", "--at", "2026-05-04T16:00:00Z", "--on-call", "owen-backup=Sam"]
        assert main(words) == 0
        assert capsys.readouterr().out.splitlines() == [
            "SEV0: who is told if nobody answers (clause tooling/on-call)",
            "  now     02:00 (16:00Z)  Reliability Partner (reliability-partner), nobody was paged yet",
            "  5m      02:05 (16:05Z)  Sam (owen-backup), no answer in time",
            "  10m     02:10 (16:10Z)  Security Specialist (security-lead), nobody on the list answered",
            "  10m     02:10 (16:10Z)  Client Success Lead (comms-lead), nobody on the list answered",
            "  15m     02:15 (16:15Z)  Security Specialist (security-lead), still no answer",
            "  15m     02:15 (16:15Z)  Client Success Lead (comms-lead), still no answer",
            "  then again every 5 min, until somebody answers",
        ]

    def test_nobody_on_duty(self, capsys: pytest.CaptureFixture[str]) -> None:
        """An empty level is skipped and named; below SEV1 nobody is paged again."""
        assert main(["who", "--severity", "SEV2", "--at", "2026-05-04T16:00:00Z", "--on-call", "owen-backup="]) == 0
        out = capsys.readouterr().out
        assert "nobody stands at owen-backup: paging goes on at once" in out
        assert out.endswith("after that nobody is paged\n")
        assert main(["who", "--severity", "SEV3", "--at", "2026-05-04T16:00:00Z"]) == 0
        assert capsys.readouterr().out == "SEV3: nobody is paged\n"
        assert main(["who", "--on-call", "owen-backup"]) == 2
        assert main(["who", "some.jsonl", "--severity", "SEV0"]) == 2
        assert "leave the log out" in capsys.readouterr().err

    def test_as_data(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Without a level it is an incident nobody has assessed."""
        assert main(["who", "--at", "2026-05-04T16:00:00Z", "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert (said["severity"], said["paged_as"], len(said["pages"]), said["repeats_every"]) == (
            None,
            "SEV1",
            6,
            "PT15M",
        )
        assert timedelta(minutes=15) == ir.page_plan(POLICY, None, T0).repeats_every
