"""The strict reader: what it refuses, where it says so, and that nothing but its own error ever comes out."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ir_policy.errors import PolicyInvalid, Problem, QuestionInvalid
from ir_policy.rules.reader import Tree, read_document

POLICY = """\
# the rules of one small company
policy: motion-mavericks
version: 0.20
duties:
  respond:
    clause: severity-matrix/response
    within: {SEV0: 5 minutes, SEV1: 1:30}
    met_by: [{event: acknowledged}, 'step: triage']
  restore:
    clause: severity-matrix/recovery-target
    on: no
    note: >
      a long note
      in two lines
"""


def problems(text: str | bytes, name: str = "p.yaml") -> list[Problem]:
    with pytest.raises(PolicyInvalid) as caught:
        read_document(text, name)
    return list(caught.value.problems)


def said(text: str | bytes, name: str = "p.yaml") -> list[tuple[str, str]]:
    return [(problem.where, problem.what) for problem in problems(text, name)]


@contextmanager
def without_libyaml() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader", raising=False)
        yield


def nested(levels: int) -> str:
    """JSON, which is YAML too, whose innermost list is on the given level; the top mapping is level 1."""
    return '{"a":' + "[" * (levels - 1) + "]" * (levels - 1) + "}"


class TestText:
    def test_nothing_is_typed(self) -> None:
        """Every scalar stays the text somebody typed, whatever YAML would make of it."""
        words = (
            "no", "yes", "on", "Off", "true", "09:00", "1:30", "0100", "0x1F", "0.20", "1e3", "1_000", ".inf",
            ".NaN", "2024-02-30", "2024-01-01T00:00:00Z", "~", "null", "Null", "=", "٣", "-1", "+1",
        )  # fmt: skip
        text = "all:\n" + "".join(f"- {word}\n" for word in words)
        assert read_document(text, "p.yaml").root == {"all": list(words)}

    def test_keys_are_not_typed_either(self) -> None:
        """A key such as ``on`` or ``1`` is text too, so ``1`` and ``01`` are different keys."""
        assert read_document("on: a\nno: b\n1: c\n01: d\n", "p").root == {
            "on": "a",
            "no": "b",
            "1": "c",
            "01": "d",
        }

    def test_scalar_styles(self) -> None:
        """Quotes, blocks and folds give the value YAML defines, and a quoted nothing is an empty text."""
        text = "a: ''\nb: \"x\\ty\\u00e9\"\nc: |\n  one\n  two\nd: >-\n  one\n  two\ne: [f g, {h: i}, {}, []]\n"
        assert read_document(text, "p").root == {
            "a": "", "b": "x\ty\u00e9", "c": "one\ntwo\n", "d": "one two", "e": ["f g", {"h": "i"}, {}, []],
        }  # fmt: skip

    def test_composed_form(self) -> None:
        """Keys and values come in Unicode's composed form, so what looks equal is equal."""
        assert read_document("cafe\u0301: re\u0301union", "p").root == {"caf\u00e9": "r\u00e9union"}

    def test_byte_order_mark_and_line_ends(self) -> None:
        """A byte order mark is dropped, and every kind of line end counts as one line."""
        expected = {"a": "1", "b": {"c": "2"}}
        for text in ("\ufeffa: 1\r\nb:\r\n  c: 2\r\n", "a: 1\rb:\r  c: 2\r", "a: 1\nb:\n  c: 2"):
            for given_text in (text, text.encode()):
                tree = read_document(given_text, "p")
                assert (tree.root, tree.where(("b", "c"))) == (expected, "p:3:6: b.c")

    def test_emoji_are_text(self) -> None:
        """The variation selector that emoji need is no invisible trick."""
        assert read_document("a: \u26a0\ufe0f \U0001f642", "p").root == {"a": "\u26a0\ufe0f \U0001f642"}

    def test_sample_policy(self) -> None:
        """A small policy reads as written, bytes and text alike."""
        tree = read_document(POLICY, "p.yaml")
        assert tree == read_document(POLICY.encode(), "p.yaml")
        assert tree.root == {
            "policy": "motion-mavericks",
            "version": "0.20",
            "duties": {
                "respond": {
                    "clause": "severity-matrix/response",
                    "within": {"SEV0": "5 minutes", "SEV1": "1:30"},
                    "met_by": [{"event": "acknowledged"}, "step: triage"],
                },
                "restore": {
                    "clause": "severity-matrix/recovery-target",
                    "on": "no",
                    "note": "a long note in two lines\n",
                },
            },
        }


class TestPlaces:
    @pytest.mark.parametrize(
        ("path", "value", "key", "dotted"),
        [
            (("policy",), "2:9", "2:1", "policy"),
            (("duties",), "5:3", "4:1", "duties"),
            (("duties", "respond", "within", "SEV1"), "7:37", "7:31", "duties.respond.within.SEV1"),
            (("duties", "respond", "met_by"), "8:13", "8:5", "duties.respond.met_by"),
            (("duties", "respond", "met_by", 0), "8:14", "8:14", "duties.respond.met_by[0]"),
            (("duties", "respond", "met_by", 0, "event"), "8:22", "8:15", "duties.respond.met_by[0].event"),
            (("duties", "respond", "met_by", 1), "8:37", "8:37", "duties.respond.met_by[1]"),
            (("duties", "restore"), "10:5", "9:3", "duties.restore"),
            (("duties", "restore", "note"), "12:11", "12:5", "duties.restore.note"),
        ],
    )
    def test_value_and_key(self, path: tuple[str | int, ...], value: str, key: str, dotted: str) -> None:
        """A value and its key each have a line and a column, by either parser; an item has only its own."""
        tree = read_document(POLICY, "p.yaml")
        with without_libyaml():
            same = read_document(POLICY, "p.yaml")
        assert tree.where(path) == same.where(path) == f"p.yaml:{value}: {dotted}"
        assert tree.where(path, key=True) == same.where(path, key=True) == f"p.yaml:{key}: {dotted}"

    def test_missing_part(self) -> None:
        """The place is that of the last part which exists; the dotted path is the one asked for."""
        tree = read_document(POLICY, "p.yaml")
        assert tree.where(("duties", "respond", "owed_by")) == "p.yaml:6:5: duties.respond.owed_by"
        assert tree.where(("duties", "respond", "x", 3, "y"), key=True) == "p.yaml:5:3: duties.respond.x[3].y"
        assert tree.where(("nowhere",)) == "p.yaml:2:1: nowhere"
        assert tree.where(()) == "p.yaml:2:1"

    def test_columns_count_characters(self) -> None:
        """A letter outside ASCII is one column, as editors count."""
        assert read_document("{\u00e9\U0001f642: 日本, b: x}", "p").where(("b",)) == "p:1:13: b"

    def test_json_has_no_lines(self) -> None:
        """A JSON document is named without a line."""
        tree = read_document('{"a": [{"b": "c"}]}', "p.json")
        assert (tree.where(("a", 0, "b")), tree.where(())) == ("p.json: a[0].b", "p.json")

    def test_path_is_shown_safely(self) -> None:
        """A long or tricky key asked for is cut and escaped in the place too."""
        tree = read_document("a: b", "p")
        assert tree.where(("x\n\u202e", "y" * 100)) == f"p:1:1: x\\n\\u202e.{'y' * 57}..."


class TestReferences:
    def test_all_reported_at_once(self) -> None:
        """Anchors, aliases, tags and merge keys are each refused where they stand, in one error."""
        text = "a: &x {b: c}\nd: *x\ne: !!str f\ng: !own [h]\n<<: *x\n? *x\n: i\nj: !!python/name:os.system k\n"
        assert said(text) == [
            ("p.yaml:1:4: a", "anchor '&x' is refused"),
            ("p.yaml:2:4: d", "alias '*x' is refused"),
            ("p.yaml:3:4: e", "tag '!!str' is refused"),
            ("p.yaml:4:4: g", "tag '!own' is refused"),
            ("p.yaml:5:1: <<", "merge keys such as '<<' are refused"),
            ("p.yaml:5:5: <<", "alias '*x' is refused"),
            ("p.yaml:6:3", "alias '*x' is refused"),
            ("p.yaml:8:4: j", "tag '!!python/name:os.system' is refused"),
        ]

    def test_alias_to_itself(self) -> None:
        """A mapping that would contain itself is refused like any alias."""
        assert said("a: &x\n  b: *x\n") == [
            ("p.yaml:1:4: a", "anchor '&x' is refused"),
            ("p.yaml:2:6: a.b", "alias '*x' is refused"),
        ]

    def test_anchor_on_key_and_on_nothing(self) -> None:
        """An anchor nobody refers to is refused too, on a key and before a missing value."""
        assert said("&k a: &v\n") == [
            ("p.yaml:1:1", "anchor '&k' is refused"),
            ("p.yaml:1:1: a", "nothing stands behind 'a'"),
            ("p.yaml:1:7: a", "anchor '&v' is refused"),
        ]

    def test_alias_bomb(self) -> None:
        """Nine levels of nine aliases are 90 problems, not a billion values."""
        levels = [
            "a: &a [x]",
            *(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in pairwise("abcdefghij")),
        ]
        assert len(problems("\n".join(levels))) == 10 + 9 * 9

    def test_quoted_merge_key_is_text(self) -> None:
        """Only a plain ``<<`` would merge; a quoted one is left for the schema to refuse."""
        assert read_document("'<<': a", "p").root == {"<<": "a"}

    def test_tag_directives(self) -> None:
        """Tag directives are refused line by line, and a hundred thousand of them cost no time."""
        assert said("%TAG !a! tag:x\n---\na: b\n") == [("p.yaml:1:1", "tags are refused")]
        assert len(problems("%TAG !a! b\n" * 90_000 + "---\na: b\n")) == 101


class TestKeys:
    def test_duplicates(self) -> None:
        """Every repeated key is reported with the line of the one before, at any depth."""
        assert said("a: 1\nb: {c: 1, c: 2}\na: 3\n'a': 4\n") == [
            ("p.yaml:2:11: b.c", "key 'c' stands here twice, before in line 2"),
            ("p.yaml:3:1: a", "key 'a' stands here twice, before in line 1"),
            ("p.yaml:4:1: a", "key 'a' stands here twice, before in line 3"),
        ]

    def test_duplicates_after_composition(self) -> None:
        """Two spellings of one accent are one key."""
        assert said("caf\u00e9: 1\ncafe\u0301: 2\n") == [
            ("p.yaml:2:1: caf\u00e9", "key 'caf\u00e9' stands here twice, before in line 1")
        ]

    @pytest.mark.parametrize("text", ["? [a]\n: b\n", "? {a: b}\n: c\n", "{[a]: b}", "? - a\n: b\n"])
    def test_not_text(self, text: str) -> None:
        """A list or mapping as a key is refused."""
        assert [what for _, what in said(text)] == ["a key is text, not a list or mapping"]

    @pytest.mark.parametrize("text", ["? \n: b\n", "'': b\n", "' ': b\n"])
    def test_empty(self, text: str) -> None:
        """A key without a visible character is refused, quoted or not."""
        assert [what for _, what in said(text)] == ["a key is empty"]

    def test_characters(self) -> None:
        """No escape can bring a tab, a line end or an invisible character into a key."""
        assert said('a:\n  "b\\tc": 1\n  "d\\u200be": 2\n  "f\\ng": 3\n') == [
            ("p.yaml:2:3: a", "'b\\tc' holds a control character (U+0009)"),
            ("p.yaml:3:3: a", "'d\\u200be' holds an invisible character (U+200B)"),
            ("p.yaml:4:3: a", "'f\\ng' holds a control character (U+000A)"),
        ]


class TestNothing:
    def test_missing_values(self) -> None:
        """A key or a dash with nothing behind it is refused at the key, or at the dash's place."""
        assert problems("when:\nb:\n  - x\n  -\nc: {d, e: }\n") == [
            Problem("p.yaml:1:1: when", "nothing stands behind 'when'", "write a value or delete this"),
            Problem("p.yaml:4:4: b[1]", "nothing stands in item [1]", "write a value or delete this"),
            Problem("p.yaml:5:5: c.d", "nothing stands behind 'd'", "write a value or delete this"),
            Problem("p.yaml:5:8: c.e", "nothing stands behind 'e'", "write a value or delete this"),
        ]

    def test_json_null(self) -> None:
        """JSON's null is a missing value too, and the places are its paths."""
        assert said('{"when": null, "b": ["x", null]}', "p.json") == [
            ("p.json: when", "nothing stands behind 'when'"),
            ("p.json: b[1]", "nothing stands in item [1]"),
        ]


class TestTopLevel:
    @pytest.mark.parametrize(
        "text", ["", " \n", "# only a comment\n", "---\n", "--- ''\n", "\ufeff", "%YAML 1.1\n---\n"]
    )
    def test_empty(self, text: str) -> None:
        """A document in which nothing is written is refused."""
        assert [what for _, what in said(text)] == ["the document is empty"]

    @pytest.mark.parametrize("text", ["- a\n- b\n", "just words", "[a, b]", "'text'", "42"])
    def test_no_mapping(self, text: str) -> None:
        """A list or a single text is no document."""
        assert said(text) == [("p.yaml:1:1", "the top level of the document is not a mapping")]

    @pytest.mark.parametrize("text", ["[1]", '"a"', "3", "true"])
    def test_no_mapping_in_json(self, text: str) -> None:
        """Nor is one in JSON."""
        assert said(text, "p.json") == [("p.json", "the top level of the document is not a mapping")]

    def test_several_documents(self) -> None:
        """A second document is refused, with what was wrong in the first."""
        assert said("a:\n---\nb: c\n---\nd: e\n") == [
            ("p.yaml:1:1: a", "nothing stands behind 'a'"),
            ("p.yaml:2:1", "a second document starts here"),
        ]
        assert said("---\na: b\n...\n---\n") == [("p.yaml:4:1", "a second document starts here")]

    def test_document_marks_around_one_document(self) -> None:
        """One document may be set between marks."""
        assert read_document("---\na: b\n...\n", "p").root == {"a": "b"}


class TestLimits:
    def test_depth(self) -> None:
        """Twenty levels are read, the twenty-first is refused with its place, in YAML and JSON."""
        for name in ("p.yaml", "p.json"):
            assert isinstance(read_document(nested(20), name), Tree)
            assert [what for _, what in said(nested(21), name)] == ["this is nested more than 20 levels deep"]
        assert said(nested(21), "p.json") == [("p.json:1:25", "this is nested more than 20 levels deep")]
        assert said(nested(21))[0][0].startswith("p.yaml:1:25: a[0][0]")

    @pytest.mark.parametrize("unit", ["[", "{a: ", "- ", "- - - ", '{"a":', "[{a: "])
    @pytest.mark.parametrize("name", ["p.yaml", "p.json"])
    def test_nest_of_brackets(self, unit: str, name: str) -> None:
        """A hundred thousand open levels are refused before anything recurses into them."""
        assert problems(unit * 100_000, name)

    def test_brackets_in_text_are_not_levels(self) -> None:
        """Brackets within a JSON text nest nothing, escaped quotes or not."""
        text = json.dumps({"a": '\\"' + "[{" * 50, "b": "}" * 50})
        assert read_document(text, "p.json").root == json.loads(text)

    def test_bytes(self) -> None:
        """A mebibyte of UTF-8 is the limit, counted in bytes and not in characters."""
        whole = [("p.yaml", "the document is longer than 1048576 bytes")]
        line = "# " + "x" * 1021 + "\n"
        exact = "a: b\n" + line * 1023
        exact += "#" * (1024 * 1024 - len(exact))
        assert read_document(exact, "p.yaml").root == {"a": "b"}
        assert said(exact + "#") == said(exact.encode() + b"#") == whole
        assert said("# " + "\u00e9" * 600_000) == said(b"\xff" * 2_000_000) == whole

    def test_nodes(self) -> None:
        """Fifty thousand keys and values are the limit."""
        tree = read_document("a:\n" + "- x\n" * 49_997, "p.yaml")
        assert len(tree.root["a"]) == 49_997  # type: ignore[arg-type]
        what = "the document has more than 50000 keys and values"
        assert said("a:\n" + "- x\n" * 49_998) == [("p.yaml:49999:3", what)]
        assert said(json.dumps({"a": ["x"] * 49_998}), "p.json") == [("p.json", what)]

    def test_scalar_length(self) -> None:
        """Twenty thousand characters are the limit of one text, and a megabyte on one line is a problem."""
        assert read_document(f"a: {'x' * 20_000}", "p.yaml").root == {"a": "x" * 20_000}
        what = f"'{'x' * 57}...' is longer than 20000 characters"
        assert said(f"a: {'x' * 20_001}\nb:\n") == [
            ("p.yaml:1:4: a", what),
            ("p.yaml:2:1: b", "nothing stands behind 'b'"),
        ]
        assert said(f"a: {'x' * 1_000_000}") == [("p.yaml:1:4: a", what)]
        assert said(json.dumps({"x" * 20_001: "v"}), "p.json") == [("p.json", what)]

    def test_long_number(self) -> None:
        """A number of five thousand digits is only text."""
        assert read_document('{"a": ' + "9" * 5_000 + "}", "p.json").root == {"a": "9" * 5_000}

    def test_problems_listed(self) -> None:
        """A hundred problems are listed; then one more says that this is not all."""
        found = problems("a: b\n" * 1_000)
        assert (len(found), found[-1]) == (101, Problem("p.yaml", "more problems follow", "mend these first"))

    def test_piled_accents(self) -> None:
        """Thirty accents on one letter are read; more, which would take quadratic time, are refused."""
        assert read_document("a: o" + "\u0323" * 30, "p.yaml").root == {"a": "\u1ecd" + "\u0323" * 29}
        assert said("a: o" + "\u0323\u0300" * 9_000) == [("p.yaml:1:4: a", "more than 30 accents stand on one letter")]


class TestCharacters:
    @pytest.mark.parametrize(
        ("char", "what"),
        [
            ("\0", "a control character (U+0000)"),
            ("\x07", "a control character (U+0007)"),
            ("\x0c", "a control character (U+000C)"),
            ("\x7f", "a control character (U+007F)"),
            ("\x85", "a control character (U+0085)"),
            ("\xad", "an invisible character (U+00AD)"),
            ("\u061c", "a bidirectional control (U+061C)"),
            ("\u200b", "an invisible character (U+200B)"),
            ("\u200d", "an invisible character (U+200D)"),
            ("\u200e", "a bidirectional control (U+200E)"),
            ("\u2028", "an invisible character (U+2028)"),
            ("\u202e", "a bidirectional control (U+202E)"),
            ("\u2060", "an invisible character (U+2060)"),
            ("\u2066", "a bidirectional control (U+2066)"),
            ("\ufeff", "an invisible character (U+FEFF)"),
            ("\uffff", "an invisible character (U+FFFF)"),
            ("\U000e0041", "an invisible character (U+E0041)"),
            ("\ud800", "half a character (U+D800)"),
            ("\udc80", "half a character (U+DC80)"),
        ],
    )
    def test_written_out(self, char: str, what: str) -> None:
        """In keys, values and comments alike the very column is named, and reading goes on behind it."""
        assert said(f"a: b{char}c\n  # {char}\nd{char}: e\nf:\n") == [
            ("p.yaml:1:5", f"here stands {what}"),
            ("p.yaml:2:5", f"here stands {what}"),
            ("p.yaml:3:2", f"here stands {what}"),
            ("p.yaml:4:1: f", "nothing stands behind 'f'"),
        ]
        assert said(f'{{"a": "b{char}"}}', "p.json") == [("p.json:1:9", f"here stands {what}")]

    def test_escaped(self) -> None:
        """An escape does not get past: not in YAML, not in JSON, and half a character least of all."""
        assert problems('a: "x\\u202ey"\nb: "\\0"\n') == [
            Problem("p.yaml:1:4: a", "'x\\u202ey' holds a bidirectional control (U+202E)", "delete it"),
            Problem("p.yaml:2:4: b", "'\\x00' holds a control character (U+0000)", "delete it"),
        ]
        assert said('{"a": "\\ud800", "b": ["\\u0007\\u200b"]}', "p.json") == [
            ("p.json: a", "'\\ud800' holds half a character (U+D800)"),
            ("p.json: b[0]", "'\\x07\\u200b' holds a control character (U+0007)"),
        ]

    def test_bytes_that_are_not_utf8(self) -> None:
        """Each byte that is not UTF-8 is named with its place, and so is what is wrong behind it."""
        assert problems("a: caf\u00e9\n".encode("latin-1") + b"b:\n") == [
            Problem("p.yaml:1:7", "here stands a byte that is not UTF-8 (0xE9)", "save the file as UTF-8"),
            Problem("p.yaml:2:1: b", "nothing stands behind 'b'", "write a value or delete this"),
        ]
        assert said(b"a: \xed\xa0\x80") == [("p.yaml:1:4", "here stands a byte that is not UTF-8 (0xED)")]
        assert said("a: b".encode("utf-16"))[0] == (
            "p.yaml:1:1",
            "here stands a byte that is not UTF-8 (0xFF)",
        )


class TestSyntax:
    @pytest.mark.parametrize(
        ("text", "where"),
        [
            ("a: b: c\n", "p.yaml:1:5"),
            ("a:\n\tb: 1\n", "p.yaml:2:1"),
            ("a: @x\n", "p.yaml:1:4"),
            ("a: [1\n", "p.yaml:2:1"),
            ("- a\nb: c\n", "p.yaml:2:1"),
            ("%YAML 2.0\n---\na: b\n", "p.yaml:1:1"),
        ],
    )
    def test_yaml(self, text: str, where: str) -> None:
        """What is not YAML is refused with its place, in one short line."""
        found = problems(text)[-1]
        assert found.where == where
        assert found.what.startswith("this is not YAML: ")
        assert len(str(found)) < 200
        assert "\n" not in str(found)

    def test_way_out(self) -> None:
        """The commonest slips have their own way out."""
        assert problems("a: b: c\n") == [
            Problem(
                "p.yaml:1:5",
                "this is not YAML: mapping values are not allowed in this context",
                "quote text that holds ': ', and check the indentation",
            )
        ]

    def test_found_before(self) -> None:
        """What was found before the syntax broke is reported with it."""
        assert [where for where, _ in said("a:\na: b\nc: [\n")] == [
            "p.yaml:1:1: a",
            "p.yaml:2:1: a",
            "p.yaml:4:1",
        ]

    def test_json(self) -> None:
        """A broken JSON document is told its line and column."""
        assert said('{"a": 1,\n "b" 2}', "p.json") == [("p.json:2:6", "this is not JSON: expecting ':' delimiter")]
        assert said('{"a": 1} x', "P.JSON") == [("P.JSON:1:10", "this is not JSON: extra data")]
        assert said("a: b", "p.json") == [("p.json:1:1", "this is not JSON: expecting value")]

    @pytest.mark.parametrize("text", ['a: "\\UFFFFFFFF"', "%YAML 1." + "9" * 5_000 + "\n---\na: b", 'a: "\\ud800"'])
    def test_slips_of_the_parsers(self, text: str) -> None:
        """Where a parser itself would stumble, the document is at fault all the same."""
        assert problems(text)
        with without_libyaml():
            assert problems(text)


class TestJson:
    def test_same_tree_as_yaml(self) -> None:
        """The same content gives the same tree, whatever the language and the name."""
        text = json.dumps(read_document(POLICY, "p.yaml").root, indent=1)
        root = read_document(POLICY, "p.yaml").root
        assert read_document(text, "p.json").root == root
        assert read_document(f"\n {text}", "p.yaml").root == root
        assert read_document(f"---\n{text}", "p.yaml").root == root

    def test_numbers_and_truths_stay_text(self) -> None:
        """Numbers keep their digits and truths their word."""
        text = '{"a": 0.20, "b": 1e400, "c": -0, "d": true, "e": false, "f": 1.0E+2}'
        assert read_document(text, "p.json").root == {
            "a": "0.20", "b": "1e400", "c": "-0", "d": "true", "e": "false", "f": "1.0E+2",
        }  # fmt: skip

    def test_refusals(self) -> None:
        """Repeated and empty keys and what is no number are reported at once."""
        assert said('{"a": NaN, "b": [{"c": 1, "c": -Infinity}], "": 1}', "p.json") == [
            ("p.json: a", "'NaN' is not a number"),
            ("p.json: b[0].c", "key 'c' stands here twice"),
            ("p.json: b[0].c", "'-Infinity' is not a number"),
            ("p.json", "a key is empty"),
        ]

    def test_yaml_in_braces(self) -> None:
        """Braces alone do not make JSON; what JSON does not take is read as YAML, with places."""
        tree = read_document("{a: b, 'c': [d]}", "p.yaml")
        assert (tree.root, tree.where(("c", 0))) == ({"a": "b", "c": ["d"]}, "p.yaml:1:14: c[0]")


class TestCall:
    @pytest.mark.parametrize("text", [None, 3, ["a"], bytearray(b"a: b"), {"a": "b"}])
    def test_no_text(self, text: object) -> None:
        """What is neither text nor bytes is a fault of the call, not of the document."""
        with pytest.raises(QuestionInvalid) as caught:
            read_document(text, "p.yaml")  # type: ignore[arg-type]
        assert caught.value.problems == (Problem("text", "a document is text or bytes", "pass what the file holds"),)

    def test_no_name(self) -> None:
        """Nor can a document be named by anything but text."""
        with pytest.raises(QuestionInvalid) as caught:
            read_document("a: b", None)  # type: ignore[arg-type]
        assert caught.value.problems == (Problem("name", "a document's name is text", "pass the name of the file"),)

    def test_name_is_shown_safely(self) -> None:
        """A name with control characters is escaped wherever it is shown."""
        assert said("a:", "x\n\u202e.yaml")[0][0] == "x\\n\\u202e.yaml:1:1: a"
        assert read_document("a: b", "x\ud800").name == "x\\ud800"


# --- anything at all ------------------------------------------------------------------------------------

TYPE_NAMES = ("NoneType", "dict", "Traceback", "object at", "yaml.", "unicode string")


def outcome(text: str | bytes, name: str) -> dict[str, object] | None:
    """The tree's root, or nothing when it was refused in fit sentences; any other error fails the test."""
    try:
        return read_document(text, name).root
    except PolicyInvalid as error:
        found = error.problems
    assert 1 <= len(found) <= 101
    for problem in found:
        sentence = str(problem)
        assert sentence.encode().decode().splitlines() == [sentence]
        assert problem.what
        assert problem.hint
        assert len(problem.what) < 150
        assert not any(word in sentence for word in TYPE_NAMES)
    return None


NAMES = st.sampled_from(["p.yaml", "p.json"])
SPICE = st.sampled_from(
    [*" \n\t:-[]{}&*!|>'\"#%@`,?~<=\\.a0\u00e9\u0301\u202e\ud800\0\x85\ufeff", "<<: ", "---\n", "\r\n", "\\u"]
)
EDITS = st.lists(st.tuples(st.integers(0, len(POLICY)), st.integers(0, 12), st.lists(SPICE, max_size=3)), max_size=5)


def edited(text: str, edits: list[tuple[int, int, list[str]]]) -> str:
    for start, gone, new in edits:
        text = text[:start] + "".join(new) + text[start + gone :]
    return text


class TestAnythingAtAll:
    @given(st.text(st.characters(), max_size=60), NAMES)
    @settings(deadline=None, max_examples=300)
    def test_any_text(self, text: str, name: str) -> None:
        """Any text is read or refused, by either parser."""
        outcome(text, name)
        with without_libyaml():
            outcome(text, name)

    @given(st.binary(max_size=60), NAMES)
    @settings(deadline=None, max_examples=200)
    def test_any_bytes(self, text: bytes, name: str) -> None:
        """Any bytes are read or refused."""
        outcome(text, name)

    @given(st.lists(SPICE, max_size=30), NAMES)
    @settings(deadline=None, max_examples=400)
    def test_any_marks(self, marks: list[str], name: str) -> None:
        """Any heap of YAML's own marks is read or refused, and two parsers never read two trees."""
        text = "".join(marks)
        fast = outcome(text, name)
        with without_libyaml():
            pure = outcome(text, name)
        assert fast is None or pure is None or fast == pure

    @given(EDITS)
    @settings(deadline=None, max_examples=300)
    def test_edited_policy(self, edits: list[tuple[int, int, list[str]]]) -> None:
        """A policy with a few slips is read or refused, and two parsers never read two trees."""
        text = edited(POLICY, edits)
        fast = outcome(text, "p.yaml")
        assert fast == outcome(text, "p.yaml")
        with without_libyaml():
            pure = outcome(text, "p.yaml")
        assert fast is None or pure is None or fast == pure


WORDS = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x24F, exclude_characters="\xad", exclude_categories=["Cc"])
    | st.sampled_from("\u0301\u0323日本語ж\u26a0\U0001f642\uac00\u1100\u1161"),
    max_size=12,
).map(lambda word: unicodedata.normalize("NFC", word))
KEYS = WORDS.filter(str.strip)
TREES = st.dictionaries(
    KEYS,
    st.recursive(
        WORDS | st.sampled_from(["no", "null", "~", "1:30", "<<", "a\nb\n", "\ttab"]),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
        max_leaves=15,
    ),
    max_size=4,
)


class TestRoundTrip:
    @given(TREES, st.booleans())
    @settings(deadline=None, max_examples=150)
    def test_json(self, root: dict[str, object], ascii_only: bool) -> None:
        """What is dumped as JSON reads back as the same mappings, lists and texts."""
        text = json.dumps(root, ensure_ascii=ascii_only)
        assert read_document(text, "p.json").root == root
        assert read_document(text.encode(), "p").root == root

    @given(TREES, st.booleans(), st.sampled_from([None, True, False]))
    @settings(deadline=None, max_examples=150)
    def test_yaml(self, root: dict[str, object], unicode: bool, flow: bool | None) -> None:
        """So does what a YAML writer dumps, by either parser, and every value knows its place."""
        text = "---\n" + yaml.safe_dump(json.loads(json.dumps(root)), allow_unicode=unicode, default_flow_style=flow)
        tree = read_document(text, "p.yaml")
        assert tree.root == root
        assert all(tree.where((key,), key=True).startswith("p.yaml:") for key in root)
        with without_libyaml():
            assert read_document(text, "p.yaml").root == root
