"""What the compiler finds wrong, with the place and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """One fault: ``file:line: where: message`` and, below it, the hint."""

    file: Path
    line: int
    where: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}: {self.where}: {self.message}{hint}"


class SchemaError(Exception):
    """The schema cannot be compiled; ``findings`` say why, all of them."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


class ScratchError(Exception):
    """A scratch database cannot be reached, installed or filled; the cause goes along."""


def choose(word: str, known: Iterable[str]) -> str:
    """A hint for a wrong word: the nearest known one, or all of them."""
    words = sorted(known)
    near = get_close_matches(word, words, 1)
    return f'did you mean "{near[0]}"?' if near else f"known: {', '.join(words)}"
