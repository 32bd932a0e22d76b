"""Answers to queries, kept for as long as the database stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

BYTES_MAX = 8 * 1024 * 1024
ANSWER_BYTES_MAX = 256 * 1024
ANSWERS_MAX = 4_096

Answer = TypeVar("Answer")


class KeptAnswers(Generic[Answer]):
    """
    Gives the same answer to the same question until ``changes()`` says otherwise.

    The counter is asked before each look, so nobody is told what a commit that had
    ended before the question made untrue. Without a counter (None) nothing is kept.
    Other settings than those of the look before let go of everything, too.
    """

    def __init__(self, changes: Callable[[], int | None]) -> None:
        self._changes = changes
        self._as_of: int | None = None
        self._settings: object = None
        self._kept: dict[Hashable, Answer] = {}
        self._bytes = 0

    def find(self, question: Hashable, settings: object = None) -> Answer | None:
        """The answer, if it was given before, under the same settings, and is still right."""
        now = self._changes()
        if now is None or now != self._as_of or settings is not self._settings:
            self._forget()
            self._as_of, self._settings = now, settings
            return None
        return self._kept.get(question)

    def keep(self, as_of: int | None, question: Hashable, answer: Answer, size: int) -> None:
        """
        Remember an answer of ``size`` bytes that was read after the counter showed ``as_of``.

        It is dropped when the database has changed since, or when it is too large.
        """
        if as_of is None or as_of != self._as_of or size > ANSWER_BYTES_MAX:
            return
        if self._bytes + size > BYTES_MAX or len(self._kept) >= ANSWERS_MAX:
            self._forget()
        self._kept[question] = answer
        self._bytes += size

    @property
    def as_of(self) -> int | None:
        """What the counter showed at the last look."""
        return self._as_of

    def _forget(self) -> None:
        self._kept.clear()
        self._bytes = 0
