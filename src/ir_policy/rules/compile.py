"""Documents → Policy: compose one company policy with its laws, contracts and calendar, and link every name.

Every problem of every document is reported in one pass, with place, path and a way out. After loading succeeds,
evaluating cannot fail for a reason that lies in a document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from attrs import evolve

from ir_policy.calendar import Calendar, Holidays, weekday_numbers, zone, zone_data
from ir_policy.errors import PolicyInvalid, Problem, QuestionInvalid
from ir_policy.rules.canonical import canonical_text, digest_of
from ir_policy.rules.document import DayDoc, SpanDoc
from ir_policy.rules.link import Linker
from ir_policy.rules.model import AtRisk, Document, Policy
from ir_policy.rules.reader import Tree, read_document
from ir_policy.rules.shape import Shaped, shape
from ir_policy.terms import FrozenMap, Phase, canonical_json, is_id, nearest, show

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
    if isinstance(documents, str) or not isinstance(documents, Iterable):
        raise QuestionInvalid([Problem("documents", "is not a list of documents", "put it in brackets")])
    given = list(documents)
    holidays = [item for item in given if isinstance(item, Holidays)]
    own = [shape(_read(item, f"documents[{i}]")) for i, item in enumerate(given) if not isinstance(item, Holidays)]
    company = shape(_read(source, "document"))
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
    found = _named(company, own, problems)
    wanted = [*(company.held.get("laws") or ()), *(company.held.get("contracts") or ())]
    parts = [company, *found]
    for part in parts[1:]:
        problems.extend(part.problems)
    calendar_part, calendar = _calendar(company, own, holidays, problems)
    linker = Linker(parts, whole=len(found) == len(wanted) and all(part.held.get("prefix") for part in found))
    problems.extend(linker.problems)
    problems.extend(_unnamed(company, own, holidays, [*parts, calendar_part]))
    if problems or calendar is None:
        raise PolicyInvalid(_in_order(problems))
    if calendar_part is not None:
        parts.append(calendar_part)
    return _assembled(company, parts, calendar, linker)


# --- finding documents ----------------------------------------------------------------------------------

_FOLDERS: Final = ("", "law", "contract", "calendars")


def _read(source: object, place: str) -> Tree:
    """A document from wherever it is; ``place`` is what messages call one that has no name of its own."""
    if isinstance(source, Path):
        try:
            return read_document(source.read_bytes(), source.name)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "this can be no path"
            raise QuestionInvalid(
                [Problem(show(str(source), 200), f"cannot be read: {why}", "check the path")]
            ) from None
    if not isinstance(source, str):
        hint = "pass an id, a pathlib.Path, or what the file holds"
        raise QuestionInvalid([Problem(place, "is neither an id, a path nor text", hint)])
    name, _, version = source.partition("@")
    if is_id(name) and "\n" not in source:
        return _shipped(name, version, place)
    return read_document(source, place)


def _shipped(name: str, version: str, place: str) -> Tree:
    """A document of the package's own catalogue, by id and version."""
    tree = _find_shipped(name, version)
    if tree is None:
        wanted = show(f"{name}@{version}" if version else name, 200)
        known = sorted(_shipped_names())
        same = _find_shipped(name, "")
        hint = f"shipped is {name}@{same.root.get('version')}" if same is not None else nearest(name, known)
        hint = hint or f"shipped are {', '.join(known)}"
        raise QuestionInvalid([Problem(place, f"no document '{wanted}' is shipped", hint)])
    return tree


def _find_shipped(name: str, version: str) -> Tree | None:
    from importlib import resources

    if version and (len(version) > 40 or not set(version) <= set("0123456789.")):
        return None
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
    found: list[Shaped] = []
    for section, kinds in (("laws", ("law",)), ("contracts", ("contract",))):
        for index, (name, version) in enumerate(company.held.get(section) or ()):
            part = _looked_up(name, version, own)
            if part is None or part.kind not in kinds:
                what = f"no {kinds[0]} '{_pin(name, version)}' is known"
                hint = _way_out(name, kinds, own) or "pass it in as a document"
                problems.append(Problem(company.tree.where((section, index)), what, hint))
            elif any(part.id == other.id for other in found):
                what = f"'{name}' is named twice"
                problems.append(Problem(company.tree.where((section, index)), what, "keep one of them"))
            else:
                found.append(part)
    return found


def _unnamed(
    company: Shaped, own: list[Shaped], holidays: list[Holidays], used: list[Shaped | None]
) -> Iterator[Problem]:
    """What was passed in and has no effect: a rule that silently is not there is the worst slip of all."""
    for part in own:
        if any(part is other for other in used) or (part.kind == "calendar" and company.held.get("calendar") is None):
            continue
        yield from part.problems
        if part.kind:
            twice = any(other is not None and other.id == part.id for other in used)
            hint = "keep one of them" if twice else "name it in the policy, or leave it out"
            what = f"is passed in {'twice' if twice else 'but the policy does not name it'}"
            yield Problem(part.tree.where(("id",)), f"'{_pin(part.id, part.version)}' {what}", hint)
    rule = company.held.get("calendar")
    for days in holidays:
        if rule is not None and days.place != rule.holidays[0]:
            what = f"holidays of '{show(str(days.place))}' are passed in but the policy does not name them"
            yield Problem("documents", what, f"its calendar names '{rule.holidays[0]}'")


def _pin(name: str, version: str) -> str:
    return show(f"{name}@{version}" if version else name, 200)


def _way_out(name: str, kinds: tuple[str, ...], own: list[Shaped]) -> str:
    same = _looked_up(name, "", own)
    if same is None:
        return nearest(name, _shipped_names())
    return f"known is {name}@{same.version}" if same.kind in kinds else f"'{name}' is a {same.kind}"


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
        what = "business does not close after it opens"
        problems.append(Problem(company.tree.where(("calendar", "closes")), what, "make 'closes' later than 'opens'"))
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
        what = f"no calendar '{_pin(name, version)}' is known"
        hint = _way_out(name, ("calendar",), own) or "pass Holidays of the place in `documents`"
        problems.append(Problem(company.tree.where(("calendar", "holidays")), what, hint))
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
    if span.to < span.from_:
        problems.append(Problem(part.tree.where(("covers", "to")), "the list ends before it begins", "check both days"))
        return part, None
    return part, Holidays(name, span.from_, span.to, _dated(part, span, listed, problems))


def _dated(part: Shaped, span: SpanDoc, listed: Mapping[str, DayDoc], problems: list[Problem]) -> FrozenMap[date, str]:
    named: dict[date, str] = {}
    for text, rule in listed.items():
        place = part.tree.where(("days", text), key=True)
        day = _day(text)
        if day is None:
            problems.append(Problem(place, f"'{show(text)}' is not a day of the calendar", "write it like 2026-04-27"))
        elif span.from_ <= span.to and not span.from_ <= day <= span.to:
            problems.append(Problem(place, f"'{text}' lies outside the days the list covers", "widen 'covers'"))
        else:
            named[day] = rule.name
        if rule.source not in part.held["sources"]:
            what = f"no source of this document is called '{rule.source}'"
            hint = nearest(rule.source, part.held["sources"])
            problems.append(Problem(part.tree.where(("days", text, "source")), what, hint))
    return FrozenMap(named)


def _day(text: str) -> date | None:
    """A day as people write it; Python alone would take ``20260427`` too."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


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
        notices=linker.notices,
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
        templates=linker.templates,
        about=linker.about,
        bits=linker.bits,
        bit_index=FrozenMap({(atom.kind, atom.name): bit for atom, bit in linker.bits.items()}),
        worse_if_yes=linker.worse_if_yes,
        worse_if_no=linker.worse_if_no,
        mark_sources=linker.mark_sources,
        canonical="",
        programs=frozenset(held["programs"] or ()),
    )
    text = canonical_text(draft, draft.bits)
    return evolve(draft, canonical=text, digest=digest_of(text))


def _document(part: Shaped) -> Document:
    digest = digest_of(canonical_json(part.tree.root))
    return Document(part.kind, part.id, part.version, part.held["title"], digest, part.held["status"], part.tree.text)


_PLACE: Final = re.compile(r"(.*?):(\d+):(\d+)(?::|$)")


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Each problem once, in the order a reader meets them; what stands nowhere comes last."""
    found = [(_PLACE.match(problem.where), problem) for problem in dict.fromkeys(problems)]
    names = list(dict.fromkeys(place[1] for place, _ in found if place is not None))
    placed = [((names.index(at[1]), int(at[2]), int(at[3])), problem) for at, problem in found if at is not None]
    ordered = [problem for _, problem in sorted(placed, key=lambda item: item[0])]
    return [*ordered, *(problem for place, problem in found if place is None)]
