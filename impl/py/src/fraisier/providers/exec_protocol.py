"""The exec protocol (``spec/exec-provider.md``): one question to a program, one answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, cast

from fraisier.domain.errors import FraisierError
from fraisier.domain.redaction import redact
from fraisier.effects.lines import LINE_CHARACTERS_MAX, printable
from fraisier.effects.process import Completed, run
from fraisier.providers.base import Control
from fraisier.providers.exec_lines import read_line

CODES = frozenset(
    {
        "preflight-failed",
        "provider-failed",
        "provider-unavailable",
        "not-deployed",
        "lease-lost",
        "host-unreachable",
        "tool-missing",
        "health-check-failed",
    }
)


class Unsupported(Exception):  # noqa: N818  (an answer, not an error)
    """The program does not know the method."""


@dataclass(frozen=True, slots=True)
class Program:
    """A provider program, asked on behalf of one worker."""

    argv: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    secrets: Collection[str]
    control: Control

    def ask(self, request: Mapping[str, Any]) -> Result:
        """
        Put one question and return the ``result`` that it answers.

        Raises:
            Unsupported: It does not know the method.
            FraisierError: The error that it answers; ``provider-protocol``,
                ``step-timeout``, ``tool-missing``.
            Stopped: ``control.should_stop`` became true; the program is gone.
        """
        method = str(request["method"])
        heard = Dialogue(method, self.control.tell, self.secrets)
        try:
            done = run(
                self.argv,
                timeout_seconds=request["timeout"],
                cwd=self.folder,
                environment=self.environment,
                on_line=self.control.tell,
                secrets=self.secrets,
                should_stop=self.control.should_stop,
                stdin=json.dumps(request).encode() + b"\n",
                on_stdout=heard.line,
            )
        except FraisierError as error:
            if error.code not in _MENDING:  # whoever listens to the log has failed
                raise
            message = f"{method}: {error.message}"
            raise FraisierError(message, code=error.code, hint=_MENDING[error.code]) from error
        return heard.answer(done)


_MENDING = {
    "tool-missing": "target.command must name a program that can be executed",
    "step-timeout": "give it more time with target.timeout, or let it do less in one call",
}


@dataclass(slots=True)
class Dialogue:
    """What one program says about one method, line by line."""

    method: str
    tell: Callable[[str], None]
    secrets: Collection[str]
    _number: int = 0
    _odd: str | None = None
    _end: tuple[str, Any] | None = None

    def line(self, line: bytes) -> None:
        """One line of its standard output; what is odd is remembered, not raised."""
        self._number += 1
        if self._odd is not None:
            return
        try:
            self._take(line)
        except ValueError as error:
            self._odd = f"line {self._number} of its answer {error}"

    def _take(self, line: bytes) -> None:
        if self._end is not None:
            raise ValueError(f'comes after "{self._end[0]}"')
        kind, content = read_line(line)
        if kind in ("log", "progress"):
            for text in self.clean(content).splitlines():
                self.tell(text[:LINE_CHARACTERS_MAX])
        else:
            self._end = (kind, content)

    def answer(self, done: Completed) -> Result:
        """
        What it has answered, now that it has ended.

        Raises:
            Unsupported, FraisierError: as :meth:`Program.ask`.
        """
        if self._odd is not None:
            self._refuse(self._odd)
        if self._end is None:
            self._refuse(f"it {done.describe()}\nand has not answered")
        kind, content = self._end
        if kind == "error":
            raise self._error(content)
        if not done.ok:
            self._refuse(f'it has answered "{kind}" and {done.describe()}')
        if kind == "unsupported":
            raise Unsupported(self.method)
        return Result(self, content)

    def _error(self, content: Mapping[str, str | None]) -> FraisierError:
        code, message = str(content["code"]), str(content["message"])
        if code not in CODES:
            code, message = "provider-failed", f"{code}: {message}"
        hint = content.get("hint")
        return FraisierError(
            self.clean(message), code=code, hint=self.clean(hint) if hint else None
        )

    def _refuse(self, what: str) -> NoReturn:
        message = f"{self.method}: {what}"
        raise FraisierError(message, code="provider-protocol", hint="see spec/exec-provider.md")

    def clean(self, text: str) -> str:
        """A text of the program as anybody may read it."""
        text = text.encode("utf-8", "replace").decode()  # half a surrogate pair is no text
        return printable(redact(text, self.secrets))

    def refuse_result(self, what: str) -> NoReturn:
        """
        The result is not what the method promises.

        Raises:
            FraisierError: ``provider-protocol``.
        """
        self._refuse(f"its result {what}")


@dataclass(frozen=True, slots=True)
class Result:
    """
    The ``result`` of a method.

    Raises (every method):
        FraisierError: ``provider-protocol``: a value is missing or of another kind.
    """

    dialogue: Dialogue
    content: Mapping[str, Any]

    def text(self, key: str, *, needed: bool = False) -> str | None:
        """A text; ``None`` when it is null, or absent and not needed."""
        value = self._value(key, needed)
        if value is not None and not isinstance(value, str):
            self.dialogue.refuse_result(f'has a "{key}" that is no text')
        return None if value is None else self.dialogue.clean(value)

    def truth(self, key: str) -> bool | None:
        """True, false or, when it is null, ``None``."""
        value = self._value(key, True)
        if value is not None and not isinstance(value, bool):
            self.dialogue.refuse_result(f'has a "{key}" that is neither true nor false')
        return value

    def texts(self, key: str) -> list[str]:
        """A list of texts."""
        value = self._value(key, True)
        items = cast("list[object]", value) if isinstance(value, list) else [None]
        if not all(isinstance(item, str) for item in items):
            self.dialogue.refuse_result(f'has a "{key}" that is no list of texts')
        return [self.dialogue.clean(str(item)) for item in items]

    def _value(self, key: str, needed: bool) -> Any:
        if needed and key not in self.content:
            self.dialogue.refuse_result(f'lacks the key "{key}"')
        return self.content.get(key)
