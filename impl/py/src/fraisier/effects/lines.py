"""Cut what programs print into lines that can be shown and stored anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

LINE_CHARACTERS_MAX = 4_000
OUTPUT_BYTES_MAX = 1_000_000

# Longer than what is shown, so that a secret at the cut is whole when it is masked.
_LINE_BYTES_MAX = 64_000
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(text: str) -> str:
    """
    The text without escape sequences of terminals and other control characters.

    Line ends and tabs stay. Some databases cannot store the others, and a terminal
    must not be steered by what a program printed.
    """
    return _CONTROLS.sub("\ufffd", _ESCAPES.sub("", text.replace("\r\n", "\n")))


@dataclass(slots=True)
class Lines:
    """
    Bytes of one output, cut into lines and given to ``emit`` as they come.

    The rest of a line that is far too long is dropped. ``keep`` keeps the bytes too.
    """

    emit: Callable[[str], None]
    keep: bool
    partial: bytearray = field(default_factory=bytearray)
    kept: bytearray = field(default_factory=bytearray)
    _overlong: bool = False

    def feed(self, data: bytes) -> None:
        """More output."""
        if self.keep and len(self.kept) < OUTPUT_BYTES_MAX:
            self.kept += data
        self.partial += data.replace(b"\r", b"\n")
        *lines, rest = self.partial.split(b"\n")
        for line in lines:
            self._give(line)
            self._overlong = False
        self.partial = rest
        if len(rest) > _LINE_BYTES_MAX:
            self.flush()
            self._overlong = True

    def flush(self) -> None:
        """The output has ended: what is there is the last line."""
        line, self.partial = self.partial, bytearray()
        self._give(line)

    def _give(self, line: bytearray) -> None:
        if line and not self._overlong:
            self.emit(printable(bytes(line).decode("utf-8", "replace")))


@dataclass(slots=True)
class WholeLines:
    """
    Bytes of one output, cut at line ends and given to ``emit`` exactly as they are.

    A line of more than ``OUTPUT_BYTES_MAX`` is given once, cut behind that limit, so that
    whoever reads it can tell. Nothing is kept.
    """

    emit: Callable[[bytes], None]
    partial: bytearray = field(default_factory=bytearray)
    kept: bytes = b""
    _overlong: bool = False

    def feed(self, data: bytes) -> None:
        """More output."""
        self.partial += data
        *lines, rest = self.partial.split(b"\n")
        for line in lines:
            self._give(line)
            self._overlong = False
        self.partial = rest
        if len(rest) > OUTPUT_BYTES_MAX:
            self.flush()
            self._overlong = True

    def flush(self) -> None:
        """The output has ended: what is there is the last line."""
        line, self.partial = self.partial, bytearray()
        self._give(line)

    def _give(self, line: bytearray) -> None:
        if line.strip() and not self._overlong:
            self.emit(bytes(line[: OUTPUT_BYTES_MAX + 1]))
