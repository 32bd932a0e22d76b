"""Mutants of a function: the same script with one rule less, or one turned round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conform.mutation.conditions import Term, is_value_case, terms
from conform.mutation.statements import assignments, statements
from conform.mutation.tokens import Token, case_end, skip, tokens

_FLIPS = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of a script and what comes in its place."""

    operator: str
    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed script. ``name`` finds it again however the lines move."""

    file: str  # relative to the checkout
    line: int
    name: str
    script: str

    @property
    def function(self) -> str:
        """The object that the file makes."""
        return Path(self.file).stem

    @property
    def label(self) -> str:
        """file:line and the mutation."""
        return f"{self.file}:{self.line} {self.name}"


def mutants(file: str, sql: str) -> list[Mutant]:
    """All mutants of a script, in the order of its lines, each with a name of its own."""
    found = tokens(sql)
    body = _body(found)
    edits = sorted(set(_edits(sql, found, body)), key=lambda edit: (edit.start, edit.end))
    seen: Counter[str] = Counter()
    made: list[Mutant] = []
    for edit in edits:
        name = _name(sql, edit)
        seen[name] += 1
        unique = name if seen[name] == 1 else f"{name} #{seen[name]}"
        line = sql.count("\n", 0, edit.start) + 1
        script = sql[: edit.start] + edit.replacement + sql[edit.end :]
        made.append(Mutant(file, line, unique, script))
    return made


def _name(sql: str, edit: Edit) -> str:
    text = _short(sql[edit.start : edit.end])
    if edit.operator in ("turn", "next number"):
        line = sql[sql.rfind("\n", 0, edit.start) + 1 :].partition("\n")[0]
        return f"{edit.operator}: {text} -> {edit.replacement} in: {_short(line)}"
    return f"{edit.operator}: {text}" + (f" -> {edit.replacement}" if edit.replacement else "")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 100 else line[:100] + "..."


def _body(found: Sequence[Token]) -> int:
    """Index of the first token of the logic: behind the head of a function or its view."""
    for index, token in enumerate(found):
        if token.says("TRIGGER", "AS") and not (
            index + 1 < len(found) and found[index + 1].says("SELECT")
        ):
            return index
    return 0


def _edits(sql: str, found: list[Token], body: int) -> Iterator[Edit]:
    inside = [(token, index) for index, token in enumerate(found) if index >= body]
    yield from _dropped_terms(found, body)
    yield from _dropped_arms(found, [index for token, index in inside if token.says("CASE")])
    yield from _turned_signs(found, body)
    yield from (
        _next_number(token)
        for token, index in inside
        if token.kind == "number" and not _says_nothing(found, index)
    )
    for start, end in statements(found, body):
        yield Edit("drop statement", found[start].start, found[end - 1].end, "")
    for start, end in assignments(found, body):
        yield Edit("drop assignment", found[start].start, found[end - 1].end, "")


def _dropped_terms(found: list[Token], body: int) -> Iterator[Edit]:
    for term in terms(found):
        if term.start < body or _is_an_arm(found, term):
            continue
        start, end = found[term.start].start, found[term.end - 1].end
        yield Edit("drop condition", start, end, term.absent)


def _is_an_arm(found: Sequence[Token], term: Term) -> bool:
    """Whether the term is all that an arm asks: then the arm is dropped as a whole."""
    if term.opener != "CASE-WHEN" or term.joint:
        return False
    case = _case_of(found, term.start - 1)
    whens = [arm for arm in _arms(found, case) if found[arm].says("WHEN")]
    return len(whens) > 1 or is_value_case(found, case)


def _case_of(found: Sequence[Token], arm: int) -> int:
    """Index of the CASE that the WHEN at ``arm`` belongs to."""
    cases = (i for i in range(arm - 1, -1, -1) if found[i].says("CASE"))
    return next(case for case in cases if case_end(found, case) > arm)


def _arms(found: Sequence[Token], case: int) -> list[int]:
    """Indices of WHEN and ELSE of one CASE."""
    index, end, arms = case + 1, case_end(found, case), list[int]()
    while index < end:
        if found[index].says("WHEN", "ELSE"):
            arms.append(index)
        index = skip(found, index)
    return arms


def _dropped_arms(found: list[Token], cases: Sequence[int]) -> Iterator[Edit]:
    for case in cases:
        arms = _arms(found, case)
        whens = [arm for arm in arms if found[arm].says("WHEN")]
        ends = [*arms[1:], case_end(found, case)]
        for arm, end in zip(arms, ends, strict=True):
            if found[arm].says("ELSE") or len(whens) > 1:
                yield Edit("drop arm", found[arm].start, found[end - 1].end, "")


def _turned_signs(found: list[Token], body: int) -> Iterator[Edit]:
    for term in terms(found):
        if term.start < body:
            continue
        index = term.start
        while index < term.end:
            yield from _turned(found, index)
            index = skip(found, index)


def _turned(found: list[Token], index: int) -> Iterator[Edit]:
    token, before = found[index], found[index - 1]
    after = found[index + 1] if index + 1 < len(found) else None
    if token.kind == "sign" and token.text in _FLIPS:
        yield Edit("turn", token.start, token.end, _FLIPS[token.text])
    elif token.says("IS") and after is not None:
        text, end = ("IS", after.end) if after.says("NOT") else ("IS NOT", token.end)
        yield Edit("turn", token.start, end, text)
    elif token.says("IN", "BETWEEN", "EXISTS", "GLOB", "LIKE"):
        start = before.start if before.says("NOT") else token.start
        text = token.text if before.says("NOT") else f"NOT {token.text}"
        yield Edit("turn", start, token.end, text)


def _says_nothing(found: Sequence[Token], index: int) -> bool:
    """``SELECT 1`` of an EXISTS, or the precision of a type."""
    before, type_name = found[index - 1], found[index - 2]
    precision = before.says("(") and type_name.says("TIMESTAMPTZ", "NUMERIC")
    return before.says("SELECT", "PERFORM") or precision


def _next_number(token: Token) -> Edit:
    value = float(token.text) if "." in token.text else int(token.text)
    return Edit("next number", token.start, token.end, str(value + 1))
