"""The nouns: severity, truth, instants, ids."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ir_policy.calendar import zone
from ir_policy.errors import EventInvalid, IRPolicyError, QuestionInvalid
from ir_policy.terms import (
    NO,
    UNKNOWN,
    YES,
    Basis,
    FrozenMap,
    Severity,
    Truth,
    instant,
    is_id,
    nearest,
    rfc3339,
    worst,
)
from support_time import zone_names

SEV0, SEV1, SEV2, SEV3 = Severity
SYDNEY = zone("Australia/Sydney")


class NanosecondTime(datetime):
    """A datetime as other libraries make them, with a field for nanoseconds."""

    nanosecond = 0


class TestSeverity:
    """Levels are compared in words, because as numbers the worst one would be zero."""

    def test_worse_than_follows_the_matrix(self) -> None:
        """Each level is worse than those below it, and no level is worse than itself."""
        worse = {(a, b) for a in Severity for b in Severity if a.worse_than(b)}
        assert worse == {(SEV0, SEV1), (SEV0, SEV2), (SEV0, SEV3), (SEV1, SEV2), (SEV1, SEV3), (SEV2, SEV3)}

    def test_raising_makes_worse_and_stops_at_the_worst(self) -> None:
        """One level up is one level worse; above the worst there is nothing."""
        assert [level.raised(1) for level in Severity] == [SEV0, SEV0, SEV1, SEV2]
        assert [level.raised(0) for level in Severity] == [SEV0, SEV1, SEV2, SEV3]
        assert [level.raised(9) for level in Severity] == [SEV0] * 4

    def test_no_level_is_false(self) -> None:
        """A check for presence never mistakes the worst level for no level."""
        assert all(bool(level) for level in Severity)

    def test_levels_cannot_be_compared_as_numbers(self) -> None:
        """Less than would mean worse, so it means nothing."""
        with pytest.raises(TypeError):
            assert SEV0 < SEV1  # type: ignore[operator]

    def test_the_worst_of_several(self) -> None:
        """No level never wins, and the worst of nothing is nothing."""
        assert worst(SEV2, None, SEV1, SEV3) is SEV1
        assert worst(None, None) is None
        assert worst() is None


class TestTruth:
    """What was reported is yes, no or unknown, and never true or false."""

    @pytest.mark.parametrize("truth", [YES, NO, UNKNOWN])
    def test_it_has_no_truth_value(self, truth: Truth) -> None:
        """An `if` on a reported fact would treat unknown as known, so it is an error with a way out."""
        with pytest.raises(QuestionInvalid) as refused:
            bool(truth)
        assert "ir.YES" in refused.value.problems[0].hint

    def test_the_three_answers(self) -> None:
        """The words are the ones people report."""
        assert [truth.value for truth in Truth] == ["yes", "no", "unknown"]


class TestBasis:
    """What stands behind a limit decides whether missing it is a breach."""

    def test_what_binds(self) -> None:
        """Statute, contract and the company's own policy bind; guidance and advice inform."""
        assert {basis.value for basis in Basis if basis.binds} == {"statute", "contract", "policy"}


class TestInstant:
    """An instant is one point of time, given without room for a guess."""

    @pytest.mark.parametrize(
        ("value", "what", "hint"),
        [
            (
                datetime(2026, 3, 11, 6, 0),  # noqa: DTZ001
                "'2026-03-11T06:00:00' has no time zone",
                "datetime.timezone.utc",
            ),
            (
                datetime(2026, 10, 4, 2, 30, tzinfo=SYDNEY),
                "local time '2026-10-04T02:30:00' does not exist in Australia/Sydney: the clocks went forward",
                "in UTC",
            ),
            (
                datetime(2026, 10, 4, 2, 30, tzinfo=SYDNEY, fold=1),
                "local time '2026-10-04T02:30:00' does not exist in Australia/Sydney: the clocks went forward",
                "in UTC",
            ),
            (
                datetime(2026, 4, 5, 2, 30, tzinfo=SYDNEY),
                "local time '2026-04-05T02:30:00' happens twice in Australia/Sydney",
                "pass it in UTC: 2026-04-04T15:30:00Z or 2026-04-04T16:30:00Z",
            ),
            (date(2026, 3, 11), "an instant is a datetime, not a date", "aware datetime"),
            ("2026-03-11T06:00:00Z", "an instant is a datetime, not text", "aware datetime"),
            (1773180000, "an instant is a datetime, not a number", "aware datetime"),
            (None, "an instant is a datetime, not nothing", "aware datetime"),
            (True, "an instant is a datetime, not true or false", "aware datetime"),
            (b"", "an instant is a datetime, not something else", "aware datetime"),
        ],
    )
    def test_whatever_needs_a_guess_is_refused(self, value: object, what: str, hint: str) -> None:
        """The error names the field and the flaw, and its hint says what to pass instead."""
        with pytest.raises(QuestionInvalid) as refused:
            instant(value, "now")
        (problem,) = refused.value.problems
        assert problem.where == "now"
        assert problem.what == what
        assert hint in problem.hint

    @pytest.mark.parametrize(
        "value",
        [
            datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            datetime(2100, 1, 1, tzinfo=UTC),
            datetime(2000, 1, 1, 0, 59, tzinfo=timezone(timedelta(hours=1))),
            datetime(2099, 12, 31, 23, 0, tzinfo=timezone(timedelta(hours=-1))),
            datetime.min.replace(tzinfo=timezone(timedelta(hours=10))),
            datetime.max.replace(tzinfo=timezone(timedelta(hours=-10))),
            datetime.min.replace(tzinfo=SYDNEY),
            datetime.max.replace(tzinfo=SYDNEY),
        ],
    )
    def test_years_that_are_a_slip_are_refused(self, value: datetime) -> None:
        """Outside 2000 to 2100, measured in UTC, the year is a slip of the pen."""
        with pytest.raises(QuestionInvalid) as refused:
            instant(value, "at")
        assert "is outside the years 2000 to 2100" in refused.value.problems[0].what

    def test_the_first_and_last_instants_are_taken(self) -> None:
        """The edges are the first microsecond of 2000 and the last of 2099."""
        first = datetime(2000, 1, 1, tzinfo=UTC)
        last = datetime(2099, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
        assert (instant(first, "at"), instant(last, "at")) == (first, last)

    def test_nanoseconds_are_refused_rather_than_cut(self) -> None:
        """A time with nanoseconds would be rounded silently; one that only could have them is taken."""
        value = NanosecondTime(2026, 3, 11, 6, 0, tzinfo=UTC)
        assert instant(value, "at") == datetime(2026, 3, 11, 6, 0, tzinfo=UTC)
        value.nanosecond = 1
        with pytest.raises(QuestionInvalid) as refused:
            instant(value, "at")
        assert "nanoseconds" in refused.value.problems[0].what

    def test_the_chosen_one_of_two_equal_times_is_taken(self) -> None:
        """Whoever sets the fold has said which of the two is meant."""
        value = datetime(2026, 4, 5, 2, 30, tzinfo=SYDNEY, fold=1)
        assert instant(value, "at") == datetime(2026, 4, 4, 16, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        "value",
        [
            datetime(2026, 3, 10, 19, 0, tzinfo=UTC),
            datetime(2026, 3, 10, 19, 0, tzinfo=ZoneInfo("UTC")),
            datetime(2026, 3, 11, 6, 0, tzinfo=SYDNEY),
            datetime(2026, 3, 11, 6, 0, tzinfo=timezone(timedelta(hours=11))),
            datetime(2026, 3, 11, 0, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
            NanosecondTime(2026, 3, 11, 6, 0, tzinfo=SYDNEY),
        ],
    )
    def test_equal_instants_become_equal_values(self, value: datetime) -> None:
        """Whatever zone or subclass came in, a plain datetime in UTC comes out."""
        plain = instant(value, "at")
        assert type(plain) is datetime
        assert plain.tzinfo is UTC
        assert plain.fold == 0
        assert repr(plain) == repr(datetime(2026, 3, 10, 19, 0, tzinfo=UTC))

    def test_the_caller_chooses_the_error(self) -> None:
        """A bad instant inside an event is a fault of the event, and still one of the library's errors."""
        with pytest.raises(EventInvalid) as refused:
            instant(None, "at", EventInvalid)
        assert isinstance(refused.value, IRPolicyError)
        assert str(refused.value).startswith("at: an instant is a datetime, not nothing; ")

    @given(
        at=st.datetimes(
            min_value=datetime(2000, 1, 2),  # noqa: DTZ001
            max_value=datetime(2099, 12, 30),  # noqa: DTZ001
            timezones=st.just(UTC),
        ),
        zone_name=st.sampled_from(zone_names()),
    )
    def test_an_instant_survives_any_zone(self, at: datetime, zone_name: str) -> None:
        """Shown on any wall clock that says which pass is meant, it comes back as itself."""
        shown = at.astimezone(zone(zone_name))
        twice = shown.replace(fold=0).utcoffset() != shown.replace(fold=1).utcoffset()
        if twice and shown.fold == 0:
            with pytest.raises(QuestionInvalid) as refused:
                instant(shown, "at")
            assert rfc3339(at) in refused.value.problems[0].hint
        else:
            assert instant(shown, "at") == at


class TestRfc3339:
    """Instants are written in UTC with a Z."""

    @pytest.mark.parametrize(
        ("at", "text"),
        [
            (datetime(2026, 3, 11, 6, 0, tzinfo=UTC), "2026-03-11T06:00:00Z"),
            (datetime(2026, 3, 11, 6, 0, 0, 1, tzinfo=UTC), "2026-03-11T06:00:00.000001Z"),
            (datetime(2026, 3, 11, 6, 0, 0, 500000, tzinfo=UTC), "2026-03-11T06:00:00.500000Z"),
        ],
    )
    def test_microseconds_only_where_there_are_any(self, at: datetime, text: str) -> None:
        """The text is short when it can be and exact when it must be."""
        assert rfc3339(at) == text

    @given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
    def test_the_text_reads_back_as_the_instant(self, at: datetime) -> None:
        """Nothing is lost in writing."""
        assert datetime.fromisoformat(rfc3339(at)) == at


class TestIds:
    """Ids are lower-case words of ASCII, so that two that look alike are alike."""

    @pytest.mark.parametrize(
        "text",
        ["a", "7", "au-nsw", "gdpr.art33", "severity-matrix/recovery-target", "a.b-c/d.e/f", "a" * 200],
    )
    def test_ids(self, text: str) -> None:
        """Words joined by hyphens, documents by dots and groups by slashes are ids."""
        assert is_id(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "Au-nsw",
            "AU",
            "au_nsw",
            "au nsw",
            "аu-nsw",  # its first letter is Cyrillic
            "au-nsw\n",
            "\nau-nsw",
            "au-nsw ",
            "-a",
            "a-",
            "a--b",
            "a-.b",
            "a..b",
            "/a",
            "a/",
            "a//b",
            "../a",
            "é",
            "٣",
            "a" * 201,
            None,
            7,
            b"a",
        ],
    )
    def test_other_texts_are_none(self, text: object) -> None:
        """Capitals, look-alike letters, line ends and empty words make no id."""
        assert not is_id(text)

    def test_a_slip_gets_the_nearest_known_word(self) -> None:
        """A mistyped word is answered with the known one, a strange one with nothing."""
        assert nearest("breach-confirmd", {"breach-confirmed", "detected"}) == "did you mean 'breach-confirmed'?"
        assert nearest("zzz", {"breach-confirmed", "detected"}) == ""


class TestFrozenMap:
    """A mapping that keeps what it was given."""

    def test_it_owns_its_items(self) -> None:
        """Changing the mapping it was made from changes nothing in it."""
        items = {"a": 1}
        kept = FrozenMap(items)
        items["b"] = 2
        assert kept == {"a": 1}
        assert len(kept) == 1
        assert "b" not in kept

    def test_it_cannot_be_changed(self) -> None:
        """Neither an item nor an attribute can be set."""
        kept = FrozenMap({"a": 1})
        with pytest.raises(TypeError):
            kept["a"] = 2  # type: ignore[index]
        with pytest.raises(AttributeError):
            kept._items = {}
        assert kept["a"] == 1

    def test_equal_maps_are_equal_keys(self) -> None:
        """Order does not matter to equality, so it does not matter to the hash."""
        one, other = FrozenMap({"a": 1, "b": 2}), FrozenMap({"b": 2, "a": 1})
        assert one == other
        assert hash(one) == hash(other)

    def test_copies_and_pickles_are_equal(self) -> None:
        """It can be sent to another process and comes back equal."""
        kept = FrozenMap({"a": 1})
        assert pickle.loads(pickle.dumps(kept)) == kept
        assert copy.deepcopy(kept) == kept
