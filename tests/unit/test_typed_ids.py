"""The ids of a policy as a Python module: it is what the policy says, and a slip of the pen is a type error."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from datetime import datetime, timezone
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
from test_bad_laws import SINGAPORE

import ir_policy as ir
from ir_policy.cli import main
from ir_policy.exchange.ids import ids_module, policy_ids
from ir_policy.rules.model import Policy
from ir_policy.terms import EVENT_KINDS
from support_documents import AU, POLICY, edited
from support_time import REPO

T0: Final = datetime(2026, 4, 3, 8, 5, tzinfo=timezone.utc)
CLASSES: Final = {
    "facts": "Fact", "families": "Family", "roles": "Role", "duties": "Duty", "gates": "Gate", "steps": "Step",
    "marks": "Mark", "rows": "Row", "raises": "Raise", "recipients": "Recipient", "states": "Statement",
    "event_kinds": "EventKind",
}  # fmt: skip


def module_of(policy: Policy) -> Any:
    """The module as an embedder imports it."""
    module = ModuleType("our_ids")
    exec(compile(ids_module(policy), "our_ids.py", "exec"), module.__dict__)
    return module


@pytest.fixture(scope="module")
def ids(policy: Policy) -> Any:
    return module_of(policy)


def test_every_id_of_the_policy_is_a_member(policy: Policy, ids: Any) -> None:
    """Each class holds exactly the ids of its kind, and each says what it means in the JSON form."""
    registers = {
        "families": policy.families, "roles": policy.roles, "duties": policy.duties, "gates": policy.gates,
        "steps": policy.steps, "marks": policy.marks, "rows": {row.id for row in policy.rows}, "raises": policy.raises.rules,
        "event_kinds": EVENT_KINDS,
    }  # fmt: skip
    found = policy_ids(policy)
    assert set(found) == {*CLASSES, "phases"}
    for what, name in CLASSES.items():
        members = {member.value for member in getattr(ids, name)}
        assert members == set(found[what]) != set(), what
        assert members == set(registers.get(what, members)), what
        assert all(found[what].values()), what
    assert {member.value for member in ids.Fact} > set(policy.facts)
    assert ids.Fact.AFFECTED_ROLE__GUEST == "affected-role/guest"
    assert ids.Recipient.AUTHORITY__UNSPECIFIED == "authority/unspecified"
    assert ids.Statement.MITIGATION_STEPS == "mitigation-steps"
    assert ids.Duty.EU_GDPR_33_1 == "eu.gdpr.33-1"
    assert (ids.Phase, ids.Severity) == (ir.Phase, ir.Severity)


def test_it_says_where_it_comes_from(policy: Policy, ids: Any) -> None:
    """The policy by id, version and digest stands at the top and in two constants; no time does."""
    assert (f"{policy.id}@{policy.version}", policy.digest) == (ids.POLICY, ids.DIGEST)
    head = ids.__doc__
    assert ids.POLICY in head
    assert policy.digest in head
    assert "ir-policy schema ids --python --policy" in head
    assert all(name in vars(ids) for name in ids.__all__)


def test_members_are_text_wherever_the_library_takes_an_id(policy: Policy, ids: Any) -> None:
    """Events made with members are those made with text, down to the type of what they hold; questions take them too."""

    def event(cls: Any, **said: Any) -> ir.Event:
        return cls(incident="i", at=T0, by="a", id="e", **said)

    pairs = [
        (event(ir.FactsReported, facts={ids.Fact.STREAMING_UNAVAILABLE: ir.YES, ids.member(ids.Family.CLIENT, "acme"): ir.NO}),
         event(ir.FactsReported, facts={"streaming-unavailable": ir.YES, "client/acme": ir.NO})),
        (event(ir.RoleChange, kind=ids.EventKind.ROLE_TAKEN, role=ids.Role.SCRIBE, person="a"),
         event(ir.RoleChange, kind="role-taken", role="scribe", person="a")),
        (event(ir.Notice, kind=ids.EventKind.NOTICE_SENT, duties=(ids.Duty.INTERNAL_ALERT,), recipients=(ids.Recipient.INTERNAL,)),
         event(ir.Notice, kind="notice-sent", duties=("internal-alert",), recipients=("internal",))),
        (event(ir.BreachFinding, finding=ids.Finding.CONFIRMED), event(ir.BreachFinding, finding="confirmed")),
        (event(ir.Closed, outcome=ids.Outcome.RESOLVED), event(ir.Closed, outcome="resolved")),
        (event(ir.StepDone, step=ids.Step.ISOLATE), event(ir.StepDone, step="isolate")),
    ]  # fmt: skip
    for ours, plain in pairs:
        assert ours == plain
        assert pickle.dumps(ours) == pickle.dumps(plain), "a member of somebody's class is kept in an event"
    assert ir.classify(policy, {ids.Fact.STREAMING_UNAVAILABLE: ir.YES}).determined_by == (ids.Row.SEV1_STREAMING,)
    incident = ir.open_incident(policy, ir.Detected(incident="i", at=T0, by="a", source="s")).incident
    assert ir.explain(incident, ids.Duty.OAIC_NOTICE, T0) == ir.explain(incident, "oaic-notice", T0)


# --- what the type checker sees -------------------------------------------------------------------------

HOST: Final = """\
from datetime import datetime

import ir_policy as ir
from our_ids import DIGEST, Duty, EventKind, Fact, Family, Phase, Recipient, Role, member


def reported(at: datetime) -> ir.FactsReported:
    facts = {Fact.STREAMING_UNAVAILABLE: ir.YES, member(Family.CLIENT, "acme"): ir.UNKNOWN}
    return ir.FactsReported(incident="i", at=at, by="a", facts={Fact.PARTIAL_OUTAGE: ir.YES} | facts)


def alerted(at: datetime) -> ir.Notice:
    return ir.Notice(
        kind=EventKind.NOTICE_SENT, incident="i", at=at, by=Role.COMMS_LEAD,
        duties=(Duty.INTERNAL_ALERT,), recipients=(Recipient.INTERNAL,),
    )


def entered(at: datetime) -> ir.PhaseChange:
    return ir.PhaseChange(kind=EventKind.PHASE_ENTERED, incident="i", at=at, by="a", phase=Phase.CONTAIN)


def is_ours(policy: ir.Policy, owed: ir.Obligation) -> bool:
    return policy.digest == DIGEST and owed.duty == Duty.RESPOND
"""


def checked(folder: Path, host: str) -> tuple[int, str]:
    """What ``mypy --strict`` says of the module and a host beside it."""
    (folder / "host.py").write_text(host, encoding="utf-8")
    environment = {**os.environ, "MYPYPATH": str(REPO / "src")}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports", "silent", "--cache-dir", str(folder / "cache"), "host.py", "our_ids.py"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def test_a_slip_of_the_pen_is_a_type_error(tmp_path: Path, policy: Policy) -> None:
    """A host that spells everything right passes the strict checker; one letter wrong is one error at its line."""
    (tmp_path / "our_ids.py").write_text(ids_module(policy), encoding="utf-8")
    assert checked(tmp_path, HOST) == (0, "Success: no issues found in 2 source files\n")
    slips = {
        "Fact.PARTIAL_OUTAGE": "Fact.PARTIAL_OUTTAGE", "Duty.INTERNAL_ALERT": "Duty.INTERNAL_ALLERT",
        "Phase.CONTAIN": "Phase.CONTIAN", "Family.CLIENT": "Fact.CLIENT", "EventKind.NOTICE_SENT": "EventKind.NOTICE_SEND",
    }  # fmt: skip
    spoilt = HOST
    for right, wrong in slips.items():
        assert spoilt.count(right) == 1
        spoilt = spoilt.replace(right, wrong)
    code, said = checked(tmp_path, spoilt)
    errors = [line for line in said.splitlines() if ": error:" in line]
    assert code == 1
    assert len(errors) == len(slips), said
    for wrong in slips.values():
        cls, _, member = wrong.partition(".")
        assert sum(f'"type[{cls}]" has no attribute "{member}"' in line for line in errors) == 1, said


# --- its text -------------------------------------------------------------------------------------------


def formatted(text: str, *more: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *(more or ("format",)), "--isolated", "--target-version", "py311", "-"],
        input=text, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


LONG: Final = "a-duty-with-a-name-so-long-that-no-line-of-an-ordinary-length-can-hold-it"
EVIL: Final = 'a \'""" + 1 \\\n  \\" of "quotes"'


def test_it_is_laid_out_as_ruff_does(policy: Policy) -> None:
    """The formatter finds nothing to do, whatever the names and sentences are, and the usual checks find nothing either."""
    source = edited(
        POLICY, ("\n  document:\n    title:", f"\n  {LONG}:\n    title:"), ("  isolate: cut", f"  {'x' * 200}: y\n  isolate: cut"),
        ("  patch: close the vulnerability", f"  patch: {_yaml(EVIL)}"),
    )  # fmt: skip
    for text in (ids_module(policy), ids_module(ir.load_policy(source))):
        assert formatted(text) == text
        assert formatted(text, "check", "--select", "E,F,I,N,UP,RUF,PIE", "--ignore", "E501") == "All checks passed!\n"


def _yaml(text: str) -> str:
    import json

    return json.dumps(text)


def test_nothing_a_document_says_becomes_code() -> None:
    """Quotes, backslashes and line breaks in a sentence stay words."""
    source = edited(POLICY, ("  patch: close the vulnerability", f"  patch: {_yaml(EVIL)}"))
    text = ids_module(ir.load_policy(source))
    module = module_of(ir.load_policy(source))
    assert module.Step.PATCH == "patch"
    assert issubclass(module.Step, StrEnum)
    line = next(line for line in text.splitlines() if "quotes" in line)
    assert line == '    """' + "a '''' + 1 \\\\ \\\\' of 'quotes'" + '"""'


def test_ids_that_begin_with_a_digit_and_laws_of_ones_own() -> None:
    """The ids of a law of one's own stand among the others, and a name that begins with a digit gets a word before it."""
    source = edited(POLICY, ("laws: [au-ndb@2026.11.0,", "laws: [sg-pdpa@1.0, au-ndb@2026.11.0,"),
                    ("  isolate: cut", "  2-factor: ask for a second factor\n  isolate: cut"))  # fmt: skip
    module = module_of(ir.load_policy(source, documents=[SINGAPORE]))
    assert module.Duty.SG_PDPA_26D == "sg.pdpa.26d"
    assert module.Step.ID_2_FACTOR == "2-factor"
    assert module.Recipient.PDPC == "pdpc"


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [("two-keys", "two.keys", "Step.TWO_KEYS"), ("2-keys", "id-2-keys", "Step.ID_2_KEYS")],
)
def test_two_ids_that_would_be_called_alike(one: str, other: str, name: str) -> None:
    """Neither is guessed at: the message names both and the way out."""
    source = edited(POLICY, ("  isolate: cut", f"  {one}: x\n  {other}: y\n  isolate: cut"))
    policy = ir.load_policy(source)
    with pytest.raises(ir.QuestionInvalid) as refused:
        ids_module(policy)
    assert refused.value.problems == (
        ir.Problem(
            "steps", f"'{one}' and '{other}' would both be called '{name}'", "rename one of them in its document"
        ),
    )
    assert {one, other} < set(policy_ids(policy)["steps"])


def test_groups_and_words_are_told_apart() -> None:
    """``a/b`` and ``a-b`` are two names."""
    source = edited(POLICY, ("  isolate: cut", "  a/b: x\n  a-b: y\n  isolate: cut"))
    module = module_of(ir.load_policy(source))
    assert (module.Step.A__B, module.Step.A_B) == ("a/b", "a-b")


# --- the command ----------------------------------------------------------------------------------------


def test_the_command_prints_it(policy: Policy, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the shipped policy, and of a document of one's own."""
    assert main(["schema", "ids", "--python"]) == 0
    assert capsys.readouterr().out == ids_module(policy)
    own = tmp_path / "own.yaml"
    own.write_text(edited(POLICY, ("  isolate: cut", "  unplug: pull the plug\n  isolate: cut")), encoding="utf-8")
    assert main(["schema", "ids", "--python", "--policy", str(own)]) == 0
    assert '    UNPLUG = "unplug"\n    """pull the plug"""\n' in capsys.readouterr().out


def test_the_same_policy_gives_the_same_bytes() -> None:
    """Under any hash seed and in any process."""
    said = set()
    for seed in ("0", "1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-m", "ir_policy", "schema", "ids", "--python"], env=environment, capture_output=True, check=False
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, b"")
        said.add(done.stdout)
    assert len(said) == 1


def test_a_law_alone_has_no_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ids belong to a policy with all it names; a law is refused as everywhere else."""
    law = tmp_path / "law.yaml"
    law.write_text(AU, encoding="utf-8")
    assert main(["schema", "ids", "--policy", str(law)]) == 2
    assert "is not a policy" in capsys.readouterr().err
