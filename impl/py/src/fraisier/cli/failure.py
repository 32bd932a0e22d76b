"""How a failure is shown: ``error[CODE]`` on standard error, or JSON on standard output."""

from __future__ import annotations

import sys
from typing import Any

from fraisier.cli.output import Output, printable
from fraisier.domain.errors import FraisierError


def show_failure(error: FraisierError, output: Output, *, stream: bool) -> int:
    """Print an error the way that was asked for and give the exit status."""
    if output.as_json:
        output.document(_result(error) if stream else {"error": error.as_dict()})
    else:
        sys.stderr.write(failure_text(error))
        sys.stderr.flush()
    return error.exit_status


def _result(error: FraisierError) -> dict[str, Any]:
    deployment: Any = getattr(error, "deployment", None)
    return {
        "event": "result",
        "success": False,
        "code": error.code,
        "message": error.message,
        "deployment": deployment,
        "error": error.as_dict(),
    }


def failure_text(error: FraisierError) -> str:
    """The error as text; a configuration shows all of its problems."""
    problems: Any = getattr(error, "problems", None)
    if not problems:
        return _block(error.code, error.at, error.message, error.hint)
    file: str = getattr(error, "file", "")
    return "".join(
        _block(problem.code, problem.at(file), problem.message, problem.hint)
        for problem in problems
    )


def _block(code: str, at: str | None, message: str, hint: str | None) -> str:
    lines = [f"error[{code}] {printable(at or '')}".rstrip()]
    lines += [f"  {printable(line)}" for line in message.splitlines()]
    if hint:
        lines.append(f"  hint: {printable(hint)}")
    return "\n".join(lines) + "\n"
