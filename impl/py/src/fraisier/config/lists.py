"""The checks of lists: commands of hooks, smoke tests, and what a notification is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from fraisier.config import scalars
from fraisier.config.problems import Path
from fraisier.config.shape import NOTIFICATION_EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from fraisier.config.reader import Reader


def commands(reader: Reader, value: Any, path: Path) -> tuple[tuple[str, ...], ...]:
    """A list of commands, each a list of words or one line of text."""
    hint = 'a list of commands: ["./check.sh"], or [["./check.sh", "argument"]]'
    found = [scalars.check(reader, "command", *item) for item in _items(reader, value, path, hint)]
    return tuple(command for command in found if command is not None)


def smoke_tests(reader: Reader, value: Any, path: Path) -> tuple[str | tuple[str, ...], ...]:
    """A list of paths of the service (text that begins with ``/``) and commands."""
    hint = 'a list of paths and commands: ["/health", "./smoke.sh"]'
    found = [_smoke_test(reader, *item) for item in _items(reader, value, path, hint)]
    return tuple(test for test in found if test is not None)


def names(reader: Reader, value: Any, path: Path) -> tuple[str, ...]:
    """A list of names; who has them is a question of the rules."""
    return _texts(reader, value, path, lambda text, here: scalars.check(reader, "name", text, here))


def hosts(reader: Reader, value: Any, path: Path) -> tuple[str, ...]:
    """A list of hosts, in the order in which they are deployed to."""
    return _texts(reader, value, path, lambda text, here: scalars.check(reader, "host", text, here))


def paths(reader: Reader, value: Any, path: Path) -> tuple[str, ...]:
    """A list of files, folders and patterns of the repository."""

    def entry(text: Any, here: Path) -> str | None:
        return scalars.check(reader, "file_pattern", text, here)

    return _texts(reader, value, path, entry)


def notification_events(reader: Reader, value: Any, path: Path) -> tuple[str, ...]:
    """A list of the events that a notification may be about."""

    def event(text: Any, here: Path) -> str | None:
        return text if reader.known(text, NOTIFICATION_EVENTS, here, "notification event") else None

    return _texts(reader, value, path, event)


def _smoke_test(reader: Reader, value: Any, path: Path) -> str | tuple[str, ...] | None:
    if isinstance(value, str) and value.startswith("/"):
        return scalars.check(reader, "url_path", value, path)
    return scalars.check(reader, "command", value, path)


def _texts(
    reader: Reader, value: Any, path: Path, check: Callable[[Any, Path], str | None]
) -> tuple[str, ...]:
    found = [check(*item) for item in _items(reader, value, path, "a list: [one, two]")]
    return tuple(dict.fromkeys(text for text in found if text is not None))


def _items(reader: Reader, value: Any, path: Path, hint: str) -> list[tuple[Any, Path]]:
    if isinstance(value, list) and value:
        entries = enumerate(cast("list[Any]", value))
        return [(item, (*path, index)) for index, item in entries]
    reader.refuse(path, "this must be a list with something in it", hint=hint)
    return []
