"""What was said between the suite and an implementation, for the report of a failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LONGEST = 8000


@dataclass(slots=True)
class Recorder:
    """The exchanges of one scenario, in their order."""

    entries: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    step: str | None = None
    logs: list[Path] = field(default_factory=list[Path])
    violations: list[str] = field(default_factory=list[str])  # what no scenario asked about

    def command(self, arguments: list[str], exit_status: int | None, out: str, err: str) -> None:
        """A command was run to its end (or, without a status, stopped)."""
        self.entries.append(
            {"command": arguments, "exit": exit_status, "stdout": cut(out), "stderr": cut(err)}
        )

    def request(self, method: str, url: str, body: str, status: int | None, answer: str) -> None:
        """A request was sent; without a status nothing came back."""
        self.entries.append(
            {
                "request": f"{method} {url}",
                "body": cut(body),
                "status": status,
                "answer": cut(answer),
            }
        )

    def everything(self) -> list[dict[str, Any]]:
        """The exchanges, and what the logs say by now."""
        said = [(path, path.read_text(errors="replace")) for path in self.logs if path.exists()]
        return [*self.entries, *({"log": path.name, "text": cut(text)} for path, text in said)]


def cut(text: str) -> str:
    """The text, or its end when it is too long for a report."""
    return text if len(text) <= LONGEST else "... " + text[-LONGEST:]
