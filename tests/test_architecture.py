"""The shape of the house: imports point one way, nothing asks the time, and no rule's name is written into the code.

Every check reads the source itself, says file and line when it fails, and fails when it found nothing to look at.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import pytest
from attrs import fields as attrs_fields
from pydantic import BaseModel

import ir_policy as ir
from ir_policy.log.events import COMMON, KINDS
from ir_policy.rules import document, people_sections, sections
from ir_policy.rules.document import SECTIONS_BY_KIND
from ir_policy.terms import EVENT_KINDS, FINDINGS, OUTCOMES, Phase
from support_time import REPO, read_plain

SRC: Final = REPO / "src" / "ir_policy"
CATALOG: Final = SRC / "rules" / "catalog"

LAYERS: Final = (
    "errors", "terms", "calendar", "clocks", "rules", "log", "duties", "incident", "programme", "desk", "answers", "words", "review",
    "present", "exchange", "cli",
)  # fmt: skip
"""From the ground up: each may import what stands before it, and nothing behind it."""
APART: Final = {
    "__init__": "the front door",
    "__main__": "starts the command line",
    "testing": "for embedders, whatever is public",
}

ONLY_IN: Final = {
    "pydantic": {
        "rules/document.py",
        "rules/people_sections.py",
        "rules/parts.py",
        "rules/scalars.py",
        "rules/sections.py",
        "rules/shape.py",
        "rules/compile.py",
    },
    "pydantic_core": {"rules/document.py", "rules/parts.py", "rules/scalars.py", "rules/shape.py", "rules/compile.py"},
    "yaml": {"rules/reader.py"},
    "dateutil": {"calendar.py"},
    "tzdata": {"calendar.py"},
    "hypothesis": {"testing/__init__.py"},
    "attrs": None,
}
"""Every package of others, and the only files that may import it; ``None`` is anywhere."""

WORLD: Final = {
    "random", "secrets", "uuid", "socket", "ssl", "select", "urllib", "http", "smtplib", "ftplib", "asyncio", "subprocess",
    "multiprocessing", "threading", "concurrent", "signal", "time", "locale", "getpass", "tempfile", "shutil", "os", "platform",
}  # fmt: skip
"""Modules of the standard library that reach out of the process, or into chance and time."""
OF_TRIALS: Final = {
    "testing/host/processes.py": "the trials of hosts start, kill and wait for a host's programs",
    "testing/host/racing.py": "writers race in threads",
    "testing/host/dying.py": "clients append in threads",
    "testing/host/room.py": "storage of a host is filled",
}
"""Who else may reach out: nobody loads these but who tries a host."""
READS_FILES: Final = {
    "calendar.py": "zone data, from the package that holds it",
    "rules/compile.py": "documents, where a path was given, and those the package ships",
    "exchange/published.py": "schemas the package ships",
    "cli/shared.py": "the command line reads and writes for people",
    "testing/host/story.py": "logs for a host that is tried, in a folder of their own",
    "testing/host/room.py": "fills a small file system that a host is tried on",
}

LONG: Final = {
    "log/history.py": (500, "the fold: what every kind of event makes so"),
    "log/events.py": (680, "every kind of event, defined once, with the table that lists them"),
}
LONGEST: Final = 450


class Module(NamedTuple):
    """A module of the library: its file below the package, its dotted name, its source and its tree."""

    file: str
    name: str
    text: str
    tree: ast.Module

    @property
    def layer(self) -> str:
        """Which storey it belongs to: the first name below the package."""
        return self.name.split(".")[1] if "." in self.name else "__init__"


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for path in sorted(SRC.rglob("*.py")):
        file = path.relative_to(SRC).as_posix()
        name = ".".join(("ir_policy", *Path(file).with_suffix("").parts)).removesuffix(".__init__")
        text = path.read_text(encoding="utf-8")
        found.append(Module(file, name, text, ast.parse(text)))
    return tuple(found)


class Import(NamedTuple):
    """One import: where it stands, and the dotted name it brings in."""

    module: Module
    line: int
    target: str
    lazy: bool

    def __str__(self) -> str:
        return f"{self.module.file}:{self.line}: imports {self.target}"


@cache
def imports() -> tuple[Import, ...]:
    """Every import of every module, also those inside functions and those for the type checker alone."""
    return tuple(found for module in modules() for found in _imports_of(module, module.tree, lazy=False))


def _imports_of(module: Module, node: ast.AST, lazy: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(module, node.lineno, alias.name, lazy)
    elif isinstance(node, ast.ImportFrom):
        base = "." * node.level + (node.module or "")
        known = {other.name for other in modules()}
        for alias in node.names:
            below = f"{base}.{alias.name}"
            yield Import(module, node.lineno, below if below in known else base, lazy)
    inside = lazy or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
    for child in ast.iter_child_nodes(node):
        yield from _imports_of(module, child, inside)


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Callable[[list[str], int], None]:
    """Fail with every offence, and when nothing was examined; otherwise say how much was."""

    def said(offences: list[str], examined: int) -> None:
        record_property("examined", examined)
        assert examined > 0, "nothing was examined"
        assert not offences, f"{len(offences)} of {examined} examined:\n" + "\n".join(offences)

    return said


Node = TypeVar("Node", bound=ast.AST)
Report = Callable[[list[str], int], None]


class TestImports:
    def test_every_module_has_a_storey(self, report: Report) -> None:
        """A new module belongs to one of the storeys, or is named apart with a reason."""
        offences = [f"{m.file}:1: '{m.layer}' is no storey" for m in modules() if m.layer not in {*LAYERS, *APART}]
        report(offences, len(modules()))

    def test_they_point_one_way(self, report: Report) -> None:
        """No module imports one that stands behind it, not even inside a function or for the type checker alone."""
        height = {layer: index for index, layer in enumerate(LAYERS)}
        ours = [i for i in imports() if i.target.split(".")[0] == "ir_policy" and i.module.layer not in APART]
        offences = []
        for found in ours:
            storey = found.target.split(".")[1] if "." in found.target else ""
            front_door = not storey and found.module.layer == "cli"
            if not front_door and height.get(storey, len(LAYERS)) > height[found.module.layer]:
                offences.append(f"{found}, which stands behind '{found.module.layer}'")
        report(offences, len(ours))

    def test_none_goes_round_in_a_circle(self, report: Report) -> None:
        """Also within a storey no two modules need each other."""
        graph: dict[str, set[str]] = {m.name: set() for m in modules() if m.layer not in APART}
        for found in imports():
            if found.module.name in graph and found.target in graph:
                graph[found.module.name].add(found.target)
        offences = []
        try:
            tuple(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = error.args[1]
            offences = [
                str(found)
                for needed, needing in pairwise(circle)
                for found in imports()
                if (found.module.name, found.target) == (needing, needed)
            ]
        report(offences, sum(len(needed) for needed in graph.values()))

    def test_by_full_name(self, report: Report) -> None:
        """Every import names its module in full, so that a search for it finds every use."""
        offences = [str(found) for found in imports() if found.target.startswith(".")]
        report(offences, len(imports()))

    def test_packages_of_others(self, report: Report) -> None:
        """A package of somebody else is imported in the few files that may, and nowhere else."""
        ours = {"ir_policy", *sys.stdlib_module_names}
        foreign = [found for found in imports() if found.target.split(".")[0] not in ours]
        offences = []
        for found in foreign:
            package = found.target.split(".")[0]
            files = ONLY_IN.get(package, set())
            if files is not None and found.module.file not in files:
                offences.append(f"{found}, which belongs in {', '.join(sorted(files)) or 'no file'}")
        report(offences, len(foreign))

    def test_what_is_costly_is_imported_late(self, report: Report) -> None:
        """yaml and dateutil are imported inside the functions that need them."""
        costly = [
            found for found in imports() if found.target.split(".")[0] in ("yaml", "dateutil", "difflib", "tzdata")
        ]
        report([str(found) for found in costly if not found.lazy], len(costly))

    def test_what_a_fresh_interpreter_loads(self, report: Report) -> None:
        """Importing the library loads nothing that only documents, dates or slips of the pen need."""
        ask = "import json, sys, ir_policy; print(json.dumps(sorted(sys.modules)))"
        done = subprocess.run([sys.executable, "-W", "error", "-c", ask], capture_output=True, text=True, check=True)
        loaded = json.loads(done.stdout)
        late = {
            "pydantic",
            "pydantic_core",
            "yaml",
            "dateutil",
            "difflib",
            "tzdata",
            "hypothesis",
            "argparse",
            "importlib.resources",
        }
        report([f"{name} is loaded" for name in loaded if name in late], len(loaded))
        testing = "import json, sys, ir_policy.testing; print(json.dumps(sorted(sys.modules)))"
        done = subprocess.run([sys.executable, "-c", testing], capture_output=True, text=True, check=True)
        assert not [name for name in json.loads(done.stdout) if name.startswith("ir_policy.testing.host")]
        assert [name.removeprefix("ir_policy.") for name in loaded if name.startswith("ir_policy.")] == LOADED


LOADED: Final = [
    "answers",
    "calendar",
    "clocks",
    "desk",
    "duties",
    "duties.amend",
    "duties.anew",
    "duties.asking",
    "duties.bites",
    "duties.case",
    "duties.discharge",
    "duties.enabling",
    "duties.entries",
    "duties.explanation",
    "duties.gates",
    "duties.held_back",
    "duties.judge",
    "duties.ledger",
    "duties.level",
    "duties.moment",
    "duties.needs",
    "duties.outcome",
    "duties.own_rules",
    "duties.remind",
    "duties.severity",
    "duties.step",
    "duties.suggested",
    "duties.tenure",
    "duties.texts",
    "duties.turns",
    "duties.undelivered",
    "duties.unproven",
    "duties.watch",
    "errors",
    "incident",
    "log",
    "log.acts",
    "log.events",
    "log.fields",
    "log.grown",
    "log.history",
    "log.messages",
    "log.objects",
    "log.tenures",
    "log.wire",
    "present",
    "present.below",
    "present.blocked",
    "present.endangered",
    "present.groups",
    "present.levels",
    "present.lines",
    "present.questions",
    "present.response",
    "present.result",
    "present.screen",
    "rules",
    "rules.about",
    "rules.choices",
    "rules.conditions",
    "rules.machines",
    "rules.machines.handover",
    "rules.machines.notice",
    "rules.messages",
    "rules.model",
    "rules.templates",
    "rules.words",
    "terms",
]
"""What ``import ir_policy`` loads of the library itself."""


class TestNames:
    def test_no_module_is_called_like_a_public_name(self, report: Report) -> None:
        """``ir_policy.check`` is the function in every interpreter, whatever was imported before."""
        names = [part for module in modules() for part in module.name.split(".")[1:]]
        report([f"module '{name}' is called like a public name" for name in names if name in ir.__all__], len(names))

    def test_no_name_of_a_rule_is_written_into_the_code(self, report: Report) -> None:
        """What is special about a duty, gate, mark or fact is a field of its rule: no text in the code names one."""
        ids = rule_names() - words_of_the_code()
        literals = [(module, node) for module in modules() for node in literals_of(module.tree)]
        offences = [
            f"{module.file}:{node.lineno}: the code names the rule '{node.value}'"
            for module, node in literals
            if node.value in ids
        ]
        assert len(ids) > 40
        report(offences, len(literals))


@cache
def rule_names() -> frozenset[str]:
    """Every duty, gate, mark and fact of the shipped documents, with and without the prefix of its document."""
    names = set()
    for path in CATALOG.rglob("*.yaml"):
        shipped = read_plain(path)
        prefix = f"{shipped['prefix']}." if "prefix" in shipped else ""
        for section in ("duties", "gates", "marks", "facts"):
            names |= {name for id_ in shipped.get(section, {}) for name in (id_, prefix + id_)}
    return frozenset(names)


@cache
def words_of_the_code() -> frozenset[str]:
    """Words that belong to the code in their own right: kinds and fields of events, findings, phases, outcomes, and
    the keys documents are written with."""
    of_events = {name for known in KINDS.values() for name in (*COMMON, *known.required, *known.optional)}
    defined = tuple(value for module in (document, people_sections, sections) for value in vars(module).values())
    models = [cls for cls in defined if isinstance(cls, type) and issubclass(cls, BaseModel)]
    of_documents = {field.alias or name for model in models for name, field in model.model_fields.items()}
    assert {a.name for known in KINDS.values() for a in attrs_fields(known.cls)} >= of_events
    kinds = set(SECTIONS_BY_KIND)
    return frozenset({*EVENT_KINDS, *of_events, *FINDINGS, *OUTCOMES, *(p.value for p in Phase), *of_documents, *kinds})


def literals_of(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every text in the code that is not a docstring."""
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            stands_alone = isinstance(node, ast.Expr)
            if isinstance(child, ast.Constant) and isinstance(child.value, str) and not stands_alone:
                yield child


class TestTheWorld:
    """The library never asks the time, rolls dice, sends or reads behind one's back; the command line alone may."""

    def test_no_clock_no_chance_no_network(self, report: Report) -> None:
        """Nothing that reaches out of the process is imported outside the command line and the trials of hosts."""
        reaching = [found for found in imports() if found.target.split(".")[0] in WORLD and found.module.layer != "cli"]
        offences = [str(found) for found in reaching if found.module.file not in OF_TRIALS]
        report(offences, len(imports()))
        assert {found.module.file for found in reaching} == set(OF_TRIALS), "an exception is no longer needed"

    def test_no_call_asks_the_time(self, report: Report) -> None:
        """No call of the like of ``datetime.now()`` or ``date.today()``, and no environment, outside the same modules."""
        called = {"now", "utcnow", "today", "getenv", "monotonic", "perf_counter", "time_ns", "localtime", "gmtime"}
        offences, examined = [], 0
        for module, node in nodes(ast.expr):
            examined += 1
            asks = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in called
            looks = isinstance(node, ast.Attribute) and node.attr == "environ"
            if (asks or looks) and module.layer != "cli" and module.file not in OF_TRIALS:
                offences.append(f"{module.file}:{node.lineno}: asks the world: {ast.unparse(node)}")
        report(offences, examined)

    def test_no_zone_of_this_machine(self, report: Report) -> None:
        """No conversion to whatever zone the machine is set to: ``astimezone()`` and ``fromtimestamp`` name theirs."""
        offences, examined = [], 0
        for module, node in nodes(ast.Call):
            examined += 1
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            bare = called == "astimezone" and not node.args and not node.keywords
            if bare or called in ("fromtimestamp", "utcfromtimestamp", "strptime", "mktime"):
                offences.append(f"{module.file}:{node.lineno}: {called} takes the machine's zone")
        report(offences, examined)

    def test_files_are_read_where_they_were_given(self, report: Report) -> None:
        """Nothing opens, reads or writes files but the few that say why."""
        touches = {
            "read_text",
            "read_bytes",
            "write_text",
            "write_bytes",
            "unlink",
            "mkdir",
            "iterdir",
            "glob",
            "rglob",
        }
        offences, examined, seen = [], 0, set()
        for module, node in nodes(ast.Call):
            examined += 1
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            # Files are opened with a mode in text; a bracket in a document is opened too.
            with_a_mode = any(isinstance(argument, ast.Constant) for argument in node.args)
            if called in touches or (called == "open" and (with_a_mode or isinstance(node.func, ast.Name))):
                seen.add(module.file)
                if module.file not in READS_FILES:
                    offences.append(f"{module.file}:{node.lineno}: calls {called}")
        report(offences, examined)
        assert seen == set(READS_FILES), "an exception is no longer needed"

    def test_nothing_is_printed_or_run(self, report: Report) -> None:
        """No module prints, asks, evaluates text or unpickles; the command line alone prints."""
        forbidden = {"print", "input", "eval", "exec", "compile", "__import__", "breakpoint", "globals", "open"}
        offences, examined = [], 0
        for module, node in nodes(ast.Call):
            examined += 1
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            if called in forbidden and not (module.layer == "cli" and called in ("print", "open", "input")):
                offences.append(f"{module.file}:{node.lineno}: calls {called}()")
        offences += [
            str(found) for found in imports() if found.target.split(".")[0] in ("pickle", "shelve", "marshal", "ctypes")
        ]
        report(offences, examined)


def nodes(kind: type[Node]) -> Iterator[tuple[Module, Node]]:
    """Every node of a kind, with the module it stands in."""
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, kind):
                yield module, node


class TestFiles:
    def test_none_is_too_long_to_read(self, report: Report) -> None:
        """A file that outgrows what one reads in a sitting is split; the few that stay longer say why."""
        offences = []
        for module in modules():
            longest, _ = LONG.get(module.file, (LONGEST, ""))
            lines = module.text.count("\n")
            if lines > longest:
                offences.append(f"{module.file}:{lines}: has {lines} lines, {longest} are the most")
        report(offences, len(modules()))

    def test_exceptions_are_still_needed(self, report: Report) -> None:
        """An exception for a file that has become short, or is gone, is taken off the list."""
        lengths = {module.file: module.text.count("\n") for module in modules()}
        offences = [f"{file}: needs no exception" for file in LONG if lengths.get(file, 0) <= LONGEST]
        report(offences, len(LONG))

    def test_each_says_what_it_knows(self, report: Report) -> None:
        """Every module opens with a sentence about itself, and every one with code is typed in the newer way."""
        offences = []
        for module in modules():
            said = ast.get_docstring(module.tree) or ""
            if not said.partition("\n")[0].endswith((".", ":", ",", "?")):
                offences.append(f"{module.file}:1: no sentence about itself")
        report(offences, len(modules()))

    def test_the_catalogue_holds_data_alone(self, report: Report) -> None:
        """Shipped documents are data: no code stands among them, and each is called by its id."""
        files = [path for path in sorted(CATALOG.rglob("*")) if path.is_file()]
        offences = [str(path.relative_to(SRC)) for path in files if path.suffix != ".yaml"]
        for path in files:
            id_ = read_plain(path)["id"] if path.suffix == ".yaml" else path.stem
            if id_ != path.name.partition("@")[0].removesuffix(".yaml") and path.suffix == ".yaml":
                offences.append(f"{path.relative_to(SRC)}: holds '{id_}'")
        report(offences, len(files))
