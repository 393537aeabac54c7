"""Documents → Policy: compose one company policy with its laws, contracts and calendar, and link every name.

Every problem of every document is reported in one pass, with place, path and a way out. After loading succeeds,
evaluating cannot fail for a reason that lies in a document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from attrs import evolve

from ir_policy.calendar import Calendar, Holidays, weekday_numbers, zone, zone_data
from ir_policy.errors import PolicyInvalid, Problem, QuestionInvalid
from ir_policy.rules.canonical import canonical_text, digest_of
from ir_policy.rules.document import DayDoc
from ir_policy.rules.link import Linker
from ir_policy.rules.model import AtRisk, Document, Policy
from ir_policy.rules.reader import Tree, read_document
from ir_policy.rules.shape import Shaped, shape
from ir_policy.terms import FrozenMap, Phase, canonical_json, is_id, nearest

__all__ = ["SEMANTICS", "load_policy"]

SEMANTICS: Final = 1
"""Raised whenever the same documents and the same log could give any other duty than before."""


def load_policy(source: str | Path, *, documents: Iterable[str | Path | Holidays] = ()) -> Policy:
    """The policy a document says, composed with the laws, contracts and calendar it names.

    ``source`` is the id of a shipped policy (``motion-mavericks``, or ``motion-mavericks@0.2.0`` for ever), a
    :class:`~pathlib.Path`, or the text of a document. ``documents`` adds laws, contracts and calendars of your own,
    or :class:`~ir_policy.calendar.Holidays` of any place; what is not found there is looked for among the shipped.

    Raises :class:`~ir_policy.errors.PolicyInvalid` with every problem of every document at once, and
    :class:`~ir_policy.errors.QuestionInvalid` for an id nobody ships.
    """
    given = list(documents)
    holidays = [item for item in given if isinstance(item, Holidays)]
    own = [shape(_read(item)) for item in given if not isinstance(item, Holidays)]
    company = shape(_read(source))
    problems = list(company.problems)
    if company.kind != "policy":
        if not problems:
            problems.append(
                Problem(
                    company.tree.where(("document",)),
                    "is not a policy",
                    "load the company's policy; it names its laws",
                )
            )
        raise PolicyInvalid(problems)
    parts = [company, *_named(company, own, problems)]
    for part in parts[1:]:
        problems.extend(part.problems)
    calendar_part, calendar = _calendar(company, own, holidays, problems)
    linker = Linker(parts)
    problems.extend(linker.problems)
    if problems or calendar is None:
        raise PolicyInvalid(_in_order(problems))
    if calendar_part is not None:
        parts.append(calendar_part)
    return _assembled(company, parts, calendar, linker)


# --- finding documents ----------------------------------------------------------------------------------

_FOLDERS: Final = ("", "law", "contract", "calendars")


def _read(source: object) -> Tree:
    if isinstance(source, Path):
        try:
            return read_document(source.read_bytes(), source.name)
        except OSError as error:
            raise QuestionInvalid(
                [Problem(str(source), f"cannot be read: {error.strerror}", "check the path")]
            ) from None
    if not isinstance(source, str):
        raise QuestionInvalid([Problem("document", "is neither an id, a path nor text")])
    name, _, version = source.partition("@")
    if is_id(name) and "\n" not in source:
        return _shipped(name, version)
    return read_document(source, "document")


def _shipped(name: str, version: str) -> Tree:
    """A document of the package's own catalogue, by id and version."""
    tree = _find_shipped(name, version)
    if tree is None:
        wanted = f"{name}@{version}" if version else name
        known = sorted(_shipped_names())
        raise QuestionInvalid(
            [
                Problem(
                    "document",
                    f"no document '{wanted}' is shipped",
                    nearest(name, known) or f"shipped are {', '.join(known)}",
                )
            ]
        )
    return tree


def _find_shipped(name: str, version: str) -> Tree | None:
    from importlib import resources

    catalog = resources.files("ir_policy.rules").joinpath("catalog")
    for folder in _FOLDERS:
        for file in (f"{name}@{version}.yaml", f"{name}.yaml"):
            path = catalog.joinpath(folder, file) if folder else catalog.joinpath(file)
            if path.is_file():
                tree = read_document(path.read_bytes(), file)
                if version in ("", tree.root.get("version")):
                    return tree
    return None


def _shipped_names() -> Iterator[str]:
    from importlib import resources

    catalog = resources.files("ir_policy.rules").joinpath("catalog")
    for folder in _FOLDERS:
        place = catalog.joinpath(folder) if folder else catalog
        for path in place.iterdir() if place.is_dir() else ():
            if path.name.endswith(".yaml"):
                yield path.name.removesuffix(".yaml")


def _named(company: Shaped, own: list[Shaped], problems: list[Problem]) -> list[Shaped]:
    """The laws and contracts the company's policy names, in that order."""
    found = []
    for section, kinds in (("laws", ("law",)), ("contracts", ("contract",))):
        for index, (name, version) in enumerate(company.held.get(section) or ()):
            part = _looked_up(name, version, own)
            if part is None or part.kind not in kinds:
                wanted = f"{name}@{version}" if version else name
                problems.append(Problem(company.tree.where((section, index)), f"no {kinds[0]} '{wanted}' is known",
                                        nearest(name, _shipped_names()) or "pass it in as a document"))  # fmt: skip
            else:
                found.append(part)
    return found


def _looked_up(name: str, version: str, own: list[Shaped]) -> Shaped | None:
    for part in own:
        if part.id == name and version in ("", part.version):
            return part
    tree = _find_shipped(name, version)
    return shape(tree) if tree is not None else None


# --- the calendar ---------------------------------------------------------------------------------------


def _calendar(
    company: Shaped, own: list[Shaped], holidays: list[Holidays], problems: list[Problem]
) -> tuple[Shaped | None, Calendar | None]:
    rule = company.held.get("calendar")
    if rule is None:
        if "calendar" not in company.tree.root:
            problems.append(
                Problem(
                    f"{company.tree.name}: calendar",
                    "'calendar' is missing",
                    "say zone, hours, workdays and holidays",
                )
            )
        return None, None
    try:
        zone(rule.zone)
    except QuestionInvalid as error:
        problems.append(
            Problem(company.tree.where(("calendar", "zone")), error.problems[0].what, error.problems[0].hint)
        )
    if rule.opens >= rule.closes:
        problems.append(Problem(company.tree.where(("calendar", "closes")), "business closes before it opens"))
    part, days = _holidays(company, rule.holidays, own, holidays, problems)
    if days is None:
        return part, None
    return part, Calendar(rule.zone, rule.opens, rule.closes, weekday_numbers(rule.workdays), days)


def _holidays(
    company: Shaped,
    wanted: tuple[str, str],
    own: list[Shaped],
    given: list[Holidays],
    problems: list[Problem],
) -> tuple[Shaped | None, Holidays | None]:
    name, version = wanted
    for days in given:
        if days.place == name:
            return None, days
    part = _looked_up(name, version, own)
    if part is None or part.kind != "calendar":
        problems.append(Problem(company.tree.where(("calendar", "holidays")), f"no calendar '{name}' of that version is known",
                                "pass Holidays of the place in `documents`"))  # fmt: skip
        return None, None
    problems.extend(part.problems)
    span, listed = part.held.get("covers"), part.held.get("days") or {}
    if span is None or part.problems:
        if span is None and not part.problems:
            problems.append(
                Problem(
                    f"{part.tree.name}: covers",
                    "'covers' is missing",
                    "say from which day to which the list speaks",
                )
            )
        return part, None
    return part, Holidays(name, span.from_, span.to, _dated(part, listed, problems))


def _dated(part: Shaped, listed: Mapping[str, DayDoc], problems: list[Problem]) -> FrozenMap[date, str]:
    named: dict[date, str] = {}
    for text, rule in listed.items():
        try:
            named[date.fromisoformat(text)] = rule.name
        except ValueError:
            problems.append(
                Problem(part.tree.where(("days", text), key=True), f"'{text[:40]}' is not a day of the calendar")
            )
        if rule.source not in part.held["sources"]:
            problems.append(Problem(part.tree.where(("days", text, "source")), "names no source of this document"))
    return FrozenMap(named)


# --- assembling -----------------------------------------------------------------------------------------


def _assembled(company: Shaped, parts: list[Shaped], calendar: Calendar, linker: Linker) -> Policy:
    held = company.held
    draft = Policy(
        id=company.id,
        version=company.version,
        title=held["title"],
        status=held["status"],
        digest="",
        semantics=SEMANTICS,
        zone_data=zone_data(),
        documents=tuple(_document(part) for part in parts),
        calendar=calendar,
        at_risk=AtRisk(held["at_risk"].share, held["at_risk"].at_least),
        roles=linker.roles,
        facts=linker.facts,
        families=linker.families,
        marks=linker.marks,
        readings=linker.readings,
        rows=linker.rows,
        raises=linker.raises,
        phases=linker.phases,
        reopens_to=Phase(held["reopens_to"]),
        steps=FrozenMap(held["steps"]),
        duties=linker.duties,
        gates=linker.gates,
        bits=linker.bits,
        bit_index=FrozenMap({(atom.kind, atom.name): bit for atom, bit in linker.bits.items()}),
        worse_if_yes=linker.worse_if_yes,
        worse_if_no=linker.worse_if_no,
        mark_sources=linker.mark_sources,
        canonical="",
    )
    text = canonical_text(draft, draft.bits)
    return evolve(draft, canonical=text, digest=digest_of(text))


def _document(part: Shaped) -> Document:
    digest = digest_of(canonical_json(part.tree.root))
    return Document(part.kind, part.id, part.version, part.held["title"], digest, part.held["status"])


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Each problem once, in the order a reader meets them."""
    return list(dict.fromkeys(problems))
