"""Printing: the same words in a pipe and on a terminal, where rich colours them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

Segment = tuple[str, str]  # text and the name of a rich style
Line = str | Sequence[Segment]

OK: Segment = ("✓", "green")
FAILED: Segment = ("✗", "red")
RUNNING: Segment = ("⟳", "yellow")
SKIPPED: Segment = ("-", "dim")


class Output:
    """Where results go: text lines, or JSON documents when ``json`` is asked for."""

    def __init__(self, *, as_json: bool = False, stream: IO[str] | None = None) -> None:
        self.as_json = as_json
        self._stream = stream

    @property
    def stream(self) -> IO[str]:
        """Standard output, looked up late so that tests can capture it."""
        return self._stream or sys.stdout

    def document(self, value: Mapping[str, Any]) -> None:
        """One JSON document on one line."""
        self.stream.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
        self.stream.flush()

    def line(self, line: Line = "") -> None:
        """One line of text."""
        if self.stream.isatty():
            self._styled(line)
        else:
            self.stream.write(plain(line) + "\n")
            self.stream.flush()

    def lines(self, lines: Iterable[Line]) -> None:
        """Several lines of text."""
        for line in lines:
            self.line(line)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[Any]], empty: str) -> None:
        """Columns under headings, or one sentence when there are no rows."""
        if not rows:
            self.line(empty)
            return
        texts = [[cell(value) for value in row] for row in rows]
        widths = [max(map(len, column)) for column in zip(headings, *texts, strict=True)]
        self.line([(_columns([name.upper() for name in headings], widths), "bold")])
        self.lines(_columns(row, widths) for row in texts)

    def _styled(self, line: Line) -> None:
        from rich.console import Console
        from rich.text import Text

        text = Text()
        for content, style in [(line, "")] if isinstance(line, str) else line:
            text.append(content, style=style)
        # No wrapping: a tree or a table that is cut by the terminal stays readable.
        Console(file=self.stream, highlight=False).print(text, soft_wrap=True)


def plain(line: Line) -> str:
    """The words of a line."""
    return line if isinstance(line, str) else "".join(text for text, _ in line)


def cell(value: Any) -> str:
    """A value in a table; control characters of foreign text do not reach the terminal."""
    if value is None or value == "":
        return "-"
    if isinstance(value, float):
        return f"{value:.1f}"
    return printable(str(value).splitlines()[0] if str(value).splitlines() else "-")


def printable(text: str) -> str:
    """Text without the characters that move a terminal's cursor or change its colours."""
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in text)


def moment(text: str | None) -> str | None:
    """``2026-01-15 09:30:00`` of an RFC 3339 time."""
    return None if text is None else text[:19].replace("T", " ")


def duration(seconds: float | None) -> str | None:
    """``47.3s``."""
    return None if seconds is None else f"{seconds:.1f}s"


def _columns(texts: Sequence[str], widths: Sequence[int]) -> str:
    padded = (text.ljust(width) for text, width in zip(texts, widths, strict=True))
    return "  ".join(padded).rstrip()
