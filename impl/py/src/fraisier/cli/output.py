"""Printing: the same words in a pipe and on a terminal, where rich colours them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

Segment = tuple[str, str]  # text and the name of a rich style
Line = str | Sequence[Segment]

OK: Segment = ("✓", "green")
FAILED: Segment = ("✗", "red")
RUNNING: Segment = ("⟳", "yellow")
SKIPPED: Segment = ("-", "dim")

_SEQUENCE = re.compile(r"\x1b\[[0-9;:?]*[ -/]*[@-~]")
# Controls but the tab, line separators, marks that turn the direction, lone surrogates.
_CONTROL = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Output:
    """Where results go: text lines, or JSON documents when ``json`` is asked for."""

    def __init__(self, *, as_json: bool = False, stream: IO[str] | None = None) -> None:
        self.as_json = as_json
        self.lost: OSError | None = None  # why results could not be written
        self._stream = stream

    @property
    def stream(self) -> IO[str]:
        """Standard output, looked up late so that tests can capture it."""
        return self._stream or sys.stdout

    def document(self, value: Mapping[str, Any]) -> None:
        """One JSON document on one line."""
        self._write(json.dumps(value, ensure_ascii=False, default=str) + "\n")

    def line(self, line: Line = "") -> None:
        """One line of text."""
        if self.stream.isatty() and not os.environ.get("NO_COLOR"):
            self._write(self._styled(line))
        else:
            self._write(plain(line) + "\n")

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
        widths = [max(map(width, column)) for column in zip(headings, *texts, strict=True)]
        self.line([(_columns([name.upper() for name in headings], widths), "bold")])
        self.lines(_columns(row, widths) for row in texts)

    def _write(self, text: str) -> None:
        # A deployment goes on when nobody reads its steps any more (`| head`), and what
        # a full disk swallowed is reported at the end.
        if self.lost is not None:
            return
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError as error:
            self.lost = error
            _discard_what_follows(self.stream)

    def _styled(self, line: Line) -> str:
        from rich.console import Console
        from rich.text import Text

        text = Text()
        for content, style in [(line, "")] if isinstance(line, str) else line:
            text.append(printable(content), style=style)
        # No wrapping: a tree or a table that is cut by the terminal stays readable.
        console = Console(file=self.stream, highlight=False)
        with console.capture() as captured:
            console.print(text, soft_wrap=True)
        return captured.get()


def _discard_what_follows(stream: IO[str]) -> None:
    # What is in the buffer still would be written, and fail again, when Python exits.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def plain(line: Line) -> str:
    """The words of a line, without what would harm a terminal."""
    return printable(line if isinstance(line, str) else "".join(text for text, _ in line))


def cell(value: Any) -> str:
    """A value in a table; control characters of foreign text do not reach the terminal."""
    if value is None or value == "":
        return "-"
    if isinstance(value, float):
        return f"{value:.1f}"
    return first_line(str(value)) or "-"


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    wide = sum(east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(1 for c in text if combining(c))


def first_line(text: str) -> str:
    """What of a text fits on one line."""
    return (text.splitlines() or [""])[0].rstrip()


def printable(text: str) -> str:
    """
    Text that cannot move a terminal's cursor, change its colours or its direction.

    Colour sequences vanish, other control characters become U+FFFD.
    """
    return _CONTROL.sub("\ufffd", _SEQUENCE.sub("", text))


def moment(text: str | None) -> str | None:
    """``2026-01-15 09:30:00`` of an RFC 3339 time."""
    return None if text is None else text[:19].replace("T", " ")


def duration(seconds: float | None) -> str | None:
    """``47.3s``."""
    return None if seconds is None else f"{seconds:.1f}s"


def _columns(texts: Sequence[str], widths: Sequence[int]) -> str:
    padded = (text + " " * (room - width(text)) for text, room in zip(texts, widths, strict=True))
    return "  ".join(padded).rstrip()
