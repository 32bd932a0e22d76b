"""What was said between the suite and an implementation, for the report of a failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

LONGEST = 8000


@dataclass(slots=True)
class Recorder:
    """The exchanges of one scenario, in their order."""

    entries: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    step: str | None = None

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


def cut(text: str) -> str:
    """The text, or its end when it is too long for a report."""
    return text if len(text) <= LONGEST else "... " + text[-LONGEST:]
