"""The strict reader of documents: YAML or JSON text becomes mappings, lists and text, each with its place.

It knows how a document may be written and where everything in it stands. It refuses to know what a word
means: ``no``, ``09:00`` and ``0.20`` stay the text somebody typed, and which keys exist is for the schema.
The parser's events are taken one by one and nothing is ever composed, so an alias bomb or a nest of brackets
is refused before it unfolds.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Final, NoReturn

from attrs import Factory, define, field, frozen

from ir_policy.errors import PolicyInvalid, Problem, QuestionInvalid
from ir_policy.terms import HIDDEN, MAX_MARKS, piled, show

__all__ = ["Place", "Tree", "read_document"]

MAX_BYTES: Final = 1024 * 1024
MAX_NODES: Final = 50_000
MAX_DEPTH: Final = 20
MAX_SCALAR: Final = 20_000
MAX_PROBLEMS: Final = 100

_EMPTY: Final = ("the document is empty", "write at least one key and its value")
_NO_MAPPING: Final = ("the top level of the document is not a mapping", "start with 'key: value'")
_TOO_DEEP: Final = (f"this is nested more than {MAX_DEPTH} levels deep", "flatten it")

Path = tuple[str | int, ...]


@frozen
class Place:
    """A line and a column, both counted from 1; zeros where the place is not known."""

    line: int
    column: int


NOWHERE: Final = Place(0, 0)


@frozen
class Tree:
    """A document as it was written: nested mappings and lists whose every leaf is text."""

    name: str
    """The document's name as messages show it."""
    root: dict[str, object]
    text: str = field(eq=False, repr=False)
    """What was read, with line feeds between lines: read again it is the same document."""
    _values: dict[Path, Place] = field(factory=dict, eq=False, repr=False)
    _keys: dict[Path, Place] = field(factory=dict, eq=False, repr=False)

    def where(self, path: Path, *, key: bool = False) -> str:
        """The place of the value at ``path``, or of its key, in the form a problem wants.

        When the document ends before the path does, the line is that of the last part which exists; the
        dotted path is always the one asked for.
        """
        known = (path[:length] for length in range(len(path), -1, -1))
        part = next((part for part in known if part in self._values), ())
        place = self._values.get(part, NOWHERE)
        return _where(self.name, self._keys.get(part, place) if key else place, path)


def read_document(text: str | bytes, name: str) -> Tree:
    """The document as a tree; :class:`PolicyInvalid` carries everything one pass finds wrong with it.

    Text whose name ends in ``.json``, and text that opens with a brace and is whole JSON, is read as JSON,
    which has no places.
    """
    if not isinstance(text, str | bytes):
        raise QuestionInvalid([Problem("text", "a document is text or bytes", "pass what the file holds")])
    if not isinstance(name, str):
        raise QuestionInvalid([Problem("name", "a document's name is text", "pass the name of the file")])
    builder = _Builder(show(name, 200))
    source = builder.text = _clean(text, builder)
    if not source.strip():
        builder.stop(*_EMPTY)
    if name.lower().endswith(".json"):
        _read_json(source, builder, strictly=True)
    elif not (source.lstrip().startswith("{") and _read_json(source, builder, strictly=False)):
        _read_yaml(source, builder)
    return builder.tree()


# --- characters -----------------------------------------------------------------------------------------

_BAD: Final = re.compile(f"[{HIDDEN}]+")
_BAD_IN_KEY: Final = re.compile(rf"[\t\n{HIDDEN}]")
_BIDIRECTIONAL: Final = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TAG_DIRECTIVE: Final = re.compile(r"^%(?=TAG)", re.MULTILINE)


def _clean(text: str | bytes, builder: _Builder) -> str:
    """The text with ``\\n`` between lines. What no document may hold is reported and stands as U+FFFD."""
    raw = text if isinstance(text, bytes) else text[: MAX_BYTES + 1].encode("utf-8", "surrogatepass")
    if len(raw) > MAX_BYTES:
        builder.stop(f"the document is longer than {MAX_BYTES} bytes", "split it")
    # A byte that is not UTF-8 arrives as a half character, which the same pattern finds.
    whole = text if isinstance(text, str) else text.decode("utf-8", "surrogateescape")
    whole = whole.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for found in islice(_BAD.finditer(whole), MAX_PROBLEMS + 1):
        what, hint = _flaw(found[0][0], undecoded=isinstance(text, bytes))
        builder.add(_place_at(whole, found.start()), f"here stands {what}", hint, path=())
    return _BAD.sub(lambda bad: "\ufffd" * len(bad[0]), whole)


def _flaw(char: str, *, undecoded: bool = False) -> tuple[str, str]:
    """What a character is that no document may hold, and the way out."""
    code = ord(char)
    if undecoded and 0xDC80 <= code <= 0xDCFF:
        return f"a byte that is not UTF-8 (0x{code & 0xFF:02X})", "save the file as UTF-8"
    if 0xD800 <= code <= 0xDFFF:
        kind = "half a character"
    elif _BIDIRECTIONAL.match(char):
        kind = "a bidirectional control"
    elif unicodedata.category(char) == "Cc":
        kind = "a control character"
    else:
        kind = "an invisible character"
    return f"{kind} (U+{code:04X})", "delete it"


def _place_at(text: str, offset: int) -> Place:
    return Place(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def _where(name: str, place: Place, path: Path) -> str:
    spot = f"{name}:{place.line}:{place.column}" if place.line else name
    dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{show(part) or '?'}" for part in path)
    return f"{spot}: {dotted.removeprefix('.')}" if path else spot


# --- building the tree ----------------------------------------------------------------------------------


@define
class _Frame:
    """A mapping or list that is still open. ``key`` is the key whose value comes next."""

    path: Path
    items: dict[str, object] | list[object]
    key: str | None = None


@define
class _Builder:
    """The tree so far, and all that is wrong with it. Both formats feed it in the order of the text."""

    name: str
    root: object = None
    text: str = ""
    nodes: int = 0
    frames: list[_Frame] = Factory(list)
    values: dict[Path, Place] = Factory(dict)
    keys: dict[Path, Place] = Factory(dict)
    findings: list[tuple[Place, Problem]] = Factory(list)

    def add(self, place: Place, what: str, hint: str, path: Path | None = None) -> None:
        """Report a problem with what comes next, or with ``path``, and read on."""
        where = _where(self.name, place, self._here() if path is None else path)
        self.findings.append((place, Problem(where, what, hint)))

    def stop(self, what: str, hint: str, place: Place = NOWHERE, path: Path | None = ()) -> NoReturn:
        """Report a problem behind which nothing can be read."""
        self.add(place, what, hint, path)
        raise self._invalid()

    def tree(self) -> Tree:
        if self.findings:
            raise self._invalid()
        if not isinstance(self.root, dict):
            self.stop(*_EMPTY)
        return Tree(self.name, self.root, self.text, self.values, self.keys)

    def scalar(self, text: str, place: Place, *, plain: bool = False) -> None:
        self._count(place)
        if self._at_key:
            self._take_key(text, place, plain=plain)
            return
        if not self.frames:
            self.add(place, *(_NO_MAPPING if text else _EMPTY))
        self._put(self._checked(text, place, _BAD), place)

    def nothing(self, place: Place) -> None:
        """A value was announced and did not come."""
        here = self._here()
        if self.frames and not self._at_key:
            behind = f"behind '{show(here[-1])}'" if isinstance(here[-1], str) else f"in item [{here[-1]}]"
            self.add(self.keys.get(here, place), f"nothing stands {behind}", "write a value or delete this")
        self.scalar("", place)

    def open(self, items: dict[str, object] | list[object], place: Place) -> None:
        self._count(place)
        if len(self.frames) == MAX_DEPTH:
            self.stop(*_TOO_DEEP, place, None)
        if self._at_key:
            self.stop("a key is text, not a list or mapping", "write one word before the ':'", place, None)
        if not self.frames and isinstance(items, list):
            self.add(place, *_NO_MAPPING)
        frame = _Frame(self._here(), items)
        self._put(items, place)
        self.frames.append(frame)

    def close(self) -> None:
        self.frames.pop()

    @property
    def _at_key(self) -> bool:
        """Whether the next node is a key."""
        return bool(self.frames) and isinstance(self.frames[-1].items, dict) and self.frames[-1].key is None

    def _here(self) -> Path:
        """Where the next node goes; for a key, the mapping it belongs to."""
        if not self.frames:
            return ()
        frame = self.frames[-1]
        if isinstance(frame.items, list):
            return (*frame.path, len(frame.items))
        return frame.path if frame.key is None else (*frame.path, frame.key)

    def _count(self, place: Place) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.stop(f"the document has more than {MAX_NODES} keys and values", "split it", place)

    def _put(self, value: object, place: Place) -> None:
        self.values[self._here()] = place
        if not self.frames:
            self.root = value
            return
        frame = self.frames[-1]
        if isinstance(frame.items, list):
            frame.items.append(value)
        else:
            frame.items[frame.key or ""] = value
            frame.key = None

    def _take_key(self, text: str, place: Place, *, plain: bool) -> None:
        frame = self.frames[-1]
        key = self._checked(text, place, _BAD_IN_KEY)
        path = (*frame.path, key)
        if not text.strip():
            self.add(place, "a key is empty", "write one word before the ':'")
        elif plain and key == "<<":
            self.add(place, "merge keys such as '<<' are refused", "write the keys out", path)
        elif key and key in frame.items:
            line = self.keys[path].line
            before = f", before in line {line}" if line else ""
            self.add(place, f"key '{show(key)}' stands here twice{before}", "keep one of them", path)
        self.keys[path] = place
        frame.key = key

    def _checked(self, text: str, place: Place, bad: re.Pattern[str]) -> str:
        """The text in Unicode's composed form; what is refused is reported and becomes an empty text."""
        if len(text) > MAX_SCALAR:
            self.add(place, f"'{show(text)}' is longer than {MAX_SCALAR} characters", "shorten it")
        elif piled(text):
            self.add(place, f"more than {MAX_MARKS} accents stand on one letter", "delete them")
        elif found := bad.search(text):
            what, hint = _flaw(found[0][0])
            self.add(place, f"'{show(text)}' holds {what}", hint)
        else:
            return unicodedata.normalize("NFC", text)
        return ""

    def _invalid(self) -> PolicyInvalid:
        ordered = sorted(self.findings, key=lambda finding: (finding[0].line, finding[0].column))
        problems = [problem for _, problem in ordered[:MAX_PROBLEMS]]
        if len(ordered) > MAX_PROBLEMS:
            problems.append(Problem(self.name, "more problems follow", "mend these first"))
        return PolicyInvalid(problems)


# --- YAML -----------------------------------------------------------------------------------------------

_YAML_HINTS: Final = (
    ("mapping values are not allowed", "quote text that holds ': ', and check the indentation"),
    ("cannot start any token", "indent with spaces, and quote text that starts with '@', '`' or '%'"),
    ("found a tab", "indent with spaces"),
    ("end of stream", "close the quote or bracket"),
)


def _read_yaml(text: str, builder: _Builder) -> None:
    import yaml  # only when a document is read

    for found in islice(_TAG_DIRECTIVE.finditer(text), MAX_PROBLEMS + 1):
        place = _place_at(text, found.start())
        builder.add(place, "tags are refused", "delete the line; every value is read as text", ())
    # As comments, because the parser compares each such line with all the others.
    source = _TAG_DIRECTIVE.sub("#", text)
    events = _events(source)
    while (event := _next_event(events, builder)) is not None:
        place = Place(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.DocumentStartEvent) and builder.root is not None:
            builder.stop("a second document starts here", "keep one document in each file", place)
        elif isinstance(event, yaml.NodeEvent):
            _take_node(event, place, builder)
        elif isinstance(event, yaml.CollectionEndEvent):
            builder.close()


def _events(source: str) -> Iterator[Any]:
    """What the parser finds; the one in C where there is one."""
    import yaml

    given = 0
    try:
        for event in yaml.parse(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            given += 1
            yield event
    except yaml.MarkedYAMLError as fault:
        # Newer ones in C look far ahead and stop at a depth of their own, long before the place where ours is passed.
        if "nesting depth" not in (fault.problem or ""):
            raise
        yield from islice(yaml.parse(source, Loader=yaml.SafeLoader), given, None)


def _next_event(events: Iterator[Any], builder: _Builder) -> Any:
    try:
        return next(events, None)
    except Exception as fault:  # the pure parser raises even an OverflowError, for '\UFFFFFFFF'
        mark = getattr(fault, "problem_mark", None)
        place = Place(mark.line + 1, mark.column + 1) if mark else NOWHERE
        said = " ".join((getattr(fault, "problem", None) or "it cannot be parsed").split())
        hint = next((hint for part, hint in _YAML_HINTS if part in said), "check the text before this place")
        builder.stop(f"this is not YAML: {show(said)}", hint, place)


def _take_node(event: Any, place: Place, builder: _Builder) -> None:
    import yaml

    if isinstance(event, yaml.AliasEvent):
        builder.add(place, f"alias '*{show(event.anchor or '')}' is refused", "write the value out here")
        builder.scalar(f"*{event.anchor}", place)
        return
    if event.anchor is not None:
        builder.add(place, f"anchor '&{show(event.anchor)}' is refused", "delete it")
    if event.tag is not None:
        tag = show(event.tag.replace("tag:yaml.org,2002:", "!!", 1))
        builder.add(place, f"tag '{tag}' is refused", "delete it; every value is read as text")
    if isinstance(event, yaml.MappingStartEvent):
        builder.open({}, place)
    elif isinstance(event, yaml.SequenceStartEvent):
        builder.open([], place)
    elif not event.style and not event.value:
        builder.nothing(place)
    else:
        builder.scalar(event.value, place, plain=not event.style)


# --- JSON -----------------------------------------------------------------------------------------------

_JSON_BRACKETS: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)


class _Pairs(list[tuple[str, object]]):
    """A mapping before its keys were compared."""


class _Constant(str):
    """``NaN`` or ``Infinity``, which Python's parser takes and JSON does not know."""

    __slots__ = ()


def _read_json(text: str, builder: _Builder, *, strictly: bool) -> bool:
    """Feed the builder if this is JSON; otherwise say so, or complain when it must be JSON."""
    too_deep = _too_deep(text)
    if too_deep is not None:
        if strictly:
            builder.stop(*_TOO_DEEP, _place_at(text, too_deep))
        return False
    try:
        value = json.loads(text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=_Constant)
    except json.JSONDecodeError as fault:
        if strictly:
            said = fault.msg[:1].lower() + fault.msg[1:]
            place = Place(fault.lineno, fault.colno)
            builder.stop(f"this is not JSON: {show(said)}", "check the text before this place", place)
        return False
    _feed(value, builder)
    return True


def _too_deep(text: str) -> int | None:
    """Where the first bracket stands that is nested too deep; Python's parser would recurse into it."""
    depth = 0
    for found in _JSON_BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth > MAX_DEPTH:
            return found.start()
    return None


def _feed(value: object, builder: _Builder) -> None:
    """Hand a parsed value to the builder, node by node and without recursion."""
    ends: Final = object()
    levels: list[Iterator[object]] = [iter((value,))]
    while levels:
        node = next(levels[-1], ends)
        if node is ends:
            levels.pop()
            if levels:
                builder.close()
        elif isinstance(node, _Pairs):
            builder.open({}, NOWHERE)
            levels.append(chain.from_iterable(node))
        elif isinstance(node, list):
            builder.open([], NOWHERE)
            levels.append(iter(node))
        elif node is None:
            builder.nothing(NOWHERE)
        else:
            if isinstance(node, _Constant):
                builder.add(NOWHERE, f"'{node}' is not a number", "write the number out")
            builder.scalar(str(node).lower() if isinstance(node, bool) else str(node), NOWHERE)
