"""Lives of an incident as people who know the policy would live it, up to a closing of each kind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Final

from oracle.random_words import CHECKS, PAPERS, STATES

Line = tuple[str, dict[str, Any]]

_COMMANDER: Final = {"by": "incident-commander"}
_LEGAL: Final = {"by": "legal-liaison"}


def life(rng: random.Random, outcome: str) -> list[Line]:
    """Kinds of events with what they say, in order; fields left out are made up by whoever writes the log."""
    if outcome == "resolved":
        return [*_assessed(rng), *_worked_on(rng), *_told(rng), *_regulators(rng), *_papers(rng), _closed(outcome)]
    found = {
        "false-positive": ("facts-reported", {"facts": {"false-positive": "yes"}}),
        "out-of-scope": ("facts-reported", {"facts": {"outside-portal": "yes"}}),
    }.get(outcome, ("merged", {"into": "inc-2", "reason": "the same cause"}))
    real = outcome not in ("false-positive", "out-of-scope") or rng.random() < 0.3
    before = [*(_assessed(rng, real) if rng.random() < 0.6 else ()), *(_told(rng) if real else ())]
    return [*before, *_actions(rng), found, _closed(outcome)]


def _closed(outcome: str) -> Line:
    return "closed", {"outcome": outcome, **_COMMANDER}


def _assessed(rng: random.Random, real: bool = True) -> Iterator[Line]:
    if rng.random() < 0.7:
        yield "role-taken", {"role": "incident-commander", "person": "ana"}
    if real and rng.random() < 0.5:
        yield "facts-reported", {"facts": {rng.choice(("streaming-unavailable", "partial-outage")): "yes"}}
    yield "severity-decided", {"severity": rng.choice(("SEV1", "SEV2", "SEV3")), "reason": "seen enough", **_COMMANDER}
    if rng.random() < 0.8:
        yield "facts-reported", {"facts": {f"affected-role/{rng.choice(('admin', 'agency', 'guest'))}": "yes"}}
    else:
        yield "facts-reported", {"facts": {f"affected-role/{role}": "no" for role in ("admin", "agency", "guest")}}
    yield "channel-opened", {}
    yield "notice-sent", {"duties": ["internal-alert"], "recipients": ["internal"]}
    yield "documented", {"summary": "what it was", "disposition": "what became of it"}


def _worked_on(rng: random.Random) -> Iterator[Line]:
    yield "phase-entered", {"phase": "assess"}
    yield "phase-entered", {"phase": "contain"}
    yield "step-done", {"step": "forensic-snapshot"}
    if rng.random() < 0.5:
        yield "phase-not-applicable", {"phase": "eradicate", "reason": "nothing to remove"}
    else:
        yield "phase-entered", {"phase": "eradicate"}
        yield "step-done", {"step": "clean-up"}
    yield "phase-entered", {"phase": "recover"}
    lost = rng.choice(("yes", "no", "no", "unknown"))
    yield "facts-reported", {"facts": {"rpo-breached": lost}}
    if lost != "no":
        yield "step-done", {"step": "restore-playbook"}
    for step in rng.sample(CHECKS, len(CHECKS)):
        yield "step-done", {"step": step}
    yield "recovered", {}


def _told(rng: random.Random) -> Iterator[Line]:
    """Clients, and a promise of more to some of them."""
    if rng.random() < 0.3:
        return
    clients = rng.choice((["client/acme"], ["client/acme", "client/blue"], []))
    yield "facts-reported", {"facts": {"clients-impacted": "yes", **dict.fromkeys(clients, "yes")}}
    recipients = clients or ["client/unspecified"]
    sending: dict[str, Any] = {"duties": ["client-update"], "recipients": recipients, "states": list(STATES)}
    if rng.random() < 0.5:
        yield "notice-sent", sending | {"next_update_by": "2028-01-01T00:00:00Z"}
    else:
        yield "notice-sent", sending
    if rng.random() < 0.4:
        yield "facts-reported", {"facts": {"client/coda": "yes"}}
        recipients = [*recipients, "client/coda"]
    yield "recovered", {}
    yield "notice-sent", {"duties": ["resolution-message"], "recipients": recipients, "states": list(STATES)}


def _regulators(rng: random.Random) -> Iterator[Line]:
    """A breach found, or not, or handed to a case of its own."""
    if rng.random() < 0.5:
        yield "facts-reported", {"facts": {"personal-data-involved": "no", "privacy-suspected": "no"}}
        return
    yield "facts-reported", {"facts": {"personal-data-involved": "yes"}}
    yield "hold-started", {"scope": "all requests"}
    yield "breach-finding", {"finding": rng.choice(("suspected", "confirmed")), **_LEGAL}
    way = rng.choice(("told", "none", "waived"))
    if way == "told":
        yield "breach-finding", {"finding": "believed", **_LEGAL}
        yield (
            "notice-sent",
            {"duties": ["oaic-notice", "eu.gdpr.33-1"], "recipients": ["oaic", "authority/unspecified"]},
        )
    elif way == "none":
        yield "breach-finding", {"finding": "not-a-breach", **_LEGAL}
        for duty, to in (("oaic-notice", "oaic"), ("eu-authority-notice", "authority/unspecified"),
                         ("eu.gdpr.33-1", "authority/unspecified")):  # fmt: skip
            yield "not-notifying", {"duty": duty, "recipient": to, "ground": "no risk", "reason": "looked", **_LEGAL}
    else:
        yield "waived", {"gate": "regulator-decision-before-close", "reason": "goes on as privacy case 12", **_LEGAL}


def _actions(rng: random.Random) -> Iterator[Line]:
    if rng.random() < 0.5:
        yield "action-opened", {}
        yield "action-closed", {}


def _papers(rng: random.Random) -> Iterator[Line]:
    yield "phase-entered", {"phase": "close"}
    yield from _actions(rng)
    for step in rng.sample(PAPERS, len(PAPERS)):
        yield "step-done", {"step": step}
