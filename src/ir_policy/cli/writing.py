"""Commands about what is written: texts to send, the channel's name, the card on the board, the list of what is kept."""

from __future__ import annotations

import argparse

import ir_policy as ir
from ir_policy.cli.shared import OK, incident_of, now_of, policy_of, print_json, print_text, usage
from ir_policy.cli.words import pair
from ir_policy.present.kept_ready import templates_text
from ir_policy.present.wording import notices_text
from ir_policy.terms import rfc3339

__all__ = ["name_channel", "show_board", "show_draft", "show_evidence", "show_notices"]


def show_draft(arguments: argparse.Namespace) -> int:
    """Put a text together from a template; without one, list the templates."""
    policy, now = policy_of(arguments), now_of(arguments)
    name, *fields = arguments.fields or ("",)
    if arguments.list or not name:
        if name:
            return usage("--list shows every template; leave the other words out")
        if arguments.json:
            print_json(ir.as_json(policy, "templates", now=now))
        else:
            print_text(templates_text(policy, now))
        return OK
    said = dict(pair(word) for word in fields)
    text = ir.draft(policy, name, said, recipients=arguments.to, allow=arguments.allow)
    if arguments.json:
        print_json(ir.as_json(text, "draft", now=now))
        return OK
    head = f"Subject: {text.subject}\n\n" if text.subject else ""
    why = text.why_not_cleared(now)
    cleared = f"needs a review of its own: {why}" if why else "cleared beforehand"
    states = ", ".join(text.states) or "nothing that a duty asks for"
    print_text(f"{head}{text.text}\n\n{text.digest}\nstates {states}\n{cleared}, as of {rfc3339(now)}\n")
    return OK


def show_board(arguments: argparse.Namespace) -> int:
    """Show the incident's card for the tracking board."""
    incident, _, _ = incident_of(arguments)
    card = ir.board(incident, now_of(arguments))
    if arguments.json:
        print_json(ir.as_json(card, "board"))
    else:
        print_text(card.text())
    return OK


def show_notices(arguments: argparse.Namespace) -> int:
    """Show every message: who reviewed and approved it, what it waits for, whom it reached."""
    incident, _, _ = incident_of(arguments)
    now = now_of(arguments)
    if arguments.json:
        print_json(ir.as_json(ir.notices(incident, now), "notices"))
    else:
        print_text(notices_text(incident, now))
    return OK


def show_evidence(arguments: argparse.Namespace) -> int:
    """Show what is kept as evidence, who has it, and what is missing."""
    incident, _, _ = incident_of(arguments)
    kept = ir.evidence(incident, now_of(arguments))
    if arguments.json:
        print_json(ir.as_json(kept, "evidence"))
    else:
        print_text(kept.text())
    return OK


def name_channel(arguments: argparse.Namespace) -> int:
    """Say a name for the incident's channel that the policy lets one open."""
    incident, _, _ = incident_of(arguments)
    name = ir.channel_name(incident, arguments.summary, taken=arguments.taken, restricted=arguments.restricted)
    if arguments.json:
        print_json(name)
    else:
        print_text(f"{name}\n")
    return OK
