"""The published schema of documents says what the reader accepts, for an editor and for any other language."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any, Final

import jsonschema
import pytest
from test_bad_documents import SLIPS
from test_bad_laws import SINGAPORE

import ir_policy as ir
from ir_policy.rules.reader import read_document
from ir_policy.rules.shape import shape
from support_documents import AU, EU, NSW, POLICY, edited
from support_schema import as_an_editor, faults, subschemas
from support_time import read_plain
from tools.write_schemas import TARGET, as_text, schemas

SHIPPED: Final = {"policy": POLICY, "au": AU, "eu": EU, "nsw": NSW, "own law": SINGAPORE}


# --- the files ------------------------------------------------------------------------------------------


def test_the_files_are_what_the_tool_writes() -> None:
    """No published schema was changed by hand, left behind or forgotten: run tests/tools/write_schemas.py."""
    written = {f"{name}.json": as_text(schema) for name, schema in schemas().items()}
    shipped = {path.name: path.read_text(encoding="utf-8") for path in TARGET.iterdir()}
    assert len(written) > 10
    assert shipped == written


@pytest.mark.parametrize("name", list(schemas()))
def test_each_is_a_schema_with_a_name_and_a_sentence(name: str) -> None:
    """Valid itself, called by its name and a version, and saying what it is; every call gives a fresh copy."""
    schema = ir.schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:ir-policy:schema:{name}:1"
    assert schema["title"].startswith("ir_policy ") or schema["title"].startswith("ir_policy: ")
    assert schema["description"].endswith(".")
    schema.clear()
    assert ir.schema(name) != {}


@pytest.mark.parametrize("name", list(schemas()))
def test_no_part_of_a_schema_accepts_anything(name: str) -> None:
    """A part that says nothing would promise more than any reader holds."""
    says = {
        "$ref",
        "type",
        "enum",
        "const",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
        "pattern",
        "required",
        "properties",
        "if",
    }
    found = list(subschemas(ir.schema(name)))
    assert len(found) > 3
    assert [path for path, part in found if not isinstance(part, dict) or not says & set(part)] == []


def test_patterns_need_nothing_special() -> None:
    """No pattern looks around or uses what only some languages have; each begins and ends, or asks for one letter."""
    parts = [part for name in schemas() for _, part in subschemas(ir.schema(name)) if isinstance(part, dict)]
    patterns = {part["pattern"] for part in parts if "pattern" in part}
    assert len(patterns) > 10
    odd = re.compile(r"\(\?[^:]|\\[^S.()]")
    assert [pattern for pattern in patterns if odd.search(pattern)] == []
    assert {pattern for pattern in patterns if not (pattern[0] == "^" and pattern[-1] == "$")} == {"\\S", "\n"}


@pytest.mark.parametrize(("name", "hint"), [("breif", "did you mean 'brief'?"), ("x", None), ("../x", None)])
def test_an_unknown_name_is_a_question_nobody_can_answer(name: Any, hint: str | None) -> None:
    """The message names the nearest one, or all there are."""
    with pytest.raises(ir.QuestionInvalid) as refused:
        ir.schema(name)
    (problem,) = refused.value.problems
    assert problem.what == f"no schema is called '{name}'"
    assert problem.hint == (hint or "known are " + ", ".join(schemas()))
    with pytest.raises(ir.QuestionInvalid) as refused:
        ir.schema(None)  # type: ignore[arg-type]  # what a caller without a type checker may pass
    assert refused.value.problems == (ir.Problem("name", "is not text", "known are " + ", ".join(schemas())),)


# --- what is shipped ------------------------------------------------------------------------------------


@pytest.mark.parametrize("about", list(SHIPPED))
def test_what_is_shipped_is_valid_as_text_and_in_an_editor(about: str) -> None:
    """Each document is valid as our reader sees it, all text, and as an editor with YAML 1.2 loads it."""
    text = SHIPPED[about]
    assert faults("document", read_document(text, about).root) == []
    assert faults("document", as_an_editor(text)) == []


def test_every_shipped_document_was_looked_at() -> None:
    """The four above are all there are, and an editor really sees other things than text in them."""
    files = list(TARGET.parent.joinpath("rules", "catalog").rglob("*.yaml"))
    assert sorted(path.read_text(encoding="utf-8") for path in files) == sorted([POLICY, AU, EU, NSW])
    assert any(read_plain(path) != as_an_editor(path.read_text(encoding="utf-8")) for path in files)


def test_json_documents_are_valid_too() -> None:
    """The JSON form of a document, with its numbers as numbers."""
    loaded = as_an_editor(POLICY)
    assert loaded["severity_raise"]["levels"] == 1
    assert faults("document", json.loads(json.dumps(loaded))) == []


@pytest.mark.parametrize("document", ["policy", "law", "contract", "calendar"])
def test_a_document_cannot_be_without_what_loading_asks_for(document: str) -> None:
    """Section by section: taken out, the schema refuses exactly where loading does."""
    text = {"policy": POLICY, "calendar": NSW}.get(document, AU.replace("document: law", f"document: {document}"))
    whole = read_document(text, "document").root
    assert faults("document", whole) == []
    needed = {"policy": _policy_without, "calendar": _calendar_without}.get(document, _law_without)
    differing = {}
    for section in whole:
        rest = {name: value for name, value in whole.items() if name != section}
        by_schema, by_loading = faults("document", rest) != [], needed(rest, section)
        if by_schema is not by_loading:
            differing[section] = (by_schema, by_loading)
    assert len(whole) > 6
    # a calendar's days are needed only by those who name the calendar, and its span is asked for there
    assert differing == ({"covers": (False, True)} if document == "calendar" else {})


def _policy_without(rest: dict[str, object], section: str) -> bool:
    """Whether loading misses the section itself, and not only names that stood in it."""
    return _misses(lambda: ir.load_policy(json.dumps(rest)), section)


def _law_without(rest: dict[str, object], section: str) -> bool:
    policy = edited(POLICY, ("laws: [au-ndb@2026.11.0,", "laws: ["))
    policy = (
        policy.replace("\ncalendar:\n", "\ncontracts: [au-ndb]\n\ncalendar:\n")
        if rest.get("document") == "contract"
        else POLICY
    )
    return _misses(lambda: ir.load_policy(policy, documents=[json.dumps(rest)]), section)


def _calendar_without(rest: dict[str, object], section: str) -> bool:
    return _misses(lambda: ir.load_policy(POLICY, documents=[json.dumps(rest)]), section)


def _misses(load: Callable[[], object], section: str) -> bool:
    try:
        load()
    except ir.PolicyInvalid as error:
        absent = re.compile(rf"'{section}(\.[a-z]+)?' is missing")
        kind = "does not say what kind of document it is"
        return any(
            absent.match(problem.what) or (section == "document" and problem.what == kind) for problem in error.problems
        )
    return False


# --- slips of the pen -----------------------------------------------------------------------------------


def _by(text: str) -> str:
    """Who refuses a document: the reader of text, the reader of shapes, or linking."""
    try:
        tree = read_document(text, "document")
    except ir.PolicyInvalid:
        return "text"
    return "shape" if shape(tree).problems else "linking"


def test_slips_of_shape_are_refused_by_the_schema() -> None:
    """Every slip that the reader of shapes refuses the schema refuses too, and nobody is told less by their editor.

    Slips that are gone once the text is loaded, and names that do not fit together, no schema can see.
    """
    texts = {slip.about: edited(POLICY, (slip.old, slip.new)) for slip in SLIPS}
    by = {about: _by(text) for about, text in texts.items()}
    shapes = [about for about, who in by.items() if who == "shape"]
    assert len(shapes) >= 39
    assert sum(who == "text" for who in by.values()) == 8
    let_through = [about for about in shapes if not faults("document", read_document(texts[about], "document").root)]
    assert let_through == []


def test_some_slips_of_linking_are_refused_as_well() -> None:
    """Words that belong to the library and not to a document, and fields of one rule that ask for each other."""
    texts = {slip.about: edited(POLICY, (slip.old, slip.new)) for slip in SLIPS}
    linking = {about: text for about, text in texts.items() if _by(text) == "linking"}
    refused = {about for about, text in linking.items() if faults("document", read_document(text, "document").root)}
    assert refused >= {
        "event", "field a mark is set at", "row with two conditions", "statutory duty that may be waived",
        "exemption nobody decides", "fact called like a word of conditions",
    }  # fmt: skip


OF_OTHERS: Final = (
    (AU, "prefix: au.ndb\n", ""),
    (AU, "duties:\n", "severity_rows: {}\nduties:\n"),
    (AU, "    within: 30 days\n", "    within: 30 dayz\n"),
    (AU, "      in_force_from: 2018-02-22\n", "      in_force_from: 2018-02-30\n"),
    (NSW, "  2020-01-27:", "  2020-13-27:"),
    (NSW, "  2020-01-27:", "  20200127:"),
    (NSW, "2020-01-27: {name: Australia Day,", "2020-01-27: {nam: Australia Day, name: x,"),
    (POLICY, "\nreopens_to: assess\n", "\nreopens_to: detect\n"),
    (POLICY, "\nseverity_rows:\n", "\nseverity_row:\n"),
    (POLICY, "{level: SEV3, otherwise: yes,", "{level: SEV3, otherwise: yse,"),
    (POLICY, "  scribe: {title: Scribe,", "  scribe: {titel: x, title: Scribe,"),
    (POLICY, "the portal is slow, polarity: worse", "the portal is slow, polarity: bad"),
    (POLICY, "  clean-up: delete or", "  clean-up: [a] # delete or"),
)


@pytest.mark.parametrize(
    ("text", "old", "new"), OF_OTHERS, ids=lambda part: part.strip()[:30] if len(part) < 90 else "in"
)
def test_slips_in_laws_calendars_and_sections_are_refused(text: str, old: str, new: str) -> None:
    """The other slips of shape and of missing sections, as text and in an editor."""
    spoilt = text.replace(old, new, 1)
    assert spoilt != text
    assert faults("document", as_an_editor(spoilt)) != []
    assert faults("document", read_document(spoilt, "document").root) != []


SHIFTED: Final = (
    "yes", "no", "true", "SEV1", "SEV1 or worse", "15 minutes", "1 month", "09:00", "2026-04-27", "2026-13-01", "0.2.0", "1/5",
    "client", "x y", "detected", "confirmed", "sent", "raise", "",
)  # fmt: skip


def _mutated(value: Any, rng: random.Random) -> None:
    """One change somewhere in a document: a key taken away or misspelt, a value replaced, wrapped or taken from elsewhere."""
    here = value
    while True:
        spots = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not spots:
            return
        spot = rng.choice(spots)
        if isinstance(here[spot], (dict, list)) and here[spot] and rng.random() < 0.85:
            here = here[spot]
            continue
        break
    how = rng.randrange(7)
    if how == 0:
        del here[spot]
    elif how == 1 and isinstance(here, dict):
        here[f"{spot}x"] = here.pop(spot)
    elif how == 2:
        here[spot] = [here[spot]]
    elif how == 3:
        here[spot] = {
            rng.choice(("all", "not", "event", "step", "role", "limit", "yes", "earliest", "each")): here[spot]
        }
    elif how == 4:
        other = rng.choice(spots)
        here[spot], here[other] = here[other], here[spot]
    else:
        here[spot] = rng.choice(SHIFTED)


def _linking_alone(document: Any) -> bool:
    """Whether only what takes more than shape refuses it: loading does, and the schema may or may not."""
    try:
        ir.load_policy(json.dumps(document))
    except ir.PolicyInvalid:
        return True
    return False


def changed(seed: int, times: int) -> dict[str, int]:
    """So many changed documents, held against the reader, loading and the schema; how many of each kind there were."""
    rng = random.Random(seed)
    counted = {"refused": 0, "loads": 0, "names": 0}
    for _ in range(times):
        document = json.loads(json.dumps(read_document(POLICY, "document").root))
        for _ in range(rng.choice((1, 1, 2))):
            _mutated(document, rng)
        text = json.dumps(document)
        try:
            refused = bool(shape(read_document(text, "document")).problems)
        except ir.PolicyInvalid:
            continue  # nothing stands behind a key, which only text can do
        kind = "refused" if refused else "names" if _linking_alone(document) else "loads"
        counted[kind] += 1
        if kind != "names":
            assert (faults("document", document) != []) is refused, text
        if kind == "loads":
            assert faults("document", implicit(document)) == [], text
    return counted


def implicit(value: Any) -> Any:
    """The document with numbers and booleans where an editor would make them of unquoted text."""
    if isinstance(value, dict):
        return {key: implicit(item) for key, item in value.items()}
    if isinstance(value, list):
        return [implicit(item) for item in value]
    return json.loads(value) if re.fullmatch(r"true|false|0|[1-9][0-9]*|[0-9]+\.[0-9]+", value) else value


def test_reader_and_schema_agree_on_documents_with_changes() -> None:
    """Whatever the reader of shapes refuses the schema refuses; whatever loads is valid, as text and in an editor."""
    counted = changed(seed=7, times=60)
    assert counted["refused"] > 12
    assert counted["loads"] > 3


@pytest.mark.prove
def test_reader_and_schema_agree_on_very_many_documents() -> None:
    """The same at length."""
    assert min(changed(seed=11, times=3_000).values()) > 100
