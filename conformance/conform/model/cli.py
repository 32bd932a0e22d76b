"""The command ``conform model``."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Annotated

import typer

Depth = Annotated[int, typer.Option(min=1, help="Calls in a path.")]
Histories = Annotated[int, typer.Option(min=0, help="Concurrent histories on each database.")]
Seed = Annotated[int | None, typer.Option(help="Repeats what the clients do. Default: a new one.")]
Output = Annotated[Path, typer.Option(help="Folder for a history that nothing explains.")]


def register(app: typer.Typer) -> None:
    """Add the command to ``conform``."""
    app.command()(model)


def model(
    depth: Depth = 5,
    histories: Histories = 20,
    seed: Seed = None,
    output: Output = Path("reports"),
) -> None:
    """
    Walk every path of spec/lifecycle.yaml on the databases, and judge concurrent histories.

    Exit 0: they do what the machine says, 1: they do not, 2: set-up.
    """
    from conform.model import run

    chosen = random.randrange(1_000_000) if seed is None else seed
    status = run.run(depth, histories, chosen, output, lambda line: print(line, file=sys.stderr))
    if status:
        print(f"again: conform model --depth {depth} --histories {histories} --seed {chosen}")
    raise typer.Exit(status)
