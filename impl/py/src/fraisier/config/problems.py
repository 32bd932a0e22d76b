"""Everything that is wrong with a configuration, each with its place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: its code, what is wrong, where, and the way out."""

    code: str
    message: str
    path: Path = ()
    line: int | None = None
    hint: str | None = None

    def at(self, file: str) -> str:
        """``fraises.yaml:12: fraises.shop.type``."""
        place = file if self.line is None else f"{file}:{self.line}"
        return f"{place}: {dotted(self.path)}" if self.path else place

    def without(self, secrets: Collection[str]) -> Problem:
        """The problem as anybody may read it: a variable may stand in the wrong place."""
        path = tuple(redact(p, secrets) if isinstance(p, str) else p for p in self.path)
        hint = None if self.hint is None else redact(self.hint, secrets)
        return Problem(self.code, redact(self.message, secrets), path, self.line, hint)

    def as_dict(self, file: str) -> dict[str, Any]:
        """The problem as ``--json`` shows it."""
        return {
            "code": self.code,
            "message": self.message,
            "at": self.at(file),
            "hint": self.hint,
            "line": self.line,
            "path": dotted(self.path),
        }


class ConfigurationError(FraisierError):
    """
    A configuration that cannot be used.

    The first problem of the file gives code, message, place and hint;
    ``problems`` has all of them in the order of their lines.
    """

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(first.message, code=first.code, at=first.at(file), hint=first.hint)
        self.file = file
        self.problems = tuple(problems)

    def as_dict(self) -> dict[str, Any]:
        """The error with its list of ``problems``."""
        return {
            **super().as_dict(),
            "problems": [problem.as_dict(self.file) for problem in self.problems],
        }


def dotted(path: Path) -> str:
    """``fraises.shop.environments.production.build[0]``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
