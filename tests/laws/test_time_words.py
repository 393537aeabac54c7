"""How a limit is written: plain words with one meaning, read back as they were said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ir_policy.clocks import (
    BusinessDays,
    CalendarDays,
    CalendarMonths,
    Elapsed,
    Limit,
    PeriodEnd,
    parse_duration,
    parse_limit,
)
from support_time import ANY_LIMIT

TOKENS = (
    "0", "1", "5", "72", "1000", "999999", "minute", "minutes", "hour", "hours", "day", "days", "month",
    "months", "business", "same", "(not", "before", "2 hours)", "immediately", "(grace", "15 minutes)",
    "end of", "quarter",
)  # fmt: skip


def read_or_sentence(text: str) -> Limit | str:
    """The limit, or the sentence its author gets."""
    try:
        return parse_limit(text)
    except ValueError as refused:
        return str(refused)


class TestWordsOfLimits:
    """A limit is written in plain words with one meaning; anything else is refused with a way out."""

    @given(limit=ANY_LIMIT)
    def test_what_is_written_is_read_back(self, limit: Limit) -> None:
        """The words of a limit mean that limit."""
        assert parse_limit(str(limit)) == limit

    @pytest.mark.parametrize(
        ("words", "limit", "canonical"),
        [
            ("1 minute", Elapsed(timedelta(minutes=1)), "1 minute"),
            ("15 minutes", Elapsed(timedelta(minutes=15)), "15 minutes"),
            ("90 minutes", Elapsed(timedelta(minutes=90)), "90 minutes"),
            ("120 minutes", Elapsed(timedelta(hours=2)), "2 hours"),
            ("72 hours", Elapsed(timedelta(hours=72)), "72 hours"),
            ("1 day", CalendarDays(1), "1 day"),
            ("30 days", CalendarDays(30), "30 days"),
            ("1 month", CalendarMonths(1), "1 month"),
            ("1 business day", BusinessDays(1), "1 business day"),
            ("5 business days", BusinessDays(5), "5 business days"),
            ("end of half-year", PeriodEnd("half-year"), "end of half-year"),
            ("87672 hours", Elapsed(timedelta(days=3653)), "87672 hours"),
            ("3653 days", CalendarDays(3653), "3653 days"),
            ("120 months", CalendarMonths(120), "120 months"),
        ],
    )
    def test_words_and_meanings(self, words: str, limit: Limit, canonical: str) -> None:
        """Each form means one kind of limit, and is written back in one way."""
        assert parse_limit(words) == limit
        assert str(limit) == canonical

    @pytest.mark.parametrize("hours", [24, 48, 72])
    def test_a_day_is_not_twenty_four_hours(self, hours: int) -> None:
        """Hours and days that look alike stay different limits."""
        assert parse_limit(f"{hours} hours") != parse_limit(f"{hours // 24} days")
        assert parse_limit(f"{hours // 24} days") != parse_limit(f"{hours // 24} business days")

    @pytest.mark.parametrize(
        "words",
        [
            "",
            "72hours",
            "72  hours",
            "72 Hours",
            " 72 hours",
            "72 hours ",
            "72 hours\n",
            "72 hrs",
            "72h",
            "72",
            "0 hours",
            "-1 hours",
            "+1 hours",
            "012 hours",
            "1.5 hours",
            "1,5 hours",
            "1_000 hours",
            "1e2 hours",
            "٣ hours",
            "72 hоurs",  # its o is Cyrillic
            "1000000 hours",
            "1000000 minutes",
            "999999 hours",
            "9999 days",
            "9999 business days",
            "121 months",
            "0 days",
            "2 weeks",
            "1 year",
            "P1M",
            "PT72H",
            "01:30",
            "1 hour, 2 minutes",
            "1 hour 2 minutes",
            "72 business hours",
            "5 working days",
            "same business day",
            "same business day (not before 1 day)",
            "same business day (not before 0 hours)",
            "immediately",
            "immediately (grace soon)",
            "end of week",
            "as soon as possible",
            "none",
        ],
    )
    def test_other_words_are_refused_with_a_way_out(self, words: str) -> None:
        """The error repeats the words and says what to write instead."""
        with pytest.raises(ValueError) as refused:
            parse_limit(words)
        sentence = str(refused.value)
        assert "; write " in sentence
        inner = words.partition("(not before ")[2] or words.partition("(grace ")[2]
        assert f"'{inner.rstrip(')') or words}'" in sentence

    def test_an_endless_text_is_not_repeated_whole(self) -> None:
        """A document full of rubbish does not fill the screen."""
        with pytest.raises(ValueError) as refused:
            parse_limit("x" * 100_000)
        assert len(str(refused.value)) < 500

    @given(text=st.text(max_size=40) | st.lists(st.sampled_from(TOKENS), max_size=8).map(" ".join))
    def test_any_text_is_a_limit_or_a_value_error(self, text: str) -> None:
        """Whatever is written, it is either read and written back in words that mean the same, or refused."""
        answer = read_or_sentence(text)
        if isinstance(answer, str):
            assert "; write " in answer
        else:
            assert parse_limit(str(answer)) == answer

    @pytest.mark.parametrize("words", ["1 day", "2 hours\n", "0 minutes", "forever", "999999 hours"])
    def test_a_length_is_minutes_or_hours(self, words: str) -> None:
        """Where a length of real time is asked for, nothing else is taken."""
        with pytest.raises(ValueError) as refused:
            parse_duration(words)
        assert f"'{words}'" in str(refused.value)
        assert "; write " in str(refused.value)
