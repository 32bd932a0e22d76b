"""Answers are kept as long as the change counter stands still."""

from __future__ import annotations

from fraisier.api import kept_answers
from fraisier.api.kept_answers import KeptAnswers
from pytest import MonkeyPatch


class Counter:
    """A database's change counter that a test turns."""

    def __init__(self) -> None:
        self.value: int | None = 1

    def __call__(self) -> int | None:
        """Ask it."""
        return self.value


def _asked(kept: KeptAnswers[str], question: str, answer: str, size: int = 1) -> str:
    found = kept.find(question)
    if found is not None:
        return found
    kept.keep(kept.as_of, question, answer, size)
    return answer


def test_find__nothing_has_changed__gives_the_first_answer() -> None:
    """The second asker gets what the first one got."""
    kept = KeptAnswers[str](Counter())
    assert _asked(kept, "q", "first") == "first"
    assert _asked(kept, "q", "second") == "first"
    assert _asked(kept, "other", "third") == "third"


def test_find__somebody_has_written__asks_again() -> None:
    """No answer outlives a commit."""
    counter = Counter()
    kept = KeptAnswers[str](counter)
    _asked(kept, "q", "first")
    counter.value = 2
    assert _asked(kept, "q", "second") == "second"
    counter.value = 1  # another connection, whose counter happens to be the first one's
    assert _asked(kept, "q", "third") == "third"


def test_find__other_settings__asks_again() -> None:
    """What one configuration allowed another may not."""
    kept = KeptAnswers[str](Counter())
    old, new = object(), object()
    assert kept.find("q", old) is None
    kept.keep(kept.as_of, "q", "first", 1)
    assert kept.find("q", old) == "first"
    assert kept.find("q", new) is None


def test_keep__a_commit_came_while_it_was_read__is_dropped() -> None:
    """What was read before a commit is not given after it, whoever saw the commit first."""
    counter = Counter()
    kept = KeptAnswers[str](counter)
    assert kept.find("slow") is None
    as_of = kept.as_of
    counter.value = 2
    assert kept.find("quick") is None
    kept.keep(as_of, "slow", "old", 1)
    assert kept.find("slow") is None


def test_find__no_counter__keeps_nothing() -> None:
    """Where the database cannot say whether it changed, each question is asked of it."""
    counter = Counter()
    counter.value = None
    kept = KeptAnswers[str](counter)
    assert _asked(kept, "q", "first") == "first"
    assert _asked(kept, "q", "second") == "second"


def test_keep__too_large_or_too_many__stays_bounded(monkeypatch: MonkeyPatch) -> None:
    """Memory holds so many answers and bytes, then all are let go."""
    monkeypatch.setattr(kept_answers, "BYTES_MAX", 10)
    monkeypatch.setattr(kept_answers, "ANSWER_BYTES_MAX", 6)
    kept = KeptAnswers[str](Counter())
    _asked(kept, "large", "first", 7)
    assert kept.find("large") is None
    _asked(kept, "a", "a", 6)
    _asked(kept, "b", "b", 6)
    assert kept.find("a") is None
    assert kept.find("b") == "b"
    monkeypatch.setattr(kept_answers, "ANSWERS_MAX", 1)
    _asked(kept, "c", "c", 1)
    assert kept.find("b") is None
