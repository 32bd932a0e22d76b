"""Scratch databases: installed from ``db/``, filled by calling its functions, thrown away."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Protocol

from schema_compiler.errors import ScratchError
from schema_compiler.samples import fill
from schema_compiler.scratch_sqlite import open_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path


class Scratch(Protocol):
    """One installed database with sample rows; ``answers`` are those of the calls."""

    dialect: str
    answers: dict[str, list[dict[str, Any]]]

    def columns(self, view: str) -> dict[str, str]:
        """Columns of a view and their SQL types; empty when there is no such view."""
        ...

    def definition(self, view: str) -> str:
        """The SQL of a view, which names the views that it reads; empty without one."""
        ...

    def parameters(self, function: str) -> list[str] | None:
        """Parameters of a function without ``p_``; None when there is no such function."""
        ...

    def samples(self, view: str) -> list[dict[str, Any]]:
        """Some rows of a view, ``data`` decoded, UUIDs as text."""
        ...

    def call(self, function: str, **arguments: Any) -> dict[str, Any]:
        """Call a function; the answer with its JSON decoded."""
        ...


@contextlib.contextmanager
def open_scratches(
    folder: Path, postgresql_url: str | None, say: Callable[[str], None]
) -> Generator[list[Scratch]]:
    """
    A filled scratch database of every dialect that can be had; they vanish at the end.

    Raises:
        ScratchError: ``db/`` cannot be installed or called, or the server cannot be reached.
    """
    with contextlib.ExitStack() as stack:
        scratches = [_filled(stack, "sqlite", lambda: open_sqlite(folder / "sqlite"))]
        if postgresql_url:
            from schema_compiler.scratch_postgresql import open_postgresql

            place = folder / "postgresql"
            scratches.append(
                _filled(stack, "postgresql", lambda: open_postgresql(place, postgresql_url))
            )
        else:
            say("PostgreSQL was not checked: FRAISIER_TEST_POSTGRESQL_URL is not set")
        yield scratches


def _filled(
    stack: contextlib.ExitStack,
    dialect: str,
    opening: Callable[[], contextlib.AbstractContextManager[Scratch]],
) -> Scratch:
    try:
        scratch = stack.enter_context(opening())
        fill(scratch)
    except Exception as error:  # whatever the driver calls it
        raise ScratchError(f"db/{dialect} cannot be tried: {error}") from error
    return scratch


def scripts(folder: Path) -> list[str]:
    """The SQL of a dialect in the order of installation (``db/README.md``)."""
    objects = (folder.parent / "objects.txt").read_text(encoding="utf-8").split()
    paths = [
        folder / "schema.sql",
        *sorted((folder / "functions").glob("fx_*.sql")),
        *(folder / f"{name}.sql" for name in objects),
    ]
    return [path.read_text(encoding="utf-8") for path in paths]
