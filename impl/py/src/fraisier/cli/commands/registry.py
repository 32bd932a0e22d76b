"""``fraisier list``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fraisier.cli.command import command
from fraisier.cli.jobs import document, known_jobs, label, runs
from fraisier.cli.output import Line, first_line
from fraisier.cli.session import Session
from fraisier.domain.targets import DEFAULT_TARGET, target_detail

if TYPE_CHECKING:
    from fraisier.config import Config
    from fraisier.domain.values import Environment, Fraise, FraiseConfig

_T = TypeVar("_T")


@command(click.option("--flat", is_flag=True, help="One line an environment."), remote=True)
def list_fraises(session: Session, flat: bool) -> None:
    """List the fraises and their environments."""
    config = session.config()
    fraises = list(config.fraises.values())
    if session.output.as_json:
        session.output.document({"fraises": [_fraise(config, fraise) for fraise in fraises]})
    elif flat:
        session.output.lines(_flat(fraises))
    else:
        session.output.lines(_tree(config, fraises))


list_fraises.name = "list"


def _fraise(config: Config, fraise: Fraise) -> dict[str, Any]:
    return {
        "name": fraise.name,
        "type": fraise.type,
        "description": fraise.description,
        "environments": [
            _environment(config, config.select(fraise.name, name)) for name in fraise.environments
        ],
    }


def _environment(config: Config, selected: FraiseConfig) -> dict[str, Any]:
    environment, known = selected.environment, known_jobs(config, selected)
    return {
        "name": environment.name,
        "provider": environment.provider,
        "detail": _detail(environment),
        "branches": list(environment.branches),
        "tags": list(environment.tags),
        "paths": None if environment.paths is None else list(environment.paths),
        "jobs": [document(job, known.get(job.name)) for job in environment.jobs],
    }


def _detail(environment: Environment) -> str | None:
    return target_detail(environment.provider, environment.target)


def _flat(fraises: Sequence[Fraise]) -> Iterator[Line]:
    for fraise in fraises:
        for environment in fraise.environments.values():
            yield f"{fraise.name} {environment.name} {environment.provider}"


def _tree(config: Config, fraises: Sequence[Fraise]) -> Iterator[Line]:
    yield [("Fraisier - Fraise Registry", "bold")]
    for fraise, branch, indent in _branches(fraises, ""):
        text = "" if fraise.description is None else f" - {first_line(fraise.description)}"
        yield [(branch, "dim"), (fraise.name, "bold cyan"), (f" ({fraise.type}){text}", "")]
        for environment, twig, space in _branches(list(fraise.environments.values()), indent):
            yield [(twig, "dim"), *_arrow(environment), (_narrowed(environment), "dim")]
            known = known_jobs(config, config.select(fraise.name, environment.name))
            for job, leaf, _ in _branches(environment.jobs, space):
                when = runs(known.get(job.name))
                yield [(leaf, "dim"), (label(job), ""), (f" - {when}" if when else "", "dim")]


def _arrow(environment: Environment) -> list[tuple[str, str]]:
    # Jobs without a target run on this host: there is nothing to point at.
    here = environment.provider == DEFAULT_TARGET and not environment.target
    if environment.jobs and here:
        return [(environment.name, "green")]
    detail = _detail(environment)
    where = environment.provider if detail is None else f"{environment.provider} ({detail})"
    return [(environment.name, "green"), (f" → {where}", "")]


def _narrowed(environment: Environment) -> str:
    """Which tags deploy to it, and which paths a push must touch; mostly nothing."""
    facts = {"tags": environment.tags, "paths": environment.paths or ()}
    return "".join(f", {name} {' '.join(each)}" for name, each in facts.items() if each)


def _branches(items: Sequence[_T], indent: str) -> Iterator[tuple[_T, str, str]]:
    for number, item in enumerate(items, start=1):
        last = number == len(items)
        yield item, indent + ("└── " if last else "├── "), indent + ("    " if last else "│   ")
