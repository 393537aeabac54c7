"""What the incident's channel is called: always a name the policy lets one open, and for a restricted incident one that tells nothing."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import Problem, QuestionInvalid
from support_documents import POLICY, edited

SHIPPED: Final = ir.load_policy("motion-mavericks")
T0: Final = datetime(2026, 4, 2, 14, 30, tzinfo=timezone.utc)
"""Half past one in the morning of the third in Sydney."""
FORM: Final = re.compile(r"#inc-20260403-[a-z0-9]+(?:-[a-z0-9]+)*")


def opened(policy: ir.Policy = SHIPPED, id_: str = "inc-7") -> ir.Incident:
    return ir.open_incident(policy, ir.Detected(incident=id_, at=T0, by="sentry", source="sentry")).incident


def may_open(incident: ir.Incident, name: str) -> bool:
    return ir.check(incident, ir.ChannelOpened(incident=incident.id, at=T0, by="dana", channel=name)) == ()


SUMMARIES: Final = st.one_of(
    st.text(max_size=200),
    st.text("ab1 -'é̀", max_size=200),
    st.text(st.characters(categories=("Cs", "Mn", "Cf", "Cc")), max_size=40),
)


class TestTheChannelIsNamedByDayAndSummary:
    """While the incident is assessed its channel is opened as ``#inc-YYYYMMDD-<summary>``."""

    @given(summary=SUMMARIES, restricted=st.booleans(), clashes=st.integers(0, 12))
    def test_any_summary_gives_a_name_that_may_be_opened(self, summary: str, restricted: bool, clashes: int) -> None:
        """Whatever is written, and however many names are taken: the policy's own gate lets the name through, and it is new."""
        incident, taken = opened(), []
        for _ in range(clashes + 1):
            name = ir.channel_name(incident, summary, taken=taken, restricted=restricted)
            assert FORM.fullmatch(name)
            assert len(name) <= 80
            assert name not in taken
            taken.append(name)
        assert may_open(incident, taken[-1])

    @pytest.mark.parametrize(
        ("summary", "slug"),
        [
            ("Mux: streaming is DOWN", "mux-streaming-is-down"),
            ("Ausfall bei Zürich & Genève", "ausfall-bei-zurich-geneve"),
            ("a guest's link", "a-guests-link"),
            ("ｆｕｌｌ width, ﬁne", "full-width-fine"),
            ("#inc-20260403-x", "inc-20260403-x"),
            ("Straße", "strasse"),
        ],
    )
    def test_words(self, summary: str, slug: str) -> None:
        """Accents and width are taken off, signs part words, letters become small."""
        assert ir.channel_name(opened(), summary) == f"#inc-20260403-{slug}"

    def test_it_is_cut_between_words(self) -> None:
        """The name takes as many whole words as 80 characters hold, and a piece of the first where that is longer."""
        room = 80 - len("#inc-20260403-")
        exact = f"{'a' * (room - 3)} bc"
        assert ir.channel_name(opened(), exact) == f"#inc-20260403-{exact.replace(' ', '-')}"
        assert ir.channel_name(opened(), f"{exact}d") == f"#inc-20260403-{'a' * (room - 3)}"
        assert ir.channel_name(opened(), "a" * 500) == f"#inc-20260403-{'a' * room}"
        assert ir.channel_name(opened(), "a" * 500, taken=[f"#inc-20260403-{'a' * room}"]) == (
            f"#inc-20260403-{'a' * (room - 2)}-2"
        )

    def test_a_taken_name_gets_a_number(self) -> None:
        """The second is 2, the third 3; capital letters make no other name."""
        name = "#inc-20260403-mux"
        assert ir.channel_name(opened(), "mux", taken=[name.upper()]) == f"{name}-2"
        assert ir.channel_name(opened(), "mux", taken={name, f"{name}-2"}) == f"{name}-3"
        assert ir.channel_name(opened(), "mux", taken=[f"{name}-2"]) == name

    def test_the_day_is_the_policys(self) -> None:
        """In Sydney it was the third already; under a policy in UTC it is the second."""
        utc = ir.load_policy(edited(POLICY, ("zone: Australia/Sydney", "zone: Etc/UTC")))
        assert ir.channel_name(opened(utc), "mux") == "#inc-20260402-mux"


class TestARestrictedIncident:
    """A restricted incident has a neutral word in its name."""

    @given(one=SUMMARIES, other=SUMMARIES)
    def test_it_tells_nothing_of_the_summary(self, one: str, other: str) -> None:
        """The name is the same whatever the summary says, and a summary without a word in it gets the same."""
        names = {ir.channel_name(opened(), summary, restricted=True) for summary in (one, other)}
        assert names == {ir.channel_name(opened(), "…")}

    def test_it_is_made_of_the_policys_words(self) -> None:
        """Two code words of the document, by the incident's id; without a list, a number made of the id."""
        known = SHIPPED.about.tooling["incident-channel-name"].code_words
        words = ir.channel_name(opened(), "x", restricted=True).removeprefix("#inc-20260403-").split("-")
        assert set(words) <= set(known)
        assert len(words) == 2
        assert len({ir.channel_name(opened(id_=f"inc-{n}"), "x", restricted=True) for n in range(40)}) > 30
        start = POLICY.index("    code_words:")
        bare = POLICY[:start] + POLICY[POLICY.index("    reading: channel-day-is-local\n  incident-report") :]
        name = ir.channel_name(opened(ir.load_policy(bare)), "x", restricted=True)
        assert re.fullmatch(r"#inc-20260403-x[0-9a-f]{8}", name)


class TestWhatCannotBeNamed:
    """A call that makes no sense says so, with the way out."""

    def test_every_slip_at_once(self) -> None:
        with pytest.raises(QuestionInvalid) as refused:
            ir.channel_name("inc-7", 3, taken="#inc-1")  # type: ignore[arg-type]  # what a caller may get wrong
        assert refused.value.problems == (
            Problem("incident", "is not an incident", "pass what open_incident or replay returned"),
            Problem("summary", "is not text", "say in a few words what it is about"),
            Problem("taken", "is not a list of names", "put it in brackets"),
        )

    @pytest.mark.parametrize(
        ("form", "what"),
        [
            ('{role: incident-commander}', "asks for no form of a channel's name"),
            ('{field: channel, like: "#inc-{day}", at_most: 80}', "asks for no form of a channel's name"),
            ('{field: channel, like: "#inc-{day}-{summary}", at_most: 14}', "its form of a channel's name has no room for a summary"),
        ],
    )  # fmt: skip
    def test_a_policy_that_leaves_no_name(self, form: str, what: str) -> None:
        """Without a form, or without room in it, there is no name to give."""
        old = '{field: channel, like: "#inc-{day}-{summary}", at_most: 80}'
        policy = ir.load_policy(edited(POLICY, (f"    until: {old}", f"    until: {form}")))
        with pytest.raises(QuestionInvalid) as refused:
            ir.channel_name(opened(policy), "mux")
        assert [problem.what for problem in refused.value.problems] == [what]
