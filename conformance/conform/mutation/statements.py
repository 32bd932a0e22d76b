"""Where the statements and the assignments of a script are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conform.mutation.tokens import Token, skip

_WRITES = ("INSERT", "UPDATE", "DELETE", "PERFORM")
_BEFORE = (";", "BEGIN", "THEN", "ELSE", "LOOP")
_LIST_ENDS = ("WHERE", "FROM", "RETURNING", ";", "ON")


def statements(found: Sequence[Token], body: int) -> Iterator[tuple[int, int]]:
    """Statements that write, or call what writes, with their semicolon."""
    for index in range(max(body, 1), len(found)):
        if found[index].says(*_WRITES) and found[index - 1].says(*_BEFORE):
            end = _behind(found, index, (";",))
            yield index, end + 1


def assignments(found: Sequence[Token], body: int) -> Iterator[tuple[int, int]]:
    """Assignments of a SET with the comma that divides them, when there are several."""
    for index in range(body, len(found)):
        if found[index].says("SET") and not found[index - 1].says("NO"):
            parts = _parts(found, index + 1)
            if len(parts) > 1:
                yield from _with_comma(parts)


def _with_comma(parts: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for number, (start, end) in enumerate(parts):
        last = number == len(parts) - 1
        yield (start - 1, end) if last else (start, end + 1)


def _parts(found: Sequence[Token], start: int) -> list[tuple[int, int]]:
    parts: list[tuple[int, int]] = []
    index = first = start
    while index < len(found) and not found[index].says(*_LIST_ENDS):
        if found[index].says(","):
            parts.append((first, index))
            first = index + 1
        index = skip(found, index)
    return [*parts, (first, index)]


def _behind(found: Sequence[Token], start: int, ends: tuple[str, ...]) -> int:
    index = start
    while index < len(found) and not found[index].says(*ends):
        index = skip(found, index)
    return index
