"""The command ``conform differential``."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Annotated

import typer

Traces = Annotated[int, typer.Option(min=1, help="How many are made.")]
Seed = Annotated[int | None, typer.Option(help="Makes the same traces again. Default: a new one.")]
Level = Annotated[
    str, typer.Option(help="sql: functions in this process; surface: CLI, GraphQL and webhooks.")
]
Replay = Annotated[
    list[Path] | None, typer.Option(help="A saved trace; may come again. Then none is made.")
]
Implementations = Annotated[
    list[Path] | None,
    typer.Option("--impl", help="Folder with an impl.yaml, of the surface level. Default: all."),
]
Save = Annotated[Path | None, typer.Option(help="Where a finding goes. Default: the corpus.")]


def register(app: typer.Typer) -> None:
    """Add the command to ``conform``."""
    app.command()(differential)


def differential(
    traces: Traces = 1000,
    seed: Seed = None,
    level: Level = "sql",
    replay: Replay = None,
    impl: Implementations = None,
    save: Save = None,
) -> None:
    """
    Play generated traces everywhere and compare what is answered and what is stored.

    The corpus comes first. Exit 0: no difference, 1: one, shortened and saved, 2: set-up.
    """
    from conform.differential import levels
    from conform.differential.language import LEVELS
    from conform.places import checkout
    from conform.verdicts import SetupError

    if level not in LEVELS:
        raise SetupError(f'"{level}" is not a level; known: {", ".join(LEVELS)}')
    chosen = random.randrange(1_000_000) if seed is None else seed
    root = checkout()
    corpus = root / "conformance" / "corpus"
    every = impl or sorted(path.parent for path in root.glob("impl/*/impl.yaml"))
    wanted = levels.Wanted(
        level, traces, chosen, tuple(replay or ()), corpus, save or corpus, tuple(every)
    )
    raise typer.Exit(levels.run(wanted, _say))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
