"""``python -m conform.soak``: what ``make soak`` runs."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Annotated

import typer

from conform.dialects import DIALECTS
from conform.implementation import load
from conform.places import checkout
from conform.runfolder import run_folder
from conform.servers import places
from conform.soak.plan import plan
from conform.soak.run import Outcome, soak, write
from conform.targets import Target, template
from conform.verdicts import SetupError

COMMITS = 24
FEWEST = 20  # fewer kills than this say nothing

Databases = Annotated[
    list[str] | None, typer.Option("--database", help="sqlite or postgresql. Default: both.")
]


def main(
    seed: Annotated[int | None, typer.Option(help="Repeats a plan. Default: a new one.")] = None,
    kills: Annotated[int, typer.Option(min=1, help="On all databases together.")] = 200,
    seconds: Annotated[float, typer.Option(min=10, help="At most, all together.")] = 300.0,
    environments: Annotated[int, typer.Option(min=1, max=40)] = 6,
    database: Databases = None,
    impl: Annotated[Path | None, typer.Option(help="Folder with an impl.yaml.")] = None,
    output: Annotated[Path, typer.Option(help="Folder for the trace of a failure.")] = Path(
        "reports"
    ),
) -> None:
    """Kill, freeze and end workers at random. Exit 1: something was violated, 2: set-up."""
    root = checkout()
    manifest = load(impl or root / "impl" / "py", root)
    chosen = random.randrange(1_000_000) if seed is None else seed
    outcomes: list[Outcome] = []
    with run_folder() as folder, places(database or DIALECTS, _say) as found:
        if not found:
            raise SetupError("no database could be had")
        each = -(-kills // len(found))
        for number, (dialect, place) in enumerate(found.items()):
            left = (seconds - sum(o.seconds for o in outcomes)) / (len(found) - number)
            _say(f"soak on {dialect}: {each} kills, seed {chosen}, at most {left:.0f} s")
            base, problem = template(Target(manifest.name, dialect, manifest), place, root)
            if problem:
                raise SetupError(problem)
            planned = plan(chosen, each, environments, COMMITS)
            outcomes.append(soak(planned, manifest, base, left * 0.85, folder))
            base.sweep()
            _tell(outcomes[-1], each, output)
    raise typer.Exit(1 if any(o.found for o in outcomes) else 0)


def _tell(outcome: Outcome, wanted: int, output: Path) -> None:
    done = sum(outcome.kills.values())
    if done < min(wanted, FEWEST):
        outcome.found.append(f"only {done} kills in {outcome.seconds:.0f} s say nothing")
    print(
        f"{outcome.dialect}: {done} of {wanted} kills {dict(outcome.kills)} in "
        f"{outcome.seconds:.0f} s, deployments {outcome.deployments}, "
        f"taken over {outcome.taken_over}, looks {outcome.looks}, "
        f"violations {len(outcome.found)}",
        flush=True,
    )
    if not outcome.found:
        return
    for text in outcome.found[:20]:
        print(f"  {text}")
    print(f"again: make soak ARGS='--seed {outcome.seed} --database {outcome.dialect}'")
    print(f"trace: {write(outcome, output)}", flush=True)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        typer.run(main)
    except (SetupError, FileNotFoundError) as reason:
        _say(f"soak: {reason}")
        sys.exit(2)
