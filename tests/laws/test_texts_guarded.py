"""What never gets into a text: markup, mentions and unseen characters into any, personal data and secrets unless allowed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ir_policy as ir
from ir_policy import Problem, QuestionInvalid

SHIPPED: Final = ir.load_policy("motion-mavericks")
LEVEL: Final = {"news": "first alert", "level": "SEV1", "channel": "#inc-20260403-mux"}


def said(value: object, template: str = "resolution-message", **more: Any) -> ir.Draft:
    """A text with that value in its free words."""
    inside = {**LEVEL, "known-so-far": value}
    return ir.draft(SHIPPED, template, inside if template == "internal-alert" else {"action-summary": value}, **more)  # type: ignore[dict-item]  # what a caller may get wrong


def refused(value: object, template: str = "resolution-message", **more: Any) -> tuple[Problem, ...]:
    with pytest.raises(QuestionInvalid) as error:
        said(value, template, **more)
    assert type(error.value) is QuestionInvalid
    return error.value.problems


def tried(value: object) -> ir.Draft | tuple[Problem, ...]:
    """The text, or what is wrong with the value."""
    try:
        return said(value)
    except QuestionInvalid as error:
        return error.problems


def kind_of(problem: Problem) -> str:
    return problem.what.removeprefix("holds what looks like ").removeprefix("holds ")


SECRET: Final = "a key, a token or a password"
LINK: Final = "a link with a sign-in, a token or a query"
ADDRESS: Final = "an e-mail address"
PHONE: Final = "a phone number"
MACHINE: Final = "the address of a machine"
NUMBER: Final = "a long number"

PRIVATE: Final = (
    ("write to dana.s@example.com", ADDRESS), ("dana＠example.com", ADDRESS), ("mailto:x@localhost", ADDRESS), ("jörg@bücher.example", ADDRESS),
    ("call +61 412 345 678", PHONE), ("call (02) 9876 5432", PHONE), ("0412345678", PHONE), ("+4930123456", PHONE), ("ring 9876-5432.", PHONE),
    ("٠٤١٢ ٣٤٥ ٦٧٨", PHONE),
    ("password: hunter2", SECRET), ("API_KEY=abc", SECRET), ("token = x", SECRET), ("Bearer abcdefghijklmnop1234", SECRET),
    ("sk_live_51Habcdefgh", SECRET), ("ghp_0123456789abcdef", SECRET), ("AKIAIOSFODNN7EXAMPLE", SECRET), ("re_123456789_abc", SECRET),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", SECRET), ("the id 123e4567-e89b-12d3-a456-426614174000", SECRET),
    ("9f86d081884c7d659a2feaa0c55ad015", SECRET), ("-----BEGIN PRIVATE KEY-----", SECRET),
    ("https://user:pw@portal.example/x", LINK), ("https://portal.example/a?sig=1", LINK), ("https://portal.example/s/Ab3dE6gH9", LINK),
    ("https://portal.example/#access=1", LINK),
)  # fmt: skip
"""In a text for anybody."""
OUTSIDE: Final = (
    ("from 203.0.113.9 it came", MACHINE), ("from 2001:db8:0:0:0:0:0:1", MACHINE), ("from fe80::1ff", MACHINE), ("from ::1", MACHINE),
    ("customer 123456789012", NUMBER),
)  # fmt: skip
"""In a text for people outside the company."""
FINE: Final = (
    "The share links were withdrawn on 2026-04-03 at 18:05:30.", "3 of 12 links, 45 % of them", "See https://status.example/incidents/april",
    "Version 1.2.3 is out", "between 03/04/2026 and 05.04.2026", "it took 1,250 seconds", "the channel #inc-20260403-2-mux", "R&D; sorry",
    "a < b and b > c", "2 * 3 * 4", "[see below]", "Sorry — 🚨 ✅ 👩‍🚒", "naïve Zürich", "SEV0 → SEV1", "a/b\\c", "10 - 20 - 30",
)  # fmt: skip


class TestNoPersonalDataAndNoSecrets:
    """Texts outside the company are reviewed, and those inside hold no personal data: what looks like any is refused."""

    @pytest.mark.parametrize(("value", "kind"), [*PRIVATE, *OUTSIDE])
    def test_outside(self, value: str, kind: str) -> None:
        """The refusal names the field and the kind of thing, and never repeats the thing."""
        (problem,) = refused(value)
        assert problem == Problem(
            "fields.action-summary", f"holds what looks like {kind}", "leave it out; allow the field if it is none"
        )
        assert not any(word in str(problem) for word in value.split() if len(word) > 5)

    @pytest.mark.parametrize(("value", "kind"), PRIVATE)
    def test_inside_too(self, value: str, kind: str) -> None:
        """The internal list gets none of it either."""
        assert [kind_of(problem) for problem in refused(value, "internal-alert")] == [kind]

    @pytest.mark.parametrize(("value", "_"), OUTSIDE)
    def test_machines_are_named_inside(self, value: str, _: str) -> None:
        """Those who work on it need addresses of machines and long numbers."""
        assert value in said(value, "internal-alert").text

    @pytest.mark.parametrize("value", FINE)
    def test_what_is_none(self, value: str) -> None:
        """Days, times, versions, plain links, emoji and words in any script pass as they are."""
        assert f"What was done: {value}\n" in said(value).text

    @pytest.mark.parametrize(("value", "_"), [*PRIVATE, *OUTSIDE])
    def test_a_field_may_be_allowed(self, value: str, _: str) -> None:
        """Whoever is sure lets one field through; the draft says which, so that the review sees it."""
        text = said(value, allow=["action-summary"])
        assert text.allowed == ("action-summary",)
        assert value.replace("＠", "＠") in text.text
        assert [p.what for p in refused(value, allow=["action-sumary"])][
            -1
        ] == "'action-sumary' is no field of 'resolution-message'"

    @given(
        st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8})?@[a-z]{1,8}\.[a-z]{2,4}", fullmatch=True),
        st.text("ab ,.", max_size=20),
    )
    def test_any_address(self, address: str, around: str) -> None:
        """Wherever it stands in the words."""
        assert [kind_of(problem) for problem in refused(f"x{around}{address} {around}")] == [ADDRESS]

    @given(
        st.lists(st.text("0123456789", min_size=2, max_size=4), min_size=4, max_size=5),
        st.sampled_from([" ", "-", "."]),
    )
    def test_any_parted_number(self, groups: list[str], between: str) -> None:
        """Eight digits or more in groups pass nowhere outside, whatever they are."""
        value = f"call {between.join(groups)} now"
        found = tried(value)
        if isinstance(found, tuple):
            assert {kind_of(problem) for problem in found} <= {PHONE, MACHINE, NUMBER}
        else:  # what was let through is a day, with less than eight digits beside it
            assert value in found.text
            assert any(len(group) == 4 for group in groups)


class TestPlainTextAlone:
    """A text is plain wherever it is shown: nothing in it is acted on, and nobody is called by it."""

    @pytest.mark.parametrize(
        "value",
        [
            "<b>bold</b>",
            "<script>x",
            "</p>",
            "<!-- x",
            "[here](https://x.example)",
            "![](x)",
            "&lt;b&gt;",
            "&#60;",
            "javascript:x",
            "<?php",
            "＜b＞",
        ],
    )
    def test_markup(self, value: str) -> None:
        """Tags, entities and links of Markdown, also in wide letters, also in a field that is allowed."""
        problem = Problem("fields.action-summary", "holds markup", "texts are plain: say it in words")
        assert refused(f"x {value} y") == refused(f"x {value} y", allow=["action-summary"]) == (problem,)

    @pytest.mark.parametrize(
        "value", ["@channel", "@here all", "(@dana)", "<!here>", "<@U123>", "<#C1>", "＠channel", '"@all"']
    )
    def test_mentions(self, value: str) -> None:
        """What would call people in a chat is refused inside the company too."""
        for template in ("resolution-message", "internal-alert"):
            assert [kind_of(problem) for problem in refused(f"x {value}", template)] == [
                "a mention that would call people"
            ]

    @pytest.mark.parametrize(
        ("value", "what"),
        [
            ("a\x00b", "a control character"), ("a\x1b[31mb", "a control character"), ("a\x85b", "a control character"),
            ("a\u202eb", "a character that cannot be seen"), ("a\u200bb", "a character that cannot be seen"), ("a\u2028b", "a character that cannot be seen"),
            ("a\ud800b", "a character that cannot be seen"), ("a\ufeffb", "a character that cannot be seen"), ("a\U000e0041b", "a character that cannot be seen"),
            (f"a{chr(0x301) * 31}", "more than 30 accents on one letter"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_seen(self, value: str, what: str) -> None:
        """Control, bidirectional and zero-width characters, half characters and piles of accents."""
        assert [problem.what for problem in refused(value)] == [f"holds {what}"]

    def test_an_accent_of_its_own(self) -> None:
        """A value that begins with an accent would change a letter of the template."""
        assert [problem.what for problem in refused("\u0301abc")] == [
            "begins with an accent, which would join the text before it"
        ]

    @pytest.mark.parametrize("value", ["", "  ", "\n\t", None, 7, b"x", ["x"], object()])
    def test_what_is_no_text(self, value: object) -> None:
        """Nothing said, and what is not text, is a problem at its field."""
        assert [problem.where for problem in refused(value)] == ["fields.action-summary"]

    def test_lines(self) -> None:
        """Line ends of other systems become line feeds in a text; a subject takes none, so no header can be put in."""
        assert "What was done: one\ntwo\nthree\n" in said("one\r\ntwo\rthree").text
        bare = ir.load_policy("motion-mavericks").templates["internal-alert"].gaps
        assert [name for name, gap in bare.items() if gap.in_subject] == ["level"]
        for value in ("SEV0\r\nBcc: all@example.com", "SEV0\nx"):
            with pytest.raises(QuestionInvalid) as error:
                ir.draft(SHIPPED, "internal-alert", {**LEVEL, "level": value, "known-so-far": "x"})
            assert [problem.what for problem in error.value.problems] == ["is not one of its fixed texts"]

    @given(st.text(max_size=300))
    def test_any_words(self, value: str) -> None:
        """Whatever is written: one text that holds it in its place, and nothing else changed, or one clear error."""
        text = tried(value)
        if isinstance(text, tuple):
            assert [problem.where for problem in text] == ["fields.action-summary"]
        else:
            before, _, after = SHIPPED.templates["resolution-message"].text.partition("{action-summary}")
            assert text.text.startswith(before)
            assert text.text.endswith(after)
            assert ir.digest(text.text, text.subject) == text.digest

    def test_a_value_is_as_long_as_the_policy_says(self) -> None:
        """The last character is taken, one more is not."""
        assert "a" * 1500 in said("a" * 1500).text
        assert refused("a" * 1501) == (
            Problem("fields.action-summary", "is longer than 1500 characters", "shorten it"),
        )


HUGE: Final[Mapping[str, str]] = {
    "letters": "a" * 10_000_000, "accents": "e" + "\u0301" * 3_000_000, "braces": "{" * 10_000_000, "at signs": "@" * 10_000_000,
    "digits": "1 " * 5_000_000, "brackets": "](" * 5_000_000,
}  # fmt: skip
PILED: Final[Mapping[str, str]] = {
    "ats": "a@" * 749, "dots": "1.1." * 370, "colons": "a:" * 740, "open brackets": "(1" * 740, "amps": "&a" * 740, "equals": "x=://" * 290,
}  # fmt: skip
"""As long as a field may be, and made to send a careless search back and forth."""


class TestItTakesNoTime:
    """Nobody can hold an incident up by what is typed into a field."""

    @pytest.mark.parametrize("value", HUGE.values(), ids=list(HUGE))
    def test_ten_megabytes(self, value: str) -> None:
        """Refused by their length at once."""
        started = time.perf_counter()
        assert [problem.what for problem in refused(value)] == ["is longer than 1500 characters"]
        assert time.perf_counter() - started < 1

    @pytest.mark.parametrize("value", PILED.values(), ids=list(PILED))
    def test_a_value_made_to_be_slow(self, value: str) -> None:
        """Looked at in a moment all the same."""
        started = time.perf_counter()
        found = tried(value)
        assert isinstance(found, ir.Draft) or len(found) == 1
        assert time.perf_counter() - started < 1


class TestTheCallItself:
    """A call that makes no sense says so, in one error of the library."""

    @pytest.mark.parametrize(
        ("words", "what"),
        [
            ({"template": "holding"}, "no template is called 'holding'"),
            ({"template": None}, "is not the name of a template"),
            ({"policy": "motion-mavericks"}, "is not a policy"),
            ({"fields": ["x"]}, "is not a mapping of fields"),
            ({"recipients": "internal"}, "is not a list"),
            ({"recipients": ["Client A"]}, "holds something that is not an id"),
            ({"allow": 3}, "is not a list"),
            ({"duties": ["oaic-notice"]}, "'oaic-notice' is not what this text is for"),
        ],
    )  # fmt: skip
    def test_slips(self, words: dict[str, Any], what: str) -> None:
        call = {"policy": SHIPPED, "template": "resolution-message", "fields": {"action-summary": "done"}, **words}
        with pytest.raises(QuestionInvalid) as error:
            ir.draft(**call)
        assert [problem.what for problem in error.value.problems] == [what]

    def test_an_internal_text_stays_inside(self) -> None:
        """It names the internal list as its recipient and nobody else."""
        assert said("x", "internal-alert", recipients=["internal"]).recipients == ("internal",)
        assert refused("x", "internal-alert", recipients=["internal", "client/acme"]) == (
            Problem("recipients", "this text is for people inside the company", "send it to 'internal'"),
        )

    def test_some_of_its_duties(self) -> None:
        """A message to clients alone is not meant to tell the stakeholders."""
        fields = {"share-link-status": "affected", "mitigation-steps": "none yet"}
        text = ir.draft(SHIPPED, "holding-text", fields, duties=["client-update"])
        assert text.duties == ("client-update",)

    @pytest.mark.parametrize("text", ["", " ", None, 3, "a\u202eb", "\ud800", "a" * 100_001])
    def test_a_text_without_a_digest(self, text: Any) -> None:
        """What cannot be sent as it is has none."""
        with pytest.raises(QuestionInvalid) as error:
            ir.digest(text)
        assert [problem.where for problem in error.value.problems] == ["text"]

    def test_a_subject_of_two_lines_has_no_digest(self) -> None:
        with pytest.raises(QuestionInvalid) as error:
            ir.digest("x", "one\ntwo")
        assert [problem.where for problem in error.value.problems] == ["subject"]
