"""What the page says about each workload that no figure says: what is done, what is asked of whom, and what was aimed at."""

from __future__ import annotations

from typing import Final

from attrs import frozen

__all__ = ["AIMS", "TABLES", "WORKLOADS", "Aim", "Told"]


@frozen
class Told:
    """A heading, and what stands below it."""

    title: str
    text: str


WORKLOADS: Final = {
    "classify": Told(
        "How severe",
        "From a mapping of answers to a level. The library gives the level with the rules that decide it, their clauses, the facts they rest on, and the range of "
        "levels that what is not known leaves open; the engines give the level, from yes and no alone. Each engine gets the matrix of the shipped policy in its own "
        "language, written from the loaded document, and each gets facts in the form it takes: making that is not counted.",
    ),
    "step": Told(
        "One event more",
        "The recorded outage of `examples/incidents/streaming-outage.jsonl` up to its closing, told event by event. The machines have the phases, the gates as guards and a set of "
        "flags, all written from the loaded document; they follow no obligation. With every event the library works out levels, marks, every obligation with its deadline, what was "
        "against a rule and what to suggest. Closing is left out, since its gates ask about obligations, which the machines do not have.",
    ),
    "deadlines": Told(
        "When is it due",
        "The longest limit of each kind that the shipped policy sets, on its own calendar, from instants of all years that it covers and from both sides of openings, closings "
        "and clock changes. Packages get the policy's holidays, weekdays and hours. An answer of the library is a deadline that says whether its last instant is still in time, "
        "and it refuses to count on days that nobody listed.",
    ),
    "replay": Told(
        "From a log to what is so",
        "Everybody folds a log to phase, facts, holders of roles, closed or not, and the number of events. That is all that those by hand and the packages do; the library also has "
        "every obligation, level, mark and violation afterwards, and reading text it checks every field of every line.",
    ),
    "import": Told(
        "To start",
        "Whole processes. The library loads what needs pydantic and YAML only when a document is read.",
    ),
    "opening": Told(
        "Opening an incident",
        "From a signal and a mapping of facts to the level and every obligation with its deadline. The stack is what a team would put together: pydantic for the facts, "
        "zen-engine for the level, holidays for business days, transitions for the state, and by hand one `if` for each duty. The library also has the log it came from, the gates, what is not known, "
        "and the reasons.",
    ),
}
TABLES: Final = {
    "classify": Told("", "What a decision takes:"),
    "step": Told("", "What an event takes, creating the incident included:"),
    "refusal": Told("", "What a no takes: recovery is asked for before its checks were made."),
    "business-days": Told("Business days", ""),
    "same-day": Told("The same business day", ""),
    "elapsed": Told("Real hours", ""),
    "replay": Told("Events in hand", "The whole recorded outage, its events already made:"),
    "replay-text": Told("From text", "The same from JSON Lines:"),
    "import": Told("Importing", ""),
    "first-answer": Told(
        "The first answer",
        "Import, load the policy from its documents, open an incident, report a fact, ask what is owed:",
    ),
    "opening": Told("", "What an incident takes:"),
}


@frozen
class Aim:
    """Ours is to take at most this share of what somebody takes: ``floor``, ``fastest`` (of the packages), or a name."""

    what: str
    table: str
    beside: str
    at_most: float


AIMS: Final = (
    Aim("a level with its reasons costs no more than a bare if-chain", "classify", "floor", 1.0),
    Aim("and a twentieth of the fastest engine", "classify", "fastest", 1 / 20),
    Aim("an event costs no more than a frozen value made from a table", "step", "floor", 1.0),
    Aim("and a fourteenth of transitions", "step", "transitions", 1 / 14),
    Aim("business days cost no more than one search in a table", "business-days", "floor", 1.0),
    Aim("and a twentieth of the fastest package", "business-days", "fastest", 1 / 20),
    Aim("the same business day costs no more than one search in a table", "same-day", "floor", 1.0),
    Aim("and a fourteenth of the fastest package", "same-day", "fastest", 1 / 14),
    Aim("replay costs at most 1.6 times one object that changes", "replay", "floor", 1.6),
    Aim("and from text a fiftieth of eventsourcing's repository", "replay-text", "eventsourcing", 1 / 50),
    Aim("importing costs at most 1.15 times importing attrs", "import", "floor", 1.15),
    Aim(
        "everything up to the first answer costs at most 0.42 of importing pydantic with one model, attrs and dateutil",
        "first-answer",
        "floor",
        0.42,
    ),
    Aim("opening an incident costs no more than by hand", "opening", "floor", 1.0),
    Aim("and a fifteenth of a stack put together", "opening", "fastest", 1 / 15),
)
"""Set before the library was written, from fragments by hand that did the bare job."""
