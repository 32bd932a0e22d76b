"""A tokenizer of SQL, enough to find conditions and statements in both dialects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# The dollars of a PostgreSQL body are skipped, so that the body is read like the rest.
_PATTERN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*|/\*.*?\*/|\$\w*\$)
  | (?P<text>'(?:[^']|'')*')
  | (?P<word>[A-Za-z_][A-Za-z_0-9]*|"[^"]*")
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<sign><>|<=|>=|!=|!~\*?|~\*|:=|=>|\|\||->>|->|::|[-+*/%<>=(),;.:\[\]{}?~|&$@\#^!])
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SQL and where it is."""

    kind: str  # text word number sign
    text: str
    start: int
    end: int

    def says(self, *words: str) -> bool:
        """Whether it is one of these words or signs."""
        return self.kind in ("word", "sign") and self.text.upper() in words


def tokens(sql: str) -> list[Token]:
    """
    The tokens of a script without comments and white space.

    Raises:
        ValueError: A character that the tokenizer does not know.
    """
    return list(_tokens(sql))


def _tokens(sql: str) -> Iterator[Token]:
    position = 0
    while position < len(sql):
        found = _PATTERN.match(sql, position)
        if found is None or found.lastgroup is None:
            raise ValueError(f"what is {sql[position : position + 20]!r} at {position}?")
        if found.lastgroup != "space":
            yield Token(found.lastgroup, found.group(), found.start(), found.end())
        position = found.end()


def closing(found: Sequence[Token], opening: int) -> int:
    """Index of the token that closes the parenthesis at ``opening``."""
    depth = 0
    for index in range(opening, len(found)):
        depth += found[index].says("(") - found[index].says(")")
        if depth == 0:
            return index
    return len(found)


def case_end(found: Sequence[Token], start: int) -> int:
    """Index of the END of the CASE at ``start``."""
    index = start + 1
    while index < len(found):
        if found[index].says("CASE"):
            index = case_end(found, index)
        elif found[index].says("END"):
            return index
        index += 1
    return index


def skip(found: Sequence[Token], index: int) -> int:
    """Index behind the token, or behind all of a parenthesis or CASE that begins there."""
    if found[index].says("("):
        return closing(found, index) + 1
    if found[index].says("CASE"):
        return case_end(found, index) + 1
    return index + 1
