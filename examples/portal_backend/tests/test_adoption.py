"""A running incident adopts a newer version of the policy, over HTTP; another process reads it back as it is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import Any

from portal_backend.store import Store

import ir_policy as ir
from conftest import Portal
from ir_policy.testing.host import another_version

DOCUMENT = files("ir_policy.rules").joinpath("catalog", "motion-mavericks.yaml").read_text(encoding="utf-8")


def added(portal: Portal) -> dict[str, str]:
    """A newer version in the portal; how an event names it."""
    answer = portal.client.post("/policies", json={"document": another_version(DOCUMENT)})
    assert answer.status_code == 201, answer.text
    return {name: answer.json()[name] for name in ("id", "version", "digest")}


def adoption(pin: dict[str, str]) -> dict[str, Any]:
    return {"kind": "policy-adopted", "policy": pin, "reason": "the new version is in force", "id": "adoption"}


def test_what_runs_is_kept_and_another_process_reads_it_back(portal: Portal, another: Callable[[], Store]) -> None:
    portal.open()
    portal.clock.move(minutes=1)
    portal.add("facts-reported", facts={"streaming-unavailable": "yes"})
    portal.add("role-taken", role="incident-commander", person="demo")
    before, old = portal.owed(), portal.store.policies.current()
    portal.clock.move(minutes=5)
    pin = added(portal)
    portal.add(**adoption(pin))
    after = portal.owed()
    assert before.keys() < after.keys()
    assert [key for key in before if before[key]["due"] and after[key]["due"] > before[key]["due"]] == []
    brief = portal.client.get("/incidents/inc-7/brief").json()
    assert (brief["policy"]["version"], brief["policy"]["digest"]) == (pin["version"], pin["digest"])
    kept = another().load("inc-7")
    assert [one.digest for one in kept.incident.policies] == [old.digest, pin["digest"]]
    assert ir.brief(kept.incident, portal.clock()).as_json() == brief
    whole = portal.client.get("/incidents/inc-7/export").json()
    texts = {one["digest"]: one["text"] for one in whole["documents"]}
    held = [[texts[digest] for digest in one["documents"]] for one in whole["policies"]]
    begun, newer = (ir.load_policy(first, documents=others) for first, *others in held)
    assert ir.brief(ir.replay(begun, ir.read_log(whole["log"]), adopted=[newer]), portal.clock()).as_json() == brief
    again = portal.client.post("/incidents/inc-7/events", json=adoption(pin))
    assert again.status_code == 200, "a retry changes nothing"


def test_many_cold_loads_at_once_wait_for_no_connection(portal: Portal, another: Callable[[], Store]) -> None:
    """After a restart nothing is in memory, and everybody asks at once; each load holds one connection."""
    for number in range(40):
        portal.open(f"inc-{number}")
    store = another()
    with ThreadPoolExecutor(40) as pool:
        found = list(pool.map(lambda number: store.load(f"inc-{number}").seq, range(40)))
    assert found == [1] * 40


def test_the_policy_made_current_last_is_current_also_by_a_clock_that_went_back(portal: Portal) -> None:
    for version, step in (("5.5.5", 1), ("6.6.6", -5)):
        portal.clock.move(minutes=step)
        changed = DOCUMENT.replace("version: 0.2.0", f"version: {version}", 1)
        answer = portal.client.post("/policies", params={"current": True}, json={"document": changed})
        assert answer.status_code == 201, answer.text
        assert portal.store.policies.current().version == version


def test_who_may_not_adopt_and_what_is_not_there(portal: Portal) -> None:
    portal.open()
    portal.clock.move(minutes=1)
    refused = portal.client.post("/incidents/inc-7/events", json=adoption(pin := added(portal)))
    assert refused.status_code == 403
    assert [one["rule"] for one in refused.json()["refusals"]] == ["adoptions"]
    unknown = portal.client.post("/incidents/inc-7/events", json=adoption({**pin, "digest": "sha256:1"}))
    assert unknown.status_code == 422
    assert unknown.json()["problems"] == [
        {"where": "policy.digest", "what": "is the digest of no policy here", "hint": "add the policy first"}
    ]
    checked = portal.client.post("/incidents/inc-7/check", json=adoption(pin))
    assert [one["rule"] for one in checked.json()["refusals"]] == ["adoptions"]
    assert portal.store.load("inc-7").seq == 1
