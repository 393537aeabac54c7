"""What every test runs under: the same examples in every run, and no test that fails because a machine is slow."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

import ir_policy as ir
from ir_policy.rules.model import Policy

pytest.register_assert_rewrite("support_desk", "support_duties", "support_gates", "support_log", "oracle.compare")

settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci")


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The shipped policy with its laws and calendar."""
    return ir.load_policy("motion-mavericks")
