"""Instants as people read them."""

from __future__ import annotations

from datetime import datetime
from html import escape

import ir_policy as ir
from portal_backend.answers import rfc3339

__all__ = ["local"]


def local(at: datetime, incident: ir.Incident) -> str:
    """The local time of the policy, with its zone, as HTML: people on call are not all in one place."""
    calendar = incident.policy.calendar
    there = at.astimezone(calendar.zone)
    return f'<time datetime="{rfc3339(at)}">{there:%a %d %b %H:%M} {escape(calendar.zone_name)}</time>'
