"""The policy as Markdown pages: they say what the document says, all of it, and what is on disk is what would be drawn."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

import pytest

import ir_policy as ir
from ir_policy.clocks import parse_limit
from ir_policy.present.pages import pages, unplaced
from ir_policy.present.pages.markdown import anchor, code, text
from ir_policy.present.pages.words import conditions, limit_words, released, when_owed
from ir_policy.rules.about import PAGES
from ir_policy.rules.conditions import parse
from ir_policy.rules.reader import read_document
from support_documents import POLICY, edited, stripped, turned
from support_time import REPO

SHIPPED: Final = ir.load_policy("motion-mavericks")
DRAWN: Final = pages(SHIPPED)
ON_DISK: Final = REPO / "docs" / "policy"


class TestTheFiles:
    def test_they_are_what_would_be_drawn(self) -> None:
        """Each file holds what its page says now; `python tests/tools/write_pages.py` writes them anew."""
        assert len(DRAWN) == len(PAGES) == 8
        stale = [name for name, page in DRAWN.items() if (ON_DISK / name).read_text(encoding="utf-8") != page]
        assert stale == [], "run python tests/tools/write_pages.py"

    def test_there_is_none_too_many(self) -> None:
        """No page of a chapter that is gone stays behind."""
        assert sorted(path.name for path in ON_DISK.iterdir()) == sorted(DRAWN)

    def test_their_names(self) -> None:
        """The pages come in reading order, and the document can name each of them."""
        assert list(DRAWN) == [f"{page}.md" for page in PAGES]


def named() -> Iterator[tuple[str, str]]:
    """Everything in the policy that has a name, with the section it stands in."""
    about = SHIPPED.about
    registers = {
        "duties": SHIPPED.duties, "gates": SHIPPED.gates, "readings": SHIPPED.readings, "roles": SHIPPED.roles,
        "steps": SHIPPED.steps, "facts": SHIPPED.facts, "marks": SHIPPED.marks, "raises": SHIPPED.raises.rules,
        "people": about.people, "clauses": about.clauses, "functions": about.functions, "channels": about.channels,
        "exercises": about.exercises, "templates": SHIPPED.templates, "assumptions": about.assumptions, "open questions": about.open_questions,
    }  # fmt: skip
    yield from ((section, id_) for section, register in registers.items() for id_ in register)
    yield from (("rows", row.id) for row in SHIPPED.rows)
    yield from (("scenarios", id_) for one in about.exercises.values() for id_ in one.covers)
    yield from (("sources", one.source) for one in about.signals.values())
    yield from (("services", one.fact) for one in about.dependencies.values())
    yield from (("families", f"{id_}/…") for id_ in SHIPPED.families)


def texts() -> Iterator[tuple[str, str]]:
    """Every sentence of the policy that people should meet on a page."""
    about = SHIPPED.about
    yield from (("summary", said) for said in (about.summary, about.context))
    yield from (("readings", one.text) for one in SHIPPED.readings.values())
    yield from (("options", option) for one in SHIPPED.readings.values() for option in one.options)
    yield from (("questions", one.text) for one in about.open_questions.values())
    yield from (("options", option) for one in about.open_questions.values() for option in one.options)
    yield from (("switched off", one.switched_off) for one in about.open_questions.values())
    yield from (("examples", row.example) for row in SHIPPED.rows)
    yield from (("objectives", one.means) for one in about.objectives.values())
    yield from (("covers", one.means) for one in about.covers.values())
    yield from (("leaves out", one.means) for one in about.leaves_out.values())
    yield from (("fields", means) for tool in about.tooling.values() for means in tool.holds.values())
    yield from (("gaps", gap.means) for one in SHIPPED.templates.values() for gap in one.gaps.values())
    yield from (
        ("fixed texts", word) for one in SHIPPED.templates.values() for gap in one.gaps.values() for word in gap.one_of
    )
    yield from (("references", one.title) for one in (*about.references.values(), *about.drawn_from.values()))


class TestNothingIsLeftOut:
    WHOLE: Final = "\n".join(DRAWN.values())

    def test_every_name(self) -> None:
        """Every duty, gate, row, reading, question, role, step, fact and exercise is named on some page."""
        found = list(named())
        missing = [
            (section, id_)
            for section, id_ in found
            if code(id_) not in self.WHOLE and f"### {id_}\n" not in self.WHOLE and f"({id_})\n" not in self.WHOLE
        ]
        assert missing == []
        assert len(found) > 200

    def test_every_sentence(self) -> None:
        """What the document says in words is on a page in the same words."""
        found = [(section, said) for section, said in texts() if said]
        whole = self.WHOLE.lower()
        assert [(section, said) for section, said in found if text(said).lower() not in whole] == []
        assert len(found) > 200

    def test_every_rule_has_its_chapter(self) -> None:
        """No duty and no gate of the shipped policy stands in a chapter that has no page."""
        assert unplaced(SHIPPED) == ()

    def test_every_duty_stands_in_full_once(self) -> None:
        """Each duty has one place where all of it is said."""
        headings = [line for page in DRAWN.values() for line in page.split("\n") if line.startswith("### ")]
        places = {id_: sum(line.endswith(f"({id_})") for line in headings) for id_ in SHIPPED.duties}
        assert set(places.values()) == {1}

    def test_every_gate_stands_in_a_table_once(self) -> None:
        """Each gate is a row of one table."""
        rows = [line for line in DRAWN["phases.md"].split("\n") if line.startswith("| ")]
        places = {id_: sum(f"({code(id_)}, " in line for line in rows) for id_ in SHIPPED.gates}
        assert set(places.values()) == {1}


class TestTheMarkdown:
    @pytest.mark.parametrize("name", DRAWN)
    def test_it_is_clean(self, name: str) -> None:
        """No trailing blanks, one line end at the end, no two empty lines in a row, one heading of the first level."""
        page = DRAWN[name]
        assert page.endswith("\n")
        assert not page.endswith("\n\n")
        assert "\n\n\n" not in page
        assert [line for line in page.split("\n") if line != line.rstrip()] == []
        assert sum(line.startswith("# ") for line in page.split("\n")) == 1

    @pytest.mark.parametrize("name", DRAWN)
    def test_tables_are_tables(self, name: str) -> None:
        """Each table stands between empty lines and has as many cells in every line as it has heads; none is empty."""
        lines = DRAWN[name].split("\n")
        examined = 0
        for is_table, group in groupby(enumerate(lines), key=lambda item: item[1].startswith("|")):
            rows = list(group)
            if not is_table:
                continue
            examined += 1
            first, last = rows[0][0], rows[-1][0]
            assert (lines[first - 1], lines[last + 1]) == ("", "")
            cells = [re.split(r"(?<!\\)\|", line)[1:-1] for _, line in rows]
            assert {len(row) for row in cells} == {len(cells[0])}
            assert set(cells[1]) == {" --- "}
            assert all(cell.strip() for row in cells for cell in row)
            assert len(rows) > 2
        assert examined > 0

    @pytest.mark.parametrize("name", DRAWN)
    def test_links_lead_somewhere(self, name: str) -> None:
        """Every link leads to a page there is, and to a heading that stands on it once."""
        links = re.findall(r"\]\(([a-z-]+\.md)(?:#([^)]*))?\)", DRAWN[name])
        assert len(links) > 5
        assert [page for page, _ in links if page not in DRAWN] == []
        for page, heading in links:
            anchors = [anchor(line.lstrip("# ")) for line in DRAWN[page].split("\n") if line.startswith("#")]
            assert not heading or anchors.count(heading) == 1, (page, heading)

    def test_what_a_document_says_is_text(self) -> None:
        """Signs that mean something in Markdown are shown and not obeyed; a cell stays a cell."""
        odd = edited(POLICY, ("title: document the incident", "title: 'a|b *c* <d> [e](f) `g`'"))
        page = pages(ir.load_policy(odd))["who-does-what.md"]
        assert r"[A\|b \*c\* \<d\> \[e\](f) \`g\`](severity.md#ab-c-d-ef-g-document)" in page

    def test_patterns_are_shown_as_typed(self) -> None:
        """The name of an incident channel keeps its angle brackets."""
        assert "`#inc-YYYYMMDD-<summary>`" in DRAWN["readiness.md"]


class TestTheSamePages:
    def test_whatever_the_layout(self) -> None:
        """The order of keys and sections in the document means nothing."""
        other = ir.load_policy(json.dumps(turned(read_document(POLICY, "document").root)))
        assert dict(pages(other)) == dict(DRAWN)

    def test_in_every_interpreter(self) -> None:
        """The same text under any hash seed, and with nothing but the policy asked for."""
        ask = (
            "import hashlib, sys, ir_policy as ir; from ir_policy.present.pages import pages;"
            "p = pages(ir.load_policy('motion-mavericks'));"
            "sys.stdout.write(hashlib.sha256(repr(list(p.items())).encode()).hexdigest())"
        )
        said = set()
        for seed in ("0", "1"):
            done = subprocess.run(
                [sys.executable, "-W", "error", "-c", ask], env={"PYTHONHASHSEED": seed, "PYTHONPATH": source()},
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            said.add(done.stdout)
        assert len(said) == 1
        assert len(said.pop()) == 64


def source() -> str:
    return str(Path(ir.__path__[0]).parent)


class TestAPageFollowsItsDocument:
    def test_a_limit(self) -> None:
        """A limit that changes in the document changes on its pages, and nowhere else."""
        changed = pages(ir.load_policy(edited(POLICY, ("    within: 24 hours", "    within: 25 hours"))))
        assert [name for name, page in changed.items() if page != DRAWN[name]] == ["severity.md", "who-does-what.md"]
        assert "- How soon: within 25 hours, from when the incident was detected\n" in changed["severity.md"]

    def test_a_new_duty(self) -> None:
        """A duty that is added appears by itself, in full on the page of its chapter and beside who owes it."""
        duty = (
            "  second-look:\n    title: look at the fix again\n    clause: response-phases/recover\n    owed_by: scribe\n"
            "    starts: recovered\n    within: 3 days\n    met_by: {step: fix-validated}\n\n"
        )
        drawn = pages(ir.load_policy(edited(POLICY, ("\nduties:\n", f"\nduties:\n{duty}"))))
        assert "### Look at the fix again (second-look)\n" in drawn["phases.md"]
        assert (
            "- How soon: within 3 days, to the end of the last day, from when service was restored and checked\n"
            in drawn["phases.md"]
        )
        assert (
            "| [Look at the fix again](phases.md#look-at-the-fix-again-second-look) | Inside the company |"
            in drawn["who-does-what.md"]
        )

    def test_an_accepted_reading(self) -> None:
        """Advice that its owner accepts is advice no longer."""
        reading = "    options: [nothing is owed before a level is set, treat it as the worst level]\n    adds: yes\n"
        accepted = pages(ir.load_policy(edited(POLICY, (reading, f"{reading}    accepted_by: the owner\n"))))
        assert "- Stands as: accepted by the owner\n" in accepted["open-questions.md"]
        assert "| Within 15 minutes (advice) |" in DRAWN["communications.md"]
        assert "| Within 15 minutes (advice) |" not in accepted["communications.md"]

    def test_a_recovery_point_that_is_given(self) -> None:
        """What is not set says so in words; once it is given the figure stands there."""
        assert "**not set**, hence not known" in DRAWN["index.md"]
        given = pages(ir.load_policy(edited(POLICY, ("    target: not set\n", "    target: 15 minutes of data\n"))))
        assert "15 minutes of data; expected from Disaster recovery" in given["index.md"]

    def test_a_policy_that_says_nothing_around_its_rules(self) -> None:
        """Its pages are drawn all the same: what stands in no chapter stands in full with the people who owe it."""
        bare = ir.load_policy(stripped(POLICY))
        drawn = pages(bare)
        ours = [duty.id for duty in bare.duties.values() if duty.document == bare.id]
        assert set(ours) < set(unplaced(bare))
        headings = [line for line in drawn["who-does-what.md"].split("\n") if line.startswith("### ")]
        assert len([line for line in headings if line.endswith(tuple(f"({id_})" for id_ in ours))]) == len(ours) > 10
        assert list(drawn) == list(DRAWN)


class TestReadings:
    def test_one_that_no_rule_names_says_so_wherever_it_stands(self) -> None:
        """A chapter never shows what only waits for a rule as if something held it."""
        shown = pages(SHIPPED)
        unnamed = {
            one.partition("\n")[0].removeprefix("### ")
            for one in shown["open-questions.md"].split("\n\n### ")
            if "Rests on it: no rule names it" in one
        }
        lines = [
            line
            for name, page in shown.items()
            if name != "open-questions.md"
            for line in page.partition("## How we read it")[2].splitlines()
            if line.startswith("| [`")
        ]
        marked = {line.split("`")[1] for line in lines if "*No rule names it.*" in line}
        assert len(lines) > 60
        assert marked == unnamed & {line.split("`")[1] for line in lines}
        assert {"told-by-a-vendor", "notices-are-numbered"} <= marked


class TestWords:
    @pytest.mark.parametrize(
        ("limit", "words"),
        [
            ("15 minutes", "within 15 minutes"),
            ("1 hour", "within 1 hour"),
            ("72 hours", "within 72 hours"),
            ("30 days", "within 30 days, to the end of the last day"),
            ("1 month", "within 1 month, to the end of the last day"),
            ("5 business days", "within 5 business days, by close of business on the last"),
            ("same business day (not before 2 hours)", "by close of the same business day, never before 2 hours have passed"),
            ("immediately (grace 5 minutes)", "immediately, at the latest after 5 minutes"),
            ("as soon as practicable", "as soon as practicable"),
            ("without undue delay", "without undue delay"),
            ("before closed", "before the incident is closed"),
            ("given by the event", "by the time that was stated"),
            ("end of quarter", "by the end of the quarter"),
        ],
    )  # fmt: skip
    def test_limits(self, limit: str, words: str) -> None:
        """Each kind of limit as one says it."""
        assert limit_words(parse_limit(limit)) == words

    @pytest.mark.parametrize(
        ("condition", "words"),
        [
            ("clients-impacted", "at least one agency or client is affected"),
            ("service/neon", "this dependency is involved (neon)"),
            ({"severity": "SEV1 or worse"}, "SEV1 or worse"),
            ({"severity": "SEV0 or worse"}, "SEV0"),
            ({"all": [{"severity": "SEV3 or worse"}, {"not": {"severity": "SEV2 or worse"}}]}, "SEV3"),
            ({"not": "drill"}, "it is no drill"),
            ({"not": "malicious-cause"}, "it is ruled out that the cause is or may be an attacker"),
            ({"some": "client"}, "this agency or client is affected (at least one client)"),
            ({"mark": "recovered"}, "service was restored and checked"),
            ({"step": "patch"}, "the step `patch` is done"),
            ({"finding": "confirmed"}, "there is a finding `confirmed`"),
            ({"phase": "close"}, "the phase is close"),
            ({"settled": "recover"}, "nothing is owed any more under “restore the service”"),
            ({"settled": "eu.gdpr.33-1"}, "nothing is owed any more under “notify the EU authority (General Data Protection Regulation)”"),
            ("unassessed", "no level is set yet"),
            (
                {"all": ["clients-impacted", {"any": ["drill", "unassessed"]}]},
                "at least one agency or client is affected and (it is a drill or no level is set yet)",
            ),
        ],
    )  # fmt: skip
    def test_conditions(self, condition: object, words: str) -> None:
        """Each kind of condition by what its names mean."""
        assert conditions(SHIPPED, parse(condition)) == words

    def test_what_closing_waits_for_under_any_law_is_a_sentence(self) -> None:
        """Not one law by its name but all there are, so it is said as such."""
        said = released(SHIPPED, SHIPPED.gates["regulator-decision-before-close"])
        assert said.endswith("and nothing is owed any more that a statute asks for")

    def test_when(self) -> None:
        """When a duty is owed, and with which outcomes it no longer is."""
        said = {id_: when_owed(SHIPPED, SHIPPED.duties[id_]) for id_ in ("document", "unassessed-alert", "postmortem")}
        assert said == {
            "document": "SEV3",
            "unassessed-alert": "no level is set yet; not once it is closed as duplicate, false positive, out of scope or superseded",
            "postmortem": "it is no drill; not once it is closed as duplicate, false positive, out of scope or superseded",
        }
