"""Finding the word that somebody meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """
    The known word that a slip of the finger turned into ``word``, or nothing.

    A slip drops, adds, changes or swaps letters: one, or a third of the word.
    """
    best, best_distance = None, max(1, len(word) // 3) + 1
    for candidate in known:
        distance = slips(word.lower(), candidate.lower())
        if distance < best_distance:
            best, best_distance = candidate, distance
    return best


def slips(one: str, other: str) -> int:
    """How many letters must be dropped, added, changed or swapped with the next."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, above, row = row, before, [i]
        for j, b in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The hint that goes with an unknown word."""
    meant = nearest(word, known)
    return None if meant is None else f'did you mean "{meant}"?'
