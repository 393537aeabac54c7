"""Where in its documents something of a policy stands. The text is read again, and only when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ir_policy.errors import PolicyInvalid
from ir_policy.review.findings import Finding, Flaw, Path
from ir_policy.rules.model import Policy

if TYPE_CHECKING:
    from ir_policy.rules.reader import Tree

__all__ = ["Places"]


class Places:
    """The documents of one policy while places in them are looked up."""

    def __init__(self, policy: Policy) -> None:
        self.numbers = {document.id: number for number, document in enumerate(policy.documents)}
        self.documents = policy.documents
        self.trees: dict[int, Tree | None] = {}

    def finding(self, rule: str, flaw: Flaw) -> tuple[tuple[object, ...], Finding]:
        """The finding, behind what it is sorted by: the place as a reader meets it, then the rest."""
        where, line, column = self._where(flaw)
        found = Finding(rule, where, flaw.what, flaw.hint, flaw.clause, flaw.weight)
        number = self.numbers.get(flaw.document, len(self.numbers))
        return (number, line, column, rule, where, flaw.what), found

    def _where(self, flaw: Flaw) -> tuple[str, int, int]:
        number = self.numbers.get(flaw.document)
        tree = self._tree(number) if number is not None else None
        if tree is None:
            return f"{flaw.document}: {_dotted(flaw.path)}", 0, 0
        where = tree.where(_own(tree, flaw.path))
        spot = where.removeprefix(f"{tree.name}:").split(":", 2)
        placed = len(spot) == 3 and spot[0].isdecimal() and spot[1].isdecimal()
        return (where, int(spot[0]), int(spot[1])) if placed else (where, 0, 0)

    def _tree(self, number: int) -> Tree | None:
        if number not in self.trees:
            self.trees[number] = self._read(number)
        return self.trees[number]

    def _read(self, number: int) -> Tree | None:
        from ir_policy.rules.reader import read_document  # only here is a text read again

        document = self.documents[number]
        try:
            return read_document(document.written, f"{document.id}.yaml") if document.written else None
        except PolicyInvalid:  # it was loaded from a file that ended in .json, and is no YAML
            return None


def _own(tree: Tree, path: Path) -> Path:
    """The path as its own document writes it: a law's rules are named below its prefix only once it is composed."""
    prefix = tree.root.get("prefix")
    if prefix and len(path) > 1:
        return (path[0], str(path[1]).removeprefix(f"{prefix}."), *path[2:])
    return path


def _dotted(path: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
