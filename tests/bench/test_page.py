"""The page about performance: the same figures give the same page, it says where we lose, and what is on disk is what would be drawn."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import pytest

from bench.peers.__main__ import DOCS, FIGURES, main, write
from bench.peers.agree import Agreement
from bench.peers.data import Data, fitting, gathered, read, written
from bench.peers.installed import Peers
from bench.peers.measure import Case, Ratio, Row
from bench.peers.page import page, ratio, seconds_words
from bench.peers.pictures import bars, pictures
from bench.peers.tables import Growth, Table, Workload
from bench.peers.words import AIMS, TABLES, WORKLOADS


def row(name: str, role: str, seconds: float, beside_ours: float, beside_floor: float) -> Row:
    ours, floor = (Ratio(n, n * 0.9, n * 1.1) for n in (beside_ours, beside_floor))
    return Row(name, role, "transitions" if role == "peer" else "", seconds, ours, floor)


ROWS: Final = (
    row("ours", "ours", 2e-6, 1.0, 10.0),
    row("bare", "floor", 2e-7, 0.1, 1.0),
    row("quick", "peer", 1e-6, 0.5, 5.0),
    row("slow <by far>", "peer", 3e-3, 1500.0, 15000.0),
)
STEP: Final = Workload(
    "step", (Table("step", "event", (Agreement("what may happen", 1_200, ("ours", "bare", "quick")),), rows=ROWS),)
)
REPLAY: Final = Workload(
    "replay",
    (),
    (
        Growth("ours, from text", "ours", "ir_policy", (1_000, 10_000), (1e-5, 2e-5), (0.0, 512.0), 300.0),
        Growth("they", "peer", "they", (1_000, 10_000), (1e-6, None), (2048.0, None), 300.0),
    ),
)
PEERS: Final = Peers({}, {}, {"another": "is not installed"})


@pytest.fixture
def data() -> Data:
    found = gathered([STEP, REPLAY], PEERS, 7, 1.5)
    return {
        **found,
        "made_with": {
            "machine": "a machine, 2 cores",
            "python": "CPython 3.11.7",
            "versions": {"transitions": "0.9.3"},
        },
    }


def part(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of its kind."""
    (found,) = re.findall(rf"^{re.escape(heading)}\n\n(.*?)(?=\n\n#|\Z)", text, re.DOTALL | re.MULTILINE)
    return str(found).rstrip("\n")


class TestThePage:
    def test_what_it_begins_with(self, data: Data) -> None:
        """By which command it is written, and that it is not to be changed by hand; on what, and how long it took."""
        head = page(data).partition("\n## ")[0]
        assert head.startswith("# Performance\n\n*Written by `python3 run.py bench --peers`")
        assert "a machine, 2 cores, CPython 3.11.7. It took 1.5 minutes." in head
        assert "Every one of 7 rounds" in head

    def test_in_short(self, data: Data) -> None:
        assert part(page(data), "## In short").splitlines()[2:] == [
            "| One event more | 10 | 0.5 (quick) | 1,500 (slow <by far>) |"
        ]

    def test_where_we_lose(self, data: Data) -> None:
        """Each package that is faster, by how much."""
        said = "- One event more: 1 of 2 is faster: quick (2 times as fast)."
        assert part(page(data), "## Where the library is slower") == said
        faster = {**data, "workloads": {"replay": data["workloads"]["replay"]}}
        assert part(page(faster), "## Where the library is slower") == "No package measured here is faster."

    def test_aims(self, data: Data) -> None:
        """Beside the floor ours takes ten times as much; beside the package named, twice as much as the quicker use of it."""
        said = part(page(data), "## What was aimed at")
        assert said.splitlines()[0].endswith("Reached: 0 of 2.")
        assert said.splitlines()[4:] == [
            "| an event costs no more than a frozen value made from a table | 1 | 10 | not reached |",
            "| and a fourteenth of transitions | 0.071 | 2 | not reached |",
        ]
        slow = json.loads(written(data))
        slow["workloads"]["step"]["tables"][0]["rows"].pop(2)
        reached = part(page(slow), "## What was aimed at").splitlines()
        assert reached[0].endswith("Reached: 1 of 2.")
        assert reached[-1] == "| and a fourteenth of transitions | 0.071 | 0.0007 | reached |"

    def test_one_workload(self, data: Data) -> None:
        said = part(page(data), "## One event more")
        assert said.splitlines()[2:] == [
            "What an event takes, creating the incident included:",
            "",
            "| event | | beside ours | beside the floor | here |",
            "| --- | --- | --- | --- | --- |",
            "| ours | ours | 1 | 10 (9 to 11) | 2 µs |",
            "| bare | floor | 0.1 (0.09 to 0.11) | 1 | 200 ns |",
            "| quick | package | 0.5 (0.45 to 0.55) | 5 (4.5 to 5.5) | 1 µs |",
            "| slow <by far> | package | 1,500 (1,350 to 1,650) | 15,000 (13,500 to 16,500) | 3 ms |",
            "",
            "- Compared: what may happen, in 1,200 cases, between ours; bare; quick: all the same.",
            "",
            "![One event more: each beside ours, on a scale of powers of ten](performance/step.svg)",
        ]

    def test_growth(self, data: Data) -> None:
        """Each size, what was given up, and how the longest stands to the shortest."""
        lines = part(page(data), "### One log that grows").splitlines()
        assert [line for line in lines if line.startswith("| ")] == [
            "| | 1,000 | 10,000 | longest beside shortest |", "| --- | --- | --- | --- |",
            "| ours, from text | 1 (10 µs) | 1 (20 µs) | 2 |", "| they | 0.1 (1 µs) | given up |  |",
            "| | 1,000 | 10,000 |", "| --- | --- | --- |", "| ours, from text |  | 0.51 kB |", "| they | 2 kB | given up |",
        ]  # fmt: skip

    def test_who_is_not_measured(self, data: Data) -> None:
        assert part(page(data), "## Not measured") == "- another: is not installed"
        nobody = page({**data, "not_measured": {}})
        assert part(nobody, "## Not measured") == "Everything that was asked for could be installed and measured."
        assert part(nobody, "## Versions") == "transitions 0.9.3."

    def test_every_aim_is_about_a_table_that_is_told(self) -> None:
        assert {aim.table for aim in AIMS} < set(TABLES)
        assert list(WORKLOADS) == ["classify", "step", "deadlines", "replay", "import", "opening"]

    @pytest.mark.parametrize(
        ("value", "said"),
        [(12345.6, "12,346"), (150.2, "150"), (12.34, "12.3"), (1.0, "1"), (0.0567, "0.057"), (0.00049, "0.0005")],
    )
    def test_ratios(self, value: float, said: str) -> None:
        assert ratio(value) == said

    @pytest.mark.parametrize(
        ("value", "said"), [(2.5, "2.5 s"), (0.0125, "12.5 ms"), (3e-6, "3 µs"), (4.56e-8, "45.6 ns")]
    )
    def test_times(self, value: float, said: str) -> None:
        assert seconds_words(value) == said


class TestThePictures:
    def test_a_bar_for_each_row_on_its_side_of_ours(self, data: Data) -> None:
        """Left of the line at 1 is less than ours takes, right of it more; the longest first from the bottom."""
        root = ElementTree.fromstring(pictures(data)["step.svg"])
        rects = list(root.iter("{http://www.w3.org/2000/svg}rect"))[1:]
        middle = next(
            float(one.get("x1", ""))
            for one in root.iter("{http://www.w3.org/2000/svg}line")
            if one.get("stroke-width") == "2"
        )
        sides = [(float(one.get("x", "")) >= middle, float(one.get("width", "")) > 2) for one in rects]
        assert sides == [(False, True), (False, True), (True, False), (True, True)]
        said = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
        assert [one for one in said if one in ("bare", "quick", "ours", "slow <by far>")] == [
            "bare",
            "quick",
            "ours",
            "slow <by far>",
        ]

    def test_a_line_for_each_who(self, data: Data) -> None:
        """Only as far as it came."""
        root = ElementTree.fromstring(pictures(data)["growth.svg"])
        drawn = [str(one.get("points")).split() for one in root.iter("{http://www.w3.org/2000/svg}polyline")]
        assert [len(points) for points in drawn] == [2, 1]

    def test_all_equal(self) -> None:
        """A scale needs two ends."""
        rows = [{"name": "a", "role": "ours", "beside_ours": {"median": 1.0}}]
        assert ElementTree.fromstring(bars(rows)).get("width") == "820"


class TestTheFigures:
    def test_the_same_figures_give_the_same_page_and_pictures(self, data: Data) -> None:
        """Also when they were written and read again."""
        again = json.loads(written(data))
        assert (page(again), pictures(again)) == (page(data), pictures(data))
        assert sorted(pictures(data)) == ["growth.svg", "step.svg"]

    def test_what_is_kept(self) -> None:
        """Four digits of each figure; counts as they are, and nothing of what was called."""
        table = Table(
            "step", "event", (Agreement("x", 12_345_678, ("a", "b")),), (Case("a", "ours", abs, [1]),), None, ROWS[:1]
        )
        found = gathered([Workload("step", (table,))], PEERS, 7, 1.0)["workloads"]["step"]
        assert found == {
            "id": "step",
            "growth": [],
            "tables": [{
                "id": "step", "unit": "event", "agreed": [{"what": "x", "cases": 12_345_678, "among": ["a", "b"]}],
                "rows": [{
                    "name": "ours", "role": "ours", "package": "", "seconds": 2e-06,
                    "beside_ours": {"median": 1.0, "low": 0.9, "high": 1.1},
                    "beside_floor": {"median": 10.0, "low": 9.0, "high": 11.0},
                }],
            }],
        }  # fmt: skip

    def test_some_measured_again(self, data: Data) -> None:
        """The others stay, where they were made with the same; otherwise all are to be made again."""
        one: dict[str, Any] = {**data, "workloads": {"step": {"new": True}}, "minutes": 0.1, "not_measured": {}}
        assert fitting(None, one) == one
        assert fitting(data, one) == {**data, "workloads": {**data["workloads"], "step": {"new": True}}}
        with pytest.raises(ValueError, match="measure all workloads"):
            fitting({**data, "made_with": {}}, one)
        assert fitting({**data, "made_with": {}, "workloads": {"step": {}}}, one) == one

    def test_what_is_written(self, data: Data, tmp_path: Path) -> None:
        """The page, its pictures, its figures; a picture that is no longer drawn is taken away."""
        stale = tmp_path / "performance" / "old.svg"
        stale.parent.mkdir()
        stale.write_text("", encoding="utf-8")
        write(tmp_path, data)
        assert sorted(str(path.relative_to(tmp_path).as_posix()) for path in tmp_path.rglob("*.*")) == [
            "performance.md", "performance/figures.json", "performance/growth.svg", "performance/step.svg",
        ]  # fmt: skip
        assert read(tmp_path / "performance" / FIGURES) == json.loads(written(data))
        assert read(tmp_path / "performance" / "none.json") is None

    def test_drawn_again(
        self, data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without measuring; where there are no figures it says so."""
        monkeypatch.setattr(sys, "argv", ["bench", "--draw", "--docs", str(tmp_path)])
        assert main() == 1
        assert capsys.readouterr().err == f"there are no figures in {tmp_path.name}/performance; measure first\n"
        write(tmp_path, data)
        (tmp_path / "performance.md").unlink()
        assert main() == 0
        assert (tmp_path / "performance.md").read_text(encoding="utf-8") == page(json.loads(written(data)))


class TestOnDisk:
    FIGURES_ON_DISK: Final = read(DOCS / "performance" / FIGURES)

    def test_it_is_what_would_be_drawn(self) -> None:
        """From the figures beside it; `python3 run.py bench --peers` measures anew, with `--draw` it only draws anew."""
        figures = self.FIGURES_ON_DISK
        assert figures is not None
        assert (DOCS / "performance.md").read_text(encoding="utf-8") == page(figures)
        drawn = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "performance").glob("*.svg")}
        assert drawn == pictures(figures)

    def test_it_has_every_workload(self) -> None:
        """Each with something compared, and up to a million events."""
        figures = self.FIGURES_ON_DISK
        assert figures is not None
        assert set(figures["workloads"]) == set(WORKLOADS)
        tables = [table for one in figures["workloads"].values() for table in one["tables"]]
        assert [
            table["id"]
            for table in tables
            if not all(one["cases"] > 0 for one in table["agreed"]) or not table["agreed"]
        ] == []
        assert sorted(table["id"] for table in tables) == sorted(TABLES)
        assert {line["sizes"][-1] for line in figures["workloads"]["replay"]["growth"]} == {1_000_000}
