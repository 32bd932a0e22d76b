"""Where the conditions of a script are, and of which terms each consists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conform.mutation.tokens import Token, closing, skip

_ENDS = (
    *("THEN", "WHEN", "ELSE", "END", "ORDER", "GROUP", "LIMIT", "JOIN", "LEFT", "INNER", "CROSS"),
    *("RETURNING", "FOR", "LOOP", "WHERE", "SET", "UNION", "HAVING", "DO", "BEGIN", "ON"),
    *(";", ",", ")", "SELECT", "FROM"),
)


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a condition, as indices of tokens, and what joins it to its neighbours."""

    start: int
    end: int
    opener: str  # WHERE ON WHEN IF ( ...
    joint: str | None  # AND, OR; None: it stands alone

    @property
    def absent(self) -> str:
        """What the term becomes when it is dropped: what leaves its neighbours as they are."""
        if self.joint:
            return "TRUE" if self.joint == "AND" else "FALSE"
        return "FALSE" if self.opener in ("CASE-WHEN", "IF", "ELSIF", "NOT") else "TRUE"


def terms(found: Sequence[Token]) -> Iterator[Term]:
    """Every term of every condition."""
    for index, token in enumerate(found):
        opener = _opener(found, index)
        if opener is not None:
            yield from _terms_from(found, index + 1, opener)
        elif token.says("(") and _is_group(found, index):
            yield from _terms_from(found, index + 1, "(")


def _opener(found: Sequence[Token], index: int) -> str | None:
    token, after = found[index], found[index + 1] if index + 1 < len(found) else None
    before = found[index - 1] if index else None
    if token.says("WHERE", "HAVING", "ELSIF"):
        return token.text.upper()
    if token.says("ON"):
        of_trigger = found[index - 1].says("INSERT", "UPDATE", "DELETE")
        return None if after is None or after.says("CONFLICT") or of_trigger else "ON"
    if token.says("WHEN"):
        return "CASE-WHEN" if _in_case(found, index) else "WHEN"
    if token.says("IF"):
        ends = before is not None and before.says("END")
        return None if ends or after is None or after.says("EXISTS") else "IF"
    if token.says("RETURN", ":=") and _joined(found, index + 1):
        return "RETURN"
    return None


def _in_case(found: Sequence[Token], index: int) -> bool:
    """Whether the WHEN belongs to a CASE that has conditions (not to one that has values)."""
    depth = 0
    for before in range(index - 1, -1, -1):
        token = found[before]
        if token.says("END") and not _ends_block(found, before):
            depth += 1
        elif token.says("CASE"):
            if depth == 0:
                return True
            depth -= 1
        elif token.says(";"):
            return False
    return False


def _ends_block(found: Sequence[Token], index: int) -> bool:
    after = found[index + 1] if index + 1 < len(found) else None
    return after is None or after.says(";", "IF", "LOOP")


def is_value_case(found: Sequence[Token], case: int) -> bool:
    """Whether ``CASE x WHEN value`` rather than ``CASE WHEN condition``."""
    return not found[case + 1].says("WHEN")


def _is_group(found: Sequence[Token], index: int) -> bool:
    """A parenthesis that holds nothing but a condition with AND or OR."""
    before = found[index - 1] if index else None
    if before is not None and before.kind == "word" and not before.says(*_BEFORE_GROUP):
        return False
    end = closing(found, index)
    return not found[index + 1].says("SELECT", "VALUES") and _joined(found, index + 1, end)


_BEFORE_GROUP = ("AND", "OR", "NOT", "WHERE", "ON", "WHEN", "IF", "ELSIF", "RETURN")


def _joined(found: Sequence[Token], start: int, end: int | None = None) -> bool:
    """Whether AND or OR stands at the level of ``start`` before the condition ends."""
    index, between = start, False
    while index < (len(found) if end is None else end):
        token = found[index]
        if _ends(found, index):
            return False
        if token.says("BETWEEN"):
            between = True
        elif token.says("AND") and between:
            between = False
        elif token.says("AND", "OR"):
            return True
        index = skip(found, index)
    return False


def _ends(found: Sequence[Token], index: int) -> bool:
    """Whether a condition ends here; the FROM of IS DISTINCT FROM is in the midst of one."""
    if found[index].says("FROM") and found[index - 1].says("DISTINCT"):
        return False
    return found[index].says(*_ENDS)


def _terms_from(found: Sequence[Token], start: int, opener: str) -> Iterator[Term]:
    bounds: list[tuple[int, int]] = []
    joints: list[str] = []
    index, first, between = start, start, False
    while index < len(found) and not _ends(found, index):
        token = found[index]
        if token.says("BETWEEN"):
            between = True
        elif token.says("AND") and between:
            between = False
        elif token.says("AND", "OR"):
            bounds.append((first, index))
            joints.append(token.text.upper())
            first = index + 1
        index = skip(found, index)
    bounds.append((first, index))
    for position, (begin, end) in enumerate(bounds):
        around = joints[max(0, position - 1) : position + 1]
        joint = "AND" if "AND" in around else around[0] if around else None
        if begin < end:
            yield Term(begin, end, opener, joint)
