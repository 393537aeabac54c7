"""Who somebody is comes from the token, and from nowhere else."""

from __future__ import annotations

import base64
import json

import pytest
from portal_backend.__main__ import main
from portal_backend.people import SetUpError, people_from

from conftest import TOKENS, Portal, bearer


def test_nobody_is_answered_without_a_token(guarded: Portal) -> None:
    """Missing, wrong, of another scheme, empty: all the same 401, and nothing is stored."""
    wrong = [{}, {"authorization": "Bearer wrong"}, {"authorization": "Bearer "}, {"authorization": "Digest x"},
             {"authorization": "Basic !!!"}, {"authorization": f"Bearer {next(iter(TOKENS))}x"}]  # fmt: skip
    for headers in wrong:
        for method, path in (
            ("GET", "/incidents"),
            ("GET", "/"),
            ("GET", "/incidents/x/brief"),
            ("POST", "/incidents"),
        ):
            answer = guarded.client.request(method, path, headers=headers, json={"incident": "x", "source": "y"})
            assert answer.status_code == 401, (headers, path)
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert guarded.client.get("/incidents", headers=bearer("ria")).json() == []
    assert guarded.client.get("/health").status_code == 200


def test_who_acts_is_whoever_the_token_stands_for(guarded: Portal) -> None:
    opened = guarded.client.post("/incidents", json={"incident": "inc-7", "source": "sentry"}, headers=bearer("dana"))
    assert opened.status_code == 201
    forged = guarded.client.post(
        "/incidents/inc-7/events", json={"kind": "note", "text": "x", "by": "dana"}, headers=bearer("lee")
    )
    assert (forged.status_code, forged.json()["problems"][0]["where"]) == (422, "by")
    assert [event.by for event in guarded.store.load("inc-7").incident.log] == ["dana"]


def test_nobody_takes_a_role_their_token_does_not_list(guarded: Portal) -> None:
    """Nor gives it to somebody else; the commander's token may take command, and then decide."""
    guarded.client.post("/incidents", json={"incident": "inc-7", "source": "sentry"}, headers=bearer("dana"))
    take = {"kind": "role-taken", "role": "incident-commander"}
    for person, named in (("lee", "lee"), ("lee", "dana"), ("dana", "lee")):
        answer = guarded.client.post("/incidents/inc-7/events", json={**take, "person": named}, headers=bearer(person))
        assert answer.status_code == 403, (person, named)
        assert {refusal["rule"] for refusal in answer.json()["refusals"]} == {"token"}
    known = {"kind": "facts-reported", "facts": {"streaming-unavailable": "yes"}}
    decide = {"kind": "severity-decided", "severity": "SEV1"}
    assert guarded.client.post("/incidents/inc-7/events", json=known, headers=bearer("lee")).status_code == 201
    for status, said in ((403, decide), (201, {**take, "person": "dana"}), (201, decide)):
        assert guarded.client.post("/incidents/inc-7/events", json=said, headers=bearer("dana")).status_code == status
    assert guarded.client.post("/incidents/inc-7/events", json=decide, headers=bearer("lee")).status_code == 403


def test_a_name_that_is_a_role_gives_no_power(guarded: Portal) -> None:
    """The library lets a role's own id act in the role; a host must not let somebody be called so."""
    guarded.client.post("/incidents", json={"incident": "inc-7", "source": "sentry"}, headers=bearer("dana"))
    said = {"kind": "severity-decided", "severity": "SEV2", "reason": "because"}
    answer = guarded.client.post("/incidents/inc-7/events", json=said, headers=bearer("incident-commander"))
    assert (answer.status_code, answer.json()["refusals"][0]["rule"]) == (403, "token")
    assert guarded.store.load("inc-7").seq == 1


def test_whoever_may_only_read_writes_nothing(guarded: Portal) -> None:
    for person, path in (("ria", "/incidents"), ("ria", "/policies"), ("dana", "/policies"), ("olga", "/incidents")):
        answer = guarded.client.post(path, json={"incident": "x", "source": "y"}, headers=bearer(person))
        assert answer.status_code == 403, (person, path)
    assert guarded.client.get("/incidents", headers=bearer("ria")).json() == []


def test_a_browser_may_give_the_token_as_its_password_to_read_and_not_to_write(guarded: Portal) -> None:
    """A page of a stranger can make a browser send a password it remembers; so it opens nothing."""
    token = next(token for token, said in TOKENS.items() if said["person"] == "dana")
    basic = {"authorization": f"Basic {base64.b64encode(f'any:{token}'.encode()).decode()}"}
    asked = guarded.client.get("/")
    assert (asked.status_code, "Basic" in asked.headers["www-authenticate"]) == (401, True)
    assert "you are dana" in guarded.client.get("/", headers=basic).text
    assert guarded.client.post("/incidents", json={"incident": "x", "source": "y"}, headers=basic).status_code == 401


def test_roles_are_given_and_handed_over_by_whom_they_concern(guarded: Portal) -> None:
    """Lee may be comms-lead and nothing else: not release dana, not offer her role to himself, not answer her page."""
    guarded.client.post("/incidents", json={"incident": "inc-7", "source": "sentry"}, headers=bearer("dana"))
    taken = {"kind": "role-taken", "role": "incident-commander", "person": "dana"}
    assert guarded.client.post("/incidents/inc-7/events", json=taken, headers=bearer("dana")).status_code == 201
    held = {"role": "incident-commander", "person": "dana"}
    for said in (
        {"kind": "role-released", **held},
        {"kind": "handover-offered", **held, "to": "lee"},
        {"kind": "handover-accepted", **held, "to": "lee"},
        {"kind": "handover-declined", **held, "to": "olga"},
        {"kind": "page-acknowledged", "level": "first", "person": "dana"},
    ):
        answer = guarded.client.post("/incidents/inc-7/events", json=said, headers=bearer("lee"))
        assert (answer.status_code, {one["rule"] for one in answer.json()["refusals"]}) == (403, {"token"}), said
    for said in ({"kind": "handover-offered", **held, "to": "lee"}, {"kind": "role-released", **held}):
        assert guarded.client.post("/incidents/inc-7/events", json=said, headers=bearer("dana")).status_code == 201
    assert dict(guarded.store.load("inc-7").incident.roles) == {}


def test_a_proxy_on_this_machine_does_not_open_a_host_without_tokens(portal: Portal) -> None:
    for header in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto"):
        assert portal.client.get("/incidents", headers={header: "203.0.113.9"}).status_code == 403


# --- setting up -----------------------------------------------------------------------------------------

LONG = "0123456789-0123456789"


@pytest.mark.parametrize(
    "held",
    ["{", "[]", "{}", '{"short": {"person": "dana"}}', f'{{"{LONG}": {{}}}}', f'{{"{LONG}": {{"person": 7}}}}',
     f'{{"{LONG}": {{"person": "dana", "role": ["x"]}}}}', f'{{"{LONG}": {{"person": "dana", "may": ["all"]}}}}',
     f'{{"{LONG}": {{"person": "dana", "roles": "incident-commander"}}}}'],
)  # fmt: skip
def test_tokens_that_are_not_as_they_should_be_stop_the_host_and_are_not_shown(held: str) -> None:
    with pytest.raises(SetUpError) as error:
        people_from({"PORTAL_TOKENS": held})
    assert LONG not in str(error.value)


def test_tokens_may_stand_in_a_file(tmp_path: object) -> None:
    path = f"{tmp_path}/tokens.json"
    with open(path, "w", encoding="utf-8") as file:
        json.dump(TOKENS, file)
    people = people_from({"PORTAL_TOKENS_FILE": path})
    person = people.of("token-of-dana-0123456789")
    assert person is not None
    assert (person.name, person.may_take("incident-commander"), person.may_take("scribe")) == ("dana", True, False)
    assert "token-of-dana" not in repr(people)
    with pytest.raises(SetUpError):
        people_from({"PORTAL_TOKENS_FILE": path, "PORTAL_TOKENS": "{}"})


@pytest.mark.parametrize("name", ["PORTAL_TOKENS", "PORTAL_TOKENS_FILE"])
def test_a_secret_that_is_empty_is_missing(name: str) -> None:
    with pytest.raises(SetUpError, match="set and empty"):
        people_from({name: " "})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "portal.example"])
def test_without_tokens_the_host_does_not_open_to_others(
    host: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PORTAL_TOKENS", raising=False)
    monkeypatch.delenv("PORTAL_TOKENS_FILE", raising=False)
    assert main(["serve", "--host", host, "--database", f"sqlite:///{tmp_path}/x.sqlite"]) == 2
    assert "PORTAL_TOKENS" in capsys.readouterr().err
