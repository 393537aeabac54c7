"""The pages around the rules: what the policy is, what it stands on and practises, and what is still open."""

from __future__ import annotations

from collections.abc import Iterator

from ir_policy.calendar import WORKDAYS
from ir_policy.present.pages.called import called, called_words
from ir_policy.present.pages.markdown import bullets, code, link, sentence, table, text
from ir_policy.present.pages.readings import every_reading, reading_link, readings_of_page
from ir_policy.present.pages.rules import duties_in_full, duty_link
from ir_policy.present.pages.words import conditions, length, limits, people, roles, setting
from ir_policy.rules.about import Objective, OpenQuestion, SeeAlso, Tool
from ir_policy.rules.conditions import Atom
from ir_policy.rules.model import Policy
from ir_policy.rules.words import listed

__all__ = ["index", "open_questions", "readiness"]


# --- what it is -----------------------------------------------------------------------------------------


def index(policy: Policy) -> Iterator[str]:
    about = policy.about
    for said in (about.summary, about.context):
        if said:
            yield text(said)
            yield ""
    yield from table(("What", "Is"), _head(policy))
    yield from _how_to_read(policy)
    if about.covers:
        yield "## What it covers"
        yield ""
        yield from table(
            ("Kind", "Means", "Reported by", "Clause"),
            ((text(one.id.replace("-", " ")), sentence(text(one.means)), listed(code(f) for f in one.facts), code(one.clause))
             for one in about.covers.values()),
        )  # fmt: skip
    if about.leaves_out:
        yield "## What it leaves out"
        yield ""
        yield from table(
            ("Kind", "Means", "Unless", "Reported by", "Clause"),
            ((text(one.id.replace("-", " ")), sentence(text(one.means)), sentence(text(one.unless)), code(one.fact) if one.fact else "",
              code(one.clause)) for one in about.leaves_out.values()),
        )  # fmt: skip
    if about.objectives:
        yield "## What it aims at"
        yield ""
        yield from table(
            ("Objective", "Means", "Figure", "At risk or lost when", "Clause"),
            (_objective(policy, one) for one in about.objectives.values()),
        )
    yield "## Instants that clocks start from"
    yield ""
    yield from table(
        ("Instant", "Is when", "Read as"),
        (
            (code(mark.id), text(mark.means), reading_link(mark.reading) if mark.reading else "")
            for mark in policy.marks.values()
        ),
    )
    if about.clauses:
        yield "## Where each chapter of the source is shown"
        yield ""
        yield from table(
            ("Chapter", "Clauses below", "Page"),
            ((text(one.title), code(one.id), link(one.page, one.page)) for one in about.clauses.values()),
        )
    yield from _pages_of_others(policy)
    yield from duties_in_full(policy, "index")
    yield from readings_of_page(policy, "index")


def _head(policy: Policy) -> Iterator[tuple[str, str]]:
    about = policy.about
    said = {
        "Project": text(about.project),
        "Version": f"{text(policy.version)}{f' ({text(policy.status)})' if policy.status else ''}",
        "Updated": about.updated.isoformat() if about.updated is not None else "",
        "Owner": people(policy, (about.owner,)) if about.owner else "",
        "Reviewers": people(policy, about.reviewers),
        "Language": text(about.language),
        "Tags": listed(code(tag) for tag in about.tags),
        "Composed of": listed(f"{text(one.title)} ({code(f'{one.id}@{one.version}')})" for one in policy.documents[1:]),
    }
    yield from ((label, words) for label, words in said.items() if words)


def _how_to_read(policy: Policy) -> Iterator[str]:
    calendar, holidays = policy.calendar, policy.calendar.holidays
    days = listed(WORKDAYS[number].capitalize() for number in sorted(calendar.workdays))
    yield "## How to read it"
    yield ""
    yield from bullets(
        (
            "Every rule names the clause it comes from. What a clause leaves open is a reading, named and ours to defend;"
            f" {link('open questions', 'open-questions')} lists them with their alternatives.",
            "A duty is owed once its condition is known to be so. A gate stays shut until its condition is known not to be so, or is met.",
            "A limit that only advises is marked as advice: a miss is shown and is no breach. All other limits bind.",
            "Minutes and hours run through nights and weekends, and the last moment is still in time. Days and months end with their last day.",
            f"Business hours are {calendar.opens:%H:%M} to {calendar.closes:%H:%M} in {text(calendar.zone_name)}, {days}, without the public"
            f" holidays listed from {holidays.covers_from.isoformat()} to {holidays.covers_to.isoformat()}.",
            f"Something is at risk when less than 1/{policy.at_risk.one_in} of its time is left, or less than {length(policy.at_risk.at_least)}.",
        )
    )


def _objective(policy: Policy, one: Objective) -> tuple[str, ...]:
    if one.duty:
        duty = policy.duties[one.duty]
        figure = f"{sentence(limits(policy, duty))}; see {duty_link(policy, duty)}"
    else:
        figure = sentence(setting(one.target, ""))
    if one.given_in:
        figure += f"; expected from {text(policy.about.references[one.given_in].title)}"
    if one.target is not None and one.target.question:
        figure += f"; see {link('open question', 'open-questions', one.target.question)}"
    facts = listed((f"{conditions(policy, Atom('fact', fact))} ({code(fact)})" for fact in one.facts), "or")
    name = text(one.id.replace("-", " "))
    reading = f", read as {reading_link(one.reading)}" if one.reading else ""
    return sentence(name), sentence(text(one.means)), figure, sentence(facts), f"{code(one.clause)}{reading}"


def _pages_of_others(policy: Policy) -> Iterator[str]:
    for title, found in (("## See also", policy.about.references), ("## Drawn from", policy.about.drawn_from)):
        if found:
            yield title
            yield ""
            yield from table(("Page", "Where", "Used for", "Clause"), (_see_also(one) for one in found.values()))


def _see_also(one: SeeAlso) -> tuple[str, ...]:
    return text(one.title), text(one.where), sentence(text(one.used_for)), code(one.clause)


# --- what it stands on ----------------------------------------------------------------------------------


def readiness(policy: Policy) -> Iterator[str]:
    about = policy.about
    yield ("What has to be there before anything happens: what is practised, what is taken for granted, who is paged, and what the"
           " portal and its messages stand on.")  # fmt: skip
    yield ""
    yield "## Exercises and reviews"
    yield ""
    yield ("Each is owed once in every calendar period, in the log of a programme, and due before the period ends; the first period"
           " is the one in which the programme was opened, in full. A period that was missed stays missed.")  # fmt: skip
    yield ""
    yield from table(
        ("What", "Every", "Covers", "Carried out by", "Recorded as", "Owed by", "Clause"), _exercises(policy)
    )
    yield "## What is taken for granted"
    yield ""
    yield ("A confirmation starts its time anew; where none was ever given, it runs from the first day of the programme. Its age is"
           " counted in civil days.")  # fmt: skip
    yield ""
    yield from table(("Assumption", "Kept true by", "Confirmed at least every", "Clause"), _assumptions(policy))
    yield "## Tooling"
    yield ""
    for tool in about.tooling.values():
        yield from _tool(policy, tool)
    yield "## Services the portal stands on"
    yield ""
    yield from table(("Service", "Does", "When it fails, endangers", "Reported by", "Clause"), _dependencies(policy))
    if about.functions:
        yield from table(
            ("Function", "Means"), ((code(id_), sentence(text(means))) for id_, means in about.functions.items())
        )
    yield "## Where incidents are noticed"
    yield ""
    yield from table(
        ("Signal", "Source in the log", "Clause"),
        ((sentence(text(one.means)), code(one.source), code(one.clause)) for one in about.signals.values()),
    )
    yield from duties_in_full(policy, "readiness")
    yield from readings_of_page(policy, "readiness")


def _exercises(policy: Policy) -> Iterator[tuple[str, ...]]:
    for one in policy.about.exercises.values():
        covers = "; ".join(f"{text(means)} ({code(id_)})" for id_, means in one.covers.items())
        follows = text(policy.about.references[one.follows].title) if one.follows else ""
        reading = f", read as {reading_link(one.reading)}" if one.reading else ""
        yield (f"{sentence(text(one.title))} ({code(one.id)})", text(one.every), sentence(covers), follows,
               code(one.held_as), roles(policy, (one.owed_by,)), f"{code(one.clause)}{reading}")  # fmt: skip


def _assumptions(policy: Policy) -> Iterator[tuple[str, ...]]:
    for one in policy.about.assumptions.values():
        reading = policy.readings.get(one.reading)
        advice = " (advice)" if reading is not None and reading.advisory else ""
        age = f"{one.attested_within}{advice}" if one.attested_within is not None else ""
        named = f", read as {reading_link(one.reading)}" if one.reading else ""
        yield (
            f"{sentence(text(one.means))} ({code(one.id)})",
            roles(policy, (one.kept_by,)),
            age,
            f"{code(one.clause)}{named}",
        )


def _tool(policy: Policy, tool: Tool) -> Iterator[str]:
    yield f"### {text(tool.title)}"
    yield ""
    yield f"{sentence(text(tool.means))} ({code(tool.clause)})."
    yield ""
    said = []
    if tool.channel:
        said.append(f"Channel: {text(policy.about.channels[tool.channel].means)}")
    if tool.pattern:
        said.append(f"Called: {code(tool.pattern)}")
    if tool.code_words:
        said.append(f"Code words, where a name is to say nothing: {text(', '.join(tool.code_words))}")
    if tool.template:
        page = policy.about.references[tool.template]
        said.append(f"Template: {text(page.title)}{f', {text(page.where)}' if page.where else ''}")
    said += [f"{sentence(text(id_.replace('-', ' ')))}: {text(means)}" for id_, means in tool.holds.items()]
    if tool.shown_by:
        said.append(f"Filled from an incident: {code(f'ir-policy {tool.shown_by} LOG')}")
    if tool.paging is not None:
        said += called_words(policy, tool.paging, tool.reading)
    if tool.reading:
        said.append(f"Read as {reading_link(tool.reading)}")
    if tool.open_question:
        said.append(
            f"Still open: {link(text(policy.about.open_questions[tool.open_question].text), 'open-questions', tool.open_question)}"
        )
    yield from bullets(said)
    if tool.paging is not None:
        yield from called(policy, tool.paging)


def _dependencies(policy: Policy) -> Iterator[tuple[str, ...]]:
    about = policy.about
    for one in about.dependencies.values():
        endangers = [text(about.functions[name]) for name in one.functions]
        endangers += [text(about.channels[name].means) for name in one.channels]
        reading = f", read as {reading_link(one.reading)}" if one.reading else ""
        yield (text(one.title), sentence(text(one.does)), sentence("; ".join(endangers)), code(one.fact),
               f"{code(one.clause)}{reading}")  # fmt: skip


# --- what is open ---------------------------------------------------------------------------------------


def open_questions(policy: Policy) -> Iterator[str]:
    about = policy.about
    asked = [one for one in about.open_questions.values() if not one.switched_off]
    off = [one for one in about.open_questions.values() if one.switched_off]
    yield "What its owner still has to decide, and how open clauses are read meanwhile. To decide a question is to edit the document."
    yield ""
    if asked:
        yield "## Questions to the owner"
        yield ""
        for one in asked:
            yield from _question(policy, one)
    if off:
        yield "## Options that are switched off"
        yield ""
        yield "They have no effect until somebody decides."
        yield ""
        for one in off:
            yield from _question(policy, one)
    advice = [reading.id for reading in policy.readings.values() if reading.advisory]
    if advice:
        yield "## Advice that waits to be accepted"
        yield ""
        yield "These readings add something that the source does not say. Until the owner accepts them, what rests on them is advice: late is said, and no promise is broken. On one that no rule names nothing rests yet."
        yield ""
        yield from table(
            ("Reading", "What we take it to mean"),
            ((reading_link(name), text(policy.readings[name].text)) for name in advice),
        )
    yield from duties_in_full(policy, "open-questions")
    yield "## Every reading"
    yield ""
    yield from every_reading(policy)


def _question(policy: Policy, one: OpenQuestion) -> Iterator[str]:
    yield f"### {one.id}"
    yield ""
    yield f"{text(one.text)} ({code(one.clause)})"
    yield ""
    said = [
        f"Asked of: {people(policy, one.asked_of)}",
        f"Could be: {'; '.join(text(option) for option in one.options)}",
    ]
    if one.readings:
        said.append(f"Until then: {listed(reading_link(name) for name in one.readings)}")
    if one.switched_off:
        said.append(f"A yes would add: {text(one.switched_off)}")
    yield from bullets(said)
